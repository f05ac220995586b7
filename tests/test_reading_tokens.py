"""The characters of which names are made are those of the grammar (RDF 1.1 Turtle, section 6.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reading.tokens import scan

#: PN_CHARS_BASE, and what PN_CHARS has beside it, as the grammar lists them.
BASE = [
    (0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D), (0x37F, 0x1FFF),
    (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
]
LATER = [(0x2D, 0x2D), (0x30, 0x39), (0x5F, 0x5F), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]
#: Every character at which one of the ranges begins or ends, and those beside it.
EDGES = sorted({at + step for one in (*BASE, *LATER) for at in one for step in (-1, 0, 1)})


def has(ranges: list[tuple[int, int]], code: int) -> bool:
    return any(first <= code <= last for first, last in ranges)


def is_one(text: str, kind: str) -> bool:
    """True if a text is one token, of this kind."""
    found = scan(text)
    return found.kinds == [kind, "end"] and found.ends[0] == len(text)


@pytest.mark.parametrize("code", EDGES, ids=hex)
def test_every_range_of_the_grammar(code: int) -> None:
    char = chr(code)
    assert is_one(f"{char}x:y", "name") == (has(BASE, code) or char == ":")
    assert is_one(f"x{char}:y", "name") == (has(BASE + LATER, code) or char == ":")
    assert is_one(f"x:{char}y", "name") == (has(BASE, code) or char in "_:0123456789")
    assert is_one(f"x:y{char}", "name") == (has(BASE + LATER, code) or char == ":")
    assert is_one(f"_:{char}y", "blank") == (has(BASE, code) or char in "_0123456789")


@pytest.mark.parametrize(
    ("text", "end"),
    [("a.b:c.d", 7), ("a:b.", 3), ("a:b..", 3), ("a:b.%", 4), ("a:b.%41", 7), ("a:b.\\-", 6), ("a:.b", 2), ("a:%4", 2),
     ("_:a.", 3), ("_:a..b", 6), ("a.:b", 1), ("a:-b", 2), ("a:b:.c", 6)],
)
def test_where_a_name_ends(text: str, end: int) -> None:
    assert scan(text).ends[0] == end


@given(st.text(st.sampled_from([*"ab09_-.:%\\é·", "\u0300", "\u2040", "\u00d7", "\U000f0000"]), max_size=12))
def test_a_name_is_what_the_grammar_says(text: str) -> None:
    found = scan(f"a:{text}")
    assert found.ends[0] == len("a:") + local(text)


def local(text: str) -> int:
    """How many of these characters belong to a local name, read one by one; dots only with something after them."""
    end = at = 0
    while at < len(text):
        code, escape = ord(text[at]), escaped(text, at)
        fits = has(BASE, code) or text[at] in "_:0123456789" or (at > 0 and has(LATER, code))
        if text[at] == "." and at > 0:
            at += 1
            if text[at : at + 1] in ("%", "\\"):
                end = at
        elif fits or escape:
            at = end = at + (escape or 1)
        else:
            break
    return end


def escaped(text: str, at: int) -> int:
    """The length of an escape that begins here, or 0."""
    two = text[at + 1 : at + 3]
    if text[at] == "%" and len(two) == 2 and all(char in "0123456789ABCDEFabcdef" for char in two):
        return 3
    return 2 if text[at] == "\\" and two[:1] in tuple("_~.-!$&'()*+,;=/?#@%") else 0
