"""The tokens of a query one after the other, as the reader of its structure needs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kg.querytext import Token, iri_of, resolved, tokens, unescaped
from kg.rdf import PREFIXES
from kg.sparql.groups import Span, Term

#: The engine counts no further than twenty digits go; of thousands not even Python makes a number.
_COUNT = re.compile(r"[0-9]{1,20}")
#: What is more than one character and yet one piece: numbers, and marks.
_PIECE = re.compile(
    r"(?P<number>\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+)"
    r"|(?P<other><<\(|\)>>|\^\^|&&|\|\||!=|<=|>=|<<|>>|\{\||\|\})"
)
_A = PREFIXES["rdf"] + "type"


class NotRead(Exception):
    """The text cannot be read on: the token it stops at (None at the end) and what is wanted there, in words.

    ``cause`` names what is known of the reason, ``held`` a place that has to do with it, such as an open bracket.
    """

    def __init__(self, token: Token | None, wanted: str, cause: str = "", held: Token | None = None) -> None:
        super().__init__(wanted)
        self.token, self.wanted, self.cause, self.held = token, wanted, cause, held


class Unsupported(NotRead):
    """The text has what SPARQL 1.1 has not, such as a triple term, or SERVICE, and its structure is not read."""


def merged(text: str) -> Iterator[Token]:
    """The tokens of a query, numbers and marks of several characters in one piece."""
    done = 0
    for token in tokens(text):
        if token.start < done:
            continue
        if token.kind == "other":
            piece = _PIECE.match(text, token.start)
            if piece:
                token = Token(piece.lastgroup or "", piece.group(), token.start)
        done = token.start + len(token.text)
        yield token


class Cursor:
    """A place in the text of a query, and the terms read there."""

    def __init__(self, text: str, base: str | None = None) -> None:
        self.text = text
        self.base = base or ""
        self.prefixes: dict[str, tuple[str, Span]] = {}
        self._tokens = list(merged(text))
        self._at = 0
        self._fresh = 0

    @property
    def token(self) -> Token | None:
        """The token that comes next; None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    @property
    def start(self) -> int:
        """Where the next token begins."""
        return self.token.start if self.token else len(self.text)

    @property
    def end(self) -> int:
        """Where the last token that was taken ends."""
        if not self._at:
            return 0
        before = self._tokens[self._at - 1]
        return before.start + len(before.text)

    def ahead(self, by: int = 1) -> Token | None:
        """The token after the next one, or one further on."""
        return self._tokens[self._at + by] if self._at + by < len(self._tokens) else None

    def kind(self) -> str:
        """The kind of the next token; empty at the end."""
        return self.token.kind if self.token else ""

    def sees(self, *texts: str) -> bool:
        """True if the next token is one of these marks or keywords (in capitals)."""
        return self.token is not None and (self.token.upper in texts if self.token.upper else self.token.text in texts)

    def take(self, *texts: str) -> bool:
        """Pass over the next token if it is one of these."""
        found = self.sees(*texts)
        self._at += found
        return found

    def step(self) -> Token:
        """Pass over the next token, whatever it is. Raises NotRead at the end."""
        token = self.token
        if token is None:
            raise NotRead(None, "something more")
        self._at += 1
        return token

    def want(self, text: str, held: Token | None = None) -> Token:
        """Pass over a mark or keyword. Raises NotRead if something else comes; ``held`` is what it belongs to."""
        if not self.sees(text):
            raise NotRead(self.token, f"“{text}”", held=held)
        return self.step()

    def fail(self, wanted: str, cause: str = "") -> NotRead:
        """The error that something else is wanted here."""
        return NotRead(self.token, wanted, cause)

    def span(self, start: int) -> Span:
        """The piece from an offset up to what was taken last."""
        return Span(start, self.end)

    def fresh(self) -> str:
        """A name for a node without a label."""
        self._fresh += 1
        return f"[{self._fresh}"

    def read_iri(self) -> Term:
        """An IRI or a prefixed name. Raises NotRead if there is none, or its prefix is not declared."""
        token = self.token
        if token is None or token.kind not in ("iri", "name"):
            raise self.fail("an IRI or a name with a prefix")
        iri = self._absolute(token)
        self.step()
        try:
            return Term(token.start, self.end, "iri", value=ox.NamedNode(iri))
        except ValueError:
            raise NotRead(token, "an absolute IRI") from None

    def _absolute(self, token: Token) -> str:
        if token.kind == "iri":
            return resolved(iri_of(token), self.base)
        prefix, _, local = token.text.partition(":")
        if prefix not in self.prefixes:
            raise NotRead(token, "a declared prefix", "prefix")
        return self.prefixes[prefix][0] + unescaped(local)

    def read_term(self, wanted: str = "a term") -> Term:
        """A variable, blank node, IRI or literal. Raises NotRead if there is none."""
        token = self.token
        if token is None:
            raise self.fail(wanted)
        if self.sees("<<", "<<("):
            raise Unsupported(token, "no triple term")
        if token.kind == "variable":
            self.step()
            return Term(token.start, self.end, "variable", token.text[1:])
        if token.kind == "blank":
            self.step()
            return Term(token.start, self.end, "blank", token.text)
        if token.kind in ("iri", "name"):
            return self.read_iri()
        if token.kind in ("string", "number") or self.sees("TRUE", "FALSE"):
            return self._literal()
        if self.sees("+", "-") and (following := self.ahead()) and following.kind == "number":
            return self._literal()
        raise self.fail(wanted)

    def read_count(self) -> int:
        """A whole number without a sign, as LIMIT and OFFSET have it. Raises NotRead."""
        if not (self.token and _COUNT.fullmatch(self.token.text)):
            raise self.fail("a whole number", "number")
        return int(self.step().text)

    def read_verb_a(self) -> Term:
        """The keyword ``a`` as the IRI it stands for."""
        token = self.step()
        return Term(token.start, self.end, "iri", value=ox.NamedNode(_A))

    def _literal(self) -> Term:
        start = self.start
        is_string = self.kind() == "string"
        if self.sees("+", "-"):
            self.step()
        token = self.step()
        if is_string and (token.text[-1:] != token.text[0] or len(token.text) < 2):
            raise NotRead(token, "a string that ends", "string")
        if is_string and self.kind() == "language":
            self.step()
            if self.text.startswith("--", self.end):
                raise Unsupported(self.token, "no base direction")
            written = self.text[start : self.end]
        elif is_string and self.take("^^"):
            written = f"{token.text}^^{self.read_iri().value}"
        else:
            written = self.text[start : self.end].lower() if token.kind == "word" else self.text[start : self.end]
        return Term(start, self.end, "literal", value=self._value(written, token))

    def _value(self, written: str, token: Token) -> ox.Literal:
        try:
            (quad,) = ox.parse(f"<urn:a> <urn:b> {written} .".encode(), format=ox.RdfFormat.TURTLE)
        except (SyntaxError, ValueError, UnicodeEncodeError):
            raise NotRead(token, "a value that can be read", "string") from None
        return quad.object  # type: ignore[return-value]
