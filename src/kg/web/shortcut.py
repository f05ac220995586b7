"""The short way for a request that was answered before: the same response, without the application.

Only what the application marks is kept (``keep``): a whole answer to GET, of status 200, that any client may be given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_etags

from kg.model import Answer
from kg.web.caching import Cache
from kg.web.front import KEPT, LARGEST, NOW, QUERY, ROUTE, Later

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where the application leaves the answer that its response consists of.
KEEP = "kg.keep"
#: What decides a response, beside the method.
_DECIDES = (
    "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT",
    "SERVER_PROTOCOL", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE",
)  # fmt: skip
#: Conditions of a request that the application looks at, beside If-None-Match.
CONDITIONS = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_RANGE")
_NOTES = (ROUTE, QUERY)
#: Headers of a response that a 304 leaves out, as it has no content (RFC 9110, section 15.4.5).
CONTENT_HEADERS = frozenset({"content-type", "content-length", "kg-answer"})
_LONGEST_KEY = 20_000


@dataclass(frozen=True)
class Reply:
    """A response: status line, headers, body; and what the application noted of its request for the log."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    notes: tuple[tuple[str, Any], ...]


class Shortcut:
    """WSGI middleware that gives responses again. Safe to use from several threads."""

    def __init__(self, app: WSGIApplication, replies: Cache[Reply], look: Callable[[], None]) -> None:
        """``look`` is called before what is in ``replies`` is trusted, and drops it if it is out of date."""
        self._app, self._replies, self._look = app, replies, look

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)
        self._look()
        reply = self._replies.get(key)
        if reply:
            if NOW in environ and len(reply.body) > LARGEST:
                raise Later
            return _given(reply, environ, start_response)
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        age = self._replies.age

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            answer = environ.pop(KEEP, None)
            if answer and status.startswith("200"):
                self._keep(key, answer, status, headers, environ, age)
            return start_response(status, headers, *more)

        return self._app(environ, start)

    def _keep(
        self, key: tuple[str, ...], answer: Answer, status: str, headers: list[tuple[str, str]],
        environ: WSGIEnvironment, age: int,
    ) -> None:  # fmt: skip
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        notes = tuple((name, environ[name]) for name in _NOTES if name in environ)
        reply = Reply(status, tuple(headers), answer.body, etag, notes)
        size = len(answer.body) + sum(map(len, key)) + sum(len(name) + len(value) for name, value in headers)
        self._replies.put(key, reply, size, answer.seconds, age)


def keep(environ: WSGIEnvironment, answer: Answer) -> None:
    """Mark the response to this request, before it starts, as a whole answer that may be given again to whoever asks the
    same."""
    environ[KEEP] = answer


def _key(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    """What decides the response to a request; None if more does than is looked at here."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    if any(name in environ for name in CONDITIONS) or len(environ.get("QUERY_STRING", "")) > _LONGEST_KEY:
        return None
    return tuple([environ.get(name, "") for name in _DECIDES])


def _given(reply: Reply, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ.update(reply.notes)
    environ[KEPT] = True
    wanted = environ.get("HTTP_IF_NONE_MATCH")
    if wanted is not None and matches(wanted, reply.etag):
        left = [(name, value) for name, value in reply.headers if name.lower() not in CONTENT_HEADERS]
        start_response("304 NOT MODIFIED", left)
        return []
    start_response(reply.status, list(reply.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]


def matches(wanted: str, etag: str) -> bool:
    """True if a value of If-None-Match names this strong validator (RFC 9110, section 13.1.2: compared weakly)."""
    return bool(etag) and parse_etags(wanted).contains_weak(etag.strip('"'))
