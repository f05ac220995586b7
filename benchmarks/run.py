"""``make bench``: build, check, start, queries over HTTP and memory, against targets and against a plain peer.

Prints a table and writes it to benchmarks/results.md. Each round asks every competency query once of both servers in
turn, so that both see the same machine. Nothing here is a test: a missed target is reported, not an error.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.engine import current, read_manifest
from measure import ROOT, Question, Server, ask, environment, percentiles, python, questions, seconds, send

RESULTS = ROOT / "benchmarks" / "results.md"
#: A contribution of one claim with its evidence.
CLAIM = ROOT / "docs" / "tour" / "good.ttl"


@dataclass(frozen=True)
class Figure:
    """One line of the table; values in ``unit``, None where there is nothing to compare with."""

    what: str
    value: float | None
    unit: str
    target: float | None = None
    peer: float | None = None

    def row(self) -> str:
        """The line in Markdown."""
        met = "" if self.target is None or self.value is None else "yes" if self.value <= self.target else "**no**"
        target = "" if self.target is None else f"{self.target:g} {self.unit}"
        return f"| {self.what} | {self._show(self.value)} | {target} | {met} | {self._show(self.peer)} |"

    def _show(self, value: float | None) -> str:
        if value is None:
            return ""
        if math.isinf(value):
            return "ended, too slow"
        return f"{value:,.0f} {self.unit}" if value >= 100 else f"{value:.2f} {self.unit}"


def measure_files(state: Path, patience: float) -> Iterable[Figure]:
    """The build from nothing, and the check by the fast engine and by pySHACL, which is ended after ``patience``."""
    settings = environment(state)
    yield Figure("full build", seconds(python("-m", "kg", "build"), settings), "s", 15)
    yield Figure("build, nothing changed", seconds(python("-m", "kg", "build"), settings), "s")
    check = python("-m", "kg", "check")
    fast = min(seconds(check, settings, (0, 1)) for _ in range(3))
    peer = seconds([*check, "--engine", "pyshacl"], settings, (0, 1), patience)
    yield Figure(f"`kg check` (peer: pySHACL, at most {patience:g} s)", fast, "s", 5, peer)
    one = min(seconds([*check, str(CLAIM)], settings) for _ in range(5))
    yield Figure("`kg check` of one claim, as a process (peer: pySHACL over everything)", one, "s", 1, peer)


def measure_servers(state: Path, asked: list[Question], rounds: int) -> Iterable[Figure]:
    """Start, competency queries over HTTP, and memory, of ``kg serve`` and of the peer."""
    dump = str(current(state) / "dump.nq")
    ours = python("-m", "kg", "serve", "--port", "PORT")
    peers = python(str(ROOT / "benchmarks" / "peer.py"), dump, "PORT")
    settings = environment(state)
    with Server(ours, settings, asked[0]) as server, Server(peers, settings, asked[0]) as peer:
        yield Figure("start to first answer", server.started, "s", 1.5, peer.started)
        times, peer_times = ask_in_turn(server, peer, asked, rounds)
        (p50, p99), (peer_p50, peer_p99) = percentiles(times), percentiles(peer_times)
        yield Figure("competency queries over HTTP, p50", p50, "ms", 5, peer_p50)
        yield Figure("competency queries over HTTP, p99", p99, "ms", None, peer_p99)
        checks = check_over_http(server, rounds)
        yield Figure("`POST /check` of one claim, p50", percentiles(checks)[0], "ms", 50)
        yield Figure("memory after that (PSS, all processes)", server.memory(), "MB", 250, peer.memory())


def ask_in_turn(one: Server, other: Server, asked: list[Question], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of every request to either server; the first round warms both up and does not count."""
    connections = one.connect(), other.connect()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for question in asked:
            for connection, taken in zip(connections, times, strict=True):
                status, milliseconds = ask(connection, question)
                if status != 200:
                    raise RuntimeError(f"{question.name} was answered with {status} at port {connection.port}")
                if number:
                    taken.append(milliseconds)
    return times


def check_over_http(server: Server, rounds: int) -> list[float]:
    """Milliseconds of every contribution posted; the first ones warm the workers up and do not count."""
    connection, body = server.connect(), CLAIM.read_bytes()
    times = []
    for number in range(rounds + 4):
        status, milliseconds = send(connection, "/check", body, "text/turtle")
        if status != 200:
            raise RuntimeError(f"The contribution was answered with {status}")
        if number >= 4:
            times.append(milliseconds)
    return times


def heading(state: Path, asked: list[Question], rounds: int) -> str:
    """What was measured, where."""
    counts = ", ".join(f"{number:,} {what}" for what, number in read_manifest(current(state)).counts.items())
    return (
        "# Speed and memory\n\n"
        f"Written by `make bench`: Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}. "
        f"The graph: {counts}. {len(asked)} competency queries, {rounds} rounds over a kept connection.\n\n"
        "The peer is a bare Flask application over pyoxigraph's in-memory store (`benchmarks/peer.py`), without worker "
        "processes, deadline, guard or negotiation; for the check it is pySHACL.\n\n"
        "| what | here | target | met | peer |\n|---|---|---|---|---|\n"
    )


def main() -> None:
    """Measure everything, print the table and write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=20, help="how often each query is asked")
    arguments.add_argument("--patience", type=float, default=120, help="seconds after which pySHACL is ended")
    chosen = arguments.parse_args()
    rounds = chosen.rounds
    asked = questions()
    if not asked:
        raise SystemExit("There are no competency queries in queries/ to measure.")
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        figures = []
        for figure in itertools.chain(measure_files(state, chosen.patience), measure_servers(state, asked, rounds)):
            print(figure.row(), file=sys.stderr)
            figures.append(figure)
        text = heading(state, asked, rounds) + "".join(figure.row() + "\n" for figure in figures)
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
