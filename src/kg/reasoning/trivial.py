"""Which conclusions are true but not worth saying, and so are kept out of the closure.

1. Statements about blank nodes, or with one as object: no query can name them.
2. Statements about the terms of RDF, RDFS, OWL and XSD themselves (axiomatic triples, cls-thing, dt-type1).
3. Statements that something is a thing, a class, a property: types from RDF, RDFS and OWL (rdfs:Resource, owl:Thing …).
4. What holds of everything with itself: equality and the reflexive hierarchy (eq-ref, scm-cls, scm-op, scm-dp).
5. Being below the top class, or having it as domain or range, which all have (scm-cls, scm-dom1, scm-rng1).
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.rdf import PREFIXES

_VOCABULARIES = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
_TYPE = PREFIXES["rdf"] + "type"
_TOP = {PREFIXES["owl"] + "Thing", PREFIXES["rdfs"] + "Resource"}
_REFLEXIVE = {
    PREFIXES["owl"] + "sameAs",
    PREFIXES["owl"] + "equivalentClass",
    PREFIXES["owl"] + "equivalentProperty",
    PREFIXES["rdfs"] + "subClassOf",
    PREFIXES["rdfs"] + "subPropertyOf",
}
_TO_CLASS = {PREFIXES["rdfs"] + name for name in ("subClassOf", "domain", "range")}


def is_trivial(triple: ox.Triple) -> bool:
    """True for the conclusions listed in this module's description."""
    subject, predicate, object_ = triple.subject, triple.predicate.value, triple.object
    if not isinstance(subject, ox.NamedNode) or isinstance(object_, ox.BlankNode):
        return True
    if subject.value.startswith(_VOCABULARIES):
        return True
    if predicate == _TYPE:
        return isinstance(object_, ox.NamedNode) and object_.value.startswith(_VOCABULARIES)
    if predicate in _REFLEXIVE and subject == object_:
        return True
    return predicate in _TO_CLASS and isinstance(object_, ox.NamedNode) and object_.value in _TOP
