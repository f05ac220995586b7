"""Why a query has no answer (``explain=empty``): as JSON, as text, or as a page."""

from __future__ import annotations

import json

from flask import Response, request

from kg.errors import Where
from kg.model import Query
from kg.querytext import ORIGIN
from kg.sparql import negotiate
from kg.sparql.negotiate import Format
from kg.sparql.protocol import QueryRequest
from kg.sparql.quoting import quoted
from kg.sparql.whysaid import ending
from kg.web.site import language, page, site

JSON = Format("json", "application/json", "json")
TEXT = Format("text", "text/plain", "txt")
OFFERED = (JSON, TEXT, negotiate.HTML)


def explain(query: Query, asked: QueryRequest, deadline: float | None) -> Response:
    """Why the query is empty, or that it is not. Raises QueryError, NotAcceptable, RequestError."""
    choice = negotiate.choose(request.headers.get("Accept"), asked.formats, OFFERED)
    form = TEXT.name if choice.format is TEXT else JSON.name
    answer = site().pool.why_empty(query, form, language(), deadline=deadline)
    if choice.format is negotiate.HTML:
        response = Response(_page(query, asked, json.loads(answer)), mimetype="text/html")
    else:
        response = Response(answer, content_type=choice.content_type)
    # How far the search came is a matter of time.
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(query: Query, asked: QueryRequest, told: dict) -> str:
    for note in told["notes"]:
        note["quoted"] = quoted(query.text, Where(ORIGIN, note.get("line"), note.get("column")))
    return page("empty.html", told=told, asked=asked, ending=list(ending(told, language())))
