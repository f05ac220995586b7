"""Where ``kg check`` spends its time: its stages, then the SPARQL constraints that take longest.

    python benchmarks/check.py [--rounds N]

The best of several rounds is given, in milliseconds, for each stage in one process, without start-up.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import pyoxigraph as ox
from kg.gate import core, setquery
from kg.gate import stages as stages_by_triples
from kg.gate.changed import Changed
from kg.gate.lint import lint
from kg.gate.plan import plan
from kg.gate.shapes import SH, ShapesGraph
from kg.gate.targets import Targets
from kg.gate.where import Locator
from kg.model import Corpus
from kg.rdf import JUDGED
from kg.sources import load
from measure import ROOT

SLOWEST = 10


def best(rounds: int, work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of several runs."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def stages(corpus: Corpus, shapes: ShapesGraph, data: list[ox.Triple]) -> dict[str, Callable[[], object]]:
    """The stages of a check but the set queries."""
    locate = Locator(corpus, {})
    core_shapes = [triple for triple in shapes.triples if triple.predicate.value != SH + "sparql"]
    return {
        "parse all files": lambda: load(ROOT),
        "index of places": lambda: Locator(corpus, {}),
        "shapes linter": lambda: lint(corpus, shapes, locate),
        "stages by triples": lambda: stages_by_triples.run(Changed.whole(corpus, {})),
        "SHACL Core": lambda: core.validate(data, core_shapes),
    }


def set_queries(shapes: ShapesGraph, store: ox.Store, rounds: int) -> list[tuple[float, str, int]]:
    """Milliseconds, name and number of focus nodes of every SPARQL constraint that is a set query."""
    targets, found = Targets(store, shapes), []
    for site in plan(shapes).sites:
        constraint, nodes = site.constraint, targets.after(site.root, site.steps)
        query = setquery.rewrite(setquery.text_of(shapes, constraint), targets.graph(nodes), constraint.shape)
        taken = best(rounds, lambda q=query, c=constraint: list(setquery.run(store, q, c, shapes)))
        found.append((taken, shapes.name(constraint.node), len(nodes)))
    return sorted(found, reverse=True)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    corpus = load(ROOT)
    shapes = ShapesGraph(triple for source in corpus.of_kind("shapes") for triple in source.triples)
    data = [triple for source in corpus.of_kind(*JUDGED) for triple in source.triples]
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in data)
    print(f"{len(data):,} triples, {len(shapes.shapes)} shapes")
    for name, work in stages(corpus, shapes, data).items():
        print(f"{best(rounds, work):9.1f} ms  {name}")
    queries = set_queries(shapes, store, rounds)
    print(f"{sum(taken for taken, *_ in queries):9.1f} ms  {len(queries)} SPARQL constraints, of which:")
    for taken, name, nodes in queries[:SLOWEST]:
        print(f"{taken:9.1f} ms      {name}, {nodes} nodes")


if __name__ == "__main__":
    main()
