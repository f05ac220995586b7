"""Writing the results of a query: SPARQL 1.1 results in JSON, XML, CSV and TSV, graphs in four RDF syntaxes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import NotAcceptable, QueryError
from kg.rdf import PREFIXES
from kg.sparql.negotiate import CSV, JSON, JSON_LD, N_TRIPLES, RDF_XML, TSV, TURTLE, XML

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
}

#: What RDF/XML can split off a predicate as an element name (RDF 1.1 XML Syntax, section 7.2.1).
_ELEMENT_NAME = re.compile(r"[^\W\d][\w.\-]*$")


class _Capped:
    """A file that refuses to grow beyond a number of bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > self._most:
            raise _too_large(self._most)
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def value(self) -> bytes:
        return b"".join(self._pieces)


def serialise(results: Results, name: str, most_bytes: int) -> bytes:
    """Write results in the format of this short name.

    Raises QueryError if the answer grows beyond ``most_bytes`` or its evaluation fails, NotAcceptable if the results
    cannot be written in the format: a table as a graph, a graph as a table, or a predicate that RDF/XML cannot name.
    """
    output = _Capped(most_bytes)
    if isinstance(results, ox.QueryTriples):
        if name not in _GRAPHS:
            raise NotAcceptable(f"A graph cannot be written as {name}.", remedy="Ask for turtle.")
        return write_graph(dict.fromkeys(results), name, most_bytes)
    if name not in _TABLES:
        raise NotAcceptable(f"A table cannot be written as {name}.", remedy="Ask for json.")
    results.serialize(output=output, format=_TABLES[name])
    return output.value()


def write_graph(triples: Iterable[ox.Triple], name: str, most_bytes: int) -> bytes:
    """Write triples in the RDF format of this short name, with the prefixes they use. Raises as ``serialise`` does."""
    kept = list(triples)
    if name == RDF_XML.name:
        for triple in kept:
            if not _ELEMENT_NAME.search(triple.predicate.value):
                raise NotAcceptable(
                    f"RDF/XML cannot name the predicate <{triple.predicate.value}>.", remedy="Ask for turtle."
                )
    output = _Capped(most_bytes)
    ox.serialize(kept, output, _GRAPHS[name], prefixes=_used_prefixes(kept))
    return output.value()


def _used_prefixes(triples: Iterable[ox.Triple]) -> dict[str, str]:
    spaces: set[str] = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            iri = term.datatype if isinstance(term, ox.Literal) else term
            if isinstance(iri, ox.NamedNode):
                spaces.add(iri.value[: max(iri.value.rfind("#"), iri.value.rfind("/")) + 1])
    return {prefix: space for prefix, space in sorted(PREFIXES.items()) if space in spaces}


def _too_large(most: int) -> QueryError:
    return QueryError(
        f"The answer is larger than {most / 1_000_000:g} MB and was not sent, not even in part.",
        remedy="Add LIMIT and OFFSET, ask for fewer columns, or, on a page, choose another format.",
    )
