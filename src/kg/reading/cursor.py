"""The state of reading one text: where the reader is, what it has found, and what is wrong."""

from __future__ import annotations

import contextlib
from itertools import groupby
from operator import itemgetter

import pyoxigraph as ox

from kg.reading.document import Document, Graph, Span, Stated
from kg.reading.marks import line_of
from kg.reading.terms import BOOLEAN, NUMBERS, Terms, no_names
from kg.reading.tokens import line_starts, scan
from kg.reading.words import Fault

#: After this many faults, told or not, a text is none of the format, and is not read on.
MOST_FAULTS = 300
Term = ox.NamedNode | ox.BlankNode | ox.Literal
#: Faults that end with their token: others of the same line are told as well.
_CONTAINED = frozenset({
    "prefix", "prefix-known", "prefix-near", "iri", "relative", "language", "escape", "datatype", "not-here", "star",
    "subject-kind", "predicate-kind", "list-mark", "prefix-dot", "no-prefix-dot", "next-value",
})
_STRINGS = frozenset({"string", "openstring", "brokenstring", "openlong"})
_OPEN = {"openstring": "open-string", "brokenstring": "broken-string", "openlong": "open-long-string"}


class GivenUp(Exception):
    """The text is not read on: its brackets are nested too deep, or it has too many faults."""


class Cursor:
    """A place in the tokens of a text, and what was read up to there."""

    def __init__(self, text: str, base: str | None) -> None:
        self.text = text
        self.tokens = scan(text)
        self.kinds, self.starts, self.ends = self.tokens.kinds, self.tokens.starts, self.tokens.ends
        self.at = 0
        self.graph: Graph = None
        self.terms = Terms(text, self.tell, base)
        self._stated: list[tuple[int, Stated | None]] = []
        self._faults: list[Fault] = []
        self._lines: list[int] = []
        self._line_told = -1
        self._met = 0
        self._labels: dict[str, ox.BlankNode] = {}

    @property
    def kind(self) -> str:
        """The kind of the token to be read."""
        return self.kinds[self.at]

    @property
    def raw(self) -> str:
        """The token to be read."""
        return self.text[self.starts[self.at] : self.ends[self.at]]

    @property
    def lines(self) -> list[int]:
        """Where the lines begin."""
        self._lines = self._lines or line_starts(self.text)
        return self._lines

    def span(self, at: int) -> Span:
        """Where a token stands."""
        return Span(self.starts[at], self.ends[at])

    def tell(
        self, kind: str, start: int, end: int, *, edit: tuple[int, int, str] | None = None, **values: str
    ) -> None:
        """Note a fault. Of those that only follow from another of the same line nothing is said."""
        self._met += 1
        if kind not in _CONTAINED:
            line = line_of(self.lines, start)
            if line == self._line_told:
                if self._met > MOST_FAULTS:
                    raise GivenUp
                return
            self._line_told = line
        found = values.get("found", "")
        if len(found) > 60:
            values["found"] = found[:59] + "…"
        self._faults.append(Fault(kind, start, end, values, edit))
        if self._met > MOST_FAULTS:
            raise GivenUp

    def tell_token(self, kind: str, **values: str) -> None:
        """Note a fault at the token to be read."""
        self.tell(kind, self.starts[self.at], self.ends[self.at], found=self.raw, **values)

    def state(self, when: int, terms: tuple, spans: tuple[Span, Span, Span]) -> int:
        """Note a triple that the parser gives when it has read the token ``when``; returns its number.

        A triple with a term that could not be read is none.
        """
        whole = Stated(ox.Triple(*terms), self.graph, *spans) if None not in terms else None
        self._stated.append((when, whole))
        return len(self._stated) - 1

    def extend(self, number: int, end: int) -> None:
        """The object of a triple noted before ends only here."""
        when, stated = self._stated[number]
        if stated:
            self._stated[number] = when, stated._replace(object=Span(stated.object.start, end))

    def simple(self) -> tuple[Term | None, Span, int]:
        """Read a term that is one token, or a literal: the term, where it stands, and when the parser has read it."""
        at, kind = self.at, self.kinds[self.at]
        self.at += 1
        start, end = self.starts[at], self.ends[at]
        if kind == "name":
            return self.terms.name(start, end), Span(start, end), at
        if kind in _STRINGS:
            return self._literal(at)
        if kind == "iri":
            return self.terms.iri(start, end), Span(start, end), at
        if kind == "blank":
            label = self.text[start + 2 : end]
            return self._labels.setdefault(label, ox.BlankNode(label)), Span(start, end), at
        if kind in NUMBERS:
            return ox.Literal(self.text[start:end], datatype=NUMBERS[kind]), Span(start, end), at
        if kind == "word" and self.text[start:end] in ("true", "false"):
            return ox.Literal(self.text[start:end], datatype=BOOLEAN), Span(start, end), at
        raise ValueError(f"Unexpected token: {kind!r}")

    def _literal(self, at: int) -> tuple[ox.Literal | None, Span, int]:
        """A text, with its language or datatype."""
        kind, start = self.kinds[at], self.starts[at]
        if kind in _OPEN:
            edit = self._longer(at) if kind == "brokenstring" else None
            self.tell(_OPEN[kind], start, min(self.ends[at], self._line_end(start)), edit=edit)
            value = None
        else:
            value = self.terms.string(start, self.ends[at])
        suffix = self.kind
        if suffix == "language":
            self.at += 1
            return self.terms.literal(value, self.span(at + 1)), Span(start, self.ends[at + 1]), at + 1
        if suffix == "direction":
            self.tell_token("star")
            self.at += 1
            return None, Span(start, self.ends[at + 1]), at + 1
        if suffix == "typed":
            self.at += 1
            return self._typed(value, start)
        return self.terms.literal(value, None), Span(start, self.ends[at]), at + 1

    def _typed(self, value: str | None, start: int) -> tuple[ox.Literal | None, Span, int]:
        if self.kind not in ("name", "iri"):
            self.tell("datatype", self.starts[self.at - 1], self.ends[self.at - 1])
            if self.kind in ("word", "string"):
                self.at += 1
            return None, Span(start, self.ends[self.at - 1]), self.at
        datatype, span, at = self.simple()
        literal = None if value is None or datatype is None else ox.Literal(value, datatype=datatype)
        return literal, Span(start, span.end), at

    def _longer(self, at: int) -> tuple[int, int, str] | None:
        """The same text in three quotation marks, if that can be written so."""
        raw = self.text[self.starts[at] : self.ends[at]]
        mark, inner = raw[0], raw[1:-1]
        return None if mark * 2 in inner or inner.endswith(mark) else (
            self.starts[at], self.ends[at], mark * 3 + inner + mark * 3
        )

    def _line_end(self, offset: int) -> int:
        after = line_of(self.lines, offset) + 1
        end = self.lines[after] if after < len(self.lines) else len(self.text)
        return offset + len(self.text[offset:end].rstrip("\r\n"))

    def document(self) -> Document:
        """What was read, in the order in which the parser gives it."""
        self._met = 0
        with contextlib.suppress(GivenUp):
            self.terms.tell_undeclared()
        stated = [
            one
            for _, together in groupby(self._stated, key=itemgetter(0))
            for _, one in reversed(list(together))
            if one is not None
        ]
        faults = sorted(self._faults, key=lambda fault: (fault.start, fault.end))
        return Document(self.text, stated, no_names(self.terms.prefixes), faults, self.tokens)
