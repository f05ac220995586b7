"""The competency queries: each is short, described in two languages, and answers what its expected result says.

The expected results are in ``tests/cases/queries/NN-slug.tsv``: a header of variables, then one row per solution with
prefixed names. ``python tests/test_queries.py`` writes them anew; what changes is then read against the texts.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT

from kg.engine import Engine
from kg.model import Query
from kg.rdf import shorten
from kg.sparql.gallery import parse

QUERIES = sorted((ROOT / "queries").glob("*.rq"))
EXPECTED = ROOT / "tests" / "cases" / "queries"
LONGEST = 12

#: Rows of the modelling document and the queries that exercise them; every row has at least one.
ROWS = {
    1: ["01", "02"], 2: ["03"], 3: ["04"], 4: ["05"], 5: ["05", "06"], 6: ["07", "08"], 7: ["09", "10", "11"],
    8: ["12", "13"], 9: ["14"], 10: ["15", "16", "17"], 11: ["18", "19"], 12: ["20", "21", "22"], 13: ["23", "24"],
    14: ["25"], 15: ["26"], 16: ["27"], 17: ["28"], 18: ["29", "30"], 19: ["31"], 20: ["32", "33"], 21: ["34"],
    22: ["35", "36", "38", "39"], 23: ["37", "39"], 24: ["40", "41"], 25: ["42"], 26: ["43"], 27: ["44"], 28: ["45"],
}  # fmt: skip


def cell(term: object) -> str:
    """A term as the expected results write it: prefixed name, or the lexical form with line breaks and tabs folded."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return " ".join(str(term.value).split())


def answer(engine: Engine, path: Path) -> list[str]:
    """The rows of a query's answer, the header first."""
    example = parse(path.stem, path.read_text("utf-8"))
    bindings = {"asOf": example.as_of} if example.as_of else {}
    solutions = engine.query(Query(example.text, bindings=bindings))
    assert isinstance(solutions, ox.QuerySolutions)
    header = "\t".join(str(variable) for variable in solutions.variables)
    return [header, *("\t".join(cell(term) for term in solution) for solution in solutions)]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_answers_what_is_expected(path: Path, real_graph: Engine) -> None:
    expected = (EXPECTED / f"{path.stem}.tsv").read_text("utf-8").splitlines()
    got = answer(real_graph, path)
    assert got[0] == expected[0]
    assert sorted(got[1:]) == sorted(expected[1:])
    # What names the language that it asks for has as much to say in the other one; nothing else fixes a language.
    example = parse(path.stem, path.read_text("utf-8"))
    assert ('LANG(' in example.text) == bool(example.language)
    if example.language:
        italian = real_graph.query(Query(example.asked_in("it").text))
        assert isinstance(italian, ox.QuerySolutions)
        there = [[cell(term) for term in solution] for solution in italian]
        assert len(there) == len(got) - 1
        assert len({tuple(row) for row in there} & {tuple(row.split("\t")) for row in got}) < len(there) / 2


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_is_short(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if not re.match(r"#|PREFIX\b|\s*$", line)]
    assert len(lines) <= LONGEST


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_is_described_in_both_languages(path: Path) -> None:
    text = path.read_text("utf-8")
    for what in ("title", "description", "keywords"):
        found = {language: re.findall(rf"^#\+ {what}@{language}: (\S.*)$", text, re.MULTILINE) for language in ("en", "it")}
        assert all(len(values) == 1 for values in found.values()), what
        assert found["en"] != found["it"] or what == "keywords"


def test_every_row_of_the_modelling_document_is_exercised() -> None:
    numbers = {path.stem[:2] for path in QUERIES}
    assert set(ROWS) == set(range(1, 29))
    assert all(row and set(row) <= numbers for row in ROWS.values())


def test_only_the_control_query_is_empty() -> None:
    """One query asks for what must not be; every other one finds something."""
    empty = {path.stem for path in EXPECTED.glob("*.tsv") if len(path.read_text("utf-8").splitlines()) == 1}
    assert empty == {"06-exclude-and-send-troops"}


def test_no_expected_result_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.tsv")} == {path.stem for path in QUERIES}


def write(state: Path) -> None:
    """Write the expected results from the snapshot in ``state``."""
    EXPECTED.mkdir(parents=True, exist_ok=True)
    engine = Engine.open(state)
    for old in EXPECTED.glob("*.tsv"):
        old.unlink()
    for path in QUERIES:
        header, *rows = answer(engine, path)
        (EXPECTED / f"{path.stem}.tsv").write_text("\n".join([header, *sorted(rows)]) + "\n", "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".kg")
