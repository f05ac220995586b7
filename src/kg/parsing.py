"""Reading Turtle as strictly as RDF 1.1 Turtle says, with errors that say where and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.rdf import PREFIXES
from kg.turtle import MAX_NESTING, blank_node, deepest

_MARK = "\ufeff"
_UNDECLARED = re.compile(r"The prefix (\w+): has not been declared")
_BETWEEN = (
    "Between values of one predicate there is a comma, between predicates a semicolon, before a new subject a dot."
)


def decode(content: bytes, origin: str) -> str:
    """The text of a file in UTF-8. Raises SourceError with the place of what is no UTF-8, or of a byte order mark."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        where = Where(origin, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise SourceError(
            f"The file is not UTF-8: it has the byte {content[error.start]:#04x}.",
            remedy="Save it as UTF-8.",
            where=where,
        ) from None
    if text.startswith(_MARK):
        raise SourceError(
            "The file begins with a byte order mark.", remedy="Save it as UTF-8 without BOM.", where=Where(origin, 1, 1)
        )
    return text


def parse_turtle(content: bytes, origin: str) -> list[ox.Triple]:
    """The triples of a Turtle text. Raises SourceError with ``origin``, line and column (in code points)."""
    text = decode(content, origin)
    if deepest(text) > MAX_NESTING:
        raise SourceError(f"Brackets are nested more than {MAX_NESTING} deep.", where=Where(origin))
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.TURTLE))
    except SyntaxError as error:
        place = Where(origin, error.lineno, error.offset)
        reason = str(error.msg).partition(": ")[2] or str(error.msg)
        raise SourceError(f"{reason.rstrip('.')}.", remedy=_remedy(reason, text, place), where=place) from None
    for quad in quads:
        if isinstance(quad.object, ox.Triple) or getattr(quad.object, "direction", None) is not None:
            raise SourceError(
                f"{quad.object} is not in RDF 1.1.",
                remedy="Write no triple terms and no directions of text.",
                where=Where(origin),
            )
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _remedy(reason: str, text: str, place: Where) -> str:
    """What to do about a syntax error; the parser says what it met, which is after what is missing."""
    undeclared = _UNDECLARED.match(reason)
    if undeclared and undeclared[1] in PREFIXES:
        return f"Add the line: PREFIX {undeclared[1]}: <{PREFIXES[undeclared[1]]}>"
    line = text.split("\n")[(place.line or 1) - 1] if place.line else ""
    if reason.startswith("A dot is expected") and not line[: (place.column or 1) - 1].strip():
        return "A ; or . is probably missing at the end of the line before."
    if reason.startswith("A dot is expected") or "is not a valid" in reason:
        return _BETWEEN
    return "The last statement probably lacks its dot, or a text its closing quotation mark." if "end" in reason else ""


def refuse_blank_nodes(triples: Iterable[ox.Triple], content: bytes, path: str) -> None:
    """Raise SourceError, with line and column, if a file that may hold no blank nodes has one."""
    for triple in triples:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            raise SourceError(
                f"Data may hold no blank nodes, but one is used with {triple.predicate}.",
                remedy="Give the node an IRI of its own.",
                where=Where(path, *(blank_node(content.decode("utf-8")) or ())),
            )
