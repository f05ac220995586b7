"""Requests answered by the thread that reads from all connections: as any other, in order, and without a thread."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import PATIENCE, Server, serving, write_snapshot
from test_workers import ENDLESS, until
from waitress.task import WSGITask

from kg.web.task import Task

pytestmark = pytest.mark.server

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
#: Takes longer than an answer is waited for before a thread does it, and not long.
LASTING = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("early") / "state")
    with serving(state, "--threads", "1", "--workers", "2", "--budget", "0", "--deadline", "20") as one:
        yield one


def path(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, **more})


def where(server: Server) -> tuple[str, int]:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    return host, int(port)


def prepared(server: Server) -> None:
    """Wait until workers are not renewed any more."""
    seen: list[set[int]] = []

    def settled() -> bool:
        time.sleep(0.5)
        seen.append(server.descendants())
        return len(seen) > 5 and seen[-1] == seen[-2] == seen[-3] == seen[-4]

    until(settled)


def number(query_number: int) -> str:
    return f"SELECT ({query_number} AS ?x) {{}}"


def value(body: bytes) -> int:
    return int(json.loads(body)["results"]["bindings"][0]["x"]["value"])


def test_small_queries_need_no_thread(server: Server) -> None:
    prepared(server)
    with socket.create_connection(where(server), timeout=PATIENCE) as busy:
        head = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        busy.sendall(f"{head}Content-Length: {len(ENDLESS)}\r\n\r\n{ENDLESS}".encode())
        # The long query has left the quick lane, and keeps the only thread.
        until(lambda: len(server.descendants()) == 4)
        for one in range(5):
            assert value(server.ask("GET", path(number(one)), {"Accept": "application/json"}).body) == one
    until(lambda: len(server.descendants()) == 3)


def test_a_request_that_waits_long_for_a_thread_gives_its_worker_back(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    options = ("--threads", "1", "--workers", "1", "--budget", "0", "--deadline", "20")
    with serving(state, *options) as one, socket.create_connection(where(one), timeout=PATIENCE) as busy:
        busy.sendall(f"GET {path(ENDLESS, timeout='7')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        until(lambda: len(one.descendants()) == 3)
        assert one.ask("GET", path(LASTING, timeout="20")).status == 200
        assert one.ask("GET", path(number(3)), {"Accept": "application/json"}).status == 200


@pytest.mark.parametrize("query", [number(1), LARGE, LASTING, "SELECT * { ?s", "SELECT (STRLEN(1, 2) AS ?x) {}", "ASK {}"])
def test_answers_are_those_of_a_thread(server: Server, query: str) -> None:
    fresh = f"{query} # {threading.get_native_id()}"
    accept = {"Accept": "application/sparql-results+json"}
    early = server.ask("GET", path(fresh), accept)
    by_post = server.ask("POST", "/sparql", {**accept, "Content-Type": "application/sparql-query"}, fresh.encode())
    assert early.status == by_post.status
    if early.status == 200:
        assert early.body == by_post.body and early.headers["kg-answer"] == by_post.headers["kg-answer"] == "complete"
        # Kept by now, and then given again whole.
        for _ in range(3):
            assert server.ask("GET", path(fresh), accept).body == early.body
    else:
        assert early.json()["detail"] == by_post.json()["detail"]


def test_nobody_gets_the_answer_of_another(server: Server) -> None:
    def ask(start: int) -> None:
        connection = http.client.HTTPConnection(*where(server), timeout=PATIENCE)
        for one in range(start, start + 40):
            connection.request("GET", path(number(one)), headers={"Accept": "application/json"})
            response = connection.getresponse()
            assert response.status == 200 and value(response.read()) == one
        connection.close()

    with ThreadPoolExecutor(12) as threads:
        for done in [threads.submit(ask, 1000 * client) for client in range(12)]:
            done.result()


def test_requests_that_come_together_are_answered_in_order(server: Server) -> None:
    texts = [number(0), LASTING, number(1), "SELECT", number(2)]
    sent = "".join(f"GET {path(text, format='csv')} HTTP/1.1\r\nHost: localhost\r\n\r\n" for text in texts)
    with socket.create_connection(where(server), timeout=PATIENCE) as connection:
        connection.sendall(sent.encode())
        received = b""
        while received.count(b"HTTP/1.1 ") < len(texts) or not received.endswith(b"x\r\n2\r\n"):
            piece = connection.recv(100_000)
            assert piece
            received += piece
    assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"200", b"200", b"200", b"400", b"200"]
    first, second, third = (received.index(b"\r\n\r\n" + begin) for begin in (b"x\r\n0\r\n", b"n\r\n", b"x\r\n1\r\n"))
    assert first < second < third


def test_each_request_is_counted_once(server: Server) -> None:
    def counted() -> float:
        text = server.ask("GET", "/metrics").text
        return sum(map(float, re.findall(r'kg_http_requests_total\{[^}]*view="endpoint.sparql"[^}]*\} ([0-9.]+)', text)))

    before = counted()
    for text in (number(77), number(77), number(77), LASTING, LARGE, "SELECT", "SELECT * { ?s"):
        server.ask("GET", path(text))
    assert counted() - before == 7


NAMES = st.sampled_from(["Content-Type", "KG-Answer", "ETag", "x-request-id", "Vary", "Link", "Date", "Server", "Connection"])
VALUES = st.text("abc <>;=\"/0", max_size=10)


@given(
    given_headers=st.lists(st.tuples(NAMES, VALUES), max_size=8), length=st.booleans(),
    status=st.sampled_from(["200 OK", "404 NOT FOUND", "204 NO CONTENT", "304 NOT MODIFIED"]),
    version=st.sampled_from(["1.0", "1.1"]), connection=st.sampled_from([None, "close", "keep-alive"]),
)  # fmt: skip
def test_headers_are_written_as_waitress_writes_them(
    given_headers: list[tuple[str, str]], length: bool, status: str, version: str, connection: str | None
) -> None:
    def written(kind: type[WSGITask]) -> tuple[bytes, bool]:
        request = SimpleNamespace(version=version, headers={} if connection is None else {"CONNECTION": connection})
        task = kind(SimpleNamespace(server=SimpleNamespace(adj=SimpleNamespace(ident=None))), request)
        task.status, task.start_time = status, 1_700_000_000.5
        task.response_headers = given_headers + ([("Content-Length", "5")] if length else [])
        return task.build_response_header(), task.close_on_finish

    assert written(Task) == written(WSGITask)
