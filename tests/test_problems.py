"""Errors say what is wrong in a sentence, where, and what to write instead; each has a code with a page of its own.

``python tests/test_problems.py`` writes ``docs/errors.md``.
"""

from __future__ import annotations

import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from checkout import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Answer, Server, serving, write_snapshot

import kg
from kg.binding import AS_OF, bind, place_before
from kg.engine import check_syntax
from kg.errors import KgError, QueryError, Where
from kg.querytext import ORIGIN, place
from kg.rdf import PREFIXES
from kg.sparql.quoting import quoted
from kg.web.errors_page import CODES
from kg.web.problems import PAGE, body

DOCS = ROOT / "docs" / "errors.md"
HEAD = """\
# What errors say

An error over HTTP is `application/problem+json` (RFC 9457), and a page for a browser. Its members:

| member | what |
|---|---|
| `type` | the address of what this page says of the code |
| `title`, `status` | those of the HTTP status |
| `detail` | what is wrong, in one sentence |
| `code` | one of the codes below |
| `remedy` | what to do, where that is known |
| `line`, `column` | where in the query, from 1, in code points |
| `length` | how many code points from there are meant; the proposal takes their place |
| `quoted` | that line, and below it `^` under what is meant |
| `proposal` | what to write instead, ready to paste, where there is one way |

`title`, `detail` and `remedy` are in English, or in Italian for who asks so (`lang=it`, `Accept-Language`) where all of
them are known in Italian; `Content-Language` says which. Programmes should go by `code`.

The codes, each with its HTTP status, what it means, and what to do. It is written from the list in the programme by
`python tests/test_problems.py`; do not edit it.
"""


def written() -> str:
    """The page of the documentation."""
    parts = [HEAD]
    for one in CODES:
        parts.append(f"## {one.code}\n\n{one.status}. {one.title['en']}. {one.text['en']} {one.do['en']}\n")
        parts.append(f"*{one.title['it']}.* {one.text['it']} {one.do['it']}\n")
    return "\n".join(parts)


def kinds(root: type[KgError] = KgError) -> Iterator[type[KgError]]:
    """Every class of errors that the programme has."""
    yield root
    for below in root.__subclasses__():
        yield from kinds(below)


def test_every_error_of_the_programme_has_its_code_on_the_page() -> None:
    for module in pkgutil.walk_packages(kg.__path__, "kg."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found = {(kind.code, kind.http_status) for kind in kinds() if kind.__module__.startswith("kg.")}
    assert found == {(one.code, one.status) for one in CODES}
    for one in CODES:
        for texts in (one.title, one.text, one.do):
            assert set(texts) == {"en", "it"} and all(texts.values()) and texts["en"] != texts["it"]


def test_the_documentation_is_up_to_date() -> None:
    assert DOCS.read_text("utf-8") == written(), "run: .venv/bin/python tests/test_problems.py"


OURS = f"PREFIX ckg: <{PREFIXES['ckg']}>"
#: Where a group begins after that and ASK.
AT = len(OURS) + 7


@pytest.mark.parametrize(
    ("text", "place", "said", "proposal"),
    [
        ("SELCT * { ?s ?p ?o }", (1, 1), "SELECT, ASK", "SELECT"),
        ("SELECT * { ?s ?p ?o", (1, 20), "“{” was opened in line 1, column 10", "}"),
        ("SELECT * {\n ?a ?b ?c\n ?d ?e ?f }", (3, 2), "dot", ". ?d"),
        ("SELECT ?a, ?b { ?a ?p ?b }", (1, 8), "without commas", "?a ?b"),
        ("SELECT * { ?s :a ?o }", (1, 15), "no colon", "a"),
        ("SELECT * { ?s ckg:holder ?o }", (1, 15), "is not declared", f"PREFIX ckg: <{PREFIXES['ckg']}>"),
        ("SELECT * { ?s cgk:holder ?o }", (1, 15), "Did you mean ckg:holder", f"PREFIX ckg: <{PREFIXES['ckg']}>"),
        ("PREFIX ex: <urn:x#> ASK { ?s exx:p ?o }", (1, 30), "Did you mean ex:p?", "ex:p"),
        ("SELECT * { ?s ?p ?o FILTER(?o == 3) }", (1, 31), "one sign", "="),
        ("SELECT * { ?s ?p ?o FILTER(?o <> 3) }", (1, 31), "difference", "!="),
        ("SELECT * { ?s ?p ?o FILTER(?o = 3 AND ?s = 4) }", (1, 35), "&&", "&&"),
        ("SELECT * { ?s ?p ?o FILTER ?o > 3 }", (1, 21), "brackets", "FILTER(?o > 3)"),
        ("SELECT * { ?s ?p ?o OPTINAL { ?s ?q ?r } }", (1, 21), "OPTIONAL", "OPTIONAL"),
        ("SELECT ?s WHRE { ?s ?p ?o }", (1, 11), "WHERE", "WHERE"),
        ("SELECT COUNT(*) { ?s ?p ?o }", (1, 8), "name", "(COUNT(*) AS ?count)"),
        ("SELECT * { ?s ?p “x” }", (1, 18), "straight", '"x"'),
        ("SELECT * { ?s ?p ‘x’ }", (1, 18), "straight", "'x'"),
        ("SELECT * { ?s ?p 'x }", (1, 18), "a string that ends", None),
        ("SELECT * { ?s ?p holder }", (1, 18), "question mark", "?holder"),
        ("SELECT * { s ?p ?o }", (1, 12), "question mark", "?s"),
        ("SELECT * { ?s holder ?o }", (1, 15), "prefix", "ckg:holder"),
        ("SELECT * { ?s ?p }", (1, 18), "an object", None),
        ("SELECT * { ?s ?p ?o } ORDER ?o", (1, 29), "BY", "BY ?o"),
        ("SELECT * { ?s ?p ?o } LIMIT 1, 2", (1, 23), "OFFSET", "LIMIT 2 OFFSET 1"),
        ("SELECT * { ?s ?p ?o }}", (1, 22), "too many", None),
        ("SELECT * { ?s ?p ?o } ;", (1, 23), "semicolon", None),
        ("SELECT * WHERE ?s ?p ?o", (1, 16), "braces", "{ ?s ?p ?o }"),
        ("@prefix ex: <urn:x#> .\nASK { ?s ex:p ?o }", (1, 1), "without @", "PREFIX ex: <urn:x#>"),
        ("PREFIX ex <urn:x#> ASK { ?s ?p ?o }", (1, 8), "colon", "ex:"),
        ("PREFIX ex: urn:x# ASK { ?s ?p ?o }", (1, 12), "angle brackets", "<urn:x#>"),
        ("SELECT ?a ?b { ?a ?p ?b } GROUP BY ?a", (1, 11), "unbound", "GROUP BY ?a ?b"),
        ("SELECT ?a (COUNT(*) AS ?n) { ?a ?p ?b }", (1, 8), "unbound", "GROUP BY ?a"),
        ("SELECT * { ?a ?p ?b BIND(1 AS ?a) }", (1, 21), "a value already", None),
        ("SELECT * { ?s a <Claim> }", (1, 17), "absolute IRI", None),
        (f"{OURS} ASK {{ ?c a ckg:P, ckg:stance ?s }}", (1, AT + 11), "semicolon", ";"),
        (f"{OURS} ASK {{ ?c ckg:holder ckg:P, a ckg:P }}", (1, AT + 20), "semicolon", ";"),
        (f"{OURS} ASK {{ ?c ckg:p ckg:q, ckg:r ?s ?p ?o }}", (1, AT + 23), "dot", ". ?s"),
        ("ASK { ?c ?p 2026-01-06 }", (1, 13), "quotation marks", '"2026-01-06"^^xsd:date'),
        ("ASK { ?c ?p 2026-01-06T10:00:00Z . }", (1, 13), "quotation marks", '"2026-01-06T10:00:00Z"^^xsd:dateTime'),
        ('ASK { ?c ?p "Italia"@it_IT }', (1, 13), "language tag", '"Italia"@it-IT'),
        ('ASK { ?c ?p ?l FILTER(?l = "Italia"@it_IT) }', (1, 28), "language tag", '"Italia"@it-IT'),
        ("ASK { ?c ?p 2026-01 }", (1, 17), "expected", None),
        ("ASK { ?c ?p Italy }", (1, 13), "has a prefix", None),
        ("ASK { ?c ?p https://x.org/a?b=1, ?d }", (1, 13), "angle brackets", "<https://x.org/a?b=1>"),
        ("ASK { https://x.org/a ?p ?d }", (1, 7), "angle brackets", "<https://x.org/a>"),
        ("SELECT ?h { ?c ?p ?h } GROUP BY ?h WHERE ?n > 3 LIMIT 2", (1, 36), "HAVING", "HAVING (?n > 3)"),
        ("SELECT ?h { ?c ?p ?h } GROUP BY ?h WHERE (?n > 3)", (1, 36), "HAVING", "HAVING (?n > 3)"),
        ("ASK { ?c ?p ?o filter not exist { ?c a ?o } }", (1, 27), "EXISTS", "EXISTS"),
        ("ASK { ?c ?p ?o FILTER(NOT BOUND(?o)) }", (1, 23), "“!”", "!(BOUND(?o))"),
        ("SELECT * { ?s ?p ?o } ORDER BY s", (1, 32), "question mark", "?s"),
        ("SELECT * { ?s ?p ?o } ORDER BY DESC s LIMIT 1", (1, 37), "question mark", "?s"),
    ],
)  # fmt: skip
def test_a_slip_is_named_at_its_place_with_what_to_write(
    text: str, place: tuple[int, int], said: str, proposal: str | None
) -> None:
    with pytest.raises(QueryError) as caught:
        check_syntax(text)
    error = caught.value
    assert error.where == Where(ORIGIN, *place) and said in f"{error.message} {error.remedy}"
    assert (error.proposal or None) == proposal
    assert error.message.count("\n") == 0 and error.message.endswith(".") and "expected one of" not in error.message


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("SELECT *\n{ ?s ?p }", 2, 9, "{ ?s ?p }\n        ^"),
        ("ASK { ?s holder ?o }", 1, 10, "ASK { ?s holder ?o }\n         ^^^^^^"),
        ("ASK {", 1, 6, "ASK {\n     ^"),
        ("ASK {\t?s holder ?o }\r\n", 1, 10, "ASK { ?s holder ?o }\n         ^^^^^^"),
        ("ASK {}", 7, 1, ""),
    ],
)
def test_the_line_is_quoted_and_marked(text: str, line: int, column: int, expected: str) -> None:
    assert quoted(text, Where(ORIGIN, line, column)) == expected
    assert quoted(text, Where("data/claims/004.ttl", line, column)) == ""


def test_a_long_line_is_quoted_around_the_spot() -> None:
    line, mark = quoted("ASK { " + "?s ?p ?o . " * 100 + "holder }" + " " * 500, Where(ORIGIN, 1, 1_107)).split("\n")
    assert len(line) < 200 and line[mark.index("^") :].startswith("holder") and mark.count("^") == 6


PIECES = st.sampled_from(["?asOf ", "$asOf ", "'?asOf' ", "\n", "SELECT ", "( ", ") ", "{ ", "} ", "ORDER BY ", "FILTER ", "?x "])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=st.lists(PIECES, max_size=8), after=st.lists(PIECES, max_size=4))
def test_a_place_after_the_date_was_put_in_is_that_of_the_query(before: list[str], after: list[str]) -> None:
    text = "".join([*before, "?here ", *after, "?asOf"])
    made = bind(text, {AS_OF: "2026-01-06"})
    assert place_before(text, "2026-01-06", place(made, made.index("?here"))) == place(text, text.index("?here"))


def test_a_place_within_the_date_is_that_of_the_variable() -> None:
    text = "ASK {\n ?x ?y ?asOf }"
    made = bind(text, {AS_OF: "2026-01-06"})
    assert place_before(text, "2026-01-06", place(made, made.index("01-06"))) == place(text, text.index("?asOf"))


def test_the_body_has_what_there_is() -> None:
    error = QueryError("It is wrong.", remedy="Mend it.", where=Where(ORIGIN, 1, 5), proposal="ASK {}")
    assert body(error, "/kg", "ASK { !") == {
        "type": f"/kg{PAGE}#query", "title": "Bad Request", "status": 400, "detail": "It is wrong.", "code": "query",
        "remedy": "Mend it.", "line": 1, "column": 5, "quoted": "ASK { !\n    ^", "proposal": "ASK {}",
    }  # fmt: skip
    assert body(KgError("No.")).keys() == {"type", "title", "status", "detail", "code"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write_snapshot(tmp_path_factory.mktemp("problems") / "state"), "--workers", "1") as one:
        yield one


BROWSER = {"Accept": "text/html"}


def ask(server: Server, query: str, headers: dict[str, str] | None = None, **more: str) -> Answer:
    return server.ask("GET", "/sparql?" + urlencode({"query": query, **more}), headers)


def test_a_problem_quotes_the_query_and_its_type_is_a_page(server: Server) -> None:
    problem = ask(server, "SELECT *\nWHERE { ?s cgk:holder ?o }").json()
    assert problem["quoted"] == "WHERE { ?s cgk:holder ?o }\n           ^^^^^^^^^^"
    assert problem["proposal"] == f"PREFIX ckg: <{PREFIXES['ckg']}>" and (problem["line"], problem["column"]) == (2, 12)
    page = server.ask("GET", problem["type"].partition("#")[0])
    assert page.status == 200 and f'id="{problem["code"]}"' in page.text


def test_the_page_of_codes_has_all_in_both_languages(server: Server) -> None:
    for language in ("en", "it"):
        text = unescape(server.ask("GET", f"{PAGE}?lang={language}").text)
        for one in CODES:
            assert f'id="{one.code}"' in text and one.title[language] in text and one.do[language] in text


def test_a_page_shows_the_line_and_the_proposal_as_text(server: Server) -> None:
    page = ask(server, "SELECT * { ?s ?p <script>alert(1)</script> }", BROWSER)
    assert page.status == 400 and "<script>" not in page.text
    page = ask(server, "SELECT * {\n  ?s ckg:holder ?o }", BROWSER)
    assert "  ?s ckg:holder ?o }\n     ^^^^^^^^^^</pre>" in page.text and "PREFIX ckg: &lt;" in page.text
    assert f'href="{PAGE}#query"' in page.text


def test_with_a_day_the_place_is_that_of_the_query_as_it_was_sent(server: Server) -> None:
    text = "ASK { ?s ?p ?d FILTER(?d < ?asOf) ?x ?y }"
    problem = ask(server, text, **{"as-of": "2026-01-06"}).json()
    assert (problem["line"], problem["column"]) == (1, len(text)) and problem["quoted"] == f"{text}\n{' ' * (len(text) - 1)}^"


@pytest.mark.parametrize(
    ("text", "proposal"),
    [("ASK { ?c a Claim }", "ckg:Claim"), ("ASK { ?c ?p Freedonia }", "actor:freedonia"), ("ASK { ?c ?p Freedom }", None)],
)
def test_a_bare_name_is_looked_up_in_the_graph(server: Server, text: str, proposal: str | None) -> None:
    problem = ask(server, text).json()
    assert problem["code"] == "query" and problem.get("proposal") == proposal


def test_a_citation_quotes_the_query_too(server: Server) -> None:
    text = "ASK { ?s holder ?o }"
    sent = server.ask("GET", "/cite?" + urlencode({"query": text})).json()
    assert sent["quoted"] == ask(server, text).json()["quoted"]
    styled = server.ask("GET", "/cite?style=apa").json()
    assert styled["code"] == "request" and "style" in styled["detail"] and "bibtex" in styled["remedy"]


def test_the_language_of_a_form_in_the_body_is_taken(server: Server) -> None:
    sent = urlencode({"query": "ASK { ?s ?p }", "lang": "it"}).encode()
    page = server.ask("POST", "/sparql", {**BROWSER, "Content-Type": "application/x-www-form-urlencoded"}, sent)
    assert page.status == 400 and '<html lang="it"' in page.text


def test_a_missing_day_is_asked_for_as_http_has_it(server: Server) -> None:
    remedy = ask(server, "ASK { ?s ?p ?d FILTER(?d < ?asOf) }").json()["remedy"]
    assert remedy.index("as-of=") < remedy.index("--as-of")


def test_an_error_that_has_no_query_has_no_line(server: Server) -> None:
    problem = server.ask("GET", "/nothing/here").json()
    assert problem["type"] == f"{PAGE}#not-found" and "quoted" not in problem and "line" not in problem


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/id/actor/fredonia", "/id/actor/freedonia"),
        ("/id/actr/freedonia", "/id/actor/"),
        ("/graph/data/actors/sates", "/graph/data/actors/states"),
        ("/id/actor/quite-another-name", ""),
        ("/id/actor/" + quote("×"), ""),
    ],
)
def test_a_name_that_nothing_has_leads_to_one_like_it(server: Server, path: str, near: str) -> None:
    answer = server.ask("GET", path)
    assert answer.status == 404
    proposal = answer.json().get("proposal", "")
    assert proposal.endswith(near) and bool(proposal) == bool(near)


def test_what_a_refused_request_gets_is_one_body(server: Server) -> None:
    for answer in (
        server.ask("DELETE", "/sparql"),
        server.ask("GET", "/sparql?query=ASK%20%7B%7D", {"Accept": "image/png"}),
        server.ask("POST", "/sparql", {"Content-Type": "text/plain"}, b"x"),
        server.ask("GET", "/docs/nothing"),
    ):
        problem = json.loads(answer.body)
        assert problem["type"].startswith(f"{PAGE}#") and re.fullmatch(r"[^\n]+", problem["detail"])
        assert problem["type"].partition("#")[2] == problem["code"] in {one.code for one in CODES}


if __name__ == "__main__":
    Path(DOCS).write_text(written(), "utf-8")
    sys.stdout.write(f"{DOCS}\n")
