"""Dates that the shapes cannot judge: does an EDTF string name a time, and do its bounds agree with it?

EDTF levels 0 and 1, and of level 2 the sets ``[a..b]`` and ``{a..b}``. The bounds are the strict ones: the first and
the last day that the string names, whatever its qualifiers ``~ ? %`` say about how sure that is. An end that is open
(``..``) or unknown (empty) has no bound.
"""

from __future__ import annotations

import calendar
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg.gate.where import Locator
from kg.model import Finding
from kg.rdf import PREFIXES

with warnings.catch_warnings():
    # Where Python is told to warn, pyparsing has something to say about the grammar of this package.
    warnings.simplefilter("ignore")
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException

EDTF = PREFIXES["ckg"] + "edtf"
#: Property of a bound → which end it is the bound of, and the language of the interface → its name there.
BOUNDS = {
    PREFIXES["ckg"] + "earliest": ("first", {"en": "earliest", "it": "primo"}),
    PREFIXES["ckg"] + "latest": ("last", {"en": "latest", "it": "ultimo"}),
}


@dataclass(frozen=True)
class Span:
    """The first and the last day an EDTF string names, as ``YYYY-MM-DD``; None where it has no such end."""

    first: str | None
    last: str | None


@cache
def span(text: str) -> Span:
    """The days that an EDTF string spans. Raises ValueError on a string that names no time."""
    if text.count("/") == 1:
        start, end = text.split("/")
        # The library takes an unknown end for ten years after the other one.
        if start in ("", "..") and end in ("", ".."):
            raise ValueError("an interval needs at least one known end")
        first = None if start in ("", "..") else span(start).first
        last = None if end in ("", "..") else span(end).last
        if first and last and first > last:
            raise ValueError("the interval ends before it begins")
        return Span(first, last)
    try:
        parsed = parse_edtf(text)
        return Span(_day(parsed.lower_strict()), _day(parsed.upper_strict()))
    except (EDTFParseException, AttributeError, TypeError) as error:
        raise ValueError("it is no EDTF date") from error


def _day(moment: object) -> str | None:
    """A day of the library's as text; it gives an infinite float for an open end. Raises ValueError if impossible."""
    if isinstance(moment, float):
        return None
    year, month, day = tuple(moment)[:3]
    # The library lets 29 February pass in every year.
    if day > calendar.monthrange(year, month)[1]:
        raise ValueError("there is no such day")
    return f"{year:04d}-{month:02d}-{day:02d}"


def check(triples: Iterable[ox.Triple], locate: Locator) -> Iterator[Finding]:
    """Findings ``DateShape-edtf`` and ``DateShape-bounds`` on every node that has an EDTF string."""
    stated: dict[ox.NamedNode, dict[str, list[ox.Literal]]] = {}
    for triple in triples:
        if triple.predicate.value == EDTF or triple.predicate.value in BOUNDS:
            by_property = stated.setdefault(triple.subject, {})
            by_property.setdefault(triple.predicate.value, []).append(triple.object)
    for node, values in stated.items():
        for literal in values.get(EDTF, ()):
            try:
                expected = span(literal.value)
            except ValueError as reason:
                messages = _impossible(literal.value, str(reason))
                yield Finding("DateShape-edtf", "violation", node.value, EDTF, str(literal), messages, locate(node))
                continue
            yield from _bounds(node, literal.value, expected, values, locate)


def _bounds(
    node: ox.NamedNode, text: str, expected: Span, values: dict[str, list[ox.Literal]], locate: Locator
) -> Iterator[Finding]:
    for bound, (end, names) in BOUNDS.items():
        found = values.get(bound, [])
        wanted = [day for day in [getattr(expected, end)] if day]
        if [literal.value for literal in found] != wanted:
            shown = str(found[0]) if found else None
            messages = _disagrees(text, names, wanted)
            yield Finding("DateShape-bounds", "violation", node.value, bound, shown, messages, locate(node))


def _impossible(text: str, reason: str) -> dict[str, str]:
    return {
        "en": f"“{text}” is no possible date: {reason}. Write it in EDTF, for example 2024-12~/.. or 2025-09-04.",
        "it": f"«{text}» non è una data possibile. Scriverla in EDTF, per esempio 2024-12~/.. o 2025-09-04.",
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
