"""The prefix table and the conversion of terms between rdflib and pyoxigraph."""

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from kg.rdf import PREFIXES, graph_iri, shorten
from kg.terms import to_ox, to_rdflib

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TERMS = st.one_of(
    st.builds(ox.Literal, TEXT),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(["en", "it", "en-gb"])),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + name)),
        st.one_of(TEXT, st.sampled_from(["01", "1.0", "true", "2025-02-31"])),
        st.sampled_from(["integer", "decimal", "boolean", "date"]),
    ),
    st.builds(lambda name: ox.NamedNode("urn:x:" + name), st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True)),
    st.builds(ox.BlankNode),
)


@given(TERMS)
def test_a_term_comes_back_as_it_went(term: object) -> None:
    assert to_ox(to_rdflib(term)) == term


@pytest.mark.parametrize("term", [ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c")), None])
def test_an_unexpected_pyoxigraph_term_is_named(term: object) -> None:
    with pytest.raises(ValueError, match="Unexpected"):
        to_rdflib(term)


def test_an_unexpected_rdflib_term_is_named() -> None:
    with pytest.raises(ValueError, match="Unexpected"):
        to_ox(rdflib.Variable("x"))


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (PREFIXES["skos"] + "broader", "skos:broader"),
        (PREFIXES["claim"] + "004-p4_1", "claim:004-p4_1"),
        (PREFIXES["actor"] + "a/b", "<" + PREFIXES["actor"] + "a/b>"),
        (PREFIXES["actor"] + "x²", "<" + PREFIXES["actor"] + "x²>"),
        (PREFIXES["actor"] + "-x", "<" + PREFIXES["actor"] + "-x>"),
        (PREFIXES["skos"], "<" + PREFIXES["skos"] + ">"),
        ("urn:elsewhere", "<urn:elsewhere>"),
    ],
)
def test_short_names(iri: str, name: str) -> None:
    assert shorten(iri) == name


def test_a_file_has_a_graph_of_its_own() -> None:
    assert graph_iri("data/claims/004.ttl") == PREFIXES["graph"] + "data/claims/004"
