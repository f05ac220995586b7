"""Claims in the order in which people read them, however many there are."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from kg.pages.facts import Facts
from kg.pages.ordering import Naming, Order, Told
from kg.pages.sections import day_order, in_order, mentions, rank
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES

CKG, TOPIC, CONDITION, CLAIM = (PREFIXES[name] for name in ("ckg", "topic", "condition", "claim"))
LABEL = PREFIXES["rdfs"] + "label"
SUBJECT = PREFIXES["actor"] + "freedonia"
VOCABULARY = Vocabulary(above={CKG + "Commitment": {CKG + "Claim"}, CKG + "Position": {CKG + "Claim"}})
#: The later the name the earlier it is called, and in Italian the other way round.
NAMED = [TOPIC + one for one in "abc"] + [CONDITION + one for one in "abc"]
CALLED = {
    "en": Facts([(iri, LABEL, ox.Literal(f"{200 - ord(iri[-1])}", language="en")) for iri in NAMED], "en"),
    "it": Facts([(iri, LABEL, ox.Literal(f"{ord(iri[-1]) + 100}", language="it")) for iri in NAMED], "it"),
}

CLAIMS = st.sets(st.sampled_from([f"{CLAIM}{one}" for one in "abcdefghij"]))
KINDS = st.sampled_from([{CKG + "Claim"}, {CKG + "Claim", CKG + "Position"}, {CKG + "Claim", CKG + "Commitment"}])


def some(values: list[str]) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(values), max_size=2)


@st.composite
def records(draw: st.DrawFn) -> tuple[Told, list[tuple[str, str]]]:
    """What is told of some claims, and by which properties some name the subject: also such as nothing else is told of."""
    known = draw(CLAIMS)
    told = Told(
        kinds={one: draw(KINDS) for one in known},
        topics={one: draw(some([TOPIC + name for name in "abc"])) for one in known},
        conditions={one: draw(some([CONDITION + name for name in "abc"])) for one in known},
        days={one: draw(st.sampled_from(["2025-01-02", "2025-03-04"])) for one in draw(CLAIMS) & known},
    )
    rows = [(one, draw(st.sampled_from([CKG + "holder", CKG + "agent", CKG + "topic"]))) for one in draw(CLAIMS)]
    return told, rows


@given(records(), st.sampled_from(["en", "it"]))
def test_claims_come_as_below_the_headings_of_one_page(record: tuple[Told, list[tuple[str, str]]], spoken: str) -> None:
    told, rows = record
    called, named = CALLED[spoken], Naming.read(rows)
    order = Order(told, CALLED, VOCABULARY)

    def key(claim: str) -> tuple[object, ...]:
        kind = VOCABULARY.narrowest(told.kinds.get(claim, ()))
        own = not mentions(SUBJECT, [relation for one, relation in rows if one == claim], VOCABULARY)
        topics = [called.name(one).text for one in told.topics.get(claim, ())] if kind == CKG + "Position" else []
        conditions = [called.name(one) for one in told.conditions.get(claim, ())] if kind == CKG + "Commitment" else []
        by_heading = (min(topics, default=""), in_order(conditions))
        # One of which nothing is told has no class: it comes where such come.
        return *rank(kind, own, called.name(kind).text), *by_heading, day_order(told.days.get(claim, "")), claim

    expected = sorted(named.claims, key=key)
    assert [named.claims[place] for place in order.of(SUBJECT, named, spoken)] == expected
    shared = order.shared(named)
    assert [shared.claims[place] for place in order.of(SUBJECT, shared, spoken)] == expected
    relations = {claim: named.relations[way] for claim, way in zip(named.claims, named.ways, strict=True)}
    assert {claim: shared.relations[way] for claim, way in zip(shared.claims, shared.ways, strict=True)} == relations
