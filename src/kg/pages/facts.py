"""Statements to look things up in: what something says by a property, and what it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pages.statements import Statement, Value
from kg.rdf import PREFIXES, shorten

#: Properties that name things, best first.
NAMES = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("rdfs", "label"), ("skos", "prefLabel"), ("foaf", "name"), ("dcterms", "title"), ("schema", "name"),
        ("ckg", "summary"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A text and its language, empty if that is the reader's or none is stated; ``iri`` is what it names."""

    text: str
    language: str = ""
    iri: str = ""


class Facts:
    """What statements say, for a reader of a language."""

    def __init__(self, statements: Iterable[Statement], language: str, base: Facts | None = None) -> None:
        """``language`` is the reader's; what these statements do not name may be named in ``base``."""
        self.language = language
        self._base = base
        self._values: dict[str, dict[str, list[Value]]] = {}
        self._back: dict[str, dict[str, list[str]]] = {}
        self._named: dict[str, Said] = {}
        values = self._values
        for subject, predicate, value in dict.fromkeys(statements):
            said = values.get(subject)
            if said is None:
                said = values[subject] = defaultdict(list)
            said[predicate].append(value)

    def of(self, subject: str) -> dict[str, list[Value]]:
        """All that something says: the values by property."""
        return self._values.get(subject, {})

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The resources that something names by a property, sorted."""
        values = self.of(subject).get(predicate)
        return sorted(value.value for value in values if isinstance(value, ox.NamedNode)) if values else []

    def iri(self, subject: str, predicate: str) -> str:
        """The first of them; empty if there is none."""
        return next(iter(self.iris(subject, predicate)), "")

    def back(self, predicate: str, value: str) -> list[str]:
        """What names a resource by a property, sorted."""
        named = self._back.get(predicate)
        if named is None:
            # Only few properties are ever asked for. Kept when it is whole: threads share what is said of the terms.
            named = defaultdict(list)
            for subject, said in self._values.items():
                for one in said.get(predicate, ()):
                    if isinstance(one, ox.NamedNode):
                        named[one.value].append(subject)
            self._back[predicate] = named
        return sorted(named.get(value, ()))

    def pointing(self, value: str) -> list[tuple[str, str]]:
        """What names a resource, with the property by which it does, sorted."""
        node = ox.NamedNode(value)
        return sorted(
            (subject, predicate)
            for subject, said in self._values.items()
            for predicate, values in said.items()
            if node in values
        )

    def texts(self, subject: str, predicate: str) -> list[Said]:
        """The texts of a property: those in the reader's language if there are any, else all; sorted."""
        values = [value for value in self.of(subject).get(predicate, ()) if isinstance(value, ox.Literal)]
        if not values:
            return []
        own = [value for value in values if value.language == self.language]
        return sorted(
            (Said(value.value, _other(value.language, self.language)) for value in own or values),
            key=lambda said: (said.language != "en", said.language, said.text),
        )

    def text(self, subject: str, predicate: str) -> str:
        """The first text of a property, whatever its language; empty if there is none."""
        return next((said.text for said in self.texts(subject, predicate)), "")

    def name(self, iri: str) -> Said:
        """What something is called: in the reader's language, else in English, else in any; else its short name."""
        known = self._named.get(iri)
        if known is None:
            known = self._own_name(iri)
            if known is None and self._base:
                known = self._base.name(iri)
            elif known is None:
                # Not kept: of what has no name there is no end.
                short = shorten(iri)
                return Said(iri if short.startswith("<") else short, "", iri)
            self._named[iri] = known
        return known

    def _own_name(self, iri: str) -> Said | None:
        best: tuple[tuple[int, int, str], str] | None = None
        known = self.of(iri)
        for rank, predicate in enumerate(NAMES) if known else ():
            for value in known.get(predicate, ()):
                if isinstance(value, ox.Literal):
                    spoken = value.language or ""
                    wanted = (self.language, "", "en")
                    order = (wanted.index(spoken) if spoken in wanted else len(wanted), rank, spoken)
                    if best is None or (order, value.value) < best:
                        best = order, value.value
        return Said(best[1], _other(best[0][2], self.language), iri) if best else None


def _other(spoken: str | None, language: str) -> str:
    return spoken if spoken and spoken != language else ""
