"""What a contribution changes, in sentences."""

from __future__ import annotations

import re

import pyoxigraph as ox
from changes import change, on_real, on_real_edited
from gate_material import HEADER, ONTOLOGY

from kg.gate.summary import summary
from kg.parsing import parse_turtle

LABELS = """
ckg:Contradiction a owl:Class ; rdfs:subClassOf ckg:Claim .
ckg:Position rdfs:label "position"@en , "posizione"@it .
ckg:State rdfs:label "state"@en , "Stato"@it .
ckg:DateSpan rdfs:label "date span"@en , "intervallo di date"@it .
ckg:holder rdfs:label "holder"@en , "titolare"@it .
ckg:supersedes a owl:ObjectProperty ; rdfs:label "supersedes"@en , "supera"@it .
"""
FIRST = 'claim:a a ckg:Position ; ckg:summary "A says no."@en , "A dice no."@it ; ckg:holder actor:x .'
SECOND = 'claim:b a ckg:Position ; ckg:summary "A says yes."@en , "A dice sì."@it ; ckg:holder actor:x .'
BEFORE = {
    "ontology/o.ttl": ONTOLOGY + LABELS,
    "data/a.ttl": 'actor:x a ckg:State ; rdfs:label "X"@en .',
    "data/claims/c.ttl": FIRST,
}


def told(after: dict[str, str], language: str = "en", inferred: str = "") -> list[str]:
    """The sentences on what changes into these files besides the ones before."""
    new = parse_turtle((HEADER + inferred).encode(), "inferred")
    sentences = summary(change(BEFORE, {**BEFORE, **after}), frozenset(new))
    assert all(set(sentence) == {"en", "it"} for sentence in sentences)
    assert all(re.search(r"\.$", text) for sentence in sentences for text in sentence.values())
    return [sentence[language] for sentence in sentences]


def test_a_new_claim() -> None:
    assert told({"data/n.ttl": SECOND}) == ["New claim, position: “A says yes” (claim:b)."]
    assert told({"data/n.ttl": SECOND}, "it") == ["Nuova asserzione, posizione: «A dice sì» (claim:b)."]


def test_a_claim_that_goes_and_one_that_changes() -> None:
    assert told({"data/claims/c.ttl": ""}) == ["Removed claim, position: “A says no” (claim:a)."]
    changed = FIRST.replace("actor:x", "actor:y")
    (sentence,) = told({"data/claims/c.ttl": changed})
    assert sentence == "Changed claim, position: “A says no” (claim:a); it differs in holder."
    assert "titolare" in told({"data/claims/c.ttl": changed}, "it")[0]


def test_a_node_without_a_class_is_counted_as_one() -> None:
    assert told({"data/n.ttl": "ex:a ex:b ex:c ."}) == ["New besides: 1 × node without a class."]
    assert told({"data/n.ttl": "ex:a ex:b ex:c ."}, "it") == ["Si aggiungono inoltre: 1 × nodo senza classe."]


def test_an_entity_without_a_class_is_told_as_one() -> None:
    """Of an entity that is misspelt, nobody says what class it is of."""
    turtle = {"data/n.ttl": "actor:zz owl:differentFrom actor:x ."}
    assert told(turtle) == ["New node without a class: actor:zz."]
    assert told(turtle, "it") == ["Si aggiunge, nodo senza classe: actor:zz."]


def test_a_claim_that_moves_to_another_file_stays_the_same() -> None:
    assert told({"data/claims/c.ttl": "", "data/n.ttl": FIRST}) == ["What the graph states stays the same."]


def test_supersession() -> None:
    sentences = told({"data/n.ttl": SECOND + "claim:b ckg:supersedes claim:a ."})
    assert sentences[1] == "“A says yes” (claim:b) supersedes “A says no” (claim:a)."


def test_a_contradiction_is_told_with_its_two_claims() -> None:
    turtle = SECOND + 'claim:c a ckg:Contradiction ; ckg:summary "No and yes."@en ; ckg:between claim:a , claim:b .'
    sentences = told({"data/n.ttl": turtle})
    assert "claim:c says that “A says no” (claim:a) and “A says yes” (claim:b) contradict each other, or seem to." in sentences


def test_candidates_are_told_once_for_a_pair_and_left_to_the_curators() -> None:
    inferred = "claim:a ckg:contradictionCandidate claim:b . claim:b ckg:contradictionCandidate claim:a ."
    sentences = told({"data/n.ttl": SECOND}, inferred=inferred)
    assert [text for text in sentences if "may contradict" in text] == [
        "“A says no” (claim:a) and “A says yes” (claim:b) may contradict each other; that is for the curators to judge."
    ]
    assert sentences[-1] == "New conclusions by the rules: 2 × ckg:contradictionCandidate."


def test_entities_and_other_nodes() -> None:
    turtle = 'actor:y a ckg:State ; rdfs:label "Y"@en , "Ipsilon"@it . date:d a ckg:DateSpan . date:e a ckg:DateSpan .'
    assert told({"data/n.ttl": turtle}) == ["New state: “Y” (actor:y).", "New besides: 2 × date span."]
    assert told({"data/n.ttl": turtle}, "it")[0] == "Si aggiunge, Stato: «Ipsilon» (actor:y)."
    assert told({"data/a.ttl": ""}) == ["Removed state: “X” (actor:x)."]


def test_many_of_a_kind_are_counted() -> None:
    turtle = "".join(f'claim:n{number} a ckg:Position ; ckg:summary "N."@en .' for number in range(30))
    assert told({"data/n.ttl": turtle}) == ["30 new claims of the kind position."]
    assert told({"data/n.ttl": turtle}, "it") == ["30 nuove asserzioni del tipo posizione."]


def test_conclusions_are_counted_by_property() -> None:
    inferred = "actor:x ckg:holds claim:b . claim:b ckg:topic topic:a , topic:b ; a ckg:Report ; schema:location actor:x ."
    told_last = told({"data/n.ttl": SECOND}, inferred=inferred)[-1]
    assert told_last == (
        "New conclusions by the rules: 2 × ckg:topic, 1 × ckg:holds, 1 × of what kind something is, "
        "1 × the same in other vocabularies."
    )


def test_the_order_does_not_depend_on_the_order_of_the_text() -> None:
    parts = [SECOND, 'actor:y a ckg:State ; rdfs:label "Y"@en .', "date:d a ckg:DateSpan ."]
    assert told({"data/n.ttl": "\n".join(parts)}) == told({"data/n.ttl": "\n".join(reversed(parts))})


def test_on_the_real_graph() -> None:
    turtle = SECOND + "claim:b ckg:supersedes claim:003-italy-sceptical ."
    sentences = summary(on_real("data/claims/new.ttl", turtle), [])
    assert sentences[0]["it"] == "Nuova asserzione, posizione: «A dice sì» (claim:b)."
    assert "supera" in sentences[1]["it"] and "claim:003-italy-sceptical" in sentences[1]["it"]

    def without_italy(triples: tuple[ox.Triple, ...]) -> list[ox.Triple]:
        return [triple for triple in triples if "003-italy-sceptical" not in str(triple.subject)]

    (sentence,) = summary(on_real_edited("data/claims/003.ttl", without_italy), [])
    assert sentence["en"].startswith("Removed claim, position: “Italy")
