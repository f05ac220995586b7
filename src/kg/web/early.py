"""Requests that are answered by the thread that reads from all connections, as long as nothing has to be waited for.

To hand a request to another thread and to wait for it costs more than a small query. So the application is asked at once
(``kg.web.front.NOW``); while a worker answers, other connections are looked after; and whatever turns out to take longer,
to be large or to be wrong is left to a thread of its own, which goes on where this one stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Protocol

from kg.web.front import NOW, Later
from kg.workers.begun import Begun
from kg.workers.client import has_left

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where a request that was begun is found in its environment.
EARLY = "kg.early"
#: Seconds for which an answer is waited for, before a thread does that.
PATIENCE = 0.05


class Early:
    """A request of which the application has been asked, and whose response is not written yet."""

    def __init__(self, app: WSGIApplication, environ: WSGIEnvironment, gone: Callable[[], bool]) -> None:
        """Ask the application. ``gone`` tells whether the client has left. Raises Later if it takes longer."""
        self.environ = environ
        self.since = time.monotonic()
        self._context = copy_context()
        self._context.run(has_left.set, gone)
        self._begins: StartResponse | None = None
        self._begun_with: tuple[Any, ...] = ()
        environ[NOW], environ[EARLY] = True, self
        try:
            self._body = self._context.run(app, environ, self._start_response)
        except Exception:
            # A thread of its own meets the same error, and tells of it.
            raise Later from None

    @property
    def begun(self) -> Begun | None:
        """What a worker is asked, None if the answer is there."""
        return getattr(self._body, "begun", None)

    def leave(self) -> None:
        """From now on there may be waiting."""
        del self.environ[NOW]

    def resume(self, start_response: StartResponse) -> Iterator[bytes]:
        """The response, as from the application."""
        self._begins = start_response
        if self._begun_with:
            start_response(*self._begun_with)
        return _Within(self._context.run, self._body)

    def close(self) -> None:
        """Give up what nobody has asked for since: its client has left."""
        if self._begins is None:
            self._context.run(self._body.close)

    def _start_response(self, *arguments: Any) -> Any:
        if self._begins is not None:
            return self._begins(*arguments)
        self._begun_with = arguments
        return None


class _Within(Iterator[bytes]):
    """A body whose pieces are made in the context in which the application was asked."""

    def __init__(self, run: Callable[..., Any], body: Any) -> None:
        self._run, self._body = run, body

    def __next__(self) -> bytes:
        return self._run(next, self._body)

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        self._run(self._body.close)


class Connection(Protocol):
    """What is needed of a connection."""

    def handle_error(self) -> None:
        """Close it, after an error of our own."""

    def answer(self) -> None:
        """Answer its first request now, in this thread."""

    def leave(self) -> None:
        """Have a thread answer it."""


class Waiting:
    """The requests that were begun and wait for a worker, or for its answer. Used by one thread."""

    def __init__(self, watched: dict[int, Any]) -> None:
        """``watched`` is what the thread reads from, by descriptor."""
        self._watched = watched
        self._connections: dict[Connection, Early] = {}

    def __bool__(self) -> bool:
        return bool(self._connections)

    def add(self, connection: Connection, early: Early) -> None:
        """Answer a request now if that can be, or as soon as it can."""
        if early.begun is None:
            connection.answer()
        else:
            self._connections[connection] = early
            self._ask(connection, early.begun)

    def look(self) -> None:
        """Ask workers that are free now; leave to threads what has waited too long."""
        late = time.monotonic() - PATIENCE
        for connection, early in list(self._connections.items()):
            if early.since < late:
                self._leave(connection)
            elif not early.begun.is_asked:
                self._ask(connection, early.begun)

    def _ask(self, connection: Connection, begun: Begun) -> None:
        try:
            descriptor = begun.start()
        except Exception:
            # Whoever finishes it is told.
            self._leave(connection)
            return
        if descriptor is not None:
            self._watched[descriptor] = _Watched(lambda: self._arrived(connection, begun), connection.handle_error)

    def _arrived(self, connection: Connection, begun: Begun) -> None:
        early = self._connections.get(connection)
        if early is None or early.begun is not begun:
            # That a channel has ended is told a second time, after what there was to read.
            return
        if begun.is_here:
            self._forget(connection)
            connection.answer()
        else:
            self._leave(connection)

    def _leave(self, connection: Connection) -> None:
        self._forget(connection)
        connection.leave()

    def _forget(self, connection: Connection) -> None:
        begun = self._connections.pop(connection).begun
        if begun.is_asked:
            self._watched.pop(begun.descriptor, None)


class _Watched:
    """A channel to a worker, among the connections that waitress reads from (as its ``wasyncore.dispatcher``)."""

    accepting = False

    def __init__(self, arrived: Callable[[], None], handle_error: Callable[[], None]) -> None:
        self.handle_read_event = self.handle_close = arrived
        self.handle_error = handle_error

    def readable(self) -> bool:
        """An answer is waited for."""
        return True

    def writable(self) -> bool:
        """Nothing is to be written."""
        return False

    def handle_expt_event(self) -> None:
        """Nothing of the kind comes."""

    def handle_write_event(self) -> None:
        """Nothing of the kind comes."""
