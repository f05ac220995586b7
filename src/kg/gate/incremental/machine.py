"""Automata over a graph: a place is a node of the graph in a state, and an arc leads along a triple to another place.

Arcs are what a state reads: in a state with an arc of a predicate, every triple of that predicate at the node is looked
at. A skip leads to another state at the same node without looking at anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from kg.gate.incremental.paths import Choice, Path, Repeat, Chain, Step
from kg.gate.incremental.reader import Reader
from kg.gate.shapes import Term

Place = tuple[int, Term]


class Arc(NamedTuple):
    """A step between two states: along a predicate, from subject to object unless ``inverse``."""

    source: int
    predicate: ox.NamedNode
    inverse: bool
    target: int


class Machine:
    """States by number, arcs and skips between them; ``reads_all`` are states that look at every triple of the node."""

    def __init__(self) -> None:
        self.size = 0
        self.leaving: dict[int, list[Arc]] = defaultdict(list)
        self.arriving: dict[int, list[Arc]] = defaultdict(list)
        self.reading: dict[ox.NamedNode, list[Arc]] = defaultdict(list)
        self.skips: dict[int, list[int]] = defaultdict(list)
        self.skipped: dict[int, list[int]] = defaultdict(list)
        self.reads_all: set[int] = set()

    def state(self) -> int:
        """A new state."""
        self.size += 1
        return self.size - 1

    def arc(self, source: int, predicate: ox.NamedNode, inverse: bool, target: int) -> None:
        """Let a triple of this predicate lead from one state to the other."""
        arc = Arc(source, predicate, inverse, target)
        self.leaving[source].append(arc)
        self.arriving[target].append(arc)
        self.reading[predicate].append(arc)

    def skip(self, source: int, target: int) -> None:
        """Whatever is in the one state is in the other as well."""
        self.skips[source].append(target)
        self.skipped[target].append(source)

    def path(self, source: int, path: Path) -> int:
        """The state in which whoever has followed the path from ``source`` is."""
        match path:
            case Step(predicate, inverse):
                target = self.state()
                self.arc(source, predicate, inverse, target)
            case Chain(parts):
                target = source
                for part in parts:
                    target = self.path(target, part)
            case Choice(parts):
                target = self.state()
                for part in parts:
                    self.skip(self.path(source, part), target)
            case Repeat(part, zero, many):
                target = self.state()
                if zero:
                    self.skip(source, target)
                self.skip(self.path(source, part), target)
                if many:
                    self.skip(self.path(target, part), target)
        return target

    def ahead(self, starts: Iterable[Place], reader: Reader, gathered: set[ox.Triple] | None = None) -> set[Place]:
        """All places that can be reached; what is read on the way is added to ``gathered``."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            state, node = waiting.pop()
            found = [(target, node) for target in self.skips.get(state, ())]
            for arc in self.leaving.get(state, ()):
                ends = reader.ends(node, arc.predicate, arc.inverse)
                if ends:
                    found += [(arc.target, end) for end in ends]
                    if gathered is not None:
                        gathered.update(_triple(node, arc, end) for end in ends)
            if gathered is not None and state in self.reads_all:
                gathered.update(reader.everything(node))
            if found:
                waiting += [place for place in found if place not in seen]
                seen.update(found)
        return seen

    def back(self, starts: Iterable[Place], reader: Reader) -> set[Place]:
        """All places from which one of these can be reached."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            state, node = waiting.pop()
            found = [(source, node) for source in self.skipped.get(state, ())]
            for arc in self.arriving.get(state, ()):
                ends = reader.ends(node, arc.predicate, not arc.inverse)
                if ends:
                    found += [(arc.source, end) for end in ends]
            if found:
                waiting += [place for place in found if place not in seen]
                seen.update(found)
        return seen


def _triple(node: Term, arc: Arc, end: Term) -> ox.Triple:
    return ox.Triple(end, arc.predicate, node) if arc.inverse else ox.Triple(node, arc.predicate, end)
