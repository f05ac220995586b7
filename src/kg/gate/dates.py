"""Dates that the shapes cannot judge: does an EDTF string name a time, and do its bounds agree with it?

EDTF levels 0 and 1, and of level 2 the sets ``[a..b]`` and ``{a..b}``. The bounds are the strict ones: the first and
the last day that the string names, whatever its qualifiers ``~ ? %`` say about how sure that is. An end that is open
(``..``) or unknown (empty) has no bound.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.state import Term
from kg.model import Finding
from kg.rdf import PREFIXES

EDTF = PREFIXES["ckg"] + "edtf"
#: Property of a bound → which end it is the bound of, and the language of the interface → its name there.
BOUNDS = {
    PREFIXES["ckg"] + "earliest": ("first", {"en": "earliest", "it": "primo"}),
    PREFIXES["ckg"] + "latest": ("last", {"en": "latest", "it": "ultimo"}),
}

_NO_END, _BACKWARDS = "an interval needs at least one known end", "the interval ends before it begins"
_NO_DAY, _TOO_LONG = "there is no such day", "it is too long"
#: How long an EDTF string may be, in characters; a set of dates is the longest that anybody writes.
_LONGEST = 200
#: Why a string names no time, in Italian; what is not here can only be no EDTF date.
_ITALIAN = {
    _NO_END: "un intervallo ha almeno un estremo noto",
    _BACKWARDS: "l’intervallo finisce prima di cominciare",
    _NO_DAY: "quel giorno non esiste",
    _TOO_LONG: "è troppo lunga",
}
#: A year, a month or a day, with a qualifier that says how sure it is.
_PLAIN = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?[?~%]?")


@dataclass(frozen=True)
class Span:
    """The first and the last day an EDTF string names, as ``YYYY-MM-DD``; None where it has no such end."""

    first: str | None
    last: str | None


@lru_cache(maxsize=10_000)
def span(text: str) -> Span:
    """The days that an EDTF string spans. Raises ValueError on a string that names no time."""
    if len(text) > _LONGEST:
        raise ValueError(_TOO_LONG)
    if text.count("/") == 1:
        start, end = text.split("/")
        # The library takes an unknown end for ten years after the other one.
        if start in ("", "..") and end in ("", ".."):
            raise ValueError(_NO_END)
        first = None if start in ("", "..") else span(start).first
        last = None if end in ("", "..") else span(end).last
        if first and last and first > last:
            raise ValueError(_BACKWARDS)
        return Span(first, last)
    plain = _PLAIN.fullmatch(text)
    if plain:
        return _plain(*(number and int(number) for number in plain.groups()))
    # Most dates are plain; the package that knows the others takes a fifth of a second to load.
    return Span(*(day and _day(*day) for day in import_module("kg.gate.edtfs").bounds(text)))


def _plain(year: int, month: int | None, day: int | None) -> Span:
    """The span of a year, a month or a day. Raises ValueError if there is none such."""
    first, last = (month or 1), (month or 12)
    return Span(_day(year, first, day or 1), _day(year, last, day or _days(year, last)))


def _day(year: int, month: int, day: int) -> str:
    """A day as text. Raises ValueError if there is no such day; the package lets 29 February pass in every year."""
    if day > _days(year, month):
        raise ValueError(_NO_DAY)
    return f"{year:04d}-{month:02d}-{day:02d}"


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``DateShape-edtf`` and ``DateShape-bounds`` on every node with an EDTF string that a change touches."""
    read = {ox.NamedNode(name) for name in (EDTF, *BOUNDS)}
    touched = dict.fromkeys(
        triple.subject for triples in (change.added, change.removed) for triple in triples if triple.predicate in read
    )
    for node in sorted(touched, key=str):
        yield from _of_node(change, node)


def _of_node(change: Changed, node: ox.NamedNode) -> Iterator[Finding]:
    values = {name: sorted(change.new.objects(node, ox.NamedNode(name)), key=str) for name in (EDTF, *BOUNDS)}
    for literal in values[EDTF]:
        try:
            expected = span(literal.value)
        except ValueError as reason:
            yield _finding(change, "DateShape-edtf", node, EDTF, literal, _impossible(literal.value, str(reason)))
            continue
        for bound, (end, names) in BOUNDS.items():
            found, wanted = values[bound], [day for day in [getattr(expected, end)] if day]
            if [one.value for one in found] != wanted:
                messages = _disagrees(literal.value, names, wanted)
                yield _finding(change, "DateShape-bounds", node, bound, found[0] if found else None, messages)


def _finding(
    change: Changed, code: str, node: ox.NamedNode, path: str, value: Term | None, messages: dict[str, str]
) -> Finding:
    where, triple = change.where(node), value and ox.Triple(node, ox.NamedNode(path), value)
    return Finding(code, "violation", node.value, path, value and str(value), messages, where, triple)


def _impossible(text: str, reason: str) -> dict[str, str]:
    text = text if len(text) <= _LONGEST else text[:_LONGEST - 1] + "…"
    why = _ITALIAN.get(reason, "non è una data EDTF")
    return {
        "en": f"“{text}” is no possible date: {reason}. Write it in EDTF, for example 2024-12~/.. or 2025-09-04.",
        "it": f"«{text}» non è una data possibile: {why}. Scriverla in EDTF, per esempio 2024-12~/.. o 2025-09-04.",
    }


def _disagrees(text: str, names: dict[str, str], wanted: list[str]) -> dict[str, str]:
    if not wanted:
        return {
            "en": f"“{text}” has no {names['en']} day. Remove the bound.",
            "it": f"«{text}» non ha un {names['it']} giorno. Togliere l’estremo.",
        }
    return {
        "en": f"The {names['en']} day of “{text}” is {wanted[0]}. Write that as the bound.",
        "it": f"Il {names['it']} giorno di «{text}» è {wanted[0]}. Scriverlo come estremo.",
    }
