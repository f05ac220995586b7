"""What happens to every request around the application: it gets an identifier, is counted and, if wanted, logged."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Record = dict[str, Any]

#: Where the application leaves what only it knows of a request.
ROUTE, QUERY, CODE = "kg.route", "kg.query", "kg.code"
#: Where an error of the workers is left by who asked them before the application does.
FAILED = "kg.failed"
#: An identifier that a client or a proxy may give to its request.
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Front:
    """WSGI middleware that gives each request an identifier (``X-Request-ID``) and tells ``observers`` of its end."""

    def __init__(self, app: WSGIApplication, observers: Iterable[Callable[[Record], None]]) -> None:
        self._app = app
        self._observers = tuple(observers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        identifier = given if _IDENTIFIER.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        record: Record = {"id": identifier, "status": 500, "bytes": 0}

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            record["status"], record["headers"] = int(status[:3]), headers
            return start_response(status, [*headers, ("X-Request-ID", identifier)], *more)

        body: Iterable[bytes] | None = None
        began = time.thread_time()
        try:
            body = self._app(environ, start)
        finally:
            record["worked"] = time.thread_time() - began
            # An empty body ends as any other does, when the server closes it.
            if body is None:
                self._ended(environ, record, started)
        return _Observed(body, record, lambda: self._ended(environ, record, started))

    def _ended(self, environ: WSGIEnvironment, record: Record, started: float) -> None:
        record["seconds"] = time.perf_counter() - started
        record["environ"] = environ
        for observer in self._observers:
            observer(record)


class _Observed:
    """A body of a response that counts its bytes and tells when it is sent, or given up."""

    def __init__(self, body: Iterable[bytes], record: Record, ended: Callable[[], None]) -> None:
        self._body, self._record, self._ended = body, record, ended
        self._whole = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._record["bytes"] += len(piece)
            yield piece
        self._whole = True

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        self._record["whole"] = self._whole
        try:
            getattr(self._body, "close", lambda: None)()
        finally:
            self._ended()


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
    query = environ.get(QUERY) or "".join(parse_qs(environ.get("QUERY_STRING", "")).get("query", []))
    if query:
        told["query_sha256"] = hashlib.sha256(query.encode("utf-8", "surrogateescape")).hexdigest()
        if with_query:
            told["query"] = query
    return json.dumps(told, ensure_ascii=True)


def logger(with_query: bool) -> Callable[[Record], None]:
    """An observer that writes a line to standard error for each request."""

    def write(record: Record) -> None:
        # A log that nobody reads any more must not fail the request.
        with suppress(OSError, ValueError):
            sys.stderr.write(log_line(record, with_query) + "\n")
            sys.stderr.flush()

    return write
