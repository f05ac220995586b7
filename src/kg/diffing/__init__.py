"""How two graphs differ: statements, and above them the nodes that they are about.

A statement is a subject with a name, a predicate and a value. A value that is a blank node stands for all that hangs
below it, written in Turtle, so the names of blank nodes do not matter. Blank nodes that several statements share, or
that run in a circle, are told apart by what surrounds them; where that is not enough, their orders are tried, and only
if these are few: no way is known that is fast on every graph (RDF Dataset Canonicalization, section 7.1).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from math import factorial, prod

import pyoxigraph as ox

from kg.errors import SourceError
from kg.rdf import PREFIXES, shorten
from kg.turtle import MAX_NESTING

#: Most blank nodes that are shared or run in a circle, and most orders that are tried of those that are alike.
MOST_ENTANGLED = 1000
MOST_ORDERS = 720
_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_FIRST, _REST, _NIL = (ox.NamedNode(_RDF + name) for name in ("first", "rest", "nil"))
_PLAIN = {_XSD + "integer", _XSD + "boolean"}
_BARE = re.compile(r"0|-?[1-9][0-9]*|true|false")
_CONTROLS = {number: f"\\u{number:04X}" for number in (*range(32), *range(127, 160), 0x2028, 0x2029)}


@dataclass(frozen=True)
class Statement:
    """A statement as text: subject and predicate as names, the value in Turtle; and the triples that it is made of.

    ``about`` is the IRI of its subject, empty if that is a blank node. Of a blank node that nothing refers to, the
    value tells all, and subject and predicate are empty.
    """

    subject: str
    predicate: str
    value: str
    about: str
    triples: tuple[ox.Triple, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same statement in another graph."""
        return self.subject, self.predicate, self.value

    @property
    def blank(self) -> bool:
        """True if it has a blank node."""
        return not all(isinstance(part, ox.NamedNode | ox.Literal) for triple in self.triples for part in triple)


@dataclass(frozen=True)
class Difference:
    """The statements that only the one graph has and those that only the other has, sorted."""

    removed: tuple[Statement, ...]
    added: tuple[Statement, ...]

    @property
    def same(self) -> bool:
        """True if the graphs are isomorphic (RDF 1.1 Concepts, section 3.6)."""
        return not (self.removed or self.added)


def compare(old: Iterable[ox.Triple], new: Iterable[ox.Triple]) -> Difference:
    """What became of the one graph in the other. Raises SourceError on blank nodes too entangled to be told apart."""
    before, after = map(set, (old, new))
    shared = {triple for triple in before & after if not _has_blank(triple)}
    was, now = statements(before - shared), statements(after - shared)
    counts = Counter(one.key for one in was), Counter(one.key for one in now)
    return Difference(_more(was, *counts), _more(now, *reversed(counts)))


def _more(own: Iterable[Statement], here: Counter, there: Counter) -> tuple[Statement, ...]:
    """The statements of one side that the other has not, or has less often."""
    left = here - there
    found = []
    for one in own:
        if left[one.key] > 0:
            left[one.key] -= 1
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.key))


def _has_blank(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def statements(triples: Iterable[ox.Triple]) -> list[Statement]:
    """The statements of a graph. Raises SourceError on blank nodes too entangled to be told apart."""
    return _Graph(triples).statements()


class _Graph:
    """A graph in which each blank node has a text that does not depend on its name."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._below: dict[object, list[ox.Triple]] = defaultdict(list)
        self._above: dict[object, list[ox.Triple]] = defaultdict(list)
        for triple in triples:
            self._below[triple.subject].append(triple)
            if isinstance(triple.object, ox.BlankNode):
                self._above[triple.object].append(triple)
        self._written: dict[object, tuple[str, tuple[ox.Triple, ...]]] = {}

    def statements(self) -> list[Statement]:
        """Every statement of the graph."""
        found = []
        for subject, triples in list(self._below.items()):
            if subject in self._trees:
                if not self._above[subject]:
                    text, parts = self._tree(subject, 0)
                    found.append(Statement("", "", text, "", parts))
                continue
            about = subject.value if isinstance(subject, ox.NamedNode) else ""
            name = self._text(subject, 0)[0]
            for triple in triples:
                value, parts = self._text(triple.object, 0)
                found.append(Statement(name, shorten(triple.predicate.value), value, about, (triple, *parts)))
        return found

    @cached_property
    def _blank(self) -> list[object]:
        return [node for node in dict.fromkeys([*self._below, *self._above]) if isinstance(node, ox.BlankNode)]

    @cached_property
    def _trees(self) -> frozenset[object]:
        """The blank nodes that are written as what is below them: one statement above them, nothing shared below."""
        open_ends = {
            node: sum(isinstance(triple.object, ox.BlankNode) for triple in self._below.get(node, ()))
            for node in self._blank
            if len(self._above.get(node, ())) <= 1
        }
        waiting, found = [node for node, count in open_ends.items() if not count], set()
        while waiting:
            node = waiting.pop()
            found.add(node)
            for triple in self._above.get(node, ()):
                if triple.subject in open_ends:
                    open_ends[triple.subject] -= 1
                    if not open_ends[triple.subject]:
                        waiting.append(triple.subject)
        return frozenset(found)

    def _text(self, term: object, depth: int) -> tuple[str, tuple[ox.Triple, ...]]:
        """A term as text, and the triples that the text tells besides."""
        if isinstance(term, ox.BlankNode):
            return self._tree(term, depth) if term in self._trees else (self._labels[term], ())
        return show(term), ()

    def _tree(self, node: object, depth: int) -> tuple[str, tuple[ox.Triple, ...]]:
        if depth > MAX_NESTING:
            raise SourceError(f"Blank nodes are nested more than {MAX_NESTING} deep.", remedy="Give them IRIs.")
        if node not in self._written:
            self._written[node] = self._list(node, depth) or self._brackets(node, depth)
        return self._written[node]

    def _brackets(self, node: object, depth: int) -> tuple[str, tuple[ox.Triple, ...]]:
        lines, parts = [], []
        for triple in self._below.get(node, ()):
            text, below = self._text(triple.object, depth + 1)
            lines.append(f"{shorten(triple.predicate.value)} {text}")
            parts += [triple, *below]
        return ("[ " + " ; ".join(sorted(lines)) + " ]" if lines else "[]"), tuple(parts)

    def _list(self, node: object, depth: int) -> tuple[str, tuple[ox.Triple, ...]] | None:
        """A well-formed list whose cells nothing else refers to (RDF Schema 1.1, section 5.2), or None."""
        items, parts = [], []
        while node != _NIL:
            cell = {triple.predicate: triple for triple in self._below.get(node, ())}
            if node not in self._trees or len(self._below[node]) != 2 or cell.keys() != {_FIRST, _REST}:
                return None
            text, below = self._text(cell[_FIRST].object, depth + 1)
            items.append(text)
            parts += [*cell.values(), *below]
            node = cell[_REST].object
        return "( " + " ".join(items) + " )", tuple(parts)

    @cached_property
    def _labels(self) -> dict[object, str]:
        """A label for each blank node that is no tree, from what surrounds it: the same in isomorphic graphs."""
        nodes = [node for node in self._blank if node not in self._trees]
        if len(nodes) > MOST_ENTANGLED:
            raise _entangled(len(nodes))
        colours, classes = dict.fromkeys(nodes, ""), 0
        while len(set(colours.values())) > classes:
            classes = len(set(colours.values()))
            colours = {node: self._colour(node, colours) for node in nodes}
        groups: dict[str, list[object]] = defaultdict(list)
        for node in nodes:
            groups[colours[node]].append(node)
        alike = {colour: group for colour, group in groups.items() if len(group) > 1}
        if prod(factorial(len(group)) for group in alike.values()) > MOST_ORDERS:
            raise _entangled(sum(map(len, alike.values())))
        first = {node: f"_:{colour[:16]}" for node, colour in colours.items()}
        orders = product(*(permutations(group) for group in alike.values()))
        choices = (
            {node: f"{first[node]}-{rank}" for order in one for rank, node in enumerate(order)} for one in orders
        )
        return min(({**first, **choice} for choice in choices), key=lambda labels: self._form(alike, labels))

    def _form(self, alike: Mapping[str, list[object]], labels: Mapping[object, str]) -> list[str]:
        """What the graph says of the nodes that are alike, under these labels."""
        near = {t for group in alike.values() for node in group for t in (*self._below[node], *self._above[node])}
        return sorted(f"{self._near(t.subject, labels)} {t.predicate} {self._near(t.object, labels)}" for t in near)

    def _near(self, term: object, labels: Mapping[object, str]) -> str:
        return labels[term] if term in labels else self._text(term, 0)[0]

    def _colour(self, node: object, colours: Mapping[object, str]) -> str:
        """A digest of what is stated of a node and around it, with what is known so far of the nodes there."""

        def shade(term: object) -> str:
            return "_:itself" if term == node else self._near(term, colours)

        around = [f"> {triple.predicate} {shade(triple.object)}" for triple in self._below.get(node, ())]
        around += [f"< {triple.predicate} {shade(triple.subject)}" for triple in self._above.get(node, ())]
        return hashlib.sha256("\n".join([colours[node], *sorted(around)]).encode()).hexdigest()


def _entangled(count: int) -> SourceError:
    return SourceError(
        f"The graph has {count} blank nodes that are too entangled to compare.", remedy="Give them IRIs."
    )


def show(term: object) -> str:
    """A named node or literal in Turtle, on one line and without characters that would command a terminal."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value).translate(_CONTROLS)
    if not isinstance(term, ox.Literal):
        raise SourceError(f"{term} is not in RDF 1.1.", remedy="Write no triple terms.")
    if not term.language and term.datatype.value in _PLAIN:
        return str(term) if not _BARE.fullmatch(term.value) else term.value
    quoted = str(ox.Literal(term.value)).translate(_CONTROLS)
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype.value == _XSD + "string" else f"{quoted}^^{shorten(term.datatype.value)}"
