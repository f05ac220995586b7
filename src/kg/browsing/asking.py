"""What is asked of an index: words, values of facets, a span of days; and what answers, counted and in order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kg.browsing.index import FACETS, TREES, Index
from kg.browsing.sets import holds, within
from kg.errors import RequestError

#: In which order answers can be put; the first is that of how well the words fit, or of the index.
SORTS = ("best", "newest", "oldest", "name")
#: Items on one page, characters of what is looked for, and values of facets that may be chosen together.
PER_PAGE, LONGEST, MOST_VALUES = 25, 300, 50


@dataclass(frozen=True)
class Asked:
    """What is looked for. ``chosen`` has values by facet, any of which will do; ``first`` and ``last`` are days."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    sort: str = SORTS[0]
    page: int = 1


@dataclass(frozen=True)
class Value:
    """A value of a facet: how many items it would leave, how deep it stands below others, and whether it is chosen."""

    iri: str
    count: int
    depth: int
    chosen: bool


@dataclass(frozen=True)
class Answer:
    """The items of one page of so many in all, the facets, which words were taken instead of which, and, where nothing
    has all words, which ones are missing: each of the items lacks one of these lists of them."""

    items: Sequence[str]
    total: int
    facets: Mapping[str, Sequence[Value]]
    instead: Mapping[str, tuple[str, ...]]
    undated: int = 0
    without: Sequence[tuple[str, ...]] = ()

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PER_PAGE))


def read(parameters: Mapping[str, Sequence[str]], expand: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask; ``expand`` are namespaces by prefix. Raises RequestError."""

    def one(name: str) -> str:
        return next((value.strip() for value in parameters.get(name, ()) if value.strip()), "")

    text = one("q")
    if len(text) > LONGEST:
        raise RequestError(f"q has more than {LONGEST} characters.", remedy="Look for a few words.")
    chosen = {facet: tuple(dict.fromkeys(_iri(value, expand) for value in parameters.get(facet, ()) if value))
              for facet in FACETS}  # fmt: skip
    if sum(map(len, chosen.values())) > MOST_VALUES:
        raise RequestError(f"More than {MOST_VALUES} filters are chosen.", remedy="Choose fewer.")
    sort = one("sort") or SORTS[0]
    if sort not in SORTS:
        raise RequestError(f"There is no order {sort[:40]!r}.", remedy=f"Use one of {', '.join(SORTS)}.")
    page = one("page") or "1"
    if not (page.isascii() and page.isdecimal() and len(page) <= 6 and int(page) > 0):
        raise RequestError("page is no whole number from 1 to 999999.", remedy="Leave it out for the first page.")
    days = {name: _day(name, one(name)) for name in ("from", "until")}
    return Asked(text, {facet: values for facet, values in chosen.items() if values}, days["from"], days["until"],
                 sort, int(page))  # fmt: skip


def _iri(value: str, expand: Mapping[str, str]) -> str:
    prefix, _, local = value.partition(":")
    return expand[prefix] + local if prefix in expand else value


def _day(name: str, value: str) -> str:
    """A day, or nothing. Raises RequestError."""
    if not value:
        return ""
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise RequestError(f"{name} is no day.", remedy="Write it as YYYY-MM-DD, such as 2026-01-06.") from None


def answer(asked: Asked, index: Index, named: Iterable[str] = (), language: str = "en") -> Answer:
    """What answers, where ``named`` are the items that a name most likely means, best first."""
    found = index.words.find(asked.text) if asked.text else None
    best = [index.numbers[iri] for iri in dict.fromkeys(named) if iri in index.numbers] if asked.text else []
    # Without a word to look for, such as "the", nothing is looked for; what has only some of the words is not needed where
    # a name is meant.
    tiers = [index.every] if found is None else [] if best and found.without else found.tiers
    matching = 0
    for members in tiers:
        matching |= members
    for number in best:
        matching |= 1 << number
    if asked.first or asked.last:
        undated = matching & ~index.dated
        matching &= index.between(asked.first, asked.last)
    else:
        undated = 0
    by_facet = {facet: _any(index.facets[facet], values) for facet, values in asked.chosen.items()}
    kept = matching
    for members in by_facet.values():
        kept &= members
        undated &= members
    facets = {facet: _values(facet, asked, index, _without(facet, matching, by_facet)) for facet in FACETS}
    start = (asked.page - 1) * PER_PAGE
    order = _order(asked, index, [number for number in best if holds(kept, number)], [kept & one for one in tiers], language)
    items = [index.iris[number] for number in islice(order, start, start + PER_PAGE)]
    without = [missing for missing, one in zip(found.without, tiers, strict=False) if kept & one] if found else []
    # What was taken for a word is told where it led to something.
    instead = {
        word: others for word, others in (found.instead if found and kept else {}).items()
        if not without or any(word not in missing for missing in without)
    }  # fmt: skip
    return Answer(items, kept.bit_count(), facets, instead, undated.bit_count(), without)


def leading(values: Sequence[Value], facet: str, most: int = 100) -> list[Value]:
    """The values of a facet that leave most items, ``most`` of them, and all that are chosen; a tree is shown whole."""
    if facet in TREES:
        return list(values)
    return [*values[:most], *(value for value in values[most:] if value.chosen)]


def _any(values: Mapping[str, int], chosen: Iterable[str]) -> int:
    found = 0
    for value in chosen:
        found |= values.get(value, 0)
    return found


def _without(facet: str, matching: int, by_facet: Mapping[str, int]) -> int:
    """What the other facets leave: a facet's own choice does not decide what else may be chosen in it."""
    for name, members in by_facet.items():
        if name != facet:
            matching &= members
    return matching


def _values(facet: str, asked: Asked, index: Index, left: int) -> list[Value]:
    """The values of a facet that leave something or are chosen: a tree in its order, others by their numbers."""
    chosen = asked.chosen.get(facet, ())
    counts = {value: (members & left).bit_count() for value, members in index.facets[facet].items()}
    shown = {value: count for value, count in counts.items() if count or value in chosen}
    shown |= {value: 0 for value in chosen if value not in shown}
    if facet not in TREES:
        ordered = sorted(shown, key=lambda value: (-shown[value], value))
        return [Value(value, shown[value], 0, value in chosen) for value in ordered]
    paths = {value: index.tree.path(value, shown) for value in shown}
    ordered = sorted(shown, key=lambda value: [(-shown[one], one) for one in paths[value]])
    return [Value(value, shown[value], len(paths[value]) - 1, value in chosen) for value in ordered]


def _order(
    asked: Asked, index: Index, best: Sequence[int], tiers: Sequence[int], language: str
) -> Iterator[int]:
    """The numbers of what is kept, in the order asked for; what has no date comes last where dates decide."""
    first = set(best)
    kept = 0
    for members in tiers:
        kept |= members
    for number in best:
        kept |= 1 << number
    if asked.sort == "name":
        yield from within(kept, index.by_name(language))
    elif asked.sort in ("newest", "oldest"):
        yield from within(kept, index.newest if asked.sort == "newest" else index.oldest)
        yield from within(kept & ~index.dated, range(index.size))
    else:
        yield from best
        for members in tiers:
            yield from (number for number in within(members, range(index.size)) if number not in first)
