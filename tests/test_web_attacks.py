"""What hostile requests made of the pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from kg.rdf import PREFIXES
from serving import PATIENCE, Server, serving, write_snapshot

pytestmark = pytest.mark.server

PAGE = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("attack") / "state")
    with serving(state, "--budget", "0") as running:
        yield running


@pytest.mark.parametrize("path", ["/check", "/propose?class=ckg:Claim"])
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x]"])
def test_an_origin_that_is_none_is_foreign(server: Server, path: str, origin: str) -> None:
    form = {**PAGE, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("POST", path, form, b"contribution=x").status == 403


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_a_page_does_not_grow_with_a_language_that_there_is_not(server: Server, path: str) -> None:
    plain = server.ask("GET", f"{path}?lang=en", PAGE)
    answer = server.ask("GET", f"{path}?lang={'a' * 3_000}", PAGE)
    assert answer.status == 200
    # What is kept of a page is kept for each choice that its links take along: strangers choose among few.
    assert len(answer.body) < len(plain.body) + 20_000


def test_what_expects_to_go_on_and_has_no_body_is_answered(server: Server) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE / 4) as connection:
        head = f"GET /about HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        content = b""
        while b" 200 " not in content:
            piece = connection.recv(65_536)
            assert piece, content[:200]
            content += piece


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that believes what this machine says of clients, as behind a proxy that passes on what they write."""
    state = write_snapshot(tmp_path_factory.mktemp("proxied") / "state")
    with serving(state, "--budget", "0", "--trusted-proxies", "127.0.0.1") as running:
        yield running


@pytest.mark.parametrize("scheme", ["javascript", "java script", "x> } #", "", "https, javascript", "ftp"])
def test_a_scheme_that_is_not_of_the_web_is_not_believed(proxied: Server, scheme: str) -> None:
    headers = {"X-Forwarded-Proto": scheme, "Accept": "text/html"}
    page = proxied.ask("GET", f"/sparql?query={quote('ASK {}')}", headers)
    assert page.status == 200 and "javascript:" not in page.text + page.headers["link"]
    described = proxied.ask("GET", "/sparql", {"X-Forwarded-Proto": scheme, "Accept": "text/turtle"})
    assert described.status == 200 and b"<http://127.0.0.1" in described.body


def test_the_scheme_of_the_web_is_believed(proxied: Server) -> None:
    headers = {"X-Forwarded-Proto": "http, https", "Accept": "text/turtle"}
    assert b"<https://127.0.0.1" in proxied.ask("GET", "/sparql", headers).body


@pytest.mark.parametrize("prefix", ["/a/../b", "/..", "/a/.", "//other.example", "/./x"])
def test_a_prefix_that_leads_elsewhere_is_not_believed(proxied: Server, prefix: str) -> None:
    page = proxied.ask("GET", "/about", {**PAGE, "X-Forwarded-Prefix": prefix})
    assert page.status == 200 and f'href="{prefix}' not in page.text


@pytest.mark.parametrize("rest", ["/other.example/x", "/", "\\other.example"])
def test_a_name_that_looks_like_ours_leads_to_no_other_site(server: Server, rest: str) -> None:
    iri = f"https://w3id.org/coalition-kg/{rest}"
    found = server.ask("GET", f"/labels?iri={quote(iri, safe='')}", {"Accept": "application/json"})
    assert '"//' not in found.text and '"/\\' not in found.text
    if "\\" not in rest:
        page = server.ask("GET", f"/sparql?query={quote(f'SELECT (<{iri}> AS ?x) {{}}')}", PAGE)
        assert page.status == 200 and iri in page.text and 'href="//' not in page.text


def test_evidence_without_its_place_in_the_text_has_a_page(server: Server) -> None:
    query = f"SELECT ?c {{ ?c <{PREFIXES['ckg']}evidence> ?e }}"
    page = server.ask("GET", f"/sparql?evidence=1&query={quote(query)}", PAGE)
    assert page.status == 200 and "Freedonia is for it." in page.text and "paragraph 4" in page.text


@pytest.mark.parametrize("text", ["SELECT * " + "{ " * 49_000, "FILTER(" + "(" * 99_000, "[" * 99_000], ids=lambda text: text[:9])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_is_nested_too_deep_to_be_asked_is_not_laid_out(server: Server, text: str, accept: str) -> None:
    answer = server.ask("POST", "/layout", {**FORM, "Accept": accept}, urlencode({"query": text}).encode())
    assert answer.status == 400 and "128" in answer.text


@pytest.mark.parametrize(
    "text",
    ["<" * 99_990, "{" * 127 + "{}" * 49_000, "#\n" * 49_000, "[" * 128 + "?s ?p ?o . " * 9_000],
    ids=lambda text: text[-9:],
)
def test_what_is_laid_out_does_not_grow_with_its_depth(server: Server, text: str) -> None:
    answer = server.ask("POST", "/layout", FORM, urlencode({"query": text}).encode())
    assert answer.status == 200 and len(answer.json()["query"]) <= 4 * len(text)
