"""Who asks, and under which address: what the connection says, or what a trusted proxy says of it.

A header that begins with X-Forwarded is believed only of a proxy that the operator trusts; of anybody else it is
dropped, so that nobody can ask in the name of another.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The address of the client of the request that this thread answers.
client: ContextVar[str] = ContextVar("client", default="")

_HEADERS = ("FOR", "PROTO", "HOST", "PORT", "PREFIX")
_STANDARD = "HTTP_FORWARDED"
#: A path without segments that lead up or nowhere (RFC 3986, section 3.3).
_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)*/?")
#: What a proxy says of itself stands last; a proxy may pass on before it what the client has written.
_SCHEME = re.compile(r"(.*,)?\s*https?\s*")


class Forwarded:
    """WSGI middleware that sets the address of the client, the scheme, the host and the path below which we are."""

    def __init__(self, app: WSGIApplication, trusted: Sequence[str] = (), prefix: str = "") -> None:
        """``trusted`` are networks of proxies; ``prefix`` is the path below which one serves us, if it does not say so."""
        self._app = app
        self._trusted = tuple(ipaddress.ip_network(one) for one in trusted)
        self._prefix = prefix
        self._fixed = ProxyFix(app, x_for=0, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR") or ""
        believed = self._trusts(peer)
        if believed:
            environ["REMOTE_ADDR"] = self._origin(peer, environ.get("HTTP_X_FORWARDED_FOR", ""))
            if not _PATH.fullmatch(environ.get("HTTP_X_FORWARDED_PREFIX", "")):
                environ.pop("HTTP_X_FORWARDED_PREFIX")
            if not _SCHEME.fullmatch(environ.get("HTTP_X_FORWARDED_PROTO", "")):
                environ.pop("HTTP_X_FORWARDED_PROTO", None)
        else:
            for name in _HEADERS:
                environ.pop(f"HTTP_X_FORWARDED_{name}", None)
        environ.pop(_STANDARD, None)
        if self._prefix:
            self._below(environ)
        client.set(environ["REMOTE_ADDR"])
        return (self._fixed if believed else self._app)(environ, start_response)

    def _trusts(self, address: str) -> bool:
        if not self._trusted:
            return False
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return any(found in network for network in self._trusted)

    def _origin(self, peer: str, chain: str) -> str:
        """The last address of the chain that is no trusted proxy: what stands before it, anybody can have written."""
        for address in reversed([part.strip() for part in chain.split(",")]):
            if not _is_address(address):
                return peer
            peer = address
            if not self._trusts(address):
                return address
        return peer

    def _below(self, environ: WSGIEnvironment) -> None:
        """Move the path that the proxy has put in front of ours, if it has, to where the application expects it."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
