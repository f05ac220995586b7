"""Looking things up in a state of the graph, each only once, and in the state that a change leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from kg.gate.shapes import RDF, RDFS, Term
from kg.gate.state import State

TYPE = ox.NamedNode(RDF + "type")
SUB_CLASS = ox.NamedNode(RDFS + "subClassOf")


class Reader:
    """A state of the graph; what was looked up is kept."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._ends: dict[tuple[Term, ox.NamedNode, bool], tuple[Term, ...]] = {}
        self._mentions: dict[Term, ox.Triple | None] = {}
        self._above: dict[Term, frozenset[Term]] = {}

    def ends(self, node: Term, predicate: ox.NamedNode, inverse: bool) -> tuple[Term, ...]:
        """The nodes that a predicate leads to from a node, or, if ``inverse``, from which it leads there."""
        key = node, predicate, inverse
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = tuple(self.lazily(node, predicate, inverse))
        return found

    def lazily(self, node: Term, predicate: ox.NamedNode, inverse: bool) -> Iterator[Term]:
        """The same, one after the other and not kept, for whoever may not want all of them."""
        if (node, predicate, inverse) in self._ends:
            return iter(self._ends[node, predicate, inverse])
        if node in self._mentions and self._mentions[node] is None:
            return iter(())
        if inverse:
            return (triple.subject for triple in self._state.triples(None, predicate, node))
        return (triple.object for triple in self._state.triples(node, predicate)) if _starts(node) else iter(())

    def listing(self, node: Term, predicate: ox.NamedNode, inverse: bool) -> Iterator[Term]:
        """The same, and kept if whoever asks takes all of them."""
        found = []
        for end in self.lazily(node, predicate, inverse):
            found.append(end)
            yield end
        self._ends[node, predicate, inverse] = tuple(found)

    def has(self, subject: Term, predicate: ox.NamedNode, object_: Term) -> bool:
        """True if this is stated."""
        if (subject, predicate, False) in self._ends:
            return object_ in self._ends[subject, predicate, False]
        return _starts(subject) and ox.Triple(subject, predicate, object_) in self._state

    def everything(self, node: Term) -> Iterator[ox.Triple]:
        """Every triple with this subject."""
        return self._state.triples(node) if _starts(node) else iter(())

    def mentions(self, node: Term) -> Iterator[ox.Triple]:
        """Every triple in which the node is subject or object."""
        yield from self.everything(node)
        yield from self._state.triples(None, None, node)

    def mention(self, node: Term) -> ox.Triple | None:
        """Any triple in which the node is subject or object; None if there is none."""
        if node not in self._mentions:
            self._mentions[node] = self._mention(node)
        return self._mentions[node]

    def _mention(self, node: Term) -> ox.Triple | None:
        return (self._state.first(node) if _starts(node) else None) or self._state.first(None, None, node)

    def above(self, class_: Term) -> frozenset[Term]:
        """A class and all above it."""
        if class_ not in self._above:
            found, waiting = {class_}, [class_]
            while waiting:
                higher = set(self.ends(waiting.pop(), SUB_CLASS, False)) - found
                found |= higher
                waiting += higher
            self._above[class_] = frozenset(found)
        return self._above[class_]


class Later(Reader):
    """The state that another becomes by taking some triples away and adding others, without looking anything up anew.

    The triples taken away are in the other state, those added are not.
    """

    def __init__(
        self, state: State, before: Reader, removed: frozenset[ox.Triple], added: frozenset[ox.Triple]
    ) -> None:
        super().__init__(state)
        self._before = before
        self._removed = removed
        self._added = added
        self._from: dict[tuple[Term, ox.NamedNode, bool], list[Term]] = defaultdict(list)
        self._at: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in added:
            self._from[triple.subject, triple.predicate, False].append(triple.object)
            self._from[triple.object, triple.predicate, True].append(triple.subject)
            for node in {triple.subject, triple.object}:
                self._at[node].append(triple)

    def lazily(self, node: Term, predicate: ox.NamedNode, inverse: bool) -> Iterator[Term]:
        """As of any reader, the nodes of added triples first."""
        yield from self._from.get((node, predicate, inverse), ())
        for end in self._before.lazily(node, predicate, inverse):
            ends = (end, node) if inverse else (node, end)
            if not self._removed or ox.Triple(ends[0], predicate, ends[1]) not in self._removed:
                yield end

    def ends(self, node: Term, predicate: ox.NamedNode, inverse: bool) -> tuple[Term, ...]:
        """As of any reader; what is kept is kept of the state before as well."""
        key = node, predicate, inverse
        found = self._ends.get(key)
        if found is None:
            if self._removed:
                self._before.ends(node, predicate, inverse)
                found = tuple(self.lazily(node, predicate, inverse))
            else:
                found = (*self._from.get(key, ()), *self._before.ends(node, predicate, inverse))
            self._ends[key] = found
        return found

    def has(self, subject: Term, predicate: ox.NamedNode, object_: Term) -> bool:
        """As of any reader."""
        if not _starts(subject):
            return False
        triple = ox.Triple(subject, predicate, object_)
        return triple in self._added or (triple not in self._removed and self._before.has(subject, predicate, object_))

    def everything(self, node: Term) -> Iterator[ox.Triple]:
        """As of any reader."""
        yield from (triple for triple in self._at.get(node, ()) if triple.subject == node)
        yield from (triple for triple in self._before.everything(node) if triple not in self._removed)

    def _mention(self, node: Term) -> ox.Triple | None:
        if node in self._at:
            return self._at[node][0]
        found = self._before.mention(node)
        if found is None or found not in self._removed:
            return found
        return next((triple for triple in self._before.mentions(node) if triple not in self._removed), None)


def _starts(node: Term) -> bool:
    """True if a node can be the subject of a triple."""
    return isinstance(node, ox.NamedNode | ox.BlankNode)
