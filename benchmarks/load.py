"""How the benchmarks put a server under load: by wrk where it is installed, else by threads of our own."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import ROOT, percentiles

JSON = "application/sparql-results+json"
#: Seconds for which an answer is waited for.
PATIENCE = 120
#: Of the time of all processors, how much others may take for the machine to count as quiet.
_QUIET = 0.25


@dataclass(frozen=True)
class Load:
    """What a server did: answers, answers a second, milliseconds of the 50th and the 99th percentile, and failures."""

    answers: int
    throughput: float
    p50: float
    p99: float
    failed: int


def by_wrk() -> bool:
    """True if wrk is installed."""
    return shutil.which("wrk") is not None


def load(port: int, paths: Sequence[str], seconds: float, connections: int, unique: bool = False) -> Load:
    """Ask for the paths in turn over so many connections at once, for so many seconds.

    With ``unique`` each path gets a number at its end that no other request has, so that no cache knows it.
    """
    return (_wrk if by_wrk() else _threads)(port, paths, seconds, connections, unique)


def _wrk(port: int, paths: Sequence[str], seconds: float, connections: int, unique: bool) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{path}\n" for path in paths))
        file.flush()
        environment = os.environ | {"PATHS": file.name} | ({"UNIQUE": secrets.token_hex(8)} if unique else {})
        command = [
            "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{max(1, round(seconds))}s",
            "--timeout", f"{PATIENCE}s", "--script", str(ROOT / "benchmarks" / "load.lua"), "--latency",
            f"http://127.0.0.1:{port}",
        ]  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return Load(told["requests"], told["requests"] / told["seconds"], told["p50"], told["p99"], told["failed"])


def _threads(port: int, paths: Sequence[str], seconds: float, connections: int, unique: bool) -> Load:
    times: list[float] = []
    failed: list[int] = []
    mark, numbers, until = secrets.token_hex(8), itertools.count(), time.perf_counter() + seconds

    def ask(turn: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        for path in itertools.islice(itertools.cycle(paths), turn, None):
            start = time.perf_counter()
            if start > until:
                return
            connection.request("GET", path + (f"{mark}-{next(numbers)}" if unique else ""), headers={"Accept": JSON})
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - start) * 1000)
            if answer.status >= 300:
                failed.append(answer.status)

    threads = [threading.Thread(target=ask, args=(turn * 7919 % len(paths),)) for turn in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) < 2:
        return Load(len(times), 0.0, 0.0, 0.0, len(failed))
    return Load(len(times), len(times) / (time.perf_counter() - start), *percentiles(times), len(failed))


def wait_for_quiet(patience: float) -> float:
    """Wait until nobody else keeps the processors busy, for at most ``patience`` seconds; how busy they are, from 0 to 1.

    Where the system does not tell, it counts as quiet.
    """
    until = time.monotonic() + patience
    while True:
        before = _jiffies()
        time.sleep(1.0)
        after = _jiffies()
        passed = after[0] - before[0]
        busy = (after[1] - before[1]) / passed if passed else 0.0
        if busy < _QUIET or time.monotonic() > until:
            return busy


def _jiffies() -> tuple[int, int]:
    """The time of all processors since the system began, and how much of it was spent on anything."""
    try:
        numbers = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return 0, 0
    return sum(numbers), sum(numbers) - numbers[3] - numbers[4]
