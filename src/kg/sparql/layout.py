"""A query laid out for reading: one clause or triple a line, indented by its braces, keywords in capitals.

Nothing else than spaces, line ends and the case of keywords changes; comments stay where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.querytext import Token
from kg.sparql.cursor import merged

_KEYWORDS = frozenset({
    "PREFIX", "BASE", "VERSION", "SELECT", "DISTINCT", "REDUCED", "ASK", "CONSTRUCT", "DESCRIBE", "FROM", "NAMED", "WHERE",
    "FILTER", "OPTIONAL", "UNION", "MINUS", "BIND", "VALUES", "GRAPH", "SERVICE", "SILENT", "LATERAL", "EXISTS", "NOT", "IN",
    "AS", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT", "OFFSET", "UNDEF", "SEPARATOR",
})  # fmt: skip
#: Keywords that begin a line, where no bracket is open in it.
_BEGINS = frozenset({
    "PREFIX", "BASE", "VERSION", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "FROM", "FILTER", "OPTIONAL", "MINUS", "BIND",
    "VALUES", "GRAPH", "SERVICE", "LATERAL", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET",
})  # fmt: skip
#: Characters of a block of values that stays in one line.
_SHORT = 88
_COMMENT = re.compile(r"#[^\r\n]*")
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_INDENT = "  "


def lay_out(text: str) -> str:
    """The query laid out; as it was where that would change what it says, as in a text whose brackets do not match."""
    stream = list(merged(text))
    written = _Writer(text, stream).whole()
    return written if _same(text, stream, written) else text


def _same(text: str, stream: list[Token], written: str) -> bool:
    return [_said(one) for one in stream] == [_said(one) for one in merged(written)] and comments(text) == comments(written)


def _said(token: Token) -> tuple[str, str]:
    return token.kind, token.upper if token.upper in _KEYWORDS else token.text


def comments(text: str) -> list[str]:
    """The comments of a query, in their order."""
    found: list[str] = []
    end = 0
    for token in (*merged(text), Token("end", "", len(text))):
        found += [comment.rstrip() for comment in _COMMENT.findall(text[end : token.start])]
        end = token.start + len(token.text)
    return found


@dataclass
class _Writer:
    """Writes the tokens of a query one after the other."""

    text: str
    stream: list[Token]
    _out: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _line: str = ""
    #: Whether a line has to begin, and whether it goes on with what the last one began.
    _breaks: bool = False
    _goes_on: bool = False

    def whole(self) -> str:
        """The query laid out."""
        end = 0
        previous: Token | None = None
        for index, token in enumerate(self.stream):
            self._write(previous, token, self.text[end : token.start], index)
            end = token.start + len(token.text)
            previous = token
        self._comments(self.text[end:])
        self._end_line()
        return "\n".join(self._out).strip("\n") + "\n" if self._out else ""

    def _write(self, previous: Token | None, token: Token, gap: str, index: int) -> None:
        is_apart, gap = bool(gap), self._comments(gap)
        if token.text == "}" and self._open:
            if self._open.pop() == "{":
                self._breaks, self._goes_on = True, False
        elif token.text in (")", "]") and self._open:
            self._open.pop()
        elif self._begins(token):
            self._breaks = bool(self._line) or self._breaks
            self._goes_on = False
        if self._breaks and not (token.text in (".", ";", ",") or (token.upper == "UNION" and self._line.endswith("}"))):
            self._end_line()
            if _EMPTY_LINE.search(gap) and token.text != "}":
                self._leave_empty()
        self._breaks = False
        self._put(previous, token, is_apart)
        self._after(token, index)

    def _begins(self, token: Token) -> bool:
        """True for a keyword that begins a line, outside of brackets."""
        return token.upper in _BEGINS and self._open[-1:] in ([], ["{"])

    def _put(self, previous: Token | None, token: Token, gap: bool) -> None:
        word = token.upper if token.upper in _KEYWORDS else token.text
        if not self._line:
            extra = 1 if self._goes_on else 0
            self._line = _INDENT * (sum(one == "{" for one in self._open) + extra) + word
            return
        before = previous.text if previous else ""
        spaced = gap or before in ("{", "}", "{v", ";", ",") or token.text in ("{", "}")
        if token.text in (".", ";") and not (self._open and self._open[-1] == "("):
            spaced = True
        if (before in ("(", "[") or token.text in (")", "]", ",")) and not self._line.endswith((";", ",")):
            spaced = spaced and before == "[" or token.text == "]"
        self._line += (" " if spaced else "") + word

    def _after(self, token: Token, index: int) -> None:
        if token.text == "{":
            inline = self._is_short(index)
            self._open.append("{v" if inline else "{")
            self._breaks, self._goes_on = not inline, False
        elif token.text in ("(", "["):
            self._open.append(token.text)
        elif token.text == "}":
            self._breaks = self._open[-1:] != ["("]
            self._goes_on = False
        elif token.text in (".", ";") and self._open and self._open[-1] == "{":
            self._breaks, self._goes_on = True, token.text == ";"

    def _is_short(self, index: int) -> bool:
        """True for a block of values, or an empty group, that is written in one line."""
        closing = next((one for one in range(index + 1, len(self.stream)) if self.stream[one].text in ("{", "}")), None)
        if closing is None or self.stream[closing].text == "{":
            return False
        if closing == index + 1:
            return True
        head = [one.upper for one in self.stream[max(0, index - 12) : index]]
        inside = self.text[self.stream[index].start : self.stream[closing].start + 1]
        is_values = "VALUES" in head and "{" not in {one.text for one in self.stream[index - head[::-1].index("VALUES") : index]}
        return is_values and len(" ".join(inside.split())) <= _SHORT and "#" not in inside

    def _comments(self, gap: str) -> str:
        """Write the comments between two tokens; what follows them."""
        end = 0
        for comment in _COMMENT.finditer(gap):
            end = comment.end()
            if "\n" in gap[: comment.start()] or not self._line:
                self._end_line()
                if _EMPTY_LINE.search(gap[: comment.start()]):
                    self._leave_empty()
                self._line = _INDENT * sum(one == "{" for one in self._open) + comment[0].rstrip()
            else:
                self._line += "  " + comment[0].rstrip()
            goes_on = self._goes_on
            self._end_line()
            self._goes_on = goes_on
        if end and _EMPTY_LINE.search(gap, end):
            self._leave_empty()
        return gap[end:]

    def _leave_empty(self) -> None:
        """Leave one line empty, but none at the beginning."""
        if self._out and self._out[-1]:
            self._out.append("")

    def _end_line(self) -> None:
        if self._line:
            self._out.append(self._line.rstrip())
        self._line = ""
