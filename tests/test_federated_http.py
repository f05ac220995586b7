"""Federated queries over HTTP: what their answers say, what they are not, and what becomes of a service that fails."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from checkout import ROOT
from service_stand_in import WIKIDATA, StandIn, standing_in
from serving import PATIENCE, Answer, Server, gone, serving, write_snapshot

pytestmark = pytest.mark.server

ITEM = "http://www.wikidata.org/entity/Q999999999"
FACTS = f'<https://w3id.org/coalition-kg/id/actor/freedonia> <urn:x:item> <{ITEM}> . <{ITEM}> <urn:x:size> 7 .'
OTHER = "https://other.example.org/sparql"
PREFIX = "PREFIX actor: <https://w3id.org/coalition-kg/id/actor/>\n"
WITHIN = "{ ?state <urn:x:item> ?item . ?item <urn:x:size> ?size }"
STATE = "<https://w3id.org/coalition-kg/ontology#State>"
QUERY = f"{PREFIX}SELECT ?state ?size {{ ?state a {STATE} SERVICE <{WIKIDATA}> {WITHIN} }}"
SILENT = QUERY.replace("SERVICE", "SERVICE SILENT")


@pytest.fixture(scope="module")
def one() -> Iterator[StandIn]:
    with standing_in(FACTS) as server:
        yield server


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    if "one" in request.fixturenames:
        one = request.getfixturevalue("one")
        one.requests.clear()
        one.faults.clear()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(scope="module")
def server(one: StandIn, log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may ask the stand-in in place of Wikidata, and another service of its own name."""
    state = write_snapshot(tmp_path_factory.mktemp("federated") / "state")
    services = f"{one.called()},{one.called(OTHER)}"
    with serving(state, "--services", services, "--log", "json", "--budget", "0", log=log) as running:
        yield running


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as it is without settings: it asks nobody."""
    with serving(write_snapshot(tmp_path_factory.mktemp("closed") / "state"), "--budget", "0") as running:
        yield running


def get(server: Server, query: str, ending: str = "", **headers: str) -> Answer:
    return server.ask("GET", f"/sparql{ending}?query={quote(query)}", headers)


def test_rows_of_both_are_joined_and_the_answer_says_who_was_asked(server: Server, one: StandIn) -> None:
    answer = get(server, QUERY)
    assert answer.status == 200, answer.text
    (row,) = answer.json()["results"]["bindings"]
    assert row["size"]["value"] == "7" and row["state"]["value"].endswith("freedonia")
    assert answer.headers["kg-services"] == f"<{WIKIDATA}>; rows=1" and answer.headers["kg-answer"] == "complete"
    (told,) = answer.json()["services"]
    assert told["service"] == WIKIDATA and told["rows"] == 1 and "failure" not in told
    # Whoever does not know of that member reads the rest.
    assert len(list(ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON))) == 1
    assert one.questions == ["SELECT * WHERE { ?state <urn:x:item> ?item .?item <urn:x:size> ?size . }"]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xml", ".spreadsheet.csv"])
def test_every_format_has_the_header_and_the_rows(server: Server, one: StandIn, ending: str) -> None:
    answer = get(server, QUERY, ending)
    assert answer.status == 200 and "7" in answer.text and answer.headers["kg-services"] == f"<{WIKIDATA}>; rows=1"


def test_a_day_can_be_asked_about(server: Server, one: StandIn) -> None:
    query = QUERY.replace("SELECT ?state ?size", "SELECT ?state ?size (?asOf AS ?day)")
    answer = server.ask("GET", f"/sparql.csv?as-of=2026-01-06&query={quote(query)}")
    assert answer.status == 200 and "2026-01-06" in answer.text and answer.headers["kg-as-of"] == "2026-01-06"


def test_a_limit_of_rows_is_kept_and_told(server: Server, one: StandIn) -> None:
    query = f"SELECT * {{ ?a ?b ?c SERVICE <{WIKIDATA}> {WITHIN} }}"
    answer = server.ask("GET", f"/sparql?limit=1&query={quote(query)}")
    assert answer.headers["kg-answer"] == "truncated; rows=1" and len(answer.json()["results"]["bindings"]) == 1


def test_a_graph_can_be_made_of_both(server: Server, one: StandIn) -> None:
    answer = get(server, QUERY.replace("SELECT ?state ?size", "CONSTRUCT { ?state <urn:x:size> ?size } WHERE"), ".nt")
    assert answer.status == 200 and answer.text.count("\n") == 1 and "kg-services" in answer.headers


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_query_may_come_as_a_body(server: Server, one: StandIn, method: str) -> None:
    answer = server.ask(method, "/sparql", {"Content-Type": "application/sparql-query"}, QUERY.encode())
    assert answer.status == 200 and len(one.requests) == 1


def test_an_answer_of_others_is_nobody_s_to_keep_or_to_cite(server: Server, one: StandIn) -> None:
    for number in (1, 2, 3):
        answer = get(server, QUERY)
        assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
        assert "last-modified" not in answer.headers and "cite-as" not in answer.headers["link"]
        assert len(one.requests) == number
    assert get(server, QUERY, **{"If-None-Match": "*"}).status == 200
    for headers in ({}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}):
        assert get(server, QUERY, **headers).status == 200
    cited = server.ask("GET", f"/cite?query={quote(QUERY)}")
    assert cited.status == 400 and "not of this graph alone" in cited.json()["detail"]


@pytest.mark.parametrize("more", ["evidence=1", "explain=empty"])
def test_what_can_be_told_of_this_graph_alone_is_refused_before_anybody_is_asked(
    server: Server, one: StandIn, more: str
) -> None:
    answer = server.ask("GET", f"/sparql?{more}&query={quote(QUERY)}")
    assert answer.status == 400 and "of this graph alone" in answer.json()["detail"] and not one.requests


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("html", 502, "service"), ("500", 502, "service"), ("cut", 502, "service"), ("redirect", 502, "service"),
     ("gzip", 502, "service"), ("huge", 502, "service"), ("504", 504, "service-late")],
)  # fmt: skip
def test_a_service_that_fails_is_an_error_that_names_it(
    server: Server, one: StandIn, fault: str, status: int, code: str
) -> None:
    one.faults.append(fault)
    answer = get(server, QUERY)
    assert answer.status == status and answer.media_type == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code and f"<{WIKIDATA}>" in problem["detail"] and "says nothing" in problem["remedy"]
    assert answer.headers["cache-control"] == "no-store" and "127.0.0.1" not in answer.text


def test_also_where_the_engine_would_take_it_for_no_match(server: Server, one: StandIn) -> None:
    """An error in a condition counts as false to an engine: that would be an answer made of an outage."""
    for condition in ("FILTER NOT EXISTS", "FILTER EXISTS", "OPTIONAL", "MINUS"):
        one.faults[:] = ["500"]
        answer = get(server, f"SELECT * {{ ?state a ?type {condition} {{ SERVICE <{WIKIDATA}> {WITHIN} }} }}")
        assert answer.status == 502, condition


def test_a_service_that_takes_too_long_ends_with_the_query(server: Server, one: StandIn) -> None:
    one.faults.append("slow")
    answer = server.ask("GET", f"/sparql?timeout=0.5&query={quote(QUERY)}")
    assert answer.status == 504 and answer.json()["code"] == "service-late" and WIKIDATA in answer.json()["detail"]
    assert answer.headers["kg-answer"] == "timed-out"


def test_silent_passes_over_an_outage_but_the_answer_says_so(server: Server, one: StandIn) -> None:
    one.faults.extend(["500"] * 3)
    answer = get(server, SILENT)
    assert answer.status == 200 and answer.headers["kg-answer"] == "incomplete"
    assert answer.headers["kg-services"] == f"<{WIKIDATA}>; failed"
    assert "500" in answer.json()["services"][0]["failure"]
    assert get(server, SILENT, ".csv").headers["kg-answer"] == "incomplete"
    for language, words in (("en", "gave no answer"), ("it", "non ha risposto")):
        one.faults[:] = ["500"]
        page = server.ask("GET", f"/sparql?lang={language}&query={quote(SILENT)}", {"Accept": "text/html"})
        assert page.status == 200 and words in page.text and page.headers["kg-services"].endswith("failed")
    assert get(server, SILENT).headers["kg-answer"] == "complete"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Asked as well", "not of this graph alone")),
        ("it", ("Interrogato anche", "non è solo di questo grafo")),
    ],
)
def test_the_page_says_who_was_asked_and_why_it_cannot_be_cited(
    server: Server, one: StandIn, language: str, words: tuple[str, ...]
) -> None:
    page = server.ask("GET", f"/sparql?lang={language}&query={quote(QUERY)}", {"Accept": "text/html"})
    assert page.status == 200 and all(word in page.text for word in words) and WIKIDATA in page.text
    assert "evidence=1" not in page.text and "cite-as" not in page.text and "BibTeX" not in page.text


def test_a_service_that_wants_to_be_left_alone_is_and_for_how_long_is_told(server: Server, one: StandIn) -> None:
    one.faults.append("later")
    query = QUERY.replace(WIKIDATA, OTHER)
    for _ in range(2):
        answer = get(server, query)
        assert answer.status == 502 and 0 < int(answer.headers["retry-after"]) <= 7
    assert len(one.requests) == 1


@pytest.mark.parametrize(
    "service",
    ["<http://127.0.0.1:@/sparql>", "<http://[::1]:@/sparql>", "<http://[::ffff:127.0.0.1]:@/>", "<http://2130706433:@/>",
     "?s", "<http://localhost:@/>", "<https://example.net/sparql>", "<file:///etc/passwd>"],
)  # fmt: skip
def test_nobody_else_is_ever_connected_to(server: Server, closed: Server, one: StandIn, service: str) -> None:
    before = one.connections
    for running in (server, closed):
        answer = get(running, f"SELECT * {{ SERVICE {service.replace('@', str(one.port))} {WITHIN} }}")
        assert answer.status == 400 and answer.json()["code"] == "query" and answer.json()["line"] == 1
    assert one.connections == before


#: A server without settings, in a process that writes down whatever is connected to or looked up.
WATCHED = """
import sys
seen = []

def watch(event, arguments):
    if event == "socket.getaddrinfo" or event == "socket.connect" and isinstance(arguments[1], tuple):
        seen.append((event, arguments))

sys.addaudithook(watch)
from pathlib import Path
from kg.settings import Settings
from kg.web import create_app

client = create_app(Settings(state=Path(sys.argv[1]))).test_client()
statuses = [client.get("/sparql", query_string={"query": query}).status_code for query in sys.argv[2:]]
print(statuses, seen)
"""


def test_without_settings_nothing_is_connected_to_or_looked_up(tmp_path: Path) -> None:
    queries = (QUERY, SILENT, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "ASK { ?s ?p ?o }")
    command = [sys.executable, "-c", WATCHED, str(write_snapshot(tmp_path / "state")), *queries]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == "[400, 400, 400, 200] []\n", done.stderr


def test_where_nobody_may_be_asked_wikidata_may_not_either(closed: Server, one: StandIn) -> None:
    before = one.connections
    answer = get(closed, QUERY)
    assert answer.status == 400 and "KG_SERVICES" in answer.json()["remedy"] and one.connections == before


@pytest.mark.parametrize(("name", "has"), [("server", False), ("closed", True)])
def test_the_gallery_says_whom_a_question_asks_and_how_where_that_is_off(
    request: pytest.FixtureRequest, name: str, has: bool
) -> None:
    running = request.getfixturevalue(name)
    page = running.ask("GET", "/sparql?gallery=60-size-and-nato-accession.rq", {"Accept": "text/html"})
    assert page.status == 200 and page.text.count(WIKIDATA) > 1
    assert ("kg query --services" in page.text) is has


def test_a_question_of_the_gallery_that_asks_others_is_refused_where_that_is_off(closed: Server) -> None:
    answer = closed.ask("GET", "/queries/60-size-and-nato-accession.csv")
    assert answer.status == 400 and "KG_SERVICES" in answer.json()["remedy"]


def test_an_error_of_syntax_is_told_as_the_query_was_written(server: Server, one: StandIn) -> None:
    answer = get(server, f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o ; }} ?x ?y }}")
    problem = answer.json()
    assert answer.status == 400 and problem["line"] == 1 and "SERVICE" in problem["quoted"]
    assert "127.0.0.1" not in answer.text and not one.requests


@pytest.mark.parametrize(("name", "has"), [("server", True), ("closed", False)])
def test_the_description_of_the_service_says_whether_it_asks_others(
    request: pytest.FixtureRequest, name: str, has: bool
) -> None:
    told = request.getfixturevalue(name).ask("GET", "/sparql", {"Accept": "text/turtle"})
    assert told.status == 200 and ("BasicFederatedQuery" in told.text) is has


def test_log_and_metrics_know_who_was_asked(server: Server, one: StandIn, log: Path) -> None:
    one.faults.append("500")
    assert get(server, QUERY).status == 502 and get(server, QUERY).status == 200
    told = server.ask("GET", "/metrics").text
    for outcome in ("answered", "failed"):
        assert f'kg_service_seconds_count{{outcome="{outcome}",service="{WIKIDATA}"}}' in told
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
        if {"service"} <= {line.get("error") for line in lines if line.get("services") == [WIKIDATA]}:
            return
        time.sleep(0.02)
    pytest.fail("the log does not name the service")


def test_a_slow_service_holds_up_nobody_who_does_not_ask_it(server: Server, one: StandIn) -> None:
    one.faults.extend(["slow"] * 3)
    path = f"/sparql?timeout=30&query={quote(QUERY)}"
    asking = [threading.Thread(target=server.ask, args=("GET", path), daemon=True) for _ in range(3)]
    for thread in asking:
        thread.start()
    while len(one.requests) < 2:
        time.sleep(0.01)
    for _ in range(10):
        assert get(server, "ASK { ?s ?p ?o }").json() == {"head": {}, "boolean": True}
    one.released.set()
    for thread in asking:
        thread.join(PATIENCE)
    one.released = threading.Event()


def test_who_goes_away_is_not_asked_for_any_longer(server: Server, one: StandIn) -> None:
    one.faults.append("drip")
    path = f"/sparql?timeout=60&query={quote(QUERY)}"
    with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2]))) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        while not one.requests:
            time.sleep(0.01)
    end = time.monotonic() + PATIENCE
    # The service notices, since what it writes to is gone, and the thread that answered ends.
    while time.monotonic() < end and any("process_request" in thread.name for thread in threading.enumerate()):
        time.sleep(0.05)
    assert time.monotonic() < end
    assert get(server, QUERY).status == 200


def test_only_so_many_queries_ask_others_at_once(server: Server, one: StandIn) -> None:
    one.faults.extend(["slow"] * 2)
    path = f"/sparql?timeout=30&query={quote(QUERY)}"
    asking = [threading.Thread(target=server.ask, args=("GET", path), daemon=True) for _ in range(4)]
    for thread in asking:
        thread.start()
    while len(one.requests) < 2:
        time.sleep(0.01)
    end, answer = time.monotonic() + PATIENCE, None
    while time.monotonic() < end:
        answer = server.ask("GET", f"/sparql?timeout=0.3&query={quote(QUERY)}")
        if answer.status == 503:
            break
    assert answer is not None and answer.status == 503 and answer.headers["retry-after"]
    one.released.set()
    for thread in asking:
        thread.join(PATIENCE)
    one.released = threading.Event()


def test_the_server_ends_whatever_it_asks(one: StandIn, tmp_path: Path) -> None:
    with serving(write_snapshot(tmp_path / "state"), "--services", one.called()) as running:
        one.faults.append("slow")
        threading.Thread(target=lambda: _quietly(running), daemon=True).start()
        while not one.requests:
            time.sleep(0.01)
        processes = running.descendants()
        assert running.stop() == 0 and gone(processes)
    one.released.set()
    one.released = threading.Event()


def _quietly(server: Server) -> None:
    try:
        server.ask("GET", f"/sparql?timeout=30&query={quote(QUERY)}")
    except OSError:
        pass


def test_the_time_that_a_service_takes_is_the_client_s(one: StandIn, tmp_path: Path) -> None:
    services = ("--services", one.called())
    with serving(write_snapshot(tmp_path / "state"), *services, "--budget", "1") as running:
        one.faults.append("slow")
        assert running.ask("GET", f"/sparql?timeout=2&query={quote(QUERY)}").status == 504
        refused = get(running, "ASK {}")
        assert refused.status == 429 and int(refused.headers["retry-after"]) > 0
    one.released.set()
    one.released = threading.Event()
