"""An answer can be cited: its address gives the same bytes, its validators hold, its citation says how to check it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import urlopen

import pyoxigraph as ox
import pytest
from checkout import ROOT
from conftest import write_repository
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from serving import Server, serving
from werkzeug.test import TestResponse

from kg import snapshots
from kg.build import build
from kg.cff import read_work
from kg.engine import Engine, read_manifest
from kg.errors import SourceError
from kg.model import Query, Snapshot
from kg.settings import Settings
from kg.sparql import citation
from kg.sparql.citation import Author, Cited, Work
from kg.sparql.results import serialise
from kg.sparql.stable import is_stable
from kg.web import create_app

#: Queries that leave the order of rows, members or triples to the engine: result format → queries.
UNORDERED = {
    "json": (
        "SELECT * { ?s ?p ?o }",
        "SELECT DISTINCT ?p { ?s ?p ?o }",
        "SELECT ?p (COUNT(*) AS ?n) (SAMPLE(?s) AS ?one) (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o } GROUP BY ?p",
        "SELECT ?g ?s { GRAPH ?g { ?s a ?type } }",
        "SELECT ?g { GRAPH ?g { } }",
        "SELECT * { GRAPH ?g { ?b ?p ?o FILTER isBlank(?b) } }",
        "SELECT ?g ?x { GRAPH ?g { { BIND(1 AS ?x) } UNION { ?x a ?type } } } LIMIT 5",
        "SELECT ?g { GRAPH ?g { FILTER EXISTS { ?s a ?type } } }",
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT * { ?a rdfs:subClassOf* ?b }",
        "SELECT * FROM <https://w3id.org/coalition-kg/graph/ontology/kg> "
        "FROM <https://w3id.org/coalition-kg/graph/data/topics> { ?s ?p ?o }",
        "SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } OPTIONAL { ?s a ?type } } LIMIT 7",
    ),
    "ntriples": ("CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o . FILTER isIRI(?o) }", "DESCRIBE ?s { ?s a ?type }"),
    "turtle": ("CONSTRUCT WHERE { ?s ?p ?o }",),
}
EACH = [(format, text) for format, texts in UNORDERED.items() for text in texts]
BLANKS = "ckgsh:B sh:in ( [ sh:in ( 1 2 ) ] [ sh:not [ sh:minCount 1 ] ] ) .\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny repository, with blank nodes in its shapes."""
    root = write_repository(tmp_path_factory.mktemp("citing") / "repository")
    shapes = root / "shapes" / "ClaimShape.ttl"
    shapes.write_text(shapes.read_text("utf-8") + BLANKS, "utf-8")
    (root / "CITATION.cff").write_text((ROOT / "CITATION.cff").read_text("utf-8"), "utf-8")
    return root


@pytest.fixture(scope="module")
def state(repository: Path) -> Path:
    """A state folder with two snapshots; not to be changed."""
    state = repository.parent / "state"
    build(repository, state)
    topics = repository / "data" / "topics.ttl"
    topics.write_text(topics.read_text("utf-8") + 'topic:new a skos:Concept ; skos:prefLabel "new"@en .\n', "utf-8")
    build(repository, state)
    return state


@pytest.fixture(scope="module")
def old(state: Path) -> Snapshot:
    found = next(one.snapshot for one in snapshots.kept(state) if not one.current)
    assert found
    return found


@pytest.fixture(scope="module")
def app(state: Path, repository: Path) -> Iterator[Flask]:
    one = create_app(Settings(repository=repository, state=state, budget=0.0, hosts=("kg.example.org",)))
    yield one
    one.extensions["kg"].serving.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, query: str, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return client.get(f"/sparql?{urlencode({'query': query, **more})}", headers=headers)


def cite_as(headers: dict[str, str] | object) -> str:
    """The address that an answer is cited by, empty if there is none."""
    values = headers.getlist("Link") if hasattr(headers, "getlist") else [headers.get("link", "")]
    found = re.search(r'<([^>]*)>; rel="cite-as"', ", ".join(values))
    return found[1] if found else ""


@pytest.mark.server
def test_the_same_bytes_over_workers_restarts_and_newer_snapshots(state: Path, repository: Path, old: Snapshot) -> None:
    def told(server: Server, more: str) -> dict[tuple[str, str], bytes]:
        paths = {(f, text): f"/sparql?{urlencode({'query': text, 'format': f})}{more}" for f, text in EACH}
        assert server.ask("GET", f"/sparql?query=ASK{{}}{more}").status == 200
        # More at once than there are workers, and without an answer from those kept.
        with ThreadPoolExecutor(6) as threads:
            twice = [threads.map(lambda path: server.ask("GET", path), paths.values()) for _ in range(2)]
            first, second = map(list, twice)
        assert {one.status for one in (*first, *second)} == {200}
        assert [one.body for one in first] == [one.body for one in second]
        return dict(zip(paths, (one.body for one in first), strict=True))

    arguments = ("--workers", "3", "--cache", "0", "--budget", "0")
    with serving(state, *arguments, repository=repository) as server:
        now, before = told(server, ""), told(server, f"&snapshot={old.reference}")
        assert now != before
    with serving(state, *arguments, repository=repository) as server:
        assert told(server, "") == now and told(server, f"&snapshot={old.reference}") == before


@pytest.mark.parametrize(("format", "text"), EACH)
def test_two_processes_of_the_engine_would_write_the_same(state: Path, format: str, text: str) -> None:
    once, again = (serialise(Engine.open(state).query(Query(text)), format, 10_000_000) for _ in range(2))
    assert once == again


def test_the_address_of_an_answer_gives_its_very_bytes(client: FlaskClient, app: Flask) -> None:
    text = "SELECT ?s ?day { ?s a ?type BIND(?asOf AS ?day) }"
    graph = "https://w3id.org/coalition-kg/graph/data/actors/states"
    more = {"as-of": "2026-01-06", "limit": "2", "default-graph-uri": graph}
    for accept in ("text/csv", "application/json", "application/sparql-results+xml"):
        answer = ask(client, text, {"Accept": accept}, **more)
        assert answer.status_code == 200 and answer.headers["KG-As-Of"] == "2026-01-06"
        app.extensions["kg"].drop()
        address = urlsplit(cite_as(answer.headers))
        assert address.netloc == "localhost"
        again = client.get(f"{address.path}?{address.query}", headers={"Accept": "text/html"})
        assert (again.data, again.content_type) == (answer.data, answer.content_type)
        assert again.headers["KG-Answer"] == answer.headers["KG-Answer"]
        assert "immutable" in again.headers["Cache-Control"] and "immutable" not in answer.headers["Cache-Control"]
        assert cite_as(again.headers) == cite_as(answer.headers)


def test_a_query_by_post_has_an_address_and_no_validators(client: FlaskClient) -> None:
    sent = {"data": "ASK { ?s ?p ?o }", "headers": {"Content-Type": "application/sparql-query", "If-None-Match": "*"}}
    answer = client.post("/sparql", **sent)
    assert answer.status_code == 200 and cite_as(answer.headers) and "ETag" not in answer.headers
    assert client.open("/sparql", method="QUERY", **sent).status_code == 304


def test_an_answer_with_too_long_an_address_has_none(client: FlaskClient) -> None:
    text = "ASK { ?s ?p ?o } #" + "x" * 4_000
    answer = ask(client, text)
    assert answer.status_code == 200 and "ETag" in answer.headers and not cite_as(answer.headers)
    cited = client.get(f"/cite?{urlencode({'query': text})}")
    assert "by POST with snapshot=" in cited.text
    page = ask(client, text, {"Accept": "text/html"})
    assert "POST" in page.text and "/cite" not in page.text


VOLATILE = [
    "SELECT (NOW() AS ?x) {}",
    "SELECT*{BIND(RAND()AS?x)}",
    "SELECT * { FILTERRAND() }",
    "SELECT (uuid() AS ?x) {}",
    "SELECT (STRUUID() AS ?x) {}",
    "SELECT (BNODE('a') AS ?x) {}",
    "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p _:x } WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p (1 2) } WHERE { ?s ?p ?o }",
    "CONSTRUCT { << ?s ?p ?o >> ?p ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?s ?p [] }",
]
STABLE = [
    'SELECT ("NOW()" AS ?now) { ?rand ?uuid ?bnode } # RAND()',
    "SELECT * { ?s ?p [] . ?s ?q (1 2) }",
    "CONSTRUCT { ?s ?p ?o } FROM <urn:NOW()> WHERE { ?s ?p ?o , [ ] }",
    "PREFIX now: <urn:> SELECT * { ?s now:now ?o }",
]


@pytest.mark.parametrize(("texts", "stable"), [(VOLATILE, False), (STABLE, True)])
def test_what_differs_each_time_is_told_from_the_tokens(texts: list[str], stable: bool) -> None:
    for text in texts:
        assert is_stable(text, re.search(r"SELECT|CONSTRUCT", text)[0]) is stable, text


@pytest.mark.parametrize("text", VOLATILE[:2] + VOLATILE[6:8])
def test_what_differs_each_time_is_not_cited_nor_kept(client: FlaskClient, text: str) -> None:
    answer = ask(client, text)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified"} & set(answer.headers.keys()) and not cite_as(answer.headers)
    assert ask(client, text).data != answer.data
    refused = client.get(f"/cite?{urlencode({'query': text})}")
    assert refused.status_code == 400 and "cannot be cited" in refused.json["detail"]
    assert ask(client, text, {"Accept": "text/html"}).headers["Cache-Control"] == "no-store"


def test_conditional_requests(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT * { ?s ?p ?o } LIMIT 4"
    answer = ask(client, text)
    etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert re.fullmatch(r'"[0-9a-f]{64}"', etag) and answer.headers["Cache-Control"].startswith("public")
    # Nothing is run for what the client has.
    app.extensions["kg"].drop()
    with monkeypatch.context() as patch:
        patch.setattr(app.extensions["kg"].pool, "ask", lambda *query, **more: pytest.fail("it was run"))
        for headers in (
            {"If-None-Match": etag},
            {"If-None-Match": f'"other", W/{etag}'},
            {"If-Modified-Since": modified},
            {"If-None-Match": etag, "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        ):
            for method in ("GET", "HEAD"):
                same = client.open(f"/sparql?{urlencode({'query': text})}", method=method, headers=headers)
                assert same.status_code == 304 and same.data == b"" and same.headers["ETag"] == etag
                assert same.headers["Vary"] and "Content-Type" not in same.headers and cite_as(same.headers)
    for headers in (
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert ask(client, text, headers).data == answer.data
    assert ask(client, text, {"If-None-Match": "*"}).status_code == 304
    assert ask(client, "SELECT", {"If-None-Match": "*"}).status_code == 400


def test_another_answer_has_another_validator(client: FlaskClient, old: Snapshot) -> None:
    text = "SELECT ?s { ?s ?p ?o } LIMIT 4"
    others = [
        ask(client, text),
        ask(client, text + " "),
        ask(client, text, {"Accept": "text/csv"}),
        ask(client, text, format="application/json"),
        ask(client, text, limit="2"),
        ask(client, text, snapshot=old.digest),
        ask(client, text, **{"named-graph-uri": "urn:x"}),
    ]
    assert len({one.headers["ETag"] for one in others}) == len(others)
    assert ask(client, text, timeout="5").headers["ETag"] == others[0].headers["ETag"]
    # The endpoint is one, also where its address is written with a slash at the end.
    assert client.get(f"/sparql/?{urlencode({'query': text})}").headers["ETag"] == others[0].headers["ETag"]
    assert ask(client, text, snapshot=old.digest[:9]).headers["ETag"] == others[5].headers["ETag"]


def test_an_older_snapshot_answers_and_says_so(client: FlaskClient, old: Snapshot, state: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    now, before = ask(client, text, format="csv"), ask(client, text, format="csv", snapshot=old.digest)
    assert before.headers["KG-Snapshot"] == old.digest != now.headers["KG-Snapshot"]
    assert int(before.text.split()[1]) == old.counts["default_graph"] != int(now.text.split()[1])
    # Cut short it may come to mean another one; only in full it is for good.
    assert "immutable" not in before.headers["Cache-Control"]
    assert "immutable" in ask(client, text, snapshot=old.reference).headers["Cache-Control"]
    new = "/id/topic/new"
    assert client.get(f"{new}.nt").status_code == 200
    assert client.get(f"{new}.nt?snapshot={old.digest}").status_code == 404
    assert client.get(f"{new}?snapshot={old.digest}", headers={"Accept": "text/html"}).status_code == 404
    graph = quote("https://w3id.org/coalition-kg/graph/data/topics")
    for path in ("/graph/data/topics.nt?", f"/graphs?format=nt&graph={graph}&"):
        assert b"topic/new" in client.get(path).data
        assert b"topic/new" not in client.get(f"{path}snapshot={old.digest}").data
    assert old.digest[:16] in ask(client, text, {"Accept": "text/html"}, snapshot=old.digest).text


def test_an_unknown_snapshot_is_404_and_an_unreadable_one_400(client: FlaskClient) -> None:
    for path in ("/sparql?query=ASK{}&", "/id/topic/new.nt?", "/cite?"):
        assert client.get(f"{path}snapshot={'0' * 64}").status_code == 404
        for text in ("x" * 64, "0" * 7, "0" * 65, f"{'0' * 64}-{'0' * 65}"):
            assert client.get(f"{path}snapshot={text}").status_code == (404 if path.startswith("/id/") else 400)


def test_resources_are_cited_by_their_own_names(client: FlaskClient) -> None:
    iri = "https://w3id.org/coalition-kg/id/actor/freedonia"
    for headers in ({"Accept": "text/turtle"}, {"Accept": "text/html"}):
        answer = client.get("/id/actor/freedonia", headers=headers)
        assert answer.status_code == 200 and cite_as(answer.headers) == iri
    answer = client.get("/id/actor/freedonia.ttl")
    assert client.get("/id/actor/freedonia.ttl", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/id/nobody.ttl").headers["Cache-Control"] == "no-store"


def fields_of(entry: str) -> dict[str, str]:
    """The fields of an entry as BibTeX reads them: braces must balance."""
    begin = re.match(r"@misc\{([\w-]+),\n", entry)
    assert begin and entry.endswith("}\n")
    found = {}
    for line in entry[begin.end() : -2].splitlines():
        name, value = re.fullmatch(r"  (\w+) = \{(.*)\},", line).groups()
        bare = re.sub(r"\\[{}]", "", value)
        assert bare.count("{") == bare.count("}"), line
        found[name] = value
    return found


def printed(text: str) -> str:
    """What TeX prints for an escaped text."""
    commands = {"textbackslash{}": "\\", "textasciicircum{}": "^", "textasciitilde{}": "~"}
    return re.sub(r"\\(text\w+\{\}|[{}$&#%_])", lambda match: commands.get(match[1], match[1]), text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"])))
def test_texts_survive_bibtex(text: str) -> None:
    snapshot = Snapshot("", "0" * 64, {}, {}, {}, "2026-01-06T00:00:00+00:00")
    work = Work("T" + text, (Author("F" + text, "G"),), version=text, url="https://example.org/" + text)
    fields = fields_of(citation.bibtex(work, Cited(snapshot, "2026-02-03")))
    assert printed(fields["title"]) == "{T" + text + "}" and printed(fields["author"]) == f"F{text}, G"
    assert printed(fields.get("version", "")) == text
    assert not set('{}\\"<> ') & set(fields["url"])


def test_a_citation_says_how_to_check_the_answer(client: FlaskClient, app: Flask) -> None:
    snapshot = app.extensions["kg"].serving.current.snapshot
    text = "SELECT ?s { ?s ?p ?o } LIMIT 4"
    query, public = urlencode({"query": text, "format": "csv"}), "https://kg.example.org"
    answer = client.get(f"/sparql?{query}", base_url=public)
    digest = hashlib.sha256(answer.data).hexdigest()
    accept = {"Accept": "application/vnd.citationstyles.csl+json"}
    (item,) = client.get(f"/cite?{query}", base_url=public, headers=accept).get_json(True)
    assert set(item) <= {
        "id", "type", "title", "author", "issued", "accessed", "note", "version", "URL", "DOI", "license",
    }  # fmt: skip
    assert item["type"] == "dataset" and item["id"] and item["title"].startswith("Answer from coalition-kg")
    assert item["author"] == [{"literal": "The coalition-kg project"}]
    for date in ("issued", "accessed"):
        ((year, month, day),) = item[date]["date-parts"]
        assert year >= 2026 and 1 <= month <= 12 and 1 <= day <= 31
    assert item["URL"] == cite_as(answer.headers)
    assert digest in item["note"] and snapshot.digest in item["note"]
    entry = client.get(f"/cite?{query}&style=bibtex", base_url=public)
    assert entry.content_type == "application/x-bibtex" and entry.headers["Cache-Control"] == "no-store"
    fields = fields_of(entry.text)
    assert fields["url"] == item["URL"] and digest in fields["note"] and fields["version"] == "0.1.0"
    whole = client.get("/cite?style=csl").get_json(True)[0]
    assert whole["title"].startswith("coalition-kg") and "SHA-256" not in whole["note"]
    assert client.get("/cite?style=x").status_code == 400
    refused = client.get("/cite?query=ASK{}&explain=empty")
    assert refused.status_code == 400 and "explain" in refused.text
    assert client.get("/cite", headers={"Accept": "image/png"}).status_code == 406


def test_no_citation_names_an_address_of_this_machine(client: FlaskClient) -> None:
    for lang, said in (("en", "others cannot reach"), ("it", "altri non raggiungono")):
        found = client.get(f"/cite?query=ASK{{}}&style=csl&lang={lang}")
        assert "Accept-Language" in found.headers["Vary"]
        (item,) = found.get_json(True)
        assert item["URL"] == "https://w3id.org/coalition-kg/" and "localhost" not in found.text
        path = item["note"].rpartition(": ")[2].removesuffix(".")
        assert said in item["note"] and path.startswith("/sparql?query=ASK") and client.get(path).status_code == 200


def test_an_entry_is_cited_with_what_carries_it() -> None:
    snapshot = Snapshot("", "0" * 64, {}, {}, {}, "2026-01-06T00:00:00+00:00")
    work = Work("The graph", (Author("Doe", "Ada"),), url="https://example.org/")
    places = (citation.Place("A \\report.", "The {Press}", "2025-09", paragraphs=("4", "6")), citation.Place("B"))
    cited = Cited(snapshot, "2026-02-03", "https://example.org/x", entry="It is so.", places=places)
    text = citation.plain(work, cited)
    assert "It is so, in: The graph (2026). According to: A \\report, The {Press}, 2025-09, para. 4, 6; B, undated. " in text
    fields = fields_of(citation.bibtex(work, cited))
    assert fields["title"] == "{It is so}" and fields["howpublished"] == "In: The graph"
    assert printed(fields["note"]).startswith("According to: A \\report, The {Press}, 2025-09, para. 4, 6; B, undated.")
    item = citation.csl(work, cited)
    assert (item["title"], item["container-title"]) == ("It is so", "The graph") and "The {Press}" in item["note"]


@pytest.mark.server
def test_a_claim_is_cited_in_the_language_of_its_reader(live_server: str) -> None:
    claim = "https://w3id.org/coalition-kg/id/claim/004-agreement-on-long-range-missiles"
    told = {
        "en": (", in: coalition-kg: a knowledge graph of", "According to: Source 004: report", "undated, para. 6."),
        "it": (", in: coalition-kg: un grafo di conoscenza di", "Secondo: Fonte 004: resoconto", "s.d., cpv. 6."),
    }
    for lang, said in told.items():
        with urlopen(f"{live_server}/cite?" + urlencode({"iri": claim, "style": "plain", "lang": lang})) as answer:
            text = answer.read().decode("utf-8")
        assert all(one in text for one in said) and "., in" not in text and f" {claim} (" in text, text


def test_the_page_of_an_answer_leads_to_its_citation(client: FlaskClient) -> None:
    page = ask(client, "SELECT ?day { BIND(?asOf AS ?day) }", {"Accept": "text/html"}, **{"as-of": "2026-01-06"})
    assert page.headers["KG-As-Of"] == "2026-01-06" and "2026-01-06" in page.text
    found = re.findall(r'href="(/cite\?[^"]*)"', page.text)
    assert len(found) == 3
    for path in found:
        assert client.get(path.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: T\nauthors: [{family-names: Doe, given-names: Ada, name-particle: van}]", (Author("van Doe", "Ada"),)),
        ("title: T\nauthors: [{given-names: Ada}, {name: 'A and B, Ltd.'}]", (Author("Ada"), Author("A and B, Ltd."))),
    ],
)
def test_authors_are_read(tmp_path: Path, text: str, expected: tuple[Author, ...]) -> None:
    (tmp_path / "CITATION.cff").write_text(text, "utf-8")
    assert read_work(tmp_path).authors == expected


@pytest.mark.parametrize("text", ["", "x", "title: T", "title: T\nauthors: [{}]", "title: [", "authors: 3\ntitle: T"])
def test_what_is_no_citation_file_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "CITATION.cff").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=r"CITATION\.cff"):
        read_work(tmp_path)


def test_the_data_set_of_the_repository_can_be_cited() -> None:
    work = read_work(ROOT)
    assert work.title and work.authors and work.url and work.licenses == ("CC-BY-4.0", "Apache-2.0")


def test_a_removed_snapshot_is_gone_and_says_how_to_build_it_again(
    repository: Path, tmp_path: Path, old: Snapshot, state: Path
) -> None:
    first, _ = build(repository, tmp_path)
    topics = repository / "data" / "more.ttl"
    topics.write_text("<https://w3id.org/coalition-kg/id/actor/x> a <https://w3id.org/coalition-kg/ontology#State> .")
    try:
        build(repository, tmp_path)
    finally:
        topics.unlink()
    app = create_app(Settings(repository=repository, state=tmp_path))
    try:
        client = app.test_client()
        path = f"/sparql?query=ASK{{}}&snapshot={quote(first.reference)}"
        assert client.get(path).status_code == 200
        manifest = Path(first.path) / "manifest.json"
        told = {**json.loads(manifest.read_text("utf-8")), "commit": "c0ffee", "clean": True}
        manifest.write_text(json.dumps(told), "utf-8")
        (tmp_path / "journal.jsonl").unlink()
        assert read_manifest(Path(first.path)).commit == "c0ffee"
        snapshots.remove(tmp_path, first.digest)
        gone = client.get(path)
        assert gone.status_code == 410 and gone.headers["Cache-Control"] == "no-store"
        assert first.digest in gone.json["detail"] and "c0ffee" in gone.json["detail"]
        assert "git checkout c0ffee; kg build" in gone.json["remedy"]
        assert client.get("/sparql?query=ASK{}").status_code == 200
    finally:
        app.extensions["kg"].serving.close()


def test_blank_nodes_keep_their_names(state: Path) -> None:
    text = Query("SELECT DISTINCT ?b { GRAPH ?g { ?b ?p ?o FILTER isBlank(?b) } }")
    named = [{row["b"].value for row in Engine.open(state).query(text)} for _ in range(2)]
    assert named[0] == named[1] and len(named[0]) > 5
    assert all(isinstance(ox.BlankNode(name), ox.BlankNode) for name in named[0])
