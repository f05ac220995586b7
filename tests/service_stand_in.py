"""A stand-in for another SPARQL service: a real HTTP server on loopback over a graph, with faults that can be scripted.

What it says of the world is made for tests.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox

JSON = "application/sparql-results+json"
WIKIDATA = "https://query.wikidata.org/sparql"
#: How long a service that is slow takes, in seconds, unless it is released before.
SLOW = 30.0


@dataclass
class Request:
    """A request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """A running stand-in. ``faults`` are used up by the requests to come, one each; then it answers."""

    port: int
    store: ox.Store
    faults: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    #: What it answers to a fault named "body", with its media type.
    body: bytes = b""
    media_type: str = JSON
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def local(self) -> str:
        """Its address, as the list of services has it."""
        return f"local+http://127.0.0.1:{self.port}/sparql"

    def called(self, iri: str = WIKIDATA) -> str:
        """An entry of the list that has it asked in place of a service."""
        return f"{iri}={self.local}"

    @property
    def questions(self) -> list[str]:
        """The queries that it was asked."""
        return [one.body.decode("utf-8") for one in self.requests]


class _Handler(BaseHTTPRequestHandler):
    def setup(self) -> None:
        super().setup()
        self.server.stand_in.connections += 1

    def do_POST(self) -> None:
        here = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        here.requests.append(Request(self.path, dict(self.headers), body))
        fault = here.faults.pop(0) if here.faults else ""
        getattr(self, f"_{fault.replace('-', '_') or 'ok'}", lambda: self._status(int(fault)))()

    do_GET = do_POST

    def _ok(self) -> None:
        results = self.server.stand_in.store.query(self.server.stand_in.requests[-1].body.decode("utf-8"))
        self._send(200, results.serialize(format=ox.QueryResultsFormat.JSON), JSON)

    def _status(self, status: int) -> None:
        self._send(status, b"{}", JSON)

    def _later(self) -> None:
        self._send(429, b"", "text/plain", **{"Retry-After": "7"})

    def _dated(self) -> None:
        self._send(503, b"", "text/plain", **{"Retry-After": "Wed, 21 Oct 2065 07:28:00 GMT"})

    def _html(self) -> None:
        self._send(200, b"<html>All is down.</html>", "text/html")

    def _body(self) -> None:
        self._send(200, self.server.stand_in.body, self.server.stand_in.media_type)

    def _gzip(self) -> None:
        self._send(200, gzip.compress(b" " * 6_000_000), JSON, **{"Content-Encoding": "gzip"})

    def _redirect(self) -> None:
        self._send(302, b"", "text/plain", Location=f"http://127.0.0.1:{self.server.stand_in.port}/elsewhere")

    def _slow(self) -> None:
        self.server.stand_in.released.wait(SLOW)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while not self.server.stand_in.released.wait(0.05):
            self.wfile.write(b"x")

    def _cut(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nContent-Length: 1000\r\n\r\n{")

    def _cut_chunked(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{")

    def _huge(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n")
        for _ in range(200):
            self.wfile.write(b" " * 100_000)

    def _send(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asks may have had enough."""


@contextmanager
def standing_in(turtle: str = "", *faults: str) -> Iterator[StandIn]:
    """A stand-in over a graph, ended afterwards."""
    store = ox.Store()
    store.load(turtle.encode("utf-8"), format=ox.RdfFormat.TURTLE)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.stand_in = StandIn(server.server_address[1], store, list(faults))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.stand_in
    finally:
        server.stand_in.released.set()
        server.shutdown()
        server.server_close()
