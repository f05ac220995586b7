"""Both engines on samples of the real data, mutated: the same findings, whatever is broken."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox
from checkout import ROOT
from gate_material import same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg.gate.whole import check
from kg.model import Corpus, Source
from kg.rdf import ID, PREFIXES, graph_iri
from kg.sources import load

CLAIM = ID + "claim/"
MOST_CLAIMS = 30
#: Values that no shape expects where they are put.
STRANGE = (
    ox.Literal("x"), ox.Literal("x", language="de"), ox.Literal("7", datatype=ox.NamedNode(PREFIXES["xsd"] + "integer")),
    ox.NamedNode(ID + "topic/nothing"), ox.NamedNode(ID + "stance/excludes"), ox.NamedNode(ID + "actor/italy"),
)


@cache
def real() -> Corpus:
    """The repository."""
    return load(ROOT)


@cache
def claims() -> tuple[ox.NamedNode, ...]:
    """All claims."""
    subjects = {triple.subject for source in real().of_kind("data") for triple in source.triples}
    return tuple(sorted((one for one in subjects if one.value.startswith(CLAIM)), key=str))


@cache
def stated() -> dict[ox.NamedNode, list[ox.Triple]]:
    """What the data say of each node."""
    found: dict[ox.NamedNode, list[ox.Triple]] = {}
    for source in real().of_kind("data"):
        for triple in source.triples:
            found.setdefault(triple.subject, []).append(triple)
    return found


def sample(chosen: list[ox.NamedNode]) -> list[ox.Triple]:
    """What is said of some claims, and of what they name directly."""
    own = [triple for claim in chosen for triple in stated()[claim]]
    named = dict.fromkeys(triple.object for triple in own if triple.object in stated())
    return list(dict.fromkeys([*own, *(triple for node in named for triple in stated()[node])]))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[ox.Triple, ...]:
    """A sample with some triples taken away, some given another value, and some added."""
    triples = sample(draw(st.lists(st.sampled_from(claims()), min_size=1, max_size=MOST_CLAIMS, unique=True)))
    places = st.integers(0, len(triples) - 1)
    for place in draw(st.lists(places, max_size=8)):
        one = triples[place]
        value = draw(st.sampled_from((*STRANGE, draw(st.sampled_from(triples)).object)))
        triples[place] = ox.Triple(one.subject, one.predicate, value)
    for place in draw(st.lists(places, max_size=4)):
        one, other = triples[place], triples[draw(places)]
        triples.append(ox.Triple(one.subject, other.predicate, other.object))
    gone = set(draw(st.lists(places, max_size=8)))
    return tuple(dict.fromkeys(triple for place, triple in enumerate(triples) if place not in gone))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_engines_agree_on_mutated_samples_of_the_real_data(triples: tuple[ox.Triple, ...]) -> None:
    around = real().of_kind("ontology", "shapes")
    path = "data/sample.ttl"
    corpus = Corpus((*around, Source(path, "data", graph_iri(path), triples, "")))
    assert same(check(corpus, "fast", names=False).findings) == same(check(corpus, "pyshacl", names=False).findings)
