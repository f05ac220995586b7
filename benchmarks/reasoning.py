"""``python benchmarks/reasoning.py``: reasoners side by side on made graphs, and what each misses.

    python benchmarks/reasoning.py [--sizes 0 10000 100000 1000000] [--rounds 3] [--patience 300] [--seed 1]

Prints tables and writes them to benchmarks/reasoning.md; size 0 is the real graph. Every reasoner runs in a process of
its own, one after the other, on the same file (``benchmarks/generate.py``), and is ended after ``--patience`` seconds
or at ``--memory`` gigabytes; owlrl runs once, and only on graphs up to ``--owlrl-up-to`` triples, as it needs minutes
for more. Nothing is a test.
``reasonable`` needs the optional dependencies ``bench``; without them it is left out, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from generate import generate, real, write
from kg.rdf import shorten
from kg.reasoning import REASONERS
from measure import ROOT, environment, python
from reasoners import UPDATES

RESULTS = ROOT / "benchmarks" / "reasoning.md"
SLOW = ("plain owlrl", "owlrl")
OURS = "rl"
SHOWN = 8


@dataclass(frozen=True)
class Outcome:
    """What a reasoner did on a graph; ``seconds`` is None where it did not end, and ``why`` says why."""

    name: str
    why: str = ""
    seconds: float | None = None
    load: float = 0.0
    memory: float = 0.0
    found: frozenset[str] = frozenset()


def run(name: str, graph: Path, rounds: int, patience: float, gigabytes: float) -> Outcome:
    """Run one reasoner on a graph in a process of its own."""
    conclusions = graph.with_suffix(f".{name.replace(' ', '-')}.found")
    command = python(str(ROOT / "benchmarks" / "reasoners.py"), name, str(graph), str(conclusions))
    command += [str(rounds), str(gigabytes)]
    try:
        done = subprocess.run(
            command, env=environment(graph.parent), capture_output=True, text=True, timeout=patience * rounds
        )
    except subprocess.TimeoutExpired:
        return Outcome(name, f"ended after {patience * rounds:g} s")
    if done.returncode < 0 or "MemoryError" in done.stderr:
        return Outcome(name, f"needs more than {gigabytes:g} GB")
    if done.returncode:
        return Outcome(name, f"failed: {(done.stderr.strip().splitlines() or [done.returncode])[-1]}")
    told = json.loads(done.stdout)
    found = frozenset(conclusions.read_text("utf-8").splitlines())
    return Outcome(name, "", told["seconds"], told["load"], told["memory"], found)


def reasoners() -> list[str]:
    """The reasoners that can be run here; ours first."""
    names = [name for name in (OURS, "SPARQL updates", *SLOW) if name in REASONERS or name not in (OURS, "owlrl")]
    return [*names[:1], "reasonable", *names[1:]] if installed("reasonable") else names


def increments(graph: Path, patience: float) -> str:
    """What a change and an explanation cost ``rl`` on a graph, in words."""
    command = python(str(ROOT / "benchmarks" / "increments.py"), str(graph), "9")
    try:
        done = subprocess.run(
            command, env=environment(graph.parent), capture_output=True, text=True, timeout=patience, check=True
        )
    except subprocess.TimeoutExpired:
        return f"Changes and explanations were ended after {patience:g} s."
    told = {name: value * 1000 for name, value in json.loads(done.stdout).items()}
    return (
        f"`{OURS}` adds one claim with its evidence in {told['add']:.1f} ms "
        f"(slowest of 9: {told['slowest add']:.1f} ms), takes it away in {told['remove']:.1f} ms "
        f"({told['slowest remove']:.1f} ms), and explains one conclusion in {told['explain']:.2f} ms "
        f"(slowest of 200: {told['slowest explanation']:.1f} ms)."
    )


def installed(package: str) -> str:
    """The version of a package, or nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def compare(outcomes: list[Outcome]) -> Iterator[str]:
    """The rows of one graph; the first outcome that ended is what the others are held against."""
    reference = next((one for one in outcomes if one.seconds is not None), None)
    for one in outcomes:
        if one.seconds is None or reference is None:
            yield f"| {one.name} | {one.why} | | | | | | |"
            continue
        missing, more = reference.found - one.found, one.found - reference.found
        yield (
            f"| {one.name} | {one.seconds:.3g} s | {one.seconds / (reference.seconds or 1):.3g} | {one.load:.2g} s | "
            f"{one.memory:,.0f} MB | {len(one.found):,} | {len(missing):,} | {len(more):,} |"
        )
    for one in outcomes:
        if reference is not None and one.seconds is not None and one is not reference:
            for what, triples in (("misses", reference.found - one.found), ("has more", one.found - reference.found)):
                if triples:
                    yield f"\n{one.name} {what}, against {reference.name}: {by_predicate(triples)}."


def by_predicate(triples: frozenset[str]) -> str:
    """How many triples with which predicate, the most frequent first."""
    counted = Counter(line.split(" ", 2)[1].strip("<>") for line in triples).most_common()
    shown = ", ".join(f"{number:,} {shorten(predicate)}" for predicate, number in counted[:SHOWN])
    return shown + (f" and {len(counted) - SHOWN} other predicates" if len(counted) > SHOWN else "")


def heading() -> str:
    """What was measured, where."""
    packages = [name for name in ("pyoxigraph", "owlrl", "reasonable") if installed(name)]
    versions = ", ".join(f"{name} {installed(name)}" for name in packages)
    absent = "" if installed("reasonable") else " reasonable is not installed."
    return (
        "# Reasoning\n\n"
        f"`python benchmarks/reasoning.py` on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}.{absent}\n\n"
        "Graphs are made by `benchmarks/generate.py` in the shape of the real one. `rl` and `owlrl` are the\n"
        "reasoners of `kg.reasoning` (owlrl sees only what a rule could use); `plain owlrl` is that package as it\n"
        f"comes; `SPARQL updates` are {len(UPDATES)} rules run in turn on a pyoxigraph store. Time is that of\n"
        "reasoning alone, best of the rounds; `times` is the ratio to the first row; memory is the most that the\n"
        "process held. Conclusions are those neither asserted nor trivial; `missing` and `more` are against the\n"
        "first row. `rl` runs the rules of `rules/domain/` too, whose conclusions no other reasoner can know.\n"
    )


COLUMNS = (
    "| reasoner | time | times | reading | memory | conclusions | missing | more |\n|---|--:|--:|--:|--:|--:|--:|--:|"
)


def growth(times: list[tuple[int, dict[str, float]]]) -> Iterator[str]:
    """Microseconds a triple, by size: a straight line in a graph of time over size is a constant here."""
    names = list(dict.fromkeys(name for _, outcomes in times for name in outcomes))
    yield "| triples | " + " | ".join(names) + " |\n|--:|" + "--:|" * len(names)
    for count, outcomes in times:
        each = (f"{outcomes[name] / count * 1e6:.3g} µs" if name in outcomes else "" for name in names)
        yield f"| {count:,} | " + " | ".join(each) + " |"


def options() -> argparse.Namespace:
    """What was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000, 100_000, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=3, help="on graphs up to 100,000 triples; larger ones once")
    arguments.add_argument("--patience", type=float, default=300, help="seconds for one run")
    arguments.add_argument("--memory", type=float, default=12, help="gigabytes that one run may use")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--owlrl-up-to", type=int, default=20_000)
    arguments.add_argument("--only", nargs="+", help="run only these reasoners")
    arguments.add_argument("--out", type=Path, default=RESULTS)
    return arguments.parse_args()


def main() -> None:
    """Measure everything, print the tables and write them."""
    chosen = options()
    text, times = heading(), []
    with tempfile.TemporaryDirectory() as folder:
        for size in chosen.sizes:
            graph = Path(folder) / f"{size}.nt"
            count = write(generate(size, chosen.seed) if size else real(), graph)
            outcomes = []
            for name in chosen.only or reasoners():
                if name not in SLOW or size <= chosen.owlrl_up_to:
                    rounds = 1 if name in SLOW or size > 100_000 else chosen.rounds
                    outcomes.append(run(name, graph, rounds, chosen.patience, chosen.memory))
                    print(size, outcomes[-1].name, outcomes[-1].seconds, outcomes[-1].why, file=sys.stderr)
            what = f"{count:,} triples" if size else f"The real graph, {count:,} triples"
            text += f"\n## {what}\n\n{COLUMNS}\n" + "\n".join(compare(outcomes)) + "\n"
            if any(one.name == OURS for one in outcomes):
                text += f"\n{increments(graph, chosen.patience)}\n"
            if size:
                times.append((count, {one.name: one.seconds for one in outcomes if one.seconds is not None}))
    text += "\n## Growth\n\n" + "\n".join(growth(times)) + "\n"
    print(text)
    chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
