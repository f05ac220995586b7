"""The files of the whole data set, where many take them at once and some read nothing of what they are sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pyoxigraph as ox
import pytest
from serving import PATIENCE, Server, serving, write_snapshot

pytestmark = pytest.mark.server

PATHS = ("/dump.nq", "/dump.trig")
#: Far more than the system keeps of what a client does not read.
MANY = "".join(f'<https://example.org/{n}> <https://example.org/text> "{n}{"-" * 1_000}" .\n' for n in range(12_000))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("dumps") / "state", MANY, ox.RdfFormat.N_QUADS)
    with serving(state, "--budget", "0") as running:
        yield running


def begin(server: Server, path: str, opened: ExitStack, times: int = 1) -> socket.socket:
    """A client that asks for a file, or several times at once, and reads nothing."""
    host, _, port = server.address.removeprefix("http://").partition(":")
    connection = opened.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(PATIENCE / 4)
    connection.connect((host, int(port)))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * times)
    return connection


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("path", PATHS)
def test_who_reads_nothing_of_a_file_holds_up_nobody(server: Server, path: str, times: int) -> None:
    # What is made once is made.
    server.ask("GET", path)
    with ExitStack() as opened:
        silent = [begin(server, path, opened, times) for _ in range(20)]
        other = begin(server, "/healthz", opened)
        assert other.recv(12) == b"HTTP/1.1 200"
        assert [one.recv(12) for one in silent] == [b"HTTP/1.1 200"] * 20


def test_many_who_read_are_all_answered(server: Server) -> None:
    quads = [set(ox.parse(server.ask("GET", path).body, format=ox.RdfFormat.from_extension(path[6:]))) for path in PATHS]
    assert quads[0] == quads[1] == set(ox.parse(MANY, format=ox.RdfFormat.N_QUADS))
    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(lambda _: server.ask("GET", "/dump.trig"), range(24)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert all(int(answer.headers["content-length"]) == len(answer.body) for answer in answers)


def test_more_files_at_once_than_are_sent_are_refused_until_one_has_ended(server: Server) -> None:
    with ExitStack() as opened:
        for _ in range(32):
            assert begin(server, "/dump.nq", opened).recv(12) == b"HTTP/1.1 200"
        refused = server.ask("GET", "/dump.trig")
        assert refused.status == 503 and int(refused.headers["retry-after"]) > 0
        # Nothing is sent to who asks only whether it has changed, or how long it is.
        assert server.ask("HEAD", "/dump.nq").status == 200
    for _ in range(1_000):
        answer = server.ask("GET", "/dump.nq")
        if answer.status == 200:
            break
    assert answer.status == 200 and answer.body.count(b"\n") == 12_000


@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_has_not_changed_is_not_sent_again(server: Server, path: str) -> None:
    head = server.ask("HEAD", path)
    answer = server.ask("GET", path)
    assert head.headers["etag"] == answer.headers["etag"] and not head.body
    assert head.headers.get("content-length", answer.headers["content-length"]) == answer.headers["content-length"]
    assert server.ask("GET", path, {"If-None-Match": answer.headers["etag"]}).status == 304
