"""Rules as data: one SPARQL query a file, in a small part of SPARQL 1.1, and the values it is read into.

A file holds comments ``#+ key: value`` (``rule``, ``source`` and ``says`` are due), prefixes, and one query:

- ``CONSTRUCT { … } WHERE { … }`` concludes triples; ``ASK { … }`` names what must not be: a contradiction.
- The pattern is triples (with ``;``, ``,`` and ``a``) and ``FILTER(x op y)`` or ``FILTER(rule:name(x, y))``.
- ``?x owl:sameAs? ?y`` (a path) matches the triple, and one and the same term.
- RDF lists of any length are read by properties of the ``rule:`` namespace: ``?l rule:member ?m`` (m is in l),
  ``?l rule:pair (?m ?n)`` (m and n stand at two places of l), ``?l rule:chain (?u ?v)`` (the members, as properties,
  lead from u to v), ``?l rule:typesOf ?y`` (y has each member as a type), ``?l rule:sharedValues (?x ?y)`` (x and y
  share a value of each member). The list is the object of another triple of the pattern, the last three with a
  property that is written out.
- ``#+ left-out: why`` marks a rule that is not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.querytext import Token, place, tokens
from kg.rdf import BASE, PREFIXES

RULE = BASE + "rules#"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_XSD = PREFIXES["xsd"]
_HEADER = re.compile(r"^#\+ ([\w@-]+): (.+)$", re.MULTILINE)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
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
class Rule:
    """A rule: what it concludes (nothing: a contradiction) from what; ``header`` holds what the file says of it."""

    name: str
    heads: tuple[Atom, ...]
    body: tuple[Atom, ...]
    lists: tuple[ListAtom, ...]
    filters: tuple[Filter, ...]
    header: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def is_clash(self) -> bool:
        """True if what the rule asks for must not be."""
        return not self.heads and "left-out" not in self.header


def read_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules of these files (path → text) that are run, sorted by path. Raises SourceError with line and column."""
    rules = [read_rule(text, path) for path, text in sorted(texts.items())]
    names = [rule.name for rule in rules]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SourceError(f"Two rules are called {min(twice)}.", remedy="Rename one.")
    return tuple(rule for rule in rules if "left-out" not in rule.header)


def read_rule(text: str, path: str) -> Rule:
    """The rule of one file. Raises SourceError with line and column."""
    header = dict(_HEADER.findall(text))
    for key in ("rule", "source", "says"):
        if key not in header:
            raise SourceError(f"The rule lacks the line '#+ {key}: …'.", where=Where(path))
    return _Reader(text, path).read(header)


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


class _Reader:
    """Reads the tokens of one rule from left to right."""

    def __init__(self, text: str, path: str) -> None:
        self._text, self._path = text, path
        self._tokens = _merged(list(tokens(text)))
        self._at = 0
        self._prefixes: dict[str, str] = {}
        self._atoms: list[Atom] = []
        self._lists: list[ListAtom] = []
        self._filters: list[Filter] = []

    def read(self, header: Mapping[str, str]) -> Rule:
        while self._peek().upper == "PREFIX":
            self._take("PREFIX")
            prefix = self._next().text.removesuffix(":")
            self._prefixes[prefix] = self._next().text[1:-1]
        heads: tuple[Atom, ...] = ()
        if self._next().upper == "CONSTRUCT":
            self._block()
            heads, self._atoms = tuple(self._atoms), []
            if self._lists or self._filters or any(head.optional for head in heads):
                self._fail("A conclusion is made of triples alone")
            self._take("WHERE")
        self._block()
        rule = Rule(header["rule"], heads, tuple(self._atoms), tuple(self._lists), tuple(self._filters), header)
        unbound = variables_of(heads) - variables_of(rule.body) - variables_of(rule.lists)
        if unbound:
            self._fail(f"The conclusion uses ?{min(one.name for one in unbound)}, which the pattern does not bind")
        return rule

    def _block(self) -> None:
        self._take("{")
        while self._peek().text != "}":
            if self._peek().upper == "FILTER":
                self._filter()
            else:
                self._triples()
            if self._peek().text == ".":
                self._next()
        self._take("}")

    def _triples(self) -> None:
        subject = self._term()
        while True:
            predicate = self._verb()
            optional = self._peek().text == "?" and bool(self._next())
            while True:
                self._add(subject, predicate, optional)
                if self._peek().text != ",":
                    break
                self._next()
            if self._peek().text != ";":
                return
            self._next()

    def _add(self, subject: Term, predicate: Term, optional: bool) -> None:
        kind = predicate.value.removeprefix(RULE) if isinstance(predicate, ox.NamedNode) else ""
        if kind not in LISTS:
            self._atoms.append(Atom(subject, predicate, self._term(), optional))
            return
        terms = []
        if self._peek().text == "(":
            self._next()
            while self._peek().text != ")":
                terms.append(self._term())
            self._next()
        else:
            terms.append(self._term())
        if len(terms) != LISTS[kind]:
            self._fail(f"rule:{kind} takes {LISTS[kind]} on the right")
        self._lists.append(ListAtom(subject, kind, tuple(terms)))

    def _filter(self) -> None:
        self._take("FILTER")
        self._take("(")
        left = self._term()
        operator = self._next().text
        if operator == "(" and isinstance(left, ox.NamedNode):
            operator, left = left.value.removeprefix(RULE), self._term()
            self._take(",")
            self._filters.append(Filter(operator, left, self._term()))
            self._take(")")
        elif operator in _COMPARISONS:
            self._filters.append(Filter(operator, left, self._term()))
        else:
            self._fail(f"A filter compares two terms, but {operator!r} does not compare")
        self._take(")")

    def _verb(self) -> Term:
        if self._peek().text == "a":
            self._next()
            return _TYPE
        return self._term()

    def _term(self) -> Term:
        token = self._next()
        if token.kind == "variable":
            return Variable(token.text[1:])
        if token.kind == "iri":
            return ox.NamedNode(token.text[1:-1])
        if token.kind == "string":
            return ox.Literal(token.text[1:-1])
        if token.text.isdecimal():
            return ox.Literal(token.text, datatype=ox.NamedNode(_XSD + "integer"))
        prefix, _, local = token.text.partition(":")
        if token.kind != "name" or prefix not in self._prefixes:
            self._fail(f"{token.text!r} is not understood here", token)
        return ox.NamedNode(self._prefixes[prefix] + local)

    def _peek(self) -> Token:
        if self._at == len(self._tokens):
            self._fail("The rule ends too early")
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _take(self, expected: str) -> None:
        token = self._next()
        if token.text.upper() != expected:
            self._fail(f"Expected {expected}, found {token.text!r}", token)

    def _fail(self, message: str, token: Token | None = None) -> None:
        token = token or self._tokens[min(self._at, len(self._tokens) - 1)]
        where = place(self._text, token.start)
        raise SourceError(f"{message}.", where=Where(self._path, where.line, where.column))


def _merged(stream: list[Token]) -> list[Token]:
    """The tokens, operators and numbers of several characters made one."""
    found: list[Token] = []
    for token in stream:
        last = found[-1] if found else None
        adjacent = last is not None and last.start + len(last.text) == token.start
        together = last.text + token.text if adjacent else ""
        if together in _COMPARISONS or together.isdecimal():
            found[-1] = Token("other", together, last.start)
        else:
            found.append(token)
    return found
