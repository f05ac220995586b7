"""What errors say to those who read Italian: every sentence that a slip in a query gives has its counterpart."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Server, serving, write_snapshot
from test_habits import CONDITIONS, PROLOGUE, QUERIES

from kg.engine import check_syntax
from kg.errors import QueryError
from kg.journal import Entry
from kg.snapshots import gone
from kg.sparql import guard, slips
from kg.sparql.cursor import merged
from kg.web.sentences import in_language, told

#: What raises an error that a reader of the pages may see.
_RAISES = re.compile(r"(Error|Busy|Overdrawn|Exceeded|WorkerLost|Exhausted|NotAcceptable|TooLarge|NotFound|Gone|Late|Type|_refuse[d]?)$")
_SLIPS = ("slip", "Slip", "_compared")
#: Modules whose errors readers of the query page and of the form of proposals see.
_MODULES = (
    "querytext.py", "binding.py", "engine.py", "sparql/*.py", "workers/*.py", "web/endpoint.py", "web/editing.py", "web/mistake.py",
    "web/problems.py", "web/picked.py", "web/listing.py", "web/near.py", "web/positions.py", "web/sourcepages.py",
    "web/timeline.py", "web/map.py", "web/gallery.py", "web/answerpage.py", "web/fairness.py", "browsing/asking.py",
    "remote/relay.py", "web/propose.py", "drafting/entries.py",
)  # fmt: skip
#: Faults of the server itself, which its operator reads in English.
_OURS = re.compile(r"^(The (snapshot|store|manifest|texts|dump) |Let this user|.* cannot be read \()")
#: Of JSON, of the Protocol and of files: seen by programmes.
_PROGRAMMES = re.compile(
    r"Content-Type|is no operation|no graph\.|media|application/|charset|RDF/XML|JSON-LD|XML cannot|address stands|"
    r"more than one graph|A body|offset|kg serve|evidence cannot be written|proof|Graphs|GET or POST|Send \{|to /sparql|"
    r"process answering|KEY@en|graph=IRI|csv or html|of its premises|as\.of|Evidence is of rows|one of the two|JSON or Turtle|SHA"
)


def sentences_of(module: Path) -> Iterator[str]:
    """The sentences that a module has for its errors, with X for what they are about."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if _RAISES.search(name) or name in _SLIPS:
            given = [*node.args, *(one.value for one in node.keywords if one.arg == "remedy")]
            for one in given:
                said = written(one)
                if said and re.search(r"[a-z] .*[.?]$", said):
                    yield said


def written(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "X" for one in node.values)  # type: ignore[misc]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("pattern", _MODULES)
def test_every_sentence_that_stands_in_the_programme_is_in_the_list(pattern: str) -> None:
    missing = {
        said for module in (ROOT / "src" / "kg").glob(pattern) for said in sentences_of(module)
        # What a sentence is about may be a piece of the list itself.
        if not any(in_language(said.replace("X", one), "it")
                   for one in ("X", "1 or 0", "docs/federation.md says how", "topic"))
        and "cannot be read" not in said and not _OURS.search(said) and not _PROGRAMMES.search(said)
    }  # fmt: skip
    assert not missing


WRONG = [
    *(PROLOGUE + f"SELECT * {{ ?x ?p ?o FILTER({one}) }}" for one in CONDITIONS), *(PROLOGUE + one for one in QUERIES),
    "SELECT ?who { ?who ckg:holder ?x", "SELECT ?who { ?who foaf:nam ?x }", 'SELECT * { ?a ?b "open }', "SELECT * { ?a ?b ?c ",
    "SELECT (COUNT(?a AS ?n) { ?a ?b ?c }", "SELECT ?z (COUNT(?a) AS ?n) { ?a ?b ?c }", "SELEC * { ?a ?b ?c }",
    "SELECT * { ?a ?b ?c BIND(1 AS ?a) }", "SELECT * { ?a ?b ?c } LIMIT x", "SELECT * { SERVICE <https://example.org/> { ?a ?b ?c } }",
    "SELECT * { SERVICE ?x { ?a ?b ?c } }", "INSERT DATA { <a:a> <a:a> <a:a> }", "SELECT * { ?a ?b } ORDER ?a",
    "SELECT * { <a> <b> <c> }", "PREFIX x <http://x/> SELECT * { ?a ?b ?c }", "@prefix x: <http://x/> . SELECT * { ?a ?b ?c }",
    "SELECT * { ?a ?b ?c FILTER(NOPE(?a)) }", "SELECT ?a, ?b { ?a ?b ?c }", "SELECT * { ?a ?b ?c FILTER ?a = 1 }",
    "", "SELECT * { ?a ?b ?c }}", "SELECT * { ?a ?b ?c . . }", "SELECT * " + "{" * 200, "SELECT * { ?a ?b 'x'@en_GB }",
    "SELECT * { ?a ?b 2026-01-06 }", "DESCRIBE", "CONSTRUCT { ?a ?b } { ?a ?b ?c }", "SELECT * { ?a http://x.org/b ?c }",
    "SELECT * { ?a ?b ?c } GROUP BY", "SELECT * { ?a ?b ?c FILTER(?a > ) }", "SELECT * { [ ?b ?c }",
]  # fmt: skip


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a small graph."""
    with serving(write_snapshot(tmp_path_factory.mktemp("state"))) as one:
        yield one


def refused(text: str) -> QueryError | None:
    try:
        guard.inspect(text)
        check_syntax(text)
    except QueryError as error:
        return error
    return None


def in_italian(error: QueryError) -> None:
    said = {"title": "Bad Request", "detail": error.message, "remedy": error.remedy} if error.remedy else {"detail": error.message}
    members, spoken = told(said, "it")
    assert spoken == "it", said
    assert all(members[name] != said[name] for name in said), members


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_that_people_make_is_told_in_italian(text: str) -> None:
    error = refused(text)
    if error is not None:
        in_italian(error)


GALLERY = sorted((ROOT / "queries").glob("*.rq"))


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_wrong_with_a_query_that_lost_or_won_a_piece_is_told_in_italian_and_has_a_place(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(GALLERY)).read_text("utf-8")
    pieces = list(merged(text))
    one = data.draw(st.sampled_from(pieces))
    other = data.draw(st.sampled_from([piece.text for piece in pieces] + ["", "AND", "LIKE", "“x”", "'", "<", "who", "==", ";", "NOT"]))
    broken = f"{text[: one.start]}{other}{text[one.start + len(one.text) :]}"
    error = refused(broken)
    if error is None:
        return
    in_italian(error)
    if error.where and error.where.length is not None:
        start = sum(len(line) + 1 for line in broken.split("\n")[: (error.where.line or 1) - 1]) + (error.where.column or 1) - 1
        assert error.where.length >= 1 or not broken[start:].strip(), (broken, error.where)


def test_every_place_that_a_slip_has_is_a_piece_of_the_text() -> None:
    for text in WRONG:
        error = refused(text)
        if error and error.where and error.where.length == 0:
            lines = text.split("\n")
            start = sum(len(line) + 1 for line in lines[: (error.where.line or 1) - 1]) + (error.where.column or 1) - 1
            assert not text[start:].strip(), text


def test_a_proposal_takes_the_place_of_the_piece_that_is_at_fault() -> None:
    text = "SELECT ?who { ?who ?p ?o } ORDER ?who"
    assert slips.piece_for(text, text.rindex("?who"), "BY ?who") == len("?who")


def test_what_the_list_does_not_have_stays_english_as_a_whole() -> None:
    members = {"title": "Bad Request", "detail": "Nobody has said this yet.", "remedy": "Give it once."}
    assert told(members, "it") == (members, "en")
    assert in_language("x" * 100_000, "it") is None


def test_a_snapshot_that_is_gone_is_told_of_in_italian() -> None:
    known = {"commit": "c0ffee", "versions": {"kg": "1"}}
    for more in ({}, {**known, "clean": True}, {**known, "clean": False}, {"commit": "c0ffee", "clean": True}):
        error = gone(Entry("name", "0" * 64, "2026-01-06", **more))
        assert all("istantanea" in said or "ostruir" in said for said in (
            in_language(error.message, "it") or "", in_language(error.remedy or "", "it") or ""))  # fmt: skip


def test_names_and_markup_in_a_sentence_stay_as_they_are() -> None:
    said = in_language("The query cannot be read near “{who!}”: “<b>” is expected.", "it")
    assert said == "L'interrogazione non si può leggere vicino a “{who!}”: ci si aspetta “<b>”."


@pytest.mark.parametrize("named", [{"Accept-Language": "it"}, {}])
def test_problem_details_are_in_the_language_of_the_reader(live: Server, named: dict[str, str]) -> None:
    found = live.ask("GET", "/sparql?query=SELECT%20*%20%7B%20%3Fa%20%3Fb%20" + ("" if named else "&lang=it"), named)
    assert found.headers["content-language"] == "it"
    assert found.json()["detail"].startswith("L'interrogazione non si può leggere"), found.text
    assert found.json()["title"] == "Richiesta non valida"
    plain = live.ask("GET", "/sparql?query=SELECT%20*%20%7B%20%3Fa%20%3Fb%20")
    assert plain.headers["content-language"] == "en" and plain.json()["detail"].startswith("The query cannot be read")


def test_the_page_of_an_error_says_it_in_italian_with_the_place(live: Server) -> None:
    page = live.ask("GET", "/sparql?lang=it&query=SELECT%20*%20%7B%20%3Fa%20%3Fb%20", {"Accept": "text/html"}).text
    assert '<span lang="it">L&#39;interrogazione non si può leggere' in page and "(riga 1, colonna " in page


def test_what_is_wrong_while_one_writes_is_told_in_italian(live: Server) -> None:
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    found = live.ask("POST", "/mistake?lang=it", sent, b"query=SELECT+*+%7B+%3Fa+%3Fb+%3Fc+%7D+ORDER+%3Fa")
    problem = json.loads(found.body)["problem"]
    assert found.headers["content-language"] == "it" and "vicino a “?a”" in problem["detail"]
    assert problem["length"] == 2
