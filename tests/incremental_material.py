"""Made-up graphs, shapes and changes for the tests of incremental validation, as hypothesis strategies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox
from hypothesis import strategies as st

from kg.gate.incremental import Key, key
from kg.gate.shapes import RDF, RDFS, ShapesGraph
from kg.gate.state import State
from kg.gate.validate import validate

PREFIXES = """
PREFIX : <urn:x#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
#: For ``sh:prefixes``: queries may use ``:`` and ``rdfs:``.
DECLARED = f""":prefixes a owl:Ontology ; sh:declare [ sh:prefix "" ; sh:namespace "urn:x#"^^xsd:anyURI ] ,
    [ sh:prefix "rdfs" ; sh:namespace "{RDFS}"^^xsd:anyURI ] .
"""
OWN = "urn:x#"
GRAPHS = tuple(f"urn:g:{number}" for number in range(3))


def iri(name: str) -> ox.NamedNode:
    """An IRI of the made-up graphs."""
    return ox.NamedNode(OWN + name)


NODES = [iri(f"n{number}") for number in range(3)] + [ox.BlankNode("b0")]
CLASSES = [iri(f"C{number}") for number in range(2)]
LINKS = [iri(name) for name in "pqr"]
VALUES = [
    ox.Literal("a"), ox.Literal("b", language="en"), ox.Literal("c", language="it"), ox.Literal(1), ox.Literal(2),
    ox.Literal("2025-01-02", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
]
TYPE, SUB_CLASS = ox.NamedNode(RDF + "type"), ox.NamedNode(RDFS + "subClassOf")


def _triples(subjects: list, predicates: list, objects: list) -> st.SearchStrategy[ox.Triple]:
    return st.builds(ox.Triple, *map(st.sampled_from, (subjects, predicates, objects)))


TRIPLES = st.one_of(
    _triples(NODES, LINKS, NODES),
    _triples(NODES, LINKS, NODES),
    _triples(NODES, LINKS, VALUES),
    _triples(NODES, [TYPE], CLASSES),
    _triples(NODES, [TYPE], CLASSES),
    _triples(CLASSES, [SUB_CLASS], CLASSES),
)


@dataclass(frozen=True)
class Move:
    """Two moments of a graph, and every triple of the files that differ."""

    old: State
    new: State
    touched: frozenset[ox.Triple]

    def __repr__(self) -> str:
        """Both moments, for the report of a failing example."""
        return " --> ".join("{" + " ".join(f"{t} ." for t in each.triples()) + "}" for each in (self.old, self.new))


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """A graph in several files that may say the same, of which one or two change, vanish or are new."""
    before = {graph: draw(st.lists(TRIPLES, min_size=3, max_size=14, unique=True)) for graph in GRAPHS[:2]}
    after = {}
    for graph in draw(st.lists(st.sampled_from(GRAPHS), min_size=1, max_size=2, unique=True)):
        stays = [triple for triple in before.get(graph, ()) if draw(st.integers(0, 3))]
        after[graph] = stays + draw(st.lists(TRIPLES, min_size=1, max_size=4))
    base = ox.Store()
    for graph, triples in before.items():
        base.extend(ox.Quad(*triple, ox.NamedNode(graph)) for triple in triples)
    touched = {triple for graph in after for triple in (*before.get(graph, ()), *after[graph])}
    return Move(State(base, GRAPHS), State(base, GRAPHS, after), frozenset(touched))


def full(shapes: ShapesGraph, state: State, engine: str = "fast") -> Counter[Key]:
    """All results on a state, by the full run."""
    triples = list(state.triples())
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return Counter(map(key, validate(triples, shapes, engine, store).results))


# Shapes, as Turtle.

_STEPS = st.sampled_from([":p", ":q", ":r"])
PATHS = st.recursive(
    _STEPS,
    lambda inner: st.one_of(
        st.builds("[ sh:inversePath {} ]".format, _STEPS),
        st.builds("( {} {} )".format, inner, inner),
        st.builds("[ sh:alternativePath ( {} {} ) ]".format, inner, inner),
        st.builds("[ sh:{} {} ]".format, st.sampled_from(["zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"]), inner),
    ),
    max_leaves=3,
)
_CLASS = st.sampled_from([":C0", ":C1"])
_NODE = st.sampled_from([":n0", ":n1"])
_VALUE = st.sampled_from([*(":n0", ":n1", ":C0"), '"a"', '"b"@en', "1"])
_PLAIN = st.one_of(
    st.builds("sh:class {}".format, _CLASS),
    st.builds("sh:nodeKind sh:{}".format, st.sampled_from(["IRI", "BlankNode", "Literal", "BlankNodeOrIRI"])),
    st.builds("sh:datatype xsd:{}".format, st.sampled_from(["string", "integer"])),
    st.builds("sh:in ( {} {} {} )".format, _VALUE, _VALUE, _VALUE),
    st.builds("sh:hasValue {}".format, _VALUE),
    st.builds("sh:equals {}".format, _STEPS),
    st.builds("sh:disjoint {}".format, _STEPS),
    st.builds("sh:closed true ; sh:ignoredProperties ( rdf:type {} )".format, _STEPS),
    st.sampled_from(['sh:pattern "n[01]"', "sh:minLength 6", 'sh:languageIn ( "en" )', "sh:minInclusive 2"]),
)
_ON_PATHS = st.one_of(
    st.builds("sh:minCount {}".format, st.integers(1, 2)),
    st.builds("sh:maxCount {}".format, st.integers(0, 2)),
    st.builds("sh:lessThan {}".format, _STEPS),
    st.builds("sh:lessThanOrEquals {}".format, _STEPS),
    st.just("sh:uniqueLang true"),
)


def _nesting(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    prop = st.builds("[ sh:path {} ; {} ]".format, PATHS, st.one_of(inner, _ON_PATHS))
    shape = st.one_of(prop, st.builds("[ {} ]".format, inner))
    return st.one_of(
        st.builds("sh:property {}".format, prop),
        st.builds("sh:node {}".format, shape),
        st.builds("sh:not {}".format, shape),
        st.builds("sh:{} ( {} {} )".format, st.sampled_from(["and", "or", "xone"]), shape, shape),
        st.builds(
            "sh:property [ sh:path {} ; sh:qualifiedValueShape {} ; sh:qualified{}Count 1 ; "
            "sh:qualifiedValueShapesDisjoint {} ] , "
            "[ sh:path {} ; sh:qualifiedValueShape {} ; sh:qualifiedMinCount 1 ]".format,
            PATHS, shape, st.sampled_from(["Min", "Max"]), st.sampled_from(["true", "false"]), PATHS, shape,
        ),
    )


CONSTRAINTS = st.recursive(_PLAIN, _nesting, max_leaves=3)
TARGETS = st.one_of(
    st.builds("sh:targetClass {}".format, _CLASS),
    st.builds("sh:targetClass {} ; sh:targetSubjectsOf {}".format, _CLASS, _STEPS),
    st.builds("sh:targetNode {}".format, _NODE),
    st.builds("sh:targetSubjectsOf {}".format, _STEPS),
    st.builds("sh:targetObjectsOf {}".format, _STEPS),
)

# SPARQL constraints: mostly bounded, some not.

_VARIABLES = st.sampled_from(["$this", "$this", "?a", "?a", "?b", "?c"])
_QUERY_PATHS = st.sampled_from(
    [":p", ":q", ":r", "^:p", ":p/:q", ":p|:q", ":q*", ":p+", ":p/:q*", "(:p|^:q)+", ":r?", "a", "a/rdfs:subClassOf*"]
)
_OBJECTS = st.one_of(_VARIABLES, _VARIABLES, st.sampled_from([":n0", ":C0", '"a"', "1"]))
_PATTERN = st.one_of(
    st.builds("{} {} {} .".format, st.sampled_from(["$this", "$this", "?a"]), _QUERY_PATHS, _OBJECTS),
    st.builds("{} {} {} .".format, st.sampled_from(["$this", "$this", "?a"]), _QUERY_PATHS, _OBJECTS),
    st.builds("{} {} {} .".format, _VARIABLES, _QUERY_PATHS, _OBJECTS),
)
_FROM_THIS = st.builds("$this {} {} .".format, _QUERY_PATHS, st.sampled_from(["?a", "?a", "?a", "?b"]))
_FILTER = st.sampled_from(["FILTER(?a != ?b)", "FILTER(BOUND(?b))", "FILTER(!BOUND(?c))", "FILTER(isIRI(?a))"])


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.builds("{} {}".format, inner, inner)
    return st.one_of(
        several,
        st.builds("OPTIONAL {{ {} }}".format, several),
        st.builds("FILTER NOT EXISTS {{ {} }}".format, several),
        st.builds("FILTER(EXISTS {{ {} }} || !EXISTS {{ {} }})".format, inner, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{{ {} }}".format, several),
        st.builds("{{ SELECT $this (COUNT(?{}) AS ?n) {{ {} {} }} GROUP BY $this }}".format,
                  st.sampled_from("abc"), _FROM_THIS, inner),
        st.builds("{{ SELECT $this ?a {{ {} {} }} }}".format, _FROM_THIS, inner),
    )


_ELEMENTS = st.recursive(st.one_of(_PATTERN, _PATTERN, _FILTER), _groups, max_leaves=4)
_PROJECTED = st.sampled_from(["$this", "$this ?value", "$this (?a AS ?value)"])
SELECTS = st.builds("SELECT {} {{ {} {} }}".format, _PROJECTED, _FROM_THIS, _ELEMENTS)


def constraint(select: str) -> str:
    """A SPARQL constraint."""
    return f'sh:sparql [ sh:prefixes :prefixes ; sh:select """{select}""" ]'


SPARQL = st.builds(constraint, SELECTS)
ON_ROOTS = st.one_of(SPARQL, st.builds("sh:property [ sh:path {} ; {} ]".format, PATHS, SPARQL))


def shape(number: int, target: str, *constraints: str, path: str = "", name: str = "") -> str:
    """A shape with a target."""
    parts = [target, *([f"sh:path {path}"] if path else ()), *constraints]
    return f"{name or f':S{number}'} {' ; '.join(parts)} .\n"


@st.composite
def shapes(draw: st.DrawFn, constraints: st.SearchStrategy[str]) -> str:
    """One to three shapes with targets and such constraints, as Turtle without prefixes."""
    texts = []
    for number in range(draw(st.integers(1, 3))):
        path = draw(st.one_of(st.just(""), PATHS))
        implicit = draw(st.integers(0, 9)) == 0
        target = "a rdfs:Class , sh:NodeShape" if implicit else draw(TARGETS)
        own = draw(st.lists(constraints, min_size=1, max_size=2))
        texts.append(shape(number, target, *own, path="" if implicit else path, name=f":C{number}" if implicit else ""))
    return "".join(texts)


def read(text: str) -> ShapesGraph:
    """The shapes that a text without prefixes writes."""
    triples = ox.parse(PREFIXES + DECLARED + text, format=ox.RdfFormat.TURTLE)
    return ShapesGraph(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in triples)


Full = Callable[[ShapesGraph, State], Counter[Key]]
