"""Rules with a parameter: what was the latest on a day, for certain or possibly, and what shows it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg.binding import bind
from kg.engine import Engine
from kg.errors import SourceError
from kg.model import Query
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES
from kg.reasoning.asked import answers, explain_asked
from kg.reasoning.engine import Inference
from kg.reasoning.ruletext import read_rule
from kg.rulebook import load_rules
from kg.sources import load

RULES = {rule.name: rule for rule in load_rules(ROOT) if rule.parameter}
CERTAIN, POSSIBLE = RULES["latest-as-of"], RULES["possibly-latest-as-of"]
DECLARED = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
START = date(2026, 1, 1)


@dataclass(frozen=True)
class Position:
    """A position with the first and the last day it can be of, counted from a start; None: not known."""

    holder: str
    topic: str
    first: int | None
    last: int | None


def literal(day: int) -> ox.Literal:
    return ox.Literal((START + timedelta(day)).isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))


def written(positions: list[Position]) -> list[ox.Triple]:
    """The positions as triples, named by their place in the list."""
    text = DECLARED
    for number, one in enumerate(positions):
        text += f"claim:c{number} a ckg:Position ; ckg:holder actor:{one.holder} ; ckg:topic topic:{one.topic} .\n"
        if (one.first, one.last) != (None, None):
            text += f"claim:c{number} ckg:time date:d{number} .\n"
        for name, day in (("earliest", one.first), ("latest", one.last)):
            text += f"date:d{number} ckg:{name} {literal(day)} .\n" if day is not None else ""
    return parse_turtle(text.encode(), "test")


def named(triples: set[ox.Triple]) -> set[int]:
    return {int(triple.subject.value.rpartition("/c")[2]) for triple in triples}


def latest(positions: list[Position], day: int) -> tuple[set[int], set[int]]:
    """Which positions are the latest on a day for certain, and which possibly; dates as intervals, None without end."""
    low, high = -1000, 1000
    spans = [
        (low if one.first is None else one.first, high if one.last is None else one.last) for one in positions
    ]
    certain, possible = set(), set()
    for number, (one, (first, last)) in enumerate(zip(positions, spans, strict=True)):
        others = [
            span for other, span in enumerate(spans)
            if other != number and (positions[other].holder, positions[other].topic) == (one.holder, one.topic)
        ]
        if one.first is not None and one.last is not None and last <= day:
            if all(end <= first or start > day for start, end in others):
                certain.add(number)
        if first <= day and not any(last < start and end <= day for start, end in others):
            possible.add(number)
    return certain, possible


SPANS = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(0, 6), st.integers(0, 3)).map(lambda one: (one[0], one[0] + one[1])),
    st.integers(0, 6).map(lambda first: (first, None)),
    st.integers(0, 6).map(lambda last: (None, last)),
)
POSITIONS = st.lists(
    st.builds(lambda holder, topic, span: Position(holder, topic, *span), st.sampled_from("xy"), st.sampled_from("tu"), SPANS),
    max_size=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POSITIONS, st.integers(-1, 8))
def test_the_latest_is_what_the_dates_say(positions: list[Position], day: int) -> None:
    inference = Inference((), written(positions))
    certain, possible = latest(positions, day)
    assert named(answers(inference, CERTAIN, literal(day))) == certain
    assert named(answers(inference, POSSIBLE, literal(day))) == possible
    assert certain <= possible


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POSITIONS, st.integers(0, 7))
def test_a_rule_with_a_parameter_means_what_it_means_as_a_query(positions: list[Position], day: int) -> None:
    triples = written(positions)
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in triples)
    inference = Inference((), triples)
    for rule in (CERTAIN, POSSIBLE):
        text = (ROOT / "rules" / "domain" / f"{rule.name}.rq").read_text("utf-8")
        found = set(store.query(bind(text, {"asOf": literal(day).value})))
        assert answers(inference, rule, literal(day)) == found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POSITIONS, st.integers(0, 7))
def test_the_proof_bears_the_conclusion_and_passes_over_no_rival(positions: list[Position], day: int) -> None:
    triples = written(positions)
    inference = Inference((), triples)
    for rule in (CERTAIN, POSSIBLE):
        for conclusion in answers(inference, rule, literal(day)):
            proof = explain_asked(inference, RULES.values(), conclusion)
            assert proof is not None and proof.rule == rule.name
            leaves = [ox.Triple(*leaf) for leaf in proof.leaves()]
            assert set(leaves) <= set(triples)
            assert conclusion in answers(Inference((), leaves), rule, literal(day))
            if rule is CERTAIN:
                own = positions[next(iter(named({conclusion})))]
                rivals = {n for n, one in enumerate(positions) if (one.holder, one.topic) == (own.holder, own.topic)}
                assert {t.subject for t in leaves} >= {ox.NamedNode(f"{PREFIXES['claim']}c{n}") for n in rivals}


def test_what_is_not_the_latest_has_no_proof() -> None:
    inference = Inference((), written([Position("x", "t", 0, 0), Position("x", "t", 2, 2)]))
    first, second = (ox.NamedNode(f"{PREFIXES['claim']}c{number}") for number in (0, 1))
    certain = ox.NamedNode(PREFIXES["ckg"] + "latestAsOf")
    assert explain_asked(inference, RULES.values(), ox.Triple(first, certain, literal(1)))
    assert explain_asked(inference, RULES.values(), ox.Triple(second, certain, literal(2)))
    for not_so in (
        ox.Triple(first, certain, literal(2)), ox.Triple(second, certain, literal(1)),
        ox.Triple(first, certain, ox.Literal("2026-01-02")), ox.Triple(first, certain, first),
        ox.Triple(first, ox.NamedNode("urn:p"), literal(1)),
    ):
        assert explain_asked(inference, RULES.values(), not_so) is None


def test_on_the_real_graph_rule_and_query_name_the_same(real_graph: Engine) -> None:
    inference = Inference(load_rules(ROOT), (t for s in load(ROOT).of_kind("ontology", "data") for t in s.triples))
    text = (ROOT / "queries" / "57-latest-as-of.rq").read_text("utf-8")
    seen = 0
    for day in ("2025-09-04", "2025-12-31", "2026-01-06", "2026-01-31"):
        rows = list(real_graph.query(Query(text, bindings={"asOf": day})))
        on = ox.Literal(day, datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))
        certain = {triple.subject for triple in answers(inference, CERTAIN, on)}
        possible = {triple.subject for triple in answers(inference, POSSIBLE, on)}
        assert certain == {row["claim"] for row in rows if row["certain"].value == "true"}
        assert {row["claim"] for row in rows} <= possible
        seen += len(certain)
    assert seen


def test_nothing_rests_on_what_holds_for_one_day() -> None:
    triples = written([Position("x", "t", 0, 0)])
    names = {triple.predicate.value for triple in Inference(load_rules(ROOT), triples).inferred()}
    assert not any("atestAsOf" in name for name in names)


def test_the_command_explains_what_holds_on_a_day(run_kg: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    words = ("claim:001-italy-full-support", "ckg:latestAsOf")
    done = run_kg("explain", *words, '"2026-01-06"^^xsd:date', cwd=ROOT)
    assert done.returncode == 0 and "by latest-as-of: " in done.stdout
    assert "claim:001-meloni-full-support-security ckg:time" in done.stdout and "stated in data/claims/001.ttl:" in done.stdout
    assert run_kg("explain", *words, '"2026-01-05"^^xsd:date', cwd=ROOT).returncode == 1


HEADER = "#+ rule: x\n#+ source: s\n#+ says: it.\n"
ON = HEADER + "#+ parameter: d\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER + "CONSTRUCT { ?x <urn:p> ?y } WHERE { ?x <urn:q> ?y . FILTER NOT EXISTS { ?y <urn:q> ?x } }", "not there"),
        (ON + "CONSTRUCT { ?x <urn:p> ?y } WHERE { ?x <urn:q> ?y }", "with \\?d"),
        (ON + "CONSTRUCT { ?x <urn:p> ?d . ?d <urn:p> ?x } WHERE { ?x <urn:q> 1 }", "one triple"),
        (ON + "CONSTRUCT { ?x <urn:p> ?d } WHERE { ?x <urn:q> 1 . FILTER(?y < ?d) }", "\\?y"),
        (ON + "CONSTRUCT { ?x <urn:p> ?d } WHERE { ?x <urn:q> 1 . FILTER NOT EXISTS { ?x <urn:r> 1 . FILTER(?z < ?d) } }", "\\?z"),
        (ON + "CONSTRUCT { ?x <urn:p> ?d } WHERE { ?x <urn:q> 1 . FILTER NOT { ?x <urn:r> 1 } }", "EXISTS"),
        (ON + "ASK { ?x <urn:q> 1 }", "one triple"),
    ],
)
def test_rules_that_ask_what_they_may_not_are_refused_with_their_place(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        read_rule(text, "x.rq")
    assert caught.value.where.line >= text.count("\n")
