"""Stretches of time that a reader looks at: those of the calendar, wider and nearer ones, earlier and later ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kg.chronicle.spans import Span

#: Months that a unit of the calendar lasts, the longest first.
UNITS = {"year": 12, "quarter": 3, "month": 1}
#: The shortest stretch, in days.
_SHORTEST = 7
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True)
class Window:
    """The days from the ``first`` to the ``last``, both within, as ``YYYY-MM-DD``. Raises ValueError for no days."""

    first: str
    last: str

    @property
    def length(self) -> int:
        """How many days it has."""
        return _number(self.last) - _number(self.first) + 1

    @property
    def unit(self) -> str:
        """The unit of the calendar that it is, of ``UNITS``; empty if it is none."""
        return next((unit for unit in UNITS if self == around(self.first, unit)), "")

    def has(self, other: Window) -> bool:
        """True if another one lies in it."""
        return self.first <= other.first and other.last <= self.last

    def meets(self, span: Span) -> bool:
        """True if a date can have been in it. One with an open end stands at the end that is known; none is nowhere."""
        first, last = span.first or span.last, span.last or span.first
        return first is not None and last is not None and first <= self.last and last >= self.first

    def within(self, whole: Window) -> Window:
        """What of it lies in another; itself if it is a unit of the calendar, or nothing does."""
        first, last = max(self.first, whole.first), min(self.last, whole.last)
        return self if self.unit or first > last else Window(first, last)

    def nearer(self) -> Window:
        """Its middle half; itself if it is as short as can be."""
        return self._of_length(max(self.length // 2, min(self.length, _SHORTEST)))

    def wider(self) -> Window:
        """One twice as long around it."""
        return self._of_length(self.length * 2)

    def moved(self, by: int) -> Window:
        """The one so many before (negative) or after it: the unit of the calendar that is next, else half of its length."""
        unit = self.unit
        if unit:
            year, month = int(self.first[:4]), int(self.first[5:7]) - 1 + by * UNITS[unit]
            year, month = year + month // 12, month % 12 + 1
            return around(f"{year:04}-{month:02}-01", unit) if 1 <= year <= date.max.year else self
        step = by * max(1, self.length // 2)
        return _window(_number(self.first) + step, _number(self.last) + step)

    def _of_length(self, length: int) -> Window:
        first = _number(self.first) - (length - self.length) // 2
        return _window(first, first + length - 1)


@dataclass(frozen=True)
class Ends:
    """The first days of dates and their last days, each in order, to count those that can have been in a window."""

    firsts: Sequence[str]
    lasts: Sequence[str]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Ends:
        """Those of these dates; what has none is left out."""
        known = [span for span in spans if span.first or span.last]
        return cls(sorted(one.first or one.last for one in known), sorted(one.last or one.first for one in known))

    @property
    def whole(self) -> Window | None:
        """The stretch that all of them are in; None if there are none."""
        return Window(self.firsts[0], self.lasts[-1]) if self.firsts else None

    def count(self, window: Window) -> int:
        """How many can have been in a window, as ``Window.meets`` tells."""
        return bisect_right(self.firsts, window.last) - bisect_left(self.lasts, window.first)


def around(day: str, unit: str) -> Window:
    """The year, quarter or month that a day lies in."""
    months = UNITS[unit]
    year, start = int(day[:4]), (int(day[5:7]) - 1) // months * months + 1
    end = start + months - 1
    return Window(f"{year:04}-{start:02}-01", f"{year:04}-{end:02}-{monthrange(year, end)[1]}")


def path(window: Window) -> list[Window]:
    """The units of the calendar that a stretch lies in, the longest first; itself last, if it is one."""
    return [one for unit in UNITS if (one := around(window.first, unit)).has(window)]


def units_of(window: Window, unit: str) -> Iterator[Window]:
    """The years, quarters or months that a stretch touches, in order."""
    day = around(window.first, unit).first
    while day <= window.last:
        one = around(day, unit)
        yield one
        day = next_day(one.last)
        if day <= one.last:
            return


def parts(window: Window) -> str:
    """The unit of the calendar to divide a stretch by; empty if it is too short for one."""
    days = window.length
    return "year" if days > 366 else "quarter" if days > 184 else "month" if days > 31 else ""


def marked(window: Window, most: int) -> tuple[str, Sequence[str]]:
    """Days to write below an axis of a stretch, at most about so many, and what they begin: a year, quarter, month or day."""
    for step in (1, 2, 7, 14):
        if window.length <= most * step:
            return "day", [_day(number) for number in range(_number(window.first), _number(window.last) + 1, step)]
    for unit in reversed(UNITS):
        if window.length <= most * 30 * UNITS[unit]:
            return unit, [one.first for one in units_of(window, unit) if one.first >= window.first]
    years = window.length // 365 // most + 1
    begun = (f"{year:04}-01-01" for year in range(int(window.first[:4]), int(window.last[:4]) + 1) if not year % years)
    return "year", [day for day in begun if day >= window.first]


def next_day(day: str) -> str:
    """The day after; of the last day there is, that."""
    return _day(_number(day) + 1)


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _day(number: int) -> str:
    return date.fromordinal(min(max(number, _FIRST), _LAST)).isoformat()


def _window(first: int, last: int) -> Window:
    return Window(_day(first), _day(last))
