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
from kg.web.front import FAILED, KEPT, LARGEST, NOW, QUERY, ROUTE, Later
from kg.web.served import Served
from kg.web.shortcut import CONDITIONS, keep
from kg.web.site import Site
from kg.workers.begun import Begun

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The name by which this is counted: that of the view which it stands in for.
VIEW = "endpoint.sparql"
_PATH = "/sparql"
#: Headers of a request that only the application looks at.
_ITS_OWN = (*CONDITIONS, "HTTP_IF_NONE_MATCH", "HTTP_TRANSFER_ENCODING")


#: The longest query string that is looked at by the thread that reads from all connections, in bytes.
_LONGEST = 3_000


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
                return self.ask_application(environ, start_response)
            asked = protocol.parse("GET", environ["QUERY_STRING"].encode("latin-1"))
            if asked.query is None or asked.snapshot or asked.evidence or asked.explain:
                return self.ask_application(environ, start_response)
            # Also where the answer is kept, and takes no time.
            answers.deadline(asked.timeout, self.site.settings)
            self.admit(VIEW)
            base = endpoint.address(environ["wsgi.url_scheme"], get_host(environ), environ["SCRIPT_NAME"])
            past = endpoint.guarded(asked, asked.query, self.site.settings, base, self.site.services)
            if past.clauses:
                return self.ask_application(environ, start_response)
            served = self.site.serving.lease()
            run = endpoint.chosen(past, environ.get("HTTP_ACCEPT"), served.snapshot, page=True)
            if run.citable.choice.format is not negotiate.HTML:
                return self._answer(run, served, environ, start_response)
        except Later:
            self.release(served)
            raise
        except Exception:
            # The application meets the same error, and tells of it.
            pass
        self.release(served)
        return self.ask_application(environ, start_response)

    def ask_application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer of the application. Raises Later if that might have to be waited for, and nothing may."""
        if NOW in environ:
            raise Later
        return self.app(environ, start_response)

    def _answer(
        self, run: endpoint.Run, served: Served, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        found, age = self.site.found(run.key), self.site.answers.age
        if found and NOW in environ and len(found.body) > LARGEST:
            raise Later
        begun = None if found else endpoint.begun(run, self.site, served.pool, answers.may_stream(environ))
        environ[ROUTE], environ[QUERY] = VIEW, run.asked.request.query
        body = _Body(self, run, served, environ, start_response, begun, age)
        if found:
            environ[KEPT] = True
            body.respond(found, again=True)
        return body

    def release(self, served: Served | None) -> None:
        """What answered is not needed any more."""
        if served:
            self.site.serving.release(served)


class _Body(Iterator[bytes]):
    """The answer to a query, as the body of a response that starts when it is there."""

    def __init__(
        self, quick: Quick, run: endpoint.Run, served: Served, environ: WSGIEnvironment, start_response: StartResponse,
        begun: Begun | None, age: int,
    ) -> None:  # fmt: skip
        """``begun`` is what a worker is to be asked, if anything, and ``age`` that of the answers kept by then."""
        self._quick, self._run, self._served = quick, run, served
        self._environ, self._start_response = environ, start_response
        self._pieces: Iterator[bytes] | None = None
        #: None once the response has started.
        self.begun = begun
        self._age = age

    def respond(self, answer: Answer, again: bool) -> None:
        """Start the response with this answer, which is given ``again``, or for the first time."""
        citable, whole = self._run.citable, answer.rest is None
        headers = [("Content-Type", citable.choice.content_type)]
        headers += [("Content-Length", str(len(answer.body)))] if whole else []
        headers += _headers(answer, citable, self._environ["SCRIPT_NAME"])
        # Most questions are asked once, and to keep the response to them as well would cost more than it saves.
        if whole and citable.stable and again:
            keep(self._environ, answer)
        self._start_response("200 OK", headers)
        self._pieces = iter([answer.body]) if whole else answers.Pieces(answer.body, answer.rest)

    def __next__(self) -> bytes:
        if self._pieces is None:
            self._finish()
        return next(self._pieces)

    def close(self) -> None:
        """Called by the server at the end, whether or not all was sent (PEP 3333)."""
        served, self._served = self._served, None
        try:
            if self.begun:
                self.begun.drop()
            getattr(self._pieces, "close", lambda: None)()
        finally:
            self._quick.release(served)

    def _finish(self) -> None:
        """Wait for the answer and start the response."""
        begun, self.begun = self.begun, None
        try:
            answer = self._quick.site.keep(self._run.key, begun.finish(), self._age)
        except Exception as error:
            self._environ[FAILED] = error
            told = self._quick.app(self._environ, self._start_response)
            self._pieces = _Closing(told)
        else:
            self.respond(answer, again=False)


class _Closing(Iterator[bytes]):
    """The pieces of a body, which is closed with them."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._pieces = iter(body)
        self.close = getattr(body, "close", lambda: None)

    def __next__(self) -> bytes:
        return next(self._pieces)


def _is_ordinary(environ: WSGIEnvironment) -> bool:
    if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != _PATH or "HTTP_HOST" not in environ:
        return False
    if environ.get("CONTENT_LENGTH") not in (None, "", "0"):
        return False
    if NOW in environ and len(environ["QUERY_STRING"]) > _LONGEST:
        return False
    return not any(name in environ for name in _ITS_OWN)


def _headers(answer: Answer, citable: Citable, root: str) -> Iterator[tuple[str, str]]:
    yield answers.HEADER, answers.told(answer, citable.asked.limit)
    yield from citable.headers(cacheable=True)
    yield "Vary", endpoint.VARY
    yield from endpoint.told_of_query(root)
    yield from security.always(citable.snapshot.digest)
