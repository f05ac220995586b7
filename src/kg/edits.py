"""Repairs as changes of texts: which of them go together, what comes out, and the difference as a patch."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from kg.model import Edit, Repair

_Span = tuple[int, int, str]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_END = "\n\\ No newline at end of file\n"


def together(texts: Mapping[str, str], repairs: Iterable[Repair]) -> tuple[tuple[Repair, ...], tuple[Repair, ...]]:
    """The repairs that can be made at once, and those left for another round.

    A repair is left as a whole if it does not fit the texts, or if a piece of text that it replaces is one that an
    earlier repair replaces otherwise. Two insertions at the same place go together, as do repairs with the same edit.
    """
    taken: dict[str, list[_Span]] = defaultdict(list)
    fit: list[Repair] = []
    left: list[Repair] = []
    for repair in repairs:
        edits = {(edit.path, (edit.start, edit.end, edit.text)) for edit in repair.edits}
        new = sorted((path, span) for path, span in edits if not _has(taken[path], span))
        possible = repair.edits and all(_fits(texts, edit) for edit in repair.edits)
        if possible and not any(_clashes(taken[path], span) for path, span in new) and not _clash_inside(new):
            for path, span in new:
                insort(taken[path], span)
            fit.append(repair)
        else:
            left.append(repair)
    return tuple(fit), tuple(left)


def apply(texts: Mapping[str, str], repairs: Iterable[Repair]) -> dict[str, str]:
    """The texts that change, as they are after the repairs that go together; paths are those of ``texts``."""
    edits = {edit for repair in together(texts, repairs)[0] for edit in repair.edits}
    by_path: dict[str, list[Edit]] = defaultdict(list)
    for edit in sorted(edits, key=lambda edit: (edit.path, edit.start, edit.end, edit.text)):
        by_path[edit.path].append(edit)
    after = {path: _edited(texts[path], chosen) for path, chosen in by_path.items()}
    return {path: text for path, text in after.items() if text != texts[path]}


def as_diff(before: str, after: str, path: str, context: int = 3) -> str:
    """The difference of two texts of a file in the unified format, which ``patch`` and ``git apply`` read."""
    old, new, path = _LINE.findall(before), _LINE.findall(after), path.lstrip("/")
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)
    return "".join(line if line.endswith("\n") else line + _NO_END for line in lines)


def _fits(texts: Mapping[str, str], edit: Edit) -> bool:
    return edit.path in texts and 0 <= edit.start <= edit.end <= len(texts[edit.path])


def _has(spans: list[_Span], span: _Span) -> bool:
    at = bisect_left(spans, span)
    return at < len(spans) and spans[at] == span


def _clashes(spans: list[_Span], span: _Span) -> bool:
    """True if a span overlaps one of these, which are sorted and do not overlap, so that their ends are sorted too."""
    start, end, _ = span
    at = bisect_left(spans, (end,))
    return at > 0 and spans[at - 1][1] > start


def _clash_inside(new: list[tuple[str, _Span]]) -> bool:
    """True if edits of one repair, sorted, overlap each other."""
    return any(path == other and _clashes([span], later) for (path, span), (other, later) in pairwise(new))


def _edited(text: str, edits: list[Edit]) -> str:
    """A text after edits that are sorted and do not overlap."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done:edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])
