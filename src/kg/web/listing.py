"""Which claims have to do with a resource, page by page, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.errors import RequestError
from kg.pages.ordering import Naming
from kg.web import picked
from kg.web.caching import Cache
from kg.web.ordering import hub, naming, order
from kg.web.site import language, site

#: Claims on a page.
PAGE = 100
#: Claims that may take most of the 3,000 rows that the query ``entity`` looks at, each by several properties.
_MANY = 1_000
#: Room for what is kept of a snapshot, in bytes: the claims of resources and their orders; and what a claim takes there.
_ROOM = 12_000_000
_CLAIM_BYTES, _PLACE_BYTES = 12, 4


@dataclass(frozen=True)
class Listing:
    """A page of the claims that have to do with a resource: their IRIs, by which properties they do, how many there are
    in all, and the number of the page."""

    claims: Sequence[str]
    relations: Mapping[str, frozenset[str]]
    total: int
    number: int

    @property
    def first(self) -> int:
        """The number of the first claim of the page, from 1."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last claim of the page."""
        return self.first + len(self.claims) - 1

    @property
    def many(self) -> bool:
        """True if there are so many that not all else that names the resource is looked at (query ``entity``)."""
        return self.total > _MANY

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def listing(iri: str) -> Listing:
    """The claims that have to do with a resource, of the page that the request asks for. Raises RequestError, and Busy while
    the order of very many claims is being made."""
    number = page_number()
    named = _named(iri)
    total = len(named.claims)
    _exists(number, total)
    # What is on one page is put in order with its headings.
    ordered = range(total) if total <= PAGE else _in_order(iri, named)
    some = ordered[(number - 1) * PAGE : number * PAGE]
    relations = {named.claims[place]: named.relations[named.ways[place]] for place in some}
    return Listing(list(relations), relations, total, number)


def page_number(total: int | None = None, size: int = PAGE) -> int:
    """The page that the request asks for, of so many entries if that is known. Raises RequestError."""
    number = picked.number()
    if total is not None:
        _exists(number, total, size)
    return number


def _exists(number: int, total: int, size: int = PAGE) -> None:
    last = max(1, -(-total // size))
    if number > last:
        raise RequestError(f"There is no page {number} of this.", remedy=f"The last one is page={last}.")


def _named(iri: str) -> Naming:
    """All claims that have to do with a resource; kept if they are on several pages, because the next one asks for them."""
    if found := hub(iri):
        return found.named
    kept: Cache[Naming] = site().once("claims of resources", lambda: Cache(_ROOM))
    known = kept.get(iri)
    if known is None:
        known = naming(iri)
        if len(known.claims) > PAGE:
            known = order().shared(known)
            kept.put(iri, known, len(known.claims) * _CLAIM_BYTES, 0.001 * len(known.claims))
    return known


def _in_order(iri: str, named: Naming) -> Sequence[int]:
    """The positions of all these claims as people read them; kept, because the next page asks for the same."""
    if found := hub(iri):
        return found.places[language()]
    kept: Cache[Sequence[int]] = site().once(f"orders {language()}", lambda: Cache(_ROOM))
    known = kept.get(iri)
    if known is None:
        known = order().of(iri, named, language())
        kept.put(iri, known, len(known) * _PLACE_BYTES, 0.001 * len(known))
    return known
