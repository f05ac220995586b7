"""Contradictions as findings: of the whole repository, and of what a change brings, at the statement to mend."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from checkout import ROOT
from gate_material import HEADER, source
from kg.gate import contradictions
from kg.gate.changed import Changed
from kg.gate.consequences import consequences
from kg.model import Corpus, Finding, Source
from kg.rulebook import load_rules

RULES = load_rules(ROOT)
ONTOLOGY = """
ckg:Actor a owl:Class ; owl:disjointWith ckg:Claim .
ckg:Claim a owl:Class .
ckg:holder a owl:ObjectProperty ;
    rdfs:domain ckg:Claim ;
    rdfs:range ckg:Actor .
ckg:partOf a owl:ObjectProperty , owl:AsymmetricProperty .
"""
DATA = """
ex:c a ckg:Claim .
ex:a
    a ckg:Actor ;
    ckg:partOf ex:b .
"""


def changed(after: str, before: str = "") -> list[Finding]:
    """The contradictions that a file of the data brings by changing from one text to another."""
    texts = {"ontology/o.ttl": ONTOLOGY, "data/d.ttl": DATA, "data/new.ttl": after}
    files = [source("ontology/o.ttl", ONTOLOGY), source("data/d.ttl", DATA), *([source("data/new.ttl", before)] * bool(before))]
    base = ox.Store()
    for one in files:
        base.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    change = Changed.of(base, {one.graph for one in files}, files[2:], [source("data/new.ttl", after)], texts)
    clashes = consequences(RULES, change).clashes
    return list(contradictions.of_change(change, clashes, lambda path: HEADER + texts[path]))


def line(text: str, part: str) -> int:
    """The line, from 1, of a part of a text below the prefixes."""
    return (HEADER + text[: text.index(part)]).count("\n") + 1


def test_a_contradiction_is_found_at_the_added_statement() -> None:
    text = "ex:d\n    a ckg:Claim ;\n    ckg:holder ex:c .\n"
    (found,) = changed(text)
    assert (found.code, found.severity) == ("Contradiction-cax-dw", "violation")
    assert str(found.where) == f"data/new.ttl:{line(text, 'ckg:holder')}"
    assert found.triple is not None
    assert found.triple.predicate.value.endswith("#holder")
    at = {f"data/d.ttl:{line(DATA, 'ex:c')}", f"ontology/o.ttl:{line(ONTOLOGY, 'ckg:Actor a')}"}
    for language, words in (("en", "Nothing belongs to two disjoint classes."), ("it", "Nulla appartiene a due classi disgiunte.")):
        assert words in found.messages[language]
        assert all(place in found.messages[language] for place in at)


def test_one_contradiction_is_told_once_in_whichever_order_it_can_be_read() -> None:
    (found,) = changed("ex:b ckg:partOf ex:a .\n")
    assert found.code == "Contradiction-prp-asyp"


def test_only_a_new_contradiction_is_told() -> None:
    assert changed("ex:d a ckg:Claim , ckg:Actor .\nex:d rdfs:label 'd' .", before="ex:d a ckg:Claim , ckg:Actor .") == []
    (found,) = changed("ex:d a ckg:Claim , ckg:Actor .\nex:e a ckg:Claim , ckg:Actor .", before="ex:d a ckg:Claim , ckg:Actor .")
    assert found.focus == "https://example.org/e"


@pytest.mark.parametrize("after", ["ex:c rdfs:label 'c' .", "ex:d ckg:holder ex:a ."])
def test_what_does_not_contradict_anything_passes(after: str) -> None:
    assert changed(after) == []


def test_without_rules_nothing_contradicts() -> None:
    corpus = Corpus((source("data/d.ttl", "ex:d a ckg:Claim , ckg:Actor ."), source("ontology/o.ttl", ONTOLOGY)))
    assert list(contradictions.find(corpus, (), lambda path: "")) == []


def test_of_a_corpus_the_statement_in_the_data_is_pointed_at() -> None:
    text = "ex:d\n    a ckg:Claim ;\n    ckg:holder ex:d .\n"
    files: tuple[Source, ...] = (source("data/d.ttl", text), source("ontology/o.ttl", ONTOLOGY))
    (found,) = contradictions.find(Corpus(files), RULES, lambda path: HEADER + {"data/d.ttl": text}.get(path, ONTOLOGY))
    assert found.where is not None
    assert found.where.origin == "data/d.ttl"
    assert found.triple is not None
    assert found.triple in files[0].triples
