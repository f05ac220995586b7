"""Queries run in processes that can be killed: a pool of warm workers, each replaced when it runs too long or dies.

The web process never holds the store and never forks: it starts the owner (``kg.workers.owner``), is handed one
channel per worker, and talks to the workers directly.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import kg
from kg.engine import current
from kg.errors import Busy, DeadlineExceeded, SnapshotError, WorkerLost
from kg.model import Query, Snapshot
from kg.workers import wire
from kg.workers.wire import CONFORMS, Limits

#: Seconds for the owner to load a snapshot and for a worker to be forked, before the start counts as failed.
_START = 120.0
_FORK = 10.0
#: Seconds a request waits for a free worker.
_WAIT = 5.0
#: Seconds for the owner to end by itself.
_END = 2.0


def _stopping() -> Busy:
    return Busy("The server is stopping.", remedy="Try again when it is back.")


@dataclass
class _Worker:
    """A forked process and the channel to it."""

    process: int
    channel: socket.socket


class Pool:
    """Warm workers over one snapshot. Safe to use from several threads.

    It is the one that is current when the pool starts, also if the owner has to be started again later: pages and
    answers of one server agree with one another.
    """

    def __init__(self, state: Path, size: int = 2, limits: Limits | None = None, wait: float = _WAIT) -> None:
        """Start the owner and ``size`` workers. Raises SnapshotError if there is no snapshot to load."""
        self._folder = current(state)
        self._limits = limits or Limits()
        self._wait = wait
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._closed = False
        self.snapshot = self._start()
        try:
            for _ in range(size):
                self._idle.put(self._fork())
        except BaseException:
            self.close()
            raise

    def answer(self, query: Query, format: str, most: int | None = None) -> bytes:
        """The results of a query, written in the format of this short name (``kg.sparql.negotiate``).

        They have at most ``most`` bytes, if that is less than the limit of the pool.

        Raises QueryError and NotAcceptable as the engine does, Busy if no worker is free in time or the pool is closed
        meanwhile, DeadlineExceeded if the query takes longer than it may, WorkerLost if its worker ends (for one, because
        it wants more memory than it may have); in the last two cases the worker is replaced.
        """
        return self._run({"query": wire.from_query(query), "format": format, "most": most})

    def explain(self, terms: tuple[str, str, str], format: str, language: str, most: int | None = None) -> bytes:
        """The proof of a triple of the snapshot, given by terms as in Turtle, with its words in a language.

        ``format`` is one of ``kg.reasoning.explaining.FORMATS``. Raises NotFound if the triple is neither stated nor
        follows, and else as ``answer`` does.
        """
        return self._run({"explain": terms, "format": format, "language": language, "most": most})

    def check(self, path: str, content: bytes, format: str, language: str) -> tuple[bool, bytes]:
        """Whether a file, which is to stand at ``path``, conforms to the snapshot, and the report (``kg.forms``).

        Raises as ``answer`` does.
        """
        request = {"check": path, "format": format, "language": language, "most": None}
        body = self._run(request, content)
        return body[:1] == CONFORMS, body[1:]

    def _run(self, request: wire.Header, content: bytes = b"") -> bytes:
        """Have a worker answer a request, and replace it if it has ended or must be ended."""
        try:
            worker = self._idle.get(timeout=self._wait)
        except queue.Empty:
            raise Busy("The server is answering other queries.", remedy="Try again in a few seconds.") from None
        healthy = False
        try:
            worker = worker or self._fork()
            header, body = self._ask(worker, request, content)
            healthy = not header.pop("spent", False)
        finally:
            self._idle.put(worker if healthy else self._replaced(worker))
        if "error" in header:
            raise wire.to_error(header)
        return body

    def close(self) -> None:
        """End all workers and the owner. Later answers raise Busy."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker:
                    worker.channel.close()
        # The owner ends its workers, also those that are busy, when its channel is closed.
        self._control.close()
        try:
            self._owner.wait(_END)
        except subprocess.TimeoutExpired:
            self._owner.kill()
            self._owner.wait()

    def _ask(self, worker: _Worker, request: wire.Header, content: bytes) -> tuple[wire.Header, bytes]:
        until = time.monotonic() + self._limits.deadline
        try:
            worker.channel.settimeout(self._limits.deadline)
            wire.send(worker.channel, request, content)
            return wire.receive(worker.channel, until)
        except TimeoutError:
            raise DeadlineExceeded(
                f"The {wire.kind_of(request)} was ended after {self._limits.deadline:g} seconds.",
                remedy="Narrow it down: fewer patterns that match everything, a LIMIT, or smaller parts.",
            ) from None
        except wire.Closed:
            if self._closed:
                raise _stopping() from None
            raise WorkerLost(
                f"The process answering the {wire.kind_of(request)} ended without an answer, most likely for want of memory.",
                remedy="Ask for less at once: add LIMIT, or patterns that narrow it down.",
            ) from None

    def _replaced(self, worker: _Worker | None) -> _Worker | None:
        """A new worker in place of one that is to end; None if there cannot be one now, to be tried again later."""
        if worker:
            worker.channel.close()
            with contextlib.suppress(ProcessLookupError):
                # Until the owner has collected it, the number cannot belong to another process.
                os.kill(worker.process, signal.SIGKILL)
        if self._closed:
            return None
        try:
            return self._fork(ended=worker.process if worker else None)
        except (Busy, WorkerLost, SnapshotError):
            return None

    def _start(self) -> Snapshot:
        """Start the owner and wait for it to have the snapshot. Raises SnapshotError."""
        if not self._folder.is_dir():
            raise SnapshotError("The snapshot that was served is gone.", remedy="Start the server again.")
        self._control, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(self._folder), json.dumps(asdict(self._limits))]
        # -P: a file of the working folder must not stand in for a module.
        command = [sys.executable, "-P", "-m", "kg.workers.owner", *arguments]
        paths = [str(Path(kg.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._owner = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "RUST_BACKTRACE": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        try:
            header, _ = wire.receive(self._control, time.monotonic() + _START)
        except (wire.Closed, TimeoutError):
            self.close()
            raise SnapshotError("The store could not be loaded.", remedy="Run: kg build --force") from None
        if "error" in header:
            self.close()
            raise wire.to_error(header)
        return Snapshot(**header["snapshot"])

    def _fork(self, ended: int | None = None) -> _Worker:
        """A new worker; the owner first collects the one that has ended. Raises Busy, WorkerLost, SnapshotError."""
        with self._lock:
            if self._closed:
                raise _stopping()
            try:
                return self._order(ended)
            except (wire.Closed, TimeoutError, OSError):
                # The owner is gone (it may have been killed): the workers it left still answer; start another.
                self._control.close()
                self._owner.kill()
                self._owner.wait()
                self.snapshot = self._start()
                try:
                    return self._order(None)
                except (wire.Closed, TimeoutError, OSError):
                    raise WorkerLost("No process could be started for the query.") from None

    def _order(self, ended: int | None) -> _Worker:
        self._control.settimeout(_FORK)
        order: wire.Header = {"fork": True}
        wire.send(self._control, order if ended is None else {"end": ended, **order})
        message, descriptors, _, _ = socket.recv_fds(self._control, 8, 1)
        if not descriptors:
            raise wire.Closed
        return _Worker(int.from_bytes(message, "big"), socket.socket(fileno=descriptors[0]))
