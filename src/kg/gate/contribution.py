"""Judging a contribution: what it would bring that the base alone does not have.

One function stands behind the command line, the hook, CI and HTTP. The base is never loaded: each stage asks the states
before and after for what the changed triples can reach. What a stage finds is compared with what it finds the other way
round, from after to before: only what is new counts, and what is mended is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module

import pyoxigraph as ox

from kg.gate import bounds, contradictions, incoming, incremental, stages
from kg.gate.base import Base
from kg.gate.changed import Changed
from kg.gate.consequences import consequences, has_closure
from kg.gate.hierarchy import Hierarchy, is_axiom
from kg.gate.incoming import Incoming
from kg.gate.order import ordered, without
from kg.gate.result import Result
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.gate.summary import summary
from kg.gate.once import once
from kg.gate.telling import of_results, tell
from kg.model import Contribution, Finding, Report
from kg.passages import Text
from kg.reasoning.axioms import Axioms
from kg.reasoning.rules import Rule

ENGINE = "fast: shacl, pyoxigraph"
UNREAD = "none, as a file cannot be judged"


@dataclass(frozen=True)
class Bench:
    """What contributions are judged against and with, the same from one to the next: the base, shapes, rules, and the
    source texts by their SHA-256 as far as they are at hand."""

    base: Base
    shapes: ShapesGraph
    rules: Sequence[Rule]
    sources: Mapping[str, Text] = field(default_factory=dict)

    @classmethod
    def of(cls, base: Base, rules: Sequence[Rule], sources: Mapping[str, Text] | None = None) -> Bench:
        """The bench with the shapes of a base: a contribution never brings its own."""
        shapes = ShapesGraph(triple for source in base.of_kind("shapes") for triple in source.triples)
        return cls(base, shapes, rules, sources or {})

    @cached_property
    def judged(self) -> frozenset[str]:
        """The base's graphs of ontology and data."""
        return self.base.judged()

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """What the axioms of the base say of classes and properties, as far as it has been asked for."""
        return Hierarchy(State(self.base.store, self.judged))

    @cached_property
    def axioms(self) -> Axioms | None:
        """The axioms of rules and base, if the base has its closure in its store."""
        return Axioms(self.rules, self.base.store) if has_closure(self.base.store) else None


def check(contribution: Contribution, bench: Bench) -> Report:
    """What a contribution would break, and what it would mend.

    If a file cannot be read, or has what is not judged (``bounds``, ``reserved``), the contribution is judged by the
    texts of its files alone. Raises ShapesError if the shapes cannot be evaluated, SourceError if a file could not be
    read before either.
    """
    files = [incoming.read(change) for change in contribution.changes]
    of_texts = [found for file in files for found in file.findings]
    if any(file.is_broken for file in files):
        return Report(ordered(of_texts), UNREAD, {"files": len(files)})
    change = changed(files, bench)
    before, after = stages.run(change.reversed()), stages.run(change, bounds.MOST_FAULTS + 1)
    if len(after) > bounds.MOST_FAULTS:
        wrong = without(after, before)[:bounds.MOST_FAULTS]
        if len(wrong) == bounds.MOST_FAULTS:
            return _unjudged([*of_texts, *wrong, bounds.faults(len(wrong))], files, change, bench)
        after = stages.run(change)
    of_texts += _of_layout(files, contribution)
    by_shapes = incremental.changed(bench.shapes, change.old, change.new, change.added, change.removed, _reference)
    drawn = consequences(bench.rules, change, bench.axioms)

    def read(path: str) -> str:
        return change.texts[path] if path in change.texts else bench.base.read(path).decode("utf-8", "replace")

    found = of_texts + without(after, before) + of_results(by_shapes.introduced, bench.shapes, change.new)
    found += contradictions.of_change(change, drawn.clashes, read)
    mended = without(before, after) + of_results(by_shapes.fixed, bench.shapes, change.old)
    documents = {file.path: file.document for file in files if file.document}
    counts = {"files": len(files), "added": len(change.added), "removed": len(change.removed)}
    return Report(
        tell(once(found, bench.shapes), change, bench.shapes, documents, read),
        ENGINE,
        {**counts, "focus": by_shapes.judged},
        fixed=ordered(once(mended, bench.shapes)),
        summary=tuple(summary(change, drawn.inferred)),
    )


def _of_layout(files: Iterable[Incoming], contribution: Contribution) -> list[Finding]:
    pairs = zip(files, contribution.changes, strict=True)
    return [found for file, change in pairs for found in incoming.of_layout(file, change)]


def _unjudged(found: list[Finding], files: Sequence[Incoming], change: Changed, bench: Bench) -> Report:
    """The report on a contribution with so much wrong that shapes and rules are left out."""
    documents = {file.path: file.document for file in files if file.document}
    told = tell(once(found, bench.shapes), change, bench.shapes, documents, lambda path: change.texts.get(path, ""))
    return Report(told, UNREAD, {"files": len(files)})


def changed(files: Iterable[Incoming], bench: Bench) -> Changed:
    """What a contribution of these files, all of which can be judged, changes of the base."""
    base, texts = bench.base, {file.path: file.text for file in files if file.text is not None}
    was, now = [file.before for file in files if file.before], [file.after for file in files if file.after]
    change = Changed.of(base.store, bench.judged, was, now, texts, bench.sources)
    known = [base.source(source.path) for source in was if source.path in base.paths]
    if any(is_axiom(triple) for source in (*was, *now, *known) for triple in source.triples):
        return change
    return replace(change, lasting=bench.hierarchy)


def _reference(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> list[Result]:
    """The reference engine, loaded when it is needed: it takes longer to load than all else takes to judge."""
    return list(import_module("kg.gate.reference").validate(data, shapes))
