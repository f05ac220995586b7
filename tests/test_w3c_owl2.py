"""The W3C test cases of OWL 2 that belong to the RL profile, through every reasoner (OWL 2 Conformance, section 2.2).

They are run where the folder named by ``KG_W3C_TESTS`` holds ``owl2/all.rdf``, the export of all approved cases.
Without it this module only tests its own lists, as the cases of ``test_owl2rl_cases.py`` do not need it.
Every exception is listed with its reason and must still fail, so that a reasoner that has learned is noticed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from kg.rdf import PREFIXES
from kg.reasoning import REASONERS, closure
from kg.rulebook import load_rules

TEST = "http://www.w3.org/2007/OWL/testOntology#"
OWL, RDF, RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]
SUITE = Path(os.environ.get("KG_W3C_TESTS", "")) / "owl2" / "all.rdf"
RULEBOOK = load_rules(ROOT)
KINDS = ("ConsistencyTest", "InconsistencyTest", "PositiveEntailmentTest", "NegativeEntailmentTest")
#: What a conclusion says of its own terms and header, not of the world; RL/RDF derives none of it.
DECLARED = {
    OWL + name
    for name in (
        "AnnotationProperty", "Class", "DatatypeProperty", "NamedIndividual", "ObjectProperty", "Ontology",
        "Restriction", "Thing",
    )
} | {RDF + "Property", RDFS + "Class"}

TYPE = ox.NamedNode(RDF + "type")
PREMISE = "rdfXmlPremiseOntology"
#: How a conclusion denies something, and with which property that would be asserted.
DENIALS = {
    f"SELECT ?x ?y {{ ?x <{OWL}differentFrom> ?y }}": ox.NamedNode(OWL + "sameAs"),
    f"SELECT ?x ?y {{ ?d <{OWL}members>/<{RDF}rest>* ?l . ?l <{RDF}first> ?x ; <{RDF}rest>+/<{RDF}first> ?y }}":
        ox.NamedNode(OWL + "sameAs"),
    f"SELECT ?x ?y {{ ?x a ?c . ?c <{OWL}complementOf> ?y }}": TYPE,
}
SPENT = {OWL + "differentFrom"}

FUNCTIONAL = "given in functional syntax only, which the programme does not read"
#: test → why it is not run by any reasoner
NOT_RUN = {
    "Plus and Minus Zero are Distinct": FUNCTIONAL,
    "functionality-clash": FUNCTIONAL,
    "string-integer-clash": FUNCTIONAL,
}
LAST = "owlrl does not look at the last member of a list"
SCHEMA = "the conclusion is about properties or classes, not about individuals, and no rule of RL/RDF draws it"
DIRECT = "it follows by the direct semantics alone, which disregards annotations"
OUTSIDE = "the rules promise only conclusions that are assertions (OWL 2 Profiles, theorem PR1)"
#: test → why no reasoner concludes what is to be concluded
NOT_CONCLUDED = {
    "New-Feature-ReflexiveProperty-001": "reflexive properties are not part of OWL 2 RL (OWL 2 Profiles, section 4.2)",
    "WebOnt-I4.6-005-Direct": DIRECT,
    "WebOnt-I5.26-010": f"it is about a class expression that holds of nothing said: {OUTSIDE}",
    "WebOnt-I5.5-005": f"it is about a class expression that holds of nothing said: {OUTSIDE}",
    "WebOnt-I5.8-006": SCHEMA,
    "WebOnt-I5.8-008": SCHEMA,
    "WebOnt-I5.8-009": SCHEMA,
    "WebOnt-I5.8-011": "rule dt-type1 concludes it, and it is kept out of the closure as trivial",
    "WebOnt-equivalentClass-008-Direct": DIRECT,
    "chain2trans1": SCHEMA,
}
ALL = {(name, "PositiveEntailmentTest"): reason for name, reason in NOT_CONCLUDED.items()}
#: reasoner → (test, kind) → why it does not pass
EXCEPTIONS: dict[str, dict[tuple[str, str], str]] = {
    "rl": ALL,
    "owlrl": ALL | {
        ("New-Feature-DisjointDataProperties-002", "PositiveEntailmentTest"): LAST,
        ("New-Feature-DisjointObjectProperties-002", "PositiveEntailmentTest"): LAST,
        ("New-Feature-Keys-006", "InconsistencyTest"): "owlrl does not compare literals",
    },
}


@dataclass
class Case:
    """A test case: its kinds and the RDF/XML texts it gives."""

    name: str
    kinds: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)


def parse(text: str, base: str) -> list[ox.Triple]:
    """The triples of an RDF/XML text; entities may be declared between single quotes, as XML allows."""
    text = re.sub(r"(<!ENTITY\s+\w+\s+)'([^']*)'", r'\1"\2"', text)
    quads = ox.parse(text.encode("utf-8"), format=ox.RdfFormat.RDF_XML, base_iri=base, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def load(path: Path) -> list[Case]:
    """The cases of the RL profile."""
    cases: dict[object, Case] = {}
    for triple in parse(path.read_text("utf-8"), TEST):
        case = cases.setdefault(triple.subject, Case(""))
        key, value = triple.predicate.value.removeprefix(TEST), getattr(triple.object, "value", "")
        if key == "identifier":
            case.name = value
        elif key == "profile":
            case.profiles.append(value.removeprefix(TEST))
        elif key == "importedOntology":
            case.imports.append(value)
        elif key == RDF + "type" and value.removeprefix(TEST) in KINDS:
            case.kinds.append(value.removeprefix(TEST))
        elif key.startswith("rdfXml"):
            case.texts[key] = value
    for case in cases.values():
        for number, iri in enumerate(case.imports):
            case.texts[f"import {number}"] = cases[ox.NamedNode(iri)].texts["rdfXmlInputOntology"]
    return sorted((case for case in cases.values() if "RL" in case.profiles), key=lambda case: case.name)


def holds(wanted: Iterable[ox.Triple], found: Iterable[ox.Triple]) -> bool:
    """True if the graph found entails the one wanted; a blank node stands for some node (RDF 1.1 Semantics, 5.2)."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in found)
    patterns = (
        " ".join(f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term) for term in triple)
        for triple in wanted
    )
    return bool(store.query(f"ASK {{ {' . '.join(patterns)} }}"))


def split(conclusions: Iterable[ox.Triple]) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """What a conclusion says plainly, and what it denies: two names of one thing, or a thing of a class.

    RL/RDF has no rule that concludes a difference or a complement. That something is denied follows from the premises
    if these with its assertion are a contradiction.
    """
    rest = [t for t in conclusions if not (t.predicate == TYPE and getattr(t.object, "value", "") in DECLARED)]
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in rest)
    denied = []
    for query, predicate in DENIALS.items():
        found = list(store.query(query))
        denied += [ox.Triple(one["x"], predicate, one["y"]) for one in found]
        if found:  # No case that denies something says anything else of blank nodes.
            rest = [t for t in rest if t.predicate.value not in SPENT and not isinstance(t.object, ox.BlankNode)]
            rest = [t for t in rest if not isinstance(t.subject, ox.BlankNode)]
    return rest, denied


def judge(case: Case, kind: str, reasoner: str) -> bool:
    """True if the reasoner passes the test."""
    base = f"https://example.org/{case.name.replace(' ', '-')}"
    texts = [text for name, text in sorted(case.texts.items()) if name == PREMISE or name.startswith("import")]
    premises = [triple for text in texts for triple in parse(text, base)]
    outcome = closure(premises, reasoner, RULEBOOK)
    if kind in ("ConsistencyTest", "InconsistencyTest"):
        return bool(outcome.clashes) == (kind == "InconsistencyTest")
    positive = kind == "PositiveEntailmentTest"
    wanted = "rdfXmlConclusionOntology" if positive else "rdfXmlNonConclusionOntology"
    plain, denied = split(parse(case.texts[wanted], base))
    assert plain or denied
    refuted = all(closure([*premises, triple], reasoner, RULEBOOK).clashes for triple in denied)
    return (refuted and holds(plain, {*premises, *outcome.inferred})) == positive


def runs() -> Iterator[tuple[Case, str, str]]:
    """Every test that can be run, with its kind and the reasoner."""
    if SUITE.is_file():
        for case in load(SUITE):
            for kind in sorted(case.kinds):
                for reasoner in REASONERS:
                    if case.name not in NOT_RUN:
                        yield case, kind, reasoner


def test_every_exception_has_a_reason() -> None:
    assert all(NOT_RUN.values()) and all(all(listed.values()) for listed in EXCEPTIONS.values())
    assert {*REASONERS} == EXCEPTIONS.keys()


def test_the_page_lists_what_is_not_run_or_not_passed() -> None:
    page = (ROOT / "docs" / "conformance-owl2.md").read_text("utf-8")
    told = dict(re.findall(r"^\| (.+) \| .+ \| (not .+) \|$", page, re.MULTILINE))
    due = {name: f"not run: {reason}" for name, reason in NOT_RUN.items()}
    due |= {name: f"not passed: {reason}" for (name, _), reason in EXCEPTIONS["rl"].items()}
    assert told == due


if SUITE.is_file():

    @pytest.mark.w3c
    def test_the_suite_is_whole() -> None:
        names = [case.name for case in load(SUITE)]
        listed = {name for exceptions in EXCEPTIONS.values() for name, _ in exceptions}
        assert len(names) == len(set(names)) == 64
        assert NOT_RUN.keys() | listed <= set(names)

    @pytest.mark.w3c
    @pytest.mark.parametrize(
        ("case", "kind", "reasoner"),
        [pytest.param(*run, id=f"{run[0].name}-{run[1]}-{run[2]}") for run in runs()],
    )
    def test_case(case: Case, kind: str, reasoner: str) -> None:
        assert judge(case, kind, reasoner) == ((case.name, kind) not in EXCEPTIONS[reasoner])
