"""What a contribution brings and mends, by judging everything before and after it: slow; the fast way must equal it."""

from __future__ import annotations

from collections.abc import Iterable

from kg.gate import incoming
from kg.gate.contribution import Bench, changed
from kg.gate.once import once
from kg.gate.order import ordered, without
from kg.gate.shapes import ShapesGraph
from kg.gate.whole import check
from kg.model import Contribution, Corpus, Report, Source


def check_by_whole(contribution: Contribution, bench: Bench, engine: str = "fast") -> Report:
    """The report on a contribution whose files can all be read, with what is wrong before and after as ``standing``.

    The shapes are those of the files themselves, before and after. Raises ShapesError, SourceError.
    """
    files = [incoming.read(change) for change in contribution.changes]
    touched = {file.path for file in files}
    rest = [bench.base.source(path) for path in bench.base.paths if path not in touched]
    texts = {source.path: bench.base.read(source.path).decode("utf-8", "replace") for source in rest}
    texts |= {file.path: file.text for file in files if file.text is not None}
    old, new = (
        _corpus([*rest, *own]) for own in ((file.before for file in files), (file.after for file in files))
    )
    change = changed(files, bench)
    before, after = (
        check(corpus, engine, texts, bench.rules, sources=bench.sources, repeated=True, part=part)
        for corpus, part in ((old, change.reversed()), (new, change))
    )
    shapes = ShapesGraph(triple for source in new.of_kind("shapes") for triple in source.triples)
    # As with the fast way, what is told twice is looked for among what is new, not in each of the states.
    brought = [*without(after.findings, before.findings), *(found for file in files for found in file.findings)]
    for file, change in zip(files, contribution.changes, strict=True):
        brought += incoming.of_layout(file, change)
    return Report(
        ordered(once(brought, shapes)), after.engine, after.checked,
        fixed=ordered(once(without(before.findings, after.findings), shapes)),
        standing=ordered(without(once(after.findings, shapes), brought)),
    )


def _corpus(sources: Iterable[Source | None]) -> Corpus:
    return Corpus(tuple(sorted((source for source in sources if source), key=lambda source: source.path)))
