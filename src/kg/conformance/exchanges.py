"""The requests and responses of the Protocol's and the Graph Store Protocol's tests, as their manifests say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

CNT = Namespace("http://www.w3.org/2011/content#")
HT = Namespace("http://www.w3.org/2011/http#")
HTS = "http://www.w3.org/2011/http-statusCodes#"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")

#: The status codes that the manifests name; ``StatusCode2xx`` and the like stand for all of their class.
_CODES = {
    "OK": "200",
    "Created": "201",
    "Accepted": "202",
    "NoContent": "204",
    "BadRequest": "400",
    "NotFound": "404",
    "MethodNotAllowed": "405",
    "UnsupportedMediaType": "415",
}


@dataclass(frozen=True)
class Exchange:
    """A request, and what the response must be: its status (the beginning of one), body, format and headers.

    ``location`` is the word that later requests have in place of the address in the response's Location header.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None = None
    format: str | None = None
    media_type: str | None = None
    graph: str | None = None
    location: str | None = None


def read_exchange(graph: Graph, node: Node) -> Exchange:
    """One ``ht:Request`` with its ``ht:resp``."""
    response = graph.value(node, HT.resp)
    text, encoding = _body(graph, node)
    boolean = graph.value(response, MF.expectedBoolean)
    expected_type = _headers(graph, response).get("content-type")
    return Exchange(
        method=str(graph.value(node, HT.methodName)),
        path=str(graph.value(node, HT.absolutePath)),
        headers=_headers(graph, node),
        body=None if text is None else text.encode(encoding),
        statuses=frozenset(_status(str(one)) for one in graph.objects(response, MF.expectedStatus)),
        boolean=None if boolean is None else bool(boolean.toPython()),
        format=_text(graph.value(response, MF.expectedFormat)),
        media_type=expected_type.partition(";")[0] if expected_type else None,
        graph=_body(graph, response)[0],
        location=_text(graph.value(response, MF.expectedLocation)),
    )


def _text(node: Node | None) -> str | None:
    return None if node is None else str(node)


def _status(iri: str) -> str:
    name = iri.removeprefix(HTS)
    return name.removeprefix("StatusCode").removesuffix("xx") if name.startswith("StatusCode") else _CODES[name]


def _headers(graph: Graph, node: Node | None) -> dict[str, str]:
    listed = graph.value(node, HT.headers) if node else None
    return {
        str(graph.value(one, HT.fieldName)).lower(): str(graph.value(one, HT.fieldValue))
        for one in (Collection(graph, listed) if listed else ())
    }


def _body(graph: Graph, node: Node | None) -> tuple[str | None, str]:
    """The characters of a body, if there is one, and their encoding."""
    body = graph.value(node, HT.body) if node else None
    if body is None:
        return None, ""
    return str(graph.value(body, CNT.chars)), str(graph.value(body, CNT.characterEncoding))
