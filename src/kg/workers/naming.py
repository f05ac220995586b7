"""Finding out in a worker which names of a query the graph does not have, before it is run."""

from __future__ import annotations

import json
import time

import pyoxigraph as ox

from kg import querytext
from kg.engine import Engine
from kg.model import Query
from kg.sparql.complete import written
from kg.sparql.cursor import NotRead
from kg.sparql.nearby import Nearby
from kg.sparql.structure import read
from kg.sparql.unknown import Note, mistyped
from kg.sparql.whywords import sentence

#: The part of its deadline that looking may take.
_SHARE = 0.8


def unknown_names(engine: Engine, query: Query, seconds: float) -> bytes:
    """What is to be said of the names in the patterns that are nowhere, as JSON: a list of places (``line``, ``column`` and
    ``length`` in code points from 1), each with what it ``says`` by language and the ``proposal``, as the query would write
    it, if there is one.

    ``seconds`` is the deadline of the request. The list is empty for a query that is not of SPARQL 1.1.
    """
    until = time.monotonic() + _SHARE * seconds
    try:
        structure = read(query.text, query.base)
    except NotRead:
        return b"[]"
    default, named = query.default_graphs, query.named_graphs
    if not (default or named):
        clauses = querytext.dataset(query.text, query.base)
        default, named = clauses.default, clauses.named
    notes = mistyped(structure, Nearby(engine.store, default, named), lambda: time.monotonic() > until)
    prefixes = {prefix: iri for prefix, (iri, _) in structure.prefixes.items()}
    return json.dumps([_told(note, query.text, prefixes) for note in notes], ensure_ascii=False).encode("utf-8")


def _told(note: Note, text: str, prefixes: dict[str, str]) -> dict[str, object]:
    assert note.place
    where = querytext.place(text, note.place.start)
    told: dict[str, object] = {
        "line": where.line, "column": where.column, "length": note.place.end - note.place.start,
        "says": sentence(note.code, **note.said),
    }  # fmt: skip
    if note.near:
        short = written(ox.NamedNode(note.near), prefixes)
        # What would have to be declared first is written out.
        told["proposal"] = f"<{note.near}>" if short.prefix else short.text
    return told
