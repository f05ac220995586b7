"""The address that each finding links to is a page that speaks of its rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from importlib import resources
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from flask.testing import FlaskClient
from serving import write_snapshot

from kg.engine import current
from kg.parsing import parse_turtle
from kg.rdf import BASE, graph_iri
from kg.report.codes import CODES, PAGE, anchor
from kg.settings import Settings
from kg.web import create_app
from kg.workers import Limits, Pool


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a server whose snapshot has the shapes of the repository."""
    quads = [
        ox.Quad(*triple, ox.NamedNode(graph_iri(f"shapes/{file.name}")))
        for file in sorted((ROOT / "shapes").glob("*.ttl"))
        for triple in parse_turtle(file.read_bytes(), file.name)
    ]
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS).decode()
    state: Path = write_snapshot(tmp_path_factory.mktemp("state"), text, ox.RdfFormat.N_QUADS)
    pool = Pool(current(state), 1, Limits(deadline=20.0))
    try:
        yield create_app(Settings(ROOT, state), pool).test_client()
    finally:
        pool.close()


def test_the_list_has_every_rule_at_its_anchor_and_leads_to_what_tells_it(client: FlaskClient) -> None:
    body = client.get(PAGE.removeprefix(BASE.rstrip("/"))).get_data(as_text=True)
    ids = re.findall(r' id="([^"]+)"', body)
    listed = (ROOT / "docs" / "findings.md").read_text("utf-8")
    codes = {*re.findall(r'<a id="([^"]+)">', listed), *(anchor(code.name) for code in CODES)}
    assert len(ids) == len(set(ids)) and codes <= set(ids) and len(codes) > 100
    assert len(body) < 80_000
    leads = set(re.findall(r'href="(/docs/findings/[^"#]+)#([^"]+)"', body))
    assert {fragment for _, fragment in leads} == codes
    for path in {path for path, _ in leads}:
        page = client.get(path)
        told = re.findall(r'<article[^>]* id="([^"]+)"', page.get_data(as_text=True))
        assert page.status_code == 200 and sorted(told) == sorted(one for at, one in leads if at == path)


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        ("en", "A term that does not exist", "A claim has one summary in English"),
        ("it", "Un termine che non esiste", "Un'asserzione ha una sintesi in inglese"),
    ],
)
def test_the_pages_speak_the_readers_language(client: FlaskClient, language: str, title: str, message: str) -> None:
    for path, told in (("", title), ("/Vocabulary", title), ("/ClaimShape", message)):
        body = client.get(f"/docs/findings{path}?lang={language}").get_data(as_text=True)
        assert f'<html lang="{language}">' in body and told in unescape(body)


def test_a_group_that_is_none_is_not_found(client: FlaskClient) -> None:
    assert client.get("/docs/findings/Nothing").status_code == 404


def test_the_schema_is_served_at_its_name(client: FlaskClient) -> None:
    schema = json.loads((resources.files("kg.report") / "report.schema.json").read_text("utf-8"))
    answer = client.get(schema["$id"].removeprefix(BASE.rstrip("/")))
    assert answer.content_type == "application/schema+json" and answer.get_json(force=True) == schema
