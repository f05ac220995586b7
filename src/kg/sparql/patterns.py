"""An estimate, never much too low, of the triple patterns of a query from its tokens alone.

A pattern ends where a separator, a bracket or a keyword follows its third term. A path step, a graph, a block of
values and a sub-query weigh as much as a pattern, since the planner orders them the same way. Of SPARQL 1.2, a triple
that is reified, by ``<< … >>``, ``~`` or an annotation, is a pattern more, and what an annotation says are others.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.querytext import Token

#: Keywords that add one thing to be joined.
JOINED = frozenset({"GRAPH", "VALUES", "SELECT", "LATERAL"})

_TERMS = frozenset({"iri", "name", "blank", "variable", "string"})
_TERM_WORDS = frozenset({"A", "TRUE", "FALSE"})
_CARRIED = {".": 0, ";": 1, ",": 2}


@dataclass
class _Level:
    """An open bracket: what it is, and how many terms of the pattern in it have been read."""

    kind: str
    terms: int = 0


class PatternCount:
    """Reads the tokens of a query in order; ``total`` is the estimate so far."""

    def __init__(self) -> None:
        self.total = 0
        self._levels: list[_Level] = []
        self._keyword = ""
        self._previous: Token | None = None
        self._forms = 0
        self._ended = 0
        self._doubled = False

    @property
    def in_values(self) -> bool:
        """True inside the braces of VALUES."""
        return any(level.kind == "values" for level in self._levels)

    def read(self, token: Token) -> None:
        """Take in the next token."""
        if token.kind == "word" and token.upper not in _TERM_WORDS:
            self._read_keyword(token.upper)
        elif token.kind in _TERMS or token.kind == "word":
            self._read_term()
        elif token.kind == "other":
            self._read_mark(token)
        self._doubled = token.text == "<" and self._previous is not None and self._previous.text == "<"
        self._previous = token

    def _read_keyword(self, word: str) -> None:
        self._end_pattern(0)
        self._forms += word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
        # The first SELECT is the query itself.
        self.total += word in JOINED and not (word == "SELECT" and self._forms == 1)
        self._keyword = word

    def _read_term(self) -> None:
        if not self._levels:
            return
        level = self._levels[-1]
        if level.kind == "list" and self._ends_term():
            # Two terms side by side in brackets are members of a collection, of two triples each (SPARQL 1.1, 4.2.3).
            self.total += 2
        level.terms += 1

    def _ends_term(self) -> bool:
        before = self._previous
        if before is None:
            return False
        return before.kind in _TERMS or before.upper in _TERM_WORDS or before.text in ")]" or before.text.isdigit()

    def _read_mark(self, token: Token) -> None:
        mark = token.text
        if mark in ("{", "(", "["):
            self._open(mark)
        elif mark in ("}", ")", "]"):
            self._close()
        elif mark in _CARRIED:
            # A decimal point ends a pattern too; its digits then begin none that counts.
            self._end_pattern(_CARRIED[mark])
        elif mark.isdigit():
            if not self._continues_number(token):
                self._read_term()
        elif mark in ("/", "~") and not self.in_values:
            self.total += 1
        elif self._previous is not None and self._previous.text + mark == "<<":
            self.total += 1
        elif self._previous is not None and self._previous.text + mark == "{|":
            self._annotate()

    def _continues_number(self, digit: Token) -> bool:
        before = self._previous
        return before is not None and before.text.isdigit() and before.start + 1 == digit.start

    def _annotate(self) -> None:
        """The brace just opened begins an annotation: the reified triple, which goes on, and what is said of it."""
        self.total += 1 - self._ended
        self._levels[-1] = _Level("blank", 1)

    def _open(self, mark: str) -> None:
        self._ended = self._ends_pattern()
        self.total += self._ended
        if mark == "{":
            kind = {"VALUES": "values", "CONSTRUCT": "template"}.get(self._keyword, "group")
            self._keyword = ""
            self._levels.append(_Level(kind))
            return
        outer = self._levels[-1].kind if self._levels else "expression"
        if mark == "[":
            self._read_term()
            self._levels.append(_Level("template" if outer == "template" else "blank", 1))
        else:
            called = self._previous is not None and self._previous.kind == "word"
            if self._doubled:
                self._levels.append(_Level("triple"))
                return
            is_list = outer in ("group", "blank", "list") and not called
            self._levels.append(_Level("list" if is_list else "expression"))

    def _close(self) -> None:
        self.total += self._ends_pattern()
        closed = self._levels.pop() if self._levels else None
        if self._levels and closed is not None:
            if closed.kind == "list":
                self.total += 1
                self._levels[-1].terms += 1
            elif closed.kind == "triple":
                self._levels[-1].terms += 1
            elif closed.kind != "blank":
                self._levels[-1].terms = 0

    def _end_pattern(self, carried: int) -> None:
        self.total += self._ends_pattern()
        if self._levels:
            self._levels[-1].terms = carried

    def _ends_pattern(self) -> bool:
        return bool(self._levels) and self._levels[-1].kind in ("group", "blank") and self._levels[-1].terms >= 3
