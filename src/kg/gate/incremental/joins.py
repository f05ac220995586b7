"""Joining the patterns of a case over a state of the graph, from what some of its variables may be.

Kept are, for each variable, the nodes it may stand for, and for each pattern its pairs of nodes. Patterns are looked up
one after the other, always from a side that is known, and pairs whose other side has been ruled out are dropped until
nothing changes. What is left contains every match, and on patterns that form no circle only nodes of matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
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

    def __init__(self, atoms: Sequence[Atom], domains: Domains, reader: Reader) -> None:
        self._reader = reader
        self.domains: dict[str, Set[Term]] = dict(domains)
        self._pairs: dict[int, tuple[Atom, Pairs]] = {}
        self._given = 0
        self._take(atoms)

    def and_(self, atoms: Sequence[Atom]) -> Join:
        """These patterns joined with those of this join; its ``triples`` are those of the new patterns."""
        other = copy(self)
        other.domains, other._pairs, other._given = dict(self.domains), dict(self._pairs), len(self._pairs)
        other._take(atoms)
        return other

    def _take(self, atoms: Sequence[Atom]) -> None:
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
        for atom, pairs in islice(self._pairs.values(), self._given, None):
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
        return (self._fewest(backward, waiting), False) if backward else (waiting[0], True)

    def _is_closed(self, atom: Atom) -> bool:
        return self._known(atom.object) is not None

    def _fewest(self, atoms: list[Atom], waiting: list[Atom]) -> Atom:
        """The pattern with the fewest subjects for the objects known, found by listing those of all in turn.

        If they are many, patterns with the same subject and a constant are listed as well: that says nothing of where
        to look, but may be true of fewer.
        """
        near = {atom.subject for atom in atoms}
        others = [atom for atom in waiting if atom.subject in near and _has_constant(atom)]
        if len(atoms) == 1 and not others:
            return atoms[0]
        listings = {atom: self._subjects(atom) for atom in atoms}
        while True:
            for atom, listing in listings.items():
                if len(list(islice(listing, PEEK))) < PEEK:
                    return atom
            listings |= {atom: self._subjects(atom) for atom in others}
            others = []

    def _subjects(self, atom: Atom) -> Iterator[Term]:
        for node in tuple(self._known(atom.object) or ()):
            if isinstance(atom.path, Step):
                yield from self._reader.listing(node, atom.path.predicate, True)
            else:
                yield from along(atom.track, node, self._reader, inverse=True)

    def _look_up(self, atom: Atom, forward: bool) -> Iterator[tuple[Term, Term]]:
        near, far = self._known(atom.subject), self._known(atom.object)
        if not forward:
            pairs = ((start, end) for end in far or () for start in self._from(atom, end, inverse=True))
        elif near is None:
            raise ValueError(f"Nothing is known of {atom}")
        elif far is not None and isinstance(atom.path, Step):
            pairs = self._between(near, atom.path.predicate, far)
        else:
            pairs = ((start, end) for start in near for end in self._from(atom, start, inverse=False))
        for start, end in pairs:
            fits = (near is None or start in near) and (far is None or end in far)
            if fits and (atom.subject != atom.object or start == end):
                yield start, end

    def _between(
        self, near: Set[Term], predicate: ox.NamedNode, far: Set[Term]
    ) -> Iterable[tuple[Term, Term]]:
        """The pairs of these nodes that a predicate connects, and perhaps others; from the side that has fewer."""
        if len(far) < len(near):
            backward = ((start, end) for end in far for start in self._reader.listing(end, predicate, True))
            listed = list(islice(backward, len(near)))
            if len(listed) < len(near):
                return listed
        if len(far) == 1 or len(near) * len(far) <= PEEK:
            return ((start, end) for start in near for end in far if self._reader.has(start, predicate, end))
        return ((start, end) for start in near for end in self._reader.ends(start, predicate, False))

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


def _has_constant(atom: Atom) -> bool:
    return isinstance(atom.path, Step) and not isinstance(atom.object, str)


def along(one: Track, node: Term, reader: Reader, *, inverse: bool) -> set[Term]:
    """The nodes that a path leads to from a node, or, if ``inverse``, from which it leads there."""
    if inverse:
        return {found for state, found in one.machine.back({(one.end, node)}, reader) if state == one.start}
    return {found for state, found in one.machine.ahead({(one.start, node)}, reader) if state == one.end}
