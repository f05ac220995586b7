"""The data set in a catalogue (DCAT 3, https://www.w3.org/TR/vocab-dcat-3/): who gives it, under which licence, how to
get it, and what made it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kg.catalogue.saying import DATASET_NODE, LICENSE, SERVICE, Saying
from kg.rdf import BASE, PREFIXES
from kg.sparql.negotiate import GRAPHS, Format

CATALOGUE = ox.NamedNode(BASE + "dcat")
_BUILD = ox.NamedNode(CATALOGUE.value + "#build")
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
_PROTOCOL = ox.NamedNode("https://www.w3.org/TR/sparql11-protocol/")
_COMMIT = "swh:1:rev:"
_VERSION = ox.NamedNode(PREFIXES["owl"] + "versionInfo")
#: Of what the files say of the data set, what holds of the catalogue and of each way to get at it as well.
_SHARED = tuple(ox.NamedNode(PREFIXES["dcterms"] + name) for name in ("license", "publisher"))

_TITLES = {
    "catalogue": {"en": "Catalogue of the data set (DCAT)", "it": "Catalogo dell'insieme di dati (DCAT)"},
    "service": {"en": "SPARQL endpoint", "it": "Endpoint SPARQL"},
    "build": {"en": "The build of the data set", "it": "La costruzione dell'insieme di dati"},
}


def describe(said: Sequence[ox.Triple], digest: str, version: str) -> Sequence[ox.Triple]:
    """The catalogue, the data set, its distributions, the endpoint, and what built the data set.

    ``said`` is what the files say of the data set, which is repeated; ``digest`` that of the snapshot, ``version`` that
    of the programme.
    """
    graph = Saying()
    of_dataset = [triple for triple in said if triple.subject == DATASET_NODE]
    shared = [triple for triple in of_dataset if triple.predicate in _SHARED]
    graph.say(CATALOGUE, "a", "dcat:Catalog")
    graph.texts(CATALOGUE, "dcterms:title", _TITLES["catalogue"])
    graph.say(CATALOGUE, "dcat:dataset", DATASET_NODE)
    graph.say(CATALOGUE, "dcat:service", SERVICE)
    graph.say(DATASET_NODE, "a", "dcat:Dataset")
    graph.repeat(said)
    # DCAT has a term of its own since its third version; older readers look for that of OWL.
    graph.say(DATASET_NODE, "dcat:version", *(triple.object for triple in of_dataset if triple.predicate == _VERSION))
    if digest:
        graph.say(DATASET_NODE, "dcterms:identifier", ox.Literal(digest))
    graph.say(DATASET_NODE, "dcat:landingPage", ox.NamedNode(BASE))
    graph.say(SERVICE, "a", "dcat:DataService")
    graph.texts(SERVICE, "dcterms:title", _TITLES["service"])
    graph.say(SERVICE, "dcat:endpointURL", SERVICE)
    graph.say(SERVICE, "dcat:endpointDescription", SERVICE)
    graph.say(SERVICE, "dcat:servesDataset", DATASET_NODE)
    graph.say(SERVICE, "dcterms:conformsTo", _PROTOCOL)
    ways = [SERVICE, *(_distribution(graph, format) for format in GRAPHS)]
    for node in (CATALOGUE, *ways):
        for triple in shared:
            # DCAT 3 asks a distribution for its licence, and knows no publisher of one.
            if triple.predicate == LICENSE or node in (CATALOGUE, SERVICE):
                graph.say(node, triple.predicate, triple.object)
    _origin(graph, version)
    return graph.triples()


def _distribution(graph: Saying, format: Format) -> ox.NamedNode:
    """The default graph in a format, by the Graph Store Protocol."""
    node = ox.NamedNode(f"{CATALOGUE.value}#distribution.{format.name}")
    address = ox.NamedNode(f"{BASE}graphs?default&format={format.name}")
    graph.say(DATASET_NODE, "dcat:distribution", node)
    graph.say(node, "a", "dcat:Distribution")
    graph.texts(node, "dcterms:title", {"en": f"As {format.media_type}", "it": f"In {format.media_type}"})
    graph.say(node, "dcat:mediaType", ox.NamedNode(_MEDIA_TYPE + format.media_type))
    graph.say(node, "dcat:accessURL", address)
    graph.say(node, "dcat:downloadURL", address)
    graph.say(node, "dcat:accessService", SERVICE)
    return node


def committed(commit: str) -> Sequence[ox.Triple]:
    """That the data set was built from the files of a commit, given by its name in hexadecimal.

    No file says so, so that it is no part of the description that a snapshot holds. The commit is named as at Software
    Heritage, where that name stands for its content (SWHID).
    """
    graph = Saying()
    node = ox.NamedNode(_COMMIT + commit)
    graph.say(_BUILD, "prov:used", node)
    graph.say(node, "a", "prov:Entity")
    graph.say(node, "dcterms:identifier", ox.Literal(commit))
    return graph.triples()


def _origin(graph: Saying, version: str) -> None:
    """What built the data set (PROV-O)."""
    programme = ox.NamedNode(CATALOGUE.value + "#programme")
    graph.say(DATASET_NODE, "prov:wasGeneratedBy", _BUILD)
    graph.say(_BUILD, "a", "prov:Activity")
    graph.texts(_BUILD, "rdfs:label", _TITLES["build"])
    graph.say(_BUILD, "prov:wasAssociatedWith", programme)
    graph.say(programme, "a", "prov:SoftwareAgent")
    graph.say(programme, "rdfs:label", ox.Literal(f"kg {version}".strip()))
