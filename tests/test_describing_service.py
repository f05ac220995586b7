"""The description of the endpoint: valid under the specification, and true of the server that gives it."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from checkout import ROOT
from serving import Server, serving, write_snapshot

from kg.rdf import CLOSURE_GRAPH, DATASET, PREFIXES
from kg.sparql.describe import LIMITS, SD, service

SCHEMA = PREFIXES["schema"]
TURTLE = {"Accept": "text/turtle"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("described") / "state")
    with serving(state, "--deadline", "2.5", "--max-deadline", "20", "--max-nesting", "20") as running:
        yield running


def described(server: Server) -> rdflib.Graph:
    answer = server.ask("GET", "/sparql", TURTLE)
    assert answer.status == 200 and answer.media_type == "text/turtle"
    return rdflib.Graph().parse(data=answer.body, format="turtle")


def limit(graph: rdflib.Graph, name: str) -> float | None:
    (node,) = [*graph.subjects(rdflib.URIRef(SCHEMA + "propertyID"), rdflib.Literal(name))] or [None]
    return None if node is None else graph.value(node, rdflib.URIRef(SCHEMA + "maxValue")).toPython()


def test_it_is_valid(server: Server) -> None:
    shapes = rdflib.Graph().parse(ROOT / "tests" / "cases" / "describing" / "service.ttl")
    conforms, _, words = pyshacl.validate(described(server), shacl_graph=shapes)
    assert conforms, words
    this, words = rdflib.URIRef(f"{server.address}/sparql"), rdflib.Namespace(SD)
    assert described(server).value(this, words.endpoint) == this
    assert not [*described(server).objects(None, words.feature)]


def test_the_limits_are_those_that_hold(server: Server) -> None:
    graph = described(server)
    stated = {str(name) for name in graph.objects(None, rdflib.URIRef(SCHEMA + "propertyID"))}
    assert stated == set(LIMITS)
    assert (limit(graph, "deadline"), limit(graph, "timeout"), limit(graph, "nesting")) == (2.5, 20, 20)

    def nested(levels: int) -> int:
        return server.query("ASK " + "{" * levels + "}" * levels).status

    def joined(patterns: int) -> int:
        return server.query("ASK { " + "<urn:a> <urn:b> <urn:c> . " * patterns + "}").status

    def operators(count: int) -> int:
        return server.query("ASK { FILTER(" + "!" * count + "true) }").status

    def long(characters: int) -> int:
        return server.query("ASK {}" + " " * (characters - 6)).status

    for name, ask in (("nesting", nested), ("patterns", joined), ("operators", operators), ("length", long)):
        most = int(limit(graph, name))
        assert (ask(most), ask(most + 1) // 100) == (200, 4), name
    most = limit(graph, "timeout")
    for timeout, status in ((most, 200), (most + 1, 400)):
        assert server.ask("GET", f"/sparql?query=ASK%7B%7D&timeout={timeout:g}").status == status


def test_where_the_data_set_is_described(server: Server) -> None:
    graph, this = described(server), rdflib.URIRef(f"{server.address}/sparql")
    documents = {str(address) for address in graph.objects(this, rdflib.RDFS.seeAlso)}
    assert documents == {f"{server.address}/void", f"{server.address}/dcat"}
    assert (this, rdflib.URIRef(PREFIXES["dcat"] + "servesDataset"), rdflib.URIRef(DATASET)) in graph
    # The snapshot of this server was not built, and describes nothing: it says so.
    assert server.ask("GET", "/void", TURTLE).status == 404


def test_what_follows_is_told_from_what_is_stated() -> None:
    endpoint = "http://example.org/sparql"
    found = service(endpoint, {CLOSURE_GRAPH: 2, "urn:x": 1}, 5, {"deadline": 0.5})
    said = {(t.subject.value, t.predicate.value.rpartition("#")[2], t.object) for t in found}
    names = {s: o.value for s, p, o in said if p == "name" and isinstance(o, ox.NamedNode)}
    regimes = {names[s]: o.value for s, p, o in said if p == "entailmentRegime"}
    assert regimes == dict.fromkeys((CLOSURE_GRAPH, "urn:x"), "http://www.w3.org/ns/entailment/Simple")
    assert (endpoint, "defaultEntailmentRegime", ox.NamedNode("http://www.w3.org/ns/entailment/OWL-RDF-Based")) in said
    profile = ox.NamedNode("http://www.w3.org/ns/owl-profile/RL")
    assert (endpoint, "defaultSupportedEntailmentProfile", profile) in said
    assert {o.value for _, p, o in said if p.endswith("maxValue")} == {"0.5"}
