"""What every response and every request must satisfy: the headers a browser obeys, and the names we answer to."""

from __future__ import annotations

import ipaddress

from flask import Request, Response

from kg.errors import RequestError

#: Nothing but our own style sheet and our own forms; no script at all.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Headers a page of another site may read, beyond the few it always may.
EXPOSED = "Allow, KG-Conforms, KG-Snapshot, Link, Retry-After"


class MisdirectedRequest(RequestError):
    """The request is for a name this server does not answer to (RFC 9110, section 15.5.20)."""

    code = "host"
    http_status = 421


def is_loopback(host: str) -> bool:
    """True if the address is one that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_host(request: Request, host: str) -> None:
    """On a loopback address, refuse a Host header that names another: a page of a stranger may have had its name
    pointed here (DNS rebinding). Raises MisdirectedRequest.
    """
    given = request.environ.get("HTTP_HOST")
    if given is None or not is_loopback(host):
        return
    name = given.lower()
    name = name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
    if name not in ("127.0.0.1", "localhost", "[::1]", host.lower(), f"[{host.lower()}]"):
        raise MisdirectedRequest(
            f"This server does not answer to the name {name[:100]!r}.",
            remedy="Use the address it printed when it started.",
        )


def add_headers(response: Response, snapshot: str) -> Response:
    """Add the headers that every response carries: policy, type safety, open access without credentials."""
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    headers["KG-Snapshot"] = snapshot
    return response


def preflight(methods: str = "GET, HEAD, OPTIONS, POST") -> Response:
    """The answer to OPTIONS: what a page of another site may send (Fetch standard, CORS protocol)."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Allow"] = response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response
