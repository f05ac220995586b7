"""Which nodes are the targets of which shapes in a state of the graph, each node looked up once."""

from __future__ import annotations

from kg.gate.incremental.automaton import Automaton
from kg.gate.incremental.reader import TYPE, Reader
from kg.gate.plan import Site
from kg.gate.shapes import Term

_NONE: frozenset[Term] = frozenset()


class Aims:
    """The targets of shapes, and the focus nodes of SPARQL constraints, in a state of the graph."""

    def __init__(self, automaton: Automaton, reader: Reader) -> None:
        self._automaton, self.reader = automaton, reader
        self._by_class: dict[Term, frozenset[Term]] = {}
        self._by_node: dict[Term, frozenset[Term]] = {}

    def is_target(self, root: Term, node: Term) -> bool:
        """True if a node is a target of a shape (SHACL, 2.1.3)."""
        named = self._by_node.get(node)
        if root in (self._named(node) if named is None else named):
            return True
        ends = self._automaton.targets[root].ends
        return bool(ends) and any(next(self.reader.lazily(node, *end), None) is not None for end in ends)

    def is_focus(self, site: Site, node: Term) -> bool:
        """True if the SPARQL constraint of a site is evaluated at a node."""
        if not site.steps:
            return self.is_target(site.root, node)
        automaton = self._automaton
        target = automaton.target[site.root]
        reached = automaton.machine.ahead({(automaton.sites[site], node)}, self.reader)
        return any(state == target and self.is_target(site.root, each) for state, each in reached)

    def _named(self, node: Term) -> frozenset[Term]:
        """The shapes that a node is a target of by name or by a class it is of."""
        classes = self.reader.ends(node, TYPE, False)
        found = self._automaton.by_target_node.get(node, _NONE).union(*map(self._of_class, classes))
        self._by_node[node] = found
        return found

    def _of_class(self, class_: Term) -> frozenset[Term]:
        found = self._by_class.get(class_)
        if found is None:
            roots = self._automaton.by_target_class
            found = _NONE.union(*(roots.get(above, _NONE) for above in self.reader.above(class_)))
            self._by_class[class_] = found
        return found
