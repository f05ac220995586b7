"""What can be told from the text of a SPARQL query without running it: prefixes, dataset clauses, variables.

The tokens are those of SPARQL 1.2, section 19.8, as far as needed to tell code from strings, IRIs and comments.
So that none takes long to split, a prefix is taken to have at most a hundred characters, and a string that nothing
closes to end with its line or, if it may have several, with the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

from kg.errors import QueryError, Where
from kg.rdf import PREFIXES

ORIGIN = "query"
#: The forms of a query (SPARQL 1.1, production 2).
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: How alike a prefix must be to another to be taken for a slip of it, of 1.
_ALIKE = 0.6

#: Behind these an IRI is no term of a pattern.
_NO_PATTERN = ("GRAPH", "SERVICE", "SILENT")

_TOKEN = re.compile(
    r"""
    (?:\s++|\#[^\r\n]*+)*+
  (?:
    (?P<string>'{3}(?:'{0,2}(?:[^'\\]|\\.))*+(?:'{3}|'{0,2}\Z) | "{3}(?:"{0,2}(?:[^"\\]|\\.))*+(?:"{3}|"{0,2}\Z)
              | '(?:[^'\\\r\n]|\\.)*+'? | "(?:[^"\\\r\n]|\\.)*+"?)
  | (?P<iri><[^\x00-\x20<>"{}|^`\\]*(?:\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})[^\x00-\x20<>"{}|^`\\]*)*>)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--(?:ltr|rtl)(?![A-Za-z0-9]))?)
  | (?P<name>(?:[^\W\d_][\w.\-]{0,99}+(?<!\.))?:(?:(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\.)*
              (?:[\w:\-]|%[0-9A-Fa-f]{2}|\\.))?)?)
  | (?P<blank>_:[\w](?:[\w.\-]*[\w\-])?)
  | (?P<word>[^\W\d_]\w*)
  | (?P<other>.)
  | (?P<end>\Z)
  )
    """,
    re.VERBOSE | re.DOTALL,
)


_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")
_LAST_CHARACTER = 0x10FFFF
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LOCAL_ESCAPE = re.compile(r"\\(.)")


class Token(NamedTuple):
    """A piece of a query: its kind (a group name of the pattern above), its text and where it starts."""

    kind: str
    text: str
    start: int
    #: The text in capitals if it is a keyword, else nothing.
    upper: str = ""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query without spaces and comments."""
    # Half as long as by Token(…): every query that is asked comes through here.
    new = tuple.__new__
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "end"
        word = match[kind]
        if kind == "word":
            yield new(Token, (kind, word, match.start(kind), word.upper()))
        elif kind != "end":
            yield new(Token, (kind, word, match.start(kind), ""))


def iri_of(token: Token) -> str:
    """The IRI, or relative reference, that an ``iri`` token stands for: without brackets, its escapes (\\u, \\U) resolved.

    An escape that stands for no character is left as it is; no such IRI can be used.
    """
    return _ESCAPE.sub(_character, token.text[1:-1])


def _character(escape: re.Match[str]) -> str:
    number = int(escape[0][2:], 16)
    return chr(number) if number <= _LAST_CHARACTER and not 0xD800 <= number < 0xE000 else escape[0]


def resolved(iri: str, base: str) -> str:
    """An IRI made absolute (RFC 3986, section 5.2); one that is absolute stays as it is."""
    if not base or _SCHEME.match(iri):
        return iri
    # An empty fragment, as namespaces have, is lost otherwise.
    return urljoin(base, iri) + ("#" if iri.endswith("#") else "")


def unescaped(local: str) -> str:
    """The local part of a prefixed name without the backslashes before marks (SPARQL 1.1, production 173)."""
    return _LOCAL_ESCAPE.sub(r"\1", local)


def place(text: str, offset: int) -> Where:
    """Line and column, in code points from 1, of an offset in the text of a query."""
    before = text[:offset]
    return Where(ORIGIN, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column, the inverse of ``place``."""
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1


def token_at(text: str, position: int) -> Token | None:
    """The token a parser stumbled over: the first from here on, or the bracket just closed; None at the end.

    A parser that looks ahead stops behind a closing bracket it did not expect. That bracket is meant, unless others
    are still open, for then it is what comes next that is missing.
    """
    opened = 0
    for token in tokens(text):
        opened += {"{": 1, "}": -1, "(": 1, ")": -1}.get(token.text, 0)
        if token.start >= position:
            return token
        if token.start + 1 == position and token.text in ("}", ")") and (opened <= 0 or text[position:].strip()):
            return token
    return None


def variables(text: str) -> frozenset[str]:
    """Names of all variables a query mentions."""
    return frozenset(token.text[1:] for token in tokens(text) if token.kind == "variable")


def may_make_triple_terms(text: str) -> bool:
    """False if no term that the query itself makes can be a triple (SPARQL 1.2, section 4.1.4)."""
    return "<<" in text or "triple" in text.lower()


@dataclass(frozen=True)
class Dataset:
    """The dataset clauses of a query (SPARQL 1.1, section 13.2), as absolute IRIs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def dataset(text: str, base: str | None = None) -> Dataset:
    """The graphs named by FROM and FROM NAMED; ``base`` resolves relative IRIs where the query declares no base.

    Raises QueryError if one uses an undeclared prefix.
    """
    if "from" not in text.lower():
        return Dataset()
    stream = list(tokens(text))
    prefixes, base, depth = _prefixes(stream), resolved(_base(stream), base or ""), 0
    default: list[str] = []
    named: list[str] = []
    for index, token in enumerate(stream):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.upper != "FROM" or depth:
            continue
        is_named = index + 1 < len(stream) and stream[index + 1].upper == "NAMED"
        position = index + (2 if is_named else 1)
        if position < len(stream) and stream[position].kind in ("iri", "name"):
            graph = _resolve(text, stream[position], prefixes, base)
            (named if is_named else default).append(graph)
    return Dataset(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))


def declared(text: str) -> dict[str, str]:
    """The prefixes that a query declares, with what they stand for."""
    return _prefixes(list(tokens(text)))


def in_patterns(text: str, base: str | None = None) -> Iterator[tuple[Token, str]]:
    """The IRIs that a query has in its patterns, each absolute and with its token, by its tokens alone.

    Left out are those of its clauses, names of graphs and services, datatypes, functions, and what a template makes.
    Raises QueryError if one uses an undeclared prefix.
    """
    stream = list(tokens(text))
    prefixes, base = _prefixes(stream), resolved(_base(stream), base or "")
    template, depth, before = False, 0, ""
    for one, after in zip(stream, [*stream[1:], Token("end", "", len(text))], strict=True):
        depth += {"{": 1, "}": -1}.get(one.text, 0)
        template = template and (one.text != "}" or depth > 0) or one.upper == "CONSTRUCT" and after.text == "{"
        elsewhere = before in _NO_PATTERN or after.text == "(" or text[max(0, one.start - 2) : one.start] == "^^"
        if one.kind in ("iri", "name") and depth > 0 and not template and not elsewhere:
            yield one, _resolve(text, one, prefixes, base)
        before = one.upper or one.text


def _prefixes(stream: list[Token]) -> dict[str, str]:
    """The prefixes a query declares."""
    return {
        name.text.removesuffix(":"): iri_of(iri)
        for keyword, name, iri in zip(stream, stream[1:], stream[2:], strict=False)
        if keyword.upper == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def _base(stream: list[Token]) -> str:
    bases = [iri_of(one) for word, one in pairwise(stream) if word.upper == "BASE" and one.kind == "iri"]
    return bases[-1] if bases else ""


def _resolve(text: str, token: Token, prefixes: dict[str, str], base: str) -> str:
    if token.kind == "iri":
        return resolved(iri_of(token), base)
    prefix, _, local = token.text.partition(":")
    if prefix not in prefixes:
        raise undeclared(text, token)
    return resolved(prefixes[prefix], base) + unescaped(local)


def undeclared(text: str, token: Token) -> QueryError:
    """The error for a prefixed name whose prefix the query does not declare, with what to write instead.

    That is the line to paste if the prefix is ours, and else the most alike of those the query declares and ours.
    """
    prefix, _, local = token.text.partition(":")
    remedy, proposal = f"Declare it with PREFIX {prefix}: <…>.", ""
    declared = _prefixes(list(tokens(text)))
    near = get_close_matches(prefix, [*declared, *PREFIXES], 1, _ALIKE) if prefix else []
    if prefix in PREFIXES:
        proposal = f"PREFIX {prefix}: <{PREFIXES[prefix]}>"
        remedy = f"Did you forget {proposal}?"
    elif (prefix, local) in (("", "a"), ("a", "")):
        remedy, proposal = "The keyword a has no colon.", "a"
    elif near and near[0] in declared:
        proposal = f"{near[0]}:{local}"
        remedy = f"Did you mean {proposal}?"
    elif near:
        proposal = f"PREFIX {near[0]}: <{PREFIXES[near[0]]}>"
        remedy = f"Did you mean {near[0]}:{local}, with {proposal}?"
    where = place(text, token.start)
    return QueryError(f"The prefix {prefix}: is not declared.", remedy=remedy, where=where, proposal=proposal)


def undeclared_prefix(text: str) -> QueryError | None:
    """The error for the first prefixed name whose prefix is not declared before it, or None."""
    declared: set[str] = set()
    previous = ""
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.text.partition(":")[0]
            if previous == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return undeclared(text, token)
        previous = token.upper
    return None
