"""The timeline over HTTP, on the real graph: its order, its filters, and what it says of changes."""

from __future__ import annotations

import re
import urllib.parse

import pytest
from serving import page_at

from kg.chronicle.spans import Span
from kg.chronicle.windows import Window
from kg.web.timepicture import picture


def timeline(server: str, *more: tuple[str, str], **asked: str) -> str:
    given = [(name.rstrip("_"), value) for name, value in asked.items()]
    status, page = page_at(f"{server}/timeline?{urllib.parse.urlencode([*given, *more])}")
    assert status == 200, page[:300]
    return page


def listed(page: str) -> list[str]:
    """The local names of the claims and events of the list, in order."""
    return re.findall(r'href="/id/(?:claim|event)/([^"?]+)', page.split('id="list"')[1])


def changed(page: str) -> list[str]:
    """The sentences about what changed."""
    part = page.split('id="changes"')[1].split('id="list"')[0]
    items = re.findall(r"<li>(.*?)<a ", part, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", "", item)).strip(" +○?…~×−") for item in items]


def test_items_stand_in_the_order_of_their_dates(live_server: str) -> None:
    page = timeline(live_server)
    dates = re.findall(r'<li id="when-([^"]+)"', page)
    firsts = [re.search(r"\d{4}(-\d\d)?(-\d\d)?", date)[0] for date in dates if not date.startswith("..")]
    assert len(dates) == len(set(dates)) and len(firsts) > 8
    whole = [(first + "-01-01")[:10] if len(first) == 4 else (first + "-01")[:10] for first in firsts]
    assert whole == sorted(whole)
    assert "from about December 2024 on" in page and "at some time from January 2025 to March 2025" in page


def test_the_choice_narrows_the_list(live_server: str) -> None:
    everything = timeline(live_server)
    events = timeline(live_server, kind="event").split('id="list"')[1]
    assert "/id/event/coalition-meeting-paris-2026-01-06" in events and "/id/claim/" not in events
    russia = listed(timeline(live_server, actor="actor:russia", kind="position"))
    assert russia and not any("italy" in one for one in russia)
    between = timeline(live_server, ("to", "2025-09-04"), ("from", "2025-09-04"))
    # Also what may have been on that day, since its source gives the month or the year alone.
    assert set(re.findall(r'<li id="when-([^"]+)"', between)) == {"2025-09-04", "2025-09-04/..", "2025-09"}
    forum = listed(timeline(live_server, ("kind", "belonging"), forum="forum:e5"))
    assert forum and all("e5" in one for one in forum)
    about = listed(timeline(live_server, topic="topic:pressure-on-russia"))
    assert any("sanctions" in one for one in about) and len(about) < len(listed(everything))


def test_every_page_of_the_list_is_reached_and_nothing_is_left_out(live_server: str) -> None:
    kinds = [("kind", kind) for kind in ("event", "position", "promise", "act", "belonging", "view", "report")]
    first = timeline(live_server, *kinds)
    total = int(re.search(r"1–\d+ of (\d+) items", first)[1])
    found, page = listed(first), first
    while link := re.search(r'<a href="([^"]+)#list">Next</a>', page):
        page = page_at(live_server + link[1].replace("&amp;", "&"))[1]
        found += listed(page)
    assert len(found) == len(set(found)) == total


def test_changes_are_told_in_sentences_with_their_claims(live_server: str) -> None:
    page = timeline(live_server, ("from", "2026-01-05"), ("to", "2026-01-06"), actor="actor:spain")
    said = changed(page)
    assert any(re.fullmatch(r"Spain may have moved on “Foreign military presence.*”: cautious, open to it .*", one) for one in said), said
    assert "/positions/cell?actor=actor%3Aspain" in page
    italian = changed(timeline(live_server, ("from", "2026-01-05"), ("to", "2026-01-06"), ("lang", "it"), actor="actor:spain"))
    assert any("la posizione di «Spagna» può essere cambiata" in one for one in italian), italian


def test_memberships_commitments_and_contradictions_are_told(live_server: str) -> None:
    page = timeline(live_server, ("from", "2024-11-01"), ("to", "2024-12-01"))
    assert "Italy is recorded as a member of “E5 (European Group of Five, defence ministers)”." in changed(page)
    page = timeline(live_server, ("from", "2025-09-03"), ("to", "2025-09-04"), actor="actor:italy")
    assert any(one.startswith("Commitment: On 4 September 2025 Meloni") for one in changed(page))
    page = timeline(live_server, ("from", "2026-01-05"), ("to", "2026-01-06"))
    assert any(one.startswith("Two claims now contradict each other, or seem to:") for one in changed(page))


def test_between_equal_days_nothing_changed(live_server: str) -> None:
    page = timeline(live_server, ("from", "2026-01-06"), ("to", "2026-01-06"))
    assert changed(page) == [] and "Nothing that is recorded changed" in page


def test_undated_claims_are_counted_and_stand_nowhere(live_server: str) -> None:
    page = timeline(live_server, kind="position")
    assert int(re.search(r"(\d+) claims have no date in their source", page)[1]) >= 90
    assert "004-germany-defers-decision-on-troops" not in page


def test_the_picture_has_a_bar_for_each_date_of_each_kind(live_server: str) -> None:
    page = timeline(live_server, kind="position")
    bars = re.findall(r'<a href="#when-([^"]+)" tabindex="-1" class="bar"', page)
    assert sorted(bars) == sorted(re.findall(r'<li id="when-([^"]+)"', page))
    assert "url(#to-right)" in page and "url(#to-left)" in page


def test_a_reader_comes_nearer_by_year_quarter_and_month(live_server: str) -> None:
    page = timeline(live_server)
    for says in ("2025", "third quarter of 2025", "September 2025"):
        steps = page.split('class="units"')[1].split("</ul>")[0]
        link, counted = re.search(rf'<a href="([^"]+)"[^>]*>{says}</a> <small>([\d,]+)', steps).groups()
        page = page_at(live_server + link.replace("&amp;", "&"))[1]
        listed_now = int(re.search(r"of ([\d,]+) items", page)[1].replace(",", ""))
        assert f"<small>{says}</small>" in page and listed_now == int(counted.replace(",", ""))
    assert 'value="2025-09-01"' in page and 'value="2025-09-30"' in page
    assert "What changed between 1 September 2025 and 30 September 2025" in page
    # Its bars are those of the list, cut off at the ends of the month, and the marks below the axis are its days.
    bars = re.findall(r'<a href="#when-([^"]+)" tabindex="-1" class="bar"', page)
    assert bars and set(bars) == set(re.findall(r'<li id="when-([^"]+)"', page))
    assert re.search(r'<text class="tick"[^>]*>\d+ Sep</text>', page)
    up = [says.strip() for says in re.findall(r'class="up"><a[^>]*><span[^>]*>↑</span>([^<]+)</a>', page)]
    assert up == ["2025", "third quarter of 2025"]


def test_a_stretch_is_moved_and_made_wider_as_far_as_there_are_dates(live_server: str) -> None:
    def moves(page: str) -> dict[str, str]:
        return {name: link.replace("&amp;", "&") for link, name in re.findall(r'href="([^"]+)" data-move="([a-z]+)"', page)}

    page = timeline(live_server, ("from", "2025-09-01"), ("to", "2025-09-30"))
    assert "from=2025-10-01&to=2025-10-31" in moves(page)["later"] and "from=2025-08-01&to=2025-08-31" in moves(page)["earlier"]
    assert "from=" not in moves(page)["all"] and set(moves(page)) == {"earlier", "later", "nearer", "wider", "all"}
    for _ in range(12):
        if "wider" not in moves(page):
            break
        page = page_at(live_server + moves(page)["wider"])[1]
    assert set(moves(page)) == {"nearer"} and 'name="from" type="date" value=""' in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [("from=2025", "is not a day"), ("from=2026-01-01&to=2025-01-01", "ends before it begins"),
     ("kind=%3Cb%3E", "no such kind"), ("actor=%27%22", "is no actor"), ("changes=9999", "There is no page"),
     ("topic=topic:x", "is no topic")],
)  # fmt: skip
def test_what_cannot_be_shown_is_said_in_a_sentence(live_server: str, asked: str, words: str) -> None:
    status, page = page_at(f"{live_server}/timeline?{asked}")
    assert status == (404 if "page" in words else 400) and words in page


@pytest.mark.parametrize("asked", ["to=0001-01-01", "from=9999-12-31", "from=0001-01-01&to=9999-12-31"])
def test_the_ends_of_time_are_no_error(live_server: str, asked: str) -> None:
    assert page_at(f"{live_server}/timeline?{asked}")[0] == 200


@pytest.mark.parametrize("several", [1, 40])
def test_where_there_are_very_many_dates_a_bar_stands_for_a_stretch(several: int) -> None:
    days = [f"{year}-{month:02}-{day:02}" for year in (2020, 2021) for month in range(1, 13) for day in range(1, 11)]
    dated = [("event", Span(day, day, day)) for day in days] * several
    window = Window("2020-01-01", "2021-12-31")
    drawn = picture(dated, ["event"], window, window, "en", lambda span: span.edtf, lambda one: f"{one.first}..{one.last}")
    (lane,) = drawn.lanes
    assert drawn.unit == "month" and [one.count for one in lane.bars] == [10 * several] * 24
    assert lane.bars[0].says == "January 2020" and lane.bars[0].href == "2020-01-01..2020-01-31"
    few = picture(dated[:5], ["event"], None, window, "en", lambda span: f"#{span.edtf}", str)
    assert few.unit == "" and [one.href for one in few.lanes[0].bars] == [f"#{day}" for day in days[:5]]
    assert picture([], ["event"], None, window, "en", str, str) is None
