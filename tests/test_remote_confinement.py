"""What a process that is confined can still do: nothing of the internet but one port, whatever it runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from checkout import ROOT
from serving import write_snapshot

from kg.engine import current
from kg.errors import ServiceError
from kg.model import Query
from kg.remote.confinement import PORTS, SOCKETS
from kg.workers import Limits, Pool

SCRIPT = """
import ctypes, errno, json, os, socket, sys
import pyoxigraph as ox
from kg.remote.confinement import confine
allowed, *ports = json.loads(sys.argv[1])
done = sorted(confine(allowed))

def outcome(work):
    try:
        work()
    except OSError:
        return False
    return True

def service(port):
    try:
        list(ox.Store().query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"))
    except (OSError, RuntimeError):
        pass

def fast(port, *, by_option):
    with socket.socket() as client:
        if by_option:
            client.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
            client.connect(("127.0.0.1", port))
            client.send(b"x")
        else:
            client.sendto(b"x", socket.MSG_FASTOPEN, ("127.0.0.1", port))

def refused(call):
    system = ctypes.CDLL(None, use_errno=True)
    return system.syscall(call, 1, None) < 0 and ctypes.get_errno() == errno.EACCES

TCP_FASTOPEN_CONNECT, IO_URING_SETUP, X32_SOCKET = 30, 425, 0x40000029
for port in ports:
    service(port)
child = os.fork()
if not child:
    for port in ports:
        service(port)
    os._exit(0)
os.waitpid(child, 0)
print(json.dumps({
    "done": done,
    "datagrams": outcome(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    "six": outcome(lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM)),
    "listens": outcome(lambda: socket.create_server(("127.0.0.1", 0))),
    "local": outcome(socket.socketpair),
    "fast": [outcome(lambda: fast(port, by_option=by_option)) for port in ports[:1] for by_option in (False, True)],
    "rings": not refused(IO_URING_SETUP),
    "32 bits": os.uname().machine == "x86_64" and not refused(X32_SOCKET),
}))
"""


@contextmanager
def listening() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        listener.settimeout(0.2)
        yield listener, listener.getsockname()[1]


def connections(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


def confined(allowed: int | None, *ports: int) -> dict:
    command = [sys.executable, "-c", SCRIPT, json.dumps([allowed, *ports])]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    with process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(out)


def test_without_a_port_nothing_is_connected_to() -> None:
    with listening() as (listener, port):
        told = confined(None, port)
        caught = connections(listener)
    assert told["local"]
    # Where the system cannot enforce it, nothing says that it does.
    assert (SOCKETS in told["done"]) == (caught == 0)
    if SOCKETS in told["done"]:
        assert not (told["datagrams"] or told["six"] or told["listens"] or told["rings"] or told["32 bits"])


@pytest.mark.parametrize("closes", [False, True])
def test_with_a_port_only_that_one_is(closes: bool) -> None:
    with listening() as (relay, allowed), listening() as (other, port):
        if closes:
            relay.close()
        else:
            answering(relay)
        told = confined(allowed, port, *([] if closes else [allowed]))
        assert (PORTS in told["done"]) == (connections(other) == 0)
    if SOCKETS in told["done"]:
        assert not (told["datagrams"] or told["six"] or told["rings"] or told["32 bits"] or any(told["fast"]))


@pytest.mark.parametrize("federated", [False, True])
def test_a_worker_connects_to_nobody_else_even_if_it_is_told_to(tmp_path: Path, federated: bool) -> None:
    """As if the guard had been deceived: the query of a worker has another address than that of the relay."""
    with listening() as (_, allowed), listening() as (other, port):
        limits = Limits(relay=allowed if federated else None)
        pool = Pool(current(write_snapshot(tmp_path / "state")), size=1, limits=limits)
        try:
            assert b"true" in pool.answer(Query("ASK { ?s ?p ?o }"), "json")
            misled = Query("SELECT * { SERVICE <urn:x> { ?s ?p ?o } }", relays=(f"http://127.0.0.1:{port}/",))
            with pytest.raises(ServiceError):
                pool.answer(misled, "json")
        finally:
            pool.close()
        enforced = PORTS in confined(allowed)["done"] if federated else SOCKETS in confined(None)["done"]
        assert (connections(other) == 0) is enforced


def answering(listener: socket.socket) -> None:
    """Answer two requests in the background, so that the asking process need not wait."""

    def serve() -> None:
        listener.settimeout(30)
        for _ in range(2):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 46\r\nConnection: close"
                connection.sendall(head + b'\r\n\r\n{"head":{"vars":[]},"results":{"bindings":[]}}')

    threading.Thread(target=serve, daemon=True).start()
