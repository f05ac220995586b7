"""The closure: what the rules conclude, without trivialities, and the same whether or not the input is cut down."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.errors import SettingError
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES
from kg.reasoning import closure
from kg.reasoning.relevance import relevant
from kg.reasoning.trivial import is_trivial
from kg.rulebook import load_rules
from owlrl import OWLRL_Semantics
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

HEADER = "PREFIX : <urn:x#>\n" + "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("owl", "rdf", "rdfs", "skos", "xsd")
)


def triples(text: str) -> list[ox.Triple]:
    return parse_turtle((HEADER + text).encode(), "test")


def infer(text: str) -> set[str]:
    """What is inferred, as short text."""
    found = closure(triples(text), rules=RULES)
    assert found.clashes == ()
    return {str(triple).replace("urn:x#", "") for triple in found.inferred}


RULES = load_rules()
TYPE, SUB = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['rdfs']}subClassOf>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", {f"<A> {SUB} <C>"}),
        (":A rdfs:subClassOf :B . :x a :A .", {f"<x> {TYPE} <B>"}),
        (":p rdfs:domain :A . :x :p 4 .", {f"<x> {TYPE} <A>"}),
        (":p rdfs:range :A . :x :p :y .", {f"<y> {TYPE} <A>"}),
        (":p rdfs:domain :A . :x :p 4 ; a :B . :B rdfs:subClassOf :A .", {f"<x> {TYPE} <A>"}),
        (":p rdfs:subPropertyOf :q . :x :p 'v'@en .", {'<x> <q> "v"@en'}),
        (":p owl:inverseOf :q . :x :p :y .", {"<y> <q> <x>"}),
        (":p a owl:TransitiveProperty . :x :p :y . :y :p :z .", {"<x> <p> <z>"}),
        (":p owl:propertyChainAxiom ( :q :r ) . :x :q :y . :y :r :z .", {"<x> <p> <z>"}),
        (":C owl:onProperty :p ; owl:hasValue :v . :x :p :v .", {f"<x> {TYPE} <C>"}),
        ("[] owl:onProperty :p ; owl:hasValue :v . :x :p :v .", set()),
        (":p a owl:FunctionalProperty . :x :p :y .", set()),
        (":x rdfs:label 'x' ; :unknown :y ; a :Unmentioned .", set()),
        (":p a owl:DatatypeProperty ; rdfs:range xsd:integer . :x :p 4 .", set()),
    ],
)
def test_rules(text: str, expected: set[str]) -> None:
    assert infer(text) == expected


def test_two_names_of_one_thing_share_all_that_is_said_of_either() -> None:
    found = infer(":p a owl:FunctionalProperty . :x :p :y , :z . :y :unknown :w ; rdfs:label 'why' .")
    label = f"<{PREFIXES['rdfs']}label>"
    assert {"<z> <unknown> <w>", f'<z> {label} "why"'} <= found


@pytest.mark.parametrize(
    "text",
    [
        ":A owl:disjointWith :B . :x a :A , :B .",
        ":A owl:disjointWith :B . :p rdfs:domain :A . :x :p 1 ; a :B .",
        ":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .",
        ":p a owl:IrreflexiveProperty . :x :p :x .",
        ":p owl:propertyDisjointWith :q . :x :p :y ; :q :y .",
        ":x owl:differentFrom :x .",
    ],
)
def test_contradictions_are_told(text: str) -> None:
    found = closure(triples(text), rules=RULES)
    assert found.clashes and "urn:x#" in str(found.clashes[0])


def test_an_unknown_reasoner_is_named() -> None:
    with pytest.raises(SettingError, match="owlrl"):
        closure([], "pellet")


def test_annotations_and_satisfied_facts_are_not_shown_to_the_reasoner() -> None:
    shown = {str(triple) for triple in relevant(triples("""
        :p a owl:ObjectProperty ; rdfs:domain :A ; rdfs:range :A ; rdfs:label "p" .
        :note a owl:AnnotationProperty . :A a owl:Class .
        :x a :A ; :p :x , :y ; :note "n" ; :unmentioned :y .
    """))}
    assert {one for one in shown if one.startswith("<urn:x#x>")} == {
        f"<urn:x#x> {TYPE} <urn:x#A>",
        "<urn:x#x> <urn:x#p> <urn:x#y>",
    }


CLASSES, PROPERTIES, THINGS = ([ox.NamedNode(f"urn:x#{kind}{n}") for n in range(3)] for kind in "Cpi")


def _iri(name: str) -> ox.NamedNode:
    prefix, local = name.split(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _facts(subjects: list, predicates: list, objects: list) -> st.SearchStrategy[ox.Triple]:
    return st.builds(ox.Triple, st.sampled_from(subjects), st.sampled_from(predicates), st.sampled_from(objects))


CLASS_AXIOMS = [_iri(name) for name in ("rdfs:subClassOf", "owl:equivalentClass", "owl:disjointWith")]
PROPERTY_AXIOMS = [_iri(name) for name in ("rdfs:subPropertyOf", "owl:inverseOf", "owl:equivalentProperty")]
PROPERTY_TYPES = [
    _iri(name)
    for name in ("owl:ObjectProperty", "owl:SymmetricProperty", "owl:TransitiveProperty", "owl:FunctionalProperty")
]
GRAPHS = st.lists(
    st.one_of(
        _facts(CLASSES, CLASS_AXIOMS, CLASSES),
        _facts(CLASSES, [_iri("rdf:type")], [_iri("owl:Class")]),
        _facts(PROPERTIES, [_iri("rdfs:domain"), _iri("rdfs:range")], CLASSES),
        _facts(PROPERTIES, PROPERTY_AXIOMS, PROPERTIES),
        _facts(PROPERTIES, [_iri("rdf:type")], PROPERTY_TYPES),
        _facts(THINGS, [_iri("rdf:type")], CLASSES),
        _facts(THINGS, PROPERTIES, [*THINGS, ox.Literal("v")]),
        _facts(THINGS, [_iri("rdfs:comment")], [ox.Literal("w")]),
    ),
    max_size=12,
)


def plainly(asserted: list[ox.Triple]) -> tuple[set[str], bool]:
    """The oracle: owlrl over everything, trivialities taken away afterwards; and whether it found a contradiction."""

    def node(term: object) -> Node:
        return Literal(term.value) if isinstance(term, ox.Literal) else URIRef(term.value)

    graph = Graph()
    for triple in asserted:
        graph.add((node(triple.subject), node(triple.predicate), node(triple.object)))
    rules = OWLRL_Semantics(graph, False, False)
    rules.closure()
    found = set()
    for subject, predicate, object_ in graph:
        if isinstance(subject, URIRef) and isinstance(object_, URIRef | Literal):
            value = ox.Literal(str(object_)) if isinstance(object_, Literal) else ox.NamedNode(object_)
            triple = ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)
            if not is_trivial(triple) and triple not in asserted:
                found.add(str(triple))
    return found, bool(rules.error_messages)


@settings(max_examples=60, deadline=None)
@given(GRAPHS)
def test_what_is_left_out_changes_nothing(asserted: list[ox.Triple]) -> None:
    found = closure(asserted, "owlrl")
    expected, clashes = plainly(asserted)
    assert {str(triple) for triple in found.inferred} == expected
    assert bool(found.clashes) == clashes
