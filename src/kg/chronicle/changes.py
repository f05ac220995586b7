"""What changed between two days: the difference of what the record says as of each.

What it says as of a day is a mapping from what it speaks of to what it says of that. So there is no change between a day
and itself, and changes of two stretches of time that follow on each other make up those of both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kg.chronicle.spans import Span
from kg.chronicle.standing import Said, standing


class Key(NamedTuple):
    """What the record speaks of: ``kind`` is what sort of thing, ``who`` and ``what`` whom and what it is about."""

    kind: str
    who: str
    what: str


@dataclass(frozen=True)
class View:
    """What the record says of a position as of a day: the stances that may be the latest, in order, whether that is settled,
    and the day it is certainly known last from, empty if there is none."""

    stances: Sequence[str]
    is_settled: bool
    known: str


@dataclass(frozen=True)
class Phase:
    """What the record says of something that begins and may end: ``possible``, ``certain`` or ``over``."""

    name: str


POSSIBLE, CERTAIN, OVER = Phase("possible"), Phase("certain"), Phase("over")
Value = View | Phase
State = Mapping[Key, Value]
#: Of what differs, what was said before and what is said now; None is nothing.
Changes = Mapping[Key, tuple[Value | None, Value | None]]


@dataclass(frozen=True)
class Fact:
    """Something that happened, was done or holds for a time: ``lasts`` tells which."""

    key: Key
    span: Span
    lasts: bool


def positions_on(cells: Iterable[Sequence[Said]], day: str) -> State:
    """What positions, those of each holder and topic together, say as of a day."""
    found: dict[Key, Value] = {}
    for cell in cells:
        stand = standing(cell, day)
        if stand.now:
            known = max((said.span.last for said in stand.now if said.span.surely_by(day) and said.span.last), default="")
            view = View(tuple(sorted(stand.stances)), stand.is_settled, known)
            found[Key("position", cell[0].holder, cell[0].topic)] = view
    return found


def facts_on(facts: Iterable[Fact], day: str) -> State:
    """What facts say as of a day. Several about the same say the most that one of them does."""
    found: dict[Key, Value] = {}
    for fact in facts:
        phase = _phase(fact, day)
        if phase and _RANK[phase] >= _RANK.get(found.get(fact.key), -1):
            found[fact.key] = phase
    return found


def may_change(span: Span, start: str, end: str) -> bool:
    """False where what has this date is the same as of both days, and of all between them."""
    return any(day is not None and start <= day <= end for day in (span.first, span.last))


def changes(before: State, after: State) -> Changes:
    """What differs between two states."""
    keys = dict.fromkeys([*after, *before])
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def composed(first: Changes, second: Changes) -> Changes:
    """The changes of two stretches of time, of which the second begins where the first ends, as those of both together."""
    found: dict[Key, tuple[Value | None, Value | None]] = {}
    for key in dict.fromkeys([*first, *second]):
        old = first[key][0] if key in first else second[key][0]
        new = second[key][1] if key in second else first[key][1]
        if old != new:
            found[key] = (old, new)
    return found


_RANK: Mapping[Value | None, int] = {OVER: 0, POSSIBLE: 1, CERTAIN: 2}


def _phase(fact: Fact, day: str) -> Phase | None:
    span = fact.span
    if not span.possibly_by(day):
        return None
    if not fact.lasts:
        return CERTAIN if span.surely_by(day) else POSSIBLE
    if not span.is_dated:
        return POSSIBLE
    return CERTAIN if span.holds_on(day) else OVER
