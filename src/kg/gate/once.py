"""One slip, one finding: of what several stages say of the same slip, the one that says it best is told.

Left out is only what cannot stand any more once the other is mended, or what cannot be judged before. Findings are
compared with those that are new (or those of the whole), never with what was wrong before.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.gate.shapes import SH, ShapesGraph, Term
from kg.model import Finding

_UNDEFINED, _RANGE, _UNKNOWN, _ILL_TYPED = (
    "Reference-undefined", "Vocabulary-range", "Vocabulary-unknown", "Lexical-ill-typed"
)
#: What is said of a statement by these is said better than by a contradiction that rests on it.
_BETTER = ("Vocabulary-domain", _RANGE, "Vocabulary-kind", _ILL_TYPED)
#: Constraint component → its parameter, of those that compare the values of two properties.
_COMPARING = {
    f"{SH}{name[:1].upper()}{name[1:]}ConstraintComponent": SH + name
    for name in ("lessThan", "lessThanOrEquals", "equals", "disjoint")
}
_MIN_COUNT, _DATATYPE = (f"{SH}{name}ConstraintComponent" for name in ("MinCount", "Datatype"))


def once(findings: Iterable[Finding], shapes: ShapesGraph) -> list[Finding]:
    """The findings without those that say of a slip what another says better.

    - Of a value that nobody describes, or of the wrong class, a shape or the vocabulary speaks, and not both.
    - A contradiction that rests on a statement of which a shape or the vocabulary says what is wrong with it.
    - A property that lacks, where the one that was meant for it is misspelt.
    - A literal that is no value of its datatype, where the shape wants that very datatype.
    - A comparison with a value that is not of its datatype.
    """
    found = list(findings)
    told = _Told(found, shapes)
    return [one for one in found if not told.otherwise(one)]


class _Told:
    """What is told, and so need not be told otherwise."""

    def __init__(self, found: list[Finding], shapes: ShapesGraph) -> None:
        self._shapes = shapes
        grave = [one for one in found if one.severity == "violation"]
        self._undefined = {_about(one) for one in found if one.code == _UNDEFINED}
        self._by_shapes = {_about(one) for one in found if one.shape}
        self._statements = {one.triple for one in grave if one.triple and (one.shape or one.code in _BETTER)}
        self._meant = {
            (one.focus, one.meant) for one in grave if one.code == _UNKNOWN and one.path == one.value and one.meant
        }
        self._ill_typed = {one.triple: one for one in grave if one.code == _ILL_TYPED and one.triple}
        self._mistyped = {
            (one.focus, one.path) for one in grave if one.component == _DATATYPE or one.code == _ILL_TYPED
        }

    def otherwise(self, one: Finding) -> bool:
        """True if another finding says what this one says, and better."""
        if one.code == _RANGE:
            return _about(one) in self._by_shapes
        if one.rests_on:
            return not self._statements.isdisjoint(one.rests_on)
        if not one.shape:
            return False
        if one.value:
            return _about(one) in self._undefined or self._is_lexical(one) or self._compares(one)
        return one.component == _MIN_COUNT and (one.focus, one.path) in self._meant

    def _is_lexical(self, one: Finding) -> bool:
        literal = one.triple.object if one.triple in self._ill_typed and one.triple else None
        if one.component != _DATATYPE or not isinstance(literal, ox.Literal):
            return False
        return self._parameters(one, SH + "datatype") == [literal.datatype]

    def _compares(self, one: Finding) -> bool:
        others = self._parameters(one, _COMPARING.get(one.component or "", ""))
        return any((one.focus, getattr(other, "value", None)) in self._mistyped for other in others)

    def _parameters(self, one: Finding, name: str) -> list[Term]:
        return self._shapes.objects(ox.NamedNode(one.shape), name) if one.shape else []


def _about(one: Finding) -> tuple[str, str | None, str | None]:
    return one.focus, one.path, one.value
