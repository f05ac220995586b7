"""Messages between the web process, the owner of the store and the workers: a header in JSON and a body of bytes.

Each message is two lengths (unsigned, 4 and 8 bytes, big-endian), the header and the body.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import time
from dataclasses import asdict, dataclass
from typing import Any

from kg import errors
from kg.errors import KgError, Where
from kg.model import Query

_LENGTHS = struct.Struct(">IQ")
_PIECE = 1 << 16
#: Seconds and microseconds, as the system takes them.
_TIME = struct.Struct("@ll")
#: First byte of the answer to a check: the contribution conforms, or it does not.
CONFORMS, DOES_NOT = b"+", b"-"
#: The form of a report that is a part of a page of the site.
FRAGMENT = "fragment"
#: What a request has in its header → what it asks for; anything else is a query.
_KINDS = {
    "explain": "explanation",
    "check": "check",
    "draft": "draft",
    "evidence": "query with evidence",
    "empty": "search for a reason",
    "names": "look at names",
}
#: Kinds of requests that are worth preparing for, and can be: nothing of theirs starts a thread.
PREPARED = ("check", "explanation", "draft")
_NARROWER = "Narrow it down: fewer patterns that match everything, a LIMIT, or smaller parts."
#: What helps where a request asked for too much, by what it asked for.
_SMALLER = {
    "explanation": "Explain one of the statements that it would rest on.",
    "check": "Split the contribution into smaller files.",
    "draft": "Propose less at once.",
}

Header = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """What a worker may use for one request.

    ``deadline`` is in seconds, ``memory`` in bytes beyond the store. ``answer`` is the most bytes of an answer that is
    sent whole. One that may be streamed is sent whole up to ``whole`` bytes, and has at most ``stream``; it may take
    ``lasting`` seconds, with the time that the client needs for reading it. ``relay`` is the one port of this machine that
    it may connect to, None for none.
    """

    deadline: float = 10.0
    memory: int = 256_000_000
    answer: int = 32_000_000
    whole: int = 4_000_000
    stream: int = 1_000_000_000
    lasting: float = 600.0
    relay: int | None = None


class Closed(Exception):
    """The other side has closed the channel, or its process has ended."""


class Channel:
    """One end of a pair of connected sockets, for messages."""

    def __init__(self, connection: socket.socket, patience: float | None = None) -> None:
        """``patience`` is how many seconds ``send`` waits for the other side to read on; None: for ever."""
        self.socket = connection
        if patience is not None:
            # Of the system, since a timeout of Python's costs a call to it more for each piece that is read.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME.pack(int(patience), 0))
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._held = b""

    def send(self, header: Header, body: bytes = b"") -> None:
        """Send one message. Raises Closed if nobody is there to read it."""
        encoded = json.dumps(header).encode("utf-8")
        begin = _LENGTHS.pack(len(encoded), len(body)) + encoded
        try:
            if len(body) < _PIECE:
                self.socket.sendall(begin + body)
            else:
                self.socket.sendall(begin)
                self.socket.sendall(body)
        except OSError:
            raise Closed from None

    def ready(self, seconds: float) -> bool:
        """Wait until there is something to read, or the other side is gone; False if that takes longer."""
        return bool(self._held) or bool(self._poll.poll(max(0.0, seconds) * 1000))

    def arrived(self) -> Header | None:
        """The header of the next message if all of it is there; None if it is not yet, or if it is a long one.

        Waits for nothing; the message is still to be received.
        """
        if len(self._held) < _PIECE:
            with contextlib.suppress(OSError):
                self._held += self.socket.recv(_PIECE - len(self._held), socket.MSG_DONTWAIT)
        if len(self._held) < _LENGTHS.size:
            return None
        header_length, body_length = _LENGTHS.unpack_from(self._held)
        if len(self._held) < _LENGTHS.size + header_length + body_length:
            return None
        return json.loads(self._held[_LENGTHS.size : _LENGTHS.size + header_length])

    def receive(self, until: float | None = None) -> tuple[Header, bytes]:
        """Receive one message, at the latest by ``until`` (of the monotonic clock). Raises Closed, TimeoutError."""
        header_length, body_length = _LENGTHS.unpack(self._read(_LENGTHS.size, until))
        header = json.loads(self._read(header_length, until))
        return header, self._read(body_length, until)

    def close(self) -> None:
        """Give up the channel: the other side sees its end."""
        self.socket.close()

    def _read(self, length: int, until: float | None) -> bytes:
        if length <= len(self._held):
            data, self._held = self._held[:length], self._held[length:]
            return data
        data = bytearray(self._held)
        self._held = b""
        while len(data) < length:
            try:
                # Mostly it is there already: to ask the system first would be one call too many.
                waits = 0 if until is None else socket.MSG_DONTWAIT
                piece = self.socket.recv(max(_PIECE, length - len(data)), waits)
            except BlockingIOError:
                if not self.ready(until - time.monotonic()):
                    raise TimeoutError from None
                continue
            except OSError:
                raise Closed from None
            if not piece:
                raise Closed
            data += piece
        if len(data) > length:
            self._held = bytes(data[length:])
            del data[length:]
        return bytes(data)


def kind_of(request: Header) -> str:
    """What a request asks for, in a word."""
    return next((word for key, word in _KINDS.items() if key in request), "query")


def smaller(kind: str) -> str:
    """What to do where a request of this kind asked for too much."""
    return _SMALLER.get(kind, _NARROWER)


def from_query(query: Query) -> Header:
    """A query as a header."""
    return {
        "text": query.text,
        "default_graphs": query.default_graphs,
        "named_graphs": query.named_graphs,
        "bindings": dict(query.bindings),
        "base": query.base,
        "relays": query.relays,
    }


def to_query(header: Header) -> Query:
    """The query of a header."""
    graphs = {name: tuple(header[name]) for name in ("default_graphs", "named_graphs", "relays")}
    return Query(**{**header, **graphs})


def from_error(error: KgError) -> Header:
    """An error as a header."""
    where = asdict(error.where) if error.where else None
    return {
        "error": type(error).__name__, "message": error.message, "remedy": error.remedy, "where": where,
        "proposal": error.proposal,
    }  # fmt: skip


def to_error(header: Header) -> KgError:
    """The error of a header, of the class it had on the other side."""
    kind = getattr(errors, header["error"], KgError)
    where = Where(**header["where"]) if header["where"] else None
    error = kind(header["message"], remedy=header["remedy"], where=where)
    error.proposal = header["proposal"]
    return error
