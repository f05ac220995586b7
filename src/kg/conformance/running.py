"""Running one test against a server: what is sent, and what must come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from kg.conformance.comparing import difference, expected, orders, selects_all
from kg.conformance.description import faults
from kg.conformance.exchanges import Exchange
from kg.conformance.scratch import graph_names
from kg.conformance.serving import Client, Response
from kg.conformance.suites import DESCRIPTION, EVALUATION, EXCHANGES, NEGATIVE, POSITIVE, Case, published
from kg.conformance.tables import Triples, Unreadable, read_answer, read_graph
from kg.querytext import dataset

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv", "text/tab-separated-values"
TURTLE, N_TRIPLES = "text/turtle", "application/n-triples"
#: The media type of a result file's ending, where a test is about that format.
_ENDINGS = {".csv": (CSV,), ".tsv": (TSV,)}
#: Media types that will do where a test says only the kind of the answer.
_KINDS = {"boolean": {JSON, XML}, "tabular": {JSON, XML, CSV, TSV}, "RDF": {TURTLE, N_TRIPLES, "application/rdf+xml"}}
_ANY = f"{JSON}, {TURTLE};q=0.9"
#: Where the server has its endpoint, its graphs as a whole, and each by the path of its own name.
ENDPOINT, GRAPHS, GRAPH = "/sparql", "/graphs", "/graph"
#: A default graph that is empty: no file of the suites has this name.
_EMPTY = "urn:kg:empty-graph"


class Failed(Exception):
    """A test did not pass; the text says what was answered instead."""


def run(case: Case, client: Client, root: Path) -> str:
    """Run a test; why it failed, or an empty string if it passed. ``root`` is the folder of the suites.

    Raises Broken if the server fails, which is no answer that a test could be judged by.
    """
    try:
        if case.kind == EXCHANGES:
            _exchange(case, client)
        elif case.kind == EVALUATION:
            _evaluate(case, client, root)
        elif case.kind in (POSITIVE, NEGATIVE):
            _parse(case, client)
        elif case.kind == DESCRIPTION:
            found = faults(case.iri.rpartition("#")[2], client, ENDPOINT)
            if found:
                raise Failed("; ".join(found))
        else:
            raise Failed(case.outside)
    except (Failed, Unreadable) as error:
        return str(error)
    return ""


def _ask(client: Client, query: str, accept: str, data: Mapping[str, list[str]]) -> Response:
    """POST a query, with its dataset in the address (SPARQL 1.1 Protocol, 2.1.3)."""
    path = ENDPOINT + ("?" + urlencode(data, doseq=True) if data else "")
    headers = {"Content-Type": "application/sparql-query", "Accept": accept}
    return client.send("POST", path, headers, query.encode("utf-8"))


def _text(case: Case) -> str:
    assert case.query is not None
    # Not read_text: it would make one character of a line's two at the end, and some tests are about that.
    return case.query.read_bytes().decode("utf-8")


def _parse(case: Case, client: Client) -> None:
    """A query with a fault must be refused with 400 (SPARQL 1.1 Protocol, 2.1.6), any other answered."""
    answer = _ask(client, _text(case), _ANY, {"default-graph-uri": [_EMPTY]})
    wanted = 400 if case.kind == NEGATIVE else 200
    if answer.status != wanted:
        raise Failed(f"{wanted} is expected: {answer}")


def _evaluate(case: Case, client: Client, root: Path) -> None:
    """Each answer, in every format that fits, must be the one of the result file."""
    assert case.result is not None
    wanted = expected(case.result, published(root, case.result))
    text = _text(case)
    # A query's base is the IRI of its file; what is sent to a server would have the server's address for one.
    sent = f"BASE <{case.base}>\n{text}"
    data = _dataset(case, root, sent)
    formats = _ENDINGS.get(case.result.suffix) or ((TURTLE, N_TRIPLES) if isinstance(wanted, Triples) else (JSON, XML))
    for media_type in formats:
        answer = _ask(client, sent, media_type, data)
        if answer.status != 200 or answer.media_type != media_type:
            raise Failed(f"200 and {media_type} are expected: {answer}")
        found = read_answer(answer.body, media_type, client.address + ENDPOINT)
        if media_type in (CSV, TSV) and not selects_all(text) and found.variables != wanted.variables:
            raise Failed(f"the columns are {found.variables} and not {wanted.variables}")
        wrong = difference(wanted, found, ordered=orders(text), by_value=not case.lexical)
        if wrong:
            raise Failed(f"{media_type}: {wrong}")


def _dataset(case: Case, root: Path, query: str) -> dict[str, list[str]]:
    """The dataset of a test as parameters of the Protocol; none if the query names its own."""
    clauses = dataset(query)
    if clauses.default or clauses.named:
        return {}
    inner = [name for file in case.data for name in graph_names(file, published(root, file))]
    return {
        "default-graph-uri": [published(root, file) for file in case.data] or [_EMPTY],
        "named-graph-uri": [*(name for name, _ in case.named), *inner],
    }


def _exchange(case: Case, client: Client) -> None:
    """The requests of a test in turn; each response must be as its manifest says."""
    places: dict[str, str] = {}
    for number, exchange in enumerate(case.exchanges, start=1):
        for word, address in places.items():
            exchange = replace(exchange, path=exchange.path.replace(word, quote(address, safe="")))
        answer = client.send(exchange.method, served(exchange.path), exchange.headers, exchange.body)
        wrong = _wrong(exchange, answer, client.address)
        if wrong:
            raise Failed(f"request {number} ({exchange.method} {exchange.path}): {wrong}")
        if exchange.location:
            places[exchange.location] = answer.headers["location"]


def served(path: str) -> str:
    """The path of a manifest below the address of the server: its endpoint and its graphs have names of their own."""
    for theirs, ours in (("/sparql", ENDPOINT), ("/gsp/", GRAPH + "/"), ("/gsp", GRAPHS)):
        if path.startswith(theirs):
            return ours + path[len(theirs):]
    return path


def _wrong(exchange: Exchange, answer: Response, address: str) -> str:
    """What is wrong with a response, or an empty string."""
    if not any(str(answer.status).startswith(status) for status in exchange.statuses):
        return f"{' or '.join(sorted(exchange.statuses))} is expected: {answer}"
    if exchange.format and answer.media_type not in _KINDS[exchange.format]:
        return f"{answer.media_type} is not {exchange.format}"
    if exchange.media_type and answer.media_type != exchange.media_type:
        return f"{answer.media_type} is not {exchange.media_type}"
    if exchange.location and "location" not in answer.headers:
        return "there is no Location"
    if exchange.boolean is not None:
        return difference(exchange.boolean, read_answer(answer.body, answer.media_type, address))
    if exchange.graph is not None:
        wanted = read_graph(exchange.graph.encode("utf-8"), ox.RdfFormat.TURTLE, address)
        return difference(wanted, read_answer(answer.body, answer.media_type, address))
    return ""
