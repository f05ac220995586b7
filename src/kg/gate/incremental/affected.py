"""Whose verdict can a change alter? The changed triples, followed back to the focus nodes that look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.gate.incremental.aims import Aims
from kg.gate.incremental.automaton import Automaton
from kg.gate.incremental.cases import THIS, Atom, Case
from kg.gate.incremental.joins import Join
from kg.gate.incremental.machine import Place
from kg.gate.incremental.paths import Step
from kg.gate.incremental.reader import Reader
from kg.gate.plan import Site
from kg.gate.setquery import Constraint
from kg.gate.shapes import Term


@dataclass(frozen=True)
class Delta:
    """A change: how to look things up before it, after it, and in what it leaves alone; and the triples it touches."""

    was: Aims
    now: Aims
    kept: Reader
    added: frozenset[ox.Triple]
    removed: frozenset[ox.Triple]

    @property
    def old(self) -> Reader:
        """The state before."""
        return self.was.reader

    @property
    def new(self) -> Reader:
        """The state after."""
        return self.now.reader

    def touched(self) -> Iterator[tuple[ox.Triple, Reader]]:
        """Every triple of the change with the state that has it."""
        yield from ((triple, self.new) for triple in self.added)
        yield from ((triple, self.old) for triple in self.removed)


@dataclass
class Affected:
    """What to judge again: focus nodes by target shape, and, for SPARQL constraints that are set queries, by site.

    The roots and sites in ``everywhere`` are to be judged on all their targets over the whole graph.
    """

    nodes: dict[Term, set[Term]] = field(default_factory=lambda: defaultdict(set))
    sites: dict[Site, set[Term]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[Term | Site] = field(default_factory=set)

    def __len__(self) -> int:
        """How many pairs of a focus node and what judges it there are."""
        return sum(map(len, self.nodes.values())) + sum(map(len, self.sites.values()))


def affected(automaton: Automaton, delta: Delta) -> Affected:
    """All pairs of shape and focus node whose results can differ before and after a change."""
    found = Affected()
    if automaton.is_foreign:
        found.everywhere |= {*automaton.active, *automaton.plan.sites}
        return found
    changed = {triple.predicate for triple, _ in delta.touched()}
    appeared = _appeared(delta)  # First of all, so that nothing more is looked up of a node that was not there.
    touched = _touched(automaton, delta, appeared)
    places = automaton.machine.back({*_readers(automaton, delta), *_asking(automaton, touched)}, delta.kept)
    _reached(automaton, places, delta, found)
    for site in automaton.plan.sites:
        if nodes := touched[site.constraint]:
            found.sites[site] |= {
                node for node in nodes if delta.was.is_focus(site, node) or delta.now.is_focus(site, node)
            }
        if not _is_bounded(automaton, site.constraint) and (
            found.sites[site] or _meets(automaton, site.constraint, changed)
        ):
            found.everywhere.add(site)
    for root, unbounded in automaton.unbounded.items():
        if found.nodes[root] or any(_meets(automaton, each, changed) for each in unbounded):
            found.everywhere.add(root)
    return found


def _readers(automaton: Automaton, delta: Delta) -> Iterator[Place]:
    """The places that look at a changed triple."""
    machine = automaton.machine
    for triple, _ in delta.touched():
        for arc in machine.reading.get(triple.predicate, ()):
            yield arc.source, triple.object if arc.inverse else triple.subject
        yield from ((state, triple.subject) for state in machine.reads_all)


def _asking(automaton: Automaton, touched: dict[Constraint, set[Term]]) -> Iterator[Place]:
    """The places in which pySHACL evaluates a SPARQL constraint that looks at a changed triple."""
    for state, constraints in automaton.asked.items():
        yield from ((state, node) for constraint in constraints for node in touched[constraint])


def _reached(automaton: Automaton, places: Iterable[Place], delta: Delta, found: Affected) -> None:
    """Sort the places reached: focus nodes of target shapes, and nodes that become focus nodes or cease to be."""
    for state, node in places:
        meaning = automaton.meanings.get(state)
        if meaning is None:
            continue
        if (root := meaning.focus) is not None and (delta.was.is_target(root, node) or delta.now.is_target(root, node)):
            found.nodes[root].add(node)
        if (root := meaning.target) is not None and delta.was.is_target(root, node) != delta.now.is_target(root, node):
            found.nodes[root].add(node)
        for site in meaning.sites:
            if delta.was.is_focus(site, node) != delta.now.is_focus(site, node):
                found.sites[site].add(node)


def _is_bounded(automaton: Automaton, constraint: Constraint) -> bool:
    return automaton.reads[constraint].cases is not None


def _meets(automaton: Automaton, constraint: Constraint, changed: set[ox.NamedNode]) -> bool:
    """True if a query that is not bounded may look at a triple of these predicates."""
    named = automaton.reads[constraint].predicates
    return bool(changed) if named is None else not named.isdisjoint(changed)


def _touched(automaton: Automaton, delta: Delta, appeared: set[Term]) -> dict[Constraint, set[Term]]:
    """By bounded query, the nodes for which it looks at a changed triple.

    Each triple is put in the place of each pattern that it can match, and the other patterns of the case are joined
    with it, in the state that has the triple.
    """
    found = {constraint: set(appeared) if read.skips else set() for constraint, read in automaton.reads.items()}
    for triple, reader in delta.touched():
        for constraint, case, index in automaton.patterns.get(triple.predicate, ()):
            found[constraint] |= _foci(case, index, triple, reader, appeared)
    return found


def _appeared(delta: Delta) -> set[Term]:
    """The nodes that are in the graph before or after the change but not both."""
    nodes = {node for triple, _ in delta.touched() for node in (triple.subject, triple.object)}
    return {node for node in nodes if (delta.old.mention(node) is None) != (delta.new.mention(node) is None)}


def _foci(case: Case, index: int, triple: ox.Triple, reader: Reader, appeared: set[Term]) -> set[Term]:
    """The focus nodes of the matches of a case in which the triple matches the pattern at this index.

    Nodes that have ``appeared`` will be judged anyway, and are taken without asking whether the case matches.
    """
    atom, domains = case.atoms[index], {}
    for end, nodes in zip(atom.ends, _ends(atom, triple, reader), strict=True):
        if not isinstance(end, str):
            if end not in nodes:
                return set()
        elif not (domains.setdefault(end, nodes) & nodes):
            return set()
        else:
            domains[end] = domains[end] & nodes
    if domains.get(THIS, {None}) <= appeared:
        return domains[THIS]
    others = case.atoms[:index] + case.atoms[index + 1:]
    return Join(others, domains, reader).domains.get(THIS, set())


def _ends(atom: Atom, triple: ox.Triple, reader: Reader) -> tuple[set[Term], set[Term]]:
    """The nodes at both ends of an atom's path where the triple is one of its steps."""
    if isinstance(atom.path, Step):
        return {triple.subject}, {triple.object}
    one, near, far = atom.track, set(), set()
    for arc in one.machine.reading.get(triple.predicate, ()):
        before, after = (triple.object, triple.subject) if arc.inverse else (triple.subject, triple.object)
        near |= {node for state, node in one.machine.back({(arc.source, before)}, reader) if state == one.start}
        far |= {node for state, node in one.machine.ahead({(arc.target, after)}, reader) if state == one.end}
    return near, far
