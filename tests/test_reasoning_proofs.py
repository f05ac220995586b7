"""Proofs are right and rest on nothing too much; the closure follows changes as if it were made anew."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from conftest import PREFIXES
from graphs import GRAPHS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg.build import build
from kg.gate.whole import check
from kg.reasoning import closure
from kg.reasoning.engine import Inference
from kg.reasoning.places import Places
from kg.reasoning.proofs import Proof, explain, explain_clash
from kg.rulebook import load_rules
from kg.sources import load

Run = Callable[..., subprocess.CompletedProcess[str]]
RULES = load_rules(ROOT)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(asserted: list[ox.Triple], triple: ox.Triple) -> bool:
    """True if the triple is stated or follows."""
    return triple in asserted or triple in closure(asserted, "rl", RULES).inferred


def leaves(proof: Proof) -> list[ox.Triple]:
    """The triples that a proof rests on."""
    return [ox.Triple(*statement) for statement in proof.leaves()]


def circles(proof: Proof, above: tuple[object, ...] = ()) -> bool:
    """True if something is proved by itself."""
    return proof.statement in above or any(circles(one, (*above, proof.statement)) for one in proof.premises)


@QUIET
@given(GRAPHS, st.data())
def test_every_inferred_triple_has_a_proof_that_bears_it(asserted: list[ox.Triple], data: st.DataObject) -> None:
    inference = Inference(RULES, asserted)
    inferred = sorted(inference.inferred(), key=str)
    if not inferred:
        return
    triple = data.draw(st.sampled_from(inferred))
    proof = explain(inference, triple)
    assert proof is not None and proof.rule and not circles(proof)
    assert set(leaves(proof)) <= set(asserted)
    assert holds(leaves(proof), triple)
    for leaf in leaves(proof):
        without = [one for one in asserted if one != leaf]
        other = explain(Inference(RULES, without), triple)
        assert holds(without, triple) == (other is not None)
        assert other is None or leaf not in leaves(other)


@QUIET
@given(GRAPHS)
def test_the_proofs_of_a_contradiction_bear_it(asserted: list[ox.Triple]) -> None:
    inference = Inference(RULES, asserted)
    for clash in inference.clashes()[:3]:
        at_fault = {leaf for proof in explain_clash(inference, clash) for leaf in leaves(proof)}
        assert at_fault <= set(asserted)
        assert clash.rule in {one.rule for one in closure(at_fault, "rl", RULES).clashes}


@QUIET
@given(GRAPHS, GRAPHS, st.data())
def test_changes_give_what_starting_over_gives(
    first: list[ox.Triple], added: list[ox.Triple], data: st.DataObject
) -> None:
    inference = Inference(RULES, first)
    inference.add(added)
    both = list(dict.fromkeys([*first, *added]))
    removed = data.draw(st.lists(st.sampled_from(both), unique=True, max_size=4)) if both else []
    for change, rest in ((lambda: None, both), (lambda: inference.remove(removed), [t for t in both if t not in removed])):
        change()
        whole = closure(rest, "rl", RULES)
        assert sorted(map(str, inference.inferred())) == sorted(map(str, whole.inferred))
        assert {clash.rule for clash in inference.clashes()} == {clash.rule for clash in whole.clashes}


@pytest.fixture(scope="module")
def real() -> Inference:
    """The real graph and what follows from it."""
    return Inference(RULES, (t for source in load(ROOT).of_kind("ontology", "data") for t in source.triples))


def test_on_the_real_graph_removing_a_file_and_adding_it_again_changes_nothing(real: Inference) -> None:
    corpus = load(ROOT)
    changed = Inference(RULES, (t for source in corpus.of_kind("ontology", "data") for t in source.triples))
    one = next(source for source in corpus.sources if source.path == "data/claims/001.ttl")
    kept = {t for source in corpus.of_kind("ontology", "data") if source is not one for t in source.triples}
    changed.remove(triple for triple in one.triples if triple not in kept)
    assert changed.inferred() == closure(kept, "rl", RULES).inferred != real.inferred()
    changed.add(one.triples)
    assert changed.inferred() == real.inferred()


def test_every_inferred_triple_of_the_real_graph_has_a_proof(real: Inference) -> None:
    inferred = sorted(real.inferred(), key=str)
    for triple in inferred[:: len(inferred) // 50]:
        proof = explain(real, triple)
        assert proof is not None and all(leaf in real.asserted for leaf in map(real.terms.key, leaves(proof)))


def test_what_does_not_follow_has_no_proof(real: Inference) -> None:
    claim = ox.NamedNode("https://w3id.org/coalition-kg/id/claim/nobody-made")
    assert explain(real, ox.Triple(claim, ox.NamedNode("urn:p"), claim)) is None


def test_places_are_lines_of_files(repository: Path) -> None:
    corpus = load(repository)
    places = Places(corpus, lambda path: (repository / path).read_text("utf-8"))
    told = [
        (path, place.line, (repository / path).read_text("utf-8").split("\n")[place.line - 1])
        for source in corpus.of_kind("data")
        for triple in source.triples
        for place in places(tuple(triple))
        if (path := place.path) and place.line
    ]
    assert told and all(line.split(" ")[0].count(":") == 1 or line.startswith(" ") for _, _, line in told)


def test_a_planted_clash_is_a_finding_with_its_lines(repository: Path) -> None:
    (repository / "data" / "more.ttl").write_text(PREFIXES + "actor:freedonia a ckg:Position .\n", "utf-8")
    corpus = load(repository)
    texts = {source.path: (repository / source.path).read_text("utf-8") for source in corpus.sources}
    found = [one for one in check(corpus, "fast", texts, RULES).findings if one.code == "Contradiction-cax-dw"]
    assert found and all(one.severity == "violation" for one in found)
    line = PREFIXES.count("\n") + 1
    assert any(f"data/more.ttl:{line}" in one.messages["en"] and f"data/more.ttl:{line}" in one.messages["it"] for one in found)
    assert "actor:freedonia a ckg:Claim" in found[0].messages["en"]


def test_explain_as_text(run_kg: Run, repository: Path) -> None:
    done = run_kg("explain", "claim:one-1", "a", "ckg:Claim", cwd=repository)
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "claim:one-1 a ckg:Claim" and lines[1].startswith("  by ")
    assert any("stated in data/claims/one.ttl:" in line for line in lines)
    assert any("stated in ontology/kg.ttl:" in line for line in lines)


def test_explain_as_json_and_rdf(run_kg: Run, repository: Path) -> None:
    words = ("explain", "claim:one-1", "a", "<https://w3id.org/coalition-kg/ontology#Claim>")
    told = json.loads(run_kg(*words, "--format", "json", cwd=repository).stdout)
    assert told["rule"] in ("cax-sco", "prp-dom") and len(told["premises"]) == 2
    assert all(premise["asserted"][0]["line"] for premise in told["premises"])
    turtle = run_kg(*words, "--format", "turtle", cwd=repository).stdout
    store = ox.Store()
    store.load(turtle.encode(), ox.RdfFormat.TURTLE)
    derived = "ASK { ?s <http://www.w3.org/ns/prov#wasDerivedFrom> ?a , ?b FILTER(?a != ?b) }"
    assert store.query(derived)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("claim:one-1", "a", "ckg:Actor"), 1, "neither stated nor follows"),
        (("claim:one-1", "a", "ckg:Clam"), 1, "Nothing here is called ckg:Clam: did you mean ckg:Claim?"),
        (("claim:one-1", "a", "ckg:Clam", "--lang", "it"), 1, "si intendeva ckg:Claim?"),
        (("claim:one-1", "a", "nope:Actor"), 2, "cannot be read"),
        (("claim:one-1", "a", "ckg:A , ckg:B"), 2, "not one term"),
    ],
)
def test_explain_what_cannot_be(run_kg: Run, repository: Path, words: tuple[str, ...], status: int, told: str) -> None:
    done = run_kg("explain", *words, cwd=repository)
    assert done.returncode == status and told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_lists_are_told_as_lists(run_kg: Run, repository: Path) -> None:
    axiom = "ckg:under a owl:ObjectProperty ; owl:propertyChainAxiom ( ckg:topic skos:broader ) .\n"
    axiom += "ckg:Side a owl:Class ; owl:unionOf ( ckg:Actor ckg:Claim ) .\n"
    (repository / "ontology" / "more.ttl").write_text(PREFIXES + axiom, "utf-8")
    chain = run_kg("explain", "claim:one-1", "ckg:under", "topic:guarantees", cwd=repository).stdout
    assert "ckg:under owl:propertyChainAxiom ( ckg:topic skos:broader )" in chain
    union = run_kg("explain", "claim:one-1", "a", "ckg:Side", cwd=repository).stdout
    assert "ckg:Side owl:unionOf ( " in union
    assert "rdf:rest" not in chain + union and "_:" not in chain + union


def test_a_snapshot_is_built_again_when_the_rules_change(repository: Path, state: Path) -> None:
    rule = "#+ rule: {0}\n#+ source: s\n#+ says: it.\nCONSTRUCT {{ ?y <urn:{0}> ?x }} WHERE {{ ?x <{1}> ?y }}\n"
    holder = "https://w3id.org/coalition-kg/ontology#holder"
    (repository / "rules").mkdir()
    for name in ("one", "two"):
        (repository / "rules" / "only.rq").write_text(rule.format(name, holder), "utf-8")
        snapshot, is_new = build(repository, state)
        assert is_new and snapshot.counts["inferred"] == 3
    assert not build(repository, state)[1]
