"""Which triples a rule of OWL 2 RL could use. The rest need not be seen by the reasoner, which is slow.

Left out are
- annotations of the ontology: triples whose predicate is one of OWL 2's own annotation properties (Structural
  Specification, section 5.5), unless an axiom mentions it;
- declarations of what kind of term something is (rules scm-cls, scm-op and scm-dp conclude only trivial things);
- types that no axiom mentions;
- facts whose predicate no axiom mentions;
- facts whose predicate has at most domains and ranges (or is a super-property) when what these would conclude, the
  types of subject and object, follows from the types asserted of them. Whether a literal agrees with the range is
  for the shapes to judge.

Facts that are left out could still be copied from one name of a thing to another; ``closure`` sees to that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kg.rdf import PREFIXES

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_TYPE = _RDF + "type"
_DOMAIN, _RANGE = _RDFS + "domain", _RDFS + "range"
_SUBCLASS, _SUBPROPERTY = _RDFS + "subClassOf", _RDFS + "subPropertyOf"
#: Annotation properties of OWL 2 (Structural Specification, section 5.5).
_ANNOTATIONS = {
    *(_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(
        _OWL + name
        for name in (
            "deprecated",
            "versionInfo",
            "priorVersion",
            "backwardCompatibleWith",
            "incompatibleWith",
            "versionIRI",
            "imports",
        )
    ),
}
_STRUCTURE = {_RDF + "first", _RDF + "rest", _DOMAIN, _RANGE, _SUBCLASS, _SUBPROPERTY}
#: Types that declare what kind of term something is and conclude nothing about facts.
_DECLARATIONS = {
    *(_OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Class", "NamedIndividual")),
    _OWL + "Ontology",
    _OWL + "Restriction",
    _RDF + "Property",
    _RDFS + "Class",
}


def relevant(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples that a rule could use, among these."""
    axioms: list[ox.Triple] = []
    facts: list[ox.Triple] = []
    for triple in triples:
        (axioms if _is_axiom(triple) else facts).append(triple)
    axioms = [triple for triple in axioms if not (triple.predicate.value in _ANNOTATIONS or _is_declaration(triple))]
    schema = _Schema(axioms, facts)
    return axioms + [fact for fact in facts if schema.concludes(fact)]


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _is_axiom(triple: ox.Triple) -> bool:
    predicate = triple.predicate.value
    if predicate == _TYPE:
        return _value(triple.object).startswith((_OWL, _RDFS, _RDF))
    return predicate in _STRUCTURE or predicate.startswith(_OWL)


def _is_declaration(axiom: ox.Triple) -> bool:
    return axiom.predicate.value == _TYPE and _value(axiom.object) in _DECLARATIONS


class _Schema:
    """What the axioms demand of facts."""

    def __init__(self, axioms: list[ox.Triple], facts: list[ox.Triple]) -> None:
        self._mentioned: set[object] = set()
        self._demanding: set[object] = set()
        self._domains: dict[object, set] = defaultdict(set)
        self._ranges: dict[object, set] = defaultdict(set)
        above: dict[object, set] = defaultdict(set)
        for triple in axioms:
            self._note(triple)
            if triple.predicate.value == _SUBCLASS:
                above[triple.subject].add(triple.object)
        self._above = {name: _reachable(name, above) for name in list(above)}
        self._types: dict[object, set] = defaultdict(set)
        for fact in facts:
            if fact.predicate.value == _TYPE:
                self._types[fact.subject] |= {fact.object} | self._above.get(fact.object, set())

    def _note(self, axiom: ox.Triple) -> None:
        predicate = axiom.predicate.value
        self._mentioned |= {axiom.subject, axiom.object}
        if predicate == _DOMAIN:
            self._domains[axiom.subject].add(axiom.object)
        elif predicate == _RANGE:
            self._ranges[axiom.subject].add(axiom.object)
        elif predicate == _SUBPROPERTY:
            self._demanding.add(axiom.subject)
        else:
            self._demanding |= {axiom.subject, axiom.object}

    def concludes(self, fact: ox.Triple) -> bool:
        """True if a rule may conclude something from the fact and the axioms that is not known anyway."""
        if fact.predicate.value == _TYPE:
            return fact.object in self._mentioned
        if fact.predicate in self._demanding:
            return True
        if not self._domains.get(fact.predicate, set()) <= self._types.get(fact.subject, set()):
            return True
        if isinstance(fact.object, ox.Literal):
            return False
        return not self._ranges.get(fact.predicate, set()) <= self._types.get(fact.object, set())


def _reachable(start: object, above: dict[object, set]) -> set:
    found: set = set()
    waiting = list(above.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(above.get(name, ()))
    return found
