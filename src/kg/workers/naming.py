"""Finding out in a worker which names of a query the graph does not have, before it is run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pyoxigraph as ox

from kg import querytext
from kg.engine import Engine
from kg.errors import QueryError
from kg.model import Query
from kg.sparql.complete import written
from kg.sparql.cursor import NotRead, Unsupported
from kg.sparql.groups import Span
from kg.sparql.nearby import Nearby
from kg.sparql.structure import read
from kg.sparql.unknown import Note, mistyped, mistyped_anywhere
from kg.sparql.whywords import sentence

#: The part of its deadline that looking may take.
_SHARE = 0.8


def unknown_names(engine: Engine, query: Query, seconds: float) -> bytes:
    """What is to be said of the names in the patterns that are nowhere, as JSON: a list of places (``line``, ``column`` and
    ``length`` in code points from 1), each with what it ``says`` by language and the ``proposal``, as the query would write
    it, if there is one.

    ``seconds`` is the deadline of the request. The list is empty for what is no query.
    """
    until = time.monotonic() + _SHARE * seconds
    try:
        notes = _notes(engine, query, lambda: time.monotonic() > until)
    except (NotRead, QueryError):
        return b"[]"
    prefixes = querytext.declared(query.text)
    return json.dumps([_told(note, query.text, prefixes) for note in notes], ensure_ascii=False).encode("utf-8")


def _notes(engine: Engine, query: Query, is_late: Callable[[], bool]) -> list[Note]:
    """The notes, by the structure of a query or, where it has what SPARQL 1.1 has not, by its tokens. Raises NotRead."""
    default, named = query.default_graphs, query.named_graphs
    if not (default or named):
        clauses = querytext.dataset(query.text, query.base)
        default, named = clauses.default, clauses.named
    nearby = Nearby(engine.store, default, named)
    try:
        return mistyped(read(query.text, query.base), nearby, is_late)
    except Unsupported:
        found = querytext.in_patterns(query.text, query.base)
        names = ((Span(one.start, one.start + len(one.text)), iri) for one, iri in found)
        return mistyped_anywhere(names, nearby, is_late)


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
