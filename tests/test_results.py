"""Results as bytes: each format read back by a parser of its own."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.errors import NotAcceptable, QueryError
from kg.rdf import PREFIXES
from kg.sparql.cells import harmless
from kg.sparql.describe import SD, service
from kg.sparql.results import serialise, write, write_graph

MOST = 1_000_000
AWKWARD = 'a "quote", a\nline, <tag> & è𝄞'


@pytest.fixture
def store() -> ox.Store:
    one = ox.Store()
    subject = ox.NamedNode(PREFIXES["actor"] + "freedonia")
    one.add(ox.Quad(subject, ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.Literal(AWKWARD, language="en")))
    return one


def test_tables_can_be_read_back(store: ox.Store) -> None:
    text = "SELECT ?s ?o { ?s ?p ?o }"
    table = json.loads(serialise(store.query(text), "json", MOST))
    assert table["results"]["bindings"][0]["o"] == {"type": "literal", "value": AWKWARD, "xml:lang": "en"}
    rows = list(csv.reader(io.StringIO(serialise(store.query(text), "csv", MOST).decode("utf-8"), newline="")))
    assert rows == [["s", "o"], [PREFIXES["actor"] + "freedonia", AWKWARD]]
    document = ET.fromstring(serialise(store.query(text), "xml", MOST))
    assert AWKWARD in [element.text for element in document.iter()]
    assert serialise(store.query(text), "tsv", MOST).startswith(b"?s\t?o\n")


@pytest.mark.parametrize(("name", "format"), [("turtle", "turtle"), ("jsonld", "json-ld"), ("ntriples", "nt"), ("rdfxml", "xml")])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_graphs_can_be_read_back(store: ox.Store, name: str, format: str) -> None:
    written = serialise(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), name, MOST)
    expected = serialise(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), "ntriples", MOST)
    assert isomorphic(Graph().parse(written, format=format), Graph().parse(expected, format="nt"))


@pytest.mark.parametrize(("name", "format"), [("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS)])
def test_graphs_in_formats_of_datasets_are_default_graphs(store: ox.Store, name: str, format: ox.RdfFormat) -> None:
    text = "CONSTRUCT WHERE { ?s ?p ?o }"
    quads = list(ox.parse(serialise(store.query(text), name, MOST), format=format))
    assert [quad.triple for quad in quads] == list(store.query(text)) and quads[0].graph_name == ox.DefaultGraph()


def test_only_the_prefixes_used_are_written(store: ox.Store) -> None:
    written = serialise(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), "turtle", MOST).decode("utf-8")
    # The writer declares rdf: in any case.
    assert set(re.findall(r"@prefix (\w+):", written)) - {"rdf"} == {"actor", "rdfs"} and "actor:freedonia" in written


def test_a_triple_constructed_twice_is_written_once() -> None:
    results = ox.Store().query("CONSTRUCT { <a:s> <a:p> 1 } { VALUES ?x { 1 2 3 } }")
    assert serialise(results, "ntriples", MOST).count(b"\n") == 1


def test_formats_of_the_other_kind_are_refused(store: ox.Store) -> None:
    with pytest.raises(NotAcceptable):
        serialise(store.query("ASK {}"), "turtle", MOST)
    with pytest.raises(NotAcceptable):
        serialise(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), "json", MOST)


def test_a_predicate_without_an_element_name_is_refused_in_rdf_xml() -> None:
    triple = ox.Triple(ox.NamedNode("a:s"), ox.NamedNode("http://example.org/1"), ox.Literal("x"))
    with pytest.raises(NotAcceptable, match="http://example.org/1"):
        write_graph([triple], "rdfxml", MOST)


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_an_answer_beyond_the_cap_is_refused(store: ox.Store, text: str) -> None:
    with pytest.raises(QueryError, match="larger"):
        serialise(store.query(text), "json" if text.startswith("SELECT") else "turtle", 20)


def test_the_service_description_names_the_graphs_and_their_sizes() -> None:
    graph = Graph().parse(write_graph(service("http://x/sparql", {"a:g": 3}, 7), "turtle", MOST), format="turtle")
    found = graph.query(
        f"""SELECT ?name ?size WHERE {{
          ?service <{SD}endpoint> ?service ; <{SD}defaultDataset> ?dataset .
          ?dataset <{SD}namedGraph> ?named . ?named <{SD}name> ?name ; <{SD}graph>/<{PREFIXES["void"]}triples> ?size
        }}"""
    )
    assert [(str(name), int(size)) for name, size in found] == [("a:g", 3)]


TRIPLE_TERMS = """SELECT ?x ?t { VALUES (?x ?t) {
  ("Alice" <<( <http://example/alice> <http://example/knows> <http://example/bob> )>>)
  ("Carol" <<( <http://example/carol> <http://example/says> "Hello, my name is \\"Alice\\"." )>>)
  ("Dave, \\"D\\"" <<( <http://example/dave> <http://example/says> <<( <http://example/a> <http://example/b> "c"@en--ltr )>> )>>)
  (-1 UNDEF)
} }"""


def test_triple_terms_in_tables() -> None:
    """SPARQL 1.2 Query Results: CSV and TSV, sections 3.2 and 4.2; JSON, section 3.2.2; XML, section 2.3.1."""
    store = ox.Store()
    assert serialise(store.query(TRIPLE_TERMS), "csv", MOST).decode().split("\r\n") == [
        "x,t",
        "Alice,<<( http://example/alice http://example/knows http://example/bob )>>",
        'Carol,"<<( http://example/carol http://example/says ""Hello, my name is """"Alice""""."" )>>"',
        '"Dave, ""D""","<<( http://example/dave http://example/says <<( http://example/a http://example/b ""c"" )>> )>>"',
        "-1,",
        "",
    ]
    assert serialise(store.query(TRIPLE_TERMS), "tsv", MOST).decode().splitlines()[2:4] == [
        '"Carol"\t<<( <http://example/carol> <http://example/says> "Hello, my name is \\"Alice\\"." )>>',
        '"Dave, \\"D\\""\t<<( <http://example/dave> <http://example/says> '
        '<<( <http://example/a> <http://example/b> "c"@en--ltr )>> )>>',
    ]
    cell = json.loads(serialise(store.query(TRIPLE_TERMS), "json", MOST))["results"]["bindings"][2]["t"]
    assert (cell["type"], cell["value"]["object"]["value"]["object"]) == (
        "triple", {"type": "literal", "value": "c", "xml:lang": "en", "its:dir": "ltr"},
    )  # fmt: skip
    document = ET.fromstring(serialise(store.query(TRIPLE_TERMS), "xml", MOST))
    results = "{http://www.w3.org/2005/sparql-results#}"
    inner = document.findall(f".//{results}triple/{results}object/{results}triple/{results}object/{results}literal")
    assert [one.get("{http://www.w3.org/2005/11/its}dir") for one in inner] == ["ltr"]


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from([None, "en"])), min_size=1, max_size=5))
def test_both_writers_of_csv_write_the_same_where_there_is_no_triple_term(cells: list[tuple[str, str | None]]) -> None:
    rows = " ".join(f"({ox.Literal(text, language=language)} <a:b> {number} UNDEF)" for number, (text, language) in enumerate(cells))
    text = f"SELECT ?a ?b ?c ?d {{ VALUES (?a ?b ?c ?d) {{ {rows} }} }}"
    written = [io.BytesIO(), io.BytesIO()]
    for output, triple_terms in zip(written, (True, False), strict=True):
        write(ox.Store().query(text), "csv", output, triple_terms=triple_terms)
    found = [list(csv.reader(io.StringIO(one.getvalue().decode("utf-8"), newline=""))) for one in written]
    assert found[0] == found[1]


DATE = ox.NamedNode(PREFIXES["xsd"] + "date")
INTEGER, DOUBLE = (ox.NamedNode(PREFIXES["xsd"] + name) for name in ("integer", "double"))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (ox.Literal("plain"), "plain"),
        (ox.Literal("=1+1"), "'=1+1"),
        (ox.Literal("+1 for it"), "'+1 for it"),
        (ox.Literal("-"), "'-"),
        (ox.Literal("@SUM(1)", language="en"), "'@SUM(1)"),
        (ox.Literal("\t=1"), "'\t'=1"),
        (ox.Literal("\r=1"), "'\r'=1"),
        (ox.Literal('"=1'), "'\"=1"),
        (ox.Literal("one;=1+1"), "one;'=1+1"),
        (ox.Literal("one\n=1+1"), "one\n'=1+1"),
        (ox.Literal("\uff1d1+1"), "'\uff1d1+1"),
        (ox.Literal("a = b; c - d"), "a = b; c - d"),
        (ox.Literal(""), ""),
        (ox.Literal(-5), "-5"),
        (ox.Literal("+5", datatype=INTEGER), "+5"),
        (ox.Literal("-1.5E-3", datatype=DOUBLE), "-1.5E-3"),
        (ox.Literal("-INF", datatype=DOUBLE), "'-INF"),
        (ox.Literal("-1+cmd", datatype=INTEGER), "'-1+cmd"),
        (ox.Literal("-0044-03-15", datatype=DATE), "'-0044-03-15"),
        (ox.NamedNode("http://example/a;=b"), "http://example/a;'=b"),
        (ox.BlankNode("b"), "_:b"),
        (ox.Triple(ox.NamedNode("a:b"), ox.NamedNode("a:b"), ox.Literal("=1")), '<<( a:b a:b "=1" )>>'),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_harmless(term: ox.Literal, expected: str) -> None:
    assert harmless(term) == expected


@given(st.text(alphabet="=+-@\t\r\n;,'\" a1\uff1d", max_size=12), st.sampled_from([None, INTEGER, DATE]), st.sampled_from(",;\t"))
def test_no_cell_of_a_spreadsheet_runs_however_it_is_split(text: str, datatype: ox.NamedNode | None, separator: str) -> None:
    term = ox.Literal(text, datatype=datatype) if datatype else ox.Literal(text)
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), term))
    written = serialise(store.query("SELECT ?o { ?s ?p ?o }"), "spreadsheet", MOST)
    assert written.startswith(b"\xef\xbb\xbfo\r\n")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=separator))
    for cell in (cell for row in rows for cell in row):
        is_number = datatype == INTEGER and re.fullmatch(r"[+-]?[0-9]+", cell)
        assert is_number or not cell.startswith(tuple("=+-@\t\r\n\uff1d"))


def test_a_spreadsheet_of_yes_or_no() -> None:
    assert serialise(ox.Store().query("ASK {}"), "spreadsheet", MOST) == b"\xef\xbb\xbftrue"


@pytest.mark.parametrize("character", ["\x01", "\x1f", "\ufffe", "\uffff"])
@pytest.mark.parametrize("padding", [0, 8_190, 8_191, 8_192])
def test_what_xml_cannot_say_is_refused(character: str, padding: int) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("x" * padding + character)))
    for text, name in (("SELECT ?o { ?s ?p ?o }", "xml"), ("CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")):
        with pytest.raises(NotAcceptable, match=f"U\\+{ord(character):04X}"):
            serialise(store.query(text), name, MOST)


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "\ud7ff\ue000\ufffd", "\t\n\u0085"])
def test_every_other_character_survives_xml(text: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(text)))
    document = ET.fromstring(serialise(store.query("SELECT ?o { ?s ?p ?o }"), "xml", MOST))
    assert text in [element.text for element in document.iter()]
    written = serialise(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), "rdfxml", MOST)
    assert [quad.object.value for quad in ox.parse(written, format=ox.RdfFormat.RDF_XML)] == [text]


def test_graphs_with_triple_terms() -> None:
    text = 'CONSTRUCT { <a:s> <a:p> <<( <a:s> <http://example.org/1> "x" )>> } {}'
    for name in ("jsonld", "rdfxml"):
        with pytest.raises(NotAcceptable):
            serialise(ox.Store().query(text), name, MOST)
    for name, format in (("turtle", ox.RdfFormat.TURTLE), ("nquads", ox.RdfFormat.N_QUADS), ("trig", ox.RdfFormat.TRIG)):
        (quad,) = ox.parse(serialise(ox.Store().query(text), name, MOST), format=format)
        assert isinstance(quad.object, ox.Triple)
