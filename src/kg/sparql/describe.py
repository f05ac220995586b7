"""The SPARQL 1.1 Service Description of the endpoint, with the counts of its graphs (VoID)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.sparql.negotiate import GRAPHS, TABLES

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"

#: The W3C's names of the formats (https://www.w3.org/ns/formats/), by short name.
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "jsonld": "JSON-LD",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
}


def service(endpoint: str, graphs: Mapping[str, int], triples: int) -> Sequence[ox.Triple]:
    """The description of the endpoint at this IRI: languages, formats and the dataset with its named graphs.

    ``graphs`` maps the IRI of each named graph to its number of triples, ``triples`` is that of the default graph.
    """
    found: list[ox.Triple] = []
    this = ox.NamedNode(endpoint)
    dataset, default = ox.NamedNode(endpoint + "#dataset"), ox.NamedNode(endpoint + "#default-graph")

    def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        found.append(ox.Triple(subject, ox.NamedNode(predicate), value))

    kind = PREFIXES["rdf"] + "type"
    say(this, kind, ox.NamedNode(SD + "Service"))
    say(this, SD + "endpoint", this)
    say(this, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    for format in (*TABLES, *GRAPHS):
        say(this, SD + "resultFormat", ox.NamedNode(FORMATS + _FORMAT_NAMES[format.name]))
    say(this, SD + "defaultDataset", dataset)
    say(dataset, kind, ox.NamedNode(SD + "Dataset"))
    say(dataset, SD + "defaultGraph", default)
    say(default, kind, ox.NamedNode(SD + "Graph"))
    say(default, PREFIXES["void"] + "triples", ox.Literal(triples))
    for number, (iri, count) in enumerate(sorted(graphs.items()), start=1):
        named = ox.NamedNode(f"{endpoint}#graph-{number}")
        say(dataset, SD + "namedGraph", named)
        say(named, kind, ox.NamedNode(SD + "NamedGraph"))
        say(named, SD + "name", ox.NamedNode(iri))
        graph = ox.NamedNode(f"{endpoint}#graph-{number}-content")
        say(named, SD + "graph", graph)
        say(graph, kind, ox.NamedNode(SD + "Graph"))
        say(graph, PREFIXES["void"] + "triples", ox.Literal(count))
    return found
