"""Why a query has no answer: what is named is to blame, since without it there is an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from kg.engine import Engine
from kg.errors import QueryError
from kg.model import Query
from kg.rdf import PREFIXES
from kg.sparql.dropping import Reduced
from kg.sparql.empty import Found, Search
from kg.sparql.nearby import Nearby
from kg.sparql.structure import read
from kg.sparql.suspects import Suspects
from kg.sparql.whysaid import Told
from kg.workers.emptiness import Emptiness
from serving import Answer, Server, serving
from small_queries import PREFIX, engines, groups, patterns

CKG = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
LINES = CKG.count("\n")


def explained(engine: Engine, text: str, seconds: float = 60.0, **dataset: tuple[str, ...]) -> dict:
    return json.loads(Emptiness(engine, seconds).answer(Query(text, **dataset), "json", "en"))


def size(engine: Engine, text: str) -> int:
    """How many solutions the groups of a query have, whatever it makes of them."""
    query = read(text)
    assert query.where
    groups = text[query.where.start : query.where.end]
    return sum(1 for _ in engine.query(Query(f"{PREFIX}SELECT * {groups}")))  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), body=groups())
def test_without_what_is_named_there_is_an_answer(engine: Engine, body: str) -> None:
    text = f"{PREFIX}SELECT * {{ {body} }}"
    try:
        rows = size(engine, text)
    except QueryError:
        assume(False)
    told = explained(engine, text)
    assert told["solutions"] == rows and told["complete"]
    if rows:
        assert not (told["causes"] or told["barren"] or told["notes"])
    for cause in told["causes"]:
        assert size(engine, cause["without"]) == cause["solutions"] > 0
        for part in cause["parts"]:
            lines = text.split("\n")
            rest = "\n".join([lines[part["line"] - 1][part["column"] - 1 :], *lines[part["line"] :]])
            assert " ".join(rest.split()).startswith(part["text"])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), parts=st.lists(patterns(), min_size=1, max_size=4, unique=True))
def test_each_pattern_without_which_there_is_an_answer_is_named(engine: Engine, parts: list[str]) -> None:
    def query(kept: list[str]) -> str:
        return f"{PREFIX}SELECT * {{\n" + "\n".join(kept) + "\n}"

    assume(size(engine, query(parts)) == 0 and not any("[" in part for part in parts))
    told = explained(engine, query(parts))
    # Line 1 is the prefix, line 2 the head.
    to_blame = {
        (number + 3, size(engine, query(parts[:number] + parts[number + 1 :])))
        for number in range(len(parts))
        if size(engine, query(parts[:number] + parts[number + 1 :]))
    }
    single = {(cause["parts"][0]["line"], cause["solutions"]) for cause in told["causes"] if len(cause["parts"]) == 1}
    assert single == to_blame
    assert {one["line"] for one in told["barren"]} == {n + 3 for n, part in enumerate(parts) if not size(engine, query([part]))}
    if not to_blame:
        assert told["causes"] or "first" in told or told["barren"]
    if "first" in told:
        # The patterns before it go together, and with it they do not.
        at = told["first"]["line"] - 3
        assert size(engine, query(parts[: at + 1])) == 0 < size(engine, query(parts[:at])) == told["first"]["before"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(engine=engines(), body=groups())
def test_leaving_out_nothing_changes_nothing(engine: Engine, body: str) -> None:
    text = f"{PREFIX}ASK {{ {body} }}"
    try:
        expected = size(engine, text)
    except QueryError:
        assume(False)
    reduced = Reduced(text, read(text))
    assert reduced.without(frozenset()) == (text, ())
    probe = reduced.probe(text, 1_000)
    assert sum(1 for _ in engine.query(Query(probe))) == expected  # type: ignore[arg-type]
    # Whatever is left out, what remains is a query.
    for number in range(len(reduced.pieces)):
        rest, _ = reduced.without(frozenset({number}))
        try:
            engine.query(Query(rest))
        except QueryError:
            # A blank node may have come to stand in two groups.
            assert "_:" in rest or "[" in body


@pytest.mark.parametrize(
    ("body", "code", "proposal"),
    [
        ("?c a ckg:Position ; ckg:holdr actor:italy .", "property-unknown", "ckg:holder"),
        ("?c a ckg:Positon .", "class-unknown", "ckg:Position"),
        ("?c ckg:topic topic:troop-in-ukraine .", "node-unknown", "topic:troops-in-ukraine"),
        ("?c ckg:hasHolder ?x .", "property-unknown", "ckg:holder"),
        ("?x ckg:Position ?y .", "class-as-property", "a ckg:Position"),
        ("?x a ckg:holder .", "property-as-class", None),
        ("?x ckg:contradictionCandidate ?y .", "property-unused", None),
        ("actor:italy skos:exactMatch ?x .", "elsewhere", "GRAPH ?g { … }"),
        ("?s rdfs:label 'Italy'@it .", "translated", '"Italia"@it'),
        ("?s rdfs:label 'Italy' .", "language-missing", '"Italy"@en'),
        ("?s rdfs:label 'italy'@en .", "spelt", '"Italy"@en'),
        ("?s rdfs:label 'Italie'@nl .", "kind", None),
        ("?e ckg:paragraph '4' .", "datatype", "4"),
        ("?c ckg:holder ?holder . FILTER(?holdr = actor:italy)", "unbound", "?holder"),
        ("?c ckg:holder ?h . { FILTER(?h = actor:italy) }", "out-of-scope", None),
        ("?c rdfs:label ?l FILTER(LANG(?l) = 'fr')", "language", None),
        ("?c ckg:latest ?d FILTER(?d > '2025-01-01T00:00:00'^^xsd:dateTime)", "compared", None),
        ("GRAPH <https://w3id.org/coalition-kg/graph/data/claims/04> { ?s ?p ?o }", "graph",
         "<https://w3id.org/coalition-kg/graph/data/claims/004>"),
        ("?c ckg:time/ckg:earliest ?d FILTER(?d > '2026-01-01')", "compared", None),
        ("?c ckg:time/(ckg:earliest|ckg:latest) ?d FILTER(?d > '2026-01-01')", "compared", None),
        ("?c rdfs:label 'Italia'@it ; skos:prefLabel 'Italy'@en .", "property-other", "rdfs:label"),
        ("actor:italy ckg:holder ?c .", "turned", "^ckg:holder"),
        ("?c ckg:topic ?t . ?t ckg:topic ?c .", None, None),
        ("actor:uk ckg:holds ?c .", "node-unknown", "actor:united-kingdom"),
        ("?c ckg:topic/skos:prefLabel 'troops' .", "language-missing", '"troops"@en'),
        ("GRAPH graph:void { ?t void:tripels ?d }", "property-unknown", "void:triples"),
    ],
)  # fmt: skip
def test_what_is_suspicious_is_told(real_graph: Engine, body: str, code: str | None, proposal: str | None) -> None:
    told = explained(real_graph, f"{CKG}SELECT * {{\n  {body} }}")
    notes = {note["code"]: note for note in told["notes"]}
    assert told["solutions"] == 0 and (code in notes or not (notes or code)), told
    if code is None:
        return
    assert notes[code].get("proposal") == proposal and notes[code]["line"] == LINES + 2
    assert notes[code]["says"]["en"].endswith((".", "?")) and notes[code]["says"]["it"] != notes[code]["says"]["en"]


def codes(told: dict) -> list[str]:
    return [note["code"] for note in told["notes"]]


def test_of_what_stands_in_a_graph_that_does_not_exist_nothing_else_is_said(real_graph: Engine) -> None:
    graph = "<https://w3id.org/coalition-kg/graph/data/claims/0005>"
    assert codes(explained(real_graph, f"{CKG}SELECT * {{ GRAPH {graph} {{ ?c a ckg:Position }} }}")) == ["graph"]
    assert codes(explained(real_graph, f"{CKG}SELECT * FROM {graph} {{ ?t ckg:earliest ?d }}")) == ["graph"]


def test_graph_is_proposed_only_where_it_would_help(real_graph: Engine) -> None:
    files = "https://w3id.org/coalition-kg/graph/data"
    for clause, proposal in (
        (f"FROM <{files}/claims/004>", None),
        (f"FROM <{files}/claims/004> FROM NAMED <{files}/links/wikidata>", "GRAPH ?g { … }"),
        (f"FROM NAMED <{files}/claims/004>", None),
    ):
        (note,) = explained(real_graph, f"{CKG}SELECT * {clause} {{ ?t skos:exactMatch ?d }}")["notes"]
        assert (note["code"], note.get("proposal")) == ("elsewhere", proposal)


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("?c ckg:holder actor:Italy ; ckg:stnce ?s", []),
        ("?c ckg:holder ?h MINUS { ?c a ckg:Claim }", ["minus"]),
        ("?c ckg:holdr ?h MINUS { ?c a ckg:Claim }", []),
        ("?c ckg:holdr ?h", ["pattern"]),
        ("BIND(1 AS ?x) FILTER(?x = 2)", ["filter"]),
    ],
)
def test_nothing_is_named_without_which_nothing_is_left_to_match(real_graph: Engine, body: str, kinds: list[str]) -> None:
    told = explained(real_graph, f"{CKG}SELECT * {{ {body} }}")
    assert told["solutions"] == 0 and [part["kind"] for cause in told["causes"] for part in cause["parts"]] == kinds


def test_what_the_engine_cannot_answer_is_no_reason() -> None:
    text = "PREFIX : <urn:x#> SELECT * { ?a :p ?b . ?b :q ?c FILTER(?c > 3) }"

    def search(fails: str) -> Found:
        def count(asked: str) -> int:
            if asked.replace(" ", "").endswith(fails):
                raise QueryError("It cannot be answered.")
            return 0

        return Search(Reduced(text, read(text)), count).run()

    assert search("LIMIT1").barren == () and len(search("nothing").barren) == 2
    assert search("LIMIT1").rows == 0 and search("LIMIT1").is_complete
    with pytest.raises(QueryError):
        search("LIMIT1001")


def test_numbers_and_kinds_are_told_as_one_writes_them(real_graph: Engine) -> None:
    (note,) = explained(real_graph, CKG + "SELECT * { ?e ckg:paragraph '4' }")["notes"]
    assert note["code"] == "datatype" and note["says"]["en"].endswith("write 4, without quotation marks.")
    (note,) = explained(real_graph, CKG + "SELECT * { ?c ckg:holder 'Italy' }")["notes"]
    assert "its values are IRIs." in note["says"]["en"] and "valori sono IRI." in note["says"]["it"]


def test_the_ontology_is_served_by_the_name_of_its_version(server: Server) -> None:
    turtle = server.ask("GET", "/ontology", {"Accept": "text/turtle"}).text
    version = re.search(r"owl:versionIRI <[^>]*/(ontology/[^>]*)>", turtle)
    assert version and server.ask("GET", f"/{version[1]}", {"Accept": "text/turtle"}).text == turtle
    assert server.ask("GET", f"/{version[1]}", {"Accept": "text/html"}).status == 200
    assert server.ask("GET", f"/{version[1]}.9").status == 404


def test_a_proposal_gives_an_answer(real_graph: Engine) -> None:
    text = CKG + "SELECT * { ?s rdfs:label 'Italy'@it }"
    (note,) = explained(real_graph, text)["notes"]
    assert list(real_graph.query(Query(text.replace("'Italy'@it", note["proposal"]))))  # type: ignore[arg-type]


NAMED = """
    <urn:x#states/united-kingdom> a <urn:x#State> ; <http://www.w3.org/2004/02/skos/core#altLabel> "Great Britain"@en .
    <urn:x#states/united-states> a <urn:x#State> . <urn:x#states/ukrania> a <urn:x#State> .
    <urn:x#states/uruguay-south> a <urn:x#State> .
"""


@pytest.mark.parametrize(
    ("name", "near"), [("uk", "united-kingdom"), ("great-britain", "united-kingdom"), ("us", None), ("ukraine", "ukrania")]
)
def test_what_goes_by_another_name_is_found(name: str, near: str | None) -> None:
    store = ox.Store()
    store.load(NAMED.encode(), format=ox.RdfFormat.TURTLE)
    found = Nearby(store).node(f"urn:x#states/{name}")
    assert found == (f"urn:x#states/{near}" if near else None)


@pytest.mark.parametrize(("was", "code"), [("ckg:holder", "turned"), ("skos:prefLabel", "property-other")])
def test_the_property_that_is_proposed_gives_an_answer(real_graph: Engine, was: str, code: str) -> None:
    text = f"{CKG}SELECT * {{ ?x {was} 'Italy'@en }}" if code == "property-other" else f"{CKG}SELECT * {{ actor:italy {was} ?x }}"
    note = next(one for one in explained(real_graph, text)["notes"] if one["code"] == code)
    assert list(real_graph.query(Query(text.replace(was, note["proposal"]))))  # type: ignore[arg-type]


def test_a_prefix_that_stands_for_something_else_is_told(real_graph: Engine) -> None:
    told = explained(real_graph, "PREFIX ckg: <http://coalition.example/ontology#>\nASK { ?x a ckg:Claim }")
    note = next(one for one in told["notes"] if one["code"] == "prefix")
    assert note["proposal"] == f"PREFIX ckg: <{PREFIXES['ckg']}>" and (note["line"], note["column"]) == (1, 8)


def test_graphs_of_the_request_that_do_not_exist_are_told(real_graph: Engine) -> None:
    told = explained(real_graph, "ASK { ?s ?p ?o }", default_graphs=("https://w3id.org/coalition-kg/graph/data/claims/0004",))
    assert told["notes"][0]["code"] == "graph" and "data/claims/0" in told["notes"][0]["proposal"]


def test_a_filter_shows_what_it_would_have_seen(real_graph: Engine) -> None:
    body = "?c a ckg:Position ; ckg:time/ckg:latest ?d FILTER(?d > 2030)"
    (cause,) = explained(real_graph, f"{CKG}SELECT * {{ {body} }}")["causes"]
    assert cause["parts"][0]["kind"] == "filter" and cause["examples"]["d"].endswith("^^xsd:date")
    assert cause["examples"]["d"] in cause["says"]["en"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * { ?c a ckg:Position }", "has an answer: 5"),
        ("ASK { ?c a ckg:Position }", "has an answer: 5"),
        ("SELECT ?c { ?c a ckg:Position } GROUP BY ?c HAVING (COUNT(*) > 99)", "HAVING (COUNT(*) > 99) leaves nothing"),
        ("SELECT ?c { ?c a ckg:Position } OFFSET 4000", "OFFSET 4000 leaves nothing"),
        ("SELECT ?c { ?c a ckg:Position } LIMIT 0", "LIMIT 0 leaves nothing"),
        ("CONSTRUCT { ?l a ?c } { ?c rdfs:label ?l }", "template makes no triple"),
        ("CONSTRUCT { ?c a ?l } { ?c rdfs:label ?l }", "has an answer: more than 1,000"),
        ("SELECT (COUNT(*) AS ?n) { ?c a ckg:Nothing }", "an aggregate always has one"),
        ("DESCRIBE ?c { ?c a ckg:Nothing }", "no match in common"),
    ],
)  # fmt: skip
def test_all_forms_of_queries_are_told_of(real_graph: Engine, query: str, said: str) -> None:
    assert said in explained(real_graph, CKG + query)["says"]["en"]


def test_several_parts_that_empty_it_together_are_named(real_graph: Engine) -> None:
    told = explained(real_graph, CKG + "SELECT * { ?c a ckg:Position ; ckg:holdr ?h ; ckg:topik ?t }")
    assert [part["text"] for part in told["causes"][0]["parts"]] == ["ckg:holdr ?h", "ckg:topik ?t"]
    assert len(told["barren"]) == 2


def test_what_is_too_long_is_refused_before_it_is_read(real_graph: Engine) -> None:
    with pytest.raises(QueryError, match="at most 20000 characters"):
        explained(real_graph, f"{CKG}SELECT * {{ ?c a ckg:Nothing VALUES ?o {{ {'1 ' * 20_000}}} }}")


def test_the_answer_is_bounded_and_says_what_it_leaves_out() -> None:
    text = "SELECT * { ?c a <urn:C> . " + " ".join(f"FILTER(?c != ?c{number})" for number in range(110)) + " }"
    reduced = Reduced(text, read(text))
    asked: list[str] = []
    found = Search(reduced, lambda text: asked.append(text) or 0).run()
    notes = Suspects(reduced.query, Nearby(ox.Store())).notes()
    told = Told(reduced, found, notes, {}).as_json()
    assert len(told["notes"]) == 50 and [one["en"] for one in told["omitted"]] == [
        "Only its first 100 parts were tried; 11 were not.",
        "Only the first 50 suspicious places are told of; there are 60 more.",
    ]
    assert "altre 11 no" in told["omitted"][0]["it"] and len(asked) < 300


def test_of_many_ways_out_some_are_told() -> None:
    text = "PREFIX : <urn:x#> SELECT * { " + " ".join(f"?a{number} :p ?b{number} ." for number in range(40)) + " }"
    found = Search(Reduced(text, read(text)), lambda asked: 0 if asked.count(":p") == 40 else 1).run()
    assert (len(found.causes), found.untold) == (20, 20)


def test_a_long_value_of_the_graph_is_clipped(real_graph: Engine) -> None:
    body = "BIND(CONCAT(" + ",".join(["'" + "x" * 100 + "'"] * 20) + ") AS ?long) ?c a ckg:Position FILTER(?long = 'y')"
    (cause,) = explained(real_graph, f"{CKG}SELECT * {{ {body} }}")["causes"]
    assert len(cause["examples"]["long"]) < 150


def test_looking_at_terms_ends_with_the_time() -> None:
    text = "SELECT * { ?a <urn:p> ?b . ?b <urn:q> ?c . ?c <urn:r> ?d }"
    late = iter([False, True])
    store = ox.Store()
    store.add(ox.Quad(*[ox.NamedNode("urn:x")] * 3))
    suspects = Suspects(read(text), Nearby(store), lambda: next(late))
    assert [note.code for note in suspects.notes()] == ["property-unknown-near"] and suspects.is_cut


@pytest.mark.parametrize("text", ["ASK { << ?s ?p ?o >> ?q 1 }", "DESCRIBE <urn:nothing>", "SELECT * { ?s ?p }"])
def test_what_cannot_be_told_of_is_refused(real_graph: Engine, text: str) -> None:
    with pytest.raises(QueryError) as caught:
        explained(real_graph, text)
    assert caught.value.remedy or caught.value.where


#: Nothing that a store could answer in the time of a test.
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = 'nothing') }"


@pytest.fixture(scope="module")
def server(real_state: Path) -> Iterator[Server]:
    with serving(real_state, "--workers", "1", "--deadline", "5") as one:
        yield one


def ask(server: Server, text: str, headers: dict[str, str] | None = None, **more: str) -> Answer:
    return server.ask("GET", "/sparql?" + urlencode({"query": text, "explain": "empty", **more}), headers)


TYPO = CKG + "SELECT * {\n  ?c a ckg:Position ;\n    ckg:holdr actor:italy }"


def test_over_http_as_json_text_and_page(server: Server) -> None:
    found = ask(server, TYPO)
    assert (found.status, found.media_type) == (200, "application/json") and found.headers["cache-control"] == "no-store"
    assert found.json()["notes"][0]["proposal"] == "ckg:holder"
    text = ask(server, TYPO, {"Accept": "text/plain"}).text
    assert f"Line {LINES + 3}, column 5: The graph knows no property ckg:holdr. Did you mean ckg:holder?" in text
    assert "Si intendeva ckg:holder?" in ask(server, TYPO, format="text", lang="it").text
    page = ask(server, TYPO, {"Accept": "text/html"}, lang="it")
    assert page.media_type == "text/html" and "Perché è vuota?" in page.text
    assert "    ckg:holdr actor:italy }\n    ^^^^^^^^^</pre>" in page.text
    link = re.search(r'href="(/sparql\?query=[^"]*)">Chiedi senza', page.text)
    assert link and "<table>" in server.ask("GET", unescape(link[1]), {"Accept": "text/html"}).text


@pytest.mark.parametrize("query", [TYPO, TYPO.replace("SELECT *", "ASK")])
def test_an_empty_page_asks_why(server: Server, query: str) -> None:
    page = server.ask("GET", "/sparql?" + urlencode({"query": query}), {"Accept": "text/html"}).text
    link = re.search(r'href="([^"]*explain=empty[^"]*)"', page)
    assert link and "ckg:holder" in server.ask("GET", unescape(link[1]), {"Accept": "text/html"}).text


def test_what_takes_too_long_is_said_and_the_server_lives(server: Server) -> None:
    assert ask(server, ENDLESS.replace("SELECT *", "ASK")).json()["complete"] is False
    told = ask(server, ENDLESS).json()
    assert told["solutions"] is None and told["complete"] is False and "too long" in told["says"]["en"]
    found = ask(server, f"{CKG}SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ckg:holdr ?i . FILTER(?a = ?f && ?c != ?g) }}").json()
    assert found["solutions"] == 0 and found["barren"][0]["text"] == "?g ckg:holdr ?i"
    assert server.query("ASK {}").json()["boolean"] is True


def test_malformed_requests_are_refused(server: Server) -> None:
    for answer, code in ((ask(server, "SELCT * {}"), "query"), (ask(server, TYPO, explain="full"), "request"), (ask(server, TYPO, evidence="1"), "request")):
        assert (answer.status, answer.json()["code"]) == (400, code)
    assert ask(server, TYPO, {"Accept": "image/png"}).status == 406


def test_a_day_is_bound_before(server: Server) -> None:
    text = CKG + "SELECT * { ?c ckg:earliest ?d FILTER(?d > ?asOf) }"
    told = ask(server, text, **{"as-of": "2099-01-01"}).json()
    assert told["solutions"] == 0 and told["causes"][0]["parts"][0]["kind"] == "filter"
    assert ask(server, text).status == 400
