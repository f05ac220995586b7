"""Triples as whole numbers, indexed by predicate: what rules are joined over.

A term is a number (``Terms``). A pair of subject and object is one number, ``subject << SHIFT | object``, so that the
triples of a predicate are a set of numbers, and set difference finds what is new at the speed of C. Indexes by subject
and by object are made when a rule first asks for them: most predicates (labels, notes) never need one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

SHIFT = 32
MASK = (1 << SHIFT) - 1
Key = tuple[int, int, int]


class Terms:
    """A number for each term, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._terms: list[object] = []

    def copy(self) -> Terms:
        """The same numbers for the same terms, to go on from."""
        other = Terms()
        other._numbers, other._terms = self._numbers.copy(), self._terms.copy()
        return other

    def number(self, term: object) -> int:
        """The number of a term, a new one if it has none."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self._terms)
            self._terms.append(term)
        return found

    def find(self, term: object) -> int | None:
        """The number of a term; None if it has none."""
        return self._numbers.get(term)

    def __getitem__(self, number: int) -> object:
        return self._terms[number]

    def __len__(self) -> int:
        return len(self._terms)

    def key(self, triple: ox.Triple) -> Key:
        """The numbers of a triple."""
        return self.number(triple.subject), self.number(triple.predicate), self.number(triple.object)

    def facts(self, triples: Iterable[ox.Triple]) -> Facts:
        """The triples as numbers."""
        # The same as number() for each term, written out: this loop is a third of the time of a whole run.
        numbers, terms = self._numbers, self._terms
        pairs: dict[int, set[int]] = defaultdict(set)
        for triple in triples:
            key = []
            for term in triple:
                number = numbers.get(term)
                if number is None:
                    number = numbers[term] = len(terms)
                    terms.append(term)
                key.append(number)
            pairs[key[1]].add(key[0] << SHIFT | key[2])
        found = Facts()
        for predicate, those in pairs.items():
            found.add(predicate, those)
        return found


class Relation:
    """The pairs of one predicate."""

    __slots__ = ("_backward", "_forward", "pairs")

    def __init__(self) -> None:
        self.pairs: set[int] = set()
        self._forward: dict[int, list[int]] | None = None
        self._backward: dict[int, list[int]] | None = None

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def forward(self) -> dict[int, list[int]]:
        """Objects by subject."""
        if self._forward is None:
            self._forward = {}
            _index(self._forward, ((pair >> SHIFT, pair & MASK) for pair in self.pairs))
        return self._forward

    @property
    def backward(self) -> dict[int, list[int]]:
        """Subjects by object."""
        if self._backward is None:
            self._backward = {}
            _index(self._backward, ((pair & MASK, pair >> SHIFT) for pair in self.pairs))
        return self._backward

    def subjects(self) -> Iterable[int]:
        """Each subject once."""
        return self._forward if self._forward is not None else {pair >> SHIFT for pair in self.pairs}

    def objects(self) -> Iterable[int]:
        """Each object once."""
        return self._backward if self._backward is not None else {pair & MASK for pair in self.pairs}

    def ready(self) -> None:
        """Make the indexes now."""
        _ = self.forward, self.backward

    @property
    def per_object(self) -> float:
        """Subjects for an object, on average; 0 if there is no index by object yet."""
        return len(self.pairs) / len(self._backward) if self._backward else 0.0

    def add(self, pairs: set[int]) -> None:
        """Add pairs, none of which it has."""
        self.pairs |= pairs
        if self._forward is not None:
            _index(self._forward, ((pair >> SHIFT, pair & MASK) for pair in pairs))
        if self._backward is not None:
            _index(self._backward, ((pair & MASK, pair >> SHIFT) for pair in pairs))

    def remove(self, pairs: set[int]) -> None:
        """Take away pairs, all of which it has."""
        self.pairs -= pairs
        for pair in pairs:
            subject, object_ = pair >> SHIFT, pair & MASK
            if self._forward is not None:
                _unindex(self._forward, subject, object_)
            if self._backward is not None:
                _unindex(self._backward, object_, subject)


def _index(index: dict[int, list[int]], entries: Iterable[tuple[int, int]]) -> None:
    for one, other in entries:
        if one in index:
            index[one].append(other)
        else:
            index[one] = [other]


def _unindex(index: dict[int, list[int]], one: int, other: int) -> None:
    index[one].remove(other)
    if not index[one]:
        del index[one]


class Facts:
    """Triples by predicate."""

    __slots__ = ("_size", "relations")

    def __init__(self) -> None:
        self.relations: dict[int, Relation] = {}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: Key) -> bool:
        relation = self.relations.get(key[1])
        return relation is not None and key[0] << SHIFT | key[2] in relation.pairs

    def __iter__(self) -> Iterator[Key]:
        for predicate, relation in self.relations.items():
            for pair in relation.pairs:
                yield pair >> SHIFT, predicate, pair & MASK

    def add_key(self, key: Key) -> None:
        """Add one triple."""
        self.add(key[1], {key[0] << SHIFT | key[2]})

    def add(self, predicate: int, pairs: set[int]) -> set[int]:
        """Add pairs of a predicate; those that are new."""
        relation = self.relations.get(predicate)
        if relation is None:
            relation = self.relations[predicate] = Relation()
        new = pairs - relation.pairs
        relation.add(new)
        self._size += len(new)
        return new

    def remove(self, other: Facts) -> None:
        """Take away all triples of another, as far as they are here."""
        for predicate, gone in other.relations.items():
            relation = self.relations.get(predicate)
            if relation is not None:
                here = gone.pairs & relation.pairs
                relation.remove(here)
                self._size -= len(here)
                if not relation.pairs:
                    del self.relations[predicate]
