"""What it costs to add and take away one claim, and to explain one conclusion, in a process of its own.

Usage: python benchmarks/increments.py GRAPH.nt ROUNDS

Prints one line of JSON, times in seconds. What is added is a statement of the graph again under a new name, with all
the evidence it names, also new; what is explained are conclusions drawn at random.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
from kg.rdf import ID, PREFIXES
from kg.reasoning.engine import Inference
from kg.reasoning.proofs import explain
from kg.rulebook import load_rules
from measure import ROOT
from reasoners import megabytes, read

EVIDENCE = ox.NamedNode(PREFIXES["ckg"] + "evidence")
EXPLAINED = 200


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def additions(triples: list[ox.Triple], number: int, chance: random.Random) -> list[list[ox.Triple]]:
    """Some claims of the graph with their evidence, each under a new name."""
    said: dict[object, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        said[triple.subject].append(triple)
    claims = sorted(
        (node for node in said if isinstance(node, ox.NamedNode) and node.value.startswith(ID + "claim/")), key=str
    )
    made = []
    for count, claim in enumerate(chance.sample(claims, number)):
        evidence = [triple.object for triple in said[claim] if triple.predicate == EVIDENCE]
        new = {node: ox.NamedNode(f"{node.value}-added-{count}") for node in (claim, *evidence)}
        made.append([
            ox.Triple(new[old], triple.predicate, new.get(triple.object, triple.object))
            for old in new for triple in said[old]
        ])
    return made


def main() -> None:
    """Reason once, then measure."""
    triples, rounds, chance = read(Path(sys.argv[1])), int(sys.argv[2]), random.Random(1)
    started = time.perf_counter()
    inference = Inference(load_rules(ROOT), triples)
    told: dict[str, float] = {"all": time.perf_counter() - started}
    adds, removes = [], []
    for claim in additions(triples, rounds, chance):
        adds.append(timed(lambda claim=claim: inference.add(claim)))
        removes.append(timed(lambda claim=claim: inference.remove(claim)))
    told |= {"add": statistics.median(adds), "remove": statistics.median(removes)}
    told |= {"slowest add": max(adds), "slowest remove": max(removes)}
    conclusions = sorted(inference.inferred(), key=str) if len(triples) < 200_000 else list(inference.inferred())
    chosen = chance.sample(conclusions, min(EXPLAINED, len(conclusions)))
    times = [min(timed(lambda triple=triple: explain(inference, triple)) for _ in range(3)) for triple in chosen]
    told |= {"explain": statistics.median(times), "slowest explanation": max(times), "memory": megabytes()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
