"""What of the graph a SPARQL constraint looks at for one focus node, as conjunctions of triple patterns.

A query is taken apart into the ways in which its patterns can come to matter. Each way is a ``Case``: patterns that
must all match for those called ``own`` to have any effect. For the patterns of the query itself these are the ones
joined with them, one branch of each UNION at a time. For those inside OPTIONAL or EXISTS they are, beside their own,
those around, with every variable renamed that is not surely bound where the group begins: a value that such a
variable gets inside is not compared with the outside before the group has done its work. Filters are left out. So a
case matches at least where the query does, and never stops matching because a triple is added.

``NOW()`` is no obstacle: old and new are judged at one moment.

The query is *bounded* if in every case each pattern is reached from ``$this`` by constant predicates, constants not
conducting. Other queries have no cases, and are run over everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, groupby, pairwise, product

import pyoxigraph as ox

from kg.gate.incremental.cases import THIS, Atom, Case, Reads
from kg.gate.incremental.paths import Chain, Path, Step, of_query, predicates, skippable
from kg.gate.patterns import Unsupported, parse
from kg.gate.shapes import Term
from kg.gate.tree import Group, Pattern, Select
from kg.querytext import Token, tokens

#: More ways than this to combine the branches of UNIONs, and the query is run over everything.
MOST_CASES = 100
#: Functions whose value does not depend on their arguments alone.
_VOLATILE = frozenset(("RAND", "UUID", "STRUUID", "BNODE"))
_DECLARED = re.compile(r"PREFIX ([^\s:]*): <([^<>\s]*)>\n")


@dataclass(frozen=True)
class _Test:
    """A group that does not bind for the rest of its query, with the names of what is surely bound where it begins."""

    group: Group
    bound: dict[str, str]


@dataclass(frozen=True)
class _Way:
    """One way to match a group: one branch of each UNION."""

    atoms: tuple[Atom, ...] = ()
    bound: frozenset[str] = frozenset()
    tests: tuple[_Test, ...] = ()

    def and_(self, other: _Way) -> _Way:
        return _Way(self.atoms + other.atoms, self.bound | other.bound, self.tests + other.tests)


@dataclass
class _Scope:
    """The names that variables of a group go by: those given, all others with a mark of their own."""

    given: dict[str, str]
    mark: str = ""
    substituted: frozenset[str] = field(default_factory=lambda: frozenset((THIS,)))

    def name(self, variable: str) -> str:
        return self.given.get(variable, variable + self.mark)


@lru_cache(maxsize=1_000)
def reads(text: str, *, sub_queries: bool = True) -> Reads:
    """What the query of a constraint looks at. ``text`` begins with its prefixes.

    Without ``sub_queries`` a query that has one is not bounded: rdflib, which pySHACL asks, gives one that groups a
    solution that counts to 0 if nothing in all the graph matches.
    """
    try:
        where = parse(text)
        prefixes, stream = _prefixes(text)
        if any(token.upper in _VOLATILE for token in stream):
            return Reads(None, None)
        return _Compiler(prefixes, sub_queries).reads(where)
    except Unsupported:
        return Reads(None, None)


class _Compiler:
    def __init__(self, prefixes: dict[str, str], sub_queries: bool) -> None:
        self._prefixes = prefixes
        self._sub_queries = sub_queries
        self._fresh = count(1)

    def reads(self, where: Group) -> Reads:
        """Raises Unsupported if the query may look at anything."""
        if any(group.kind in ("graph", "service", "minus") or group.words for group in where.walk()):
            raise Unsupported("what no path leads to")
        atoms = [atom for group in where.walk() for atom in self._atoms(group, _Scope({}))]
        named = frozenset(predicate for atom in atoms for predicate in predicates(atom.path))
        skips = any(skippable(atom.path) for atom in atoms)
        try:
            if _is_bounded_select(where.select, is_outermost=True):
                ways = self._ways(where, _Scope({}))
                return Reads(tuple(self._cases(ways)), named, skips, all(way.atoms for way in ways))
        except _Unbounded:
            pass
        return Reads(None, None if skips else named, skips)

    def _cases(self, ways: Iterable[_Way]) -> list[Case]:
        waiting: list[tuple[tuple[Atom, ...], int | None, _Way]] = [((), None, way) for way in ways]
        made, found = 0, []
        while waiting:
            before, around, way = waiting.pop()
            made += 1
            atoms = before + way.atoms
            if made > MOST_CASES or not _is_connected(atoms):
                raise _Unbounded
            if way.atoms:
                found.append(Case(atoms, len(before), around))
                around = len(found) - 1
            for test in way.tests:
                waiting += [(atoms, around, inner) for inner in self._ways(test.group, self._inside(test))]
        return found

    def _inside(self, test: _Test) -> _Scope:
        # What EXISTS is asked for is put into it at every depth (SPARQL 1.1, 18.6); OPTIONAL joins from outside.
        deep = frozenset(test.bound) if test.group.kind == "exists" else frozenset()
        return _Scope(test.bound, f"#{next(self._fresh)}", deep | {THIS})

    def _ways(self, group: Group, scope: _Scope) -> list[_Way]:
        """The ways to match a group, from its elements in the order they are written."""
        ways = [_Way(bound=scope.substituted)]
        for _, elements in groupby(_elements(group), key=_branch):
            alternatives = [way for element in elements for way in self._element(element, scope)]
            if isinstance(alternatives[0], _Open):
                ways = [way.and_(_Way(tests=(alternatives[0].test(way.bound, scope),))) for way in ways]
            else:
                ways = [one.and_(other) for one, other in product(ways, alternatives)]
            if len(ways) > MOST_CASES:
                raise _Unbounded
        return ways

    def _element(self, element: Pattern | Group, scope: _Scope) -> list[_Way] | list[_Open]:
        if isinstance(element, Pattern):
            atoms = tuple(self._atom(element, scope))
            return [_Way(atoms, frozenset(end[1:] for end in (element.subject, element.object) if end[0] == "?"))]
        if element.kind in ("optional", "exists"):
            return [_Open(element)]
        if element.select is None:
            return self._ways(element, scope)
        return self._sub_select(element, element.select, scope)

    def _sub_select(self, group: Group, select: Select, scope: _Scope) -> list[_Way]:
        """A sub-query: only what it projects as it is, and groups by, has to do with what is outside."""
        if not self._sub_queries or not _is_bounded_select(select, is_outermost=False):
            raise _Unbounded
        shared = _projected(select)
        if select.aggregates or select.grouped_by:
            shared &= select.grouped_by
        shared |= {THIS}
        given = {name: scope.name(name) for name in shared}
        inner = _Scope(given, f"#{next(self._fresh)}", scope.substituted & shared)
        return [_Way(way.atoms, way.bound & shared, way.tests) for way in self._ways(group, inner)]

    def _atoms(self, group: Group, scope: _Scope) -> Iterator[Atom]:
        for pattern in group.patterns:
            yield from self._atom(pattern, scope)

    def _atom(self, pattern: Pattern, scope: _Scope) -> Iterator[Atom]:
        """The atoms of a pattern: one for each part of a sequence of paths, so that each can be looked up alone."""
        start, end = (
            scope.name(one[1:]) if one.startswith("?") else self._term(one) for one in (pattern.subject, pattern.object)
        )
        path = of_query(pattern.path, self._resolve)
        parts = list(_parts(path))
        between = [f"#{next(self._fresh)}" for _ in parts[1:]]
        for part, (near, far) in zip(parts, pairwise([start, *between, end]), strict=True):
            if isinstance(part, Step) and part.inverse:
                yield Atom(far, Step(part.predicate), near)
            else:
                yield Atom(near, part, far)

    def _resolve(self, token: Token) -> ox.NamedNode:
        return self._iri(token.text)

    def _iri(self, text: str) -> ox.NamedNode:
        if text.startswith("<"):
            return ox.NamedNode(text[1:-1])
        prefix, _, local = text.partition(":")
        if prefix not in self._prefixes or "\\" in local:
            raise Unsupported(f"the name {text}")
        return ox.NamedNode(self._prefixes[prefix] + local)

    def _term(self, text: str) -> Term:
        if text[0] == "<" or (":" in text and text[0] not in "\"'"):
            return self._iri(text)
        declared = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in self._prefixes.items())
        text = text.lower() if text.upper() in ("TRUE", "FALSE") else text
        store = ox.Store()  # Its way to write a number is the one that the states have.
        store.load(f"{declared}<urn:s> <urn:p> {text} .".encode(), format=ox.RdfFormat.TURTLE)
        return next(iter(store)).object


class _Unbounded(Exception):
    """The query is not bounded, though it names its predicates."""


@dataclass(frozen=True)
class _Open:
    group: Group

    def test(self, bound: frozenset[str], scope: _Scope) -> _Test:
        """The group as a test, at a place where these variables are bound."""
        return _Test(self.group, {name: scope.name(name) for name in bound})


def _elements(group: Group) -> list[Pattern | Group]:
    """Patterns and groups in the order they are written."""
    return sorted([*group.patterns, *group.groups], key=_start)


def _start(element: Pattern | Group) -> int:
    return element.start if isinstance(element, Group) else element.path[0].start


def _branch(element: Pattern | Group) -> object:
    """The same for the branches of one UNION, different for all else."""
    return element.branch if isinstance(element, Group) and element.branch is not None else id(element)


def _parts(path: Path) -> Iterator[Path]:
    if isinstance(path, Chain):
        for part in path.parts:
            yield from _parts(part)
    else:
        yield path


def _prefixes(text: str) -> tuple[dict[str, str], list[Token]]:
    """The prefixes a query declares, and its tokens after those that stand one a line before all else."""
    found, at = {}, 0
    while declared := _DECLARED.match(text, at):
        found[declared[1]], at = declared[2], declared.end()
    stream = list(tokens(text[at:]))
    for keyword, name, iri in zip(stream, stream[1:], stream[2:], strict=False):
        if keyword.upper == "PREFIX":
            found[name.text.removesuffix(":")] = iri.text[1:-1]
    return found, stream


def _is_connected(atoms: Iterable[Atom]) -> bool:
    """True if every atom is reached from ``$this``."""
    reached, waiting = {THIS}, list(atoms)
    while ready := [atom for atom in waiting if atom.variables & reached]:
        reached = reached.union(*(atom.variables for atom in ready))
        waiting = [atom for atom in waiting if atom not in ready]
    return not waiting


def _is_bounded_select(select: Select | None, *, is_outermost: bool) -> bool:
    """False for a SELECT that picks or counts solutions in a way that one focus node does not settle."""
    if select is None:
        return True
    words = {token.upper for token in select.tail}
    if words & {"LIMIT", "OFFSET"} or any(token.text == "{" for token in select.head + select.tail):
        return False
    if is_outermost or not (select.aggregates or "GROUP" in words):
        return True
    # The keys of a sub-query must be plain variables, $this among them.
    after = [token.upper or token.text for token in select.tail]
    keys = after[after.index("GROUP"):] if "GROUP" in after else ["("]
    ends = [index for index, word in enumerate(keys) if word in ("HAVING", "ORDER")]
    return "(" not in keys[:min(ends, default=len(keys))] and THIS in select.grouped_by


def _projected(select: Select) -> frozenset[str]:
    """The variables of a SELECT clause that stand there as they are, not in or for an expression."""
    depth, found = 0, set()
    for token in select.head:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and not depth:
            found.add(token.text[1:])
    return frozenset(found)
