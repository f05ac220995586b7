"""RDF lists (RDF Schema 1.1, section 5.2) in a graph of numbered triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reasoning.facts import SHIFT, Facts, Key, Terms
from kg.reasoning.rules import RULE

_RDF = PREFIXES["rdf"]
#: From a list to each of its nodes; a fact inside the engine only.
ITEM = ox.NamedNode(RULE + "item")
FIRST, REST, NIL = (ox.NamedNode(_RDF + name) for name in ("first", "rest", "nil"))


@dataclass(frozen=True)
class Reading:
    """A list: its nodes in order, and at each place the members, which are several if one has several names."""

    nodes: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]


class Lists:
    """The lists of a graph; one that does not end with rdf:nil is none."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self._facts = facts
        self.first, self.rest, self._nil = (terms.number(name) for name in (FIRST, REST, NIL))
        self.item = terms.number(ITEM)

    def readings(self, head: int) -> Iterator[Reading]:
        """The ways to read the list that begins at a node: more than one only if a node has two names."""
        waiting = [(head,)]
        while waiting:
            nodes = waiting.pop()
            members = tuple(tuple(sorted(self._objects(self.first, node))) for node in nodes)
            for next_ in sorted(self._objects(self.rest, nodes[-1])):
                if next_ == self._nil:
                    yield Reading(nodes, members)
                elif next_ not in nodes:
                    waiting.append((*nodes, next_))

    def premises(self, reading: Reading, members: Iterable[int]) -> tuple[Key, ...]:
        """The triples that make up the list with these members, one for each place."""
        firsts = tuple((node, self.first, member) for node, member in zip(reading.nodes, members, strict=True))
        return firsts + self._spine(reading)

    def facts(self, anchors: Iterable[int]) -> Facts:
        """Which nodes make up each list that is a value of the anchors, as facts."""
        items: set[int] = set()
        for anchor in anchors:
            relation = self._facts.relations.get(anchor)
            for head in relation.backward if relation else ():
                items.update(head << SHIFT | node for reading in self.readings(head) for node in reading.nodes)
        found = Facts()
        if items:
            found.add(self.item, items)
        return found

    def premises_of(self, key: Key) -> Iterator[tuple[Key, ...]]:
        """The triples that make a node part of a list, in each way they do."""
        head, _, node = key
        for reading in self.readings(head):
            if node in reading.nodes:
                yield self._spine(reading)

    def _spine(self, reading: Reading) -> tuple[Key, ...]:
        following = (*reading.nodes[1:], self._nil)
        return tuple((node, self.rest, next_) for node, next_ in zip(reading.nodes, following, strict=True))

    def _objects(self, predicate: int, subject: int) -> Iterable[int]:
        relation = self._facts.relations.get(predicate)
        return relation.forward.get(subject, ()) if relation else ()
