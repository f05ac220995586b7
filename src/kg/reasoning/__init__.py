"""The closure of the graph: what follows from it by the rules of OWL 2 RL (OWL 2 Profiles, section 4.3) and our own.

The reasoner ``rl`` is our own engine, with the rules of ``rules/`` as its data; ``owlrl`` is the package of that name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType

import pyoxigraph as ox

from kg.errors import SettingError
from kg.rdf import PREFIXES
from kg.reasoning.engine import Inference, Step
from kg.reasoning.proofs import Known, Statement, explain_clash, show
from kg.reasoning.relevance import relevant
from kg.reasoning.rules import Rule
from kg.reasoning.trivial import is_trivial

_SAME_AS = ox.NamedNode(PREFIXES["owl"] + "sameAs")
#: How many contradictions are explained; of more, only the rule and what it used is told.
EXPLAINED = 20


@dataclass(frozen=True)
class Clash:
    """A contradiction: the rule that must never apply, in words, what it applied to, the asserted triples at fault, and
    the words in Italian.

    owlrl tells only words.
    """

    rule: str
    words: str
    premises: tuple[Statement, ...] = ()
    faults: tuple[Statement, ...] = ()
    italian: str = ""

    def __str__(self) -> str:
        used = ", ".join(map(show, self.premises))
        return f"{self.rule}: {self.words} {used}" if self.rule else self.words


@dataclass(frozen=True)
class Closure:
    """What a reasoner found: the triples that are new and not trivial, and the contradictions, sorted."""

    inferred: frozenset[ox.Triple]
    clashes: tuple[Clash, ...]


REASONERS: Mapping[str, Callable[[Iterable[ox.Triple], tuple[Rule, ...]], Closure]] = {
    "rl": lambda triples, rules: _by_rules(triples, rules),
    "owlrl": lambda triples, rules: _by_owlrl(triples),
}
DEFAULT = "rl"


def closure(triples: Iterable[ox.Triple], reasoner: str = DEFAULT, rules: Iterable[Rule] = ()) -> Closure:
    """What follows from the triples and is worth saying (see ``trivial``), and the contradictions in them.

    ``rules`` are those of ``rl`` (``kg.rulebook`` reads them). Raises SettingError on an unknown reasoner, and on
    ``rl`` without rules.
    """
    if reasoner not in REASONERS:
        raise SettingError(f"There is no reasoner {reasoner!r}.", remedy=f"Choose from: {', '.join(REASONERS)}.")
    chosen = tuple(rules)
    if reasoner == "rl" and not chosen:
        raise SettingError("The reasoner rl is given no rules.", remedy="Pass those of rules/, or choose owlrl.")
    return REASONERS[reasoner](triples, chosen)


def version(reasoner: str, rules: Iterable[Rule] = ()) -> str:
    """Name and version of a reasoner, for the manifest of a snapshot: of ``rl``, a digest over its rules."""
    if reasoner == "owlrl":
        return _owlrl().VERSION
    text = "\n".join(
        repr((sorted(rule.header.items()), rule.heads, rule.body, rule.lists, rule.filters, rule.absent))
        for rule in rules
    )
    return f"{reasoner} {hashlib.sha256(text.encode('utf-8')).hexdigest()[:12]}"


def clashes(inference: Inference, rules: Iterable[Rule]) -> tuple[Clash, ...]:
    """The contradictions of a graph, the first of them with the asserted triples at fault."""
    return told(inference, inference.clashes(), rules)


def told(known: Known, steps: Iterable[Step], rules: Iterable[Rule]) -> tuple[Clash, ...]:
    """Uses of rules that must never apply, as contradictions, the first of them with the asserted triples at fault.

    Which are the first does not depend on how or in which order they were found.
    """
    headers = {rule.name: rule.header for rule in rules}
    found = []
    for step in steps:
        premises, header = tuple(known.statement(key) for key in step.premises), headers[step.rule]
        found.append((Clash(step.rule, header["says"], premises, italian=header.get("says@it", "")), step))
    found.sort(key=lambda pair: str(pair[0]))
    explained = (replace(clash, faults=_faults(known, step)) for clash, step in found[:EXPLAINED])
    return (*explained, *(clash for clash, _ in found[EXPLAINED:]))


def _faults(known: Known, step: Step) -> tuple[Statement, ...]:
    """The asserted statements that a contradiction rests on."""
    return tuple(dict.fromkeys(leaf for proof in explain_clash(known, step) for leaf in proof.leaves()))


def _by_rules(triples: Iterable[ox.Triple], rules: tuple[Rule, ...]) -> Closure:
    inference = Inference(rules, triples)
    return Closure(inference.inferred(), clashes(inference, rules))


def _by_owlrl(triples: Iterable[ox.Triple]) -> Closure:
    """By owlrl, which sees only what a rule could use (see ``relevance``).

    If it finds two names for one thing, all that is said of one holds of the other (rules eq-rep-s, -p and -o), so it
    then sees everything.
    """
    expand, asserted = _owlrl().expand, frozenset(triples)
    found, words = expand(relevant(asserted))
    if any(triple.predicate == _SAME_AS and triple.subject != triple.object for triple in found):
        found, words = expand(asserted)
    new = frozenset(triple for triple in found if triple not in asserted and not is_trivial(triple))
    return Closure(new, tuple(Clash("", one) for one in sorted(words)))


def _owlrl() -> ModuleType:
    """The reasoner that is rarely chosen, loaded when it is: it brings rdflib, which takes a fifth of a second."""
    return import_module("kg.reasoning.by_owlrl")
