"""Forward chaining to a fixpoint, semi-naive: a round joins only against what the last round added.

The closure follows additions and removals of triples without starting over: additions like another round; removals by
deleting all that may have rested on them and deriving again what still follows (delete and rederive).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reasoning import trivial
from kg.reasoning.clauses import Clause, Program
from kg.reasoning.facts import MASK, SHIFT, Facts, Key, Terms
from kg.reasoning.lists import Lists
from kg.reasoning.matching import Matcher
from kg.reasoning.rules import Rule

#: From what share of the closure on a removal is dearer than starting over.
_TOO_MUCH = 0.2
#: The step from the triples of an RDF list to its nodes; no rule of its own.
LIST = "list"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_Result = TypeVar("_Result")


def _without_collection(method: Callable[..., _Result]) -> Callable[..., _Result]:
    """Run without Python's collector of circular garbage, which would walk over millions of rows again and again.

    Rows are tuples of numbers, in which there are no circles. At a million triples it takes four fifths of the time.
    """

    @wraps(method)
    def run(*arguments: object) -> _Result:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            return method(*arguments)
        finally:
            if was_enabled:
                gc.enable()

    return run


@dataclass(frozen=True)
class Step:
    """One use of a rule: its name, and the triples it used. What it concludes is known to whoever asked."""

    rule: str
    premises: tuple[Key, ...]


class Inference:
    """A graph and what follows from it by some rules. Inside, a literal may be the subject of a triple."""

    def __init__(self, rules: Iterable[Rule], triples: Iterable[ox.Triple]) -> None:
        self._rules = tuple(rule for rule in rules if not rule.parameter)
        self.terms = Terms()
        self._read(triples)

    @_without_collection
    def _read(self, triples: Iterable[ox.Triple]) -> None:
        self._start(self.terms.facts(triples))

    @_without_collection
    def _start(self, asserted: Facts) -> None:
        """All that follows from some triples: by every clause at once, and then round by round."""
        self.asserted, self.facts = asserted, Facts()
        _take(self.facts, asserted)
        self._lists = Lists(self.facts, self.terms)
        self._program = Program((rule for rule in self._rules if not rule.is_clash), self.terms)
        self._clash_program = Program((rule for rule in self._rules if rule.is_clash), self.terms)
        self._anchors = self._program.anchors | self._clash_program.anchors
        self._unsaid = trivial.unsaid(asserted, self.terms)
        self._matcher = Matcher(self.terms, self.facts, self._unsaid)
        self._axioms = {axiom.head: axiom.rule for axiom in self._program.axioms if axiom.head}
        for key in self._axioms:
            self.facts.add_key(key)
        _take(self.facts, self._lists.facts(self._anchors))
        self._clauses = [*self._program.fixed, *self._program.written_out(self._lists, self.facts)]
        self._watched = [*self._clash_program.fixed, *self._clash_program.written_out(self._lists, self.facts)]
        self._saturate(self._concluded(self._clauses))
        self._clashes = dict.fromkeys(self._clashing(None))
        # A change asks for the types of a few things; a whole run never does, so that the first change would wait.
        types = self.facts.relations.get(self.terms.number(_TYPE))
        if types:
            types.ready()

    # What follows

    @_without_collection
    def inferred(self) -> frozenset[ox.Triple]:
        """The triples that follow, are not asserted and not trivial."""
        found: set[ox.Triple] = set()
        for predicate, relation in self.facts.relations.items():
            if predicate != self._lists.item:
                own = self.asserted.relations.get(predicate)
                pairs = relation.pairs - own.pairs if own else relation.pairs
                found.update(trivial.telling(predicate, pairs, self.terms))
        return frozenset(found)

    def statement(self, key: Key) -> tuple[object, object, object]:
        """The terms of a triple."""
        return self.terms[key[0]], self.terms[key[1]], self.terms[key[2]]

    def clashes(self) -> tuple[Step, ...]:
        """The contradictions: each use of a rule that must never apply."""
        return tuple(self._clashes)

    def steps(self, key: Key) -> Iterator[Step]:
        """Each way in which a rule concludes a triple from others of the closure."""
        if key[1] == self._lists.item:
            yield from (Step(LIST, premises) for premises in self._lists.premises_of(key))
            return
        if key in self._axioms:
            yield Step(self._axioms[key], ())
        for clause in self._clauses:
            yield from (Step(clause.rule, premises) for premises in self._matcher.leading_to(clause, key))

    # Changes

    @_without_collection
    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Add triples, and what follows from them."""
        delta = Facts()
        for triple in triples:
            key = self.terms.key(triple)
            if key not in self.asserted:
                self.asserted.add_key(key)
                if key not in self.facts:
                    delta.add_key(key)
        if trivial.unsaid(self.asserted, self.terms) != self._unsaid:
            self._start(self.asserted)
        else:
            new = self._saturate(delta)
            self._clashes |= dict.fromkeys(self._clashing(new))

    @_without_collection
    def remove(self, triples: Iterable[ox.Triple]) -> None:
        """Take triples away, and what no longer follows without them."""
        gone = Facts()
        for triple in triples:
            key = self.terms.key(triple)
            if key in self.asserted:
                gone.add_key(key)
        self.asserted.remove(gone)
        rested = self._rested_on(gone)
        if rested is None or trivial.unsaid(self.asserted, self.terms) != self._unsaid:
            self._start(self.asserted)
            return
        self.facts.remove(rested)
        again = Facts()
        for key in rested:
            if any(self.steps(key)):
                again.add_key(key)
        new = self._saturate(again)
        kept = (step for step in self._clashes if all(key in self.facts for key in step.premises))
        self._clashes = dict.fromkeys(kept) | dict.fromkeys(self._clashing(new))

    # Rounds

    def _saturate(self, delta: Facts) -> Facts:
        """Take in what is new, and what follows from it, until nothing does; all that was new."""
        everything = Facts()
        while delta.relations:
            _take(self.facts, delta)
            _take(everything, delta)
            following = self._list_changes(delta)
            _take(following, self._concluded(self._clauses, delta))
            delta = following
        return everything

    def _concluded(self, clauses: Iterable[Clause], delta: Facts | None = None) -> Facts:
        """What the clauses conclude that is new; if ``delta`` is given, only what uses one of its triples."""
        new = Facts()
        for clause in clauses:
            for predicate, pairs in self._matcher.conclusions(clause, delta):
                fresh = _without(pairs, predicate, self.facts)
                if fresh:
                    new.add(predicate, fresh)
        return new

    def _list_changes(self, delta: Facts) -> Facts:
        """If a list has changed, clauses and facts about lists made anew, and what follows from these at once."""
        new = Facts()
        if not self._structure & delta.relations.keys():
            return new
        for predicate, relation in self._lists.facts(self._anchors).relations.items():
            fresh = _without(relation.pairs, predicate, self.facts)
            if fresh:
                new.add(predicate, fresh)
        known = {*self._clauses, *self._watched}
        added = [one for one in self._program.written_out(self._lists, self.facts) if one not in known]
        self._clauses += added
        self._watched += [one for one in self._clash_program.written_out(self._lists, self.facts) if one not in known]
        _take(new, self._concluded(added))
        return new

    @property
    def _structure(self) -> frozenset[int]:
        """The predicates by which lists hang together and are read."""
        return self._anchors | {self._lists.first, self._lists.rest}

    def _clashing(self, delta: Facts | None) -> Iterator[Step]:
        for clause in self._watched:
            yield from (Step(clause.rule, premises) for premises in self._matcher.uses(clause, delta))

    def _rested_on(self, gone: Facts) -> Facts | None:
        """What may have rested on triples that are gone; None if it is so much, or lists, that all is better redone."""
        rested, delta = Facts(), Facts()
        for key in gone:
            if key not in self._axioms:
                delta.add_key(key)
        while delta.relations:
            _take(rested, delta)
            if self._structure & delta.relations.keys() or len(rested) > _TOO_MUCH * len(self.facts):
                return None
            following = Facts()
            for clause in self._clauses:
                for predicate, pairs in self._matcher.conclusions(clause, delta):
                    here = pairs & self.facts.relations[predicate].pairs if predicate in self.facts.relations else set()
                    loose = _without(_without(here, predicate, rested), predicate, self.asserted)
                    loose = {pair for pair in loose if (pair >> SHIFT, predicate, pair & MASK) not in self._axioms}
                    if loose:
                        following.add(predicate, loose)
            delta = following
        return rested


def _take(facts: Facts, new: Facts) -> None:
    for predicate, relation in new.relations.items():
        facts.add(predicate, relation.pairs)


def _without(pairs: set[int], predicate: int, facts: Facts) -> set[int]:
    """The pairs that are not among the facts."""
    own = facts.relations.get(predicate)
    return pairs - own.pairs if own else pairs
