"""The part of a graph that verdicts rest on: what the automaton reads from given focus nodes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import chain

import pyoxigraph as ox

from kg.gate.incremental.automaton import Automaton
from kg.gate.incremental.cases import THIS, Case
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
            gathered |= for_query(automaton, constraint, foci, reader)[1]
    return gathered


def for_query(
    automaton: Automaton, constraint: Constraint, nodes: Iterable[Term], reader: Reader
) -> tuple[Set[Term], set[ox.Triple]]:
    """Those of these focus nodes for which a bounded SPARQL constraint can have results, and what it looks at for
    them: the matches of its cases, and no others.

    Each node comes with a triple that mentions it, if there is one: whether a path of no steps leads from a node to
    itself depends on its being in the graph.
    """
    read, foci = automaton.reads[constraint], frozenset(nodes)
    joins = joined(read.cases or (), foci, reader)
    if read.begins:
        foci = foci.intersection(chain.from_iterable(
            join.domains.get(THIS, ()) for case, join in zip(read.cases or (), joins, strict=True) if not case.own
        ))
    gathered = {triple for node in foci if (triple := reader.mention(node)) is not None}
    for join in joins:
        gathered.update(join.triples())
    return foci, gathered


def joined(cases: Iterable[Case], foci: Set[Term], reader: Reader) -> list[Join]:
    """The cases of a query for these focus nodes, each joined with what the one around it has found."""
    joins: list[Join] = []
    for case in cases:
        if case.around is None:
            joins.append(Join(case.atoms, {THIS: foci}, reader))
        else:
            around = joins[case.around]
            joins.append(around.and_(case.atoms[case.own:]) if around.domains else around)
    return joins
