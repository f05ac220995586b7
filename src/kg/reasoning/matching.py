"""Where clauses apply in a graph: forwards, from triples that are new; backwards, from what is to be concluded."""

from __future__ import annotations

from collections.abc import Iterator

from kg.reasoning.clauses import DIFFERENT, WORTH_SAYING, Clause
from kg.reasoning.facts import Facts, Key, Terms
from kg.reasoning.join import Join
from kg.reasoning.literals import holds


class Matcher:
    """Applies clauses to facts; ``unsaid`` are the classes of which no membership is concluded (see ``trivial``)."""

    def __init__(self, terms: Terms, facts: Facts, unsaid: frozenset[int]) -> None:
        self._terms, self._facts, self._unsaid = terms, facts, unsaid

    def conclusions(self, clause: Clause, delta: Facts | None = None) -> Iterator[tuple[int, set[int]]]:
        """Predicate and pairs of what a clause concludes; if ``delta`` is given, only what uses one of its triples."""
        if clause.head is None:
            return
        subject, predicate, object_ = clause.head
        needed = frozenset(term for term in clause.head if term < 0)
        for place in self._places(clause, delta):
            join = self._join(clause, place, delta, needed)
            if not join.rows:
                continue
            if predicate >= 0:
                yield predicate, join.pairs(subject, object_)
            else:
                yield from join.pairs_by(predicate, subject, object_).items()

    def uses(self, clause: Clause, delta: Facts | None = None) -> Iterator[tuple[Key, ...]]:
        """The triples that a clause applies to, once for each way it does."""
        for place in self._places(clause, delta):
            yield from _premises(clause, self._join(clause, place, delta, _variables(clause)))

    def leading_to(self, clause: Clause, key: Key) -> Iterator[tuple[Key, ...]]:
        """The triples from which a clause concludes a triple, once for each way it does."""
        bound = _unified(clause.head, key) if clause.head else None
        if bound is None or not self._may_apply(clause):
            return
        patterns = [(pattern, self._facts) for pattern in clause.body]
        yield from _premises(clause, Join(bound, clause.tests, self._check).over(patterns, _variables(clause)))

    def _may_apply(self, clause: Clause) -> bool:
        relations = self._facts.relations
        return all(predicate < 0 or predicate in relations for _, predicate, _ in clause.body)

    def _places(self, clause: Clause, delta: Facts | None) -> Iterator[int | None]:
        """The patterns of a clause that triples of ``delta`` may match; None for all at once."""
        if not self._may_apply(clause):
            return
        if delta is None:
            yield None
            return
        for place, (_, predicate, _) in enumerate(clause.body):
            if predicate < 0 or predicate in delta.relations:
                yield place

    def _join(self, clause: Clause, place: int | None, delta: Facts | None, needed: frozenset[int]) -> Join:
        patterns = [
            (pattern, delta if at == place and delta is not None else self._facts)
            for at, pattern in enumerate(clause.body)
        ]
        return Join({}, clause.tests, self._check).over(patterns, needed)

    def _check(self, operator: str, left: int, right: int) -> bool:
        if operator == DIFFERENT:
            return left != right
        if operator == WORTH_SAYING:
            return left not in self._unsaid
        return holds(operator, self._terms[left], self._terms[right])


def _variables(clause: Clause) -> frozenset[int]:
    return frozenset(term for pattern in clause.body for term in pattern if term < 0)


def _premises(clause: Clause, join: Join) -> Iterator[tuple[Key, ...]]:
    for row in join.rows:
        used = (tuple(join.value(row, term) for term in pattern) for pattern in clause.body)
        yield (*((subject, predicate, object_) for subject, predicate, object_ in used), *clause.beyond)


def _unified(head: Key, key: Key) -> dict[int, int] | None:
    """The values of the variables that make a head a triple; None if none do."""
    bound: dict[int, int] = {}
    for term, value in zip(head, key, strict=True):
        if term >= 0 and term != value:
            return None
        if term < 0 and bound.setdefault(term, value) != value:
            return None
    return bound
