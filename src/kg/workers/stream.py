"""An answer too large to be held: its pieces are passed on as the worker sends them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from kg.errors import DeadlineExceeded
from kg.workers import wire
from kg.workers.lease import Lease


class Stream(Iterator[bytes]):
    """The pieces of an answer after its first one. Whoever does not read them to their end calls ``close``."""

    def __init__(self, lease: Lease, lasting: float) -> None:
        """``lasting`` is how many seconds it may take, with the time between two pieces."""
        self._lease: Lease | None = lease
        self._lasting = lasting
        self._until = time.monotonic() + lasting

    def __next__(self) -> bytes:
        """The next piece. Raises, where the answer cannot be finished, what ``Pool.answer`` raises."""
        if self._lease is None:
            raise StopIteration
        try:
            if time.monotonic() > self._until:
                raise DeadlineExceeded(
                    f"The answer was not read to its end within {self._lasting:g} seconds.",
                    remedy="Read it faster, or ask for less at once.",
                )
            header, piece = self._lease.next()
            if "error" in header:
                raise wire.to_error(header)
        except BaseException:
            self.close()
            raise
        if "more" not in header:
            self.close()
        return piece

    def close(self) -> None:
        """End the worker, unless that has been done."""
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.end(healthy=False)

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()
