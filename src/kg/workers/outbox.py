"""What a worker writes an answer to: held until it is complete or too large for that, and then sent piece by piece."""

from __future__ import annotations

import signal
import time

from kg.sparql.results import too_large
from kg.workers.wire import Channel, Limits

#: Bytes of a piece of an answer that is streamed.
_PIECE = 256_000


class Clock:
    """The engine's own time: it stops while the client is waited for. At the deadline the system ends this process."""

    def __init__(self, deadline: float, grace: float) -> None:
        """``deadline`` is in seconds; the system waits ``grace`` longer, for others to end the process before that."""
        self._left = deadline + grace
        self._grace = grace
        self._since = 0.0
        self.spent = 0.0

    def start(self) -> None:
        """Go, or go on."""
        self._since = time.monotonic()
        # The default action ends the process even while the engine runs.
        signal.setitimer(signal.ITIMER_REAL, max(self._left, 0.001))

    def keep_deadline(self) -> None:
        """From now on nobody else knows the engine's time: do without the grace."""
        self._left, self._grace = self._left - self._grace, 0.0

    def stop(self) -> None:
        """Stop, until it is started again or for good."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        passed = time.monotonic() - self._since
        self.spent += passed
        self._left -= passed


class Outbox:
    """A file for one answer. What it holds at the end is the answer, or if ``started``, the last of its pieces."""

    def __init__(self, channel: Channel, clock: Clock, limits: Limits, most: int | None, streaming: bool) -> None:
        """``most`` is the most bytes of an answer that is not streamed, if that is less than what the limits say."""
        self._channel, self._clock = channel, clock
        self._streaming = streaming
        self._most = limits.stream if streaming else min(limits.answer, most or limits.answer)
        self._send_at = limits.whole
        self._size = self._held = 0
        self._pieces: list[bytes] = []
        self.started = False

    def write(self, data: bytes) -> int:
        """Take the next bytes. Raises QueryError if the answer becomes too large, Closed if nobody reads any more."""
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._most)
        self._pieces.append(bytes(data))
        self._held += len(data)
        if self._streaming and self._held > self._send_at:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Nothing is sent before it is worth it."""

    def rest(self) -> bytes:
        """What has not been sent."""
        held, self._pieces, self._held = b"".join(self._pieces), [], 0
        return held

    def _send(self) -> None:
        self._clock.stop()
        self._channel.send({"more": True, "seconds": self._clock.spent}, self.rest())
        self.started, self._send_at = True, _PIECE
        self._clock.keep_deadline()
        self._clock.start()
