"""Names that differ in their figures alone: nobody can tell which of them was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FIGURES = re.compile(r"[0-9]+")


def apart(one: str, other: str) -> bool:
    """True if two names have the same letters and other numbers, as ``005`` and ``000``.

    Such names are made side by side, so that neither is a slip of the other that can be seen. Leading zeros make no
    other number.
    """
    return _letters(one) == _letters(other) and _numbers(one) != _numbers(other)


def together(name: str, others: Iterable[str]) -> list[str]:
    """Those of other names that may be offered for a name, in their order."""
    return [other for other in others if not apart(name, other)]


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name)).casefold()


def _numbers(name: str) -> list[str]:
    return [figures.lstrip("0") for figures in _FIGURES.findall(name)]
