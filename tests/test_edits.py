"""Repairs as edits: they are made together or left as a whole, and the difference is a patch that makes them."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.edits import apply, as_diff, together
from kg.model import Edit, Repair

SAYS = {"en": "Do it.", "it": "Farlo."}


def repair(*edits: tuple[int, int, str], path: str = "a") -> Repair:
    return Repair(SAYS, tuple(Edit(path, *edit) for edit in edits))


@st.composite
def repairs(draw: st.DrawFn) -> list[Repair]:
    """Repairs of the text of 12 characters below, some of which overlap or do not fit."""
    at = st.integers(0, 13)
    edit = st.tuples(at, at, st.sampled_from(["", "x", "yy"])).map(lambda e: (min(e[:2]), max(e[:2]), e[2]))
    return [repair(*edits) for edits in draw(st.lists(st.lists(edit, min_size=1, max_size=3), max_size=6))]


TEXT = "abcdefghijkl"


def overlap(one: Edit, other: Edit) -> bool:
    return one != other and one.start < other.end and other.start < one.end


@settings(max_examples=300)
@given(repairs())
def test_repairs_that_go_together_do_not_overlap_and_none_is_left_without_a_reason(proposed: list[Repair]) -> None:
    fit, left = together({"a": TEXT}, proposed)
    edits = {edit for one in fit for edit in one.edits}
    assert sorted(map(id, (*fit, *left))) == sorted(map(id, proposed))
    assert not any(overlap(one, other) for one in edits for other in edits)
    for one in left:
        own = set(one.edits)
        assert any(edit.end > len(TEXT) for edit in own) or any(
            overlap(edit, other) for edit in own for other in edits | own
        )


@settings(max_examples=300)
@given(repairs())
def test_what_comes_out_is_what_each_edit_says(proposed: list[Repair]) -> None:
    fit, _ = together({"a": TEXT}, proposed)
    expected = TEXT
    edits = {(edit.start, edit.end, edit.text) for one in fit for edit in one.edits}
    for start, end, text in sorted(edits, reverse=True):
        expected = expected[:start] + text + expected[end:]
    assert apply({"a": TEXT}, proposed) == ({} if expected == TEXT else {"a": expected})


def test_of_two_repairs_of_the_same_piece_the_first_is_made() -> None:
    first, second = repair((0, 3, "x")), repair((2, 4, "y"), (8, 9, "z"))
    assert together({"a": TEXT}, [first, second]) == ((first,), (second,))
    assert apply({"a": TEXT}, [first, second]) == {"a": "xdefghijkl"}


def test_a_repair_of_a_file_that_is_not_there_is_left() -> None:
    assert apply({"a": TEXT}, [repair((0, 1, "x"), path="b")]) == {}


LINES = st.lists(st.sampled_from(["one\n", "two\n", "three\u2028\n", "\r\n", "\n"]), max_size=8).map("".join)
ENDINGS = st.sampled_from(["", "end"])


@settings(max_examples=300)
@given(LINES, ENDINGS, LINES, ENDINGS)
def test_the_difference_is_a_patch_that_makes_it(before: str, end: str, after: str, other_end: str) -> None:
    before, after = before + end, after + other_end
    assert patched(before, as_diff(before, after, "data/x.ttl")) == after


def patched(text: str, diff: str) -> str:
    """A text after a patch in the unified format."""
    if not diff:
        return text
    old = re.findall(r"[^\n]*\n|[^\n]+", text)
    new: list[str] = []
    done = 0
    lines = re.findall(r"[^\n]*\n", diff)
    assert lines[:2] == ["--- a/data/x.ttl\n", "+++ b/data/x.ttl\n"]
    for number, line in enumerate(lines[2:], start=2):
        ends = number + 1 < len(lines) and lines[number + 1].startswith("\\")
        body = line[1:].removesuffix("\n") if ends else line[1:]
        if line.startswith("@@"):
            start, count = re.match(r"@@ -(\d+)(?:,(\d+))?", line).groups()
            first = int(start) - (0 if count == "0" else 1)
            new += old[done:first]
            done = first
        elif line[0] in " -":
            assert old[done] == body
            done += 1
        if line[0] in " +":
            new.append(body)
    return "".join(new + old[done:])
