"""Results as bytes: each format read back by a parser of its own."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.errors import NotAcceptable, QueryError
from kg.rdf import PREFIXES
from kg.sparql.describe import SD, service
from kg.sparql.results import serialise, write_graph

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
