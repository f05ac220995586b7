"""An answer as the page of a query shows it: rows with names, a part at a time, and what a script makes more of it from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from kg.errors import RequestError
from kg.model import Answer
from kg.rdf import BASE, PREFIXES
from kg.sparql.negotiate import Format
from kg.sparql.protocol import QueryRequest
from kg.sparql.snippets import Call, Snippet, snippets
from kg.web import labelled
from kg.web.site import carried, language, reader_labels, site, to
from kg.web.terms import Labels, Shown, bindings
from kg.web.words import island_words

#: Rows shown at once where no script runs; the downloads have all.
ROWS = 100
#: Bytes of an answer that are in its page a second time, for the script; of a larger one it asks by itself.
_EMBEDDED = 300_000
#: Different IRIs of a column by whose labels it is sorted, at most.
_SORTED_BY_LABEL = 2_000
_NUMBERS = frozenset(
    PREFIXES["xsd"] + name
    for name in (
        "integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_ASCENDING, _DESCENDING = "ascending", "descending"

Row = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Column:
    """A column: its name, how the rows are sorted by it (as ``aria-sort`` says it), and where they are by it."""

    name: str
    sorted: str
    href: str


@dataclass(frozen=True)
class Table:
    """A part of the rows of an answer, from the ``first`` to the ``last`` of a ``total``, counted from 1; ``before``
    and ``after`` are where the others are, if there are any."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Shown | None]]
    total: int
    first: int
    last: int
    before: str | None
    after: str | None


def handed() -> dict[str, object]:
    """What the script that shows answers is handed: the addresses and prefixes it needs, and its words."""
    links = {
        "root": request.script_root, "base": BASE, "prefixes": PREFIXES, "ask": f"{request.script_root}/sparql",
        "labels": to("/labels"), "using": to("/using"), "map": to("/map"), "states": to("/map/states.json"),
        "carried": urlencode(carried()), "most": labelled.MOST,
    }  # fmt: skip
    return {"links": links, "words": island_words("results", language())}


def shown(answer: Answer, asked: QueryRequest, *, is_graph: bool, from_cache: bool, stable: bool) -> dict[str, object]:
    """What the page needs for an answer in JSON, or in Turtle if it ``is_graph``. Raises RequestError.

    The parameters ``page`` and ``sort`` (a column, after a hyphen if descending) say which rows are wanted.
    """
    data: dict[str, object] = {
        "query": asked.query, "asOf": asked.as_of, "seconds": answer.seconds, "fromCache": from_cache,
        "complete": not answer.truncated, "snapshot": site().snapshot.reference, "links": handed()["links"],
        "graphs": {"default": asked.default_graphs, "named": asked.named_graphs},
    }  # fmt: skip
    told: dict[str, object] = {
        "seconds": answer.seconds, "from_cache": from_cache, "truncated": answer.truncated, "empty": False
    }
    if is_graph:
        turtle = answer.body.decode("utf-8")
        data |= {"kind": "graph", "turtle": turtle}
        return told | {"turtle": turtle, "data": data}
    result = json.loads(answer.body)
    if "boolean" in result:
        data |= {"kind": "boolean", "json": result}
        return told | {"boolean": result["boolean"], "empty": not result["boolean"], "data": data}
    if len(answer.body) <= _EMBEDDED:
        data |= {"kind": "table", "json": {"head": result["head"], "results": result["results"]}}
    elif stable and not answer.truncated:
        data |= {"kind": "table", "ask": True}
    else:
        # To ask again would be to show something else.
        data["kind"] = "none"
    table = _table(result, asked)
    return told | {"table": table, "empty": not table.total, "data": data}


def code(endpoint: str, asked: QueryRequest, form: str) -> Sequence[Snippet]:
    """The code that asks what was asked, for each language."""
    fields = [("as-of", asked.as_of), *(("default-graph-uri", iri) for iri in asked.default_graphs)]
    fields += [("named-graph-uri", iri) for iri in asked.named_graphs]
    fields += [("snapshot", asked.snapshot), ("limit", str(asked.limit) if asked.limit else None)]
    return snippets(Call(endpoint, asked.query or "", form, [(name, value) for name, value in fields if value]))


def downloads(formats: Sequence[Format]) -> list[tuple[str, str]]:
    """Name and ending of each of the formats."""
    return [(format.name, format.ending) for format in formats]


def again(asked: QueryRequest, **more: object) -> str:
    """The address of the page of the same query, with further parameters; None leaves one out."""
    fields = [("query", asked.query or ""), ("as-of", asked.as_of), ("limit", asked.limit)]
    fields += [("default-graph-uri", iri) for iri in asked.default_graphs]
    fields += [("named-graph-uri", iri) for iri in asked.named_graphs]
    fields += [*carried().items(), ("format", "html"), *more.items()]
    return f"{request.script_root}/sparql?{urlencode([(name, value) for name, value in fields if value is not None])}"


def _table(result: Mapping[str, Any], asked: QueryRequest) -> Table:
    names, rows = result["head"]["vars"], result["results"]["bindings"]
    wanted = request.args.get("sort") or None
    column, descending = (wanted or "").removeprefix("-"), bool(wanted and wanted.startswith("-"))
    if wanted and column not in names:
        raise RequestError(f"The answer has no column {column[:60]!r}.", remedy="Sort by one of its columns.")
    if wanted:
        rows = _sorted(rows, column, descending)
    number = _page_wanted(len(rows))
    first = (number - 1) * ROWS
    part = rows[first : first + ROWS]
    labels = _named(reader_labels(), [cell for row in part for cell in row.values()])
    _, cells = bindings({"head": {"vars": names}, "results": {"bindings": part}}, labels)
    last = first + len(part)
    return Table(
        [_column(name, asked, column, descending) for name in names], cells, len(rows), first + 1, last,
        again(asked, sort=wanted, page=number - 1) + "#answer" if first else None,
        again(asked, sort=wanted, page=number + 1) + "#answer" if last < len(rows) else None,
    )  # fmt: skip


def _column(name: str, asked: QueryRequest, sorted_by: str, descending: bool) -> Column:
    now = (_DESCENDING if descending else _ASCENDING) if name == sorted_by else "none"
    return Column(name, now, again(asked, sort=f"-{name}" if now == _ASCENDING else name) + "#answer")


def _page_wanted(rows: int) -> int:
    """The number of the part of the rows that is wanted, from 1. Raises RequestError."""
    wanted, pages = request.args.get("page") or "1", max(1, -(-rows // ROWS))
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    if not 1 <= number <= pages:
        raise RequestError(f"The answer has no page {wanted[:60]!r}.", remedy=f"It has pages 1 to {pages}.")
    return number


def _sorted(rows: list[Row], column: str, descending: bool) -> list[Row]:
    """The rows by a column: numbers before names and texts, those that have nothing there at the end."""
    having = [row for row in rows if column in row]
    labels = _named(reader_labels(), [row[column] for row in having], _SORTED_BY_LABEL)
    having.sort(key=lambda row: _key(row[column], labels), reverse=descending)
    return having + [row for row in rows if column not in row]


def _key(cell: dict[str, Any], labels: Labels) -> tuple[int, float, str]:
    if cell.get("datatype") in _NUMBERS:
        try:
            return 0, float(cell["value"]), ""
        except ValueError:
            pass
    text = labels.of(cell["value"])[0] if cell["type"] == "uri" else str(cell["value"])
    return 1, 0.0, text.casefold()


def _named(labels: Labels, cells: Sequence[dict[str, Any]], most: int | None = None) -> Labels:
    """The same labels, with those of all IRIs in these cells; without, if there are more than ``most``."""
    iris = set(_iris(cells))
    if most is None or len(iris) <= most:
        for iri, label in labelled.of(sorted(iris), labels).items():
            labels.take(iri, label.label, label.lang)
    return labels


def _iris(cells: Sequence[dict[str, Any]]) -> Iterator[str]:
    for cell in cells:
        if cell["type"] == "uri":
            yield cell["value"]
        elif cell["type"] == "triple":
            yield from _iris(list(cell["value"].values()))
