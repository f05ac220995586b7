"""The one error body: Problem Details (RFC 9457) for programmes, a page with the same content for readers."""

from __future__ import annotations

import json
from http import HTTPStatus

import werkzeug.exceptions
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from kg import binding
from kg.errors import (
    Busy,
    DeadlineExceeded,
    KgError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Overdrawn,
    RequestError,
    ServiceError,
    ServiceLate,
    TooLarge,
)
from kg.sparql import negotiate
from kg.sparql.quoting import quoted
from kg.web import sentences
from kg.web.answers import HEADER, TIMED_OUT
from kg.web.front import CODE
from kg.web.site import language, page

#: The page that says of each code what it means, where it is an anchor.
PAGE = "/docs/errors"
PROBLEM = negotiate.Format("problem", "application/problem+json", "json", ("application/json",))

_BY_STATUS = {404: NotFound, 405: MethodNotAllowed, 413: TooLarge}
_SENTENCES = {
    404: ("Nothing here has this name.", "Start from the home page, or ask the graph."),
    405: ("This address does not take that method.", ""),
    413: ("The request is larger than what is read.", "Send less at once."),
}


def register(app: Flask) -> None:
    """Answer every error of the application in the one form."""
    app.register_error_handler(Exception, lambda error: respond(app, error))


def respond(app: Flask, error: Exception) -> Response:
    """The response for an error; one that is nobody's fault but ours is logged and said to be."""
    headers: dict[str, str] = {}
    if isinstance(error, KgError):
        problem = error
    elif isinstance(error, HTTPException) and error.code and error.code < 500:
        problem = _from_http(error)
        if isinstance(error, werkzeug.exceptions.MethodNotAllowed):
            headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
            problem.remedy = f"Use one of: {headers['Allow']}."
    else:
        app.logger.error("A request failed", exc_info=error)
        problem = KgError("Something went wrong that is our fault.", remedy="Try again; if it persists, report it.")
        problem.http_status = HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(problem, MethodNotAllowed) and problem.allowed:
        headers["Allow"] = ", ".join(problem.allowed)
    if isinstance(problem, Busy):
        headers["Retry-After"] = "5"
    if isinstance(problem, DeadlineExceeded | ServiceLate):
        headers[HEADER] = TIMED_OUT
    if isinstance(problem, Overdrawn | ServiceError) and problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    request.environ[CODE] = problem.code
    response = _response(problem)
    response.headers.update(headers)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _from_http(error: HTTPException) -> KgError:
    status = error.code or HTTPStatus.BAD_REQUEST
    message, remedy = _SENTENCES.get(status, (error.description or error.name, ""))
    problem = _BY_STATUS.get(status, RequestError)(message, remedy=remedy)
    problem.http_status = status
    return problem


def body(problem: KgError, root: str = "", text: str = "") -> dict[str, object]:
    """The members of the problem body: those of RFC 9457, and code, remedy, proposal, line, column and length where known.

    ``root`` is where the site lives. If ``text`` is the query, its line at fault is ``quoted``, with the spot marked
    in a line below.
    """
    members: dict[str, object] = {
        "type": f"{root}{PAGE}#{problem.code}",
        "title": HTTPStatus(problem.http_status).phrase,
        "status": int(problem.http_status),
        "detail": problem.message,
        "code": problem.code,
    }
    if problem.remedy:
        members["remedy"] = problem.remedy
    if problem.where:
        place = {key: getattr(problem.where, key) for key in ("line", "column", "length")}
        members |= {key: value for key, value in place.items() if value is not None}
    marked = quoted(text, problem.where)
    if marked:
        members["quoted"] = marked
    if problem.proposal:
        members["proposal"] = problem.proposal
    return members


def written(problem: KgError, root: str = "") -> bytes:
    """The problem body as JSON; ``root`` is where the site lives."""
    return _as_json(body(problem, root))


def _as_json(members: dict[str, object]) -> bytes:
    return (json.dumps(members, ensure_ascii=False) + "\n").encode("utf-8")


def _of_request(problem: KgError) -> dict[str, object]:
    """The problem body, with the line of the query that was asked as its client wrote it."""
    asked = getattr(g, "asked", None)
    text = (asked.query or "") if asked else ""
    if asked and asked.as_of and problem.where:
        problem.where = binding.place_before(text, asked.as_of, problem.where)
    return body(problem, request.script_root, text)


def _response(problem: KgError) -> Response:
    members, spoken = sentences.told(_of_request(problem), language())
    try:
        choice = negotiate.choose(request.headers.get("Accept"), (), (PROBLEM, negotiate.HTML))
    except NotAcceptable:
        choice = negotiate.Choice(PROBLEM, PROBLEM.media_type)
    if choice.format is negotiate.HTML:
        return Response(page("error.html", problem=members, spoken=spoken), problem.http_status, mimetype="text/html")
    response = Response(_as_json(members), problem.http_status, content_type=PROBLEM.media_type)
    response.headers["Content-Language"] = spoken
    return response
