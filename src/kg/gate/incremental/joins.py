"""Joining the patterns of a case over a state of the graph, from what some of its variables may be.

Kept are, for each variable, the nodes it may stand for, and for each pattern its pairs of nodes. Patterns are looked up
one after the other, always from a side that is known, and pairs whose other side has been ruled out are dropped until
nothing changes. What is left contains every match, and on patterns that form no circle only nodes of matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import islice

import pyoxigraph as ox

from kg.gate.incremental.cases import Atom, End, Track
from kg.gate.incremental.paths import Step
from kg.gate.incremental.reader import Reader
from kg.gate.shapes import Term

Domains = Mapping[str, Set[Term]]
Pairs = frozenset[tuple[Term, Term]]
#: How many values are looked at in each direction at a time, to find the one with fewer.
PEEK = 32


class Join:
    """The patterns of a case, joined; ``domains`` has what its variables may be, and is empty if nothing matches."""

    def __init__(self, atoms: Iterable[Atom], domains: Domains, reader: Reader) -> None:
        self._reader = reader
        self.domains: dict[str, set[Term]] = {name: set(nodes) for name, nodes in domains.items()}
        self._pairs: dict[int, tuple[Atom, Pairs]] = {}
        waiting = list(atoms)
        while waiting:
            atom, forward = self._next(waiting)
            waiting.remove(atom)
            number = len(self._pairs)
            self._pairs[number] = atom, frozenset(self._look_up(atom, forward))
            if not self._narrow([number]):
                self.domains, self._pairs = {}, {}
                return

    def triples(self) -> Iterator[ox.Triple]:
        """The triples of the graph that the pairs rest on."""
        for atom, pairs in self._pairs.values():
            if isinstance(atom.path, Step):
                yield from (ox.Triple(near, atom.path.predicate, far) for near, far in pairs)
            else:
                gathered: set[ox.Triple] = set()
                atom.track.machine.ahead({(atom.track.start, near) for near, _ in pairs}, self._reader, gathered)
                yield from gathered

    def _known(self, end: End) -> Set[Term] | None:
        return self.domains.get(end) if isinstance(end, str) else {end}

    def _next(self, waiting: list[Atom]) -> tuple[Atom, bool]:
        """The pattern to look up next, and whether from its subject: what is known from a variable comes first."""
        forward = [atom for atom in waiting if atom.subject in self.domains]
        if forward:
            return min(forward, key=lambda atom: (not self._is_closed(atom), not isinstance(atom.path, Step))), True
        backward = [atom for atom in waiting if atom.object in self.domains]
        return (self._fewest(backward), False) if len(backward) > 1 else ((backward or waiting)[0], not backward)

    def _is_closed(self, atom: Atom) -> bool:
        return self._known(atom.object) is not None

    def _fewest(self, atoms: list[Atom]) -> Atom:
        """The pattern with the fewest subjects for the objects known, found by listing those of all in turn."""
        listings = {atom: self._subjects(atom) for atom in atoms}
        while True:
            for atom, listing in listings.items():
                if len(list(islice(listing, PEEK))) < PEEK:
                    return atom

    def _subjects(self, atom: Atom) -> Iterator[Term]:
        for node in tuple(self.domains[str(atom.object)]):
            if isinstance(atom.path, Step):
                yield from self._reader.lazily(node, atom.path.predicate, True)
            else:
                yield from along(atom.track, node, self._reader, inverse=True)

    def _look_up(self, atom: Atom, forward: bool) -> Iterator[tuple[Term, Term]]:
        near, far = self._known(atom.subject), self._known(atom.object)
        if not forward:
            pairs = ((start, end) for end in far or () for start in self._from(atom, end, inverse=True))
        elif near is None:
            raise ValueError(f"Nothing is known of {atom}")
        elif far is not None and isinstance(atom.path, Step) and len(near) * len(far) <= PEEK:
            step = atom.path.predicate
            pairs = ((start, end) for start in near for end in far if self._reader.has(start, step, end))
        else:
            pairs = ((start, end) for start in near for end in self._from(atom, start, inverse=False))
        for start, end in pairs:
            fits = (near is None or start in near) and (far is None or end in far)
            if fits and (atom.subject != atom.object or start == end):
                yield start, end

    def _from(self, atom: Atom, node: Term, *, inverse: bool) -> Iterable[Term]:
        if isinstance(atom.path, Step):
            return self._reader.ends(node, atom.path.predicate, inverse)
        return along(atom.track, node, self._reader, inverse=inverse)

    def _narrow(self, changed: list[int]) -> bool:
        """Drop what has been ruled out; False if a pattern has no pairs left."""
        while changed:
            atom, pairs = self._pairs[changed.pop()]
            if not pairs:
                return False
            for end, nodes in zip(atom.ends, map(set, zip(*pairs, strict=True)), strict=True):
                if isinstance(end, str) and self.domains.get(end) != nodes:
                    self.domains[end] = nodes
                    sharing = [number for number, (other, _) in self._pairs.items() if end in other.variables]
                    changed += filter(self._drop, sharing)
        return True

    def _drop(self, number: int) -> bool:
        """Drop the pairs of a pattern whose ends have been ruled out; True if there were any."""
        atom, pairs = self._pairs[number]
        near, far = self._known(atom.subject), self._known(atom.object)
        kept = frozenset(
            (start, end)
            for start, end in pairs
            if (near is None or start in near) and (far is None or end in far)
        )
        self._pairs[number] = atom, kept
        return kept != pairs


def along(one: Track, node: Term, reader: Reader, *, inverse: bool) -> set[Term]:
    """The nodes that a path leads to from a node, or, if ``inverse``, from which it leads there."""
    if inverse:
        return {found for state, found in one.machine.back({(one.end, node)}, reader) if state == one.start}
    return {found for state, found in one.machine.ahead({(one.start, node)}, reader) if state == one.end}
