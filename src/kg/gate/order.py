"""Findings in an order that two runs share, and those that one state has and another has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.model import SEVERITIES, Finding


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the gravest first, then by place; the same for every run."""
    distinct = {_key(found): found for found in findings}
    return tuple(distinct[key] for key in sorted(distinct))


def without(findings: Iterable[Finding], known: Iterable[Finding]) -> list[Finding]:
    """The findings that are not among others: lines may move, what is wrong with what stays the same."""
    left = Counter(map(_identity, known))
    new = []
    for found in findings:
        if left[_identity(found)] > 0:
            left[_identity(found)] -= 1
        else:
            new.append(found)
    return new


def odd(one: Iterable[Finding], other: Iterable[Finding]) -> list[Finding]:
    """What is in one of two reports and not in the other, however often it is told there."""
    first, second = ({_identity(found): found for found in findings} for findings in (one, other))
    return [found for key, found in (first | second).items() if (key in first) != (key in second)]


def _identity(found: Finding) -> tuple[object, ...]:
    return found.code, found.severity, found.focus, found.path, found.value, tuple(sorted(found.messages.items()))


def _key(found: Finding) -> tuple[object, ...]:
    where = (found.where.origin, found.where.line or 0, found.where.column or 0) if found.where else ("", 0, 0)
    messages = tuple(sorted(found.messages.items()))
    rank = -SEVERITIES.index(found.severity)
    return rank, where, found.focus, found.code, found.path or "", found.value or "", messages
