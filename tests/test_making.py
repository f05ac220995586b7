"""What takes long is made once of a snapshot, before a reader asks or while readers wait, and is the same either way."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from serving import write_snapshot
from test_takeup import switch

from kg.errors import Busy, RequestError
from kg.settings import Settings
from kg.web import create_app, making, warming
from kg.web.site import Site


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = create_app(Settings(state=write_snapshot(tmp_path), budget=0.0))
    yield made
    made.extensions["kg"].serving.close()


def ask(app: Flask, make: object) -> object:
    site: Site = app.extensions["kg"]
    with app.test_request_context("/"):
        return site.at_length("something", make)  # type: ignore[arg-type]


def html(app: Flask, path: str) -> str:
    """A page without the token of its form, which no two pages share."""
    answer = app.test_client().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, f"{path}: {answer.text}"
    answer.close()
    return re.sub(r'name="token" value="[^"]+"', "", answer.text)


def test_it_is_made_once_for_all_who_ask_at_once(app: Flask) -> None:
    begun, go, made = threading.Event(), threading.Event(), []

    def make() -> str:
        begun.set()
        assert go.wait(60)
        made.append(1)
        return "there"

    with ThreadPoolExecutor(3) as readers:
        waiting = [readers.submit(ask, app, make) for _ in range(3)]
        assert begun.wait(60)
        go.set()
        assert [one.result(60) for one in waiting] == ["there"] * 3
    assert made == [1] and ask(app, make) == "there"


def test_who_waits_too_long_is_told_to_come_back_and_it_is_made_meanwhile(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PATIENCE", 0.05)
    go = threading.Event()
    with pytest.raises(Busy, match="prepared"):
        ask(app, lambda: go.wait(60) and "there")
    go.set()
    monkeypatch.setattr(making, "PATIENCE", 60.0)
    # Nobody makes it a second time.
    assert ask(app, lambda: pytest.fail("made twice")) == "there"


def test_a_page_that_is_not_ready_says_so_with_status_503(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PATIENCE", 0.0)
    monkeypatch.setattr("kg.web.record._read", lambda: threading.Event().wait(60))
    answer = app.test_client().get("/positions", headers={"Accept": "text/html"})
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert "being prepared" in answer.text and app.test_client().get("/healthz").status_code == 200


def test_what_could_not_be_made_is_tried_again(app: Flask) -> None:
    def fail() -> str:
        raise RequestError("No.", remedy="Yes.")

    for _ in range(2):
        with pytest.raises(RequestError, match="No"):
            ask(app, fail)
    assert ask(app, lambda: "there") == "there"


def test_pages_are_the_same_whether_made_ready_or_when_asked_for(app: Flask) -> None:
    serving = app.extensions["kg"].serving
    # What is written by hand has no texts to make forms from, and no passage of a class.
    pages = [path for path in warming.PAGES if path != "/propose" and not path.startswith("/id/")]
    paths = [f"{path}{'&' if '?' in path else '?'}lang={spoken}" for path in pages for spoken in ("en", "it")]
    when_asked_for = {path: html(app, path) for path in paths}
    served = serving.current
    served.made.clear()
    warming.warm(app, serving, served)
    known = set(served.made)
    assert {"browse", "reconcile", "timeline", "record en", "record it", "sources en", "contradictions it"} <= known
    for path, page in when_asked_for.items():
        assert html(app, path) == page, path
    assert served.leases == 0


def test_a_new_snapshot_is_made_ready_before_it_is_served_and_an_old_one_when_asked_for(app: Flask, tmp_path: Path) -> None:
    serving = app.extensions["kg"].serving
    before, seen = serving.current, []
    page = html(app, "/browse")

    def prepare(served: object) -> None:
        seen.append(serving.current)
        warming.warm(app, serving, served)  # type: ignore[arg-type]

    serving.prepare = prepare
    switch(tmp_path, "a")
    assert serving.take_up() and seen == [before]
    assert "browse" in serving.current.made and html(app, "/browse") != page
    old = html(app, f"/browse?snapshot={before.snapshot.digest}")
    assert "Freedonia" in old and "Freedonia" not in html(app, "/browse")


def test_the_server_begins_by_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_AFTER", 0.0)
    serving, ready = app.extensions["kg"].serving, threading.Event()
    monkeypatch.setattr(warming, "warm", lambda *given: ready.set())
    warming.begin(app, serving)
    assert ready.wait(60)
