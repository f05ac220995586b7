"""The gallery as resources: SHACL's executables (SHACL Advanced Features, section 6), as the SIB's query examples are.

The format is that of https://github.com/sib-swiss/sparql-examples, which their editor reads from an endpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pyoxigraph as ox

from kg.catalogue.prefixes import DECLARING
from kg.catalogue.saying import SERVICE, Saying
from kg.errors import QueryError
from kg.rdf import BASE
from kg.sparql import guard
from kg.sparql.gallery import GalleryQuery

_SPEX = "https://purl.expasy.org/sparql-examples/ontology#"
#: Form of a query → class of its executable and the property that has its text. SHACL has none for DESCRIBE.
_FORMS: dict[str, tuple[str | ox.NamedNode, str | ox.NamedNode]] = {
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
}
_DESCRIBE = ox.NamedNode(_SPEX + "SPARQLDescribeExecutable"), ox.NamedNode(_SPEX + "describe")


def describe(gallery: Sequence[GalleryQuery]) -> Sequence[ox.Triple]:
    """Each query with what its header says, its text without the header, the endpoint it is for, and the others it asks.

    Raises QueryError if one is no query that the endpoint would take.
    """
    graph = Saying()
    for query in sorted(gallery, key=lambda query: query.name):
        node = ox.NamedNode(f"{BASE}queries#{quote(query.name.removesuffix('.rq'), safe='')}")
        kind, text = form(query)
        graph.say(node, "a", "sh:SPARQLExecutable", kind)
        graph.texts(node, "rdfs:label", query.title)
        graph.texts(node, "rdfs:comment", query.description or query.title)
        for tag, words in sorted(query.keywords.items()):
            graph.say(node, "schema:keywords", *(ox.Literal(word, language=tag) for word in words))
        graph.say(node, text, ox.Literal(query.body))
        graph.say(node, "sh:prefixes", DECLARING)
        graph.say(node, "schema:target", SERVICE)
        graph.say(node, ox.NamedNode(_SPEX + "federatesWith"), *map(ox.NamedNode, query.services))
        if query.as_of:
            # The day for ?asOf that makes the query a good example.
            graph.say(node, "schema:temporalCoverage", ox.Literal(query.as_of))
    return graph.triples()


def form(query: GalleryQuery) -> tuple[str | ox.NamedNode, str | ox.NamedNode]:
    """The class of a query as an executable, and the property that has its text. Raises QueryError if it is none."""
    kind = guard.inspect(query.text, services=query.services)
    if kind == "DESCRIBE":
        return _DESCRIBE
    if kind not in _FORMS:
        raise QueryError(f"{query.name} is no query.", remedy="Begin it with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    return _FORMS[kind]
