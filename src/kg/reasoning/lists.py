"""RDF lists (RDF Schema 1.1, section 5.2) in a graph of numbered triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reasoning.facts import SHIFT, Facts, Key, Terms
from kg.reasoning.rules import RULE

_RDF = PREFIXES["rdf"]


@dataclass(frozen=True)
class Reading:
    """A list: its nodes in order, and at each place the members, which are several if one has several names."""

    nodes: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]


class Lists:
    """The lists of a graph; one that does not end with rdf:nil is none."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self._facts = facts
        self.first, self.rest, self._nil = (terms.number(ox.NamedNode(_RDF + name)) for name in ("first", "rest", "nil"))
        self.member, self.repeated = (terms.number(ox.NamedNode(RULE + name)) for name in ("member", "repeated"))

    def readings(self, head: int) -> Iterator[Reading]:
        """The ways to read the list that begins at a node: more than one only if a node has two names."""
        waiting = [(head,)]
        while waiting:
            nodes = waiting.pop()
            members = tuple(tuple(sorted(self._objects(self.first, node))) for node in nodes)
            for next_ in sorted(self._objects(self.rest, nodes[-1])):
                if next_ == self._nil and all(members):
                    yield Reading(nodes, members)
                elif next_ not in nodes:
                    waiting.append((*nodes, next_))

    def premises(self, reading: Reading, members: Iterable[int]) -> tuple[Key, ...]:
        """The triples that make up the list with these members, one for each place."""
        following = (*reading.nodes[1:], self._nil)
        firsts = tuple((node, self.first, member) for node, member in zip(reading.nodes, members, strict=True))
        return firsts + tuple(
            (node, self.rest, next_) for node, next_ in zip(reading.nodes, following, strict=True)
        )

    def facts(self, anchors: Iterable[int]) -> Facts:
        """That a term is a member of a list, or stands in it twice, for each list that is a value of the anchors."""
        members: set[int] = set()
        repeated: set[int] = set()
        for anchor in anchors:
            relation = self._facts.relations.get(anchor)
            for head in relation.backward if relation else ():
                for reading in self.readings(head):
                    seen: set[int] = set()
                    for alternatives in reading.members:
                        repeated.update(head << SHIFT | one for one in alternatives if one in seen)
                        seen.update(alternatives)
                    members.update(head << SHIFT | one for one in seen)
        found = Facts()
        found.add(self.member, members)
        found.add(self.repeated, repeated)
        return found

    def premises_of(self, key: Key) -> Iterator[tuple[Key, ...]]:
        """The triples that make a fact about a list true, in each way they do."""
        head, predicate, wanted = key
        for reading in self.readings(head):
            places = [place for place, found in enumerate(reading.members) if wanted in found]
            members = [found[0] for found in reading.members]
            if predicate == self.member:
                for place in places:
                    yield self.premises(reading, [*members[:place], wanted, *members[place + 1 :]])
            elif len(places) > 1:
                yield self.premises(reading, [wanted if at in places else one for at, one in enumerate(members)])

    def _objects(self, predicate: int, subject: int) -> Iterable[int]:
        relation = self._facts.relations.get(predicate)
        return relation.forward.get(subject, ()) if relation else ()
