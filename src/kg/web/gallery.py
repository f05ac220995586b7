"""The gallery of queries: each at an address of its own, with its answers as files."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, redirect, request, url_for

from kg.errors import NotFound
from kg.sparql import negotiate, protocol
from kg.sparql.gallery import GalleryQuery
from kg.web.endpoint import answer
from kg.web.site import site
from kg.web.words import LANGUAGES

_ENDING = ".rq"


def blueprint() -> Blueprint:
    """The routes of the gallery: ``NAME.rq`` is the text of a query, ``NAME`` its answer, ``NAME.csv`` that as a file."""
    routes = Blueprint("gallery", __name__)
    routes.add_url_rule("/queries/", "all", endpoint)
    routes.add_url_rule("/queries/<name>", "query", query)
    return routes


def endpoint() -> Response:
    """The way to the page that lists the gallery, with what else was asked for."""
    asked = request.query_string.decode("latin-1")
    return redirect(url_for("endpoint.sparql0") + (f"?{asked}" if asked else ""), 303)


def query(name: str) -> Response:
    """The text of a query, or its answer with the parameters that the endpoint takes, asking for texts in the language
    asked for. Raises NotFound."""
    for known in site().gallery:
        stem = known.name.removesuffix(_ENDING)
        if name == known.name:
            return _text(known.asked_in(negotiate.language(None, request.args.get("lang"), LANGUAGES)))
        if name == stem or (name.startswith(stem + ".") and name[len(stem) + 1 :].lower() in negotiate.ENDINGS):
            asked = protocol.parse(request.method, request.query_string, query=known.text)
            # A file is the same for whoever asks for it; a page follows its reader.
            accept = request.headers.get("Accept-Language") if name == stem else None
            text = known.asked_in(negotiate.language(accept, asked.lang, LANGUAGES)).text
            return answer(replace(asked, query=text, as_of=asked.as_of or known.as_of), name[len(stem) + 1 :])
    raise NotFound(f"The gallery has no query {name[:100]!r}.", remedy="Choose one on the page of the endpoint.")


def _text(known: GalleryQuery) -> Response:
    return Response(known.text, content_type=f"{protocol.DIRECT}; charset=utf-8")
