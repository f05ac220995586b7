"""A state answers as the set of what its graphs state, whatever else lies in the store."""

from __future__ import annotations

from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.gate import state
from kg.gate.state import State

NAMES = [ox.NamedNode(f"urn:{name}") for name in "abc"]
GRAPHS = [ox.NamedNode(f"urn:graph:{name}") for name in "xyz"]
TRIPLES = st.builds(ox.Triple, *[st.sampled_from(NAMES)] * 3)
FILES = st.dictionaries(st.sampled_from(GRAPHS), st.frozensets(TRIPLES, max_size=12))


@pytest.mark.parametrize(
    ("bounds", "in_memory"), [((128, 1_024), False), ((0, 2), False), ((1, 5), False), ((0, 100), False), ((0, 2), True), ((1, 5), True)]
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(stated=FILES, inferred=st.frozensets(TRIPLES, max_size=6), instead=FILES)
def test_it_is_the_set_of_what_its_graphs_state(
    monkeypatch: pytest.MonkeyPatch,
    bounds: tuple[int, int],
    in_memory: bool,
    stated: dict[ox.NamedNode, frozenset[ox.Triple]],
    inferred: frozenset[ox.Triple],
    instead: dict[ox.NamedNode, frozenset[ox.Triple]],
) -> None:
    monkeypatch.setattr(state, "_PASSED", bounds[0])
    monkeypatch.setattr(state, "_ASKED", bounds[1])
    base = ox.Store()
    # As a snapshot has it: in the default graph all that is stated and inferred, and graphs that are no file's.
    base.extend(ox.Quad(*triple) for triple in inferred.union(*stated.values()))
    base.extend(ox.Quad(*triple, graph) for graph, triples in stated.items() for triple in triples)
    base.extend(ox.Quad(*triple, ox.NamedNode("urn:graph:inferred")) for triple in inferred)
    changed = {graph.value: each for graph, each in instead.items()}
    asked = State(base, [graph.value for graph in GRAPHS], changed, in_memory=in_memory)
    expected = frozenset().union(*(stated | instead).values())
    for pattern in product([None, *NAMES], repeat=3):
        fits = {one for one in expected if all(term in (None, end) for term, end in zip(pattern, one, strict=True))}
        found = list(asked.triples(*pattern))
        assert len(found) == len(fits)
        assert set(found) == fits
        assert (asked.first(*pattern) in fits) if fits else asked.first(*pattern) is None
        if None not in pattern:
            assert (ox.Triple(*pattern) in asked) == bool(fits)
