"""What VoID counts, against what SPARQL counts, on graphs drawn at random."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from kg.catalogue.counting import Counts, Kind
from kg.catalogue.saying import A, part

NODES = [ox.NamedNode(f"urn:n{number}") for number in range(5)] + [ox.BlankNode("b0"), ox.BlankNode("b1")]
CLASSES = [ox.NamedNode(f"urn:C{number}") for number in range(3)]
PROPERTIES = [A, ox.NamedNode("urn:p0"), ox.NamedNode("urn:p1")]
VALUES = [ox.Literal("x"), ox.Literal("x", language="en"), ox.Literal(1), ox.Literal("1")]
TRIPLES = st.one_of(
    st.builds(ox.Triple, st.sampled_from(NODES), st.just(A), st.sampled_from([*CLASSES, ox.BlankNode("c")])),
    st.builds(
        ox.Triple, st.sampled_from([*NODES, *CLASSES]), st.sampled_from(PROPERTIES[1:]),
        st.sampled_from([*NODES, *CLASSES, *VALUES]),
    ),
)  # fmt: skip
GRAPHS = st.sets(TRIPLES, max_size=40)


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    return [tuple(getattr(term, "value", None) for term in row) for row in store.query(query)]


def loaded(graph: set[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in graph)
    return store


@given(GRAPHS)
def test_totals_and_partitions_are_what_sparql_counts(graph: set[ox.Triple]) -> None:
    counts, store = Counts(graph), loaded(graph)
    one = "SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?a) (COUNT(DISTINCT ?o) AS ?b) { ?s ?p ?o }"
    assert rows(store, one) == [(str(counts.triples), str(len(counts.subjects)), str(counts.objects))]
    found = rows(store, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c")
    assert dict(found) == {iri: str(number) for iri, number in counts.entities.items()}
    found = rows(
        store,
        "SELECT ?p (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?a) (COUNT(DISTINCT ?o) AS ?b) { ?s ?p ?o } GROUP BY ?p",
    )
    assert set(found) == {(iri, *map(str, figures)) for iri, figures in counts.properties.items()}
    named = rows(store, "SELECT DISTINCT ?s { ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY STR(?s)")
    assert [(iri,) for iri in counts.names] == named


@given(GRAPHS)
def test_uses_and_targets_are_what_sparql_counts(graph: set[ox.Triple]) -> None:
    counts, store = Counts(graph), loaded(graph)
    found = rows(
        store,
        "SELECT ?c ?p (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?a) "
        "{ ?s a ?c ; ?p ?o FILTER(isIRI(?c)) } GROUP BY ?c ?p",
    )
    assert set(found) == {(*use, *map(str, figures)) for use, figures in counts.uses.items()}
    classes = rows(
        store,
        "SELECT ?c ?p ?d (COUNT(*) AS ?t) "
        "{ ?s a ?c ; ?p ?o . ?o a ?d FILTER(isIRI(?c) && isIRI(?d)) } GROUP BY ?c ?p ?d",
    )
    datatypes = rows(
        store,
        "SELECT ?c ?p ?d (COUNT(*) AS ?t) "
        "{ ?s a ?c ; ?p ?o FILTER(isIRI(?c) && isLiteral(?o)) BIND(DATATYPE(?o) AS ?d) } GROUP BY ?c ?p ?d",
    )

    def told(kind: Kind) -> str:
        return kind.datatype or next(iter(kind.classes))

    reached = [
        (*use, told(kind), str(number)) for use, kinds in counts.targets.items() for kind, number in kinds.items()
    ]
    assert sorted(reached) == sorted(classes + datatypes)


IRIS = st.one_of(
    st.from_regex(r"https://w3id\.org/coalition-kg/(ontology#|id/actor/)[A-Za-z0-9._%-]{0,6}", fullmatch=True),
    st.from_regex(r"urn:[a-z.:]{1,6}", fullmatch=True),
)


@given(st.lists(IRIS, max_size=3), st.lists(IRIS, max_size=3))
def test_no_two_partitions_have_one_name(one: list[str], other: list[str]) -> None:
    assert (".".join(map(part, one)) == ".".join(map(part, other))) == (one == other)
