"""Every shape shown at work: at least one case that conforms and one that does not, for each.

``cases/shapes/<NodeShape>/`` holds ``valid-why.ttl`` and ``invalid-why.ttl``. The comment lines at the head of an
invalid case, ``# expects: PositionShape-stance``, name the codes of exactly the findings it must give. A case is
judged together with the ontology, the topics and ``cases/shapes/context.ttl`` (if there is one), and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from gate_material import same

from kg.gate import dates
from kg.gate.changed import Changed
from kg.gate.whole import check
from kg.gate.messages import finding
from kg.gate.shapes import SH, ShapesGraph, local_name
from kg.gate.validate import validate
from kg.model import Corpus, Finding, Source
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES, graph_iri
from kg.sources import load

FOLDER = Path(__file__).parent / "cases" / "shapes"
CONTEXT = FOLDER / "context.ttl"
EXPECTS = re.compile(r"#\s*expects:\s*(.*)")
#: Rules that are no shapes: the programme's own on dates.
OWN_RULES = {"DateShape-edtf", "DateShape-bounds"}

Triples = tuple[ox.Triple, ...]


@dataclass(frozen=True)
class Case:
    """One case file."""

    path: Path
    triples: Triples
    expects: frozenset[str]

    @property
    def valid(self) -> bool:
        return self.path.name.startswith("valid-")

    def __str__(self) -> str:
        return self.path.relative_to(FOLDER).as_posix()


def read(path: Path) -> Case:
    text = path.read_text("utf-8")
    head = [line for line in text.splitlines() if line.startswith("#")]
    named = [match[1] for line in head if (match := EXPECTS.match(line))]
    codes = frozenset(code for codes in named for code in re.split(r"[,\s]+", codes) if code)
    return Case(path, tuple(dict.fromkeys(parse_turtle(text.encode(), path.name))), codes)


CASES = [read(path) for path in sorted(FOLDER.glob("*/*.ttl"))]
CORPUS = load(ROOT)
SHAPES = ShapesGraph(triple for source in CORPUS.of_kind("shapes") for triple in source.triples)
each_case = pytest.mark.parametrize("case", CASES, ids=str)


@cache
def surroundings() -> Triples:
    """What every case is judged with."""
    around = [s for s in CORPUS.sources if s.kind == "ontology" or s.path == "data/topics.ttl"]
    context = parse_turtle(CONTEXT.read_bytes(), CONTEXT.name) if CONTEXT.is_file() else []
    return (*(triple for source in around for triple in source.triples), *context)


def judge(triples: Triples) -> frozenset[Finding]:
    """Findings on triples together with their surroundings, by the fast engine."""
    data = list(dict.fromkeys(surroundings() + triples))
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in data)
    stated = Corpus((Source("data/case.ttl", "data", graph_iri("data/case.ttl"), tuple(data), ""),))
    results = validate(data, SHAPES, "fast", store).results
    found = [finding(result, SHAPES) for result in results] + list(dates.check(Changed.whole(stated, {})))
    return frozenset(replace(f, messages=tuple(sorted(f.messages.items()))) for f in found)


@cache
def before() -> frozenset[Finding]:
    """Findings on the surroundings alone."""
    return judge(())


def fired(case: Case) -> frozenset[str]:
    """The codes of the findings that are there because of the case."""
    return frozenset(finding.code for finding in judge(case.triples) - before())


@each_case
def test_case(case: Case) -> None:
    assert fired(case) == case.expects


@each_case
def test_case_is_named_for_what_it_is(case: Case) -> None:
    assert re.match(r"(in)?valid-[a-z0-9-]+\.ttl$", case.path.name)
    assert case.valid is not bool(case.expects), "only an invalid case expects something, and it must"
    assert case.path.parent.name in {local_name(s.value) for s in SHAPES.shapes if isinstance(s, ox.NamedNode)}
    assert case.triples


# Completeness


@dataclass(frozen=True)
class Rule:
    """A shape or named SPARQL constraint that can give findings, and the node shapes it belongs to."""

    code: str
    owners: frozenset[str]

    def __str__(self) -> str:
        return self.code


def rules() -> Iterator[Rule]:
    """Everything in the shapes that can give a finding."""
    owners: dict[str, set[str]] = {}
    for root in SHAPES.roots:
        for shape in SHAPES.reach([root], SHAPES.properties):
            for predicate, value in SHAPES.constraints(shape):
                named = predicate == SH + "sparql" and isinstance(value, ox.NamedNode)
                owners.setdefault(SHAPES.name(value if named else shape), set()).add(SHAPES.name(root))
    return (Rule(code, frozenset(names)) for code, names in sorted(owners.items()))


RULES = list(rules())


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_rule_has_a_valid_and_an_invalid_case(rule: Rule) -> None:
    assert any(case.valid and case.path.parent.name in rule.owners for case in CASES), "no valid case"
    assert any(rule.code in case.expects for case in CASES), "no invalid case expects it"


def test_there_are_rules_and_cases_and_no_case_expects_what_nobody_gives() -> None:
    assert RULES and CASES
    known = {rule.code for rule in RULES} | OWN_RULES
    assert {str(case): case.expects - known for case in CASES if case.expects - known} == {}


# Both engines.


def apart(case: Case, number: int) -> Iterator[ox.Triple]:
    """The triples of a case, with the nodes it describes named for it alone, so that cases can be judged together."""
    own = {triple.subject for triple in case.triples} - {triple.subject for triple in surroundings()}

    def rename(term: object) -> object:
        return ox.NamedNode(f"{term.value}-case-{number}") if term in own and isinstance(term, ox.NamedNode) else term

    return (ox.Triple(rename(t.subject), t.predicate, rename(t.object)) for t in case.triples)


def agreed(data: Triples) -> int:
    """How many findings both engines give on these data; they must be the same."""
    corpus = Corpus((Source("data/all.ttl", "data", PREFIXES["graph"], data, ""), *CORPUS.of_kind("shapes")))
    fast, reference = (check(corpus, engine, names=False) for engine in ("fast", "pyshacl"))
    assert same(fast.findings) == same(reference.findings)
    return len(fast.findings)


def stated() -> Triples:
    """What the ontology and the data of the repository state."""
    return tuple(triple for source in CORPUS.of_kind("ontology", "data") for triple in source.triples)


def mutilated(triples: Triples) -> Triples:
    """The triples with every 60th gone and every 97th pointing to what the one before points to."""
    kept = [triple for number, triple in enumerate(triples) if number % 60]
    moved = [
        ox.Triple(triple.subject, triple.predicate, kept[number - 1].object) if number and not number % 97 else triple
        for number, triple in enumerate(kept)
    ]
    return tuple(dict.fromkeys(moved))


def test_the_engines_agree_on_all_cases() -> None:
    cases = tuple(triple for number, case in enumerate(CASES) for triple in apart(case, number))
    assert agreed(surroundings() + cases) > len(CASES) / 3


def test_the_engines_agree_on_the_repository() -> None:
    agreed(stated())


def test_the_engines_agree_on_the_repository_with_much_of_it_broken() -> None:
    assert agreed(mutilated(stated())) > 100


def test_the_shapes_pass_their_linter() -> None:
    found = [f"{f.where}: {f.messages['en']}" for f in check(CORPUS).findings if f.code.startswith("ShapesLint-")]
    assert not found, "\n".join(found)
