"""The relay: a server on the loopback address that asks other services for the engine, which itself asks nobody else.

Each query gets a ticket: addresses that nobody can guess, one for each of its SERVICE clauses, good for as long as it runs.
With the ticket everything ends that is under way for it. What became of asking is kept with it, so that a service that does
not answer is never taken for one that knows of nothing.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType

from kg.errors import NO_ANSWER, Busy, ServiceError, ServiceLate
from kg.model import Asked
from kg.remote.asking import Asking, Failed, Resolve, resolve
from kg.remote.rows import MEDIA_TYPES
from kg.services import Service
from kg.sparql.federation import Clause

#: Queries that may ask others at the same time (fewer than may be slow, ``KG_SLOW_WORKERS``), requests to one service at
#: the same time, and requests of one query.
QUERIES, AT_ONCE, REQUESTS = 3, 2, 12
#: The part of a query's time that its services have: the rest is for joining, and for telling who was late.
_SHARE = 0.85
#: The longest question that is passed on, in bytes; seconds in which it must come; connections at the same time.
_QUESTION, _COMING, _CONNECTIONS = 400_000, 10.0, 32
#: Seconds between looks at whether the relay is to end.
_LOOK = 0.1


class Relay:
    """Asks services, and nobody else. Safe to use from several threads."""

    def __init__(
        self, services: Mapping[str, Service], agent: str, *, resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None, told: Callable[[Asked], None] = lambda asked: None,
    ) -> None:  # fmt: skip
        """Listen on a free port of the loopback address until ``close``.

        ``agent`` says to the services who asks; ``told`` is called after each request to one.
        """
        self.services = services
        self.told = told
        self._asking = Asking(agent, resolve, trust or _trust(services))
        self._tickets: dict[str, Ticket] = {}
        self._turns = {iri: threading.BoundedSemaphore(AT_ONCE) for iri in services}
        self._quiet: dict[str, float] = {}
        self._lock = threading.Lock()
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(_LOOK,), name="relay", daemon=True).start()

    def ticket(self, clauses: Sequence[Clause], seconds: float, base: str | None = None) -> Ticket:
        """What a query needs to ask the services of these clauses, for so many seconds; to be used in ``with``.

        ``base`` is that of a query which declares none, and no business of a service: it is where we are asked.
        Raises Busy if as many queries ask others as may.
        """
        with self._lock:
            if len(self._tickets) >= QUERIES:
                raise Busy("As many queries as may be are asking other services.", remedy="Try again in a few seconds.")
            ticket = Ticket(self, clauses, seconds, base)
            self._tickets[ticket.secret] = ticket
        return ticket

    def close(self) -> None:
        """Ask nobody any more."""
        for ticket in tuple(self._tickets.values()):
            ticket.close()
        self._server.shutdown()
        self._server.server_close()

    def forget(self, ticket: Ticket) -> None:
        """A ticket is not good any more."""
        with self._lock:
            self._tickets.pop(ticket.secret, None)

    def asked_by(self, path: str) -> tuple[Ticket, int] | None:
        """The ticket, and the number of the clause, that a path stands for; None if it stands for none."""
        secret, _, number = path.removeprefix("/").partition("/")
        ticket = self._tickets.get(secret)
        known = [str(one) for one in range(len(ticket.clauses))] if ticket else []
        return (ticket, known.index(number)) if ticket and number in known else None

    def crowd_out(self) -> None:
        """Somebody on this machine leaves no room for the engine's connections: what was asked for is not known."""
        for ticket in tuple(self._tickets.values()):
            for number in range(len(ticket.clauses)):
                ticket.refuse(number, "was not asked: too many connections to the relay are open on this machine")

    def ask(self, iri: str, query: bytes, until: float, hold: Callable[[socket.socket], None]) -> tuple[bytes, int]:
        """The rows that a service answers, and their number, as soon as it is its turn. Raises Failed."""
        left = self._quiet.get(iri, 0.0) - time.monotonic()
        if left > 0:
            raise Failed(f"asked to be left alone for another {math.ceil(left)} seconds, and was not asked", wait=left)
        if not self._turns[iri].acquire(timeout=max(0.0, until - time.monotonic())):
            raise Failed("is being asked by others, for longer than this query has time", late=True)
        try:
            return self._asking.ask(self.services[iri], query, until, hold)
        except Failed as failed:
            if failed.wait:
                self._quiet[iri] = time.monotonic() + failed.wait
            raise
        finally:
            self._turns[iri].release()


def _trust(services: Mapping[str, Service]) -> ssl.SSLContext:
    """The authorities that the system trusts, which takes a moment to read, if any service needs them."""
    if all(one.is_local for one in services.values()):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()


class Ticket:
    """One query's leave to ask the services of its clauses, and what became of it."""

    def __init__(self, relay: Relay, clauses: Sequence[Clause], seconds: float, base: str | None) -> None:
        self._relay, self.clauses, self.secret = relay, tuple(clauses), secrets.token_urlsafe(24)
        # The engine writes every IRI whole, and the base before them.
        self._unsaid = f"BASE <{base}>\n".encode() if base else b""
        self._until = time.monotonic() + seconds * _SHARE
        self._kept: dict[tuple[int, bytes], bytes | Failed] = {}
        self._failed: list[tuple[Asked, Failed]] = []
        self._held: socket.socket | None = None
        self._under_way: Clause | None = None
        self._closed = False
        self._lock = threading.Lock()
        #: What became of each request, in their order.
        self.asked: list[Asked] = []
        self._timer = threading.Timer(seconds * _SHARE, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the engine is to ask in place of the service of each clause."""
        return tuple(f"http://127.0.0.1:{self._relay.port}/{self.secret}/{n}" for n in range(len(self.clauses)))

    def __enter__(self) -> Ticket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check(self) -> None:
        """Raise ServiceError for the first service that gave no answer, unless the query passes that over.

        It is called when the query has ended: what is still under way came too late.
        """
        late = self._under_way
        if late:
            raise ServiceLate(f"The service <{late.service}> did not answer in time.", remedy=NO_ANSWER)
        for asked, failed in self._failed:
            if not asked.silent:
                error = (ServiceLate if failed.late else ServiceError)(
                    f"The service <{asked.service}> {failed.why}.", remedy=NO_ANSWER
                )
                error.retry_after = math.ceil(failed.wait) if failed.wait else None
                raise error

    def close(self) -> None:
        """The query has ended: so does what is under way for it."""
        self._relay.forget(self)
        self._timer.cancel()
        self._end()

    def answer(self, number: int, query: bytes) -> bytes:
        """What the service of a clause answers to a question; the same question is asked once. Raises Failed."""
        query = query.removeprefix(self._unsaid)
        key = (number, query)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._ask(self.clauses[number], query)
            found = self._kept[key]
        if isinstance(found, Failed):
            raise found.with_traceback(None)
        return found

    def refuse(self, number: int, why: str) -> Failed:
        """Note that the service of a clause is not asked what the engine wants to know: to it, silence is no rows."""
        clause, failed = self.clauses[number], Failed(why)
        self.asked.append(Asked(clause.service, 0.0, 0, why, clause.silent))
        self._failed.append((self.asked[-1], failed))
        return failed

    def _ask(self, clause: Clause, query: bytes) -> bytes | Failed:
        began = time.monotonic()
        found: bytes | Failed
        rows, self._under_way = 0, clause
        try:
            if len(self._kept) >= REQUESTS:
                raise Failed(f"would have to be asked more than {REQUESTS} times; ask it in one clause")
            found, rows = self._relay.ask(clause.service, query, self._until, self._hold)
        except Failed as failed:
            found = failed
        why = found.why if isinstance(found, Failed) else ""
        asked = Asked(clause.service, time.monotonic() - began, rows, why, clause.silent)
        self.asked.append(asked)
        if isinstance(found, Failed):
            self._failed.append((asked, found))
        self._under_way = None
        self._relay.told(asked)
        return found

    def _hold(self, connection: socket.socket) -> None:
        """Note what is to be shut down when the time is over."""
        self._held = connection
        if self._closed:
            raise TimeoutError

    def _end(self) -> None:
        """End what is under way, and begin nothing more."""
        self._closed = True
        held = self._held
        if held is not None:
            with contextlib.suppress(OSError):
                # Whoever reads from it, however slowly something comes, reads its end.
                socket.socket.shutdown(held, socket.SHUT_RDWR)


class _Server(ThreadingTCPServer):
    """The listening side: few connections at once, each with a thread of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._room = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """Begin with a connection, if there is room for it."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.relay.crowd_out()
            self.shutdown_request(request)

    def process_request_thread(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """Answer a connection, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket.socket, client_address: tuple[str, int]) -> None:
        """A connection that breaks is that of a worker that was ended."""


class _Handler(BaseHTTPRequestHandler):
    """Answers the engine's requests, and to anybody else that nothing is here."""

    server: _Server
    timeout = _COMING

    def do_POST(self) -> None:
        """Pass a question on to the service that the path stands for."""
        found = self.server.relay.asked_by(self.path)
        length = self.headers.get("Content-Length", "")
        if found is None:
            self._send(404, "text/plain", b"")
            return
        ticket, number = found
        try:
            self._send(200, MEDIA_TYPES[0], ticket.answer(number, self._question(ticket, number, length)))
        except Failed as failed:
            self._send(502, "text/plain; charset=utf-8", failed.why.encode("utf-8"))

    def _question(self, ticket: Ticket, number: int, length: str) -> bytes:
        """What a service is to be asked. Raises Failed, which the ticket knows of, if it is too long or does not come."""
        if not length.isdecimal() or int(length) > _QUESTION:
            raise ticket.refuse(number, f"would have to be asked a question of more than {_QUESTION // 1_000} kB")
        try:
            return self.rfile.read(int(length))
        except TimeoutError:
            raise ticket.refuse(number, "was not asked: the question did not come in time") from None

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", media_type), ("Content-Length", str(len(body))), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing is written of what is asked here."""
