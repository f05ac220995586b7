"""What a reader picked on a form: a day, one of several things, a page of a list."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from flask import request

from kg.chronicle.spans import is_day
from kg.errors import NotFound, RequestError
from kg.rdf import PREFIXES


def day(name: str, otherwise: str) -> str:
    """The day that a parameter gives, or another where it is not given. Raises RequestError."""
    given = request.args.get(name, "").strip()
    if given and not is_day(given):
        raise RequestError(f"{_quoted(given)} is not a day.", remedy="Write it as YYYY-MM-DD, for example 2026-01-06.")
    return given or otherwise


def one_of(name: str, known: Container[str], what: str) -> str:
    """The IRI that a parameter gives, in full or by its prefix, one of those known; empty if none is given.

    ``what`` says in words what it should be. Raises RequestError.
    """
    return _known(request.args.get(name, "").strip(), known, what)


def some_of(name: str, known: Container[str], what: str) -> list[str]:
    """The IRIs that a repeated parameter gives. Raises RequestError."""
    found = (_known(given.strip(), known, what) for given in request.args.getlist(name))
    return list(dict.fromkeys(iri for iri in found if iri))


def number(name: str = "page") -> int:
    """The page that a parameter gives, from 1. Raises RequestError."""
    given = request.args.get(name, "").strip() or "1"
    if not (given.isascii() and given.isdigit() and len(given) <= 6 and int(given) > 0):
        raise RequestError(f"{_quoted(given)} is no number of a page.", remedy="Pages are counted from 1.")
    return int(given)


@dataclass(frozen=True)
class Pages:
    """Which part of a list is shown: ``page`` of ``pages``, its first and last item from 1, of ``total``."""

    page: int
    pages: int
    first: int
    last: int
    total: int


def pages(total: int, size: int, name: str = "page") -> Pages:
    """The part of a list that a parameter asks for. Raises RequestError for what is no number, NotFound if there is none."""
    page, most = number(name), max(1, -(-total // size))
    if page > most:
        raise NotFound(f"There is no page {page}.", remedy=f"The last one is {most}.")
    return Pages(page, most, min(total, (page - 1) * size + 1), min(total, page * size), total)


def _known(given: str, known: Container[str], what: str) -> str:
    prefix, colon, local = given.partition(":")
    iri = PREFIXES[prefix] + local if colon and prefix in PREFIXES else given
    if iri and iri not in known:
        raise RequestError(f"{_quoted(given)} is no {what} here.", remedy="Choose one from the form of the page.")
    return iri


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"
