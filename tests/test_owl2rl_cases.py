"""Every rule of OWL 2 RL/RDF (OWL 2 Profiles, section 4.3, tables 4 to 9), through every reasoner.

For each rule ``tests/cases/owl2rl/`` has a graph that leads to its conclusions and one that nearly does. The package
owlrl, run plainly, is asked as well, so that the cases themselves are held against another implementation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
import pytest
import rdflib
from checkout import ROOT
from kg.reasoning import REASONERS, closure
from kg.reasoning.trivial import is_trivial
from kg.rulebook import load_rules
from kg.terms import to_ox, to_rdflib
from owlrl import OWLRL_Semantics

BASE = "https://example.org/"
CASES = ROOT / "tests" / "cases" / "owl2rl"

#: The rules of each table, as the recommendation names them.
TABLES = {
    4: "eq-ref eq-sym eq-trans eq-rep-s eq-rep-p eq-rep-o eq-diff1 eq-diff2 eq-diff3",
    5: "prp-ap prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp prp-trp prp-spo1 prp-spo2 prp-eqp1 prp-eqp2 "
    "prp-pdw prp-adp prp-inv1 prp-inv2 prp-key prp-npa1 prp-npa2",
    6: "cls-thing cls-nothing1 cls-nothing2 cls-int1 cls-int2 cls-uni cls-com cls-svf1 cls-svf2 cls-avf cls-hv1 "
    "cls-hv2 cls-maxc1 cls-maxc2 cls-maxqc1 cls-maxqc2 cls-maxqc3 cls-maxqc4 cls-oo",
    7: "cax-sco cax-eqc1 cax-eqc2 cax-dw cax-adc",
    8: "dt-type1 dt-type2 dt-eq dt-diff dt-not-type",
    9: "scm-cls scm-sco scm-eqc1 scm-eqc2 scm-op scm-dp scm-spo scm-eqp1 scm-eqp2 scm-dom1 scm-dom2 scm-rng1 scm-rng2 "
    "scm-hv scm-svf1 scm-svf2 scm-avf1 scm-avf2 scm-int scm-uni",
}
RULES = [rule for rules in TABLES.values() for rule in rules.split()]
PLAIN = "plain owlrl"
RULEBOOK = tuple(rule for rule in load_rules(ROOT) if rule.name in RULES)

OWLRL_MISSES = {
    "eq-diff2": "owlrl does not look at the last member of the list",
    "prp-adp": "owlrl does not look at the last member of the list",
    "dt-eq": "owlrl does not compare literals",
    "dt-diff": "owlrl does not compare literals",
    "dt-not-type": "owlrl looks only at the datatype that a literal is written with",
}
#: reasoner → rule → why its conclusion is not drawn. Each must still not be drawn.
MISSING: dict[str, dict[str, str]] = {
    PLAIN: OWLRL_MISSES,
    "owlrl": OWLRL_MISSES,
    "rl": {"dt-eq": "the rule is left out: it would repeat each statement in every spelling of its value"},
}
#: reasoner → rule → why something is concluded that does not follow. Each must still be concluded.
TOO_MUCH: dict[str, dict[str, str]] = {
    PLAIN: {"prp-key": "owlrl does not look at the last property of a key"},
    "owlrl": {"prp-key": "owlrl does not look at the last property of a key"},
    "rl": {},
}


@dataclass(frozen=True)
class Case:
    """A rule: the graphs of its file, and whether it concludes a contradiction."""

    table: int
    rule: str
    premises: tuple[ox.Triple, ...]
    conclusions: tuple[ox.Triple, ...]
    near: tuple[ox.Triple, ...]
    absent: tuple[ox.Triple, ...]
    contradiction: bool


def read(table: int) -> Iterable[Case]:
    """The cases of the file of a table."""
    graphs: dict[str, list[ox.Triple]] = {}
    contradictions = set()
    for quad in ox.parse(path=str(CASES / f"table-{table}.trig"), format=ox.RdfFormat.TRIG):
        if isinstance(quad.graph_name, ox.DefaultGraph):
            contradictions.add(quad.subject.value.removeprefix(BASE))
        else:
            graphs.setdefault(quad.graph_name.value.removeprefix(BASE), []).append(quad.triple)
    for rule in sorted({name.partition("/")[0] for name in graphs} | contradictions):
        parts = (tuple(graphs.pop(f"{rule}/{part}", ())) for part in ("premises", "conclusions", "near", "absent"))
        yield Case(table, rule, *parts, rule in contradictions)
    assert not graphs, f"graphs of no known kind: {sorted(graphs)}"


ALL = [case for table in TABLES for case in read(table)]


def reason(triples: Iterable[ox.Triple], reasoner: str, axioms: bool = False) -> tuple[set[ox.Triple], bool]:
    """All that is asserted or follows, and whether it is a contradiction; ``axioms`` adds what follows from nothing."""
    triples = set(triples)
    if reasoner != PLAIN:
        found = closure(triples, reasoner=reasoner, rules=RULEBOOK)
        return triples | found.inferred, bool(found.clashes)
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    rules = OWLRL_Semantics(graph, axioms=axioms, daxioms=axioms)
    rules.closure()
    stateable = ((s, p, o) for s, p, o in graph if isinstance(p, rdflib.URIRef) and not isinstance(s, rdflib.Literal))
    return {ox.Triple(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in stateable}, bool(rules.error_messages)


def test_there_is_a_case_for_every_rule_and_for_nothing_else() -> None:
    assert [(case.table, case.rule) for case in ALL] == [
        (table, rule) for table, rules in TABLES.items() for rule in sorted(rules.split())
    ]
    for case in ALL:
        assert case.premises and case.near, case.rule
        assert bool(case.conclusions) != case.contradiction and bool(case.absent) != case.contradiction, case.rule
        assert not set(case.conclusions) & set(case.premises), case.rule


def test_every_reasoner_is_asked() -> None:
    assert {*REASONERS, PLAIN} == MISSING.keys() == TOO_MUCH.keys()


@pytest.mark.parametrize("reasoner", MISSING)
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.rule)
def test_what_a_rule_concludes(case: Case, reasoner: str) -> None:
    trivial = not case.contradiction and all(is_trivial(triple) for triple in case.conclusions)
    found, clash = reason(case.premises, reasoner, axioms=trivial)
    drawn = clash if case.contradiction else set(case.conclusions) <= found
    assert case.contradiction or not clash
    # What is trivial is kept out of the closure: an exception that needs no list here.
    expected = case.rule not in MISSING[reasoner] and (reasoner == PLAIN or not trivial)
    assert drawn == expected


@pytest.mark.parametrize("reasoner", MISSING)
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.rule)
def test_what_a_rule_does_not_conclude(case: Case, reasoner: str) -> None:
    found, clash = reason(case.near, reasoner)
    wrong = [str(triple) for triple in case.absent if triple in found]
    assert not clash
    assert bool(wrong) == (case.rule in TOO_MUCH[reasoner]), wrong
