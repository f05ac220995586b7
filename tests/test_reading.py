"""The reader with places: it reads what the parser of the engine reads, and knows where everything stands."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.reading.document import Document
from kg.reading.turtle import read
from kg.turtle import serialize
from reading_material import FORMATS, SEEDS, changed, parsed
from test_turtle import TRIPLES

FILES = sorted(path for folder in ("ontology", "data", "shapes") for path in (ROOT / folder).rglob("*.ttl"))


def assert_same(document: Document, quads: list[ox.Quad]) -> None:
    """The same triples in the same order, up to the names of blank nodes, and each term where it is written."""
    theirs = list(dict.fromkeys(quad.triple for quad in quads))
    ours = list(dict.fromkeys(stated.triple for stated in document.matched(theirs).triples))
    assert ours == theirs
    for stated in document.triples:
        if stated.triple.predicate.value not in LISTS:
            for term, span in zip(stated.triple, (stated.subject, stated.predicate, stated.object), strict=True):
                assert_written(term, document.text[span.start : span.end], document)


def assert_written(term: object, text: str, document: Document) -> None:
    """A term is what stands at its place; what brackets and lists make stands at brackets."""
    if isinstance(term, ox.Literal):
        assert text[0] in "\"'+-.0123456789tf"
    elif isinstance(term, ox.BlankNode):
        assert text.startswith(("_:", "[", "("))
    elif text.startswith("<"):
        assert term.value.endswith(text[1:-1].lstrip("./")) or "\\" in text
    elif ":" in text and text.partition(":")[0] in document.prefixes and "\\" not in text:
        prefix, _, local = text.partition(":")
        assert term.value in (document.prefixes[prefix] + local, *LISTS)


LISTS = tuple("http://www.w3.org/1999/02/22-rdf-syntax-ns#" + name for name in ("first", "rest", "nil"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_files_of_the_repository_are_read_as_the_parser_reads_them(path: object) -> None:
    text = path.read_text("utf-8")
    document = read(text)
    assert document.faults == []
    assert_same(document, parsed(text, "turtle"))


@settings(max_examples=150, deadline=None)
@given(st.lists(TRIPLES, max_size=10))
def test_whatever_graph_is_written_is_read(triples: list[ox.Triple]) -> None:
    text = serialize(triples)
    document = read(text)
    assert document.faults == []
    assert_same(document, parsed(text, "turtle"))


@pytest.mark.parametrize("format", FORMATS)
def test_reader_and_parser_agree_on_what_is_valid(format: str) -> None:
    @settings(max_examples=250, deadline=None)
    @given(changed(SEEDS[format]))
    def agree(text: str) -> None:
        quads, document = parsed(text, format), read(text, format)
        assert (quads is None) == bool(document.faults), document.faults
        if quads is not None:
            assert_same(document, quads)

    quads = parsed(SEEDS[format], format)
    assert quads and not read(SEEDS[format], format).faults
    agree()


def test_terms_have_their_spans() -> None:
    text = "PREFIX ex: <urn:>\nex:é\n  ex:p '𝕏'@en , [ ex:q 1 ] ;\n  a ex:C ."
    document = read(text)
    found = [
        (*(text[span.start : span.end] for span in one[2:]), document.place(one.object.start)) for one in document.triples
    ]
    assert found == [
        ("ex:é", "ex:p", "'𝕏'@en", (3, 8)),
        ("[", "ex:q", "1", (3, 24)),
        ("ex:é", "ex:p", "[ ex:q 1 ]", (3, 17)),
        ("ex:é", "a", "ex:C", (4, 5)),
    ]


def test_a_document_answers_where_things_stand() -> None:
    text = "PREFIX ex: <urn:x:>\n\nex:a ex:p ex:b , _:n .\r\nex:b ex:p ex:c .\nex:a ex:p ex:b ."
    document = read(text)
    a, p, b, c = (ox.NamedNode("urn:x:" + name) for name in "apbc")
    assert [document.place(one.object.start) for one in document.of(ox.Triple(a, p, b))] == [(3, 11), (5, 11)]
    assert document.of(ox.Triple(c, p, a)) == [] and document.first_line(c) is None and document.first(c) is None
    assert (document.first_line(a), document.first_line(b)) == (3, 4)
    assert document.place(document.mention(c).start) == (4, 11)
    assert [text[span.start : span.end] for span in document.blank_nodes] == ["_:n"]
    assert dict(document.prefixes) == {"ex": "urn:x:"}
    assert document.line(3) == "ex:a ex:p ex:b , _:n ."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_the_text_ends_them(end: str) -> None:
    document = read(f"# one{end}<urn:a>{end}  <urn:b> 'c\u2028d' , <urn:e> .{end}")
    assert [document.place(one.object.start) for one in document.triples] == [(3, 11), (3, 19)]


def test_the_same_triple_in_two_graphs_is_told_apart() -> None:
    document = read("PREFIX ex: <urn:> ex:g { ex:a ex:b ex:c } { ex:a ex:b ex:c }", "trig")
    assert [one.graph for one in document.triples] == [ox.NamedNode("urn:g"), None]


def test_relative_iris_are_resolved_as_the_parser_does_it() -> None:
    text = "<#a> <../b?c> <> . @base <http://f/g/> . <x> a <//y> . BASE <h> <k> a <l> ."
    quads = list(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="http://d/e/f"))
    assert_same(read(text, base="http://d/e/f"), quads)
    assert {fault.kind for fault in read("<a> <b> <c> .").faults} == {"relative"}


def test_blank_nodes_take_the_names_of_another_reading() -> None:
    text = "PREFIX ex: <urn:> ex:a ex:b [ ex:c ( 1 [ ] ) ] , _:x ."
    theirs = [quad.triple for quad in parsed(text, "turtle")]
    assert [one.triple for one in read(text).matched(theirs).triples] == theirs
    other = [quad.triple for quad in parsed(text.replace("1", "2"), "turtle")]
    assert read(text).matched(other).of(other[0]) == []


def test_an_unknown_format_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="format"):
        read("", "n3")
