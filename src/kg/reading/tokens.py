"""The tokens of Turtle, TriG, N-Triples and N-Quads (RDF 1.1 Turtle, section 6.5), each with its place in the text.

Every character of a text is in a token, in white space or in a comment. What is none of the language's tokens is one of
a kind of its own, so that a reader can say what is wrong and go on behind it. No pattern takes more than linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What names may have beside dots (PN_CHARS), as ranges of characters.
_CHARS = (
    "--", "09", "AZ", "__", "az", "\u00b7\u00b7", "\u00c0\u00d6", "\u00d8\u00f6", "\u00f8\u037d", "\u037f\u1fff",
    "\u200c\u200d", "\u203f\u2040", "\u2070\u218f", "\u2c00\u2fef", "\u3001\ud7ff", "\uf900\ufdcf", "\ufdf0\ufffd",
    "\U00010000\U000effff",
)
#: Of these, and dots, what no name begins with.
_LATER = r"\-.\u00b7\u0300-\u036f\u203f\u2040"


def _any(ranges: tuple[str, ...], more: str = "") -> str:
    """The class of the characters in these ranges, and of some more, written as all that it does not have: compiling a
    class takes as long as it has characters below U+10000, and of these there are many more in names than not."""
    gaps, at = [], 0
    for first, last in sorted((ord(one[0]), ord(one[1])) for one in (*ranges, *(char * 2 for char in more))):
        if at < first:
            gaps.append(f"\\U{at:08x}-\\U{first - 1:08x}")
        at = last + 1
    return f"[^{''.join(gaps)}\\U{at:08x}-\\U0010ffff]"


# Each mention of the many characters of names takes a millisecond or more to compile, so they are mentioned once in each.
_ESCAPE = r"%[0-9A-Fa-f]{2} | \\[_~.\-!$&'()*+,;=/?\#@%]"
_NAME = rf"(?:\.*+{_any(_CHARS)}++)++"
_PREFIX = rf"(?![{_LATER}_0-9]){_NAME}"
_LOCAL = rf"(?![{_LATER}])(?:\.*+(?:{_any(_CHARS, ':')}++ | {_ESCAPE}) | \.++(?=[%\\]))++"

_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++)
  | (?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)
  | (?P<mark>[;,]|\.(?![0-9]))
  | (?P<string>"(?!"")[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+" | '(?!'')[^'\\\r\n]*+(?:\\[^\r\n][^'\\\r\n]*+)*+'
             | "{{3}}(?:"{{0,2}}(?:[^"\\]++ | \\.))*+"{{3}} | '{{3}}(?:'{{0,2}}(?:[^'\\]++ | \\.))*+'{{3}})
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]++ | \\u[0-9A-Fa-f]{{4}} | \\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<direction>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+--[A-Za-z]*+)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
  | (?P<word>{_PREFIX})
  | (?P<bracket>[\[\]()])
  | (?P<double>[+-]?(?:[0-9]++\.[0-9]*+ | \.?[0-9]++)[eE][+-]?[0-9]++)
  | (?P<decimal>[+-]?[0-9]*+\.[0-9]++)
  | (?P<integer>[+-]?[0-9]++)
  | (?P<typed>\^\^)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<blank>_:(?![{_LATER}]){_NAME})
  | (?P<star><<\(? | \)?>> | \{{\| | \|\}} | ~)
  | (?P<brace>[{{}}])
  | (?P<openlong>"{{3}}.*+ | '{{3}}.*+)
  | (?P<openstring>["'][^\r\n]*+)
  | (?P<badiri><[^<>\r\n]*+>)
  | (?P<openiri><[^\s<>"]*+)
  | (?P<dot>\.)
  | (?P<other>[^\s"'<>\[\](){{}};,.\#]++ | .)
    """,
    re.VERBOSE | re.DOTALL,
)
#: A text in one pair of quotation marks that goes over several lines: what closes it is followed by what may follow.
_BROKEN = re.compile(
    r"""(?:"[^"\\]{0,2000}" | '[^'\\]{0,2000}')(?= @[A-Za-z] | \^\^ | [ \t]*(?:[.;,\])]|\r?\n) )""", re.VERBOSE
)
_LINE_END = re.compile(r"\r\n?|\n")
_MARK_AT_END = re.compile(r"[ \t]*([;,.])[ \t]*\Z")


@dataclass
class Tokens:
    """The tokens of a text without white space and comments, column by column; the last one is the ``end``.

    A bracket, brace or mark has itself as its kind. ``comments`` has the places of the ``#`` comments.
    """

    kinds: list[str]
    starts: list[int]
    ends: list[int]
    comments: list[tuple[int, int]]


def scan(text: str) -> Tokens:
    """The tokens of a text, in order, each with where it starts and ends, in code points from 0."""
    kinds: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    comments: list[tuple[int, int]] = []
    at, match = 0, _TOKEN.match
    while found := match(text, at):
        kind, start, at = found.lastgroup or "other", at, found.end()
        if kind == "space":
            continue
        if kind == "comment":
            comments.append((start, at))
            continue
        if kind in ("mark", "bracket", "brace", "dot"):
            kind = text[start]
        elif kind == "openstring":
            kind, at = _open_string(text, start, at)
        kinds.append(kind)
        starts.append(start)
        ends.append(at)
    kinds.append("end")
    starts.append(len(text))
    ends.append(len(text))
    return Tokens(kinds, starts, ends, comments)


def _open_string(text: str, start: int, end: int) -> tuple[str, int]:
    """Kind and end of a text that its line does not close: it goes on, or its mark at the end of the line is no text."""
    broken = _BROKEN.match(text, start)
    if broken and broken.end() > end:
        return "brokenstring", broken.end()
    mark = _MARK_AT_END.search(text, max(start, end - 20), end)
    return "openstring", mark.start() if mark and mark.start() > start else end


def line_starts(text: str) -> list[int]:
    """Where each line of a text begins; a line ends with a line feed, a carriage return, or both."""
    return [0, *(found.end() for found in _LINE_END.finditer(text))]
