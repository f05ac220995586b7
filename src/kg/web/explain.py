"""Why a triple of the snapshot holds, at ``/explain``: the proof as text, JSON, RDF, and as a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.errors import RequestError
from kg.reasoning.explaining import PARTS
from kg.sparql import negotiate
from kg.sparql.negotiate import Format
from kg.web.security import preflight
from kg.web.site import language, page, reader_labels, site
from kg.web.terms import Labels, Shown

TEXT = Format("text", "text/plain", "txt")
JSON = Format("json", "application/json", "json")
OFFERED = (TEXT, JSON, negotiate.TURTLE, negotiate.HTML)
_METHODS = "GET, HEAD, OPTIONS"
#: Proof of which a page is made.
_PAGE_BYTES = 1_000_000


@dataclass(frozen=True)
class Step:
    """A statement of a proof as a page shows it: its terms, and either the rule and what it used, or where it stands."""

    terms: Sequence[Shown]
    rule: str
    says: str
    premises: Sequence[Step]
    places: Sequence[Shown]
    evidence: Sequence[Shown]


def blueprint() -> Blueprint:
    """The route of explanations."""
    routes = Blueprint("explain", __name__)
    routes.add_url_rule("/explain", "explain", explain, provide_automatic_options=False)
    routes.add_url_rule(
        "/explain", "preflight", lambda: preflight(_METHODS), methods=["OPTIONS"], provide_automatic_options=False
    )
    return routes


def explain() -> Response:
    """The proof of the triple that ``subject``, ``predicate`` and ``object`` name; without them, on a page, a form."""
    names = [name for name in request.args.getlist("format") if name]
    choice = negotiate.choose(request.headers.get("Accept"), names, OFFERED)
    if choice.format is negotiate.HTML:
        response = Response(_page(), mimetype="text/html")
    else:
        proof = site().pool.explain(_terms(), choice.format.name, language())
        response = Response(proof, content_type=choice.content_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _page() -> str:
    labels = reader_labels()
    if not any(request.args.get(part) for part in PARTS):
        return page("explain.html", labels, step=None)
    proof = json.loads(site().pool.explain(_terms(), JSON.name, language(), _PAGE_BYTES))
    return page("explain.html", labels, step=_step(proof, labels))


def _terms() -> tuple[str, str, str]:
    """The three terms of the request. Raises RequestError if one is missing or given twice."""
    found = []
    for part in PARTS:
        given = [value for value in request.args.getlist(part) if value.strip()]
        if len(given) != 1:
            wrong = "given more than once" if given else "missing"
            raise RequestError(
                f"The {part} of the triple is {wrong}.", remedy="Give subject, predicate and object once, as in Turtle."
            )
        found += given
    return found[0], found[1], found[2]


def _step(told: dict, labels: Labels) -> Step:
    """A proof in JSON as a page shows it, without what only holds a list together."""
    terms = [
        Shown(text, labels.link(told[part][1:-1]) if told[part].startswith("<") else None)
        for part, text in zip(PARTS, told["shown"], strict=True)
    ]
    return Step(
        terms,
        told.get("rule", ""),
        told.get("says", ""),
        [_step(premise, labels) for premise in told.get("premises", ()) if "list" not in premise],
        [Shown(_place(one), labels.link(one["graph"])) for one in told.get("asserted", ())],
        [labels.show(ox.NamedNode(one)) for one in told.get("evidence", ())],
    )


def _place(stated: dict) -> str:
    return f"{stated['file']}:{stated['line']}" if stated["line"] else stated["file"]
