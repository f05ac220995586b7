"""The first rows of a table, as a table of its own: the engine writes one only whole.

They are handed back to the engine as SPARQL 1.1 Query Results JSON (with what SPARQL 1.2 adds), piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import pyoxigraph as ox

T = TypeVar("T")
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Limited(Iterator[T]):
    """The first of what it is given; afterwards ``count`` is how many they were and ``more`` whether there were others."""

    def __init__(self, items: Iterable[T], limit: int | None) -> None:
        self._items, self._limit = iter(items), limit
        self.count, self.more = 0, False

    def __next__(self) -> T:
        item = next(self._items)
        if self.count == self._limit:
            self.more = True
            raise StopIteration
        self.count += 1
        return item


def first_rows(table: ox.QuerySolutions, limit: int) -> tuple[ox.QuerySolutions, Limited[ox.QuerySolution]]:
    """A table of at most ``limit`` rows of this one, and what counts them while it is read."""
    rows = Limited(table, limit)
    names = [variable.value for variable in table.variables]
    return ox.parse_query_results(_Pieces(_as_json(names, rows)), format=ox.QueryResultsFormat.JSON), rows


def _as_json(names: list[str], rows: Iterable[ox.QuerySolution]) -> Iterator[bytes]:
    head = json.dumps({"vars": names})
    yield f'{{"head":{head},"results":{{"bindings":['.encode()
    separator = ""
    for row in rows:
        cells = {name: cell(term) for name, term in zip(names, row, strict=True) if term is not None}
        yield (separator + json.dumps(cells)).encode()
        separator = ","
    yield b"]}}"


def cell(term: Any) -> dict[str, Any]:
    """An RDF term in the JSON of results (SPARQL 1.1 Query Results JSON, section 3.2.2; triple terms as in 1.2)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: cell(part) for name, part in parts.items()}}
    literal = {"type": "literal", "value": term.value}
    if term.language:
        literal["xml:lang"] = term.language
        if term.direction:
            literal["its:dir"] = term.direction.value
    elif term.datatype.value != _STRING:
        literal["datatype"] = term.datatype.value
    return literal


class _Pieces:
    """A file to read that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._held:
            self._held = next(self._pieces, b"")
        given, self._held = self._held[:most], self._held[most:]
        return given
