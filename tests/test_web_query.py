"""The page that asks the graph, and what its editor asks the server: completions and layout, over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from kg.rdf import PREFIXES

JSON = "application/json"


def send(address: str, accept: str = JSON, language: str = "en", **fields: object) -> tuple[int, str]:
    """POST a form; the status and the body."""
    headers = {"Accept": accept, "Accept-Language": language}
    request = urllib.request.Request(address, urlencode(fields).encode(), headers)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def page(address: str, language: str = "en") -> str:
    request = urllib.request.Request(address, headers={"Accept": "text/html", "Accept-Language": language})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return answer.read().decode()


def completed(server: str, text: str, **more: object) -> dict:
    status, body = send(f"{server}/complete", query=text, **more)
    assert status == 200, body
    return json.loads(body)


class Written(HTMLParser):
    """What stands in the field of the query, and in the list of the gallery."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.query, self.gallery, self._inside = "", [], ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        if "data-text" in dict(attrs):
            self.gallery.append(dict(attrs)["href"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.query += data if self._inside == "textarea" else ""


def test_properties_of_a_class_have_labels_counts_and_definitions(live_server: str) -> None:
    told = completed(live_server, "SELECT * { ?c a ckg:Position ; ckg:hol", lang="en")
    assert (told["place"], told["typed"], told["level"]) == ("property", "ckg:hol", "answers")
    holder = told["options"][0]
    assert holder["insert"] == "ckg:holder" and holder["label"] == "holder" and holder["count"] > 0 and holder["about"]
    assert [holder["declare"]] == told["undeclared"] == [{"prefix": "ckg", "iri": "https://w3id.org/coalition-kg/ontology#"}]
    assert not any(one["insert"] == "ckg:attendee" for one in completed(live_server, "SELECT * { ?c a ckg:Position ; ")["options"])


def test_individuals_are_found_by_a_label_of_either_language(live_server: str) -> None:
    for typed in ("ucra", "ukra"):
        status, body = send(f"{live_server}/complete?lang=it", query=f"SELECT * {{ ?c ckg:holder {typed}")
        first = json.loads(body)["options"][0]
        assert status == 200 and first["insert"] == "actor:ukraine" and first["label"] == "Ucraina"


def test_a_day_counts_where_the_query_uses_it(live_server: str) -> None:
    dated = "SELECT * { ?c ckg:time/ckg:latest ?day FILTER(?day <= ?asOf) ?c ckg:stance "
    late, early = (completed(live_server, dated, **{"as-of": day}) for day in ("2026-12-31", "1999-01-01"))
    assert (late["level"], early["level"]) == ("answers", "fits")
    assert completed(live_server, "SELECT * { ?c a ckg:Pos", **{"as-of": "2026-01-06"})["level"] == "answers"


def test_what_comes_after_the_cursor_counts(live_server: str) -> None:
    before, after = "PREFIX s: <https://w3id.org/coalition-kg/id/stance/> SELECT * { ?c ckg:holder ", " . ?c ckg:stance s:opposes }"
    told = completed(live_server, before + after, offset=len(before))
    every = completed(live_server, before + " }", offset=len(before))
    assert told["level"] == "answers" and 0 < len(told["options"]) < len(every["options"])


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 400, "query is missing"),
        ({"query": "ASK {", "as-of": "soon"}, 400, "as-of"),
        ({"query": "ASK {", "offset": "-1"}, 400, "no whole number"),
        ({"query": "ASK {", "offset": "²"}, 400, "no whole number"),
        ({"query": "x" * 20_001}, 400, "at most"),
        ({"query": "ASK {", "snapshot": "0" * 64}, 404, "snapshot"),
    ],
)
def test_what_cannot_be_completed_is_told_in_a_sentence(live_server: str, fields: dict, status: int, said: str) -> None:
    got, body = send(f"{live_server}/complete", **fields)
    assert got == status and said in json.loads(body)["detail"]


@pytest.mark.parametrize("text", ["\0", "}" * 500, "{" * 5_000, "'" * 999, "SELECT * { ?s ?p \"\"\"", "ASK { SERVICE <http://example.org/> { ?s ckg:"])
def test_any_text_gets_an_answer(live_server: str, text: str) -> None:
    completed(live_server, text)


def test_a_query_is_read_without_being_run(live_server: str) -> None:
    def problem(query: str, **more: str) -> dict | None:
        status, body = send(f"{live_server}/mistake", query=query, **more)
        assert status == 200, body
        return json.loads(body)["problem"]

    assert problem("SELECT * { ?s ?p ?o }") is problem("CONSTRUCT WHERE { ?s ?p ?o }") is problem("ASK {}") is None
    told = problem("SELECT *\n{ ?s skos:broader ?o }")
    assert told and (told["line"], told["column"]) == (2, 6) and told["proposal"].startswith("PREFIX skos:")
    told = problem("SELECT ?asOf { BIND(?asOf AS ?day) ?s ?p }", **{"as-of": "2026-01-06"})
    assert told and told["line"] == 1
    assert "read-only" in (problem("DROP ALL") or {})["detail"]
    # Over the graph this would take minutes.
    assert problem("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }") is None
    assert send(f"{live_server}/mistake")[0] == 400


def test_a_name_that_the_graph_does_not_have_is_told_before_a_query_is_run(live_server: str) -> None:
    for _ in range(20):
        status, body = send(f"{live_server}/mistake?lang=it", query=f"ASK {{ ?c <{PREFIXES['ckg']}hodler> ?who }}")
        assert status == 200 and json.loads(body)["problem"] is None, body
        # A busy server says nothing of it.
        if found := json.loads(body)["unknown"]:
            break
    assert [one["proposal"] for one in found] == [f"<{PREFIXES['ckg']}holder>"]
    assert found[0]["says"] == "Il grafo non conosce una proprietà ckg:hodler. Si intendeva ckg:holder?"


def test_a_query_is_laid_out_for_a_script_and_on_its_page(live_server: str) -> None:
    status, body = send(f"{live_server}/layout", query="select * {?s ?p ?o}\r\nlimit 3")
    assert (status, json.loads(body)["query"]) == (200, "SELECT * {\n  ?s ?p ?o\n}\nLIMIT 3\n")
    status, body = send(f"{live_server}/layout?lang=it", "text/html", **{"query": "select * {}", "as-of": "2026-01-06"})
    assert status == 200 and Written(body).query.strip() == "SELECT * { }" and 'value="2026-01-06"' in body
    assert send(f"{live_server}/layout")[0] == 400
    assert send(f"{live_server}/layout", query="x" * 100_001)[0] == 400


def test_a_draft_fills_the_form_and_is_not_run(live_server: str) -> None:
    draft = "SELECT * { ?s ?p </textarea><script>alert(1)</script> }"
    told = page(f"{live_server}/sparql?draft={quote(draft)}")
    assert draft in Written(told).query and "<script>alert" not in told
    assert "Nothing has been asked yet" in told and "<section class=\"answer\"" not in told
    # Not even one that names another endpoint.
    told = page(f"{live_server}/sparql?draft=ASK%7B%7D&endpoint=https%3A%2F%2Fexample.org%2Fsparql")
    handed = told[told.index('data-island="query"') :]
    assert '"ask": "/sparql"' in handed and '"ask": "https' not in handed


def test_the_gallery_is_grouped_each_query_once(live_server: str) -> None:
    english, italian = (Written(page(f"{live_server}/sparql?lang={one}")).gallery for one in ("en", "it"))
    assert len(english) == len(set(english)) == len(italian) > 50


def test_a_question_asks_for_texts_in_the_readers_language(live_server: str) -> None:
    name = "25-anonymous-sources"
    assert '= "it"' in Written(page(f"{live_server}/sparql?gallery={name}.rq&lang=it")).query
    assert f'/queries/{name}.rq?lang=it"' in page(f"{live_server}/sparql?lang=it")
    text, answer = (page(f"{live_server}/queries/{name}.{one}?lang=it") for one in ("rq", "csv"))
    assert '"it"' in text and "#+ language: it" in text and "Fonte che ha chiesto l'anonimato" in answer
    assert "Fonte che ha chiesto l'anonimato" in unescape(page(f"{live_server}/queries/{name}", "it"))
    # A file is the same for whoever asks for it.
    assert "Source asking not to be named" in page(f"{live_server}/queries/{name}.csv", "it")


def test_what_was_known_is_said_to_be(live_server: str) -> None:
    asked = f"{live_server}/sparql?query={quote('ASK { ?known ?to ?be }')}"
    timings = []
    for _ in range(2):
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            timings.append(answer.headers.get("Server-Timing"))
    assert timings == [None, 'cache;desc="hit"']
