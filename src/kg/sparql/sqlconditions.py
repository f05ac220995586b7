"""Conditions as a writer of SQL writes them, and what SPARQL writes: LIKE, BETWEEN, IS NULL, AND, NOT, operators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.sparql.slips import Scene, Slip

_JOINING = frozenset({"AND", "OR"})
#: Functions of two texts that other languages write between these, and such words for REGEX.
_INFIX, _PATTERNS = ("CONTAINS", "STRSTARTS", "STRENDS"), ("REGEX", "MATCHES", "RLIKE")
_BOUND = "Whether a variable has a value is asked with BOUND."
_SAME = "Values are compared with one sign."
#: Where a condition has the value that it is about.
_VALUE = "\0"


def conditions(scene: Scene) -> Iterator[Slip]:
    """LIKE, BETWEEN, IS NULL, NOT and other operators between values."""
    at, word, mark = scene.at, scene.upper(scene.at), scene.mark(scene.at)
    if word in _JOINING:
        signs, patterns = (("&&", "."), "a dot") if word == "AND" else (("||",), "UNION")
        said = f"Conditions are joined with {signs[0]}, patterns with {patterns}."
        yield from (scene.slip(at, at + 1, said, one) for one in signs)
    if mark in ("&", "|"):
        yield scene.slip(at, at + 1, "Conditions are joined with && or ||.", mark * 2)
    if mark == "=" and scene.mark(at - 1) == "=":
        behind = at + 1
        while scene.mark(behind) == "=":
            behind += 1
        yield scene.slip(at - 1, behind, _SAME, "=")
    if mark == "!" and scene.mark(at + 1) == "=":
        yield scene.slip(at, at + 2, "The sign for difference has no space in it.", "!=")
    if mark == "~" and scene.token(at + 1).kind == "string":
        made = f"REGEX(STR({_VALUE}), {scene.mark(at + 1)})"
        yield from _compared(scene, at - 2, at + 2, made, "A pattern is tried with REGEX.")
    if scene.upper(at - 1) == "NULL" and scene.mark(at - 2) in ("=", "!="):
        bound = ("!" if scene.mark(at - 2) == "=" else "") + f"BOUND({_VALUE})"
        yield from _compared(scene, at - 3, at, bound, _BOUND)
    if scene.upper(at - 1) == "NOT" and mark != "(":
        behind = scene.behind(at, lambda one: scene.mark(one) in ("&&", "||") or scene.upper(one) in _JOINING)
        said = "A condition is negated with “!”, not NOT."
        yield scene.slip(at - 1, behind, said, f"!({scene.piece(at, behind)})")


def words_between(scene: Scene) -> Iterator[Slip]:
    """``?x LIKE '%a%'``, ``?x IS NULL``, ``?x BETWEEN 1 AND 2``, ``?x CONTAINS 'a'``; all of them with NOT."""
    at = scene.at
    no = "!" if scene.upper(at) == "NOT" else ""
    behind = at + bool(no)
    word, value = scene.upper(behind), scene.token(behind + 1)
    first = at - 1
    if word in ("LIKE", "ILIKE") and value.kind == "string":
        said = "Texts are compared with CONTAINS, STRSTARTS, STRENDS or REGEX."
        yield from _compared(scene, first, behind + 2, no + _like(value.text, word == "ILIKE"), said)
    elif word in (*_INFIX, *_PATTERNS) and value.kind == "string":
        name = word if word in _INFIX else "REGEX"
        yield from _compared(scene, first, behind + 2, f"{no}{name}(STR({_VALUE}), {value.text})", f"{name} is a function.")
    elif word == "IS":
        is_not = scene.upper(behind + 1) == "NOT"
        if scene.upper(behind + 1 + is_not) == "NULL":
            made = ("" if is_not else "!") + f"BOUND({_VALUE})"
            yield from _compared(scene, first, behind + 2 + is_not, made, _BOUND)
        else:
            sign = "!=" if is_not else "="
            yield scene.slip(behind, behind + 1 + is_not, "Values are compared with “=”.", sign)
    elif word == "BETWEEN" and scene.upper(behind + 2) == "AND":
        low, high = value.text, scene.mark(behind + 3)
        made = f"{no}({_VALUE} >= {low} && {_VALUE} <= {high})"
        yield from _compared(scene, first, behind + 4, made, "A span is two comparisons.")


def _compared(scene: Scene, first: int, behind: int, made: str, remedy: str) -> Iterator[Slip]:
    """A condition on the value at a number, which may be a call."""
    if scene.mark(first) == ")":
        depth = 1
        while depth and first > 0:
            first -= 1
            depth += (scene.mark(first) == ")") - (scene.mark(first) == "(")
        operand_end = scene.closing(first) + 1
        first -= bool(scene.upper(first - 1))
    else:
        operand_end = first + 1
    if first >= 0:
        yield scene.slip(first, behind, remedy, made.replace(_VALUE, scene.piece(first, operand_end)))


def _like(pattern: str, is_folded: bool) -> str:
    """The condition that stands for LIKE with a pattern, which is written with its quotation marks."""
    mark, inner = pattern[0], pattern.strip(pattern[0])
    middle = inner.strip("%")
    value = f"LCASE(STR({_VALUE}))" if is_folded else f"STR({_VALUE})"
    middle = middle.lower() if is_folded else middle
    if "%" in middle or "_" in middle:
        escaped = re.sub(r"([.^$*+?()\[\]{}|])", r"\\\\\1", middle).replace("%", ".*").replace("_", ".")
        start, end = ("" if inner.startswith("%") else "^"), ("" if inner.endswith("%") else "$")
        return f"REGEX({value}, {mark}{start}{escaped}{end}{mark})"
    begins, ends = inner.startswith("%"), inner.endswith("%")
    if not begins and not ends:
        return f"{value} = {mark}{middle}{mark}"
    return f"{'CONTAINS' if begins and ends else 'STRENDS' if begins else 'STRSTARTS'}({value}, {mark}{middle}{mark})"
