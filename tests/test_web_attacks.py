"""What hostile requests made of the pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from serving import PATIENCE, Server, serving, write_snapshot

pytestmark = pytest.mark.server

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("attack") / "state")
    with serving(state, "--budget", "0") as running:
        yield running


@pytest.mark.parametrize("path", ["/check", "/propose?class=ckg:Claim"])
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x]"])
def test_an_origin_that_is_none_is_foreign(server: Server, path: str, origin: str) -> None:
    form = {**PAGE, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("POST", path, form, b"contribution=x").status == 403


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
def test_a_page_does_not_grow_with_a_language_that_there_is_not(server: Server, path: str) -> None:
    plain = server.ask("GET", f"{path}?lang=en", PAGE)
    answer = server.ask("GET", f"{path}?lang={'a' * 3_000}", PAGE)
    assert answer.status == 200
    # What is kept of a page is kept for each choice that its links take along: strangers choose among few.
    assert len(answer.body) < len(plain.body) + 20_000


def test_what_expects_to_go_on_and_has_no_body_is_answered(server: Server) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE / 4) as connection:
        head = f"GET /about HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        content = b""
        while b" 200 " not in content:
            piece = connection.recv(65_536)
            assert piece, content[:200]
            content += piece
