"""Reading rules: one SPARQL query a file, in a small part of SPARQL 1.1.

A file holds comments ``#+ key: value`` (``rule``, ``source`` and ``says`` are due, ``says@it`` has the same in
Italian), prefixes, and one query:

- ``CONSTRUCT { … } WHERE { … }`` concludes triples; ``ASK { … }`` names what must not be: a contradiction.
- The pattern is triples (with ``;``, ``,`` and ``a``) and ``FILTER(x op y)`` or ``FILTER(rule:name(x, y))``.
- ``?x owl:sameAs? ?y`` (a path) matches the triple, and one and the same term.
- RDF lists of any length are read by properties of the ``rule:`` namespace: ``?l rule:member ?m`` (m is in l),
  ``?l rule:pair (?m ?n)`` (m and n stand at two places of l), ``?l rule:chain (?u ?v)`` (the members, as properties,
  lead from u to v), ``?l rule:typesOf ?y`` (y has each member as a type), ``?l rule:sharedValues (?x ?y)`` (x and y
  share a value of each member). The list is the object of another triple of the pattern, the last three with a
  property that is written out.
- ``#+ left-out: why`` marks a rule that is not run.
- ``#+ parameter: name`` gives a variable its value with the question; such a rule concludes something of that value,
  may have ``FILTER NOT EXISTS { … }``, in one another too, and has no lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.querytext import Token, place, tokens
from kg.rdf import PREFIXES
from kg.reasoning.rules import LISTS, RULE, Absent, Atom, Filter, ListAtom, Rule, Term, Variable, variables_of

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_XSD = PREFIXES["xsd"]
_HEADER = re.compile(r"^#\+ ([\w@-]+): (.+)$", re.MULTILINE)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


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
        self._absent: list[Absent] = []
        self._parameter: Variable | None = None

    def read(self, header: Mapping[str, str]) -> Rule:
        self._parameter = Variable(header["parameter"]) if "parameter" in header else None
        while self._peek().upper == "PREFIX":
            self._take("PREFIX")
            prefix = self._next().text.removesuffix(":")
            self._prefixes[prefix] = self._next().text[1:-1]
        heads: tuple[Atom, ...] = ()
        if self._next().upper == "CONSTRUCT":
            self._block()
            heads, self._atoms = tuple(self._atoms), []
            if self._lists or self._filters or self._absent or any(head.optional for head in heads):
                self._fail("A conclusion is made of triples alone")
            self._take("WHERE")
        self._block()
        lists, filters, absent = tuple(self._lists), tuple(self._filters), tuple(self._absent)
        rule = Rule(header["rule"], heads, tuple(self._atoms), lists, filters, absent, header)
        self._check(rule)
        return rule

    def _check(self, rule: Rule) -> None:
        """Raise SourceError unless every variable of a conclusion or a filter has a value."""
        bound = variables_of(rule.body) | variables_of(rule.lists) | {self._parameter}
        of_it = len(rule.heads) == 1 and self._parameter in variables_of(rule.heads)
        if self._parameter and (rule.lists or not of_it):
            self._fail(f"A rule with a parameter concludes one triple with ?{self._parameter.name}, and reads no lists")
        for part, items in (("conclusion", rule.heads), ("filter", rule.filters)):
            self._refuse(part, variables_of(items) - bound)
        self._check_absent(rule.absent, bound)

    def _check_absent(self, absent: Iterable[Absent], bound: set[Variable | None]) -> None:
        for one in absent:
            inside = bound | variables_of(one.body)
            self._refuse("filter", variables_of(one.filters) - inside)
            self._check_absent(one.absent, inside)

    def _refuse(self, part: str, unbound: set[Variable]) -> None:
        if unbound:
            self._fail(f"The {part} uses ?{min(one.name for one in unbound)}, which the pattern does not bind")

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
        if self._peek().upper == "NOT":
            self._not_exists()
            return
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

    def _not_exists(self) -> None:
        if not self._parameter:
            self._fail("Only a rule with a parameter may ask what is not there")
        self._take("NOT")
        self._take("EXISTS")
        around = self._atoms, self._filters, self._absent
        self._atoms, self._filters, self._absent = [], [], []
        self._block()
        found = Absent(tuple(self._atoms), tuple(self._filters), tuple(self._absent))
        self._atoms, self._filters, self._absent = around
        self._absent.append(found)

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
