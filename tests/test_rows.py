"""The first rows of a table: the same as the engine's own, whatever is in them, and no more than asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.sparql.rows import Limited, first_rows

FORMATS = (
    ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV,
)
XSD = "http://www.w3.org/2001/XMLSchema#"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
IRIS = st.sampled_from(["http://x/a", "urn:é", XSD + "integer"]).map(ox.NamedNode)
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(["en", "it-CH"])),
    st.builds(lambda text, iri: ox.Literal(text, datatype=iri), TEXT, IRIS),
    st.builds(
        lambda text, way: ox.Literal(text, language="ar", direction=way),
        TEXT,
        st.sampled_from([ox.BaseDirection.LTR, ox.BaseDirection.RTL]),
    ),
    st.integers().map(ox.Literal),
    st.booleans().map(ox.Literal),
)
NODES = st.one_of(IRIS, st.sampled_from(["a", "b"]).map(ox.BlankNode))
TERMS = st.recursive(
    st.one_of(NODES, LITERALS), lambda inner: st.builds(ox.Triple, NODES, IRIS, inner), max_leaves=3
)


@settings(max_examples=150, deadline=None)
@given(terms=st.lists(TERMS, max_size=6), limit=st.integers(0, 7))
def test_the_first_rows_are_the_engines_own(terms: list[object], limit: int) -> None:
    store = ox.Store()
    for number, term in enumerate(terms):
        store.add(ox.Quad(ox.NamedNode(f"urn:{number}"), ox.NamedNode("urn:p"), term))
    text = "SELECT ?s ?o ?none { ?s <urn:p> ?o } ORDER BY ?s"
    for format in FORMATS:
        table, rows = first_rows(store.query(text), limit)
        assert table.serialize(format=format) == store.query(f"{text} LIMIT {limit}").serialize(format=format)
        assert (rows.count, rows.more) == (min(limit, len(terms)), limit < len(terms))


@pytest.mark.parametrize(
    "text", ["SELECT * {}", "SELECT (1 AS ?x) { FILTER(false) }", "SELECT ?x { OPTIONAL { ?x ?y ?z } }"]
)
def test_rows_without_values(text: str) -> None:
    for format in FORMATS:
        table, _ = first_rows(ox.Store().query(text), 5)
        assert table.serialize(format=format) == ox.Store().query(text).serialize(format=format)


def test_an_evaluation_that_fails_is_not_the_end() -> None:
    def rows() -> Iterator[ox.QuerySolution]:
        yield next(iter(ox.Store().query("SELECT (1 AS ?x) {}")))
        raise RuntimeError("evaluation")

    limited = Limited(rows(), 5)
    assert next(limited)
    with pytest.raises(RuntimeError):
        next(limited)
