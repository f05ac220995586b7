"""The application without a server: the endpoint, pages and RDF of resources, errors, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from serving import DIGEST, MARKUP, write_snapshot
from werkzeug.test import TestResponse

from kg.rdf import BASE, PREFIXES
from kg.settings import Settings
from kg.sparql.gallery import parse
from kg.turtle import serialize
from kg.web import create_app, named
from kg.web.words import LANGUAGES, words

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
#: rdflib's reader of JSON-LD warns of a class of its own that it uses.
JSON_LD_READER = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
GALLERY = parse("one.rq", "#+ title@en: Who\n#+ title@it: Chi\n#+ as-of: 2026-01-06\nSELECT ?s { ?s ?p ?asOf }\n")
DATE = "SELECT ?day { BIND(?asOf AS ?day) }"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    state = write_snapshot(tmp_path_factory.mktemp("web") / "state")
    one = create_app(Settings(state=state, max_query_length=5_000), queries=[GALLERY])
    yield one
    one.extensions["kg"].pool.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Outline(HTMLParser):
    """What the tests look at in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_is_problem(response: TestResponse, status: int, code: str) -> dict:
    """The one error body."""
    assert response.status_code == status and response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["status"] == status and problem["code"] == code and problem["detail"].endswith((".", "”."))
    assert not {"type", "title", "status", "detail", "code"} - problem.keys()
    return problem


def ask(client: FlaskClient, query: str, accept: str = "*/*", **more: str) -> TestResponse:
    parameters = {name.replace("_", "-"): value for name, value in {"query": query, **more}.items()}
    return client.get("/sparql", query_string=parameters, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+json", "application/sparql-results+json"),
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("SELECT * { ?s ?p ?o }", "text/csv", "text/csv; charset=utf-8; header=present"),
        ("SELECT * { ?s ?p ?o }", "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("ASK {}", "*/*", "application/sparql-results+json"),
        ("ASK {}", "text/csv", "text/csv; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "*/*", "text/turtle; charset=utf-8"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", "application/ld+json"),
        (f"DESCRIBE <{BASE}id/actor/freedonia>", "application/n-triples", "application/n-triples"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_the_endpoint_answers_in_the_format_asked_for(
    client: FlaskClient, query: str, accept: str, media_type: str
) -> None:
    response = ask(client, query, accept)
    assert response.status_code == 200 and response.content_type == media_type
    assert "Accept" in response.headers["Vary"]


def test_format_wins_over_accept(client: FlaskClient) -> None:
    assert ask(client, "ASK {}", "text/csv", format="xml").content_type == "application/sparql-results+xml"


def test_requests_the_endpoint_cannot_serve(client: FlaskClient) -> None:
    assert_is_problem(ask(client, "ASK {}", "image/png"), 406, "not-acceptable")
    assert_is_problem(ask(client, "ASK {}", format="turtle"), 406, "not-acceptable")
    assert_is_problem(ask(client, "ASK {}", format="trutle"), 400, "request")
    assert_is_problem(ask(client, "ASK {}", format="trutle", evidence="1"), 400, "request")
    for name in ("asOf", "asof", "as_of"):
        assert "as-of" in assert_is_problem(client.get(f"/sparql?query=ASK%7B%7D&{name}=2026-01-06"), 400, "request")["remedy"]
    assert_is_problem(client.get("/sparql?query=%FF"), 400, "request")
    assert_is_problem(client.post("/sparql", data=b"x", content_type="text/plain"), 415, "media-type")
    assert_is_problem(client.post("/sparql", data=b" " * 90_000, content_type="application/sparql-query"), 413, "too-large")
    assert_is_problem(ask(client, "ASK {" + " " * 5_000 + "}"), 400, "query")
    problem = assert_is_problem(ask(client, "ASK {\n ?s ?p }"), 400, "query")
    assert (problem["line"], problem["column"]) == (2, 8)
    problem = assert_is_problem(ask(client, "ASK { ?s a ckg:Claim }"), 400, "query")
    assert PREFIXES["ckg"] in problem["remedy"]
    refused = client.put("/sparql")
    assert_is_problem(refused, 405, "method")
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))
    assert "read-only" in assert_is_problem(ask(client, "DROP ALL"), 400, "query")["detail"]
    assert "read-only" in assert_is_problem(client.post("/sparql", data={"update": "DROP ALL"}), 400, "request")["detail"]
    assert "no query asks another server" in assert_is_problem(ask(client, "ASK { SERVICE <a:b> {} }"), 400, "query")["detail"]


def test_as_of_binds_the_day(client: FlaskClient) -> None:
    assert ask(client, DATE, "text/csv", as_of="2026-01-06").text == "day\r\n2026-01-06\r\n"
    assert "asOf" in assert_is_problem(ask(client, "ASK {}", as_of="2026-01-06"), 400, "query")["detail"]
    assert_is_problem(ask(client, DATE, as_of="yesterday"), 400, "request")
    assert "as-of" in assert_is_problem(ask(client, DATE), 400, "query")["remedy"]


def test_a_day_cannot_smuggle_a_query_in(client: FlaskClient) -> None:
    # The literal that replaces the variable must not end a string that only one reader sees.
    assert_is_problem(ask(client, 'ASK { ?s <http://a/\\u0041#> """\n""?asOf """ }', as_of="2026-01-06"), 400, "query")


def test_the_dataset_can_be_chosen(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph = BASE + "graph/data/actors/states"
    assert ask(client, count, "text/csv", default_graph_uri=graph).text == "n\r\n3\r\n"
    assert ask(client, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}", "text/csv").text == "n\r\n3\r\n"


def test_both_spellings_of_the_address_and_head(client: FlaskClient) -> None:
    for path in ("/sparql", "/sparql/"):
        full, head = client.get(path + "?query=ASK{}"), client.head(path + "?query=ASK{}")
        assert full.status_code == head.status_code == 200
        assert head.data == b"" and head.content_type == full.content_type
        assert client.post(path, data={"query": "ASK {}"}).json["boolean"] is True


def test_pages_of_other_sites_may_ask(client: FlaskClient) -> None:
    preflight = client.options("/sparql", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204 and "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    for response in (preflight, ask(client, "ASK {}"), ask(client, "nonsense")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "KG-Snapshot" in response.headers["Access-Control-Expose-Headers"]
        assert response.headers["KG-Snapshot"] == DIGEST


def test_without_a_query_readers_get_a_form_and_programmes_a_description(client: FlaskClient) -> None:
    page = Outline(client.get("/sparql", headers=HTML).text)
    assert page.of("form")[0]["method"] == "get" and page.of("textarea")[0]["name"] == "query"
    response = client.get("/sparql")
    assert response.content_type.startswith("text/turtle")
    graph = Graph().parse(response.data, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert (None, URIRef(sd + "endpoint"), URIRef("http://localhost/sparql")) in graph
    assert (None, URIRef(sd + "name"), URIRef(BASE + "graph/ontology/kg")) in graph


def test_the_gallery_fills_the_form(client: FlaskClient) -> None:
    page = Outline(client.get("/sparql?gallery=one.rq&lang=it", headers=HTML).text)
    assert "Chi" in page.words and "?asOf" in page.words and "#+" not in page.words
    assert {"2026-01-06"} == {field["value"] for field in page.of("input") if field.get("name") == "as-of"}


def test_a_day_is_asked_for_where_the_query_asks_as_of_one(client: FlaskClient) -> None:
    def asked(address: str) -> bool:
        found = client.get(address, headers=HTML).text.partition('data-part="day"')[2]
        assert found
        return not found.startswith(" hidden")

    assert asked("/sparql?gallery=one.rq") and asked("/sparql?draft=ASK+%7B+%3Fs+%3Fp+%3FasOf+%7D")
    assert asked("/sparql?draft=ASK+%7B%7D&as-of=2026-01-06")
    assert not asked("/sparql") and not asked("/sparql?draft=ASK+%7B+%3Fs+%3Fp+%3Fday+%7D")
    # What asks for a day and is given none is told so, with a field for it.
    refused = client.get("/sparql?query=ASK+%7B+%3Fs+%3Fp+%3FasOf+%7D", headers=HTML)
    assert refused.status_code == 400 and 'name="as-of"' in refused.text


def test_answers_as_pages(client: FlaskClient) -> None:
    page = ask(client, f"SELECT ?s {{ ?s a <{PREFIXES['ckg']}State> }} ORDER BY ?s", HTML["Accept"]).text
    assert 'href="/id/actor/freedonia"' in page and "2 rows" in Outline(page).words
    assert "Yes" in Outline(ask(client, "ASK {}", HTML["Accept"]).text).words
    assert "empty" in Outline(ask(client, "SELECT * { <a:b> ?p ?o }", HTML["Accept"]).text).words
    assert "@prefix" in Outline(ask(client, "CONSTRUCT WHERE { ?s ?p ?o }", HTML["Accept"]).text).words


def test_an_error_page_keeps_the_query(client: FlaskClient) -> None:
    response = ask(client, "ASK { ?s ?p </textarea> ", HTML["Accept"])
    assert response.status_code == 400 and response.content_type.startswith("text/html")
    page = Outline(response.text)
    assert "</textarea>" in page.words and len(page.of("textarea")) == 1


@pytest.mark.parametrize(
    ("accept", "suffix", "media_type", "format"),
    [
        ("text/turtle", "", "text/turtle; charset=utf-8", "turtle"),
        ("*/*", "", "text/turtle; charset=utf-8", "turtle"),
        ("application/ld+json", "", "application/ld+json", "json-ld"),
        ("application/n-triples", "", "application/n-triples", "nt"),
        ("application/rdf+xml", "", "application/rdf+xml", "xml"),
        (HTML["Accept"], ".ttl", "text/turtle; charset=utf-8", "turtle"),
        (HTML["Accept"], ".jsonld", "application/ld+json", "json-ld"),
        (HTML["Accept"], ".nt", "application/n-triples", "nt"),
        (HTML["Accept"], ".rdf", "application/rdf+xml", "xml"),
    ],
)
@JSON_LD_READER
def test_a_resource_resolves_as_rdf(client: FlaskClient, accept: str, suffix: str, media_type: str, format: str) -> None:
    response = client.get("/id/actor/freedonia" + suffix, headers={"Accept": accept})
    assert response.status_code == 200 and response.content_type == media_type and "Accept" in response.headers["Vary"]
    graph = Graph().parse(response.data, format=format)
    this, label = URIRef(BASE + "id/actor/freedonia"), URIRef(PREFIXES["rdfs"] + "label")
    claim, summary = URIRef(BASE + "id/claim/one"), URIRef(PREFIXES["ckg"] + "summary")
    assert (this, label, Literal("Libertonia", lang="it")) in graph
    assert (claim, URIRef(PREFIXES["ckg"] + "holder"), this) in graph
    assert (claim, summary, Literal("Freedonia is for it.", lang="en")) in graph


def test_a_resource_resolves_as_a_page_in_the_readers_language(client: FlaskClient) -> None:
    english = client.get("/id/actor/freedonia", headers=HTML).text
    italian = client.get("/id/actor/freedonia", headers={**HTML, "Accept-Language": "it-IT,it;q=0.9"}).text
    assert "<h1 lang=\"en\">Freedonia</h1>" in english and "<h1 lang=\"it\">Libertonia</h1>" in italian
    chosen = client.get("/id/actor/freedonia?lang=it", headers=HTML).text
    assert Outline(chosen).words.split() == Outline(italian).words.split()
    # Who chose a language in the address keeps it from page to page.
    assert 'href="/ontology?lang=it#State"' in chosen and 'href="/ontology#State"' in italian
    for words_of_the_page in ("Freedonia is for it.", "supports", "January 2026", "The Gazette", "paragraph 4", "data/actors/states"):
        assert words_of_the_page in Outline(english).words
    assert "Libertonia è a favore." in Outline(italian).words and "gennaio 2026" in Outline(italian).words
    claim = client.get("/id/claim/one?lang=it", headers=HTML).text
    assert "titolare" in Outline(claim).words and "Libertonia" in Outline(claim).words


def test_other_names_stand_in_one_line_of_the_page(tmp_path: Path) -> None:
    state = write_snapshot(
        tmp_path / "state",
        f"""PREFIX skos: <{PREFIXES["skos"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}>
        <{BASE}id/actor/fredonia> rdfs:label "Freedonia"@en , "Libertonia"@it ;
            skos:altLabel "Fredonie"@fr , "Friedland"@de , "FRD"@it , "FRD"@fr , "Fredo & Co"@it .""",
    )
    one = create_app(Settings(state=state))
    try:
        italian = one.test_client().get("/id/actor/fredonia?lang=it", headers=HTML).text
        assert "Altri nomi: FRD it, fr; Fredo & Co it; Friedland de; Fredonie fr" in Outline(italian).words
        assert '<span lang="de">Friedland</span>' in italian and "altLabel" not in italian
        english = one.test_client().get("/id/actor/fredonia", headers=HTML).text
        assert "Other names: Friedland de; FRD fr, it; Fredonie fr; Fredo & Co it" in Outline(english).words
    finally:
        one.extensions["kg"].pool.close()


def test_markup_in_a_label_is_shown_as_text(client: FlaskClient) -> None:
    for path in ("/id/actor/markup", "/sparql?query=SELECT * { ?s ?p ?o }", "/graph/data/actors/states", "/"):
        page = Outline(client.get(path, headers=HTML).text)
        assert all(
            script.get("type") == "application/json" or script["src"].startswith("/assets/") for script in page.of("script")
        )
    assert MARKUP in Outline(client.get("/id/actor/markup", headers=HTML).text).words


def test_only_web_addresses_become_links(client: FlaskClient) -> None:
    page = Outline(client.get("/id/actor/markup", headers=HTML).text)
    links = [link["href"] for link in page.of("a")]
    assert "https://example.org/elsewhere" in links
    assert all(re.match(r"https?://|/|#|\?", link) for link in links) and "javascript:" in page.words


def test_the_ontology_and_the_shapes(client: FlaskClient) -> None:
    page = Outline(client.get("/ontology?lang=it", headers=HTML).text)
    anchors = {attributes.get("id") for _, attributes in page.tags}
    assert {"Claim", "State", "holder"} <= anchors and "asserzione" in page.words
    for path in ("/ontology.ttl", "/ontology"):
        graph = Graph().parse(client.get(path).data, format="turtle")
        assert len(graph) == 11
    assert "StateShape" in Outline(client.get("/shapes", headers=HTML).text).words
    assert client.get("/shapes.nt").data.count(b"\n") == 2


def test_a_graph_resolves(client: FlaskClient) -> None:
    assert client.get("/graph/data/actors/states.nt").data.count(b"\n") == 3
    page = Outline(client.get("/graph/data/actors/states", headers=HTML).text)
    assert "3 triples" in page.words and "Freedonia" in page.words


@pytest.mark.parametrize(
    "path",
    ["/id/actor/nobody", "/id/actor/nobody.ttl", "/graph/nothing", "/graph/nothing.nt", "/ontology.exe", "/nowhere", "/id/a%22b",
     "/id/nothing/", "/id/nothing/.nt", "/id/%7Bx%7D", "/id/../../etc/passwd", "/static/../__init__.py"],
)  # fmt: skip
def test_what_has_no_name_is_not_found(client: FlaskClient, path: str) -> None:
    assert_is_problem(client.get(path), 404, "not-found")
    page = client.get(path, headers=HTML)
    assert page.status_code == 404 and (page.content_type.startswith("text/html") or "." in path)


def test_what_has_no_such_form_is_not_acceptable(client: FlaskClient) -> None:
    assert_is_problem(client.get("/id/actor/freedonia", headers={"Accept": "image/png"}), 406, "not-acceptable")


def test_the_home_page_is_for_readers_and_describes_itself_to_programmes(client: FlaskClient) -> None:
    for accept in (None, "*/*", HTML["Accept"]):
        response = client.get("/", headers={"Accept": accept} if accept else {})
        assert response.content_type.startswith("text/html")
    for asked in ({"headers": {"Accept": "text/turtle"}}, {"query_string": {"format": "turtle"}}):
        response = client.get("/", **asked)
        assert response.content_type == "text/turtle; charset=utf-8" and "Accept" in response.headers["Vary"]
        sd = "http://www.w3.org/ns/sparql-service-description#"
        graph = Graph().parse(response.data, format="turtle")
        assert (URIRef("http://localhost/sparql"), URIRef(sd + "endpoint"), URIRef("http://localhost/sparql")) in graph
        assert (None, URIRef(PREFIXES["void"] + "triples"), None) in graph
    assert_is_problem(client.get("/", headers={"Accept": "image/png"}), 406, "not-acceptable")


@pytest.mark.parametrize("path", ["/id/actor/freedonia.ttl", "/graph/data/actors/states.ttl", "/ontology.ttl", "/id/actor/.ttl"])
def test_turtle_of_resources_is_in_the_canonical_layout(client: FlaskClient, path: str) -> None:
    text = client.get(path).data.decode("utf-8")
    assert text == serialize(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))


def test_turtle_that_is_kept_stays_the_same(client: FlaskClient) -> None:
    assert client.get("/ontology.ttl").data == client.get("/ontology", headers={"Accept": "text/turtle"}).data
    assert client.get("/ontology.ttl").data != client.get("/shapes.ttl").data


def test_what_is_too_large_to_lay_out_is_written_all_the_same(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = client.get("/id/actor/freedonia.ttl").data
    monkeypatch.setattr(named, "_LAID_OUT_BYTES", 10)
    client.application.extensions["kg"].drop()
    as_it_comes = client.get("/id/actor/freedonia.ttl").data
    assert as_it_comes != laid_out and isomorphic(*(Graph().parse(data, format="turtle") for data in (as_it_comes, laid_out)))


def test_a_family_lists_its_members(client: FlaskClient) -> None:
    page = client.get("/id/actor/?lang=it", headers=HTML)
    assert page.status_code == 200 and 'href="/id/actor/freedonia?lang=it"' in page.text
    shown = Outline(page.text).words
    assert "Libertonia" in shown and MARKUP in shown and "supports" not in shown
    graph = Graph().parse(client.get("/id/actor/").data, format="turtle")
    members = set(graph.objects(URIRef(BASE + "id/actor/"), URIRef(PREFIXES["rdfs"] + "member")))
    assert members == {URIRef(BASE + "id/actor/freedonia"), URIRef(BASE + "id/actor/markup")}
    assert client.get("/id/actor/.nt").data.count(b"\n") == client.get("/id/actor/?format=nt").data.count(b"\n") == 5
    assert 'href="/id/actor/"' in client.get("/id/actor/freedonia", headers=HTML).text


def test_a_family_without_its_slash_is_sent_on(client: FlaskClient) -> None:
    sent = client.get("/id/actor")
    assert sent.status_code == 308 and sent.location == "/id/actor/"
    assert client.get(sent.location).status_code == 200


def test_the_home_page_leads_on_and_the_page_about_the_data_counts(client: FlaskClient) -> None:
    page = client.get("/", headers=HTML).text
    assert "/sparql?gallery=one.rq" in page and 'href="/about"' in page and 'href="/openapi.json"' in page
    about = client.get("/about", headers=HTML).text
    assert "state" in Outline(about).words and 'href="/ontology#State"' in about and 'href="/graphs"' in about


@pytest.mark.parametrize("path", ["/", "/sparql", "/id/actor/freedonia", "/id/actor/", "/ontology", "/graph/data/actors/states", "/nowhere"])
def test_pages_are_accessible_and_locked_down(client: FlaskClient, path: str) -> None:
    response = client.get(path + "?lang=it", headers=HTML)
    page = Outline(response.text)
    assert page.of("html")[0]["lang"] == "it" and len(page.of("h1")) == len(page.of("main")) == 1
    assert page.of("a")[0]["href"] == "#content" and page.of("main")[0]["id"] == "content"
    labelled = {label["for"] for label in page.of("label")}
    fields = page.of("textarea") + page.of("select") + [f for f in page.of("input") if f.get("type") != "hidden"]
    assert all(field.get("id") in labelled or field.get("aria-label") for field in fields)
    assert all("style" not in attributes and not any(name.startswith("on") for name in attributes) for _, attributes in page.tags)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids)), "an id is used twice"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src 'self'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::2]", "localhost.evil.example"])
def test_other_names_are_refused_on_a_loopback_address(client: FlaskClient, name: str) -> None:
    assert_is_problem(client.get("/sparql?query=ASK{}", headers={"Host": name}), 421, "host")


@pytest.mark.parametrize("name", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_our_own_names_are_answered(client: FlaskClient, name: str) -> None:
    assert client.get("/sparql?query=ASK{}", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [("graph.example", 421), ("192.0.2.7:8000", 200), ("[2001:db8::1]", 200), ("known.example:80", 200),
     ("KNOWN.example", 200), ("localhost", 200), ("192.0.2.7.example", 421)],
)  # fmt: skip
def test_where_others_can_reach_us_names_are_answered_that_the_operator_gave(app: Flask, name: str, status: int) -> None:
    other = create_app(Settings(host="0.0.0.0", hosts=("known.example",)), app.extensions["kg"].pool)
    response = other.test_client().get("/sparql?query=ASK{}", headers={"Host": name})
    assert response.status_code == status


def test_what_we_did_not_foresee_is_our_fault_and_says_nothing_else(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        snapshot = app.extensions["kg"].pool.snapshot

        def begin(self, query: object, format: str, **more: object) -> None:
            raise RuntimeError("secret")

    response = create_app(Settings(), Broken()).test_client().get("/sparql?query=ASK{}")
    assert_is_problem(response, 500, "error")
    assert "secret" not in response.text and "secret" in caplog.text


def test_create_app_needs_a_graph() -> None:
    with pytest.raises(ValueError, match="state"):
        create_app(Settings())


def test_the_words_of_the_pages_are_complete() -> None:
    english, italian = (words(language) for language in LANGUAGES)
    assert english.keys() == italian.keys() and all([*english.values(), *italian.values()])
    templates = Path(create_app.__code__.co_filename).parent / "templates"
    used = set()
    for template in templates.glob("*.html"):
        used |= {a or b for a, b in re.findall(r'\bw\.(\w+)|\bw\["([\w-]+)"\]', template.read_text("utf-8"))}
    assert used - {"items"} <= english.keys()
