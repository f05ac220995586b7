"""A claim as a reader meets it: a sentence with who, when, how firmly, on what evidence, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pages.facts import Facts, Said
from kg.pages.spans import spoken
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES, shorten

_CKG, _OA, _RDF = PREFIXES["ckg"], PREFIXES["oa"], PREFIXES["rdf"]
_TYPE = _RDF + "type"
TOPIC, STANCE, CONDITION = _CKG + "topic", _CKG + "stance", _CKG + "condition"
CERTAINTY, MODALITY = _CKG + "certainty", _CKG + "modality"
#: Who a claim is of, best first; the agents of reports come after them.
_WHO = tuple(_CKG + name for name in ("holder", "statedBy", "onBehalfOf"))
#: What a line says first of how a claim is put.
_FIRST = tuple(_CKG + name for name in ("strength", "domain", "alternativeDomain", "contributionType"))
_LAST = (MODALITY, CERTAINTY)
#: How a later claim bears on an earlier one.
LATER = tuple(_CKG + name for name in ("supersedes", "possiblySupersedes", "reaffirms"))
_LONGEST_CHAIN = 20
#: Families of what the graph is about; the others are of the record, or words of its vocabularies.
_ENTITIES = tuple(
    PREFIXES[name]
    for name in (
        "actor", "office", "forum", "event", "place", "declaration", "pillar", "initiative", "instrument", "topic",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A word of a vocabulary that a claim has by a property; ``name`` is the local name of the property."""

    name: str
    property: Said
    value: Said


@dataclass(frozen=True)
class Passage:
    """What a claim rests on: the source, the place in it, and the voices from the source to who is quoted."""

    iri: str
    source: Said
    paragraph: str
    start: str
    end: str
    locator: Said | None
    sha256: str
    direct: bool
    voices: tuple[Said, ...]


@dataclass(frozen=True)
class Against:
    """A judgement that a claim and others contradict each other."""

    iri: str
    kind: Said | None
    others: tuple[Said, ...]


@dataclass(frozen=True)
class Time:
    """When: in words, as written in EDTF, and in the words of the source; ``conventional`` if these were read by a
    convention."""

    iri: str
    text: str
    edtf: str
    wording: tuple[Said, ...]
    relative: bool
    conventional: bool


@dataclass(frozen=True)
class Line:
    """A claim. ``day`` is the first day that it may be of, empty if it has no date; ``kind`` its narrowest class."""

    iri: str
    summary: Said
    kind: str
    day: str
    topics: tuple[Said, ...]
    stance: Said | None
    who: tuple[tuple[str, Said, tuple[Said, ...]], ...]
    marks: tuple[Mark, ...]
    times: tuple[tuple[str, Time], ...]
    hedges: tuple[Said, ...]
    conditions: tuple[Said, ...]
    evidence: tuple[Passage, ...]
    against: tuple[Against, ...]
    later: tuple[tuple[str, Said], ...]
    named: tuple[Said, ...]

    def mark(self, name: str) -> Mark | None:
        """The first mark of a property, by its local name."""
        return next((mark for mark in self.marks if mark.name == name), None)


def read(iri: str, facts: Facts, vocabulary: Vocabulary) -> Line:
    """A claim, from what is said of it and of what it leads to."""
    stance = facts.iri(iri, STANCE)
    times = tuple((name, one) for name in ("time", "targetTime") for one in _times(facts, iri, name))
    return Line(
        iri=iri,
        summary=_summary(facts, iri),
        kind=vocabulary.narrowest(facts.iris(iri, _TYPE)),
        day=next((_day(facts, one.iri) for name, one in times if name == "time"), ""),
        topics=tuple(map(facts.name, facts.iris(iri, TOPIC))),
        stance=facts.name(stance) if stance else None,
        who=_who(facts, iri, vocabulary),
        marks=_marks(facts, iri, vocabulary),
        times=times,
        hedges=tuple(facts.texts(iri, _CKG + "hedge")),
        conditions=tuple(map(facts.name, facts.iris(iri, CONDITION))),
        evidence=passages(facts, facts.iris(iri, _CKG + "evidence")),
        against=_against(facts, iri),
        later=tuple(
            (shorten(predicate).partition(":")[2], facts.name(other))
            for predicate in LATER
            for other in facts.back(predicate, iri)
        ),
        named=_named(facts, iri, vocabulary),
    )


def _summary(facts: Facts, iri: str) -> Said:
    said = facts.texts(iri, _CKG + "summary")
    return Said(said[0].text, said[0].language, iri) if said else facts.name(iri)


def _who(facts: Facts, iri: str, vocabulary: Vocabulary) -> tuple[tuple[str, Said, tuple[Said, ...]], ...]:
    """Who a claim is of, by property; an agent that a narrower property names is not repeated."""
    found, seen = [], set()
    for predicate in (*_WHO, *vocabulary.reporting):
        others = [one for one in facts.iris(iri, predicate) if (predicate in _WHO or one not in seen)]
        seen.update(others)
        if others and predicate.startswith(_CKG):
            found.append((predicate, facts.name(predicate), tuple(map(facts.name, others))))
    return tuple(found)


def _marks(facts: Facts, iri: str, vocabulary: Vocabulary) -> tuple[Mark, ...]:
    """The words of the vocabularies that a claim has, apart from stance and topics."""
    found = []
    for predicate, values in facts.of(iri).items():
        if predicate in (STANCE, TOPIC, _CKG + "underTopic", _TYPE):
            continue
        for value in values:
            if isinstance(value, ox.NamedNode) and value.value in vocabulary.scheme:
                name = shorten(predicate).partition(":")[2]
                found.append((predicate, Mark(name, facts.name(predicate), facts.name(value.value))))
    return tuple(mark for _, mark in sorted(found, key=_mark_order))


def _mark_order(found: tuple[str, Mark]) -> tuple[int, str, str]:
    predicate, mark = found
    if predicate in _FIRST:
        rank = _FIRST.index(predicate) - len(_FIRST)
    else:
        rank = 1 + _LAST.index(predicate) if predicate in _LAST else 0
    return rank, mark.property.text, mark.value.text


def _times(facts: Facts, iri: str, name: str) -> list[Time]:
    return [time for one in facts.iris(iri, _CKG + name) if (time := read_time(facts, one))]


def read_time(facts: Facts, iri: str) -> Time | None:
    """A date node; None if it has no date."""
    edtf = facts.text(iri, _CKG + "edtf")
    if not edtf:
        return None
    return Time(
        iri,
        spoken(edtf, facts.language),
        edtf,
        tuple(facts.texts(iri, _CKG + "wording")),
        facts.text(iri, _CKG + "relative") == "true",
        facts.text(iri, _CKG + "conventionalReading") == "true",
    )


def _day(facts: Facts, iri: str) -> str:
    return facts.text(iri, _CKG + "earliest") or facts.text(iri, _CKG + "latest")


def passages(facts: Facts, iris: Iterable[str]) -> tuple[Passage, ...]:
    """What these nodes of evidence say, in the order of the sources and of their text."""
    found = [_passage(facts, iri) for iri in iris]
    return tuple(sorted(found, key=lambda one: (one.source.text, int(one.start or 0), one.iri)))


def _passage(facts: Facts, iri: str) -> Passage:
    source = facts.iri(iri, _CKG + "source")
    locators = facts.texts(iri, _CKG + "locator")
    start, end = facts.text(iri, _OA + "start"), facts.text(iri, _OA + "end")
    return Passage(
        iri,
        facts.name(source) if source else facts.name(iri),
        facts.text(iri, _CKG + "paragraph"),
        start if start.isdigit() else "",
        end if end.isdigit() else "",
        locators[0] if locators else None,
        facts.text(iri, _CKG + "sha256"),
        facts.text(iri, _CKG + "directSpeech") == "true",
        _voices(facts, iri, source),
    )


def _voices(facts: Facts, evidence: str, source: str) -> tuple[Said, ...]:
    """Those who pass the word on, from the source, which speaks first in any case and is left out, to who is quoted."""
    step, found = facts.iri(evidence, _CKG + "attribution"), []
    while step and len(found) < _LONGEST_CHAIN:
        found += facts.iris(step, _CKG + "attributedTo")[:1]
        step = facts.iri(step, _CKG + "passedOnIn")
    return tuple(facts.name(voice) for voice in reversed(found) if voice != source)


def _against(facts: Facts, iri: str) -> tuple[Against, ...]:
    found = []
    for judgement in facts.back(_CKG + "between", iri):
        kind = facts.iri(judgement, _CKG + "contradictionKind")
        others = [one for one in facts.iris(judgement, _CKG + "between") if one != iri]
        found.append(Against(judgement, facts.name(kind) if kind else None, tuple(map(facts.name, others))))
    return tuple(found)


def _named(facts: Facts, iri: str, vocabulary: Vocabulary) -> tuple[Said, ...]:
    """The entities that a claim names: what is neither a word of a vocabulary, a class, nor part of the record."""
    found = []
    for predicate, values in facts.of(iri).items():
        if predicate != _TYPE:
            found += [value.value for value in values if isinstance(value, ox.NamedNode)]
    return tuple(map(facts.name, sorted({one for one in found if _is_entity(one, vocabulary)})))


def _is_entity(iri: str, vocabulary: Vocabulary) -> bool:
    return iri.startswith(_ENTITIES) and (iri not in vocabulary.scheme or iri.startswith(PREFIXES["topic"]))
