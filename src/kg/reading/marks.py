"""Which mark is missing where two terms stand side by side: what the rest of the statement and the layout suggest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from kg.reading.tokens import Tokens

_MARKS = frozenset(".;,")
_OPENING, _CLOSING = frozenset("[("), frozenset("])")
_SUFFIXES = frozenset({"typed", "language", "direction"})
#: How many terms are looked at, and how many tokens for the end of a bracket.
_MOST_TERMS, _MOST_TOKENS = 8, 4000


def terms_ahead(tokens: Tokens, at: int) -> int:
    """How many terms stand from this token up to the next mark or closing bracket, each bracket as one; 8 at most."""
    kinds = tokens.kinds
    depth = count = 0
    for index in range(at, min(len(kinds), at + _MOST_TOKENS)):
        kind = kinds[index]
        if kind in _OPENING:
            count += depth == 0
            depth += 1
        elif kind in _CLOSING:
            if depth == 0:
                return count
            depth -= 1
        elif depth == 0:
            if kind in _MARKS or kind in ("end", "{", "}"):
                return count
            count += kind not in _SUFFIXES and kinds[index - 1] != "typed"
        if count >= _MOST_TERMS:
            break
    return count


def missing_mark(tokens: Tokens, lines: Sequence[int], at: int, subject: int, nested: bool) -> str:
    """The mark that is missing before the token ``at``: ``,``, ``;`` or ``.``.

    ``lines`` says where the lines begin, ``subject`` is where the subject of the statement stands; ``nested`` is True
    within brackets. One term up to the next mark is a further value, two are predicate and value; of more, those that
    begin a line no deeper than the subject are a new statement.
    """
    ahead = terms_ahead(tokens, at)
    if ahead <= 2:
        return "," if ahead < 2 else ";"
    start = tokens.starts[at]
    line = line_of(lines, start)
    begins_line = lines[line] > tokens.starts[at - 1]
    column, margin = start - lines[line], subject - lines[line_of(lines, subject)]
    if nested:
        return ";"
    if begins_line:
        return "." if column <= margin else ";"
    return "." if ahead % 2 else ";"


def begins_statement(tokens: Tokens, lines: Sequence[int], at: int, subject: int) -> bool:
    """True if a whole statement (three terms up to a mark) begins here, on a line no deeper than the ``subject``'s."""
    start = tokens.starts[at]
    line = lines[line_of(lines, start)]
    if line <= tokens.starts[at - 1] or start - line > subject - lines[line_of(lines, subject)]:
        return False
    return terms_ahead(tokens, at) == 3


def past_star(tokens: Tokens, text: str, at: int) -> int:
    """The last token of a triple term, reifier or annotation that begins here; the token itself if nothing closes."""
    depth = 0
    for index in range(at, min(len(tokens.kinds), at + _MOST_TOKENS)):
        if tokens.kinds[index] == "star":
            depth += {"<": 1, "{": 1, "~": 0}.get(text[tokens.starts[index]], -1)
            if depth <= 0:
                return index
    return at


def within_brackets(tokens: Tokens, at: int) -> bool:
    """True if the dot at this token stands inside brackets: they are closed before the next dot or bracket opens."""
    for kind in tokens.kinds[at + 1 : at + _MOST_TOKENS]:
        if kind == "]":
            return True
        if kind in (".", "[", "(", "end"):
            return False
    return False


def line_of(lines: Sequence[int], offset: int) -> int:
    """The number, from 0, of the line that an offset lies in."""
    return bisect_right(lines, offset) - 1
