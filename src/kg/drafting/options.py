"""What there is to choose from for the fields of forms, kept ready to be searched: large classes as well as small."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

import pyoxigraph as ox

from kg.drafting.forms import Field
from kg.drafting.values import TYPE, Choice, choices, folded, iri_of, labels_of, own_labels
from kg.gate.hierarchy import Hierarchy
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.rdf import ID, shorten

#: What is looked at for the names of a node that has none.
_FOLLOWED = 20
#: More than these are not listed, only looked up by their names.
MOST = 20_000
_NAMED = re.compile(r"\((?P<name>[a-z]+:[\w.-]+|<[^<>\s]+>)\)\s*$")


@dataclass(frozen=True)
class Found:
    """The choices that fit what was typed, the first of them, and how many there are."""

    first: tuple[Choice, ...]
    count: int


@dataclass(frozen=True)
class _Listed:
    """All that fits a field, in the order of the names, and what is searched of each."""

    all: tuple[Choice, ...]
    searched: tuple[str, ...]


class Options:
    """The choices of fields, listed once for all fields that ask the same of their values."""

    def __init__(self, state: State, hierarchy: Hierarchy, count: Callable[[str], int] = lambda class_: 0) -> None:
        """``count`` tells how many nodes are of a class or of one below it, where that is known."""
        self._state, self._hierarchy, self._count_of = state, hierarchy, count
        self._listed: dict[object, _Listed] = {}
        self._counts: dict[object, int] = {}
        self._members: dict[frozenset[str], set[str]] = {}

    def count(self, field: Field) -> int:
        """How many nodes fit a field, at most MOST + 1; 0 where anything may be meant. Lists nothing."""
        if field.values or field.having or not field.classes:
            return len(self.all(field)) if field.values or field.having else 0
        if field.classes not in self._counts:
            # Of very many it is enough to know that they are.
            many = len(field.classes) == 1 and any(self._count_of(class_) > MOST for class_ in field.classes[0])
            self._counts[field.classes] = MOST + 1 if many else len(set.intersection(*map(self._first, field.classes)))
        return self._counts[field.classes]

    def _first(self, classes: frozenset[str]) -> set[str]:
        """The nodes of some classes, at most MOST + 1 of them."""
        if classes not in self._members:
            found = (node for class_ in sorted(classes) for node in self._hierarchy.members(class_))
            self._members[classes] = set(islice(found, MOST + 1))
        return self._members[classes]

    def all(self, field: Field) -> tuple[Choice, ...]:
        """All nodes that fit a field, by name."""
        return self._of(field).all

    def search(self, field: Field, text: str, most: int, stem: str = "") -> Found:
        """The choices whose name or a label has all these words, those before that begin with them; before all others
        those whose own names begin with ``stem``, as the names of what belongs to a document do."""
        listed = self._of(field)
        words = folded(text).split()
        fitting = [
            (
                not (stem and belongs(listed.all[number].iri, stem)),
                not searched.partition(" ")[2].startswith(words[0] if words else ""),
                number,
            )
            for number, searched in enumerate(listed.searched)
            if all(word in searched for word in words)
        ]
        first = tuple(listed.all[number] for *_, number in sorted(fitting)[:most])
        return Found(first, len(fitting))

    def meant(self, field: Field, text: str) -> str | None:
        """The IRI of the one node that is meant by a name, by a label, or by both as ``label (name)``."""
        named = _NAMED.search(text)
        iri = iri_of(named["name"] if named else text)
        if iri is not None:
            return iri if self.fits(field, iri) else None
        wanted = folded(text)
        same = [one.iri for one in self._of(field).all if wanted in map(folded, one.labels.values())]
        return same[0] if len(same) == 1 else None

    def near(self, field: Field, text: str) -> tuple[Choice, ...]:
        """A few choices that may have been meant."""
        found = self.search(field, _NAMED.sub("", text), 3).first
        if found:
            return found
        names = {shorten(one.iri): one for one in islice(self._of(field).all, 2_000)}
        return tuple(names[name] for name in get_close_matches(text, list(names), 3))

    def fits(self, field: Field, iri: str) -> bool:
        """True if a node is described and is what a field asks for."""
        node = ox.NamedNode(iri)
        if field.values:
            return node in field.values
        if not all(ox.Triple(node, path, value) in self._state for path, value in field.having):
            return False
        stated = [one.value for one in self._state.objects(node, TYPE) if isinstance(one, ox.NamedNode)]
        if not field.classes:
            return bool(stated) and iri.startswith(ID)
        return all(any(options & self._hierarchy.above(class_) for class_ in stated) for options in field.classes)

    def label(self, iri: str, language: str) -> str:
        """The label of a node in a language, or in any; empty if it has none."""
        return told(self._labels(iri), language)

    def _labels(self, iri: str) -> dict[str, str]:
        """The labels of a node; of one that has none, such as an attribution step, those of what it points to, and then
        of what that leads to in turn."""
        own = labels_of(iri, self._state)
        if own:
            return own
        others, seen, next_ = [], {iri}, [iri]
        while next_ and len(seen) < _FOLLOWED:
            unnamed = []
            for node in next_:
                for one in self._pointed(node):
                    if one not in seen:
                        seen.add(one)
                        found = own_labels(one, self._state)
                        others += [found] if found else []
                        unnamed += [] if found else [one]
            next_ = unnamed
        return {
            language: ", ".join(dict.fromkeys(told(one, language) for one in others if one))
            for language in LANGUAGES
            if any(others)
        }

    def _pointed(self, iri: str) -> list[str]:
        triples = (t for t in self._state.triples(ox.NamedNode(iri)) if t.predicate != TYPE)
        return sorted(t.object.value for t in triples if isinstance(t.object, ox.NamedNode))[:_FOLLOWED]

    def _of(self, field: Field) -> _Listed:
        key = (field.classes, field.having, field.values)
        if key not in self._listed:
            found = choices(field, self._state, self._hierarchy) if self._is_few(field) else []
            found = [one if one.labels else Choice(one.iri, self._labels(one.iri)) for one in found]
            ordered = tuple(sorted(found, key=lambda one: by_name(one, "en")))
            self._listed[key] = _Listed(ordered, tuple(map(_searched, ordered)))
        return self._listed[key]

    def _is_few(self, field: Field) -> bool:
        """True if what fits a field can be listed; without listing it."""
        if field.values or field.having:
            return True
        if field.classes:
            return self.count(field) <= MOST
        return sum(1 for _ in islice(self._state.triples(None, TYPE), MOST + 1)) <= MOST


def told(labels: dict[str, str] | Choice, language: str) -> str:
    """The label in a language, else in English, else in any; empty if there is none."""
    texts = labels.labels if isinstance(labels, Choice) else labels
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def by_name(one: Choice, language: str) -> tuple[object, ...]:
    """What puts choices in order: their first name; of those that share it the one with the fewest others first.

    So has a voice that nobody else passes on.
    """
    parts = folded(told(one, language)).split(", ")
    return parts[0], len(parts), parts, one.iri


def belongs(iri: str, stem: str) -> bool:
    """True if a node is named after another, whose local name this is, as what belongs to a document is."""
    local = iri.rpartition("/")[2]
    return local == stem or local.startswith(f"{stem}-")


def _searched(one: Choice) -> str:
    return folded(" ".join((shorten(one.iri), *one.labels.values())))
