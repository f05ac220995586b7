"""Where in a query, which need not be finished, a cursor stands: before a property, a class, a value, a keyword …

What is written before the cursor is followed token by token (SPARQL 1.2, section 19.8). Nothing of it has to follow the
grammar; what does not is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.querytext import Token, iri_of, unescaped
from kg.rdf import PREFIXES
from kg.sparql.cursor import merged

#: The places that are told apart.
SUBJECT, PROPERTY, CLASS, VALUE = "subject", "property", "class", "value"
EXPRESSION, GRAPH_NAME, PREFIX, TOP, VARIABLE, NOWHERE = "expression", "graph", "prefix", "top", "variable", ""

_TYPE = PREFIXES["rdf"] + "type"
_TERMS = ("iri", "name", "variable", "blank", "string", "number")
#: Keywords within a group after which something else than the rest of a triple comes.
_CLAUSES = frozenset({
    "FILTER", "BIND", "VALUES", "OPTIONAL", "MINUS", "GRAPH", "UNION", "SERVICE", "EXISTS", "NOT", "LATERAL", "SELECT",
    "DISTINCT", "WHERE", "IN", "AS", "SILENT", "UNDEF", "ORDER", "GROUP", "BY", "HAVING", "LIMIT", "OFFSET", "DESC", "ASC",
})  # fmt: skip
_CLOSES = {"}": "{", ")": "(", "]": "[", "|}": "{|", ")>>": "<<(", ">>": "<<"}
_CLOSERS = {opened: closed for closed, opened in _CLOSES.items()}
#: What is being written at the end of a text: a variable, a name with or without a prefix, or the beginning of either.
_TYPED = re.compile(r"[?$]\w*\Z|(?:[^\W\d_][\w.\-]{0,99}+)?:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\.){0,200}\Z|[^\W\d_][\w\-]{0,99}\Z")
#: An IRI that nothing closes yet.
_UNCLOSED_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|^`]*\Z")
_REST = re.compile(r"[\w\-]*")


@dataclass
class _Frame:
    """What is open: its bracket, and how far the triple that is written in it has come."""

    bracket: str
    #: What comes next: 0 a subject, 1 a verb, 2 an object, 3 the end of the triple.
    stage: int = 0
    subject: str = ""
    verb: str = ""
    #: The keyword that was read last, until a term follows it.
    clause: str = ""


@dataclass(frozen=True)
class Pattern:
    """A triple pattern as it is written."""

    subject: str
    verb: str
    object: str


@dataclass(frozen=True)
class Place:
    """Where the cursor stands.

    ``typed`` is what is written of the word there, ``start`` and ``end`` where that word stands; ``subject`` and ``verb``
    are those of the triple, as written, the verb as far as it is written; ``patterns`` are the other triples.
    """

    kind: str
    typed: str = ""
    start: int = 0
    end: int = 0
    subject: str = ""
    verb: str = ""
    patterns: tuple[Pattern, ...] = ()
    #: The closing brackets that are missing before the cursor.
    closers: str = ""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()

    def expanded(self, written: str) -> str:
        """The IRI that a name with a prefix, or ``<…>``, stands for; empty for anything else."""
        if written == "a":
            return _TYPE
        if written.startswith("<") and written.endswith(">"):
            return written[1:-1]
        prefix, colon, local = written.partition(":")
        known = {**PREFIXES, **self.prefixes}
        return known[prefix] + unescaped(local) if colon and prefix in known and not written.startswith("_:") else ""


def locate(text: str, offset: int) -> Place:
    """Where an offset of a text, in code points from 0, stands; one outside of it is moved to its end."""
    offset = max(0, min(offset, len(text)))
    found = _TYPED.search(text, max(0, offset - 300), offset)
    start = found.start() if found else offset
    end = offset + (len(_REST.match(text, offset)[0]) if found else 0)  # type: ignore[index]
    before = _Walk()
    if _is_inside(text, start):
        return Place(NOWHERE, "", offset, offset)
    for token in merged(text[:start]):
        before.take(token)
    whole = _Walk()
    # A constant that no query has stands for what is being written, so that its triple is known from the others.
    for token in merged(f"{text[:start]} ?_ {text[end:]}"):
        whole.take(token)
    typed, frame = text[start:offset], before.frame
    return Place(
        VARIABLE if typed[:1] in ("?", "$") and typed else before.place(), typed, start, end, frame.subject,
        frame.verb, tuple(one for one in whole.patterns if "?_" not in (one.subject, one.verb, one.object)),
        before.closers(), whole.prefixes, tuple(sorted(whole.variables - {"?_"})),
    )  # fmt: skip


def _is_inside(text: str, offset: int) -> bool:
    """True if an offset is within a string, an IRI or a comment."""
    end = 0
    for token in merged(text):
        if token.start >= offset:
            break
        end = token.start + len(token.text)
        is_open = token.kind == "string" and (len(token.text) < 2 or token.text[-1] != token.text[0])
        if token.kind in ("string", "iri") and (end > offset or (end == offset and is_open)):
            return True
    line = text.rfind("\n", 0, offset) + 1
    return "#" in text[max(end, line) : offset] or _UNCLOSED_IRI.search(text, line, offset) is not None


class _Walk:
    """Follows the tokens of a query."""

    def __init__(self) -> None:
        self.patterns: list[Pattern] = []
        self.prefixes: dict[str, str] = {}
        self.variables: set[str] = set()
        self._frames = [_Frame("")]
        self._previous = Token("other", "", 0)
        self._before = self._previous

    @property
    def frame(self) -> _Frame:
        """What is open last."""
        return self._frames[-1]

    def closers(self) -> str:
        """The brackets that close what is open."""
        return " ".join(_CLOSERS[frame.bracket.rstrip("ef")] for frame in reversed(self._frames[1:]))

    def place(self) -> str:
        """What comes next."""
        word = self._previous.upper
        if word in ("GRAPH", "FROM") or (word == "NAMED" and self._before.upper == "FROM"):
            return GRAPH_NAME
        if word == "PREFIX":
            return PREFIX
        frame = self.frame
        if frame.bracket == "":
            return TOP
        if frame.bracket.endswith("e") or frame.bracket == "(":
            return EXPRESSION
        if frame.bracket.endswith("f"):
            return PROPERTY
        is_type = frame.verb in ("a", "rdf:type") or frame.verb == f"<{_TYPE}>"
        return (SUBJECT, PROPERTY, CLASS if is_type else VALUE, TOP)[frame.stage]

    def take(self, token: Token) -> None:
        """Go on by a token."""
        self._note(token)
        if token.kind == "other":
            self._mark(token.text)
        elif token.kind == "word":
            self._word(token)
        elif token.kind in _TERMS:
            self._term(token)
        self._before, self._previous = self._previous, token

    def _note(self, token: Token) -> None:
        if token.kind == "variable":
            self.variables.add(token.text)
        if token.kind == "iri" and self._before.upper == "PREFIX" and self._previous.kind == "name":
            self.prefixes[self._previous.text.removesuffix(":")] = iri_of(token)

    def _mark(self, mark: str) -> None:
        frame = self.frame
        if mark in _CLOSES:
            self._close(_CLOSES[mark])
        elif mark in ("{", "[", "(", "{|", "<<(", "<<"):
            self._open(mark)
        elif mark in (".", ";", ","):
            frame.stage = {".": 0, ";": 1, ",": 2}[mark]
            frame.verb = frame.verb if mark == "," else ""
        elif mark in ("/", "|") and frame.stage == 2:
            frame.verb, frame.stage = frame.verb + mark, 1
        elif mark in ("*", "+", "?") and frame.stage == 2:
            frame.verb += mark
        elif mark in ("^", "!") and frame.stage == 1:
            frame.verb += mark
        elif mark == "^^" and frame.stage == 3:
            frame.stage = 4

    def _open(self, mark: str) -> None:
        frame, called = self.frame, self._previous
        if mark == "(" and frame.stage == 1 and frame.bracket != "":
            self._frames.append(_Frame("(f", subject=frame.subject))
        elif mark == "(":
            self._frames.append(_Frame("(e"))
        elif mark == "{" and (called.kind == "variable" or called.text == ")") and self._is_values():
            self._frames.append(_Frame("{e"))
        elif mark == "[":
            self._frames.append(_Frame(mark, 1, "[]"))
        elif mark == "{|":
            self._frames.append(_Frame(mark, 1, "[]"))
        else:
            self._frames.append(_Frame(mark))

    def _is_values(self) -> bool:
        return self.frame.clause == "VALUES"

    def _close(self, opened: str) -> None:
        closed = ""
        while len(self._frames) > 1:
            closed = self._frames.pop().bracket
            if closed.rstrip("ef") == opened:
                break
        frame = self.frame
        if opened == "{":
            frame.stage, frame.clause, frame.verb = 0, "", ""
        elif closed == "(f" and frame.stage == 1:
            frame.verb, frame.stage = f"{frame.verb}(…)", 2
        elif opened in ("[", "<<(", "<<") or (opened == "(" and frame.stage == 2):
            self._advance("[]")

    def _word(self, token: Token) -> None:
        frame = self.frame
        if frame.bracket.endswith("e") or not frame.bracket:
            return
        if token.text == "a" and frame.stage == 1:
            frame.verb, frame.stage = frame.verb + "a", 2
        elif token.upper in ("TRUE", "FALSE") and frame.stage == 2:
            self._advance(token.text)
        elif token.upper in _CLAUSES:
            frame.stage, frame.clause, frame.verb = 0, token.upper, ""

    def _term(self, token: Token) -> None:
        frame = self.frame
        if not frame.bracket or frame.bracket.endswith(("e", "f")) or frame.bracket == "(":
            return
        if frame.clause in ("GRAPH", "SERVICE", "VALUES", "SELECT", "BY", "LIMIT", "OFFSET", "DISTINCT"):
            frame.clause = "VALUES" if frame.clause == "VALUES" else ""
            return
        self._advance(token.text)

    def _advance(self, written: str) -> None:
        """The next term of the triple."""
        frame = self.frame
        if frame.bracket == "" or frame.bracket.endswith(("e", "f")):
            return
        if frame.stage == 1:
            frame.verb, frame.stage = frame.verb + written, 2
        elif frame.stage == 2:
            self.patterns.append(Pattern(frame.subject, frame.verb, written))
            frame.stage = 3
        elif frame.stage == 4:
            frame.stage = 3
        else:
            frame.subject, frame.verb, frame.stage = written, "", 1
