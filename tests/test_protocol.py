"""The query operation of the SPARQL 1.1 Protocol: reading requests, and the W3C suite against a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.collection import Collection
from serving import Server, serving, write_snapshot

from kg.errors import MethodNotAllowed, RequestError, UnsupportedMediaType
from kg.sparql.protocol import DIRECT, FORM, UPDATE, QueryRequest, parse


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
    ],
)
def test_malformed_requests_are_refused(arguments: tuple, error: type[RequestError]) -> None:
    with pytest.raises(error) as caught:
        parse(*arguments)
    assert type(caught.value) is error and caught.value.remedy


FOLDER = os.environ.get("KG_W3C_TESTS")
SUITE = Path(FOLDER) / "sparql11" / "protocol" if FOLDER else None
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

READ_ONLY = "needs an update to succeed, and the endpoint is read-only"
EXCEPTIONS = dict.fromkeys(
    (
        "update_base_uri",
        "update_dataset_default_graph",
        "update_dataset_default_graphs",
        "update_dataset_full",
        "update_dataset_named_graphs",
        "update_post_direct",
        "update_post_form",
    ),
    READ_ONLY,
)
MEDIA_TYPES = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples"},
}


@dataclass(frozen=True)
class Case:
    """A test of the suite: its requests in order, each with what is expected of the response."""

    name: str
    requests: tuple[dict, ...]


def read_suite() -> tuple[list[Case], dict[str, Path]]:
    """The cases, and the file of each named graph that the queries ask for."""
    if SUITE is None:
        return [], {}
    graph = Graph().parse(SUITE / "manifest.ttl", publicID=(SUITE / "manifest.ttl").resolve().as_uri())
    entries = Collection(graph, next(graph.objects(None, MF.entries)))
    cases = []
    for entry in entries:
        connection = graph.value(entry, MF.action)
        requests = Collection(graph, graph.value(connection, HT.requests))
        cases.append(Case(str(entry).rpartition("#")[2], tuple(read_request(graph, one) for one in requests)))
    graphs = {
        str(graph.value(node, RDFS.label)): Path(str(graph.value(node, UT.graph)).removeprefix("file://"))
        for node in graph.objects(None, UT.graphData)
    }
    return cases, graphs


def read_request(graph: Graph, node: URIRef) -> dict:
    body = graph.value(node, HT.body)
    headers = graph.value(node, HT.headers)
    response = graph.value(node, HT.resp)
    encoding = str(graph.value(body, CNT.characterEncoding)) if body else ""
    assert (node, RDF.type, HT.Request) in graph
    return {
        "method": str(graph.value(node, HT.methodName)),
        "path": str(graph.value(node, HT.absolutePath)),
        "headers": {
            str(graph.value(one, HT.fieldName)): str(graph.value(one, HT.fieldValue))
            for one in (Collection(graph, headers) if headers else ())
        },
        "body": str(graph.value(body, CNT.chars)).encode(encoding) if body else None,
        "statuses": {str(status)[-3:-2] for status in graph.objects(response, MF.expectedStatus)},
        "boolean": graph.value(response, MF.expectedBoolean),
        "format": graph.value(response, MF.expectedFormat),
    }


CASES, GRAPHS = read_suite()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(name))
        for name, path in GRAPHS.items()
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.N_TRIPLES)
    ]
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode("utf-8")
    with serving(write_snapshot(tmp_path_factory.mktemp("protocol") / "state", data, ox.RdfFormat.N_QUADS)) as server:
        yield server


@pytest.mark.w3c
def test_the_suite_is_there() -> None:
    if SUITE is None:
        pytest.skip("KG_W3C_TESTS does not name the folder of the W3C test suites")
    assert len(CASES) == 34 and {case.name for case in CASES} >= EXCEPTIONS.keys()


@pytest.mark.w3c
@pytest.mark.server
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason=EXCEPTIONS[case.name], strict=True)] if case.name in EXCEPTIONS else [],
        )
        for case in CASES
    ],
)
def test_w3c_protocol(case: Case, endpoint: Server) -> None:
    for request in case.requests:
        answer = endpoint.ask(request["method"], request["path"], request["headers"], request["body"])
        assert str(answer.status)[0] in request["statuses"], answer.text
        if request["format"] is not None:
            assert answer.media_type in MEDIA_TYPES[str(request["format"])]
        if request["boolean"] is not None:
            assert answer.json()["boolean"] is request["boolean"].toPython()
