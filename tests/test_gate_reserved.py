"""A contribution that changes what the language itself means is refused at once, with a sentence; others are judged."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from checkout import ROOT
from gate_material import HEADER, ONTOLOGY, source
from kg.gate.base import Base
from kg.gate.by_whole import check_by_whole
from kg.gate.contribution import UNREAD, Bench, check
from kg.gate.order import odd
from kg.gate.reserved import stated_of
from kg.model import Change, Contribution
from kg.parsing import parse_turtle
from kg.rulebook import load_rules
from kg.sources import load


def contribution(text: str) -> Contribution:
    return Contribution((Change("data/incoming/a.ttl", None, (HEADER + text).encode()),))


@pytest.fixture(scope="module")
def bench() -> Bench:
    """A graph with many nodes, so that a change of its axioms contradicts more than is explained."""
    nodes = "".join(f"actor:a{number} a ckg:State . claim:c{number} a ckg:Position . " for number in range(60))
    ontology = ONTOLOGY + "ckg:Actor owl:disjointWith ckg:Claim ."
    files = {"data/d.ttl": HEADER + nodes, "ontology/o.ttl": HEADER + ontology}
    store = ox.Store()
    for path, text in files.items():
        one = source(path, text.removeprefix(HEADER))
        store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    return Bench.of(Base(store, frozenset(files), lambda path: files[path].encode()), load_rules(ROOT))


@pytest.mark.parametrize(
    ("statement", "term"),
    [
        ("rdf:type owl:equivalentProperty ckg:holder .", "rdf:type"),
        ("ckg:holder owl:equivalentProperty rdf:type .", "rdf:type"),
        ("ckg:holder rdfs:subPropertyOf rdf:type .", "rdf:type"),
        ("rdf:type rdfs:domain ckg:Claim .", "rdf:type"),
        ("rdfs:label rdfs:subPropertyOf ckg:holder .", "rdfs:label"),
        ("owl:Thing rdfs:subClassOf owl:Nothing .", "owl:Thing"),
        ("rdfs:subClassOf owl:inverseOf rdfs:subClassOf .", "rdfs:subClassOf"),
        ("ckg:Claim owl:equivalentClass owl:Thing .", "owl:Thing"),
        ("owl:sameAs a owl:SymmetricProperty .", "owl:sameAs"),
        ("xsd:string owl:disjointWith xsd:integer .", "xsd:string"),
    ],
)
def test_the_language_is_not_changed(bench: Bench, statement: str, term: str) -> None:
    report = check(contribution(f"\n{statement}\n"), bench)
    (found,) = [one for one in report.findings if one.code == "Vocabulary-reserved"]
    assert report.engine == UNREAD and not report.conforms
    assert found.messages["en"].startswith(f"{term} belongs to the language itself")
    assert found.messages["it"].startswith(f"{term} appartiene al linguaggio stesso")
    assert found.where and found.where.line == HEADER.count("\n") + 2
    assert found.where.column == (1 if statement.startswith(term) else statement.index(term) + 1)


@pytest.mark.parametrize(
    "statement",
    [
        "ckg:name rdfs:subPropertyOf rdfs:label .",
        "ckg:Claim rdfs:subClassOf owl:Thing .",
        "ckg:note rdfs:range xsd:string .",
        "rdfs:label a owl:AnnotationProperty .",
        "ckg:holder a owl:FunctionalProperty .",
        "skos:Concept rdfs:subClassOf ckg:Claim .",
        "ckg:Nobody owl:equivalentClass owl:Nothing .",
        "ckg:holds owl:inverseOf ckg:holder .",
    ],
)
def test_what_is_stated_of_other_terms_is_judged(bench: Bench, statement: str) -> None:
    assert check(contribution(statement), bench).engine != UNREAD


def test_this_repository_does_not_change_the_language() -> None:
    for one in load(ROOT).of_kind("ontology", "data", "links"):
        assert not list(stated_of(one.triples)), one.path


@pytest.mark.parametrize("statement", ["ckg:State rdfs:subClassOf ckg:Claim .", "ckg:Position rdfs:subClassOf ckg:Actor ."])
def test_of_many_contradictions_the_same_are_explained_by_the_whole(bench: Bench, statement: str) -> None:
    proposed = contribution(statement)
    report = check(proposed, bench)
    assert len([one for one in report.findings if one.code.startswith("Contradiction-")]) >= 60
    assert odd(report.findings, check_by_whole(proposed, bench).findings) == []


def test_shapes_may_speak_of_it() -> None:
    assert not list(stated_of(parse_turtle((HEADER + "ckgsh:S sh:path rdf:type .").encode(), "s.ttl")))
