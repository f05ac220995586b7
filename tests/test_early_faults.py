"""The thread that reads from all connections outlives what goes wrong around it, and waits for nobody."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from serving import PATIENCE, Server, command, serving, write_snapshot
from test_connections import Application, running
from test_early import LASTING, number, path, prepared, value, where
from waitress import wasyncore

from kg.web.early import Waiting
from kg.web.front import NOW, Later
from kg.workers.begun import Begun
from kg.workers.lease import Lease
from kg.workers.wire import Channel

pytestmark = pytest.mark.server

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("faults") / "state")


@pytest.fixture
def server(state: Path) -> Iterator[Server]:
    with serving(state, "--threads", "2", "--workers", "1", "--budget", "0", "--deadline", "20") as one:
        yield one


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[1])


def family(server: Server) -> tuple[int, list[int]]:
    """The owner of the store and its workers."""
    found = server.descendants()
    (owner,) = (one for one in found if parent(one) == server.process.pid)
    return owner, [one for one in found if parent(one) == owner]


def send(server: Server, query: str) -> socket.socket:
    connection = socket.create_connection(where(server), timeout=PATIENCE)
    connection.sendall(f"GET {path(query)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return connection


def status(connection: socket.socket) -> int:
    """The status of the answer, once all of it is there."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    connection.close()
    return int(received.split()[1])


def test_a_channel_that_ends_is_told_of_once() -> None:
    # The system reports the end of a channel as something to read and as an end, in one go.
    watched: dict[int, object] = {}
    ours, theirs = socket.socketpair()
    lease = SimpleNamespace(channel=Channel(ours), take_now=lambda: True, send=lambda *request: None)
    begun = Begun(lease, {}, b"", 1.0)  # type: ignore[arg-type]
    left: list[str] = []

    class Connection:
        def __getattr__(self, name: str) -> object:
            return lambda: left.append(name)

    waiting = Waiting(watched)
    waiting.add(Connection(), SimpleNamespace(begun=begun, since=time.monotonic()))  # type: ignore[arg-type]
    theirs.close()
    wasyncore.loop(0, True, watched, 1)
    assert left == ["leave"] and not watched and not waiting
    ours.close()


def test_the_server_outlives_its_workers(server: Server) -> None:
    prepared(server)
    for turn in range(8):
        _, workers = family(server)
        for one in workers:
            os.kill(one, signal.SIGSTOP)
        asked = send(server, f"{LASTING} # {turn}")
        time.sleep(0.005 * turn)
        for one in workers:
            os.kill(one, signal.SIGKILL)
        assert status(asked) in (200, 503)
        assert server.ask("GET", "/healthz").status == 200
    assert value(server.ask("GET", path(number(5)), JSON).body) == 5


def test_nobody_waits_for_a_worker_to_be_replaced(server: Server) -> None:
    prepared(server)
    owner, workers = family(server)
    os.kill(owner, signal.SIGSTOP)
    for one in workers:
        os.kill(one, signal.SIGKILL)
    asked = send(server, number(6))
    time.sleep(0.2)
    assert server.ask("GET", "/healthz").status == 200
    # Not because the owner had been given up by then.
    assert Path(f"/proc/{owner}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T"
    os.kill(owner, signal.SIGCONT)
    assert status(asked) in (200, 503)
    assert value(server.ask("GET", path(number(7)), JSON).body) == 7


def test_threads_do_not_wait_for_workers_that_wait_for_threads(server: Server) -> None:
    prepared(server)
    _, (worker,) = family(server)
    os.kill(worker, signal.SIGSTOP)
    asked = send(server, number(8))
    with ThreadPoolExecutor(4) as threads:
        others = [threads.submit(server.query, number(20 + one)) for one in range(4)]
        time.sleep(0.5)
        os.kill(worker, signal.SIGCONT)
        assert [one.result().status for one in others] == [200] * 4
    assert status(asked) == 200


@pytest.mark.parametrize("name", ["Accept", "If-None-Match", "Cookie"])
def test_long_headers_are_read_by_a_thread(name: str) -> None:
    views, at_once = Application(), []
    views.app.extensions["kg"] = None
    inner = views.app.wsgi_app

    def app(environ: dict[str, object], start_response: object) -> object:
        if NOW in environ:
            at_once.append(environ["PATH_INFO"])
            raise Later
        return inner(environ, start_response)  # type: ignore[arg-type]

    views.app.wsgi_app = app  # type: ignore[assignment]
    with running(views) as connect, connect() as connection:
        for long in (False, True):
            value = ", a/b" * 10_000 if long else ", a/b"
            connection.sendall(f"GET /quick HTTP/1.1\r\nHost: localhost\r\n{name}: */*{value}\r\n\r\n".encode())
            assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
    assert at_once == ["/quick"]


def test_a_log_that_nobody_reads_stops_nobody(state: Path) -> None:
    line, environment = command("--port", "0", "--budget", "0", "--threads", "2", state=state)
    environment["KG_LOG"] = "json"
    process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stderr
        address = re.search(r"http://[^ ]+", process.stdout.readline())
        assert address
        one = Server(process, address[0], "")
        # A pipe holds 64 kB.
        for turn in range(1_000):
            assert one.ask("GET", path(number(turn % 7)), JSON).status == 200
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()


def test_a_lease_given_back_at_once_starts_no_process() -> None:
    done: list[object] = []
    worker = SimpleNamespace(generation=1)
    lanes = SimpleNamespace(take_now=lambda: worker, forget=lambda one: None, put=done.append)

    def fork(*arguments: object) -> None:
        raise AssertionError("a process was started")

    keeper = SimpleNamespace(generation=1, fork=fork)
    lease = Lease(keeper, lanes, "query", 1.0, lambda kind, seconds: None)  # type: ignore[arg-type]
    assert lease.take_now()
    # Meanwhile, the owner has prepared more.
    keeper.generation = 2
    lease.end(healthy=True)
    assert done == [worker]
