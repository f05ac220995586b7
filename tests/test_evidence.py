"""What is behind each row: the triples that were matched, the claims they speak of, the passages these rest on."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from importlib import resources
from pathlib import Path
from urllib.parse import urlencode

import jsonschema
import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from kg.binding import AS_OF, bind
from kg.engine import Engine
from kg.errors import NotAcceptable, QueryError
from kg.model import Query
from kg.rdf import ID, PREFIXES
from kg.sparql.groups import Path as PropertyPath
from kg.sparql.routes import Route
from kg.sparql.structure import read
from kg.workers.evidencer import SnapshotEvidence
from serving import Answer, Server, serving, write_snapshot
from small_queries import PREFIX, engines, groups

SCHEMA = json.loads((resources.files("kg.web") / "evidence.schema.json").read_text("utf-8"))
GALLERY = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "queries").glob("*.rq"))}
CKG = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
BROWSER = {"Accept": "text/html"}
Told = Mapping[str, dict]


def evidence(engine: Engine, text: str, **more: object) -> dict:
    _, _, body = SnapshotEvidence(engine).answer(Query(text, base="http://h/kg/sparql"), "json", **more)  # type: ignore[arg-type]
    return json.loads(body)


def plain(engine: Engine, text: str) -> dict:
    return json.loads(engine.query(Query(text)).serialize(format=ox.QueryResultsFormat.JSON))  # type: ignore[union-attr]


def rows(answer: dict) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True) for row in answer["results"]["bindings"])


def to_term(cell: dict) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    if cell["type"] == "uri":
        return ox.NamedNode(cell["value"])
    if cell["type"] == "bnode":
        return ox.BlankNode(cell["value"])
    if "xml:lang" in cell:
        return ox.Literal(cell["value"], language=cell["xml:lang"])
    datatype = cell.get("datatype", PREFIXES["xsd"] + "string")
    return ox.Literal(cell["value"], datatype=ox.NamedNode(datatype))


def listed(behind: dict) -> Iterator[tuple[ox.Triple, dict]]:
    for one in behind["triples"]:
        if "subject" in one:
            yield ox.Triple(*(to_term(one[part]) for part in ("subject", "predicate", "object"))), one  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), body=groups(), head=st.sampled_from(["*", "?x ?y", "DISTINCT ?x", "(STR(?x) AS ?s) ?z", "REDUCED ?z ?g"]))
def test_rows_stay_what_they_are_and_rest_on_triples_that_are_there(engine: Engine, body: str, head: str) -> None:
    text = f"{PREFIX}SELECT {head} {{ {body} }}"
    try:
        expected = plain(engine, text)
    except QueryError:
        assume(False)
    answer = evidence(engine, text)
    assert answer["head"] == expected["head"]
    if "REDUCED" in head:
        assert set(rows(answer)) == set(rows(expected))
    else:
        assert rows(answer) == rows(expected)
    for behind in answer["evidence"]:
        for triple, told in listed(behind):
            quads = set(engine.store.quads_for_pattern(*triple, None))
            assert quads, triple
            assert {one["graph"] for one in told["stated"]} <= {quad.graph_name.value for quad in quads if quad.graph_name != ox.DefaultGraph()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), data=st.data())
def test_each_pattern_of_a_plain_query_is_behind_each_row(engine: Engine, data: st.DataObject) -> None:
    node, value = st.sampled_from(["?x", "?y", ":a"]), st.sampled_from(["?x", "?y", "?z", "1", ":b"])
    verb = st.sampled_from([":p", ":q", "?v"])
    parts = data.draw(st.lists(st.tuples(node, verb, value), min_size=1, max_size=3))
    answer = evidence(engine, f"{PREFIX}SELECT * {{ {' . '.join(map(' '.join, parts))} }}")
    for row, behind in zip(answer["results"]["bindings"], answer["evidence"], strict=True):
        known = {f"?{name}": to_term(cell) for name, cell in row.items()}
        constants = {":a": ox.NamedNode("urn:x#a"), ":b": ox.NamedNode("urn:x#b"), ":p": ox.NamedNode("urn:x#p"),
                     ":q": ox.NamedNode("urn:x#q"), "1": ox.Literal(1)}  # fmt: skip
        expected = {ox.Triple(*((known | constants)[term] for term in part)) for part in parts}  # type: ignore[arg-type]
        assert {triple for triple, _ in listed(behind)} == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), path=st.sampled_from([":p*", ":p+", "(:p|^:q)+", "(:p/:q)*", ":p?/:r", "(!:p)+", "^(:p/(:q|:r))+", "!(^:p|:q)*", ":p/:q", "(:p|:q)/^:p", ":p?"]))
def test_a_way_is_found_exactly_where_a_path_matches(engine: Engine, path: str) -> None:
    text = f"{PREFIX}SELECT * {{ ?a {path} ?b }}"
    where = read(text).where
    assert where
    (block,) = where.elements
    verb = block.triples[0].verb  # type: ignore[union-attr]
    assert isinstance(verb, PropertyPath)
    found = {(row["a"], row["b"]) for row in engine.query(Query(text))}  # type: ignore[union-attr, index]
    nodes = {term for quad in engine.store for term in (quad.subject, quad.object)}

    def look(node: object, is_forward: bool, predicate: object) -> Iterator[ox.Triple]:
        ends = (node, None) if is_forward else (None, node)
        for quad in engine.store.quads_for_pattern(ends[0], predicate, ends[1], ox.DefaultGraph()):  # type: ignore[arg-type]
            yield quad.triple

    for start in nodes:
        for end in nodes:
            way, ways = (one(start, end, look) for one in (Route(verb).find, Route(verb).ways))  # type: ignore[arg-type]
            assert (ways is not None) == (way is not None) and set(way or ()) <= set(ways or ())
            assert (way is not None) == ((start, end) in found), (start, end)
            assert all(ox.Quad(*one) in engine.store for one in way or ())
            here = {start}
            for one in way or ():
                # Each step is joined to the one before it, whichever way round it is walked.
                assert here & {one.subject, one.object}
                here = {one.subject, one.object}
            assert not way or end in here


def test_every_query_of_the_gallery_keeps_its_answer(real_graph: Engine) -> None:
    refused = []
    for name, text in GALLERY.items():
        text = bind(text, {AS_OF: "2026-01-06"}) if "?asOf" in text else text
        try:
            answer = evidence(real_graph, text)
        except QueryError as error:
            refused.append(name)
            assert "aggregates" in error.message and error.where and error.remedy
            continue
        assert answer["head"] == plain(real_graph, text)["head"] and rows(answer) == rows(plain(real_graph, text)), name
        assert len(answer["evidence"]) == len(answer["results"]["bindings"])
        assert all(behind["triples"] for behind in answer["evidence"]), name
        for behind in answer["evidence"]:
            assert all(one in answer["claims"] for one in behind["claims"])
            for triple, told in listed(behind):
                assert ox.Quad(*triple) in real_graph.store
                assert told["stated"] or told.get("inferred"), triple
    assert all("GROUP BY" in GALLERY[name] or "COUNT(" in GALLERY[name] for name in refused) and len(refused) < 6


def test_claims_come_with_what_limits_them(real_graph: Engine) -> None:
    answer = evidence(real_graph, CKG + "SELECT ?claim { ?claim ckg:certainty certainty:hedged ; ckg:hedge ?hedge } ORDER BY ?claim")
    assert answer["evidence"]
    for behind in answer["evidence"]:
        (claim,) = behind["claims"]
        told = answer["claims"][claim]
        assert ID + "certainty/hedged" in [one["iri"] for one in told["certainty"]] and told["hedge"]
        assert told["evidence"] and all(one["source"] in answer["sources"] for one in told["evidence"])
        for passage in told["evidence"]:
            assert passage["attribution"] and passage["start"] < passage["end"] and passage["paragraph"] > 0


def test_both_sides_of_a_contradiction_appear(real_graph: Engine) -> None:
    sides = [sorted(row["side"].value for row in real_graph.query(Query(  # type: ignore[union-attr, index]
        CKG + "SELECT ?side { ?j a ckg:Contradiction ; ckg:between ?side } ORDER BY ?j LIMIT 1")))]  # fmt: skip
    answer = evidence(real_graph, f"{CKG}SELECT ?c {{ VALUES ?c {{ <{sides[0][0]}> }} ?c ckg:summary ?s }} LIMIT 1")
    told = answer["claims"][sides[0][0]]
    others = {claim for one in told["contradictions"] for claim in one["claims"]}
    assert others and others <= answer["claims"].keys()
    assert all(answer["claims"][claim]["evidence"] for claim in others)


def test_a_claim_that_stood_against_another_before_has_its_own_other_sides(real_graph: Engine) -> None:
    sought = "?j ckg:between ?a , ?b . ?k ckg:between ?a , ?c . FILTER(?a != ?b && ?a != ?c && ?b != ?c)"
    outer = "FILTER NOT EXISTS { ?i ckg:between ?b , ?c }"
    found = real_graph.query(Query(f"{CKG}SELECT ?a ?b {{ {sought} {outer} }} ORDER BY ?a ?b LIMIT 1"))
    ((first, second),) = [(row["b"], row["a"]) for row in found]  # type: ignore[union-attr, index]
    answer = evidence(real_graph, f"{CKG}SELECT ?c {{ VALUES ?c {{ {first} {second} }} ?c a ckg:Claim }}")
    assert {first.value, second.value} == {claim for behind in answer["evidence"] for claim in behind["claims"]}
    for claim in (first.value, second.value):
        sides = [side for one in answer["claims"][claim]["contradictions"] for side in one["claims"]]
        assert set(sides) <= answer["claims"].keys(), claim


def test_entities_say_what_they_rest_on(real_graph: Engine) -> None:
    answer = evidence(real_graph, CKG + "SELECT ?event { ?event a ckg:Meeting ; ckg:evidence ?any } ORDER BY ?event")
    first = answer["evidence"][0]
    assert not first["claims"] and first["entities"] == [answer["results"]["bindings"][0]["event"]["value"]]
    assert answer["entities"][first["entities"][0]]["evidence"]


def test_steps_of_a_path_are_told(real_graph: Engine) -> None:
    text = CKG + "SELECT ?claim ?voice { ?claim ckg:evidence/ckg:attribution/ckg:passedOnIn* ?step . ?step ckg:attributedTo ?voice } LIMIT 400"
    answer = evidence(real_graph, text)
    path = "ckg:evidence/ckg:attribution/ckg:passedOnIn*"
    for behind in answer["evidence"]:
        along = [one for _, one in listed(behind) if "path" in one]
        verbs = [one["predicate"]["value"].removeprefix(PREFIXES["ckg"]) for one in along]
        assert verbs[:2] == ["evidence", "attribution"] and set(verbs[2:]) <= {"passedOnIn"}
        assert {one["path"]["path"] for one in along} == {path}


def test_a_union_and_an_optional_count_only_where_they_applied(real_graph: Engine) -> None:
    text = CKG + "SELECT ?c ?s { { ?c a ckg:Position } UNION { ?c a ckg:Commitment } OPTIONAL { ?c ckg:stance ?s } }"
    answer = evidence(real_graph, text)
    for row, behind in zip(answer["results"]["bindings"], answer["evidence"], strict=True):
        verbs = [triple.predicate.value for triple, _ in listed(behind)]
        assert verbs.count(PREFIXES["rdf"] + "type") == 1
        assert (PREFIXES["ckg"] + "stance" in verbs) == ("s" in row)


def test_the_dataset_asked_decides_what_states_a_triple(real_graph: Engine) -> None:
    graph = PREFIXES["graph"] + "data/claims/004"
    inside = f"{CKG}SELECT ?c FROM <{graph}> {{ ?c ckg:holder actor:italy }}"
    named = f"{CKG}SELECT ?c {{ GRAPH ?g {{ ?c ckg:holder actor:italy }} FILTER(?g = <{graph}>) }}"
    for text in (inside, named):
        answer = evidence(real_graph, text)
        told = [one for behind in answer["evidence"] for _, one in listed(behind)]
        assert told and all(one["stated"] == [{"graph": graph, "file": "data/claims/004.ttl"}] for one in told)


def test_a_query_that_cannot_be_read_is_told_what_is_wrong_with_it_and_not_with_evidence(real_graph: Engine) -> None:
    with pytest.raises(QueryError, match="The prefix ckg: is not declared"):
        evidence(real_graph, "SELECT ?claim { ?claim ckg:holder ?holder }")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "aggregates"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?s", "aggregates"),
        ("SELECT (1 AS ?one) { ?s ?p ?o } HAVING (COUNT(*) > 1)", "aggregates"),
        ("SELECT * { { SELECT ?s (MAX(?o) AS ?m) { ?s ?p ?o } GROUP BY ?s } }", "sub-query"),
        ("SELECT * { { SELECT DISTINCT ?s { ?s ?p ?o } } }", "sub-query"),
        ("SELECT * { { SELECT ?s { ?s ?p ?o } LIMIT 3 } }", "sub-query"),
        ("ASK { ?s ?p ?o }", "ASK"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("SELECT * { << ?s ?p ?o >> ?q ?r }", "SPARQL 1.1"),
        ("SELECT * { ?s ?p ?o }", "rows"),
        ("SELECT DISTINCT ?s { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f }", "matches"),
    ],
)
def test_what_no_evidence_can_be_given_for_is_refused(real_graph: Engine, text: str, told: str) -> None:
    with pytest.raises(QueryError, match=told) as caught:
        evidence(real_graph, text)
    assert caught.value.remedy or caught.value.where


def test_order_limit_and_offset_hold_also_with_distinct(real_graph: Engine) -> None:
    for head in ("SELECT ?h", "SELECT DISTINCT ?h"):
        text = f"{CKG}{head} {{ ?c ckg:holder ?h }} ORDER BY ?h LIMIT 7 OFFSET 3"
        assert evidence(real_graph, text)["results"] == plain(real_graph, text)["results"]


def test_other_forms_are_not_acceptable(real_graph: Engine) -> None:
    with pytest.raises(NotAcceptable, match="xml"):
        SnapshotEvidence(real_graph).answer(Query("SELECT * { ?s ?p 1 }"), "xml")


@pytest.fixture(scope="module")
def server(real_state: Path) -> Iterator[Server]:
    with serving(real_state, "--workers", "1") as one:
        yield one


def ask(server: Server, text: str, headers: dict[str, str] | None = None, **more: str) -> Answer:
    return server.ask("GET", "/sparql?" + urlencode({"query": text, "evidence": "1", **more}), headers)


ITALY = CKG + "SELECT ?claim ?stance { ?claim ckg:holder actor:italy ; ckg:stance ?stance } ORDER BY ?claim"


def test_over_http_as_json(server: Server) -> None:
    answer = ask(server, ITALY)
    assert (answer.status, answer.media_type, answer.headers["kg-answer"]) == (200, "application/json", "complete")
    assert answer.headers["etag"] and answer.headers["kg-snapshot"]
    jsonschema.validate(answer.json(), SCHEMA, jsonschema.Draft202012Validator)
    without = server.ask("GET", "/sparql?" + urlencode({"query": ITALY}), {"Accept": "application/json"}).json()
    assert answer.json()["results"] == without["results"]
    schema = server.ask("GET", "/docs/evidence.schema.json")
    assert schema.media_type == "application/schema+json" and schema.json() == SCHEMA


def test_over_http_as_csv(server: Server) -> None:
    answer = ask(server, ITALY, format="csv")
    assert answer.media_type == "text/csv"
    table = list(csv.reader(io.StringIO(answer.text)))
    assert table[0] == ["claim", "stance", "claims", "sources"]
    for claim, _, claims, sources in table[1:]:
        assert claim in claims.split(" ") and all(one.startswith(ID + "document/") for one in sources.split(" "))


def test_over_http_as_a_page(server: Server) -> None:
    page = ask(server, ITALY, BROWSER, lang="it")
    assert page.media_type == "text/html" and page.text.count("<details>") == len(ask(server, ITALY).json()["evidence"])
    assert "capoverso" in page.text
    link = re.search(r'href="([^"]*evidence=1[^"]*)"', server.ask("GET", "/sparql?" + urlencode({"query": ITALY}), BROWSER).text)
    assert link and server.ask("GET", unescape(link[1]), BROWSER).text.count("<details>") == page.text.count("<details>")


def test_an_inferred_triple_leads_to_its_proof(server: Server) -> None:
    answer = ask(server, CKG + "SELECT ?c { actor:italy ckg:holds ?c } ORDER BY ?c LIMIT 1").json()
    (told,) = answer["evidence"][0]["triples"]
    assert told["inferred"] is True and not told["stated"]
    proof = server.ask("GET", told["explain"].removeprefix(server.address), {"Accept": "application/json"})
    assert proof.status == 200 and proof.json()["rule"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"format": "xml"}, 406, "not-acceptable"),
        ({"evidence": "2"}, 400, "request"),
        ({"query": "ASK {}"}, 400, "query"),
        ({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}, 400, "query"),
    ],
)
def test_refusals_over_http(server: Server, more: dict[str, str], status: int, code: str) -> None:
    answer = ask(server, more.pop("query", ITALY), **more)
    assert (answer.status, answer.media_type, answer.json()["code"]) == (status, "application/problem+json", code)
    assert answer.json()["remedy"] or answer.json()["line"]


def test_a_limit_of_the_client_is_told(server: Server) -> None:
    answer = ask(server, ITALY, limit="2")
    assert answer.headers["kg-answer"] == "truncated; rows=2" and len(answer.json()["evidence"]) == 2
    assert ask(server, ITALY, {"Accept": "image/png"}).status == 406


def test_markup_of_others_is_not_markup_on_the_page(tmp_path: Path) -> None:
    with serving(write_snapshot(tmp_path / "state"), "--workers", "1") as one:
        page = ask(one, CKG + "SELECT ?l { actor:markup rdfs:label ?l }", BROWSER)
        assert page.status == 200 and "<script>" not in page.text and "&lt;script&gt;" in page.text


def test_of_more_ways_than_can_be_looked_at_none_is_told() -> None:
    step = ox.NamedNode("urn:p")
    layers = [[ox.NamedNode(f"urn:{layer}/{number}") for number in range(40)] for layer in range(4)]
    start, end = ox.NamedNode("urn:start"), ox.NamedNode("urn:end")
    store = ox.Store()
    for before, after in itertools.pairwise([[start], *layers, [end]]):
        store.extend(ox.Quad(one, step, other) for one in before for other in after)

    def look(node: object, is_forward: bool, predicate: object) -> Iterator[ox.Triple]:
        ends = (node, None) if is_forward else (None, node)
        for quad in store.quads_for_pattern(ends[0], predicate, ends[1]):  # type: ignore[arg-type]
            yield quad.triple

    where = read("SELECT * { <urn:start> <urn:p>/<urn:p>/<urn:p>/<urn:p>/<urn:p> ?x }").where
    assert where
    (block,) = where.elements
    assert Route(block.triples[0].verb).ways(start, end, look) is None  # type: ignore[union-attr]
