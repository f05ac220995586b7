"""Pieces of a query that another language writes so, and what SPARQL writes in their place.

What is proposed is tried: with it in place of the piece, the query can be read on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from kg.querytext import Token
from kg.sparql.cursor import NotRead, merged
from kg.sparql.structure import read

#: The functions and aggregates of SPARQL 1.1 and 1.2 by their names in capitals.
FUNCTIONS = {
    name.upper(): name
    for name in (
        "ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR GROUP_CONCAT "
        "hasLANG hasLANGDIR HOURS IF IRI isBLANK isIRI isLITERAL isNUMERIC isTRIPLE isURI LANG LANGDIR LANGMATCHES "
        "LCASE MAX MD5 MIN MINUTES MONTH NOW OBJECT PREDICATE RAND REGEX REPLACE ROUND sameTerm SAMPLE SECONDS SHA1 "
        "SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR "
        "SUM TIMEZONE TRIPLE TZ UCASE URI UUID YEAR"
    ).split()
}
#: Function of another language → that of SPARQL.
_ELSEWHERE = {
    "LENGTH": "STRLEN", "LEN": "STRLEN", "CHAR_LENGTH": "STRLEN", "STRLENGTH": "STRLEN", "SUBSTRING": "SUBSTR",
    "LOWER": "LCASE", "TOLOWER": "LCASE", "LOWERCASE": "LCASE", "UPPER": "UCASE", "TOUPPER": "UCASE",
    "UPPERCASE": "UCASE", "STARTSWITH": "STRSTARTS", "ENDSWITH": "STRENDS", "INSTR": "CONTAINS", "NVL": "COALESCE",
    "IFNULL": "COALESCE", "ISNULL": "!BOUND", "REGEXP": "REGEX", "REGEXP_LIKE": "REGEX", "REGEXP_REPLACE": "REPLACE",
    "CEILING": "CEIL", "TOSTRING": "STR", "LANGUAGE": "LANG", "MEAN": "AVG", "AVERAGE": "AVG",
    "STRING_AGG": "GROUP_CONCAT", "LISTAGG": "GROUP_CONCAT", "DATE": "xsd:date", "TO_DATE": "xsd:date",
}  # fmt: skip
#: Words before a bracket that are no functions.
_BEFORE_BRACKETS = frozenset(
    "FILTER BIND IN EXISTS AS BY VALUES ASC DESC HAVING SELECT DISTINCT REDUCED WHERE GROUP ORDER LIMIT UNDEF A "
    "OPTIONAL UNION MINUS GRAPH SEPARATOR TRUE FALSE ADJUST SERVICE LATERAL FROM NAMED".split()
)
#: The keywords with which what follows the patterns begins.
MODIFIERS = frozenset("GROUP HAVING ORDER LIMIT OFFSET VALUES".split())
_OPENING, _CLOSING = "([{", ")]}"
#: How alike a word must be to a function to be taken for a slip of it, of 1.
_ALIKE = 0.78
#: How many tokens a proposal may take the place of.
_MOST_PIECES = 10
#: How many ways to mend a query are tried: of one kind, and of all.
_MOST_OF_ONE, _MOST_WAYS = 4, 12


@dataclass(frozen=True)
class Slip:
    """The piece of a text from ``start`` to ``end``, what is wrong with it, and what to write in its place."""

    start: int
    end: int
    remedy: str
    proposal: str


class Scene:
    """The tokens of a query and the number of the one at which its reader stopped (that behind the last at the end)."""

    def __init__(self, text: str, stopped: NotRead | None = None) -> None:
        self.text, self.tokens = text, tuple(merged(text))
        token = stopped.token if stopped else None
        self.at = next((n for n, one in enumerate(self.tokens) if token and one.start >= token.start), len(self.tokens))
        self.wanted = stopped.wanted if stopped else ""
        self.cause = stopped.cause if stopped else ""

    def token(self, number: int) -> Token:
        """The token of a number; one without text beyond the ends."""
        return self.tokens[number] if 0 <= number < len(self.tokens) else Token("end", "", len(self.text))

    def upper(self, number: int) -> str:
        """The keyword at a number, empty if there is none."""
        return self.token(number).upper

    def mark(self, number: int) -> str:
        """The text of the token of a number."""
        return self.token(number).text

    def piece(self, first: int, behind: int) -> str:
        """The text from a token up to the one before another."""
        return self.text[self.token(first).start : self.ends(behind - 1)] if first < behind else ""

    def ends(self, number: int) -> int:
        """Where a token ends."""
        one = self.token(number)
        return one.start + len(one.text)

    def behind(self, first: int, is_end: Callable[[int], bool] = lambda number: False) -> int:
        """The first token from here, outside of brackets opened since, that closes one or is an end of another kind."""
        depth, number = 0, first
        while number < len(self.tokens):
            mark = self.mark(number)
            if depth == 0 and (mark in tuple(_CLOSING) or is_end(number)):
                return number
            depth += (mark in tuple(_OPENING) or mark == "<<(") - (mark in tuple(_CLOSING) or mark == ")>>")
            number += 1
        return number

    def closing(self, opening: int) -> int:
        """The bracket that closes the one at a number; the number behind the last token if none does."""
        return self.behind(opening + 1)

    def slip(self, first: int, behind: int, remedy: str, proposal: str) -> Slip:
        """What to write for the tokens from one up to before another."""
        return Slip(self.token(first).start, self.ends(behind - 1), remedy, proposal)

    def fresh(self, name: str) -> str:
        """A variable of this name, or with a number, that the query does not have."""
        taken = {one.text[1:] for one in self.tokens if one.kind == "variable"}
        return "?" + next(one for one in (name, *(f"{name}{n}" for n in range(2, 10_000))) if one not in taken)


Look = Callable[[Scene], Iterator[Slip]]


def first_that_helps(text: str, scene: Scene, looks: tuple[Look, ...], base: str | None = None) -> Slip | None:
    """The first slip with whose proposal the text can be read beyond it, and further than it was."""
    left = len(text) - scene.token(scene.at).start or 1
    for found in ways(scene, looks):
        if found.proposal and reads_on(text, found, base) and _unread(pasted(text, found), base) < left:
            return found
    return None


def ways(scene: Scene, looks: tuple[Look, ...]) -> Iterator[Slip]:
    """Of what to write instead, as much as is to be tried."""
    return islice((found for look in looks for found in islice(look(scene), _MOST_OF_ONE)), _MOST_WAYS)


def reads_on(text: str, slip: Slip, base: str | None = None) -> bool:
    """True if the text can be read, or at least beyond the piece, with the proposal in place of it."""
    try:
        read(pasted(text, slip), base)
    except NotRead as stopped:
        return stopped.token is not None and stopped.token.start >= slip.start + len(slip.proposal)
    return True


def pasted(text: str, slip: Slip) -> str:
    """The text with the proposal in place of the piece."""
    return f"{text[: slip.start]}{slip.proposal}{text[slip.end :]}"


def piece_for(text: str, start: int, proposal: str, base: str | None = None) -> int | None:
    """How many characters from a place on the proposal takes the place of, so that the text can be read; None if none.

    Of several, that with which most of the text can be read, and the fewest of these. What stands at the place is at
    fault, so that something is replaced unless nothing follows.
    """
    ends = [one.start + len(one.text) for one in merged(text) if one.start >= start][:_MOST_PIECES] or [start]
    left: list[tuple[int, int]] = []
    for end in ends:
        slip = Slip(start, end, "", proposal)
        if reads_on(text, slip, base):
            left.append((_unread(pasted(text, slip), base), end - start))
    return min(left)[1] if left else None


def _unread(text: str, base: str | None) -> int:
    try:
        read(text, base)
    except NotRead as stopped:
        return len(text) - stopped.token.start if stopped.token else 1
    return 0


def functions(scene: Scene) -> Iterator[Slip]:
    """Calls of functions that SPARQL has not."""
    for number, token in enumerate(scene.tokens):
        word = token.upper
        is_called = bool(word) and scene.mark(number + 1) == "(" and token.text != "a"
        if not is_called or word in FUNCTIONS or word in _BEFORE_BRACKETS:
            continue
        if word == "NOT":
            yield Slip(token.start, scene.ends(number), "A condition is negated with “!”, not NOT.", "!")
            continue
        near = get_close_matches(word, FUNCTIONS, 1, _ALIKE)
        meant = _ELSEWHERE.get(word) or (FUNCTIONS[near[0]] if near else "")
        said = f"SPARQL has no function {token.text}" + (f": did you mean {meant}?" if meant else ".")
        yield Slip(token.start, scene.ends(number), said, meant)


def ordering(scene: Scene) -> Iterator[Slip]:
    """``ORDER BY ?x DESC, ?y`` for ``ORDER BY DESC(?x) ?y``."""
    words = [number for number in range(len(scene.tokens)) if scene.upper(number) == "ORDER"]
    for number in words:
        if scene.upper(number + 1) != "BY":
            continue
        behind = scene.behind(number + 2, lambda one: scene.upper(one) in MODIFIERS)
        items = list(_items(scene, number + 2, behind))
        if items:
            yield scene.slip(
                number, behind, "What to order by stands in the brackets of DESC or ASC, without commas.",
                "ORDER BY " + " ".join(items),
            )  # fmt: skip


def _items(scene: Scene, number: int, behind: int) -> Iterator[str]:
    """What to order by from here on, each as SPARQL has it."""
    while number < behind:
        if scene.mark(number) == ",":
            number += 1
            continue
        way = scene.upper(number) if scene.upper(number) in ("ASC", "DESC") else ""
        number += bool(way)
        after = number + 1
        if scene.mark(number) == "(":
            after = scene.closing(number) + 1
        elif scene.mark(after) == "(":
            after = scene.closing(after) + 1
        item = scene.piece(number, min(after, behind))
        number = after
        if not way and scene.upper(number) in ("ASC", "DESC") and scene.mark(number + 1) != "(" and number < behind:
            way, number = scene.upper(number), number + 1
        if way and not (item.startswith("(") and item.endswith(")")):
            item = f"({item})"
        yield way + item


def having(scene: Scene) -> Iterator[Slip]:
    """``HAVING ?n > 3`` for ``HAVING (?n > 3)``."""
    for number in range(len(scene.tokens)):
        if scene.upper(number) == "HAVING":
            behind = scene.behind(number + 1, lambda one: scene.upper(one) in MODIFIERS)
            condition = scene.piece(number + 1, behind)
            yield scene.slip(number, behind, "The condition of HAVING stands in brackets.", f"HAVING ({condition})")


def order_of_modifiers(scene: Scene) -> Iterator[Slip]:
    """``LIMIT 5 ORDER BY ?x`` for ``ORDER BY ?x LIMIT 5``."""
    try:
        found = read(scene.text).modifiers
    except NotRead:
        return
    wanted = [word for word in ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET") if word in found]
    spans = [found[word] for word in wanted]
    if len(spans) < 2 or spans == sorted(spans, key=lambda one: one.start):
        return
    start, end = min(one.start for one in spans), max(one.end for one in spans)
    proposal = " ".join(scene.text[one.start : one.end] for one in spans)
    yield Slip(start, end, f"The order is: {', '.join(wanted)}.", proposal)


def rows_of_values(scene: Scene) -> Iterator[Slip]:
    """``VALUES (?x) { 1 2 }`` for ``VALUES ?x { 1 2 }``, and lists with commas or in the wrong brackets."""
    for number in range(len(scene.tokens)):
        if scene.upper(number) != "VALUES":
            continue
        listed = scene.mark(number + 1) == "("
        opening = scene.closing(number + 1) + 1 if listed else number + 2
        closing = scene.closing(opening)
        inner = [scene.mark(one) for one in range(opening + 1, closing) if scene.mark(one) != ","]
        names = scene.piece(number + 2, opening - 1) if listed else scene.mark(number + 1)
        if inner and "(" not in inner and len(names.split()) == 1 and scene.mark(opening) in ("{", "("):
            values = re.sub(r"\s*,\s*", " ", scene.piece(opening + 1, closing))
            proposal = f"VALUES {names} {{ {values} }}"
            yield scene.slip(number, closing + 1, "Values stand in braces, with spaces between them.", proposal)
