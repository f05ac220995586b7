"""How long pages take, over HTTP, beside the smallest answer that the server gives.

    python benchmarks/pages.py [--state FOLDER] [--rounds 3] [--only NAME] [--write]
    python benchmarks/pages.py --claims 100000 --folder FOLDER [--write]

Starts a server over the current snapshot of ``--state`` (KG_STATE), or over a graph with so many claims, which is made
in ``--folder`` unless it is there (``benchmarks/larger.py``). As soon as the server has made its pages ready, each kind
of page is asked for as a reader comes to it first and then again. Prints milliseconds, and how many times the smallest
answer (/healthz) that is; ``processor`` is the time that all processes of the server worked for it, ``first`` a page
that nobody asked for before, ``again`` one that is kept. A kind is a row of ``KINDS``: a name and its addresses; a line
that begins with ``?`` is a query for the resources whose pages are asked for. With --write the table becomes its part
of pages.md.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import larger
from measure import ROOT, Question, Server, environment, python

from kg.rdf import BASE, PREFIXES

_CKG = PREFIXES["ckg"]
RESULTS = ROOT / "benchmarks" / "pages.md"
HEADING = """# Pages

`python benchmarks/pages.py` and `python benchmarks/pages.py --claims 100000`, on 2 cores, over a connection of its own
for each request. Targets: 20 ms (median) for the pages of states, persons and forums and 60 ms for the matrix on the
real graph; 500 ms for every page with 100,000 claims. `first` is a page that nobody asked for before, once the server
has made ready what all pages share; `again` one that is kept; `/ smallest` how many times the smallest answer of the
same server that is.
`processor` is the time that all processes of the server worked for a page (median, in steps of 10 ms).
"""
#: Seconds for a server to make its pages ready, and for an answer; one that takes longer has failed.
_READY, _LONGEST = 1_800.0, 60.0


def _of_class(name: str, most: int = 40) -> str:
    return f"?SELECT DISTINCT ?s {{ ?s a <{_CKG}{name}> }} ORDER BY MD5(STR(?s)) LIMIT {most}"


def _in_sources(most: int) -> str:
    """Texts that the graph is made from, each at its address among the sources."""
    return f"?/sources SELECT DISTINCT ?s {{ ?s <{_CKG}genre> ?genre }} ORDER BY MD5(STR(?s)) LIMIT {most}"


def _most(relation: str, most: int = 3) -> str:
    """What claims name most often by a property."""
    return f"?SELECT ?s {{ ?claim <{_CKG}{relation}> ?s }} GROUP BY ?s ORDER BY DESC(COUNT(*)) ?s LIMIT {most}"


#: Name of a kind of page → the addresses to ask for.
KINDS: dict[str, Sequence[str]] = {
    "home": ("/", "/?lang=it"),
    "states": (_of_class("State"),),
    "persons": (_of_class("Person"),),
    "forums": (_of_class("Forum"),),
    "events": (_of_class("Event"),),
    "claims": (_of_class("Claim", 80),),
    "passages": (_of_class("Evidence", 60),),
    "documents": (_of_class("Document"),),
    "conditions": (_of_class("Condition"),),
    "topics": (f"?SELECT ?s {{ ?s <{PREFIXES['skos']}inScheme> <{PREFIXES['scheme']}topic> }} ORDER BY ?s",),
    "holders of most": (_most("holder"),),
    "topics of most": (_most("topic"),),
    "sources of most": (_most("source"),),
    "forums of most": (_most("forum"),),
    "words used most": (_most("stance", 2), _most("certainty", 2), _most("modality", 1)),
    "families": ("/id/claim/", "/id/actor/", "/id/evidence/"),
    "matrix": ("/positions", "/positions?lang=it"),
    "matrix, filtered": ("/positions?kind=ckg:State", "/positions?date=2025-09-04", "/positions?everybody=1"),
    "timeline": ("/timeline", "/timeline?lang=it"),
    "timeline, filtered": ("/timeline?page=2", "/timeline?kind=position", "/timeline?from=2025-01-01&to=2025-06-30"),
    "map": ("/map", "/map?by=contribution", "/map?lang=it&narrower=1"),
    "browse": ("/browse", "/browse?lang=it"),
    "browse, with words": ("/browse?q=troops", "/browse?q=trops", "/browse?q=garanties", "/browse?q=sicurezza+europea"),
    "browse, with facets": (
        "/browse?kind=ckg:Position", "/browse?kind=ckg:Claim&sort=newest&page=2",
        "/browse?from=2025-01-01&until=2025-06-30",
        "/browse?q=guarantee&kind=ckg:Commitment&sort=name",
    ),
    "sources": ("/sources", "/sources?lang=it"),
    "a source": (_in_sources(5),),
    "contradictions": ("/sources/contradictions", "/sources/contradictions?page=2"),
    "history": (_of_class("State", 3).replace("?SELECT", "?/history SELECT"),),
    "form of a query": ("/sparql",),
    "form of a proposal": ("/propose", "/propose?class=ckg:Position"),
    "about": ("/about", "/about?lang=it"),
    "ontology, shapes": ("/ontology", "/shapes"),
}  # fmt: skip


def ask(port: int, path: str, accept: str = "text/html") -> tuple[float, int, bytes]:
    """Seconds, status and body of one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LONGEST)
    start = time.perf_counter()
    try:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        body = response.read()
    except TimeoutError:
        return time.perf_counter() - start, 0, b""
    finally:
        connection.close()
    return time.perf_counter() - start, response.status, body


def addresses(port: int, lines: Sequence[str]) -> list[str]:
    """The addresses of a kind: those written down, and those of the resources that its queries find."""
    found = []
    for line in lines:
        if not line.startswith("?"):
            found.append(line)
            continue
        # A path before the query is that of the page about a resource, where it is not its own.
        folder, _, query = line[1:].partition("SELECT") if line.startswith("?/") else ("", "", line[7:])
        _, _, body = ask(port, "/sparql?" + urlencode({"query": "SELECT" + query}), "text/csv")
        paths = [iri.removeprefix(BASE[:-1]) for iri in body.decode().split()[1:] if iri.startswith(BASE)]
        own = {"/sources": lambda path: path.rpartition("/")[2], "/history": lambda path: path[1:]}
        name = folder.strip()
        found += [f"{name}/{own[name](path)}" for path in paths] if name else paths
    return found


@dataclass
class Figures:
    """Milliseconds of the first requests and of the later ones; seconds of processor time of each; what failed."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def measured(server: Server, paths: Sequence[str], rounds: int) -> Figures:
    """The figures of these pages."""
    found = Figures()
    for path in paths:
        before = server.processor_time() or 0.0
        took, status, _ = ask(server.port, path)
        found.worked.append((server.processor_time() or 0.0) - before)
        if status != 200:
            found.failed.append(f"{path}: {status}")
            continue
        found.first.append(took * 1000)
        found.again += [ask(server.port, path)[0] * 1000 for _ in range(rounds)]
    return found


def ready(server: Server) -> float:
    """Seconds until the server works no more of its own accord: until its pages are ready."""
    start = time.perf_counter()
    quiet = 0
    while quiet < 3 and time.perf_counter() - start < _READY:
        before = server.processor_time() or 0.0
        time.sleep(1.0)
        quiet = quiet + 1 if (server.processor_time() or 0.0) - before < 0.05 else 0
    return time.perf_counter() - start - quiet


def table(server: Server, kinds: Sequence[str], rounds: int) -> Iterator[str]:
    """The figures of each kind, in Markdown, as they come."""
    smallest = [ask(server.port, "/healthz", "*/*")[0] for _ in range(50)]
    floor = statistics.median(smallest) * 1000
    yield f"The smallest answer: {floor:.2f} ms."
    yield ""
    yield "| pages | asked for | first, median | first, longest | / smallest | processor | again, median | / smallest |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    failed = []
    for name in kinds:
        found = measured(server, addresses(server.port, KINDS[name]), rounds)
        failed += found.failed
        if found.first:
            first, again = statistics.median(found.first), statistics.median(found.again)
            yield (
                f"| {name} | {len(found.first)} | {first:.1f} ms | {max(found.first):.1f} ms | {first / floor:.1f} "
                f"| {statistics.median(found.worked) * 1000:.0f} ms | {again:.1f} ms | {again / floor:.1f} |"
            )
    yield ""
    yield f"Failed: {', '.join(failed) or 'none'}."


def graph(chosen: argparse.Namespace) -> tuple[Path, Path]:
    """The repository and the folder of snapshots to serve; those of a larger graph are made unless they are there."""
    if not chosen.claims:
        return ROOT, chosen.state
    repository, state = chosen.folder / "repository", chosen.folder / "state"
    if not (state / "current").exists():
        larger.make(repository, chosen.claims)
        made = environment(state) | {"KG_REPOSITORY": str(repository)}
        subprocess.run(python("-m", "kg", "build"), env=made, check=True, capture_output=True)
    return repository, state


def told(server: Server, chosen: argparse.Namespace) -> Iterator[str]:
    """The part of the results about this graph."""
    counting = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{_CKG}Claim> }}"
    _, _, body = ask(server.port, "/sparql?" + urlencode({"query": counting}), "text/csv")
    yield f"## {int(body.split()[1]):,} claims" + ("" if chosen.claims else ", the real graph")
    yield ""
    started = f"The first answer came after {server.started:.1f} s"
    later = ready(server)
    yield f"{started}; the pages were ready {later:.0f} s later, and all processes took {server.memory() or 0:.0f} MB."
    yield from table(server, chosen.only or list(KINDS), chosen.rounds)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("KG_STATE") or ROOT / ".kg"))
    parser.add_argument("--claims", type=int, default=0, help="claims of a larger graph; 0 for the real one")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/kg-larger"), help="where a larger graph is kept")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=KINDS, help="only this kind, may be given several times")
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/pages.md")
    chosen = parser.parse_args()
    repository, state = graph(chosen)
    served = environment(state) | {"KG_REPOSITORY": str(repository)}
    command = python("-m", "kg", "serve", "--port", "PORT", "--budget", "0", "--deadline", "60")
    lines = []
    with Server(command, served, Question("first", "ASK {}", None)) as server:
        for line in told(server, chosen):
            print(line, flush=True)
            lines.append(line)
    if chosen.write:
        write(lines)


def write(lines: Sequence[str]) -> None:
    """Put these lines in place of the part of the results with the same heading."""
    parts = RESULTS.read_text("utf-8").split("\n## ") if RESULTS.exists() else [HEADING.rstrip()]
    new = "\n".join(lines).removeprefix("## ").rstrip() + "\n"
    kept = [part for part in parts[1:] if part.splitlines()[0] != new.splitlines()[0]]
    whole = "\n## ".join(one.rstrip() + "\n" for one in (parts[0], *kept, new))
    RESULTS.write_text(whole, "utf-8")


if __name__ == "__main__":
    main()
