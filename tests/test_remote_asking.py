"""One request to another service: which addresses are connected to, what is sent, and which answers are taken for one."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st
from service_stand_in import StandIn, standing_in

from kg.remote.asking import LARGEST, Asking, Failed, Resolve
from kg.remote.rows import Misshapen, rewritten
from kg.services import Service

TLS = ROOT / "tests" / "cases" / "tls"
QUERY = b"SELECT * WHERE { ?s ?p ?o . }"
NAME = "service.example.org"
TRUST = ssl.create_default_context()


def nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was resolved")


def asking(resolve: Resolve = nobody, trust: ssl.SSLContext | None = None, **more: object) -> Asking:
    return Asking("kg-test/1 (test@example.org)", resolve, trust or TRUST, **more)


def ask(one: StandIn, *faults: str, seconds: float = 20.0, **body: object) -> tuple[bytes, int]:
    one.faults[:] = faults
    for name, value in body.items():
        setattr(one, name, value)
    service = Service("https://example.org/", "127.0.0.1", one.port, "/sparql", is_local=True)
    return asking().ask(service, QUERY, time.monotonic() + seconds, lambda connection: None)


@pytest.fixture(scope="module")
def one() -> Iterator[StandIn]:
    with standing_in('<a:s> <a:p> <a:o>, "x"@it, 3 .') as server:
        yield server


def test_rows_are_read_and_written_anew(one: StandIn) -> None:
    body, rows = ask(one)
    assert rows == 3
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    assert {row["o"] for row in found} == {ox.NamedNode("a:o"), ox.Literal("x", language="it"), ox.Literal(3)}


def test_the_request_says_who_asks_and_nothing_of_who_asks_us(one: StandIn) -> None:
    one.requests.clear()
    ask(one)
    (sent,) = one.requests
    assert sent.body == QUERY and sent.path == "/sparql"
    assert sent.headers == {
        "Host": f"127.0.0.1:{one.port}",
        "Accept": "application/sparql-results+json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/sparql-query",
        "Content-Length": str(len(QUERY)),
        "User-Agent": "kg-test/1 (test@example.org)",
        "Connection": "close",
    }


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("later", "left alone for now (status 429)"), ("dated", "left alone for now (status 503)"), ("500", "status 500"),
        ("404", "status 404"), ("403", "KG_CONTACT"), ("400", "does not take the question"), ("html", "'text/html'"),
        ("gzip", "compressed"), ("redirect", "redirects elsewhere"), ("cut", "broke off"), ("cut-chunked", "broke off"),
        ("huge", "more than 5 MB"), ("204", "status 204"), ("307", "redirects"), ("206", "status 206"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_and_never_an_empty_one(one: StandIn, fault: str, why: str) -> None:
    before = len(one.requests)
    with pytest.raises(Failed) as caught:
        ask(one, fault)
    assert why in caught.value.why and not caught.value.late
    assert len(one.requests) == before + 1


def test_a_service_says_for_how_long_it_wants_to_be_left_alone(one: StandIn) -> None:
    with pytest.raises(Failed) as caught:
        ask(one, "later")
    assert caught.value.wait == 7
    with pytest.raises(Failed) as caught:
        ask(one, "dated")
    assert caught.value.wait == 3600


@pytest.mark.parametrize("fault", ["slow", "504"])
def test_a_service_that_takes_too_long_is_late(one: StandIn, fault: str) -> None:
    with pytest.raises(Failed) as caught:
        ask(one, fault, seconds=0.3)
    assert caught.value.late
    one.released.set()
    one.released = threading.Event()


def table(*terms: object) -> bytes:
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term} for term in terms]}}).encode()


@pytest.mark.parametrize(
    ("body", "media_type", "why"),
    [
        (b'{"head":{},"boolean":true}', "application/sparql-results+json", "yes or no"),
        (b"", "application/sparql-results+json", "no JSON"),
        (b"{", "application/sparql-results+json", "no JSON"),
        (b"[]", "application/json", "no table"),
        (b"null", "application/json", "no table"),
        (b'{"head":{"vars":["x"]}}', "application/json", "no table"),
        (b'{"results":{"bindings":[]}}', "application/json", "no table"),
        (b"[" * 100_000, "application/json", "no JSON"),
        (b"\xff\xfe", "application/json", "no JSON"),
        (table({"type": "uri", "value": "no iri"}), "application/json", "no table"),
        (table({"type": "uri", "value": "relative"}), "application/json", "no table"),
        (table({"type": "literal", "value": "x", "xml:lang": "no lang"}), "application/json", "no table"),
        (table({"type": "literal", "value": "x", "datatype": "nothing"}), "application/json", "no table"),
        (table({"type": "literal", "value": "\ud800"}), "application/json", "no table"),
        (table({"type": "literal", "value": 3}), "application/json", "no table"),
        (table({"type": "triple", "value": {}}), "application/json", "no table"),
        (table("x"), "application/json", "no table"),
        (b"<sparql/>", "application/sparql-results+xml", "application/sparql-results+xml"),
        (b"x\n1\n", "text/csv", "text/csv"),
        (b"<a:s> <a:p> <a:o> .", "text/turtle", "text/turtle"),
    ],
)
def test_another_form_than_was_asked_for_is_no_answer(one: StandIn, body: bytes, media_type: str, why: str) -> None:
    with pytest.raises(Failed) as caught:
        ask(one, "body", body=body, media_type=media_type)
    assert why in caught.value.why


TERMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    | st.sampled_from(["uri", "literal", "bnode", "a:b", "en", "x"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "value", "xml:lang", "datatype", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
ROWS = st.lists(st.dictionaries(st.sampled_from(["x", "y", "", "no name"]), TERMS, max_size=2), max_size=3)


@given(ROWS, st.lists(st.sampled_from(["x", "y"]) | st.text(max_size=3), max_size=2))
def test_whatever_is_let_through_the_engine_can_read(rows: list, names: list[str]) -> None:
    try:
        body, count = rewritten(json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode())
    except Misshapen:
        return
    assert len(list(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))) == count == len(rows)


@pytest.mark.parametrize(
    "addresses",
    [
        [], ["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1%eth0"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::ffff:10.0.0.1"],
        ["0.0.0.0"],
    ],
)  # fmt: skip
def test_a_name_with_any_address_that_is_not_public_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    def connect(*arguments: object) -> None:
        raise AssertionError("something was connected to")

    monkeypatch.setattr(socket.socket, "connect", connect)
    service = Service(f"https://{NAME}/", NAME, 443, "/")
    with pytest.raises(Failed, match="not on the public internet"):
        asking(lambda host, port: addresses).ask(service, QUERY, time.monotonic() + 5, lambda connection: None)


def test_a_name_that_nobody_knows_is_said_to_be_one() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Failed, match="cannot be resolved"):
        asking(unknown).ask(Service("https://x/", NAME, 443, "/"), QUERY, time.monotonic() + 5, lambda connection: None)


def test_a_service_that_nobody_runs_cannot_be_reached() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        service = Service("http://x/", "127.0.0.1", taken.getsockname()[1], "/", is_local=True)
        with pytest.raises(Failed, match="cannot be reached"):
            asking().ask(service, QUERY, time.monotonic() + 5, lambda connection: None)


@contextmanager
def secure(name: str = NAME) -> Iterator[tuple[int, list[str | None]]]:
    """A server under TLS with the certificate of ``NAME``; its port, and the names that it was asked for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "service.pem")
    names: list[str | None] = []
    context.sni_callback = lambda connection, wanted, _: names.append(wanted)
    listener = socket.create_server(("127.0.0.1", 0))
    body = table({"type": "literal", "value": "secret"})

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65_536)
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                    connection.sendall(head.encode() + body)
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], names
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=TLS / "authority.pem")


def test_the_address_is_resolved_once_and_the_certificate_is_that_of_the_name() -> None:
    resolved: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"] if len(resolved) == 1 else ["127.0.0.2"]

    with secure() as (port, names):
        service = Service(f"https://{NAME}/", NAME, port, "/")
        one = asking(rebinding, trusting(), allows=lambda address: address == "127.0.0.1")
        body, rows = one.ask(service, QUERY, time.monotonic() + 10, lambda connection: None)
    assert rows == 1 and b"secret" in body and resolved == [NAME] and names == [NAME]


@pytest.mark.parametrize(("name", "trust"), [("other.example.org", trusting), (NAME, lambda: TRUST)])
def test_a_certificate_of_another_name_or_of_nobody_known_is_refused(name: str, trust: object) -> None:
    with secure() as (port, _):
        service = Service(f"https://{name}/", name, port, "/")
        one = asking(lambda host, port: ["127.0.0.1"], trust(), allows=lambda address: True)
        with pytest.raises(Failed, match="certificate"):
            one.ask(service, QUERY, time.monotonic() + 10, lambda connection: None)


def test_an_answer_is_read_up_to_a_bound(one: StandIn) -> None:
    empty = table()
    padded = empty + b" " * (LARGEST - len(empty))
    assert ask(one, "body", body=padded, media_type="application/json")[1] == 0
    with pytest.raises(Failed, match="more than"):
        ask(one, "body", body=padded + b" ", media_type="application/json")
