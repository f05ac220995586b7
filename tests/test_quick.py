"""The quick way and the application give the same answer to the same request, header by header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import write_snapshot
from werkzeug.test import TestResponse

from kg.engine import current
from kg.errors import DeadlineExceeded
from kg.settings import Settings
from kg.web import create_app, quick
from kg.workers import Limits, Pool

ROWS = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s ?o LIMIT 5"
LARGE = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 2000"
TEXTS = (
    ROWS, LARGE, "ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s a ?o }", "DESCRIBE <urn:x>", "SELECT (NOW() AS ?now) {}",
    "SELECT * WHERE { ?s ?p ?asOf }", "SELECT", "SELECT * WHERE { SERVICE <urn:x> {} }", "",
    "SELECT ?x { BIND('è' AS ?x) }",
    "SELECT * WHERE { ?a ?b ?c FILTER(?c < ?asOf) }",
)  # fmt: skip
REQUESTS = st.fixed_dictionaries(
    {"query": st.sampled_from(TEXTS)},
    optional={
        "as-of": st.sampled_from(["2026-01-01", "never"]), "format": st.sampled_from(["csv", "ttl", "html", "bad"]),
        "limit": st.sampled_from(["2", "0", ""]), "timeout": st.sampled_from(["5", "5000"]),
        "default-graph-uri": st.sampled_from(["urn:x", "no iri"]), "explain": st.just("empty"),
        "evidence": st.just("1"), "snapshot": st.sampled_from(["00000000", "11111111"]), "lang": st.just("it"),
    },
)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(["*/*", "text/html,*/*;q=0.5", "text/csv", "text/turtle", "image/png", ""]),
        "If-None-Match": st.sampled_from(["*", '"x"']),
        "Host": st.sampled_from(["localhost:80", "example.org", "127.0.0.1"]),
        "If-Modified-Since": st.just("Mon, 01 Jan 2001 00:00:00 GMT"), "Accept-Language": st.just("it"),
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    state = tmp_path_factory.mktemp("quick") / "state"
    write_snapshot(state)
    found = Pool(current(state), size=1, limits=Limits(deadline=2.0, whole=20_000))
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(pool: Pool) -> FlaskClient:
    return create_app(Settings(state=Path(pool.snapshot.path).parent.parent, cache=0, budget=0), pool).test_client()


#: Headers that tell of the request, not of the answer.
OF_THE_REQUEST = ("X-Request-ID", "Server-Timing")


def told(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that a response says, but the identifier of its request."""
    headers = sorted((name, value) for name, value in response.headers if name not in OF_THE_REQUEST)
    with response:
        return response.status_code, headers, response.get_data()


def both(client: FlaskClient, path: str, headers: dict[str, str], patch: pytest.MonkeyPatch, **more: str) -> list:
    """What is told with the quick way and without it."""
    first = told(client.get(path, headers=headers, **more))
    with patch.context() as without:
        without.setattr(quick, "_is_ordinary", lambda environ: False)
        return [first, told(client.get(path, headers=headers, **more))]


@given(fields=REQUESTS, headers=HEADERS)
@settings(max_examples=150, deadline=None)
def test_it_answers_as_the_application_does(
    client: FlaskClient, fields: dict[str, str], headers: dict[str, str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quickly, slowly = both(client, "/sparql?" + urlencode(fields), headers, patch)
    if "NOW()" in fields["query"]:
        # What time it is has as many digits as it needs.
        quickly, slowly = (
            (status, [one for one in told if one[0] != "Content-Length"]) for status, told, _ in (quickly, slowly)
        )
    accepted = fields.get("format", "") + headers.get("Accept", "")
    if ("Content-Type", "text/html; charset=utf-8") in quickly[1] or (quickly[0] == 304 and "html" in accepted):
        # A page says how long its answer took.
        quickly, slowly = (
            (status, [one for one in told if one[0] not in ("Content-Length", "ETag")])
            for status, told, *_ in (quickly, slowly)
        )
    assert quickly == slowly


@pytest.mark.parametrize(
    "path", ["/sparql", "/sparql/", "/sparql?query=%ff", f"/sparql?{urlencode({'query': ROWS})}&query=x"]
)
def test_what_is_no_ordinary_query(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    quickly, slowly = both(client, path, {}, monkeypatch)
    assert quickly == slowly


def test_below_a_path(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/sparql?" + urlencode({"query": ROWS})
    quickly, slowly = both(client, path, {}, monkeypatch, base_url="https://localhost/graph")
    assert quickly == slowly
    assert any("https://localhost/graph/sparql?" in value for name, value in quickly[1] if name == "Link")


def test_an_ordinary_query_does_not_reach_the_application(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("The application was asked.")

    monkeypatch.setattr("kg.web.endpoint.sparql", refuse)
    for text in (ROWS, LARGE, "ASK {}"):
        with client.get("/sparql?" + urlencode({"query": text})) as response:
            assert response.status_code == 200


def test_workers_are_asked_once_where_they_fail(
    client: FlaskClient, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fail(*_: object, **__: object) -> None:
        asked.append(1)
        raise DeadlineExceeded("Too slow.")

    monkeypatch.setattr("kg.workers.begun.Begun.finish", fail)
    with client.get("/sparql?" + urlencode({"query": ROWS})) as response:
        assert response.status_code == 504 and response.json["detail"].startswith("Too slow.")
        assert response.headers["KG-Answer"] == "timed-out" and asked == [1]


def test_snapshots_are_let_go(client: FlaskClient) -> None:
    served = client.application.extensions["kg"].serving.current
    for text in (*TEXTS, LARGE):
        client.get("/sparql?" + urlencode({"query": text})).close()
        with client.get("/sparql?" + urlencode({"query": text})):
            pass
    assert served.leases == 0
