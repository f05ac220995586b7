"""One way to judge a graph by the shapes, in a process of its own.

Usage: python benchmarks/judging.py {change|core|queries|pyshacl} FOLDER [ROUNDS]

FOLDER holds ``graph.nt`` and ``store``, the same graph as a snapshot keeps it: on disk, in named graphs, with the
default graph as their set. Prints one line of JSON: times in seconds, memory in megabytes (the most that the process
held). ``change`` opens the store read-only and judges additions of one claim with its evidence; it never reads the
graph.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from pathlib import Path

import pyoxigraph as ox
from generate import TYPE
from increments import EVIDENCE
from kg.gate import core, reference, setquery
from kg.gate.incremental import changed
from kg.gate.plan import for_core, plan
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.gate.targets import Targets
from kg.rdf import PREFIXES
from kg.sources import parse_turtle
from measure import ROOT
from reasoners import megabytes

ONTOLOGY, NEW = "urn:graph:ontology", "urn:graph:new"
REGIONS = "urn:graph:region:"
CLASSES = [ox.NamedNode(PREFIXES["ckg"] + name) for name in ("Position", "Commitment")]


def graph_of(subject: ox.NamedNode | ox.BlankNode) -> ox.NamedNode:
    """The named graph that a generated node is described in: that of its region."""
    name = subject.value.rpartition("/")[2] if isinstance(subject, ox.NamedNode) else ""
    region = name.partition("-")[0]
    return ox.NamedNode(REGIONS + region if region[:1] == "r" and region[1:].isdigit() else ONTOLOGY)


def shapes_of_the_repository() -> ShapesGraph:
    """All shapes."""
    files = sorted((ROOT / "shapes").glob("*.ttl"))
    return ShapesGraph(triple for file in files for triple in parse_turtle(file.read_bytes(), file.name))


def claims(store: ox.Store, number: int, chance: random.Random) -> list[list[ox.Triple]]:
    """Claims of the graph with their evidence, each under a new name."""
    first, default = ox.NamedNode(f"{REGIONS}r0"), ox.DefaultGraph()
    graph = first if store.contains_named_graph(first) else default  # The real graph has no regions.
    found = [q.subject for kind in CLASSES for q in store.quads_for_pattern(None, TYPE, kind, graph)]
    made = []
    for count, claim in enumerate(chance.sample(sorted(found, key=str), number)):
        evidence = [quad.object for quad in store.quads_for_pattern(claim, EVIDENCE, None, default)]
        new = {node: ox.NamedNode(f"{node.value}-added-{count}") for node in (claim, *evidence)}
        made.append([
            ox.Triple(new[old], quad.predicate, new.get(quad.object, quad.object))
            for old in new for quad in store.quads_for_pattern(old, None, None, default)
        ])
    return made


def change(folder: Path, shapes: ShapesGraph, rounds: int) -> dict[str, float]:
    """Adding one claim: the first time in the process, and after that."""
    store = ox.Store.read_only(str(folder / "store"))
    graphs = [name.value for name in store.named_graphs()]
    old, times, judged, sizes, results = State(store, graphs), [], [], [], 0
    for added in claims(store, rounds, random.Random(1)):
        new = State(store, graphs, {NEW: added})
        start = time.perf_counter()
        found = changed(shapes, old, new, added, ())
        times.append(time.perf_counter() - start)
        judged.append(found.judged)
        sizes.append(len(added))
        results += len(found.introduced)
    return {
        "first": times[0], "median": statistics.median(times[1:]), "slowest": max(times[1:]),
        "triples": statistics.median(sizes), "judged": statistics.median(judged), "results": results,
    }


def judge_core(folder: Path, shapes: ShapesGraph) -> dict[str, float]:
    """All Core constraints on everything, by the fast engine."""
    compiled = core.Shapes(for_core(shapes, plan(shapes).whole))
    triples = ox.parse(path=str(folder / "graph.nt"), format=ox.RdfFormat.N_TRIPLES)
    start = time.perf_counter()
    results = compiled.validate(quad.triple for quad in triples)
    return {"seconds": time.perf_counter() - start, "results": len(results)}


def judge_queries(folder: Path, shapes: ShapesGraph) -> dict[str, float]:
    """All SPARQL constraints on everything, as set queries in memory."""
    store = ox.Store()
    store.bulk_load(path=str(folder / "graph.nt"), format=ox.RdfFormat.N_TRIPLES)
    start, targets, found, slowest = time.perf_counter(), Targets(store, shapes), 0, 0.0
    for site in plan(shapes).sites:
        began = time.perf_counter()
        graph = targets.graph(targets.after(site.root, site.steps))
        found += len(list(setquery.judge(store, shapes, site.constraint, graph)))
        slowest = max(slowest, time.perf_counter() - began)
    return {"seconds": time.perf_counter() - start, "results": found, "slowest": slowest}


def judge_by_pyshacl(folder: Path, shapes: ShapesGraph) -> dict[str, float]:
    """Everything by pySHACL."""
    triples = [quad.triple for quad in ox.parse(path=str(folder / "graph.nt"), format=ox.RdfFormat.N_TRIPLES)]
    start = time.perf_counter()
    results = reference.validate(triples, shapes.triples)
    return {"seconds": time.perf_counter() - start, "results": len(results)}


def main() -> None:
    """Judge in the way asked for."""
    mode, folder, shapes = sys.argv[1], Path(sys.argv[2]), shapes_of_the_repository()
    if mode == "change":
        told = change(folder, shapes, int(sys.argv[3]))
    else:
        told = {"core": judge_core, "queries": judge_queries, "pyshacl": judge_by_pyshacl}[mode](folder, shapes)
    print(json.dumps(told | {"memory": megabytes()}))


if __name__ == "__main__":
    main()
