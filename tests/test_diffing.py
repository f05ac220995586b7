"""How graphs differ: the names of blank nodes do not matter, entangled ones are bounded, values are told whole."""

from __future__ import annotations

from itertools import combinations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.diffing import compare, show, statements
from kg.errors import SourceError
from kg.rdf import PREFIXES
from kg.sources import digest

HEADER = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items()) + "PREFIX ex: <urn:ex:>\n"
NAMES = [ox.NamedNode(f"urn:ex:{one}") for one in "ab"]
BLANK = [ox.BlankNode(one) for one in "wxyz"]
PREDICATES = [ox.NamedNode(PREFIXES["rdf"] + one) for one in ("first", "rest", "value")]
TERMS = st.sampled_from([*NAMES, *BLANK, *BLANK, ox.NamedNode(PREFIXES["rdf"] + "nil"), ox.Literal("v", language="en")])
TRIPLES = st.builds(ox.Triple, st.sampled_from([*NAMES, *BLANK]), st.sampled_from(PREDICATES), TERMS)
GRAPHS = st.lists(TRIPLES, max_size=9)


def graph(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(HEADER + turtle, format=ox.RdfFormat.TURTLE)]


def renamed(triples: list[ox.Triple], names: dict[ox.BlankNode, ox.BlankNode]) -> list[ox.Triple]:
    return [ox.Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object)) for t in triples]


@settings(max_examples=400, deadline=None)
@given(GRAPHS, GRAPHS, st.permutations(BLANK))
def test_graphs_are_the_same_if_and_only_if_their_canonical_digests_are(
    one: list[ox.Triple], other: list[ox.Triple], order: list[ox.BlankNode]
) -> None:
    assert compare(one, renamed(one, dict(zip(BLANK, order, strict=True)))).same
    assert compare(one, other).same is (digest(one) == digest(other))


@settings(max_examples=200, deadline=None)
@given(GRAPHS, st.data())
def test_one_statement_less_is_a_difference(triples: list[ox.Triple], data: st.DataObject) -> None:
    distinct = sorted(set(triples), key=str)
    for left_out in distinct[:1]:
        order = data.draw(st.permutations(BLANK))
        fewer = renamed([t for t in distinct if t != left_out], dict(zip(BLANK, order, strict=True)))
        assert not compare(distinct, fewer).same and not compare(fewer, distinct).same


@settings(max_examples=200, deadline=None)
@given(GRAPHS)
def test_every_triple_is_told_by_exactly_one_statement(triples: list[ox.Triple]) -> None:
    told = [triple for statement in statements(set(triples)) for triple in statement.triples]
    assert len(told) == len(set(told)) and set(told) == set(triples)


def test_a_value_is_told_whole() -> None:
    old = graph('ex:a sh:in ( 1 "x"@en ) ; sh:node [ sh:property [ sh:path ex:p ] ] ; sh:or ( [ sh:class ex:c ] ) .')
    new = graph("ex:a sh:in ( 1 2 ) ; sh:node [ sh:property [ sh:path ex:p ] ] ; sh:or ( [ sh:class ex:d ] ) .")
    found = compare(old, new)
    assert [(one.predicate, one.value) for one in found.removed] == [
        ("sh:in", '( 1 "x"@en )'),
        ("sh:or", "( [ sh:class <urn:ex:c> ] )"),
    ]
    assert [(one.predicate, one.value) for one in found.added] == [
        ("sh:in", "( 1 2 )"),
        ("sh:or", "( [ sh:class <urn:ex:d> ] )"),
    ]


def test_values_that_are_alike_are_counted() -> None:
    two, one = graph("ex:a ex:p [ ex:q 1 ] , [ ex:q 1 ] ."), graph("ex:a ex:p [ ex:q 1 ] .")
    assert [statement.value for statement in compare(two, one).removed] == ["[ <urn:ex:q> 1 ]"]
    assert compare(one, two).removed == ()


def clique(size: int) -> list[ox.Triple]:
    nodes = [ox.BlankNode(f"n{number}") for number in range(size)]
    return [ox.Triple(a, PREDICATES[2], b) for x, y in combinations(nodes, 2) for a, b in ((x, y), (y, x))]


def test_entangled_blank_nodes_are_compared_if_few_and_refused_if_many() -> None:
    assert compare(
        clique(5),
        [
            ox.Triple(ox.BlankNode(t.subject.value + "x"), t.predicate, ox.BlankNode(t.object.value + "x"))
            for t in clique(5)
        ],
    ).same
    for bomb in (
        clique(12),
        clique(60),
        [ox.Triple(ox.BlankNode(f"n{n}"), PREDICATES[2], ox.BlankNode(f"n{(n + 1) % 3000}")) for n in range(3000)],
    ):
        with pytest.raises(SourceError, match="too entangled"):
            compare(bomb, [])


def test_deep_nesting_is_refused_and_a_long_list_is_not() -> None:
    chain = [ox.Triple(ox.BlankNode(f"n{n}"), PREDICATES[2], ox.BlankNode(f"n{n + 1}")) for n in range(5000)]
    with pytest.raises(SourceError, match="deep"):
        compare([], [ox.Triple(NAMES[0], PREDICATES[2], ox.BlankNode("n0")), *chain])
    items = " ".join(map(str, range(3000)))
    assert compare(graph(f"ex:a sh:in ( {items} ) ."), graph(f"ex:a sh:in ( {items} ) .")).same


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (ox.NamedNode(PREFIXES["ckg"] + "holder"), "ckg:holder"),
        (ox.Literal('a\n"b"\x1b[31m', language="en"), '"a\\n\\"b\\"\\u001B[31m"@en'),
        (
            ox.Literal("007", datatype=ox.NamedNode(PREFIXES["xsd"] + "integer")),
            '"007"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ),
        (ox.Literal("2025", datatype=ox.NamedNode(PREFIXES["edtf"] + "EDTF")), '"2025"^^edtf:EDTF'),
        (ox.Literal(7), "7"),
        (ox.Literal("7"), '"7"'),
    ],
)
def test_terms_as_text(term: object, text: str) -> None:
    assert show(term) == text
