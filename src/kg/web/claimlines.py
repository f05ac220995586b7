"""Claims as the pages show them: asked for many at once, and kept, because many pages show the same ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kg.pages import claims
from kg.pages.claims import Line, Passage
from kg.pages.facts import Facts, Said
from kg.pages.vocabulary import Vocabulary
from kg.web.caching import Cache
from kg.web.site import language, site

#: Room for the claims that are kept of a snapshot, in bytes, and roughly how many one takes.
_ROOM = 24_000_000
_LINE_BYTES = 6_000


def vocabulary() -> Vocabulary:
    """The terms of the ontology and the vocabularies, as the snapshot that answers has them."""
    return site().once("vocabulary", lambda: Vocabulary.read(_terms()))


def words_of_terms() -> Facts:
    """What those terms are called, for a reader of this page."""
    spoken = language()
    return site().once(f"terms {spoken}", lambda: Facts(_terms(), spoken))


def _terms() -> Sequence[ox.Triple]:
    return site().once("terms", lambda: site().graph("entity-vocabulary"))


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
    return Facts(site().graph("entity", this=iri), language(), words_of_terms()).name(iri)


def passages_of(iris: Sequence[str]) -> Sequence[Passage]:
    """What these nodes of evidence tell; nothing is asked if there are none."""
    if not iris:
        return ()
    return claims.passages(_facts("entity-passages", evidence=iris), iris)


def _facts(name: str, **lists: Sequence[str]) -> Facts:
    return Facts(site().graph(name, **lists), language(), words_of_terms())
