"""What is wrong with a query that cannot be read: in a sentence, with the place, and with what to write instead.

The engine says what it expected where it stopped, which may be some way behind the mistake. The reader of the structure
(``kg.sparql.structure``) stops at it, and knows what people write who think of another language.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pyoxigraph as ox

from kg import querytext
from kg.errors import QueryError, Where
from kg.querytext import Token
from kg.sparql.cursor import NotRead, Unsupported
from kg.sparql.groups import Bind, Group, Query, bound_by, subgroups
from kg.sparql.habits import Known, advice, meant
from kg.sparql.slips import Scene, Slip, first_that_helps, functions, pasted, piece_for, reads_on, ways
from kg.sparql.sqlwords import STOPPED, WHOLE
from kg.sparql.structure import read

#: Characters of the longest query for which it is tried what would mend it.
_MOST_TRIED = 10_000
_POSITION = re.compile(r"^error at (\d+):(\d+): expected (.*)$", re.DOTALL)
_CLOSING = ("“}”", "“)”", "“]”")
#: What the engine says of queries that follow the grammar → what is meant, and what to do.
_SEMANTIC = {
    "variable that is unbound": (
        "it selects a variable that is neither grouped by nor within an aggregate",
        "Add it to GROUP BY, or write for instance (SAMPLE(?x) AS ?one).",
    ),
    "IRI parsing failed": ("an IRI in it is relative or malformed", "Write the whole IRI, or declare a BASE."),
    "Prefix not found": ("a prefix in it is not declared", "Declare it with PREFIX."),
}


def malformed(
    text: str, error: SyntaxError, base: str | None = None, known: Known = lambda word: ""
) -> QueryError:
    """The error for a query that pyoxigraph cannot read, with the place and, where it can be told, the cause.

    ``known`` finds the name with a prefix of what the graph has under a bare word, empty if nothing or several.
    """
    try:
        query = read(text, base)
    except Unsupported:
        return querytext.undeclared_prefix(text) or _by_engine(text, error)
    except NotRead as found:
        stopped = meant(text, found)
        if stopped.cause == "prefix" and stopped.token is not None:
            return querytext.undeclared(text, stopped.token)
        return _told(text, stopped, known, base)
    return _by_function(text, base) or _by_meaning(text, query) or _by_habit(text, error, base) or _by_engine(text, error)


def _told(text: str, stopped: NotRead, known: Known, base: str | None) -> QueryError:
    """The error for a text that does not follow the grammar."""
    token = stopped.token
    if len(text) <= _MOST_TRIED and (slip := first_that_helps(text, Scene(text, stopped), STOPPED, base)):
        return _of_slip(text, slip, f"{_article(stopped.wanted)} expected")
    remedy, proposal = advice(text, stopped, known)
    closes = stopped.held is not None and stopped.wanted in _CLOSING
    if closes and token and not proposal and len(text) <= _MOST_TRIED:
        closed = f"{stopped.wanted.strip('“”')} {token.text}"
        proposal = closed if piece_for(text, token.start, closed, base) == len(token.text) else ""
    if token is None:
        reason = f"it ends too early, where {stopped.wanted} is missing"
        where = querytext.place(text, len(text))
    else:
        reason = f"{_article(stopped.wanted)} expected"
        where = querytext.place(text, token.start)
    if stopped.held and closes:
        opened = querytext.place(text, stopped.held.start)
        reason += f"; “{stopped.held.text}” was opened in line {opened.line}, column {opened.column}"
    message = f"The query cannot be read{_near(token)}: {reason}."
    if proposal and len(text) <= _MOST_TRIED:
        where = replace(where, length=piece_for(text, token.start if token else len(text), proposal, base))
    return QueryError(message, remedy=remedy, where=where, proposal=proposal)


def _of_slip(text: str, slip: Slip, reason: str) -> QueryError:
    """The error for a piece that is to be written in another way."""
    shown = " ".join(text[slip.start : slip.end].split())
    message = f"The query cannot be read near “{shown[:40]}{'…' if len(shown) > 40 else ''}”: {reason}."
    where = replace(querytext.place(text, slip.start), length=slip.end - slip.start)
    return QueryError(message, remedy=slip.remedy, where=where, proposal=slip.proposal)


def _by_function(text: str, base: str | None) -> QueryError | None:
    """The error for a function that SPARQL has not."""
    slip = next(functions(Scene(text)), None)
    if slip is None:
        return None
    helps = slip.proposal and len(text) <= _MOST_TRIED and reads_on(text, slip, base)
    return _of_slip(text, slip if helps else replace(slip, proposal=""), "it is no function of SPARQL")


def _by_habit(text: str, error: SyntaxError, base: str | None) -> QueryError | None:
    """The error for what the engine reads when it is written in another way."""
    if len(text) > _MOST_TRIED:
        return None
    for slip in ways(Scene(text), WHOLE):
        try:
            ox.Store().query(pasted(text, slip), base_iri=base)
        except SyntaxError:
            continue
        return _of_slip(text, slip, "it does not follow the grammar")
    return None


def _article(wanted: str) -> str:
    return f"{wanted} {'are' if wanted.startswith('variables') else 'is'}"


def _near(token: Token | None) -> str:
    if token is None:
        return ""
    return f" near “{token.text[:20]}{'…' if len(token.text) > 20 else ''}”"


def _by_meaning(text: str, query: Query) -> QueryError | None:
    """What the grammar admits and SPARQL does not, where the structure tells it."""
    if query.where:
        twice = _set_twice(query.where)
        if twice:
            name = f"?{twice.name}"
            message = f"The query cannot be read near “{name}”: BIND sets {name}, which has a value already."
            return QueryError(message, remedy="Give it another name.", where=querytext.place(text, twice.start))
    if not query.has_aggregates or query.form != "SELECT":
        return None
    span = query.modifiers.get("GROUP")
    grouped = querytext.variables(text[span.start : span.end]) if span else frozenset()
    for column in query.columns:
        if not column.is_expression and column.name not in grouped:
            name = f"?{column.name}"
            message = f"The query cannot be read near “{name}”: an answer with aggregates has one row for many "
            message += f"solutions, and without GROUP BY {name} is unbound in it."
            by = f"{text[span.start : span.end]} {name}" if span else f"GROUP BY {name}"
            where = querytext.place(text, column.start)
            return QueryError(message, remedy=f"Write {by}, or (SAMPLE({name}) AS ?one).", where=where, proposal=by)
    return None


def _set_twice(group: Group) -> Bind | None:
    """The first BIND of a variable that the group before it may bind (SPARQL 1.1, section 10.1)."""
    before: frozenset[str] = frozenset()
    for element in group.elements:
        if isinstance(element, Bind) and element.name in before:
            return element
        found = next(filter(None, map(_set_twice, subgroups(element))), None)
        if found:
            return found
        before |= bound_by(element)
    return None


def _by_engine(text: str, error: SyntaxError) -> QueryError:
    """The error as far as the engine's own message tells it."""
    match = _POSITION.match(str(error.msg))
    if not match:
        return QueryError(f"The query cannot be read: {error.msg}.")
    offset = querytext.offset(text, int(match[1]), int(match[2]))
    token = querytext.token_at(text, offset)
    where: Where = querytext.place(text, token.start if token else offset)
    for said, (reason, remedy) in _SEMANTIC.items():
        if said in match[3]:
            return QueryError(f"The query cannot be read{_near(token)}: {reason}.", remedy=remedy, where=where)
    reason = "it does not follow the grammar" if token else "it ends too early, or uses a name twice"
    remedy = "Look before this place too: the engine may notice a mistake only behind it."
    return QueryError(f"The query cannot be read{_near(token)}: {reason}.", remedy=remedy, where=where)
