"""When something was said, happened or held: the first and the last day that it can have been.

Days are ISO 8601 text (``YYYY-MM-DD``), which sorts as the days do. A missing bound is open or unknown, never today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """The first and the last possible day; ``edtf`` is the date as the data has it, empty where there is none."""

    first: str | None = None
    last: str | None = None
    edtf: str = ""

    @property
    def is_dated(self) -> bool:
        """False where a source gives no date at all."""
        return bool(self.edtf or self.first or self.last)

    def surely_by(self, day: str) -> bool:
        """True if it certainly was by the end of this day."""
        return self.last is not None and self.last <= day

    def possibly_by(self, day: str) -> bool:
        """True if it may have been by the end of this day; without a date it always may."""
        return self.first is None or self.first <= day

    def holds_on(self, day: str) -> bool:
        """True if a state of this length holds on the day: begun, and not ended before."""
        return self.is_dated and self.possibly_by(day) and (self.last is None or self.last >= day)


UNDATED = Span()


def bounds(spans: Iterable[Span]) -> list[str]:
    """The days on which one of these begins or ends, in order, each once."""
    return sorted({day for span in spans for day in (span.first, span.last) if day})


def days_between(earlier: str, later: str) -> int:
    """How many days lie between two days; negative if they are the other way round."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def is_day(text: str) -> bool:
    """True for a day written as ``YYYY-MM-DD``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
