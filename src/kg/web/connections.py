"""The connections of the HTTP server: nobody keeps one, a thread or a worker by being slow or by doing nothing."""

from __future__ import annotations

import socket
import time
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from kg.workers.client import has_left
from kg.workers.pool import WAIT

#: Connections held at once; for a new one the one that has been idle longest is closed.
CONNECTIONS = 200
#: Seconds in which a request must have come whole.
_RECEIVING = 120.0
#: Seconds in which a client must have read something of its answer.
_READING = 30.0
#: Seconds between looks at whether the server is stopping.
_TICK = 1.0
#: Bytes of a body that are sent together with the headers.
_TOGETHER = 65_536


class Late(Error):
    """A request that waited so long for a thread that it is not answered any more."""

    code = 503
    reason = "Service Unavailable"


class Parser(HTTPRequestParser):
    """The reading of one request."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError also if the length of the body is told in two ways: whoever passed the
        request on may have gone by the other one (RFC 9112, section 6.3)."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding in one request")


class Task(WSGITask):
    """The answering of one request."""

    def write(self, data: bytes) -> None:
        """Send a piece of the body; the headers go with the first one, so that the client is not woken twice."""
        if self.wrote_header or not 0 < len(data) < _TOGETHER:
            super().write(data)
            return
        self.channel.held = []
        try:
            super().write(data)
        finally:
            held, self.channel.held = self.channel.held, None
        self.channel.write_soon(b"".join(held))


class Channel(HTTPChannel):
    """A connection."""

    parser_class = Parser
    task_class = Task
    error_task_class = ErrorTask
    #: What is to be sent at once, while it is gathered.
    held: list[bytes] | None = None
    #: Of the monotonic clock: when it last became idle, when the request that is coming began, and when the one that
    #: waits for a thread began to wait.
    idle_since = coming_since = waiting_since = 0.0

    def __init__(self, server: Server, *arguments: Any, **named: Any) -> None:
        """A new connection of a server; the other arguments are those of waitress."""
        super().__init__(server, *arguments, **named)
        self.idle_since = time.monotonic()
        server.make_room(self)

    def received(self, data: bytes) -> bool:
        """Take what the client sends; give up a client that sends too slowly."""
        now = time.monotonic()
        if self.request is None:
            self.coming_since = now
        elif now - self.coming_since > _RECEIVING:
            self.will_close = True
            return False
        if not self.requests:
            self.waiting_since = now
        return super().received(data)

    def write_soon(self, data: bytes) -> int:
        """Send something, from the thread that answers. Raises ClientDisconnected."""
        if self.held is None:
            return super().write_soon(data)
        self.held.append(data)
        return len(data)

    def service(self) -> None:
        """Answer one request, in a thread."""
        request = self.requests[0]
        if request.error is None and time.monotonic() - self.waiting_since > WAIT:
            request.error = Late("")
        has_left.set(self.has_left)
        super().service()
        self.idle_since = self.waiting_since = time.monotonic()

    def has_left(self) -> bool:
        """True if the client has closed the connection. Nobody else reads from it while a request is answered.

        Waitress would find out by reading ahead, which costs each request half a millisecond.
        """
        try:
            return self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Wait until the client has read enough of what it was sent. Raises ClientDisconnected if it does not."""
        with self.outbuf_lock:
            left, since = self.total_outbufs_len, time.monotonic()
            while self.connected and self.total_outbufs_len > self.adj.outbuf_high_watermark:
                self.server.pull_trigger()
                self.outbuf_lock.wait(_TICK)
                if self.total_outbufs_len < left:
                    left, since = self.total_outbufs_len, time.monotonic()
                elif time.monotonic() - since > _READING or self.server.stopping:
                    self.will_close = True
                    raise ClientDisconnected

    @property
    def is_idle(self) -> bool:
        """True if no request is worked on and everything has been sent."""
        return not (self.requests or self.total_outbufs_len)


class Server(TcpWSGIServer):
    """The server of a listening socket."""

    channel_class = Channel

    @property
    def stopping(self) -> bool:
        """True if the threads have been told to end."""
        return self.task_dispatcher.stop_count > 0

    def make_room(self, newcomer: Channel) -> None:
        """Close the connection that has been idle longest, if there are too many with the new one."""
        if len(self.active_channels) > CONNECTIONS:
            idle = [one for one in self.active_channels.values() if one.is_idle and one is not newcomer]
            if idle:
                min(idle, key=lambda channel: channel.idle_since).will_close = True

    def maintenance(self, now: float) -> None:
        """Close connections that nothing has happened on: no request for a while, or nothing read of an answer."""
        super().maintenance(now)
        for channel in tuple(self.active_channels.values()):
            if not channel.requests and channel.total_outbufs_len and channel.last_activity < now - _READING:
                channel.will_close = True
