"""How to go on with an answer: its files, how it is cited, code that asks the same. A part of a page, at ``/using``, for a
script that asked by itself."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, g, request

from kg.sparql import protocol
from kg.web import answerpage, answers, endpoint
from kg.web.site import page, site


def blueprint() -> Blueprint:
    """The route of the part of a page."""
    routes = Blueprint("using", __name__)
    routes.add_url_rule("/using", "using", using, methods=["POST"])
    return routes


def using() -> Response:
    """The part of a page for a query, with the parameters of the endpoint; ``empty=1`` says that it has no answer.

    The query is looked at and not asked. Raises QueryError and RequestError.
    """
    body = request.get_data(cache=True)
    asked = protocol.parse(request.method, request.query_string, request.headers.get("Content-Type"), body)
    # For the line of the query that an error quotes.
    g.asked = asked
    answers.deadline(asked.timeout, site().settings)
    site().answer_from(asked.snapshot)
    # Of which format the citation is, the answer's own page decides, so that it is the same.
    run = endpoint.prepared(replace(asked, formats=()), asked.query or "", None)
    html = page(
        "using.html",
        asked=asked,
        citable=run.citable,
        downloads=answerpage.downloads(run.asked.formats),
        code=answerpage.code(endpoint.own_address(), asked, run.asked.form),
        form_of_query=run.asked.form,
        empty=request.values.get("empty") == "1",
    )
    response = Response(html, mimetype="text/html")
    response.headers["Vary"] = endpoint.VARY
    return response
