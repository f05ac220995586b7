"""``python benchmarks/soak.py``: the endpoint for minutes under good, heavy and hostile queries at once.

    python benchmarks/soak.py [--minutes 5] [--gigabyte 1.0]

Writes benchmarks/soak.md. The server believes the loopback address what it says of the client (X-Forwarded-For), so that
each client here has an address of its own. First as many clients as later ask good queries only; then some of them ask
heavy and hostile ones instead. Memory is looked at while nobody asks: before, in the middle and at the end. At last an
answer of a gigabyte is read. Nothing is a test.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import platform
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from measure import ROOT, Server, environment, percentiles, python, questions, seconds

RESULTS = ROOT / "benchmarks" / "soak.md"
GOOD, HEAVY, HOSTILE = 4, 2, 4
#: Seconds between two questions of a client, and for which nobody asks while memory is looked at.
PAUSE, REST = 0.02, 5.0
#: Bytes of answers that are kept: few, so that they are as many as may be before memory is looked at.
CACHE = 4_000_000
#: Status that a server may answer with if it is asked for too much: it is busy, or the deadline has passed.
PROMISED = (503, 504)
CKG = "https://w3id.org/coalition-kg/ontology#"
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(STR(?c) < STR(?f)) }"
SOME = (
    "SELECT (COUNT(*) AS ?n) WHERE { { SELECT ?c WHERE { ?a ?b ?c } LIMIT 1000 } "
    "{ SELECT ?f WHERE { ?d ?e ?f } LIMIT 1000 } FILTER(STR(?c) < STR(?f)) }"
)
SORTED = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c"
DOUBLED = "SELECT ?x WHERE { BIND('aaaaaaaaaaaaaaaa' AS ?x0) " + "".join(
    f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(36)
) + "BIND(?x36 AS ?x) }"  # fmt: skip
REFUSED = (
    "SELECT * WHERE " + "{" * 3_000 + "}" * 3_000,
    "SELECT * WHERE { " + " ".join(f"?s <urn:p{n}> ?o{n} ." for n in range(200)) + " }",
    "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "LOAD <file:///etc/passwd>",
    "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
    "SELECT * WHERE { ?s ?p ?o FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
    "SELECT * WHERE { ?s ?p ?o FILTER(REGEX(STR(?o), '(a+)+$')) }",
    "SELECT * WHERE {",
    "\x00\x01",
)


@dataclass
class Told:
    """What clients of one role met: how often each outcome, and milliseconds of the answers of status 200."""

    outcomes: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def add(self, other: Told) -> None:
        """Take in what others met."""
        self.outcomes += other.outcomes
        self.times += other.times


class Client:
    """One client with an address of its own."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self._headers = port, {"X-Forwarded-For": address, "Accept": "*/*"}
        self.told = Told()

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> None:
        """Ask and note the outcome."""
        start = time.perf_counter()
        try:
            if not hasattr(self, "_connection"):
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._connection.request("GET" if body is None else "POST", path, body, self._headers | headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.told.outcomes[f"connection: {type(error).__name__}"] += 1
            return
        promised = answer.status < 500 or answer.status in PROMISED
        self.told.outcomes[f"{answer.status}" if promised else f"{answer.status} ({code_of(body)})"] += 1
        if answer.status == 200:
            self.told.times.append((time.perf_counter() - start) * 1000)

    def raw(self, name: str, sent: bytes, wait: float) -> None:
        """Send some bytes, wait without reading, and go away."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            try:
                connection.sendall(sent)
            except OSError:
                name += ", ended by the server"
            time.sleep(wait)
        self.told.outcomes[name] += 1


def code_of(body: bytes) -> str:
    """The code of an error, from its body."""
    try:
        return str(json.loads(body).get("code"))
    except ValueError:
        return "no problem of ours"


def good(client: Client, number: int, chance: random.Random) -> None:
    """A competency query as it is, or a small one that nobody has asked before."""
    if number % 2:
        client.ask(chance.choice(GALLERY).path)
    else:
        text = f"SELECT ?c ?h WHERE {{ ?c <{CKG}holder> ?h }} LIMIT 10 OFFSET {number % 500} # {chance.random()}"
        client.ask("/sparql?" + urlencode({"query": text}))


def heavy(client: Client, number: int, chance: random.Random) -> None:
    """A query that takes seconds, or longer than it may."""
    text = (SOME, ALL)[number % 4 == 3]
    client.ask("/sparql?" + urlencode({"query": f"{text} # {chance.random()}"}))


def hostile(client: Client, number: int, chance: random.Random) -> None:
    """Something that nobody means well with."""
    long = "/sparql?" + urlencode({"query": f"{ALL} # {chance.random()}"})
    ways: list[Callable[[], None]] = [
        *(lambda text=text: client.ask("/sparql?" + urlencode({"query": text})) for text in REFUSED),
        lambda: client.ask("/sparql?" + urlencode({"query": f"{DOUBLED} # {chance.random()}"})),
        lambda: client.ask("/sparql?" + urlencode({"query": f"{SORTED} # {chance.random()}"})),
        lambda: client.ask("/sparql", b"x" * 3_000_000, **{"Content-Type": "application/sparql-query"}),
        lambda: client.ask("/sparql?query=%ff%fe"),
        lambda: client.ask("/../../etc/passwd"),
        lambda: client.ask("/check", b"<a> " * 100_000, **{"Content-Type": "text/turtle"}),
        lambda: client.raw("asked and went away", f"GET {long} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 0.5),
        lambda: client.raw("half a request", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab", 2),
        lambda: client.raw("no HTTP at all", b"\x16\x03\x01\x02\x00" * 100, 0.2),
        lambda: client.raw("read nothing", f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 3),
    ]
    chance.choice(ways)()


GALLERY = questions()
LARGE = "/sparql?" + urlencode({"query": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 3000000"})
ROLES = {"good": (good, "192.0.2."), "heavy": (heavy, "198.51.100."), "hostile": (hostile, "203.0.113.")}


def crowd(role: str, clients: int, first: int, port: int, lasting: float, results: multiprocessing.Queue) -> None:
    """So many clients of a role, each in a thread; what they met goes into the queue."""
    work, network = ROLES[role]
    people = [Client(port, network + str(first + number)) for number in range(clients)]
    until = time.monotonic() + lasting

    def live(client: Client, seed: int) -> None:
        chance = random.Random(seed)
        for number in itertools.count(seed):
            if time.monotonic() > until:
                return
            work(client, number, chance)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=live, args=(client, first + n)) for n, client in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = Told()
    for client in people:
        told.add(client.told)
    results.put((role, first, told))


def ask_for(minutes: float, port: int, crowds: list[tuple[str, int, int]]) -> dict[tuple[str, int], Told]:
    """What each of the crowds (role, clients, number of the first) met in so many minutes, each in a process of its own."""
    results: multiprocessing.Queue = multiprocessing.Queue()
    running = [
        multiprocessing.Process(target=crowd, args=(role, clients, first, port, minutes * 60, results))
        for role, clients, first in crowds
    ]
    for process in running:
        process.start()
    found = [results.get() for _ in running]
    for process in running:
        process.join()
    return {(role, first): told for role, first, told in found}


def runs(process: int, patience: float = 5.0) -> bool:
    """True if a process still runs after so many seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def at_rest(server: Server) -> float:
    """Megabytes that all processes take while nobody asks."""
    time.sleep(REST)
    return server.memory() or 0.0


def gigabyte(state: Path, size: float) -> str:
    """What an answer of so many gigabytes costs the server while it is read, in a sentence."""
    limits = ["--max-answer", "100000000000", "--max-deadline", "3600", "--max-sending", "3600", "--budget", "0"]
    serve = python("-m", "kg", "serve", "--port", "PORT", *limits)
    rows = round(size * 1e9 / 300)
    query = f"SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {rows * 2}"
    path = "/sparql?" + urlencode({"query": query, "timeout": "3600"})
    # What pages need is not made meanwhile, which would be counted as the answer's.
    with Server(serve, environment(state) | {"KG_WARM": "false"}, GALLERY[0]) as server:
        before, most, read = at_rest(server), 0.0, 0
        connection, start = server.connect(), time.perf_counter()
        connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
        answer, looked = connection.getresponse(), 0.0
        while read < size * 1e9 and (piece := answer.read1(1_000_000)):
            read += len(piece)
            if time.perf_counter() - looked > 0.5:
                looked = time.perf_counter()
                most = max(most, server.memory() or 0.0)
        took = time.perf_counter() - start
        connection.close()
    return (
        f"Of an answer of status {answer.status} (`KG-Answer: {answer.headers['KG-Answer']}`), {read / 1e9:.2f} GB were "
        f"read in {took:.0f} s. All processes took {before:.0f} MB before, and at most {most:.0f} MB meanwhile: "
        f"**{most - before:.0f} MB more**."
    )


def rows(name: str, told: Told) -> Iterator[str]:
    """The row of a role: how many asked, the times of the good answers, and the outcomes."""
    p50, p99 = percentiles(told.times) if len(told.times) > 1 else (0.0, 0.0)
    outcomes = ", ".join(f"{outcome}: {count:,}" for outcome, count in sorted(told.outcomes.items()))
    yield f"| {name} | {told.outcomes.total():,} | {p50:.1f} ms | {p99:.1f} ms | {outcomes} |"


def soak(state: Path, minutes: float) -> Iterator[str]:
    """Ask good queries, then all; the report."""
    serve = python("-m", "kg", "serve", "--port", "PORT", "--trusted-proxies", "127.0.0.1", "--cache", str(CACHE))
    with Server(serve, environment(state), GALLERY[0]) as server:
        calm = minutes / 5
        ask_for(calm / 4, server.port, [("good", GOOD + HEAVY + HOSTILE, 1)])
        before = ask_for(calm, server.port, [("good", GOOD, 1), ("good", HEAVY + HOSTILE, 101)])
        memory = [at_rest(server)]
        crowds = [("good", GOOD, 1), ("heavy", HEAVY, 1), ("hostile", HOSTILE, 1)]
        during: dict[str, Told] = {role: Told() for role in ROLES}
        for _ in range(2):
            for (role, _first), told in ask_for(minutes / 2, server.port, crowds).items():
                during[role].add(told)
            memory.append(at_rest(server))
        after = ask_for(calm, server.port, [("good", GOOD, 1), ("good", HEAVY + HOSTILE, 101)])
        metrics = counted(server)
        processes = server.processes()
    left = [number for number in processes if runs(number)]
    yield "| asking | requests | p50 of 200 | p99 of 200 | outcomes |\n|---|--:|--:|--:|---|"
    yield from rows(f"{GOOD} good clients, beside {HEAVY + HOSTILE} more", before["good", 1])
    yield from rows(f"{GOOD} good clients, beside {HEAVY} heavy and {HOSTILE} hostile", during["good"])
    yield from rows(f"{HEAVY} heavy clients", during["heavy"])
    yield from rows(f"{HOSTILE} hostile clients", during["hostile"])
    yield from rows(f"{GOOD} good clients after that, beside {HEAVY + HOSTILE} more", after["good", 1])
    others = Counter()
    for told in (*before.values(), *during.values(), *after.values()):
        others += Counter({status: count for status, count in told.outcomes.items() if status[:3] == "500"})
    unforeseen = ", ".join(f"{status}: {count}" for status, count in others.items())
    yield f"\nStatus of 500 and more, other than 503 and 504: {unforeseen or 'none'}."
    yield (
        "\nMemory of all processes while nobody asked (PSS), before the heavy and hostile clients, in the middle and at "
        f"the end: {', '.join(f'{one:.0f} MB' for one in memory)}."
    )
    yield f"\nThe server counted: {metrics}."
    yield f"\nProcesses of the server that were left when it had been told to stop: {len(left)}."


def counted(server: Server) -> str:
    """Refusals by code, and what the cache found, from the metrics."""
    connection = server.connect()
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    wanted = ("kg_refusals_total", "kg_cache_replies", "kg_cache_answers", "kg_workers")
    return "; ".join(f"`{line}`" for line in lines if line.startswith(wanted))


def main() -> None:
    """Soak, print the report and write it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=5.0)
    arguments.add_argument("--gigabyte", type=float, default=1.0, help="size of the large answer; 0 for none")
    arguments.add_argument("--out", type=Path, default=RESULTS)
    chosen = arguments.parse_args()
    lines = [
        "# A soak\n",
        f"`python benchmarks/soak.py --minutes {chosen.minutes:g}` on {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, over the real graph; the clients run on the same "
        f"machine. Each waits {PAUSE * 1000:.0f} ms between two questions; half of the good questions are competency "
        "queries, half are small ones that were never asked before. The cache has room for "
        f"{CACHE / 1e6:g} MB, which the clients fill before memory is first looked at.\n",
    ]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        seconds(python("-m", "kg", "build"), environment(state))
        lines += soak(state, chosen.minutes)
        if chosen.gigabyte:
            lines += ["\n## A large answer\n", gigabyte(state, chosen.gigabyte)]
    text = "\n".join(lines) + "\n"
    print(text)
    chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
