"""A text with the numbers of its lines, those marked that findings are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.model import SEVERITIES
from kg.report.quotes import LINE_END, visible
from kg.report.sheet import Sheet

#: A text of more lines is shown around its findings alone: so many lines before and after each, of so many findings.
_WHOLE, _AROUND, _MOST = 1_500, 3, 200
_WIDTH = 400


@dataclass(frozen=True)
class Line:
    """A line: its number from 1, its text, the gravest of its findings if any, and their numbers in the report.

    ``skipped`` is how many lines before it are left out.
    """

    number: int
    text: str
    severity: str
    findings: tuple[int, ...]
    skipped: int


def listing(sheet: Sheet, path: str) -> list[Line]:
    """The lines of a file that a report is about; none if no finding has a line in it."""
    marked: dict[int, list[int]] = {}
    for number, finding in enumerate(sheet.report.findings, start=1):
        where = finding.where
        if where and where.origin == path and where.line and len(marked) < _MOST:
            marked.setdefault(where.line, []).append(number)
    return list(_lines(sheet, LINE_END.split(sheet.texts.get(path, "")), marked)) if marked else []


def _lines(sheet: Sheet, texts: list[str], marked: dict[int, list[int]]) -> Iterator[Line]:
    near = {line + step for line in marked for step in range(-_AROUND, _AROUND + 1)}
    last = 0
    for number, text in enumerate(texts, start=1):
        if len(texts) > _WHOLE and number not in near:
            continue
        findings = tuple(marked.get(number, ()))
        grave = max((sheet.report.findings[one - 1].severity for one in findings), key=SEVERITIES.index, default="")
        cut = visible(text[:_WIDTH]) + ("…" if len(text) > _WIDTH else "")
        yield Line(number, cut, grave, findings, number - last - 1)
        last = number
