"""What a contribution brings and mends, by judging everything before and after it: slow; the fast way must equal it."""

from __future__ import annotations

from collections.abc import Iterable

from kg.gate import incoming
from kg.gate.contribution import Bench
from kg.gate.order import ordered, without
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
    before, after = (
        check(_corpus([*rest, *own]), engine, texts, bench.rules, sources=bench.sources)
        for own in ((file.before for file in files), (file.after for file in files))
    )
    new = [*without(after.findings, before.findings), *(found for file in files for found in file.findings)]
    return Report(
        ordered(new), after.engine, after.checked,
        fixed=ordered(without(before.findings, after.findings)), standing=ordered(without(after.findings, new)),
    )


def _corpus(sources: Iterable[Source | None]) -> Corpus:
    return Corpus(tuple(sorted((source for source in sources if source), key=lambda source: source.path)))
