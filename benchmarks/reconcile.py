"""How long it takes to reconcile 1,000 labels: over the real graph by HTTP, and over 100,000 made-up entities.

Usage: python benchmarks/reconcile.py [--write]

Labels are drawn from those of the graph with a fixed seed: a third as they are, a third with a letter left out, a third
with two letters swapped. ``--write`` writes reconcile.md beside this file.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
from kg.build import build
from kg.engine import Engine
from kg.linking.entities import Known, known
from kg.linking.match import Asked, match
from kg.model import Query
from kg.rdf import ID, PREFIXES
from measure import ROOT, Question, Server, environment, python, send

LABELS, BATCH, ROUNDS, ENTITIES = 1_000, 50, 5, 100_000
FORM = "application/x-www-form-urlencoded"
ALL_LABELS = f"""
PREFIX ckg: <{PREFIXES["ckg"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
SELECT DISTINCT ?label {{
  ?s rdfs:label|skos:prefLabel|skos:altLabel ?label FILTER(STRSTARTS(STR(?s), "{ID}"))
  FILTER NOT EXISTS {{ ?s a ckg:Claim }} FILTER NOT EXISTS {{ ?s a ckg:Evidence }}
}} ORDER BY ?label"""
TARGETS = {"real": 2.0, "large": 10.0}


def slipped(text: str, chance: random.Random) -> str:
    """A text as it is, with a letter left out, or with two letters swapped."""
    how, place = chance.randrange(3), chance.randrange(1, max(2, len(text) - 2))
    if how == 0 or len(text) < 5:
        return text
    if how == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def rounds(work: Callable[[], object]) -> list[float]:
    """Seconds of each of some rounds, after one that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def over_http(state: Path, labels: list[str]) -> list[float]:
    """Rounds of all labels in batches, one after the other, from one client of a real server."""
    batches = [labels[start : start + BATCH] for start in range(0, len(labels), BATCH)]
    command = python("-m", "kg", "serve", "--port", "PORT", "--budget", "0")
    with Server(command, environment(state), Question("first", "ASK {}", None)) as server:
        connection = server.connect()

        def work() -> None:
            for batch in batches:
                queries = {f"q{number}": {"query": label, "limit": 5} for number, label in enumerate(batch)}
                status, _ = send(connection, "/reconcile", urlencode({"queries": json.dumps(queries)}).encode(), FORM)
                assert status == 200, status

        return rounds(work)


def made_up(number: int, chance: random.Random) -> Iterator[ox.Triple]:
    """People of made-up names: 2,000 first names, and as many last names as a lexicon of 60,000 syllable words has."""

    def word(least: int, most: int) -> str:
        return "".join(
            chance.choice("bcdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(least, most))
        )

    first, last = [word(2, 3) for _ in range(2_000)], [word(2, 5) for _ in range(60_000)]
    kind, label = ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["rdfs"] + "label")
    person = ox.NamedNode(PREFIXES["foaf"] + "Person")
    for place in range(number):
        node = ox.NamedNode(f"{ID}actor/made-up-{place}")
        yield ox.Triple(node, kind, person)
        yield ox.Triple(node, label, ox.Literal(f"{chance.choice(first)} {chance.choice(last)}".title(), language="en"))


def asking(labels: list[str], over: Known) -> Callable[[], None]:
    """The work of matching each label."""

    def work() -> None:
        for label in labels:
            match(Asked(label, limit=5), over)

    return work


def measured() -> dict[str, object]:
    """All figures, times in seconds."""
    chance, load = random.Random(1), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        build(ROOT, state)
        found = [row["label"].value for row in Engine.open_read_only(state).query(Query(ALL_LABELS))]
        labels = [slipped(chance.choice(found), chance) for _ in range(LABELS)]
        real = over_http(state, labels)
    triples = list(made_up(ENTITIES, chance))
    start = time.perf_counter()
    large = known(triples, (), {})
    built = time.perf_counter() - start
    names = [triple.object.value for triple in triples if isinstance(triple.object, ox.Literal)]
    asked = [slipped(chance.choice(names), chance) for _ in range(LABELS)]
    return {
        "labels": len(found), "real": real, "large": rounds(asking(asked, large)), "built": built,
        "load": load, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }  # fmt: skip


def report(told: dict) -> str:
    """The figures in Markdown."""
    made = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"

    def row(what: str, key: str) -> str:
        return f"| {what} | {statistics.median(told[key]):.2f} s | {max(told[key]):.2f} s | {TARGETS[key]:g} s |"

    return f"""# Reconciliation

`python benchmarks/reconcile.py --write` on {made}, rapidfuzz {version("rapidfuzz")}.
On average {told["load"]:.1f} processes were running when it began.

1,000 labels are drawn from the {told["labels"]:,} of the graph, or from those of the made-up entities: a third as they are, a
third with a letter left out, a third with two letters swapped. Median and slowest of {ROUNDS} rounds, after one that does not
count.

| what | median | slowest | at most |
|---|--:|--:|--:|
{row(f"the real graph, by HTTP, in batches of {BATCH} from one client", "real")}
{row(f"{ENTITIES:,} people of made-up names, without HTTP", "large")}

The index over {ENTITIES:,} entities is built in {told["built"]:.1f} s; the process that holds it and their triples takes
{told["memory"]:.0f} MB at most. Precision and recall over the labelled names are held by tests/test_reconcile.py.
"""


def main() -> None:
    """Measure, print, and write if wanted."""
    text = report(measured())
    sys.stdout.write(text)
    if "--write" in sys.argv[1:]:
        (ROOT / "benchmarks" / "reconcile.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
