"""The graphs and shapes of the W3C suite for SHACL, each as a change: from nothing, and from parts of the graph."""

from __future__ import annotations

import random
from collections import Counter

import pyoxigraph as ox
import pytest
from incremental_material import full
from test_w3c_shacl import CASES, parse

from kg.errors import ShapesError
from kg.gate import reference
from kg.gate.incremental import changed, key, stored
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State


@pytest.mark.skipif(not CASES, reason="KG_W3C_TESTS names no folder with the W3C suite for SHACL")
def test_changes_of_the_suite() -> None:
    chance, compared, wrong = random.Random(3), 0, []
    for case in CASES:
        shapes = ShapesGraph(parse(case.shapes))
        data = sorted(stored(shapes.triples if case.data == case.shapes else parse(case.data)), key=str)
        for share in (0, 0.7):
            part = [triple for triple in data if chance.random() < share]
            old, new = (State(ox.Store(), (), {"urn:g": triples}) for triples in (part, data))
            try:
                before, after = full(shapes, old), full(shapes, new)
            except ShapesError:
                continue  # The suite has shapes that are to be refused.
            found = changed(shapes, old, new, set(data) - set(part), (), reference.validate)
            compared += 1
            differences = Counter(map(key, found.introduced)), Counter(map(key, found.fixed))
            if differences != (after - before, before - after):
                wrong.append(case.name)
    assert not wrong
    assert compared > 200
