"""The HTTP server's connections: who is slow or idle keeps neither a thread nor a place from others."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from flask import Flask, Response
from serving import PATIENCE
from waitress import wasyncore

from kg.settings import Settings
from kg.web import connections, pace
from kg.web.server import create_server

GET = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Application:
    """Views that are slow in their own ways, and what has become of them."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.app.config["MAX_CONTENT_LENGTH"] = 1_000_000
        self.go_on, self.given_up, self.working = threading.Event(), threading.Event(), threading.Event()
        self.app.add_url_rule("/quick", "quick", lambda: "quick")
        self.app.add_url_rule("/blocked", "blocked", self.blocked)
        self.app.add_url_rule("/large", "large", lambda: "x" * 20_000_000)
        self.app.add_url_rule("/endless", "endless", self.endless)

    def blocked(self) -> str:
        self.working.set()
        self.go_on.wait(PATIENCE)
        return "done"

    def endless(self) -> Response:
        def pieces() -> Iterator[bytes]:
            try:
                while True:
                    yield b"x" * 100_000
            finally:
                self.given_up.set()

        return Response(pieces())


@contextmanager
def running(views: Application, threads: int = 4) -> Iterator[Callable[[], socket.socket]]:
    """A server over these views, in this process; what makes connections to it."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = create_server(views.app, Settings(threads=threads), listener)
        loop = threading.Thread(target=server.run, daemon=True)
        loop.start()
        address = listener.getsockname()
        try:
            yield lambda: socket.create_connection(address, timeout=PATIENCE)
        finally:
            views.go_on.set()
            server.task_dispatcher.set_thread_count(0)
            # The loop may be awake for another reason, and have closed the trigger before it is pulled.
            with suppress(OSError):
                server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
            loop.join(PATIENCE)
            assert not loop.is_alive()


def answered(connection: socket.socket) -> bytes:
    """What comes back, at once."""
    connection.sendall(GET % b"quick")
    return connection.recv(10_000)


def closed(connection: socket.socket) -> bool:
    """True if the other side has closed the connection, or does within all patience."""
    try:
        while connection.recv(100_000):
            pass
    except ConnectionError:
        pass
    return True


def test_a_client_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_READING", 0.3)
    monkeypatch.setattr(connections, "_TICK", 0.1)
    views = Application()
    with running(views, threads=1) as connect, connect() as stalled, connect() as other:
        stalled.sendall(GET % b"endless")
        assert views.given_up.wait(PATIENCE)
        assert b"quick" in answered(other)
        assert closed(stalled)


def test_a_client_that_reads_nothing_of_what_is_ready_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_READING", 0.3)
    monkeypatch.setattr("kg.web.server._LOOK", 1)
    with running(Application()) as connect, connect() as stalled:
        stalled.sendall(GET % b"large")
        assert stalled.recv(1) == b"H"
        end = time.monotonic() + PATIENCE
        with pytest.raises(ConnectionError):
            while time.monotonic() < end:
                stalled.sendall(b"x")
                time.sleep(0.1)


@pytest.mark.parametrize(("path", "threads"), [(b"large", 4), (b"endless", 1)])
def test_a_client_that_reads_a_byte_now_and_then_is_given_up(
    monkeypatch: pytest.MonkeyPatch, path: bytes, threads: int
) -> None:
    monkeypatch.setattr(connections, "_TICK", 0.1)
    monkeypatch.setattr("kg.web.server._LOOK", 0.1)
    monkeypatch.setattr(pace, "PERIOD", 0.5)
    views = Application()
    with running(views, threads) as connect, connect() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.sendall(GET % path)
        end = time.monotonic() + PATIENCE
        with pytest.raises(ConnectionError):
            while time.monotonic() < end:
                assert slow.recv(1)
                # Who sends anything is told that nobody is there any more.
                slow.sendall(b"x")
                time.sleep(0.05)
        if path == b"endless":
            assert views.given_up.wait(PATIENCE)
        with connect() as other:
            assert b"quick" in answered(other)


def test_only_who_reads_little_is_slow() -> None:
    one = pace.Pace()
    # Of what waits nothing is read at first, then enough, then all.
    assert not one.is_too_slow(0, 0, 100.0) and not one.is_too_slow(500, 3_000_000, 101.0)
    assert not one.is_too_slow(600, 2_999_900, 130.0)
    assert not one.is_too_slow(1_500_000, 1_500_500, 161.5)
    assert not one.is_too_slow(2_600_000, 400_500, 222.0)
    assert not one.is_too_slow(3_000_500, 20, 283.0)
    assert not one.is_too_slow(3_000_520, 0, 300.0)
    # Idle for long, and then a byte a second.
    assert not one.is_too_slow(3_000_520, 5_000, 9_000.0)
    assert not one.is_too_slow(3_000_550, 4_970, 9_030.0)
    assert one.is_too_slow(3_000_580, 4_940, 9_060.0)


def test_requests_behind_a_large_answer_keep_no_thread() -> None:
    with running(Application(), threads=1) as connect, connect() as stalled, connect() as other:
        stalled.sendall(GET % b"large" + GET % b"quick" * 3)
        assert stalled.recv(1) == b"H"
        assert b"quick" in answered(other)
        # What was asked first comes whole.
        received = 1
        while piece := stalled.recv(1_000_000):
            received += len(piece)
        assert received > 20_000_000


def test_a_client_that_reads_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_READING", 0.5)
    monkeypatch.setattr(connections, "_TICK", 0.1)
    views = Application()
    with running(views) as connect, connect() as slow:
        slow.sendall(GET % b"endless")
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            assert slow.recv(400_000)
            time.sleep(0.05)
        assert not views.given_up.is_set()


def test_a_request_that_dribbles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_RECEIVING", 0.2)
    with running(Application()) as connect, connect() as slow:
        end = time.monotonic() + PATIENCE
        with pytest.raises(ConnectionError):
            slow.sendall(b"GET /quick HTTP/1.1\r\n")
            while time.monotonic() < end:
                slow.sendall(b"A: b\r\n")
                time.sleep(0.05)


def test_a_new_connection_takes_the_place_of_an_idle_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS", 3)
    with running(Application()) as connect, ExitStack() as stack:
        idle = [stack.enter_context(connect()) for _ in range(3)]
        assert all(b"quick" in answered(one) for one in idle)
        assert b"quick" in answered(stack.enter_context(connect()))
        (given_up,), _, _ = select.select(idle, [], [], PATIENCE)
        assert closed(given_up)
        assert all(b"quick" in answered(one) for one in idle if one is not given_up)


def test_connections_that_are_at_work_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS", 1)
    views = Application()
    with running(views) as connect, connect() as busy:
        busy.sendall(GET % b"blocked")
        assert views.working.wait(PATIENCE)
        for _ in range(3):
            with connect() as other:
                assert b"quick" in answered(other)
        views.go_on.set()
        assert b"done" in busy.recv(10_000)


def test_a_request_that_waited_too_long_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "WAIT", 0.2)
    views = Application()
    with running(views, threads=1) as connect, connect() as first, connect() as second:
        first.sendall(GET % b"blocked")
        assert views.working.wait(PATIENCE)
        second.sendall(GET % b"quick")
        time.sleep(0.5)
        views.go_on.set()
        answer = b"".join(iter(lambda: second.recv(10_000), b""))
        assert answer.startswith(b"HTTP/1.1 503 ") and b"Retry-After" in answer and b'"code": "busy"' in answer
        assert b"done" in first.recv(10_000)


def test_requests_sent_at_once_are_answered_in_order() -> None:
    with running(Application()) as connect, connect() as connection:
        connection.sendall(GET % b"quick" * 20)
        received = b""
        while received.count(b"HTTP/1.1 200") < 20 or not received.endswith(b"quick"):
            received += connection.recv(10_000)
        assert received.count(b"quick") == 20
