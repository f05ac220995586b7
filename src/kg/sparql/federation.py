"""The SERVICE clauses of a query (SPARQL 1.1 Federated Query): which services they ask, and who asks in their place.

A service is asked only if its IRI stands in the query, whole or by a declared prefix, and in the list of the operator.
What the engine is given then is not the query as it was written: in place of each such IRI stands an address of the
project's own relay (``kg.remote``). So that what is rewritten is what the engine opens, the keyword is taken for one
only where every reader would: between spaces or braces, with nothing but spaces up to the IRI and the brace after it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.errors import QueryError
from kg.querytext import Token, iri_of, place, tokens, unescaped

KEYWORD, QUIET = "SERVICE", "SILENT"
#: Services that exist only within Wikidata's own: a clause with one is passed on to it, within another that asks it.
HELPERS = frozenset(
    {
        *(f"http://wikiba.se/ontology#{name}" for name in ("label", "around", "box", "mwapi")),
        *(f"http://www.bigdata.com/rdf#{name}" for name in ("sample", "slice")),
        "http://www.bigdata.com/rdf/gas#service",
    }
)
_SPACES = re.compile(r"[ \t\r\n]*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
#: What may stand right before the keyword.
_BEFORE = " \t\r\n{}"
_DOCS = "docs/federation.md says how"
_WHOLE = "Write the whole IRI after SERVICE."


@dataclass(frozen=True)
class Clause:
    """A SERVICE clause: the IRI of its service, whether its failure is to be passed over, the place of its IRI in the
    text, and whether it stands within another clause, whose service is to read it."""

    service: str
    silent: bool
    start: int
    end: int
    within: bool = False


class _Nesting:
    """How deep in braces the reading is, and within which clauses: the depth at which each began, -1 outside of one."""

    def __init__(self) -> None:
        self.depth, self.service, self.graph = 0, -1, -1
        self._is_graph = False

    def read(self, token: Token) -> None:
        """Take in the next token."""
        if token.upper == "GRAPH" and token.kind == "word":
            self._is_graph = True
        if token.text not in ("{", "}"):
            return
        self.depth += 1 if token.text == "{" else -1
        self.service = -1 if self.depth <= self.service else self.service
        if self.depth <= self.graph:
            self.graph = -1
        elif self._is_graph and self.graph < 0:
            self.graph = self.depth - 1
        self._is_graph = False

    def enter(self, clause: Clause) -> None:
        """A clause begins here; what is within it is read to its last brace."""
        self.service = self.service if clause.within else self.depth


def clauses(
    text: str, services: Collection[str] | None = None, stream: Sequence[Token] | None = None
) -> tuple[Clause, ...]:
    """The SERVICE clauses of a query, in the order of the text; ``stream`` are its tokens, if they are known.

    Raises QueryError, with line and column, for one that cannot be read for sure or asks none of ``services``, if they
    are given.
    """
    if KEYWORD not in text.upper():
        return ()
    prefixes: dict[str, list[str]] = {}
    found: list[Clause] = []
    nesting = _Nesting()
    stream = tuple(tokens(text)) if stream is None else stream
    for index, token in enumerate(stream):
        if token.upper == "PREFIX" and [one.kind for one in stream[index + 1 : index + 3]] == ["name", "iri"]:
            prefixes.setdefault(stream[index + 1].text, []).append(iri_of(stream[index + 2]))
        nesting.read(token)
        if is_keyword(token):
            if services is not None and not services:
                raise _refused(
                    text,
                    token,
                    "SERVICE is refused: here no query asks another server.",
                    f"Whoever runs it can allow some by KG_SERVICES ({_DOCS}); or put what is known there into VALUES.",
                )
            clause = _clause(text, stream, index, prefixes, within=nesting.service >= 0)
            if nesting.graph >= 0 and not clause.within:
                raise _refused(
                    text,
                    token,
                    "Within GRAPH the engine would ask the service for that graph as well.",
                    "Put the SERVICE clause beside GRAPH, not into it.",
                )
            _check(text, token, clause, services)
            found.append(clause)
            nesting.enter(clause)
    return tuple(found)


def is_keyword(token: Token) -> bool:
    """True if a token is the keyword itself, alone."""
    return token.upper == KEYWORD and token.text.isascii()


def asking(found: Sequence[Clause]) -> tuple[Clause, ...]:
    """Those of the clauses that the engine itself would ask."""
    return tuple(one for one in found if not one.within)


def rewritten(text: str, addresses: Sequence[str]) -> str:
    """The query with an address of the relay in place of each service that the engine itself would ask, in their order.

    The outcome is read once more: it asks these addresses and nobody else. Raises QueryError if it does not.
    """
    before = clauses(text)
    pieces: list[str] = []
    done = 0
    for clause, address in zip(asking(before), addresses, strict=True):
        pieces += [text[done : clause.start], f"<{address}>"]
        done = clause.end
    made, meant = "".join(pieces) + text[done:], iter(addresses)
    expected = [(one.service if one.within else next(meant), one.silent, one.within) for one in before]
    if [(one.service, one.silent, one.within) for one in clauses(made)] != expected:
        raise QueryError("The query can be read in two ways.", remedy="Write each SERVICE clause on a line of its own.")
    return made


def inert(text: str) -> str:
    """A text of the same length, with the same syntax, that asks nobody: SERVICE is written as GRAPH.

    For a parser that is to tell whether, and where, a query is malformed: to this one it is the same.
    """
    if KEYWORD not in text.upper():
        return text
    pieces: list[str] = []
    done, after = 0, False
    for token in tokens(text):
        if is_keyword(token) or (after and token.upper == QUIET):
            written = "GRAPH" if is_keyword(token) else ""
            pieces += [text[done : token.start], written.ljust(len(token.text))]
            done = token.start + len(token.text)
        after = is_keyword(token)
    return "".join(pieces) + text[done:]


def _clause(
    text: str, stream: Sequence[Token], index: int, prefixes: dict[str, list[str]], *, within: bool
) -> Clause:
    """The clause that begins with a keyword. Raises QueryError."""
    keyword = stream[index]
    following = [*stream[index + 1 : index + 4], Token("end", "", len(text)), Token("end", "", len(text))]
    silent = following[0].upper == QUIET and following[0].text.isascii()
    named, brace = following[silent : silent + 2]
    if named.kind == "variable":
        told = "Which service is asked must stand in the query, not in a variable."
        raise _refused(text, named, told, "Write its IRI after SERVICE.")
    parts = [keyword, *following[: silent + 2]]
    if named.kind not in ("iri", "name") or brace.text != "{" or not _is_plain(text, parts):
        raise _refused(
            text,
            keyword,
            "This SERVICE can be read in two ways.",
            "Write SERVICE <IRI> { … } with spaces between, and no comment before the brace.",
        )
    return Clause(_service(text, named, prefixes), silent, named.start, named.start + len(named.text), within)


def _is_plain(text: str, parts: Sequence[Token]) -> bool:
    """True if a keyword stands alone, and nothing but spaces is between it and what follows it."""
    keyword = parts[0]
    if not keyword.start or text[keyword.start - 1] not in _BEFORE:
        return False
    for one, after in zip(parts, parts[1:], strict=False):
        end = one.start + len(one.text)
        between = _SPACES.match(text, end)
        if between.end() != after.start or (one.kind == "word" and after.start == end):  # type: ignore[union-attr]
            return False
    return True


def _service(text: str, named: Token, prefixes: dict[str, list[str]]) -> str:
    """The IRI that a token names. Raises QueryError if it is not absolute or its prefix is not declared just once."""
    if named.kind == "iri":
        iri = iri_of(named)
    else:
        prefix, _, local = named.text.partition(":")
        declared = set(prefixes.get(f"{prefix}:", ()))
        if len(declared) != 1:
            told = f"The prefix {prefix}: of a service is {'declared more than once' if declared else 'not declared'}."
            raise _refused(text, named, told, _WHOLE)
        iri = declared.pop() + unescaped(local)
    if not _ABSOLUTE.match(iri):
        raise _refused(text, named, f"<{iri}> names no service by itself.", _WHOLE)
    return iri


def _check(text: str, token: Token, clause: Clause, services: Collection[str] | None) -> None:
    """Refuse a clause whose service may not be asked where it stands."""
    service = clause.service
    if clause.within:
        if service not in HELPERS:
            raise _refused(
                text,
                token,
                f"Within a SERVICE clause <{service}> would be asked by the other service, not by us.",
                "Ask one service after the other, each in a clause of its own.",
            )
        return
    if services is None or service in services:
        return
    if service in HELPERS:
        raise _refused(
            text,
            token,
            f"<{service}> is a part of Wikidata's own service.",
            "Write it within SERVICE <https://query.wikidata.org/sparql> { … }.",
        )
    known = ", ".join(f"<{one}>" for one in services)
    raise _refused(
        text,
        token,
        f"The service <{service}> is not among those that may be asked: {known}.",
        f"Whoever runs this can add it to KG_SERVICES ({_DOCS}).",
    )


def _refused(text: str, token: Token, message: str, remedy: str) -> QueryError:
    return QueryError(message, remedy=remedy, where=place(text, token.start))
