"""Finding items by the words of their texts and of what they are linked to: whole words, their beginnings, other forms of
them, and, where nothing has a word, those that are a slip away."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.browsing.inflection import ASKING, stem
from kg.browsing.sets import packed
from kg.linking.names import LITTLE, Names, form, normalised, spelling, words_of

#: Words of what is looked for that count.
MOST_WORDS = 12
#: Letters from which on a word is also taken for the beginning of others, and how many of those are looked at.
_BEGINS, _BEGUN = 2, 400
#: A word that fewer than one item in so many has is rare.
_RARE = 64
#: How many letters an ending has at most.
_ENDING = 6
#: Groups of items, by the words that they have, that are told apart.
_GROUPS = 8


@dataclass(frozen=True)
class Found:
    """What is found: sets of items, none in two of them, those that fit best first; the words that nothing has with those
    taken instead; and, where nothing has all words, which are missing in each set (in the last perhaps others, too)."""

    tiers: Sequence[int] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: Sequence[tuple[str, ...]] = ()

    @property
    def items(self) -> int:
        """All of them, as a set."""
        found = 0
        for members in self.tiers:
            found |= members
        return found


class Words:
    """An index of items by the words of their texts, in any language. Built once; afterwards only read."""

    def __init__(self, texts: Iterable[tuple[int, str]], size: int, lent: Iterable[tuple[str, int]] = ()) -> None:
        """``texts`` are those of items, normalised, by their numbers below ``size``; ``lent`` those of what items are
        linked to, normalised, with the set of the items: these are found by them, too."""
        found: dict[str, list[int]] = {}
        # Which way a spelling is written, to be shown.
        self._written: dict[str, str] = {}
        for number, text in texts:
            for word in set(text.split()) - LITTLE:
                spelt = spelling(word)
                if spelt in found:
                    found[spelt].append(number)
                else:
                    found[spelt], self._written[spelt] = [number], word
        # A set takes a bit for each item there is: most words are in few, whose numbers take less.
        self._often = {word: packed(having, size) for word, having in found.items() if len(having) * _RARE > size}
        self._items = {word: array("I", having) for word, having in found.items() if word not in self._often}
        # Sets that are there already, and not joined before they are asked for: they take nothing.
        self._lent: dict[str, list[int]] = {}
        # The same for names of one word, which mean what they are called and not only something about it.
        self._called: dict[str, list[int]] = {}
        for text, members in lent:
            words = {spelling(word): word for word in text.split() if word not in LITTLE}
            for spelt, word in words.items():
                self._lent.setdefault(spelt, []).append(members)
                self._written.setdefault(spelt, word)
                if len(words) == 1:
                    self._called.setdefault(spelt, []).append(members)
        self._size = size
        self._ordered = sorted(self._written)
        self._near = Names.of(form(place, self._written[word], "", "label") for place, word in enumerate(self._ordered))

    def find(self, text: str) -> Found | None:
        """The items that have every word of a text, else those that have most; None if it has no word.

        Words that only ask do not count where others remain. First come items whose own texts have the words as they are
        written, then those that are linked to what is called so, then to what is called so among other words; and last
        the same for other forms of the words.
        """
        words = _looked_for(text)
        if not words:
            return None
        instead: dict[str, tuple[str, ...]] = {}
        having: list[tuple[int, ...]] = []
        for spelt, written in words.items():
            sets = self._having(spelt)
            if not sets[-1]:
                others = self._nearest(spelt)
                sets = self._widening((), others)
                instead[written] = tuple(self._written[other] for other in others)
            having.append(sets)
        tiers: list[int] = []
        taken = 0
        for each in zip(*having, strict=True):
            both = each[0]
            for members in each[1:]:
                both &= members
            tiers.append(both & ~taken)
            taken |= both
        if taken:
            return Found([members for members in tiers if members], instead)
        groups = _most([sets[-1] for sets in having], list(words.values()), self._size)
        return Found([members for _, members in groups], instead, [missing for missing, _ in groups])

    def _having(self, spelt: str) -> tuple[int, ...]:
        """The items with this word, or one that it is the beginning of, or another form of it, from near to far."""
        words = [spelt]
        if len(spelt) >= _BEGINS:
            start = bisect_left(self._ordered, spelt)
            words += (word for word in self._ordered[start : start + _BEGUN] if word.startswith(spelt) and word != spelt)
        return self._widening(words, [word for word in self._forms(spelt) if word not in words])

    def _widening(self, words: Sequence[str], forms: Sequence[str]) -> tuple[int, ...]:
        """The items with one of the words or forms: sets each of which has all those before it."""
        own = self._own(words)
        called = own | _joined(self._called, words[:1])
        exact = called | _joined(self._lent, words)
        bent = exact | _joined(self._called, forms)
        return own, called, exact, bent, bent | self._own(forms) | _joined(self._lent, forms)

    def _forms(self, spelt: str) -> list[str]:
        """The words that have their stem in common with this one."""
        common = stem(spelt)
        found = []
        for place in range(bisect_left(self._ordered, common), len(self._ordered)):
            word = self._ordered[place]
            if not word.startswith(common):
                break
            if len(word) - len(common) <= _ENDING and stem(word) == common:
                found.append(word)
        return found

    def _nearest(self, spelt: str) -> list[str]:
        """The words that are fewest slips away from one that nothing has, if any is near enough."""
        near = [(other, alike) for other, alike in self._near.alike(spelt) if other in self._written]
        most = max((alike for _, alike in near), default=0.0)
        return sorted(other for other, alike in near if alike == most)

    def _own(self, words: Iterable[str]) -> int:
        found, rare = 0, []
        for word in words:
            found |= self._often.get(word, 0)
            rare += self._items.get(word, ())
        return found | packed(rare, self._size) if rare else found


def _joined(lent: Mapping[str, Sequence[int]], words: Iterable[str]) -> int:
    found = 0
    for word in words:
        for members in lent.get(word, ()):
            found |= members
    return found


def _looked_for(text: str) -> dict[str, str]:
    """The words of a text that count, by how they are spelt, as they are written in it."""
    written = {normalised(one): one.strip(".,:;!?()«»“”\"'") for one in text.split()}
    words = [word for word in words_of(normalised(text)) if word not in LITTLE]
    telling = [word for word in words if word not in ASKING] or words
    found: dict[str, str] = {}
    for word in telling[:MOST_WORDS]:
        found.setdefault(spelling(word), written.get(word, word))
    return found


def _most(having: Sequence[int], words: Sequence[str], size: int) -> list[tuple[tuple[str, ...], int]]:
    """The items that have most of the words, in groups: the words that are missing, and those that have all others.

    What has the rarer words comes first; groups beyond the bound are taken together.
    """
    by_number = [0] * len(words)
    for members in having:
        for place in range(len(words) - 1, 0, -1):
            by_number[place] |= by_number[place - 1] & members
        by_number[0] |= members
    best = next((members for members in reversed(by_number) if members), 0)
    groups: list[tuple[tuple[str, ...], float, int]] = [((), 0.0, best)]
    for word, members in zip(words, having, strict=True):
        telling = math.log(1 + size / (1 + members.bit_count()))
        groups = [
            one
            for missing, told, group in groups
            for one in ((missing, told + telling, group & members), ((*missing, word), told, group & ~members))
            if one[2]
        ]
    groups.sort(key=lambda one: -one[1])
    kept = [(missing, members) for missing, _, members in groups[:_GROUPS]]
    for _, _, members in groups[_GROUPS:]:
        kept[-1] = (kept[-1][0], kept[-1][1] | members)
    return kept
