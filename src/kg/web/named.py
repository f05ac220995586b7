"""What is served at the IRI of something: which format is wanted, its graph as RDF, its page.

Shared by the views of resources and of documents.
"""

from __future__ import annotations

import re
import time

import pyoxigraph as ox
from flask import Response, request

from kg.errors import NotFound
from kg.model import Answer, Query
from kg.rdf import BASE
from kg.sparql import negotiate
from kg.sparql.negotiate import Choice, Format
from kg.sparql.protocol import QueryRequest
from kg.turtle import serialize
from kg.web.citing import Citable
from kg.web.near import unknown
from kg.web.site import NEGOTIATED, page_response, reader_labels, site
from kg.web.terms import Labels

_ENDINGS: dict[str, Format] = {format.ending: format for format in (*negotiate.GRAPHS, negotiate.HTML)}
_ENDING = re.compile(r"(?P<path>.+)\.(?P<ending>" + "|".join(_ENDINGS) + ")")

#: N-Triples that are still brought into the canonical layout; for more it takes too long, and nobody reads them.
_LAID_OUT_BYTES = 1_000_000
#: What an IRI of ours consists of (RFC 3986, unreserved and a few more); nothing else is looked up.
_PATH = re.compile(r"[A-Za-z0-9\-._~/:@!&=+,;%]+")


def asked(path: str) -> tuple[str, Choice]:
    """The IRI that a path stands for, and the format to answer in. Raises NotFound, NotAcceptable."""
    match = _ENDING.fullmatch(path)
    names = [_ENDINGS[match["ending"]].name] if match else [name for name in request.args.getlist("format") if name]
    path = match["path"] if match else path
    if not _PATH.fullmatch(path):
        raise NotFound("Nothing in the graph has this name.", remedy="Start from the home page, or ask the graph.")
    site().answer_from(request.args.get("snapshot"))
    offered = (*negotiate.GRAPHS, negotiate.HTML)
    return BASE + path, negotiate.choose(request.headers.get("Accept"), names, offered)


def labelled(triples: list[ox.Triple]) -> Labels:
    """The labels among these triples, for a page in the reader's language."""
    labels = reader_labels()
    labels.read(triples)
    labels.take_words()
    return labels


def rdf(query: str, iri: str, choice: Choice, single: bool = False) -> Response:
    """The graph a query makes. What is no ``single`` resource is one of few, whose Turtle is kept. Raises NotFound."""
    given = QueryRequest(query, snapshot=request.args.get("snapshot"))
    citable = Citable(site().snapshot, Query(query), given, choice, named=iri)
    unchanged = citable.not_modified()
    if unchanged:
        unchanged.headers["Vary"] = "Accept"
        return unchanged
    start = time.monotonic()
    data = site().pool.answer(Query(query), negotiate.N_TRIPLES.name)
    if not data:
        raise unknown(iri)
    if choice.format is negotiate.TURTLE and len(data) <= _LAID_OUT_BYTES:
        data = _laid_out(data) if single else site().once(f"turtle {iri}", lambda: _laid_out(data))
    elif choice.format is not negotiate.N_TRIPLES:
        data = site().pool.answer(Query(query), choice.format.name)
    answer = Answer(data, seconds=time.monotonic() - start)
    response = citable.mark(Response(data, content_type=choice.content_type), answer)
    response.headers["Vary"] = "Accept"
    return response


def _laid_out(data: bytes) -> bytes:
    """N-Triples as Turtle in the canonical layout."""
    quads = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    return serialize(quad.triple for quad in quads).encode("utf-8")


def answered(template: str, labels: Labels, **values: object) -> Response:
    """A page about what has an ``iri``, with the header Link that says how to name it."""
    response = page_response(template, labels, vary=NEGOTIATED, **values)
    if "iri" in values:
        response.headers.add("Link", f'<{values["iri"]}>; rel="cite-as"')
    return response
