"""What the files state at one moment, and how two moments differ.

A state is a base (a store with a named graph for each file) in which some files have another content. Nothing is
copied: a question is answered from the base without those files, and from their own content. So a contribution is
judged against a snapshot on disk without loading it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.rdf import CLOSURE_GRAPH

Subject = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal

#: A snapshot lists its default graph, which has all that any graph has, before the graphs of the files. Where so many
#: of its triples stand before the first that counts, they are asked for one by one, so that whoever wants only a few
#: of very many is served soon; where there are yet more of them, the graphs of the files are asked alone.
_PASSED, _ASKED = 128, 1_024
_CLOSURE = ox.NamedNode(CLOSURE_GRAPH)


class State:
    """The triples of the judged graphs as one set, each once, whichever files state them."""

    def __init__(
        self,
        base: ox.Store,
        graphs: Collection[str],
        instead: Mapping[str, Iterable[ox.Triple]] | None = None,
        *,
        in_memory: bool = False,
    ) -> None:
        """``graphs`` are the IRIs of the base's graphs that count; ``instead`` has the triples of those that differ,
        by graph: none for a file that is removed, and the content of files that the base does not have. ``in_memory``
        says that the base is not on disk, where each graph has an index."""
        self._in_memory = in_memory
        own = {graph: tuple(triples) for graph, triples in (instead or {}).items()}
        self._base = base
        self._graphs = frozenset(ox.NamedNode(graph) for graph in graphs if graph not in own)
        self._own = ox.Store()
        self._own.extend(ox.Quad(*triple) for triples in own.values() for triple in triples)
        self._has_own = any(own.values())

    def triples(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None, object_: Term | None = None
    ) -> Iterator[ox.Triple]:
        """Every triple that fits; None fits all."""
        passed, seen = 0, set()
        # Most questions are of few triples, so that what one costs is what asking a store costs.
        for quad in self._own.quads_for_pattern(subject, predicate, object_, None) if self._has_own else ():
            triple = quad.triple
            seen.add(triple)
            yield triple
        for quad in self._base.quads_for_pattern(subject, predicate, object_, None) if self._graphs else ():
            if quad.graph_name in self._graphs:
                if (triple := quad.triple) not in seen:
                    seen.add(triple)
                    yield triple
                continue
            passed += 1
            if passed > _ASKED:
                yield from self._of_graphs(subject, predicate, object_, seen)
                return
            if passed > _PASSED and (triple := quad.triple) not in seen and self._has(triple):
                seen.add(triple)
                yield triple

    def _of_graphs(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None, seen: set[ox.Triple]
    ) -> Iterator[ox.Triple]:
        """What fits in the base's graphs that count, but for what was seen."""
        has_name = not (isinstance(subject, ox.BlankNode) or isinstance(object_, ox.BlankNode))
        # A query has no way to name a blank node.
        search = self._named if self._in_memory and has_name else self._one_by_one
        for triple in search(subject, predicate, object_):
            if triple not in seen:
                seen.add(triple)
                yield triple

    def _one_by_one(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None
    ) -> Iterator[ox.Triple]:
        """What fits in each of the graphs that count, one after the other."""
        for graph in self._graphs:
            for quad in self._base.quads_for_pattern(subject, predicate, object_, graph):
                yield quad.triple

    def _named(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None
    ) -> Iterator[ox.Triple]:
        """The same as a query over all graphs: in memory the engine goes through much of a graph to find what fits in
        it, and for so many graphs that takes longer than to go once through what fits in any."""
        for row in self._base.query(f"SELECT * {{ {self._pattern(subject, predicate, object_)} }}"):
            yield ox.Triple(subject or row["s"], predicate or row["p"], object_ or row["o"])

    def _pattern(self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None) -> str:
        """What asks for the triples of the graphs that count: with all others left out, which are fewer."""
        graphs = (graph for graph in self._base.named_graphs() if isinstance(graph, ox.NamedNode))
        others = [graph for graph in graphs if graph not in self._graphs]
        # What most is in comes first: the engine compares one after the other.
        others.sort(key=lambda graph: (graph != _CLOSURE, str(graph)))
        names = zip((subject, predicate, object_), ("?s", "?p", "?o"), strict=True)
        pattern = " ".join(str(term) if term else name for term, name in names)
        return f"GRAPH ?graph {{ {pattern} }} FILTER(ISIRI(?graph) && ?graph NOT IN ({', '.join(map(str, others))}))"

    def first(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None, object_: Term | None = None
    ) -> ox.Triple | None:
        """Any triple that fits; None if there is none."""
        for quad in self._own.quads_for_pattern(subject, predicate, object_, None) if self._has_own else ():
            return quad.triple
        found = self._base.quads_for_pattern(subject, predicate, object_, None) if self._graphs else ()
        for passed, quad in enumerate(found):
            if passed > (_PASSED if self._in_memory else _ASKED):
                return next(self._of_graphs(subject, predicate, object_, set()), None)
            if quad.graph_name in self._graphs or self._has(quad.triple):
                return quad.triple
        return None

    def _has(self, triple: ox.Triple) -> bool:
        """True if one of the base's graphs that count has a triple."""
        found = self._base.quads_for_pattern(*triple, None) if self._graphs else ()
        return any(quad.graph_name in self._graphs for quad in found)

    def __contains__(self, triple: ox.Triple) -> bool:
        return (self._has_own and ox.Quad(*triple) in self._own) or self._has(triple)

    def describes(self, node: Subject) -> bool:
        """True if anything is said of a node."""
        return self.first(node) is not None

    def objects(self, subject: Subject, predicate: ox.NamedNode) -> Iterator[Term]:
        """The values of a predicate on a node."""
        return (triple.object for triple in self.triples(subject, predicate))

    def subjects(self, predicate: ox.NamedNode, object_: Term) -> Iterator[Subject]:
        """The nodes that have this value of a predicate."""
        return (triple.subject for triple in self.triples(None, predicate, object_))


def difference(old: State, new: State, touched: Iterable[ox.Triple]) -> tuple[set[ox.Triple], set[ox.Triple]]:
    """The triples added and removed between two states, of those ``touched``: what stands in any file that differs.

    A triple that another file states as well is no change.
    """
    candidates = set(touched)
    before = {triple for triple in candidates if triple in old}
    after = {triple for triple in candidates if triple in new}
    return after - before, before - after
