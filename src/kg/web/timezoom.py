"""How a reader comes nearer to a timeline, further away, and along it: each step is an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kg.chronicle.windows import Ends, Window, parts, path, units_of
from kg.chronicle.words import window_in_words


@dataclass(frozen=True)
class Step:
    """A stretch of time to look at: what it is called, its address, and how many dates can be in it."""

    says: str
    href: str
    count: int = 0


@dataclass(frozen=True)
class Zoom:
    """The ``window`` looked at, of the ``whole`` that there is; ``drawn`` is what of it a picture shows, None for all.

    ``above`` has the stretches of the calendar around it, ``below`` those in it that have dates, and ``moves`` the
    addresses of the others by what they are: earlier, nearer, wider, later.
    """

    window: Window
    whole: Window
    drawn: Window | None
    says: str
    all: str
    above: Sequence[Step]
    below: Sequence[Step]
    moves: Mapping[str, str]


def zoom(window: Window, ends: Ends, spoken: str, address: Callable[[Window | None], str]) -> Zoom:
    """What a reader can look at from a window onto dates with these ``ends``, of which there are some.

    ``address`` makes the address of a window; of None, that of all there is.
    """
    whole = ends.whole or window
    is_all, seen = window.has(whole), whole if window.has(whole) else window.within(whole)
    nearer, wider = seen.nearer(), seen.wider()
    moves = {
        "earlier": address(seen.moved(-1)) if seen.first > whole.first else "",
        "nearer": address(nearer) if nearer != seen else "",
        "wider": "" if is_all else address(None if wider.has(whole) else wider),
        "later": address(seen.moved(1)) if seen.last < whole.last else "",
    }
    unit = parts(seen)
    below = [(one, ends.count(one)) for one in units_of(seen, unit)] if unit else []
    return Zoom(
        seen, whole, None if is_all else seen, window_in_words(seen, spoken), "" if is_all else address(None),
        [] if is_all else [Step(window_in_words(one, spoken), address(one)) for one in path(seen) if one != seen],
        [Step(window_in_words(one, spoken), address(one), count) for one, count in below if count], moves,
    )  # fmt: skip
