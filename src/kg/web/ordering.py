"""The claims that have to do with a resource, and the order of all claims, as a snapshot has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.model import LANGUAGES
from kg.pages.facts import Facts
from kg.pages.ordering import Naming, Order, Told
from kg.web import claimlines
from kg.web.gathering import gathered
from kg.web.site import site

#: What more claims than this name is known before anybody asks for it.
_MANY = 5_000
_HUBS = "claims of hubs"
#: What decides the order, each asked for by itself.
_PARTS = ("kind", "topic", "condition", "domain")


@dataclass(frozen=True)
class Hub:
    """The claims of what very many name, and their positions by language."""

    named: Naming
    places: Mapping[str, Sequence[int]]


def order() -> Order:
    """The order of the claims of the snapshot that answers this request. Raises Busy while it is being made."""
    return site().at_length("order of claims", _made)


def hub(iri: str) -> Hub | None:
    """What is known beforehand of the claims of what very many name; None of all else."""
    known: Mapping[str, Hub] = site().served.made.get(_HUBS) or {}  # type: ignore[assignment]
    return known.get(iri)


def naming(iri: str) -> Naming:
    """The claims that have to do with a resource, in no order."""
    return Naming.read((row["claim"], row["relation"]) for row in site().long_table("entity-listing", this=iri))


def make_ready() -> None:
    """Find the order, and the claims of what very many name."""
    site().at_length(_HUBS, _hubs)


def _hubs() -> dict[str, Hub]:
    if len(order().claims) <= _MANY:
        return {}
    found = {}
    for row in gathered("order-hubs", most=_MANY):
        named = order().shared(naming(row["hub"]))
        found[row["hub"]] = Hub(named, {spoken: order().of(row["hub"], named, spoken) for spoken in LANGUAGES})
    return found


def _made() -> Order:
    parts: dict[str, dict[str, set[str]]] = {name: {} for name in _PARTS}
    # Equal texts of very many rows are kept once.
    texts: dict[str, str] = {}
    for name, found in parts.items():
        for claim, value in _pairs(f"order-{name}"):
            found.setdefault(texts.setdefault(claim, claim), set()).add(texts.setdefault(value, value))
    days: dict[str, str] = {}
    for claim, day in _pairs("order-day"):
        days[claim] = min(days.get(claim, day), day)
    said = site().statements("order-called")
    names = {spoken: Facts(said, spoken, claimlines.words_of_terms(spoken)) for spoken in LANGUAGES}
    told = Told(parts["kind"], parts["topic"], parts["condition"], parts["domain"], days)
    return Order(told, names, claimlines.vocabulary())


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    return ((row["claim"], row["value"]) for row in gathered(name))
