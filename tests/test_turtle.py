"""The canonical layout: the same graph gives the same text, and the text gives the same graph."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES
from kg.sources import digest
from kg.turtle import MAX_NESTING, serialize, strings

NAMES = st.one_of(
    st.sampled_from([PREFIXES["ckg"] + "x", PREFIXES["rdf"] + "type", PREFIXES["rdf"] + "first", PREFIXES["skos"] + "note"]),
    st.sampled_from([PREFIXES["rdf"] + "rest", PREFIXES["rdf"] + "nil", PREFIXES["owl"] + "Ontology", "urn:é:#²"]),
    st.builds(lambda local: PREFIXES["actor"] + local, st.from_regex(r"([a-zA-Z0-9_.~/é-]|%2F){0,8}", fullmatch=True)),
).map(ox.NamedNode)
BLANKS = st.sampled_from([ox.BlankNode(f"n{number}") for number in range(5)])
TEXT = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.text('"\\\n\r\t\'#<> a\x00\x7f', max_size=8))
LITERALS = st.one_of(
    st.builds(ox.Literal, TEXT),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(["en", "it", "de-ch"])),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + name)),
        st.sampled_from(["4", "-4", "04", "+4", "-0", "0", "true", "1", "", "4.0", "x"]),
        st.sampled_from(["integer", "boolean", "decimal", "date"]),
    ),
)
LISTS = ox.NamedNode(PREFIXES["rdf"] + "first"), ox.NamedNode(PREFIXES["rdf"] + "rest")
TRIPLES = st.builds(
    ox.Triple,
    st.one_of(NAMES, BLANKS),
    st.one_of(NAMES, st.sampled_from(LISTS)),
    st.one_of(NAMES, BLANKS, LITERALS),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TRIPLES, max_size=14))
def test_layout_keeps_the_graph_and_is_its_own_layout(triples: list[ox.Triple]) -> None:
    text = serialize(triples)
    again = parse_turtle(text.encode(), "test")
    assert digest(again) == digest(triples)
    assert len(set(again)) == len(set(triples))
    assert serialize(again) == text


@settings(max_examples=100, deadline=None)
@given(st.lists(TRIPLES, max_size=14), st.randoms())
def test_neither_order_nor_labels_matter(triples: list[ox.Triple], random: object) -> None:
    renamed = {f"n{number}": ox.BlankNode(f"z{(number * 3 + 1) % 5}") for number in range(5)}

    def rename(term: object) -> object:
        return renamed[term.value] if isinstance(term, ox.BlankNode) else term

    other = [ox.Triple(rename(one.subject), one.predicate, rename(one.object)) for one in triples]
    random.shuffle(other)
    assert serialize(other) == serialize(triples)


def layout(text: str) -> str:
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("ckg", "owl", "rdfs", "skos", "xsd"))
    return serialize(parse_turtle((prefixes + text).encode(), "test"))


def test_order_within_a_block() -> None:
    text = layout("""
        ckg:b skos:editorialNote "n"@en ; rdfs:isDefinedBy <urn:o> ; rdfs:range ckg:r ; rdfs:domain ckg:d ;
          rdfs:label "due"@it, "two"@en ; ckg:z 4 ; ckg:a true ; skos:definition "D"@en ; a owl:ObjectProperty .
        ckg:a a owl:Class . <urn:o> a owl:Ontology .
    """)
    assert text == f"""\
PREFIX ckg: <{PREFIXES["ckg"]}>
PREFIX owl: <{PREFIXES["owl"]}>
PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX skos: <{PREFIXES["skos"]}>

<urn:o>
    a owl:Ontology .

ckg:a
    a owl:Class .

ckg:b
    a owl:ObjectProperty ;
    rdfs:label "two"@en , "due"@it ;
    skos:definition "D"@en ;
    rdfs:domain ckg:d ;
    rdfs:range ckg:r ;
    ckg:a true ;
    ckg:z 4 ;
    skos:editorialNote "n"@en ;
    rdfs:isDefinedBy <urn:o> .
"""


def test_long_objects_stand_each_on_a_line_and_blank_nodes_within() -> None:
    long = "x" * 70
    text = layout(f"""
        ckg:a skos:definition "{long}"@it , "{long}"@en ;
          rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ckg:p ; owl:hasValue "04"^^xsd:integer ] .
        ckg:s ckg:list ( 1 ckg:a "b" ) .
    """)
    block = text.split("\n\n")[1:]
    assert block[0] == f"""\
ckg:a
    skos:definition
        "{long}"@en ,
        "{long}"@it ;
    rdfs:subClassOf [ a owl:Restriction ; owl:hasValue "04"^^xsd:integer ; owl:onProperty ckg:p ] ."""
    assert block[1] == 'ckg:s\n    ckg:list ( 1 ckg:a "b" ) .\n'


def test_text_of_several_lines_keeps_them() -> None:
    text = layout('ckg:a ckg:q """SELECT *\n{ ?s ?p "x" }""" .')
    assert '"""SELECT *\n{ ?s ?p "x" }"""' in text


def test_brackets_nested_as_deep_as_is_read_are_written() -> None:
    text = "<urn:a> <urn:b> " + "[ <urn:b> " * MAX_NESTING + "1" + "]" * MAX_NESTING + " ."
    written = serialize(parse_turtle(text.encode(), "test"))
    assert serialize(parse_turtle(written.encode(), "test")) == written and written.count("[") == MAX_NESTING


def test_an_empty_graph_is_an_empty_text() -> None:
    assert serialize([]) == ""


def test_a_triple_term_is_refused() -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c"))
    with pytest.raises(ValueError, match="Unexpected"):
        serialize([ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), triple)])


def test_strings_with_their_offsets() -> None:
    text = "<urn:'a'> <urn:b> 'one' , \"\"\"two 'x'\"\"\" . # 'no'"
    assert [(text[offset:].startswith(raw), raw) for offset, raw in strings(text)] == [
        (True, "'one'"),
        (True, "\"\"\"two 'x'\"\"\""),
    ]
