"""The header of a query file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.gallery import read_gallery
from kg.sparql.gallery import parse

TEXT = """\
#+ title@en: Who stands where
#+ title@it: Chi sta dove
#+ description@en: Each holder: topic and stance.
#+ keywords@en: position, stance
#+ as-of: 2026-01-06
# a comment
SELECT * { ?s ?p ?o }
"""


def test_a_header_is_read_by_language() -> None:
    query = parse("one.rq", TEXT)
    assert query.title == {"en": "Who stands where", "it": "Chi sta dove"}
    assert query.description == {"en": "Each holder: topic and stance."}
    assert query.keywords == {"en": ("position", "stance")}
    assert query.as_of == "2026-01-06"
    assert query.text == TEXT and query.body == "# a comment\nSELECT * { ?s ?p ?o }\n"


def test_a_query_needs_no_header() -> None:
    query = parse("one.rq", "ASK {}\n#+ title@en: too late\n")
    assert not query.title and query.body.startswith("ASK {}")


def test_a_query_that_names_its_language_is_asked_in_another() -> None:
    text = '#+ title@en: T\n#+ language: en\nSELECT * { ?s ?p ?o FILTER(LANG(?o) = "en" && ?p != "en") }\n'
    query = parse("one.rq", text)
    assert query.asked_in("en") is query and query.language == "en"
    asked = query.asked_in("it")
    assert asked.text == text.replace("language: en", "language: it").replace('LANG(?o) = "en"', 'LANG(?o) = "it"')
    assert (asked.name, asked.language, asked.asked_in("en").text) == ("one.rq", "it", text)
    fixed = parse("two.rq", text.replace("#+ language: en\n", ""))
    assert fixed.asked_in("it") is fixed


@pytest.mark.parametrize(
    "line",
    [
        "#+ title: no language",
        "#+ title@en:",
        "#+ tittle@en: misspelt",
        "#+ as-of@en: 2026-01-06",
        "#+ language: English",
        "#+ language: en\n#+ language: en",
        "#+ title@en: again\n#+ title@en: again",
        "#+",
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse("one.rq", f"#+ title@it: prima\n{line}\nASK {{}}\n")
    assert str(caught.value).startswith("one.rq:") and caught.value.where.line == 2 + line.count("\n")


@given(st.text())
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        assert parse("x.rq", text).text == text
    except SourceError as error:
        assert error.where.line >= 1


def test_one_unreadable_file_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "b.rq").write_text("ASK {}", "utf-8")
    (folder / "a.rq").write_text("#+ what\nASK {}", "utf-8")
    (folder / "c.rq").write_bytes(b"\xff")
    queries, errors = read_gallery(tmp_path)
    assert [query.name for query in queries] == ["b.rq"]
    assert len(errors) == 2 and "a.rq:1" in str(errors[0])
