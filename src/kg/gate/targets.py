"""The focus nodes of shapes (SHACL, section 2.1.3), found on a store and kept in it as named graphs."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.gate.shapes import RDF, RDFS, SH, ShapesGraph, Term

RUN = ox.NamedNode("urn:kg:run")
FOCUS = ox.NamedNode("urn:kg:focus")

#: Where the subject of a target declaration's value leads to its focus nodes.
_PATTERNS = {
    SH + "targetClass": f"?this <{RDF}type>|<{RDF}type>/<{RDFS}subClassOf>+ {{}}",
    SH + "targetSubjectsOf": "?this {} ?any",
    SH + "targetObjectsOf": "?any {} ?this",
}


class Targets:
    """Focus nodes by shape, each set found once and written into a named graph of the store when asked for."""

    def __init__(self, store: ox.Store, shapes: ShapesGraph) -> None:
        self._store = store
        self._shapes = shapes
        self._graphs: dict[frozenset[Term], ox.NamedNode] = {}
        self._nodes: dict[Term, frozenset[Term]] = {}
        self._after: dict[tuple[Term, tuple[Term, ...]], frozenset[Term]] = {}

    def of(self, shape: Term) -> frozenset[Term]:
        """The focus nodes of a shape by its own targets."""
        if shape not in self._nodes:
            found: set[Term] = set()
            for predicate, value in self._shapes.targets(shape):
                found |= {value} if predicate == SH + "targetNode" else self._select(_PATTERNS[predicate].format(value))
            self._nodes[shape] = frozenset(found)
        return self._nodes[shape]

    def after(self, shape: Term, steps: tuple[Term, ...]) -> frozenset[Term]:
        """The nodes that these values of ``sh:path``, one after the other, lead to from the focus nodes of a shape."""
        if not steps:
            return self.of(shape)
        if (shape, steps) not in self._after:
            path = self._shapes.path_text(steps[-1])
            self._after[shape, steps] = self.along(self.after(shape, steps[:-1]), path)
        return self._after[shape, steps]

    def along(self, nodes: Iterable[Term], path: str) -> frozenset[Term]:
        """The nodes that a property path, in SPARQL syntax, leads to from these."""
        graph = self.graph(frozenset(nodes))
        return frozenset(self._select(f"GRAPH {graph} {{ {RUN} {FOCUS} ?from }} ?from {path} ?this"))

    def graph(self, nodes: frozenset[Term]) -> ox.NamedNode:
        """The named graph that lists these nodes."""
        if nodes not in self._graphs:
            graph = ox.NamedNode(f"urn:kg:focus:{len(self._graphs)}")
            self._store.extend(ox.Quad(RUN, FOCUS, node, graph) for node in nodes)
            self._graphs[nodes] = graph
        return self._graphs[nodes]

    def _select(self, pattern: str) -> set[Term]:
        return {solution[0] for solution in self._store.query(f"SELECT DISTINCT ?this WHERE {{ {pattern} }}")}
