"""The guard before the engine: what a stranger's query may not do, told from its text and refused with a reason.

The engine's parser overflows its stack on deep nesting and long chains, its planner takes minutes over some hundred
triple patterns, and SERVICE opens connections. Keywords need no space around them (``1SERVICE<…>`` is SERVICE), so
every word that contains one is refused, unless it is the keyword in its place and asks a service that may be asked
(``kg.sparql.federation``); and where ``<`` may begin an IRI or compare two values, the one token that could hide code
from this reading (``1<2)#>``) is refused as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from operator import gt

from kg.errors import QueryError
from kg.querytext import FORMS, Token, place, tokens
from kg.sparql import federation
from kg.sparql.patterns import PatternCount

UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})

#: What a read-only endpoint says to an update.
READ_ONLY = "This endpoint is read-only: it answers queries and refuses updates."
READ_ONLY_REMEDY = "Propose the change as a contribution to the repository; sent to /check, it is judged before."

#: Keywords that each nest the algebra by one level; the engine's stack lasts for about two thousand.
CLAUSES = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "EXISTS", "LATERAL", "AS", "HAVING"})

#: Operators that nest an expression or a path by one level each; the engine's stack lasts for about four thousand.
OPERATORS = frozenset("|&!+-*/=^<>")

_SERVICE = re.compile(r"service", re.IGNORECASE)
#: A name whose end some readers put before the dot.
_SERVICE_AFTER_DOT = re.compile(r"\.service", re.IGNORECASE)
#: An IRI that no reader takes for a comparison: ``1<a://b>`` is no expression.
_PLAIN_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
#: What a comparison could hide in the token: a comment, a string, a bracket or the keyword itself.
_HIDES = re.compile(r"[#'()\[\]]|service", re.IGNORECASE)
_ESCAPED_IRI = re.compile(r'<[^\x00-\x20<>"{}|^`]*>')


@dataclass(frozen=True)
class Limits:
    """How large a query may be: characters, levels of brackets, clauses, operators, triple patterns, brackets."""

    length: int = 100_000
    nesting: int = 128
    clauses: int = 500
    operators: int = 1_000
    patterns: int = 64
    brackets: int = 2_000


DEFAULT_LIMITS = Limits()
#: What is counted in a query, in the order in which one that has too much of several is told of one.
_COUNTED = (
    "levels of brackets", "clauses such as UNION, OPTIONAL and FILTER", "operators", "opening brackets",
    "triple patterns and path steps",
)  # fmt: skip


def inspect(text: str, limits: Limits = DEFAULT_LIMITS, services: Collection[str] = ()) -> str:
    """The form of a query (SELECT, ASK, CONSTRUCT, DESCRIBE), or an empty string if it has none and is malformed.

    Raises QueryError, with line and column, if the query is an update, longer or deeper than ``limits``, asks
    another server (SERVICE) than ``services``, or is written so that it can be read in two ways.
    """
    if len(text) > limits.length:
        raise QueryError(
            f"The query has {len(text)} characters; at most {limits.length} are read.",
            remedy="Split it, or shorten its lists of values.",
        )
    stream = tuple(tokens(text))
    _check_words(text, stream, services)
    _check_two_readings(text, stream)
    _check_size(text, stream, limits)
    return _form(text, stream)


def _refuse(text: str, token: Token, message: str, remedy: str) -> QueryError:
    return QueryError(message, remedy=remedy, where=place(text, token.start))


def _check_words(text: str, stream: tuple[Token, ...], services: Collection[str]) -> None:
    """Refuse SERVICE (SPARQL 1.1 Federated Query) unless it asks one of ``services``; within a word, and prefixes that
    contain it, in any case."""
    if text.isascii() and "service" not in text.lower():
        return
    for token in stream:
        if (
            token.kind in ("word", "name")
            and _SERVICE.search(token.text.partition(":")[0])
            and not federation.is_keyword(token)
        ):
            raise _refuse(
                text,
                token,
                f"{token.text[:60]} contains the word SERVICE, and can be read in two ways.",
                "Put spaces around SERVICE; choose another prefix.",
            )
        if token.kind in ("name", "blank") and _SERVICE_AFTER_DOT.search(token.text):
            raise _refuse(text, token, f"The name {token.text} can be read in two ways.", "Put a space after the dot.")
    federation.clauses(text, services, stream)


def _check_two_readings(text: str, stream: tuple[Token, ...]) -> None:
    """Refuse ``<…>`` that one reader takes for an IRI and another for a comparison followed by a comment or code."""
    if "\\" not in text and not any(token.kind == "iri" and _may_hide(token.text) for token in stream):
        return
    brackets: list[str] = []
    previous: Token | None = None
    for token in stream:
        if token.kind == "other":
            if token.text in "([{":
                brackets.append(token.text)
            elif token.text in ")]}" and brackets:
                brackets.pop()
            elif token.text == "<" and _ESCAPED_IRI.match(text, token.start):
                raise _refuse(text, token, "An IRI contains a backslash.", "Write the character itself, or as \\uXXXX.")
        elif token.kind == "iri" and brackets and brackets[-1] == "(" and _ends_operand(previous):
            if _may_hide(token.text):
                raise _refuse(
                    text,
                    token,
                    f"{token.text} can be an IRI or a comparison.",
                    "Put a space after <, or give the IRI a prefix.",
                )
        previous = token


def _may_hide(iri: str) -> bool:
    """True if what is written as an IRI may be a comparison, and something that matters behind it."""
    return not _PLAIN_IRI.match(iri) and _HIDES.search(iri) is not None


def _ends_operand(token: Token | None) -> bool:
    """True if a value can end here, so that a comparison can follow."""
    return token is not None and (token.kind != "other" or token.text in ")]}." or token.text.isdigit())


def _check_size(text: str, stream: tuple[Token, ...], limits: Limits) -> None:
    depth = clauses = operators = brackets = described = 0
    form = _first_form(stream)
    patterns = PatternCount()
    most = (limits.nesting, limits.clauses, limits.operators, limits.brackets, limits.patterns)
    for token in stream:
        patterns.read(token)
        if token.kind == "other":
            depth += (token.text in "([{") - (token.text in ")]}" and depth > 0)
            operators += token.text in OPERATORS
            brackets += token.text == "(" and not patterns.in_values
        clauses += token.upper in CLAUSES
        described += form == "DESCRIBE" and depth == 0 and token.kind in ("iri", "name", "variable")
        # Spelled out, since every token of every query comes here.
        if (
            depth > limits.nesting or clauses + described > limits.clauses or operators > limits.operators
            or brackets > limits.brackets or patterns.total > limits.patterns
        ):  # fmt: skip
            found = (depth, clauses + described, operators, brackets, patterns.total)
            first = list(map(gt, found, most)).index(True)
            told = f"The query has more than {most[first]} {_COUNTED[first]}."
            raise _refuse(text, token, told, "Split it into several queries.")


def _first_form(stream: tuple[Token, ...]) -> str:
    return next((token.upper for token in stream if token.upper in FORMS), "")


def _form(text: str, stream: tuple[Token, ...]) -> str:
    """The keyword after the prologue. Raises QueryError if it is one of an update."""
    for token in stream:
        if token.kind in ("iri", "string", "name") or token.upper in ("PREFIX", "BASE", "VERSION"):
            continue
        if token.upper in UPDATES:
            raise _refuse(text, token, READ_ONLY, READ_ONLY_REMEDY)
        return token.upper if token.upper in FORMS else ""
    return ""
