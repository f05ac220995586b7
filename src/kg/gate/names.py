"""The names that may be used: what the ontology declares, and what the vocabularies that it builds on have."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID, XSD

from kg.gate.hierarchy import TYPE
from kg.model import Corpus
from kg.rdf import ID, PREFIXES

OWN = PREFIXES["ckg"]
#: Vocabularies whose terms are all known: namespace → the terms.
CLOSED = {
    str(terms._NS): terms
    for terms in (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, VOID, XSD)
}
#: The terms of the Web Annotation Vocabulary (section 3) that are of use here.
ANNOTATION = frozenset(
    PREFIXES["oa"] + name
    for name in "Annotation SpecificResource Selector TextPositionSelector TextQuoteSelector FragmentSelector "
    "hasBody hasTarget hasSource hasSelector start end exact prefix suffix motivatedBy".split()
)
_DEPRECATED = PREFIXES["owl"] + "deprecated"
_REPLACED_BY = PREFIXES["dcterms"] + "isReplacedBy"
#: How alike two names must be for one to be offered for the other.
_ALIKE = 0.6


class Names:
    """What the ontology declares and retires, and which resources are described, with the nearest of either."""

    def __init__(self, corpus: Corpus) -> None:
        ontology = [triple for source in corpus.of_kind("ontology") for triple in source.triples]
        named = [triple for triple in ontology if isinstance(triple.subject, ox.NamedNode)]
        self.declared = frozenset(triple.subject.value for triple in named if triple.predicate.value == TYPE)
        self._retired: dict[str, str | None] = {}
        for triple in named:
            if triple.predicate.value == _DEPRECATED and triple.object.value in ("true", "1"):
                self._retired.setdefault(triple.subject.value, None)
        for triple in named:
            if triple.predicate.value == _REPLACED_BY and triple.subject.value in self._retired:
                self._retired[triple.subject.value] = triple.object.value
        described = (triple.subject for source in corpus.of_kind("ontology", "data") for triple in source.triples)
        self.described = frozenset(node.value for node in described if isinstance(node, ox.NamedNode))
        self._by_space: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(self.declared | self.described):
            self._by_space[space_of(iri)].append(iri)
        # The same few terms stand in thousands of triples.
        self.is_unknown = cache(self._is_unknown)
        self.is_foreign = cache(self._is_foreign)
        self.nearest = cache(self._nearest)

    def is_retired(self, iri: str) -> bool:
        """True if the ontology says that the term is deprecated."""
        return iri in self._retired

    def replacement(self, iri: str) -> str | None:
        """The term to use instead of a retired one, if the ontology names it."""
        return self._retired.get(iri)

    def _is_unknown(self, iri: str) -> bool:
        """True for an IRI in a namespace whose terms are all known that is none of them."""
        if iri in self.declared:
            return False
        if iri.startswith(OWN):
            return iri != OWN
        if iri.startswith(PREFIXES["oa"]):
            return iri != PREFIXES["oa"] and iri not in ANNOTATION
        terms = CLOSED.get(space_of(iri))
        return terms is not None and iri != space_of(iri) and URIRef(iri) not in terms

    def _is_foreign(self, iri: str) -> bool:
        """True for an IRI that the ontology does not declare, in a namespace of which nothing is known."""
        space = space_of(iri)
        return iri not in self.declared and space not in CLOSED and space not in (OWN, PREFIXES["oa"])

    def _nearest(self, iri: str) -> str | None:
        """The most alike of the known names in the same namespace or family, if any is alike enough."""
        space = space_of(iri)
        known: Iterable[str] = self._by_space.get(space, ())
        if space in CLOSED:
            known = {*known, *map(str, dir(CLOSED[space]))}
        elif space == PREFIXES["oa"]:
            known = ANNOTATION
        locals_ = {name.removeprefix(space): name for name in sorted(known)}
        local = iri.removeprefix(space)
        found = difflib.get_close_matches(local, locals_, 1, _ALIKE)
        # A slip of capitals is the likeliest of all, and difflib weighs it like any other.
        same = [name for name in locals_ if name.casefold() == local.casefold()]
        return next((locals_[name] for name in same + found), None)


def space_of(iri: str) -> str:
    """The namespace of an IRI, up to its last ``#`` or ``/``; below ``id/`` that of the family."""
    if iri.startswith(ID):
        family, slash, _ = iri.removeprefix(ID).partition("/")
        return ID + family + slash
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
