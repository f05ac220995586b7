"""The items of a graph by what they are, whom and what they are about, when, and where it is said.

Items are numbered in the order in which they are shown when nothing else is asked: first the things, those before that
more is said of, then the claims about them, the latest first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kg.browsing.sets import every, packed
from kg.browsing.words import Words
from kg.linking.names import normalised
from kg.model import LANGUAGES

#: By what items are chosen, in the order of the page.
FACETS = ("kind", "topic", "stance", "who", "forum", "condition", "source", "certainty")
#: Facets whose values are broader and narrower: who chooses one chooses what is below it.
TREES = ("kind", "topic")
#: Facets, and a link that is none (who states it for another), by whose values' names an item is found, too.
LENDING = ("kind", "topic", "stance", "who", "forum", "by")
#: Facets that only claims have; an item with one of them is a claim.
_OF_CLAIMS = "certainty"


@dataclass(frozen=True)
class Material:
    """What an index is made from, as rows: item and text with its language, whether that is its name; item, facet and
    value; item, first and last day; a value and one above it; a value that is no item and what it is called."""

    texts: Sequence[tuple[str, str, str, bool]]
    links: Sequence[tuple[str, str, str]]
    dates: Sequence[tuple[str, str, str]] = ()
    above: Sequence[tuple[str, str]] = ()
    called: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Tree:
    """Values with those above each of them."""

    above: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def path(self, value: str, among: Iterable[str]) -> list[str]:
        """A value below those of these above it, from the top: by the chain of the one with most above it."""
        known, found = set(among), [value]
        while True:
            over = self.above.get(found[0], frozenset()) & known - set(found)
            if not over:
                return found
            found.insert(0, max(over, key=lambda one: (len(self.above.get(one, ())), one)))


#: How something is said: of every claim, and no answer to what it is about.
_MANNERS = ("certainty", "stance")


class Index:
    """The items, with sets of them by word and by facet. Built once; afterwards only read, so that threads share it."""

    def __init__(self, material: Material) -> None:
        above: dict[str, set[str]] = {}
        for value, other in material.above:
            if value != other:
                above.setdefault(value, set()).add(other)
        self.tree = Tree({value: frozenset(_all_above(value, above)) for value in above})
        names: dict[str, dict[str, str]] = {}
        for item, text, language, named in material.texts:
            if named:
                names.setdefault(item, {}).setdefault(language, text)
        kinds = {item for item, facet, _ in material.links if facet == "kind"}
        claims = {item for item, facet, _ in material.links if facet == _OF_CLAIMS}
        self._dates = {item: (first, last) for item, first, last in material.dates}
        mentions = Counter(value for _, facet, value in material.links if facet not in _MANNERS)
        self.iris = _ordered((item for item in names if item in kinds), claims, mentions, self._dates)
        self.numbers = {iri: number for number, iri in enumerate(self.iris)}
        self.size = len(self.iris)
        self.every = every(self.size)
        self.claims = packed((self.numbers[item] for item in claims if item in self.numbers), self.size)
        self.facets = self._facets(material.links)
        plain: dict[str, str] = {}
        numbered = (
            (self.numbers[item], plain.setdefault(text, normalised(text)) if named else normalised(text))
            for item, text, _, named in material.texts
            if item in self.numbers
        )
        self.words = Words(numbered, self.size, self._lent(material))
        self._plain = [
            {language: plain[text] for language, text in names[item].items()} for item in self.iris
        ]

    def _facets(self, links: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, int]]:
        """Facet → value → the items that have it, or one below it."""
        found: dict[str, dict[str, set[int]]] = {facet: {} for facet in FACETS}
        for item, facet, value in links:
            number = self.numbers.get(item)
            if number is None or facet not in found:
                continue
            wider = self.tree.above.get(value, frozenset()) if facet in TREES else ()
            for one in (value, *wider):
                found[facet].setdefault(one, set()).add(number)
        return {
            facet: {value: packed(numbers, self.size) for value, numbers in values.items()}
            for facet, values in found.items()
        }

    def _lent(self, material: Material) -> list[tuple[str, int]]:
        """What the values that items are linked to are called, normalised, with the items."""
        by: dict[str, list[int]] = {}
        for item, facet, value in material.links:
            if facet not in self.facets and facet in LENDING and item in self.numbers:
                by.setdefault(value, []).append(self.numbers[item])
        lending: dict[str, list[int]] = {value: [packed(having, self.size)] for value, having in by.items()}
        for facet in LENDING:
            for value, members in self.facets.get(facet, {}).items():
                lending.setdefault(value, []).append(members)
        texts = ((value, text) for value, text, *_ in (*material.texts, *material.called) if value in lending)
        return [(plain, members) for value, text in texts for plain in (normalised(text),) for members in lending[value]]

    def by_name(self, language: str) -> Sequence[int]:
        """All items by what they are called in a language."""
        return self._by_name[language]

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[int]]:
        def key(language: str, number: int) -> str:
            texts = self._plain[number]
            return texts.get(language) or next(iter(texts.values()))

        return {
            language: sorted(range(self.size), key=lambda number, spoken=language: key(spoken, number))
            for language in LANGUAGES
        }

    @cached_property
    def oldest(self) -> Sequence[int]:
        """The items that have a date, the earliest first."""
        dated = [(self._dates[iri], number) for number, iri in enumerate(self.iris) if iri in self._dates]
        return [number for _, number in sorted(dated)]

    @cached_property
    def newest(self) -> Sequence[int]:
        """The items that have a date, the latest first."""
        return self.oldest[::-1]

    @cached_property
    def dated(self) -> int:
        """The items that have a date, as a set."""
        return packed(self.oldest, self.size)

    def between(self, first: str, last: str) -> int:
        """The items whose time may fall between two days (YYYY-MM-DD), either of which may be empty."""
        found = (
            number
            for number in self.oldest
            if (not last or self._dates[self.iris[number]][0] <= last)
            and (not first or (self._dates[self.iris[number]][1] or "9999") >= first)
        )
        return packed(found, self.size)


def _all_above(value: str, above: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(above.get(value, ()))
    while waiting:
        one = waiting.pop()
        if one not in found and one != value:
            found.add(one)
            waiting.extend(above.get(one, ()))
    return found


def _ordered(
    items: Iterable[str], claims: set[str], mentions: Mapping[str, int], dates: Mapping[str, tuple[str, str]]
) -> list[str]:
    """The items in the order of their numbers."""
    things, said = [], []
    for item in sorted(items):
        (said if item in claims else things).append(item)
    things.sort(key=lambda item: -mentions.get(item, 0))
    said.sort(key=lambda item: dates.get(item, ("", ""))[0], reverse=True)
    return things + said
