"""Messages between the web process, the owner of the store and the workers: a header in JSON and a body of bytes.

Each message is two lengths (unsigned, 4 and 8 bytes, big-endian), the header and the body.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import asdict, dataclass
from typing import Any

from kg import errors
from kg.errors import KgError, Where
from kg.model import Query

_LENGTHS = struct.Struct(">IQ")
_PIECE = 1 << 20
#: First byte of the answer to a check: the contribution conforms, or it does not.
CONFORMS, DOES_NOT = b"+", b"-"
#: The form of a report that is a part of a page of the site.
FRAGMENT = "fragment"
#: What a request has in its header → what it asks for; anything else is a query.
_KINDS = {"explain": "explanation", "check": "check"}

Header = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """What a worker may use for one query: seconds, bytes of memory beyond the store, bytes of the answer."""

    deadline: float = 10.0
    memory: int = 256_000_000
    answer: int = 32_000_000


class Closed(Exception):
    """The other side has closed the channel, or its process has ended."""


def send(channel: socket.socket, header: Header, body: bytes = b"") -> None:
    """Send one message. Raises Closed if nobody is there to read it, TimeoutError by the channel's own timeout."""
    encoded = json.dumps(header).encode("utf-8")
    try:
        channel.sendall(_LENGTHS.pack(len(encoded), len(body)) + encoded)
        if body:
            channel.sendall(body)
    except TimeoutError:
        raise
    except OSError:
        raise Closed from None


def receive(channel: socket.socket, until: float | None = None) -> tuple[Header, bytes]:
    """Receive one message, at the latest by ``until`` (of the monotonic clock). Raises Closed, TimeoutError."""
    header_length, body_length = _LENGTHS.unpack(_read(channel, _LENGTHS.size, until))
    header = json.loads(_read(channel, header_length, until))
    return header, _read(channel, body_length, until)


def _read(channel: socket.socket, length: int, until: float | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        try:
            piece = channel.recv(min(length - len(data), _PIECE))
        except TimeoutError:
            raise
        except OSError:
            raise Closed from None
        if not piece:
            raise Closed
        data += piece
    return bytes(data)


def kind_of(request: Header) -> str:
    """What a request asks for, in a word."""
    return next((word for key, word in _KINDS.items() if key in request), "query")


def from_query(query: Query) -> Header:
    """A query as a header."""
    return {**asdict(query), "bindings": dict(query.bindings)}


def to_query(header: Header) -> Query:
    """The query of a header."""
    graphs = {name: tuple(header[name]) for name in ("default_graphs", "named_graphs")}
    return Query(**{**header, **graphs})


def from_error(error: KgError) -> Header:
    """An error as a header."""
    where = asdict(error.where) if error.where else None
    return {"error": type(error).__name__, "message": error.message, "remedy": error.remedy, "where": where}


def to_error(header: Header) -> KgError:
    """The error of a header, of the class it had on the other side."""
    kind = getattr(errors, header["error"], KgError)
    where = Where(**header["where"]) if header["where"] else None
    return kind(header["message"], remedy=header["remedy"], where=where)
