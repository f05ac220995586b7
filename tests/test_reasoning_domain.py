"""What our own rules conclude, what they leave alone, and that they never make a claim."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from kg.rdf import PREFIXES
from kg.reasoning import closure
from kg.reasoning.rules import Rule
from kg.rulebook import load_rules
from kg.sources import load, parse_turtle

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


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_our_own_rules_speak_two_languages_and_conclude_with_properties_of_their_own(rule: Rule) -> None:
    assert rule.header["says@it"].strip()
    assert {head.predicate for head in rule.heads} <= {
        ox.NamedNode(PREFIXES["ckg"] + name) for name in ("contradictionCandidate", "successionCandidate")
    }


def test_rules_never_make_a_claim_and_the_files_never_state_what_they_conclude() -> None:
    corpus = load(ROOT)
    asserted = {triple for source in corpus.of_kind("ontology", "data") for triple in source.triples}
    known = {term for triple in asserted for term in triple}
    own = {head.predicate for rule in OWN for head in rule.heads}
    inferred = closure(asserted, "rl", RULES).inferred
    assert any(triple.predicate in own for triple in inferred)
    assert {triple.subject for triple in inferred} <= known
    assert not any(triple.predicate in own for triple in asserted)


def test_a_repository_may_have_rules_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    text = "#+ rule: p\n#+ source: s\n#+ says: it.\nCONSTRUCT { ?y <urn:q> ?x } WHERE { ?x <urn:p> ?y }\n"
    (tmp_path / "rules" / "p.rq").write_text(text, "utf-8")
    assert [rule.name for rule in load_rules(tmp_path)] == ["p"]
    assert len(load_rules(tmp_path / "elsewhere")) == len(RULES)
