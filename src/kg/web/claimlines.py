"""Claims as the pages show them: asked for many at once, and kept, because many pages show the same ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kg.pages import claims
from kg.pages.claims import Line, Passage
from kg.pages.facts import Facts, Said
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES
from kg.web.caching import Cache
from kg.web.site import language, site

#: Room for the claims that are kept of a snapshot, in bytes, and roughly how many one takes.
_ROOM = 24_000_000
_LINE_BYTES = 6_000
#: The same for names, and how many of them are asked for at once.
_NAMES_ROOM, _NAME_BYTES, _AT_ONCE = 12_000_000, 300, 200
#: Families of what has no name: the record itself.
_NAMELESS = tuple(PREFIXES[family] for family in ("evidence", "step"))


def vocabulary() -> Vocabulary:
    """The terms of the ontology and the vocabularies, as the snapshot that answers has them."""
    return site().once("vocabulary", lambda: Vocabulary.read(_terms()))


def words_of_terms() -> Facts:
    """What those terms are called, for a reader of this page."""
    spoken = language()
    return site().once(f"terms {spoken}", lambda: Facts(_terms(), spoken))


def _terms() -> Sequence[ox.Triple]:
    return site().at_length("terms", lambda: site().graph("entity-vocabulary"))


def lines(iris: Iterable[str]) -> list[Line]:
    """These claims, in the order given; those that are kept are not asked for."""
    wanted = list(dict.fromkeys(iris))
    spoken = language()
    kept: Cache[Line] = site().once(f"lines {spoken}", lambda: Cache(_ROOM))
    found = {iri: line for iri in wanted if (line := kept.get(iri))}
    missing = [iri for iri in wanted if iri not in found]
    if missing:
        start = time.monotonic()
        facts = facts_of(missing)
        for iri in missing:
            line = found[iri] = claims.read(iri, facts, vocabulary())
            kept.put(iri, line, _LINE_BYTES, (time.monotonic() - start) / len(missing))
    return [found[iri] for iri in wanted]


def facts_of(iris: Sequence[str]) -> Facts:
    """What is said of these claims and of all that they lead to."""
    return _facts("entity-claims", claims=iris)


def named(iri: str) -> Said:
    """What a resource is called."""
    return named_facts((), iri).name(iri)


def passages_of(iris: Sequence[str]) -> Sequence[Passage]:
    """What these nodes of evidence tell; nothing is asked if there are none."""
    if not iris:
        return ()
    return claims.passages(_facts("entity-passages", evidence=iris), iris)


def named_facts(triples: Iterable[ox.Triple], *others: str) -> Facts:
    """What these triples say, with what all that they mention is called, and what these others are."""
    said, terms = list(triples), words_of_terms()
    mentioned = [term.value for triple in said for term in (triple.subject, triple.object) if isinstance(term, ox.NamedNode)]
    wanted = (iri for iri in dict.fromkeys([*mentioned, *others]) if not iri.startswith(_NAMELESS) and not terms.of(iri))
    return Facts([*said, *_names(list(wanted))], language(), terms)


def _names(iris: Sequence[str]) -> list[ox.Triple]:
    """What these are called, in all languages; kept, because pages name the same ones again and again."""
    kept: Cache[Sequence[ox.Triple]] = site().once("names", lambda: Cache(_NAMES_ROOM))
    found = {iri: names for iri in iris if (names := kept.get(iri)) is not None}
    missing = [iri for iri in iris if iri not in found]
    for start in range(0, len(missing), _AT_ONCE):
        asked = missing[start : start + _AT_ONCE]
        told: dict[str, list[ox.Triple]] = {iri: [] for iri in asked}
        for triple in site().graph("called", items=asked):
            told[triple.subject.value].append(triple)
        for iri, names in told.items():
            kept.put(iri, names, _NAME_BYTES * (len(names) + 1), 0.001)
        found |= told
    return [triple for names in found.values() for triple in names]


def _facts(name: str, **lists: Sequence[str]) -> Facts:
    return named_facts(site().graph(name, **lists))
