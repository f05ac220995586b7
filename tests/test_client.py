"""The endpoint as a scholar's own client sees it: SPARQLWrapper, unmodified, against a real server process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rdflib import Graph
from SPARQLWrapper import CSV, GET, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML
from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

pytestmark = pytest.mark.server

PREFIXES = """
    PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>
    PREFIX owl: <http://www.w3.org/2002/07/owl#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
CLASSES = PREFIXES + 'SELECT ?term ?label { ?term a owl:Class ; rdfs:label ?label FILTER (lang(?label) = "it") }'
LABELS = PREFIXES + "CONSTRUCT { ?term rdfs:label ?label } WHERE { ?term a owl:Class ; rdfs:label ?label }"

Endpoint = Callable[..., SPARQLWrapper]


@pytest.fixture
def endpoint(live_server: str) -> Endpoint:
    """A function that makes a client holding a query, ready to be sent."""

    def make(query: str, form: str = JSON, method: str = GET, request: str = URLENCODED) -> SPARQLWrapper:
        client = SPARQLWrapper(live_server + "/sparql")
        client.setQuery(query)
        client.setReturnFormat(form)
        client.setMethod(method)
        client.setRequestMethod(request)
        client.setTimeout(30)
        return client

    return make


@pytest.mark.parametrize(("method", "request_by"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_every_way_of_asking_gives_the_same_answer(endpoint: Endpoint, method: str, request_by: str) -> None:
    found = endpoint(CLASSES, JSON, method, request_by).queryAndConvert()["results"]["bindings"]
    assert all(row["label"]["xml:lang"] == "it" for row in found)
    assert "https://w3id.org/coalition-kg/ontology#Position" in {row["term"]["value"] for row in found}


def test_select_in_every_format(endpoint: Endpoint) -> None:
    rows = len(endpoint(CLASSES, JSON).queryAndConvert()["results"]["bindings"])
    assert rows > 0
    assert len(endpoint(CLASSES, XML).queryAndConvert().getElementsByTagName("result")) == rows
    for form in (CSV, TSV):
        assert len(endpoint(CLASSES, form).queryAndConvert().decode("utf-8").splitlines()) == rows + 1


# SPARQLWrapper 2.0 itself reads RDF/XML and JSON-LD into the class that rdflib 7 deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [TURTLE, RDFXML, JSONLD])
def test_construct_in_every_format(endpoint: Endpoint, form: str) -> None:
    expected = endpoint(CLASSES + " LIMIT 1").queryAndConvert()["results"]["bindings"][0]
    answer = endpoint(LABELS, form).queryAndConvert()
    graph = answer if isinstance(answer, Graph) else Graph().parse(data=answer, format="turtle")
    assert expected["label"]["value"] in {str(label) for label in graph.objects()}


def test_ask(endpoint: Endpoint) -> None:
    assert endpoint(PREFIXES + "ASK { ckg:Position a owl:Class }").queryAndConvert()["boolean"] is True
    assert endpoint(PREFIXES + "ASK { ckg:NoSuchTerm a owl:Class }").queryAndConvert()["boolean"] is False


def test_a_malformed_query_is_the_clients_fault(endpoint: Endpoint) -> None:
    with pytest.raises(QueryBadFormed) as refusal:
        endpoint("SELECT ?x WHERE { ?x a }").query()
    assert "Traceback" not in str(refusal.value)
