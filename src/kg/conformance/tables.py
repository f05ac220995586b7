"""Reading what a server answers: SPARQL results in JSON, XML, CSV and TSV, and graphs, into rows of terms.

The programme writes results with pyoxigraph; here JSON and XML are read by their specifications and not by pyoxigraph,
so that a fault in the one is not hidden by the same fault in the other.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox

from kg.conformance.matching import Row, Term

_XML = "{http://www.w3.org/2005/sparql-results#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DIRECTION = "{http://www.w3.org/2005/11/its}dir"
_DIRECTIONS = {"ltr": ox.BaseDirection.LTR, "rtl": ox.BaseDirection.RTL}
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


class Unreadable(Exception):
    """An answer does not follow the specification of its format; the text says how."""


@dataclass(frozen=True)
class Table:
    """The result of SELECT: the variables, and rows with a term or None for each."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Triples:
    """The result of CONSTRUCT or DESCRIBE, as rows of subject, predicate and object, each once."""

    rows: tuple[Row, ...]


Result = Table | Triples | bool


def read_answer(body: bytes, media_type: str, base: str) -> Result:
    """What an answer of this media type says. Raises Unreadable if it breaks the specification of its format."""
    try:
        if media_type in GRAPH_FORMATS:
            return read_graph(body, GRAPH_FORMATS[media_type], base)
        return _TABLES[media_type](body)
    except KeyError as error:
        raise Unreadable(f"{error} is missing or not known in {media_type}") from None
    except (ValueError, SyntaxError, TypeError, AttributeError, ElementTree.ParseError) as error:
        raise Unreadable(f"it is no {media_type} ({error})") from None


def read_graph(body: bytes, format: ox.RdfFormat, base: str) -> Triples:
    """The triples of a graph, each once. Raises SyntaxError."""
    quads = ox.parse(body, format=format, base_iri=base)
    return Triples(tuple(dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in quads)))


def _read_json(body: bytes) -> Table | bool:
    """SPARQL 1.2 Query Results JSON Format, sections 3 and 4."""
    document = json.loads(body.decode("utf-8"))
    if "boolean" in document:
        return _boolean(document["boolean"])
    names = tuple(document["head"]["vars"])
    found = []
    for binding in document["results"]["bindings"]:
        if not binding.keys() <= set(names):
            raise ValueError(f"a binding of {sorted(binding.keys() - set(names))}, which the head does not name")
        found.append(tuple(_json_term(binding[name]) if name in binding else None for name in names))
    return Table(names, tuple(found))


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"the boolean is {value!r}")
    return value


def _json_term(term: Mapping[str, Any]) -> Term:
    kind, value = term["type"], term["value"]
    if kind == "triple":
        return ox.Triple(*(_json_term(value[part]) for part in ("subject", "predicate", "object")))
    return _term(kind, value, term.get("datatype"), term.get("xml:lang"), term.get("its:dir"))


def _term(kind: str, value: str, datatype: str | None, language: str | None, direction: str | None) -> Term:
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return ox.BlankNode("b" + value.encode("utf-8").hex())
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term of type {kind}")
    if language is not None:
        return ox.Literal(value, language=language, direction=_DIRECTIONS[direction] if direction else None)
    return ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None)


def _read_xml(body: bytes) -> Table | bool:
    """SPARQL 1.2 Query Results XML Format, sections 2.2 and 2.3."""
    if b"<!DOCTYPE" in body:
        raise ValueError("it declares a document type")
    document = ElementTree.fromstring(body)
    if document.tag != _XML + "sparql":
        raise ValueError(f"its root is {document.tag}")
    boolean = document.find(_XML + "boolean")
    if boolean is not None:
        return {"true": True, "false": False}[boolean.text or ""]
    names = tuple(variable.attrib["name"] for variable in document.find(_XML + "head").iterfind(_XML + "variable"))
    found = []
    for result in document.find(_XML + "results").iterfind(_XML + "result"):
        bound = {binding.attrib["name"]: _xml_term(binding[0]) for binding in result.iterfind(_XML + "binding")}
        if not bound.keys() <= set(names):
            raise ValueError(f"a binding of {sorted(bound.keys() - set(names))}, which the head does not name")
        found.append(tuple(bound.get(name) for name in names))
    return Table(names, tuple(found))


def _xml_term(element: ElementTree.Element) -> Term:
    kind = element.tag.removeprefix(_XML)
    if kind == "triple":
        return ox.Triple(*(_xml_term(element.find(_XML + part)[0]) for part in ("subject", "predicate", "object")))
    marks = element.attrib
    return _term(kind, element.text or "", marks.get("datatype"), marks.get(_LANGUAGE), marks.get(_DIRECTION))


def _read_csv(body: bytes) -> Table:
    """SPARQL 1.1 Query Results CSV Format, section 3: terms as plain text, of which only blank nodes can be told."""
    header, *lines = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    for line in lines:
        if len(line) != len(header):
            raise ValueError(f"a row has {len(line)} cells and the header {len(header)}")
    return Table(tuple(header), tuple(tuple(_csv_cell(cell) for cell in line) for line in lines))


def _csv_cell(cell: str) -> Term | None:
    return ox.BlankNode("b" + cell.encode("utf-8").hex()) if cell.startswith("_:") else ox.Literal(cell)


def _read_tsv(body: bytes) -> Table:
    """SPARQL 1.1 Query Results TSV Format, section 4: each cell a term as in Turtle, or empty."""
    header, *lines = body.decode("utf-8").removesuffix("\n").split("\n")
    names = header.split("\t") if header else []
    if not all(name.startswith("?") for name in names):
        raise ValueError(f"the header is {header!r}")
    found = []
    for line in lines:
        cells = line.split("\t")
        if len(cells) != max(1, len(names)):
            raise ValueError(f"a row has {len(cells)} cells and the header {len(names)}")
        found.append(tuple(_tsv_cell(cell) for cell in cells[: len(names)]))
    return Table(tuple(name[1:] for name in names), tuple(found))


def _tsv_cell(cell: str) -> Term | None:
    if not cell:
        return None
    if cell.startswith("_:"):
        # Each cell is read alone, and a reader of Turtle would give each its own node.
        return ox.BlankNode("b" + cell.encode("utf-8").hex())
    quads = list(ox.parse(f"<a:a> <a:a> {cell} .".encode(), format=ox.RdfFormat.TURTLE))
    return quads[0].object


_TABLES = {
    "application/sparql-results+json": _read_json,
    "application/sparql-results+xml": _read_xml,
    "text/csv": _read_csv,
    "text/tab-separated-values": _read_tsv,
}
