"""Rules with the axioms of a graph put in, so that only facts are left to match.

Axioms are the triples that the rules of OWL 2 read by name: those whose predicate, or whose class, is a term of RDF,
RDFS or OWL written in a rule, and lists. They are few, and follow from one another. What is left of a rule when its
axioms are found names the very properties and classes whose facts it reads, so that facts can be looked up one by one
instead of being held.

This needs axioms that follow from axioms alone and say nothing of the vocabulary itself. ``Axioms.is_closed`` says
whether they are such; if not, nothing can be told from what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from kg.rdf import CLOSURE_GRAPH, PREFIXES
from kg.reasoning import trivial
from kg.reasoning.clauses import Clause, Program
from kg.reasoning.engine import Inference
from kg.reasoning.facts import Key
from kg.reasoning.lists import FIRST, ITEM, REST, Lists
from kg.reasoning.matching import Matcher
from kg.reasoning.rules import Rule

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
TYPE = ox.NamedNode(_RDF + "type")
SAME_AS = ox.NamedNode(_OWL + "sameAs")
_DEFAULT, _CLOSURE = ox.DefaultGraph(), ox.NamedNode(CLOSURE_GRAPH)
#: Terms of the vocabulary that are said of things, and not of classes and properties.
_OF_THINGS = {TYPE, SAME_AS, *(ox.NamedNode(_OWL + name) for name in ("differentFrom", "Nothing", "Thing"))}
_TOPS = 2


class Vocabulary:
    """What some rules take for axioms: predicates, and classes whose members are axioms."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        atoms = [atom for rule in rules for atom in rule.body]
        named = {atom.predicate for atom in atoms} | {FIRST, REST, ITEM}
        self.predicates = frozenset(term for term in named if term in (FIRST, REST, ITEM) or _is_axiomatic(term))
        typed = {atom.object for atom in atoms if atom.predicate == TYPE}
        self.classes = frozenset(term for term in typed if _is_axiomatic(term))

    def has(self, predicate: object, object_: object) -> bool:
        """True if a triple with this predicate and object is an axiom."""
        return predicate in self.predicates or (predicate == TYPE and object_ in self.classes)

    def stated(self, base: ox.Store) -> set[ox.Triple]:
        """The axioms that a base states: of its default graph, what is not of its closure."""
        patterns = [(predicate, None) for predicate in self.predicates]
        patterns += [(TYPE, one) for one in self.classes]
        found: set[ox.Triple] = set()
        for pattern in patterns:
            everything = {quad.triple for quad in base.quads_for_pattern(None, *pattern, _DEFAULT)}
            found |= everything
            if everything:
                found -= {quad.triple for quad in base.quads_for_pattern(None, *pattern, _CLOSURE)}
        return found


def _is_axiomatic(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term not in _OF_THINGS and term.value.startswith((_RDF, _RDFS, _OWL))


@dataclass(frozen=True)
class Remaining:
    """What is left of a clause: ``body`` are its patterns of facts, ``bound`` what its axioms bind."""

    clause: Clause
    bound: Mapping[int, int]
    head: Key | None
    body: tuple[Key, ...]
    tests: tuple[tuple[str, int, int], ...]

    def premises(self, row: Mapping[int, int]) -> tuple[Key, ...]:
        """All triples that are used where the patterns match with these values, axioms too."""
        values = {**self.bound, **row}
        return (*(put(pattern, values) for pattern in self.clause.body), *self.clause.beyond)


class Axioms:
    """The axioms that a base states, what follows from them, and what they leave of each rule."""

    def __init__(self, rules: Iterable[Rule], base: ox.Store) -> None:
        chosen = tuple(rule for rule in rules if not rule.parameter)
        self.vocabulary = Vocabulary(chosen)
        self.inference = Inference(chosen, self.vocabulary.stated(base))
        self.terms = self.inference.terms
        self.unsaid = trivial.unsaid(self.inference.asserted, self.terms)
        self.type, self.same_as = self.terms.number(TYPE), self.terms.number(SAME_AS)
        lists = Lists(self.inference.facts, self.terms)
        program = Program(chosen, self.terms)
        clauses = [*program.fixed, *program.written_out(lists, self.inference.facts)]
        self._matcher = Matcher(self.terms, self.inference.facts, self.unsaid)
        self.remaining = [one for clause in clauses for one in self._remaining(clause)]
        #: The terms that axioms are about: another name for one of these would be another axiom.
        self.about = frozenset(term for key in self.inference.asserted for term in (key[0], key[2]))
        self.is_closed = self._is_closed() and not self._has_names(base)

    # What is left

    @cached_property
    def reading(self) -> Mapping[tuple[int, int | None], list[tuple[Remaining, int]]]:
        """What is left of clauses with the place of a pattern, by its predicate, and its class if that is rdf:type.

        A predicate that is a variable is -1.
        """
        found = defaultdict(list)
        for one in self.remaining:
            for place, pattern in enumerate(one.body):
                found[self._sort(pattern)].append((one, place))
        return found

    @cached_property
    def concluding(self) -> Mapping[tuple[int, int | None], list[Remaining]]:
        """What is left of clauses by predicate and class of the conclusion, as in ``reading``."""
        found = defaultdict(list)
        for one in self.remaining:
            if one.head:
                found[self._sort(one.head)].append(one)
        return found

    @cached_property
    def turning(self) -> tuple[int, ...]:
        """The properties of which a value may become the subject of a conclusion: inverses and the like."""
        found: set[int] = set()
        for one in self.remaining:
            if one.head and one.head[1] not in (self.type, self.same_as) and self._is_named(one):
                found |= {key[1] for key in one.body if key[2] == one.head[0] and one.head[0] < 0}
        return tuple(sorted(found))

    def sorts(self, key: Key) -> Iterator[tuple[int, int | None]]:
        """The entries of ``reading`` and ``concluding`` that a triple may match."""
        yield key[1], None
        yield -1, None
        if key[1] == self.type:
            yield key[1], key[2]

    def _sort(self, pattern: Key) -> tuple[int, int | None]:
        if pattern[1] == self.type and pattern[2] >= 0:
            return self.type, pattern[2]
        return max(pattern[1], -1), None

    def _remaining(self, clause: Clause) -> Iterator[Remaining]:
        places = [place for place, pattern in enumerate(clause.body) if self._reads_axioms(pattern)]
        facts = tuple(pattern for place, pattern in enumerate(clause.body) if place not in places)
        if not facts and (clause.head is None or self._reads_axioms(clause.head)):
            return
        axioms = replace(clause, head=None, body=tuple(clause.body[place] for place in places), beyond=())
        for used in self._matcher.uses(axioms):
            bound: dict[int, int] = {}
            for place, key in zip(places, used, strict=True):
                bound |= unified(clause.body[place], key) or {}
            tests = tuple((name, bound.get(one, one), bound.get(other, other)) for name, one, other in clause.tests)
            open_tests = tuple(test for test in tests if min(test[1:]) < 0)
            head = put(clause.head, bound) if clause.head else None
            yield Remaining(clause, bound, head, tuple(put(pattern, bound) for pattern in facts), open_tests)

    def _reads_axioms(self, pattern: Key) -> bool:
        _, predicate, object_ = pattern
        term = self.terms[object_] if object_ >= 0 else None
        return predicate >= 0 and self.vocabulary.has(self.terms[predicate], term)

    # Whether that is enough

    def _is_closed(self) -> bool:
        return len(self.unsaid) == _TOPS and all(map(self._is_plain, self.remaining))

    def _is_plain(self, one: Remaining) -> bool:
        """True if a clause concludes no axiom, and reads facts by the names of their properties and classes.

        The exception are the rules on sameness, which read everything: see ``_has_names``.
        """
        if not self._is_named(one):
            return True
        patterns = [*one.body, *([one.head] if one.head else [])]
        if any(predicate < 0 or (predicate == self.type and object_ < 0) for _, predicate, object_ in patterns):
            return False
        return one.head is None or not self._reads_axioms(one.head)

    def _is_named(self, one: Remaining) -> bool:
        """True if a clause is not one on what follows from sameness."""
        return all(pattern[1] != self.same_as for pattern in one.body)

    def _has_names(self, base: ox.Store) -> bool:
        """True if the base has another name for a term of the axioms, or may have two for a literal."""
        for quad in base.quads_for_pattern(None, SAME_AS, None, _DEFAULT):
            numbers = {self.terms.find(quad.subject), self.terms.find(quad.object)}
            if numbers & self.about:
                return True
        single: set[int] = set()
        for one in self.remaining:
            if one.head and one.head[1] == self.same_as and self._is_named(one):
                values = [key for key in one.body if key[2] < 0 and key[2] in (one.head[0], one.head[2])]
                if len({key[:2] for key in values}) > 1:
                    return True
                single |= {key[1] for key in values}
        return any(_has_two_literals(base, self.terms[predicate]) for predicate in single)


def _has_two_literals(base: ox.Store, predicate: object) -> bool:
    """True if a node has two values of a property, one of them a literal."""
    values: dict[object, object] = {}
    for quad in base.quads_for_pattern(None, predicate, None, _DEFAULT):
        other = values.setdefault(quad.subject, quad.object)
        if other != quad.object and ox.Literal in (type(other), type(quad.object)):
            return True
    return False


def put(pattern: Key, values: Mapping[int, int]) -> Key:
    """A pattern with values for variables."""
    subject, predicate, object_ = pattern
    return values.get(subject, subject), values.get(predicate, predicate), values.get(object_, object_)


def unified(pattern: Key, key: Key) -> dict[int, int] | None:
    """The values of variables that make a pattern a triple; None if none do."""
    bound: dict[int, int] = {}
    # Written out: this is the innermost step of all looking up.
    subject, predicate, object_ = pattern
    if subject < 0:
        bound[subject] = key[0]
    elif subject != key[0]:
        return None
    if predicate < 0:
        if bound.setdefault(predicate, key[1]) != key[1]:
            return None
    elif predicate != key[1]:
        return None
    if object_ < 0:
        if bound.setdefault(object_, key[2]) != key[2]:
            return None
    elif object_ != key[2]:
        return None
    return bound
