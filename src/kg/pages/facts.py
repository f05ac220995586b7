"""Triples to look things up in: what something says by a property, and what it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.rdf import PREFIXES, shorten

#: Properties that name things, best first.
NAMES = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("rdfs", "label"), ("skos", "prefLabel"), ("foaf", "name"), ("dcterms", "title"), ("schema", "name"),
        ("ckg", "summary"),
    )
)  # fmt: skip

Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Said:
    """A text and its language, empty if that is the reader's or none is stated; ``iri`` is what it names."""

    text: str
    language: str = ""
    iri: str = ""


class Facts:
    """What triples say, for a reader of a language."""

    def __init__(self, triples: Iterable[ox.Triple], language: str, base: Facts | None = None) -> None:
        """``language`` is the reader's; what these triples do not name may be named in ``base``."""
        self.language = language
        self._base = base
        self._values: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
        self._back: dict[tuple[str, str], list[str]] = defaultdict(list)
        seen = set()
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, ox.NamedNode) or triple in seen:
                continue
            seen.add(triple)
            self._values[subject.value][predicate].append(value)
            if isinstance(value, ox.NamedNode):
                self._back[predicate, value.value].append(subject.value)

    def of(self, subject: str) -> dict[str, list[Value]]:
        """All that something says: the values by property."""
        return self._values.get(subject, {})

    def iris(self, subject: str, predicate: str) -> list[str]:
        """The resources that something names by a property, sorted."""
        values = self.of(subject).get(predicate, ())
        return sorted(value.value for value in values if isinstance(value, ox.NamedNode))

    def iri(self, subject: str, predicate: str) -> str:
        """The first of them; empty if there is none."""
        return next(iter(self.iris(subject, predicate)), "")

    def back(self, predicate: str, value: str) -> list[str]:
        """What names a resource by a property, sorted."""
        return sorted(self._back.get((predicate, value), ()))

    def pointing(self, value: str) -> list[tuple[str, str]]:
        """What names a resource, with the property by which it does, sorted."""
        return sorted(
            (subject, predicate) for (predicate, named), all in self._back.items() if named == value for subject in all
        )

    def texts(self, subject: str, predicate: str) -> list[Said]:
        """The texts of a property: those in the reader's language if there are any, else all; sorted."""
        values = [value for value in self.of(subject).get(predicate, ()) if isinstance(value, ox.Literal)]
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
        best: tuple[tuple[int, int, str], str] | None = None
        known = self.of(iri)
        for rank, predicate in enumerate(NAMES):
            for value in known.get(predicate, ()):
                if isinstance(value, ox.Literal):
                    spoken = value.language or ""
                    wanted = (self.language, "", "en")
                    order = (wanted.index(spoken) if spoken in wanted else len(wanted), rank, spoken)
                    if best is None or (order, value.value) < best:
                        best = order, value.value
        if best:
            return Said(best[1], _other(best[0][2], self.language), iri)
        if self._base:
            return self._base.name(iri)
        short = shorten(iri)
        return Said(iri if short.startswith("<") else short, "", iri)


def _other(spoken: str | None, language: str) -> str:
    return spoken if spoken and spoken != language else ""
