"""How well an item of Wikidata answers to an entity of ours: a score from 0 to 1, and in words what it rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz import fuzz

from kg.linking.items import Item, Statement
from kg.linking.names import normalised
from kg.linking.profile import AT, BEGINS, ENDS, FACT, OFFICE, Profile
from kg.linking.saying import Texts, say
from kg.linking.wanted import Held, Wanted, plain

#: What each kind of evidence counts for; together 1. What is not known counts half.
WEIGHTS = {"name": 0.45, "type": 0.2, "office": 0.15, "relation": 0.1, "dates": 0.1}
UNKNOWN = 0.5
#: From how much on a name is the same, but for how it is written.
ALIKE = 0.9
#: The highest score of an item that something contradicts.
CONTRADICTED = 0.4
#: What a name counts for that is only an alias, or has other words in brackets.
BY_ALIAS = 0.95


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: which, how far it agrees (0 to 1), and what it is in words, by language.

    ``is_independent`` means a fact beside name and type that two different things would hardly share.
    """

    about: str
    value: float
    says: Texts
    is_independent: bool = False

    @property
    def contradicts(self) -> bool:
        """True if both cannot be the same thing."""
        return self.value == 0


@dataclass(frozen=True)
class Candidate:
    """An item with its score and what the score rests on, in the order of ``WEIGHTS``."""

    item: Item
    score: float
    evidence: tuple[Evidence, ...]

    @property
    def is_contradicted(self) -> bool:
        """True if something says that it is another thing."""
        return any(one.contradicts for one in self.evidence)

    @property
    def is_supported(self) -> bool:
        """True if name, type and one fact beside them agree, which is what it takes to be believed."""
        of = {one.about: one.value for one in self.evidence}
        return of["name"] >= ALIKE and of["type"] == 1 and any(one.is_independent for one in self.evidence)

    def of(self, about: str) -> Evidence:
        """The evidence of a kind."""
        return next(one for one in self.evidence if one.about == about)


def score(wanted: Wanted, item: Item, roots: Collection[str], under: Collection[str], profile: Profile) -> Candidate:
    """Compare an entity with an item.

    ``roots`` are the classes of Wikidata that the item should be an instance of, ``under`` those that it is.
    """
    evidence = (
        _name(wanted, item),
        _type(item, roots, under, profile),
        _office(wanted, item, profile),
        _relation(wanted, item, profile),
        _dates(wanted, item, profile),
    )
    whole = sum(WEIGHTS[one.about] * one.value for one in evidence)
    if any(one.contradicts for one in evidence):
        whole = min(whole, CONTRADICTED)
    return Candidate(item, round(whole, 3), evidence)


def contrast(best: Candidate, other: Candidate) -> Texts:
    """What decides between two candidates, in words by language; empty if nothing does."""
    pairs = [(one, other.of(one.about)) for one in best.evidence]
    # What makes the other impossible decides, however little it counts.
    mine, theirs = max(
        pairs, key=lambda each: (each[1].contradicts, WEIGHTS[each[0].about] * (each[0].value - each[1].value))
    )
    if mine.value <= theirs.value:
        return {}
    return say("contrast", one=best.item.id, other=other.item.id, mine=mine.says, theirs=theirs.says)


def _name(wanted: Wanted, item: Item) -> Evidence:
    best, says = 0.0, say("no-name")
    labels = set(item.labels.values())
    own = [(ours, _as_compared(ours)) for ours, _ in wanted.names]
    others = [(theirs, language, _as_compared(theirs)) for theirs, language in item.names]
    for ours, our_forms in own:
        for theirs, language, their_forms in others:
            pairs = zip(our_forms, their_forms, (1.0, BY_ALIAS), strict=True)
            alike = max(fuzz.ratio(a, b) / 100 * worth for a, b, worth in pairs)
            alike *= 1 if theirs in labels else BY_ALIAS
            if alike > best:
                kind = "label" if theirs in labels else "alias"
                how = "same" if alike >= BY_ALIAS else "like" if alike >= ALIKE else "unlike"
                best, says = alike, say(f"{kind}-{how}", theirs=theirs, tag=language, ours=ours)
    # Never 0, which would say that they cannot be the same: a thing may have a name that we do not know.
    return Evidence("name", max(round(best, 3), 0.01), says)


def _as_compared(name: str) -> tuple[str, str]:
    """A name as it is compared, with and without what it has in brackets."""
    return normalised(name), normalised(plain(name))


def _type(item: Item, roots: Collection[str], under: Collection[str], profile: Profile) -> Evidence:
    found = [root for root in roots if root in under]
    if found:
        return Evidence("type", 1, say("instance", class_=profile.meaning(found[0]), number=found[0]))
    if not roots or not item.said("P31"):
        return Evidence("type", UNKNOWN, say("no-class" if roots else "no-type"))
    return Evidence("type", 0, say("no-instance", classes=profile.meaning(*roots)))


def _office(wanted: Wanted, item: Item, profile: Profile) -> Evidence:
    said = item.said(*profile.properties(OFFICE))
    if not wanted.offices or not said:
        return Evidence("office", UNKNOWN, say("no-office"))
    missing = []
    for held in wanted.offices:
        terms = [one for one in said if one.value and one.value.text == held.number]
        if any(_covers(term, held, profile) for term in terms):
            key = "office" if held.first == held.last else "office-between"
            return Evidence("office", 1, say(key, number=held.number, day=held.first, first=held.first, last=held.last), True)
        missing.append(say("office-not-then" if terms else "office-unknown", number=held.number, day=held.first))
    # Not a contradiction: Wikidata may not know yet.
    return Evidence("office", 0.2, missing[0])


def _covers(term: Statement, held: Held, profile: Profile) -> bool:
    begins = [value.earliest for value in term.qualified(profile.properties(BEGINS)) if value.earliest]
    ends = [value.latest for value in term.qualified(profile.properties(ENDS)) if value.latest]
    # A term without a beginning could be anybody's, at any time.
    return bool(begins) and min(begins) <= held.last and (not ends or max(ends) >= held.first)


def _relation(wanted: Wanted, item: Item, profile: Profile) -> Evidence:
    missing = []
    for property in profile.properties(FACT):
        ours = wanted.facts.get(property, frozenset())
        theirs = {one.value.text for one in item.said(property) if one.value}
        if ours & theirs:
            shared = ", ".join(sorted(ours & theirs))
            return Evidence("relation", 1, say("relation", property=profile.meaning(property), shared=shared), True)
        if ours and theirs:
            named = {"theirs": ", ".join(sorted(theirs)[:3]), "ours": ", ".join(sorted(ours))}
            missing.append(say("other-relation", property=profile.meaning(property), **named))
    return Evidence("relation", 0.2, missing[0]) if missing else Evidence("relation", UNKNOWN, say("no-relation"))


def _dates(wanted: Wanted, item: Item, profile: Profile) -> Evidence:
    if not wanted.first:
        return Evidence("dates", UNKNOWN, say("no-date-of-ours"))
    begins, ends, at = (
        sorted(day for one in item.said(*profile.properties(use)) if one.value and (day := getattr(one.value, side)))
        for use, side in ((BEGINS, "earliest"), (ENDS, "latest"), (AT, "earliest"))
    )
    ours = wanted.first if wanted.first == wanted.last else say("span", first=wanted.first, last=wanted.last)
    if ends and ends[-1] < wanted.first:
        return Evidence("dates", 0, say("ended", year=ends[-1][:4], ours=ours))
    if begins and begins[0] > wanted.last:
        return Evidence("dates", 0, say("began-after", day=begins[0], ours=ours))
    if wanted.is_dated and at:
        if any(wanted.first <= day <= wanted.last for day in at):
            return Evidence("dates", 1, say("that-day", day=at[0]), True)
        return Evidence("dates", 0, say("other-day", day=at[0], ours=ours))
    if begins:
        return Evidence("dates", 0.75, say("began", day=begins[0], ours=ours))
    return Evidence("dates", UNKNOWN, say("no-date"))
