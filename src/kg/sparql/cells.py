"""Tables as CSV where the engine's own writer does not do: results with triple terms, and files for spreadsheets.

CSV results (SPARQL 1.2 Query Results CSV and TSV Formats, section 3) give terms as plain strings; what a term is, they
do not tell. A triple term is ``<<( subject predicate object )>>``, a literal in it stands in quotation marks.

A file for a spreadsheet differs from that in two things. It begins with a byte order mark, by which spreadsheets know
UTF-8. And text that a spreadsheet would run as a formula is made harmless by an apostrophe before it: that is a cell which
is no number and begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break, or has one of these after a semicolon, a tab
or a line break, where some spreadsheets begin a new cell. All other cells are as in CSV results; numbers stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

import pyoxigraph as ox

from kg.rdf import PREFIXES

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Write = Callable[[bytes], object]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: Rows written at once.
_ROWS = 500
_LINE_END = "\r\n"
_QUOTED = re.compile(r'[",\r\n]')
_ALSO_QUOTED = re.compile(r'[",;\t\r\n]')
#: Where a cell that a spreadsheet would run begins, also behind quotation marks and with the wide forms of the signs.
_RUNS = re.compile("(?:^|(?<=[;\\t\\r\\n]))(?=[\"']*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMERIC = frozenset(
    PREFIXES["xsd"] + name
    for name in (
        "integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger",
        "positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort",
        "unsignedByte",
    )
)  # fmt: skip


def write_csv(table: ox.QuerySolutions, write: Write) -> None:
    """Write the results of a SELECT as CSV results, in UTF-8, piece by piece."""
    _write(table, write, lambda term: _quoted(plain(term), _QUOTED))


def write_spreadsheet(results: ox.QuerySolutions | ox.QueryBoolean, write: Write) -> None:
    """Write the results of a SELECT or an ASK as a file for a spreadsheet, piece by piece."""
    write(BYTE_ORDER_MARK)
    if isinstance(results, ox.QueryBoolean):
        write(b"true" if results else b"false")
    else:
        _write(results, write, lambda term: _quoted(harmless(term), _ALSO_QUOTED))


def plain(term: Term) -> str:
    """A term as CSV results give it, before the quoting of its field."""
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<( {' '.join(_enclosed(part.value) if isinstance(part, ox.Literal) else plain(part) for part in parts)} )>>"
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def harmless(term: Term) -> str:
    """A term as text that no spreadsheet runs as a formula; a number as it is."""
    text = plain(term)
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMERIC and _NUMBER.fullmatch(text):
        return text
    return _RUNS.sub("'", text)


def _enclosed(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _quoted(text: str, special: re.Pattern[str]) -> str:
    return _enclosed(text) if special.search(text) else text


def _write(table: ox.QuerySolutions, write: Write, cell: Callable[[Term], str]) -> None:
    write((",".join(variable.value for variable in table.variables) + _LINE_END).encode("utf-8"))
    lines = _lines(table, cell)
    while piece := "".join(islice(lines, _ROWS)):
        write(piece.encode("utf-8"))


def _lines(table: ox.QuerySolutions, cell: Callable[[Term], str]) -> Iterator[str]:
    for solution in table:
        yield ",".join("" if term is None else cell(term) for term in solution) + _LINE_END
