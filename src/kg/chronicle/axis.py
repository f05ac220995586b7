"""A picture of a timeline as numbers: where each date lies on an axis whose long empty stretches are cut short."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.chronicle.spans import Span, days_between
from kg.chronicle.windows import Window, next_day

#: An empty stretch is drawn as if it had so many days at most.
_LONGEST = 75
#: Least width of what is drawn, and the least distance between two things in a row.
_LEAST, _APART = 22.0, 6.0


@dataclass(frozen=True)
class Axis:
    """Where days lie between ``left`` and ``right``: at the days known exactly, between them in proportion.

    One of a ``window`` shows no other days, each of them as wide as it lasts.
    """

    days: Sequence[str]
    places: Sequence[float]
    left: float
    right: float
    breaks: Sequence[float]
    window: Window | None = None

    def place(self, day: str) -> float:
        """Where a day lies; one outside of the axis at its end."""
        n = bisect_right(self.days, day)
        if n == 0:
            return self.left
        if n == len(self.days):
            return self.places[-1]
        start, end = self.days[n - 1], self.days[n]
        share = days_between(start, day) / days_between(start, end)
        return self.places[n - 1] + share * (self.places[n] - self.places[n - 1])

    def end(self, day: str) -> float:
        """Where a day that something lasts until ends."""
        return self.place(next_day(day) if self.window else day)


@dataclass(frozen=True)
class Bar:
    """Something drawn from ``x`` on over ``width`` in a row; ``begins`` and ``ends`` tell whether these ends are known,
    ``is_cut`` on which sides it goes on beyond the window."""

    span: Span
    x: float
    width: float
    row: int
    begins: bool
    ends: bool
    is_rough: bool
    is_cut: tuple[bool, bool] = (False, False)


def axis(spans: Iterable[Span], left: float, right: float) -> Axis:
    """An axis on which all these dates lie; open ends reach to where it ends."""
    days = sorted({day for span in spans for day in (span.first, span.last) if day})
    gaps = [days_between(start, end) for start, end in zip(days, days[1:], strict=False)]
    widths = [min(gap, _LONGEST) for gap in gaps]
    whole = sum(widths) or 1
    # Room at both ends, for what is open there and for what is drawn at the first and the last day.
    margin = (right - left) * 0.06
    places = [left + margin] if days else []
    for width in widths:
        places.append(places[-1] + width * (right - left - 2 * margin) / whole)
    if len(days) == 1:
        places = [(left + right) / 2]
    breaks = [(places[n] + places[n + 1]) / 2 for n, gap in enumerate(gaps) if gap > _LONGEST]
    return Axis(tuple(days), tuple(places), left, right, tuple(breaks))


def axis_of(window: Window, left: float, right: float) -> Axis:
    """An axis of the days of a window, all equally wide."""
    return Axis((window.first, next_day(window.last)), (left, right), left, right, (), window)


def bars(spans: Iterable[Span], on: Axis) -> list[Bar]:
    """What is drawn for each of these dates, each once, in as few rows as they fit in without touching."""
    ends: list[float] = []
    found = []
    for span in sorted(set(spans), key=lambda span: (span.first or "", span.last or "9999", span.edtf)):
        start = on.place(span.first) if span.first else on.left
        end = on.end(span.last) if span.last else on.right
        x, width = (start, end - start) if end - start >= _LEAST else ((start + end - _LEAST) / 2, _LEAST)
        x = min(max(x, on.left), on.right - width)
        row = next((n for n, taken in enumerate(ends) if taken + _APART <= x), len(ends))
        ends[row : row + 1] = [x + width]
        rough = any(mark in span.edtf for mark in "~?%[{")
        found.append(Bar(span, x, width, row, span.first is not None, span.last is not None, rough, _cut(span, on.window)))
    return found


def _cut(span: Span, window: Window | None) -> tuple[bool, bool]:
    if window is None:
        return False, False
    return bool(span.first and span.first < window.first), bool(span.last and span.last > window.last)


def ticks(on: Axis, apart: float) -> list[tuple[str, float]]:
    """Days to write below the axis, none nearer than ``apart`` to the one before."""
    found: list[tuple[str, float]] = []
    for day, place in zip(on.days, on.places, strict=False):
        if not found or place - found[-1][1] >= apart:
            found.append((day, place))
    return found
