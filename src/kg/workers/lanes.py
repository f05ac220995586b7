"""Who may use a worker now: two lanes, so that heavy queries never starve small ones.

A request begins on a quick worker. One that takes long leaves it to the others: its process becomes slow, another quick
one takes its place, and there are only so many slow ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from kg.errors import Abandoned, Busy
from kg.workers.client import has_left
from kg.workers.keeper import Worker

#: Seconds between looks at whether the client is still there.
TICK = 0.25
_LATER = "Try again in a few seconds."


def stopping() -> Busy:
    """The error for a request that comes while the pool ends."""
    return Busy("The server is stopping.", remedy="Try again when it is back.")


def abandoned() -> Abandoned:
    """The error that nobody reads any more."""
    return Abandoned("The client has gone away.")


class Lanes:
    """The free workers, the requests that wait for one, and the slow ones. Safe to use from several threads."""

    def __init__(self, wait: float, queue: int, slow: int) -> None:
        """At most ``queue`` requests wait for a worker, for ``wait`` seconds; at most ``slow`` processes are slow."""
        self._wait, self._queue, self._most_slow = wait, queue, slow
        self._change = threading.Condition()
        # None stands for a worker that could not be replaced when it ended.
        self._free: list[Worker | None] = []
        self._lent: set[Worker] = set()
        self._waiting = self._slow = 0
        self._closed = False

    def take(self) -> Worker | None:
        """A free worker, the one used last first. Raises Busy if none is free in time, Abandoned."""
        with self._change:
            if not self._free:
                self._await()
            if self._closed:
                raise stopping()
            worker = self._free.pop()
            if worker is not None:
                self._lent.add(worker)
            return worker

    def take_now(self) -> Worker | None:
        """A free worker; None if there is none, if it would have to be started first, or if others wait for one."""
        with self._change:
            worker = self._free[-1] if self._free else None
            if worker is None or self._waiting or self._closed:
                return None
            self._lent.add(worker)
            return self._free.pop()

    def lend(self, worker: Worker) -> None:
        """A worker is busy now, until it is free or ``forget`` is called."""
        with self._change:
            self._lent.add(worker)

    def forget(self, worker: Worker) -> None:
        """A worker that was busy has ended."""
        with self._change:
            self._lent.discard(worker)

    def put(self, worker: Worker | None) -> None:
        """A worker is free."""
        with self._change:
            self._lent.discard(worker)
            if not self._closed:
                self._free.append(worker)
                self._change.notify()
                return
        if worker is not None:
            worker.end()

    def take_stale(self, generation: int) -> Worker | None:
        """A free worker forked before this generation; None if there is none."""
        with self._change:
            for number, worker in enumerate(self._free):
                if worker is not None and worker.generation < generation:
                    return self._free.pop(number)
            return None

    @property
    def crowded(self) -> bool:
        """True if a request waits for a worker."""
        return self._waiting > 0

    @property
    def closed(self) -> bool:
        """True if nobody can have a worker any more."""
        return self._closed

    def slow_down(self) -> bool:
        """Count one more slow process; False if there are as many as there may be."""
        with self._change:
            if self._slow >= self._most_slow:
                return False
            self._slow += 1
            return True

    def slow_ended(self) -> None:
        """A slow process has ended."""
        with self._change:
            self._slow -= 1

    def close(self) -> None:
        """End all workers, and let nobody have one any more."""
        with self._change:
            self._closed = True
            for worker in self._lent:
                # Its channel is closed by who reads from it.
                worker.kill()
            for worker in filter(None, self._free):
                worker.end()
            self._free = []
            self._change.notify_all()

    def figures(self) -> Mapping[str, int]:
        """How many workers are free, how many requests wait for one, and how many processes are slow."""
        with self._change:
            return {"free": len(self._free), "waiting": self._waiting, "slow": self._slow}

    def _await(self) -> None:
        if self._waiting >= self._queue:
            raise Busy("Too many requests are waiting to be answered.", remedy=_LATER)
        until = time.monotonic() + self._wait
        self._waiting += 1
        try:
            while not (self._free or self._closed):
                left = until - time.monotonic()
                if left <= 0:
                    raise Busy("The server is answering other queries.", remedy=_LATER)
                self._change.wait(min(left, TICK))
                if has_left.get()():
                    raise abandoned()
        finally:
            self._waiting -= 1
