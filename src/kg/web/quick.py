"""The quick way for what is asked most: a query by GET, from a programme, answered without the web framework.

The answer is what the application would give, to the byte, and so are its headers (``tests/test_quick.py`` holds both
together). Whatever is out of the ordinary, and every error, is left to the application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wsgi import get_host

from kg.model import Answer
from kg.sparql import negotiate, protocol
from kg.web import answers, endpoint, security
from kg.web.citing import Citable
from kg.web.front import FAILED, QUERY, ROUTE
from kg.web.serving import Served
from kg.web.shortcut import CONDITIONS, keep
from kg.web.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The name by which this is counted: that of the view which it stands in for.
VIEW = "endpoint.sparql"
_PATH = "/sparql"
#: Headers of a request that only the application looks at.
_ITS_OWN = (*CONDITIONS, "HTTP_IF_NONE_MATCH", "HTTP_TRANSFER_ENCODING")


@dataclass(frozen=True)
class Quick:
    """WSGI middleware that answers ordinary queries. Safe to use from several threads."""

    app: WSGIApplication
    site: Site
    #: Raises a KgError if this client may not ask now.
    admit: Callable[[str], None]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        served = None
        try:
            if not _is_ordinary(environ) or not security.answers_to(environ["HTTP_HOST"], self.site.settings):
                return self.app(environ, start_response)
            asked = protocol.parse("GET", environ["QUERY_STRING"].encode("latin-1"))
            if asked.query is None or asked.snapshot or asked.evidence or asked.explain:
                return self.app(environ, start_response)
            self.admit(VIEW)
            base = endpoint.address(environ["wsgi.url_scheme"], get_host(environ), environ["SCRIPT_NAME"])
            served = self.site.serving.lease()
            past = endpoint.guarded(asked, asked.query, self.site.settings, base)
            run = endpoint.chosen(past, environ.get("HTTP_ACCEPT"), served.snapshot, page=True)
        except Exception:
            # The application meets the same error, and tells of it.
            self._release(served)
            return self.app(environ, start_response)
        if run.citable.choice.format is negotiate.HTML:
            self._release(served)
            return self.app(environ, start_response)
        return self._answer(run, served, environ, start_response)

    def _answer(
        self, run: endpoint.Run, served: Served, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        environ[ROUTE], environ[QUERY] = VIEW, run.asked.request.query
        streams = False
        try:
            answer = endpoint.answered(run, self.site, served.pool, answers.may_stream(environ))
            streams = answer.rest is not None
        except Exception as error:
            environ[FAILED] = error
            return self.app(environ, start_response)
        finally:
            if not streams:
                self._release(served)
        citable = run.citable
        headers = [("Content-Type", citable.choice.content_type)]
        if not streams:
            headers.append(("Content-Length", str(len(answer.body))))
        headers += _headers(answer, citable, environ["SCRIPT_NAME"])
        start_response("200 OK", headers)
        if answer.rest is not None:
            return _Streamed(answers.Pieces(answer.body, answer.rest), lambda: self._release(served))
        if citable.stable:
            keep(environ, answer)
        return [answer.body]

    def _release(self, served: Served | None) -> None:
        if served:
            self.site.serving.release(served)


def _is_ordinary(environ: WSGIEnvironment) -> bool:
    if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != _PATH or "HTTP_HOST" not in environ:
        return False
    if environ.get("CONTENT_LENGTH") not in (None, "", "0"):
        return False
    return not any(name in environ for name in _ITS_OWN)


def _headers(answer: Answer, citable: Citable, root: str) -> Iterator[tuple[str, str]]:
    yield answers.HEADER, answers.told(answer, citable.asked.limit)
    yield from citable.headers(cacheable=True)
    yield "Vary", endpoint.VARY
    yield from endpoint.told_of_query(root)
    yield from security.always(citable.snapshot.digest)


class _Streamed(Iterator[bytes]):
    """The pieces of a large answer, and what is to be done at their end, or when they are given up."""

    def __init__(self, pieces: answers.Pieces, ended: Callable[[], None]) -> None:
        self._pieces, self._ended = pieces, ended

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        try:
            self._pieces.close()
        finally:
            self._ended()
