"""For who runs the server: health, metrics, logs, proxies and fair use, on real server processes."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from kg.web.forwarded import Forwarded, client
from serving import PATIENCE, Answer, Server, serving, write_snapshot


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("operation"))


def get(server: Server, path: str, **headers: str) -> Answer:
    return server.ask("GET", path, headers)


def seen(trusted: tuple[str, ...] = (), prefix: str = "", **environ: str) -> dict[str, str]:
    """What an application behind the middleware is told of a request."""
    found: dict[str, str] = {}

    def app(inner: dict, start: object) -> list[bytes]:
        found.update(inner, client=client.get())
        return []

    base = {"wsgi.url_scheme": "http", "REQUEST_METHOD": "GET", "PATH_INFO": "/", "REMOTE_ADDR": "192.0.2.1",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000"}  # fmt: skip
    Forwarded(app, trusted, prefix)({**base, **environ}, lambda *_: None)
    return found


def test_a_stranger_cannot_ask_in_the_name_of_another() -> None:
    told = seen(
        ("10.0.0.0/8",), HTTP_X_FORWARDED_FOR="10.1.1.1", HTTP_X_FORWARDED_HOST="evil.example",
        HTTP_X_FORWARDED_PREFIX="/evil", HTTP_X_FORWARDED_PROTO="https", HTTP_FORWARDED="for=10.1.1.1",
    )  # fmt: skip
    assert told["client"] == "192.0.2.1" and told["HTTP_HOST"] == "127.0.0.1:8000"
    assert told["wsgi.url_scheme"] == "http" and not told.get("SCRIPT_NAME")
    assert not any("FORWARDED" in name for name in told)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.1"),
        ("unknown, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, <script>", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_of_a_trusted_proxy_the_nearest_stranger_counts(chain: str, expected: str) -> None:
    told = seen(("10.0.0.0/8",), REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=chain)
    assert told["client"] == told["REMOTE_ADDR"] == expected


def test_a_trusted_proxy_tells_the_address_we_have_for_others() -> None:
    told = seen(
        ("10.0.0.1/32",), REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="graph.example", HTTP_X_FORWARDED_PREFIX="/kg",
    )  # fmt: skip
    assert (told["wsgi.url_scheme"], told["HTTP_HOST"], told["SCRIPT_NAME"]) == ("https", "graph.example", "/kg")
    told = seen(("10.0.0.1/32",), REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_PREFIX="//evil.example")
    assert not told.get("SCRIPT_NAME")


@pytest.mark.parametrize(
    ("path", "expected"), [("/kg/sparql", "/sparql"), ("/sparql", "/sparql"), ("/kg", "/"), ("/kgx", "/kgx")]
)
def test_a_path_in_front_is_taken_off(path: str, expected: str) -> None:
    told = seen(prefix="/kg", PATH_INFO=path)
    assert (told["SCRIPT_NAME"], told["PATH_INFO"]) == ("/kg", expected)


def test_health_and_metrics(state: Path) -> None:
    with serving(state) as server:
        assert get(server, "/healthz").status == 200 and get(server, "/readyz").status == 200
        server.query("SELECT * { ?s ?p ?o } LIMIT 1")
        server.query("SELECT * { ?s ?p ")
        answer, end = get(server, "/metrics"), time.monotonic() + PATIENCE
        # A request is counted when its answer has been sent, which its client may know a moment before.
        counted = (
            "kg_refusals_total{",
            'kg_http_requests_total{status="200",view="endpoint.sparql"}',
            'kg_work_seconds_count{kind="query"}',
        )
        while not all(one in answer.text for one in counted) and time.monotonic() < end:
            answer = get(server, "/metrics")
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain")
        values = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
        assert float(values['kg_http_requests_total{status="200",view="endpoint.sparql"}']) == 1
        assert float(values['kg_refusals_total{code="query"}']) == 1
        assert float(values['kg_work_seconds_count{kind="query"}']) >= 1
        assert any(name.startswith("kg_snapshot{") for name in values)


def test_the_log_has_a_line_for_each_request_and_no_query_unless_asked(state: Path, tmp_path: Path) -> None:
    secret = "SELECT ?veryPrivate { ?veryPrivate ?p ?o } LIMIT 1"
    for options, has_text in ((), False), (("--log-queries", "true"), True):
        log = tmp_path / f"log-{has_text}"
        with serving(state, "--log", "json", *options, log=log) as server:
            answer = server.query(secret, X_Request_ID="from-the-client")
            assert answer.headers["x-request-id"] == "from-the-client"
            forged = get(server, "/nowhere", **{"X-Request-ID": 'x"} forged'})
            assert re.fullmatch("[0-9a-f]{32}", forged.headers["x-request-id"])
        # A line is written when a request has ended, which the client may see before.
        lines = sorted(map(json.loads, log.read_text().splitlines()), key=lambda line: line["status"])
        assert [line["status"] for line in lines] == [200, 404]
        assert lines[0]["id"] == "from-the-client" and lines[0]["bytes"] == len(answer.body)
        assert lines[1]["error"] == "not-found" and lines[0]["client"] == "127.0.0.1"
        assert ("veryPrivate" in log.read_text()) is has_text and len(lines[0]["query_sha256"]) == 64


def test_who_asks_for_too_much_is_told_when_to_come_back_and_nobody_else_is(state: Path) -> None:
    heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(?a != ?l) }"
    options = ("--budget", "0.2", "--trusted-proxies", "127.0.0.1")
    with serving(state, *options) as server:
        one, other = {"X_Forwarded_For": "192.0.2.1"}, {"X_Forwarded_For": "192.0.2.2"}
        for _ in range(20):
            answer = server.query(heavy, **one)
            if answer.status != 200:
                break
        assert answer.status == 429 and int(answer.headers["retry-after"]) >= 1
        assert answer.json()["code"] == "fair-use"
        assert server.query("ASK {}", **other).status == 200
        assert get(server, "/healthz", **{"X-Forwarded-For": "192.0.2.1"}).status == 200
