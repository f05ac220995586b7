"""Judging data by shapes: who judges what, and the results together.

The fast engine gives Core constraints to the ``shacl`` package and each SPARQL constraint, once over all its targets,
to pyoxigraph. What neither can do goes to the reference engine, pySHACL: a target shape whose *nested* shapes
(``sh:node``, ``sh:not``, …) carry SPARQL constraints, as their results are no results of their own; a SPARQL
constraint that is no set query; all Core constraints if the ``shacl`` package is missing or refuses the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.gate import core, reference, setquery
from kg.gate.patterns import Unsupported
from kg.gate.result import Outcome, Result
from kg.gate.setquery import Constraint
from kg.gate.shapes import RDF, SH, TARGETS, ShapesGraph, Term
from kg.gate.targets import Targets

Triples = Sequence[ox.Triple]

#: What a shape needs to be found and to report, without any constraint or parameter of one.
ADDRESS = {RDF + "type", *TARGETS, *(SH + name for name in ("property", "path", "deactivated", "severity", "message"))}


@dataclass(frozen=True)
class Site:
    """A SPARQL constraint and the focus nodes of its shape, as reached from one target shape."""

    root: Term
    constraint: Constraint
    nodes: frozenset[Term]


@dataclass
class Plan:
    """What goes to pySHACL: whole target shapes, and single SPARQL constraints with the shapes on the way to them."""

    whole: set[Term] = field(default_factory=set)
    leftover: set[Constraint] = field(default_factory=set)


def validate(data: Triples, shapes: ShapesGraph, engine: str, store: ox.Store) -> Outcome:
    """All results of ``shapes`` on ``data``; ``store`` holds the data in its default graph.

    ``engine`` is ``fast`` or ``pyshacl``. Raises ShapesError if the shapes cannot be evaluated.
    """
    if engine == "pyshacl":
        return Outcome(tuple(reference.validate(data, shapes.triples)), "pyshacl")
    return _fast(data, shapes, store)


def _fast(data: Triples, shapes: ShapesGraph, store: ox.Store) -> Outcome:
    targets, plan = Targets(store, shapes), Plan()
    plan.whole = {root for root in shapes.roots if _nested_sparql(shapes, root)}
    results = list(_set_queries(shapes, store, targets, plan))
    by = ["shacl", "pyoxigraph"]
    core_shapes = _without_sparql(shapes, plan.whole)
    try:
        results += core.validate(data, core_shapes)
    except core.Refused as reason:
        by[0] = f"pyshacl for Core, as {reason}"
        results += reference.validate(data, core_shapes)
    rest = []
    if plan.whole:
        rest += reference.validate(data, _targeting(shapes, plan.whole))
    if plan.leftover:
        rest += reference.validate(data, _only(shapes, plan))
    if plan.whole or plan.leftover:
        by.append(f"pyshacl for {len(plan.whole) + len(plan.leftover)} that are no set queries")
    return Outcome(tuple(results + rest), "fast: " + ", ".join(by))


def _set_queries(shapes: ShapesGraph, store: ox.Store, targets: Targets, plan: Plan) -> Iterator[Result]:
    """Run every SPARQL constraint that can be a set query; note the others in the plan."""
    for root in shapes.roots:
        if root in plan.whole:
            continue
        for site in sites(shapes, targets, root):
            text = setquery.text_of(shapes, site.constraint)
            try:
                query = setquery.rewrite(text, targets.graph(site.nodes), site.constraint.shape)
            except Unsupported:
                plan.leftover.add(site.constraint)
                continue
            if "shapesGraph" in text:
                store.extend(ox.Quad(*triple, setquery.SHAPES_GRAPH) for triple in shapes.triples)
            yield from setquery.run(store, query, site.constraint, shapes)


def sites(shapes: ShapesGraph, targets: Targets, root: Term) -> Iterator[Site]:
    """The SPARQL constraints of a target shape and of its property shapes, however deep, with their focus nodes."""
    pending = [(root, targets.of(root))]
    while pending:
        shape, nodes = pending.pop()
        if shapes.deactivated(shape):
            continue
        for node in shapes.objects(shape, SH + "sparql"):
            if not shapes.deactivated(node):
                yield Site(root, Constraint(shape, node), nodes)
        path = shapes.path(shape)
        below = [child for child in shapes.properties(shape) if _reaches_sparql(shapes, child)]
        if below:
            reached = nodes if path is None else targets.along(nodes, path)
            pending += [(child, reached) for child in below]


def _reaches_sparql(shapes: ShapesGraph, shape: Term) -> bool:
    return any(shapes.objects(s, SH + "sparql") for s in shapes.reach([shape], shapes.properties))


def _nested_sparql(shapes: ShapesGraph, root: Term) -> bool:
    """True if a SPARQL constraint counts only inside another constraint of the target shape."""
    reported = shapes.reach([root], shapes.properties)
    nested = [inner for shape in reported for inner in shapes.nested(shape)]
    return any(shapes.objects(shape, SH + "sparql") for shape in shapes.reach(nested, shapes.parts))


def is_target(shapes: ShapesGraph, triple: ox.Triple) -> bool:
    """True if the triple declares a target, be it implicit in the type of the shape."""
    implicit = triple.predicate.value.endswith("#type") and triple.object.value.endswith("#Class")
    return triple.predicate.value in TARGETS or (implicit and triple.subject in shapes.shapes)


def _without_sparql(shapes: ShapesGraph, whole: set[Term]) -> list[ox.Triple]:
    """The shapes without SPARQL constraints, and without the targets of ``whole``."""
    return [
        triple
        for triple in shapes.triples
        if triple.predicate.value != SH + "sparql" and not (triple.subject in whole and is_target(shapes, triple))
    ]


def _targeting(shapes: ShapesGraph, roots: set[Term]) -> list[ox.Triple]:
    """The shapes with the targets of these roots only."""
    return [t for t in shapes.triples if t.subject in roots or not is_target(shapes, t)]


def _only(shapes: ShapesGraph, plan: Plan) -> list[ox.Triple]:
    """The shapes with nothing to judge but the SPARQL constraints left over, for all targets not judged whole."""
    kept = {(constraint.shape, constraint.node) for constraint in plan.leftover}
    return [
        triple
        for triple in _targeting(shapes, set(shapes.roots) - plan.whole)
        if triple.subject not in shapes.shapes
        or triple.predicate.value in ADDRESS
        or (triple.predicate.value == SH + "sparql" and (triple.subject, triple.object) in kept)
    ]
