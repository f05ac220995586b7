"""What a query consists of: its clauses, groups and triple patterns, each with its place in the text.

``kg.sparql.structure`` reads a text into these values; the names of the parts are those of SPARQL 1.1, section 19.8.
Places are offsets in code points from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox


@dataclass(frozen=True)
class Span:
    """A piece of the text: from ``start`` up to ``end``."""

    start: int
    end: int


@dataclass(frozen=True)
class Term(Span):
    """A term of a pattern: a variable or blank node, which have a ``name``, or a constant, which has a ``value``.

    A node without a label (``[…]``, a list) has a name that cannot be written, such as ``[1``.
    """

    kind: str
    name: str = ""
    value: ox.NamedNode | ox.Literal | None = None


@dataclass(frozen=True)
class Path(Span):
    """A property path other than a single IRI (SPARQL 1.1, section 9.1).

    ``kind`` is ``sequence``, ``alternative``, ``inverse``, ``repeated`` or ``negated``; ``marks`` is ``?``, ``*`` or
    ``+`` of one that is repeated. The parts of a negated set are IRIs and inverses of IRIs.
    """

    kind: str
    parts: tuple[Term | Path, ...]
    marks: str = ""


@dataclass(frozen=True)
class Triple(Span):
    """A triple pattern; the span is that of verb and object, and of the subject too where it is written before them."""

    subject: Term
    verb: Term | Path
    object: Term


@dataclass(frozen=True)
class Block(Span):
    """What is said of one subject, as single triple patterns; the span has the dot after it too."""

    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class Filter(Span):
    """A FILTER: the variables its expression reads, the groups of its EXISTS, and simple comparisons in it."""

    variables: frozenset[str]
    groups: tuple[Group, ...] = ()
    comparisons: tuple[tuple[str, str, ox.Literal | ox.NamedNode], ...] = ()


@dataclass(frozen=True)
class Bind(Span):
    """A BIND: the variable it sets and those its expression reads."""

    name: str
    variables: frozenset[str]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Values(Span):
    """A block of values: its variables and the constants in it."""

    names: tuple[str, ...]
    constants: tuple[Term, ...]


@dataclass(frozen=True)
class Part(Span):
    """One or several groups under a keyword.

    ``kind`` is ``group`` (braces alone), ``union``, ``optional``, ``minus``, ``graph`` (then ``name`` is its graph) or
    ``lateral``.
    """

    kind: str
    groups: tuple[Group, ...]
    name: Term | None = None


@dataclass(frozen=True)
class SubQuery(Span):
    """A SELECT within a group."""

    query: Query


Element = Block | Filter | Bind | Values | Part | SubQuery


@dataclass(frozen=True)
class Group(Span):
    """A group graph pattern with its braces."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Column(Span):
    """What SELECT lists: a variable, or an expression (then ``variables`` are those it reads) with its name."""

    name: str
    is_expression: bool = False
    variables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Query(Span):
    """A query, or a SELECT within one.

    ``columns`` is empty for ``SELECT *``; ``reduced`` is ``DISTINCT``, ``REDUCED`` or empty. ``has_aggregates`` is true
    if the query groups or has an aggregate anywhere outside of its groups. ``modifiers`` has the spans of what
    follows the groups, by keyword. ``default`` and ``named`` are the IRIs of its dataset clauses.
    """

    form: str
    where: Group | None
    columns: tuple[Column, ...] = ()
    reduced: str = ""
    has_aggregates: bool = False
    modifiers: dict[str, Span] = field(default_factory=dict)
    limit: int | None = None
    offset: int = 0
    values: Values | None = None
    head: Span = Span(0, 0)
    prefixes: dict[str, tuple[str, Span]] = field(default_factory=dict)
    default: tuple[Term, ...] = ()
    named: tuple[Term, ...] = ()


def subgroups(element: Element) -> tuple[Group, ...]:
    """The groups right below an element."""
    if isinstance(element, Part | Filter | Bind):
        return element.groups
    if isinstance(element, SubQuery) and element.query.where:
        return (element.query.where,)
    return ()


def walk(group: Group) -> Iterator[Element]:
    """All elements of a group and of the groups below it, in the order of the text."""
    for element in group.elements:
        yield element
        for below in subgroups(element):
            yield from walk(below)


def parts_of(verb: Term | Path) -> Iterator[Term]:
    """The IRIs, or the variable, of a verb."""
    if isinstance(verb, Term):
        yield verb
        return
    for part in verb.parts:
        yield from parts_of(part)


def named(term: Term | Path) -> frozenset[str]:
    """The name of a term that is a variable, as a set."""
    return frozenset({term.name}) if isinstance(term, Term) and term.kind == "variable" else frozenset()


def of_triple(triple: Triple) -> frozenset[str]:
    """The variables of a triple pattern."""
    return named(triple.subject) | named(triple.verb) | named(triple.object)


def bound(group: Group) -> frozenset[str]:
    """The variables that may be bound by a group (SPARQL 1.1, section 18.2.1: in scope)."""
    return frozenset().union(*map(bound_by, group.elements))


def bound_by(element: Element) -> frozenset[str]:
    """The variables that an element of a group may bind."""
    match element:
        case Block(triples=triples):
            return frozenset().union(*map(of_triple, triples))
        case Bind(name=name):
            return frozenset({name})
        case Values(names=names):
            return frozenset(names)
        case Part(kind=kind, groups=groups, name=name) if kind != "minus":
            return frozenset().union(*map(bound, groups), named(name) if name else frozenset())
        case SubQuery(query=query):
            return visible(query)
    return frozenset()


def visible(query: Query) -> frozenset[str]:
    """The variables that a SELECT returns."""
    if query.columns:
        return frozenset(column.name for column in query.columns)
    inner = bound(query.where) if query.where else frozenset()
    return inner | frozenset(query.values.names if query.values else ())
