"""What can be written next in a query that is being written: ``/complete``, asked of the graph under a short deadline."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, g, request

from kg.errors import DeadlineExceeded, QueryError, RequestError, TooLarge, WorkerLost
from kg.model import Query
from kg.rdf import PREFIXES
from kg.sparql import complete, guard, negotiate, protocol
from kg.sparql.completewords import Word, words
from kg.sparql.cursorplace import CLASS, PROPERTY, Place, locate
from kg.web import labelled
from kg.web.site import language, reader_labels, site

#: Seconds that the engine may work for each of the questions, the most exact first.
_DEADLINES = {complete.ANSWERS: 0.8, complete.FITS: 0.5, complete.EXISTS: 0.5}
#: Seconds after which nothing more is asked.
_PATIENCE = 1.5
#: Bytes of an answer that is looked at.
_MOST_BYTES = 400_000
#: Characters of a value that are shown.
_SHOWN = 120


@dataclass(frozen=True)
class Found:
    """What the graph has for a place: terms with how often each occurs, how sure they are, and whether there are more."""

    terms: Sequence[tuple[ox.NamedNode | ox.Literal, int]] = ()
    level: str = ""
    more: bool = False


def blueprint() -> Blueprint:
    """The route of completions."""
    routes = Blueprint("complete", __name__)
    routes.add_url_rule("/complete", "completions", completions, methods=["POST"])
    return routes


def completions() -> Response:
    """What can be written at the ``offset`` (in code points from 0, else the end) of the ``query`` of a form, as JSON.

    Takes ``as-of``, ``lang`` and ``snapshot`` as the endpoint does. Raises RequestError.
    """
    asked = protocol.parse("POST", request.query_string, request.headers.get("Content-Type"), request.get_data())
    g.asked = asked
    text = asked.query or ""
    most = min(complete.LONGEST, site().settings.max_query_length)
    if len(text) > most:
        raise RequestError(
            f"A text of {len(text)} characters is not completed; at most {most} are read.",
            remedy="Shorten its lists of values.",
        )
    offset = request.form.get("offset") or str(len(text))
    if not (offset.isascii() and offset.isdigit() and len(offset) < 10):
        raise RequestError(f"The offset {offset[:40]!r} is no whole number.", remedy="Count characters from 0.")
    site().answer_from(asked.snapshot)
    place = locate(text, int(offset))
    found = _ask(text, place, asked.as_of)
    options = [*_terms(found, place), *map(_of_word, words(place))]
    others = complete.undeclared(text[: place.start] + " " + text[place.end :])
    told = {"undeclared": [_declared(prefix) for prefix in others if prefix in PREFIXES], "place": place.kind, "typed": place.typed, "ahead": place.end - min(int(offset), len(text)),
            "level": found.level, "more": found.more, "options": options}  # fmt: skip
    response = Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(text: str, place: Place, as_of: str | None) -> Found:
    """What the first of the questions finds that has an answer in time."""
    settings, end = site().settings, time.monotonic() + _PATIENCE
    limits = guard.Limits(length=settings.max_query_length, nesting=settings.max_nesting)
    for search in complete.searches(text, place, as_of, limits):
        found = _answer(search)
        if found.terms or time.monotonic() > end:
            return found
    return Found()


def _answer(search: complete.Search) -> Found:
    try:
        answer = site().pool.ask(
            Query(search.text), negotiate.JSON.name, deadline=_DEADLINES[search.level], most=_MOST_BYTES
        )
    except (DeadlineExceeded, QueryError, TooLarge, WorkerLost):
        return Found()
    rows = json.loads(answer.body)["results"]["bindings"]
    found = [(_term(row["kgHole"]), int(row["kgCount"]["value"])) for row in rows if "kgHole" in row]
    terms = [(term, count) for term, count in found if term is not None]
    return Found(terms[: complete.MOST], search.level, len(rows) > complete.MOST)


def _term(cell: Mapping[str, Any]) -> ox.NamedNode | ox.Literal | None:
    if cell["type"] == "uri":
        return ox.NamedNode(cell["value"])
    if cell["type"] != "literal":
        return None
    if "xml:lang" in cell:
        return None if "its:dir" in cell else ox.Literal(cell["value"], language=cell["xml:lang"])
    return ox.Literal(cell["value"], datatype=ox.NamedNode(cell.get("datatype", PREFIXES["xsd"] + "string")))


def _terms(found: Found, place: Place) -> Iterator[dict[str, object]]:
    """The terms as options, in the order found, with their names in the reader's language."""
    iris = [term.value for term, _ in found.terms if isinstance(term, ox.NamedNode)]
    named = labelled.of(iris, reader_labels()) if iris else {}
    told = _definitions(iris) if place.kind in (PROPERTY, CLASS) and iris else {}
    for term, count in found.terms:
        written = complete.written(term, place.prefixes)
        option: dict[str, object] = {"insert": written.text, "count": count, "kind": "literal"}
        if isinstance(term, ox.NamedNode):
            label = named.get(term.value)
            option["kind"] = {PROPERTY: "property", CLASS: "class"}.get(place.kind, "individual")
            option |= {"label": label.label, "lang": label.lang, "what": label.kind} if label else {}
            option |= {"about": told[term.value]} if term.value in told else {}
        elif len(written.text) > _SHOWN:
            option["label"] = written.text[:_SHOWN] + "…"
        if written.prefix:
            option["declare"] = _declared(written.prefix)
        yield option


def _declared(prefix: str) -> dict[str, str]:
    return {"prefix": prefix, "iri": PREFIXES[prefix]}


def _definitions(iris: Sequence[str]) -> Mapping[str, str]:
    """What properties and classes mean, in the reader's language."""
    rows = site().table("definitions", things=iris, lang=language())
    return {row["thing"]: row["about"] for row in rows if "about" in row}


def _of_word(word: Word) -> dict[str, object]:
    option: dict[str, object] = {"insert": word.text, "kind": word.kind}
    return {**option, "about": word.about} if word.about else option
