"""The query operation of the SPARQL 1.1 Protocol: reading requests, and what a real server says to them."""

from __future__ import annotations

import csv
import io
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from conftest import QUERY, write_repository
from hypothesis import given
from hypothesis import strategies as st
from serving import BASE, PATIENCE, Server, serving, write_snapshot

from kg.errors import MethodNotAllowed, RequestError, UnsupportedMediaType
from kg.sparql.protocol import ACCEPT_QUERY, DIRECT, FORM, UPDATE, GraphRequest, QueryRequest, parse, parse_graph


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("GET", b"query=ASK%20%7B%7D", None, b""), QueryRequest("ASK {}")),
        (("HEAD", b"query=ASK+%7B%7D", None, b""), QueryRequest("ASK {}")),
        (("GET", b"", None, b""), QueryRequest(None)),
        (("GET", b"query=", None, b""), QueryRequest("")),
        (("POST", b"", FORM, b"query=%C3%A8"), QueryRequest("è")),
        (("POST", b"", FORM + "; charset=UTF-8", "query=è".encode()), QueryRequest("è")),
        (("POST", b"", DIRECT, "è".encode()), QueryRequest("è")),
        (("POST", b"default-graph-uri=a:b", DIRECT, b"x"), QueryRequest("x", ("a:b",))),
        (("POST", b"default-graph-uri=a:b", FORM, b"query=x&named-graph-uri=a:c"), QueryRequest("x", ("a:b",), ("a:c",))),
        (("GET", b"query=x&default-graph-uri=a:b&default-graph-uri=a:b&default-graph-uri=a:c", None, b""),
         QueryRequest("x", ("a:b", "a:c"))),
        (("GET", b"query=x&as-of=2026-01-06&format=csv&format=", None, b""), QueryRequest("x", as_of="2026-01-06", formats=("csv",))),
        (("GET", b"query=x&as-of=&format=", None, b""), QueryRequest("x")),
        (("POST", b"", FORM, b"query=x&lang=it"), QueryRequest("x", lang="it")),
        (("QUERY", b"", DIRECT, "è".encode()), QueryRequest("è")),
        (("QUERY", b"default-graph-uri=a:b", FORM, b"query=x&limit=2"), QueryRequest("x", ("a:b",), limit=2)),
        (("GET", b"query=x&timeout=2.5&limit=10&snapshot=0123ABCDef&evidence=1&explain=empty"),
         QueryRequest("x", timeout=2.5, limit=10, snapshot="0123abcdef", evidence=True, explain="empty")),
        (("GET", b"query=x&timeout=&limit=&snapshot=&evidence=&explain=&limit="), QueryRequest("x")),
        (("POST", b"timeout=.5&evidence=0", DIRECT, b"x"), QueryRequest("x", timeout=0.5)),
        (("GET", b"query=x&timeout=3.&snapshot=" + b"a" * 64), QueryRequest("x", timeout=3, snapshot="a" * 64)),
    ],
)  # fmt: skip
def test_requests_are_read(arguments: tuple, expected: QueryRequest) -> None:
    assert parse(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("PUT", b"query=x", None, b""), MethodNotAllowed),
        (("GET", b"query=x&query=y", None, b""), RequestError),
        (("GET", b"query=%FF", None, b""), RequestError),
        (("GET", b"query=x\xff", None, b""), RequestError),
        (("GET", b"update=x", None, b""), RequestError),
        (("GET", b"default-graph-uri=a:b", None, b""), RequestError),
        (("GET", b"query=x&default-graph-uri=relative", None, b""), RequestError),
        (("GET", b"query=x&as-of=a&as-of=b", None, b""), RequestError),
        (("GET", b"a=&" * 2000 + b"query=x", None, b""), RequestError),
        (("POST", b"", None, b"query=x"), UnsupportedMediaType),
        (("POST", b"", "text/plain", b"x"), UnsupportedMediaType),
        (("POST", b"", UPDATE, b"CLEAR ALL"), UnsupportedMediaType),
        (("POST", b"", DIRECT + "; charset=UTF-16", "x".encode("utf-16")), UnsupportedMediaType),
        (("POST", b"", DIRECT, b"\xff"), RequestError),
        (("POST", b"", FORM, b"update=x"), RequestError),
        (("POST", b"", FORM, b"other=x"), RequestError),
        (("POST", b"query=x", DIRECT, b"x"), RequestError),
        (("QUERY", b"", None, b"query=x"), UnsupportedMediaType),
        (("QUERY", b"query=x", DIRECT, b"x"), RequestError),
        (("QUERY", b"", UPDATE, b"CLEAR ALL"), UnsupportedMediaType),
        (("QUERY", b"", FORM, b"update=x"), RequestError),
    ],
)
def test_malformed_requests_are_refused(arguments: tuple, error: type[RequestError]) -> None:
    with pytest.raises(error) as caught:
        parse(*arguments)
    assert type(caught.value) is error and caught.value.remedy


@pytest.mark.parametrize("name", ["as-of", "timeout", "limit", "snapshot", "evidence", "explain"])
def test_a_parameter_of_ours_is_given_once(name: str) -> None:
    with pytest.raises(RequestError, match=f"parameter {name} is given 2 times"):
        parse("GET", f"query=x&{name}=1&{name}=1".encode())


@pytest.mark.parametrize(
    "parameter",
    [
        "timeout=0", "timeout=-1", "timeout=soon", "timeout=1e3", "timeout=nan", "timeout=inf", "timeout=1_0",
        "timeout=%D9%A1", "timeout=1%20", "limit=0", "limit=-1", "limit=1.5", "limit=ten", "limit=%D9%A1",
        "limit=" + "9" * 400, "snapshot=0123abc", "snapshot=current", "snapshot=" + "a" * 65, "snapshot=0123456g",
        "evidence=yes", "evidence=2", "explain=1", "explain=EMPTY",
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_read_is_refused_with_what_can(parameter: str) -> None:
    with pytest.raises(RequestError, match=f"parameter {parameter.partition('=')[0]} cannot be") as caught:
        parse("GET", f"query=x&{parameter}".encode())
    assert caught.value.remedy.startswith("Give ")


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from(["GET", "POST", "QUERY"]))
def test_no_bytes_break_the_reader(query_string: bytes, body: bytes, method: str) -> None:
    for arguments in ((query_string,), (b"timeout=" + query_string,), (query_string, FORM, body), (b"", DIRECT, body)):
        try:
            parse(method, *arguments)
        except RequestError as error:
            assert error.message and error.remedy
    try:
        parse_graph(query_string)
    except RequestError as error:
        assert error.remedy


def test_an_address_that_stands_for_a_query_takes_no_other() -> None:
    assert parse("GET", b"limit=1", query="ASK {}") == QueryRequest("ASK {}", limit=1)
    with pytest.raises(RequestError, match="query of its own"):
        parse("GET", b"query=x", query="ASK {}")


@pytest.mark.parametrize(
    ("query_string", "expected"),
    [
        (b"", GraphRequest()),
        (b"format=turtle&lang=it", GraphRequest(formats=("turtle",))),
        (b"default", GraphRequest(default=True)),
        (b"graph=http://x/%2531", GraphRequest("http://x/%31")),
        (b"graph=http%3A%2F%2Fx%2F%C3%A8&format=nt&format=ttl", GraphRequest("http://x/è", formats=("nt", "ttl"))),
    ],
)
def test_the_graph_asked_for_is_read(query_string: bytes, expected: GraphRequest) -> None:
    assert parse_graph(query_string) == expected


@pytest.mark.parametrize(
    "query_string", [b"graph=x", b"graph=", b"graph=a:b&default", b"graph=a:b&graph=a:c", b"default&default", b"grap=a:b", b"graph=%FF"]
)
def test_what_names_no_graph_or_several_is_refused(query_string: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        parse_graph(query_string)
    assert caught.value.remedy


ASK = quote("ASK { ?s ?p ?o }")
ROWS = quote("SELECT ?s { ?s a ?type } ORDER BY ?s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("protocol")
    with serving(write_snapshot(folder / "state"), repository=write_repository(folder / "repository")) as one:
        yield one


@pytest.mark.server
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_query_in_a_body(server: Server, method: str, path: str) -> None:
    for kind, body in ((DIRECT, b"ASK { ?s ?p ?o }"), (FORM, b"query=" + ASK.encode()), (FORM + ";charset=utf-8", b"query=" + ASK.encode())):
        answer = server.ask(method, path, {"Content-Type": kind}, body)
        assert (answer.status, answer.json()["boolean"]) == (200, True)
        assert "Accept" in answer.headers["vary"]


@pytest.mark.server
def test_query_is_the_same_as_get_and_may_be_sent_again(server: Server) -> None:
    read = server.ask("GET", f"/sparql?query={ROWS}", {"Accept": "text/csv"})
    for _ in range(2):
        sent = server.ask("QUERY", "/sparql", {"Accept": "text/csv", "Content-Type": FORM}, b"query=" + ROWS.encode())
        assert (sent.status, sent.body) == (200, read.body)


@pytest.mark.server
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_what_query_takes_is_said(server: Server, path: str) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "QUERY"}
    preflight = server.ask("OPTIONS", path, headers)
    assert preflight.status == 204 and preflight.body == b""
    assert "QUERY" in preflight.headers["access-control-allow-methods"]
    refused = server.ask("PUT", path, {"Content-Type": DIRECT}, b"ASK {}")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST, QUERY")
    unread = server.ask("QUERY", path, {"Content-Type": "text/plain"}, b"ASK {}")
    assert unread.status == 415
    for answer in (preflight, refused, unread, server.ask("GET", path)):
        assert answer.headers["accept-query"] == ACCEPT_QUERY


@pytest.mark.server
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
@pytest.mark.parametrize(
    ("method", "query", "headers", "body", "status"),
    [
        ("GET", f"query={ASK}&query={ASK}", {}, None, 400),
        ("GET", "query=%FF", {}, None, 400),
        ("GET", "query=NONSENSE", {}, None, 400),
        ("GET", f"query={ASK}&limit=none", {}, None, 400),
        ("GET", f"query={ASK}&default-graph-uri=relative", {}, None, 400),
        ("GET", "default-graph-uri=a:b", {}, None, 400),
        ("POST", "", {"Content-Type": FORM}, b"", 400),
        ("POST", "", {"Content-Type": DIRECT}, b"ASK { \xff }", 400),
        ("QUERY", "", {"Content-Type": FORM}, b"query=%C3%28", 400),
        ("QUERY", f"query={ASK}", {"Content-Type": DIRECT}, b"ASK {}", 400),
        ("GET", f"query={ASK}", {"Accept": "image/png"}, None, 406),
        ("GET", f"query={ASK}", {"Accept": "text/csv;header=absent"}, None, 406),
        ("POST", "", {"Content-Type": DIRECT}, b"#" * 1_500_000, 413),
        ("QUERY", "", {"Content-Type": DIRECT}, b"#" * 1_500_000, 413),
        ("POST", "", {}, b"query=ASK{}", 415),
        ("POST", "", {"Content-Type": "application/json"}, b"{}", 415),
        ("POST", "", {"Content-Type": DIRECT + "; charset=utf-16"}, "ASK {}".encode("utf-16"), 415),
    ],
)  # fmt: skip
def test_refusals_are_exact(
    server: Server, path: str, method: str, query: str, headers: dict, body: bytes | None, status: int
) -> None:
    answer = server.ask(method, f"{path}?{query}", headers, body)
    assert answer.status == status
    assert answer.media_type == "application/problem+json" and answer.json()["detail"]
    assert "Accept" in answer.headers["vary"]


@pytest.mark.server
@pytest.mark.parametrize(
    ("method", "query", "headers", "body", "status"),
    [
        ("GET", "?update=CLEAR%20ALL", {}, None, 400),
        ("POST", "", {"Content-Type": FORM}, b"update=CLEAR%20ALL", 400),
        ("POST", "", {"Content-Type": UPDATE}, b"CLEAR ALL", 415),
        ("QUERY", "", {"Content-Type": UPDATE}, b"CLEAR ALL", 415),
        ("POST", "", {"Content-Type": DIRECT}, b"CLEAR ALL", 400),
    ],
)
def test_an_update_is_told_where_changes_go(
    server: Server, method: str, query: str, headers: dict, body: bytes | None, status: int
) -> None:
    answer = server.ask(method, "/sparql" + query, headers, body)
    assert answer.status == status
    assert "read-only" in answer.json()["detail"]
    assert "repository" in answer.json()["remedy"] and "/check" in answer.json()["remedy"]


@pytest.mark.server
def test_head_is_get_without_a_body(server: Server) -> None:
    for path in ("/sparql", f"/sparql?query={ROWS}", f"/sparql/?query={ROWS}", f"/sparql.csv?query={ROWS}", "/sparql?query=x"):
        read, asked = server.ask("GET", path), server.ask("HEAD", path)
        assert (asked.status, asked.body) == (read.status, b"")
        assert asked.headers["content-type"] == read.headers["content-type"]
        assert asked.headers["content-length"] == read.headers["content-length"]


@pytest.mark.server
@pytest.mark.parametrize("path", ["/sparql", f"/sparql?query={ROWS}", "/sparql?query=x", "/graphs?default", "/graphs", "/queries/01-positions.csv"])
def test_nothing_follows_the_headers_of_an_answer_to_head(server: Server, path: str) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 ") and received.index(b"\r\n\r\n") == len(received) - 4


@pytest.mark.server
@pytest.mark.parametrize(
    ("ending", "media_type"),
    [("json", "application/sparql-results+json"), ("srj", "application/sparql-results+json"), ("csv", "text/csv"),
     ("xml", "application/sparql-results+xml"), ("tsv", "text/tab-separated-values"), ("html", "text/html"),
     ("spreadsheet.csv", "text/csv"), ("CSV", "text/csv")],
)  # fmt: skip
def test_a_table_as_a_file(server: Server, ending: str, media_type: str) -> None:
    answer = server.ask("GET", f"/sparql.{ending}?query={ROWS}", {"Accept": "application/sparql-results+xml"})
    assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.server
@pytest.mark.parametrize(
    ("ending", "media_type"),
    [("ttl", "text/turtle"), ("json", "application/ld+json"), ("jsonld", "application/ld+json"), ("trig", "application/trig"),
     ("nt", "application/n-triples"), ("nq", "application/n-quads"), ("rdf", "application/rdf+xml")],
)  # fmt: skip
def test_a_graph_as_a_file(server: Server, ending: str, media_type: str) -> None:
    answer = server.ask("GET", f"/sparql.{ending}?query={quote('CONSTRUCT WHERE { ?s ?p ?o }')}")
    assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.server
def test_files_that_are_none(server: Server) -> None:
    assert server.ask("GET", f"/sparql.png?query={ROWS}").status == 404
    assert server.ask("GET", f"/sparql.ttl?query={ROWS}").status == 406
    assert server.ask("POST", "/sparql.csv", {"Content-Type": DIRECT}, b"ASK {}").status == 405


@pytest.mark.server
def test_the_description_is_of_the_endpoint_also_as_a_file(server: Server) -> None:
    described = server.ask("GET", "/sparql.nt").text
    assert f"<{server.address}/sparql> <http://www.w3.org/ns/sparql-service-description#endpoint>" in described


@pytest.mark.server
def test_a_spreadsheet_is_chosen_only_by_name(server: Server) -> None:
    query = quote('SELECT ("=1+1" AS ?cell) {}')
    for path, headers in ((f"/sparql?query={query}&format=spreadsheet", {}), (f"/sparql.spreadsheet.csv?query={query}", {})):
        answer = server.ask("GET", path, headers)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        assert list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))) == [["cell"], ["'=1+1"]]
    plain = server.ask("GET", f"/sparql?query={query}", {"Accept": "text/csv;header=present"})
    assert plain.body == b"cell\r\n=1+1\r\n"


@pytest.mark.server
def test_a_query_of_the_gallery_has_addresses(server: Server) -> None:
    text = server.ask("GET", "/queries/01-positions.rq")
    assert (text.status, text.media_type, text.text) == (200, DIRECT, QUERY)
    answer = server.ask("GET", "/queries/01-positions.csv")
    assert (answer.status, answer.text.split()) == (200, ["holder,stance", f"{BASE}id/actor/freedonia,{BASE}id/stance/supports"])
    assert server.ask("GET", "/queries/01-positions").json()["head"]["vars"] == ["holder", "stance"]
    assert server.ask("GET", "/queries/01-positions", {"Accept": "text/html"}).media_type == "text/html"
    assert server.ask("GET", "/queries/01-positions.csv?default-graph-uri=a:b").text == "holder,stance\r\n"
    assert server.ask("GET", "/queries/01-positions.csv?limit=0").status == 400
    assert server.ask("GET", f"/queries/01-positions.csv?query={ASK}").status == 400
    for path in ("/queries/01-positions.png", "/queries/01-pos", "/queries/../README.md", "/queries/02-other.csv"):
        assert server.ask("GET", path).status == 404
    assert "/queries/01-positions.csv" in server.ask("GET", "/sparql", {"Accept": "text/html"}).text


@pytest.mark.server
@pytest.mark.parametrize("media_type", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_results_of_sparql_1_2(server: Server, media_type: str) -> None:
    query = 'VERSION "1.2" SELECT ?t ?x { BIND(<<( <a:s> <a:p> "x"@en--ltr )>> AS ?t) BIND(LANGDIR("a"@ar--rtl) AS ?x) }'
    answer = server.ask("QUERY", "/sparql", {"Content-Type": DIRECT, "Accept": f"{media_type};version=1.2"}, query.encode())
    assert (answer.status, answer.headers["content-type"]) == (200, f"{media_type}; version=1.2")
    assert b"rtl" in answer.body and b"its:dir" in answer.body and b"triple" in answer.body


@pytest.mark.server
def test_triple_terms_are_shown_on_a_page(server: Server) -> None:
    query = f"SELECT ?t {{ BIND(<<( <{BASE}id/actor/freedonia> <a:p> 'x'@en--ltr )>> AS ?t) }}"
    assert "&lt;&lt;( Freedonia a:p x )&gt;&gt;" in server.query(query, Accept="text/html").text


@pytest.mark.server
def test_triple_terms_in_csv_are_written_as_such(server: Server) -> None:
    query = 'SELECT ?t { BIND(<<( <a:s> <a:p> "x" )>> AS ?t) }'
    answer = server.query(query, Accept="text/csv")
    assert answer.body == b't\r\n"<<( a:s a:p ""x"" )>>"\r\n'
