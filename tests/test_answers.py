"""Answers over HTTP: what is not complete is never taken for it, and a large answer costs no memory."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from serving import PATIENCE, Server, gone, serving, write_snapshot
from test_workers import ENDLESS, until

pytestmark = pytest.mark.server

#: Some hundred megabytes; and more than a machine of any speed has written at a deadline.
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } LIMIT 130000"
BOTTOMLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u }"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("answers") / "state")


@pytest.fixture(scope="module")
def server(state: Path) -> Iterator[Server]:
    with serving(state, "--workers", "1", "--budget", "0", "--max-deadline", "60") as one:
        yield one


def path(query: str, **parameters: str) -> str:
    return "/sparql?" + urlencode({"query": query, **parameters})


def opened(server: Server, query: str, **parameters: str) -> http.client.HTTPResponse:
    """The beginning of an answer, of which nothing but the headers has been read."""
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=PATIENCE)
    connection.request("GET", path(query, **parameters), headers={"Accept": "application/sparql-results+json"})
    return connection.getresponse()


def raw(server: Server, text: str) -> bytes:
    """All that comes back over a connection on which these characters are sent."""
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(text.encode("ascii"))
        return b"".join(iter(lambda: connection.recv(100_000), b""))


def memory(server: Server) -> int:
    """Bytes of the server and all its processes, shared pages divided among them."""
    total = 0
    for process in {server.process.pid} | server.descendants():
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
    return total


def test_an_answer_held_whole_says_that_it_is_complete(server: Server) -> None:
    answer = server.ask("GET", path("SELECT * { ?s ?p ?o }"))
    assert answer.headers["kg-answer"] == "complete"
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize(("limit", "said"), [("2", "truncated; rows=2"), ("100000", "complete")])
@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_a_limit_that_the_client_asks_for_is_told(server: Server, query: str, limit: str, said: str) -> None:
    assert server.ask("GET", path(query, limit=limit)).headers["kg-answer"] == said


def test_a_large_answer_is_streamed_whole_in_little_memory(server: Server) -> None:
    before = memory(server)
    response = opened(server, LARGE, timeout="60")
    assert response.headers["KG-Answer"] == "streaming" and response.headers["Transfer-Encoding"] == "chunked"
    body, most = bytearray(), 0
    while piece := response.read(8_000_000):
        body += piece
        most = max(most, memory(server))
    assert len(body) > 100_000_000 and most - before < 50_000_000
    assert len(json.loads(body)["results"]["bindings"]) == 130_000


@pytest.mark.parametrize("parameters", [{"timeout": "4"}, {"timeout": "4", "limit": "100000000"}])
def test_a_stream_that_fails_breaks_the_connection(server: Server, parameters: dict[str, str]) -> None:
    response = opened(server, BOTTOMLESS, **parameters)
    assert response.status == 200 and response.headers["KG-Answer"].startswith("streaming")
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    assert server.query("ASK {}").status == 200


def test_a_broken_stream_has_no_end(server: Server) -> None:
    sent = f"GET {path(BOTTOMLESS, timeout='4')} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n"
    received = raw(server, sent)
    assert b"Transfer-Encoding: chunked" in received and not received.endswith(b"0\r\n\r\n")
    complete = raw(server, f"GET {path(LARGE, timeout='60')} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n")
    assert complete.endswith(b"\r\n0\r\n\r\n")


def test_nothing_is_streamed_to_a_client_that_could_not_tell(server: Server) -> None:
    received = raw(server, f"GET {path(BOTTOMLESS, timeout='5')} HTTP/1.0\r\n\r\n")
    assert b" 400 " in received.partition(b"\r\n")[0] and b"not even in part" in received
    small = raw(server, f"GET {path('ASK {}')} HTTP/1.0\r\n\r\n")
    assert b" 200 " in small.partition(b"\r\n")[0] and b"Content-Length" in small


def test_the_head_of_a_large_answer_costs_no_more_than_its_beginning(server: Server) -> None:
    answer = server.ask("HEAD", path(BOTTOMLESS))
    assert answer.status == 200 and answer.body == b"" and answer.headers["kg-answer"] == "streaming"
    until(lambda: len(server.descendants()) == 2)


def test_a_query_past_its_deadline_says_so(server: Server) -> None:
    answer = server.ask("GET", path(ENDLESS, timeout="0.5"))
    assert answer.status == 504 and answer.headers["kg-answer"] == "timed-out"
    assert "0.5 seconds" in answer.json()["detail"]


def test_no_more_time_than_the_operator_gives(server: Server) -> None:
    answer = server.ask("GET", path("ASK {}", timeout="61"))
    assert answer.status == 400 and "60" in answer.json()["detail"]
    assert server.ask("GET", path("ASK {}", timeout="60")).status == 200


@pytest.mark.parametrize("query", [ENDLESS, BOTTOMLESS])
def test_a_client_that_goes_away_ends_its_query(server: Server, query: str) -> None:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    until(lambda: len(server.descendants()) == 2)
    before = server.descendants()
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(f"GET {path(query, timeout='60')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("ascii"))
        # The query is a long one now, and has a process beside the quick one.
        until(lambda: len(server.descendants()) == 3)
    began = time.monotonic()
    until(lambda: len(server.descendants()) == 2)
    assert server.descendants() != before and time.monotonic() - began < 50


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stopping_in_the_middle_of_a_stream_leaves_no_process(state: Path, number: int) -> None:
    with serving(state) as one:
        response = opened(one, BOTTOMLESS)
        assert response.read(1_000_000)
        children = one.descendants()
        one.stop(number)
        assert gone(children)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()
