"""What a change brings, found near it in a store, is what the closures before and after it differ by."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from checkout import ROOT
from graphs import (
    ANY_CLASS,
    CLASSES,
    DATA,
    OWN,
    PROPERTIES,
    RESTRICTIONS,
    SCHEMA,
    THINGS,
    TYPE,
    facts,
    iri,
    listed,
    one_of,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from kg.gate import consequences as ways
from kg.gate.changed import Changed
from kg.gate.consequences import Consequences, consequences
from kg.model import Source
from kg.parsing import parse_turtle
from kg.rdf import CLOSURE_GRAPH, PREFIXES, graph_iri
from kg.reasoning.axioms import Axioms
from kg.reasoning.engine import Inference
from kg.rulebook import load_rules
from kg.sources import load

RULES = load_rules(ROOT)
Triples = Iterable[ox.Triple]
HEADER = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items()) + f"PREFIX : <{OWN}>\n"


def source(path: str, triples: Triples) -> Source:
    """A file that states these triples, with numbers as a store writes them."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return Source(path, path.split("/")[0], graph_iri(path), tuple(quad.triple for quad in store), "")


def built(files: Iterable[Source]) -> ox.Store:
    """The store of a snapshot of these files, as ``kg build`` writes it."""
    stated = {triple for one in files for triple in one.triples}
    inferred = Inference(RULES, stated).inferred()
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in stated | inferred)
    store.extend(ox.Quad(*triple, ox.NamedNode(CLOSURE_GRAPH)) for triple in inferred)
    for one in files:
        store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    return store


def change(base: ox.Store, files: Iterable[Source], before: Iterable[Source], after: Iterable[Source]) -> Changed:
    """The change of some files before into those after."""
    return Changed.of(base, {one.graph for one in files}, before, after, {})


def expected(old: Triples, new: Triples) -> tuple[set[ox.Triple], set[tuple[object, ...]]]:
    """What follows after and not before, by closures of everything: the conclusions and the contradictions."""
    before, after = (Inference(RULES, set(triples)) for triples in (old, new))
    clashing = [
        {(step.rule, *map(graph.statement, step.premises)) for step in graph.clashes()} for graph in (before, after)
    ]
    return set(after.inferred() - before.inferred() - set(old)), clashing[1] - clashing[0]


def agrees(found: Consequences, old: Triples, new: Triples) -> None:
    """Assert that a change brings what the closures differ by, and that the faults are asserted."""
    inferred, clashes = expected(old, new)
    assert set(found.inferred) == inferred
    assert {(clash.rule, *clash.premises) for clash in found.clashes} == clashes
    stated = {tuple(triple) for triple in new}
    for clash in found.clashes:
        assert set(clash.faults) <= stated


# On graphs drawn at random

LITERALS = [
    ox.Literal(text, datatype=iri(f"xsd:{kind}"))
    for text, kind in (("1", "integer"), ("2", "integer"), ("x", "integer"), ("1", "decimal"), ("a", "string"))
]
OF_TEXT = [ox.NamedNode(f"{OWN}d{number}") for number in range(2)]
AXIOMS = (
    *SCHEMA,
    listed(ANY_CLASS, one_of("owl:hasKey"), [*PROPERTIES, *OF_TEXT]),
    listed(one_of("owl:Nothing"), one_of("owl:members"), CLASSES, one_of("owl:AllDisjointClasses")),
    listed([ox.NamedNode(OWN + "disjoint")], one_of("owl:members"), PROPERTIES, one_of("owl:AllDisjointProperties")),
    listed([ox.NamedNode(OWN + "different")], one_of("owl:members"), THINGS, one_of("owl:AllDifferent")),
    facts(CLASSES, one_of("rdfs:subClassOf", "owl:equivalentClass"), RESTRICTIONS),
    facts(RESTRICTIONS, one_of("rdfs:subClassOf", "owl:disjointWith"), CLASSES),
    facts(OF_TEXT, one_of("rdfs:range"), [*one_of("xsd:integer", "xsd:string", "rdfs:Literal"), *CLASSES]),
    facts(OF_TEXT, one_of("rdfs:domain"), CLASSES),
    facts(OF_TEXT, one_of("rdfs:subPropertyOf", "owl:propertyDisjointWith"), OF_TEXT),
    facts(OF_TEXT, [TYPE], one_of("owl:DatatypeProperty", "owl:FunctionalProperty")),
    facts(RESTRICTIONS, one_of("owl:onProperty"), OF_TEXT),
    facts(RESTRICTIONS, one_of("owl:someValuesFrom"), one_of("xsd:integer", "rdfs:Literal")),
)
FACTS = (
    facts(THINGS, [TYPE], CLASSES),
    facts(THINGS, PROPERTIES, THINGS),
    facts(THINGS, OF_TEXT, LITERALS),
    facts(THINGS, one_of("owl:differentFrom"), THINGS),
)


#: Without any conclusion there would be no graph of the closure.
ALWAYS = [
    ox.Triple(ox.NamedNode(OWN + "one"), TYPE, ox.NamedNode(OWN + "Below")),
    ox.Triple(ox.NamedNode(OWN + "Below"), iri("rdfs:subClassOf"), ox.NamedNode(OWN + "Above")),
]


def _with_nameless(triples: Iterable[list[ox.Triple]]) -> list[ox.Triple]:
    """Triples, each once, with restrictions as they are written: without names."""
    names = {one: ox.BlankNode(one.value[-2:]) for one in RESTRICTIONS}
    return list(dict.fromkeys(
        ox.Triple(names.get(one.subject, one.subject), one.predicate, names.get(one.object, one.object))
        for part in triples for one in part
    ))


def some(*kinds: st.SearchStrategy[list[ox.Triple]], least: int = 0, most: int = 8) -> st.SearchStrategy[list[ox.Triple]]:
    """Some triples of these kinds."""
    return st.lists(st.one_of(*kinds), min_size=least, max_size=most).map(_with_nameless)


def _is_typed(triple: ox.Triple) -> bool:
    """True if a triple gives no thing a text for a property between things."""
    return not (isinstance(triple.object, ox.Literal) and triple.predicate in PROPERTIES)


@settings(max_examples=300, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    some(*AXIOMS, most=7),
    some(*FACTS, *FACTS, *DATA, most=8),
    some(*FACTS, least=1, most=4),
    some(*DATA, *AXIOMS, most=1),
    st.data(),
)
def test_what_a_change_brings_is_what_the_closures_differ_by(
    axioms: list[ox.Triple], kept: list[ox.Triple], added: list[ox.Triple], odd: list[ox.Triple], data: st.DataObject
) -> None:
    stated = [triple for triple in kept if _is_typed(triple)]
    removed = data.draw(st.lists(st.sampled_from(stated), max_size=2, unique=True)) if stated else []
    axioms = [*axioms, *ALWAYS]
    files = [source("ontology/o.ttl", axioms), source("data/a.ttl", stated)]
    base = built(files)
    after = source("data/a.ttl", dict.fromkeys([*(one for one in stated if one not in removed), *added, *odd]))
    found = consequences(RULES, change(base, files, files[1:], [after]))
    agrees(found, [*files[0].triples, *files[1].triples], [*files[0].triples, *after.triples])


# Case by case

#: Name → axioms, facts before, facts after; ``:one a :Below . :Below rdfs:subClassOf :Above`` are always there.
NEAR = {
    "a type follows, and types above": (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", "", ":x a :C ."),
    "domain, range, disjoint classes": (
        ":p rdfs:domain :C ; rdfs:range :D . :C owl:disjointWith :E .", ":x a :E .", ":x a :E ; :p :y .",
    ),
    "a functional property has two values": (
        ":p a owl:FunctionalProperty .", ":x :p :y . :y owl:differentFrom :z .",
        ":x :p :y , :z . :y owl:differentFrom :z .",
    ),
    "a value has two subjects": (
        ":p a owl:InverseFunctionalProperty .", ":x :p :v . :x :q :w . :x owl:differentFrom :y .",
        ":x :p :v . :x :q :w . :x owl:differentFrom :y . :y :p :v .",
    ),
    "asymmetric and irreflexive": (
        ":p a owl:AsymmetricProperty , owl:IrreflexiveProperty .", ":x :p :y .", ":x :p :y . :y :p :x . :z :p :z .",
    ),
    "properties that exclude each other": (":p owl:propertyDisjointWith :q .", ":x :p :y .", ":x :p :y ; :q :y ."),
    "a property below, symmetric and transitive": (
        ":p rdfs:subPropertyOf :q . :q a owl:SymmetricProperty , owl:TransitiveProperty .", ":x :q :y . :z :q :w .",
        ":x :q :y . :z :q :w . :y :p :z .",
    ),
    "a chain joined in its middle, and an inverse": (
        ":c owl:propertyChainAxiom ( :p :q :r ) . :c owl:inverseOf :d .", ":u :p :v . :w :r :x .",
        ":u :p :v . :w :r :x . :v :q :w .",
    ),
    "a key": (
        ":C owl:hasKey ( :k :l ) . :D owl:disjointWith :E .", ":x a :C , :D ; :k 1 ; :l :v . :y a :C , :E ; :k 1 .",
        ":x a :C , :D ; :k 1 ; :l :v . :y a :C , :E ; :k 1 ; :l :v .",
    ),
    "values confined by a class without a name": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] . :D owl:disjointWith :E .",
        ":x a :C . :y a :E .", ":x a :C ; :p :y . :y a :E .",
    ),
    "a value that makes a member of nested classes without names": (
        ":A owl:equivalentClass [ owl:intersectionOf ( :B [ owl:onProperty :p ; owl:someValuesFrom"
        " [ owl:unionOf ( :C :D ) ] ] ) ] .",
        ":x :p :y . :y a :C .", ":x a :B ; :p :y . :y a :C .",
    ),
    "a value that must be, and one that must not": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] , [ owl:onProperty :q ; owl:maxCardinality 0 ] .",
        ":x :q :y .", ":x a :C ; :q :y .",
    ),
    "one value of a class": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass :D ] .",
        ":x :p :y , :z ; a :C . :y a :D .", ":x :p :y , :z ; a :C . :y a :D . :z a :D .",
    ),
    "classes and properties that exclude each other, all of them": (
        "[] a owl:AllDisjointClasses ; owl:members ( :C :D :E ) . [] a owl:AllDisjointProperties ; owl:members ( :p :q ) .",
        ":x a :C ; :p :y .", ":x a :C , :E ; :p :y ; :q :y .",
    ),
    "what is denied": (
        "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetIndividual :y . :q rdfs:subPropertyOf :p .",
        "", ":x :q :y .",
    ),
    "a text that is no number": (":p rdfs:range xsd:integer .", ":x :p 1 .", ":x :p 1 , 'x'^^xsd:integer ."),
    "a text of the kind that a class asks for": (
        "[] owl:onProperty :p ; owl:someValuesFrom xsd:integer ; rdfs:subClassOf :C .", ":y :p 2 .", ":x :p 1 . :y :p 2 .",
    ),
    "a text where a thing is due": (
        ":p rdfs:range :C ; owl:inverseOf :q . :q rdfs:range :D . :C owl:disjointWith :D .", ":x :p :y .",
        ":x :p :y , 'y' .",
    ),
    "two names": ("", ":x :p :y . :y a :C . :y :q :z .", ":x :p :y . :y a :C . :y :q :z . :y owl:sameAs :w ."),
    "a second name for one of two that differ": (
        "", ":x owl:sameAs :y . :y owl:differentFrom :z .",
        ":x owl:sameAs :y . :y owl:differentFrom :z . :x owl:sameAs :z .",
    ),
    "what was concluded is stated": (":C rdfs:subClassOf :D .", ":x a :C .", ":x a :C , :D ."),
    "what was stated is concluded": (":C rdfs:subClassOf :D .", ":x a :D .", ":x a :C ."),
    "what excludes the new is taken away": (":C owl:disjointWith :D .", ":x a :C .", ":x a :D ."),
    "what the new rests on is taken away": (":c owl:propertyChainAxiom ( :p :q ) .", ":x :p :y .", ":y :q :z ."),
    "what concluded the other side is taken away, but not all": (
        ":p rdfs:domain :C . :q rdfs:domain :C . :C owl:disjointWith :D .", ":x :p :y ; :q :y .", ":x :q :y ; a :D .",
    ),
    "what excluded the new by a class without a name is taken away": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] . :D owl:disjointWith :E .",
        ":x a :C . :y a :E . :z a :C .", ":x :p :y . :y a :E . :z a :C ; :p :y .",
    ),
    "an old contradiction stands": (
        ":p rdfs:range xsd:integer .", ":x :p 'x'^^xsd:integer .", ":x :p 'x'^^xsd:integer . :y :p 'x'^^xsd:integer .",
    ),
    "only a label": ("", ":x rdfs:label 'a' .", ":x rdfs:label 'b' ."),
    "nothing is added": (":C rdfs:subClassOf :D .", ":x a :C .", ""),
}
#: Changes that cannot be judged by what is near.
WHOLE = {
    "an axiom is added": (":C rdfs:subClassOf :D .", ":x a :C .", ":x a :C . :D rdfs:subClassOf :E ."),
    "an axiom is taken away": (":C rdfs:subClassOf :D .", ":D owl:disjointWith :E .", ":x a :C , :E ."),
    "a list changes": (
        ":C owl:unionOf :l .", ":l rdf:first :D ; rdf:rest () . :x a :D .",
        ":l rdf:first :E ; rdf:rest () . :x a :D , :E .",
    ),
    "axioms on everything": ("owl:Thing rdfs:subClassOf :C .", ":x :p :y .", ":x :p :y . :z :p :y ."),
    "axioms on axioms": (
        ":isA rdfs:subPropertyOf rdfs:subClassOf .", ":C :isA :D . :x a :C .", ":C :isA :D . :x a :C . :y a :C .",
    ),
    "a second name for a class": (":C rdfs:subClassOf :D .", ":x a :C .", ":x a :C . :C owl:sameAs :E ."),
    "a class has a second name": (
        ":C owl:disjointWith :F .", ":C owl:sameAs :E .", ":C owl:sameAs :E . :y a :E , :F .",
    ),
    "a text has a second spelling": (
        ":p a owl:FunctionalProperty .", ":x :p 1 , '1'^^xsd:decimal .", ":x :p 1 , '1'^^xsd:decimal . :y :q 1 .",
    ),
    "a text where a thing was due": (
        ":p owl:inverseOf :q . :c owl:propertyChainAxiom ( :r :q ) .", ":w :p 'y' .", ":w :p 'y' . :u :r 'y' .",
    ),
    "two texts that should be one": (":p a owl:FunctionalProperty .", ":x :p 1 .", ":x :p 1 , 2 ."),
}


def turtle(path: str, text: str) -> Source:
    """A file of this text."""
    return source(path, parse_turtle((HEADER + text).encode(), path))


def judged(axioms: str, before: str, after: str) -> tuple[Consequences, Triples, Triples]:
    """What a change brings, and all triples before and after it."""
    files = [turtle("ontology/o.ttl", axioms), turtle("data/a.ttl", before), source("data/always.ttl", ALWAYS)]
    new = turtle("data/a.ttl", after)
    old, kept = [triple for one in files for triple in one.triples], [*files[0].triples, *ALWAYS]
    found = consequences(RULES, change(built(files), files, [files[1]], [new]))
    return found, old, [*kept, *new.triples]


@pytest.mark.parametrize("case", NEAR.values(), ids=NEAR)
def test_what_is_near_is_enough(case: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_by_drawing_all", None)
    agrees(*judged(*case))


@pytest.mark.parametrize("case", WHOLE.values(), ids=WHOLE)
def test_where_it_is_not_everything_is_drawn(case: tuple[str, str, str]) -> None:
    agrees(*judged(*case))


def test_a_base_without_its_closure_will_do() -> None:
    files = [turtle("ontology/o.ttl", ":C rdfs:subClassOf :D . :D owl:disjointWith :E ."), turtle("data/a.ttl", ":x a :E .")]
    base = ox.Store()
    for one in files:
        base.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    new = turtle("data/b.ttl", ":x a :C .")
    found = consequences(RULES, change(base, files, [], [new]))
    stated = [triple for one in files for triple in one.triples]
    agrees(found, stated, [*stated, *new.triples])
    assert len(found.clashes) == 1


def test_a_contradiction_names_what_it_rests_on() -> None:
    found, _, _ = judged(":p rdfs:domain :C . :C owl:disjointWith :E .", ":x a :E .", ":x a :E ; :p :y .")
    (clash,) = found.clashes
    assert clash.words == "Nothing belongs to two disjoint classes."
    names = {" ".join(re.sub(r".*[#/]", "", term.value) for term in fault) for fault in clash.faults}
    assert names == {"C disjointWith E", "p domain C", "x p y", "x type E"}


# On the real files

REAL = {
    "a person who is a forum": "actor:donald-trump a ckg:MinisterialFormat .",
    "a forum within itself, and two within each other": (
        "forum:e5 ckg:subgroupOf forum:e5 , forum:nato . forum:nato ckg:subgroupOf forum:e5 ."
    ),
    "a claim held by a topic": "claim:made-up a ckg:Position ; ckg:holder topic:troops-in-ukraine .",
    "a claim held by a text": "claim:made-up a ckg:Threat ; ckg:holder 'Italy' .",
    "two properties that exclude each other": "claim:made-up ckg:compared actor:italy ; ckg:reference actor:italy .",
    "a threat of another stance": "claim:made-up a ckg:Threat ; ckg:stance stance:supports ; ckg:holder actor:italy .",
    "a narrower topic": "topic:made-up a skos:Concept ; skos:broader topic:troops-in-ukraine .",
}


@pytest.fixture(scope="module")
def real() -> tuple[tuple[Source, ...], ox.Store]:
    """The files of the repository, and the store of their snapshot."""
    files = load(ROOT).of_kind("ontology", "data")
    return files, built(files)


@pytest.mark.parametrize("text", REAL.values(), ids=REAL)
def test_a_mistake_in_a_new_file_is_found(
    text: str, real: tuple[tuple[Source, ...], ox.Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "_by_drawing_all", None)
    files, base = real
    new = turtle("data/claims/new.ttl", text)
    found = consequences(RULES, change(base, files, [], [new]))
    stated = [triple for one in files for triple in one.triples]
    agrees(found, stated, [*stated, *new.triples])


def test_a_file_that_gives_its_claims_to_another_holder_is_judged_by_the_difference(
    real: tuple[tuple[Source, ...], ox.Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "_by_drawing_all", None)
    files, base = real
    held = ox.NamedNode(PREFIXES["ckg"] + "holder")
    old = max(files, key=lambda one: sum(triple.predicate == held for triple in one.triples))
    claims = [triple for triple in old.triples if triple.predicate == held][::7]
    other = claims[0].object
    new = source(old.path, [
        ox.Triple(triple.subject, held, other) if triple in claims else triple for triple in old.triples
    ])
    found = consequences(RULES, change(base, files, [old], [new]), Axioms(RULES, base))
    rest = [triple for one in files if one is not old for triple in one.triples]
    agrees(found, [*rest, *old.triples], [*rest, *new.triples])
    assert found.inferred
