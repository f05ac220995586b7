"""Judging all files of a repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.gate import contradictions, dates, stages
from kg.gate.changed import Changed
from kg.gate.lint import lint
from kg.gate.once import once
from kg.gate.shapes import ShapesGraph
from kg.gate.targets import Targets
from kg.gate.telling import of_results, tell
from kg.gate.validate import validate
from kg.gate.where import Locator
from kg.model import Corpus, Finding, Report
from kg.passages import Text
from kg.rdf import JUDGED
from kg.reasoning.rules import Rule


def check(
    corpus: Corpus,
    engine: str = "fast",
    texts: Mapping[str, str] | None = None,
    rules: Iterable[Rule] = (),
    *,
    names: bool = True,
    sources: Mapping[str, Text] | None = None,
    repeated: bool = False,
    part: Changed | None = None,
) -> Report:
    """Everything to mend in a corpus: its data and ontology by its shapes and by all stages, and the shapes themselves.

    ``engine`` is ``fast`` (the ``shacl`` package, and SPARQL constraints as set queries) or ``pyshacl``, the reference
    that judges all by itself; both find the same. ``texts`` maps the paths of files to their texts, for the lines of
    findings; with ``rules``, what contradicts itself by these is found as well; with ``sources``, the source texts by
    their SHA-256, what passages say of them and is not so. Raises ShapesError if the shapes cannot be evaluated and
    the linter finds no fault in them. Without ``names`` only the shapes, the rules and the dates are judged;
    with ``repeated``, what several stages say of one slip is left in. ``part``: the change that this is one side of.
    """
    data = list(dict.fromkeys(t for source in corpus.of_kind(*JUDGED) for t in source.triples))
    shapes, store = ShapesGraph(t for source in corpus.of_kind("shapes") for t in source.triples), ox.Store()
    store.extend(ox.Quad(*triple) for triple in data)
    change = Changed.whole(corpus, texts or {}, sources or {}, part)
    findings = [*lint(corpus, shapes, Locator(corpus, texts or {}))]
    findings += contradictions.find(corpus, rules, lambda path: change.texts.get(path, ""))
    findings += stages.run(change) if names else dates.check(change)
    name, checked = engine, _counts(corpus, shapes, store)
    try:
        outcome = validate(data, shapes, engine, store)
        name = outcome.engine
        findings += of_results(outcome.results, shapes, change.new)
    except ShapesError as error:
        if not any(found.code.startswith("ShapesLint-") for found in findings):
            raise
        findings.append(_refused(error))
        name, checked = "none, as the shapes are faulty", {**checked, "focus": 0, "constraints": 0}
    findings = findings if repeated else once(findings, shapes)
    return Report(tell(findings, change, shapes, {}, lambda path: change.texts.get(path, "")), name, checked)


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
