"""Which conclusions are true but not worth saying, and so are kept out of the closure.

1. Statements about blank nodes, or with one as object: no query can name them.
2. Statements about the terms of RDF, RDFS, OWL and XSD themselves (axiomatic triples, cls-thing, dt-type1).
3. Statements that something is a thing, a class, a property: types from RDF, RDFS and OWL (rdfs:Resource, owl:Thing …).
4. What holds of everything with itself: equality and the reflexive hierarchy (eq-ref, scm-cls, scm-op, scm-dp).
5. Being below the top class, or having it as domain or range, which all have (scm-cls, scm-dom1, scm-rng1).
6. Statements that RDF 1.1 cannot state: about a literal, or with a blank node as predicate.

Our own engine does not even draw some of them, so that nobody waits for them (``unsaid``, and eq-ref in ``rules/``):
that something is a thing or a resource, or that these are its domain or range. Nothing else rests on these unless an
axiom says something of owl:Thing or rdfs:Resource themselves; then they are drawn, and left out afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reasoning.facts import MASK, SHIFT, Facts, Relation, Terms

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
#: Where an axiom may name the top class without its mattering who belongs to it.
_OF_OTHERS = {PREFIXES["owl"] + name for name in ("someValuesFrom", "allValuesFrom", "onClass")}
_TO_CLASS = {PREFIXES["rdfs"] + name for name in ("subClassOf", "domain", "range")}


def is_trivial(triple: ox.Triple) -> bool:
    """True for the conclusions listed in this module's description."""
    subject, predicate, object_ = triple.subject, triple.predicate.value, triple.object
    if not (is_own(subject) and _may_be_value(predicate, object_)):
        return True
    return predicate in _REFLEXIVE and subject == object_


def unsaid(asserted: Facts, terms: Terms) -> frozenset[int]:
    """The classes of which it need not be concluded that something belongs to them: the top ones, unless they are
    themselves below, equivalent to or disjoint with something, or members of a list."""
    found = set()
    for name in _TOP:
        top = terms.number(ox.NamedNode(name))
        if not any(
            _may_matter(terms[predicate].value, relation, top)
            for predicate, relation in asserted.relations.items()
            if isinstance(terms[predicate], ox.NamedNode)
        ):
            found.add(top)
    return frozenset(found)


def _may_matter(predicate: str, relation: Relation, top: int) -> bool:
    is_axiom = predicate.startswith(PREFIXES["owl"])
    as_subject = is_axiom or predicate == PREFIXES["rdfs"] + "subClassOf"
    as_object = (is_axiom and predicate not in _OF_OTHERS) or predicate == PREFIXES["rdf"] + "first"
    return (as_subject and top in relation.forward) or (as_object and top in relation.backward)


def telling(predicate: int, pairs: Iterable[int], terms: Terms) -> Iterator[ox.Triple]:
    """The triples of these pairs of one predicate that are not trivial: ``is_trivial``, but each term judged once."""
    verb = terms[predicate]
    if not isinstance(verb, ox.NamedNode):
        return
    subjects: dict[int, bool] = {}
    objects: dict[int, bool] = {}
    is_reflexive = verb.value in _REFLEXIVE
    for pair in pairs:
        subject, object_ = pair >> SHIFT, pair & MASK
        if subject not in subjects:
            subjects[subject] = is_own(terms[subject])
        if object_ not in objects:
            objects[object_] = _may_be_value(verb.value, terms[object_])
        if subjects[subject] and objects[object_] and not (is_reflexive and subject == object_):
            yield ox.Triple(terms[subject], verb, terms[object_])


def is_own(subject: object) -> bool:
    """True for a term of which conclusions are worth saying: an IRI outside RDF, RDFS, OWL and XSD."""
    return isinstance(subject, ox.NamedNode) and not subject.value.startswith(_VOCABULARIES)


def _may_be_value(predicate: str, object_: object) -> bool:
    if not isinstance(object_, ox.NamedNode):
        return not isinstance(object_, ox.BlankNode)
    if predicate == _TYPE:
        return not object_.value.startswith(_VOCABULARIES)
    return not (predicate in _TO_CLASS and object_.value in _TOP)
