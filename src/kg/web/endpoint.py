"""The SPARQL endpoint at ``/sparql``: queries, the form for readers, the service description for programmes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Blueprint, Response, g, request

from kg import binding
from kg.model import Query
from kg.settings import Settings
from kg.sparql import guard, negotiate, protocol
from kg.sparql.describe import service
from kg.sparql.gallery import GalleryQuery
from kg.sparql.negotiate import Choice
from kg.sparql.results import write_graph
from kg.web.security import preflight
from kg.web.site import page, site
from kg.web.terms import Labels, bindings

#: Rows shown on a page; the downloads have all.
_ROWS_SHOWN = 1_000
#: Answer of which a page is made; reading one takes many times its size.
_PAGE_BYTES = 4_000_000
_DESCRIPTION_BYTES = 1_000_000


@dataclass(frozen=True)
class _Asked:
    """A query that may run: itself, its form, and the request it came in."""

    query: Query
    form: str
    request: protocol.QueryRequest


def blueprint() -> Blueprint:
    """The routes of the endpoint, with and without a slash at the end."""
    routes = Blueprint("endpoint", __name__)
    for number, rule in enumerate(("/sparql", "/sparql/")):
        routes.add_url_rule(
            rule, f"sparql{number}", sparql, methods=["GET", "HEAD", "POST"], provide_automatic_options=False
        )
        routes.add_url_rule(
            rule, f"preflight{number}", preflight, methods=["OPTIONS"], provide_automatic_options=False
        )
    return routes


def sparql() -> Response:
    """The query operation (SPARQL 1.1 Protocol, section 2.1), or the endpoint itself if there is no query."""
    body = request.get_data(cache=False) if request.method == "POST" else b""
    asked = protocol.parse(request.method, request.query_string, request.headers.get("Content-Type"), body)
    # For the page of an error, so that nobody has to type a query twice.
    g.asked = asked
    response = _describe(asked) if asked.query is None else _answer(asked, asked.query)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def guarded(asked: protocol.QueryRequest, text: str, settings: Settings, base: str) -> _Asked:
    """The query to run, past the guard. Raises QueryError.

    The day is bound here, so that the guard also sees the text that will run.
    """
    limits = guard.Limits(length=settings.max_query_length, nesting=settings.max_nesting)
    form = guard.inspect(text, limits)
    if asked.as_of:
        text = binding.bind(text, {binding.AS_OF: asked.as_of})
        guard.inspect(text, guard.Limits(length=2 * limits.length, nesting=limits.nesting))
    return _Asked(Query(text, asked.default_graphs, asked.named_graphs, base=base), form, asked)


def _answer(asked: protocol.QueryRequest, text: str) -> Response:
    here = site()
    run = guarded(asked, text, here.settings, request.base_url)
    is_graph = run.form in ("CONSTRUCT", "DESCRIBE")
    offered = (*(negotiate.GRAPHS if is_graph else negotiate.TABLES), negotiate.HTML)
    choice = negotiate.choose(request.headers.get("Accept"), asked.formats, offered)
    if choice.format is negotiate.HTML:
        return _as_page(run, is_graph)
    return Response(here.pool.answer(run.query, choice.format.name), content_type=choice.content_type)


def _as_page(run: _Asked, is_graph: bool) -> Response:
    """The answer as a page: a table with links, yes or no, or Turtle."""
    shown: dict[str, object] = {}
    if is_graph:
        shown["turtle"] = site().pool.answer(run.query, negotiate.TURTLE.name, _PAGE_BYTES).decode("utf-8")
    else:
        result = json.loads(site().pool.answer(run.query, negotiate.JSON.name, _PAGE_BYTES))
        if "boolean" in result:
            shown["boolean"] = result["boolean"]
        else:
            rows = result["results"]["bindings"]
            shown["total"] = len(rows)
            del rows[_ROWS_SHOWN:]
            shown["columns"], shown["rows"] = bindings(result, Labels("", request.script_root))
    downloads = [format.name for format in (negotiate.GRAPHS if is_graph else negotiate.TABLES)]
    return _page(run.request, downloads=downloads, **shown)


def _describe(asked: protocol.QueryRequest) -> Response:
    """The form for a reader, the service description (SPARQL 1.1 Service Description) for a programme."""
    choice = negotiate.choose(request.headers.get("Accept"), asked.formats, (*negotiate.GRAPHS, negotiate.HTML))
    if choice.format is negotiate.HTML:
        return _page(asked)
    return description(request.base_url, choice)


def description(endpoint: str, choice: Choice) -> Response:
    """The service description of the endpoint at this address, as RDF."""
    triples = site().pool.snapshot.counts.get("default_graph", 0)
    description = service(endpoint, site().graph_sizes(), triples)
    return Response(write_graph(description, choice.format.name, _DESCRIPTION_BYTES), content_type=choice.content_type)


def _page(asked: protocol.QueryRequest, **values: object) -> Response:
    picked = _picked(request.args.get("gallery"))
    html = page("query.html", asked=asked, picked=picked, gallery=site().gallery, **values)
    return Response(html, mimetype="text/html")


def _picked(name: str | None) -> GalleryQuery | None:
    return next((query for query in site().gallery if query.name == name), None)
