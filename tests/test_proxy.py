"""Behind a reverse proxy under a path of its own: everything that an answer names leads back through the proxy."""

from __future__ import annotations

import html
import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pyoxigraph as ox
import pytest
from serving import PATIENCE, Answer, Server, serving

from kg.catalogue.saying import DATASET_NODE
from kg.rdf import PREFIXES

PREFIX = "/tools/graph"
#: Addresses that are followed from the home page.
MOST = 160
QUERY = quote(
    "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#> SELECT ?a ?b { ?a ckg:holder ?b } ORDER BY ?a"
)
#: Headers that are for one connection (RFC 9110, section 7.6.1), and those that a proxy says itself.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "host"}


class Handler(BaseHTTPRequestHandler):
    """Passes a request on, under the path without the prefix or with it, and the answer back."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers |= {"X-Forwarded-For": "192.0.2.1", "Host": self.headers["Host"]}
        if self.server.strips:
            path = path.removeprefix(PREFIX) or "/"
            headers |= {"Host": urlsplit(self.server.upstream).netloc, "X-Forwarded-Host": self.headers["Host"]}
            headers |= {"X-Forwarded-Proto": "http", "X-Forwarded-Prefix": self.server.said}
        answer = fetched(self.server.upstream + path, self.command, headers, body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name not in HOP_BY_HOP | {"date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_QUERY = pass_on  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Proxy(ThreadingHTTPServer):
    """A reverse proxy in front of a server: one that takes the prefix off and says so, or one that leaves it."""

    daemon_threads = True

    def __init__(self, upstream: str, said: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream, self.said, self.strips = upstream, said, bool(said)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def fetched(address: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    """The response to one request, headers of one name in one line."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            known = found.get(name.lower())
            found[name.lower()] = f"{known}, {value}" if known else value
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


@dataclass
class Behind:
    """A server behind a proxy, and what was asked of it."""

    proxy: Proxy
    server: Server
    seen: dict[str, Answer] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """Where the graph is, as the world sees it."""
        return self.proxy.address + PREFIX

    def get(self, address: str, accept: str = "text/html") -> Answer:
        """What is at an address behind the proxy; the server's own address is never named in it."""
        answer = fetched(address, headers={"Accept": accept})
        told = json.dumps(dict(answer.headers)) + answer.body.decode("utf-8", "replace")
        assert urlsplit(self.server.address).netloc not in told, address
        return answer

    def led_to(self, address: str, answer: Answer) -> Iterator[str]:
        """The addresses on this host that an answer names, in its headers and as a page does."""
        named = re.findall(r"<([^>]*)>", answer.headers.get("link", ""))
        named += [answer.headers[name] for name in ("location", "content-location") if name in answer.headers]
        if answer.media_type == "text/html":
            named += map(html.unescape, re.findall(r'\b(?:href|src|action)="([^"]*)"', answer.text))
        for one in named:
            whole = urljoin(address, one).partition("#")[0]
            if whole.startswith(self.proxy.address):
                yield whole


@contextmanager
def behind(state: Path, said: str, *options: str) -> Iterator[Behind]:
    with serving(state, "--budget", "0", *options, repository=state.parent / "repository") as server:
        proxy = Proxy(server.address, said)
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Behind(proxy, server)
        finally:
            proxy.shutdown()
            thread.join()
            proxy.server_close()


TRUSTED = ("--trusted-proxies", "127.0.0.1")
KINDS = {
    "takes the prefix off": (PREFIX, *TRUSTED),
    "takes the prefix off and names it with a slash": (f"{PREFIX}/", *TRUSTED),
    "leaves the prefix": ("", "--path-prefix", PREFIX),
}


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def site(request: pytest.FixtureRequest, built_state: Path) -> Iterator[Behind]:
    with behind(built_state, *request.param) as found:
        yield found


@pytest.mark.server
def test_no_link_leads_past_the_proxy_or_to_nothing(site: Behind) -> None:
    waiting, seen = [f"{site.root}/"], set()
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        assert address.startswith(f"{site.root}/"), address
        answer = site.get(address)
        assert answer.status < 400, (address, answer.text[:300])
        for other in site.led_to(address, answer):
            assert other.startswith(f"{site.root}/"), (address, other)
            waiting.append(other)
    assert len(seen) > 100
    paths = {urlsplit(address).path for address in seen}
    assert {f"{PREFIX}{path}" for path in ("/sparql", "/check", "/static/style.css", "/void", "/openapi.json")} <= paths


@pytest.mark.server
def test_a_permanent_address_gives_the_same_bytes(site: Behind) -> None:
    for path in ("/sparql", "/sparql/", "/sparql.json", "/queries/01-positions"):
        query = "" if path.startswith("/queries") else f"query={QUERY}&"
        answer = site.get(f"{site.root}{path}?{query}format=json")
        (cited,) = re.findall(r'<([^>]*)>; rel="cite-as"', answer.headers["link"])
        assert cited.startswith(f"{site.root}/sparql") and "snapshot=" in cited
        assert site.get(cited).body == answer.body
    citation = site.get(f"{site.root}/cite?query={QUERY}&style=csl", "*/*").json()[0]
    # Nobody else reaches this machine by its own name: what is cited is the path, below whatever address.
    (path,) = re.findall(r"/sparql\?\S+[^.\s]", citation["note"])
    assert "127.0.0.1" not in str(citation) and site.get(site.root + path).status == 200


@pytest.mark.server
def test_descriptions_name_an_endpoint_that_answers(site: Behind) -> None:
    for path in ("/sparql", "/"):
        described = site.get(site.root + path, "application/n-triples")
        endpoint = value(described, None, "http://www.w3.org/ns/sparql-service-description#endpoint")
        assert endpoint == f"{site.root}/sparql"
        assert site.get(f"{endpoint}?query=ASK%7B%7D", "*/*").status == 200
    void = site.get(f"{site.root}/.well-known/void", "application/n-triples")
    assert value(void, DATASET_NODE, PREFIXES["void"] + "sparqlEndpoint") == f"{site.root}/sparql"
    graphs = site.get(f"{site.root}/graphs", "application/n-triples")
    default = value(graphs, None, "http://www.w3.org/ns/sparql-service-description#defaultGraph")
    assert default.startswith(site.root) and site.get(default, "application/n-triples").status == 200
    (server,) = site.get(f"{site.root}/openapi.json").json()["servers"]
    assert server["url"] == site.root


def value(answer: Answer, subject: ox.NamedNode | None, predicate: str) -> str:
    """The one value of a property in a graph."""
    triples = [quad.triple for quad in ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES)]
    said = [one for one in triples if one.predicate.value == predicate and subject in (None, one.subject)]
    (found,) = {one.object.value for one in said}
    return found


@pytest.mark.server
def test_evidence_and_errors_lead_back_through_the_proxy(site: Behind) -> None:
    for path in ("/sparql", "/sparql/"):
        inferred = quote("SELECT * { ?s a <https://w3id.org/coalition-kg/ontology#Claim> }")
        told = site.get(f"{site.root}{path}?evidence=1&query={inferred}", "application/json").json()
        proofs = {one["explain"] for row in told["evidence"] for one in row["triples"] if "explain" in one}
        assert proofs and all(one.startswith(f"{site.root}/explain?") for one in proofs)
        assert site.get(proofs.pop(), "text/plain").status == 200
    for address in (f"{site.root}/sparql?query=ASK", f"{site.root}/nowhere"):
        problem = site.get(address, "application/json").json()
        assert problem["type"].startswith(f"{PREFIX}/docs/errors#")
        assert site.get(urljoin(address, problem["type"]).partition("#")[0]).status == 200


@pytest.mark.server
def test_queries_that_are_sent_pass_through(site: Behind) -> None:
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    for method in ("POST", "QUERY"):
        answer = fetched(f"{site.root}/sparql", method, headers, b"SELECT (1 AS ?n) {}")
        assert (answer.status, answer.body) == (200, b"n\r\n1\r\n")
    assert fetched(f"{site.root}/sparql", "OPTIONS").status == 204


@pytest.mark.server
def test_what_the_server_itself_refuses_names_its_page_below_the_prefix(built_state: Path) -> None:
    with serving(built_state, "--path-prefix", PREFIX, "--max-query-length", "100") as server:
        answer = server.ask("GET", f"{PREFIX}/sparql?query={'x' * 100_000}")
        assert answer.status == 431 and answer.json()["type"].startswith(f"{PREFIX}/docs/errors#")
