"""The record as of a day: against every way in which the dates can have been, and what changed between two days."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.chronicle.axis import axis, axis_of, bars, ticks
from kg.chronicle.changes import (
    CERTAIN,
    OVER,
    POSSIBLE,
    Fact,
    Key,
    View,
    changes,
    composed,
    facts_on,
    may_change,
    positions_on,
)
from kg.chronicle.marks import marks, together
from kg.chronicle.spans import UNDATED, Span, bounds, days_between, is_day
from kg.chronicle.standing import Said, standing
from kg.chronicle.windows import UNITS, Ends, Window, around, marked, parts, path, units_of
from kg.chronicle.words import day_in_words, edtf_in_words, mark_in_words, month_in_short, the_day, window_in_words

#: A few days, so that every way of placing a few claims on them can be gone through; the last stands for ever after.
DAYS = [f"2025-01-0{n}" for n in range(1, 6)]
LATER, EARLIER = "2025-02-01", "2024-12-01"


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """A date: exact, a stretch, open at an end, or none."""
    first, last = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2)))
    kind = draw(st.sampled_from(("both", "from", "until", "none")))
    if kind == "none":
        return UNDATED
    return Span(first if kind != "until" else None, last if kind != "from" else None, "dated")


def said(number: int, stance: str, span: Span, holder: str = "h", topic: str = "t") -> Said:
    return Said(f"claim{number}", holder, topic, stance, span, "plain")


positions = st.lists(st.tuples(st.sampled_from("abc"), spans()), min_size=1, max_size=4).map(
    lambda drawn: [said(number, *one) for number, one in enumerate(drawn)]
)


def worlds(claims: Sequence[Said]) -> itertools.product:
    """Every way of giving each claim a day that its date allows."""
    allowed = []
    for one in claims:
        known = [EARLIER, *DAYS, LATER]
        allowed.append([
            day for day in known
            if (one.span.first is None or day >= one.span.first) and (one.span.last is None or day <= one.span.last)
        ])  # fmt: skip
    return itertools.product(*allowed)


@given(positions, st.sampled_from(DAYS))
def test_what_may_be_the_latest_is_so_in_some_world_and_nothing_else_is(claims: list[Said], day: str) -> None:
    latest: set[str] = set()
    for days in worlds(claims):
        taken = [(when, one.claim) for when, one in zip(days, claims, strict=True) if when <= day]
        newest = max((when for when, _ in taken), default=None)
        latest |= {claim for when, claim in taken if when == newest}
    assert {one.claim for one in standing(claims, day).now} == latest


@given(positions, st.sampled_from(DAYS))
def test_a_stance_is_settled_where_it_is_the_only_latest_one_in_every_world(claims: list[Said], day: str) -> None:
    settled = True
    for days in worlds(claims):
        taken = [(when, one.stance) for when, one in zip(days, claims, strict=True) if when <= day]
        newest = max((when for when, _ in taken), default=None)
        settled &= len({stance for when, stance in taken if when == newest}) == 1
    stand = standing(claims, day)
    assert stand.is_settled == (settled and len(stand.stances) == 1)


@given(positions, st.sampled_from(DAYS))
def test_every_position_is_in_one_part_and_the_order_of_the_data_does_not_matter(claims: list[Said], day: str) -> None:
    stand = standing(claims, day)
    assert sorted(one.claim for one in (*stand.now, *stand.before, *stand.after)) == [one.claim for one in claims]
    assert standing(claims[::-1], day) == stand
    assert all(one.span.first > day for one in stand.after if one.span.first)


@given(positions, st.sampled_from(DAYS), st.booleans())
def test_each_stance_has_one_mark_of_all_its_claims(claims: list[Said], day: str, seen: bool) -> None:
    stand = standing(claims, day)
    shown = marks(stand, {"plain": 1}, frozenset() if seen else None)
    assert [mark.stance for mark in shown] == list(stand.stances)
    assert sorted(claim for mark in shown for claim in mark.claims) == sorted(one.claim for one in stand.now)
    assert together([stand], day) == stand


def test_a_mark_shows_the_firmest_of_its_claims_and_what_stands_against_it() -> None:
    exact = Span("2025-01-02", "2025-01-02", "2025-01-02")
    hedged = Said("one", "h", "t", "a", exact, "hedged", against=frozenset({"other"}))
    plain = Said("two", "h", "t", "a", exact, "plain")
    given_up = Said("three", "h", "t", "b", UNDATED, "hedged")
    later = Said("four", "h", "t", "a", UNDATED, "plain", gives_up=frozenset({"three"}))
    firmness = {"plain": 1, "hedged": 2}
    first, second = marks(standing([hedged, plain, given_up, later], "2025-01-05"), firmness)
    assert (first.stance, first.certainty, first.against, first.is_certain) == ("a", "plain", {"other"}, True)
    assert first.span == exact and first.age("2025-01-05") == "recent" and not first.is_doubted
    assert (second.certainty, second.is_doubted, second.is_certain) == ("hedged", True, False)
    assert second.age("2025-01-05") == "undated"
    assert [first.age(day) for day in ("2025-07-01", "2025-07-05", "2026-01-03")] == ["recent", "older", "old"]
    unseen = marks(standing([hedged], "2025-01-05"), firmness, frozenset())
    assert unseen[0].against == frozenset()


cells = st.lists(
    st.tuples(st.sampled_from("hi"), st.sampled_from("tu"), st.sampled_from("ab"), spans()), max_size=6
).map(
    lambda drawn: [
        [said(n, stance, span, holder, topic) for n, (holder, topic, stance, span) in enumerate(drawn) if (holder, topic) == cell]
        for cell in sorted({one[:2] for one in drawn})
    ]
)  # fmt: skip
facts = st.lists(st.tuples(st.sampled_from("mo"), spans(), st.booleans()), max_size=6).map(
    lambda drawn: [Fact(Key(kind, "h", f"{kind}{lasts}"), span, lasts) for kind, span, lasts in drawn]
)


windows = st.lists(st.dates(), min_size=2, max_size=2).map(lambda days: Window(*sorted(map(str, days))))


@given(windows, st.lists(spans(), min_size=1, max_size=8))
def test_a_window_counts_and_draws_what_can_have_been_in_it(window: Window, drawn: list[Span]) -> None:
    known = [span for span in drawn if span.first or span.last]
    inside = [
        span for span in known
        if not ((span.first or span.last) > window.last or (span.last or span.first) < window.first)
    ]  # fmt: skip
    assert [span for span in drawn if window.meets(span)] == inside
    ends = Ends.of(drawn)
    assert ends.count(window) == len(inside)
    assert ends.whole is None if not known else all(ends.whole.meets(span) for span in known)
    on = axis_of(window, 0, 1000)
    for bar in bars(inside, on):
        assert 0 <= bar.x and bar.x + bar.width <= 1000 + 1e-6
        assert bar.is_cut == (
            bar.span.first is not None and bar.span.first < window.first,
            bar.span.last is not None and bar.span.last > window.last,
        )


@given(windows, st.sampled_from(list(UNITS)))
def test_the_units_of_a_window_cover_it_without_a_gap(window: Window, unit: str) -> None:
    found = list(itertools.islice(units_of(window, unit), 60))
    assert found[0].first <= window.first and all(one.unit for one in found)
    assert found[-1].last >= window.last or len(found) == 60
    assert all(one.last < other.first and one.moved(1) == other and other.moved(-1) == one for one, other in itertools.pairwise(found))
    assert sum(one.length for one in found) == Window(found[0].first, found[-1].last).length
    assert around(window.first, unit) == found[0]


@given(windows)
def test_a_window_comes_nearer_and_goes_further(window: Window) -> None:
    nearer, wider = window.nearer(), window.wider()
    assert window.has(nearer) and wider.has(window) and 1 <= nearer.length <= window.length <= wider.length
    assert all(one.has(window) and one.unit for one in path(window))
    assert parts(window) in (*UNITS, "")
    unit, days = marked(window, 14)
    assert days == sorted(set(days)) and all(window.first <= day <= window.last for day in days) and len(days) <= 31
    assert all(mark_in_words(day, unit, "it") for day in days[:3])


def test_stretches_are_told_in_words() -> None:
    year, quarter, month = (around("2025-09-04", unit) for unit in UNITS)
    assert [window_in_words(one, "en") for one in (year, quarter, month)] == ["2025", "third quarter of 2025", "September 2025"]
    assert window_in_words(quarter, "it") == "terzo trimestre 2025"
    assert window_in_words(Window("2025-09-01", "2025-10-08"), "it") == "1º settembre 2025 – 8 ottobre 2025"
    assert [the_day(day, "it") for day in ("2025-09-01", "2025-09-08")] == ["il 1º settembre 2025", "l'8 settembre 2025"]
    assert path(Window("2025-09-02", "2025-09-05")) == [year, quarter, month] and parts(year) == "quarter"


@given(cells, facts, st.lists(st.sampled_from([EARLIER, *DAYS, LATER]), min_size=3, max_size=3).map(sorted))
def test_changes_compose_and_there_is_none_between_a_day_and_itself(
    drawn: list[list[Said]], happened: list[Fact], days: list[str]
) -> None:
    first, second, third = ({**positions_on(drawn, day), **facts_on(happened, day)} for day in days)
    assert changes(first, first) == {}
    assert composed(changes(first, second), changes(second, third)) == changes(first, third)
    back = {key: (new, old) for key, (old, new) in changes(first, second).items()}
    assert changes(second, first) == back
    assert composed(changes(first, second), back) == {}


@given(cells, st.lists(st.sampled_from(DAYS), min_size=2, max_size=2).map(sorted))
def test_where_no_date_lies_between_two_days_nothing_changes(drawn: list[list[Said]], days: list[str]) -> None:
    start, end = days
    known = bounds(one.span for cell in drawn for one in cell)
    if not any(start < day <= end for day in known):
        assert changes(positions_on(drawn, start), positions_on(drawn, end)) == {}


def test_a_position_becomes_another_on_the_day_it_is_taken() -> None:
    cell = [
        said(1, "a", Span("2025-01-01", "2025-01-01", "2025-01-01")),
        said(2, "b", Span("2025-01-03", "2025-01-03", "2025-01-03")),
    ]
    key = Key("position", "h", "t")
    assert changes(positions_on([cell], "2025-01-01"), positions_on([cell], "2025-01-02")) == {}
    found = changes(positions_on([cell], "2025-01-02"), positions_on([cell], "2025-01-03"))
    assert found == {key: (View(("a",), True, "2025-01-01"), View(("b",), True, "2025-01-03"))}


def test_what_lasts_ends_and_what_is_done_stays_done() -> None:
    stretch = Span("2025-01-02", "2025-01-03", "2025-01-02/2025-01-03")
    lasting, done = Fact(Key("member", "h", "f"), stretch, True), Fact(Key("commitment", "", "c"), stretch, False)
    told = [facts_on([lasting, done], f"2025-01-0{n}") for n in (1, 2, 3, 4)]
    assert [state.get(lasting.key) for state in told] == [None, CERTAIN, CERTAIN, OVER]
    assert [state.get(done.key) for state in told] == [None, POSSIBLE, CERTAIN, CERTAIN]
    assert facts_on([Fact(lasting.key, UNDATED, True)], "2025-01-02") == {lasting.key: POSSIBLE}


@pytest.mark.parametrize(
    ("edtf", "english", "italian"),
    [
        ("2025-09-04", "4 September 2025", "4 settembre 2025"),
        ("2025-09", "September 2025", "settembre 2025"),
        ("2026", "2026", "2026"),
        ("2024-12~/..", "from about December 2024 on", "da circa dicembre 2024 in poi"),
        ("2026-01/..", "from January 2026 on", "da gennaio 2026 in poi"),
        ("../2026-01-06", "until 6 January 2026", "fino al 6 gennaio 2026"),
        ("2025-08-11/2025-09-08", "11 August 2025 to 8 September 2025", "dall'11 agosto 2025 all'8 settembre 2025"),
        ("1973/2020?", "1973 to 2020 (uncertain)", "dal 1973 al 2020 (incerto)"),
        ("[2025-01..2025-03]", "at some time from January 2025 to March 2025",
         "in un momento da gennaio 2025 a marzo 2025"),
        ("2020/", "from 2020, end unknown", "dal 2020, fine ignota"),
        ("/2020", "until 2020, beginning unknown", "fino al 2020, inizio ignoto"),
        ("2025-21", "2025-21", "2025-21"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_dates_are_told_in_words(edtf: str, english: str, italian: str) -> None:
    assert (edtf_in_words(edtf, "en"), edtf_in_words(edtf, "it")) == (english, italian)


@given(st.dates())
def test_every_day_is_told_in_words_and_in_short(day: object) -> None:
    written = str(day)
    assert is_day(written) and day_in_words(written, "it") != written and month_in_short(written, "en").isprintable()
    assert not is_day(written + " ") and days_between(written, written) == 0


@given(st.lists(spans(), min_size=1, max_size=8))
def test_the_axis_keeps_the_order_of_days_and_bars_of_a_row_do_not_touch(drawn: list[Span]) -> None:
    on = axis(drawn, 0, 1000)
    assert list(on.places) == sorted(on.places)
    assert [on.place(day) for day in on.days] == pytest.approx(list(on.places))
    assert all(0 <= on.place(day) <= 1000 for day in (EARLIER, *DAYS, LATER))
    found = bars(drawn, on)
    assert {bar.span for bar in found} == set(drawn) and len(found) == len(set(drawn))
    for row in {bar.row for bar in found}:
        in_row = sorted((bar.x, bar.x + bar.width) for bar in found if bar.row == row)
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(in_row))
    written = ticks(on, 50)
    assert all(b - a >= 50 for (_, a), (_, b) in itertools.pairwise(written))


def test_long_empty_stretches_are_cut_short() -> None:
    days = ["2000-01-01", "2025-01-01", "2025-01-31"]
    on = axis([Span(day, day, day) for day in days], 0, 1000)
    empty, full = (end - start for start, end in itertools.pairwise(on.places))
    assert len(on.breaks) == 1 and empty < 3 * full


@given(cells, facts, st.lists(st.sampled_from([EARLIER, *DAYS, LATER]), min_size=2, max_size=2).map(sorted))
def test_what_cannot_change_between_two_days_does_not(
    drawn: list[list[Said]], happened: list[Fact], days: list[str]
) -> None:
    still = [cell for cell in drawn if not any(may_change(one.span, *days) for one in cell)]
    assert changes(positions_on(still, days[0]), positions_on(still, days[1])) == {}
    kept = [fact for fact in happened if not may_change(fact.span, *days)]
    assert changes(facts_on(kept, days[0]), facts_on(kept, days[1])) == {}
