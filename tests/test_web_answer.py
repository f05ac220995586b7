"""The answer on the page of a query as the server writes it, for who has no script: rows, order, parts, and how to go on."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from serving import MARKUP, write_snapshot
from werkzeug.test import TestResponse

from kg.rdf import BASE
from kg.settings import Settings
from kg.web import answerpage, create_app

HTML = {"Accept": "text/html"}
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
NUMBERS = f"SELECT ?n ?name {{ VALUES (?n ?name) {{ {' '.join(f'({n} UNDEF)' for n in range(1, 251))} (UNDEF 'last') }} }}"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    one = create_app(Settings(state=write_snapshot(tmp_path_factory.mktemp("answer") / "state")))
    yield one
    one.extensions["kg"].pool.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Page(HTMLParser):
    """The rows of the table of a page, its links with their texts, and its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[tuple[str, str]] = []
        self.data: list[dict] = []
        self.code: list[str] = []
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.inside.append("json" if given.get("type") == "application/json" else tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        elif tag == "a":
            self.links.append((given.get("href") or "", ""))
        elif tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() not in (tag, "json"):
            pass

    def handle_data(self, data: str) -> None:
        if not self.inside:
            return
        if self.inside[-1] == "json":
            self.data.append(json.loads(data))
        if {"td", "th"} & set(self.inside):
            self.rows[-1][-1] += data
        if "a" in self.inside:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if "code" in self.inside:
            self.code[-1] += data

    def of_island(self, name: str) -> dict:
        return next(one["data"] for one in self.data if name in one["data"])


def ask(client: FlaskClient, query: str, **more: str) -> TestResponse:
    parameters = {name.replace("_", "-"): value for name, value in more.items()}
    return client.get("/sparql", query_string={"query": query, **parameters}, headers=HTML)


def page(client: FlaskClient, query: str, **more: str) -> Page:
    response = ask(client, query, **more)
    assert response.status_code == 200, response.text
    return Page(response.text)


def numbers(shown: Page) -> list[str]:
    return [row[1].strip() for row in shown.rows[1:]]


def test_rows_have_names_in_the_readers_language_and_lead_to_pages(client: FlaskClient) -> None:
    query = f"SELECT ?who ?what {{ ?claim <{BASE}ontology#holder> ?who ; <{BASE}ontology#stance> ?what }}"
    italian = page(client, query, lang="it")
    assert [cell.strip() for cell in italian.rows[1]] == ["1", "Libertonia", "favorevole"]
    assert ("/id/actor/freedonia?lang=it", "Libertonia") in italian.links
    assert "Freedonia" in page(client, query).rows[1][1]


def test_rows_come_in_parts_that_lead_to_each_other(client: FlaskClient) -> None:
    first = page(client, NUMBERS)
    assert numbers(first) == [str(n) for n in range(1, answerpage.ROWS + 1)]
    [after] = [href for href, text in first.links if text == "Next rows"]
    second = Page(client.get(after.partition("#")[0], headers=HTML).text)
    assert numbers(second)[0] == str(answerpage.ROWS + 1) and second.rows[1][0] == str(answerpage.ROWS + 1)
    [before] = [href for href, text in second.links if text == "Previous rows"]
    assert numbers(Page(client.get(before.partition("#")[0], headers=HTML).text)) == numbers(first)
    text = ask(client, NUMBERS, page="3", lang="it").text
    assert "Righe 201–251 di 251" in text and "I file da scaricare le contengono tutte." in text
    assert numbers(Page(text))[-1] == ""


def test_rows_are_sorted_by_the_links_of_the_columns(client: FlaskClient) -> None:
    query = 'SELECT ?x { VALUES ?x { 10 9 "b" 1.5e3 "A" UNDEF <urn:x:z> } }'
    unsorted = page(client, query)
    [up] = [href for href, _ in unsorted.links if "sort=x" in href]
    ascending = client.get(up.partition("#")[0], headers=HTML).text
    assert 'aria-sort="ascending"' in ascending
    assert [cell.split()[0] if cell else "" for cell in numbers(Page(ascending))] == ["9", "10", "1500", "A", "b", "urn:x:z", ""]
    [down] = [href for href, _ in Page(ascending).links if "sort=-x" in href]
    descending = client.get(down.partition("#")[0], headers=HTML).text
    assert 'aria-sort="descending"' in descending
    assert [cell.split()[0] if cell else "" for cell in numbers(Page(descending))] == ["urn:x:z", "b", "A", "1500", "10", "9", ""]


@pytest.mark.parametrize("wanted", [{"page": "4"}, {"page": "0"}, {"page": "x"}, {"page": "1e3"}, {"page": "9" * 50}, {"page": "²"}, {"sort": "nothing"}, {"sort": "--n"}])
def test_parts_that_there_are_not_are_told_in_a_sentence(client: FlaskClient, wanted: dict[str, str]) -> None:
    refused = ask(client, NUMBERS, **wanted)
    assert refused.status_code == 400 and "The answer has no" in refused.text and "Traceback" not in refused.text


def test_a_repeated_question_says_that_its_answer_was_kept(client: FlaskClient) -> None:
    query = "SELECT ?s { ?s a ?kept } ORDER BY ?s"
    kept = " s, kept from before</span>"
    assert kept not in ask(client, query).text
    assert kept in ask(client, query).text
    other = "SELECT ?s (RAND() AS ?r) { ?s a ?kept }"
    assert kept not in ask(client, other).text + ask(client, other).text


def test_a_cut_answer_says_so(client: FlaskClient) -> None:
    text = ask(client, ALL, limit="3").text
    cut = '<p class="note doubtful">These are not all rows'
    assert cut in text and "3 rows" in text
    assert page(client, ALL, limit="3").of_island("kind")["complete"] is False
    assert cut not in ask(client, ALL).text


def test_the_script_is_given_the_answer_or_where_it_is(client: FlaskClient) -> None:
    small = page(client, "SELECT ?x { VALUES ?x { '</script><b>' } }").of_island("kind")
    assert small["kind"] == "table" and small["json"]["results"]["bindings"][0]["x"]["value"] == "</script><b>"
    assert small["links"]["labels"].startswith("/labels") and small["links"]["base"] == BASE
    large = "SELECT ?x ?y ?a { ?x ?p ?o . ?y ?q ?r . ?a ?b ?c . ?k ?l ?m FILTER(STRLEN(STR(?k)) > 43) } LIMIT 3000"
    told = page(client, large).of_island("kind")
    assert told["kind"] == "table" and told["ask"] is True and "json" not in told
    changing = large.replace("?a {", "(RAND() AS ?r9) (STR(?a) AS ?z) {")
    assert page(client, changing).of_island("kind")["kind"] == "none"


def test_yes_no_and_graphs(client: FlaskClient) -> None:
    assert page(client, "ASK {}").of_island("kind")["json"]["boolean"] is True
    assert page(client, "CONSTRUCT WHERE { ?s a ?o }").of_island("kind")["kind"] == "graph"
    assert "<p>The answer is empty.</p>" in ask(client, "CONSTRUCT WHERE { <urn:x:none> a ?o }").text
    empty = page(client, "SELECT * { <urn:x:none> ?p ?o }")
    assert any("explain=empty" in href for href, _ in empty.links)
    assert any("evidence=1" in href for href, _ in page(client, ALL).links)


def test_only_web_addresses_are_links_and_markup_is_text(client: FlaskClient) -> None:
    text = ask(client, ALL).text
    assert all(re.match(r"https?://|/|#|\?", href) for href, _ in Page(text).links)
    assert "<script>alert" not in text
    assert any(MARKUP in cell for row in Page(text).rows for cell in row)


def test_the_code_holds_the_query_with_all_that_was_asked(client: FlaskClient) -> None:
    query = "SELECT ?s { ?s ?p \"<b>&'\\\"\" }\n# ?asOf"
    shown = page(client, query, snapshot="0" * 64, limit="7")
    [curl] = [code for code in shown.code if code.startswith("curl")]
    words = shlex.split(curl)
    assert f"query={query}" in words and f"snapshot={'0' * 64}" in words and "limit=7" in words
    [python] = [code for code in shown.code if "SPARQLWrapper" in code and "\n" in code]
    [given] = [node.value for node in ast.parse(python).body if isinstance(node, ast.Assign) and node.targets[0].id == "query"]
    assert ast.literal_eval(given) == query
    assert sum("httr2" in code for code in shown.code) >= 1 and any("await fetch" in code for code in shown.code)


def test_how_to_go_on_is_there_for_a_script_that_asked_by_itself(client: FlaskClient) -> None:
    response = client.post("/using?lang=it", data={"query": ALL, "snapshot": "0" * 64})
    assert response.status_code == 200 and "Usare questo da" in response.text and "<html" not in response.text
    links = [href for href, _ in Page(response.text).links]
    assert any(urlsplit(href).path == "/sparql.csv" and parse_qs(urlsplit(href).query)["query"] == [ALL] for href in links)
    assert any(href.startswith("/cite?") for href in links)
    assert "explain=empty" in client.post("/using", data={"query": ALL, "empty": "1"}).text
    for wrong in ({"query": "DROP ALL"}, {"query": ALL, "as-of": "soon"}, {"as-of": "2026-01-06"}):
        refused = client.post("/using", data=wrong)
        assert refused.status_code == 400 and "Traceback" not in refused.text


def test_an_answer_is_cited_in_a_sentence(client: FlaskClient) -> None:
    [cite] = [href for href, text in page(client, ALL).links if text == "text"]
    response = client.get(cite)
    assert response.content_type == "text/plain; charset=utf-8"
    assert "SHA-256 of the answer" in response.text and "/sparql?query=" in response.text and response.text.count("\n") == 1
