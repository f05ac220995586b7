"""Dates: which EDTF strings are possible, and which bounds they have."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from changes import change, keys, whole
from changes import codes as found
from gate_material import codes, judge
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate.dates import Span, check, span
from kg.gate.edtfs import bounds
from kg.model import Finding


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-09-04", "2025-09-04", "2025-09-04"),
        ("2025-09", "2025-09-01", "2025-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-09~", "2025-09-01", "2025-09-30"),
        ("2025?", "2025-01-01", "2025-12-31"),
        ("2025%", "2025-01-01", "2025-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("2025-XX", "2025-01-01", "2025-12-31"),
        ("2025-21", "2025-03-01", "2025-05-31"),
        ("2024-12~/..", "2024-12-01", None),
        ("2024-12/", "2024-12-01", None),
        ("../2030~", None, "2030-12-31"),
        ("/2030", None, "2030-12-31"),
        ("2025-09-04/2026-01", "2025-09-04", "2026-01-31"),
        ("2025?/2026~", "2025-01-01", "2026-12-31"),
        ("[2025-01..2025-03]", "2025-01-01", "2025-03-31"),
        ("[2025-01,2025-03]", "2025-01-01", "2025-03-31"),
        ("{2025-01..2025-03}", "2025-01-01", "2025-03-31"),
        ("[..2025-03]", None, "2025-03-31"),
        ("[2025-03..]", "2025-03-01", None),
    ],
)
def test_bounds(text: str, first: str | None, last: str | None) -> None:
    assert span(text) == Span(first, last)


@pytest.mark.parametrize(
    "text",
    ["", "2025-13", "2025-02-30", "2025-02-29", "2025-9", "soon", "/", "..", "../..", "2026-01/2025-09", "2025/2026/2027",
     "2025-01-01/2025-02-30", "04/09/2025"],
)
def test_impossible(text: str) -> None:
    with pytest.raises(ValueError):
        span(text)


@settings(deadline=None, max_examples=50)
@given(st.dates(min_value=datetime.date(1000, 1, 1)), st.dates(min_value=datetime.date(1000, 1, 1)))
def test_an_interval_of_days_has_those_days_as_bounds(one: datetime.date, other: datetime.date) -> None:
    first, last = sorted([one.isoformat(), other.isoformat()])
    assert span(f"{first}/{last}") == Span(first, last)


@pytest.mark.parametrize(
    ("edtf", "en", "it"),
    [
        ("2025-02-30", "there is no such day", "quel giorno non esiste"),
        ("2025-09/2025-08", "the interval ends before it begins", "l’intervallo finisce prima di cominciare"),
        ("../..", "an interval needs at least one known end", "un intervallo ha almeno un estremo noto"),
        ("soon", "it is no EDTF date", "non è una data EDTF"),
    ],
)
def test_both_languages_say_why_a_date_is_impossible(edtf: str, en: str, it: str) -> None:
    (found,) = [one for one in judge(date(edtf), "").findings if one.code == "DateShape-edtf"]
    assert found.messages["en"].startswith(f"“{edtf}” is no possible date: {en}. Write it")
    assert found.messages["it"].startswith(f"«{edtf}» non è una data possibile: {it}. Scriverla")


def date(edtf: str, **bounds: str) -> str:
    stated = "".join(f' ; ckg:{name} "{day}"^^xsd:date' for name, day in bounds.items())
    return f'date:d a ckg:DateSpan ; ckg:edtf "{edtf}"^^edtf:EDTF{stated} .'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (date("2025-09", earliest="2025-09-01", latest="2025-09-30"), []),
        (date("2024-12~/..", earliest="2024-12-01"), []),
        (date("../2030~", latest="2030-12-31"), []),
        (date("2025-09", earliest="2025-09-02", latest="2025-09-30"), ["DateShape-bounds"]),
        (date("2025-09", earliest="2025-09-01"), ["DateShape-bounds"]),
        (date("2024-12~/..", earliest="2024-12-01", latest="2026-01-01"), ["DateShape-bounds"]),
        (date("2025-09"), ["DateShape-bounds", "DateShape-bounds"]),
        (date("2025-02-30", earliest="2025-02-28", latest="2025-02-28"), ["DateShape-edtf"]),
    ],
)
def test_findings(data: str, expected: list[str]) -> None:
    found = judge(data, "")
    assert codes(found) == expected
    for finding in found.findings:
        assert set(finding.messages) == {"en", "it"}
        assert finding.where is not None and finding.where.origin == "data/d.ttl"


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 9999),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 31),
    st.sampled_from(["", "?", "~", "%"]),
)
def test_plain_dates_are_read_as_the_library_has_them(year: int, month: int | None, day: int | None, sign: str) -> None:
    text = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")
    try:
        datetime.date(year, month or 1, day if month and day else 1)
    except ValueError:
        with pytest.raises(ValueError, match="no such day"):
            span(text + sign)
        return
    assert span(text + sign) == Span(*(f"{y:04d}-{m:02d}-{d:02d}" for y, m, d in bounds(text + sign)))


def test_only_dates_that_a_change_touches_are_judged_and_these_whole() -> None:
    wrong, right = date("2025-09"), date("2025-10", earliest="2025-10-01", latest="2025-10-31").replace(":d ", ":e ")
    before = {"data/a.ttl": wrong, "data/b.ttl": right}
    assert list(check(change(before, {**before, "data/c.ttl": right.replace(":e ", ":f ")}))) == []
    moved = {**before, "data/b.ttl": right.replace('"2025-10"', '"2025-11"')}
    assert found(check(change(before, moved))) == ["DateShape-bounds", "DateShape-bounds"]
    without = {**before, "data/b.ttl": right.partition(" ; ckg:latest")[0] + " ."}
    (finding,) = check(change(before, without))
    assert (finding.code, finding.where and finding.where.origin) == ("DateShape-bounds", "data/b.ttl")


DATES = st.builds(
    date, st.sampled_from(["2025", "2025-13", "2024-12~/.."]),
    earliest=st.sampled_from(["2025-01-01", "2024-12-01"]), latest=st.sampled_from(["2025-12-31", "2025-12-30"]),
)  # fmt: skip
FILES = st.dictionaries(st.sampled_from(["data/a.ttl", "data/b.ttl"]), DATES)


@settings(deadline=None, max_examples=40)
@given(FILES, FILES)
def test_a_change_brings_what_the_difference_of_all_files_has(before: dict[str, str], after: dict[str, str]) -> None:
    def without_place(findings: Iterable[Finding]) -> set[tuple[object, ...]]:
        return {key[:-1] for key in keys(findings)}

    there = change(before, after)
    by_change = without_place(check(there)) - without_place(check(there.reversed()))
    assert by_change == without_place(check(whole(after))) - without_place(check(whole(before)))
