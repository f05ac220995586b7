"""Who is meant by a name: candidates with a score from 0 to 100, what speaks for each, and whether one may be taken.

A candidate is taken (``match``) only if it is good and clearly ahead of the next: a wrong link costs more than a
missing one. What cannot be decided by the name alone, such as two entities of one name, is left open.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import pyoxigraph as ox
from rapidfuzz import fuzz

from kg.linking.aligning import fit
from kg.linking.entities import PERSON, Known, is_among
from kg.linking.names import Form, normalised, spelling, words_of

#: What the score of a name is at most, by the kind of form.
BEST = {
    "label": 100.0, "alternative": 99.0, "code": 97.0, "short": 94.0, "stands": 91.0, "head": 90.0, "office": 90.0,
}  # fmt: skip
#: An office whose holder is not known for the day that is asked about, or for which no day is.
_SOME_HOLDER, _OTHER_DAY = 60.0, 40.0
#: A candidate is taken from this score on, if the next is so much below it.
GOOD, AHEAD = 82.0, 5.0
#: What is not worth to be shown.
_POOR = 30.0
#: What it costs not to be of a type that should be, not to have been at the day, and to have another value.
_OTHER_TYPE, _NOT_THEN, _OTHER_VALUE = 20.0, 55.0, 25.0
_SAME_VALUE, _AT_THE_DAY = 6.0, 4.0
#: Days before the first that is attested that may pass before something is said not to have been there yet, in years.
_GRACE = 1
#: What values alone are worth, and how many entities that have them are looked at.
_ONLY_VALUES, _BY_VALUES = 85.0, 200
#: Words of a name that are looked at, candidates that are weighed by their values, and values that are looked at.
_WORDS, _WEIGHED, _VALUES = 30, 40, 200
#: How alike two values must be, in percent.
_ALIKE = 90.0


_plain = lru_cache(10_000)(normalised)


@dataclass(frozen=True)
class Condition:
    """A property that a candidate is to have, with some of these values: IRIs, or texts as they are compared."""

    property: str
    texts: tuple[str, ...]
    iris: tuple[str, ...] = ()
    quantifier: str = "any"
    required: bool = False


@dataclass(frozen=True)
class Asked:
    """Who is asked for: by name, by IRI, or by properties alone; ``day`` is the first and the last day meant."""

    name: str = ""
    iris: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    type_strict: str = "any"
    conditions: tuple[Condition, ...] = ()
    day: tuple[str, str] | None = None
    limit: int = 10


@dataclass(frozen=True)
class Candidate:
    """An entity that may be meant: the form of its name that was found, its score, and what speaks for and against it.

    ``reasons`` are keys of what is said, with what is said about; ``features`` the parts of the score.
    """

    entity: str
    score: float
    form: Form | None
    reasons: tuple[tuple[str, str], ...]
    features: Mapping[str, float | bool] = field(default_factory=dict)
    match: bool = False


def match(asked: Asked, known: Known) -> list[Candidate]:
    """The candidates, best first, at most as many as are asked for; at most one of them is to be taken."""
    every = asked.type_strict == "all"
    strict = asked.types and asked.type_strict != "should"
    among = _among(asked.types, known, every) if strict else None
    found = _by_iri(asked, known) if asked.iris else _by_name(asked, known, among) if asked.name else None
    if found is None:
        found = _by_values(asked, known, among)
    found.sort(key=lambda one: (-one.score, one.entity))
    weighed = found[:_WEIGHED] if asked.conditions and asked.name else found
    judged = [one for one in (_judged(one, asked, known) for one in weighed) if one is not None and one.score >= _POOR]
    judged.sort(key=lambda one: (-one.score, one.entity))
    return _decided(judged)[: asked.limit]


def _among(types: Sequence[str], known: Known, every: bool) -> Collection[int]:
    sets = [known.of_type.get(one, set()) for one in types]
    return set.intersection(*sets) if every else set().union(*sets)


def _decided(found: list[Candidate]) -> list[Candidate]:
    """The candidates, the first of which is taken if it is good and ahead."""
    if not found:
        return []
    first, second = found[0], found[1].score if len(found) > 1 else 0.0
    taken = first.score >= GOOD and first.score - second >= AHEAD
    rest = tuple(first.reasons)
    if first.score >= GOOD and not taken:
        rest = (*rest, ("close", found[1].entity))
    return [replace(first, match=taken, reasons=rest), *found[1:]]


def _by_iri(asked: Asked, known: Known) -> list[Candidate]:
    found = [iri for iri in dict.fromkeys(asked.iris) if iri in known.numbers]
    return [Candidate(iri, 100.0, None, (("identifier", ""),), {"identifier": True}) for iri in found]


def _by_name(asked: Asked, known: Known, among: Collection[int] | None) -> list[Candidate]:
    plain = normalised(asked.name)
    words = words_of(plain)[:_WORDS]
    spelt = tuple(map(spelling, words))
    best: dict[int, Candidate] = {}
    for form in known.names.candidates(plain, spelt, among):
        entity = known.candidates[form.entity]
        person = PERSON in known.types[entity]
        share, how = fit(plain, words, spelt, form, known.names, person and form.kind != "office")
        top, dated = _top(form, asked)
        if form.kind == "code" and (how != "exact" or asked.name.strip() != form.text):
            continue
        score = top * share
        known_better = best.get(form.entity)
        if known_better is None or known_better.score < score:
            reasons = ((how, form.text), *_about(form, dated))
            best[form.entity] = Candidate(entity, score, form, reasons, {"name": round(100 * share, 1)})
    return list(best.values())


def _top(form: Form, asked: Asked) -> tuple[float, str]:
    """What a form is worth at most, and for an office what is known of the day."""
    if form.kind != "office":
        return BEST[form.kind], ""
    if asked.day is None:
        return _SOME_HOLDER, "some-day"
    if not form.since:
        return _SOME_HOLDER, "no-day"
    if form.since <= asked.day[1] and asked.day[0] <= (form.until or "9999"):
        return BEST["office"], "that-day"
    return _OTHER_DAY, "other-day"


def _about(form: Form, dated: str) -> tuple[tuple[str, str], ...]:
    """What is said of a form besides how it was found."""
    if form.kind == "office":
        return ((f"office-{dated}", form.through),)
    return ((form.kind, form.through),) if form.kind in ("alternative", "short", "head", "stands", "code") else ()


def _by_values(asked: Asked, known: Known, among: Collection[int] | None) -> list[Candidate]:
    """The entities that have one of the values, where no name is asked for."""
    numbers: set[int] | None = None if among is None else set(among)
    for condition in asked.conditions:
        if condition.quantifier != "none":
            having = known.having(condition.property, (*condition.texts, *condition.iris))
            numbers = having if numbers is None else numbers & having
    chosen = sorted(numbers or ())[:_BY_VALUES] if asked.conditions else []
    return [Candidate(known.candidates[number], _ONLY_VALUES, None, (), {}) for number in chosen]


def _judged(found: Candidate, asked: Asked, known: Known) -> Candidate | None:
    """A candidate with what its type, its dates and its values say; None if something required is missing."""
    score, reasons, features = found.score, list(found.reasons), dict(found.features)
    if asked.types:
        features["type"] = is_among(asked.types, found.entity, known, asked.type_strict == "all")
        if not features["type"]:
            score -= _OTHER_TYPE
            reasons.append(("other-type", ""))
    if asked.day and not (found.form and found.form.kind == "office"):
        there = was_there(known.spans.get(found.entity), asked.day)
        if there is not None:
            features["date"] = there
            score += min(_AT_THE_DAY, 100 - score) if there else -_NOT_THEN
            reasons.append(("then" if there else "not-then", found.entity))
    for condition in asked.conditions:
        held = holds(condition, found.entity, known)
        if condition.required and held is not True:
            return None
        if held is not None:
            features[f"property {condition.property}"] = held
            score += min(_SAME_VALUE, 100 - score) if held else -_OTHER_VALUE
            reasons.append(("value" if held else "other-value", condition.property))
    return replace(found, score=round(max(0.0, score), 1), reasons=tuple(reasons), features=features)


def was_there(span: tuple[str, str] | None, day: tuple[str, str]) -> bool | None:
    """Whether what lasted over a span, whose end may be empty, was there at a day; None if that is not known.

    What was attested later may have been there a little before, so that this is said only of what is a year off.
    """
    if span is None or not (span[0] or span[1]):
        return None
    since, until = span
    if until and day[0] > until:
        return False
    if since and day[1] < since:
        # Something with both ends is an event: it was not there before.
        early = f"{int(since[:4]) - _GRACE:04}{since[4:]}"
        return False if until or day[1] < early else None
    return True


def holds(condition: Condition, entity: str, known: Known) -> bool | None:
    """Whether an entity has the values of a condition; None if nothing is known of the property."""
    values = known.values.get(entity, {}).get(condition.property)
    if not values:
        return None
    wanted = [*condition.texts, *condition.iris]
    found = [_has(one, values, known) for one in wanted]
    if condition.quantifier == "all":
        return all(found)
    return not any(found) if condition.quantifier == "none" else any(found)


def _has(wanted: str, values: Sequence[ox.NamedNode | ox.Literal], known: Known) -> bool:
    """True if one of these values is, or is called, what is wanted."""
    plain = _plain(wanted)
    for value in values[:_VALUES]:
        if isinstance(value, ox.Literal):
            texts: Collection[str] = (value.value,)
        elif value.value == wanted:
            return True
        else:
            texts = known.labels.get(value.value, {}).values()
        if any(fuzz.ratio(plain, _plain(text)) >= _ALIKE for text in texts):
            return True
    return False
