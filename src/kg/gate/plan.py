"""Who judges what: the shapes divided among the engines, without looking at any data.

Core constraints go to the ``shacl`` package and each SPARQL constraint, once over all its focus nodes, to pyoxigraph.
What neither can do goes to the reference engine, pySHACL: *whole* target shapes, whose nested shapes (``sh:node``,
``sh:not``, …) carry SPARQL constraints, as their results are no results of their own; and *leftover* SPARQL
constraints, which are no set queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.gate import setquery
from kg.gate.patterns import Unsupported
from kg.gate.setquery import Constraint
from kg.gate.shapes import RDF, SH, TARGETS, ShapesGraph, Term
from kg.gate.targets import FOCUS

#: What a shape needs to be found and to report, without any constraint or parameter of one.
ADDRESS = {RDF + "type", *TARGETS, *(SH + name for name in ("property", "path", "deactivated", "severity", "message"))}


@dataclass(frozen=True)
class Site:
    """A SPARQL constraint, as reached from one target shape along these values of ``sh:path``."""

    root: Term
    steps: tuple[Term, ...]
    constraint: Constraint


@dataclass(frozen=True)
class Plan:
    """The target shapes that pySHACL judges whole, the sites that are set queries, and those left over for pySHACL."""

    whole: frozenset[Term]
    sites: tuple[Site, ...]
    leftover: tuple[Site, ...]


def plan(shapes: ShapesGraph) -> Plan:
    """Divide the shapes. Raises ShapesError on a SPARQL constraint that SHACL refuses."""
    whole = frozenset(root for root in shapes.roots if nested_sparql(shapes, root))
    found = [site for root in shapes.roots if root not in whole for site in _sites(shapes, root)]
    leftover = {site for site in dict.fromkeys(found) if not _is_set_query(shapes, site.constraint)}
    sites = tuple(site for site in found if site not in leftover)
    return Plan(whole, sites, tuple(site for site in found if site in leftover))


def _sites(shapes: ShapesGraph, root: Term) -> Iterator[Site]:
    """The SPARQL constraints of a target shape and of its property shapes, however deep."""
    pending: list[tuple[Term, tuple[Term, ...]]] = [(root, ())]
    while pending:
        shape, steps = pending.pop()
        if shapes.deactivated(shape):
            continue
        for node in shapes.objects(shape, SH + "sparql"):
            if not shapes.deactivated(node):
                yield Site(root, steps, Constraint(shape, node))
        after = steps + tuple(shapes.objects(shape, SH + "path")[:1])
        pending += [(child, after) for child in shapes.properties(shape) if _reaches_sparql(shapes, child)]


def _is_set_query(shapes: ShapesGraph, constraint: Constraint) -> bool:
    try:
        setquery.rewrite(setquery.text_of(shapes, constraint), FOCUS, constraint.shape)
    except Unsupported:
        return False
    return True


def _reaches_sparql(shapes: ShapesGraph, shape: Term) -> bool:
    return any(shapes.objects(s, SH + "sparql") for s in shapes.reach([shape], shapes.properties))


def nested_sparql(shapes: ShapesGraph, root: Term) -> bool:
    """True if a SPARQL constraint counts only inside another constraint of the target shape."""
    reported = shapes.reach([root], shapes.properties)
    nested = [inner for shape in reported for inner in shapes.nested(shape)]
    return any(shapes.objects(shape, SH + "sparql") for shape in shapes.reach(nested, shapes.parts))


def is_target(shapes: ShapesGraph, triple: ox.Triple) -> bool:
    """True if the triple declares a target, be it implicit in the type of the shape."""
    implicit = triple.predicate.value.endswith("#type") and triple.object.value.endswith("#Class")
    return triple.predicate.value in TARGETS or (implicit and triple.subject in shapes.shapes)


def for_core(shapes: ShapesGraph, whole: frozenset[Term]) -> list[ox.Triple]:
    """The shapes without SPARQL constraints, and without the targets of ``whole``."""
    return [
        triple
        for triple in shapes.triples
        if triple.predicate.value != SH + "sparql" and not (triple.subject in whole and is_target(shapes, triple))
    ]


def targeting(shapes: ShapesGraph, roots: frozenset[Term]) -> list[ox.Triple]:
    """The shapes with the targets of these roots only."""
    return [t for t in shapes.triples if t.subject in roots or not is_target(shapes, t)]


def for_leftover(shapes: ShapesGraph, made: Plan) -> list[ox.Triple]:
    """The shapes with nothing to judge but the SPARQL constraints left over, for all targets not judged whole."""
    kept = {(site.constraint.shape, site.constraint.node) for site in made.leftover}
    return [
        triple
        for triple in targeting(shapes, frozenset(shapes.roots) - made.whole)
        if triple.subject not in shapes.shapes
        or triple.predicate.value in ADDRESS
        or (triple.predicate.value == SH + "sparql" and (triple.subject, triple.object) in kept)
    ]
