"""How long pages take, over HTTP, beside the smallest answer that the server gives.

    python benchmarks/pages.py [--state FOLDER] [--rounds 3] [--only NAME]

Starts a server over the current snapshot of ``--state`` (KG_STATE), asks for each kind of page as a reader comes to it
first and then again, and prints milliseconds and how many times the smallest answer (/healthz) that is. ``first`` is a
page that nobody asked for before, ``again`` one that is kept. A kind is a row of ``KINDS``: a name and its addresses; a
line that begins with ``?`` is a query for the resources whose pages are asked for.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from measure import ROOT, Question, Server, environment, python

from kg.rdf import BASE, PREFIXES

_CKG = PREFIXES["ckg"]


def _of_class(name: str, most: int = 40) -> str:
    return f"?SELECT DISTINCT ?s {{ ?s a <{_CKG}{name}> }} ORDER BY MD5(STR(?s)) LIMIT {most}"


def _most(name: str) -> str:
    return (
        f"?SELECT ?s {{ ?claim ?p ?s . ?claim a <{_CKG}Claim> . ?s a <{name}> }} GROUP BY ?s ORDER BY DESC(COUNT(*)) LIMIT 5"
    )


#: Name of a kind of page → the addresses to ask for.
KINDS: dict[str, Sequence[str]] = {
    "states": (_of_class("State"),),
    "persons": (_of_class("Person"),),
    "forums": (_of_class("Forum"),),
    "events": (_of_class("Event"),),
    "claims": (_of_class("Claim", 80),),
    "passages": (_of_class("Evidence", 60),),
    "documents": (_of_class("Document"),),
    "conditions": (_of_class("Condition"),),
    "topics": (f"?SELECT ?s {{ ?s <{PREFIXES['skos']}inScheme> <{PREFIXES['scheme']}topic> }} ORDER BY ?s",),
    "most named actors": (_most(_CKG + "Actor"),),
    "most used words": (_most(PREFIXES["skos"] + "Concept"),),
    "positions": ("/positions", "/positions?lang=it"),
    "timeline": ("/timeline",),
    "map": ("/map",),
    "browse": ("/browse", "/browse?q=troops"),
    "sources": ("/sources",),
    "home": ("/",),
    "about": ("/about",),
}


def ask(port: int, path: str, accept: str = "text/html") -> tuple[float, int, bytes]:
    """Seconds, status and body of one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept": accept})
    response = connection.getresponse()
    body = response.read()
    took = time.perf_counter() - start
    connection.close()
    return took, response.status, body


def addresses(port: int, lines: Sequence[str]) -> list[str]:
    """The addresses of a kind: those written down, and those of the resources that its queries find."""
    found = []
    for line in lines:
        if not line.startswith("?"):
            found.append(line)
            continue
        _, _, body = ask(port, "/sparql?" + urlencode({"query": line[1:]}), "text/csv")
        found += [iri.removeprefix(BASE[:-1]) for iri in body.decode().split()[1:] if iri.startswith(BASE)]
    return found


def measured(port: int, paths: Sequence[str], rounds: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of the first requests and of the later ones, and how many of the first failed."""
    first, again, failed = [], [], 0
    for path in paths:
        took, status, _ = ask(port, path)
        if status != 200:
            failed += 1
            continue
        first.append(took * 1000)
        again += [ask(port, path)[0] * 1000 for _ in range(rounds)]
    return first, again, failed


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("KG_STATE") or ROOT / ".kg"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=KINDS, help="only this kind, may be given several times")
    chosen = parser.parse_args()
    command = python("-m", "kg", "serve", "--port", "PORT", "--budget", "0", "--deadline", "60")
    with Server(command, environment(chosen.state), Question("first", "ASK {}", None)) as server:
        port = server.port
        ask(port, "/id/actor/")
        floor = statistics.median(ask(port, "/healthz", "*/*")[0] for _ in range(50)) * 1000
        print(f"The smallest answer: {floor:.2f} ms\n")
        print("| pages | asked for | first p50 | first max | again p50 | again / smallest | failed |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name in chosen.only or KINDS:
            first, again, failed = measured(port, addresses(port, KINDS[name]), chosen.rounds)
            if first:
                middle = statistics.median(again)
                print(
                    f"| {name} | {len(first)} | {statistics.median(first):.1f} ms | {max(first):.1f} ms "
                    f"| {middle:.1f} ms | {middle / floor:.1f} | {failed} |"
                )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
