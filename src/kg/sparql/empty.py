"""Why a query has no answer: which of its parts leaves nothing over, found by leaving out one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from kg.errors import KgError
from kg.sparql.dropping import Piece, Reduced
from kg.sparql.groups import Filter

#: How many solutions of a probe are counted.
MOST_COUNTED = 1_000
#: How many parts, and how many pairs of parts, are tried.
MOST_PARTS, _MOST_PAIRS = 100, 60
#: How many causes are told; each comes with the text of a query.
MOST_CAUSES = 20

#: One solution of a query, as its values are written, by variable; none if there is no time left.
Sample = Callable[[str], Mapping[str, str]]
#: The number of solutions of a query, at most ``MOST_COUNTED`` and one; None if there is no time left to find out.
#: Raises KgError if the query cannot be answered.
Count = Callable[[str], int | None]


@dataclass(frozen=True)
class Cause:
    """Parts of a query without which it has solutions: their numbers, how many, and what else goes with them.

    ``without`` is the query without all of them; ``is_all`` tells that nothing is left in it to match. ``rows`` above
    ``MOST_COUNTED`` means more than so many. ``examples`` has values that a filter left out sees, by variable.
    """

    pieces: tuple[int, ...]
    rows: int
    idle: tuple[Filter, ...]
    without: str
    is_all: bool = False
    examples: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Found:
    """What was found: ``rows`` of the groups of the query as it is, and if there are none, why.

    ``barren`` are the numbers of the patterns that match nothing even alone. ``causes`` are single parts without which
    there are solutions, or else sets of parts. ``first`` is, if no single part is a cause, the number of the part with
    which the ones before it first have no solution in common, and ``before`` how many they have. ``is_complete`` is
    False if time ran out, ``untried`` the number of parts beyond ``MOST_PARTS``, and ``untold`` of causes beyond
    ``MOST_CAUSES``.
    """

    rows: int | None
    barren: tuple[int, ...] = ()
    causes: tuple[Cause, ...] = ()
    first: int | None = None
    before: int = 0
    is_complete: bool = True
    untried: int = 0
    untold: int = 0


class _NoTime(Exception):
    """There is no time left to ask more."""


class _NotKnown(Exception):
    """What is left of the query cannot be answered, so that nothing can be told of it."""


class Search:
    """Looks for the parts that empty one query."""

    def __init__(self, reduced: Reduced, count: Count, sample: Sample = lambda text: {}) -> None:
        self._reduced, self._count, self._sample = reduced, count, sample
        self._barren: list[int] = []
        self._causes: list[Cause] = []
        self._first: int | None = None
        self._before = 0

    def run(self) -> Found:
        """Count the solutions of the query, and if there are none look for the reason as long as there is time.

        Raises KgError if the query itself cannot be answered.
        """
        rows: int | None = None
        try:
            rows = self._counted(self._reduced.probe(self._reduced.text, MOST_COUNTED + 1))
            if rows == 0:
                self._look()
        except _NoTime:
            return self._found(rows, is_complete=False)
        return self._found(rows, is_complete=True)

    def _found(self, rows: int | None, is_complete: bool) -> Found:
        untried = max(0, len(self._reduced.pieces) - MOST_PARTS) if rows == 0 else 0
        untold = max(0, len(self._causes) - MOST_CAUSES)
        causes = tuple(self._causes[:MOST_CAUSES])
        return Found(rows, tuple(self._barren), causes, self._first, self._before, is_complete, untried, untold)

    def _look(self) -> None:
        pieces = self._reduced.pieces[:MOST_PARTS]
        for number, piece in enumerate(pieces):
            if piece.triple is not None and self._matches_nothing(piece):
                self._barren.append(number)
        for number in range(len(pieces)):
            # A pattern that matches nothing empties what stands beside it, whatever else is left out there.
            if not self._barren or number in self._barren or pieces[number].kind != "pattern":
                self._try((number,))
        self._causes = self._smallest()
        if not self._causes and len(self._barren) > 1:
            self._try(tuple(self._barren))
        if self._causes:
            return
        if not self._barren:
            self._find_first(pieces)
        pairs = sorted(combinations(range(len(pieces)), 2), key=lambda pair: -len({*pair} & {*self._barren}))
        for pair in pairs[:_MOST_PAIRS]:
            self._try(pair)

    def _matches_nothing(self, piece: Piece) -> bool:
        try:
            return self._asked(self._reduced.alone(piece)) == 0
        except _NotKnown:
            return False

    def _smallest(self) -> list[Cause]:
        """The causes but those that only hold another: a union around a pattern, a pattern that a filter goes with."""
        pieces, whole = self._reduced.pieces, self._causes
        places = [pieces[cause.pieces[0]].place for cause in whole]
        kept = []
        for cause, place in zip(whole, places, strict=True):
            around = any(place != one and place.start <= one.start and one.end <= place.end for one in places)
            if not (around or any(idle in places for idle in cause.idle)):
                kept.append(cause)
        return kept

    def _find_first(self, pieces: tuple[Piece, ...]) -> None:
        """The first part with which the parts before it have no solution left in common."""
        self._before = 1
        for number in range(len(pieces)):
            rest = frozenset(range(number + 1, len(self._reduced.pieces)))
            try:
                rows = self._solutions(rest)
            except _NotKnown:
                return
            if rows == 0:
                self._first = number
                return
            self._before = rows

    def _try(self, dropped: tuple[int, ...]) -> None:
        text, idle = self._reduced.without(frozenset(dropped))
        is_all = self._reduced.is_bare(text)
        if is_all and len(self._reduced.pieces) > 1:
            # Without anything to match there is always the one empty solution, which tells nothing.
            return
        try:
            rows = self._asked(self._reduced.probe(text, MOST_COUNTED + 1))
        except _NotKnown:
            return
        if rows:
            self._causes.append(Cause(dropped, rows, idle, text, is_all, self._examples(dropped, text)))

    def _examples(self, dropped: tuple[int, ...], text: str) -> dict[str, str]:
        """What a filter that is left out would have seen, in one of the solutions there are then."""
        element = self._reduced.pieces[dropped[0]].element
        if len(dropped) > 1 or not isinstance(element, Filter) or not element.variables:
            return {}
        found = self._sample(self._reduced.probe(text, 1))
        return {name: found[name] for name in sorted(element.variables) if name in found}

    def _solutions(self, dropped: frozenset[int]) -> int:
        text, _ = self._reduced.without(dropped)
        return self._asked(self._reduced.probe(text, MOST_COUNTED + 1))

    def _asked(self, text: str) -> int:
        try:
            return self._counted(text)
        except KgError:
            raise _NotKnown from None

    def _counted(self, text: str) -> int:
        rows = self._count(text)
        if rows is None:
            raise _NoTime
        return rows
