"""``python benchmarks/gate.py``: judging one new claim against a snapshot, and judging everything, side by side.

    python benchmarks/gate.py [--sizes 0 10000 100000 1000000] [--patience 600] [--pyshacl-up-to 100000] [--seed 1]

Prints tables and writes them to benchmarks/gate.md; size 0 is the real graph. Each way to judge runs in a process of
its own (``benchmarks/judging.py``), one after the other, on the same graph (``benchmarks/generate.py``), and is ended
after ``--patience`` seconds. Nothing is a test.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from generate import generate, real, write
from judging import graph_of
from measure import ROOT, environment, python
from reasoning import installed

RESULTS = ROOT / "benchmarks" / "gate.md"
WAYS = {
    "change": "one claim added, incremental, store on disk",
    "core": "everything, Core by `shacl`",
    "queries": "everything, SPARQL constraints as set queries",
    "pyshacl": "everything, by pySHACL",
}
COLUMNS = "| what | time | memory | results |\n|---|--:|--:|--:|"


@dataclass(frozen=True)
class Outcome:
    """What one way to judge told, or why it told nothing."""

    way: str
    told: dict[str, float]
    why: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took; for a change the median after the first in the process."""
        return self.told.get("median", self.told.get("seconds"))

    def row(self) -> str:
        """The line in Markdown."""
        if self.seconds is None:
            return f"| {WAYS[self.way]} | {self.why} | | |"
        told = self.told
        time = f"{self.seconds:.3g} s"
        if self.way == "change":
            median, slowest, first = (f"{told[name] * 1000:.0f} ms" for name in ("median", "slowest", "first"))
            time = f"{median} (slowest {slowest}, first {first})"
        slowest = f"; the slowest alone {told['slowest']:.3g} s" if self.way == "queries" else ""
        return f"| {WAYS[self.way]}{slowest} | {time} | {told['memory']:,.0f} MB | {told['results']:,.0f} |"


def prepare(folder: Path, size: int, seed: int) -> int:
    """Write a graph as N-Triples and as a store like that of a snapshot; how many triples it has.

    In a process of its own: what is started from a process that has held much memory is counted as holding it too.
    """
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_prepare, folder, size, seed).result()


def _prepare(folder: Path, size: int, seed: int) -> int:
    graph = folder / "graph.nt"
    count = write(generate(size, seed) if size else real(), graph)
    store = ox.Store(str(folder / "store"))
    triples = (quad.triple for quad in ox.parse(path=str(graph), format=ox.RdfFormat.N_TRIPLES))
    store.bulk_extend(quad for t in triples for quad in (ox.Quad(*t), ox.Quad(*t, graph_of(t.subject))))
    store.flush()
    return count


def run(way: str, folder: Path, rounds: int, patience: float) -> Outcome:
    """Judge in one way, in a process of its own."""
    command = python(str(ROOT / "benchmarks" / "judging.py"), way, str(folder), str(rounds))
    try:
        done = subprocess.run(
            command, env=environment(folder), capture_output=True, text=True, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return Outcome(way, {}, f"ended after {patience:g} s")
    if done.returncode:
        return Outcome(way, {}, f"failed: {(done.stderr.strip().splitlines() or [str(done.returncode)])[-1]}")
    return Outcome(way, json.loads(done.stdout))


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """The rows of one graph, and how many times faster the change is judged than everything."""
    yield from (one.row() for one in outcomes)
    took = {one.way: one.seconds for one in outcomes if one.seconds is not None}
    if "change" in took and "pyshacl" in took:
        yield f"\nThe change is judged {took['pyshacl'] / took['change']:,.0f} times faster than everything by pySHACL."
    for one in outcomes:
        if one.way == "change" and one.told:
            yield (
                f"\nA change has {one.told['triples']:.0f} triples and makes {one.told['judged']:.0f} pairs of a focus "
                "node and a shape or query to judge again (medians)."
            )


def heading() -> str:
    """What was measured, where."""
    versions = ", ".join(f"{name} {installed(name)}" for name in ("pyoxigraph", "shacl", "pyshacl") if installed(name))
    return (
        "# The gate\n\n"
        f"`python benchmarks/gate.py` on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}.\n"
        f"On average {os.getloadavg()[0]:.1f} processes were running when it began.\n\n"
        "Graphs are made by `benchmarks/generate.py` in the shape of the real one. The change is one claim of the\n"
        "graph with its evidence under a new name, judged before and after by all shapes of the repository; the\n"
        "store is opened from disk and never loaded. `first` includes compiling the shapes. Times are without\n"
        "starting Python and reading the shapes; memory is the most that the process held.\n"
    )


def options() -> argparse.Namespace:
    """What was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000, 100_000, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=30, help="how many claims are added, each to the same graph")
    arguments.add_argument("--patience", type=float, default=600, help="seconds for one run")
    arguments.add_argument("--queries-up-to", type=int, default=1_000_000, help="largest for all SPARQL constraints")
    arguments.add_argument("--pyshacl-up-to", type=int, default=100_000, help="largest graph for pySHACL")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=Path, default=RESULTS)
    return arguments.parse_args()


def main() -> None:
    """Measure everything, print the tables and write them."""
    chosen, text = options(), heading()
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            count = prepare(folder, size, chosen.seed)
            outcomes = []
            for way in WAYS:
                most = {"queries": chosen.queries_up_to, "pyshacl": chosen.pyshacl_up_to}.get(way, size)
                if size <= most:
                    outcomes.append(run(way, folder, chosen.rounds, chosen.patience))
                    print(size, outcomes[-1].row(), file=sys.stderr)
        what = f"{count:,} triples" if size else f"The real graph, {count:,} triples"
        text += f"\n## {what}\n\n{COLUMNS}\n" + "\n".join(table(outcomes)) + "\n"
    print(text)
    chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
