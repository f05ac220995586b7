"""One request to another service: a checked address, no redirects, and an end to time and bytes.

The name of the host is resolved once. If any of its addresses is not on the public internet, none is used: else a name
that leads here and there (DNS rebinding) would lead to this machine. What is connected to is one of the addresses that
were checked, while the certificate is still that of the name. Settings of a proxy are not looked at.
"""

from __future__ import annotations

import email.utils
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from kg.remote.rows import MEDIA_TYPES, Misshapen, rewritten
from kg.services import Service, is_public

#: The largest answer read, in bytes, and the most addresses of a host that are tried.
LARGEST = 5_000_000
_TRIED = 3
#: Seconds for a connection to one of them.
_CONNECTING = 5.0
_PIECE = 65_536
#: What says "later" (RFC 9110, section 15.6.4; RFC 6585, section 4); and the longest wait that we believe, in seconds.
_LATER = (429, 503)
_LONGEST_WAIT = 3_600.0

Resolve = Callable[[str, int], list[str]]
#: Is given what can be shut down to end the request.
Hold = Callable[[socket.socket], None]


class Failed(Exception):
    """A service gave no answer: why, to follow its name; ``wait`` is for how many seconds it wants to be left alone, if
    it says so; ``late`` is True if it ran out of time."""

    def __init__(self, why: str, *, wait: float | None = None, late: bool = False) -> None:
        super().__init__(why)
        self.why, self.wait, self.late = why, wait, late


@dataclass(frozen=True)
class Asking:
    """How services are asked: as whom, by what names are resolved and certificates are checked, and which addresses may
    be connected to."""

    agent: str
    resolve: Resolve
    trust: ssl.SSLContext
    allows: Callable[[str], bool] = is_public

    def ask(self, service: Service, query: bytes, until: float, hold: Hold) -> tuple[bytes, int]:
        """The rows that a service answers to a SELECT, as SPARQL 1.1 Query Results JSON, and their number.

        ``until`` is when to give up, by the monotonic clock. Raises Failed.
        """
        try:
            with self._connected(service, until, hold) as connection:
                return _answer(connection, self._request(service, query), until)
        except Failed as failed:
            if time.monotonic() >= until:
                raise Failed("did not answer in time", late=True) from None
            raise failed from None
        except ssl.SSLCertVerificationError as error:
            raise Failed(f"shows a certificate that is not its own ({error.verify_message})") from None
        except (TimeoutError, OSError, http.client.HTTPException) as error:
            if time.monotonic() >= until or isinstance(error, TimeoutError):
                raise Failed("did not answer in time", late=True) from None
            raise Failed(f"broke off the connection ({_reason(error)})") from None

    def _connected(self, service: Service, until: float, hold: Hold) -> socket.socket:
        """A connection to one of the addresses of a service, which were all checked. Raises Failed, OSError."""
        problem: OSError | None = None
        for address in self._addresses(service)[:_TRIED]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                hold(plain)
                plain.settimeout(max(0.01, min(_CONNECTING, until - time.monotonic())))
                plain.connect((address, service.port))
            except OSError as error:
                plain.close()
                problem = error
                continue
            plain.settimeout(max(0.01, until - time.monotonic()))
            return plain if service.is_local else self._secured(plain, service, hold)
        raise Failed(f"cannot be reached ({_reason(problem)})")

    def _secured(self, plain: socket.socket, service: Service, hold: Hold) -> socket.socket:
        """The connection under TLS, with a certificate of the name that was resolved. Raises OSError."""
        secured = self.trust.wrap_socket(plain, server_hostname=service.host, do_handshake_on_connect=False)
        try:
            hold(secured)
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured

    def _addresses(self, service: Service) -> list[str]:
        """The addresses of a service. Raises Failed if there is none, or if any of them is not public."""
        if service.is_local:
            return [service.host]
        try:
            found = list(dict.fromkeys(self.resolve(service.host, service.port)))
        except (OSError, UnicodeError) as error:
            raise Failed(f"has a name that cannot be resolved ({_reason(error)})") from None
        if not found or not all(map(self.allows, found)):
            raise Failed("has an address that is not on the public internet, and was not asked")
        return found

    def _request(self, service: Service, query: bytes) -> bytes:
        """The request (SPARQL 1.1 Protocol, section 2.1.3), with nothing in it of who asks us."""
        lines = (
            f"POST {service.path} HTTP/1.1",
            f"Host: {service.authority}",
            "Accept: application/sparql-results+json",
            # What is not compressed cannot unfold to more than is sent.
            "Accept-Encoding: identity",
            "Content-Type: application/sparql-query",
            f"Content-Length: {len(query)}",
            f"User-Agent: {self.agent}",
            "Connection: close",
        )
        return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + query


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _answer(connection: socket.socket, request: bytes, until: float) -> tuple[bytes, int]:
    connection.sendall(request)
    with http.client.HTTPResponse(connection, method="POST") as response:
        response.begin()
        if response.status != 200:
            raise _refused(response)
        media_type = (response.getheader("Content-Type") or "nothing").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise Failed(f"answered with {media_type[:60]!r}, which is no table in JSON")
        if (response.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
            raise Failed("answered in a compressed form that was not asked for")
        try:
            return rewritten(_body(response, until))
        except Misshapen as error:
            raise Failed(str(error)) from None


def _body(response: http.client.HTTPResponse, until: float) -> bytes:
    """The whole body. Raises Failed if it is too large, late or cut."""
    content = bytearray()
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > LARGEST:
            raise Failed(f"answered more than {LARGEST / 1_000_000:g} MB; say what limits it within the SERVICE clause")
        if time.monotonic() >= until:
            raise Failed("did not answer in time", late=True)
    declared = response.getheader("Content-Length", "")
    # Read piece by piece, a body that is cut short just ends.
    if declared.isdecimal() and len(content) < int(declared):
        raise Failed("broke off its answer")
    return bytes(content)


def _refused(response: http.client.HTTPResponse) -> Failed:
    """What an answer other than 200 means."""
    status = response.status
    if 300 <= status < 400:
        return Failed("redirects elsewhere, and redirects are not followed")
    if status in _LATER:
        wait = _retry_after(response.getheader("Retry-After", ""))
        return Failed(f"asks to be left alone for now (status {status})", wait=wait)
    if status == 403:
        return Failed("refuses us (status 403): it may want another contact (KG_CONTACT), or block this network")
    if status == 400:
        return Failed("does not take the question (status 400)")
    return Failed(f"answered with the status {status}", late=status == 504)


def _retry_after(text: str) -> float | None:
    """The seconds that Retry-After asks to wait (RFC 9110, section 10.2.3); None if it does not say."""
    text = text.strip()
    try:
        wait = float(text) if text.isdecimal() else email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _reason(error: BaseException | None) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
