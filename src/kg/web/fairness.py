"""Fair use at the door: whoever has had more than a share of the workers' time is told when to come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Collection

from kg.errors import Overdrawn
from kg.fairuse import PERIOD, Accounts
from kg.web.forwarded import client
from kg.web.front import Record


#: Seconds of the web process's own work that a request has for nothing: what any takes.
_FREE = 0.02


class FairUse:
    """The budgets of the clients of one server. Safe to use from several threads."""

    def __init__(self, budget: float, free: Collection[str] = ()) -> None:
        """``budget`` is in seconds of work a minute, 0 for no limit; ``free`` are names of views that cost nothing."""
        self._budget, self._free = budget, frozenset(free)
        self._accounts = Accounts(budget)
        # Of one thread several times, as that of ``kg.workers.keeper``: the end of a stream is charged, too.
        self._lock = threading.RLock()

    def admit(self, view: str | None) -> None:
        """Raise Overdrawn (429) if the client of this request has used up its budget and wants more."""
        if not self._budget or view is None or view in self._free:
            return
        with self._lock:
            wait = self._accounts.wait(client.get(), time.monotonic())
        if wait:
            raise Overdrawn(
                f"Your requests have taken more than the {self._budget:g} seconds of work that a client has in "
                f"{PERIOD:g} seconds.",
                remedy=f"Ask again in {math.ceil(wait)} seconds, or build the graph on your own machine.",
                retry_after=math.ceil(wait),
            )

    def charge(self, seconds: float) -> None:
        """Take what a worker spent, in seconds, from the client of this request."""
        with self._lock:
            self._accounts.charge(client.get(), seconds, time.monotonic())

    def ended(self, record: Record) -> None:
        """Take what a request that ends has cost the process that answers everybody: a page of many rows, say."""
        over = record["worked"] - _FREE
        if over > 0:
            self.charge(over)
