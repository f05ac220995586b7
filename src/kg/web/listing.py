"""Which claims have to do with a resource, page by page, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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
#: As many claims as ``entity-count`` counts.
COUNTED = 20_000
#: Room for the orders that are kept of a snapshot, in bytes, and what a claim takes there.
_ROOM = 12_000_000
_CLAIM_BYTES = 120


@dataclass(frozen=True)
class Listing:
    """A page of the claims that have to do with a resource: their IRIs, by which properties they name it, how many
    there are in all, and the number of the page; ``ordered`` is False if there are too many to be put in order, and
    ``more`` True if there are more than ``total``."""

    claims: Sequence[str]
    relations: Mapping[str, set[str]]
    total: int
    number: int
    ordered: bool = True
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
    return Facts(site().graph("called", items=sorted(iris)), language(), names) if iris else names


def _of_many(iri: str, relations: Mapping[str, set[str]], number: int, start: int) -> Listing:
    """So many claims that they stay as the snapshot has them."""
    total = site().once(f"claims of {iri}", lambda: int(site().table("entity-count", this=iri)[0]["claims"]))
    if total < len(relations):
        # Most are of a source or a voice, and do not name it.
        ordered = sorted(relations)
        _exists(number, len(ordered))
        part = ordered[start : start + PAGE]
        return Listing(part, relations, len(ordered), number, ordered=False, more=True)
    more = total > COUNTED
    if not more:
        _exists(number, total)
    found = [row["claim"] for row in site().table("entity-many", this=iri, most=PAGE, start=start)]
    if not found:
        raise _absent(number, "Go back a page.")
    of_page: dict[str, set[str]] = {claim: set() for claim in found}
    for row in site().table("entity-relations", this=iri, items=found):
        of_page[row["claim"]].add(row["relation"])
    return Listing(found, of_page, min(total, COUNTED), number, ordered=False, more=more)
