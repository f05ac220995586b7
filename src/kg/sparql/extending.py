"""A SELECT made to return, with each row, all that its patterns matched: every variable, and which branch applied.

Nodes without a name get variables; each branch of a UNION and each OPTIONAL sets a variable of its own. The rows stay
what they were.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kg import querytext
from kg.errors import QueryError
from kg.querytext import place, tokens
from kg.sparql.cursor import NotRead
from kg.sparql.groups import (
    Block,
    Element,
    Group,
    Part,
    Path,
    Query,
    Span,
    SubQuery,
    Term,
    bound,
    visible,
    walk,
)
from kg.sparql.structure import read

#: A place of a pattern: a constant, or the name of a variable.
Place = ox.NamedNode | ox.Literal | str


@dataclass(frozen=True)
class Pattern:
    """A triple pattern as it was matched: where the variables in ``applies`` are all bound, its terms are.

    ``graph`` is that of the GRAPH it stands in, if any. With a ``path`` (then ``written`` is its text) the pattern is
    of the two ends of it, and ``predicate`` says nothing.
    """

    subject: Place
    predicate: Place
    object: Place
    graph: Place | None
    applies: frozenset[str]
    path: Path | None = None
    written: str = ""


@dataclass(frozen=True)
class Extended:
    """The query that returns everything, what it matches, and what is still to be done with its rows.

    If ``distinct``, rows that agree in the columns of the original query are one, and of these ``limit`` from
    ``offset`` on are the answer.
    """

    text: str
    patterns: tuple[Pattern, ...]
    distinct: bool = False
    limit: int | None = None
    offset: int = 0


def extend(text: str, base: str | None = None) -> Extended:
    """The query of which every row says what it rests on.

    Raises QueryError if it is no SELECT, groups rows or has aggregates, so that a row rests on many matches at once, or
    has what SPARQL 1.1 has not.
    """
    try:
        query = read(text, base)
    except NotRead as stopped:
        at = place(text, stopped.token.start) if stopped.token else None
        raise QueryError(
            "Evidence is given for queries of SPARQL 1.1 only.", remedy="Leave out evidence=1.", where=at
        ) from None
    if query.form != "SELECT" or query.where is None:
        raise QueryError(
            f"Evidence is given for the rows of a SELECT; this is {_an(query.form)}.",
            remedy="Leave out evidence=1, or select what is asked for.",
        )
    _refuse_aggregates(text, query)
    return _Extender(text).query(query)


def _an(form: str) -> str:
    return f"{'an' if form == 'ASK' else 'a'} {form}"


def _refuse_aggregates(text: str, query: Query) -> None:
    """Refuse what puts several matches into one row, so that none can be told to be behind it."""
    if query.has_aggregates:
        raise QueryError(
            "Evidence cannot be given for aggregates: a row of them rests on many matches at once.",
            remedy="Leave out GROUP BY and aggregates, or evidence=1.",
            where=place(text, query.modifiers.get("GROUP", query).start),
        )
    for element in walk(query.where) if query.where else ():
        if isinstance(element, SubQuery):
            inner = element.query
            if inner.has_aggregates or inner.reduced or inner.limit is not None or inner.offset:
                raise QueryError(
                    "Evidence cannot be given through a sub-query with aggregates, DISTINCT, LIMIT or OFFSET.",
                    remedy="Write its patterns into the query itself, or leave out evidence=1.",
                    where=place(text, inner.start),
                )


@dataclass
class _Extender:
    """Writes a query anew, and notes its patterns."""

    text: str
    _patterns: list[Pattern] = field(default_factory=list)
    _made: list[str] = field(default_factory=list)
    _nodes: dict[str, str] = field(default_factory=dict)
    _renamed: dict[str, str] = field(default_factory=dict)
    _applies: frozenset[str] = frozenset()
    _graph: Place | None = None

    def __post_init__(self) -> None:
        taken = querytext.variables(self.text)
        self._stem = next(stem for stem in ("kg" + "_" * n for n in range(1, 99)) if not any(stem in t for t in taken))

    def query(self, query: Query) -> Extended:
        """The extended query, with the clauses around its groups."""
        assert query.where is not None
        body = self._group(query.where)
        distinct = bool(query.reduced)
        left_out = ("LIMIT", "OFFSET") if distinct else ()
        ends = [self._raw(span) for word, span in query.modifiers.items() if word not in left_out]
        values = [self._raw(query.values)] if query.values else []
        dataset = self._raw(Span(query.head.end, query.where.start))
        text = self.text[: query.start] + " ".join([self._columns(query), dataset, body, *ends, *values])
        rest = (query.limit, query.offset) if distinct else (None, 0)
        return Extended(text, tuple(self._patterns), distinct, *rest)

    def _columns(self, query: Query, since: int = 0) -> str:
        """What is selected: the expressions, and every variable; of those made here, from number ``since`` on."""
        expressions = [self._raw(column) for column in query.columns if column.is_expression]
        if not expressions:
            return "SELECT *"
        names = {column.name for column in query.columns if column.is_expression}
        inner = bound(query.where) if query.where else frozenset()
        outer = sorted(self._name(name) for name in inner | visible(query) if name not in names)
        return " ".join(["SELECT", *expressions, *(f"?{name}" for name in [*outer, *self._made[since:]])])

    def _name(self, name: str) -> str:
        return self._renamed.get(name, name)

    def _raw(self, span: Span) -> str:
        """A piece of the text, with the variables that a sub-query hides under other names."""
        piece = self.text[span.start : span.end]
        if not self._renamed:
            return piece + " "
        written, done = [], 0
        for token in tokens(piece):
            if token.kind == "variable":
                written += [piece[done : token.start], "?" + self._name(token.text[1:])]
                done = token.start + len(token.text)
        return "".join(written) + piece[done:] + " "

    def _fresh(self) -> str:
        name = f"{self._stem}{len(self._made)}"
        self._made.append(name)
        return name

    def _group(self, group: Group, mark: str = "") -> str:
        marks = f" BIND(1 AS ?{mark})" if mark else ""
        return "{ " + " ".join(map(self._element, group.elements)) + marks + " }"

    def _branch(self, group: Group) -> str:
        """A group that may or may not apply, with the variable that tells."""
        mark, before = self._fresh(), self._applies
        self._applies = before | {mark}
        written = self._group(group, mark)
        self._applies = before
        return written

    def _element(self, element: Element) -> str:
        match element:
            case Block(triples=triples):
                return " ".join(self._triple(one.subject, one.verb, one.object) for one in triples)
            case Part(kind="union", groups=groups):
                return " UNION ".join(map(self._branch, groups))
            case Part(kind="optional", groups=(group,)):
                return "OPTIONAL " + self._branch(group)
            case Part(kind="graph", groups=(group,), name=name) if name:
                before, self._graph = self._graph, self._place(name)
                written = f"GRAPH {self._shown(name)} {self._group(group)}"
                self._graph = before
                return written
            case Part(kind="group", groups=(group,)):
                return self._group(group)
            case Part(kind="lateral", groups=(group,)):
                return "LATERAL " + self._group(group)
            case SubQuery(query=query):
                return self._sub_query(query)
        return self._raw(element)

    def _sub_query(self, query: Query) -> str:
        """A sub-query that returns all it matches, what it hid under names that nothing else has."""
        assert query.where is not None
        before, since = self._renamed, len(self._made)
        self._renamed = before | {name: self._fresh() for name in sorted(bound(query.where) - visible(query))}
        body = self._group(query.where)
        ends = [self._raw(query.values)] if query.values else []
        written = " ".join([self._columns(query, since), "WHERE", body, *ends])
        self._renamed = before
        return written

    def _place(self, term: Term) -> Place:
        if term.value is not None:
            return term.value
        if term.kind == "blank":
            if term.name not in self._nodes:
                self._nodes[term.name] = self._fresh()
            return self._nodes[term.name]
        return self._name(term.name)

    def _shown(self, term: Term) -> str:
        found = self._place(term)
        return f"?{found}" if isinstance(found, str) else str(found)

    def _triple(self, subject: Term, verb: Term | Path, value: Term) -> str:
        """A triple pattern. A path stays as it is: engines differ in how often they count its matches."""
        if isinstance(verb, Path) and verb.kind == "inverse" and isinstance(verb.parts[0], Term):
            subject, verb, value = value, verb.parts[0], subject
        if isinstance(verb, Term):
            self._note(subject, self._place(verb), value)
            return f"{self._shown(subject)} {self._shown(verb)} {self._shown(value)} ."
        written = self.text[verb.start : verb.end]
        self._note(subject, written, value, verb)
        return f"{self._shown(subject)} {written} {self._shown(value)} ."

    def _note(self, subject: Term, predicate: Place, value: Term, path: Path | None = None) -> None:
        ends = [self._place(one) for one in (subject, value)]
        pattern = Pattern(ends[0], predicate, ends[1], self._graph, self._applies, path)
        self._patterns.append(replace(pattern, predicate="", written=str(predicate)) if path else pattern)
