"""The tree of a SELECT query: its groups, triple patterns and SELECT clauses (SPARQL 1.1, sections 5 to 13)."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.querytext import Token

AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
#: Kinds of groups that can leave their variables unbound, or never bind them for the rest of the query.
OPEN_ENDED = ("optional", "exists", "minus")


def names(found: tuple[Token, ...]) -> frozenset[str]:
    """The names of the variables among tokens, without ``?`` or ``$``."""
    return frozenset(token.text[1:] for token in found if token.kind == "variable")


@dataclass
class Pattern:
    """One triple pattern: subject and object as written (variables as ``?name``), and its predicate or path."""

    subject: str
    path: tuple[Token, ...]
    object: str

    def __str__(self) -> str:
        return " ".join((self.subject, "".join(token.text for token in self.path), self.object))

    @property
    def constant(self) -> bool:
        """True if no variable and no negated property set stands in the predicate's place."""
        return not any(token.kind == "variable" or token.text == "!" for token in self.path)


@dataclass
class Select:
    """The parts of a SELECT around its WHERE group: the tokens before and after it."""

    head: tuple[Token, ...]
    tail: tuple[Token, ...] = ()

    @property
    def projected(self) -> frozenset[str]:
        """Names of the variables in the SELECT clause."""
        return names(self.head)

    @property
    def aggregates(self) -> bool:
        """True if an aggregate stands before or after the WHERE group."""
        return any(token.upper in AGGREGATES for token in self.head + self.tail)

    @property
    def grouped_by(self) -> frozenset[str]:
        """Names of the variables in GROUP BY."""
        words = [token.upper for token in self.tail]
        if "GROUP" not in words:
            return frozenset()
        start = words.index("GROUP")
        ends = (i for i, word in enumerate(words) if i > start and word in ("HAVING", "ORDER", "LIMIT", "OFFSET"))
        return names(self.tail[start:next(ends, len(words))])


@dataclass
class Group:
    """A group graph pattern: its kind, where it opens, what it holds, and the SELECT it is the WHERE of, if any.

    Kinds: ``where group optional union exists minus service graph``. The branches of one UNION share ``branch``.
    """

    kind: str
    start: int
    patterns: list[Pattern] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    select: Select | None = None
    branch: int | None = None
    graph: str = ""

    def walk(self) -> list[Group]:
        """This group and all within it, outer ones first."""
        return [self] + [inner for group in self.groups for inner in group.walk()]

    def mentions(self, variable: str) -> bool:
        """True if the variable occurs here or in a group within."""
        return any(variable in group.variables for group in self.walk())
