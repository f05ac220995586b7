"""Reading by the Graph Store Protocol from a real server: what each reading test of the W3C's suite asks, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from serving import Answer, Server, serving, write_snapshot

from kg.rdf import BASE
from kg.sparql.negotiate import GRAPHS

pytestmark = pytest.mark.server

PERSON = "http://www.example/gsp/person/"
OWN = BASE + "graph/data/actors/states"
#: A server of other names can have a graph whose name is the address it is read at.
DIRECT = "http://www.example/graphs/person/1.ttl"
CARD = """
    <http://www.example/gsp/person/{0}> a <http://xmlns.com/foaf/0.1/Person> ;
        <http://xmlns.com/foaf/0.1/businessCard> [ a <http://www.w3.org/2006/vcard/ns#VCard> ;
            <http://www.w3.org/2006/vcard/ns#fn> "{1}", "è <&> \\"𝄞\\""@it ] .
"""
GRAPH_OF = {
    PERSON + "1.ttl": CARD.format(1, "John Doe"),
    PERSON + "%31.ttl": CARD.format(2, "Jane Doe"),
    PERSON + "è": CARD.format(3, "Accented"),
    DIRECT: CARD.format(4, "Direct"),
    OWN: CARD.format(5, "Own"),
}
DEFAULT = CARD.format(6, "Default")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    trig = "\n".join([f"{{ {DEFAULT} }}", *(f"<{iri}> {{ {content} }}" for iri, content in GRAPH_OF.items())])
    with serving(write_snapshot(tmp_path_factory.mktemp("graphs") / "state", trig), "--hosts", "www.example") as one:
        yield one


def read(server: Server, query: str, accept: str = "text/turtle", method: str = "GET", **headers: str) -> Answer:
    return server.ask(method, "/graphs" + query, {"Accept": accept, **headers})


def same(answer: Answer, turtle: str) -> bool:
    assert (answer.status, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    return isomorphic(Graph().parse(data=answer.body, format="turtle"), Graph().parse(data=turtle, format="turtle"))


@pytest.mark.parametrize(
    ("query", "iri"),
    [
        # put_get_repeat_indirect, post_get_post_get_indirect, post_get_new_graph: the IRI percent-encoded
        ("?graph=http%3A%2F%2Fwww.example%2Fgsp%2Fperson%2F1.ttl", PERSON + "1.ttl"),
        # put_get_uri_pct_encoded_indirect: the IRI as it is
        ("?graph=http://www.example/gsp/person/1.ttl", PERSON + "1.ttl"),
        # put_get_uri_pct_encoded_twice: decoded once, and no more
        ("?graph=http://www.example/gsp/person/%31.ttl", PERSON + "1.ttl"),
        ("?graph=http://www.example/gsp/person/%2531.ttl", PERSON + "%31.ttl"),
        ("?graph=" + quote(PERSON + "è", safe=""), PERSON + "è"),
        ("/?graph=" + quote(OWN, safe=""), OWN),
        ("?graph=" + quote(OWN, safe="") + "&format=turtle&lang=it", OWN),
    ],
)
def test_a_named_graph_is_read(server: Server, query: str, iri: str) -> None:
    assert same(read(server, query), GRAPH_OF[iri])


@pytest.mark.parametrize("query", ["?default", "?default=", "/?default"])
def test_the_default_graph_is_read(server: Server, query: str) -> None:
    """put_get_default"""
    assert same(read(server, query), DEFAULT)


def test_a_graph_named_by_the_address_is_read(server: Server) -> None:
    """put_get_repeat_direct, post_get_post_get_direct, head_existing_direct"""
    assert same(read(server, "/person/1.ttl", Host="www.example"), GRAPH_OF[DIRECT])
    asked = read(server, "/person/1.ttl", method="HEAD", Host="www.example")
    assert (asked.status, asked.headers["content-type"], asked.body) == (200, "text/turtle; charset=utf-8", b"")
    # Read at another address, it has another name.
    assert read(server, "/person/1.ttl").status == 404


def test_a_graph_of_ours_is_read_at_its_own_path(server: Server) -> None:
    answer = server.ask("GET", "/graph/data/actors/states", {"Accept": "text/turtle"})
    assert same(answer, GRAPH_OF[OWN])


@pytest.mark.parametrize("query", ["?default", "?graph=http://www.example/gsp/person/1.ttl"])
@pytest.mark.parametrize("accept", ["text/turtle; charset=utf-8", "application/n-triples", "*/*"])
def test_head_is_get_without_a_body(server: Server, query: str, accept: str) -> None:
    """head_existing_indirect"""
    asked, got = read(server, query, accept, "HEAD"), read(server, query, accept)
    assert (asked.status, asked.body) == (200, b"")
    for header in ("content-type", "content-length", "vary"):
        assert asked.headers[header] == got.headers[header]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "query",
    ["?graph=http%3A%2F%2Fwww.example%2Fgsp%2Fperson%2F4.ttl", "/person/4.ttl", "?graph=urn:kg:merged", "?graph=a:b"],
)
def test_an_unknown_graph_is_not_found(server: Server, method: str, query: str) -> None:
    """head_non_existing_indirect, head_non_existing_direct, put_delete_get_delete_*"""
    assert read(server, query, "text/turtle; charset=utf-8", method).status == 404


@pytest.mark.parametrize(
    "query",
    ["?graph=person/1.ttl", "?graph=", "?graph=%20", "?graph=a:b%3E%20%7B%7D", "?default&graph=a:b", "?graph=a:b&graph=a:b",
     "?grph=a:b", "?graph=%FF", "?default&default"],
)  # fmt: skip
def test_what_names_no_graph_is_malformed(server: Server, query: str) -> None:
    answer = read(server, query)
    assert answer.status == 400 and answer.json()["detail"] and answer.json()["remedy"]


@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
@pytest.mark.parametrize("query", ["?default", "?graph=" + quote(PERSON, safe="") + "1.ttl"])
def test_every_format_of_graphs_is_offered(server: Server, format: object, query: str) -> None:
    by_header = read(server, query, f"{format.media_type}, text/turtle;q=0.5")
    by_name = read(server, f"{query}&format={format.name}", "image/png")
    expected = read(server, query, "application/n-triples")
    for answer in (by_header, by_name):
        assert (answer.status, answer.media_type) == (200, format.media_type)
        assert answer.headers["vary"] == "Accept"
        quads = list(ox.parse(answer.body, format=ox.RdfFormat.from_media_type(format.media_type)))
        assert {quad.graph_name for quad in quads} == {ox.DefaultGraph()}
        found = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
        assert isomorphic(Graph().parse(data=found, format="nt"), Graph().parse(data=expected.body, format="nt"))


def test_what_cannot_be_written_is_not_acceptable(server: Server) -> None:
    for query in ("?default", "?graph=" + PERSON + "1.ttl", ""):
        assert read(server, query, "image/png").status == 406
        assert read(server, f"{query or '?'}&format=png").status == 400


def test_a_large_graph_is_streamed_whole(tmp_path: Path) -> None:
    lines = [f'<http://www.example/{number}> <http://www.example/p> "{"x" * 500} {number}" .' for number in range(10_000)]
    with serving(write_snapshot(tmp_path / "state", "\n".join(lines), ox.RdfFormat.N_TRIPLES)) as large:
        answer = read(large, "?default", "application/n-triples")
        assert (answer.status, answer.headers["kg-answer"]) == (200, "streaming")
        assert sorted(answer.text.splitlines()) == sorted(lines)
        asked = read(large, "?default", "application/n-triples", "HEAD")
        assert (asked.status, asked.body) == (200, b"")
        # Whoever does not read on keeps nobody from asking.
        assert read(large, "", "application/n-triples").status == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/graphs", "/graphs/", "/graphs?default", "/graphs?graph=a:b", "/graphs/a", "/graph/data/actors/states"])
def test_whoever_would_write_is_told_where_changes_go(server: Server, method: str, path: str) -> None:
    before = read(server, "?default", "application/n-triples").body
    answer = server.ask(method, path, {"Content-Type": "text/turtle"}, b"<a:s> <a:p> <a:o> .")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert method in answer.json()["detail"]
    assert "repository" in answer.json()["remedy"] and "/check" in answer.json()["remedy"]
    assert sorted(read(server, "?default", "application/n-triples").body.splitlines()) == sorted(before.splitlines())


@pytest.mark.parametrize("path", ["/graphs", "/graphs/", "/graphs/a", "/graph/data/actors/states"])
def test_pages_of_other_sites_may_read(server: Server, path: str) -> None:
    answer = server.ask("OPTIONS", path, {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"})
    assert answer.status == 204
    assert answer.headers["access-control-allow-methods"] == answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_store_lists_its_graphs_to_programmes(server: Server) -> None:
    answer = read(server, "", "text/turtle")
    assert (answer.status, answer.headers["vary"]) == (200, "Accept, Accept-Language")
    found = Graph().parse(data=answer.body, format="turtle").query(
        """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?name ?content ?size { ?store a sd:Dataset ; sd:namedGraph ?graph .
          ?graph a sd:NamedGraph ; sd:name ?name ; sd:graph ?content . ?content a sd:Graph ; void:triples ?size }"""
    )
    listed = {str(name): (str(content), int(size)) for name, content, size in found}
    assert listed.keys() == GRAPH_OF.keys()
    for iri, (content, size) in listed.items():
        answer = server.ask("GET", content.removeprefix(server.address), {"Accept": "application/n-triples"})
        assert len(answer.body.splitlines()) == size == 5, iri


def test_the_store_lists_its_graphs_to_readers(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = read(server, "", browser, **{"Accept-Language": "it"})
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert "Grafi nominati" in answer.text and PERSON + "1.ttl" in answer.text and "/graph/data/actors/states" in answer.text
    page = read(server, "?graph=" + quote(OWN, safe=""), browser)
    assert (page.status, page.headers["location"]) == (303, "/graph/data/actors/states?format=html")
    assert server.ask("GET", page.headers["location"], {"Accept": browser}).status == 200
    for query in ("?default", "?graph=" + PERSON + "1.ttl"):
        page = read(server, query, browser)
        shown = server.ask("GET", page.headers["location"], {"Accept": browser})
        assert (page.status, shown.status, shown.media_type) == (303, 200, "text/html") and "𝄞" in shown.text
