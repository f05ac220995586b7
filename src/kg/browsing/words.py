"""Finding items by the words of their texts: whole words, their beginnings, and words that are a slip away."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.browsing.sets import packed
from kg.linking.names import LITTLE, Names, form, normalised, spelling, words_of

#: Words of what is looked for that count.
MOST_WORDS = 12
#: Letters from which on a word is also taken for the beginning of others, and how many of those are looked at.
_BEGINS, _BEGUN = 2, 400


@dataclass(frozen=True)
class Found:
    """The items that have all words looked for, as a set, and the words that nothing has with those taken instead."""

    items: int
    instead: Mapping[str, tuple[str, ...]]


class Words:
    """An index of items by the words of their texts, in any language. Built once; afterwards only read."""

    def __init__(self, texts: Iterable[tuple[int, str]], size: int) -> None:
        """``texts`` are those of items, by their numbers below ``size``."""
        found: dict[str, set[int]] = {}
        # Which way a spelling is written, to be shown.
        self._written: dict[str, str] = {}
        for number, text in texts:
            for word in set(normalised(text).split()):
                if word not in LITTLE:
                    spelt = spelling(word)
                    found.setdefault(spelt, set()).add(number)
                    self._written.setdefault(spelt, word)
        self._items = {word: packed(numbers, size) for word, numbers in found.items()}
        self._ordered = sorted(self._items)
        self._near = Names.of(form(place, self._written[word], "", "label") for place, word in enumerate(self._ordered))

    def find(self, text: str) -> Found | None:
        """The items that have every word of a text; None if it has no word."""
        words = [word for word in words_of(normalised(text)) if word not in LITTLE][:MOST_WORDS]
        items: int | None = None
        instead: dict[str, tuple[str, ...]] = {}
        for word in words:
            having = self._having(spelling(word))
            if not having:
                others = [other for other, alike in self._near.alike(spelling(word)) if alike < 1]
                having = self._any(others)
                instead[word] = tuple(self._written[other] for other in others if other in self._written)
            items = having if items is None else items & having
        return None if items is None else Found(items, instead)

    def _having(self, spelt: str) -> int:
        """The items with this word, or one that it is the beginning of."""
        found = self._items.get(spelt, 0)
        if len(spelt) < _BEGINS:
            return found
        start = bisect_left(self._ordered, spelt)
        begun = (word for word in self._ordered[start : start + _BEGUN] if word.startswith(spelt))
        return found | self._any(begun)

    def _any(self, words: Iterable[str]) -> int:
        found = 0
        for word in words:
            found |= self._items.get(word, 0)
        return found
