"""The ways from one node to another along a property path: the triples that the path was matched by."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.sparql.groups import Path, Term

Node = ox.NamedNode | ox.BlankNode | ox.Literal
#: The triples that have a node as their subject, or else as their object, with this predicate (None: any).
Look = Callable[[Node, bool, ox.NamedNode | None], Iterable[ox.Triple]]
#: Nodes, each in one state of the path, that are looked at before the search is given up.
_MOST = 20_000


@dataclass(frozen=True)
class _Step:
    """One triple of a path: along it or against it; with these predicates, or with all but these."""

    predicates: frozenset[str]
    is_forward: bool
    is_negated: bool = False

    def take(self, node: Node, look: Look) -> Iterator[tuple[ox.Triple, Node]]:
        """The triples that lead on from a node, and where to."""
        if isinstance(node, ox.Literal) and self.is_forward:
            return
        wanted = [None] if self.is_negated else [ox.NamedNode(one) for one in sorted(self.predicates)]
        for predicate in wanted:
            for triple in look(node, self.is_forward, predicate):
                if not (self.is_negated and triple.predicate.value in self.predicates):
                    yield triple, triple.object if self.is_forward else triple.subject


class Route:
    """A path as the states one passes on its way."""

    def __init__(self, path: Term | Path) -> None:
        self._steps: dict[int, list[tuple[_Step | None, int]]] = defaultdict(list)
        self._states = 1
        self._is_endless = False
        self._end = self._add(path, 0, is_forward=True)

    def ways(self, start: Node, end: Node, look: Look) -> list[ox.Triple] | None:
        """The triples of all ways, or of a shortest one if they may have any length; none and None as in ``find``.

        Of so many ways that not all can be looked at none is told, since some would pass for all.
        """
        if self._is_endless:
            return self.find(start, end, look)
        found: dict[ox.Triple, None] = {}
        trails: list[tuple[Node, int, tuple[ox.Triple, ...]]] = [(start, 0, ())]
        is_found, looked = False, 0
        while trails:
            looked += 1
            if looked > _MOST or len(trails) > _MOST:
                return None
            node, state, trail = trails.pop()
            if (node, state) == (end, self._end):
                is_found = True
                found |= dict.fromkeys(trail)
            for step, following in self._steps[state]:
                if step is None:
                    trails.append((node, following, trail))
                else:
                    trails += [(other, following, (*trail, triple)) for triple, other in step.take(node, look)]
        return list(found) if is_found else None

    def find(self, start: Node, end: Node, look: Look) -> list[ox.Triple] | None:
        """The triples of a shortest way; none if it has no length; None if it was not found in the time allowed."""
        seen: dict[tuple[Node, int], tuple[tuple[Node, int], ox.Triple | None] | None] = {(start, 0): None}
        queue = deque(seen)
        while queue and len(seen) <= _MOST:
            here = queue.popleft()
            if here == (end, self._end):
                return self._back(here, seen)
            node, state = here
            for step, following in self._steps[state]:
                ways = step.take(node, look) if step else [(None, node)]
                for triple, other in ways:
                    if (other, following) not in seen:
                        seen[other, following] = (here, triple)
                        (queue.append if step else queue.appendleft)((other, following))
        return None

    @staticmethod
    def _back(here: tuple, seen: dict) -> list[ox.Triple]:
        found = []
        while seen[here] is not None:
            here, triple = seen[here]
            found += [triple] if triple is not None else []
        return found[::-1]

    def _new(self) -> int:
        self._states += 1
        return self._states - 1

    def _join(self, state: int, step: _Step | None, other: int) -> int:
        self._steps[state].append((step, other))
        return other

    def _add(self, path: Term | Path, state: int, is_forward: bool) -> int:
        """Add what a path allows from a state on; the state at its end."""
        if isinstance(path, Term):
            assert path.value is not None
            return self._join(state, _Step(frozenset({path.value.value}), is_forward), self._new())
        match path.kind:
            case "inverse":
                return self._add(path.parts[0], state, not is_forward)
            case "sequence":
                for part in path.parts if is_forward else path.parts[::-1]:
                    state = self._add(part, state, is_forward)
                return state
            case "alternative":
                ends = [self._add(part, self._join(state, None, self._new()), is_forward) for part in path.parts]
            case "repeated":
                ends = self._repeated(path, state, is_forward)
            case _:
                ends = [self._join(state, step, self._new()) for step in _negated(path, is_forward)]
        end = self._new()
        for one in ends:
            self._join(one, None, end)
        return end

    def _repeated(self, path: Path, state: int, is_forward: bool) -> list[int]:
        begin = self._join(state, None, self._new())
        end = self._add(path.parts[0], begin, is_forward)
        if path.marks in ("*", "+"):
            self._is_endless = True
            self._join(end, None, begin)
        return [end] if path.marks == "+" else [begin, end]


def _negated(path: Path, is_forward: bool) -> list[_Step]:
    forward = frozenset(part.value.value for part in path.parts if isinstance(part, Term) and part.value)
    against = [part.parts[0] for part in path.parts if isinstance(part, Path)]
    backward = frozenset(part.value.value for part in against if isinstance(part, Term) and part.value)
    steps = [_Step(forward, is_forward, is_negated=True)] if forward else []
    return steps + ([_Step(backward, not is_forward, is_negated=True)] if backward else [])
