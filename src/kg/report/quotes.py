"""The line that a finding points to, with the piece of it that is meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kg.model import Finding
from kg.rdf import PREFIXES, shorten

LINE_END = re.compile(r"\r\n|\r|\n")
#: What a term looks like where it begins (Turtle, 6.5); a long string may end on a later line.
_TERM = re.compile(
    r"""
    (?:\"{3}.*?(?:\"{3}|$) | '{3}.*?(?:'{3}|$) | "(?:[^"\\]|\\.)*"? | '(?:[^'\\]|\\.)*'?)
        (?:@[A-Za-z][A-Za-z0-9-]* | \^\^(?:<[^<>\s]*>|[^\s;,.()\[\]]+))?
  | <[^<>"\s]*>?
  | [^\s;,()\[\]"'<>.]+(?:\.+[^\s;,()\[\]"'<>.]+)*
  | \S
    """,
    re.VERBOSE,
)
_LITERAL = re.compile(r'"(.*)"(?:\^\^<[^>]*>|@[\w-]+)?$', re.DOTALL)
#: Marks that reorder what is read, so that a text shows as what it is not.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Quote:
    """A line of a file: its number from 1, its text, and the piece meant, in code points from 0."""

    line: int
    text: str
    start: int
    end: int

    def clipped(self, width: int) -> Quote:
        """The quote with at most ``width`` characters around the piece meant, and an ellipsis where it was cut."""
        if len(self.text) <= width:
            return self
        first = max(0, min(self.start - width // 3, len(self.text) - width))
        before, after = "…" if first else "", "…" if first + width < len(self.text) else ""
        cut = self.text[first:first + width]
        start = max(0, self.start - first)
        end = max(start, min(self.end - first, width))
        return Quote(self.line, before + cut + after, len(before) + start, len(before) + end)

    def shown(self) -> Quote:
        """The quote with a sign for each character that would not show; the piece meant stays where it is."""
        return Quote(self.line, visible(self.text), self.start, self.end)


def quote(lines: list[str], finding: Finding) -> Quote | None:
    """The line of a finding, marked from its column on, else at the value, property or node; None without a place."""
    where = finding.where
    if where is None or where.line is None or not 0 < where.line <= len(lines):
        return None
    text = lines[where.line - 1]
    if where.column is not None:
        found = _TERM.match(text, min(where.column - 1, len(text)))
        start, end = found.span() if found else (min(where.column - 1, len(text)), len(text))
        return Quote(where.line, text, start, end)
    for written in _ways(finding):
        at = re.search(rf"(?<![\w:/#-]){re.escape(written)}(?![\w:/#-])", text)
        if at:
            return Quote(where.line, text, *at.span())
    return Quote(where.line, text, len(text) - len(text.lstrip()), len(text.rstrip()))


def _ways(finding: Finding) -> list[str]:
    """How the terms of a finding may be written, what is most at fault first."""
    terms = [term for term in (finding.value, finding.path, finding.focus) if term and term != "_:"]
    written = []
    for term in terms:
        literal = _LITERAL.match(term)
        iri = [shorten(term), f"<{term}>", *(["a"] if term == PREFIXES["rdf"] + "type" else [])]
        written += [term, f'"{literal[1]}"', literal[1]] if literal else iri
    return [way for way in written if way]


def plain(value: str) -> str:
    """A value as a reader writes it: the prefixed name of an IRI, the text of a literal."""
    literal = _LITERAL.match(value)
    return literal[1] if literal else shorten(value)


def visible(text: str) -> str:
    """A text without what a terminal would obey or what reorders it: each such character is one that shows."""
    return text if text.isprintable() and not _REORDERING & set(text) else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() and character not in _REORDERING:
        return character
    if character == "\t" or unicodedata.category(character).startswith("Z"):
        return " "
    return chr(0x2400 + ord(character)) if ord(character) < 32 else "\ufffd"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
