"""Entities that are there already under another IRI, and claims that repeat one from the same passage."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from changes import base_of, change, codes, file, is_bilingual, keys, on_real, real, whole
from gate_material import HEADER, ONTOLOGY
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate.alike import alike, near, nearest
from kg.gate.base import Base
from kg.gate.by_whole import check_by_whole
from kg.gate.changed import Changed
from kg.gate.contribution import Bench
from kg.gate.contribution import check as judge
from kg.gate.duplicates import check
from kg.gate.order import odd
from kg.model import Change, Contribution, Finding

PASSAGE = (
    'evidence:{0} a ckg:PassageEvidence ; ckg:source doc:d ; oa:start 5 ; oa:end 9 ; ckg:sha256 "{1}" ; '
    "ckg:attribution step:{2} .\n"
)
BEFORE = {
    "ontology/o.ttl": ONTOLOGY + "ckg:Person a owl:Class ; rdfs:subClassOf ckg:Actor . ckg:Place a owl:Class .",
    "data/actors/a.ttl": """
        actor:italy a ckg:State ; rdfs:label "Italy"@en , "Italia"@it .
        actor:ada-lovelace a ckg:Person ; rdfs:label "Ada Lovelace"@en , "Ada Lovelace"@it .
        place:athens a ckg:Place ; rdfs:label "Athens"@en .
    """,
    "data/links/l.ttl": "actor:italy skos:exactMatch wd:Q38 .",
    "data/claims/c.ttl": PASSAGE.format("e1", "aa", "s") + PASSAGE.format("e2", "aa", "t") + """
        claim:a a ckg:Position ; ckg:holder actor:italy ; ckg:topic topic:t ; ckg:evidence evidence:e1 ;
            ckg:certainty certainty:plain ; ckg:summary "A"@en .
    """,
}


def found(turtle: str, path: str = "data/claims/new.ttl") -> list[Finding]:
    """The findings on a new file."""
    return list(check(change(BEFORE, {**BEFORE, path: turtle})))


def test_this_repository_has_no_duplicates() -> None:
    assert [finding.messages["en"] for finding in check(Changed.whole(real(), {}))] == []


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        ('actor:italia a ckg:State ; rdfs:label "Italia"@it .', [("Duplicate-label", "violation")]),
        ('actor:italia a ckg:State ; rdfs:label "ITALY"@en .', [("Duplicate-label", "violation")]),
        ('actor:italia a ckg:State ; rdfs:label "Itali\u0301a"@de .', [("Duplicate-label", "violation")]),
        ('actor:italia a ckg:Actor ; rdfs:label "Italy"@en .', [("Duplicate-label", "warning")]),
        ('actor:italia a ckg:State ; skos:altLabel "Italy"@en .', [("Duplicate-label", "violation")]),
        ('actor:a a ckg:Person ; rdfs:label "Ada Lovelaec"@en , "Ada Lovelaec"@it .', [("Duplicate-near", "warning")]),
        ('actor:a a ckg:Person ; rdfs:label "Lovelace, Ada"@en .', [("Duplicate-near", "warning")]),
        ('actor:a a ckg:Person ; rdfs:label "Ada Lovelaec"@en , "Contessa"@it .', []),
        ('actor:a a ckg:Person ; rdfs:label "Ada King"@en .', []),
        ('actor:athens a ckg:State ; rdfs:label "Athens"@en .', []),
        ('place:italy a ckg:Place ; rdfs:label "Italy"@en .', []),
        ('actor:italia a ckg:State ; rdfs:label "Italy"@en ; owl:differentFrom actor:italy .', []),
        ('condition:x a ckg:State ; rdfs:label "Italy"@en .', []),
        ('actor:malta a ckg:State ; rdfs:label "Malta"@en .', []),
    ],
)  # fmt: skip
def test_entities_by_their_names(turtle: str, expected: list[tuple[str, str]]) -> None:
    findings = found(turtle)
    assert [(finding.code, finding.severity) for finding in findings] == expected
    for finding in findings:
        assert finding.focus.endswith(("actor/italia", "actor/a")) and is_bilingual(finding)
        assert finding.where is not None and finding.where.origin == "data/claims/new.ttl"
        assert finding.triple is not None


def test_numbers_tell_names_apart() -> None:
    turtle = (
        'actor:a a ckg:Person ; rdfs:label "Author 1 of the text"@en . '
        'actor:b a ckg:Person ; rdfs:label "Author {}"@en .'
    )
    assert found(turtle.format("2 of the text")) == []
    assert codes(found(turtle.format("1 of the texts"))) == ["Duplicate-near"]


def test_what_is_said_of_a_near_name() -> None:
    (finding,) = found('actor:a a ckg:Person ; rdfs:label "Ada Lovelase"@en .')
    assert "actor:ada-lovelace" in finding.messages["en"] and "letters in 100" in finding.messages["en"]
    assert "owl:differentFrom" in finding.messages["it"]


def test_two_new_entities_of_one_name_give_one_finding() -> None:
    (finding,) = found('actor:n a ckg:State ; rdfs:label "New"@en . actor:m a ckg:State ; rdfs:label "new"@en .')
    assert finding.focus.endswith("actor/n") and "actor:m" in finding.messages["en"]


def test_a_name_changed_into_anothers_is_found_at_the_one_that_changed() -> None:
    before = {**BEFORE, "data/actors/z.ttl": 'actor:z a ckg:Person ; rdfs:label "B"@en .'}
    after = {**before, "data/actors/a.ttl": BEFORE["data/actors/a.ttl"].replace('"Ada Lovelace"', '"B"')}
    (finding,) = check(change(before, after))
    assert finding.focus.endswith("actor/ada-lovelace")


def test_a_name_in_a_class_that_is_too_large_to_compare() -> None:
    many = "".join(f'actor:p{number} a ckg:Person ; rdfs:label "Person{number}"@en .\n' for number in range(2_100))
    before = {**BEFORE, "data/actors/many.ttl": many}
    turtle = 'actor:q a ckg:Person ; rdfs:label "person77"@en . actor:r a ckg:Person ; rdfs:label "Ada Lovelaec"@en .'
    (finding,) = check(change(before, {**before, "data/n.ttl": turtle}))
    assert finding.code == "Duplicate-label" and "actor:p77" in finding.messages["en"]


def test_two_nodes_that_are_said_to_be_one_thing() -> None:
    (finding,) = found("actor:ada-lovelace skos:exactMatch wd:Q38 .", "data/links/m.ttl")
    assert (finding.code, finding.severity) == ("Duplicate-match", "violation")
    assert "actor:italy" in finding.messages["en"] and finding.focus.endswith("ada-lovelace") and is_bilingual(finding)
    assert found("actor:ada-lovelace skos:exactMatch wd:Q7259 .", "data/links/m.ttl") == []


CLAIM = "claim:b a ckg:{0} ; ckg:holder actor:{1} ; ckg:topic topic:{2} ; ckg:evidence evidence:{3} {4} ."


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (("Position", "italy", "t", "e1", ""), [("Duplicate-claim", "violation")]),
        (("Position", "italy", "t", "e1", "; ckg:certainty certainty:hedged"), [("Duplicate-claim", "violation")]),
        (("Position", "italy", "t", "e2", ""), [("Duplicate-claim", "violation")]),
        (("Position", "italy", "t", "e1", "; ckg:time date:d"), [("Duplicate-claim", "warning")]),
        (("Position", "italy", "t , topic:u", "e1", ""), [("Duplicate-claim", "warning")]),
        (("FirmPosition", "italy", "t", "e1", ""), []),
        (("Position", "malta", "t", "e1", ""), []),
        (("Position", "italy", "u", "e1", ""), []),
        (("Position", "italy", "t", "e3", ""), []),
    ],
)
def test_claims_from_the_same_passage(claim: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    findings = found(CLAIM.format(*claim))
    assert [(finding.code, finding.severity) for finding in findings] == expected
    assert all("claim:a" in finding.messages["en"] and is_bilingual(finding) for finding in findings)


def test_counts_of_other_numbers_are_other_claims() -> None:
    turtle = "claim:{0} a ckg:Position ; ckg:topic topic:n ; ckg:evidence evidence:e1 ; ckg:note {1} ."
    assert found(turtle.format("b", 10) + turtle.format("c", 20)) == []
    assert codes(found(turtle.format("b", 10) + turtle.format("c", 10))) == ["Duplicate-claim"]


def test_a_passage_cited_twice_through_one_voice() -> None:
    assert codes(found(PASSAGE.format("e9", "aa", "s"))) == ["Duplicate-evidence"]
    assert found(PASSAGE.format("e9", "aa", "u")) == []
    assert found(PASSAGE.format("e9", "bb", "s")) == []


def test_a_passage_that_moves_onto_anothers_place_makes_its_claims_repeat() -> None:
    claims = BEFORE["data/claims/c.ttl"] + CLAIM.format("Position", "italy", "t", "e3", "")
    elsewhere = PASSAGE.format("e3", "aa", "u").replace("5", "6")
    before = {**BEFORE, "data/claims/c.ttl": claims, "data/claims/e.ttl": elsewhere}
    after = {**before, "data/claims/e.ttl": PASSAGE.format("e3", "aa", "u")}
    assert list(check(change({}, before))) == []
    assert codes(check(change(before, after))) == ["Duplicate-claim"]


def test_on_the_real_graph() -> None:
    turtle = (
        'actor:italia a ckg:State ; rdfs:label "Italia"@it . '
        'actor:m a ckg:Person ; rdfs:label "Emanuel Macron"@en .'
    )
    assert codes(check(on_real("data/actors/new.ttl", turtle))) == ["Duplicate-label", "Duplicate-near"]


STATEMENTS = [
    'actor:italia a ckg:State ; rdfs:label "Italia"@it .', 'actor:b a ckg:Person ; rdfs:label "Bob"@en .',
    'actor:c a ckg:Person ; rdfs:label "bob"@en .', "actor:c owl:differentFrom actor:b .",
    "actor:b skos:exactMatch wd:Q38 .", "actor:c skos:exactMatch wd:Q38 .",
    CLAIM.format("Position", "italy", "t", "e1", ""), PASSAGE.format("e4", "aa", "s"), PASSAGE.format("e4", "cc", "s"),
]  # fmt: skip
FILES = st.dictionaries(
    st.sampled_from(["data/x.ttl", "data/y.ttl"]), st.lists(st.sampled_from(STATEMENTS), max_size=4).map("\n".join)
)


@settings(deadline=None, max_examples=50)
@given(FILES, FILES)
def test_a_change_finds_the_pairs_that_the_difference_has(before: dict[str, str], after: dict[str, str]) -> None:
    """At which of two nodes a pair is found depends on which is new, so compared is whether there is anything new."""
    one, other = ({**BEFORE, **files} for files in (before, after))
    was, is_now = (placeless(check(whole(files))) for files in (one, other))
    there = change(one, other)
    by_change = placeless(check(there)) - placeless(check(there.reversed()))
    assert {key[0] for key in is_now - was} <= {key[0] for key in by_change}


def bench_over(files: dict[str, str]) -> Bench:
    """What contributions to these files are judged with, by no shapes and no rules."""
    store, _ = base_of([file(path, turtle) for path, turtle in files.items()])
    return Bench.of(Base(store, frozenset(files), lambda path: (HEADER + files[path]).encode()), ())


@settings(deadline=None, max_examples=25)
@given(FILES, FILES)
def test_judging_the_whole_before_and_after_finds_the_same_pairs_at_the_same_ends(
    before: dict[str, str], after: dict[str, str]
) -> None:
    one, other = ({**BEFORE, **files} for files in (before, after))
    changes = tuple(
        Change(path, *((HEADER + files[path]).encode() if path in files else None for files in (one, other)))
        for path in sorted(one.keys() | other.keys()) if one.get(path) != other.get(path)
    )  # fmt: skip
    bench, proposed = bench_over(one), Contribution(changes)
    by_change, by_whole = judge(proposed, bench), check_by_whole(proposed, bench)
    for one_way, other_way in ((by_change.findings, by_whole.findings), (by_change.fixed, by_whole.fixed)):
        assert [one for one in odd(one_way, other_way) if one.code.startswith("Duplicate")] == []


@pytest.mark.parametrize(
    ("code", "path", "turtle"),
    [
        ("Duplicate-match", "data/links/m.ttl", "actor:ada-lovelace skos:exactMatch wd:Q38 ."),
        ("Duplicate-label", "data/n.ttl", 'actor:an-italy a ckg:State ; rdfs:label "Italia"@it .'),
        ("Duplicate-near", "data/n.ttl", 'actor:ada a ckg:Person ; rdfs:label "Ada Lovelaec"@en .'),
        ("Duplicate-claim", "data/n.ttl", CLAIM.format("Position", "italy", "t", "e1", "").replace(":b ", ":0 ")),
        ("Duplicate-evidence", "data/n.ttl", PASSAGE.format("e0", "aa", "s")),
        ("Reference-owner", "data/a0.ttl", "claim:a a ckg:Position ."),
    ],
)  # fmt: skip
def test_what_comes_second_by_its_name_but_was_there_is_not_what_is_found(code: str, path: str, turtle: str) -> None:
    proposed, bench = Contribution((Change(path, None, (HEADER + turtle).encode()),)), bench_over(BEFORE)
    by_change = judge(proposed, bench)
    (finding,) = (one for one in by_change.findings if one.code == code)
    assert finding.where is not None and finding.where.origin == path
    assert odd(by_change.findings, check_by_whole(proposed, bench).findings) == []


def test_what_another_file_states_already_is_not_new() -> None:
    twice = {**BEFORE, "data/links/m.ttl": "actor:ada-lovelace skos:exactMatch wd:Q38 ."}
    assert codes(check(change(BEFORE, twice))) == ["Duplicate-match"]
    again = change(twice, {**twice, "data/links/n.ttl": twice["data/links/m.ttl"]})
    assert placeless(check(again)) - placeless(check(again.reversed())) == set()


def placeless(findings: Iterable[Finding]) -> set[tuple[object, ...]]:
    """What makes findings the same wherever they stand."""
    return {key[:-1] for key in keys(findings)}


def test_all_of_a_repository_finds_each_pair_once() -> None:
    files = {**BEFORE, "data/n.ttl": 'actor:italia a ckg:State ; rdfs:label "Italia"@it .'}
    assert codes(check(whole(files))) == ["Duplicate-label"]


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("emanuel macron", "emmanuel macron", True),
        ("macron emmanuel", "emmanuel macron", True),
        ("iceland", "ireland", False),
        ("australia", "austria", False),
        ("various countries that hesitate to send soldiers", "various countries that refuse to send soldiers", False),
    ],
)
def test_which_names_are_alike(one: str, other: str, is_near: bool) -> None:
    assert bool(alike(one, other, 90)) is is_near
    assert bool(alike(other, one, 90)) is is_near
    assert not is_near or near(one, [other], 90) == [other]


def test_the_nearest_name_is_one_that_differs_in_capitals_only_if_there_is_one() -> None:
    assert nearest("Position", ["Positio", "position"], 60) == "position"
    assert nearest("Postion", ["position", "Position"], 60) == "Position"
    assert nearest("x", ["position"], 60) is None
