"""How much of a text is accounted for, told from places alone: the text itself is not needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: What became of a stretch of a text: a claim rests on it, it is set aside with a reason, or neither.
CITED, ASIDE, OPEN = "cited", "aside", "open"


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text, in code points from its beginning, and what became of it."""

    kind: str
    start: int
    end: int


def stretches(length: int, cited: Iterable[tuple[int, int]], aside: Iterable[tuple[int, int]]) -> list[Stretch]:
    """A text of this many code points as stretches from its beginning to its end, each unlike the next.

    What is cited counts as that even where it is also set aside. Places beyond the text are left out.
    """
    kept = [OPEN] * max(0, length)
    for kind, places in ((ASIDE, aside), (CITED, cited)):
        for start, end in places:
            start, end = max(0, start), min(length, end)
            if start < end:
                kept[start:end] = [kind] * (end - start)
    found: list[Stretch] = []
    start = 0
    for place in range(1, len(kept) + 1):
        if place == len(kept) or kept[place] != kept[start]:
            found.append(Stretch(kept[start], start, place))
            start = place
    return found


def share(found: Iterable[Stretch], kind: str) -> float:
    """How much of a text is of a kind, from 0 to 1; 0 of an empty one."""
    lengths = [(one.kind, one.end - one.start) for one in found]
    total = sum(length for _, length in lengths)
    return sum(length for one, length in lengths if one == kind) / total if total else 0.0
