"""What the ontology and the vocabularies say of their own terms: what is below what, and which words there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kg.rdf import PREFIXES

_CKG = PREFIXES["ckg"]
_ABOVE = {PREFIXES["rdfs"] + "subClassOf", PREFIXES["rdfs"] + "subPropertyOf"}
_SCHEME = PREFIXES["skos"] + "inScheme"
_NOTATION = PREFIXES["skos"] + "notation"


@dataclass(frozen=True)
class Vocabulary:
    """The terms of ontology and vocabularies: ``above`` has for each those above it, ``scheme`` where a concept
    belongs, and ``sign`` its notation."""

    above: dict[str, set[str]] = field(default_factory=dict)
    scheme: dict[str, str] = field(default_factory=dict)
    sign: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, triples: Iterable[ox.Triple]) -> Vocabulary:
        """The vocabulary that these triples tell."""
        above: dict[str, set[str]] = defaultdict(set)
        scheme, sign = {}, {}
        for triple in triples:
            predicate = triple.predicate.value
            if not isinstance(triple.subject, ox.NamedNode):
                continue
            subject = triple.subject.value
            if predicate in _ABOVE and isinstance(triple.object, ox.NamedNode) and triple.object.value != subject:
                above[subject].add(triple.object.value)
            elif predicate == _SCHEME and isinstance(triple.object, ox.NamedNode):
                scheme[subject] = triple.object.value
            elif predicate == _NOTATION and isinstance(triple.object, ox.Literal):
                sign[subject] = triple.object.value
        return cls(dict(above), scheme, sign)

    def all_above(self, term: str) -> set[str]:
        """A class or property and all above it."""
        found, waiting = {term}, [term]
        while waiting:
            new = self.above.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def narrowest(self, kinds: Iterable[str]) -> str:
        """The class among these that says most: of the project's ontology if one is, below most others, first by name;
        empty if there is none."""
        given = frozenset(kinds)
        known = self._narrowest.get(given)
        if known is None:
            ranked = sorted(given, key=lambda kind: (not kind.startswith(_CKG), -len(self.all_above(kind)), kind))
            known = self._narrowest[given] = ranked[0] if ranked else ""
        return known

    @cached_property
    def _narrowest(self) -> dict[frozenset[str], str]:
        """What was found of the sets of classes that were asked for, of which a graph has few."""
        return {}

    @cached_property
    def agents(self) -> frozenset[str]:
        """The properties by which a report names the agent that it is about."""
        agent = _CKG + "agent"
        return frozenset({agent, *(term for term in self.above if agent in self.all_above(term))})

    @cached_property
    def reporting(self) -> tuple[str, ...]:
        """The same, the narrowest first."""
        return tuple(sorted(self.agents, key=lambda one: (-len(self.all_above(one)), one)))
