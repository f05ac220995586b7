"""A pool of warm workers over one snapshot, each replaced when it runs too long or dies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.model import Answer, Query, Snapshot
from kg.workers import wire
from kg.workers.begun import Begun
from kg.workers.keeper import Keeper
from kg.workers.lanes import Lanes
from kg.workers.lease import Lease
from kg.workers.wire import CONFORMS, Limits

#: Seconds a request waits for a free worker, and how many may wait.
WAIT = 5.0
QUEUE = 100
#: Seconds after the start at which what only some requests need is made.
_PREPARE_AFTER = 1.0


class Pool:
    """Warm workers over one snapshot. Safe to use from several threads.

    It stays with it also if the owner has to be started again later: pages and answers of one pool agree with one
    another. ``worked`` is called after each piece of work, in the thread that asked for it, with what was asked for
    (``query``, ``explanation``, ``check``) and the seconds that it took.
    """

    def __init__(
        self,
        folder: Path,
        size: int = 2,
        limits: Limits | None = None,
        *,
        wait: float = WAIT,
        queue: int = QUEUE,
        slow: int = 4,
        prepare: bool = False,
        worked: Callable[[str, float], None] = lambda kind, seconds: None,
    ) -> None:
        """Start the owner and ``size`` workers over the snapshot in a folder (``kg.engine.current`` names the current).

        At most ``queue`` requests wait for one, for ``wait`` seconds; ``slow`` more processes are for requests that
        take long. ``prepare`` has the owner make what checks, explanations and forms need after the start, before they are
        asked for.
        Raises SnapshotError if the snapshot cannot be loaded.
        """
        self._limits = limits or Limits()
        self._lanes = Lanes(wait, queue, slow)
        self._keeper = Keeper(folder, self._limits)
        self.worked = worked
        try:
            for _ in range(size):
                self._lanes.put(self._keeper.fork())
        except BaseException:
            self.close()
            raise
        self._preparing = threading.Lock()
        if prepare:
            timer = threading.Timer(_PREPARE_AFTER, self._prepare)
            timer.daemon = True
            timer.start()

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers."""
        return self._keeper.snapshot

    def ask(
        self,
        query: Query,
        format: str,
        *,
        deadline: float | None = None,
        limit: int | None = None,
        most: int | None = None,
        streaming: bool = False,
    ) -> Answer:
        """The answer to a query, in the format of this short name, of at most ``limit`` rows or triples.

        ``deadline`` is how many seconds the engine may work for it; None leaves it to the pool. With ``streaming`` an
        answer that is large is given in pieces; else it has at most ``most`` bytes. Raises as ``answer`` does.
        """
        return self.begin(query, format, deadline=deadline, limit=limit, most=most, streaming=streaming).finish()

    def begin(
        self,
        query: Query,
        format: str,
        *,
        deadline: float | None = None,
        limit: int | None = None,
        most: int | None = None,
        streaming: bool = False,
    ) -> Begun:
        """The same question, not asked yet: for who has something else to do while a worker is at it."""
        request = {
            "query": wire.from_query(query), "format": format, "limit": limit, "most": most, "streaming": streaming,
            "deadline": deadline or self._limits.deadline,
        }  # fmt: skip
        return self._begun(request)

    def answer(self, query: Query, format: str, most: int | None = None) -> bytes:
        """The results of a query, written in the format of this short name (``kg.sparql.negotiate``).

        They have at most ``most`` bytes, if that is less than the limit of the pool.

        Raises QueryError and NotAcceptable as the engine does, Busy if no worker is free in time, if it takes long and
        too many do, or if the pool is closed meanwhile, DeadlineExceeded if the query takes longer than it may,
        WorkerLost if its worker ends (for one, because it wants more memory than it may have), Abandoned if the client has gone away
        (``kg.workers.client``); in the last cases the worker is replaced.
        """
        return self.ask(query, format, most=most).body

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

    def draft(self, wanted: str, asked: Mapping[str, object], language: str) -> bytes:
        """A form for what somebody proposes, or a part of one, as JSON (``kg.workers.drafter``).

        Raises RequestError and TooLarge on what no form sends, and else as ``answer`` does.
        """
        request = {"draft": wanted, "language": language, "most": None}
        return self._run(request, json.dumps(asked).encode("utf-8"))

    def ask_with_evidence(
        self, query: Query, format: str, *, deadline: float | None = None, limit: int | None = None
    ) -> Answer:
        """The answer to a SELECT with what is behind each row, as ``json`` or ``csv`` (``kg.workers.evidencer``).

        Raises as ``answer`` does, and QueryError for a query to which evidence cannot be given.
        """
        request = {"evidence": wire.from_query(query), "format": format, "limit": limit, "most": None}
        return self._ask({**request, "deadline": deadline or self._limits.deadline})

    def why_empty(self, query: Query, format: str, language: str, *, deadline: float | None = None) -> bytes:
        """Why a query has no answer, as ``json`` or ``text`` (``kg.workers.emptiness``). Raises as ``answer`` does."""
        request = {"empty": wire.from_query(query), "format": format, "language": language, "most": None}
        return self._ask({**request, "deadline": deadline or self._limits.deadline}).body

    def unknown_names(self, query: Query, *, deadline: float) -> bytes:
        """The names in a query that the graph does not have, as JSON (``kg.workers.naming``); none while no worker is free.

        ``deadline`` is in seconds. Raises as ``answer`` does.
        """
        if not self._lanes.figures()["free"]:
            return b"[]"
        return self._ask({"names": wire.from_query(query), "deadline": deadline, "most": None}).body

    def prepare_again(self) -> None:
        """Have what checks, explanations and forms need made in the owner now, in a thread, unless it is being made: what
        took a worker too long took it with it."""
        if not self._preparing.locked():
            threading.Thread(target=self._prepare, name="preparing", daemon=True).start()

    def figures(self) -> Mapping[str, int]:
        """How many workers are free, how many requests wait for one, and how many processes are slow."""
        return self._lanes.figures()

    def close(self) -> None:
        """End all workers and the owner. Later answers raise Busy."""
        self._lanes.close()
        self._keeper.close()

    def _run(self, request: wire.Header, content: bytes = b"") -> bytes:
        """Have a worker answer a request, whole."""
        return self._ask({"deadline": self._limits.deadline, **request}, content).body

    def _ask(self, request: wire.Header, content: bytes = b"") -> Answer:
        """Have a worker answer a request, and replace it if it has ended or must be ended."""
        return self._begun(request, content).finish()

    def _begun(self, request: wire.Header, content: bytes = b"") -> Begun:
        lease = Lease(self._keeper, self._lanes, wire.kind_of(request), request["deadline"], self.worked)
        return Begun(lease, request, content, self._limits.lasting)

    def _prepare(self) -> None:
        """Have what checks, explanations and forms need made, then renew the workers that do not have it."""
        with self._preparing:
            self._keeper.is_preparing = True
            try:
                for kind in wire.PREPARED:
                    if self._lanes.closed or not self._keeper.prepare(kind):
                        return
            finally:
                self._keeper.is_preparing = False
        while worker := self._lanes.take_stale(self._keeper.generation):
            self._lanes.put(Lease.renewed(self._keeper, worker))
