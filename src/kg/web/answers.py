"""An answer as a response: whole, with a header that says so, or streamed, so that no failure passes for its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response
from waitress.channel import ClientDisconnected

from kg.errors import Abandoned, KgError, RequestError
from kg.model import Answer
from kg.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The header that says whether an answer is all there is.
HEADER = "KG-Answer"
COMPLETE, STREAMING, TIMED_OUT, INCOMPLETE = "complete", "streaming", "timed-out", "incomplete"

_log = logging.getLogger(__name__)


class BrokenOff(ClientDisconnected):
    """An answer cannot be finished. The server closes the connection in the middle of it (RFC 9112, section 8)."""


def respond(answer: Answer, content_type: str, limit: int | None = None) -> Response:
    """The response with this answer; ``limit`` is that of rows or triples that the client asked for."""
    if answer.rest is None:
        response = Response(answer.body, content_type=content_type)
    else:
        response = Response(Pieces(answer.body, answer.rest), content_type=content_type)
    response.headers[HEADER] = told(answer, limit)
    return response


def told(answer: Answer, limit: int | None = None) -> str:
    """What the header says of an answer. It is incomplete if another service gave none, and the query passes that over."""
    if any(one.failure for one in answer.asked):
        return INCOMPLETE
    if answer.rest is None:
        return f"truncated; rows={answer.rows}" if answer.truncated else COMPLETE
    # Whether there are more is known only at the end, when no header can be sent any more.
    return STREAMING if limit is None else f"{STREAMING}; limit={limit}"


def may_stream(environ: WSGIEnvironment) -> bool:
    """True if the client of this request can tell a stream that was broken off from one that is complete.

    It ends with the connection in HTTP/1.0, and with a last chunk from 1.1 on (RFC 9112, sections 6.3 and 7.1).
    """
    return environ.get("SERVER_PROTOCOL") not in ("HTTP/1.0", "HTTP/0.9")


def deadline(timeout: float | None, settings: Settings) -> float | None:
    """The deadline that a request asks for, in seconds; None if it leaves it to us. Raises RequestError."""
    if timeout is not None and timeout > settings.max_deadline:
        raise RequestError(
            f"No query may take {timeout:g} seconds here; at most {settings.max_deadline:g} can be asked for.",
            remedy="Lower timeout, or ask for less at once.",
        )
    return timeout


class Pieces(Iterator[bytes]):
    """The pieces of a stream, for the server."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._first: bytes | None = first
        self._rest = rest

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            return next(self._rest)
        except KgError as error:
            if not isinstance(error, Abandoned):
                _log.warning("An answer was broken off: %s", error)
            raise BrokenOff from None

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        close = getattr(self._rest, "close", None)
        if close:
            close()
