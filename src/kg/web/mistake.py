"""Whether a query that is being written can be read, without running it: ``/mistake``."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, Response, request

from kg import binding
from kg.errors import DeadlineExceeded, QueryError, RequestError, TooLarge
from kg.sparql import negotiate, protocol
from kg.web import sentences
from kg.web.endpoint import guarded, own_address
from kg.web.problems import body
from kg.web.site import language, site

#: Seconds that reading may take. The query has nothing to search: what takes longer than that is no mistake.
_DEADLINE = 0.5
_NOTHING = ("urn:kg:no-graph",)


def blueprint() -> Blueprint:
    """The route of mistakes."""
    routes = Blueprint("mistake", __name__)
    routes.add_url_rule("/mistake", "mistake", mistake, methods=["POST"])
    return routes


def mistake() -> Response:
    """What the endpoint would say is wrong with the ``query`` of a form, as ``problem``, which else is null, in the language
    that ``Content-Language`` names.

    Takes ``as-of``, ``lang`` and ``snapshot`` as the endpoint does. Raises RequestError.
    """
    asked = protocol.parse("POST", b"", request.headers.get("Content-Type"), request.get_data())
    if asked.query is None:
        raise RequestError("There is no query to read.", remedy="Give query=SELECT …")
    site().answer_from(asked.snapshot)
    told, spoken = None, language()
    try:
        _read(asked, asked.query)
    except QueryError as problem:
        if asked.as_of and problem.where:
            problem.where = binding.place_before(asked.query, asked.as_of, problem.where)
        told, spoken = sentences.told(body(problem, request.script_root, asked.query), spoken)
    response = Response(json.dumps({"problem": told}, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Language"] = spoken
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(asked: protocol.QueryRequest, text: str) -> None:
    """Have a worker read the query, over no data. Raises QueryError."""
    run = guarded(asked, text, site().settings, own_address(), site().services)
    if run.clauses:
        # To run it would ask other services.
        return
    query = replace(run.query, default_graphs=_NOTHING, named_graphs=())
    format = negotiate.N_TRIPLES if run.is_graph else negotiate.JSON
    try:
        site().pool.ask(query, format.name, deadline=_DEADLINE, limit=1)
    except (DeadlineExceeded, TooLarge):
        return
