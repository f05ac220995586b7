"""What judges conformance is itself right: matching, reading of results, the register, EARL and the badge."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Graph, URIRef
from rdflib.compare import isomorphic

from kg.conformance import report
from kg.conformance.comparing import difference, expected, orders, selects_all
from kg.conformance.conducting import conduct
from kg.conformance.description import faults
from kg.conformance.matching import Row, same
from kg.conformance.register import KINDS, Excepted, Outcome, parse_register, read_register
from kg.conformance.running import served
from kg.conformance.serving import Client
from kg.conformance.suites import EVALUATION, NEGATIVE, OUTSIDE, Case, read_suites
from kg.conformance.tables import Table, Triples, Unreadable, read_answer
from kg.errors import SettingError

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
XSD = "http://www.w3.org/2001/XMLSchema#"
A, B, C = (ox.NamedNode(f"urn:x:{name}") for name in "abc")


def blank(name: str) -> ox.BlankNode:
    return ox.BlankNode(name)


def number(text: str, kind: str = "decimal") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("left", "right", "are_same"),
    [
        ([], [], True),
        ([(A, None)], [(A, None)], True),
        ([(A, None)], [(None, A)], False),
        ([(A,), (B,)], [(B,), (A,)], True),
        ([(A,), (A,), (B,)], [(A,), (B,), (B,)], False),
        ([(blank("x"), blank("x"))], [(blank("y"), blank("y"))], True),
        ([(blank("x"), blank("x"))], [(blank("y"), blank("z"))], False),
        ([(blank("x"), A), (blank("y"), B)], [(blank("y"), A), (blank("x"), B)], True),
        ([(blank("x"), A), (blank("x"), B)], [(blank("y"), A), (blank("x"), B)], False),
        ([(ox.Triple(blank("x"), A, blank("x")),)], [(ox.Triple(blank("y"), A, blank("y")),)], True),
        ([(ox.Triple(blank("x"), A, blank("x")),)], [(ox.Triple(blank("y"), A, blank("z")),)], False),
        # Two triangles and one hexagon: each node looks the same from where it stands.
        (
            [(blank(f"{t}{n}"), A, blank(f"{t}{(n + 1) % 3}")) for t in "ab" for n in range(3)],
            [(blank(f"h{n}"), A, blank(f"h{(n + 1) % 6}")) for n in range(6)],
            False,
        ),
    ],
)
def test_rows_are_the_same_up_to_the_names_of_blank_nodes(left: list[Row], right: list[Row], are_same: bool) -> None:
    assert same(left, right) is are_same
    assert same(right, left) is are_same


def test_order_counts_only_where_it_is_asked_for() -> None:
    rows = [(A, blank("x")), (B, blank("x")), (C, blank("y"))]
    assert same(rows, rows, ordered=True)
    assert not same(rows, rows[::-1], ordered=True)
    assert same(rows, rows[::-1])


_NODES = st.sampled_from(["a", "b", "_:w", "_:x", "_:y", "_:z"])
_TRIPLES = st.sets(st.tuples(_NODES, st.sampled_from(["p", "q"]), _NODES), max_size=6)


@given(_TRIPLES, _TRIPLES)
def test_graphs_are_the_same_where_rdflib_says_that_they_are_isomorphic(left: set, right: set) -> None:
    def in_rdflib(triples: set) -> Graph:
        graph = Graph()
        for triple in triples:
            graph.add(tuple(BNode(one[2:]) if one.startswith("_:") else URIRef("urn:x:" + one) for one in triple))
        return graph

    def as_rows(triples: set) -> list[Row]:
        return [
            tuple(blank(one[2:]) if one.startswith("_:") else ox.NamedNode("urn:x:" + one) for one in triple)
            for triple in triples
        ]

    assert same(as_rows(left), as_rows(right)) is isomorphic(in_rdflib(left), in_rdflib(right))


@given(_TRIPLES, st.permutations(["_:w", "_:x", "_:y", "_:z"]))
def test_a_graph_stays_the_same_under_new_names(triples: set, names: list[str]) -> None:
    renamed = dict(zip(["_:w", "_:x", "_:y", "_:z"], names, strict=True))
    left = [tuple(blank(one[2:]) if "_:" in one else ox.NamedNode("urn:x:" + one) for one in row) for row in triples]
    right = [
        tuple(blank(renamed[one][2:]) if "_:" in one else ox.NamedNode("urn:x:" + one) for one in row) for row in triples
    ]
    assert same(left, right)


#: One table in each format, written by hand from the specifications.
ROWS = [
    (A, ox.Literal("é\t\n", language="en"), None),
    (None, ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL), number("1.50")),
    (ox.Triple(A, B, ox.Literal("o")), ox.Literal(""), blank("n")),
]
WRITTEN = {
    JSON: b"""{"head": {"vars": ["a", "b", "c"]}, "results": {"bindings": [
        {"a": {"type": "uri", "value": "urn:x:a"}, "b": {"type": "literal", "value": "\\u00e9\\t\\n", "xml:lang": "en"}},
        {"b": {"type": "literal", "value": "x", "xml:lang": "ar", "its:dir": "rtl"},
         "c": {"type": "literal", "value": "1.50", "datatype": "http://www.w3.org/2001/XMLSchema#decimal"}},
        {"a": {"type": "triple", "value": {"subject": {"type": "uri", "value": "urn:x:a"},
            "predicate": {"type": "uri", "value": "urn:x:b"}, "object": {"type": "literal", "value": "o"}}},
         "b": {"type": "literal", "value": ""}, "c": {"type": "bnode", "value": "m"}}]}}""",
    XML: """<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"
        xmlns:its="http://www.w3.org/2005/11/its"><head><variable name="a"/><variable name="b"/><variable name="c"/></head>
        <results>
        <result><binding name="a"><uri>urn:x:a</uri></binding>
            <binding name="b"><literal xml:lang="en">é&#9;&#10;</literal></binding></result>
        <result><binding name="b"><literal xml:lang="ar" its:dir="rtl">x</literal></binding>
            <binding name="c"><literal datatype="http://www.w3.org/2001/XMLSchema#decimal">1.50</literal></binding></result>
        <result><binding name="a"><triple><subject><uri>urn:x:a</uri></subject><predicate><uri>urn:x:b</uri></predicate>
            <object><literal>o</literal></object></triple></binding><binding name="b"><literal/></binding>
            <binding name="c"><bnode>m</bnode></binding></result>
        </results></sparql>""".encode(),
    "text/tab-separated-values": (
        '?a\t?b\t?c\n<urn:x:a>\t"é\\t\\n"@en\t\n\t"x"@ar--rtl\t1.50\n<<( <urn:x:a> <urn:x:b> "o" )>>\t""\t_:m\n'
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("media_type", WRITTEN)
def test_results_are_read(media_type: str) -> None:
    table = read_answer(WRITTEN[media_type], media_type, "urn:x:base")
    assert isinstance(table, Table) and table.variables == ("a", "b", "c")
    assert difference(Table(("a", "b", "c"), tuple(ROWS)), table, ordered=True) == ""


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (JSON, b"{"),
        (JSON, b'{"head": {}, "boolean": "true"}'),
        (JSON, b'{"head": {"vars": []}, "results": {"bindings": [{"a": {"type": "uri", "value": "urn:x:a"}}]}}'),
        (JSON, b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "url", "value": "urn:x:a"}}]}}'),
        (JSON, b'{"head": {"vars": ["a"]}}'),
        (XML, b"<sparql/>"),
        (XML, b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><boolean>yes</boolean></sparql>'),
        (XML, b'<!DOCTYPE sparql><sparql xmlns="http://www.w3.org/2005/sparql-results#"><boolean>true</boolean></sparql>'),
        ("text/csv", b"a,b\r\n1\r\n"),
        ("text/tab-separated-values", b"?a\t?b\n1\n"),
        ("text/tab-separated-values", b"a\n1\n"),
        ("text/tab-separated-values", b"?a\nplain\n"),
        ("text/turtle", b"<a> <b> ."),
        ("text/html", b"<html>"),
    ],
)
def test_what_breaks_a_format_is_told(media_type: str, body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_answer(body, media_type, "urn:x:base")


def test_numbers_count_by_value_only_where_that_is_meant() -> None:
    wanted = Table(("n",), ((number("2.0"),), (number("1.0E2", "double"),), (ox.Triple(A, B, number("01", "integer")),)))
    found = Table(("n",), ((number("2"),), (number("100", "double"),), (ox.Triple(A, B, number("1", "integer")),)))
    assert difference(wanted, found, by_value=True) == ""
    assert "2.0" in difference(wanted, found)
    assert difference(Table(("n",), ((number("2", "integer"),),)), Table(("n",), ((number("2"),),)), by_value=True)
    assert difference(Table(("n",), ((ox.Literal("2.0"),),)), Table(("n",), ((ox.Literal("2"),),)), by_value=True)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (True, False),
        (True, Table((), ())),
        (Table(("a",), ()), Table(("b",), ())),
        (Triples(()), Table((), ())),
        (Triples(((A, B, C),)), Triples(())),
        (Table(("a",), ((blank("x"),), (blank("x"),))), Table(("a",), ((blank("x"),), (blank("y"),)))),
    ],
)
def test_a_difference_is_told(wanted: object, found: object) -> None:
    assert difference(wanted, found)
    assert difference(wanted, wanted) == "" and difference(found, found) == ""


def test_columns_may_stand_in_another_order() -> None:
    assert difference(Table(("a", "b"), ((A, B),)), Table(("b", "a"), ((B, A),))) == ""


@pytest.mark.parametrize(
    ("query", "ordered"),
    [
        ("SELECT * { ?s ?p ?o } ORDER BY ?s", True),
        ("SELECT * { ?s ?p ?o } order by ?s", True),
        ("SELECT * { { SELECT ?s { ?s ?p ?o } ORDER BY ?s } }", False),
        ("SELECT * { ?s ?p 'ORDER' } # ORDER BY ?s", False),
        ("SELECT ?order { ?order ?p ?o }", False),
    ],
)
def test_a_query_that_orders_is_told(query: str, ordered: bool) -> None:
    assert orders(query) is ordered


def test_a_query_that_selects_everything_is_told() -> None:
    assert selects_all("SELECT * {}") and selects_all("SELECT DISTINCT * {}")
    assert not selects_all("SELECT (COUNT(*) AS ?n) {}") and not selects_all("SELECT ?a {}")


def test_a_table_in_rdf_is_read(tmp_path: Path) -> None:
    file = tmp_path / "result.ttl"
    file.write_text(
        "@prefix rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> . [] a rs:ResultSet ;"
        ' rs:resultVariable "a", "b" ; rs:solution [ rs:binding [ rs:variable "a" ; rs:value <x> ] ] , [] .',
        "utf-8",
    )
    wanted = Table(("b", "a"), ((None, ox.NamedNode("urn:base/x")), (None, None)))
    assert difference(wanted, expected(file, "urn:base/")) == ""


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("/sparql/?query=x", "/sparql/?query=x"),
        ("/gsp?graph=urn%3Ax", "/graphs?graph=urn%3Ax"),
        ("/gsp", "/graphs"),
        ("/gsp/person/1.ttl", "/graph/person/1.ttl"),
    ],
)
def test_paths_of_the_manifests_become_those_of_the_server(theirs: str, ours: str) -> None:
    assert served(theirs) == ours


def case(name: str, kind: str = EVALUATION, outside: str = "") -> Case:
    return Case(f"urn:test#{name}", name, "query" if not outside else "update", "folder", kind, outside=outside)


LINE = Excepted("urn:test#known", "engine", "it says | “no”")
OUTCOMES = (
    Outcome(case("good"), ""),
    Outcome(case("known"), "it broke", LINE),
    Outcome(case("refused"), "405", Excepted("urn:test#refused", "read-only", "it writes")),
    Outcome(case("not-run", OUTSIDE, "it writes"), ""),
)
BROKEN = Outcome(case("bad"), 'it said "no"\nand went')
HEALED = Outcome(case("healed"), "", Excepted("urn:test#healed", "engine", "it said no"))


def test_the_register_is_held_both_ways() -> None:
    assert not any(outcome.surprising for outcome in OUTCOMES)
    assert BROKEN.surprising and HEALED.surprising
    assert "FAILED urn:test#bad" in report.told((*OUTCOMES, BROKEN))
    assert "UNEXPECTED urn:test#healed" in report.told((*OUTCOMES, HEALED))
    assert "urn:" not in report.told(OUTCOMES)


@pytest.mark.parametrize(
    "text",
    ["urn:x", "urn:x\tengine\t", "urn:x\tours\twe broke it", "urn:x\tengine\ta\nurn:x\tengine\tb"],
    ids=["one cell", "no reason", "a defect of ours", "twice"],
)
def test_a_register_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        parse_register(text)


def test_the_register_has_a_reason_for_everything() -> None:
    register = read_register()
    assert register and all(one.kind in KINDS and one.reason for one in register.values())
    assert parse_register("# a comment\n\nurn:x\tguard\twhy\n") == {"urn:x": Excepted("urn:x", "guard", "why")}


def test_earl_says_what_became_of_each_test() -> None:
    text = report.earl((*OUTCOMES, BROKEN))
    assert text == report.earl((*OUTCOMES, BROKEN))
    store = ox.Store()
    store.load(text.encode("utf-8"), format=ox.RdfFormat.TURTLE)
    found = store.query(
        """PREFIX earl: <http://www.w3.org/ns/earl#>
        SELECT ?test ?outcome {
          ?one a earl:Assertion ; earl:test ?test ; earl:assertedBy/a earl:Assertor ; earl:mode earl:automatic ;
            earl:subject/a earl:TestSubject ; earl:result [ a earl:TestResult ; earl:outcome ?outcome ] }"""
    )
    outcomes = {row["test"].value.rpartition("#")[2]: row["outcome"].value.rpartition("#")[2] for row in found}
    assert outcomes == {
        "good": "passed", "known": "failed", "refused": "inapplicable", "not-run": "inapplicable", "bad": "failed",
    }  # fmt: skip


def test_the_badge_is_an_image_by_itself_and_a_file_of_figures() -> None:
    image = ElementTree.fromstring(report.badge_svg(OUTCOMES))
    assert "1 of 3 tests passed" in image.attrib["aria-label"]
    assert "href" not in report.badge_svg(OUTCOMES)
    figures = json.loads(report.badge_json(OUTCOMES))
    assert figures["schemaVersion"] == 1 and figures["message"] == "1 of 3 tests passed"
    broken = json.loads(report.badge_json((*OUTCOMES, BROKEN)))
    assert broken["color"] != figures["color"]


def test_the_tables_count_and_give_reasons() -> None:
    text = report.tables(OUTCOMES)
    assert "| SPARQL 1.1 Query | 3 | 1 | 2 |" in text
    assert "| SPARQL 1.1 Update | 1 | 0 | 0 | 1: it writes |" in text
    assert "| folder known | it says \\| “no” |" in text


@contextmanager
def answering(status: int, media_type: str, body: bytes) -> Iterator[Client]:
    """A client of a server that answers everything with this."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        client = Client(f"http://127.0.0.1:{server.server_port}")
        try:
            yield client
        finally:
            client.close()
            server.shutdown()
            thread.join()


def test_no_exception_excuses_a_server_that_fails(tmp_path: Path) -> None:
    query = tmp_path / "query.rq"
    query.write_text("ASK {}", "utf-8")
    one = replace(case("known", NEGATIVE), query=query)
    with answering(500, "text/plain", b"oh") as client:
        (outcome,) = conduct([one], client, tmp_path, {one.iri: LINE})
    assert "500" in outcome.surprising and outcome.verdict == "failed"
    with answering(200, "text/plain", b"oh") as client:
        (outcome,) = conduct([one], client, tmp_path, {one.iri: LINE})
    assert outcome.fault and not outcome.surprising


SD = "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . "
DATASET = "<d> a sd:Dataset ; sd:defaultGraph <g> . <g> a sd:Graph . "


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<s> a sd:Service ; sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset <d> . " + DATASET, ""),
        ("<s> sd:defaultDataset <d> . " + DATASET, "which is no sd:Service"),
        ("<s> a sd:Service ; sd:defaultDataset <d> .", "which is no sd:Dataset"),
        ("<s> a sd:Service ; sd:supportedLanguage sd:SPARQL99Query .", "no term of the vocabulary"),
        ("<s> a sd:Service ; sd:supportedLanguage <mine> .", "which is no sd:Language"),
        ("<s> a sd:Service ; sd:feature <mine> . <mine> a sd:Feature .", ""),
        ("<s> a sd:Service ; sd:resultFormat 'json' .", "the literal"),
        ("<d> a sd:Dataset ; sd:namedGraph [ a sd:NamedGraph ; sd:name [] ] .", "is no IRI"),
        ("<d> a sd:Dataset ; sd:namedGraph [ a sd:NamedGraph ; sd:name <n> ] .", ""),
        ("<d> a sd:Dataset ; sd:namedGraph [ a sd:NamedGraph ] .", "has no sd:name"),
        ("<s> a sd:Service ; sd:endpoint <e> . <t> a sd:Service ; sd:endpoint <e> .", "is said of two"),
    ],
)
def test_a_description_that_breaks_the_vocabulary_is_told(text: str, fault: str) -> None:
    with answering(200, "text/turtle", (SD + text).encode()) as client:
        found = faults("conforms-to-schema", client, "/sparql")
    assert fault in "; ".join(found) and bool(found) is bool(fault)


def test_a_description_of_another_endpoint_is_told() -> None:
    with answering(200, "text/turtle", (SD + "<s> a sd:Service ; sd:endpoint <http://example.org/> .").encode()) as client:
        assert faults("has-endpoint-triple", client, "/sparql")
        # It is Turtle also where RDF/XML was asked for.
        assert faults("returns-rdf", client, "/sparql")


@pytest.mark.parametrize("url", ["localhost:8000", "file:///etc/passwd", "http://", "ftp://example.org"])
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(SettingError):
        Client(url)


def test_suites_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no suite nonsense"):
        read_suites(tmp_path, ["nonsense"])
    with pytest.raises(SettingError, match=r"sparql11/protocol/manifest\.ttl"):
        read_suites(tmp_path, ["protocol"])


MANIFEST = "@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> . "


@pytest.mark.parametrize(
    "text",
    ["<a> <b", MANIFEST + "<> mf:entries ( <#a> ) . <#a> a mf:NewKindOfTest .", MANIFEST + "<> mf:entries ( <#a> ) ."],
    ids=["no Turtle", "unknown kind", "no kind"],
)
def test_a_manifest_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    manifest = tmp_path / "sparql11" / "protocol" / "manifest.ttl"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(text, "utf-8")
    with pytest.raises(SettingError, match="cannot be read"):
        read_suites(tmp_path, ["protocol"])
