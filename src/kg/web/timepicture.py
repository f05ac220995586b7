"""The picture of a timeline: a lane for each group, a bar for each date, or for each stretch where there are very many."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.chronicle.axis import Axis, Bar, axis, axis_of, bars, ticks
from kg.chronicle.spans import Span
from kg.chronicle.windows import UNITS, Window, marked, units_of
from kg.chronicle.words import edtf_in_words, mark_in_words, month_in_short, window_in_words

#: The picture: its width, where its axis lies, the height of a row, of the words above a group, and below all.
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD, _FOOT = 1000, 14, 986, 24, 26, 34
#: With more dates than this, what is drawn are units of the calendar, at most so many.
_DRAWN, _UNITS = 160, 48
#: With more items it is not even counted how many dates these have.
_COUNTED = 5_000
#: Least room for what stands below the axis, by what it is.
_APART = {"year": 44, "quarter": 70, "month": 70, "day": 50}

#: A group and a date of it.
Dated = tuple[str, Span]


@dataclass(frozen=True)
class Placed:
    """A bar with its place from above, how many items it stands for, what it says, and where it leads."""

    bar: Bar
    y: float
    count: int
    says: str
    href: str


@dataclass(frozen=True)
class Lane:
    """A group in the picture: where it begins from above, and its bars."""

    group: str
    top: float
    bars: Sequence[Placed]


@dataclass(frozen=True)
class Picture:
    """The dates drawn, a lane for each group; ``unit`` is what a bar stands for, if that is not a date."""

    width: float
    height: float
    axis: Axis
    lanes: Sequence[Lane]
    ticks: Sequence[tuple[str, float]]
    unit: str = ""


def picture(
    dated: Sequence[Dated], groups: Sequence[str], window: Window | None, whole: Window, spoken: str,
    leads: Callable[[Span], str], into: Callable[[Window], str],
) -> Picture | None:  # fmt: skip
    """These dates as a picture, if there are any; of a ``window``, or of the ``whole`` with long empty stretches cut short.

    ``leads`` and ``into`` make the addresses of the items of a date, and of a stretch.
    """
    if not dated:
        return None
    counts = Counter(dated) if len(dated) <= _COUNTED else None
    unit, windows = "", {}
    if counts is None or len(counts) > _DRAWN:
        unit, windows = _units(window or whole)
        counts = _gathered(dated, windows)
    on = axis_of(window, _LEFT, _RIGHT) if window else axis((span for _, span in counts), _LEFT, _RIGHT)
    lanes: list[Lane] = []
    top = 0.0
    for group in groups:
        drawn = bars((span for one, span in counts if one == group), on)
        placed = []
        for bar in drawn:
            stretch = windows.get(bar.span.edtf)
            says = window_in_words(stretch, spoken) if stretch else edtf_in_words(bar.span.edtf, spoken)
            href = into(stretch) if stretch else leads(bar.span)
            placed.append(Placed(bar, top + _HEAD + bar.row * _ROW, counts[group, bar.span], says, href))
        if placed:
            lanes.append(Lane(group, top, placed))
            top += _HEAD + (1 + max(one.bar.row for one in placed)) * _ROW + 4
    return Picture(_WIDTH, top + _FOOT, on, lanes, _ticks(on, spoken), unit)


def _units(whole: Window) -> tuple[str, dict[str, Window]]:
    """The shortest unit of which there are not too many, and its stretches by the day that each begins with."""
    for unit in reversed(UNITS):
        found = {one.first: one for one in units_of(whole, unit)}
        if len(found) <= _UNITS:
            break
    return unit, found


def _gathered(dated: Iterable[Dated], windows: Mapping[str, Window]) -> Counter[Dated]:
    """How many items of a group begin in each stretch; what began before all of them counts to the first."""
    starts = list(windows)
    places = Counter((group, max(0, bisect_right(starts, span.first or span.last or "") - 1)) for group, span in dated)
    spans = [Span(one.first, one.last, start) for start, one in windows.items()]
    return Counter({(group, spans[place]): count for (group, place), count in places.items()})


def _ticks(on: Axis, spoken: str) -> list[tuple[str, float]]:
    """What stands below the axis, and where."""
    if on.window is None:
        return [(f"{int(day[8:])} {month_in_short(day, spoken)}", place) for day, place in ticks(on, 64)]
    unit, days = marked(on.window, 14)
    found: list[tuple[str, float]] = []
    for day in days:
        place = on.place(day)
        if on.left + 20 <= place <= on.right - 20 and (not found or place - found[-1][1] >= _APART[unit]):
            found.append((mark_in_words(day, unit, spoken), place))
    return found
