"""Rules made ready to be joined: terms as numbers, one conclusion each, lists written out.

In a clause a number from 0 is a term and a number below 0 a variable. A rule becomes one clause for each conclusion and
each way of reading its optional patterns. Chains, intersections and keys become one clause for each list in the graph,
with one triple for each member, so that a list of any length is joined like any other pattern; which nodes make up a
list is a fact inside the engine (``Lists.facts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import pyoxigraph as ox

from kg.rdf import PREFIXES
from kg.reasoning.facts import Facts, Key, Terms
from kg.reasoning.lists import FIRST, ITEM, Lists
from kg.reasoning.rules import Atom, Filter, ListAtom, Rule, Term, Variable

#: Tests on numbers, which a compiled clause has besides the conditions written in its rule.
DIFFERENT, WORTH_SAYING = "different", "worth-saying"
_OF_EACH_LIST = ("chain", "typesOf", "sharedValues")
_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_TYPE = ox.NamedNode(_RDF + "type")
_SAME_AS = ox.NamedNode(_OWL + "sameAs")
_TO_CLASS = {_TYPE, ox.NamedNode(_RDFS + "domain"), ox.NamedNode(_RDFS + "range")}


@dataclass(frozen=True)
class Clause:
    """``head`` follows from ``body`` where ``tests`` hold; without a head, ``body`` is a contradiction.

    ``beyond`` are triples that were used to write the clause out, and so belong to its premises.
    """

    rule: str
    head: Key | None
    body: tuple[Key, ...]
    tests: tuple[tuple[str, int, int], ...]
    beyond: tuple[Key, ...] = ()


@dataclass(frozen=True)
class _Part:
    """A rule on its way to a clause: one conclusion, and a term of the graph may stand for a variable."""

    rule: str
    head: Atom | None
    body: tuple[Atom, ...]
    lists: tuple[ListAtom, ...]
    filters: tuple[Filter, ...]
    beyond: tuple[Key, ...] = ()


class Program:
    """The rules, compiled for the terms of one graph."""

    def __init__(self, rules: Iterable[Rule], terms: Terms) -> None:
        self._terms = terms
        parts = [part for rule in rules for part in _parts(rule)]
        self.axioms = [compiled(part, terms) for part in parts if not part.body and not part.lists]
        self.fixed = [compiled(part, terms) for part in parts if part.body and not part.lists]
        self._per_list = [part for part in parts if part.lists]
        anchors = {anchor.predicate for part in parts for anchor in _anchors(part)}
        #: The properties whose values the rules read as lists.
        self.anchors = frozenset(terms.number(predicate) for predicate in anchors)

    def written_out(self, lists: Lists, facts: Facts) -> list[Clause]:
        """The clauses for each list in the graph."""
        return [
            compiled(one, self._terms)
            for part in self._per_list
            for one in _written_out(part, lists, facts, self._terms)
        ]


def _parts(rule: Rule) -> Iterator[_Part]:
    for head in rule.heads or (None,):
        yield from _readings(_Part(rule.name, head, rule.body, rule.lists, rule.filters))


def _readings(part: _Part) -> Iterator[_Part]:
    """The part, once for each way to read its optional triples and its pairs of members."""
    for atom in part.body:
        if atom.optional:
            others = tuple(one for one in part.body if one is not atom)
            yield from _readings(replace(part, body=(*others, replace(atom, optional=False))))
            yield from _readings(_put(replace(part, body=others), {atom.object: atom.subject}))
            return
    for one in part.lists:
        if one.kind in _OF_EACH_LIST:
            continue
        rest = replace(part, lists=tuple(other for other in part.lists if other is not one))
        nodes = [Variable(f"node of {term}") for term in ("m", "n")[: len(one.terms)]]
        atoms = [
            atom
            for node, term in zip(nodes, one.terms, strict=True)
            for atom in (Atom(one.list, ITEM, node), Atom(node, FIRST, term))
        ]
        apart = (Filter(DIFFERENT, *nodes),) if len(nodes) == 2 else ()
        yield from _readings(replace(rest, body=(*rest.body, *atoms), filters=(*rest.filters, *apart)))
        return
    yield part


def _put(part: _Part, values: Mapping[Term, Term]) -> _Part:
    """The part with terms put for variables."""

    def put(term: Term) -> Term:
        return values.get(term, term)

    def atom(one: Atom) -> Atom:
        return replace(one, subject=put(one.subject), predicate=put(one.predicate), object=put(one.object))

    return replace(
        part,
        head=part.head and atom(part.head),
        body=tuple(map(atom, part.body)),
        lists=tuple(ListAtom(put(one.list), one.kind, tuple(map(put, one.terms))) for one in part.lists),
        filters=tuple(Filter(one.operator, put(one.left), put(one.right)) for one in part.filters),
    )


def _anchors(part: _Part) -> list[Atom]:
    """The triples of a part whose object is one of its lists."""
    lists = {one.list for one in part.lists}
    lists |= {one.subject for one in part.body if one.predicate == ITEM}
    return [one for one in part.body if one.object in lists and isinstance(one.predicate, ox.NamedNode)]


def _written_out(part: _Part, lists: Lists, facts: Facts, terms: Terms) -> Iterator[_Part]:
    one = part.lists[0]
    (anchor,) = (atom for atom in _anchors(part) if atom.object == one.list)
    relation = facts.relations.get(terms.number(anchor.predicate))
    for head, owners in sorted(relation.backward.items()) if relation else ():
        for reading in lists.readings(head):
            for members in product(*reading.members):
                atoms = tuple(_of_members(one, [terms[member] for member in members]))
                for owner in sorted(owners):
                    values = {anchor.subject: terms[owner], one.list: terms[head]}
                    bound = _put(replace(part, lists=part.lists[1:]), values)
                    yield replace(bound, body=(*bound.body, *atoms), beyond=lists.premises(reading, members))


def _of_members(one: ListAtom, members: list[Term]) -> Iterator[Atom]:
    """The triples that a list of these members stands for."""
    if one.kind == "typesOf":
        yield from (Atom(one.terms[0], _TYPE, member) for member in members)
    elif one.kind == "sharedValues":
        for place, member in enumerate(members):
            value = Variable(f"value {place}")
            yield from (Atom(term, member, value) for term in one.terms)
    else:
        start, end = one.terms
        steps = [start, *(Variable(f"step {place}") for place in range(1, len(members))), end]
        yield from (Atom(steps[place], member, steps[place + 1]) for place, member in enumerate(members))


def compiled(part: _Part, terms: Terms) -> Clause:
    """The clause of a part that has no lists left."""
    slots: dict[Term, int] = {}

    def number(term: Term) -> int:
        if isinstance(term, Variable):
            return slots.setdefault(term, -1 - len(slots))
        return terms.number(term)

    def key(atom: Atom) -> Key:
        return number(atom.subject), number(atom.predicate), number(atom.object)

    body = tuple(map(key, part.body))
    head = key(part.head) if part.head else None
    tests = [(one.operator, number(one.left), number(one.right)) for one in part.filters]
    if head:
        tests += _tests(head, body, terms)
    return Clause(part.rule, head, body, tuple(dict.fromkeys(tests)), part.beyond)


def _tests(head: Key, body: tuple[Key, ...], terms: Terms) -> Iterator[tuple[str, int, int]]:
    """Tests that keep a clause from concluding what it started from, and what is not worth saying (see trivial)."""
    subject, predicate, object_ = head
    if predicate == terms.number(_SAME_AS) and subject != object_:
        yield DIFFERENT, subject, object_
    if predicate >= 0 and terms[predicate] in _TO_CLASS and object_ < 0:
        yield WORTH_SAYING, object_, object_
    for atom in body:
        apart = {(one, other) for one, other in zip(head, atom, strict=True) if one != other}
        if len(apart) == 1 and all(one < 0 for pair in apart for one in pair):
            ((one, other),) = apart
            yield DIFFERENT, one, other


