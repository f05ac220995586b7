"""Whether a query that is being written can be read, without running it: ``/mistake``."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, Response, request

from kg import binding
from kg.errors import Busy, DeadlineExceeded, QueryError, RequestError, TooLarge, WorkerLost
from kg.model import Query
from kg.sparql import negotiate, protocol
from kg.sparql.complete import LONGEST
from kg.web import sentences
from kg.web.endpoint import Guarded, guarded, own_address
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
    that ``Content-Language`` names; and the names in it that the graph does not have, as ``unknown``.

    Takes ``as-of``, ``lang`` and ``snapshot`` as the endpoint does. Raises RequestError.
    """
    asked = protocol.parse("POST", b"", request.headers.get("Content-Type"), request.get_data())
    if asked.query is None:
        raise RequestError("There is no query to read.", remedy="Give query=SELECT …")
    site().answer_from(asked.snapshot)
    told, spoken = None, language()
    unknown: list[dict[str, object]] = []
    try:
        run = guarded(asked, asked.query, site().settings, own_address(), site().services)
        # To run what asks other services would ask them.
        if not run.clauses:
            _read(run)
            unknown = _unknown(replace(run.query, text=asked.query), spoken)
    except QueryError as problem:
        if asked.as_of and problem.where:
            problem.where = binding.place_before(asked.query, asked.as_of, problem.where)
        told, spoken = sentences.told(body(problem, request.script_root, asked.query), spoken)
    response = Response(json.dumps({"problem": told, "unknown": unknown}, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Language"] = spoken
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _read(run: Guarded) -> None:
    """Have a worker read the query, over no data. Raises QueryError."""
    query = replace(run.query, default_graphs=_NOTHING, named_graphs=())
    format = negotiate.N_TRIPLES if run.is_graph else negotiate.JSON
    try:
        site().pool.ask(query, format.name, deadline=_DEADLINE, limit=1)
    except (DeadlineExceeded, TooLarge):
        return


def _unknown(query: Query, spoken: str) -> list[dict[str, object]]:
    """What is to be said in a language of the names that the graph does not have: nothing where the workers are busy, or
    looking takes long."""
    if len(query.text) > LONGEST:
        return []
    try:
        found = json.loads(site().pool.unknown_names(query, deadline=_DEADLINE))
    except (Busy, DeadlineExceeded, QueryError, TooLarge, WorkerLost):
        return []
    return [{**one, "says": one["says"][spoken]} for one in found]
