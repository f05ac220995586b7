"""Content negotiation: q-values, wildcards, names, languages."""

from __future__ import annotations

import re

import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import NotAcceptable, RequestError
from kg.sparql.negotiate import ENDINGS, GRAPHS, HTML, SPREADSHEET, TABLES, choose, language

OFFERED = (*TABLES, HTML)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        (BROWSER, "text/html"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.4", "text/csv"),
        ("text/csv;q=0.4, application/sparql-results+xml;q=0.5", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
        ("text/*, text/csv;q=0.1", "text/tab-separated-values"),
        ("*/*;q=0.1, application/sparql-results+json;q=0", "application/sparql-results+xml"),
        ("text/csv; charset=utf-8; q=1", "text/csv"),
        ("nonsense, text/tab-separated-values", "text/tab-separated-values"),
        # A q-value that is none is ignored, the range is not.
        ("text/csv;q=2", "text/csv"),
        ("text/csv;q=high, text/tab-separated-values;q=0.9", "text/csv"),
        ("text/tab-separated-values;q=-1", "text/tab-separated-values"),
        ("text/csv;q=nan", "text/csv"),
        ("text/csv;q=, */*;q=0.1", "text/csv"),
        ("image/png, */*;q=0.01", "application/sparql-results+json"),
        ("text/csv;header=present", "text/csv"),
        ("text/csv;header=absent, text/tab-separated-values;q=0.1", "text/tab-separated-values"),
        ('text/csv; version="1.2"; q=0.5, */*;q=0.1', "text/csv"),
    ],
)
def test_the_best_acceptable_format_is_chosen(accept: str | None, expected: str) -> None:
    assert choose(accept, (), OFFERED).media_type == expected


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/turtle", "nonsense", "text/csv;header=absent"])
def test_nothing_acceptable_is_said(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="text/csv"):
        choose(accept, (), OFFERED)


@pytest.mark.parametrize("name", ["turtle", "ttl", "TTL", "text/turtle"])
def test_a_name_wins_over_the_header(name: str) -> None:
    assert choose("application/ld+json", [name], GRAPHS).media_type == "text/turtle"


def test_of_several_names_the_first_on_offer_wins() -> None:
    assert choose(None, ["unknown", "rdf+xml", "turtle"], GRAPHS).media_type == "application/rdf+xml"


def test_a_name_that_is_no_format_of_the_answer_is_said() -> None:
    with pytest.raises(RequestError, match="json"):
        choose(None, ["turtle", "ttl"], TABLES)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+json;version=1.2", "application/sparql-results+json; version=1.2"),
        # An answer may need more than a lower version has.
        ("application/sparql-results+json;version=1.1", "application/sparql-results+json"),
        ("application/sparql-results+json;version=1.2-basic", "application/sparql-results+json"),
        ("text/tab-separated-values;version=1.2;q=0.5", "text/tab-separated-values; charset=utf-8; version=1.2"),
        ("*/*;version=1.2", "application/sparql-results+json"),
    ],
)
def test_the_content_type_has_the_parameters_of_the_format(accept: str, expected: str) -> None:
    assert choose(accept, (), OFFERED).content_type == expected


@pytest.mark.parametrize("offered", [TABLES, (SPREADSHEET, *TABLES)])
@pytest.mark.parametrize("accept", ["text/csv", "text/*", "*/*", "text/csv;header=present"])
def test_a_spreadsheet_is_never_chosen_by_a_header(accept: str, offered: tuple) -> None:
    assert choose(accept, (), offered).format is not SPREADSHEET
    assert choose(accept, ("spreadsheet",), offered).format is SPREADSHEET
    assert choose(accept, ("text/csv",), TABLES).format is not SPREADSHEET


def test_every_ending_names_a_format_of_tables_or_graphs() -> None:
    assert {"csv", "spreadsheet.csv", "json", "srx", "ttl", "trig", "nq", "nt", "rdf", "jsonld", "html"} <= ENDINGS
    for ending in ENDINGS:
        formats = [choose(None, (ending,), (one,)).format for one in (*TABLES, *GRAPHS, HTML) if ending in (one.ending, one.name, *one.names)]
        assert formats


@given(st.lists(st.tuples(st.sampled_from([f.media_type for f in OFFERED if not f.by_name]), st.integers(0, 1000)), min_size=1))
def test_the_choice_has_the_highest_quality(ranges: list[tuple[str, int]]) -> None:
    best = {}
    for media_type, quality in ranges:
        best[media_type] = max(quality, best.get(media_type, 0))
    accept = ", ".join(f"{media_type};q={quality / 1000}" for media_type, quality in ranges)
    if max(best.values()) == 0:
        with pytest.raises(NotAcceptable):
            choose(accept, (), OFFERED)
    else:
        assert best[choose(accept, (), OFFERED).media_type] == max(best.values())


@given(st.text())
def test_no_header_breaks_it(accept: str) -> None:
    try:
        assert choose(accept, (), OFFERED).format in OFFERED
    except NotAcceptable:
        pass
    assert language(accept, None, ("en", "it")) in ("en", "it")


@pytest.mark.parametrize(
    ("accept", "asked", "expected"),
    [
        (None, None, "en"),
        ("it-IT,it;q=0.9,en;q=0.8", None, "it"),
        ("de, it;q=0.3, en;q=0.5", None, "en"),
        ("it", "en", "en"),
        ("it", "fr", "it"),
        ("it;q=0", None, "en"),
        ("en;q=0.5, it;q=9", None, "it"),
    ],
)
def test_language(accept: str | None, asked: str | None, expected: str) -> None:
    assert language(accept, asked, ("en", "it")) == expected


def test_the_page_of_the_endpoint_lists_every_format() -> None:
    page = (ROOT / "docs" / "endpoint.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| (`\.[^|]*`) \| `([^|]+)` \|", page, re.M)
    assert [(name, media_type) for name, _, media_type in rows] == [(f.name, f.media_type) for f in (*TABLES, *GRAPHS, HTML)]
    for (_, endings, _), format in zip(rows, (*TABLES, *GRAPHS, HTML), strict=True):
        named = re.findall(r"`\.([^`]+)`", endings)
        assert named[0] == format.ending and set(named) <= ENDINGS
