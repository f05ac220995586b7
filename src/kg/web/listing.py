"""Which claims have to do with a resource, page by page, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from kg.errors import RequestError
from kg.pages.facts import Facts
from kg.pages.sections import BY_CONDITION, BY_TOPIC, day_order, in_order, mentions, rank
from kg.web import picked
from kg.web.caching import Cache
from kg.web.claimlines import vocabulary, words_of_terms
from kg.web.site import language, site

#: Claims on a page.
PAGE = 100
#: As many rows as the query ``entity-listing`` asks for at most.
_ASKED = 1_500
#: So many claims are counted.
COUNTED = 20_000
#: In which order claims are: as people read them, the latest first, or as the snapshot has them.
READ, LATEST, LISTED = "read", "latest", "listed"
#: Room for the orders that are kept of a snapshot, in bytes, and what a claim takes there.
_ROOM = 12_000_000
_CLAIM_BYTES = 120


@dataclass(frozen=True)
class Listing:
    """A page of the claims that have to do with a resource: their IRIs, by which properties they name it, how many
    there are in all, and the number of the page; ``order`` is how they follow one another from page to page, and ``more``
    is True if there are more than ``total``."""

    claims: Sequence[str]
    relations: Mapping[str, set[str]]
    total: int
    number: int
    order: str = READ
    more: bool = False

    @property
    def first(self) -> int:
        """The number of the first claim of the page, from 1."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last claim of the page."""
        return self.first + len(self.claims) - 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self.number + 1 if self.more and len(self.claims) == PAGE else max(1, -(-self.total // PAGE))


def listing(iri: str) -> Listing:
    """The claims that have to do with a resource, of the page that the request asks for. Raises RequestError."""
    number = page_number()
    rows = site().table("entity-listing", this=iri)
    relations: dict[str, set[str]] = {}
    for row in rows:
        relations.setdefault(row["claim"], set()).add(row["relation"])
    start = (number - 1) * PAGE
    if len(rows) >= _ASKED:
        return _of_many(iri, relations, number, start)
    ordered = list(relations) if len(relations) <= PAGE else _in_order(iri, relations)
    _exists(number, len(ordered))
    return Listing(ordered[start : start + PAGE], relations, len(ordered), number)


def page_number(total: int | None = None, size: int = PAGE) -> int:
    """The page that the request asks for, of so many entries if that is known. Raises RequestError."""
    number = picked.number()
    if total is not None:
        _exists(number, total, size)
    return number


def _exists(number: int, total: int, size: int = PAGE) -> None:
    last = max(1, -(-total // size))
    if number > last:
        raise _absent(number, f"The last one is page={last}.")


def _absent(number: int, remedy: str) -> RequestError:
    return RequestError(f"There is no page {number} of this.", remedy=remedy)


def _in_order(iri: str, relations: Mapping[str, set[str]]) -> Sequence[str]:
    """All these claims as people read them; kept, because the next page asks for the same."""
    kept: Cache[Sequence[str]] = site().once(f"orders {language()}", lambda: Cache(_ROOM))
    known = kept.get(iri)
    if known is None:
        known = _sorted(iri, relations)
        kept.put(iri, known, len(known) * _CLAIM_BYTES, 0.001 * len(known))
    return known


def _sorted(iri: str, relations: Mapping[str, set[str]]) -> Sequence[str]:
    terms, names = vocabulary(), words_of_terms()
    kinds: dict[str, set[str]] = {}
    topics: dict[str, str] = {}
    days: dict[str, str] = {}
    divided: dict[str, dict[str, set[str]]] = {"condition": {}, "domain": {}}
    for row in site().long_table("entity-order", claims=list(relations)):
        claim = row["claim"]
        if "kind" in row:
            kinds.setdefault(claim, set()).add(row["kind"])
        elif "topic" in row:
            topic = names.name(row["topic"]).text.casefold()
            topics[claim] = min(topics.get(claim, topic), topic)
        elif "day" in row:
            days[claim] = min(days.get(claim, row["day"]), row["day"])
        for way, found in divided.items():
            if way in row:
                found.setdefault(claim, set()).add(row[way])
    narrow = {claim: terms.narrowest(found) for claim, found in kinds.items()}
    called = _called({iri for found in divided.values() for said in found.values() for iri in said}, names)

    def order(claim: str) -> tuple[object, ...]:
        kind = narrow.get(claim, "")
        own = not mentions(iri, relations[claim], terms)
        topic = topics.get(claim, "") if kind in BY_TOPIC else ""
        # As the headings on a page: so no group of commitments is torn apart between two pages.
        said = divided.values() if kind in BY_CONDITION else ()
        group = [in_order([called.name(one) for one in found.get(claim, ())]) for found in said]
        return *rank(kind, own, names.name(kind).text), topic, group, day_order(days.get(claim, "")), claim

    return sorted(relations, key=order)


def _called(iris: Collection[str], names: Facts) -> Facts:
    """What these are called, which ``names`` may tell as well."""
    return Facts(site().statements("called", items=sorted(iris)), language(), names) if iris else names


def _of_many(iri: str, relations: Mapping[str, set[str]], number: int, start: int) -> Listing:
    """So many claims that not all of them are known yet: in the order of all others if that can be, else the latest first,
    and if there are too many for that, too, as the snapshot has them."""
    claims = _naming(iri)
    total = len(claims)
    if total < len(relations):
        # Most are of a source or a voice, and do not name it.
        ordered = sorted(relations)
        _exists(number, len(ordered))
        part = ordered[start : start + PAGE]
        return Listing(part, relations, len(ordered), number, order=LISTED, more=True)
    if total > COUNTED:
        part = [row["claim"] for row in site().table("entity-many", this=iri, most=PAGE, start=start)]
        if not part:
            raise _absent(number, "Go back a page.")
        return Listing(part, _relations(iri, part), COUNTED, number, order=LISTED, more=True)
    _exists(number, total)
    if total > _ASKED:
        part = claims[start : start + PAGE]
        return Listing(part, _relations(iri, part), total, number, order=LATEST)
    named = _relations(iri, claims)
    every = {claim: named[claim] | relations.get(claim, set()) for claim in claims}
    return Listing(_in_order(iri, every)[start : start + PAGE], every, total, number)


def _naming(iri: str) -> Sequence[str]:
    """All claims that name a resource, the latest first; one more than are counted if there are more. They are kept.

    Raises Busy while the dates are being read.
    """
    kept: Cache[Sequence[str]] = site().once("claims of many", lambda: Cache(_ROOM))
    known = kept.get(iri)
    if known is None:
        known = [row["claim"] for row in site().long_table("entity-all", this=iri, most=COUNTED + 1)]
        if _ASKED < len(known) <= COUNTED:
            # Loaded at the first such question, as it brings what compares names.
            numbers = import_module("kg.web.searching").index().numbers
            known.sort(key=lambda claim: (numbers.get(claim, len(numbers)), claim))
        kept.put(iri, known, len(known) * _CLAIM_BYTES, 0.001 * len(known))
    return known


def _relations(iri: str, claims: Sequence[str]) -> dict[str, set[str]]:
    """By which properties these claims name a resource."""
    found: dict[str, set[str]] = {claim: set() for claim in claims}
    for row in site().long_table("entity-relations", this=iri, items=claims) if claims else ():
        found[row["claim"]].add(row["relation"])
    return found
