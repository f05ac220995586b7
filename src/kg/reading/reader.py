"""Reading Turtle and TriG (RDF 1.1) with the place of every term, on past every fault.

The reader goes down the grammar (RDF 1.1 Turtle, section 6.5; RDF 1.1 TriG, section 4). Where something is missing or
too much it says so once, takes what the layout suggests was meant, and goes on. Whether a text is valid is decided by
the parser of the query engine; the reader tells where what stands, and what is wrong, all of it and in words.
"""

from __future__ import annotations

from difflib import get_close_matches

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reading.cursor import Cursor, GivenUp, Term
from kg.reading.document import Span
from kg.reading.marks import begins_statement, missing_mark, past_star, terms_ahead, within_brackets
from kg.turtle import MAX_NESTING

_RDF = PREFIXES["rdf"]
TYPE, FIRST, REST, NIL = (ox.NamedNode(_RDF + name) for name in ("type", "first", "rest", "nil"))
_RESOURCES = frozenset({"name", "iri", "blank"})
_LITERALS = frozenset({"string", "openstring", "brokenstring", "openlong", "integer", "decimal", "double"})
_SIMPLE = _RESOURCES | _LITERALS
_ENDS = frozenset({".", "]", "}", ")", "end"})
_CLOSING = {"[": "]", "(": ")"}


class Triples(Cursor):
    """Reads the statements of a graph."""

    def __init__(self, text: str, base: str | None) -> None:
        super().__init__(text, base)
        self._depth = 0
        #: True if the statement has ended although no dot says so.
        self._ended = False
        #: The statement before: its subject and where that stands, and where its dot is.
        self._before: tuple[Term | None, Span, int] | None = None

    def triples(self) -> None:
        """Read one statement up to and with its dot (or up to the brace that closes the graph)."""
        first, kind = self.at, self.kind
        if self._before and kind in _SIMPLE and terms_ahead(self.tokens, first) == 2:
            # The parser would take the predicate for a subject, and its value for a predicate.
            subject, span, dot = self._before
            self.tell("early-dot", self.starts[dot], self.ends[dot], edit=(self.starts[dot], self.ends[dot], ";"))
            self._predicates(subject, span)
        elif kind in _SIMPLE or kind in "[(":
            subject, span = self._subject()
            alone = kind == "[" and self.at > first + 2 and self.kind in (".", "}", "end")
            if not alone:
                self._predicates(subject, span)
        elif not self._stray("subject-kind"):
            return
        else:
            subject, span = None, self.span(first)
            if self.kind in _ENDS:
                self._before = None
                return self._dot(span)
            self._predicates(subject, span)
        self._before = (subject, span, self.at)
        self._dot(span)

    def _dot(self, subject: Span) -> None:
        """The end of a statement: where no dot is, either one is missing or a graph is closed."""
        if self._ended:
            self._ended = False
        elif self.kind == ".":
            self.at += 1
        elif self.kind in ("]", ")"):
            self.tell_token("closing")
            self.at += 1
            if self.kind == ".":
                self.at += 1
        elif not (self.kind in ("}", "end") and self.graph_open):
            self._missing("dot")

    #: True within the braces of a graph.
    graph_open = False

    def _missing(self, kind: str) -> None:
        before = self.ends[self.at - 1] if self.at else 0
        self.tell(kind, before, before)

    def _subject(self) -> tuple[Term | None, Span]:
        """Read what a statement begins with."""
        kind, at = self.kind, self.at
        if kind == "[":
            node = ox.BlankNode()
            end = self._bracketed(node)
            return node, Span(self.starts[at], end)
        if kind == "(":
            return self._list(None, None, None), self.span(at)
        if kind in _LITERALS:
            self.tell_token("subject-kind")
            _, span, _ = self.simple()
            return None, span
        term, span, _ = self.simple()
        return term, span

    def _predicates(self, subject: Term | None, span: Span) -> None:
        """Read predicates with their values, up to a dot, a closing bracket or the end."""
        some = False
        while True:
            semicolon = some and self.kind == ";"
            while some and self.kind == ";":
                self.at += 1
            if semicolon and self._depth == 0 and begins_statement(self.tokens, self.lines, self.at, span.start):
                mark = self.span(self.at - 1)
                self.tell("early-semicolon", *mark, edit=(*mark, "."))
                self._ended = True
                return
            if self.kind in _ENDS:
                if not some:
                    self.tell("predicate", *span, found=self.text[span.start : span.end])
                if self.kind == "." and self._depth and within_brackets(self.tokens, self.at):
                    self.tell_token("dot-within", edit=(*self.span(self.at), ";"))
                    self.at += 1
                    continue
                return
            at = self.at
            predicate = self._predicate()
            some = True
            if not self._values(subject, predicate, span, Span(self.starts[at], self.ends[self.at - 1])):
                return

    def _predicate(self) -> ox.NamedNode | None:
        """Read a predicate; whatever stands in its place is read."""
        at, kind = self.at, self.kind
        if kind in ("name", "iri"):
            return self.simple()[0]
        if kind == "word" and self.raw == "a":
            self.at += 1
            return TYPE
        if kind in _SIMPLE or (kind == "word" and self.raw in ("true", "false")):
            self.tell_token("predicate-kind")
            self.simple()
        elif kind in "[(":
            self.tell_token("predicate-kind")
            self._value(None, None, self.span(at), self.span(at))
        else:
            self._stray("predicate-kind")
        return None

    def _values(self, subject: Term | None, predicate: ox.NamedNode | None, span: Span, verb: Span) -> bool:
        """Read the values of a predicate. False if the statement ends here although no dot says so."""
        while True:
            if self.kind in _ENDS or self.kind in ";,":
                self._no_value(verb)
                if self.kind != ",":
                    return True
            else:
                self._value(subject, predicate, span, verb)
            while self.kind in ("star", "other"):
                self._stray("word")
            if self.kind == ",":
                self.at += 1
                continue
            if self.kind == ";" or self.kind in _ENDS:
                return True
            mark = missing_mark(self.tokens, self.lines, self.at, span.start, self._depth > 0)
            if mark == ".":
                return False
            self._missing({",": "comma", ";": "semicolon"}[mark])
            if mark == ";":
                return True

    def _no_value(self, verb: Span) -> None:
        comma = self.at - 1
        if self.kinds[comma] == ",":
            self.tell("next-value", *self.span(comma), edit=(*self.span(comma), ""))
        else:
            self.tell("value", *verb, found=self.text[verb.start : verb.end])

    def _value(self, subject: Term | None, predicate: ox.NamedNode | None, span: Span, verb: Span) -> None:
        """Read one value, and note the triple that it makes."""
        kind, at = self.kind, self.at
        if kind in _SIMPLE or (kind == "word" and self.raw in ("true", "false")):
            term, place, when = self.simple()
            self.state(when, (subject, predicate, term), (span, verb, place))
        elif kind == "[":
            node = ox.BlankNode()
            end = self._bracketed(node)
            self.state(self.at - 1, (subject, predicate, node), (span, verb, Span(self.starts[at], end)))
        elif kind == "(":
            self._list((subject, predicate), span, verb)
        elif self._stray("word"):
            return

    def _bracketed(self, node: ox.BlankNode) -> int:
        """Read ``[ … ]``; returns where it ends."""
        opening = self.at
        self._enter()
        if self.kind != "]":
            self._predicates(node, self.span(opening))
        return self._leave(opening)

    def _enter(self) -> None:
        self.at += 1
        self._depth += 1
        if self._depth > MAX_NESTING:
            self.tell_token("deep", near=str(MAX_NESTING))
            raise GivenUp

    def _leave(self, opening: int) -> int:
        """Read the bracket that closes the one at the token ``opening``; returns where it ends."""
        self._depth -= 1
        closing = _CLOSING[self.kinds[opening]]
        if self.kind == closing:
            self.at += 1
        else:
            self.tell("bracket", *self.span(opening), found=self.kinds[opening], near=closing)
        return self.ends[self.at - 1]

    def _list(self, above: tuple | None, span: Span | None, verb: Span | None) -> Term:
        """Read ``( … )``, and note the triple ``above`` that it is the value of; returns its first node."""
        opening, number = self.at, None
        self._enter()
        node: Term = NIL
        while self.kind not in (")", "]", ".", "}", "end"):
            if self.kind in ",;":
                self.tell_token("list-mark", edit=(*self.span(self.at), ""))
                self.at += 1
                continue
            here, new = self.span(self.at), ox.BlankNode()
            if node == NIL:
                first = new
                if above:
                    whole = Span(self.starts[opening], here.end)
                    number = self.state(self.at, (*above, new), (span, verb, whole))
            else:
                self.state(self.at, (node, REST, new), (here, here, here))
            node = new
            self._value(node, FIRST, here, here)
        last = Span(self.ends[self.at - 1], self.ends[self.at])
        if node != NIL:
            self.state(self.at, (node, REST, NIL), (last, last, last))
        end = self._leave(opening)
        if number is not None:
            self.extend(number, end)
        elif above and node == NIL:
            self.state(self.at - 1, (*above, NIL), (span, verb, Span(self.starts[opening], end)))
        return first if node != NIL else NIL

    def _stray(self, role: str) -> bool:
        """Read what belongs nowhere and say so. True if it stands for a term that was meant."""
        kind, raw, span = self.kind, self.raw, self.span(self.at)
        if kind == "word":
            near = get_close_matches(raw.lower(), ("true", "false", "a"), 1, 0.7) if role != "subject-kind" else []
            declared = (name for name in self.terms.prefixes if name != ":")
            known = [name for name in declared if self.text.startswith(name[:-1], span.start)]
            near = near or get_close_matches(raw, known, 1, 0.7)
            # Of a word in other letters there is no doubt what it is; a near one may be another.
            edit = (*span, near[0]) if near and near[0] == raw.lower() else None
            self.tell_token("did-you-mean" if near else "word", edit=edit, **({"near": near[0]} if near else {}))
        elif kind in ("badiri", "openiri"):
            if kind == "openiri":
                self.tell_token("open-iri")
            else:
                self.tell_token("iri", **_bad(raw))
        elif kind == "star":
            self.tell_token("star")
            self.at = past_star(self.tokens, self.text, self.at)
        elif kind in "{}":
            self.tell_token("graph")
        elif kind in ".;,])":
            self.tell_token("closing" if kind in "])" else "mark", edit=(*span, "") if raw == "." else None)
        else:
            self.tell_token("character")
        if kind != "end":
            self.at += 1
        return kind in ("word", "badiri", "openiri", "language", "other")


def _bad(raw: str) -> dict[str, str]:
    """The character that an IRI may not have, in both languages."""
    found = next((one for one in raw[1:-1] if one <= " " or one in '"{}|^`\\'), "")
    if found == " ":
        return {"why": "it has a space", "perche": "ha uno spazio"}
    return {"why": f"it has the character {found!r}", "perche": f"ha il carattere {found!r}"}
