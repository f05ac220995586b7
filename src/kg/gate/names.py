"""The names that may be used: what the ontology declares, and what the vocabularies that it builds on have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import import_module
from itertools import islice
from types import ModuleType

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import OWL, A
from kg.rdf import ID, PREFIXES, kind_of

OWN = PREFIXES["ckg"]
#: Namespaces of the vocabularies whose terms are all known.
CLOSED = frozenset(
    PREFIXES[prefix]
    for prefix in "dcat dcterms foaf org owl prov rdf rdfs schema skos vann void xsd".split()
)
#: The terms of the Web Annotation Vocabulary (section 3) that are of use here.
ANNOTATION = frozenset(
    PREFIXES["oa"] + name
    for name in "Annotation SpecificResource Selector TextPositionSelector TextQuoteSelector FragmentSelector "
    "hasBody hasTarget hasSource hasSelector start end exact prefix suffix motivatedBy".split()
)
#: Datatypes of most literals (RDF 1.1 Concepts, section 5.1), known without asking.
_COMMON = frozenset(
    {PREFIXES["xsd"] + name for name in "string integer decimal boolean date dateTime gYear gYearMonth anyURI".split()}
    | {PREFIXES["rdf"] + "langString"}
)
_DEPRECATED = ox.NamedNode(OWL + "deprecated")
_REPLACED_BY = ox.NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
#: How alike two names must be for one to be offered for the other, in percent.
_ALIKE = 60
#: How many uses are enough to take a term for known.
_WIDELY = 50


class Names:
    """What the ontology declares and retires, and which resources are described, with the nearest of either.

    Each is looked up, after the change, when it is asked for, and kept.
    """

    def __init__(self, change: Changed) -> None:
        self._change = change
        # The same few terms stand in thousands of triples.
        self.is_declared = cache(self._is_declared)
        self.is_described = cache(self._is_described)
        self.is_unknown = cache(self._is_unknown)
        self.is_foreign = cache(self._is_foreign)
        self.nearest = cache(self._nearest)

    def _is_declared(self, iri: str) -> bool:
        """True if a file of the ontology says what the term is."""
        return any(kind_of(path) == "ontology" for path, _ in self._change.stated(ox.NamedNode(iri), A))

    def _is_described(self, iri: str) -> bool:
        """True if ontology or data say anything of the node."""
        return self._change.new.describes(ox.NamedNode(iri))

    def is_retired(self, iri: str) -> bool:
        """True if the ontology says that the term is deprecated."""
        return iri in self._retired

    @cached_property
    def _retired(self) -> frozenset[str]:
        return frozenset(
            triple.subject.value
            for path, triple in self._change.stated(None, _DEPRECATED)
            if triple.object.value in ("true", "1") and kind_of(path) == "ontology"
        )

    def replacements(self, iri: str) -> list[str]:
        """The terms that the ontology names in place of a retired one, sorted."""
        better = self._change.stated(ox.NamedNode(iri), _REPLACED_BY)
        return sorted({triple.object.value for path, triple in better if kind_of(path) == "ontology"})

    def _is_unknown(self, iri: str) -> bool:
        """True for an IRI in a namespace whose terms are all known that is none of them."""
        space = space_of(iri)
        if not iri.startswith(OWN) and space not in CLOSED and space != PREFIXES["oa"]:
            return False
        if iri in _COMMON or iri == space or self.is_declared(iri):
            return False
        if iri.startswith(OWN):
            return True
        if space == PREFIXES["oa"]:
            return iri not in ANNOTATION
        return not self._is_used(iri) and not _late("reused").has(space, iri)

    def _is_used(self, iri: str) -> bool:
        """True if a file that does not differ uses a term as a property or class, so that it was found to exist.

        Of a term with very many uses only these are counted.
        """
        if self._change.is_whole:
            return False
        term, differ = ox.NamedNode(iri), self._change.files.keys() | self._change.before.keys()
        for pattern in ((None, term, None), (None, A, term)):
            uses = islice(self._change.base.quads_for_pattern(*pattern, None), _WIDELY)
            if sum(1 for _ in uses) == _WIDELY:
                return True
            if any(path not in differ for path, _ in self._change.stated(*pattern)):
                return True
        return False

    def _is_foreign(self, iri: str) -> bool:
        """True for an IRI that the ontology does not declare, in a namespace of which nothing is known."""
        space = space_of(iri)
        return space not in CLOSED and space not in (OWN, PREFIXES["oa"]) and not self.is_declared(iri)

    def _nearest(self, iri: str) -> str | None:
        """The most alike of the known names in the same namespace or family, if any is alike enough."""
        space = space_of(iri)
        known: Iterable[str] = self._by_space.get(space, ())
        if space in CLOSED:
            known = {*known, *_late("reused").terms(space)}
        elif space == PREFIXES["oa"]:
            known = {*known, *ANNOTATION}
        locals_ = {name[len(space):]: name for name in sorted(known) if name != iri}
        found = _late("alike").nearest(iri[len(space):], list(locals_), _ALIKE)
        return locals_[found] if found else None

    @cached_property
    def _by_space(self) -> dict[str, list[str]]:
        """Nodes that ontology and data give a class, by namespace or family."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self._change.classed:
            found[space_of(iri)].append(iri)
        return found


def _late(name: str) -> ModuleType:
    """A module of the gate that brings a library few contributions need, loaded when it is needed."""
    return import_module(f"kg.gate.{name}")


def space_of(iri: str) -> str:
    """The namespace of an IRI, up to its last ``#`` or ``/``; below ``id/`` that of the family."""
    if iri.startswith(ID):
        family, slash, _ = iri.removeprefix(ID).partition("/")
        return ID + family + slash
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
