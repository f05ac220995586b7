"""Joins: the rows of values that make the patterns of a clause true.

Rows are tuples that grow by one pattern at a time, each with one pass in a comprehension over an index. The pattern to
go on with is the one that multiplies the rows least, judged by the sizes the relations have at that moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from kg.reasoning.facts import MASK, SHIFT, Facts, Key, Relation

Row = tuple[int, ...]
#: From the name of a test and two terms to whether it holds.
Check = Callable[[str, int, int], bool]
Test = tuple[str, int, int]
_CHECKED = 0.5
_PER_SUBJECT = 2.0


class Join:
    """Rows over some variables (``places``: variable → place in a row)."""

    def __init__(self, bound: Mapping[int, int], tests: Sequence[Test], check: Check) -> None:
        self.places = {variable: place for place, variable in enumerate(bound)}
        self.rows: list[Row] = [tuple(bound.values())]
        self._tests = list(tests)
        self._check = check
        self._test()

    def over(self, patterns: Sequence[tuple[Key, Facts]], needed: frozenset[int]) -> Join:
        """Join with all patterns, each over its facts; variables not needed afterwards may be left out of the rows."""
        waiting = list(patterns)
        while waiting and self.rows:
            costs = [self._cost(pattern, facts) for pattern, facts in waiting]
            pattern, facts = waiting.pop(costs.index(min(costs)))
            later = {term for other, _ in waiting for term in other if term < 0} | needed
            later |= {term for _, left, right in self._tests for term in (left, right)}
            self._step(pattern, facts, later)
            self._test()
        return self

    def value(self, row: Row, term: int) -> int:
        """What a term of a pattern stands for in a row."""
        return term if term >= 0 else row[self.places[term]]

    def pairs(self, subject: int, object_: int) -> set[int]:
        """The pairs that two terms stand for in the rows."""
        return _paired(self.rows, self._at(subject), self._at(object_))

    def by_value(self, term: int) -> dict[int, list[Row]]:
        """The rows, by what a variable stands for in them."""
        place = self.places[term]
        groups: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            groups[row[place]].append(row)
        return groups

    def pairs_by(self, predicate: int, subject: int, object_: int) -> dict[int, set[int]]:
        """The pairs that two terms stand for, by what a third stands for."""
        one, other = self._at(subject), self._at(object_)
        return {value: _paired(rows, one, other) for value, rows in self.by_value(predicate).items()}

    def _at(self, term: int) -> tuple[bool, int]:
        return (True, self.places[term]) if term < 0 else (False, term)

    def _is_known(self, term: int) -> bool:
        return term >= 0 or term in self.places

    def _cost(self, pattern: Key, facts: Facts) -> float:
        """By how much the pattern will multiply the rows, roughly."""
        subject, predicate, object_ = pattern
        if predicate < 0:
            predicates = max(1, len(facts.relations))
            size, ways = len(facts), 1.0
            if predicate in self.places:
                size //= predicates
            elif self._is_known(subject) or self._is_known(object_):
                ways = predicates
            return ways * self._fanout(None, size, subject, object_)
        relation = facts.relations.get(predicate)
        return self._fanout(relation, len(relation), subject, object_) if relation else 0.0

    def _fanout(self, relation: Relation | None, size: int, subject: int, object_: int) -> float:
        if self._is_known(subject):
            if self._is_known(object_):
                return _CHECKED
            if subject >= 0 and relation is not None:
                return len(relation.forward.get(subject, ()))
            return min(_PER_SUBJECT, size)
        if not self._is_known(object_):
            return size
        if object_ >= 0 and relation is not None:
            return len(relation.backward.get(object_, ()))
        # Few holders have many positions, each stance has a great many: the index, if there is one, tells.
        return relation.per_object if relation is not None and relation.per_object else size**0.5

    def _test(self) -> None:
        """Drop the rows of which a test whose terms are known does not hold."""
        for test in list(self._tests):
            operator, left, right = test
            if self._is_known(left) and self._is_known(right):
                self._tests.remove(test)
                check, value = self._check, self.value
                self.rows = [row for row in self.rows if check(operator, value(row, left), value(row, right))]

    def _step(self, pattern: Key, facts: Facts, later: set[int]) -> None:
        subject, predicate, object_ = pattern
        if predicate >= 0:
            groups, named = [(predicate, self.rows)], False
        elif predicate in self.places:
            groups, named = list(self.by_value(predicate).items()), False
        else:
            named = predicate in later or predicate in (subject, object_)
            groups = [(value, self.rows) for value in facts.relations]
        places = dict(self.places)
        if named:
            places[predicate] = len(places)
        found: list[Row] = []
        extended = _Extension(places, subject, object_, later)
        for value, rows in groups:
            relation = facts.relations.get(value)
            if relation:
                found += extended([(*row, value) for row in rows] if named else rows, relation)
        self.rows, self.places = found, extended.places


class _Extension:
    """Rows extended by the pairs of a relation."""

    def __init__(self, places: dict[int, int], subject: int, object_: int, later: set[int]) -> None:
        self._known = dict(places)
        self._subject, self._object = subject, object_
        free = [term for term in dict.fromkeys((subject, object_)) if term < 0 and term not in places]
        self._keeps_subject, self._keeps_object = subject in later, object_ in later
        self._free = free
        self.places = dict(places)
        for term in free:
            if term in later:
                self.places[term] = len(self.places)

    def __call__(self, rows: list[Row], relation: Relation) -> list[Row]:
        subject_free, object_free = self._subject in self._free, self._object in self._free
        if subject_free and object_free:
            return self._both(rows, relation)
        if subject_free:
            return _one(rows, self._at(self._object), relation.backward, self._keeps_subject)
        if object_free:
            return _one(rows, self._at(self._subject), relation.forward, self._keeps_object)
        return _checked(rows, self._at(self._subject), self._at(self._object), relation.pairs)

    def _at(self, term: int) -> tuple[bool, int]:
        return (True, self._known[term]) if term < 0 else (False, term)

    def _both(self, rows: list[Row], relation: Relation) -> list[Row]:
        if self._subject == self._object:
            own = [pair & MASK for pair in relation.pairs if pair >> SHIFT == pair & MASK]
            if not self._keeps_subject:
                return rows if own else []
            return [(*row, one) for row in rows for one in own]
        if self._keeps_subject and self._keeps_object:
            if rows == [()]:
                return [(pair >> SHIFT, pair & MASK) for pair in relation.pairs]
            return [(*row, pair >> SHIFT, pair & MASK) for row in rows for pair in relation.pairs]
        if self._keeps_subject:
            return [(*row, one) for row in rows for one in relation.subjects()]
        if self._keeps_object:
            return [(*row, one) for row in rows for one in relation.objects()]
        return rows


def _one(rows: list[Row], known: tuple[bool, int], index: Mapping[int, list[int]], keeps: bool) -> list[Row]:
    varies, at = known
    if not varies:
        values = index.get(at, ())
        if keeps:
            return [(*row, value) for row in rows for value in values]
        return rows if values else []
    if keeps:
        get = index.get
        return [(*row, value) for row in rows for value in get(row[at], ())]
    return [row for row in rows if row[at] in index]


def _checked(rows: list[Row], one: tuple[bool, int], other: tuple[bool, int], pairs: set[int]) -> list[Row]:
    (varies, subject), (other_varies, object_) = one, other
    if varies and other_varies:
        return [row for row in rows if row[subject] << SHIFT | row[object_] in pairs]
    if varies:
        return [row for row in rows if row[subject] << SHIFT | object_ in pairs]
    if other_varies:
        return [row for row in rows if subject << SHIFT | row[object_] in pairs]
    return rows if subject << SHIFT | object_ in pairs else []


def _paired(rows: list[Row], one: tuple[bool, int], other: tuple[bool, int]) -> set[int]:
    (varies, subject), (other_varies, object_) = one, other
    if varies and other_varies:
        return {row[subject] << SHIFT | row[object_] for row in rows}
    if varies:
        return {row[subject] << SHIFT | object_ for row in rows}
    if other_varies:
        return {subject << SHIFT | row[object_] for row in rows}
    return {subject << SHIFT | object_} if rows else set()
