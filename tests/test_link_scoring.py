"""Comparing an entity of ours with items: the score, its evidence, and the five outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.cli import linkwords
from kg.cli.reviewing import KEYS
from kg.errors import SettingError
from kg.linking import profile as profiles, saying
from kg.linking.candidates import (
    AMBIGUOUS,
    GOOD,
    LEAD,
    LIKELY,
    MATCH,
    NONE,
    OUTCOMES,
    REFUSED,
    Outcome,
    decide,
    judged,
    refused,
    told,
)
from kg.linking.items import id_of, is_id, read
from kg.linking.ledger import EXACT, Ledger, Mapping as Judgement
from kg.linking.scoring import CONTRADICTED, WEIGHTS, Candidate, score
from kg.linking.wanted import Held, Wanted, plain
from wikidata_stand_in import day, entity, excerpt, item_value, point, statement, text

PROFILE = profiles.read((ROOT / "data/links/wikidata.profile.tsv").read_text("utf-8"), "profile")
CKG = "https://w3id.org/coalition-kg/ontology#"
ACTOR = "https://w3id.org/coalition-kg/id/actor/"
PRIME_MINISTER = "Q796897"
MELONI = Wanted(
    ACTOR + "giorgia-meloni", (("Giorgia Meloni", "en"), ("Giorgia Meloni", "it")), frozenset({CKG + "Person"}),
    {"P27": frozenset({"Q38"})}, (Held("office:pm", PRIME_MINISTER, "2026-01-06", "2026-01-06"),),
    "2025-09-04", "2026-01-06",
)  # fmt: skip
COALITION = Wanted(
    "forum:c", (("Coalition of the Willing (Ukraine)", "en"), ("Coalizione dei volenterosi (Ucraina)", "it")),
    frozenset({CKG + "Forum"}), first="2025-01-01", last="2026-12-31",
)  # fmt: skip


def human(number: str, name: str, *statements: tuple[str, dict], language: str = "en", **more: object) -> dict:
    """A synthetic person."""
    return entity(number, {language: name}, [statement("P31", item_value("Q5")), *statements], **more)


def in_office(since: str, until: str = "") -> tuple[str, dict]:
    """A synthetic term of an office."""
    end = {"P582": day(until)} if until else {}
    return statement("P39", item_value(PRIME_MINISTER), P580=day(since), **end)


def candidate(wanted: Wanted, one: dict, under: Mapping[str, set[str]] | None = None) -> Candidate:
    item = read(one)
    mine = under or {one["id"]: {"Q5"}}
    return score(wanted, item, PROFILE.roots(wanted.types), mine.get(item.id, set()), PROFILE)


def outcome(wanted: Wanted, *entities: dict, earlier: Mapping[str, str] | None = None) -> Outcome:
    return decide(wanted, [candidate(wanted, one) for one in entities], earlier or {})


THE_ONE = human("Q900000021", "Giorgia Meloni", in_office("2022-10-22"), statement("P27", item_value("Q38")))
NAMESAKE = human("Q900000022", "Giorgia Meloni")


def test_name_type_and_office_at_the_date_make_a_match() -> None:
    found = outcome(MELONI, NAMESAKE, THE_ONE)
    assert found.kind == MATCH and found.candidates[0].item.id == "Q900000021"
    assert "held the office Q796897 on 2026-01-06" in found.contrast["en"] and "Q900000022" in found.contrast["it"]
    assert [one.about for one in found.candidates[0].evidence] == list(WEIGHTS)


@pytest.mark.parametrize(
    ("term", "holds"),
    [
        (in_office("2022-10-22"), True),
        (in_office("2022-10-22", "2026-01-06"), True),
        (in_office("2022-10-22", "2026-01-05"), False),
        (in_office("2026-01-07"), False),
        (statement("P39", item_value(PRIME_MINISTER)), False),
        (statement("P39", item_value("Q191954"), P580=day("2022-10-22")), False),
    ],
)
def test_an_office_counts_at_its_date_only(term: tuple[str, dict], holds: bool) -> None:
    evidence = candidate(MELONI, human("Q900000021", "Giorgia Meloni", term)).of("office")
    assert (evidence.value == 1, evidence.is_independent) == (holds, holds)


def test_name_and_type_alone_are_not_enough() -> None:
    found = outcome(MELONI, NAMESAKE)
    assert found.kind == AMBIGUOUS and "No fact beside name and type" in found.says["en"]
    assert found.candidates[0].score >= GOOD


def test_another_person_of_the_family_name_is_no_match() -> None:
    assert outcome(MELONI, excerpt()["Q16575890"]).kind != MATCH
    found = outcome(MELONI, excerpt()["Q16575890"], THE_ONE)
    assert found.kind == MATCH and found.candidates[0].item.id == "Q900000021"


def test_two_that_are_equally_good_are_ambiguous() -> None:
    found = outcome(MELONI, THE_ONE, {**THE_ONE, "id": "Q900000023"})
    assert found.kind == AMBIGUOUS and "too close" in found.says["en"] and not found.contrast


def test_a_homonym_of_another_time_is_contradicted_and_shown() -> None:
    old = entity(
        "Q900000024", {"en": "Coalition of the Willing"},
        [statement("P31", item_value("Q43229")), statement("P571", day("2003-03-00", 10)), statement("P576", day("2009-00-00", 9))],
    )  # fmt: skip
    found = decide(COALITION, [candidate(COALITION, old, {"Q900000024": {"Q43229"}})], {})
    assert found.kind == NONE and "Wikidata answered" in found.says["en"]
    assert found.candidates[0].score <= CONTRADICTED < LIKELY
    assert "it ended in 2009, before 2025-01-01" in found.candidates[0].of("dates").says["en"]


def test_another_type_is_a_contradiction_and_an_unknown_one_is_not() -> None:
    state = Wanted("actor:georgia", (("Georgia", "en"),), frozenset({CKG + "State"}))
    place = entity("Q900000025", {"en": "Georgia"}, [statement("P31", item_value("Q900000026"))])
    bare = entity("Q900000027", {"en": "Georgia"})
    assert candidate(state, place, {}).of("type").contradicts and candidate(state, place, {}).score <= CONTRADICTED
    assert not candidate(state, bare, {}).is_contradicted
    assert candidate(state, excerpt()["Q230"], {"Q230": {"Q3624078"}}).of("type").value == 1


def test_a_name_in_every_language_and_an_alias_are_names() -> None:
    everywhere = human("Q900000028", "Giorgia Meloni", language="mul")
    alias = human("Q900000029", "G. M.", aliases={"pl": ["Giorgia Meloni"]})
    assert candidate(MELONI, everywhere).of("name").value == 1
    assert 0.9 <= candidate(MELONI, alias).of("name").value < 1 and "alias" in candidate(MELONI, alias).of("name").says["en"]
    assert candidate(MELONI, entity("Q900000030", {})).of("name").value < 0.1


def test_a_dated_event_agrees_or_is_another() -> None:
    meeting = Wanted(
        "event:m",
        (("Meeting", "en"),),
        frozenset({CKG + "Event"}),
        first="2026-01-06",
        last="2026-01-06",
        is_dated=True,
    )
    for when, value in (("2026-01-06", 1), ("2025-09-04", 0)):
        one = entity("Q900000031", {"en": "Meeting"}, [statement("P585", day(when))])
        assert candidate(meeting, one, {}).of("dates").value == value


def test_what_was_refused_is_no_candidate_again() -> None:
    found = outcome(MELONI, NAMESAKE, earlier={"Q900000022": "another person"})
    assert found.kind == REFUSED and "another person" in found.says["it"] and found.refused == ("Q900000022",)
    both = outcome(MELONI, NAMESAKE, THE_ONE, earlier={"Q900000022": ""})
    assert both.kind == MATCH and both.refused == ("Q900000022",)
    assert outcome(MELONI, earlier={"Q900000022": ""}).kind == NONE


def test_the_ledger_says_what_was_judged() -> None:
    item = "http://www.wikidata.org/entity/Q900000022"
    no = Judgement(MELONI.iri, EXACT, item, negated=True, comment="another person")
    ledger = Ledger(mappings=(no,))
    assert refused(ledger, MELONI.iri) == {"Q900000022": "another person"} and not judged(ledger, MELONI.iri)
    assert "no item" in judged(ledger.with_(Judgement(MELONI.iri, EXACT, "")), MELONI.iri)["en"]
    assert "Q38" in judged(ledger.with_(Judgement(MELONI.iri, EXACT, "http://www.wikidata.org/entity/Q38")), MELONI.iri)["it"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.sampled_from(["2022-10-22", "1900-01-01", "2030-01-01"]), st.booleans()),
        max_size=4,
    )
)
def test_scores_are_ranked_bounded_and_do_not_depend_on_the_order(rows: list[tuple[str, str, bool]]) -> None:
    entities = [
        human(f"Q{900000100 + place}", name, *([in_office(since)] if has else []), statement("P569", day(since)))
        for place, (name, since, has) in enumerate(rows)
    ]
    found, reverse = outcome(MELONI, *entities), outcome(MELONI, *reversed(entities))
    assert told(found) == told(reverse)
    scores = [one.score for one in found.candidates]
    assert scores == sorted(scores, reverse=True) and all(0 <= one <= 1 for one in scores)
    assert all(one.score <= CONTRADICTED for one in found.candidates if one.is_contradicted)


def test_an_item_is_read_with_ranks_qualifiers_and_what_is_unknown() -> None:
    one = entity(
        "Q900000040", {"en": "E"},
        [
            statement("P36", item_value("Q90"), rank="deprecated"), statement("P36", item_value("Q142")),
            statement("P36", item_value("Q145"), rank="preferred", P580=day("2020-05-00", 10)),
            statement("P6", None), statement("P297", text("XX")), statement("P625", point(41.5, 12.25)),
        ],
    )  # fmt: skip
    item = read(one, "2026-11-22T00:00:00Z")
    assert [each.value.text for each in item.said("P36")] == ["Q142", "Q145"]
    assert [each.value.text for each in item.best("P36")] == ["Q145"]
    (start,) = item.best("P36")[0].qualified(("P580",))
    assert (start.earliest, start.latest) == ("2020-05-01", "2020-05-31")
    assert item.said("P6")[0].value is None and item.said("P625")[0].value.text == "12.25 41.5"


@pytest.mark.parametrize(
    "wrong", [{}, {"id": "P31"}, {"id": "Q1", "claims": {"P31": [{}]}}, {"id": "Q1", "labels": {"en": 1}}]
)
def test_what_is_no_item_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        read(wrong)


@pytest.mark.parametrize(
    ("iri", "number"), [("http://www.wikidata.org/entity/Q38", "Q38"), ("https://www.wikidata.org/wiki/Q38", "")]
)
def test_a_page_is_no_item(iri: str, number: str) -> None:
    assert id_of(iri) == number
    assert not any(map(is_id, ("Q0", "Q", "P31", "q38", "Q38 ", "Q²")))


def test_names_are_searched_for_without_brackets_and_once() -> None:
    assert plain("E5 (European Group of Five)") == "E5" and plain("(all)") == "(all)"
    assert MELONI.searched() == (("Giorgia Meloni", "en"),)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("types\tckg:Person\tQ5\thuman\tessere umano", "no use"),
        ("type\tckg:Person\tP5\thuman\tessere umano", "cannot stand"),
        ("fact\tckg:place\tQ5\tplace\tluogo", "cannot stand"),
        ("type\tPerson\tQ5\thuman\tessere umano", "no name of ours"),
        ("type\tckg:a/ckg:b\tQ5\thuman\tessere umano", "no name of ours"),
        ("fact\tckg:a> ?x }\tP5\tx\tx", "no name of ours"),
        ("type\tckg:Person\tQ5", "3 cells"),
    ],
)
def test_a_row_of_the_profile_that_cannot_be_used_is_named(row: str, said: str) -> None:
    with pytest.raises(SettingError, match=f"^x:3: .*{said}"):
        profiles.read("# a comment\n" + "\t".join(profiles.HEAD) + "\n" + row, "x")
    with pytest.raises(SettingError, match="^x:1: .*columns"):
        profiles.read(row, "x")


def test_the_documentation_has_the_weights_and_the_limits() -> None:
    page = (ROOT / "docs/linking.md").read_text("utf-8")
    for about, weight in WEIGHTS.items():
        assert f"\n| {about} | {weight} |" in page
    assert f"scores {CONTRADICTED} at most" in page and f"A match needs {GOOD}, a lead of {LEAD}" in page
    assert all(f"| `{one}` |" in page for one in OUTCOMES) and sum(WEIGHTS.values()) == pytest.approx(1)


def test_what_is_said_fills_in_the_same_in_every_language() -> None:
    for texts in (*saying._SAYS.values(), *linkwords._SAYS.values()):
        fields = [[name for _, name, _, _ in Formatter().parse(text) if name is not None] for text in texts]
        assert all(texts) and sorted(fields[0]) == sorted(fields[1]), texts
    assert linkwords._SAYS.keys() >= {*OUTCOMES, *(f"key-{key}" for key in KEYS)}
    assert saying.decimal(0.5) == {"en": "0.50", "it": "0,50"}
    assert PROFILE.meaning("Q5", "Q0") == {"en": "human, Q0", "it": "essere umano, Q0"}
