"""The documentation of the shapes: the shapes that judge things by class, and the rules that each consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.gate.shapes import SH, ShapesGraph, Term
from kg.rdf import GRAPH, PREFIXES
from kg.report.rules import Rule, of_shapes
from kg.sparql.layout import lay_out
from kg.turtle import serialize
from kg.web.ontologypage import graphs_in
from kg.web.site import site
from kg.web.terms import Labels

SPACE = PREFIXES["ckgsh"]
_NODE_SHAPE = ox.NamedNode(SH + "NodeShape")
_TYPE = PREFIXES["rdf"] + "type"
#: What a shape is made of, by the properties that lead to it.
_PARTS = (SH + "property", SH + "sparql")


@dataclass(frozen=True)
class Part:
    """A rule of a shape: its name, what it asks (none for a part that judges nothing), and its query, laid out."""

    name: str
    rule: Rule | None
    query: str


@dataclass(frozen=True)
class Shape:
    """A shape: its name, what it judges (by which property of SHACL, and the IRI), its own rule, and its parts."""

    iri: str
    targets: Sequence[tuple[str, str]]
    rule: Rule | None
    parts: Sequence[Part]

    @property
    def name(self) -> str:
        """Its fragment."""
        return self.iri.removeprefix(SPACE)


@dataclass(frozen=True)
class Contents:
    """The shapes by name; ``others`` are what else the files have, and ``home`` says to which shape a part belongs."""

    shapes: Mapping[str, Shape]
    others: Sequence[str]
    home: Mapping[str, str]
    graph: ShapesGraph


def contents() -> Contents:
    """What the shapes of the snapshot are."""
    return site().once("shapes", _read)


def rules() -> Sequence[Rule]:
    """The rules in the shapes of the snapshot."""
    return site().once("rules", lambda: of_shapes(contents().graph))


def labels_of(spoken: str, root: str, carried: str) -> Labels:
    """What the shapes and their parts are called."""

    def make() -> Labels:
        labels = Labels(spoken)
        labels.read(contents().graph.triples)
        return labels

    return site().once(f"labels of shapes {spoken}", make).copied(root, carried)


def turtle(shape: Shape) -> str:
    """A shape and its parts as Turtle, in the canonical layout."""
    graph = contents().graph
    wanted: dict[Term, None] = dict.fromkeys(ox.NamedNode(SPACE + name) for name in (shape.name, *(part.name for part in shape.parts)))
    waiting, found = list(wanted), []
    while waiting:
        node = waiting.pop()
        for predicate in graph.predicates(node):
            for value in graph.objects(node, predicate):
                found.append(ox.Triple(node, ox.NamedNode(predicate), value))
                if isinstance(value, ox.BlankNode) and value not in wanted:
                    wanted[value] = None
                    waiting.append(value)
    return serialize(found)


def _read() -> Contents:
    graph = ShapesGraph(site().graph("document", graphs=graphs_in(f"{GRAPH}shapes/")))
    by_name = {rule.code: rule for rule in of_shapes(graph)}
    ours = sorted({s.value for s in graph.subjects() if isinstance(s, ox.NamedNode) and s.value.startswith(SPACE)})
    shapes: dict[str, Shape] = {}
    home: dict[str, str] = {}
    for iri in ours:
        node = ox.NamedNode(iri)
        if _NODE_SHAPE in graph.objects(node, _TYPE):
            shape = _shape(graph, node, by_name)
            shapes[shape.name] = shape
            for part in shape.parts:
                home.setdefault(part.name, shape.name)
    others = [iri for iri in ours if (name := iri.removeprefix(SPACE)) not in shapes and name not in home]
    return Contents(shapes, others, home, graph)


def _shape(graph: ShapesGraph, node: ox.NamedNode, by_name: Mapping[str, Rule]) -> Shape:
    parts = sorted({
        one.value.removeprefix(SPACE) for way in _PARTS for one in graph.objects(node, way)
        if isinstance(one, ox.NamedNode) and one.value.startswith(SPACE)
    })  # fmt: skip
    targets = [(how.removeprefix(SH), value.value) for how, value in graph.targets(node) if isinstance(value, ox.NamedNode)]
    name = node.value.removeprefix(SPACE)
    return Shape(
        node.value, sorted(targets), by_name.get(name), [Part(part, by_name.get(part), _query(graph, part)) for part in parts]
    )


def _query(graph: ShapesGraph, part: str) -> str:
    """The query of a rule that is one, as people read it; empty for others."""
    node = ox.NamedNode(SPACE + part)
    written = [one.value for way in ("select", "ask") for one in graph.objects(node, SH + way) if isinstance(one, ox.Literal)]
    return lay_out(written[0]) if written else ""
