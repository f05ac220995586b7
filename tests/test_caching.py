"""Answers given again are the very answers, as many as there is room for, and never those that differ each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import write_snapshot
from werkzeug.test import TestResponse

from kg.engine import current
from kg.settings import Settings
from kg.web import create_app
from kg.web.caching import OVERHEAD, Cache
from kg.workers import Limits, Pool

ROOM = 40_000
#: A key, its value's bytes, and what it took; or a key to ask for.
PUT = st.tuples(st.integers(0, 12), st.integers(0, 12_000), st.integers(1, 50))
STEPS = st.lists(st.one_of(PUT, st.integers(0, 12)), max_size=80)


class Model:
    """What the cache is to do, said as plainly as can be: the entry that is worth least goes first."""

    def __init__(self) -> None:
        self.entries: dict[int, list] = {}
        self.inflation = 0.0

    def worth(self, uses: int, seconds: float, size: int) -> float:
        return self.inflation + uses * seconds / size

    def get(self, key: int) -> object:
        if key not in self.entries:
            return None
        entry = self.entries[key]
        entry[2] += 1
        entry[4] = self.worth(entry[2], entry[3], entry[1])
        return entry[0]

    def put(self, key: int, value: object, size: int, seconds: float) -> None:
        if 4 * size > ROOM:
            return
        uses = self.entries.pop(key)[2] + 1 if key in self.entries else 1
        entry = [value, size, uses, seconds, self.worth(uses, seconds, size)]
        while sum(one[1] for one in self.entries.values()) + size > ROOM:
            least = min(self.entries, key=lambda one: self.entries[one][4])
            self.inflation = self.entries.pop(least)[4]
        self.entries[key] = entry


@given(STEPS)
@settings(deadline=None)
def test_it_keeps_what_the_model_keeps(steps: list[int | tuple[int, int, int]]) -> None:
    cache: Cache[object] = Cache(ROOM)
    model = Model()
    for number, step in enumerate(steps):
        if isinstance(step, int):
            assert cache.get(step) == model.get(step)
            continue
        key, size, tenths = step
        # No two are worth the same.
        seconds = tenths / 10 + number * 1e-7
        cache.put(key, number, size, seconds)
        model.put(key, number, size + OVERHEAD, seconds)
        figures = cache.figures()
        assert figures["bytes"] <= ROOM and figures["entries"] == len(model.entries)
    assert {key: cache.get(key) for key in range(13)} == {key: model.get(key) for key in range(13)}


def test_what_took_long_and_is_small_outlives_what_did_not() -> None:
    cache: Cache[str] = Cache(ROOM)
    cache.put("dear", "dear", 100, 5.0)
    for number in range(200):
        cache.put(number, "cheap", 5_000, 0.001)
    assert cache.get("dear") == "dear" and cache.figures()["entries"] < 10


def test_what_is_worth_nothing_any_more_goes_in_the_end() -> None:
    cache: Cache[str] = Cache(ROOM)
    cache.put("once dear", "once dear", 100, 0.01)
    for number in range(20_000):
        cache.put(number, "cheap", 5_000, 0.002)
    assert cache.get("once dear") is None


def test_nothing_that_was_begun_before_all_was_dropped_is_kept() -> None:
    cache: Cache[str] = Cache(ROOM)
    age = cache.age
    cache.drop()
    cache.put("key", "of the snapshot before", 10, 1.0, age)
    assert cache.get("key") is None
    cache.put("key", "new", 10, 1.0, cache.age)
    assert cache.get("key") == "new"


def test_putting_the_same_again_and_again_holds_nothing_back() -> None:
    cache: Cache[int] = Cache(ROOM)
    for number in range(1_000):
        cache.put("key", number, 100, 1.0)
    assert cache.get("key") == 999 and cache.figures()["entries"] == 1 and len(cache._heap) < 10


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    state = write_snapshot(tmp_path_factory.mktemp("caching") / "state")
    one = Pool(current(state), 2, Limits(deadline=20.0))
    yield one
    one.close()


@pytest.fixture(scope="module")
def apps(pool: Pool) -> tuple[Flask, Flask]:
    """An application that keeps answers and one that does not, over the same workers."""
    kept, fresh = (create_app(Settings(budget=0.0, cache=room), pool) for room in (64_000_000, 0))
    return kept, fresh


QUERIES = (
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT ?day { BIND(?asOf AS ?day) }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g { GRAPH ?g { } }",
    "ASK { ?s a <urn:none> }",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE <https://w3id.org/coalition-kg/id/actor/freedonia>",
    "SELECT * { ?s ?p }",
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { <relative> ?p ?o }",
)
PATHS = ("/sparql", "/sparql/", "/sparql.csv", "/id/actor/freedonia.nt", "/id/nobody", "/cite")
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(["*/*", "text/csv", "application/json", "text/turtle;q=0.5, text/html;q=0.1", "x/y"]),
        "Accept-Language": st.sampled_from(["it", "en"]),
        "Host": st.sampled_from(["localhost", "localhost:80", "127.0.0.1", "example.org"]),
        "If-None-Match": st.sampled_from(["*", '"x"', "ITS OWN", 'W/ITS OWN, "x"', "nonsense"]),
        "If-Modified-Since": st.sampled_from(["Mon, 05 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 2027 00:00:00 GMT", "x"]),
        "Range": st.just("bytes=0-3"),
    },
)
PARAMETERS = st.fixed_dictionaries(
    {"query": st.sampled_from(QUERIES)},
    optional={
        "format": st.sampled_from(["json", "csv", "turtle", "html", "x"]),
        "as-of": st.sampled_from(["2026-01-06", "yesterday"]),
        "limit": st.sampled_from(["1", "0"]),
        "snapshot": st.sampled_from(["0" * 64, "0" * 8, "1" * 8, "x"]),
        "default-graph-uri": st.just("https://w3id.org/coalition-kg/graph/data/actors/states"),
    },
)
REQUESTS = st.tuples(st.sampled_from(["GET", "HEAD", "POST", "QUERY"]), st.sampled_from(PATHS), PARAMETERS, HEADERS)


TAKEN = re.compile(rb"<span>[0-9.,]+ s[^<]*</span>|\"(seconds|fromCache)\": [^,}]*")


def told(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of a response but what is another each time."""
    of_each = {"X-Request-ID", "Server-Timing"}
    body = response.data
    if response.mimetype == "text/html":
        # A page says how long its answer took, and whether it was known before.
        of_each |= {"Content-Length", "ETag"}
        body = TAKEN.sub(b"", body)
    return response.status_code, sorted((name, value) for name, value in response.headers if name not in of_each), body


def send(
    app: Flask, method: str, path: str, parameters: dict[str, str], headers: dict[str, str], etag: str
) -> TestResponse:
    sent = {name: value.replace("ITS OWN", etag) for name, value in headers.items()}
    if method in ("POST", "QUERY"):
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        return app.test_client().open(path, method=method, data=urlencode(parameters), headers=sent)
    return app.test_client().open(path, method=method, query_string=urlencode(parameters), headers=sent)


@given(st.lists(REQUESTS, min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_with_and_without_answers_kept_every_byte_is_the_same(
    apps: tuple[Flask, Flask], requests: list[tuple[str, str, dict[str, str], dict[str, str]]]
) -> None:
    kept, fresh = apps
    for method, path, parameters, headers in [*requests, *requests]:
        plain = {name: value for name, value in headers.items() if not name.startswith("If-")}
        first = send(fresh, "GET", path, parameters, plain, "")
        etag = first.headers.get("ETag", '"none"')
        # A page is another each time, as far as its validator goes.
        headers = plain if first.mimetype == "text/html" else headers
        expected = told(send(fresh, method, path, parameters, headers, etag))
        for _ in range(2):
            is_same = told(send(kept, method, path, parameters, headers, etag)) == expected
            assert is_same, (method, path, parameters, headers)


def test_repeated_requests_do_not_reach_the_workers(apps: tuple[Flask, Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = apps
    site = kept.extensions["kg"]
    site.drop()
    asked: list[object] = []
    begin = site.pool.begin
    monkeypatch.setattr(site.pool, "begin", lambda *query, **more: asked.append(query) or begin(*query, **more))
    for accept in ("text/csv", "text/csv", "application/json", "application/sparql-results+json"):
        answer = kept.test_client().get("/sparql?query=ASK{}", headers={"Accept": accept})
        assert answer.status_code == 200 and answer.content_type.startswith(accept)
    # Two media types of one format are two answers, since each has its own.
    assert len(asked) == 3
    kept.test_client().head("/sparql?query=ASK{}", headers={"Accept": "text/csv"})
    assert len(asked) == 3
    for _ in range(2):
        assert kept.test_client().get("/sparql?query=SELECT(RAND()AS?x){}").headers["Cache-Control"] == "no-store"
        assert kept.test_client().get("/sparql?query=SELECT").status_code == 400
    assert len(asked) == 7


def test_at_once_all_get_the_same(apps: tuple[Flask, Flask]) -> None:
    kept, fresh = apps
    paths = [f"/sparql?{urlencode({'query': query})}" for query in QUERIES[:8]]
    expected = {path: told(fresh.test_client().get(path)) for path in paths}
    kept.extensions["kg"].drop()
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda path: (path, told(kept.test_client().get(path))), paths * 10)
        assert all(answer == expected[path] for path, answer in found)


def test_no_more_is_kept_than_there_is_room_for(pool: Pool, tmp_path: Path) -> None:
    app = create_app(Settings(budget=0.0, cache=60_000), pool)
    site = app.extensions["kg"]
    for number in range(60):
        query = f"SELECT ({number} AS ?x) ?s ?p {{ ?s ?p ?o }} LIMIT 10"
        for _ in range(2):
            assert app.test_client().get(f"/sparql?{urlencode({'query': query})}").status_code == 200
        assert site.answers.figures()["bytes"] + site.replies.figures()["bytes"] <= 60_000
    assert site.answers.figures()["entries"] > 2 and site.replies.figures()["entries"] > 2
