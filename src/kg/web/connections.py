"""The connections of the HTTP server: nobody keeps one, a thread or a worker by being slow or by doing nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import Error

from kg.web.early import EARLY, PATIENCE, Early, Waiting
from kg.web.front import Later
from kg.web.pace import Pace
from kg.web.task import Task
from kg.workers.client import has_left
from kg.workers.pool import WAIT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Methods of requests that may be answered without waiting.
_AT_ONCE = ("GET", "HEAD")
#: Bytes of its headers, since to read a long list of what is accepted takes seconds.
_HEADERS = 2_000
#: Connections held at once; for a new one the one that has been idle longest is closed.
CONNECTIONS = 200
#: Seconds in which a request must have come whole.
_RECEIVING = 120.0
#: Seconds in which a client must have read something of its answer.
_READING = 30.0
#: Seconds between looks at whether the server is stopping.
_TICK = 1.0


class Late(Error):
    """A request that waited so long for a thread that it is not answered any more."""

    code = 503
    reason = "Service Unavailable"


class Parser(HTTPRequestParser):
    """The reading of one request."""

    #: Set once the application has been asked for an answer.
    early: Early | None = None

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError also if the length of the body is told in two ways: whoever passed the
        request on may have gone by the other one (RFC 9112, section 6.3)."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding in one request")
        if not self.chunked and not self.content_length:
            # There is nothing to wait for (RFC 9110, section 10.1.1).
            self.expect_continue = False


class Channel(HTTPChannel):
    """A connection."""

    parser_class = Parser
    task_class = Task
    error_task_class = ErrorTask
    #: What is to be sent at once, while it is gathered.
    held: list[bytes] | None = None
    #: While something is read from the client; and whether a request has come whole with it.
    comes = has_come = False
    #: Of the monotonic clock: when it last became idle, when the request that is coming began, and when the one that
    #: waits for a thread began to wait.
    idle_since = coming_since = waiting_since = 0.0
    #: Bytes that have been sent.
    sent = 0

    def __init__(self, server: Server, *arguments: Any, **named: Any) -> None:
        """A new connection of a server; the other arguments are those of waitress."""
        super().__init__(server, *arguments, **named)
        self.idle_since = time.monotonic()
        self._pace = Pace()
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
        self.comes = True
        try:
            return super().received(data)
        finally:
            self.comes = False
            if self.has_come:
                self.has_come = False
                self._begin()

    def _begin(self) -> None:
        """Ask the application for an answer to a request that has come; in a thread if it cannot be had now."""
        request = self.requests[0]
        # What waitress refuses has no query and no command.
        if request.error or not self.server.asks_at_once or request.command not in _AT_ONCE or _has_long_head(request):
            self.leave()
            return
        environ = self.task_class(self, request).get_environment()
        try:
            request.early = Early(self.server.app, environ, self.has_left)
        except Later:
            self.leave()
        else:
            self.server.waiting.add(self, request.early)

    def answer(self) -> None:
        """Answer the first request in this thread; one whose client has left is cleared away in another."""
        if self.connected:
            self.service()
        else:
            self.leave()

    def leave(self) -> None:
        """Have a thread answer the first request.

        One that has a worker gets a thread of its own: those that there are may all be waiting for that worker. There
        are never more of them than workers.
        """
        early = self.requests[0].early
        if early:
            early.leave()
        if _is_under_way(early):
            threading.Thread(target=self.service, name="answer", daemon=True).start()
        else:
            self.server.task_dispatcher.add_task(self)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the system takes of something; how many bytes."""
        sent: int = super().send(data, do_close=do_close)
        self.sent += sent
        return sent

    def write_soon(self, data: bytes) -> int:
        """Send something, from the thread that answers. Raises ClientDisconnected."""
        if self.held is None:
            return super().write_soon(data)
        self.held.append(data)
        return len(data)

    def service(self) -> None:
        """Answer one request, in a thread."""
        request = self.requests[0]
        # What a worker was asked is finished: it may have the answer.
        if not (request.error or _is_under_way(request.early)) and time.monotonic() - self.waiting_since > WAIT:
            request.error = Late("")
        has_left.set(self.has_left)
        super().service()
        if request.early:
            request.early.close()
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
                if self.is_too_slow():
                    self.will_close = True
                    raise ClientDisconnected

    def is_too_slow(self) -> bool:
        """True if the client has read too little of what it was sent for some time."""
        return self._pace.is_too_slow(self.sent, self.total_outbufs_len, time.monotonic())

    @property
    def is_idle(self) -> bool:
        """True if no request is worked on and everything has been sent."""
        return not (self.requests or self.total_outbufs_len)


class Server(TcpWSGIServer):
    """The server of a listening socket."""

    channel_class = Channel
    #: True if the application can be asked in the thread that reads, and then waits for nothing (``kg.web.front.NOW``).
    asks_at_once = False

    def __init__(self, app: WSGIApplication, *arguments: Any, **named: Any) -> None:
        """A server of an application; the other arguments are those of waitress."""
        self.app = app
        self._reader = 0
        self._ended = False
        super().__init__(self._resumed, *arguments, **named)
        self.waiting = Waiting(self._map)

    def run(self) -> None:
        """Serve until ``end`` is called."""
        self._reader = threading.get_ident()
        try:
            while self._map and not self._ended:
                timeout = PATIENCE if self.waiting else self.adj.asyncore_loop_timeout
                self.asyncore.loop(timeout, self.adj.asyncore_use_poll, self._map, 1)
                if self.waiting:
                    self.waiting.look()
        finally:
            self.task_dispatcher.shutdown()

    def end(self) -> None:
        """Have ``run`` return soon. Called in another thread than it."""
        self._ended = True
        super().pull_trigger()

    def add_task(self, channel: Channel) -> None:
        """Have the first request of a connection answered."""
        if channel.comes and threading.get_ident() == self._reader:
            channel.has_come = True
        else:
            super().add_task(channel)

    def pull_trigger(self) -> None:
        """Have all connections looked at now, which the thread that reads from them does anyway."""
        if threading.get_ident() != self._reader:
            super().pull_trigger()

    def _resumed(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        early = environ.get(EARLY)
        return early.resume(start_response) if early else self.app(environ, start_response)

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
        """Close connections that nothing has happened on: no request for a while, or nothing or little read of an
        answer."""
        super().maintenance(now)
        for channel in tuple(self.active_channels.values()):
            if channel.requests:
                continue
            is_slow = channel.is_too_slow()
            if is_slow or (channel.total_outbufs_len and channel.last_activity < now - _READING):
                # Who reads nothing will never be written to, and would be told to close only then.
                channel.handle_close()


def _is_under_way(early: Early | None) -> bool:
    """True if a request is answered already, or a worker is at it."""
    return early is not None and (early.begun is None or early.begun.is_asked)


def _has_long_head(request: Parser) -> bool:
    return request.header_bytes_received - len(request.query or "") > _HEADERS
