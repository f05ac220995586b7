"""Running the engines on an extract: each target shape on chosen focus nodes instead of its own targets.

A shape is given the nodes by *marker targets*: its targets are taken away, and it is to judge the objects of a
predicate that nothing else uses. That works for nodes of every kind, adds nothing to what starts at a node, and is
understood by every engine; the engines' own options to judge only some nodes or shapes leave out parts of nested
shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache

import pyoxigraph as ox

from kg.gate import core, setquery
from kg.gate.incremental.affected import Affected
from kg.gate.incremental.aims import Aims
from kg.gate.incremental.automaton import Automaton
from kg.gate.incremental.extract import for_query, for_shapes
from kg.gate.plan import for_core, for_leftover, is_target as declares_target, targeting
from kg.gate.result import Result
from kg.gate.shapes import SH, Term
from kg.gate.state import State
from kg.gate.targets import RUN, Targets

#: The reference engine: results of shapes on data, as ``kg.gate.reference.validate``.
Reference = Callable[[Iterable[ox.Triple], Iterable[ox.Triple]], list[Result]]
_TARGET = ox.NamedNode(SH + "targetObjectsOf")
Nodes = dict[Term, set[Term]]


class Judge:
    """Judges in one state of the graph what a change affects."""

    def __init__(self, automaton: Automaton, state: State, aims: Aims, reference: Reference) -> None:
        self._automaton = automaton
        self._state = state
        self._aims, self._reader = aims, aims.reader
        self._reference = reference
        self._all: tuple[tuple[ox.Triple, ...], Targets, ox.Store] | None = None

    def results(self, affected: Affected) -> Iterator[Result]:
        """The results of all that is affected, in this state."""
        made = self._automaton.plan
        nodes = self._targets(affected)
        yield from self._core({root: each for root, each in nodes.items() if root not in made.whole})
        shapes, left = self._automaton.shapes, {site.root for site in made.leftover}
        if made.whole:
            whole = targeting(shapes, made.whole)
            yield from self._by_reference({r: each for r, each in nodes.items() if r in made.whole}, whole, affected)
        if made.leftover:
            rest = for_leftover(shapes, made)
            yield from self._by_reference({r: each for r, each in nodes.items() if r in left}, rest, affected)
        yield from self._queries(affected)

    def _targets(self, affected: Affected) -> Nodes:
        """The affected focus nodes that are targets in this state; all targets of a root that is judged everywhere."""
        found = {
            root: {node for node in nodes if self._aims.is_target(root, node)}
            for root, nodes in affected.nodes.items()
        }
        for root in self._automaton.active:
            if root in affected.everywhere:
                found[root] = set(self._everything()[1].of(root))
        return {root: nodes for root, nodes in found.items() if nodes}

    def _core(self, nodes: Nodes) -> list[Result]:
        if not nodes:
            return []
        # Only constraints of a kind that the automaton does not know need more than it reads.
        everywhere = self._automaton.is_foreign
        read = self._everything()[0] if everywhere else for_shapes(self._automaton, nodes, self._reader, queries=False)
        data = [*read, *_marks(self._automaton, nodes)]
        try:
            return _core_shapes(self._automaton).validate(data)
        except core.Refused:
            return self._reference(data, _marked_for_core(self._automaton))

    def _by_reference(self, nodes: Nodes, shapes: list[ox.Triple], affected: Affected) -> list[Result]:
        if not nodes:
            return []
        if affected.everywhere & nodes.keys():
            data = self._everything()[0]
        else:
            data = tuple(for_shapes(self._automaton, nodes, self._reader, queries=True))
        return self._reference([*data, *_marks(self._automaton, nodes)], _marked(self._automaton, shapes))

    def _queries(self, affected: Affected) -> Iterator[Result]:
        """The set queries; a site stands in the plan as often as it is reached."""
        shapes, extract, at = self._automaton.shapes, ox.Store(), []
        for site in self._automaton.plan.sites:
            if site in affected.everywhere:
                _, targets, store = self._everything()
                focus = targets.graph(targets.after(site.root, site.steps))
                yield from setquery.judge(store, shapes, site.constraint, focus)
            elif foci := {node for node in affected.sites[site] if self._aims.is_focus(site, node)}:
                able, read = for_query(self._automaton, site.constraint, foci, self._reader)
                if able:
                    extract.extend(ox.Quad(*triple) for triple in read)
                    at.append((site.constraint, able))
        targets = Targets(extract, shapes)
        for constraint, foci in at:
            yield from setquery.judge(extract, shapes, constraint, targets.graph(foci))

    def _everything(self) -> tuple[tuple[ox.Triple, ...], Targets, ox.Store]:
        """The whole graph, looked up once and only if it is needed."""
        if self._all is None:
            triples = tuple(self._state.triples())
            store = _store(triples)
            self._all = triples, Targets(store, self._automaton.shapes), store
        return self._all


def _store(triples: Iterable[ox.Triple]) -> ox.Store:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return store


def _marks(automaton: Automaton, nodes: Mapping[Term, Set[Term]]) -> Iterator[ox.Triple]:
    """The marker targets of these nodes."""
    marker = _markers(automaton)
    return (ox.Triple(RUN, marker[root], node) for root, each in nodes.items() for node in each)


def _markers(automaton: Automaton) -> dict[Term, ox.NamedNode]:
    return {root: ox.NamedNode(f"urn:kg:marker:{number}") for number, root in enumerate(automaton.shapes.roots)}


def _marked(automaton: Automaton, shapes: list[ox.Triple]) -> list[ox.Triple]:
    """Shapes with marker targets instead of their own."""
    graph, targeted = automaton.shapes, {t.subject for t in shapes if declares_target(automaton.shapes, t)}
    kept = [triple for triple in shapes if not declares_target(graph, triple)]
    return kept + [ox.Triple(root, _TARGET, mark) for root, mark in _markers(automaton).items() if root in targeted]


@lru_cache(maxsize=8)
def _core_shapes(automaton: Automaton) -> core.Shapes:
    return core.Shapes(_marked_for_core(automaton))


def _marked_for_core(automaton: Automaton) -> list[ox.Triple]:
    return _marked(automaton, for_core(automaton.shapes, automaton.plan.whole))
