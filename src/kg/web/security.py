"""What every response and every request must satisfy: the headers a browser obeys, and the names we answer to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from flask import Request, Response

from kg.errors import RequestError
from kg.services import is_loopback
from kg.settings import Settings

#: Nothing but our own style sheets, scripts, forms and answers (Content Security Policy Level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: For the one page that is there to be shown in a frame of another site: it has no form and no script.
FRAMED = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
#: Headers a page of another site may read, beyond the few it always may.
EXPOSED = (
    "Accept-Query, Allow, ETag, KG-Answer, KG-As-Of, KG-Conforms, KG-Services, KG-Snapshot, Link, Retry-After, Vary, "
    "X-Request-ID"
)

_ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
)

#: What may follow a name in a header Host (RFC 3986, section 3.2.3).
_PORT = re.compile(r"(:[0-9]{0,5})?")


class MisdirectedRequest(RequestError):
    """The request is for a name this server does not answer to (RFC 9110, section 15.5.20)."""

    code = "host"
    http_status = 421


def check_host(request: Request, settings: Settings) -> None:
    """Refuse a Host header with a name that is not ours: a page of a stranger may have had its name pointed here
    (DNS rebinding), also where the server listens on a private network. Raises MisdirectedRequest.
    """
    given = request.environ.get("HTTP_HOST")
    if given is not None and not answers_to(given, settings):
        raise MisdirectedRequest(
            f"This server does not answer to the name {given[:100]!r}.",
            remedy="Use the address it printed when it started; its operator can add names with --hosts.",
        )


def answers_to(host: str, settings: Settings) -> bool:
    """True if the server answers to this Host (RFC 9110, section 7.2), with or without a port."""
    name = host.lower()
    end = name.find("]") + 1 if name.startswith("[") else len(name.partition(":")[0])
    name, port = name[:end], name[end:]
    if not _PORT.fullmatch(port):
        return False
    bound = settings.host.lower()
    if name in ("localhost", bound, f"[{bound}]") or name in (known.lower() for known in settings.hosts):
        return True
    # An address in numbers cannot be pointed elsewhere; on loopback there are few of them.
    return name in ("127.0.0.1", "[::1]") if is_loopback(bound) else _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def always(snapshot: str) -> Iterator[tuple[str, str]]:
    """The headers of every response, whatever it says; it is of the snapshot with this digest."""
    yield from _ALWAYS
    yield "KG-Snapshot", snapshot


def add_headers(response: Response, snapshot: str) -> Response:
    """Add the headers that every response carries: policy, type safety, open access without credentials."""
    headers = response.headers
    framed = headers.get("Content-Security-Policy") == FRAMED
    for name, value in always(snapshot):
        headers[name] = value
    if framed:
        headers["Content-Security-Policy"] = FRAMED
    # An error may be over at the next request, and what says nothing else of itself is of the current snapshot.
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    headers.setdefault("Cache-Control", "no-cache")
    return response


def preflight(methods: str = "GET, HEAD, OPTIONS, POST") -> Response:
    """The answer to OPTIONS: what a page of another site may send (Fetch standard, CORS protocol)."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = (
        "Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match, X-Request-ID"
    )
    response.headers["Access-Control-Max-Age"] = "86400"
    return response
