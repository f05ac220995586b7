"""Property paths as values (SPARQL 1.1, section 9; SHACL, section 2.3.1), from a shape or from a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.gate.patterns import Unsupported
from kg.gate.shapes import RDF, SH, Index, Term
from kg.querytext import Token

TYPE = ox.NamedNode(RDF + "type")


@dataclass(frozen=True)
class Step:
    """One predicate, followed from subject to object or, if ``inverse``, from object to subject."""

    predicate: ox.NamedNode
    inverse: bool = False


@dataclass(frozen=True)
class Chain:
    """One path after another."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Choice:
    """Any of several paths."""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Repeat:
    """A path any number of times if ``many``, else at most once; also not at all if ``zero``."""

    part: Path
    zero: bool
    many: bool


Path = Step | Chain | Choice | Repeat

#: By their sign in SPARQL: may the path be skipped, may it be repeated?
_REPEATS = {"*": (True, True), "+": (False, True), "?": (True, False)}
_OF_SHAPES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def turned(path: Path) -> Path:
    """The path that leads back."""
    match path:
        case Step(predicate, inverse):
            return Step(predicate, not inverse)
        case Chain(parts):
            return Chain(tuple(turned(part) for part in reversed(parts)))
        case Choice(parts):
            return Choice(tuple(turned(part) for part in parts))
        case Repeat(part, zero, many):
            return Repeat(turned(part), zero, many)


def predicates(path: Path) -> Iterator[ox.NamedNode]:
    """Every predicate of a path."""
    match path:
        case Step(predicate):
            yield predicate
        case Chain(parts) | Choice(parts):
            for part in parts:
                yield from predicates(part)
        case Repeat(part):
            yield from predicates(part)


def skippable(path: Path) -> bool:
    """True if the path has a part that may be passed without a step."""
    match path:
        case Step():
            return False
        case Chain(parts) | Choice(parts):
            return any(skippable(part) for part in parts)
        case Repeat(part, zero):
            return zero or skippable(part)


def of_shape(shapes: Index, node: Term) -> Path:
    """The path that a value of ``sh:path`` stands for. Raises ShapesError on a node that is no path."""
    if isinstance(node, ox.NamedNode):
        return Step(node)
    if shapes.objects(node, RDF + "first"):  # Before all else: the suite of the W3C has a list that seems to be more.
        return Chain(tuple(of_shape(shapes, member) for member in shapes.members(node)))
    for inner in shapes.objects(node, SH + "inversePath"):
        return turned(of_shape(shapes, inner))
    for name, sign in _OF_SHAPES.items():
        for inner in shapes.objects(node, SH + name):
            return Repeat(of_shape(shapes, inner), *_REPEATS[sign])
    for inner in shapes.objects(node, SH + "alternativePath"):
        return Choice(tuple(of_shape(shapes, member) for member in shapes.members(inner)))
    raise ShapesError("A sh:path is not a property path.", remedy="See SHACL, section 2.3.1.")


def of_query(tokens: Sequence[Token], resolve: Callable[[Token], ox.NamedNode]) -> Path:
    """The path that these tokens of a query write, names resolved by ``resolve``.

    Raises Unsupported on a variable or a negated property set.
    """
    reader = _Reader(tokens, resolve)
    path = reader.choice()
    if reader.at != len(tokens):
        raise Unsupported("a predicate that is no property path")
    return path


class _Reader:
    """Reads a path by the grammar of SPARQL 1.1 (productions 88 to 94)."""

    def __init__(self, tokens: Sequence[Token], resolve: Callable[[Token], ox.NamedNode]) -> None:
        self.tokens = tokens
        self.resolve = resolve
        self.at = 0

    def sign(self, *signs: str) -> str:
        """The next token if it is one of these, which then is passed; else nothing."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token.kind != "other" or token.text not in signs:
            return ""
        self.at += 1
        return token.text

    def choice(self) -> Path:
        parts = [self.sequence()]
        while self.sign("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Path:
        parts = [self.element()]
        while self.sign("/"):
            parts.append(self.element())
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def element(self) -> Path:
        back = self.sign("^")
        path = self.primary()
        sign = self.sign(*_REPEATS)
        path = Repeat(path, *_REPEATS[sign]) if sign else path
        return turned(path) if back else path

    def primary(self) -> Path:
        if self.sign("("):
            path = self.choice()
            if not self.sign(")"):
                raise Unsupported("a property path that is not closed")
            return path
        if self.at >= len(self.tokens):
            raise Unsupported("a property path that ends too early")
        token = self.tokens[self.at]
        self.at += 1
        if token.text == "a":
            return Step(TYPE)
        if token.kind not in ("iri", "name"):
            raise Unsupported("a predicate that is not constant")
        return Step(self.resolve(token))
