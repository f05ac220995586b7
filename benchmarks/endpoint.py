"""``python benchmarks/endpoint.py``: SPARQL endpoints side by side, on the real graph and at a million triples.

    python benchmarks/endpoint.py --peers FOLDER [--sizes 0 1000000] [--rounds 5] [--seconds 4] [--patience 60]

FOLDER is a virtual environment with rdflib-endpoint, uvicorn and oxigraph from PyPI; what it does not have is left out.
Writes its tables to benchmarks/endpoint.md; size 0 is the real graph. All servers of a graph run at the same time and
are asked one after the other, round by round, so that all see the same machine; ratios are those within a round. Nothing
is a test.

- ``small``: the claims of one holder; the text of each request is another, so that no cache helps.
- ``analytic``: the five queries of the gallery that take longest at a million triples; each text is another, too.
- ``repeated``: one small query again and again.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote_plus

import pyoxigraph as ox
from generate import generate, write
from kg.engine import current
from load import Load, by_wrk, load, wait_for_quiet
from measure import ROOT, Question, Server, environment, python, questions

RESULTS = ROOT / "benchmarks" / "endpoint.md"
CKG = "https://w3id.org/coalition-kg/ontology#"
HOLDERS = f"SELECT DISTINCT ?holder WHERE {{ ?claim <{CKG}holder> ?holder }} ORDER BY ?holder LIMIT 500"
SMALL = f"PREFIX ckg: <{CKG}>\nSELECT ?claim ?kind WHERE {{ ?claim ckg:holder <HOLDER> ; a ?kind }} LIMIT 10"
HEAVY = (
    "23-through-whom", "13-same-pillar-different-strength", "06-exclude-and-send-troops", "05-contribute-without-troops",
    "20-speaker-and-principal",
)  # fmt: skip
#: Kinds of queries: connections at once, and whether each text is another.
KINDS = {"small": (8, True), "repeated": (8, False), "analytic": (2, True)}
OURS, BARE, RDFLIB, NATIVE, CONSTANT = "kg serve", "bare", "rdflib-endpoint", "Oxigraph on disk", "constant view"
#: The kind, the peer, the size of the graph (None for any) → what our throughput is to be, as a multiple of the peer's.
TARGETS = (
    ("small", RDFLIB, None, 4.0), ("small", BARE, None, 0.6), ("repeated", CONSTANT, None, 0.8),
    ("analytic", NATIVE, 1_000_000, 1.0),
)  # fmt: skip
FIGURES = ("throughput", "p50", "p99")
#: Processes of ours that answer queries, as many as it has if nothing is said.
WORKERS = max(4, 2 * (os.cpu_count() or 1))


@dataclass(frozen=True)
class Graph:
    """A graph as each server wants it: a snapshot, its default graph in N-Triples, a store of Oxigraph's."""

    size: int
    triples: int
    state: Path
    plain: Path
    store: Path

    @property
    def dump(self) -> Path:
        """The quads of the snapshot."""
        return current(self.state) / "dump.nq"


@dataclass(frozen=True)
class Contender:
    """A server: its name, how it is started, where it answers, and by how many processes that answer."""

    name: str
    command: Sequence[str]
    path: str = "/sparql"
    processes: int = 1
    kinds: tuple[str, ...] = tuple(KINDS)

    @property
    def title(self) -> str:
        """Its name and its processes."""
        return f"{self.name}, {self.processes} process{'es' if self.processes > 1 else ''}"


@dataclass
class Measured:
    """What was measured of a contender, by kind: a figure for each round."""

    contender: Contender
    loads: dict[str, list[Load]] = field(default_factory=dict)
    #: Milliseconds of processor time of all its processes for an answer, by kind.
    work: dict[str, list[float]] = field(default_factory=dict)
    #: Of the time of all processors, what others took before each.
    busy: list[float] = field(default_factory=list)
    note: str = ""


class Probe(Question):
    """A first question, asked where the server answers."""

    @property
    def path(self) -> str:
        """Path and parameters of the request."""
        return f"{self.name}?query={quote_plus(self.text)}"


def prepare(folder: Path, size: int, seed: int, peers: Path) -> Graph:
    """Make a graph and write it down as each server wants it."""
    # In a process of its own, which takes its memory with it.
    with ProcessPoolExecutor(1) as pool:
        triples = pool.submit(_made if size else _real, folder, size, seed).result()
    graph = Graph(size, triples, folder / "state", folder / "graph.nt", folder / "oxigraph")
    oxigraph = peers / "bin" / "oxigraph"
    if oxigraph.exists():
        for command in (["load", "--location", str(graph.store), "--file", str(graph.plain)],
                        ["optimize", "--location", str(graph.store)]):  # fmt: skip
            subprocess.run([str(oxigraph), *command], check=True, capture_output=True)
    return graph


def _real(folder: Path, size: int, seed: int) -> int:
    """The graph of the repository: built, and its default graph."""
    subprocess.run(python("-m", "kg", "build"), env=environment(folder / "state"), check=True, capture_output=True)
    dump, count = current(folder / "state") / "dump.nq", 0
    with (folder / "graph.nt").open("w", encoding="utf-8") as file:
        for quad in ox.parse(path=str(dump), format=ox.RdfFormat.N_QUADS):
            if isinstance(quad.graph_name, ox.DefaultGraph):
                file.write(f"{quad.triple} .\n")
                count += 1
    return count


def _made(folder: Path, size: int, seed: int) -> int:
    """A graph of any size as the default graph of a snapshot, without what follows from it."""
    plain, snapshot = folder / "graph.nt", folder / "state" / "snapshots" / "made"
    count = write(generate(size, seed), plain)
    (snapshot / "store").mkdir(parents=True)
    (snapshot / "dump.nq").hardlink_to(plain)
    (snapshot / "texts.json").write_text("{}", "utf-8")
    manifest = {
        "digest": "0" * 64, "files": {}, "counts": {"default_graph": count, "quads": count}, "versions": {},
        "built": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    (snapshot / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "state" / "current").write_text("made\n", "ascii")
    return count


def contenders(graph: Graph, peers: Path, constant: Path) -> Iterator[Contender]:
    """The servers of a graph; those that are not installed are left out."""
    script, dump = str(ROOT / "benchmarks" / "peer.py"), str(graph.dump)
    serve = ["serve", "--port", "PORT", "--budget", "0", "--deadline", "60", "--workers", str(WORKERS)]
    yield Contender(OURS, python("-m", "kg", *serve), processes=WORKERS)
    for processes in (1, WORKERS):
        yield Contender(BARE, python(script, dump, "PORT", "--processes", str(processes)), processes=processes)
    yield Contender(CONSTANT, python(script, str(constant), "PORT", "--kind", "constant"), kinds=("repeated",))
    if (peers / "bin" / "oxigraph").exists():
        command = [str(peers / "bin" / "oxigraph"), "serve-read-only", "--location", str(graph.store)]
        yield Contender(NATIVE, [*command, "--bind", "127.0.0.1:PORT"], "/query")
    if (peers / "bin" / "rdflib-endpoint").exists():
        command = [str(peers / "bin" / "python"), script, str(graph.plain), "PORT", "--kind", "rdflib"]
        kinds = ("small", "repeated") if graph.size else tuple(KINDS)
        yield Contender(RDFLIB, [*command, "--processes", str(WORKERS)], processes=WORKERS, kinds=kinds)


def asked(graph: Graph, kind: str) -> list[str]:
    """The texts of the queries of a kind; each ends with a comment, for a number to follow."""
    if kind == "analytic":
        by_name = {question.name: question.text for question in questions()}
        return [by_name[name] + "\n# " for name in HEAVY]
    store = ox.Store.read_only(str(graph.store)) if graph.store.exists() else ox.Store()
    if not graph.store.exists():
        store.bulk_load(path=str(graph.plain), format=ox.RdfFormat.N_TRIPLES)
    holders = [solution["holder"].value for solution in store.query(HOLDERS)]
    texts = [SMALL.replace("HOLDER", holder) + " # " for holder in holders]
    return texts if kind == "small" else texts[:1]


def measure(graph: Graph, chosen: argparse.Namespace) -> Iterator[Measured]:
    """Start all servers of a graph and ask them in turn."""
    texts = {kind: asked(graph, kind) for kind in KINDS}
    with tempfile.NamedTemporaryFile(suffix=".json") as constant, ExitStack() as stack:
        servers: list[tuple[Measured, Server]] = []
        for contender in contenders(graph, chosen.peers, Path(constant.name)):
            found = Measured(contender)
            yield found
            first = Probe(contender.path, texts["repeated"][0], None)
            try:
                server = stack.enter_context(Server(contender.command, environment(graph.state), first))
            except RuntimeError:
                found.note = "was not ready within two minutes"
                continue
            servers.append((found, server))
            print(f"{contender.title}: started in {server.started:.1f} s", file=sys.stderr)
            if contender.name == OURS:
                Path(constant.name).write_bytes(_answer(server, first))
        for kind in KINDS:
            for number in range(chosen.rounds + 1):
                _round(kind, texts[kind], servers, chosen, counts=number > 0)


def _answer(server: Server, first: Question) -> bytes:
    """The body of an answer, for the constant view to give."""
    connection = server.connect()
    connection.request("GET", first.path)
    return connection.getresponse().read()


def _round(
    kind: str, texts: list[str], servers: list[tuple[Measured, Server]], chosen: argparse.Namespace, counts: bool
) -> None:
    """Ask each server for a while; the first round, a short one, warms all up and does not count."""
    connections, unique = KINDS[kind]
    seconds = chosen.seconds * (3 if kind == "analytic" else 1) if counts else 1
    for found, server in servers:
        contender = found.contender
        if kind not in contender.kinds:
            continue
        busy = wait_for_quiet(chosen.patience if counts else 1)
        paths = [f"{contender.path}?query={quote_plus(text)}" for text in texts]
        before = server.processor_time()
        told = load(server.port, paths, seconds, connections, unique)
        after = server.processor_time()
        if counts:
            found.loads.setdefault(kind, []).append(told)
            found.busy.append(busy)
            if told.answers and before is not None and after is not None:
                found.work.setdefault(kind, []).append(1000 * max(0.0, after - before) / told.answers)
            print(f"{kind}: {contender.title}: {told} (others: {busy:.0%})", file=sys.stderr)


def table(kind: str, all_: list[Measured]) -> Iterator[str]:
    """The rows of a kind; ratios are ours to theirs, the median of those of the rounds."""
    ours = next(one.loads[kind] for one in all_ if one.contender.name == OURS)
    yield "| server | answers a second | p50 | p99 | processor time an answer | failed | `kg serve` against it |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for one in all_:
        loads = one.loads.get(kind)
        if loads is None:
            continue
        rate, p50, p99 = (statistics.median(getattr(load, name) for load in loads) for name in FIGURES)
        failed = sum(load.failed for load in loads)
        against = "" if one.contender.name == OURS else _span(ratios(ours, loads))
        work = _ms(statistics.median(one.work[kind])) if one.work.get(kind) else ""
        shown = (one.contender.title, _number(rate), _ms(p50), _ms(p99), work, str(failed), against)
        yield f"| {' | '.join(shown)} |"


def ratios(ours: list[Load], theirs: list[Load]) -> list[float]:
    """Our throughput as a multiple of theirs, round by round."""
    return [
        one.throughput / other.throughput if other.throughput else math.inf
        for one, other in zip(ours, theirs, strict=True)
    ]


def targets(graph: Graph, all_: list[Measured]) -> Iterator[str]:
    """What was to be reached, and what was."""
    ours = next(one for one in all_ if one.contender.name == OURS)
    for kind, name, size, least in TARGETS:
        if size is not None and size != graph.size:
            continue
        for one in all_:
            if one.contender.name == name and kind in one.loads:
                reached = statistics.median(ratios(ours.loads[kind], one.loads[kind]))
                met = "met" if reached >= least else "**missed**"
                yield f"- {kind}, against {one.contender.title}: at least {least:g}×, reached {reached:.2f}×: {met}."


def _span(found: list[float]) -> str:
    return f"{statistics.median(found):.2f}× ({min(found):.2f}–{max(found):.2f})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ms(value: float) -> str:
    return f"{_number(value)} ms"


def heading(chosen: argparse.Namespace) -> str:
    """What was measured, where and how."""
    generator = "wrk" if by_wrk() else "threads of Python"
    return (
        f"# The endpoint\n\n`python benchmarks/endpoint.py` on {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, "
        f"{', '.join(_installed(chosen.peers)) or 'no peers'}. Load by {generator} on the same machine.\n\n"
        "All servers of a graph run at the same time and are asked in turn, "
        f"{chosen.rounds} rounds of {chosen.seconds:g} s each ({3 * chosen.seconds:g} s for analytic queries), after a "
        "short one that does not count; each waits for other programmes to leave the processors alone, for at most "
        f"{chosen.patience:g} s. Figures are medians over the rounds; the last column is our throughput as a multiple of "
        "theirs within a round: median (lowest to highest).\n\n"
        "- `small`: up to ten claims of one holder, 8 connections; the text of each request is another, so that no cache "
        "helps.\n- `repeated`: one of these again and again, 8 connections.\n- `analytic`: the five queries of the gallery "
        "that take longest at a million triples, in turn, 2 connections; each text is another, too.\n\n"
        f"`kg serve` is one web process and {WORKERS} workers, with its guard, deadlines, limits, counters and citations. "
        "`bare` is Flask and pyoxigraph in memory with nothing around them; its processes share a listening socket. "
        "rdflib-endpoint keeps its graph in rdflib's memory. Oxigraph is the server written in Rust.\n"
    )


def _installed(peers: Path) -> Iterator[str]:
    """The peers of an environment and their versions."""
    for name in ("rdflib-endpoint", "rdflib", "uvicorn", "oxigraph"):
        for found in peers.glob(f"lib/python3*/site-packages/{name.replace('-', '_')}-*.dist-info"):
            yield f"{name} {found.name.removesuffix('.dist-info').rpartition('-')[2]}"


def section(graph: Graph, all_: list[Measured]) -> str:
    """What is told of a graph."""
    size = f"{graph.triples:,} triples"
    busy = statistics.median(share for one in all_ for share in one.busy)
    lines = [f"\n## {size if graph.size else 'The real graph, ' + size}", "", *targets(graph, all_)]
    lines += ["", f"Before a server was asked, other programmes took {busy:.0%} of the processors (median)."]
    for kind in KINDS:
        lines += ["", f"### {kind.capitalize()} queries", "", *table(kind, all_)]
    lines += ["", *(f"{one.contender.title} {one.note}.\n" for one in all_ if one.note)]
    return "\n".join(lines).rstrip() + "\n"


def options() -> argparse.Namespace:
    """What was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--peers", type=Path, default=Path("peers"), help="virtual environment with the peers")
    arguments.add_argument("--sizes", type=int, nargs="+", default=[0, 1_000_000])
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=4, help="how long each server is asked in a round")
    arguments.add_argument("--patience", type=float, default=60, help="seconds to wait for a quiet machine")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=Path, default=RESULTS)
    return arguments.parse_args()


def main() -> None:
    """Measure everything, print the tables and write them."""
    chosen = options()
    text = heading(chosen)
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as name:
            graph = prepare(Path(name), size, chosen.seed, chosen.peers)
            text += section(graph, list(measure(graph, chosen)))
    print(text)
    chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
