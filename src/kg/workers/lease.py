"""A worker lent for one request: asking it, looking after it while it works, and giving it back or ending it."""

from __future__ import annotations

import time
from collections.abc import Callable

from kg.errors import Busy, DeadlineExceeded, Exhausted, KgError, SnapshotError, WorkerLost
from kg.workers import wire
from kg.workers.client import has_left
from kg.workers.keeper import Keeper, Worker
from kg.workers.lanes import TICK, Lanes, abandoned, stopping
from kg.workers.wire import Header

#: Seconds after which a request leaves the quick lane; and if others wait and the slow one has room.
QUICK = 1.0
_HURRIED = 0.25
#: Seconds that a worker has beyond the deadline of a stream, which it keeps itself.
_GRACE = 1.0


class Lease:
    """One worker for one request. Whoever has it calls ``end``, whatever happens."""

    def __init__(
        self, keeper: Keeper, lanes: Lanes, kind: str, deadline: float, worked: Callable[[str, float], None]
    ) -> None:
        """``kind`` is what is asked for, ``deadline`` in seconds of the engine's time; ``worked`` is told at the end
        what it was and how many seconds it took. The worker is one to be taken."""
        self._keeper, self._lanes = keeper, lanes
        self._kind, self._deadline, self._worked = kind, deadline, worked
        self._slow = self._ended = self._begun = self._at_once = False
        #: Seconds for which the worker was waited for, and since when it is, of the monotonic clock.
        self.spent = 0.0
        self._since: float | None = None

    def take(self) -> None:
        """Take a free worker, or wait for one. Raises Busy, Abandoned, WorkerLost and SnapshotError."""
        worker = self._lanes.take()
        if worker is None:
            try:
                worker = self._keeper.fork()
            except BaseException:
                self._lanes.put(None)
                raise
        if worker is None:
            raise stopping()
        self._lanes.lend(worker)
        self._worker: Worker = worker

    def take_now(self) -> bool:
        """Take a free worker; False if that means waiting."""
        worker = self._lanes.take_now()
        if worker is not None:
            self._worker, self._at_once = worker, True
        return worker is not None

    @property
    def channel(self) -> wire.Channel:
        """The channel to the worker."""
        return self._worker.channel

    def send(self, request: Header, content: bytes) -> None:
        """Send the request. Raises WorkerLost, Busy."""
        try:
            self._worker.channel.send(request, content)
        except wire.Closed:
            raise self._lost() from None
        self._since = time.monotonic()

    def next(self) -> tuple[Header, bytes]:
        """The next message of the worker. Raises DeadlineExceeded, WorkerLost, Busy, Abandoned."""
        channel, began = self._worker.channel, self._since or time.monotonic()
        self._since = None
        until = began + self._deadline - self.spent
        try:
            while not channel.ready(min(TICK, until - time.monotonic())):
                self._look_after(time.monotonic() - began, until)
            header, body = channel.receive(until + _GRACE)
            self._begun = True
            return header, body
        except TimeoutError:
            raise self._late() from None
        except wire.Closed:
            raise self._late() if self.spent + time.monotonic() - began > self._deadline else self._lost() from None
        finally:
            self.spent += time.monotonic() - began

    def slow_down(self) -> None:
        """Leave the quick lane, if this request still is on it. Raises Busy if the slow one is full."""
        if not (self._slow or self._leave()):
            raise Busy(
                f"So many long queries are running that this {self._kind} was ended, since it is one itself.",
                remedy="Try again in a minute, or narrow it down.",
            )

    def end(self, healthy: bool) -> None:
        """Give the worker back, or end it: unless it is healthy, if it is slow, or if others have more prepared.

        A healthy one that was taken by ``take_now`` is given back in any case, since to replace it may take long: the
        next who may wait does that. Nor does anybody wait for what the owner prepares: it replaces the worker after that.
        """
        if self._ended:
            return
        self._ended = True
        worker = self._worker
        self._lanes.forget(worker)
        if self._slow:
            worker.end()
            self._keeper.ended(worker)
            self._lanes.slow_ended()
        elif healthy and (
            self._at_once or self._keeper.is_preparing or worker.generation == self._keeper.generation
        ):
            self._lanes.put(worker)
        else:
            self._lanes.put(self.renewed(self._keeper, worker))
        self._worked(self._kind, self.spent)

    @staticmethod
    def renewed(keeper: Keeper, worker: Worker) -> Worker | None:
        """A new worker in place of one that is ended; None if there cannot be one now, to be tried again later."""
        worker.end()
        try:
            return keeper.fork(worker)
        except (WorkerLost, SnapshotError):
            return None

    def _leave(self) -> bool:
        """Leave the quick lane; False if the slow one is full."""
        if not self._lanes.slow_down():
            return False
        self._slow = True
        self._worker.slow_down()
        self._lanes.put(self._fork())
        return True

    def _fork(self) -> Worker | None:
        try:
            return self._keeper.fork()
        except (WorkerLost, SnapshotError):
            return None

    def _look_after(self, passed: float, until: float) -> None:
        """Called while the worker is at it, each ``TICK``."""
        if has_left.get()():
            raise abandoned()
        if time.monotonic() >= until:
            raise self._late()
        if not self._slow and self.spent + passed >= QUICK:
            self.slow_down()
        elif not self._slow and self._lanes.crowded and self.spent + passed >= _HURRIED:
            # It has not taken long: where another was quicker to take the room, it stays.
            self._leave()

    def _late(self) -> KgError:
        return DeadlineExceeded(
            f"The {self._kind} was ended after {self._deadline:g} seconds.", remedy=wire.smaller(self._kind)
        )

    def _lost(self) -> KgError:
        if self._lanes.closed:
            return stopping()
        # A stream's deadline is kept by the worker itself, which is the only one to know its engine's time.
        why = "without an answer, most likely for want of memory"
        if self._begun:
            why = f"at its deadline of {self._deadline:g} seconds, or for want of memory"
        return Exhausted(
            f"The process answering the {self._kind} ended {why}.",
            remedy=wire.smaller(self._kind),
        )
