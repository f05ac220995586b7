"""What the cell of a matrix, or a country on a map, shows of where somebody stands: a mark for each stance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.chronicle.spans import UNDATED, Span, days_between
from kg.chronicle.standing import Said, Standing, given_up

#: After so many days a last known position is older, and old: shown fainter, since it may not hold any more.
OLDER, OLD = 183, 366


@dataclass(frozen=True)
class Mark:
    """A stance that may be the latest as of a day, from all the claims that have it.

    ``span`` is the date it is known last from; ``certainty`` the firmest of its claims'; ``against`` the claims that
    contradict one of these; ``is_doubted`` tells that a later one may have given it up; ``is_certain`` that it was
    certainly taken by the day.
    """

    stance: str
    span: Span
    certainty: str
    against: frozenset[str]
    is_doubted: bool
    is_certain: bool
    claims: Sequence[str]

    def age(self, day: str) -> str:
        """How old the last that is known is on the day: ``recent``, ``older``, ``old``, or ``undated``."""
        known = self.span.last if self.span.surely_by(day) else self.span.first
        if not known:
            return "undated"
        days = days_between(known, day)
        return "old" if days >= OLD else "older" if days >= OLDER else "recent"


def marks(standing: Standing, firmness: Mapping[str, int], visible: frozenset[str] | None = None) -> list[Mark]:
    """The marks of a standing, that of the stance known last first.

    ``firmness`` orders degrees of certainty, the firmest lowest. ``visible``, if given, has the claims that may have been
    made by the day: a contradiction with one that was not is none yet.
    """
    doubted = given_up(standing.now)
    found = []
    for stance in standing.stances:
        said = [one for one in standing.now if one.stance == stance]
        against = frozenset().union(*(one.against for one in said))
        found.append(
            Mark(
                stance,
                said[-1].span if said[-1].span.is_dated else UNDATED,
                min((one.certainty for one in said), key=lambda degree: (firmness.get(degree, 0), degree)),
                against if visible is None else against & visible,
                all(one.claim in doubted for one in said),
                any(one.span.surely_by(standing.day) for one in said),
                tuple(one.claim for one in said),
            )
        )
    return found


def together(standings: Sequence[Standing], day: str) -> Standing:
    """Several standings of one holder, on the topics of a branch, as one."""
    parts: dict[str, list[Said]] = {"now": [], "before": [], "after": []}
    for one in standings:
        for name, said in parts.items():
            said += getattr(one, name)
    return Standing(day, **{name: tuple(said) for name, said in parts.items()})
