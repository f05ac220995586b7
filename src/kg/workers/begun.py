"""A question to a worker, asked in two steps, so that nobody has to wait in between."""

from __future__ import annotations

from contextlib import suppress

from kg.errors import KgError
from kg.model import Answer
from kg.workers import wire
from kg.workers.lease import Lease
from kg.workers.stream import Stream


class Begun:
    """A request to a worker. Whoever has it calls ``finish`` or ``drop``, in one thread after another."""

    def __init__(self, lease: Lease, request: wire.Header, content: bytes, lasting: float) -> None:
        """``lasting`` is how many seconds an answer that is streamed may take."""
        self._lease, self._request, self._content, self._lasting = lease, request, content, lasting
        #: True if a worker was asked.
        self.is_asked = False
        self._failed: KgError | None = None

    @property
    def descriptor(self) -> int:
        """Where the answer of the worker that was asked can be waited for."""
        return self._lease.channel.socket.fileno()

    def start(self) -> int | None:
        """Ask a worker, if one is free; ``descriptor``, or None if none is. Raises what ``finish`` raises then.

        Waits for nothing: a worker that cannot be asked is replaced by ``finish``.
        """
        if not self.is_asked:
            if not self._lease.take_now():
                return None
            self._send()
        return self.descriptor

    @property
    def is_here(self) -> bool:
        """True if the answer is there, whole, and nothing is wrong with it or with the worker: ``finish`` waits for
        nothing then."""
        header = self._lease.channel.arrived()
        return header is not None and not header.get("spent", True) and "error" not in header

    def finish(self) -> Answer:
        """The answer. Raises as ``Pool.answer`` does."""
        healthy = streams = False
        try:
            if self._failed:
                raise self._failed
            if not self.is_asked:
                self._lease.take()
                self._send()
            header, body = self._lease.next()
            if "more" in header:
                self._lease.slow_down()
                streams = True
                return Answer(body, Stream(self._lease, self._lasting), seconds=header["seconds"])
            healthy = not header["spent"]
        finally:
            if self.is_asked and not streams:
                self._lease.end(healthy)
        if "error" in header:
            raise wire.to_error(header)
        return Answer(body, None, header.get("rows"), header.get("truncated", False), header["seconds"])

    def drop(self) -> None:
        """Give the question up, if it was not answered."""
        if not self.is_asked:
            return
        if not self._failed and self.is_here:
            # The worker is as good as before.
            with suppress(KgError):
                self.finish()
        self._lease.end(False)

    def _send(self) -> None:
        self.is_asked = True
        try:
            self._lease.send(self._request, self._content)
        except KgError as error:
            self._failed = error
            raise
