"""A query laid out for reading: one clause or triple a line, indented by its braces, keywords in capitals.

Nothing else than spaces, line ends and the case of keywords changes; comments stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.querytext import Token, tokens
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
#: Levels of braces that lines are indented by: no reader follows more, and each would cost every line below it.
_DEEPEST = 30
#: Tokens of a text that is laid out; of those of the longest query that is read, few are as short as a mark.
_MOST = 40_000
#: How many times as long as it was a text may become, and the characters up to which that is no matter.
_GROWTH, _SMALL = 4, 4_000


def too_deep(text: str, nesting: int) -> Token | None:
    """The bracket that opens more than ``nesting`` levels, as ``kg.sparql.guard`` counts them; None if none does."""
    depth = 0
    if sum(map(text.count, "([{")) <= nesting:
        return None
    for token in tokens(text):
        if token.kind == "other":
            depth += (token.text in "([{") - (token.text in ")]}" and depth > 0)
            if depth > nesting:
                return token
    return None


def lay_out(text: str) -> str:
    """The query laid out, in a time that grows with its length; as it was where that would change what it says, as in a
    text whose brackets do not match, or would make it much longer."""
    stream = list(merged(text))
    if len(stream) > _MOST:
        return text
    written = _Writer(text, stream).whole()
    if len(written) > max(_GROWTH * len(text), _SMALL):
        return text
    return written if _same(text, stream, written) else text


def _same(text: str, stream: Sequence[Token], written: str) -> bool:
    others = list(merged(written))
    if len(stream) != len(others) or any(_said(one) != _said(other) for one, other in zip(stream, others, strict=True)):
        return False
    return list(_between(text, stream)) == list(_between(written, others))


def _said(token: Token) -> tuple[str, str]:
    return token.kind, token.upper if token.upper in _KEYWORDS else token.text


def comments(text: str) -> list[str]:
    """The comments of a query, in their order."""
    return list(_between(text, list(merged(text))))


def _between(text: str, stream: Sequence[Token]) -> Iterator[str]:
    """The comments between the tokens of a text."""
    end = 0
    for token in (*stream, Token("end", "", len(text))):
        if token.start > end:
            yield from (comment.rstrip() for comment in _COMMENT.findall(text, end, token.start))
        end = token.start + len(token.text)


@dataclass
class _Writer:
    """Writes the tokens of a query one after the other."""

    text: str
    stream: list[Token]
    _out: list[str] = field(default_factory=list)
    #: The brackets that are open, and how many of them are braces that indent.
    _open: list[str] = field(default_factory=list)
    _depth: int = 0
    #: The pieces of the line that is being written.
    _line: list[str] = field(default_factory=list)
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
            if self._closed() == "{":
                self._breaks, self._goes_on = True, False
        elif token.text in (")", "]") and self._open:
            self._closed()
        elif self._begins(token):
            self._breaks = bool(self._line) or self._breaks
            self._goes_on = False
        if self._breaks and not (token.text in (".", ";", ",") or (token.upper == "UNION" and self._ends("}"))):
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
            self._line = [self._indent(1 if self._goes_on else 0), word]
            return
        before = previous.text if previous else ""
        spaced = gap or before in ("{", "}", "{v", ";", ",") or token.text in ("{", "}")
        if token.text in (".", ";") and not (self._open and self._open[-1] == "("):
            spaced = True
        if (before in ("(", "[") or token.text in (")", "]", ",")) and not self._ends((";", ",")):
            spaced = spaced and before == "[" or token.text == "]"
        self._line += (" ", word) if spaced else (word,)

    def _after(self, token: Token, index: int) -> None:
        if token.text == "{":
            inline = self._is_short(index)
            self._open.append("{v" if inline else "{")
            self._depth += not inline
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
            if not self._line or "\n" in gap[: comment.start()]:
                self._end_line()
                if _EMPTY_LINE.search(gap, end, comment.start()):
                    self._leave_empty()
                self._line = [self._indent(), comment[0].rstrip()]
            else:
                self._line += ("  ", comment[0].rstrip())
            goes_on = self._goes_on
            self._end_line()
            self._goes_on = goes_on
            end = comment.end()
        if end and _EMPTY_LINE.search(gap, end):
            self._leave_empty()
        return gap[end:]

    def _leave_empty(self) -> None:
        """Leave one line empty, but none at the beginning."""
        if self._out and self._out[-1]:
            self._out.append("")

    def _end_line(self) -> None:
        if self._line:
            self._out.append("".join(self._line).rstrip())
        self._line = []

    def _closed(self) -> str:
        """Close the bracket that was opened last; which it is."""
        bracket = self._open.pop()
        self._depth -= bracket == "{"
        return bracket

    def _indent(self, extra: int = 0) -> str:
        return _INDENT * (min(self._depth, _DEEPEST) + extra)

    def _ends(self, ends: str | tuple[str, ...]) -> bool:
        """True if the line that is being written ends so."""
        return bool(self._line) and self._line[-1].endswith(ends)
