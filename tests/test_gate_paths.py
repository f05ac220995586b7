"""Property paths with the steps spelt out that may be skipped."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate.paths import in_one, spelt_out
from kg.gate.patterns import parse


def spelt(path: str) -> str | None:
    text = f"SELECT $this {{ $this {path} ?x }}"
    return spelt_out(parse(text).patterns[0].path, text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ex:p/ex:q*", "(ex:p|ex:p/ex:q+)"),
        ("ex:q*/ex:p", "(ex:p|ex:q+/ex:p)"),
        ("a/<urn:q>?", "(a|a/<urn:q>)"),
        ("ex:p / ^ex:q* / ex:r", "(ex:p/ex:r|ex:p/^ex:q+/ex:r)"),
        ("ex:p/(ex:q|ex:r)*", "(ex:p|ex:p/(ex:q|ex:r)+)"),
        ("ex:p/ex:q*/ex:r?", "(ex:p|ex:p/ex:r|ex:p/ex:q+|ex:p/ex:q+/ex:r)"),
        ("ex:p", None),
        ("ex:p/ex:q+", None),
        ("ex:q*", None),
        ("ex:q*/ex:p*", None),
        ("ex:p|ex:q*/ex:r", None),
        ("(ex:p/ex:q*)", None),
        ("ex:p/ex:a*/ex:b*/ex:c*/ex:d*", None),
    ],
)
def test_spelt_out(path: str, expected: str | None) -> None:
    assert spelt(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ex:p/ex:q", "(ex:p/ex:q|ex:p/ex:q)"),
        ("ex:p / ^ex:q", "(ex:p / ^ex:q|ex:p / ^ex:q)"),
        ("ex:p", None),
        ("ex:p|ex:q/ex:r", None),
        ("(ex:p/ex:q)", None),
    ],
)
def test_in_one(path: str, expected: str | None) -> None:
    text = f"SELECT $this {{ $this {path} ?x }}"
    assert in_one(parse(text).patterns[0].path, text) == expected


_STEP = st.builds(str.__add__, st.sampled_from(["<urn:p>", "^<urn:p>", "<urn:q>", "(<urn:p>|<urn:q>)"]),
                  st.sampled_from(["", "*", "+", "?"]))
_EDGE = st.tuples(st.sampled_from("abcd"), st.sampled_from("pq"), st.sampled_from("abcd"))


@settings(max_examples=200, deadline=None)
@given(st.lists(_STEP, min_size=2, max_size=4).map("/".join), st.sets(_EDGE, max_size=8))
def test_it_connects_the_same_nodes(path: str, edges: set[tuple[str, str, str]]) -> None:
    text = f"SELECT $this {{ $this {path} ?x }}"
    written = spelt(path) or in_one(parse(text).patterns[0].path, text)
    assert written is not None
    store = ox.Store()
    store.extend(ox.Quad(*(ox.NamedNode(f"urn:{name}") for name in edge)) for edge in edges)
    both = [{tuple(row) for row in store.query(f"SELECT ?s ?o {{ ?s {p} ?o }}")} for p in (path, written)]
    assert both[0] == both[1]
