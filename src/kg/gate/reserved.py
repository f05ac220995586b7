"""Statements that would change what the language itself means (OWL 2 Structural Specification, section 2.4).

What the rules conclude rests on ``rdf:type`` and its like meaning what the standards say. A statement that gives one of
these another meaning makes everything follow from everything, and takes longer to judge than anybody waits; so it is
refused before anything is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.rdf import PREFIXES

_RDF, _RDFS, _OWL, _XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
_SPACES = (_RDF, _RDFS, _OWL, _XSD)
_TYPE = _RDF + "type"
#: What may be stated of a reserved term: what it is, as the standards say it.
_DECLARING = frozenset(
    {_OWL + "AnnotationProperty", _RDFS + "Datatype", _RDFS + "Class", _RDF + "Property", _OWL + "Class"}
)
#: What makes two terms one, or turns one into the other.
_EQUATING = frozenset(_OWL + name for name in ("sameAs", "equivalentProperty", "inverseOf", "equivalentClass"))
_BELOW = frozenset({_RDFS + "subPropertyOf", _RDFS + "subClassOf"})
#: Reserved terms that others may be below.
_OPEN = frozenset(
    {_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy", "member", "Resource", "Literal")}
    | {_OWL + "Thing", _OWL + "Nothing", _OWL + "topObjectProperty", _OWL + "topDataProperty", _RDF + "List"}
)


def stated_of(triples: Iterable[ox.Triple]) -> Iterator[tuple[ox.Triple, ox.NamedNode]]:
    """The statements that change the meaning of a reserved term, each with the term."""
    for triple in triples:
        subject, predicate, value = triple
        if not isinstance(value, ox.NamedNode):
            continue
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(_SPACES):
            if not (predicate.value == _TYPE and value.value in _DECLARING):
                yield triple, subject
        elif value.value.startswith(_SPACES) and _gives_away(predicate.value, value.value):
            yield triple, value


def _gives_away(predicate: str, value: str) -> bool:
    if predicate in _EQUATING:
        return value != _OWL + "Nothing" and not value.startswith(_XSD)
    return predicate in _BELOW and value not in _OPEN and not value.startswith(_XSD)
