"""How alike two names are, by the rapidfuzz package. Loaded when names have to be compared, which is rarely."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rapidfuzz import fuzz, process

from kg.gate.figures import apart, together

#: How alike two words must be, in percent, for one to be a slip of the other.
_WORD = 82


def nearest(name: str, others: Sequence[str], least: float) -> str | None:
    """The most alike of other names, the first of them if several are, if it is so by ``least`` percent.

    Never one that differs in its figures alone.
    """
    # A slip of capitals is the likeliest of all, and the measure weighs it like any other.
    same = next((other for other in others if other.casefold() == name.casefold()), None)
    found = process.extractOne(name, others, scorer=fuzz.ratio, score_cutoff=least)
    if found and apart(name, found[0]):
        found = process.extractOne(name, together(name, others), scorer=fuzz.ratio, score_cutoff=least)
    return same or (found and found[0])


def near(name: str, others: Collection[str], least: float) -> list[str]:
    """Those of other names that are as alike as ``alike`` wants, or a little less, in any order."""
    found = process.extract(name, list(others), scorer=fuzz.token_sort_ratio, score_cutoff=least, limit=None)
    return [other for other, _, _ in found]


def alike(one: str, other: str, least: float) -> float:
    """How alike two names are, their words in any order, in percent.

    It is 0 below ``least``, and if a word of the one is not in the other, not even misspelt: names that differ in a
    word name different things, however long they are.
    """
    words, others = set(one.split()), set(other.split())
    for missing, given in ((words - others, others - words), (others - words, words - others)):
        if any(nearest(word, sorted(given), _WORD) is None for word in missing):
            return 0.0
    return fuzz.token_sort_ratio(one, other, score_cutoff=least)
