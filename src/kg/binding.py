"""Values bound to a query's variables before it runs: ``?asOf``, the day as of which a scholar asks.

The variable is replaced by the literal wherever it is read, also in sub-queries (in the spirit of RDF-dev SEP-0007).
The engine's own substitution only reaches variables that the outermost SELECT returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kg.errors import QueryError, Where
from kg.querytext import ORIGIN, Token, offset, place, tokens, variables
from kg.rdf import PREFIXES

AS_OF = "asOf"

_XSD_DATE = PREFIXES["xsd"] + "date"
_MODIFIERS = {"GROUP": "modifier", "ORDER": "modifier", "HAVING": "pattern", "LIMIT": "pattern", "OFFSET": "pattern"}
_CONTEXTS = {"SELECT": "projection", "WHERE": "pattern", "FROM": "pattern", "DESCRIBE": "projection", **_MODIFIERS}


def bind(text: str, bindings: Mapping[str, str]) -> str:
    """The query with ``?asOf`` replaced by the date in ``bindings`` (YYYY-MM-DD, ``xsd:date``).

    Raises QueryError if another name is bound, if the value is no date, if the query does not mention ``?asOf``, if
    it does and no date is given, or if it sets ``?asOf`` itself.
    """
    for name in bindings:
        if name != AS_OF:
            raise QueryError(f"Nothing can be bound to ?{name}.", remedy=f"Only ?{AS_OF} can be given a value.")
    mentioned = AS_OF in variables(text)
    if AS_OF not in bindings:
        if mentioned:
            raise QueryError(
                f"The query asks as of a day (?{AS_OF}), but none is given.",
                remedy="Give one: as-of=YYYY-MM-DD over HTTP, --as-of YYYY-MM-DD on the command line.",
            )
        return text
    if not mentioned:
        raise QueryError(
            f"A day is given, but the query does not use ?{AS_OF}.",
            remedy=f"Leave the day out, or use ?{AS_OF} in the query.",
        )
    return _replace(text, _literal(bindings[AS_OF]))


def place_before(text: str, day: str, where: Where) -> Where:
    """Where a place of what ``bind`` made of a query is in the query itself; ``day`` is what ``?asOf`` was bound to.

    A place within the date is where the variable begins. What cannot be bound has not been.
    """
    try:
        made = bind(text, {AS_OF: day})
    except QueryError:
        return where
    if where.origin != ORIGIN or where.line is None or where.column is None:
        return where
    aim, grown, context, depth = offset(made, where.line, where.column), 0, "pattern", 0
    for token in tokens(text):
        context, depth = _step(token, context, depth)
        if token.start + grown >= aim:
            break
        if token.kind == "variable" and token.text[1:] == AS_OF:
            length = len(_written(_literal(day), context, depth))
            if token.start + grown + length > aim:
                return place(text, token.start)
            grown += length - len(token.text)
    return place(text, aim - grown)


def _literal(day: str) -> str:
    return f'"{_day(day)}"^^<{_XSD_DATE}>'


def _day(value: str) -> str:
    try:
        # fromisoformat() also reads other forms, such as weeks.
        if date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise QueryError(f"{value!r} is not a day.", remedy="Write it as YYYY-MM-DD, for example 2026-01-06.")


def _replace(text: str, literal: str) -> str:
    pieces: list[str] = []
    done, context, depth, previous = 0, "pattern", 0, ""
    for token in tokens(text):
        context, depth = _step(token, context, depth)
        if token.kind == "variable" and token.text[1:] == AS_OF:
            if previous in ("AS", "VALUES"):
                raise QueryError(
                    f"The query sets ?{AS_OF} itself.", remedy="Rename it.", where=place(text, token.start)
                )
            pieces += [text[done : token.start], _written(literal, context, depth)]
            done = token.start + len(token.text)
        previous = token.upper
    return "".join(pieces) + text[done:]


def _step(token: Token, context: str, depth: int) -> tuple[str, int]:
    """Where in the query we are after this token: the kind of clause, and how deep in its parentheses."""
    if token.upper in _CONTEXTS:
        return _CONTEXTS[token.upper], 0
    if token.text in ("{", "}"):
        return "pattern", 0
    return context, depth + {"(": 1, ")": -1}.get(token.text, 0)


def _written(literal: str, context: str, depth: int) -> str:
    """The literal as the grammar allows it here (SPARQL 1.1, productions 9, 20 and 24)."""
    if depth > 0 or context == "pattern":
        return literal
    return f"({literal} AS ?{AS_OF})" if context == "projection" else f"({literal})"
