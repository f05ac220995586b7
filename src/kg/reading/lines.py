"""Reading N-Triples and N-Quads (RDF 1.1 N-Triples, section 7; N-Quads, section 5) with the place of every term."""

from __future__ import annotations

from kg.reading.cursor import Cursor, Term
from kg.reading.document import Span

_SUBJECTS = frozenset({"iri", "blank"})
_TEXTS = frozenset({"string", "openstring", "brokenstring", "openlong"})


class Lines(Cursor):
    """Reads statements of three or four terms and a dot."""

    def __init__(self, text: str, graphs: bool) -> None:
        super().__init__(text, None)
        self._graphs = graphs

    def all(self) -> None:
        """Read the whole text."""
        while self.kind != "end":
            self._statement()

    def _statement(self) -> None:
        terms: list[Term | None] = []
        spans: list[Span] = []
        line_end = self._line_end(self.starts[self.at])
        while self.kind not in (".", "end") and len(terms) < 3 + self._graphs and self.starts[self.at] < line_end:
            term, span = self._term(len(terms))
            terms.append(term)
            spans.append(span)
        if len(terms) < 3:
            self._incomplete(spans)
        else:
            self.graph = terms[3] if len(terms) == 4 else None
            if len(terms) == 3 or self.graph is not None:
                self.state(self.at, tuple(terms[:3]), (spans[0], spans[1], spans[2]))
        if self.kind == "." and self.starts[self.at] < line_end:
            self.at += 1
            if self.kind != "end" and self.starts[self.at] < line_end:
                self.tell("one-a-line", self.starts[self.at], self.starts[self.at])
        else:
            end = self.ends[self.at - 1] if self.at else 0
            self.tell("dot", end, end)
            self._skip_to(line_end)

    def _incomplete(self, spans: list[Span]) -> None:
        if not spans:
            self.tell_token("mark")
            self.at += self.kind != "." and self.kind != "end"
            return
        last = spans[-1]
        kind = "predicate" if len(spans) == 1 else "value"
        self.tell(kind, *last, found=self.text[last.start : last.end])

    def _skip_to(self, line_end: int) -> None:
        while self.kind != "end" and self.starts[self.at] < line_end:
            self.at += 1

    def _term(self, number: int) -> tuple[Term | None, Span]:
        """Read the term of this number in its statement, from 0."""
        kind, span = self.kind, self.span(self.at)
        fits = kind == "iri" or (kind == "blank" and number != 1) or (kind in _TEXTS and number == 2)
        if fits:
            term, span, _ = self.simple()
            return term, span
        misplaced = kind in _SUBJECTS or kind in _TEXTS
        if misplaced:
            self.tell_token("predicate-kind" if number == 1 else "subject-kind")
            _, span, _ = self.simple()
            return None, span
        self.tell_token("open-iri" if kind == "openiri" else "not-here")
        self.at += 1
        return None, span
