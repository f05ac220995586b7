"""What ontology and data assert of classes and properties: types, the hierarchies upward, domains and ranges.

Nothing here is inferred from domains and ranges: they are what is checked, not what makes a thing fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from kg.rdf import PREFIXES

RDF, RDFS, OWL = (PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl"))
TYPE = RDF + "type"
_SUB_CLASS, _SUB_PROPERTY = RDFS + "subClassOf", RDFS + "subPropertyOf"
_DOMAIN, _RANGE = RDFS + "domain", RDFS + "range"
_INVERSE, _SYMMETRIC = OWL + "inverseOf", OWL + "SymmetricProperty"
_EQUIVALENT = {OWL + "equivalentClass": _SUB_CLASS, OWL + "equivalentProperty": _SUB_PROPERTY}
_KEPT = {TYPE, _SUB_CLASS, _SUB_PROPERTY, _DOMAIN, _RANGE, _INVERSE}


class Hierarchy:
    """Asserted types, and what the axioms of the triples say of classes and properties, all by IRI."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._said: dict[str, dict[str, set[str]]] = {predicate: defaultdict(set) for predicate in _KEPT}
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode):
                self._add(triple.subject.value, triple.predicate.value, triple.object.value)
        self.above = cache(self._above)
        self.domains = cache(lambda property_: self._ends(property_, _DOMAIN, _RANGE))
        self.ranges = cache(lambda property_: self._ends(property_, _RANGE, _DOMAIN))

    def _add(self, subject: str, predicate: str, value: str) -> None:
        if predicate in _KEPT:
            self._said[predicate][subject].add(value)
        if predicate == _INVERSE:
            self._said[predicate][value].add(subject)
        if predicate in _EQUIVALENT:
            self._said[_EQUIVALENT[predicate]][subject].add(value)
            self._said[_EQUIVALENT[predicate]][value].add(subject)

    def stated_types(self, node: str) -> frozenset[str]:
        """The classes that a node is stated to be of."""
        return frozenset(self._said[TYPE].get(node, ()))

    def types(self, node: str) -> frozenset[str]:
        """The classes that a node is stated to be of, and all above them."""
        return frozenset().union(*(self.above(class_) for class_ in self.stated_types(node)))

    def _above(self, class_: str) -> frozenset[str]:
        """A class and all above it."""
        found, waiting = {class_}, [class_]
        while waiting:
            higher = self._said[_SUB_CLASS].get(waiting.pop(), set()) - found
            found |= higher
            waiting += higher
        return frozenset(found)

    def _ends(self, property_: str, near: str, far: str) -> frozenset[str]:
        """The classes at one end of a property, with those it has from properties above it and from inverses."""
        found: set[str] = set()
        waiting, seen = [(property_, near)], {(property_, near)}
        while waiting:
            name, end = waiting.pop()
            other = far if end == near else near
            found |= self._said[end].get(name, set())
            turned = {name} if _SYMMETRIC in self.stated_types(name) else self._said[_INVERSE].get(name, set())
            steps = {(higher, end) for higher in self._said[_SUB_PROPERTY].get(name, ())}
            steps |= {(inverse, other) for inverse in turned}
            waiting += steps - seen
            seen |= steps
        return frozenset(found)
