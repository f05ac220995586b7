"""What would take longer than anybody waits is refused at once and in a sentence; what is large and honest is judged."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
from checkout import ROOT
from gate_material import HEADER, ONTOLOGY, source
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.gate import bounds
from kg.gate.base import Base
from kg.gate.bounds import MOST_AXIOMS, MOST_LINKED, MOST_STATED, MOST_UNNAMED, exceeded
from kg.gate.contribution import UNREAD, Bench, check
from kg.model import Change, Contribution, Report
from kg.sources import load

Made = Callable[[int], str]


@pytest.fixture(scope="module")
def bench() -> Bench:
    store, one = ox.Store(), source("ontology/o.ttl", ONTOLOGY)
    store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    return Bench.of(Base(store, frozenset({one.path}), lambda path: (HEADER + ONTOLOGY).encode()), ())


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Few faults are many here, so that the tests are fast."""
    monkeypatch.setattr(bounds, "MOST_FAULTS", 30)
    return 30


def judged(bench: Bench, text: str, path: str = "data/incoming/a.ttl") -> Report:
    return check(Contribution((Change(path, None, (HEADER + text).encode()),)), bench)


@pytest.mark.parametrize(
    ("code", "count", "made"),
    [
        ("stated", MOST_STATED + 1, lambda i: f"topic:t ckg:note {i} ."),
        ("unnamed", MOST_UNNAMED + 1, lambda i: "claim:c ckg:holder [] ."),
        ("unnamed", 1, lambda i: f"claim:c ckg:holder ( {'1 ' * (MOST_UNNAMED + 1)}) ."),
        ("axioms", MOST_AXIOMS + 1, lambda i: f"ckg:C{i} rdfs:subClassOf ckg:Claim ."),
        ("axioms", MOST_AXIOMS + 1, lambda i: f"actor:a owl:sameAs actor:b{i} ."),
        ("linked", MOST_LINKED + 1, lambda i: f"topic:t{i} skos:broader topic:t{i + 1} ."),
        ("linked", MOST_LINKED + 1, lambda i: f"date:d{i} ckg:anchor date:d{(i + 1) % (MOST_LINKED + 1)} ."),
    ],
)
def test_too_much_is_one_sentence_and_nothing_else(bench: Bench, code: str, count: int, made: Made) -> None:
    report = judged(bench, "\n".join(map(made, range(count))))
    assert [(one.code, one.severity) for one in report.findings] == [(f"Bounds-{code}", "violation")]
    (found,) = report.findings
    assert set(found.messages) == {"en", "it"} and found.where and found.where.origin == "data/incoming/a.ttl"
    assert report.engine == UNREAD


@pytest.mark.parametrize(
    "made",
    [
        lambda i: f"claim:c{i} ckg:holder actor:italy .",
        lambda i: f"topic:t{i} skos:broader topic:t{i // 2} .",
        lambda i: f"topic:t{i} skos:related topic:u{i} . topic:u{i} skos:related topic:t{i} .",
        lambda i: f"actor:a skos:exactMatch wd:Q{i} .",
    ],
)
def test_much_that_is_not_deep_is_judged(made: Made) -> None:
    text = HEADER + "\n".join(map(made, range(1, 2_000)))
    triples = [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]
    assert list(exceeded(triples, "data")) == []


def test_where_very_many_names_are_wrong_nothing_else_is_judged(bench: Bench, few: int) -> None:
    report = judged(bench, "\n".join(f"claim:c ckg:holder actor:nobody-{i} ." for i in range(few + 5)))
    codes = [one.code for one in report.findings]
    assert codes.count("Bounds-faults") == 1 and len(codes) == few + 1 and report.engine == UNREAD
    fewer = judged(bench, "\n".join(f"claim:c ckg:holder actor:nobody-{i} ." for i in range(few - 5)))
    assert fewer.engine != UNREAD and "Bounds-faults" not in {one.code for one in fewer.findings}


def test_what_was_wrong_before_does_not_count(few: int) -> None:
    old = HEADER + "\n".join(f"claim:c ckg:holder actor:nobody-{i} ." for i in range(few + 5))
    store, path = ox.Store(), "data/d.ttl"
    for one in (source("ontology/o.ttl", ONTOLOGY), source(path, old.removeprefix(HEADER))):
        store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    base = Base(store, frozenset({"ontology/o.ttl", path}), lambda path: old.encode())
    change = Change(path, old.encode(), (old + "\nclaim:c ckg:holder actor:nobody-else .").encode())
    report = check(Contribution((change,)), Bench.of(base, ()))
    assert report.engine != UNREAD
    assert [one.value for one in report.findings if one.code == "Reference-undefined"] == [
        "https://w3id.org/coalition-kg/id/actor/nobody-else"
    ]


def test_every_file_of_this_repository_is_within_the_bounds() -> None:
    for one in load(ROOT).sources:
        assert not list(exceeded(one.triples, one.kind)), one.path


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60), st.integers(1, 12))
def test_links_in_a_row_are_counted_as_the_longest_way_without_rings(pairs: list[tuple[int, int]], most: int) -> None:
    """On links that only lead to higher numbers; the longest way is found by trying all."""
    out: dict[object, set[object]] = {}
    for one, other in pairs:
        if one < other:
            out.setdefault(one, set()).add(other)

    def longest(node: object) -> int:
        return 1 + max(map(longest, out[node]), default=0) if node in out else 0

    before, bounds.MOST_LINKED = bounds.MOST_LINKED, most
    try:
        assert bounds._is_deep(out) is (max(map(longest, out), default=0) > most)
    finally:
        bounds.MOST_LINKED = before
