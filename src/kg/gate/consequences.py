"""What a change brings with it: the conclusions that newly follow, and the contradictions that the base has not.

Where the base has its closure in its store, both are found by looking up what is near the triples added
(``kg.reasoning.nearby``). Rules never conclude less from more, so without additions there is nothing to find; with
removals, what is found counts if it can be proved from what is left. Where looking up cannot decide (a base without
closure, a change of axioms, a second name for a term of the ontology), the closures before and after are drawn whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.rdf import CLOSURE_GRAPH
from kg.reasoning import Clash, told
from kg.reasoning.axioms import Axioms
from kg.reasoning.engine import Inference, Step
from kg.reasoning.facts import Key
from kg.reasoning.nearby import Grounded, Nearby, Unsure
from kg.reasoning.proofs import Known, proofs
from kg.reasoning.rules import Rule
from kg.reasoning.trivial import is_trivial

_CLOSURE = ox.NamedNode(CLOSURE_GRAPH)


@dataclass(frozen=True)
class Consequences:
    """What a change brings: contradictions, sorted, and conclusions worth saying, that were not there before it."""

    clashes: tuple[Clash, ...] = ()
    inferred: frozenset[ox.Triple] = frozenset()


def consequences(rules: Iterable[Rule], change: Changed, axioms: Axioms | None = None) -> Consequences:
    """What the triples that a change adds bring with them.

    The closure in the change's base, if it has one, must be drawn by these rules. ``axioms`` are those of the rules and
    the base, for who keeps them from one change to the next; they are read if they are not given.
    """
    chosen = tuple(rules)
    if not (chosen and change.added):
        return Consequences()
    try:
        return _by_looking_up(chosen, change, axioms)
    except Unsure:
        return _by_drawing_all(chosen, change)


def has_closure(base: ox.Store) -> bool:
    """True if a store holds the closure of its triples."""
    return next(base.quads_for_pattern(None, None, None, _CLOSURE), None) is not None


def _by_looking_up(rules: tuple[Rule, ...], change: Changed, axioms: Axioms | None) -> Consequences:
    """Raises Unsure if it cannot be told this way."""
    if not has_closure(change.base):
        raise Unsure
    axioms = axioms or Axioms(rules, change.base)
    if not axioms.is_closed:
        raise Unsure
    if any(axioms.vocabulary.has(triple.predicate, triple.object) for triple in change.removed):
        raise Unsure
    near = Nearby(axioms, change.base)
    near.add(sorted(change.added, key=str))
    after = Grounded(near, change.new)
    clashes = told(after, _new_clashes(near, after, change), rules)
    return Consequences(clashes, frozenset(_new_conclusions(near, after, change)))


def _new_clashes(near: Nearby, after: Grounded, change: Changed) -> Iterator[Step]:
    """The contradictions that hold after the change, and did not before it."""
    before = Grounded(near, change.old)
    for step in near.clashes:
        if change.removed and not _follow(after, step.premises):
            continue
        # What is in no store is found again, be it new or not.
        is_new = any(key in near.new and not near.is_unsaid(key) for key in step.premises)
        if is_new or not _follow(before, step.premises):
            yield step


def _new_conclusions(near: Nearby, after: Grounded, change: Changed) -> Iterator[ox.Triple]:
    for key in near.new:
        subject, predicate, object_ = near.statement(key)
        if isinstance(subject, ox.Literal):
            continue
        triple = ox.Triple(subject, predicate, object_)
        if triple in change.added or is_trivial(triple):
            continue
        if not change.removed or _follow(after, [key]):
            yield triple


def _follow(known: Known, keys: Sequence[Key]) -> bool:
    return len(proofs(known, keys)) == len(keys)


def _by_drawing_all(rules: tuple[Rule, ...], change: Changed) -> Consequences:
    after = Inference(rules, change.new.triples())
    found = after.inferred()
    steps = after.clashes()
    if has_closure(change.base) and not steps:
        base = change.base
        return Consequences((), frozenset(triple for triple in found if ox.Quad(*triple) not in base))
    before = Inference(rules, change.old.triples())
    known = {_named(before, step) for step in before.clashes()}
    clashes = told(after, (step for step in steps if _named(after, step) not in known), rules)
    return Consequences(clashes, frozenset(found - before.inferred() - set(change.old.triples())))


def _named(inference: Inference, step: Step) -> tuple[object, ...]:
    return step.rule, *map(inference.statement, step.premises)
