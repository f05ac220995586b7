"""The map over HTTP, on the real graph: who has which colour and sign, and the table that says the same."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from serving import page_at

from kg.web import assets


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    if not assets.is_built():
        pytest.skip("the scripts of the pages are not built: python frontend/build.py")


def page(server: str, asked: str) -> str:
    status, found = page_at(f"{server}/map?{asked}")
    assert status == 200
    return found


def drawn(text: str, attribute: str = "stance") -> dict[str, str]:
    """The countries that have a colour, by their letters in ISO 3166."""
    found = re.findall(rf'class="place" data-iso="(\w+)" data-{attribute}="([^"]+)"', text)
    return dict(found)


def rows(text: str) -> list[str]:
    """The names in the table."""
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', text)


def test_states_are_coloured_by_their_last_stance_and_the_others_are_neutral(live_server: str) -> None:
    text = page(live_server, "topic=topic:troops-in-ukraine&date=2026-01-06")
    assert drawn(text) == {"GB": "cautious", "DE": "deferred", "IT": "excludes", "PL": "excludes", "RU": "opposes"}
    assert set(rows(text)) == {"United Kingdom", "Germany", "Italy", "Poland", "Russia"}
    assert '<path class="country" data-iso="FR"' in text and "France: nothing recorded" in text
    assert re.search(r"4 holders that are no states", text)


def test_the_map_is_as_of_the_day(live_server: str) -> None:
    before, after = (page(live_server, f"topic=topic:military-presence&date={day}") for day in ("2025-12-31", "2026-01-06"))
    assert drawn(before)["ES"] == "cautious" and drawn(after)["ES"] == "open"


def test_narrower_topics_are_taken_in_if_asked_for(live_server: str) -> None:
    alone, branch = (page(live_server, f"topic=topic:military-presence&narrower={more}") for more in ("", "1"))
    assert "IT" not in drawn(alone) and {"IT", "FI", "FR", "ES"} <= drawn(branch).keys()


def test_contributions_are_coloured_by_how_far_they_are_settled(live_server: str) -> None:
    text = page(live_server, "by=contribution&topic=topic:security-guarantees&narrower=1&date=2026-01-31")
    assert drawn(text, "strength") | {"IT": "3", "SE": "1"} == drawn(text, "strength")
    assert "naval assets" in text and "conditional" in text
    assert "United States" in rows(text) and "not on this map" in text
    assert not drawn(page(live_server, "by=contribution&topic=topic:security-guarantees&date=2020-01-01"), "strength")


def test_borders_are_noted_in_both_languages(live_server: str) -> None:
    english, italian = (page(live_server, f"lang={spoken}") for spoken in ("en", "it"))
    assert "Crimea is drawn as part of Ukraine" in english and "Kosovo" in english and "Cyprus" in english
    assert "La Crimea è disegnata come parte dell&#39;Ucraina" in italian or "La Crimea è disegnata come parte dell'Ucraina" in italian


def test_nothing_recorded_is_said_to_be_nothing_recorded(live_server: str) -> None:
    text = page(live_server, "topic=topic:ceasefire&date=2026-01-06")
    assert drawn(text) == {} and "No state is recorded on this topic" in text


def test_scripts_learn_which_item_each_state_is(live_server: str) -> None:
    known = {row["iri"].rpartition("/")[2]: row for row in json.loads(page_at(f"{live_server}/map/states.json?lang=it")[1])}
    assert known["italy"]["qid"] == "Q38" and known["italy"]["label"] == "Italia"
    assert known["denmark"]["qid"] == "Q35" and len(known) > 35


@pytest.mark.parametrize(
    ("asked", "words"),
    [("by=%3Cb%3E", "by stance or by contribution"), ("topic=x", "is no topic"), ("date=x", "is not a day")],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(live_server: str, asked: str, words: str) -> None:
    status, text = page_at(f"{live_server}/map?{asked}")
    assert status == 400 and words in text


def test_where_nothing_is_recorded_topics_are_offered_that_have_something(live_server: str) -> None:
    nothing = "Nessuno Stato è registrato"
    text = page(live_server, "by=contribution&topic=topic:troops-in-ukraine&lang=it")
    offered = re.findall(r'<li><a href="/map\?(by=contribution[^"]*)"', text)
    assert nothing in text and offered
    assert all(nothing not in page(live_server, unescape(asked)) for asked in offered[:2])
