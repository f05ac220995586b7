"""The line of a query that an error speaks of, with the spot marked below it."""

from __future__ import annotations

from kg import querytext
from kg.errors import Where
from kg.report.quotes import Quote

#: Characters of a line that are quoted.
WIDTH = 160


def quoted(text: str, where: Where | None) -> str:
    """The line at a place of a query, and below it ``^`` under each character of the token there; empty without one."""
    if where is None or where.origin != querytext.ORIGIN or where.line is None or where.column is None:
        return ""
    lines = text.split("\n")
    if where.line > len(lines):
        return ""
    line = lines[where.line - 1].rstrip("\r")
    offset = querytext.offset(text, where.line, where.column)
    token = next((one for one in querytext.tokens(text) if one.start >= offset), None)
    length = len(token.text.split("\n")[0]) if token and token.start == offset else 1
    if where.length:
        length = len(text[offset : offset + where.length].split("\n")[0].rstrip())
    start = min(where.column - 1, len(line))
    shown = Quote(where.line, line, start, max(start + 1, min(start + length, len(line)))).clipped(WIDTH).shown()
    return f"{shown.text}\n{' ' * shown.start}{'^' * max(1, shown.end - shown.start)}"
