"""How the benchmarks measure: processes, memory and requests."""

from __future__ import annotations

import http.client
import math
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
STARTING = 600.0


@dataclass(frozen=True)
class Question:
    """A query as it is sent: its name, its text and, where it uses ``?asOf``, a date."""

    name: str
    text: str
    as_of: str | None

    @property
    def path(self) -> str:
        """Path and parameters of the request."""
        return "/sparql?" + urlencode({"query": self.text} | ({"as-of": self.as_of} if self.as_of else {}))


def questions() -> list[Question]:
    """The competency queries, with the date their header proposes."""
    found = []
    for path in sorted((ROOT / "queries").glob("*.rq")):
        text = path.read_text("utf-8")
        dates = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("#+ as-of:")]
        found.append(Question(path.stem, text, dates[0] if dates else None))
    return found


def seconds(
    command: Sequence[str], environment: dict[str, str], accepted: Sequence[int] = (0,), patience: float = 120.0
) -> float:
    """How long a command runs; infinity if it is ended for running longer than ``patience``, in seconds.

    Raises RuntimeError with what it printed if its exit status is not an accepted one.
    """
    start = time.perf_counter()
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=patience)
    except subprocess.TimeoutExpired:
        return math.inf
    took = time.perf_counter() - start
    if done.returncode not in accepted:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr or done.stdout}")
    return took


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process on a free port, for a ``with`` statement; ``started`` is the time to its first right answer."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], first: Question) -> None:
        self.port = free_port()
        self._command = [word.replace("PORT", str(self.port)) for word in command]
        self._environment = environment
        self._first = first

    def __enter__(self) -> Server:
        start = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() - start > STARTING:
                self.__exit__()
                raise RuntimeError(f"{' '.join(self._command)} does not answer")
            time.sleep(0.005)
        self.started = time.perf_counter() - start
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

    def _answers(self) -> bool:
        try:
            return ask(self.connect(), self._first)[0] == 200
        except OSError:
            return False

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept open between requests."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def processes(self) -> list[int]:
        """The numbers of the process and all below it."""
        return _family(self._process.pid)

    def processor_time(self) -> float | None:
        """Seconds of processor time of the process and all below it, ended ones too; None without /proc."""
        try:
            return sum(_ticks(pid) for pid in self.processes()) / os.sysconf("SC_CLK_TCK")
        except OSError:
            return None

    def memory(self) -> float | None:
        """Megabytes of the process and all below it, shared pages divided among them (PSS); None without /proc."""
        try:
            return sum(_proportional_set_size(pid) for pid in self.processes()) / 1e6
        except OSError:
            return None


def ask(connection: http.client.HTTPConnection, question: Question) -> tuple[int, float]:
    """Status of the answer, and milliseconds until its last byte."""
    start = time.perf_counter()
    connection.request("GET", question.path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, (time.perf_counter() - start) * 1000


def send(connection: http.client.HTTPConnection, path: str, body: bytes, media_type: str) -> tuple[int, float]:
    """The same for a body that is posted."""
    start = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": media_type})
    answer = connection.getresponse()
    answer.read()
    return answer.status, (time.perf_counter() - start) * 1000


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile of at least two values."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[98]


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # It ended while we looked.
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _ticks(pid: int) -> int:
    """User and system time of a process, and of its children that have ended (proc(5), fields 14 to 17)."""
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except (FileNotFoundError, ProcessLookupError):
        return 0  # It ended while we looked; its parent has its time.


def _proportional_set_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def python(*arguments: str) -> list[str]:
    """A command that runs the Python of this environment."""
    return [sys.executable, *arguments]


def environment(state: Path) -> dict[str, str]:
    """The environment of the measured commands: only the settings that the benchmark itself gives."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return inherited | {"KG_REPOSITORY": str(ROOT), "KG_STATE": str(state), "PYTHONPATH": str(ROOT / "src")}
