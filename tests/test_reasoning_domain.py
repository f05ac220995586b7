"""What our own rules conclude, what they leave alone, and that they never make a claim."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES
from kg.reasoning import closure
from kg.reasoning.rules import Rule
from kg.rulebook import load_rules
from kg.sources import load

RULES = load_rules(ROOT)
OWN = [rule for rule in RULES if not rule.header["source"].startswith("OWL 2 Profiles")]
DECLARED = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
VOCABULARY = load(ROOT).of_kind("ontology")

TWO = """
claim:a a ckg:Position ; ckg:holder actor:x ; ckg:topic topic:t ; ckg:stance stance:{a} ;
    ckg:evidence evidence:a ; ckg:time date:a .
claim:b a ckg:Position ; ckg:holder actor:{holder} ; ckg:topic topic:t ; ckg:stance stance:{b} ;
    ckg:evidence evidence:b ; ckg:time date:b .
evidence:a ckg:source doc:a . evidence:b ckg:source doc:{source} .
date:a ckg:earliest "2025-09-01"^^xsd:date ; ckg:latest "2025-09-30"^^xsd:date .
date:b ckg:earliest "{earliest}"^^xsd:date ; ckg:latest "2026-01-31"^^xsd:date .
"""
USUAL = {"a": "opposes", "b": "supports", "holder": "x", "source": "b", "earliest": "2025-09-30"}


def candidates(**changed: str) -> set[str]:
    """What our own rules conclude of two positions."""
    facts = parse_turtle((DECLARED + TWO.format(**USUAL | changed)).encode(), "test")
    stances = [t for source in VOCABULARY for t in source.triples if t.predicate.value.endswith("incompatibleStance")]
    names = {t.predicate.value.rpartition("#")[2] for t in closure([*facts, *stances], "rl", RULES).inferred}
    return {name for name in names if name.endswith("Candidate")}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"contradictionCandidate"}),
        ({"a": "supports", "b": "opposes"}, {"contradictionCandidate"}),
        ({"b": "open"}, {"contradictionCandidate"}),
        ({"b": "opposes"}, set()),
        ({"a": "excludes"}, set()),
        ({"holder": "y"}, set()),
        ({"source": "a"}, set()),
        ({"earliest": "2025-10-01"}, {"successionCandidate"}),
        ({"earliest": "2025-10-01", "b": "opposes"}, {"successionCandidate"}),
        ({"earliest": "2025-10-01", "holder": "y"}, set()),
    ],
)
def test_candidates(changed: dict[str, str], expected: set[str]) -> None:
    assert candidates(**changed) == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_speaks_two_languages(rule: Rule) -> None:
    words = rule.header["says"], rule.header["says@it"]
    assert words[0] != words[1] and all(text.endswith(".") and text[0].isupper() for text in words)


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_our_own_rules_conclude_with_properties_of_their_own(rule: Rule) -> None:
    assert {head.predicate for head in rule.heads} <= {
        ox.NamedNode(PREFIXES["ckg"] + name)
        for name in (
            "contradictionCandidate", "latestAsOf", "possiblyLatestAsOf", "representedAt", "successionCandidate",
        )
    }  # fmt: skip


def test_rules_never_make_a_claim_and_the_files_never_state_what_they_conclude() -> None:
    corpus = load(ROOT)
    asserted = {triple for source in corpus.of_kind("ontology", "data") for triple in source.triples}
    known = {term for triple in asserted for term in triple}
    own = {head.predicate for rule in OWN for head in rule.heads}
    inferred = closure(asserted, "rl", RULES).inferred
    assert any(triple.predicate in own for triple in inferred)
    assert {triple.subject for triple in inferred} <= known
    assert not any(triple.predicate in own for triple in asserted)


def term(name: str) -> ox.NamedNode:
    """The IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def concluded(text: str) -> set[ox.Triple]:
    """The facts and all that follows from them by the whole ontology, its alignments included."""
    facts = parse_turtle((DECLARED + text).encode(), "test")
    axioms = [t for source in VOCABULARY for t in source.triples]
    return {*facts, *closure([*facts, *axioms], "rl", RULES).inferred}


MEETING = """
claim:p a ckg:Participation ; ckg:event event:meeting ; ckg:participant actor:envoy ; ckg:onBehalfOf actor:principal ;
    ckg:role role:envoy ; ckg:mode mode:in-person .
actor:envoy a ckg:Person . actor:principal a ckg:State . event:meeting a ckg:Meeting .
"""
#: What would make a participant of whoever is represented: axioms by which that could slip in.
SLIPS = [
    "ckg:onBehalfOf rdfs:subPropertyOf ckg:participant .",
    "ckg:participant owl:propertyChainAxiom ( ckg:participant ckg:hasRepresented ) . "
    "actor:envoy ckg:hasRepresented actor:principal .",
    "ckg:onBehalfOf rdfs:subPropertyOf ckg:agent . ckg:agent owl:equivalentProperty ckg:participant .",
    "ckg:representedAt owl:inverseOf ckg:participant .",
    "actor:envoy owl:sameAs actor:principal .",
]


def participants(graph: set[ox.Triple]) -> set[tuple[object, object]]:
    """Who takes part in what: by a participation, or by a property that says so directly."""
    events = {t.subject: t.object for t in graph if t.predicate == term("ckg:event")}
    found = {(t.object, events.get(t.subject, t.subject)) for t in graph if t.predicate == term("ckg:participant")}
    return found


def test_a_principal_is_represented_and_takes_no_part() -> None:
    graph = concluded(MEETING)
    principal, meeting = term("actor:principal"), term("event:meeting")
    assert {(t.subject, t.object) for t in graph if t.predicate == term("ckg:representedAt")} == {(principal, meeting)}
    assert participants(graph) == {(term("actor:envoy"), meeting)}
    # Neither is it among those of whom the participation reports, by a broader property of ours or of others.
    assert {t.predicate for t in graph if t.object == principal} <= {term("ckg:onBehalfOf")}


@pytest.mark.parametrize("axiom", SLIPS)
def test_the_count_of_participants_notices_axioms_that_make_one_of_a_principal(axiom: str) -> None:
    assert len(participants(concluded(MEETING + axiom))) == 2


def test_nobody_is_represented_by_themselves_or_in_a_claim_of_another_kind() -> None:
    claim = "claim:p a ckg:{} ; ckg:event event:meeting ; ckg:participant actor:envoy ; ckg:onBehalfOf actor:{} ."
    for kind, principal, is_represented in (
        ("Participation", "principal", True), ("Participation", "envoy", False), ("NonParticipation", "principal", False),
    ):
        found = any(t.predicate == term("ckg:representedAt") for t in concluded(claim.format(kind, principal)))
        assert found == is_represented


def test_on_the_real_graph_conclusions_add_no_participant() -> None:
    asserted = {t for source in load(ROOT).of_kind("ontology", "data") for t in source.triples}
    inferred = closure(asserted, "rl", RULES).inferred
    without = closure(asserted, "rl", [rule for rule in RULES if rule.name != "represented-at"]).inferred
    represented = {(t.subject, t.object) for t in inferred if t.predicate == term("ckg:representedAt")}
    assert participants(asserted) == participants({*asserted, *inferred}) == participants({*asserted, *without})
    assert (term("actor:united-states"), term("event:coalition-meeting-paris-2026-01-06")) in represented
    assert represented and not represented & participants({*asserted, *inferred})
    assert {(t.predicate.value, t.object) for t in inferred - without} == {
        (PREFIXES["ckg"] + "representedAt", event) for _, event in represented
    }


def test_a_position_is_found_under_a_broader_topic_and_its_stance_is_not_restated_there() -> None:
    graph = concluded(
        """claim:a a ckg:Position ; ckg:holder actor:x ; ckg:topic topic:narrow ; ckg:stance stance:excludes .
        topic:narrow a skos:Concept ; skos:broader topic:middle . topic:middle skos:broader topic:broad ."""
    )
    claim = term("claim:a")
    topics = {name: {t.object for t in graph if (t.subject, t.predicate) == (claim, term(name))} for name in ("ckg:underTopic", "ckg:topic")}
    assert topics["ckg:underTopic"] == {term(f"topic:{name}") for name in ("narrow", "middle", "broad")}
    assert topics["ckg:topic"] == {term("topic:narrow")}
    assert {(t.subject, t.object) for t in graph if t.predicate == term("ckg:stance")} == {(claim, term("stance:excludes"))}
    assert {t.subject for t in graph if t.object == term("ckg:Position") and t.subject.value.startswith(PREFIXES["claim"])} == {claim}


def test_on_the_real_graph_no_stance_and_no_topic_is_concluded() -> None:
    asserted = {t for source in load(ROOT).of_kind("ontology", "data") for t in source.triples}
    inferred = closure(asserted, "rl", RULES).inferred
    assert not any(t.predicate in (term("ckg:stance"), term("ckg:topic"), term("ckg:holder")) for t in inferred)
    assert any(t.predicate == term("ckg:underTopic") for t in inferred)


def test_a_repository_may_have_rules_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = "#+ rule: p\n#+ source: s\n#+ says: it.\nCONSTRUCT { ?y <urn:q> ?x } WHERE { ?x <urn:p> ?y }\n"
    (tmp_path / "rules" / "p.rq").write_text(text, "utf-8")
    assert [rule.name for rule in load_rules(tmp_path)] == ["p"]
    assert len(load_rules(tmp_path / "elsewhere")) == len(RULES)
