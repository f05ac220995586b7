"""What pages and graphs keep: parameters through redirections, validators, permanent addresses, and captions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from serving import Server, serving

from kg.rdf import BASE

pytestmark = pytest.mark.server

PAGE = {"Accept": "text/html"}
OWN = BASE + "graph/data/topics"
QUERY = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#> SELECT ?c { ?c a ckg:Position } ORDER BY ?c LIMIT 2"


@pytest.fixture(scope="module")
def server(real_state: Path) -> Iterator[Server]:
    with serving(real_state, "--workers", "1", "--budget", "0") as one:
        yield one


@pytest.fixture(scope="module")
def digest(server: Server) -> str:
    return server.ask("GET", "/healthz").headers["kg-snapshot"][:16]


@pytest.mark.parametrize(
    ("path", "there"),
    [
        (f"/graphs?graph={quote(OWN, safe='')}", "/graph/data/topics"),
        ("/graphs?default", "/sparql"),
        ("/id/claim?", "/id/claim/"),
        ("/queries/?", "/sparql"),
    ],
)
def test_a_redirection_keeps_what_was_asked_for(server: Server, digest: str, path: str, there: str) -> None:
    answer = server.ask("GET", f"{path}&snapshot={digest}&lang=it", PAGE)
    found = urlsplit(answer.headers["location"])
    asked = parse_qs(found.query)
    assert answer.status in (303, 308) and found.path.endswith(there)
    assert asked["snapshot"] == [digest] and asked["lang"] == ["it"]
    assert server.ask("GET", f"{found.path}?{found.query}", PAGE).status == 200


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "text/html"), ("/sparql", "text/html"), ("/graphs", "text/html"), ("/graphs", "text/turtle"),
        ("/graph/data/topics", "text/html"), ("/id/claim/", "text/html"), ("/docs/errors", "text/html"),
        ("/openapi.json", "*/*"), ("/void", "text/turtle"), ("/propose", "text/html"),
        ("/graphs?default", "text/turtle"), (f"/graphs?graph={quote(OWN, safe='')}", "application/n-triples"),
    ],
)  # fmt: skip
def test_who_has_the_same_bytes_is_not_sent_them_again(server: Server, path: str, accept: str) -> None:
    first = server.ask("GET", path, {"Accept": accept})
    etag = first.headers["etag"]
    assert first.status == 200 and not etag.startswith("W/") and server.ask("HEAD", path, {"Accept": accept}).headers["etag"] == etag
    same = server.ask("GET", path, {"Accept": accept, "If-None-Match": f'"other", {etag}'})
    assert (same.status, same.body) == (304, b"") and same.headers["etag"] == etag and "content-type" not in same.headers
    other = server.ask("GET", path, {"Accept": accept, "If-None-Match": '"other"'})
    assert other.status == 200 and other.body == first.body


def test_pages_in_two_languages_are_two(server: Server) -> None:
    assert len({server.ask("GET", f"/?lang={one}", PAGE).headers["etag"] for one in ("en", "it")}) == 2


def test_the_list_of_graphs_is_that_of_the_snapshot(server: Server, digest: str) -> None:
    assert server.ask("GET", f"/graphs?snapshot={digest}", PAGE).status == 200
    assert server.ask("GET", "/graphs?snapshot=0123456789", PAGE).status == 404


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nowhere"])
def test_what_is_not_to_be_kept_has_no_validator(server: Server, path: str) -> None:
    answer = server.ask("GET", path)
    assert "etag" not in answer.headers and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/graphs?default&format=ntriples", f"/graphs?graph={quote(OWN, safe='')}&format=turtle"])
def test_a_graph_has_a_permanent_address_with_the_same_bytes(server: Server, path: str) -> None:
    answer = server.ask("GET", path)
    link = re.search(r'<([^>]*)>; rel="cite-as"', answer.headers["link"])
    assert link and "snapshot=" in link[1]
    found = urlsplit(link[1])
    kept = server.ask("GET", f"{found.path}?{found.query}")
    assert kept.body == answer.body and "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-type"] == answer.headers["content-type"]


def test_the_page_of_evidence_has_files_and_a_permanent_address(server: Server, digest: str) -> None:
    page = server.ask("GET", "/sparql?" + urlencode({"query": QUERY, "evidence": "1", "snapshot": digest}), PAGE)
    links = [unescape(one) for one in re.findall(r'href="([^"]*)"', page.text)]
    files = [one for one in links if one.startswith(("/sparql.json?", "/sparql.csv?"))]
    assert len(files) == 2
    for one in files:
        said = server.ask("GET", one).text
        assert f"snapshot={digest}" in one and ('"evidence"' in said or said.startswith("c,claims,sources"))
    (permanent,) = re.findall(r'rel="cite-as" href="([^"]*)"', page.text)
    found = urlsplit(unescape(permanent))
    assert len(server.ask("GET", f"{found.path}?{found.query}").json()["evidence"]) == 2
    bibtex = next(one for one in links if one.endswith("style=bibtex"))
    assert server.ask("GET", bibtex).text.startswith("@")


@pytest.mark.parametrize("path", ["/graphs", "/graph/data/topics", "/sparql?" + urlencode({"query": QUERY})])
def test_each_table_has_a_caption(server: Server, path: str) -> None:
    text = server.ask("GET", path, PAGE).text
    captions = re.findall(r"<table\b[^>]*>\s*<caption>(.*?)</caption>", text)
    assert len(re.findall(r"<table\b", text)) == len(captions) > 0
    assert all(re.sub("<[^>]*>", "", one).strip() for one in captions)


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_first_query_shown_has_an_answer_in_words(server: Server, language: str) -> None:
    text = server.ask("GET", f"/sparql?lang={language}", PAGE).text
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert shown
    rows = server.query(unescape(shown[1])).json()["results"]["bindings"]
    assert len(rows) == 20 and rows[0]["summary"]["xml:lang"] == language


def test_the_page_about_the_data_leads_to_the_graphs(server: Server) -> None:
    text = server.ask("GET", "/about?lang=it", PAGE).text
    assert 'href="/graphs?lang=it"' in text
