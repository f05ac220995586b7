"""What a writer of SQL writes in a query, and what SPARQL writes: braces, columns, numbers of rows, lists."""

from __future__ import annotations

from collections.abc import Iterator

from kg.sparql.habits import QUOTES
from kg.sparql.slips import (
    FUNCTIONS,
    MODIFIERS,
    Look,
    Scene,
    Slip,
    having,
    order_of_modifiers,
    ordering,
    rows_of_values,
)
from kg.sparql.sqlconditions import conditions, words_between

_CLAUSES = frozenset("FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES".split())
#: Number in words, in English and Italian → in digits.
_NUMBERS = {
    "ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "SIX": 6, "SEVEN": 7, "EIGHT": 8, "NINE": 9, "TEN": 10,
    "TWENTY": 20, "FIFTY": 50, "HUNDRED": 100, "THOUSAND": 1_000, "UNO": 1, "DUE": 2, "TRE": 3, "QUATTRO": 4,
    "CINQUE": 5, "SEI": 6, "SETTE": 7, "OTTO": 8, "NOVE": 9, "DIECI": 10, "VENTI": 20, "CINQUANTA": 50, "CENTO": 100,
    "MILLE": 1_000,
}  # fmt: skip


def brackets_of_filter(scene: Scene) -> Iterator[Slip]:
    """``FILTER ?x IN (1, 2)`` for ``FILTER(?x IN (1, 2))``."""
    number = scene.at - 1
    if scene.upper(number) != "FILTER":
        return
    behind = scene.behind(scene.at, lambda one: scene.mark(one) == "." or scene.upper(one) in _CLAUSES)
    lines = scene.text[scene.token(scene.at).start : scene.ends(behind - 1)].count("\n")
    ends = [behind]
    if lines:
        # The condition may end with its line, where no dot says so.
        firsts = (one for one in range(scene.at + 1, behind) if _is_first_of_line(scene, one))
        ends.insert(0, next(firsts, behind))
    for one in ends:
        condition = scene.piece(scene.at, one)
        yield scene.slip(number, one, "What FILTER compares stands in brackets.", f"FILTER({condition})")


def _is_first_of_line(scene: Scene, number: int) -> bool:
    return "\n" in scene.text[scene.ends(number - 1) : scene.token(number).start]


def braces(scene: Scene) -> Iterator[Slip]:
    """Patterns without the braces that OPTIONAL, MINUS, UNION, EXISTS, GRAPH and WHERE want around them."""
    if scene.wanted != "“{”" or scene.at >= len(scene.tokens):
        return
    first, remedy = scene.at, "Patterns stand in braces."
    if scene.upper(first - 1) == "WHERE" or scene.cause == "open":
        behind = scene.behind(first, lambda one: scene.upper(one) in MODIFIERS - {"VALUES"})
    else:
        behind = scene.behind(first, lambda one: scene.mark(one) == "." or scene.upper(one) in _CLAUSES)
    if behind > first:
        yield scene.slip(first, behind, remedy, f"{{ {scene.piece(first, behind)} }}")


def union(scene: Scene) -> Iterator[Slip]:
    """``{ ?a ?b ?c UNION ?d ?e ?f }`` for ``{ { ?a ?b ?c } UNION { ?d ?e ?f } }``."""
    if scene.upper(scene.at) != "UNION":
        return
    depth, opening = 0, scene.at
    while opening >= 0 and not (scene.mark(opening) == "{" and depth == 0):
        depth += (scene.mark(opening) == "}") - (scene.mark(opening) == "{")
        opening -= 1
    behind = scene.behind(scene.at)
    if opening < 0:
        return
    sides, first = [], opening + 1
    while first < behind:
        end = min(behind, scene.behind(first, lambda one: scene.upper(one) == "UNION"))
        side = scene.piece(first, end)
        sides.append(side if scene.mark(first) == "{" else f"{{ {side} }}")
        first = end + 1
    yield scene.slip(opening + 1, behind, "Each side of UNION stands in braces.", " UNION ".join(sides))


def columns(scene: Scene) -> Iterator[Slip]:
    """Expressions among the columns without brackets or without a name, and variables in brackets."""
    remedy = "An expression that is selected stands in brackets and has a name."
    opening = scene.at - 1
    while opening >= 0 and scene.mark(opening) != "(" and scene.upper(opening) != "SELECT":
        opening -= 1
    if scene.cause == "as":
        depth, opening = 0, scene.at - 1
        while opening >= 0 and not (scene.mark(opening) == "(" and depth == 0):
            depth += (scene.mark(opening) == ")") - (scene.mark(opening) == "(")
            opening -= 1
        closing = scene.closing(opening)
        inner = [one for one in scene.tokens[opening + 1 : closing] if one.text != ","]
        if all(one.kind == "variable" for one in inner):
            plain = " ".join(one.text for one in inner)
            yield scene.slip(opening, closing + 1, "Variables that are selected need no brackets and no commas.", plain)
        expression = scene.piece(opening + 1, scene.at)
        is_named = scene.token(scene.at).kind == "variable"
        name = scene.mark(scene.at) if is_named else scene.fresh(_called(scene, opening + 1))
        yield scene.slip(opening, closing + 1, remedy, f"({expression} AS {name})")
    elif scene.cause == "column-brackets":
        behind = scene.closing(scene.at + 1) + 1
        call = scene.piece(scene.at, behind)
        if scene.upper(behind) == "AS" and scene.token(behind + 1).kind in ("variable", "word"):
            name = scene.mark(behind + 1)
            yield scene.slip(scene.at, behind + 2, remedy, f"({call} AS ?{name.lstrip('?$')})")
        yield scene.slip(scene.at, behind, remedy, f"({call} AS {scene.fresh(_called(scene, scene.at))})")
    elif scene.upper(scene.at) == "AS" and scene.token(scene.at - 1).kind == "variable":
        renamed = f"({scene.mark(scene.at - 1)} AS ?{scene.mark(scene.at + 1).lstrip('?$')})"
        yield scene.slip(scene.at - 1, scene.at + 2, remedy, renamed)
    elif scene.upper(scene.at) == "DISTINCT" and scene.token(scene.at + 1).kind == "variable":
        call = f"({scene.mark(scene.at)} {scene.mark(scene.at + 1)})"
        yield scene.slip(scene.at, scene.at + 2, "What is counted stands in brackets, with DISTINCT.", call)


def _called(scene: Scene, number: int) -> str:
    """A name for what the expression from here on gives."""
    return scene.mark(number).lower() if scene.upper(number) else "value"


def numbers_of_rows(scene: Scene) -> Iterator[Slip]:
    """``LIMIT ten``, ``LIMIT '10'``, ``LIMIT 20, 10``, ``FETCH FIRST 10 ROWS ONLY`` and ``SELECT TOP 10``."""
    at, token = scene.at, scene.token(scene.at)
    remedy = "How many rows there are at most is said by LIMIT, and how many are left out by OFFSET."
    if scene.cause == "number":
        plain = token.text.strip("'\"")
        if token.upper in _NUMBERS or plain.isascii() and plain.isdigit():
            digits = str(_NUMBERS.get(token.upper, plain))
            yield scene.slip(at, at + 1, "A number of rows is written in digits.", digits)
        if token.text in ("-", "+") and scene.token(at + 1).kind == "number":
            yield scene.slip(at, at + 2, "A number of rows has no sign.", scene.mark(at + 1))
    elif token.text == "," and scene.upper(at - 2) == "LIMIT" and scene.token(at + 1).kind == "number":
        yield scene.slip(at - 2, at + 2, remedy, f"LIMIT {scene.mark(at + 1)} OFFSET {scene.mark(at - 1)}")
    elif token.upper == "FETCH" and (counts := [one for one in scene.tokens[at:] if one.kind == "number"]):
        behind = scene.behind(at)
        yield scene.slip(at, behind, remedy, f"LIMIT {counts[0].text}")
    elif token.upper == "TOP" and scene.token(at + 1).kind == "number":
        rest = scene.piece(at + 2, len(scene.tokens))
        yield scene.slip(at, len(scene.tokens), remedy, f"{rest} LIMIT {scene.mark(at + 1)}")


def lists_and_names(scene: Scene) -> Iterator[Slip]:
    """Lists of IN without brackets or commas, words without a mark, BIND without a name."""
    at = scene.at
    number = next((n for n in range(at, max(-1, at - 40), -1) if scene.upper(n) == "IN"), -1)
    if number >= 0:
        if scene.mark(number + 1) in ("{", "[", "("):
            closing = scene.closing(number + 1)
            inner = [scene.mark(one) for one in range(number + 2, closing) if scene.mark(one) != ","]
            listed, behind = ", ".join(inner), closing + 1
        else:
            listed, behind = scene.mark(number + 1), number + 2
        yield scene.slip(number + 1, behind, "A list stands in round brackets, with commas.", f"({listed})")
    if scene.wanted == "“(”" and scene.token(at - 1).kind == "word":
        yield from _word(scene, at)
    if scene.wanted == "“AS”" and scene.mark(at) == ")":
        opening = next((n for n in range(at, -1, -1) if scene.upper(n) == "BIND"), at)
        if scene.token(opening + 2).kind == "variable" and scene.mark(opening + 3) == "=":
            made = f"BIND({scene.piece(opening + 4, at)} AS {scene.mark(opening + 2)})"
            yield scene.slip(opening, at + 1, "BIND sets a variable that stands at its end.", made)


def _word(scene: Scene, at: int) -> Iterator[Slip]:
    """The word before a place where a bracket is missing, and what it should be."""
    word = scene.mark(at - 1)
    if word.upper() == "BIND":
        behind = scene.behind(at, lambda one: scene.token(one - 1).kind == "variable" and scene.upper(one - 2) == "AS")
        yield scene.slip(at, behind, "What BIND sets stands in brackets.", f"({scene.piece(at, behind)})")
    elif word.upper() in FUNCTIONS:
        yield scene.slip(at, at + 1, "What a function is given stands in brackets.", f"({scene.mark(at)})")
    elif len(word) == 2 and word.islower() and any(one.upper == "LANG" for one in scene.tokens[max(0, at - 7) : at]):
        yield scene.slip(at - 1, at, "A language is a text in quotation marks.", f'"{word}"')
    else:
        yield scene.slip(at - 1, at, "A variable begins with a question mark, a name has a prefix.", f"?{word}")


def tables(scene: Scene) -> Iterator[Slip]:
    """``FROM claims WHERE { … }`` and ``FROM ckg:Claim``: what SQL calls a table is none here."""
    at, said = scene.at, "FROM names a graph, not a table; without it all are asked."
    if scene.upper(at - 1) == "FROM" and (scene.upper(at + 1) == "WHERE" or scene.mark(at + 1) == "{"):
        yield scene.slip(at - 1, at + 2, said, scene.mark(at + 1))
    if scene.wanted == "“{”" and scene.upper(at - 2) == "FROM" and scene.token(at - 1).kind in ("name", "iri"):
        yield scene.slip(at - 2, at, said, f"{{ ?one a {scene.mark(at - 1)} }}")


def quotation_marks(scene: Scene) -> Iterator[Slip]:
    """``“x”`` for ``"x"``."""
    start = scene.token(scene.at).start
    mark = QUOTES.get(scene.mark(scene.at)[:1])
    end = next((n for n in range(start + 1, len(scene.text)) if scene.text[n] in "\r\n" or scene.text[n] in QUOTES), 0)
    if mark and scene.text[end : end + 1] in QUOTES:
        inner = scene.text[start + 1 : end]
        yield Slip(start, end + 1, "Strings stand in straight quotation marks.", f"{mark}{inner}{mark}")


def having_for_where(scene: Scene) -> Iterator[Slip]:
    """``GROUP BY ?x WHERE ?n > 3`` for ``GROUP BY ?x HAVING (?n > 3)``."""
    if scene.upper(scene.at) == "WHERE" and scene.cause == "end":
        behind = scene.behind(scene.at + 1, lambda one: scene.upper(one) in MODIFIERS)
        condition = scene.piece(scene.at + 1, behind)
        inner = condition if scene.closing(scene.at + 1) == behind - 1 and condition[:1] == "(" else f"({condition})"
        said = "What groups are to fulfil is said by HAVING, in brackets."
        yield scene.slip(scene.at, behind, said, f"HAVING {inner}")


def columns_with_commas(scene: Scene) -> Iterator[Slip]:
    """``SELECT ?a, ?b`` for ``SELECT ?a ?b``."""
    if scene.cause == "comma":
        first = max(n for n in range(scene.at) if scene.upper(n) in ("SELECT", "DISTINCT", "REDUCED")) + 1
        behind = first
        while scene.token(behind).kind == "variable" or scene.mark(behind) == ",":
            behind += 1
        plain = " ".join(one.text for one in scene.tokens[first:behind] if one.text != ",")
        yield scene.slip(first, behind, "Variables are listed without commas.", plain)


#: Where the reader of the structure stops; the first that helps is told.
STOPPED: tuple[Look, ...] = (
    brackets_of_filter, ordering, columns, numbers_of_rows, union, rows_of_values, words_between, conditions,
    braces, lists_and_names, having_for_where, columns_with_commas,
    quotation_marks, tables,
)  # fmt: skip
#: Where it reads all, and the engine does not.
WHOLE: tuple[Look, ...] = (ordering, having, order_of_modifiers, rows_of_values)
