"""What strangers may send to do harm, sent to one real server: it must answer the next query, and have opened nothing.

Two judges watch all the while: a listening socket, to which nobody may connect, and a named pipe that nobody may open.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from serving import PATIENCE, Server, serving
from test_guard import Trap
from test_workers import DEADLY, ENDLESS, HUNGRY, until

pytestmark = pytest.mark.server

PROBLEM = "application/problem+json"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Pipe:
    """A named pipe that tells whether somebody opens it for reading: who does so waits for somebody who writes."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.opened = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            try:
                os.close(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK))
                self.opened += 1
            except OSError:
                continue

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    one = Trap()
    yield one
    one.close()


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    one = Pipe(tmp_path_factory.mktemp("hostile") / "pipe")
    yield one
    one.close()


@pytest.fixture(scope="module")
def server(built_state: Path, trap: Trap, pipe: Pipe) -> Iterator[Server]:
    with serving(built_state, "--deadline", "2", "--workers", "2", "--budget", "0") as one:
        yield one
        assert one.process.poll() is None
        until(lambda: len(one.descendants()) == 3)
    assert trap.caught == 0 and pipe.opened == 0


@pytest.fixture(autouse=True)
def still_answering(server: Server) -> Iterator[None]:
    """The next query is answered, whatever was sent before."""
    yield
    answer = server.query("ASK { ?s ?p ?o }")
    assert answer.status == 200 and answer.json()["boolean"] is True


def talk(server: Server, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What comes back, up to its end, when these bytes are sent and no more."""
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))
        except ConnectionError:
            return b""


def test_the_judges_work(tmp_path: Path) -> None:
    own = Pipe(tmp_path / "own")
    try:
        assert own.path.read_bytes() == b""
        until(lambda: own.opened)
    finally:
        own.close()


@pytest.mark.parametrize(
    "text",
    [
        DEADLY,
        "SELECT * " + "{" * 2_500 + "}" * 2_500,
        "ASK { {}" + "UNION{}" * 12_000 + "}",
        "ASK { " + "OPTIONAL{}" * 9_000 + "}",
        "ASK { " + "OPTIONAL{ ?s ?p ?o " * 4_000 + "}" * 4_001,
        "ASK { " + "MINUS{}" * 9_000 + "}",
        "ASK { FILTER(" + "(" * 40_000 + "1" + ")" * 40_000 + ") }",
        "ASK { FILTER(" + "!" * 90_000 + "true) }",
        "ASK { FILTER(1" + "+1" * 45_000 + ") }",
        "ASK { FILTER(true" + "||true" * 14_000 + ") }",
        "ASK { ?s ?p " + "<<( ?s ?p " * 6_000 + "1" + " )>>" * 6_000 + " }",
        "ASK { ?s " + "(" * 4_000 + "<a:b>" + ")*" * 4_000 + " ?o }",
        "ASK { ?s <a:b>" + "/<a:b>" * 3_000 + " ?o }",
        "ASK { " + "?s ?p ?o . " * 200 + "}",
        "ASK { " + "".join(f"?s <a:{n}> ?o{n} . " for n in range(200)) + "}",
        "DESCRIBE " + "<a:b> " * 15_000,
        "SELECT * { VALUES ?x { " + "1 " * 100_000 + "} }",
        "ASK { <http://x/" + "a" * 1_200_000 + "> ?p ?o }",
        '"' * 99_999,
        "'" * 99_999,
        "<" * 99_999,
        "\\" * 99_999,
        "ASK {" + "ex:" * 33_000,
        "\x00" * 1_000,
        "ASK { ?s ?p '\ud800' }",
    ],
    ids=lambda text: f"{text[:20]!a} of {len(text)}",
)
def test_what_would_break_the_engine_is_refused_in_words(server: Server, text: str) -> None:
    answer = server.ask(
        "POST", "/sparql", {"Content-Type": "application/sparql-query"}, text.encode("utf-8", "surrogatepass")
    )
    # On a machine with other work, finding the words may itself take longer than a query may.
    assert answer.status in (400, 413, 504) and answer.media_type == PROBLEM and answer.json()["detail"]


LONG = 'BIND("aaaaaaaaaa" AS ?x0) ' + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(22))


@pytest.mark.parametrize(
    "text",
    [
        ENDLESS,
        HUNGRY,
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?l ?a",
        "SELECT DISTINCT ?a ?e ?i ?j { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }",
        "SELECT (COUNT(DISTINCT ?a) AS ?z) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o } GROUP BY ?d ?g ?j",
        "CONSTRUCT { ?a ?e ?l } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }",
        "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?c (!<x:y>|^!<x:y>)* ?d . ?e (!<x:y>|^!<x:y>)* ?f }",
        "SELECT * { ?a (((!<x:y>)*/(^!<x:y>)*)*/((!<x:y>)+/(^!<x:y>)+)*)* ?b }",
        "SELECT (STRLEN(REPLACE(?x22, 'a', 'aaaaaaaaaaaaaaaaaaaa')) AS ?n) { " + LONG + " }",
        "SELECT (REGEX(?x22, '((a+)+)+$') AS ?n) { " + LONG + " }",
        "SELECT (REGEX('" + "a" * 5_000 + "b', '(a+)+$') AS ?n) {}",
        "SELECT (REGEX('a', '(((a{100}){100}){100}){100}') AS ?n) {}",
        "SELECT (SHA512(?x22) AS ?n) (ENCODE_FOR_URI(?x22) AS ?m) { " + LONG + " }",
        "SELECT (GROUP_CONCAT(?l; separator='" + "x" * 50_000 + "') AS ?z) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "SELECT (SUM(?n * 1e308) AS ?s) { ?a ?b ?c BIND(1e308 * 1e308 AS ?n) }",
        "SELECT (9223372036854775807 + 9223372036854775807 AS ?n) (-9223372036854775808 / -1 AS ?m) {}",
        "SELECT * { ?s ?p ?o } LIMIT 18446744073709551615 OFFSET 18446744073709551615",
        "SELECT ('2026-01-01'^^<http://www.w3.org/2001/XMLSchema#date> + 'P9999999999999Y' AS ?d) {}",
    ],
    ids=lambda text: f"{text[:40]!a} of {len(text)}",
)
def test_what_costs_too_much_is_ended_alone(server: Server, text: str) -> None:
    try:
        answer = server.query(text)
    except (OSError, HTTPException):
        # A large answer may have begun: then its connection breaks.
        return
    assert answer.status in (200, 400, 500, 503, 504), answer.text
    assert answer.status == 200 or answer.media_type == PROBLEM


def test_many_at_once(server: Server) -> None:
    queries = [ENDLESS, "ASK {}", DEADLY, "SELECT * { ?s ?p ?o }", "nonsense", HUNGRY, "ASK {}", "ASK {}"] * 3
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(server.query, queries))
    for query, answer in zip(queries, answers, strict=True):
        # A server with other work may also say that it is busy.
        expected = {ENDLESS: {504}, HUNGRY: {400, 500, 504}, DEADLY: {400}, "nonsense": {400}}.get(query, {200})
        assert answer.status in expected | {503}, (query[:20], answer.text)
        assert answer.status == 200 or answer.media_type == PROBLEM


def test_small_queries_are_answered_while_many_long_ones_run(server: Server) -> None:
    with ThreadPoolExecutor(8) as threads:
        long = [threads.submit(server.query, ENDLESS) for _ in range(8)]
        small = [server.query(f"ASK {{ ?s ?p {n} }}").status for n in range(20)]
        assert set(small) == {200}
        assert {one.result().status for one in long} <= {503, 504}


REMOTE_QUERIES = (
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER(1<2)SERVICE#>\n<{0}> {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICEex: {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE ?x {{ ?s ?p ?o }} VALUES ?x {{ <{0}> }} }}",
    "LOAD <{0}>",
    "LOAD SILENT <{0}> INTO GRAPH <a:b>",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{0}>",
    "BASE <{0}> CONSTRUCT {{ <> <a:b> <#c> }} WHERE {{}}",
)


@pytest.mark.parametrize("text", REMOTE_QUERIES)
def test_no_query_opens_a_connection_or_a_file(server: Server, trap: Trap, pipe: Pipe, text: str) -> None:
    for remote in (f"http://127.0.0.1:{trap.port}/x", pipe.path.as_uri()):
        assert server.query(text.format(remote), Accept="*/*").status in (200, 400)
    assert trap.caught == 0 and pipe.opened == 0


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_no_graph_is_fetched(server: Server, trap: Trap, pipe: Pipe, parameter: str) -> None:
    for remote in (f"http://127.0.0.1:{trap.port}/x", pipe.path.as_uri()):
        query = urlencode({"query": "SELECT * { ?s ?p ?o }", parameter: remote, "format": "json"})
        answer = server.ask("GET", "/sparql?" + query)
        assert answer.status == 200 and answer.json()["results"]["bindings"] == []
        assert server.ask("GET", "/graphs?" + urlencode({"graph": remote})).status == 404
    assert trap.caught == 0 and pipe.opened == 0


def test_no_contribution_opens_a_connection_or_a_file(server: Server, trap: Trap, pipe: Pipe) -> None:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    for remote in (f"http://127.0.0.1:{trap.port}/x", pipe.path.as_uri()):
        entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{remote}">]><rdf:RDF {rdf}>&a;</rdf:RDF>'
        parameter = f'<!DOCTYPE x SYSTEM "{remote}"><rdf:RDF {rdf}/>'
        for media_type, body in (
            ("application/rdf+xml", entity),
            ("application/rdf+xml", parameter),
            ("application/ld+json", f'{{"@context": "{remote}", "@id": "urn:a", "b": "c"}}'),
            ("application/ld+json", f'{{"@context": {{"@import": "{remote}"}}, "@id": "urn:a"}}'),
            ("text/turtle", f"<urn:a> <http://www.w3.org/2002/07/owl#imports> <{remote}> ."),
        ):
            answer = server.ask("POST", "/check", {"Content-Type": media_type}, body.encode("utf-8"))
            assert answer.status == 200 and (media_type == "text/turtle" or answer.headers["kg-conforms"] == "false")
    assert trap.caught == 0 and pipe.opened == 0


ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/rdf+xml", f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]><a>&e9;</a>'.encode()),
        ("application/rdf+xml", b"<a>" * 100_000),
        ("application/ld+json", b"[" * 200_000),
        ("application/ld+json", b'{"@id":' * 100_000),
        ("text/turtle", b"<a:b> <a:c> " + b"[ <a:d> " * 100_000),
        ("text/turtle", b"<a:b> <a:c> " + b"( " * 400_000),
        ("text/turtle", b"<a:b> <a:c> <http://x/" + b"a" * 1_500_000 + b"> ."),
        ("text/turtle", b"\xff" * 1_000_000),
        ("text/turtle", b"@prefix : <a:> . :a :b " + b", ".join(b":%d" % n for n in range(30_000)) + b" ."),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" * 20_000),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x\r\n" * 1_000),
        ("application/x-www-form-urlencoded", b"contribution=" + b"%41" * 600_000),
        ("application/x-www-form-urlencoded", b"a&" * 500_000),
    ],
    ids=lambda value: f"{value[:24]!a}",
)
def test_no_contribution_does_harm(server: Server, media_type: str, body: bytes) -> None:
    answer = server.ask("POST", "/check", {"Content-Type": media_type}, body)
    assert answer.status in (200, 400, 413, 415, 500, 503, 504), answer.text[:300]
    assert answer.status == 200 or answer.media_type == PROBLEM


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("GET", "/sparql?query=%FF%FE", {}, None),
        ("GET", "/sparql?query=ASK{}&query=ASK{}", {}, None),
        ("GET", "/sparql?query=ASK%20%7B%7D%0D%0AX-Evil:%20yes", {}, None),
        ("GET", "/sparql?" + "&".join(f"a{n}=1" for n in range(5_000)), {}, None),
        ("POST", "/sparql", FORM, b"query=%C3%28"),
        ("POST", "/sparql", FORM, b"query=ASK{}\xff"),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"ASK { ?s ?p '\xff' }"),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b" " * 1_500_000),
        # Refused before it is sent: the server does not wait for what it would not read.
        ("POST", "/sparql", {"Content-Type": "application/sparql-query", "Content-Length": "3000000"}, None),
        ("POST", "/sparql", {"Content-Type": "text/plain\x0b"}, b"ASK {}"),
        ("POST", "/sparql", {"Host": "evil.example", "Content-Type": "application/sparql-query"}, b"ASK {}"),
        ("GET", "/sparql?query=" + "A" * 400_000, {}, None),
        ("GET", "/" + "a/" * 50_000, {}, None),
        ("GET", "/sparql", {"Accept": "," * 60_000}, None),
        ("GET", "/sparql?query=ASK{}", {"Accept": "a/b;q=" + "9" * 10_000}, None),
        ("GET", "/id/../../../../etc/passwd", {}, None),
        ("GET", "/static/..%2f..%2f..%2fetc%2fpasswd", {}, None),
        ("GET", "/static//etc/passwd", {}, None),
        ("GET", "/id/actor/%00", {}, None),
        ("GET", "/id/actor/%0d%0aX-Evil:%20yes", {}, None),
        ("GET", "/explain?" + urlencode({"subject": "<" * 5_000, "predicate": "a", "object": "x"}), {}, None),
        ("TRACE", "/", {}, None),
        ("CONNECT", "evil.example:80", {}, None),
        ("PUT", "/sparql", {}, b"x"),
    ],
    ids=lambda value: f"{value[:40]!a}" if isinstance(value, str | bytes) else "",
)
def test_no_request_gets_more_than_a_refusal(
    server: Server, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> None:
    answer = server.ask(method, path, headers, body)
    # 504 is what such a request gets whose worker has still to load what explains.
    assert answer.status in (200, 308, 504) or 400 <= answer.status < 500, answer.text[:300]
    assert answer.status in (200, 308) or method == "TRACE" or answer.media_type == PROBLEM
    assert "x-evil" not in answer.headers and "root:" not in answer.text


def test_no_value_becomes_a_header(server: Server) -> None:
    evil = "\r\nX-Evil: yes\r\n\r\n<script>"
    for path in (
        "/sparql?" + urlencode({"query": "ASK {}", "format": "json" + evil}),
        "/sparql?" + urlencode({"query": "ASK {}", "snapshot": evil}),
        "/sparql?" + urlencode({"query": "ASK {}" + evil}),
        "/sparql?" + urlencode({"query": "SELECT ?asOf {}", "as-of": "2026-01-01" + evil}),
        "/graphs?" + urlencode({"graph": "http://x/" + evil}),
        "/id/" + quote(evil, safe=""),
        "/nowhere" + quote(evil, safe=""),
    ):
        answer = server.ask("GET", path)
        assert answer.status < 500 and "x-evil" not in answer.headers, path
        assert answer.body.count(b"<script>") == 0 or answer.media_type == PROBLEM
    sent = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\nX-Evil: yes\r\n\r\n"
    assert b"X-Evil" not in talk(server, sent).partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"",),
        (b"\x00" * 100,),
        (b"\r\n" * 1_000,),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",),
        (b"GET / HTTP/9.9\r\n\r\n",),
        (b"GET\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nno header at all\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n",),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"b" * 1_000_000 + b"\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 100_000 + b"\r\n",),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: -1\r\n\r\n",),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n", b"a" * 50_000_000),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx",),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",),
        (
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",),
        (b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n",) * 100,
    ],
    ids=lambda pieces: f"{pieces[0][:50]!a} {len(pieces[0])}",
)
def test_no_bytes_do_harm(server: Server, pieces: tuple[bytes, ...]) -> None:
    answer = talk(server, *pieces)
    assert answer == b"" or answer.startswith((b"HTTP/1.0 ", b"HTTP/1.1 "))
    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")) or b" 501 " in answer[:20]


def test_what_is_no_http_is_refused_in_a_sentence(server: Server) -> None:
    answer = talk(server, b"GET / HTTP/1.1\r\nno header at all\r\n\r\n").decode("utf-8")
    assert answer.startswith("HTTP/1.0 400") or answer.startswith("HTTP/1.1 400")
    assert "The request is not written as HTTP/1.1 says." in answer and "ordinary HTTP client" in answer


def test_a_client_that_pipelines_and_leaves_does_no_harm(server: Server) -> None:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    request = f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("ascii")
    for _ in range(5):
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
            connection.sendall(request * 20)


@pytest.mark.parametrize(
    "sent", [b"", b"GET /sparql HTTP/1.1\r\nHost: local", b"POST /sparql HTTP/1.1\r\nContent-Length: 9\r\n\r\n"]
)
def test_idle_connections_keep_nobody_out(server: Server, sent: bytes) -> None:
    host, _, port = server.address.removeprefix("http://").rpartition(":")
    held = []
    try:
        for _ in range(300):
            connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
            held.append(connection)
            connection.sendall(sent)
        for number in range(5):
            assert server.query(f"ASK {{ ?s ?p {number} }}").status == 200
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("port", ["1@evil.example", '80"><script>', "foo", "123456", "-1", "٣"])
@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/", "/sparql", "/graphs"])
def test_no_host_has_more_than_a_name_and_a_port(server: Server, path: str, port: str) -> None:
    for host in (f"localhost:{port}", f"[::1]:{port}", f"[::1]{port}"):
        answer = server.ask("GET", path, {"Host": host.encode("utf-8").decode("latin-1"), "Accept": "*/*"})
        assert answer.status == 421 and "http:///" not in answer.headers.get("link", ""), host


def test_a_body_of_two_lengths_is_refused_and_ends_the_connection(server: Server) -> None:
    # A proxy that goes by the other length takes the second request for a part of the first one's body.
    first = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    answer = talk(server, first + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.split(b" ", 2)[1] == b"400" and b"alive" not in answer and answer.count(b"HTTP/1.1 ") <= 2


def test_what_the_web_process_itself_works_is_charged(built_state: Path) -> None:
    # A query of many tokens costs no worker anything, and the process that answers everybody a part of a second.
    text = "ASK { " + "a " * 45_000 + "SERVICE"
    with serving(built_state, "--workers", "1", "--budget", "1") as one:
        answers = [one.query(text).status for _ in range(40)]
        assert answers[0] == 400 and 429 in answers
        assert one.ask("GET", "/healthz").status == 200
