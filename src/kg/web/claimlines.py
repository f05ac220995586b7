"""Claims as the pages show them: asked for many at once, and kept, because many pages show the same ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kg.pages import claims
from kg.pages.claims import Line, Passage
from kg.pages.facts import NAMES, Facts, Said
from kg.pages.statements import Statement, stated
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES
from kg.web.caching import OVERHEAD, Cache
from kg.web.site import language, site
from kg.web.words import outer

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


def words_of_terms(spoken: str = "") -> Facts:
    """What those terms are called, for a reader of a language, else of this page."""
    spoken = spoken or language()
    own = [(iri, NAMES[0], ox.Literal(name, language=spoken)) for iri, name in outer(spoken).items()]
    return site().once(f"terms {spoken}", lambda: Facts([*stated(_terms()), *own], spoken))


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


def make_ready() -> None:
    """Read the claims of a record that is so small that all of them can be kept."""
    most = _ROOM // (_LINE_BYTES + OVERHEAD)
    iris = [row["claim"] for row in site().long_table("claims", most=most + 1)]
    for start in range(0, len(iris) if len(iris) <= most else 0, _AT_ONCE):
        lines(iris[start : start + _AT_ONCE])


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


def named_facts(statements: Iterable[Statement], *others: str) -> Facts:
    """What these statements say, with what all that they mention is called, and what these others are."""
    said, terms = list(statements), words_of_terms()
    mentioned = dict.fromkeys(subject for subject, _, _ in said)
    mentioned.update(dict.fromkeys(value.value for _, _, value in said if isinstance(value, ox.NamedNode)))
    mentioned.update(dict.fromkeys(others))
    wanted = [iri for iri in mentioned if not iri.startswith(_NAMELESS) and not terms.of(iri)]
    return Facts([*said, *_names(wanted)], language(), terms)


def _names(iris: Sequence[str]) -> list[Statement]:
    """What these are called, in all languages; kept, because pages name the same ones again and again."""
    kept: Cache[Sequence[Statement]] = site().once("names", lambda: Cache(_NAMES_ROOM))
    found = {iri: names for iri in iris if (names := kept.get(iri)) is not None}
    missing = [iri for iri in iris if iri not in found]
    for start in range(0, len(missing), _AT_ONCE):
        asked = missing[start : start + _AT_ONCE]
        told: dict[str, list[Statement]] = {iri: [] for iri in asked}
        for statement in site().statements("called", items=asked):
            told[statement[0]].append(statement)
        for iri, names in told.items():
            kept.put(iri, names, _NAME_BYTES * (len(names) + 1), 0.001)
        found |= told
    return [statement for names in found.values() for statement in names]


def _facts(name: str, **lists: Sequence[str]) -> Facts:
    return named_facts(site().statements(name, **lists))
