"""Judging data by shapes, all of it by all of them, and the results of all engines together.

``kg.gate.plan`` says which engine judges what. All Core constraints go to pySHACL if the ``shacl`` package is missing
or refuses the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import pyoxigraph as ox

from kg.gate import core, reference, setquery
from kg.gate.plan import Plan, for_core, for_leftover, plan, targeting
from kg.gate.result import Outcome, Result
from kg.gate.shapes import ShapesGraph
from kg.gate.targets import Targets

Triples = Sequence[ox.Triple]


def validate(data: Triples, shapes: ShapesGraph, engine: str, store: ox.Store) -> Outcome:
    """All results of ``shapes`` on ``data``; ``store`` holds the data in its default graph.

    ``engine`` is ``fast`` or ``pyshacl``. Raises ShapesError if the shapes cannot be evaluated.
    """
    if engine not in ("fast", "pyshacl"):
        raise ValueError(f"Unexpected engine: {engine!r}")
    if engine == "pyshacl":
        return Outcome(tuple(reference.validate(data, shapes.triples)), "pyshacl")
    return _fast(data, shapes, store)


def _fast(data: Triples, shapes: ShapesGraph, store: ox.Store) -> Outcome:
    made = _planned(shapes)
    results = list(_set_queries(shapes, made, store))
    by = ["shacl", "pyoxigraph"]
    try:
        results += _core(shapes).validate(data)
    except core.Refused as reason:
        by[0] = f"pyshacl for Core, as {reason}"
        results += reference.validate(data, for_core(shapes, made.whole))
    if made.whole:
        results += reference.validate(data, targeting(shapes, made.whole))
    if made.leftover:
        results += reference.validate(data, for_leftover(shapes, made))
    if made.whole or made.leftover:
        others = len(made.whole) + len({site.constraint for site in made.leftover})
        by.append(f"pyshacl for {others} that are no set queries")
    return Outcome(tuple(results), "fast: " + ", ".join(by))


# The same shapes often judge several graphs: one before a change and one after it.


@lru_cache(maxsize=1)
def _planned(shapes: ShapesGraph) -> Plan:
    return plan(shapes)


@lru_cache(maxsize=1)
def _core(shapes: ShapesGraph) -> core.Shapes:
    """The shapes for the ``shacl`` package. Raises core.Refused if it is missing or refuses them."""
    return core.Shapes(for_core(shapes, _planned(shapes).whole))


def _set_queries(shapes: ShapesGraph, made: Plan, store: ox.Store) -> Iterator[Result]:
    """The results of every SPARQL constraint that is a set query, over all its focus nodes."""
    targets = Targets(store, shapes)
    for site in made.sites:
        yield from setquery.judge(store, shapes, site.constraint, targets.graph(targets.after(site.root, site.steps)))
