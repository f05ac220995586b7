"""What newly follows when facts are added to a graph whose closure lies in a store: found by looking up what is near.

The store holds what is stated and what follows from it, but for the conclusions that are not worth saying (see
``trivial``). So a rule is started from each new fact, its other patterns are looked up in the store and among what is
new, and what it concludes is new in its turn (semi-naive evaluation, one fact at a time). A membership in a class
without a name, or of a literal, is not in the store; where a rule asks for one, it is derived backwards.

It is taken for granted that in the store no literal and no blank node is a value of a property that an axiom turns
round (an inverse, a symmetric property): the shapes see to that. ``Unsure`` is raised where looking up cannot decide.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice, product

import pyoxigraph as ox

from kg.reasoning.axioms import Axioms, Remaining, put, unified
from kg.reasoning.clauses import DIFFERENT, WORTH_SAYING
from kg.reasoning.engine import Step
from kg.reasoning.facts import Key
from kg.reasoning.literals import holds
from kg.reasoning.trivial import is_own

#: From how many triples looked up on starting over is not dearer.
MOST = 200_000
#: As many statements with a value are looked through for the property in question before it is asked for by name.
_FEW = 32
_DEFAULT = ox.DefaultGraph()
_Test = tuple[str, int, int]
_Row = dict[int, int]
#: In what order the patterns of a rule are looked up: those that match the fewest triples first.
_CHECKED, _FROM_NODE, _ANY_OF_NODE, _MEMBERS, _ALL, _DERIVED, _ALL_DERIVED = range(7)


class Unsure(Exception):
    """What is asked cannot be told by looking up what is near."""


class Nearby:
    """A closure in a store (its default graph), and what is new beside it."""

    def __init__(self, axioms: Axioms, base: ox.Store) -> None:
        self._axioms, self._base = axioms, base
        # A copy: the numbers of one contribution are not kept with the axioms, which serve many.
        self.terms = axioms.terms.copy()
        #: Each triple that is new, in the order found.
        self.new: dict[Key, None] = {}
        self.clashes: dict[Step, None] = {}
        self._by_pattern: dict[tuple[int | None, int | None, int | None], list[Key]] = defaultdict(list)
        self._proven: set[Key] = set()
        self._refuted: set[Key] = set()
        self._under_way: set[Key] = set()
        self._turned: dict[int, bool] = {}
        self._idle: dict[object, bool] = {}
        self._looked_up = 0

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Add facts, and what follows. Raises Unsure on an axiom, and where it cannot be told."""
        waiting = deque(self.terms.key(triple) for triple in triples)
        while waiting:
            key = waiting.popleft()
            if key in self.new or self._is_in_base(key):
                continue
            self._take(key)
            for one, place in self._started_by(key):
                for row in self._uses(one, key, place):
                    if one.head is None:
                        self.clashes[Step(one.clause.rule, one.premises(row))] = None
                    else:
                        waiting.append(put(one.head, row))

    def is_known(self, key: Key) -> bool:
        """True if a fact is in the closure or new, or follows though it is not worth saying."""
        return key in self.new or self._is_in_base(key) or (self.is_unsaid(key) and self._is_derived(key))

    def is_unsaid(self, key: Key) -> bool:
        """True for a fact that is in no store, even if it follows."""
        is_membership = key[1] == self._axioms.type and not is_own(self.terms[key[2]])
        is_itself = key[1] == self._axioms.same_as and key[0] == key[2]
        return is_membership or is_itself or not is_own(self.terms[key[0]])

    def steps(self, key: Key) -> Iterator[Step]:
        """Each way in which a rule concludes a triple from others, as in ``Inference.steps``."""
        if key in self._axioms.inference.facts:
            yield from self._axioms.inference.steps(key)
            return
        for sort in self._axioms.sorts(key):
            for one in self._axioms.concluding.get(sort, ()):
                for row in self._leading_to(one, key):
                    yield Step(one.clause.rule, one.premises(row))

    def statement(self, key: Key) -> tuple[object, object, object]:
        """The terms of a triple."""
        return self.terms[key[0]], self.terms[key[1]], self.terms[key[2]]

    # Rules

    def _take(self, key: Key) -> None:
        subject, predicate, object_ = self.statement(key)
        if not isinstance(predicate, ox.NamedNode) or self._axioms.vocabulary.has(predicate, object_):
            raise Unsure
        if key[1] == self._axioms.same_as:
            renames = {key[0], key[2]} & self._axioms.about
            if renames or not (is_own(subject) and is_own(object_)):
                raise Unsure
        self.new[key] = None
        self._refuted.clear()
        for pattern in product(*((term, None) for term in key)):
            self._by_pattern[pattern].append(key)

    def _started_by(self, key: Key) -> Iterator[tuple[Remaining, int]]:
        for sort in self._axioms.sorts(key):
            yield from self._axioms.reading.get(sort, ())

    def _uses(self, one: Remaining, key: Key, place: int) -> Iterable[_Row]:
        bound = unified(one.body[place], key)
        if bound is None:
            return ()
        others = one.body[:place] + one.body[place + 1:]
        if others or one.tests:
            return self._rows(others, one.tests, bound)
        return (bound,)

    def _leading_to(self, one: Remaining, key: Key) -> Iterator[_Row]:
        bound = unified(one.head, key) if one.head else None
        if bound is not None:
            yield from self._rows(one.body, one.tests, bound)

    def _rows(self, patterns: Sequence[Key], tests: Sequence[_Test], bound: _Row) -> Iterator[_Row]:
        """The values of the variables that make all patterns true."""
        waiting = []
        for name, one, other in tests:
            left, right = bound.get(one, one), bound.get(other, other)
            if min(left, right) < 0:
                waiting.append((name, one, other))
            elif not self._check(name, left, right):
                return
        if not patterns:
            yield bound
            return
        put_in = [put(pattern, bound) for pattern in patterns]
        place, keys = self._next(put_in) if len(put_in) > 1 else (0, self._matching(put_in[0]))
        rest = (*patterns[:place], *patterns[place + 1:])
        for key in keys:
            values = unified(put_in[place], key)
            if values is not None:
                yield from self._rows(rest, waiting, bound | values)

    def _check(self, name: str, left: int, right: int) -> bool:
        if name == DIFFERENT:
            return left != right
        if name == WORTH_SAYING:
            return left not in self._axioms.unsaid
        return holds(name, self.terms[left], self.terms[right])

    # Looking up

    def _next(self, patterns: Sequence[Key]) -> tuple[int, Iterable[Key]]:
        """The place of the pattern to go on with, and the triples that match it.

        Of several that name a node, the one that matches the fewest: they are read in turn until one ends.
        """
        ranks = [self._rank(pattern) for pattern in patterns]
        best = min(ranks)
        places = [place for place, rank in enumerate(ranks) if rank == best]
        if best != _FROM_NODE or len(places) == 1:
            return places[0], self._matching(patterns[places[0]])
        read: dict[int, list[Key]] = {place: [] for place in places}
        sources = {place: self._matching(patterns[place]) for place in places}
        while True:
            for place, source in sources.items():
                key = next(source, None)
                if key is None:
                    return place, read[place]
                read[place].append(key)

    def _rank(self, pattern: Key) -> int:
        subject, predicate, object_ = pattern
        if min(pattern) >= 0:
            return _DERIVED if self.is_unsaid(pattern) else _CHECKED
        if predicate == self._axioms.type and subject < 0:
            return _ALL_DERIVED if object_ >= 0 and not is_own(self.terms[object_]) else _MEMBERS
        if subject < 0 and object_ < 0:
            return _ALL
        return _FROM_NODE if predicate >= 0 else _ANY_OF_NODE

    def _matching(self, pattern: Key) -> Iterator[Key]:
        """The triples, of the closure and new, that match a pattern."""
        if min(pattern) >= 0:
            if self.is_known(pattern):
                yield pattern
            return
        subject, predicate, object_ = (term if term >= 0 else None for term in pattern)
        if predicate == self._axioms.type and self._rank(pattern) == _ALL_DERIVED:
            raise Unsure
        if subject is not None and not is_own(self.terms[subject]) and self._is_turned(subject):
            raise Unsure
        yield from self._by_pattern.get((subject, predicate, object_), ())
        yield from self._in_base(subject, predicate, object_)

    def _in_base(self, *pattern: int | None) -> Iterator[Key]:
        subject, predicate, object_ = (None if number is None else self.terms[number] for number in pattern)
        if isinstance(subject, ox.Literal) or (predicate is not None and self._is_idle(predicate)):
            return
        number = self.terms.number
        for quad in self._base.quads_for_pattern(subject, predicate, object_, _DEFAULT):
            self._looked_up += 1
            if self._looked_up > MOST:
                raise Unsure
            yield number(quad.subject), number(quad.predicate), number(quad.object)

    def _is_idle(self, predicate: object) -> bool:
        """True if nothing in the base has this predicate, so that it need not be asked for node by node."""
        found = self._idle.get(predicate)
        if found is None:
            named = isinstance(predicate, ox.NamedNode)
            # In whichever graph: a store in memory would look through all others for the first in the default graph.
            found = not named or next(self._base.quads_for_pattern(None, predicate, None, None), None) is None
            self._idle[predicate] = found
        return found

    def _is_in_base(self, key: Key) -> bool:
        subject, predicate, object_ = self.statement(key)
        if isinstance(subject, ox.Literal) or self._is_idle(predicate):
            return False
        return ox.Quad(subject, predicate, object_, _DEFAULT) in self._base

    # What is not worth saying

    def _is_turned(self, value: int) -> bool:
        """True if the base has a value, such as a literal, where an axiom makes it the subject of a conclusion."""
        if value not in self._turned:
            uses = list(islice(self._in_base(None, None, value), _FEW))
            if len(uses) < _FEW:
                self._turned[value] = any(use[1] in self._axioms.turning for use in uses)
            else:
                found = (next(self._in_base(None, one, value), None) for one in self._axioms.turning)
                self._turned[value] = any(one is not None for one in found)
        return self._turned[value]

    def _is_derived(self, key: Key) -> bool:
        """True if a fact follows from what is in the closure or new. A proof that needs what it is to prove is none."""
        if key in self._proven:
            return True
        if key in self._refuted or key in self._under_way:
            return False
        self._under_way.add(key)
        try:
            found = any(self._derivations(key))
        finally:
            self._under_way.remove(key)
        if found:
            self._proven.add(key)
        elif not self._under_way:
            # Below another proof it may only have failed because that one is not done.
            self._refuted.add(key)
        return found

    def _derivations(self, key: Key) -> Iterator[bool]:
        for sort in self._axioms.sorts(key):
            # What is said of a thing under another name is in the store, but that it is itself.
            if sort[0] >= 0 or key[1] == self._axioms.same_as:
                for one in self._axioms.concluding.get(sort, ()):
                    yield from (True for _ in self._leading_to(one, key))


class Grounded:
    """A closure beside a state of the graph, so that its triples can be proved from what that state asserts."""

    def __init__(self, near: Nearby, stated: Container[ox.Triple]) -> None:
        self._near, self._stated = near, stated
        self.steps, self.statement = near.steps, near.statement

    @property
    def asserted(self) -> Container[Key]:
        """The triples of the state, as numbers."""
        return self

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        subject, predicate, object_ = self._near.statement(key)
        return not isinstance(subject, ox.Literal) and ox.Triple(subject, predicate, object_) in self._stated
