"""What holds for a value that is given with the question, such as a day: rules with a parameter, run when asked.

They are run against the finished closure, so that they may ask what is not there, and no other conclusion rests on
theirs. What shows that nothing is there belongs to the proof: of each triple pattern that could have matched, the
triples that keep it from doing so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.reasoning.engine import Inference
from kg.reasoning.facts import Key
from kg.reasoning.join import Join
from kg.reasoning.literals import holds
from kg.reasoning.proofs import Proof, proofs
from kg.reasoning.rules import Absent, Atom, Filter, Rule, Term, Variable

#: Values of variables, both as numbers.
_Row = dict[int, int]


def explain_asked(inference: Inference, rules: Iterable[Rule], triple: ox.Triple) -> Proof | None:
    """The proof of a triple by a rule with a parameter, which the triple gives its value; None if there is none."""
    for rule in rules:
        if rule.parameter and rule.heads[0].predicate == triple.predicate:
            question = _Question(inference, rule)
            for row, premises in question.answers(triple):
                if question.concluded(row) == triple:
                    return Proof(tuple(triple), rule.name, tuple(proofs(inference, premises)))
    return None


def answers(inference: Inference, rule: Rule, value: ox.NamedNode | ox.Literal) -> set[ox.Triple]:
    """All that a rule with a parameter concludes for a value of it."""
    question = _Question(inference, rule)
    return {question.concluded(row) for row, _ in question.answers(value)}


class _Question:
    """A rule with a parameter over one closure."""

    def __init__(self, inference: Inference, rule: Rule) -> None:
        self._facts, self._terms, self._rule = inference.facts, inference.terms, rule
        self._head: Atom = rule.heads[0]
        self._slots: dict[Variable, int] = {}

    def answers(self, given: ox.Triple | ox.NamedNode | ox.Literal) -> Iterator[tuple[_Row, list[Key]]]:
        """The values for which the rule concludes something, each with the triples that show it.

        ``given`` is the value of the parameter, or the whole conclusion.
        """
        if isinstance(given, ox.Triple):
            bound = self._unified(given)
        else:
            bound = {self._number(self._parameter): self._known(given)}
        if bound is None:
            return
        for row in self._matching(self._rule.body, bound):
            if self._pass(self._rule.filters, row):
                shown = self._shown_absent(self._rule.absent, row)
                if shown is not None:
                    yield row, list(dict.fromkeys([*self._keys(self._rule.body, row), *shown]))

    def concluded(self, row: _Row) -> ox.Triple:
        """The conclusion for these values."""
        head = self._head
        return ox.Triple(*(self._terms[self._value(term, row)] for term in (head.subject, head.predicate, head.object)))

    @property
    def _parameter(self) -> Variable:
        assert self._rule.parameter is not None
        return self._rule.parameter

    def _unified(self, triple: ox.Triple) -> _Row | None:
        """The values that make the conclusion this triple; None if none do."""
        row: _Row = {}
        for term, given in zip((self._head.subject, self._head.predicate, self._head.object), triple, strict=True):
            number = self._number(term)
            if row.setdefault(number, self._known(given)) != self._known(given) or number >= 0 and term != given:
                return None
        return {number: value for number, value in row.items() if number < 0}

    def _shown_absent(self, absent: Sequence[Absent], row: _Row) -> list[Key] | None:
        """The triples that show that none of the patterns matches; None if one does."""
        shown: list[Key] = []
        for one in absent:
            for match in self._matching(one.body, row):
                why = self._kept_off(one, match)
                if why is None:
                    return None
                shown += [*self._keys(one.body, match), *why]
        return shown

    def _kept_off(self, one: Absent, row: _Row) -> list[Key] | None:
        """What more shows that a pattern does not match although its triples do; None if it does match."""
        if not self._pass(one.filters, row):
            return []
        for inner in one.absent:
            for match in self._matching(inner.body, row):
                why = self._shown_absent(inner.absent, match) if self._pass(inner.filters, match) else None
                if why is not None:
                    return [*self._keys(inner.body, match), *why]
        return None

    def _matching(self, body: Sequence[Atom], bound: _Row) -> list[_Row]:
        """The values that make all triples of a pattern true, sorted, so that two runs give the same."""
        patterns = [(self._key(atom), self._facts) for atom in body]
        needed = frozenset(term for pattern, _ in patterns for term in pattern if term < 0)
        join = Join(bound, (), self._never).over(patterns, needed)
        rows = [{variable: row[place] for variable, place in join.places.items()} for row in join.rows]
        return sorted(rows, key=lambda row: [str(self._terms[value]) for value in row.values()])

    def _pass(self, filters: Sequence[Filter], row: _Row) -> bool:
        return all(
            holds(one.operator, self._terms[self._value(one.left, row)], self._terms[self._value(one.right, row)])
            for one in filters
        )

    def _keys(self, body: Sequence[Atom], row: _Row) -> list[Key]:
        return [
            (self._value(atom.subject, row), self._value(atom.predicate, row), self._value(atom.object, row))
            for atom in body
        ]

    def _key(self, atom: Atom) -> Key:
        return self._number(atom.subject), self._number(atom.predicate), self._number(atom.object)

    def _value(self, term: Term, row: _Row) -> int:
        number = self._number(term)
        return number if number >= 0 else row[number]

    def _number(self, term: Term) -> int:
        if isinstance(term, Variable):
            return self._slots.setdefault(term, -1 - len(self._slots))
        return self._known(term)

    def _known(self, term: ox.NamedNode | ox.Literal) -> int:
        return self._terms.number(term)

    @staticmethod
    def _never(operator: str, left: int, right: int) -> bool:
        raise AssertionError("filters are looked at after the triples")
