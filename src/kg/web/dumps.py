"""The whole data set as files: all graphs in N-Quads or TriG, and the ledger of links as a table (SSSOM/TSV).

They are read from the folder of the snapshot, so that they cost the workers nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.engine import TEXTS
from kg.errors import NotFound
from kg.rdf import LEDGER, PREFIXES
from kg.storing import DUMP
from kg.web.site import site

#: Bytes of a piece that is sent, and quads that are written together.
_PIECE, _TOGETHER = 1 << 18, 5_000
_N_QUADS, _TRIG, _TSV = "application/n-quads", "application/trig", "text/tab-separated-values; charset=utf-8"


def blueprint() -> Blueprint:
    """The routes of the files."""
    routes = Blueprint("dumps", __name__)
    routes.add_url_rule("/dump.nq", "quads", quads)
    routes.add_url_rule("/dump.trig", "trig", trig)
    routes.add_url_rule("/links.sssom.tsv", "links", links)
    return routes


def quads() -> Response:
    """The default graph and every named graph of the snapshot, in N-Quads. Raises NotFound."""
    return _file("nq", _N_QUADS, _bytes)


def trig() -> Response:
    """The same in TriG. Raises NotFound."""
    return _file("trig", _TRIG, _as_trig)


def links() -> Response:
    """The ledger of links to Wikidata as it was when the snapshot was built. Raises NotFound if there was none."""
    site().answer_from(request.args.get("snapshot"))
    text = site().once("ledger", _ledger)
    if not text:
        raise NotFound("This snapshot has no ledger of links.", remedy="Look at /graphs for what it has.")
    return _marked(Response(text, content_type=_TSV), "sssom")


def _ledger() -> str:
    try:
        texts = json.loads((Path(site().snapshot.path) / TEXTS).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return texts.get(LEDGER, "")


def _file(ending: str, content_type: str, pieces: Callable[[Path], Iterator[bytes]]) -> Response:
    site().answer_from(request.args.get("snapshot"))
    path = Path(site().snapshot.path) / DUMP
    if not path.is_file():
        raise NotFound("The files of this snapshot are not here.", remedy="Build it again with: kg build --force")
    return _marked(Response(pieces(path), content_type=content_type), ending)


def _marked(response: Response, ending: str) -> Response:
    """The response with what tells whether it has changed, and the name that it is kept under."""
    response.set_etag(hashlib.sha256(f"{site().snapshot.reference} {ending}".encode()).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    if ending != "sssom":
        response.headers["Content-Disposition"] = f'attachment; filename="coalition-kg-{site().snapshot.digest[:12]}.{ending}"'
    return response.make_conditional(request)


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _as_trig(path: Path) -> Iterator[bytes]:
    """The quads of a dump, those of a graph together as far as they stand together."""
    with path.open("rb") as file:
        every = ox.parse(file, format=ox.RdfFormat.N_QUADS)
        for _, graph in groupby(every, key=lambda quad: quad.graph_name):
            for some in _batches(graph):
                yield ox.serialize(some, format=ox.RdfFormat.TRIG, prefixes=PREFIXES)


def _batches(graph: Iterator[ox.Quad]) -> Iterator[list[ox.Quad]]:
    some: list[ox.Quad] = []
    for quad in graph:
        some.append(quad)
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some
