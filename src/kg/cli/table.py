"""A table of query results for a terminal: prefixed names, columns aligned by what the eye sees."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pyoxigraph as ox

from kg.rdf import PREFIXES, shorten

NARROWEST = 8
GAP = "  "
_UNTAGGED = {PREFIXES["xsd"] + name for name in ("string", "integer", "decimal", "double", "boolean", "date")}


def show(term: object) -> str:
    """A term for reading: a prefixed name, a string with its language, another literal with its datatype."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return f"{_clean(term.value)}@{term.language}"
        datatype = term.datatype.value
        return _clean(term.value) + ("" if datatype in _UNTAGGED else f"^^{shorten(datatype)}")
    return str(term)


def render(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Header, rule and rows, each ending with a line feed; cut to ``width`` cells of the terminal if given."""
    columns = list(zip(header, *rows, strict=True)) if header else []
    widths = [max(map(display_width, column)) for column in columns]
    if width is not None:
        widths = _fit(widths, width)
    lines = [header, ["─" * size for size in widths], *rows]
    return "".join(
        GAP.join(_pad(cell, size) for cell, size in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def display_width(text: str) -> int:
    """Cells a text takes in a terminal: two for wide characters, none for combining ones (UAX #11)."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _clean(text: str) -> str:
    """The text on one line, without characters that would command the terminal."""
    return "".join(" " if character in "\t\n\r" else character if _harmless(character) else "�" for character in text)


def _harmless(character: str) -> bool:
    return unicodedata.category(character) != "Cc"


def _fit(widths: list[int], total: int) -> list[int]:
    """The widths, the widest made narrower until the table fits or every column is as narrow as it may be."""
    widths = list(widths)
    room = total - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        rest = max([size for size in widths if size < widths[widest]], default=NARROWEST)
        widths[widest] -= max(1, min(widths[widest] - max(rest, NARROWEST), sum(widths) - room))
    return widths


def _pad(text: str, size: int) -> str:
    wide = display_width(text)
    if wide <= size:
        return text + " " * (size - wide)
    kept, used = "", 0
    for character in text:
        if used + _cells(character) > size - 1:
            break
        kept, used = kept + character, used + _cells(character)
    return kept + "…" + " " * (size - 1 - used)
