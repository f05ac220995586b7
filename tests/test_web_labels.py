"""What IRIs are called, over HTTP: in the reader's language, bounded, and whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from serving import MARKUP, write_snapshot

from kg.rdf import BASE
from kg.settings import Settings
from kg.web import create_app, labelled

ACTOR = f"{BASE}id/actor/"
STATE = f"{BASE}ontology#State"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    one = create_app(Settings(state=write_snapshot(tmp_path_factory.mktemp("labels") / "state")))
    yield one
    one.extensions["kg"].pool.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def labels(client: FlaskClient, *iris: str, **more: str) -> dict[str, dict[str, str | None]]:
    response = client.get("/labels", query_string={"iri": list(iris), **more})
    assert response.status_code == 200 and response.content_type == "application/json", response.text
    return json.loads(response.data)


def test_a_label_comes_in_the_readers_language_with_kind_and_page(client: FlaskClient) -> None:
    iri = ACTOR + "freedonia"
    assert labels(client, iri, lang="en")[iri] == {
        "label": "Freedonia", "lang": "en", "href": "/id/actor/freedonia?lang=en", "kind": "state"
    }  # fmt: skip
    italian = client.get("/labels", query_string={"iri": iri}, headers={"Accept-Language": "it"})
    assert json.loads(italian.data)[iri] == {
        "label": "Libertonia", "lang": "it", "href": "/id/actor/freedonia", "kind": "stato"
    }  # fmt: skip
    assert "Accept-Language" in italian.headers["Vary"]
    again = client.post("/labels?lang=it", data={"iri": [iri, STATE, iri]})
    assert {key: one["label"] for key, one in json.loads(again.data).items()} == {iri: "Libertonia", STATE: "stato"}


def test_what_has_no_label_goes_by_a_short_name_and_what_is_no_page_has_no_link(client: FlaskClient) -> None:
    other, script, unknown = "https://example.org/a?b#c", "javascript:alert(1)", ACTOR + "nobody"
    found = labels(client, other, script, unknown)
    assert found[other] == {"label": other, "lang": None, "href": other, "kind": None}
    assert found[script] == {"label": script, "lang": None, "href": None, "kind": None}
    assert found[unknown]["label"] == "actor:nobody" and found[unknown]["lang"] is None


def test_markup_in_a_label_stays_text(client: FlaskClient) -> None:
    iri = ACTOR + "markup"
    assert labels(client, iri, lang="it")[iri]["label"] == MARKUP


@pytest.mark.parametrize(
    "iri",
    ["actor/freedonia", "", "urn:a b", "urn:x> . ?s ?p ?o } #", "urn:x>} UNION {<urn:y", "http://[", "http://\u202e x", "urn:" + "x" * 3_000],
)
def test_what_is_no_iri_is_told_in_a_sentence(client: FlaskClient, iri: str) -> None:
    response = client.post("/labels", data={"iri": [ACTOR + "freedonia", iri]})
    assert response.status_code == 400 and response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["code"] == "request" and "IRI" in problem["detail"] and problem["remedy"]
    assert len(problem["detail"]) < 300


def test_none_and_too_many_are_refused(client: FlaskClient) -> None:
    assert client.get("/labels").status_code == 400
    many = [f"urn:x:{number}" for number in range(labelled.MOST + 1)]
    refused = client.post("/labels", data={"iri": many})
    assert refused.status_code == 400 and str(labelled.MOST) in refused.json["remedy"]
    most = client.post("/labels", data={"iri": many[1:]})
    assert most.status_code == 200 and len(most.json) == labelled.MOST


def test_an_unknown_snapshot_is_told(client: FlaskClient) -> None:
    refused = client.get("/labels", query_string={"iri": STATE, "snapshot": "1" * 64})
    assert refused.status_code == 404 and refused.content_type == "application/problem+json"
