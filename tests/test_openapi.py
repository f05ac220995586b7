"""The description of the interface: it says all there is and nothing else, and a server keeps to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
import schemathesis
from flask import Flask, Request
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode
from conftest import QUERY
from serving import Server, serving
from werkzeug.datastructures import ImmutableMultiDict

from kg import __version__
from kg.engine import current
from kg.errors import DeadlineExceeded
from kg.gallery import read_gallery
from kg.rdf import PREFIXES as RDF
from kg.settings import Settings
from kg.sparql.gallery import parse
from kg.sparql.negotiate import GRAPHS, TABLES
from kg.web import create_app, tokens
from kg.web.openapi import document
from kg.web.site import Site
from kg.workers.pool import Pool

FORMS, DIRECT = ("application/x-www-form-urlencoded", "multipart/form-data"), "application/sparql-query"
#: Cases drawn for each operation beside those that its bounds lead to.
EXAMPLES = 6
#: Operations that differ from others by their address, or by where their parameters stand: a few cases of each will do.
SAME = (
    "askWithSlash", "askByPostWithSlash", "askForFile", "citeByPost", "galleryFile", "gallery-01-positions",
    "graphsWithSlash", "dcat", "prefixes", "queries", "wellKnownVoid", "dcatFile", "prefixesFile", "queriesFile",
    "shapesFile",
)  # fmt: skip
LONGEST_QUERY = 500
PREFIXES = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n"
AS_OF = PREFIXES + "SELECT ?s { ?s ckg:earliest ?day FILTER(?day <= ?asOf) }"
ANSWERED = PREFIXES + "SELECT * { ?s a ckg:Claim }"
ONTOLOGY = "https://w3id.org/coalition-kg/graph/ontology/kg"

# What positive data are: the formats of strings that the description names.
PATTERNS = st.sampled_from([
    "?s ?p ?o", "?s a ckg:Claim", "?s ckg:holder ?o ; a ckg:Nothing", "GRAPH ?g { ?s a ?o }",
    "?s ckg:topic/^ckg:topic ?o",
])  # fmt: skip
GROUPS = st.lists(PATTERNS, min_size=1, max_size=2).map(" . ".join)
TABLE_QUERIES = st.one_of(
    st.builds("SELECT * WHERE {{ {} }} LIMIT {}".format, GROUPS, st.integers(0, 5)),
    st.builds("SELECT (COUNT(*) AS ?n) (RAND() AS ?r) WHERE {{ {} }}".format, GROUPS),
    st.builds("ASK {{ {} }}".format, GROUPS),
)
GRAPH_QUERIES = st.one_of(
    st.builds("CONSTRUCT {{ ?s a ?s }} WHERE {{ {} }}".format, GROUPS), st.just("DESCRIBE ckg:Claim")
)
QUERIES = st.one_of(TABLE_QUERIES, GRAPH_QUERIES).map(PREFIXES.__add__)
IRIS = st.one_of(st.just(ONTOLOGY), st.builds("urn:x:{}".format, st.integers(0, 9)))
TURTLE = st.one_of(
    st.builds("<urn:x:{}> a <urn:x:{}> .".format, st.integers(0, 9), st.integers(0, 9)),
    st.just("PREFIX : <urn:x:>\n:a :b 'c'@en ; :d 1.0 , true .\n"),
    st.text(max_size=30),
)
TERMS = ["claim:one-1", "ckg:Claim", "ckg:Position", "<urn:x:y>"]
FORMATS = {
    "sparql-query": QUERIES,
    "iri": IRIS,
    "digest": st.sampled_from(["0" * 64, "0" * 8]),
    "turtle": TURTLE,
    "turtle-iri": st.sampled_from(TERMS),
    "turtle-predicate": st.sampled_from(["a", "rdf:type", "ckg:holder", "rdfs:subClassOf"]),
    "turtle-term": st.sampled_from([*TERMS, "'text'@en", "12"]),
    "resource-path": st.sampled_from(["actor/freedonia", "actor/freedonia.ttl", "actor/", "claim/one-1.html", "x/y"]),
    "proposable": st.sampled_from(["ckg:Position", "ckg:Commitment"]),
    "proposable-field": st.just("ckg:holder"),
    "correctable": st.sampled_from([RDF["claim"] + "one-1", RDF["actor"] + "freedonia"]),
    "known-actor": st.sampled_from(["", "actor:freedonia"]),
    "known-forum": st.just(""),
    "known-kind": st.just(""),
    "known-topic": st.sampled_from(["", "topic:troops"]),
    "version": st.sampled_from(["0.1.0", "0.0.1"]),
    "reconcile-queries": st.sampled_from(['{"q0": {"query": "Freedonia"}}', '{"q0": {"query": "x", "type": "State", "limit": 2}}']),
    "reconcile-extend": st.just('{"ids": ["actor/freedonia"], "properties": [{"id": "ckg:holder"}]}'),
    "reconcile-id": st.sampled_from(["actor/freedonia", "topic:troops", "x/y"]),
    "graph-path": st.sampled_from(["ontology/kg", "ontology/kg.nq", "data/topics", "x"]),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)
BODIES = {
    "application/sparql-query": QUERIES,
    "text/turtle": TURTLE,
    "application/trig": TURTLE,
    "application/n-triples": TURTLE,
    "application/n-quads": TURTLE,
    "application/rdf+xml": st.sampled_from([f"<rdf:RDF xmlns:rdf='{RDF['rdf']}'/>", "<x", ""]),
}
for media_type, strategy in BODIES.items():
    schemathesis.openapi.media_type(media_type, strategy.map(lambda text: text.encode("utf-8", "replace")))


SETTINGS = replace(Settings(), max_query_length=LONGEST_QUERY)


def described(examples: int = EXAMPLES, **more: object) -> schemathesis.BaseSchema:
    """The description of a server over the tiny repository, as what cases are drawn from."""
    few = [{"include-operation-id": name, "phases": {"coverage": {"enabled": False}}} for name in SAME]
    generation = {"deterministic": True, "max-examples": examples, "database": "none", **more}
    config = SchemathesisConfig.from_dict({"generation": generation, "operations": few})
    found = schemathesis.openapi.from_dict(document(SETTINGS, [parse("01-positions.rq", QUERY)]), config=config)
    found.hook(filter_case)
    found.hook(map_case)
    return found


@contextmanager
def small_server(state: Path) -> Iterator[Server]:
    """The server that is described; it forgives how much one client asks for."""
    options = ("--budget", "0", "--max-query-length", str(LONGEST_QUERY))
    with serving(state, *options, repository=state.parent / "repository") as server:
        yield server


def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Leave out a format that nobody reads: of an answer that is not asked for, and beside the ending of a name.

    A name in one part is that of a family, whichever it is: it leads on to the same with a slash.
    """
    query, path = case.query or {}, unquote(str((case.path_parameters or {}).get("path", "")))
    nothing = case.path == "/cite" and case.method == "GET" and "query" not in query
    family = case.path == "/id/{path}" and "/" not in path
    return not (family or ((nothing or "." in path) and query.get("format")))


def map_case(context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Keep to what OpenAPI has no way to say: that a parameter decides what another one can be."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return case
    # Cases are made of parts that they share.
    given = case.query = dict(case.query or {})
    form = dict(case.body) if isinstance(case.body, dict) and case.media_type in FORMS else {}
    if form:
        case.body = form
    case.path_parameters = dict(case.path_parameters or {})
    for name in form:
        # What a form has is not given again in the address.
        given.pop(name, None)
    if case.path.startswith(("/sparql", "/cite", "/using", "/queries/")):
        asked = _asked(case, given, form)
        whole = given | form
        for part in (given, form):
            _ask_sensibly(case, part, asked, whole)
    if "graph" in given:
        given.pop("default", None)
    if case.path == "/timeline":
        # The first day is not after the last.
        given.pop("from", None)
    if case.path == "/propose" and case.method == "POST" and not given.get("correct"):
        # A form is that of a class, or of what is there already.
        given["class"] = given.get("class") or "ckg:Position"
    if case.path.startswith(("/sparql", "/queries/", "/id/")):
        # How many pages and which columns an answer has, and how many claims a thing, is another matter.
        for name in ("page", "sort"):
            given.pop(name, None)
    if case.path == "/check" and case.media_type not in ("text/turtle", *FORMS):
        # Only Turtle can stand in place of a file of data.
        given.pop("as", None)
    return case


def ask_what_is_kept(case: schemathesis.Case, digest: str) -> None:
    """Have a case that names a snapshot name the one that there is."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    for part in (case.query, case.body):
        if isinstance(part, dict) and part.get("snapshot"):
            part["snapshot"] = digest[: max(8, len(part["snapshot"]) % 64)]


def _asked(case: schemathesis.Case, given: dict, form: dict) -> str:
    """The query of a case. One that is asked as of a day has to use the day, and one that is cited has one answer."""
    if case.path.startswith("/queries/"):
        given.pop("as-of", None)
        return QUERY
    for part in (given, form):
        if "query" in part and (given.get("as-of") or form.get("as-of")):
            part["query"] = AS_OF
        elif "query" in part and case.path == "/cite":
            part["query"] = ANSWERED
    if case.media_type == DIRECT:
        given.pop("as-of", None)
        if case.path == "/cite":
            case.body = ANSWERED
        return case.body if isinstance(case.body, str) else bytes(case.body).decode()
    return str(form.get("query", given.get("query", "")))


def _ask_sensibly(case: schemathesis.Case, part: dict, query: str, whole: dict) -> None:
    """Bring parameters of a query into agreement with it, with one another (``whole`` has all) and with the server."""
    if part.get("timeout"):
        part["timeout"] = 2.5
    if not query:
        for name in ("default-graph-uri", "named-graph-uri"):
            part.pop(name, None)
    if "{" not in query:
        # There is nothing in it that could be explained.
        part.pop("explain", None)
        whole.pop("explain", None)
    if whole.get("explain") or "COUNT" in query or "SELECT" not in query:
        part.pop("evidence", None)
        whole.pop("evidence", None)
    possible = _possible(query, whole, case.path)
    if part.get("format") and part["format"] not in possible:
        part["format"] = possible[len(part["format"]) % len(possible)]
    if "ending" in case.path_parameters and part is case.query:
        ending = case.path_parameters["ending"]
        case.path_parameters["ending"] = ending if ending in possible else possible[len(ending) % len(possible)]


def _possible(query: str, given: dict, path: str) -> list[str]:
    """The formats that an answer can be written as, by their short names."""
    if given.get("explain") and query:
        return ["json", "html"]
    if given.get("evidence") == "1" and query:
        return ["csv", "json", *(["html"] if path != "/cite" else [])]
    page = ["html"] if path != "/cite" else []
    return [one.name for one in (TABLES if "SELECT" in query or "ASK" in query else GRAPHS)] + page


@pytest.fixture(scope="module")
def server(built_state: Path) -> Iterator[Server]:
    with small_server(built_state) as running:
        yield running


@pytest.mark.server
@described().parametrize()
def test_a_server_does_what_its_description_says(case: schemathesis.Case, server: Server, built_state: Path) -> None:
    ask_what_is_kept(case, current(built_state).name.partition("-")[0])
    excluded = []
    if case.path.startswith("/sparql") and case.method in ("QUERY", "OPTIONS"):
        # OpenAPI 3.1 knows no method QUERY, so that the endpoint takes one more than it can say, and says so in Allow.
        excluded = [CHECKS.get_one("unsupported_method"), CHECKS.get_one("allow_header_conformance")]
    # What a redirect leads to is another operation.
    case.call_and_validate(server.address, excluded_checks=excluded, allow_redirects=False)


def test_what_the_server_says_of_itself_is_what_the_cases_were_drawn_from(server: Server) -> None:
    told = server.ask("GET", "/openapi.json").json()
    assert told.pop("servers") == [{"url": server.address}]
    assert told == json.loads(json.dumps(document(SETTINGS, [parse("01-positions.rq", QUERY)])))


@pytest.fixture(scope="module")
def app(built_state: Path) -> Iterator[Flask]:
    repository = built_state.parent / "repository"
    settings = replace(Settings(), state=built_state, repository=repository)
    made = create_app(settings, queries=read_gallery(repository)[0])
    yield made
    made.extensions["kg"].serving.close()


@pytest.fixture(scope="module")
def told(app: Flask) -> dict:
    return app.test_client().get("/openapi.json").json


def operations(told: dict) -> Iterator[tuple[str, str, dict]]:
    """Path, method and operation of all that is described."""
    for path, item in told["paths"].items():
        yield from ((path, method.upper(), operation) for method, operation in item.items())


def test_every_route_is_described_and_nothing_else(app: Flask, told: dict) -> None:
    sample = {"version": "0.1.0", "name": "01-positions", "ending": "csv", "path": "x/y"}
    router = app.url_map.bind("127.0.0.1")
    reached = {(router.match(path.format(**sample), method)[0], method) for path, method, _ in operations(told)}
    served = set()
    for rule in app.url_map.iter_rules():
        # HEAD goes with GET, OPTIONS is for what a browser asks before, and QUERY cannot be described in OpenAPI 3.1.
        methods = rule.methods - {"HEAD", "OPTIONS", "QUERY"}
        # What is only there to be refused is no operation, nor is what pages are made of.
        if rule.endpoint not in ("static", "assets.asset") and not rule.endpoint.endswith(".refuse"):
            served |= {(rule.endpoint, method) for method in methods}
    assert reached == served


#: What a page of each kind is asked with, so that it reads all that it may.
ASKED = {
    "/positions/cell": {"actor": "actor:freedonia", "topic": "topic:troops"},
    "/sparql": {"query": ANSWERED}, "/queries/01-positions": {}, "/map": {"topic": "topic:troops"},
    "/propose/choices": {"class": "ckg:Position", "field": "ckg:holder"},
}  # fmt: skip


def test_all_that_a_page_reads_of_its_address_is_described(app: Flask, told: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()

    class Noting(ImmutableMultiDict):
        def get(self, key, *more, **named):
            read.add(key)
            return super().get(key, *more, **named)

        def getlist(self, key, *more):
            read.add(key)
            return super().getlist(key, *more)

    monkeypatch.setattr(app, "request_class", type("Noted", (Request,), {"parameter_storage_class": Noting}))
    monkeypatch.setattr(Site, "answer_from", lambda here, wanted: read.add("answered from"))
    sample = {"version": "0.1.0", "name": "01-positions", "ending": "ttl", "path": "actor/freedonia"}
    client, missing = app.test_client(), {}
    for path, method, operation in operations(told):
        # The files of the whole are no pages.
        if method == "GET" and not path.startswith("/dump."):
            read.clear()
            client.get(path.format(**sample), query_string=ASKED.get(path, {}), headers={"Accept": "text/html, */*;q=0.1"})
            names = {one["name"] for one in parameters(told, operation)}
            # Links take the snapshot along, also where no other can be asked; what fills the form in is for its own page.
            others = {"answered from", *(() if "answered from" in read else ("snapshot",))}
            others |= {"draft", "gallery"} if path.startswith("/queries/") else set()
            # What has changed is told on a page only.
            others |= {"format"} if path.startswith("/history/") else set()
            missing |= {path: read - names - others} if read - names - others else {}
    assert missing == {}


@pytest.mark.parametrize(("judge", "status"), [(False, 503), (True, 504)])
def test_a_form_that_is_not_ready_in_time_is_to_be_asked_for_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, judge: bool, status: int
) -> None:
    made: list[str] = []

    def late(*asked: object) -> bytes:
        raise DeadlineExceeded("The draft was ended after 10 seconds.", remedy="Propose less at once.")

    monkeypatch.setattr(Pool, "draft", late)
    monkeypatch.setattr(Pool, "prepare_again", lambda pool: made.append("made"))
    client, address = app.test_client(), "/propose?class=ckg:Commitment&lang=it"
    if judge:
        with app.test_request_context():
            token = tokens.token("propose")
        answer = client.post(address, data={"token": token, "do": "check"}, headers={"Accept": "application/json"})
    else:
        answer = client.get(address)
        assert int(answer.headers["Retry-After"]) > 0 and "non era pronto in tempo" in answer.text
    assert answer.status_code == status, answer.text
    assert made == ([] if judge else ["made"])


def test_each_operation_has_a_name_of_its_own_and_words_for_people(told: dict) -> None:
    names = [operation["operationId"] for _, _, operation in operations(told)]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in told["tags"]}
    for path, method, operation in operations(told):
        assert operation["summary"] and operation["description"] and set(operation["tags"]) <= tags, (path, method)
        missing = set(re.findall(r"{(\w+)}", path)) - {
            one["name"] for one in parameters(told, operation) if one["in"] == "path" and one["required"]
        }
        assert not missing, (path, missing)


def parameters(told: dict, operation: dict) -> list[dict]:
    return [told["components"]["parameters"][one["$ref"].rpartition("/")[2]] for one in operation["parameters"]]


def test_all_that_is_referred_to_is_there_and_all_that_is_there_is_referred_to(told: dict) -> None:
    text = json.dumps(told)
    used = set(re.findall(r'"#/components/(\w+/[^"]+)"', text))
    there = {f"{part}/{name}" for part, members in told["components"].items() for name in members}
    assert used - there == set()
    # Some errors are of commands alone.
    assert {one for one in there - used if not one.startswith("responses/")} == set()


def test_the_limits_are_those_in_force_and_the_address_is_that_asked(app: Flask) -> None:
    told = app.test_client().get("/openapi.json", base_url="http://127.0.0.1:1234").json
    known = {one["name"]: one.get("schema") for one in told["components"]["parameters"].values()}
    assert told["servers"] == [{"url": "http://127.0.0.1:1234"}] and told["info"]["version"] == __version__
    assert known["query"]["maxLength"] == Settings().max_query_length
    assert known["timeout"]["maximum"] == Settings().max_deadline


def test_a_query_of_the_gallery_is_described_by_its_header(told: dict) -> None:
    operation = told["paths"]["/queries/01-positions"]["get"]
    assert operation["summary"] == "Who stands where" and "Each holder" in operation["description"]


def test_the_ways_in_lead_to_the_description(app: Flask) -> None:
    client = app.test_client()
    for path, accept in product(("/sparql", "/"), ("text/html", "text/turtle")):
        links = client.get(path, headers={"Accept": accept}).headers.getlist("Link")
        assert '</openapi.json>; rel="service-desc"' in links, (path, accept)
    assert 'href="/openapi.json"' in client.get("/").text


def test_a_dataset_of_several_graphs_is_merged_within_the_memory_of_a_worker(server: Server) -> None:
    graphs = "&".join(f"default-graph-uri={quote(iri)}" for iri in (ONTOLOGY, "urn:x:none"))
    answer = server.ask("GET", f"/sparql?query={quote(ANSWERED)}&{graphs}")
    assert answer.status == 200 and answer.json()["results"]["bindings"] == []


@pytest.mark.parametrize("path", ["/sparql?timeout=61", "/cite?timeout=61", "/sparql?as-of=A", "/sparql?as-of=2026-W01-1"])
def test_what_a_request_says_is_looked_at_even_if_there_is_no_query(server: Server, path: str) -> None:
    assert server.ask("GET", path).status == 400


def test_a_family_without_its_slash_leads_to_it_with_what_was_asked(server: Server) -> None:
    for asked in ("", "?format=ttl&lang=it"):
        answer = server.ask("GET", f"/id/actor{asked}")
        assert (answer.status, answer.headers["location"]) == (308, f"/id/actor/{asked}")
    assert server.ask("GET", "/id/actor?format=none").status == 400
