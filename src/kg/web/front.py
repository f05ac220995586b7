"""What happens to every request around the application: it gets an identifier, is counted and, if wanted, logged."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from queue import Full, Queue
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Record = dict[str, Any]

#: Where the application leaves what only it knows of a request.
ROUTE, QUERY, CODE, SERVICES = "kg.route", "kg.query", "kg.code", "kg.services"
#: Where an error of the workers is left by who asked them before the application does.
FAILED = "kg.failed"
#: Set where the answer was known from an earlier request, which the response then says (W3C Server Timing).
KEPT = "kg.kept"
_FROM_CACHE = ("Server-Timing", 'cache;desc="hit"')
#: Set while a request is looked at by the thread that reads from all connections: nothing may be waited for.
NOW = "kg.now"
#: Bytes of a body that it sends.
LARGEST = 65_536
#: Where the identifiers that are given here come from; they are no secrets, and the system's own cost a call to it.
_numbers = random.Random()
#: Lines of the log that wait to be written, and seconds for the last of them when the server ends.
_LINES = 10_000
_LAST = 2.0
#: An identifier that a client or a proxy may give to its request.
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Later(Exception):
    """A request cannot be answered now, without waiting: it is to be asked again in a thread of its own."""


class Front:
    """WSGI middleware that gives each request an identifier (``X-Request-ID``) and tells ``observers`` of its end."""

    def __init__(self, app: WSGIApplication, observers: Iterable[Callable[[Record], None]]) -> None:
        self._app = app
        self._observers = tuple(observers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        identifier = given if _IDENTIFIER.fullmatch(given) else f"{_numbers.getrandbits(128):032x}"
        started = time.perf_counter()
        record: Record = {"id": identifier, "status": 500, "bytes": 0}

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            record["status"], record["headers"] = int(status[:3]), headers
            known = [_FROM_CACHE] if KEPT in environ else []
            return start_response(status, [*headers, ("X-Request-ID", identifier), *known], *more)

        clock = _clock(environ)
        began = clock()
        try:
            body = self._app(environ, start)
        except Later:
            raise
        except BaseException:
            record["worked"] = clock() - began
            self._ended(environ, record, started)
            raise
        record["worked"] = clock() - began
        # An empty body ends as any other does, when the server closes it.
        return Observed(body, record, environ, lambda: self._ended(environ, record, started))

    def _ended(self, environ: WSGIEnvironment, record: Record, started: float) -> None:
        record["seconds"] = time.perf_counter() - started
        record["environ"] = environ
        for observer in self._observers:
            observer(record)


class Observed(Iterator[bytes]):
    """A body of a response that counts its bytes and tells when it is sent, or given up."""

    def __init__(
        self, body: Iterable[bytes], record: Record, environ: WSGIEnvironment, ended: Callable[[], None]
    ) -> None:
        self._body, self._record, self._environ, self._ended = body, record, environ, ended
        self._pieces = iter(body)

    @property
    def begun(self) -> Any:
        """What is waited for until there is a first piece, if the body says so (``kg.web.early``)."""
        return getattr(self._body, "begun", None)

    def __next__(self) -> bytes:
        clock = _clock(self._environ)
        began = clock()
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._record["whole"] = True
            raise
        finally:
            self._record["worked"] += clock() - began
        self._record["bytes"] += len(piece)
        return piece

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        self._record.setdefault("whole", False)
        try:
            getattr(self._body, "close", lambda: None)()
        finally:
            # What was given up before it began was no more answered than a request that never came to the application.
            if "headers" in self._record:
                self._ended()


def _clock(environ: WSGIEnvironment) -> Callable[[], float]:
    """What tells the seconds of our own work: where nothing is waited for, the clock that costs no call to the system."""
    return time.perf_counter if NOW in environ else time.thread_time


def log_line(record: Record, with_query: bool) -> str:
    """A request as a line of JSON: when, who, what, how it ended. The query is named by its SHA-256 unless it is wanted."""
    environ = record["environ"]
    told: Record = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": record["id"],
        "client": environ.get("REMOTE_ADDR", ""),
        "method": environ.get("REQUEST_METHOD", ""),
        "path": environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        "status": record["status"],
        "seconds": round(record["seconds"], 6),
        "bytes": record["bytes"],
        "whole": record.get("whole", True),
    }
    told |= {"error": environ[CODE]} if CODE in environ else {}
    told |= {"answer": value for name, value in record.get("headers", ()) if name == "KG-Answer"}
    told |= {"services": environ[SERVICES]} if SERVICES in environ else {}
    query = environ.get(QUERY) or "".join(parse_qs(environ.get("QUERY_STRING", "")).get("query", []))
    if query:
        told["query_sha256"] = hashlib.sha256(query.encode("utf-8", "surrogateescape")).hexdigest()
        if with_query:
            told["query"] = query
    return json.dumps(told, ensure_ascii=True)


def logger(with_query: bool) -> Callable[[Record], None]:
    """An observer that writes a line to standard error for each request, soon after it."""
    lines: Queue[str | None] = Queue(_LINES)
    writer = threading.Thread(target=_write, args=(lines, sys.stderr.fileno()), name="log", daemon=True)
    writer.start()

    def note(record: Record) -> None:
        # A log that nobody reads must not hold up who answers everybody: what has no room is lost.
        with suppress(Full):
            lines.put_nowait(log_line(record, with_query))

    def end() -> None:
        with suppress(Full):
            lines.put_nowait(None)
            writer.join(_LAST)

    atexit.register(end)
    return note


def _write(lines: Queue[str | None], descriptor: int) -> None:
    """Write lines until None comes."""
    while (line := lines.get()) is not None:
        left = f"{line}\n".encode("ascii")
        # One that nobody reads any more is no error of ours. Not by the stream, which others use and may wait for.
        with suppress(OSError):
            while left:
                left = left[os.write(descriptor, left) :]
