"""Rules as values: what a rule concludes from what. ``kg.reasoning.ruletext`` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.rdf import BASE

RULE = BASE + "rules#"
#: Patterns over lists, and how many terms stand on the right.
LISTS: Mapping[str, int] = {"member": 1, "pair": 2, "chain": 2, "typesOf": 1, "sharedValues": 2}


@dataclass(frozen=True)
class Variable:
    """A variable of a rule."""

    name: str


Term = Variable | ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Atom:
    """One triple of a rule; ``optional`` if the same term on both sides matches too (a path ``p?``)."""

    subject: Term
    predicate: Term
    object: Term
    optional: bool = False


@dataclass(frozen=True)
class ListAtom:
    """What a rule asks of an RDF list: ``kind`` is one of ``LISTS``."""

    list: Term
    kind: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Filter:
    """A condition on two terms: an operator of SPARQL, or the name of a function of the ``rule:`` namespace."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Absent:
    """A pattern that must match nothing; its own ``absent`` patterns say what it does not count."""

    body: tuple[Atom, ...]
    filters: tuple[Filter, ...]
    absent: tuple[Absent, ...]


@dataclass(frozen=True)
class Rule:
    """A rule: what it concludes (nothing: a contradiction) from what; ``header`` holds what the file says of it.

    One with a parameter is not run with the others: it answers for one value of that variable, when asked (``asked``).
    Only such a rule may have patterns that must be ``absent``.
    """

    name: str
    heads: tuple[Atom, ...]
    body: tuple[Atom, ...]
    lists: tuple[ListAtom, ...]
    filters: tuple[Filter, ...]
    absent: tuple[Absent, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def parameter(self) -> Variable | None:
        """The variable whose value is given with the question; None for a rule that is run with the others."""
        name = self.header.get("parameter")
        return Variable(name) if name else None

    @property
    def is_clash(self) -> bool:
        """True if what the rule asks for must not be."""
        return not self.heads and "left-out" not in self.header


def variables_of(items: Iterable[Atom | ListAtom | Filter]) -> set[Variable]:
    """The variables of parts of a rule."""
    found: set[object] = set()
    for item in items:
        if isinstance(item, Atom):
            found |= {item.subject, item.predicate, item.object}
        elif isinstance(item, ListAtom):
            found |= {item.list, *item.terms}
        else:
            found |= {item.left, item.right}
    return {term for term in found if isinstance(term, Variable)}
