"""Our engine gives what owlrl gives, on graphs drawn over all the rules; rules are data that can be read and refused."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from graphs import GRAPHS, iri
from hypothesis import Phase, given, settings
from kg.errors import SettingError, SourceError
from kg.parsing import parse_turtle
from kg.reasoning import closure, version
from kg.reasoning.literals import FUNCTIONS
from kg.reasoning.ruletext import read_rule, read_rules
from kg.reasoning.trivial import is_trivial
from kg.rulebook import load_rules
from kg.sources import load
from kg.terms import to_ox, to_rdflib
from owlrl import OWLRL_Semantics
from rdflib import Graph, URIRef
from rdflib import Literal as RdflibLiteral

RULES = load_rules(ROOT)
def by_owlrl(asserted: list[ox.Triple]) -> tuple[set[ox.Triple], bool]:
    """The oracle as it comes: what it concludes that is not trivial, and whether it finds a contradiction."""
    graph = Graph()
    for triple in asserted:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    semantics = OWLRL_Semantics(graph, axioms=False, daxioms=False)
    semantics.closure()
    found = {
        ox.Triple(to_ox(subject), to_ox(predicate), to_ox(object_))
        for subject, predicate, object_ in graph
        if isinstance(predicate, URIRef) and not isinstance(subject, RdflibLiteral)
    }
    # Rules eq-diff1 with eq-ref, and cls-nothing2: owlrl does not look at what it is told at the end of its last round.
    own = any(triple.predicate == iri("owl:differentFrom") and triple.subject == triple.object for triple in found)
    return {triple for triple in found if not is_trivial(triple)} - set(asserted), own or bool(semantics.error_messages)


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(GRAPHS)
def test_the_engine_gives_what_owlrl_gives(asserted: list[ox.Triple]) -> None:
    found = closure(asserted, "rl", RULES)
    expected, clash = by_owlrl(asserted)
    assert sorted(map(str, found.inferred)) == sorted(map(str, expected))
    assert bool(found.clashes) == clash


def test_the_engine_gives_what_owlrl_gives_on_the_real_graph() -> None:
    asserted = {triple for source in load(ROOT).of_kind("ontology", "data") for triple in source.triples}
    owl2rl = [rule for rule in RULES if rule.header["source"].startswith("OWL 2 Profiles")]
    found, oracle = closure(asserted, "rl", owl2rl), closure(asserted, "owlrl")
    assert len(found.inferred) > 1000
    assert sorted(map(str, found.inferred ^ oracle.inferred)) == []
    assert found.clashes == oracle.clashes == ()


HEADER = "#+ rule: x\n#+ source: s\n#+ says: it.\nPREFIX : <urn:x#>\nPREFIX rule: <https://w3id.org/coalition-kg/rules#>\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ASK { ?x :p ?y }", r"lacks the line '#\+ rule"),
        (HEADER + "ASK { ?x nope:p ?y }", r"^x\.rq:6:10: 'nope:p' is not understood"),
        (HEADER + "ASK { ?x :p ?y", "ends too early"),
        (HEADER + "CONSTRUCT { ?x :p ?z } WHERE { ?x :p ?y }", r"uses \?z, which the pattern does not bind"),
        (HEADER + "CONSTRUCT { ?x :p ?y } WHERE { ?x :l ?l . ?l rule:chain (?x) . ?x :p ?y }", "rule:chain takes 2"),
        (HEADER + "ASK { ?x :p ?y . FILTER(?x + ?y) }", "does not compare"),
        (HEADER + "ASK { ?x :p ?y . OPTIONAL { ?x :q ?y } }", "'OPTIONAL' is not understood"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        read_rule(text, "x.rq")


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(SourceError, match="Two rules are called x"):
        read_rules({name: HEADER + "ASK { ?x :p ?y }" for name in ("a.rq", "b.rq")})


def test_without_rules_the_engine_does_not_pretend_to_reason() -> None:
    with pytest.raises(SettingError, match="no rules"):
        closure([], "rl")


def test_the_version_of_the_engine_tells_its_rules_apart() -> None:
    assert version("rl", RULES) != version("rl", RULES[1:]) != version("owlrl")


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.rq")), ids=lambda path: path.stem)
def test_a_rule_is_named_like_its_file_and_is_sparql(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_rule(text, path.name).name == path.stem
    functions = {f"https://w3id.org/coalition-kg/rules#{name}": lambda *_: None for name in FUNCTIONS | {"haveOneValue"}}
    ox.Store().query(text, custom_functions={ox.NamedNode(name): one for name, one in functions.items()})


def test_a_filter_compares_values_and_not_spellings() -> None:
    rule = read_rule(HEADER + "CONSTRUCT { ?x :before ?y } WHERE { ?x :on ?a . ?y :on ?b . FILTER(?a < ?b) }", "x.rq")
    asserted = parse_turtle(
        b"PREFIX : <urn:x#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
        b':a :on "2025-03-01"^^xsd:date . :b :on "2026-01-06"^^xsd:date . :c :on 9 . :d :on 10.0 . :e :on "x" .',
        "test",
    )
    found = closure(asserted, "rl", [rule]).inferred
    assert {(t.subject.value[-1], t.object.value[-1]) for t in found} == {("a", "b"), ("c", "d")}
