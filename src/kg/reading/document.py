"""What was read: every triple of a text with the places of its three terms."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from kg.reading.tokens import Tokens, line_starts
from kg.reading.words import Fault

Subject = ox.NamedNode | ox.BlankNode
Graph = ox.NamedNode | ox.BlankNode | None


class Span(NamedTuple):
    """A piece of a text: from ``start`` up to ``end``, in code points from 0."""

    start: int
    end: int


class Stated(NamedTuple):
    """A triple as a text states it: the graph it is in (None: the default graph), and where its terms stand.

    A node in brackets stands from its opening to its closing bracket as an object, and at its opening one as a subject;
    the triples of a list stand at its items.
    """

    triple: ox.Triple
    graph: Graph
    subject: Span
    predicate: Span
    object: Span


@dataclass
class Document:
    """A text, read: its statements in the order in which a parser gives them, and its faults in that of the text.

    ``prefixes`` are those in force at its end. A document with faults has the triples that could be read.
    """

    text: str
    triples: list[Stated]
    prefixes: Mapping[str, str]
    faults: list[Fault]
    tokens: Tokens = field(repr=False)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, in code points from 1."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def line(self, number: int) -> str:
        """A line of the text, from 1, without its end."""
        end = self._lines[number] if number < len(self._lines) else len(self.text)
        return self.text[self._lines[number - 1] : end].rstrip("\r\n")

    def of(self, triple: ox.Triple) -> list[Stated]:
        """Where a triple is stated; nowhere, or several times."""
        return self._by_triple.get(triple, [])

    def first(self, subject: Subject) -> Stated | None:
        """The first statement about a node."""
        found = self._by_subject.get(subject)
        return found[0] if found else None

    def about(self, subject: Subject) -> Sequence[Stated]:
        """The statements about a node, in order."""
        return self._by_subject.get(subject, [])

    def first_line(self, subject: Subject) -> int | None:
        """The line at which the first statement about a node begins; None if there is none."""
        found = self.first(subject)
        return self.place(found.subject.start)[0] if found else None

    def mention(self, term: object) -> Span | None:
        """Where a term first stands in a triple."""
        return self.mentions.get(term)

    @cached_property
    def mentions(self) -> Mapping[object, Span]:
        """Where each term first stands in a triple."""
        found: dict[object, Span] = {}
        for stated in self.triples:
            subject, predicate, value = stated.triple
            for term, span in ((subject, stated.subject), (predicate, stated.predicate), (value, stated.object)):
                if term not in found or span < found[term]:
                    found[term] = span
        return found

    @property
    def blank_nodes(self) -> list[Span]:
        """Where a blank node stands, in the order of the text, each place once."""
        spans = {
            span
            for stated in self.triples
            for term, span in ((stated.triple.subject, stated.subject), (stated.triple.object, stated.object))
            if isinstance(term, ox.BlankNode)
        }
        return sorted(spans)

    def matched(self, triples: Iterable[ox.Triple]) -> Document:
        """The same with the blank nodes that another reading of the text gave to these triples, each once and in order.

        A document that says something else keeps its own.
        """
        own = list(dict.fromkeys(stated.triple for stated in self.triples))
        theirs = list(triples)
        names: dict[object, ox.BlankNode] = {}
        if len(own) != len(theirs) or not all(_same(*pair, names) for pair in zip(own, theirs, strict=True)):
            return self
        if not names or len(set(names.values())) != len(names):
            return self
        renamed = (
            one._replace(triple=_renamed(one.triple, names), graph=names.get(one.graph, one.graph))
            for one in self.triples
        )
        return replace(self, triples=list(renamed))

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.text)

    @cached_property
    def _by_triple(self) -> dict[ox.Triple, list[Stated]]:
        found: dict[ox.Triple, list[Stated]] = {}
        for stated in self.triples:
            found.setdefault(stated.triple, []).append(stated)
        return found

    @cached_property
    def _by_subject(self) -> dict[object, list[Stated]]:
        found: dict[object, list[Stated]] = {}
        for stated in sorted(self.triples, key=lambda one: one.predicate):
            found.setdefault(stated.triple.subject, []).append(stated)
        return found


def _same(own: ox.Triple, other: ox.Triple, names: dict[object, ox.BlankNode]) -> bool:
    """True if two triples differ only in the names of blank nodes, each of which has one name throughout."""
    if own.predicate != other.predicate:
        return False
    for one, two in ((own.subject, other.subject), (own.object, other.object)):
        if isinstance(one, ox.BlankNode) and isinstance(two, ox.BlankNode):
            if names.setdefault(one, two) != two:
                return False
        elif one != two:
            return False
    return True


def _renamed(triple: ox.Triple, names: Mapping[object, ox.BlankNode]) -> ox.Triple:
    subject, predicate, value = triple
    if subject not in names and value not in names:
        return triple
    return ox.Triple(names.get(subject, subject), predicate, names.get(value, value))
