"""The description of the endpoint (SPARQL 1.1 Service Description), with the counts of its graphs and its limits.

Of the features that the specification names (section 3.4) only that of federated queries may be there, where some other
services may be asked: the default graph is no union of the named ones, no query needs a dataset of its own, no graph is
empty, and no URI is looked up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.rdf import CLOSURE_GRAPH, DATASET, PREFIXES
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
    "trig": "TriG",
    "nquads": "N-Quads",
}
#: SPARQL11Query as SPARQL 1.1 names it; since 1.2 (Working Draft) the language has no number, and versions are told.
_LANGUAGES = (SD + "SPARQL11Query", SD + "SPARQLQuery")
_VERSIONS = tuple(f"http://www.w3.org/ns/sparql#version-{number}" for number in ("1.0", "1.1", "1.2"))

#: The regime of which the default graph has the conclusions, by the rules of a profile; the other graphs have none.
_REGIME, _SIMPLE = (f"http://www.w3.org/ns/entailment/{name}" for name in ("OWL-RDF-Based", "Simple"))
_PROFILE = "http://www.w3.org/ns/owl-profile/RL"
_DEFAULT_GRAPH = {
    "en": "Ontology, data, and what follows from them by the rules of OWL 2 RL and a few of our own, without what is "
    "trivial: written out, nothing is inferred while a query runs.",
    "it": "Ontologia, dati e ciò che ne segue per le regole di OWL 2 RL e poche altre nostre, senza ciò che è banale: "
    "è scritto, nulla è inferito durante un'interrogazione.",
}
_CLOSURE = {
    "en": "What of the default graph follows without being stated.",
    "it": "Ciò che nel grafo predefinito segue senza essere affermato.",
}


@dataclass(frozen=True)
class Limit:
    """A limit of the endpoint: what it limits, in words by language, and its unit (UN/CEFACT code and word), if any."""

    english: str
    italian: str
    code: str = ""
    unit: str = ""


#: The limits that can be stated, by the name they have in the description.
LIMITS: dict[str, Limit] = {
    "deadline": Limit("Time for a query that asks for no other", "Tempo per un'interrogazione che non ne chiede altro",
                      "SEC", "second"),
    "timeout": Limit("Most time that a query may ask for", "Tempo massimo che un'interrogazione può chiedere",
                     "SEC", "second"),
    "budget": Limit("Work for one client in a minute", "Lavoro per un cliente in un minuto", "SEC", "second"),
    "answer": Limit("Size of an answer", "Dimensione di una risposta", "AD", "byte"),
    "length": Limit("Length of a query", "Lunghezza di un'interrogazione", "", "character"),
    "nesting": Limit("Levels of brackets in a query", "Livelli di parentesi in un'interrogazione"),
    "patterns": Limit("Triple patterns and path steps in a query", "Pattern di triple e passi di percorso"),
    "clauses": Limit("Clauses such as UNION, OPTIONAL and FILTER", "Clausole come UNION, OPTIONAL e FILTER"),
    "operators": Limit("Operators in a query", "Operatori in un'interrogazione"),
}  # fmt: skip


class _Description:
    """Triples, as they are said."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []

    def say(self, subject: ox.NamedNode, predicate: str, *values: ox.NamedNode | ox.Literal | str) -> None:
        """Say something of a subject; text is an IRI."""
        for value in values:
            shown = ox.NamedNode(value) if isinstance(value, str) else value
            self.triples.append(ox.Triple(subject, ox.NamedNode(predicate), shown))

    def texts(self, subject: ox.NamedNode, predicate: str, texts: Mapping[str, str]) -> None:
        """Say the same in several languages."""
        self.say(subject, predicate, *(ox.Literal(text, language=tag) for tag, text in texts.items()))


def service(
    endpoint: str,
    graphs: Mapping[str, int],
    triples: int,
    limits: Mapping[str, float] | None = None,
    documents: Sequence[str] = (),
    others: Collection[str] = (),
) -> Sequence[ox.Triple]:
    """The description of the endpoint at this IRI: languages, formats, limits, and the dataset with its named graphs.

    ``graphs`` maps the IRI of each named graph to its number of triples, ``triples`` is that of the default graph;
    ``limits`` has the values of some of ``LIMITS``; ``documents`` are the addresses of what describes the data set; ``others``
    the services that a query may ask by SERVICE.
    """
    found = _Description()
    this, dataset = ox.NamedNode(endpoint), ox.NamedNode(endpoint + "#dataset")
    found.say(this, PREFIXES["rdf"] + "type", SD + "Service", PREFIXES["dcat"] + "DataService")
    found.say(this, SD + "endpoint", this)
    found.say(this, PREFIXES["dcat"] + "endpointURL", this)
    found.say(this, PREFIXES["dcat"] + "servesDataset", DATASET)
    found.say(this, PREFIXES["rdfs"] + "seeAlso", *documents)
    found.say(this, SD + "supportedLanguage", *_LANGUAGES)
    found.say(this, SD + "supportedVersion", *_VERSIONS)
    offered = (*TABLES, *GRAPHS)
    found.say(this, SD + "resultFormat", *(FORMATS + _FORMAT_NAMES[one.name] for one in offered if not one.by_name))
    found.say(this, SD + "defaultEntailmentRegime", _REGIME)
    found.say(this, SD + "defaultSupportedEntailmentProfile", _PROFILE)
    found.say(this, SD + "defaultDataset", dataset)
    if others:
        found.say(this, SD + "feature", SD + "BasicFederatedQuery")
    _graphs(found, endpoint, dataset, graphs, triples)
    _limits(found, endpoint, limits or {})
    return found.triples


def _graphs(
    found: _Description, endpoint: str, dataset: ox.NamedNode, graphs: Mapping[str, int], triples: int
) -> None:
    """The default graph and the named ones."""
    kind, count, words = PREFIXES["rdf"] + "type", PREFIXES["void"] + "triples", PREFIXES["rdfs"] + "comment"
    default = ox.NamedNode(endpoint + "#default-graph")
    found.say(dataset, kind, SD + "Dataset")
    found.say(dataset, SD + "defaultGraph", default)
    found.say(default, kind, SD + "Graph")
    found.say(default, count, ox.Literal(triples))
    found.texts(default, words, _DEFAULT_GRAPH)
    for number, (iri, size) in enumerate(sorted(graphs.items()), start=1):
        named = ox.NamedNode(f"{endpoint}#graph-{number}")
        graph = ox.NamedNode(f"{endpoint}#graph-{number}-content")
        found.say(dataset, SD + "namedGraph", named)
        found.say(named, kind, SD + "NamedGraph")
        found.say(named, SD + "name", iri)
        found.say(named, SD + "entailmentRegime", _SIMPLE)
        found.say(named, SD + "graph", graph)
        found.say(graph, kind, SD + "Graph")
        found.say(graph, count, ox.Literal(size))
        if iri == CLOSURE_GRAPH:
            found.texts(graph, words, _CLOSURE)


def _limits(found: _Description, endpoint: str, limits: Mapping[str, float]) -> None:
    """Each limit as a property with a highest value (https://schema.org/PropertyValue)."""
    schema = PREFIXES["schema"]
    for name, value in sorted(limits.items()):
        limit, node = LIMITS[name], ox.NamedNode(f"{endpoint}#limit-{name}")
        whole = int(value) if value == int(value) else value
        found.say(ox.NamedNode(endpoint), schema + "additionalProperty", node)
        found.say(node, PREFIXES["rdf"] + "type", schema + "PropertyValue")
        found.say(node, schema + "propertyID", ox.Literal(name))
        found.texts(node, schema + "name", {"en": limit.english, "it": limit.italian})
        found.say(node, schema + "maxValue", ox.Literal(whole))
        if limit.code:
            found.say(node, schema + "unitCode", ox.Literal(limit.code))
        if limit.unit:
            found.say(node, schema + "unitText", ox.Literal(limit.unit))
