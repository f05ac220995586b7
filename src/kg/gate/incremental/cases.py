"""What a SPARQL constraint looks at, as values: conjunctions of triple patterns (see ``queries``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import pyoxigraph as ox

from kg.gate.incremental.machine import Machine
from kg.gate.incremental.paths import Path, predicates
from kg.gate.shapes import Term

#: The variable of the focus node.
THIS = "this"
End = str | Term


@dataclass(frozen=True)
class Track:
    """A path as a machine, with the states in which it begins and ends."""

    machine: Machine
    start: int
    end: int


@lru_cache(maxsize=10_000)
def track(path: Path) -> Track:
    """The machine of a path."""
    machine = Machine()
    start = machine.state()
    return Track(machine, start, machine.path(start, path))


@dataclass(frozen=True)
class Atom:
    """A triple pattern: its ends are variables, as text, or terms."""

    subject: End
    path: Path
    object: End

    @cached_property
    def ends(self) -> tuple[End, End]:
        """Subject and object."""
        return self.subject, self.object

    @cached_property
    def track(self) -> Track:
        """The path as a machine."""
        return track(self.path)

    @cached_property
    def predicates(self) -> frozenset[ox.NamedNode]:
        """Every predicate of the path."""
        return frozenset(predicates(self.path))

    @cached_property
    def variables(self) -> frozenset[str]:
        """The variables at the ends."""
        return frozenset(end for end in self.ends if isinstance(end, str))


@dataclass(frozen=True)
class Case:
    """Patterns that must all match for those from ``own`` on to matter; ``around`` is the number, among the cases of
    the query, of the case whose patterns are those before, if there are any."""

    atoms: tuple[Atom, ...]
    own: int
    around: int | None = None


@dataclass(frozen=True)
class Reads:
    """What a query looks at: its cases if it is bounded, else the predicates it names, or None if it may look at all.

    ``skips`` if one of its paths may lead from a node to itself without a step, which it does from nodes of the graph.
    ``begins`` if each of its solutions is a match of a case with nothing around it.
    """

    cases: tuple[Case, ...] | None
    predicates: frozenset[ox.NamedNode] | None
    skips: bool = False
    begins: bool = False
