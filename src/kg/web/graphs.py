"""Reading by the SPARQL 1.1 Graph Store HTTP Protocol at ``/graphs``: the default graph, a named graph, or their list."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from kg.errors import MethodNotAllowed, NotFound
from kg.model import Query
from kg.rdf import BASE, GRAPH, PREFIXES
from kg.sparql import negotiate, protocol
from kg.sparql.describe import SD
from kg.sparql.guard import READ_ONLY_REMEDY
from kg.sparql.negotiate import Choice
from kg.sparql.protocol import QueryRequest
from kg.sparql.results import write_graph
from kg.web import answers
from kg.web.citing import Citable
from kg.web.endpoint import address
from kg.web.security import preflight
from kg.web.site import language, page, site
from kg.web.words import graph_name

#: What GET means in terms of a query (Graph Store Protocol, section 5.2); the graph is given as the dataset.
_CONTENT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
#: What a reader is shown of a graph that has no page of its own.
_SHOWN = "SELECT ?s ?p ?o\nWHERE { ?s ?p ?o }\nLIMIT 200\n"
_READING = ("GET", "HEAD", "OPTIONS")
_WRITING = ("DELETE", "PATCH", "POST", "PUT")
_LIST_BYTES = 4_000_000
#: Parameters that a page asked for by redirection is asked for with, too.
_KEPT = ("snapshot", "lang")


def blueprint() -> Blueprint:
    """The routes of the store, and refusals to write to the graphs that have addresses of their own."""
    routes = Blueprint("graphs", __name__)
    for name, rule, view in (
        ("store", "/graphs", store),
        ("store-too", "/graphs/", store),
        ("direct", "/graphs/<path:path>", direct),
    ):
        routes.add_url_rule(rule, name, view, methods=["GET", "HEAD"], provide_automatic_options=False)
        routes.add_url_rule(rule, "options", options, methods=["OPTIONS"], provide_automatic_options=False)
        routes.add_url_rule(rule, "refuse", refuse, methods=_WRITING, provide_automatic_options=False)
    # What is read there is read as a resource.
    routes.add_url_rule("/graph/<path:path>", "options", options, methods=["OPTIONS"], provide_automatic_options=False)
    routes.add_url_rule("/graph/<path:path>", "refuse", refuse, methods=_WRITING, provide_automatic_options=False)
    return routes


def store() -> Response:
    """The graph that the parameters name (section 4.2), or the list of all. Raises NotFound, RequestError."""
    asked = protocol.parse_graph(request.query_string)
    if asked.graph is None and not asked.default:
        return _list(asked.formats)
    return _graph(asked.graph, asked.formats)


def direct(path: str) -> Response:
    """The graph whose name is the address of the request itself (section 4.1). Raises NotFound."""
    names = [name for name in request.args.getlist("format") if name]
    return _graph(request.base_url, tuple(names))


def options(path: str = "") -> Response:
    """What may be sent here."""
    return preflight(", ".join(_READING))


def refuse(path: str = "") -> Response:
    """Say where changes go. Raises MethodNotAllowed."""
    error = MethodNotAllowed(f"This store is read-only: {request.method} changes no graph here.", remedy=READ_ONLY_REMEDY)
    error.allowed = _READING
    raise error


def _graph(iri: str | None, names: tuple[str, ...]) -> Response:
    """The triples of a named graph, None for the default graph; a browser is sent to a page that shows some of them."""
    here = site()
    here.answer_from(request.args.get("snapshot"))
    if iri is not None and iri not in here.graph_sizes():
        raise NotFound(f"The store has no graph {iri[:200]}.", remedy="GET /graphs lists those it has.")
    choice = negotiate.choose(request.headers.get("Accept"), names, (*negotiate.GRAPHS, negotiate.HTML))
    graphs = (iri,) if iri is not None else ()
    more = [("format", "html"), *((name, request.args[name]) for name in _KEPT if request.args.get(name))]
    if iri is not None and choice.format is negotiate.HTML and iri.startswith(GRAPH):
        response = redirect(f"{request.script_root}/{iri[len(BASE):]}?{urlencode(more)}", 303)
    elif choice.format is negotiate.HTML:
        asked = urlencode([("query", _SHOWN), *(("default-graph-uri", graph) for graph in graphs), *more])
        response = redirect(f"{request.script_root}/sparql?{asked}", 303)
    else:
        response = _content(graphs, choice)
    response.headers["Vary"] = "Accept"
    return response


def _content(graphs: tuple[str, ...], choice: Choice) -> Response:
    """The triples of these graphs, which the endpoint gives at an address for good as well."""
    query = Query(_CONTENT, default_graphs=graphs, base=address(request.scheme, request.host, request.root_path))
    asked = QueryRequest(_CONTENT, snapshot=request.args.get("snapshot"))
    citable = Citable(site().snapshot, query, asked, choice)
    unchanged = citable.not_modified()
    if unchanged:
        return unchanged
    found = site().pool.ask(query, choice.format.name, streaming=answers.may_stream(request.environ))
    return citable.mark(answers.respond(found, choice.content_type), found)


def _list(names: tuple[str, ...]) -> Response:
    """The graphs of the store: a page for a reader, a description (SPARQL 1.1 Service Description) for a programme."""
    here = site()
    here.answer_from(request.args.get("snapshot"))
    sizes, triples = here.graph_sizes(), here.pool.snapshot.counts.get("default_graph", 0)
    choice = negotiate.choose(request.headers.get("Accept"), names, (*negotiate.GRAPHS, negotiate.HTML))
    if choice.format is negotiate.HTML:
        rows = [
            (iri, iri[len(BASE) :] if iri.startswith(GRAPH) else "", graph_name(iri, language()), size)
            for iri, size in sizes.items()
        ]
        response = Response(page("graphs.html", graphs=rows, triples=triples), mimetype="text/html")
    else:
        described = describe(request.url_root + "graphs", sizes, triples)
        body = write_graph(described, choice.format.name, _LIST_BYTES)
        response = Response(body, content_type=choice.content_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def describe(store: str, sizes: Mapping[str, int], triples: int) -> list[ox.Triple]:
    """The dataset of the store at this IRI: its named graphs by size, and its default graph of so many triples.

    The content of each graph is identified by the address at which it can be read.
    """
    found: list[ox.Triple] = []
    this = ox.NamedNode(store)

    def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        found.append(ox.Triple(subject, ox.NamedNode(predicate), value))

    def say_size(graph: ox.NamedNode, size: int) -> None:
        say(graph, PREFIXES["rdf"] + "type", ox.NamedNode(SD + "Graph"))
        say(graph, PREFIXES["void"] + "triples", ox.Literal(size))

    say(this, PREFIXES["rdf"] + "type", ox.NamedNode(SD + "Dataset"))
    default = ox.NamedNode(f"{store}?default")
    say(this, SD + "defaultGraph", default)
    say_size(default, triples)
    for number, (iri, size) in enumerate(sorted(sizes.items()), start=1):
        named, content = ox.NamedNode(f"{store}#graph-{number}"), ox.NamedNode(f"{store}?{urlencode({'graph': iri})}")
        say(this, SD + "namedGraph", named)
        say(named, PREFIXES["rdf"] + "type", ox.NamedNode(SD + "NamedGraph"))
        say(named, SD + "name", ox.NamedNode(iri))
        say(named, SD + "graph", content)
        say_size(content, size)
    return found
