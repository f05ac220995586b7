"""The part of a graph that verdicts rest on: what the automaton reads from given focus nodes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import pyoxigraph as ox

from kg.gate.incremental.automaton import Automaton
from kg.gate.incremental.cases import THIS
from kg.gate.incremental.joins import Join
from kg.gate.incremental.reader import Reader
from kg.gate.setquery import Constraint
from kg.gate.shapes import Term


def for_shapes(
    automaton: Automaton, nodes: Mapping[Term, Set[Term]], reader: Reader, *, queries: bool
) -> set[ox.Triple]:
    """What judging focus nodes, by target shape, looks at; with ``queries``, SPARQL constraints as well."""
    gathered: set[ox.Triple] = set()
    starts = {(automaton.focus[root], node) for root, each in nodes.items() for node in each}
    reached = automaton.machine.ahead(starts, reader, gathered)
    if queries:
        asked: dict[Constraint, set[Term]] = {}
        for state, node in reached:
            for constraint in automaton.asked.get(state, ()):
                asked.setdefault(constraint, set()).add(node)
        for constraint, foci in asked.items():
            gathered |= for_query(automaton, constraint, foci, reader)
    return gathered


def for_query(automaton: Automaton, constraint: Constraint, nodes: Iterable[Term], reader: Reader) -> set[ox.Triple]:
    """What a bounded SPARQL constraint looks at for these focus nodes: the matches of its cases, and no others.

    Each node comes with a triple that mentions it, if there is one: whether a path of no steps leads from a node to
    itself depends on its being in the graph.
    """
    foci = set(nodes)
    gathered = {triple for node in foci if (triple := reader.mention(node)) is not None}
    for case in automaton.reads[constraint].cases or ():
        gathered.update(Join(case.atoms, {THIS: foci}, reader).triples())
    return gathered
