"""Where somebody stands on a topic as of a day, from the positions that the record has.

As the rules ``latest-as-of`` and ``possibly-latest-as-of`` have it: a position that did not begin after the day may be the
latest, unless another one, certainly taken by the day, began after it ended. So an undated position may always be the
latest, and says so; nothing is carried forward as more than the last that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.chronicle.spans import UNDATED, Span


@dataclass(frozen=True)
class Said:
    """A position: who takes which stance on what, when, and how firmly its source puts it.

    ``gives_up`` has the positions that it may supersede; ``against`` the claims that contradict it.
    """

    claim: str
    holder: str
    topic: str
    stance: str
    span: Span = UNDATED
    certainty: str = ""
    gives_up: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Standing:
    """As of a day: the positions that may be the latest (``now``), those that are not any more (``before``), and those
    taken only afterwards (``after``), each in the order of time."""

    day: str
    now: Sequence[Said] = ()
    before: Sequence[Said] = ()
    after: Sequence[Said] = ()

    @property
    def stances(self) -> Sequence[str]:
        """The stances that may be the latest, each once, the one known last first."""
        return tuple(dict.fromkeys(said.stance for said in reversed(self.now)))

    @property
    def is_settled(self) -> bool:
        """True if a stance was certainly taken by the day, and every position that may be the latest has the same."""
        return len(self.stances) == 1 and any(said.span.surely_by(self.day) for said in self.now)


def standing(positions: Iterable[Said], day: str) -> Standing:
    """Where the positions of one holder on one topic leave it as of the day."""
    ordered = sorted(positions, key=order)
    sure = [said.span.first for said in ordered if said.span.surely_by(day) and said.span.first]
    newest = max(sure, default="")
    now, before, after = [], [], []
    for said in ordered:
        if not said.span.possibly_by(day):
            after.append(said)
        elif said.span.last is not None and newest > said.span.last:
            before.append(said)
        else:
            now.append(said)
    return Standing(day, tuple(now), tuple(before), tuple(after))


def given_up(now: Sequence[Said]) -> frozenset[str]:
    """The claims among these that another of them may supersede."""
    return frozenset(claim for said in now for claim in said.gives_up)


def order(said: Said) -> tuple[str, str, str]:
    """What positions are sorted by: the undated first, then by the last day they are known from."""
    span = said.span
    return (span.last or span.first or "", span.first or "", said.claim)
