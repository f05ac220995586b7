"""Whose verdict can a change alter? The changed triples, followed back to the focus nodes that look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

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

    old: Reader
    new: Reader
    kept: Reader
    added: frozenset[ox.Triple]
    removed: frozenset[ox.Triple]

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
        found.sites[site] |= {
            node for node in touched[site.constraint] if _either(is_focus, automaton, site, node, delta)
        }
        if not _is_bounded(automaton, site.constraint) and (
            found.sites[site] or _meets(automaton, site.constraint, changed)
        ):
            found.everywhere.add(site)
    for root, unbounded in automaton.unbounded.items():
        if found.nodes[root] or any(_meets(automaton, each, changed) for each in unbounded):
            found.everywhere.add(root)
    return found


def is_target(automaton: Automaton, root: Term, node: Term, reader: Reader) -> bool:
    """True if a node is a target of a shape in a state of the graph (SHACL, 2.1.3)."""
    targets = automaton.targets[root]
    return (
        node in targets.nodes
        or any(reader.ends(node, predicate, inverse) for predicate, inverse in targets.ends)
        or bool(targets.classes) and reader.is_of(node, targets.classes)
    )


def is_focus(automaton: Automaton, site: Site, node: Term, reader: Reader) -> bool:
    """True if the SPARQL constraint of a site is evaluated at a node in a state of the graph."""
    if not site.steps:
        return is_target(automaton, site.root, node, reader)
    target = automaton.target[site.root]
    reached = automaton.machine.ahead({(automaton.sites[site], node)}, reader)
    return any(state == target and is_target(automaton, site.root, each, reader) for state, each in reached)


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
    focus = {automaton.focus[root]: root for root in automaton.active}
    target = {state: root for root, state in automaton.target.items()}
    sites: dict[int, list[Site]] = defaultdict(list)
    for site, state in automaton.sites.items():
        sites[state].append(site)
    for state, node in places:
        if state in focus:
            found.nodes[focus[state]].add(node)
        elif state in target or state in sites:
            root = target.get(state)
            if root is not None and _differs(is_target, automaton, root, node, delta):
                found.nodes[root].add(node)
            for site in sites[state]:
                if _differs(is_focus, automaton, site, node, delta):
                    found.sites[site].add(node)
    for root, nodes in found.nodes.items():
        found.nodes[root] = {
            node for node in nodes if _either(is_target, automaton, root, node, delta)
        }


def _differs(test: Callable[..., bool], automaton: Automaton, what: Term | Site, node: Term, delta: Delta) -> bool:
    return test(automaton, what, node, delta.old) != test(automaton, what, node, delta.new)


def _either(test: Callable[..., bool], automaton: Automaton, what: Term | Site, node: Term, delta: Delta) -> bool:
    return any(test(automaton, what, node, one) for one in (delta.old, delta.new))


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
