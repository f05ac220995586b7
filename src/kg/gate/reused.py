"""The terms of the vocabularies that the ontology builds on, as rdflib has them.

Apart from ``kg.gate.names``, which loads it when a term has to be looked up: rdflib takes a quarter of a second.
"""

from __future__ import annotations

from rdflib import URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID, XSD

_TERMS = {
    str(terms._NS): terms
    for terms in (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID, XSD)
}


def has(space: str, iri: str) -> bool:
    """True if the vocabulary with this namespace has the term. Raises KeyError for a namespace that is not known."""
    return URIRef(iri) in _TERMS[space]


def terms(space: str) -> list[str]:
    """The IRIs of all terms of a vocabulary. Raises KeyError for a namespace that is not known."""
    return [str(term) for term in dir(_TERMS[space])]
