"""Small OWL graphs for property tests: triples, lists and restrictions over a few names, drawn over all rules."""

from __future__ import annotations

import re

import pyoxigraph as ox
from hypothesis import strategies as st
from kg.rdf import PREFIXES

OWN = "urn:x#"
CLASSES, PROPERTIES, THINGS, RESTRICTIONS = (
    [ox.NamedNode(f"{OWN}{kind}{number}") for number in range(count)] for kind, count in zip("Cpir", (4, 3, 3, 2), strict=True)
)
VALUES = [ox.Literal("v"), ox.Literal("w", language="en")]


def iri(name: str) -> ox.NamedNode:
    """The IRI of a prefixed name."""
    prefix, local = name.split(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


TYPE = iri("rdf:type")
ONE, ZERO = (ox.Literal(number, datatype=iri("xsd:nonNegativeInteger")) for number in "10")


def one_of(*names: str) -> list[ox.NamedNode]:
    """The IRIs of prefixed names."""
    return [iri(name) for name in names]


def facts(subjects: list, predicates: list, objects: list) -> st.SearchStrategy[list[ox.Triple]]:
    """A triple of these."""
    parts = map(st.sampled_from, (subjects, predicates, objects))
    return st.builds(lambda *terms: [ox.Triple(*terms)], *parts)


def listed(subjects: list, predicates: list, members: list, also: list | None = None) -> st.SearchStrategy[list[ox.Triple]]:
    """A list of one to three members as the value of a property; ``also`` are further types of its subject."""

    def build(subject: ox.NamedNode, predicate: ox.NamedNode, items: list) -> list[ox.Triple]:
        # Each list has nodes of its own, or two would run into one.
        mark = "-".join(re.sub(r".*[#/]", "", one.value) for one in (subject, predicate, *items))
        nodes = [ox.NamedNode(f"{OWN}{mark}-{place}") for place in range(len(items))]
        found = [ox.Triple(subject, predicate, nodes[0])]
        for node, item, next_ in zip(nodes, items, [*nodes[1:], iri("rdf:nil")], strict=True):
            found += [ox.Triple(node, iri("rdf:first"), item), ox.Triple(node, iri("rdf:rest"), next_)]
        return found + [ox.Triple(subject, TYPE, one) for one in also or ()]

    items = st.lists(st.sampled_from(members), min_size=1, max_size=3)
    return st.builds(build, st.sampled_from(subjects), st.sampled_from(predicates), items)


def restricted(predicate: str, values: list) -> st.SearchStrategy[list[ox.Triple]]:
    """A restriction on a property."""

    def build(subject: ox.NamedNode, prop: ox.NamedNode, value: object, one: ox.NamedNode) -> list[ox.Triple]:
        found = [ox.Triple(subject, iri("owl:onProperty"), prop), ox.Triple(subject, iri(predicate), value)]
        return [*found, ox.Triple(subject, iri("owl:onClass"), one)] if "Qualified" in predicate else found

    on_class = st.sampled_from([*CLASSES, iri("owl:Thing")])
    return st.builds(build, *map(st.sampled_from, (RESTRICTIONS, PROPERTIES, values)), on_class)


ANY_CLASS = [*CLASSES, *RESTRICTIONS]
SCHEMA = (
    facts(ANY_CLASS, one_of("rdfs:subClassOf", "owl:equivalentClass", "owl:disjointWith", "owl:complementOf"), ANY_CLASS),
    facts(ANY_CLASS, [iri("rdfs:subClassOf")], one_of("owl:Thing", "owl:Nothing")),
    facts(one_of("owl:Thing"), one_of("rdfs:subClassOf", "owl:disjointWith"), CLASSES),
    facts(ANY_CLASS, [TYPE], one_of("owl:Class")),
    facts(PROPERTIES, one_of("rdfs:domain", "rdfs:range"), [*CLASSES, iri("owl:Thing")]),
    facts(
        PROPERTIES,
        one_of("rdfs:subPropertyOf", "owl:inverseOf", "owl:equivalentProperty", "owl:propertyDisjointWith"),
        PROPERTIES,
    ),
    facts(
        PROPERTIES,
        [TYPE],
        one_of(
            "owl:ObjectProperty",
            "owl:DatatypeProperty",
            "owl:SymmetricProperty",
            "owl:AsymmetricProperty",
            "owl:TransitiveProperty",
            "owl:IrreflexiveProperty",
            "owl:FunctionalProperty",
            "owl:InverseFunctionalProperty",
        ),
    ),
    listed(PROPERTIES, one_of("owl:propertyChainAxiom"), PROPERTIES),
    listed(CLASSES, one_of("owl:intersectionOf", "owl:unionOf"), CLASSES),
    listed(CLASSES, one_of("owl:oneOf"), THINGS),
    restricted("owl:someValuesFrom", [*CLASSES, iri("owl:Thing")]),
    restricted("owl:allValuesFrom", CLASSES),
    restricted("owl:hasValue", [*THINGS, *VALUES]),
    restricted("owl:maxCardinality", [ZERO, ONE]),
    restricted("owl:maxQualifiedCardinality", [ZERO, ONE]),
)
DATA = (
    facts(THINGS, [TYPE], [*ANY_CLASS, iri("owl:Thing")]),
    facts(THINGS, PROPERTIES, [*THINGS, *VALUES]),
    facts(THINGS, one_of("owl:sameAs", "owl:differentFrom"), THINGS),
    facts(THINGS, one_of("rdfs:comment"), VALUES),
)
GRAPHS = st.lists(st.one_of(*SCHEMA, *DATA, *DATA), max_size=12).map(
    lambda parts: list(dict.fromkeys(triple for part in parts for triple in part))
)
