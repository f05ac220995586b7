"""Writing the results of a query: SPARQL 1.2 results in JSON, XML, CSV and TSV, graphs in six RDF syntaxes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol, TypeVar

import pyoxigraph as ox

from kg.errors import NotAcceptable, QueryError
from kg.rdf import PREFIXES
from kg.sparql.cells import write_csv, write_spreadsheet
from kg.sparql.negotiate import CSV, JSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, SPREADSHEET, TRIG, TSV, TURTLE, XML
from kg.sparql.rows import Limited, first_rows

T = TypeVar("T")
Results = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

_TABLES = {
    JSON.name: ox.QueryResultsFormat.JSON,
    XML.name: ox.QueryResultsFormat.XML,
    CSV.name: ox.QueryResultsFormat.CSV,
    TSV.name: ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    TURTLE.name: ox.RdfFormat.TURTLE,
    JSON_LD.name: ox.RdfFormat.JSON_LD,
    N_TRIPLES.name: ox.RdfFormat.N_TRIPLES,
    RDF_XML.name: ox.RdfFormat.RDF_XML,
    TRIG.name: ox.RdfFormat.TRIG,
    N_QUADS.name: ox.RdfFormat.N_QUADS,
}

#: What RDF/XML can split off a predicate as an element name (RDF 1.1 XML Syntax, section 7.2.1).
_ELEMENT_NAME = re.compile(r"[^\W\d][\w.\-]*$")
#: What no document of XML 1.0 can contain, not even escaped (section 2.2), in UTF-8.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")

#: Triples that are looked at for the prefixes to declare; a graph with more is given all that we know.
_LOOKED_AT = 10_000


class Output(Protocol):
    """A file that an answer is written to; it may raise QueryError where it takes no more."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""

    def flush(self) -> None:
        """Called at the end."""


@dataclass(frozen=True)
class Written:
    """How many rows or triples were written, None if nobody counted, and whether there were more than asked for."""

    rows: int | None = None
    truncated: bool = False


class _Capped:
    """A file that refuses to grow beyond a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._most)
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def value(self) -> bytes:
        return b"".join(self._pieces)


class _ForXml:
    """Mends on the way to a file what the engine's writers of XML leave as it is.

    A carriage return is escaped, or every reader would take it for a line feed (XML 1.0, section 2.11); characters that
    XML cannot contain are refused.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._before = b""

    def write(self, data: bytes) -> int:
        data = bytes(data)
        # The last two bytes may begin a character that this piece ends.
        found = _NOT_IN_XML.search(self._before + data)
        if found:
            number = ord(found[0].decode("utf-8"))
            raise NotAcceptable(f"XML cannot contain the character U+{number:04X}.", remedy="Ask for JSON or Turtle.")
        self._before = (self._before + data)[-2:]
        self._output.write(data.replace(b"\r", b"&#xD;"))
        return len(data)

    def flush(self) -> None:
        self._output.flush()


def serialise(results: Results, name: str, most_bytes: int) -> bytes:
    """Results in the format of this short name. Raises as ``write`` does, and QueryError beyond ``most_bytes``."""
    output = _Capped(most_bytes)
    write(results, name, output)
    return output.value()


def write(
    results: Results, name: str, output: Output, limit: int | None = None, *, triple_terms: bool = True
) -> Written:
    """Write results in the format of this short name, at most ``limit`` rows or triples of them.

    ``triple_terms`` is False if it is known that no term of a table is a triple; CSV is then written faster.

    Raises QueryError if their evaluation fails, NotAcceptable if they cannot be written in the format (a table as a graph,
    a graph as a table, or what the format has no way to say), and what ``output`` raises.
    """
    if isinstance(results, ox.QueryTriples):
        if name not in _GRAPHS:
            raise NotAcceptable(f"A graph cannot be written as {name}.", remedy="Ask for turtle.")
        # The engine gives each triple once; it holds what it has given.
        triples = Limited(results, limit)
        _write_graph(triples, name, output)
        return Written(triples.count, triples.more)
    if name not in _TABLES and name != SPREADSHEET.name:
        raise NotAcceptable(f"A table cannot be written as {name}.", remedy="Ask for json.")
    if limit is not None and isinstance(results, ox.QuerySolutions):
        table, rows = first_rows(results, limit)
        _write_table(table, name, output, triple_terms)
        return Written(rows.count, rows.more)
    _write_table(results, name, output, triple_terms)
    return Written()


def _write_table(
    results: ox.QuerySolutions | ox.QueryBoolean, name: str, output: Output, triple_terms: bool
) -> None:
    if name == SPREADSHEET.name:
        write_spreadsheet(results, output.write)
    elif name == CSV.name and triple_terms and isinstance(results, ox.QuerySolutions):
        # The engine's writer leaves out what holds a triple term together.
        write_csv(results, output.write)
    else:
        results.serialize(output=_ForXml(output) if name == XML.name else output, format=_TABLES[name])


def write_graph(triples: Iterable[ox.Triple], name: str, most_bytes: int) -> bytes:
    """Triples in the RDF format of this short name, with the prefixes they use. Raises as ``serialise`` does."""
    output = _Capped(most_bytes)
    _write_graph(triples, name, output)
    return output.value()


def _write_graph(triples: Iterable[ox.Triple], name: str, output: Output) -> None:
    coming = iter(triples)
    first = list(islice(coming, _LOOKED_AT))
    prefixes = PREFIXES if len(first) == _LOOKED_AT else _used_prefixes(first)
    every = chain(_given(first), coming)
    if name == RDF_XML.name:
        every, output = map(_named, every), _ForXml(output)
    elif name == JSON_LD.name:
        every = map(_without_triple_term, every)
    ox.serialize(every, output, _GRAPHS[name], prefixes=prefixes)


def _given(items: list[T]) -> Iterator[T]:
    """The items of a list, which is emptied."""
    items.reverse()
    while items:
        yield items.pop()


def _named(triple: ox.Triple) -> ox.Triple:
    """The triple, if RDF/XML can name its predicate, and those of triples in it. Raises NotAcceptable."""
    if not _ELEMENT_NAME.search(triple.predicate.value):
        raise NotAcceptable(f"RDF/XML cannot name the predicate <{triple.predicate.value}>.", remedy="Ask for turtle.")
    if isinstance(triple.object, ox.Triple):
        _named(triple.object)
    return triple


def _without_triple_term(triple: ox.Triple) -> ox.Triple:
    """The triple, if JSON-LD can write it. Raises NotAcceptable."""
    if isinstance(triple.object, ox.Triple):
        raise NotAcceptable("JSON-LD has no way to write a triple term.", remedy="Ask for turtle.")
    return triple


def _used_prefixes(triples: Iterable[ox.Triple]) -> dict[str, str]:
    spaces: set[str] = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            iri = term.datatype if isinstance(term, ox.Literal) else term
            if isinstance(iri, ox.NamedNode):
                spaces.add(iri.value[: max(iri.value.rfind("#"), iri.value.rfind("/")) + 1])
    return {prefix: space for prefix, space in sorted(PREFIXES.items()) if space in spaces}


def too_large(most: int) -> QueryError:
    """The error for an answer of more bytes than it may have."""
    return QueryError(
        f"The answer is larger than {most / 1_000_000:g} MB and was not sent, not even in part.",
        remedy="Add LIMIT and OFFSET, ask for fewer columns, or, on a page, choose another format.",
    )
