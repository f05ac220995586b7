"""Why a triple holds: the rule that concludes it, its premises, theirs in turn, down to triples that are asserted.

A proof is found on demand, by running rules backwards with their conclusion bound against the closure; nothing is kept
for it. It has the least height of all, and the fewest steps among those found on the way there. Since each step costs
more than its premises, no proof rests on itself.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyoxigraph as ox

from kg.rdf import PREFIXES, shorten
from kg.reasoning.engine import LIST, Inference, Step
from kg.reasoning.facts import Key

#: A triple as a proof names it; inside a proof a literal may be a subject.
Statement = tuple[object, object, object]
#: Height and number of steps.
_Cost = tuple[int, int]
_ASSERTED: _Cost = (0, 0)
_TYPE = PREFIXES["rdf"] + "type"


class Known(Protocol):
    """A closure whose triples can be proved: what is asserted, and the steps that lead to a triple."""

    @property
    def asserted(self) -> Container[Key]:
        """The triples that need no proof."""

    def steps(self, key: Key) -> Iterator[Step]:
        """Each way in which a rule concludes a triple from others of the closure."""

    def statement(self, key: Key) -> Statement:
        """The terms of a triple."""


@dataclass(frozen=True)
class Proof:
    """A statement, the rule that concludes it (empty: it is asserted), and the proofs of what the rule used."""

    statement: Statement
    rule: str = ""
    premises: tuple[Proof, ...] = ()

    def leaves(self) -> tuple[Statement, ...]:
        """The asserted statements that the proof rests on, each once."""
        return tuple(dict.fromkeys(proof.statement for proof in self.walk() if not proof.rule))

    def rules(self) -> tuple[str, ...]:
        """The rules used, each once, the last one first."""
        return tuple(dict.fromkeys(proof.rule for proof in self.walk() if proof.rule and proof.rule != LIST))

    def walk(self) -> Iterator[Proof]:
        """This proof and all within it, from the conclusion down."""
        yield self
        for premise in self.premises:
            yield from premise.walk()


def show(statement: Statement, names: Mapping[object, str] | None = None) -> str:
    """A statement in prefixed names; ``names`` are what to write for some terms instead."""
    known = names or {}
    subject, predicate, object_ = (known.get(term) or show_term(term) for term in statement)
    verb = "a" if getattr(statement[1], "value", "") == _TYPE else predicate
    return f"{subject} {verb} {object_}"


def explain(inference: Inference, triple: ox.Triple) -> Proof | None:
    """The proof of a triple of the closure; None if it is not in it."""
    parts = [inference.terms.find(term) for term in triple]
    if None in parts:
        return None
    key = (parts[0], parts[1], parts[2])
    return proofs(inference, [key])[0] if key in inference.facts else None


def explain_clash(known: Known, clash: Step) -> tuple[Proof, ...]:
    """The proofs of the premises of a contradiction."""
    return tuple(proofs(known, clash.premises))


def proofs(known: Known, wanted: Sequence[Key]) -> list[Proof]:
    """Proofs of triples of the closure: steps are looked up level by level until they reach down to what is asserted.

    A triple that does not follow from that has none.
    """
    ways: dict[Key, list[Step]] = {}
    leaves = {key for key in wanted if key in known.asserted}
    costs = dict.fromkeys(leaves, _ASSERTED)
    waiting = set(wanted) - leaves
    while waiting:
        ways |= {key: list(known.steps(key)) for key in waiting}
        below = {premise for key in waiting for step in ways[key] for premise in step.premises} - ways.keys() - leaves
        leaves |= {key for key in below if key in known.asserted}
        costs = _settled(ways, dict.fromkeys(leaves, _ASSERTED))
        if all(key in costs for key in wanted):
            break
        waiting = below - leaves
    return [_built(known, key, ways, costs) for key in wanted if key in costs]


def _settled(ways: dict[Key, list[Step]], costs: dict[Key, _Cost]) -> dict[Key, _Cost]:
    """The least cost of each triple that the steps prove."""
    is_settled = False
    while not is_settled:
        is_settled = True
        for key, steps in ways.items():
            known = [cost for step in steps if (cost := _cost(step, costs)) is not None]
            if known and (key not in costs or min(known) < costs[key]):
                costs[key] = min(known)
                is_settled = False
    return costs


def _cost(step: Step, costs: dict[Key, _Cost]) -> _Cost | None:
    below = [costs.get(premise) for premise in step.premises]
    if None in below:
        return None
    return 1 + max((height for height, _ in below), default=0), 1 + sum(steps for _, steps in below)


def _built(known: Known, key: Key, ways: dict[Key, list[Step]], costs: dict[Key, _Cost]) -> Proof:
    statement = known.statement(key)
    if costs[key] == _ASSERTED:
        return Proof(statement)
    steps = [step for step in ways[key] if _cost(step, costs) == costs[key]]
    # Any would do; the first by name and words, so that two runs give the same proof, in whatever order they read.
    step = min(steps, key=lambda one: (one.rule, [str(known.statement(key)) for key in one.premises]))
    premises = tuple(_built(known, one, ways, costs) for one in dict.fromkeys(step.premises))
    return Proof(statement, step.rule, premises)


def show_term(term: object) -> str:
    """A term in a prefixed name, or as in Turtle."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if isinstance(term, ox.Literal) and not term.language:
        datatype = term.datatype.value
        plain = str(ox.Literal(term.value))
        return plain if datatype == PREFIXES["xsd"] + "string" else f"{plain}^^{shorten(datatype)}"
    return str(term)
