"""In which order people read claims, found once for all claims of a graph, so that any number of them is put in order in
memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.pages.facts import Facts
from kg.pages.sections import BY_CONDITION, BY_TOPIC, day_order, in_order, mentions, rank
from kg.pages.vocabulary import Vocabulary

Key = tuple[object, ...]


@dataclass(frozen=True)
class Told:
    """What decides where claims come: their classes, topics, conditions and domains, and the day that each begins with."""

    kinds: Mapping[str, set[str]] = field(default_factory=dict)
    topics: Mapping[str, set[str]] = field(default_factory=dict)
    conditions: Mapping[str, set[str]] = field(default_factory=dict)
    domains: Mapping[str, set[str]] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Naming:
    """The claims that have to do with a resource; ``ways`` has for each the place in ``relations`` of the properties by
    which it does."""

    claims: Sequence[str]
    ways: Sequence[int]
    relations: Sequence[frozenset[str]]

    @classmethod
    def read(cls, rows: Iterable[tuple[str, str]]) -> Naming:
        """What rows of a claim and a property tell of one resource: each claim once, in the order of the rows."""
        found: dict[str, set[str]] = {}
        for claim, relation in rows:
            found.setdefault(claim, set()).add(relation)
        sets: dict[frozenset[str], int] = {}
        ways = array("I", (sets.setdefault(frozenset(relations), len(sets)) for relations in found.values()))
        return cls(list(found), ways, tuple(sets))


class Order:
    """Where each claim comes among all, for readers of each language. Built once; afterwards only read."""

    def __init__(self, told: Told, names: Mapping[str, Facts], vocabulary: Vocabulary) -> None:
        """``names`` has for each language what classes, topics, conditions and domains are called."""
        self._vocabulary = vocabulary
        parts = (told.kinds, told.topics, told.conditions, told.domains, told.days)
        self.claims: Sequence[str] = sorted({claim for part in parts for claim in part})
        self._numbers = {claim: number for number, claim in enumerate(self.claims)}
        narrow = {claim: vocabulary.narrowest(kinds) for claim, kinds in told.kinds.items()}
        self._places = {language: self._placed(told, narrow, called) for language, called in names.items()}

    def _placed(self, told: Told, narrow: Mapping[str, str], called: Facts) -> tuple[Sequence[int], int]:
        """The place of each claim, and that of one of which nothing is told."""

        def key(claim: str) -> Key:
            kind = narrow.get(claim, "")
            topics = told.topics.get(claim, ()) if kind in BY_TOPIC else ()
            topic = min((called.name(one).text.casefold() for one in topics), default="")
            # As the headings on a page: so no group of commitments is torn apart between two pages.
            said = (told.conditions, told.domains) if kind in BY_CONDITION else ()
            group = [in_order([called.name(one) for one in found.get(claim, ())]) for found in said]
            return *rank(kind, True, called.name(kind).text)[1:], topic, group, day_order(told.days.get(claim, "")), claim

        keys = [key(claim) for claim in self.claims]
        ordered = sorted(range(len(keys)), key=keys.__getitem__)
        places = array("I", bytes(4 * len(keys)))
        for place, number in enumerate(ordered):
            places[number] = 2 * place + 1
        return places, 2 * bisect_left(ordered, key(""), key=keys.__getitem__)

    def shared(self, named: Naming) -> Naming:
        """The same by name, always in one order, with the texts that are here already: so that they are not kept twice."""
        by_name = sorted(range(len(named.claims)), key=named.claims.__getitem__)
        claims = [named.claims[position] for position in by_name]
        numbers = map(self._numbers.get, claims)
        known = [claim if number is None else self.claims[number] for claim, number in zip(claims, numbers, strict=True)]
        return Naming(known, array("I", (named.ways[position] for position in by_name)), named.relations)

    def of(self, subject: str, named: Naming, language: str) -> Sequence[int]:
        """The positions in ``named`` of all claims, as people read them on the page of a resource: first those that are its
        own."""
        places, missing = self._places[language]
        others = [mentions(subject, relations, self._vocabulary) for relations in named.relations]

        def key(position: int) -> tuple[bool, int, str]:
            claim = named.claims[position]
            number = self._numbers.get(claim)
            return others[named.ways[position]], missing if number is None else places[number], claim

        return array("I", sorted(range(len(named.claims)), key=key))
