"""The Reconciliation service: who is meant, what the specification's schemas and examples ask for, what is refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from checkout import ROOT
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from werkzeug.test import TestResponse

from kg.errors import KgError
from kg.linking import asking
from kg.rdf import ID, PREFIXES
from kg.settings import Settings
from kg.web import create_app

LABELLED = ROOT / "tests" / "reconciliation" / "labelled.tsv"
SPECIFICATION = Path(os.environ.get("KG_W3C_TESTS", "")) / "reconciliation"
VERSIONS = ("0.2", "1.0-draft")
EXAMPLES = sorted(SPECIFICATION.glob("*/examples/*/*/*.json")) if os.environ.get("KG_W3C_TESTS") else []
needs_specification = pytest.mark.skipif(
    not EXAMPLES, reason="KG_W3C_TESTS names no folder with the schemas of the Reconciliation Service API"
)
ITALY = "actor/italy"


@pytest.fixture(scope="module")
def app(real_state: Path) -> Iterator[Flask]:
    made = create_app(replace(Settings(), state=real_state, repository=ROOT, budget=0.0))
    yield made
    made.extensions["kg"].serving.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def asked(client: FlaskClient, address: str = "/reconcile", **questions: dict) -> dict:
    """The results of a batch of version 0.2, by the names of the questions."""
    answer = client.post(address, data={"queries": json.dumps(questions)})
    assert answer.status_code == 200, answer.text
    return {name: one["result"] for name, one in answer.json.items()}


def taken(result: list[dict]) -> str | None:
    """The identifier of the candidate that is taken, if one is."""
    found = [one["id"] for one in result if one["match"]]
    assert len(found) <= 1 and (not found or found[0] == result[0]["id"])
    return found[0] if found else None


def of(client: FlaskClient, name: str, kind: str = "", day: str = "") -> list[dict]:
    """The candidates for a name."""
    question: dict = {"query": name}
    if kind:
        question["type"] = kind
    if day:
        question["properties"] = [{"pid": "date", "v": day}]
    return asked(client, q=question)["q"]


def rows() -> list[dict[str, str]]:
    """The labelled names."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_precision_and_recall_over_the_labelled_names(client: FlaskClient) -> None:
    every, found = rows(), []
    for start in range(0, len(every), asking.QUERIES):
        questions = {}
        for number, row in enumerate(every[start : start + asking.QUERIES]):
            properties = [{"pid": "date", "v": row["date"]}] if row["date"] else []
            questions[f"q{number}"] = {"query": row["query"], "type": row["type"], "properties": properties}
        found += [taken(one) for one in asked(client, **questions).values()]
    expected = [None if row["expected"] == "ABSTAIN" else iri(row["expected"]).removeprefix(ID) for row in every]
    right = sum(one == other is not None for one, other in zip(found, expected, strict=True))
    wrong = [
        (row["query"], one) for row, one, other in zip(every, found, expected, strict=True) if one not in (None, other)
    ]
    assert len(every) >= 300 and right / sum(one is not None for one in found) >= 0.98, wrong
    missed = [row["query"] for row, one, other in zip(every, found, expected, strict=True) if other and one != other]
    assert right / sum(one is not None for one in expected) >= 0.95, missed


def iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@pytest.mark.parametrize(
    ("name", "kind", "day", "expected"),
    [
        ("ITALIA", "", "", "actor/italy"),
        ("Itly", "State", "", "actor/italy"),
        ("Meloni, Giorgia", "Person", "", "actor/giorgia-meloni"),
        ("G. Meloni", "", "", "actor/giorgia-meloni"),
        ("Marco Meloni", "", "", None),
        ("Giorgia Meloni jr.", "", "", None),
        ("Rome", "", "", "metonym/rome"),
        ("Rome", "State", "", "actor/italy"),
        ("Rome", "ckg:Actor", "", "actor/italy"),
        ("Greenland", "", "", None),
        ("Greenland", "Place", "", "place/greenland"),
        ("Greenland", "scheme/topic", "", "topic/greenland"),
        ("Coalition of the Willing", "", "2025-09", "forum/coalition-of-the-willing"),
        ("Coalition of the Willing", "", "2003-03-20", None),
        ("Coalition of the Willing (Iraq)", "", "", None),
        ("Meeting of the Coalition of the Willing in Paris", "", "", None),
        (
            "Meeting of the Coalition of the Willing in Paris",
            "Event",
            "2026-01-06",
            "event/coalition-meeting-paris-2026-01-06",
        ),
        (
            "Meeting of the Coalition of the Willing in Paris",
            "Event",
            "2025",
            "event/coalition-meeting-paris-2025-09-04",
        ),
        ("Prime Minister of the United Kingdom", "Person", "2025-02-01", "actor/keir-starmer"),
        ("Prime Minister of the United Kingdom", "Person", "", None),
        ("Prime Minister of the United Kingdom", "Person", "1999-02-01", None),
        ("Prussia", "", "", None),
        ("Slovania", "State", "", None),
        ("Italy", "Person", "", None),
        ("Italy", "NoSuchType", "", None),
    ],
)
def test_a_name_means_what_it_means_or_nothing(
    client: FlaskClient, name: str, kind: str, day: str, expected: str
) -> None:
    assert taken(of(client, name, kind, day)) == expected


def test_a_candidate_says_what_it_is_and_why_in_the_language_asked_for(client: FlaskClient) -> None:
    english = of(client, "Rome", "State")[0]
    assert english["description"] == "state; “Rome”, as it is written; “Rome” stands for it"
    assert english["type"] == [{"id": "ckg:State", "name": "state"}]
    italian = asked(client, "/reconcile?lang=it", q={"query": "Meloni"})["q"][0]
    assert italian["description"] == "persona; il cognome di «Giorgia Meloni»"
    assert {one["id"] for one in english["features"]} == {"name", "type"} and 0 < english["score"] <= 100


def test_an_open_choice_names_the_other(client: FlaskClient) -> None:
    first, second = of(client, "Greenland")[:2]
    assert "as likely" in first["description"] and first["score"] == second["score"]


def test_types_may_bind_or_only_count(client: FlaskClient) -> None:
    question = {"query": "Rome", "type": ["State", "Metonym"], "limit": 5}
    found = asked(
        client,
        any=question,
        all={**question, "type_strict": "all"},
        should={"query": "Rome", "type": "State", "type_strict": "should"},
    )
    assert {one["id"] for one in found["any"]} == {"metonym/rome", "actor/italy"} and found["all"] == []
    assert taken(found["should"]) == "actor/italy" and "metonym/rome" in {one["id"] for one in found["should"]}


def test_properties_speak_for_and_against_and_find_by_themselves(client: FlaskClient) -> None:
    of_france = [{"pid": "ckg:officeOf", "v": [{"id": "actor/france", "name": "France"}]}]
    by_name = [{"pid": "officeOf", "v": "Francia"}]
    found = asked(
        client,
        given={"query": "President of France", "properties": of_france},
        contrary={"query": "President of Russia", "properties": of_france},
        alone={"properties": by_name, "type": "Office"},
        unknown={"properties": [{"pid": "ckg:officeOf", "v": "Atlantis"}]},
        empty={"query": "Italy", "properties": [{"pid": "ckg:officeOf", "v": ""}]},
    )
    assert taken(found["given"]) == taken(found["alone"]) == "office/president-of-france"
    assert taken(found["contrary"]) is None and found["unknown"] == [] and taken(found["empty"]) == ITALY


def test_the_draft_answers_in_order_and_keeps_to_what_is_required(client: FlaskClient) -> None:
    france = {
        "matchType": "property",
        "propertyId": "ckg:officeOf",
        "propertyValue": {"id": "actor/france"},
        "required": True,
    }
    queries = [
        {"lang": "it", "conditions": [{"matchType": "name", "propertyValue": "Regno Unito"}]},
        {"conditions": [{"matchType": "id", "propertyValue": "actor:italy"}]},
        {"conditions": [{"matchType": "name", "propertyValue": "President of Russia"}, france]},
        {
            "conditions": [
                {**france, "matchQuantifier": "none"},
                {"matchType": "name", "propertyValue": "President of Russia"},
            ]
        },
    ]
    found = [one["candidates"] for one in client.post("/reconcile/match", json={"queries": queries}).json["results"]]
    assert found[0][0]["name"] == "Regno Unito" and found[0][0]["lang"] == "it"
    assert [one[0]["id"] for one in found[:2]] == ["actor/united-kingdom", ITALY]
    assert "office/president-of-russia" not in {one["id"] for one in found[2]}
    assert taken(found[3]) == "office/president-of-russia"


EXTENSION = {
    "ids": [ITALY, "office/president-of-france", "event/coalition-meeting-paris-2026-01-06", "no/such"],
    "properties": [
        {"id": "ckg:officeOf"},
        {"id": "ckg:place", "settings": {"content": "name"}},
        {"id": "rdfs:label", "settings": {"limit": "1"}},
    ],
}


def test_a_table_is_extended_in_both_versions(client: FlaskClient) -> None:
    old = client.post("/reconcile?lang=it", data={"extend": json.dumps(EXTENSION)}).json
    assert old["rows"]["office/president-of-france"]["ckg:officeOf"] == [{"id": "actor/france", "name": "Francia"}]
    assert old["rows"]["event/coalition-meeting-paris-2026-01-06"]["ckg:place"] == [{"str": "Parigi"}]
    assert old["rows"][ITALY]["rdfs:label"] == [{"str": "Italia"}] and old["rows"]["no/such"]["rdfs:label"] == []
    assert old["meta"][0]["type"]["id"] == "ckg:State"
    new = client.post("/reconcile/extend?lang=it", json=EXTENSION).json
    assert [one["id"] for one in new["rows"]] == EXTENSION["ids"] and new["meta"] == old["meta"]
    cells = {one["id"]: one["values"] for one in new["rows"][1]["properties"]}
    assert cells["ckg:officeOf"] == old["rows"]["office/president-of-france"]["ckg:officeOf"]


def test_proposed_properties_are_those_of_the_type(client: FlaskClient) -> None:
    told = client.get("/reconcile/extend/propose?type=ckg:Office&limit=40").json
    names = {one["id"] for one in told["properties"]}
    assert "ckg:officeOf" in names and "ckg:standsFor" not in names and told["type"] == "ckg:Office"


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("entity?prefix=Ital", ITALY), ("entity?prefix=actor/italy", ITALY), ("entity?prefix=actor:italy", ITALY),
        (f"entity?prefix={quote(ID)}actor/italy", ITALY), ("entity?prefix=zelen", "actor/volodymyr-zelensky"),
        ("type?prefix=sta", "ckg:State"), ("type?prefix=ckg:Person", "ckg:Person"), ("property?prefix=office of", "ckg:officeOf"),
        ("property?prefix=date", "date"),
    ],
)  # fmt: skip
def test_what_is_typed_is_completed(client: FlaskClient, path: str, first: str) -> None:
    assert client.get(f"/reconcile/suggest/{path}").json["result"][0]["id"] == first


def test_suggestions_go_on_from_an_offset(client: FlaskClient) -> None:
    whole = client.get("/reconcile/suggest/type?limit=6").json["result"]
    for name in ("offset", "cursor"):
        assert client.get(f"/reconcile/suggest/type?limit=3&{name}=3").json["result"] == whole[3:]


def test_only_the_preview_may_be_framed_and_it_runs_nothing(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview?id=actor/italy&lang=it")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "text/html" and "<h1>Italia</h1>" in answer.text
    assert "frame-ancestors *" in policy and "default-src 'none'" in policy and "script-src" not in policy
    for path in (
        "/reconcile",
        "/id/actor/italy",
        "/reconcile/suggest/entity?prefix=it",
        "/reconcile/preview?id=no/such",
    ):
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"], path


def test_a_flyout_escapes_what_it_shows(client: FlaskClient) -> None:
    assert (
        client.get("/reconcile/flyout?id=ckg:State").json["html"].startswith("<p><strong>state</strong></p><p>A state")
    )
    assert client.get("/reconcile/flyout?id=<script>").status_code == 404


def test_every_address_answers_other_sites(client: FlaskClient) -> None:
    for path in ("", "/match", "/extend", "/extend/propose", "/preview", "/flyout", "/suggest/entity"):
        answer = client.options("/reconcile" + path, headers={"Origin": "https://example.org"})
        assert answer.status_code == 204 and "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/reconcile/preview").headers["Access-Control-Allow-Origin"] == "*"


MANY = {f"q{number}": {"query": "x"} for number in range(asking.QUERIES + 1)}


@pytest.mark.parametrize(
    ("status", "path", "form"),
    [
        (413, "/reconcile", {"queries": json.dumps(MANY)}),
        (400, "/reconcile", {"queries": json.dumps({"q": {"query": "x", "type": "x" * 1001}})}),
        (413, "/reconcile", {"extend": json.dumps({"ids": ["x"] * 1001, "properties": []})}),
        (413, "/reconcile", {"extend": json.dumps({"ids": ["x"] * 900, "properties": [{"id": "y"}] * 50})}),
        (
            413,
            "/reconcile",
            {"queries": json.dumps({f"q{n}": {"properties": [{"pid": "x", "v": ["y"] * 20}]} for n in range(60)})},
        ),
        (400, "/reconcile", {"queries": ""}),
        (400, "/reconcile", {"queries": "{"}),
        (400, "/reconcile", {"queries": "[" * 100_000}),
        (400, "/reconcile", {"queries": '{"q": {"query": "x", "limit": NaN}}'}),
        (400, "/reconcile", {"queries": '{"q": {"query": "x", "limit": true}}'}),
        (400, "/reconcile", {"queries": '{"q": {"query": "x", "type_strict": "maybe"}}'}),
        (400, "/reconcile", {"queries": '{"q": {"query": "x", "properties": [{"pid": "y"}]}}'}),
        (400, "/reconcile", {"extend": '{"ids": ["x"]}'}),
        (400, "/reconcile", {"extend": '{"ids": ["x"], "properties": [{"id": "y", "settings": {"limit": "many"}}]}'}),
        (415, "/reconcile/match", {"queries": "[]"}),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(
    client: FlaskClient, status: int, path: str, form: dict
) -> None:
    answer = client.post(path, data=form)
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert answer.json["detail"].endswith(".") and answer.json["remedy"]


@pytest.mark.parametrize(
    "path", ["?callback=x", "?version=0.1", "/suggest/entity?limit=x", "/preview?id=" + "x" * 1001]
)
def test_what_an_address_cannot_mean_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get("/reconcile" + path).status_code == 400


def test_a_cell_with_a_long_text_is_no_name_and_spoils_no_batch(client: FlaskClient) -> None:
    """Columns of notes are sent as properties, and a table has a cell that nobody looked at."""
    long = "Italy, " * 1_000
    answer = asked(
        client, q0={"query": long}, q1={"query": "Italy", "properties": [{"pid": "ckg:officeOf", "v": long}]},
        q2={"query": "Italy"},
    )  # fmt: skip
    assert [taken(answer[name]) for name in ("q0", "q2")] == [None, "actor/italy"]
    assert answer["q1"][0]["id"] == "actor/italy"


def test_a_setting_that_was_emptied_is_as_if_it_were_not_given(client: FlaskClient) -> None:
    def rows(settings: dict) -> dict:
        told = {"ids": ["actor/italy"], "properties": [{"id": "skos:exactMatch", "settings": settings}]}
        return client.post("/reconcile", data={"extend": json.dumps(told)}).json["rows"]

    assert rows({"limit": ""}) == rows({}) and rows({})["actor/italy"]["skos:exactMatch"]


def test_letters_that_no_text_may_have_do_no_harm(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data={"queries": r'{"\ud800": {"query": "\ud800 \u0000 Italy"}}'})
    assert answer.status_code == 200 and len(answer.json) == 1


@pytest.mark.server
def test_openrefine_s_way_through_a_real_server(live_server: str) -> None:
    def read(path: str, form: dict | None = None) -> Any:
        data = urlencode(form).encode() if form else None
        with urllib.request.urlopen(
            path if path.startswith("http") else live_server + path, data, timeout=60
        ) as answer:
            return json.load(answer) if "json" in answer.headers["Content-Type"] else answer.read().decode()

    manifest = read("/reconcile")
    sample = {f"q{number}": {"query": name, "limit": 3} for number, name in enumerate(("Italia", "Francia", "Polonia"))}
    kinds = [one["result"][0]["type"][0]["id"] for one in read("/reconcile", {"queries": json.dumps(sample)}).values()]
    assert kinds == ["ckg:State"] * 3
    entity = manifest["suggest"]["entity"]
    assert read(f"{entity['service_url']}{entity['service_path']}?prefix=Pol")["result"][0]["id"] == "actor/poland"
    assert "<h1>Poland</h1>" in read(manifest["preview"]["url"].replace("{{id}}", quote("actor/poland", safe="")))
    assert "Poland" in read(manifest["view"]["url"].replace("{{id}}", quote("actor/poland", safe="")))
    assert (
        "Poland"
        in read(entity["service_url"] + entity["flyout_service_path"].replace("${id}", quote("actor/poland", safe="")))[
            "html"
        ]
    )


def test_a_server_that_is_not_asked_for_names_loads_nothing_to_compare_them() -> None:
    """In a process of its own, as this one has loaded everything."""
    code = "import sys, kg.web; assert not {'rapidfuzz', 'kg.linking.match'} & sys.modules.keys()"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, timeout=120
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["query", "type", "limit", "properties", "pid", "v", "id", "ids", "conditions", "queries", "matchType", "propertyValue", "settings"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_whatever_is_sent_is_read_or_refused(value: object) -> None:
    for read in (asking.batch, asking.matching, asking.extension):
        try:
            read(json.dumps(value))
        except KgError as error:
            assert 400 <= error.http_status < 500


# The schemas and the examples of the specification.


@lru_cache
def registry(version: str) -> Registry:
    """The schemas of a version under their own addresses: some declare the address of another."""
    found = []
    for file in sorted((SPECIFICATION / version / "schemas").glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        schema.pop("$schema", None)
        address = f"https://reconciliation-api.github.io/specs/{'draft' if 'draft' in version else version}/schemas/{file.name}"
        schema["$id"] = address
        resource = Resource(schema, DRAFT7)
        found += [
            (address, resource),
            *([("http://swagger.io/v2/schema.json", resource)] if file.name == "openapi.json" else []),
        ]
    return Registry().with_resources(found)


def check(value: object, name: str, version: str) -> None:
    """Fail if a value does not hold to a schema."""
    folder = "draft" if "draft" in version else version
    address = f"https://reconciliation-api.github.io/specs/{folder}/schemas/{name}.json"
    Draft7Validator({"$ref": address}, registry=registry(version)).validate(value)


@needs_specification
@pytest.mark.w3c
@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifest_holds_to_its_schema(client: FlaskClient, version: str) -> None:
    for spoken in ("en", "it"):
        check(client.get(f"/reconcile?version={version}&lang={spoken}").json, "manifest", version)


@needs_specification
@pytest.mark.w3c
def test_results_hold_to_their_schemas(client: FlaskClient) -> None:
    every = rows()[::5]
    old = {f"q{number}": {"query": row["query"], "type": row["type"]} for number, row in enumerate(every)}
    check(client.post("/reconcile", data={"queries": json.dumps(old)}).json, "reconciliation-result-batch", "0.2")
    new = [{"type": row["type"], "conditions": [{"matchType": "name", "propertyValue": row["query"]}]} for row in every]
    check(client.post("/reconcile/match", json={"queries": new}).json, "reconciliation-result-batch", "1.0-draft")


@needs_specification
@pytest.mark.w3c
@pytest.mark.parametrize("version", VERSIONS)
def test_suggestions_and_extensions_hold_to_their_schemas(client: FlaskClient, version: str) -> None:
    for kind, name in (("entity", "entities"), ("property", "properties"), ("type", "types")):
        for prefix in ("", "i", "office", "actor/italy"):
            answer = client.get(f"/reconcile/suggest/{kind}?prefix={prefix}")
            check(answer.json, f"suggest-{name}-response", version)
    proposed = client.get("/reconcile/extend/propose").json
    check(proposed, "data-extension-property-proposal", version)
    ids = [
        one["id"]
        for prefix in "abcefmopstuz"
        for one in client.get(f"/reconcile/suggest/entity?prefix={prefix}").json["result"]
    ]
    whole = {"ids": ids, "properties": [{"id": one["id"]} for one in proposed["properties"]][:50]}
    if version == "0.2":
        answer = client.post("/reconcile", data={"extend": json.dumps(whole)})
    else:
        answer = client.post("/reconcile/extend", json=whole)
    check(answer.json, "data-extension-response", version)


def examples(kind: str, version: str, valid: bool) -> list[Path]:
    return [one for one in EXAMPLES if one.parts[-5:-1] == (version, "examples", kind, "valid" if valid else "invalid")]


def send(client: FlaskClient, example: Path, kind: str, version: str) -> TestResponse:
    text = example.read_text("utf-8")
    if version == "0.2":
        return client.post("/reconcile", data={"queries" if kind == "reconciliation-query-batch" else "extend": text})
    path = "/reconcile/match" if kind == "reconciliation-query-batch" else "/reconcile/extend"
    return client.post(path, data=text, content_type="application/json")


@needs_specification
@pytest.mark.w3c
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["reconciliation-query-batch", "data-extension-query"])
def test_valid_examples_are_answered_and_invalid_ones_refused(client: FlaskClient, kind: str, version: str) -> None:
    schema = {
        "reconciliation-query-batch": "reconciliation-result-batch",
        "data-extension-query": "data-extension-response",
    }
    valid = examples(kind, version, True)
    assert valid
    for example in valid:
        answer = send(client, example, kind, version)
        assert answer.status_code == 200, (example.name, answer.text)
        check(answer.json, schema[kind], version)
    for example in examples(kind, version, False):
        answer = send(client, example, kind, version)
        assert 400 <= answer.status_code < 500, example.name


@needs_specification
@pytest.mark.w3c
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: "/".join(path.parts[-5:]))
def test_any_example_that_is_sent_anywhere_is_answered_or_refused(client: FlaskClient, example: Path) -> None:
    text = example.read_text("utf-8")
    for name in ("queries", "extend"):
        assert client.post("/reconcile", data={name: text}).status_code < 500
    for path in ("match", "extend"):
        assert client.post(f"/reconcile/{path}", data=text, content_type="application/json").status_code < 500


@needs_specification
@pytest.mark.w3c
def test_the_schemas_tell_what_holds_from_what_does_not() -> None:
    kinds = {file.stem for version in VERSIONS for file in (SPECIFICATION / version / "schemas").glob("*.json")}
    judged = 0
    for example in EXAMPLES:
        version, kind, verdict = example.parts[-5], example.parts[-3], example.parts[-2]
        if kind in kinds:
            judged += 1
            schema = {
                "$ref": f"https://reconciliation-api.github.io/specs/{'draft' if 'draft' in version else version}/schemas/{kind}.json"
            }
            holds = Draft7Validator(schema, registry=registry(version)).is_valid(json.loads(example.read_text("utf-8")))
            assert holds == (verdict == "valid"), example
    assert judged > 60
