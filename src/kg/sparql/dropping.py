"""A query without some of its parts: what may be left out of it, and its text then.

All places stay those of the query as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.sparql.cursor import NotRead
from kg.sparql.groups import (
    Bind,
    Block,
    Element,
    Filter,
    Group,
    Part,
    Path,
    Query,
    Span,
    SubQuery,
    Term,
    Triple,
    Values,
    bound,
    walk,
)
from kg.sparql.structure import read


@dataclass(frozen=True)
class Piece:
    """A part of a query that may be left out: a triple pattern of a block, or an element of a group.

    ``kind`` is ``pattern``, ``filter``, ``values``, ``bind``, ``optional``, ``minus``, ``union``, ``graph`` (then only
    the restriction to a graph is left out) or ``sub-query``. ``graph`` is the graph a pattern stands in.
    """

    kind: str
    place: Span
    element: Element
    triple: Triple | None = None
    graph: Term | None = None


class Reduced:
    """A query of which parts can be left out."""

    def __init__(self, text: str, query: Query, base: str | None = None) -> None:
        assert query.where is not None
        self.text, self.query, self._base = text, query, base
        self.where = query.where

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """What may be left out, in the order of the text.

        What stands in an OPTIONAL, a MINUS or an EXISTS is left out with it only: alone it can empty nothing.
        """
        trailing = [self.query.values] if self.query.values else []
        return (*_pieces(self.where, None), *(Piece("values", one, one) for one in trailing))

    def without(self, dropped: frozenset[int]) -> tuple[str, tuple[Filter, ...]]:
        """The query without these pieces, given by number, and the filters that go with them.

        A filter goes with a pattern if it reads a variable that nothing else may bind.
        """
        edits = self._edits(dropped)
        text = _edited(self.text, edits)
        try:
            rest = read(text, self._base).where
        except NotRead:
            return text, ()
        lost = set(bound(self.where) - bound(rest)) if rest else set()
        gone = {id(self.pieces[number].element) for number in dropped}
        idle: list[Filter] = []
        for element in walk(self.where):
            if isinstance(element, Bind) and element.variables & lost:
                lost.add(element.name)
            within = any(start <= element.start and element.end <= end for start, end, _ in edits)
            if isinstance(element, Filter) and element.variables & lost and id(element) not in gone and not within:
                idle.append(element)
        return _edited(self.text, edits + [(one.start, one.end, "") for one in idle]), tuple(idle)

    def probe(self, text: str, most: int) -> str:
        """A query for the solutions of the groups of a text that ``without`` gave, at most so many."""
        query = read(text, self._base)
        assert query.where is not None
        where = text[query.where.start : query.where.end]
        dataset = text[query.head.end : query.where.start]
        values = text[query.values.start : query.values.end] if query.values else ""
        return f"{text[: query.start]}SELECT * {dataset}{where} LIMIT {most} {values}"

    def is_bare(self, text: str) -> bool:
        """True if a text that ``without`` gave has nothing left to match."""
        where = read(text, self._base).where
        return where is not None and not _matches(where)

    def alone(self, piece: Piece) -> str:
        """A query for one solution of a pattern alone."""
        assert isinstance(piece.element, Block) and piece.triple is not None
        one = _written(self.text, piece.triple, {})
        if piece.graph:
            one = f"GRAPH {self.text[piece.graph.start : piece.graph.end]} {{ {one} }}"
        dataset = self.text[self.query.head.end : self.where.start] if self.query.default or self.query.named else ""
        return f"{self.text[: self.query.start]}SELECT * {dataset} {{ {one} }} LIMIT 1"

    def _edits(self, dropped: frozenset[int]) -> list[tuple[int, int, str]]:
        edits: list[tuple[int, int, str]] = []
        blocks: dict[int, tuple[Block, list[Triple]]] = {}
        for number in sorted(dropped):
            piece = self.pieces[number]
            if piece.triple is not None and isinstance(piece.element, Block):
                blocks.setdefault(id(piece.element), (piece.element, []))[1].append(piece.triple)
            elif piece.kind == "graph":
                edits.append((piece.place.start, piece.place.end, ""))
            else:
                edits.append((piece.element.start, piece.element.end, ""))
        for block, gone in blocks.values():
            names: dict[str, str] = {}
            kept = [_written(self.text, one, names) for one in block.triples if one not in gone]
            edits.append((block.start, block.end, " ".join(kept)))
        outer = [(start, end) for start, end, _ in edits]
        # What lies within something that goes as a whole goes with it.
        return [one for one in edits if not any(_within(one[:2], other) for other in outer)]


def _matches(group: Group) -> bool:
    """True if a group has something to match, other than what is only optional or taken away."""
    for element in group.elements:
        if isinstance(element, Block | Values | Bind | SubQuery):
            return True
        if isinstance(element, Part) and element.kind not in ("optional", "minus"):
            if any(map(_matches, element.groups)):
                return True
    return False


def _within(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and other[0] <= one[0] and one[1] <= other[1]


def _pieces(group: Group, graph: Term | None) -> Iterator[Piece]:
    for element in group.elements:
        match element:
            case Block(triples=triples):
                yield from (Piece("pattern", one, element, one, graph) for one in triples)
            case Filter():
                yield Piece("filter", element, element)
            case Values():
                yield Piece("values", element, element)
            case Bind():
                yield Piece("bind", element, element)
            case SubQuery(query=query):
                yield Piece("sub-query", element, element)
                if query.where and not (query.has_aggregates or query.limit is not None or query.offset):
                    yield from _pieces(query.where, graph)
            case Part(kind=kind) if kind in ("optional", "minus", "lateral"):
                yield Piece(kind, element, element)
            case Part(kind="graph", name=name, groups=groups) if name:
                yield Piece("graph", Span(element.start, name.end), element)
                yield from _pieces(groups[0], name)
            case Part(kind=kind, groups=groups):
                if kind == "union":
                    yield Piece("union", element, element)
                for below in groups:
                    yield from _pieces(below, graph)


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, put in sorted(set(edits), reverse=True):
        text = f"{text[:start]} {put} {text[end:]}"
    return text


def _written(text: str, triple: Triple, names: dict[str, str]) -> str:
    """A triple pattern on its own; nodes in brackets get labels, kept in ``names``."""
    return " ".join(_term(text, one, names) for one in (triple.subject, triple.verb, triple.object)) + " ."


def _term(text: str, term: Term | Path, names: dict[str, str]) -> str:
    if isinstance(term, Term) and term.name.startswith("["):
        return names.setdefault(term.name, f"_:kg{term.name[1:]}")
    if isinstance(term, Term) and term.start == term.end:
        return str(term.value)
    return text[term.start : term.end]
