"""The gate: is what the files state fit to be served?

Judged is what is asserted, with the class hierarchy that the ontology asserts, and never what is inferred: a type
that follows from a domain or range would satisfy the very ``sh:class`` that is there to catch the slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.gate import contradictions, dates, vocabulary
from kg.gate.lint import lint
from kg.gate.messages import finding
from kg.gate.shapes import ShapesGraph
from kg.gate.targets import Targets
from kg.gate.validate import validate
from kg.gate.where import Locator
from kg.model import SEVERITIES, Corpus, Finding, Report
from kg.reasoning.rules import Rule

ENGINES = ("fast", "pyshacl")
JUDGED = ("ontology", "data")


def check(
    corpus: Corpus,
    engine: str = "fast",
    texts: Mapping[str, str] | None = None,
    rules: Iterable[Rule] = (),
    *,
    names: bool = True,
) -> Report:
    """Everything to mend in a corpus: its data and ontology by its shapes, its dates, and the shapes themselves.

    ``engine`` is ``fast`` (the ``shacl`` package, and SPARQL constraints as set queries) or ``pyshacl``, the reference
    that judges all by itself; both find the same. ``texts`` maps the paths of files to their texts, for the lines of
    findings; with ``rules``, what contradicts itself by these is found as well. Raises ShapesError if the shapes cannot
    be evaluated and the linter finds no fault in them.
    """
    if engine not in ENGINES:
        raise ValueError(f"Unexpected engine: {engine!r}")
    locate = Locator(corpus, texts or {})
    data = list(dict.fromkeys(t for source in corpus.of_kind(*JUDGED) for t in source.triples))
    shapes = ShapesGraph(t for source in corpus.of_kind("shapes") for t in source.triples)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in data)
    findings = lint(corpus, shapes, locate) + list(dates.check(data, locate))
    findings += contradictions.find(corpus, rules, lambda path: (texts or {}).get(path, ""))
    name, checked = engine, _counts(corpus, shapes, store)
    try:
        outcome = validate(data, shapes, engine, store)
        name = outcome.engine
        findings += [finding(result, shapes, locate) for result in outcome.results]
    except ShapesError as error:
        if not any(found.code.startswith("ShapesLint-") for found in findings):
            raise
        findings.append(_refused(error))
        name, checked = "none, as the shapes are faulty", {**checked, "focus": 0, "constraints": 0}
    if names:
        findings += _not_said(vocabulary.check(corpus, texts or {}), findings)
    return Report(_sorted(findings), name, checked)


def _not_said(found: Iterable[Finding], said: list[Finding]) -> list[Finding]:
    """The findings without those on a range that a shape says in its own words of the same value."""
    known = {(other.focus, other.path, other.value) for other in said}
    return [one for one in found if one.code != "Vocabulary-range" or (one.focus, one.path, one.value) not in known]


def _refused(error: ShapesError) -> Finding:
    """That no data could be judged; the linter's findings beside it say which shapes to mend."""
    messages = {
        "en": f"No data was judged, as the shapes cannot be evaluated: {error}",
        "it": f"Nessun dato è stato valutato, perché le shape non sono valutabili: {error}",
    }
    return Finding("ShapesLint-refused", "violation", "_:", None, None, messages)


def _counts(corpus: Corpus, shapes: ShapesGraph, store: ox.Store) -> dict[str, int]:
    """Files judged, shapes, their constraints (one for each value of a parameter), and nodes in focus of any."""
    targets = Targets(store, shapes)
    focus = set().union(*(targets.of(root) for root in shapes.roots))
    return {
        "files": len(corpus.of_kind(*JUDGED)),
        "shapes": len(shapes.shapes),
        "constraints": sum(len(shapes.constraints(shape)) for shape in shapes.reporting()),
        "focus": len(focus),
    }


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the gravest first, then by place; the same for every run."""
    distinct = {_key(found): found for found in findings}
    return tuple(distinct[key] for key in sorted(distinct))


def _key(found: Finding) -> tuple[object, ...]:
    where = (found.where.origin, found.where.line or 0) if found.where else ("", 0)
    messages = tuple(sorted(found.messages.items()))
    rank = -SEVERITIES.index(found.severity)
    return rank, where, found.focus, found.code, found.path or "", found.value or "", messages
