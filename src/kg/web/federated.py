"""Queries that ask other services (SPARQL 1.1 Federated Query), and what their answers say of it.

Such an answer is not the snapshot's alone: it is kept by nobody, has no address at which it is given again, and names
the services in the header ``KG-Services``. A service that gave no answer makes an error; only where the query says
SILENT is there an answer without it, which says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import request
from werkzeug.urls import iri_to_uri

from kg.errors import KgError, RequestError
from kg.model import Answer, Asked, Query
from kg.sparql import negotiate
from kg.sparql.federation import Clause
from kg.sparql.protocol import QueryRequest
from kg.web.answers import deadline
from kg.web.front import SERVICES
from kg.web.site import Site
from kg.workers import Pool

HEADER = "KG-Services"


def check(asked: QueryRequest) -> None:
    """Raise RequestError if more is asked of a query that asks other services than can be told of it."""
    if asked.evidence or asked.explain:
        raise RequestError(
            "Evidence, and why there is no row, are of this graph alone; the query asks other services as well.",
            remedy="Leave out evidence and explain, or the SERVICE clauses.",
        )


def answered(
    query: Query, clauses: Sequence[Clause], asked: QueryRequest, here: Site, pool: Pool, format: str,
    most: int | None = None,
) -> Answer:  # fmt: skip
    """The answer to a query with these SERVICE clauses, whole, in a format by its short name; ``most`` as in
    ``Pool.ask``.

    Raises as ``Pool.ask`` does, ServiceError if a service gives no answer, and Busy.
    """
    assert here.relay is not None
    settings = here.settings
    seconds = deadline(asked.timeout, settings) or min(settings.deadline, settings.max_deadline)
    with here.relay.ticket(clauses, seconds, query.base) as ticket:
        try:
            asking = replace(query, relays=ticket.addresses)
            found = pool.ask(asking, format, deadline=seconds, limit=asked.limit, most=most)
        except KgError:
            ticket.check()
            raise
        finally:
            request.environ[SERVICES] = [one.service for one in ticket.asked]
        ticket.check()
        return replace(found, asked=tuple(ticket.asked))


def headers(answer: Answer) -> Iterator[tuple[str, str]]:
    """The header that names the services that were asked for an answer."""
    if answer.asked:
        # As a URI: a header has no other letters (RFC 3987, section 3.1).
        yield HEADER, ", ".join(f"<{iri_to_uri(one.service)}>; {_outcome(one)}" for one in answer.asked)


def noted(answer: Answer, format: negotiate.Format) -> Answer:
    """An answer that says in itself which services were asked, if it is written in a format that has room for that."""
    if not answer.asked or format.name != negotiate.JSON.name:
        return answer
    told = json.dumps([_told(one) for one in answer.asked], ensure_ascii=False).encode("utf-8")
    # A member that is not of the specification is passed over by who does not know it.
    return replace(answer, body=answer.body.replace(b"{", b'{"services":' + told + b",", 1))


def _outcome(one: Asked) -> str:
    return "failed" if one.failure else f"rows={one.rows}"


def _told(one: Asked) -> dict[str, object]:
    outcome = {"failure": one.failure} if one.failure else {"rows": one.rows}
    return {"service": one.service, **outcome, "seconds": round(one.seconds, 3)}
