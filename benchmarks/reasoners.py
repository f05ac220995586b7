"""One reasoner over one graph, in a process of its own, so that its time and memory are its own.

Usage: python benchmarks/reasoners.py NAME GRAPH.nt CONCLUSIONS.nt ROUNDS GIGABYTES

Prints one line of JSON; writes what was concluded and is neither asserted nor trivial (``kg.reasoning.trivial``).
Reading the file and writing the conclusions are not part of the time that is told, which is the best of the rounds.
The process may not use more than so many gigabytes of memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import rdflib
from kg.rdf import PREFIXES
from kg.reasoning import REASONERS, closure
from kg.reasoning.trivial import is_trivial
from kg.rulebook import load_rules
from kg.terms import to_ox
from owlrl import OWLRL_Semantics

try:
    import reasonable
except ImportError:  # The optional dependencies "bench" are not installed.
    reasonable = None

# Literals stay spelt as they are in the file, or respelt ones would look like conclusions.
rdflib.NORMALIZE_LITERALS = False

#: A run prepared on a file: it reasons, and gives a function that lists all triples it then has.
Run = Callable[[], Callable[[], Iterable[ox.Triple]]]

#: Rules of OWL 2 RL as updates, enough for what ontologies like this one use; chains have two members, and there are no
#: rules on equality or contradictions.
UPDATES = {
    "scm-sco": "?a rdfs:subClassOf ?c . ?c rdfs:subClassOf ?b => ?a rdfs:subClassOf ?b",
    "scm-eqc1": "?a owl:equivalentClass ?b => ?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?a",
    "scm-spo": "?a rdfs:subPropertyOf ?c . ?c rdfs:subPropertyOf ?b => ?a rdfs:subPropertyOf ?b",
    "scm-eqp1": "?a owl:equivalentProperty ?b => ?a rdfs:subPropertyOf ?b . ?b rdfs:subPropertyOf ?a",
    "scm-dom1": "?p rdfs:domain ?c . ?c rdfs:subClassOf ?d => ?p rdfs:domain ?d",
    "scm-dom2": "?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q => ?p rdfs:domain ?c",
    "scm-rng1": "?p rdfs:range ?c . ?c rdfs:subClassOf ?d => ?p rdfs:range ?d",
    "scm-rng2": "?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q => ?p rdfs:range ?c",
    "prp-spo1": "?p rdfs:subPropertyOf ?q . ?x ?p ?y => ?x ?q ?y",
    "prp-inv1": "?p owl:inverseOf ?q . ?x ?p ?y FILTER(!isLiteral(?y)) => ?y ?q ?x",
    "prp-inv2": "?p owl:inverseOf ?q . ?x ?q ?y FILTER(!isLiteral(?y)) => ?y ?p ?x",
    "prp-symp": "?p a owl:SymmetricProperty . ?x ?p ?y => ?y ?p ?x",
    "prp-trp": "?p a owl:TransitiveProperty . ?x ?p ?z . ?z ?p ?y => ?x ?p ?y",
    "prp-spo2": "?p owl:propertyChainAxiom ?l . ?l rdf:first ?q ; rdf:rest [ rdf:first ?r ; rdf:rest rdf:nil ] . "
    "?x ?q ?z . ?z ?r ?y => ?x ?p ?y",
    "prp-dom": "?p rdfs:domain ?c . ?x ?p ?y => ?x a ?c",
    "prp-rng": "?p rdfs:range ?c . ?x ?p ?y FILTER(!isLiteral(?y)) => ?y a ?c",
    "cax-sco": "?c rdfs:subClassOf ?d . ?x a ?c => ?x a ?d",
    "cls-hv1": "?c owl:hasValue ?v ; owl:onProperty ?p . ?x a ?c => ?x ?p ?v",
    "cls-hv2": "?c owl:hasValue ?v ; owl:onProperty ?p . ?x ?p ?v => ?x a ?c",
}


def ours(name: str, path: Path) -> Run:
    """One of the reasoners of ``kg.reasoning``; it leaves trivial conclusions out by itself."""
    triples, rules = read(path), load_rules()

    def run() -> Callable[[], Iterable[ox.Triple]]:
        found = closure(triples, reasoner=name, rules=rules)
        return lambda: found.inferred

    return run


def plain_owlrl(path: Path) -> Run:
    """The package owlrl as it comes, without the axiomatic triples."""
    parsed = rdflib.Graph().parse(path, format="nt")

    def run() -> Callable[[], Iterable[ox.Triple]]:
        graph = rdflib.Graph()
        graph += parsed
        OWLRL_Semantics(graph, axioms=False, daxioms=False).closure()
        return lambda: from_rdflib(graph)

    return run


def by_reasonable(path: Path) -> Run:
    """The package reasonable; its own loading of the file is not part of the time."""
    turtle = path.with_suffix(".ttl")
    if not turtle.exists():
        turtle.symlink_to(path)
    waiting = []

    def load() -> None:
        waiting.append(reasonable.PyReasoner())
        waiting[-1].load_file(str(turtle))

    def run() -> Callable[[], Iterable[ox.Triple]]:
        found = waiting.pop().reason()
        return lambda: from_rdflib(found)

    run.before = load  # type: ignore[attr-defined]
    return run


def updates(path: Path) -> Run:
    """The rules above as SPARQL updates, run in turn on an in-memory store until none adds anything."""
    triples = read(path)
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("rdf", "rdfs", "owl"))
    texts = []
    for rule in UPDATES.values():
        body, _, head = rule.partition(" => ")
        texts.append(f"{prefixes} INSERT {{ {head} }} WHERE {{ {body} }}")

    def run() -> Callable[[], Iterable[ox.Triple]]:
        store, before = ox.Store(), -1
        store.extend(ox.Quad(*triple) for triple in triples)
        while before < len(store):
            before = len(store)
            for text in texts:
                store.update(text)
        return lambda: (quad.triple for quad in store)

    return run


def read(path: Path) -> list[ox.Triple]:
    """The triples of a file."""
    return [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES)]


def from_rdflib(triples: Iterable[tuple]) -> Iterable[ox.Triple]:
    """The triples that RDF 1.1 can state, in pyoxigraph's terms."""
    for subject, predicate, object_ in triples:
        if isinstance(predicate, rdflib.URIRef) and not isinstance(subject, rdflib.Literal):
            yield ox.Triple(to_ox(subject), to_ox(predicate), to_ox(object_))


def prepare(name: str, path: Path) -> Run:
    """A run of the reasoner of this name. Raises KeyError if there is none."""
    if name in REASONERS:
        return ours(name, path)
    return {"plain owlrl": plain_owlrl, "reasonable": by_reasonable, "SPARQL updates": updates}[name](path)


def megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Run, measure, tell."""
    name, graph, conclusions, rounds = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    most = int(float(sys.argv[5]) * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    start = time.perf_counter()
    run = prepare(name, graph)
    before = getattr(run, "before", lambda: None)
    load, times, memory = time.perf_counter() - start, [], 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        before()
        load = max(load, time.perf_counter() - start)
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
        memory = memory or megabytes()
    asserted = set(read(graph))
    found = {triple for triple in result() if triple not in asserted and not is_trivial(triple)}
    conclusions.write_text("".join(f"{triple} .\n" for triple in found), encoding="utf-8")
    print(json.dumps({"load": load, "seconds": min(times), "memory": memory, "found": len(found)}))


if __name__ == "__main__":
    main()
