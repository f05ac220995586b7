"""Incremental validation finds exactly the difference of two full runs, and looks at little."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from incremental_material import (
    CONSTRAINTS, GRAPHS, ON_ROOTS, SPARQL, Move, constraint, full, iri, moves, read, shape, shapes,
)

from kg.errors import ShapesError
from kg.gate import incremental, reference
from kg.gate.incremental import changed, key
from kg.gate.incremental.affected import Affected, affected
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State, Subject, Term, difference
from kg.rdf import graph_iri
from kg.sources import load

#: Set KG_INCREMENTAL_EXAMPLES for a long run.
EXAMPLES = int(os.environ.get("KG_INCREMENTAL_EXAMPLES", "100"))


def made_up(share: float = 1.0) -> settings:
    """A property test with a share of the examples."""
    return settings(
        max_examples=max(1, round(EXAMPLES * share)), deadline=None, suppress_health_check=list(HealthCheck)
    )


def same(graph: ShapesGraph, move: Move, before: Counter, after: Counter) -> bool:
    """True if the change has just the results that the full runs differ by."""
    added, removed = difference(move.old, move.new, move.touched)
    found = changed(graph, move.old, move.new, added, removed, reference.validate)
    return (Counter(map(key, found.introduced)), Counter(map(key, found.fixed))) == (after - before, before - after)


def assert_same(text: str, move: Move) -> None:
    """The change has just the results that the full runs differ by, if the shapes can be evaluated at all."""
    graph = read(text)
    try:
        before, after = full(graph, move.old), full(graph, move.new)
    except ShapesError:
        assume(False)
    assert same(graph, move, before, after)


@made_up()
@given(shapes(CONSTRAINTS), moves())
def test_core(text: str, move: Move) -> None:
    assert_same(text, move)


@made_up()
@given(shapes(ON_ROOTS), moves())
def test_sparql(text: str, move: Move) -> None:
    assert_same(text, move)


NESTED = st.builds("sh:{} [ {} ] ; sh:class :C0".format, st.sampled_from(["not", "node"]), SPARQL)


@made_up(0.1)
@given(shapes(NESTED), moves())
def test_sparql_that_only_pyshacl_can_judge(text: str, move: Move) -> None:
    assert_same(text, move)


# Queries of every kind, each on many changes.

QUERIES = {
    "two steps": "$this :p ?a . ?a :q ?value",
    "back and forth": "$this :p ?a . ?value :p ?a FILTER(?value != $this)",
    "circle": "$this :p+ $this",
    "no such": "$this a ?a FILTER NOT EXISTS { $this :p ?b . ?b a/rdfs:subClassOf* :C0 }",
    "any of": "$this (:p|:q)/:r* ?value FILTER EXISTS { ?value ^:q ?b }",
    "optional": "$this :p ?a OPTIONAL { ?a :q ?value } FILTER(!BOUND(?value) || ?value != $this)",
    "optional in optional": "$this :p ?a OPTIONAL { ?a :q ?b OPTIONAL { ?b :r ?value } }",
    "optional that reads ahead": "OPTIONAL { ?a :q ?value } $this :p ?a",
    "optional that nothing binds": "$this :p ?a { $this :q ?b OPTIONAL { ?a :r ?value } }",
    "optional shared later": "$this :p ?a OPTIONAL { ?a :q ?b } $this :r ?c . ?b :p ?c",
    "union": "{ $this :p ?a } UNION { ?a :q $this } ?a :r ?value",
    "union of strangers": "{ $this :p ?a } UNION { ?b :q ?value }",
    "nothing outside": "FILTER NOT EXISTS { $this :q ?a . ?a :p ?b }",
    "union with nothing": "{ $this :p ?a } UNION { FILTER EXISTS { $this :q ?b } }",
    "constant with few": "$this :p ?a . ?value :q ?a . ?value a :C1 FILTER NOT EXISTS { ?value :r ?b . ?b a :C0 }",
    "nested": "$this :p ?a { ?a :q ?b FILTER NOT EXISTS { ?b :r ?a } }",
    "nested that asks outside": "$this :p ?a { $this :q ?b FILTER NOT EXISTS { ?a :r ?c } }",
    "sub-query": "$this :p ?a { SELECT $this (COUNT(?b) AS ?n) { $this :q ?b } GROUP BY $this } FILTER(?n > 1)",
    "sub-query on its own": "$this :p ?a { SELECT $this ?a { ?a :q ?b . $this :p ?c } }",
    "sub-query that hides": "$this :p ?a { SELECT $this (COUNT(?b) AS ?n) { $this :q ?c . ?a :q ?b } GROUP BY $this }",
    "unconnected": "$this :p ?a . ?b :q ?value",
    "any predicate": "$this ?a ?value FILTER(?a != :p)",
    "constants": '$this :p :n0 . $this :q ?value FILTER EXISTS { ?value :r 1 }',
}
CHANGES = settings(max_examples=max(10, EXAMPLES // 20), deadline=None, suppress_health_check=list(HealthCheck))
BOUNDED = {"two steps", "back and forth", "circle", "no such", "any of", "optional", "optional in optional",
           "optional shared later", "nothing outside", "union with nothing", "constant with few", "union", "nested",
           "sub-query", "sub-query on its own", "constants"}


@pytest.mark.parametrize("name", QUERIES)
@CHANGES
@given(move=moves())
def test_queries_of_every_kind(name: str, move: Move) -> None:
    select = constraint(f"SELECT $this ?value {{ {QUERIES[name]} }}")
    assert_same(shape(0, "sh:targetClass :C0 ; sh:targetSubjectsOf :p", select), move)


@pytest.mark.parametrize("name", QUERIES)
def test_which_queries_are_bounded(name: str) -> None:
    graph = read(shape(0, "sh:targetClass :C0", constraint(f"SELECT $this ?value {{ {QUERIES[name]} }}")))
    (found,) = incremental.compile_(graph).reads.values()
    assert (found.cases is not None) is (name in BOUNDED)


def test_without_a_reference_engine_it_says_so() -> None:
    graph = read(shape(0, "sh:targetSubjectsOf :p", "sh:not [ " + constraint("SELECT $this { $this :p ?a }") + " ]"))
    triple = ox.Triple(iri("n0"), iri("p"), iri("n1"))
    base = ox.Store()
    with pytest.raises(ShapesError, match="reference"):
        changed(graph, State(base, ()), State(base, (), {GRAPHS[0]: [triple]}), {triple}, ())


# Would the tests notice if too little were judged again?


def test_judging_only_focus_nodes_that_change_themselves_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def narrow(automaton: incremental.Automaton, delta: incremental.Delta) -> Affected:
        found = affected(automaton, delta)
        nodes = {node for triple, _ in delta.touched() for node in (triple.subject, triple.object)}
        for each in (found.nodes, found.sites):
            each.update({what: foci & nodes for what, foci in each.items()})
        return found

    monkeypatch.setattr(incremental, "affected", narrow)
    seen: Counter[bool] = Counter()

    @seed(1)
    @settings(made_up(), max_examples=80, database=None)
    @given(shapes(st.one_of(CONSTRAINTS, ON_ROOTS)), moves())
    def look(text: str, move: Move) -> None:
        graph = read(text)
        try:
            before, after = full(graph, move.old), full(graph, move.new)
        except ShapesError:
            return
        seen[same(graph, move, before, after)] += 1

    look()
    assert seen[False] > 1
    assert seen[True] > 20


# Little is looked at.


class Counting(State):
    """Counts the triples that it is asked for, and refuses to list all."""

    read = 0

    def triples(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None, object_: Term | None = None
    ) -> Iterator[ox.Triple]:
        assert subject is not None or object_ is not None
        for triple in super().triples(subject, predicate, object_):
            self.read += 1
            yield triple


SHARED = shape(
    0, "sh:targetClass :C0",
    constraint("SELECT $this ?value { $this :p ?a ; :q ?b . ?value :p ?a ; :q ?b FILTER(?value != $this) }"),
    "sh:property [ sh:path :p ; sh:class :C1 ; sh:maxCount 1 ]",
)


def _read(neighbours: int, with_both: int) -> int:
    """How many triples adding n0 looks at where others share its value of :q, and a few also that of :p."""
    base, graph = ox.Store(), ox.NamedNode(GRAPHS[0])
    for number in range(neighbours):
        node, p = iri(f"m{number}"), iri("P" if number < with_both else f"P{number}")
        for predicate, value in (("q", iri("Q")), ("p", p)):
            base.add(ox.Quad(node, iri(predicate), value, graph))
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    own = [ox.Triple(iri("n0"), rdf_type, iri("C0")), *(ox.Triple(iri("n0"), iri(x), iri(x.upper())) for x in "pq")]
    old, new = Counting(base, GRAPHS), Counting(base, GRAPHS, {GRAPHS[1]: own})
    found = changed(read(SHARED), old, new, own, ())
    assert len(found.introduced) == 1 + with_both
    return old.read + new.read


def test_the_cost_grows_only_with_what_can_match() -> None:
    few, many, more_matches = _read(100, 3), _read(1000, 3), _read(1000, 30)
    assert few == many
    assert many < more_matches < 100 * many


# The repository itself.


def test_changes_of_the_repository() -> None:
    corpus = load(ROOT)
    graph = ShapesGraph(triple for source in corpus.of_kind("shapes") for triple in source.triples)
    sources = corpus.of_kind("ontology", "data")
    base = ox.Store()
    for source in sources:
        base.extend(ox.Quad(*triple, ox.NamedNode(source.graph)) for triple in source.triples)
    graphs = [graph_iri(source.path) for source in sources]
    old, chance = State(base, graphs), random.Random(7)
    before, found = full(graph, old), 0
    for _ in range(8):
        source = chance.choice(sources)
        after = list(source.triples)
        for _ in range(chance.randint(1, 6)):
            at, other = chance.randrange(len(after)), chance.choice(source.triples)
            after[at] = ox.Triple(after[at].subject, after[at].predicate, other.object)
            if chance.random() < 0.5:
                after.pop(at)
        new = State(base, graphs, {source.graph: after})
        now = full(graph, new)
        assert same(graph, Move(old, new, frozenset({*source.triples, *after})), before, now), source.path
        found += sum(((now - before) + (before - now)).values())
    assert found
