"""Why a triple of the snapshot holds, at ``/explain``: the proof as text, JSON, RDF, and as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, request

from kg.errors import RequestError
from kg.pages import claims
from kg.pages.claims import Passage, read_time
from kg.pages.facts import Facts, Said
from kg.pages.proofs import evidence_of, mentioned, reason
from kg.rdf import PREFIXES, shorten
from kg.reasoning.explaining import PARTS
from kg.sparql import negotiate
from kg.sparql.negotiate import Format
from kg.web import claimlines
from kg.web.security import preflight
from kg.web.site import language, page, site
from kg.web.words import words

TEXT = Format("text", "text/plain", "txt")
JSON = Format("json", "application/json", "json")
OFFERED = (TEXT, JSON, negotiate.TURTLE, negotiate.HTML)
_METHODS = "GET, HEAD, OPTIONS"
#: Proof of which a page is made.
_PAGE_BYTES = 1_000_000
_VOICE = PREFIXES["ckg"] + "attributedTo"
#: Families of what has no name but is told by its place or its voice.
_NAMELESS = tuple(PREFIXES[family] for family in ("evidence", "passage", "step"))


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
    site().answer_from(request.args.get("snapshot"))
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
    """The proof in the reader's language, and a form; without terms, the form alone."""
    if not any(request.args.get(part) for part in PARTS):
        return page("explain.html", reason=None)
    proof = json.loads(site().pool.explain(_terms(), JSON.name, language(), _PAGE_BYTES))
    iris = mentioned(proof)
    nameless = [iri for iri in iris if iri.startswith(_NAMELESS)]
    rests = [*dict.fromkeys([*nameless, *evidence_of(proof)])]
    facts = claimlines.named_facts(site().statements("entity-passages", evidence=rests) if rests else (), *iris)
    passages = {one.iri: one for one in claims.passages(facts, rests)}
    told = reason(proof, partial(_name, facts, passages), words(language()), language())
    return page("explain.html", reason=told, passages=passages, written=shorten)


def _name(facts: Facts, passages: Mapping[str, Passage], iri: str) -> Said:
    """What something is called: by the pages, by what it says if it is a date, by its place or its voice, by itself."""
    spoken, short = words(language()), shorten(iri)
    own = spoken.get(f"explain-name-{short}") or spoken.get(f"entity-p-{short}")
    time, place, voice = read_time(facts, iri), passages.get(iri), facts.iri(iri, _VOICE)
    if own or time:
        return Said(own or time.text, "", iri)
    if place and place.paragraph:
        return Said(f"{place.source.text}, {spoken['paragraph']} {place.paragraph}", place.source.language, iri)
    if place and place.locator:
        return Said(f"{place.source.text}, {place.locator.text}", place.source.language, iri)
    if voice:
        return Said(spoken["explain-step"].format(facts.name(voice).text), "", iri)
    called = facts.name(iri)
    # What a claim is called is a sentence: within another it is quoted.
    is_sentence = iri.startswith(PREFIXES["claim"]) and called.text != short
    return replace(called, text=spoken["explain-quoted"].format(called.text.removesuffix("."))) if is_sentence else called


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
