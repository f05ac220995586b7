"""``kg serve`` as a real process: it starts, answers, refuses in words and leaves nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import write_repository
from serving import PATIENCE, Server, command, gone, serving, write_snapshot
from test_workers import ENDLESS

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("serve") / "state")


@pytest.fixture(scope="module")
def server(state: Path) -> Iterator[Server]:
    with serving(state, "--deadline", "2") as one:
        yield one


def works(server: Server) -> bool:
    return server.query("ASK { ?s ?p ?o }").json()["boolean"] is True


def refused(*arguments: str, state: Path) -> str:
    """What ``kg serve`` says when it cannot run; it must end with 2 and without a traceback."""
    line, environment = command(*arguments, state=state)
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_it_prints_its_address_and_a_query_that_works(server: Server) -> None:
    curl = server.printed.splitlines()[1]
    assert server.address in server.printed and curl.startswith(f"curl {server.address}/sparql ")
    asked = curl.partition("--data-urlencode 'query")[2].removesuffix("'")
    query = Path(asked[1:]).read_text("utf-8") if asked.startswith("@") else asked[1:]
    answer = server.query(query, Accept="text/csv")
    assert answer.status == 200 and answer.media_type == "text/csv" and answer.text.strip()


def test_the_request_it_prints_can_be_sent_where_it_listens_on_every_address(state: Path) -> None:
    with serving(state, "--host", "0.0.0.0") as open_to_all:
        port = open_to_all.address.rpartition(":")[2]
        assert open_to_all.printed.splitlines()[1].startswith(f"curl http://127.0.0.1:{port}/sparql ")


def test_it_listens_on_the_loopback_address_only(server: Server) -> None:
    port = int(server.address.rpartition(":")[2])
    listening = {
        line.split()[1].partition(":")[0]
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines()
        if f":{port:04X} 00000000:0000 0A" in line
    }
    assert listening == {"0100007F"}


def test_a_query_past_the_deadline_is_ended(server: Server) -> None:
    answer = server.query(ENDLESS)
    assert answer.status == 504 and answer.json()["code"] == "deadline"
    assert works(server)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/sparql-query"}, b" " * 1_500_000, 413),
        # Refused before it is sent: the server does not wait for what it would not read.
        ({"Content-Type": "application/sparql-query", "Content-Length": "3000000"}, None, 413),
        ({"Host": "evil.example", "Content-Type": "application/sparql-query"}, b"ASK {}", 421),
    ],
)
def test_refusals_have_the_one_body(server: Server, headers: dict[str, str], body: bytes | None, status: int) -> None:
    answer = server.ask("POST", "/sparql", headers, body)
    assert answer.status == status and answer.media_type == "application/problem+json"
    assert answer.json()["status"] == status


def test_an_address_too_long_is_refused_in_the_one_body(server: Server) -> None:
    answer = server.ask("GET", "/sparql?query=" + "A" * 400_000)
    assert answer.status == 431 and answer.json()["remedy"]


def test_requests_that_wait_are_no_news(state: Path) -> None:
    line, environment = command("--port", "0", "--deadline", "1", state=state)
    environment["KG_THREADS"] = "1"
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        one = Server(process, process.stdout.readline().split("http://")[1].split()[0], "")
        with ThreadPoolExecutor(6) as threads:
            list(threads.map(one.query, [ENDLESS] * 6))
        one.stop()
        assert "queue" not in process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_and_leaves_no_process(state: Path, number: int) -> None:
    with serving(state, "--workers", "2") as one:
        assert works(one)
        # Both workers, and who starts them: the second may come later than the first answer.
        end = time.monotonic() + PATIENCE
        while len(children := one.descendants()) < 3 and time.monotonic() < end:
            time.sleep(0.1)
        assert len(children) == 3
        assert one.stop(number) == 0
        assert gone(children)


#: A server that is told to stop while its first thread ignores what is raised, as Python does in a destructor.
INTERRUPTED = """
import os, signal, sys
from kg.web.connections import Channel
received = Channel.received

class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(1000))

def interrupted(self, data):
    Interrupted()
    return received(self, data)

Channel.received = interrupted
from kg.__main__ import main
sys.argv[0] = "kg"
main()
"""


def test_it_stops_whatever_it_is_about_when_it_is_told(state: Path) -> None:
    line, environment = command("--port", "0", "--workers", "1", state=state)
    line[1:3] = ["-c", INTERRUPTED]
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) as process:
        one = Server(process, process.stdout.readline().split(" on ")[1].split()[0], "")
        try:
            with contextlib.suppress(OSError, http.client.HTTPException):
                one.query("ASK {}")
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def seconds_of_work(process: int) -> float:
    """Processor time a process has used; none if it has gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_it_stops_in_the_middle_of_a_query(state: Path) -> None:
    with serving(state, "--deadline", "600") as one, ThreadPoolExecutor(1) as threads:
        children = one.descendants()
        before = sum(map(seconds_of_work, children))
        running = threads.submit(one.query, ENDLESS)
        while sum(map(seconds_of_work, children)) < before + 0.2:
            assert not running.done()
        assert one.stop() == 0
        assert gone(children)
        # Whether the client still hears that its query was lost depends on who is faster.
        if not isinstance(running.exception(), OSError):
            assert running.result().status == 503 and "stopping" in running.result().json()["detail"]


def test_killed_it_takes_its_children_along(state: Path) -> None:
    with serving(state) as one:
        children = one.descendants()
        one.stop(signal.SIGKILL)
        assert gone(children)


def test_it_survives_the_death_of_every_child(state: Path) -> None:
    with serving(state) as one:
        for child in one.descendants():
            os.kill(child, signal.SIGKILL)
        statuses = [one.query("ASK {}").status for _ in range(6)]
        assert set(statuses) <= {200, 503} and statuses[-3:] == [200, 200, 200]
        children = one.descendants()
        one.stop()
        assert gone(children)


def test_without_a_snapshot_it_builds_one(tmp_path: Path) -> None:
    repository = write_repository(tmp_path / "repository")
    with serving(tmp_path / "state", repository=repository) as one:
        answer = one.ask("GET", "/id/actor/freedonia.ttl")
        assert answer.status == 200 and "Freedonia" in answer.text
        assert "Who stands where" in one.ask("GET", "/", {"Accept": "text/html"}).text


def test_a_taken_port_is_said_in_a_sentence(server: Server, state: Path) -> None:
    said = refused("--port", server.address.rpartition(":")[2], state=state)
    assert said.startswith(f"kg: {server.address} ") and "--port" in said


@pytest.mark.parametrize("arguments", [("--port", "x"), ("--port", "70000"), ("--deadline", "0"), ("--workers", "-1")])
def test_an_invalid_setting_is_said_in_a_sentence(state: Path, arguments: tuple[str, str]) -> None:
    assert arguments[0] in refused(*arguments, state=state)


def test_a_damaged_snapshot_is_said_in_a_sentence(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    next(state.glob("snapshots/*/manifest.json")).write_text("{", "utf-8")
    assert "kg build" in refused("--port", "0", state=state)


def test_a_malformed_query_file_does_not_keep_it_from_starting(tmp_path: Path, state: Path) -> None:
    repository = write_repository(tmp_path / "repository")
    (repository / "queries" / "broken.rq").write_text("#+ what\nASK {}", "utf-8")
    with serving(state, repository=repository) as one:
        assert "Who stands where" in one.ask("GET", "/", {"Accept": "text/html"}).text


