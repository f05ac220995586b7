"""Counting a graph in one pass: how many triples, of which property, from which class to which class or datatype.

Terms are numbered as they come, and counted by the set of classes that a node has: there are few such sets, so that
what is done for every triple does not grow with the number of classes a node is in.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.catalogue.saying import A

#: A property as used by the members of a class: the IRIs of both.
Use = tuple[str, str]


@dataclass(frozen=True)
class Kind:
    """What a node is: the classes it is in, or, if it is a literal, its datatype."""

    classes: frozenset[str] = frozenset()
    datatype: str | None = None


class Counts:
    """The figures of a graph that VoID asks for. Classes are those that have an IRI."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        """``triples`` has each triple once."""
        self._numbers: dict[object, int] = {}
        self._subjects, self._predicates, self._objects = array("q"), array("q"), array("q")
        classes: dict[int, set[str]] = {}
        number = self._numbers.setdefault
        for subject, predicate, value in triples:
            one = number(subject, len(self._numbers))
            self._subjects.append(one)
            self._predicates.append(number(predicate, len(self._numbers)))
            self._objects.append(number(value, len(self._numbers)))
            if predicate == A and isinstance(value, ox.NamedNode):
                classes.setdefault(one, set()).add(value.value)
        self._terms = list(self._numbers)
        self._kinds, self._kind_of = _kinds(self._terms, classes)

    @property
    def triples(self) -> int:
        """All triples."""
        return len(self._subjects)

    @cached_property
    def subjects(self) -> frozenset[int]:
        """The numbers of the terms that are a subject."""
        return frozenset(self._subjects)

    @cached_property
    def objects(self) -> int:
        """Distinct objects."""
        return len(set(self._objects))

    @cached_property
    def names(self) -> list[str]:
        """The IRIs of the subjects that have one, sorted."""
        terms = (self._terms[number] for number in self.subjects)
        return sorted(term.value for term in terms if isinstance(term, ox.NamedNode))

    @cached_property
    def entities(self) -> Mapping[str, int]:
        """Class → its members."""
        found: Counter[str] = Counter()
        for kind, count in Counter(self._kind_of[number] for number in self.subjects).items():
            found.update(dict.fromkeys(self._kinds[kind].classes, count))
        return found

    @cached_property
    def properties(self) -> Mapping[str, tuple[int, int, int]]:
        """Property → its triples, distinct subjects and distinct objects."""
        triples = Counter(self._predicates)
        subjects = Counter(predicate for _, predicate in self._pairs)
        objects = Counter(predicate for predicate, _ in set(zip(self._predicates, self._objects, strict=True)))
        return {self._iri(one): (count, subjects[one], objects[one]) for one, count in triples.items()}

    @cached_property
    def uses(self) -> Mapping[Use, tuple[int, int]]:
        """A class and a property → the triples in which a member of the class has it, and the members that do."""
        triples: Counter[Use] = Counter()
        for (kind, predicate, _), count in self._by_kind.items():
            triples.update(self._each(kind, predicate, count))
        subjects: Counter[Use] = Counter()
        of_kind = Counter((self._kind_of[subject], predicate) for subject, predicate in self._pairs)
        for (kind, predicate), count in of_kind.items():
            subjects.update(self._each(kind, predicate, count))
        return {use: (count, subjects[use]) for use, count in triples.items()}

    @cached_property
    def targets(self) -> Mapping[Use, Mapping[Kind, int]]:
        """A class and a property → how many of the triples lead to a member of a class, or to a literal of a datatype.

        A kind here has one class, or a datatype.
        """
        found: dict[Use, Counter[Kind]] = {}
        for (kind, predicate, target), count in self._by_kind.items():
            reached = self._kinds[target]
            ends = [Kind(datatype=reached.datatype)] if reached.datatype else []
            ends += [Kind(frozenset([one])) for one in reached.classes]
            for use in self._each(kind, predicate, count):
                found.setdefault(use, Counter()).update(dict.fromkeys(ends, count))
        return found

    @cached_property
    def _pairs(self) -> set[tuple[int, int]]:
        """Subject and predicate."""
        return set(zip(self._subjects, self._predicates, strict=True))

    @cached_property
    def _by_kind(self) -> Mapping[tuple[int, int, int], int]:
        """The kind of a subject, a predicate and the kind of an object → triples."""
        kind = self._kind_of.__getitem__
        return Counter(zip(map(kind, self._subjects), self._predicates, map(kind, self._objects), strict=True))

    def _each(self, kind: int, predicate: int, count: int) -> dict[Use, int]:
        return {(one, self._iri(predicate)): count for one in self._kinds[kind].classes}

    def _iri(self, number: int) -> str:
        return self._terms[number].value


def _kinds(terms: Iterable[object], classes: Mapping[int, Iterable[str]]) -> tuple[list[Kind], array[int]]:
    """The kinds there are, and the number of that of each term."""
    found: dict[Kind, int] = {}
    by_term = array("q", (found.setdefault(kind, len(found)) for kind in _each_kind(terms, classes)))
    return list(found), by_term


def _each_kind(terms: Iterable[object], classes: Mapping[int, Iterable[str]]) -> Iterator[Kind]:
    for number, term in enumerate(terms):
        if isinstance(term, ox.Literal):
            yield Kind(datatype=term.datatype.value)
        else:
            yield Kind(frozenset(classes.get(number, ())))
