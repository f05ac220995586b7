"""What a change of the graph alters in the verdict of the shapes, without judging the whole graph.

The results after a change less those before it, and the other way round, are found from the changed triples: they are
followed back to the focus nodes that look at them, what these look at is looked up before and after the change, and the
engines judge these nodes on that alone. That nothing is missed is argued in ``docs/incremental.md`` and tested against
the difference of two full runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.gate.incremental.affected import Delta, affected
from kg.gate.incremental.aims import Aims
from kg.gate.incremental.automaton import compile_
from kg.gate.incremental.judge import Judge, Reference
from kg.gate.incremental.reader import Later, Reader
from kg.gate.result import Result
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State

Key = tuple[object, ...]


@dataclass(frozen=True)
class Difference:
    """The results that a change brings and those it takes away; ``judged`` counts the pairs of a focus node and what
    judges it that were looked at, ``everywhere`` the shapes and queries that had to be run over the whole graph."""

    introduced: tuple[Result, ...]
    fixed: tuple[Result, ...]
    judged: int = 0
    everywhere: int = 0


def no_reference(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> list[Result]:
    """Stands in where no reference engine is at hand. Raises ShapesError."""
    raise ShapesError(
        "The shapes have constraints that only the reference engine can judge.",
        remedy="Judge with --engine pyshacl, or write the constraints as bounded set queries.",
    )


def changed(
    shapes: ShapesGraph,
    old: State,
    new: State,
    added: Iterable[ox.Triple],
    removed: Iterable[ox.Triple],
    reference: Reference = no_reference,
) -> Difference:
    """What the shapes find in ``new`` and not in ``old``, and in ``old`` and not in ``new``, as multisets.

    ``added`` and ``removed`` are exactly the triples by which the states differ. ``reference`` judges what the fast
    engine cannot: ``kg.gate.reference.validate``, which is not imported here, as it takes long to load. Raises
    ShapesError if the shapes cannot be evaluated.
    """
    automaton = compile_(shapes)
    more, less, before = stored(added), stored(removed), Reader(old)
    later, kept = Later(new, before, less, more), Later(new, before, less, frozenset())
    delta = Delta(Aims(automaton, before), Aims(automaton, later), kept, more, less)
    reached = affected(automaton, delta)
    was, now = (
        list(Judge(automaton, state, aims, reference).results(reached))
        for state, aims in ((old, delta.was), (new, delta.now))
    )
    return Difference(
        tuple(_without(now, was)), tuple(_without(was, now)), len(reached), len(reached.everywhere)
    )


def stored(triples: Iterable[ox.Triple]) -> frozenset[ox.Triple]:
    """The triples as a store gives them back, which writes some literals anew (``7`` for ``007``)."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    return frozenset(quad.triple for quad in store)


def key(result: Result) -> Key:
    """What makes two results the same."""
    return (
        result.focus, result.path, result.value, result.component, result.shape, result.severity, result.constraint,
    )


def _without(results: list[Result], others: list[Result]) -> list[Result]:
    """The results less the others, as multisets by ``key``; of those alike, the ones that differ most stay."""
    same = Counter(others)
    rest = []
    for result in results:
        if same[result]:
            same[result] -= 1
        else:
            rest.append(result)
    alike = Counter(key(other) for other in same.elements())
    found = []
    for result in rest:
        if alike[key(result)]:
            alike[key(result)] -= 1
        else:
            found.append(result)
    return found
