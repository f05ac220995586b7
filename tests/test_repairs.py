"""Repairs are proposed where there is one way to mend, and mend: what was wrong is gone, and nothing else is."""

from __future__ import annotations

import pytest
from gate_material import HEADER, ONTOLOGY, corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edits import apply
from kg.gate.changed import Changed
from kg.gate.repairs import layout, propose, slips, spans_in
from kg.gate.vocabulary import check
from kg.model import Finding
from kg.reading.turtle import read

DECLARED = ONTOLOGY + """
ckg:stance a owl:ObjectProperty . ckg:start a owl:DatatypeProperty . ckg:code a owl:DatatypeProperty .
ckg:agent a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy ckg:holder .
ckg:doer a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy ckg:holder , ckg:topic .
skos:Concept a owl:Class .
"""
NODES = """
actor:italy a ckg:State . actor:spain a ckg:State . claim:c1 a ckg:Position . claim:c2 a ckg:Position .
topic:troops a skos:Concept .
"""


def proposals(data: str) -> tuple[tuple[Finding, ...], str]:
    """The findings on statements beside the nodes above, with repairs, and the text that they are in."""
    text = HEADER + NODES + data
    files = corpus(NODES + data, "", DECLARED)
    change = Changed.whole(files, {"data/d.ttl": text, "ontology/o.ttl": HEADER + DECLARED})
    found = tuple(one for one in check(change) if one.where and one.where.origin == "data/d.ttl")
    return propose(found, change, spans_in({"data/d.ttl": read(text)})), text


def mended(data: str) -> str | None:
    """The statements after all repairs; None if there is none."""
    findings, text = proposals(data)
    after = apply({"data/d.ttl": text}, [one.repair for one in findings if one.repair])
    return after["data/d.ttl"].removeprefix(HEADER + NODES) if after else None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("claim:c1 ckg:hodler actor:italy .", "claim:c1 ckg:holder actor:italy ."),
        ("claim:c1 ckg:Holder actor:italy .", "claim:c1 ckg:holder actor:italy ."),
        ("claim:c1 ckg:holde actor:itly .", "claim:c1 ckg:holder actor:italy ."),
        ("claim:c1 ckg:holder actor:italyy , actor:spain .", "claim:c1 ckg:holder actor:italy , actor:spain ."),
        ("claim:x a ckg:Postion .", "claim:x a ckg:Position ."),
        ("claim:c1 <https://w3id.org/coalition-kg/ontology#hodler> actor:italy .",
         "claim:c1 <https://w3id.org/coalition-kg/ontology#holder> actor:italy ."),
        ('claim:c1 ckg:start "7"^^xsd:intger .', 'claim:c1 ckg:start "7"^^xsd:integer .'),
        ("claim:c1 skos:prefLable \"x\" .", "claim:c1 skos:prefLabel \"x\" ."),
        ("claim:c1 ckg:agent actor:italy .", "claim:c1 ckg:holder actor:italy ."),
        ("PREFIX a: <https://w3id.org/coalition-kg/ontology#> claim:c1 a:hodler actor:italy .",
         "PREFIX a: <https://w3id.org/coalition-kg/ontology#> claim:c1 a:holder actor:italy ."),
    ],
)
def test_a_slip_is_mended_where_it_stands(wrong: str, right: str) -> None:
    assert mended(wrong) == right
    assert proposals(right)[0] == ()


@pytest.mark.parametrize(
    "data",
    [
        # Two nodes are as near: which is meant only the author knows.
        "claim:x a ckg:Position ; ckg:topic claim:c3 .",
        "claim:c1 ckg:holder actor:norway .",
        "claim:c1 ckg:hxldxr actor:italy .",
        # The ontology names two terms to use instead.
        "claim:c1 ckg:doer actor:italy .",
        # Wrong, but by no name.
        'claim:c1 ckg:holder "Italy" .',
    ],
)
def test_what_only_the_author_can_know_has_no_repair(data: str) -> None:
    findings, _ = proposals(data)
    assert findings and not any(one.repair for one in findings)


def test_a_repair_says_what_it_does_in_both_languages() -> None:
    (finding,), _ = proposals("claim:c1 ckg:hodler actor:italy .")
    assert finding.repair.says == {"en": "Write ckg:holder.", "it": "Scrivere ckg:holder."}


def test_a_finding_that_has_a_repair_keeps_it() -> None:
    (finding,), text = proposals("claim:c1 ckg:hodler actor:italy .")
    change = Changed.whole(corpus(NODES, "", DECLARED), {"data/d.ttl": text})
    assert propose([finding], change, lambda *_: ())[0].repair is finding.repair


@settings(max_examples=200)
@given(st.text("abc-", min_size=1, max_size=5), st.text("abc-", max_size=6))
def test_slips_are_the_names_at_distance_one(name: str, other: str) -> None:
    assert (other in set(slips(name))) == (distance(name, other) == 1)


def distance(one: str, other: str) -> int:
    """How many letters are added, removed, exchanged or swapped to turn one word into the other."""
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, start=1):
        row = [at]
        for to, second in enumerate(other, start=1):
            best = min(row[-1] + 1, rows[-1][to] + 1, rows[-1][to - 1] + (letter != second))
            if at > 1 and to > 1 and (letter, one[at - 2]) == (other[to - 2], second):
                best = min(best, rows[-2][to - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


# Layout


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
def test_the_layout_is_one_edit_that_gives_it(text: str, canonical: str) -> None:
    repair = layout("x.ttl", text, canonical)
    assert (repair is None) == (text == canonical)
    if repair:
        assert apply({"x.ttl": text}, [repair]) == {"x.ttl": canonical} and len(repair.edits) == 1


def test_a_name_without_a_namespace_has_no_repair() -> None:
    findings, _ = proposals("<urn:a> a <urn:b> . <urn:ab> a skos:Concept .")
    assert "Vocabulary-unknown" in {one.code for one in findings} and all(one.repair is None for one in findings)
