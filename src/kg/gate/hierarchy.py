"""What ontology and data assert of classes and properties: types, the hierarchies upward, domains and ranges.

Nothing here is inferred from domains and ranges: they are what is checked, not what makes a thing fit. Everything is
looked up when it is asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache

import pyoxigraph as ox

from kg.gate.state import State
from kg.rdf import PREFIXES

RDF, RDFS, OWL = (PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl"))
TYPE = RDF + "type"
A = ox.NamedNode(TYPE)
SUB_CLASS, SUB_PROPERTY = ox.NamedNode(RDFS + "subClassOf"), ox.NamedNode(RDFS + "subPropertyOf")
DOMAIN, RANGE = ox.NamedNode(RDFS + "domain"), ox.NamedNode(RDFS + "range")
INVERSE, SYMMETRIC = ox.NamedNode(OWL + "inverseOf"), OWL + "SymmetricProperty"
EQUIVALENT = {SUB_CLASS: ox.NamedNode(OWL + "equivalentClass"), SUB_PROPERTY: ox.NamedNode(OWL + "equivalentProperty")}
#: The predicates of axioms on which it depends what a class or property comprises.
AXIOMS = frozenset({SUB_CLASS, SUB_PROPERTY, DOMAIN, RANGE, INVERSE, *EQUIVALENT.values()})
#: For how many names what the axioms say of them is kept.
_KEPT = 10_000
_NONE: frozenset[str] = frozenset()


def is_axiom(triple: ox.Triple) -> bool:
    """True if a triple says something of a class or property that a hierarchy reads."""
    return triple.predicate in AXIOMS or (triple.predicate == A and triple.object == ox.NamedNode(SYMMETRIC))


class Hierarchy:
    """Asserted types, and what the axioms of a state say of classes and properties, all by IRI."""

    def __init__(self, state: State, lasting: Hierarchy | None = None) -> None:
        """``lasting`` is the hierarchy of another state with the same axioms, for who keeps one."""
        self._state = state
        self.stated_types = cache(self._stated_types)
        self.types = cache(self._types)
        if lasting is not None:
            self.above, self.below = lasting.above, lasting.below
            self.domains, self.ranges = lasting.domains, lasting.ranges
            return
        # One that lasts is asked for whatever names strangers send.
        kept = lru_cache(maxsize=_KEPT)
        self._said = kept(self._find_said)
        self._both_ways = kept(self._find_both_ways)
        self.above = kept(self._above)
        self.below = kept(self._below)
        self.domains = kept(lambda property_: self._ends(property_, DOMAIN, RANGE))
        self.ranges = kept(lambda property_: self._ends(property_, RANGE, DOMAIN))

    def _stated_types(self, node: str) -> frozenset[str]:
        """The classes that a node is stated to be of."""
        values = self._state.objects(ox.NamedNode(node), A)
        return frozenset(value.value for value in values if isinstance(value, ox.NamedNode))

    def narrowest(self, node: str) -> frozenset[str]:
        """The classes that a node is stated to be of, without those that have another of them below."""
        stated = self.stated_types(node)
        return frozenset(name for name in stated if not any(name in self.above(other) for other in stated - {name}))

    def members(self, class_: str) -> Iterator[str]:
        """The nodes with a name that are stated to be of a class or of one below it; one may come more than once."""
        return (node for below in sorted(self.below(class_)) for node in self._subjects(A, below))

    def _types(self, node: str) -> frozenset[str]:
        """The classes that a node is stated to be of, and all above them."""
        return frozenset().union(*(self.above(class_) for class_ in self.stated_types(node)))

    def _above(self, class_: str) -> frozenset[str]:
        """A class and all above it."""
        return _reach(class_, lambda name: self._higher(name, SUB_CLASS))

    def _below(self, class_: str) -> frozenset[str]:
        """A class and all below it."""
        same = EQUIVALENT[SUB_CLASS]
        return _reach(class_, lambda name: self._turned(same, name).union(self._subjects(SUB_CLASS, name)))

    def _higher(self, name: str, order: ox.NamedNode) -> frozenset[str]:
        """What is stated to be right above a class or property, or equivalent to it."""
        return self._values(name, order) | self._turned(EQUIVALENT[order], name)

    def _turned(self, predicate: ox.NamedNode, name: str) -> frozenset[str]:
        """What is stated to be equivalent or inverse to a class or property, at either end."""
        return self._both_ways(predicate).get(name, _NONE)

    def _find_both_ways(self, predicate: ox.NamedNode) -> dict[str, frozenset[str]]:
        """All axioms of such a predicate, at either end; they are few."""
        found: dict[str, set[str]] = {}
        for one, _, other in self._state.triples(None, predicate):
            if isinstance(one, ox.NamedNode) and isinstance(other, ox.NamedNode):
                found.setdefault(one.value, set()).add(other.value)
                found.setdefault(other.value, set()).add(one.value)
        return {name: frozenset(values) for name, values in found.items()}

    def _ends(self, property_: str, near: ox.NamedNode, far: ox.NamedNode) -> frozenset[str]:
        """The classes at one end of a property, with those it has from properties above it and from inverses."""
        found: set[str] = set()
        waiting, seen = [(property_, near)], {(property_, near)}
        while waiting:
            name, end = waiting.pop()
            other = far if end == near else near
            found |= self._values(name, end)
            turned = {name} if SYMMETRIC in self.stated_types(name) else self._turned(INVERSE, name)
            steps = {(higher, end) for higher in self._higher(name, SUB_PROPERTY)}
            steps |= {(inverse, other) for inverse in turned}
            waiting += steps - seen
            seen |= steps
        return frozenset(found)

    def _values(self, node: str, predicate: ox.NamedNode) -> frozenset[str]:
        return self._said(node).get(predicate, _NONE)

    def _find_said(self, term: str) -> dict[ox.NamedNode, frozenset[str]]:
        """The axioms of a class or property by their predicates; read all at once, as each is asked for soon."""
        found: dict[ox.NamedNode, set[str]] = {}
        for _, predicate, value in self._state.triples(ox.NamedNode(term)):
            if predicate in AXIOMS and isinstance(value, ox.NamedNode):
                found.setdefault(predicate, set()).add(value.value)
        return {predicate: frozenset(values) for predicate, values in found.items()}

    def _subjects(self, predicate: ox.NamedNode, value: str) -> Iterator[str]:
        nodes = self._state.subjects(predicate, ox.NamedNode(value))
        return (node.value for node in nodes if isinstance(node, ox.NamedNode))


def _reach(start: str, next_: Callable[[str], frozenset[str]]) -> frozenset[str]:
    """A name and all that steps lead to from it."""
    found, waiting = {start}, [start]
    while waiting:
        higher = next_(waiting.pop()) - found
        found |= higher
        waiting += higher
    return frozenset(found)
