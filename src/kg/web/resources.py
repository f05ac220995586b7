"""Every IRI of the graph resolves by its path: as a page for readers, as RDF for programmes."""

from __future__ import annotations

import re

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from kg.rdf import BASE
from kg.sparql import negotiate
from kg.sparql.negotiate import Choice
from kg.web import entity, near
from kg.web.listing import page_number
from kg.web.named import answered, asked, labelled, rdf
from kg.web.near import unknown
from kg.web.site import site, text

_TRIPLES_SHOWN = 1_000
#: Members of a family on a page of it.
_MEMBERS_SHOWN = 500
#: The name of a family without the slash that belongs to it.
_FAMILY = re.compile(r"id/[A-Za-z0-9\-]+")


def blueprint() -> Blueprint:
    """The routes of resources and of the named graphs."""
    routes = Blueprint("resources", __name__)
    routes.add_url_rule("/id/<path:path>", "resource", lambda path: resource(f"id/{path}"))
    routes.add_url_rule("/graph/<path:path>", "graph", lambda path: graph(f"graph/{path}"))
    return routes


def resource(path: str) -> Response:
    """What the graph says of a resource, and what points to it; of a family, its members. Raises NotFound."""
    iri, choice = asked(path)
    if _FAMILY.fullmatch(path):
        given = request.query_string.decode("latin-1")
        return redirect(f"{request.script_root}/{path}/" + (f"?{given}" if given else ""), 308)
    if iri.endswith("/"):
        return _family(iri, choice)
    if choice.format is negotiate.HTML:
        return entity.answer(iri)
    return rdf(text("description", this=iri), iri, choice, single=True)


def _family(iri: str, choice: Choice) -> Response:
    """The resources whose IRIs begin with this one, with their labels. Raises NotFound."""
    if choice.format is not negotiate.HTML:
        return rdf(text("family", this=iri), iri, choice)
    names = near.names(iri)
    if not names:
        raise unknown(iri)
    number = page_number(len(names), _MEMBERS_SHOWN)
    start = (number - 1) * _MEMBERS_SHOWN
    part = names[start : start + _MEMBERS_SHOWN]
    labels = labelled(site().graph("family-start", members=part))
    members = sorted((labels.show(ox.NamedNode(name)) for name in part), key=lambda one: (one.text.casefold(), one.iri))
    return answered(
        "family.html", labels, iri=iri, path=f"/{iri[len(BASE):]}", members=members, number=number, first=start + 1,
        total=len(names), pages_in_all=-(-len(names) // _MEMBERS_SHOWN), more=len(names) >= near.KNOWN,
    )  # fmt: skip


def graph(path: str) -> Response:
    """The triples of a named graph. Raises NotFound."""
    iri, choice = asked(path)
    size = site().graph_sizes().get(iri)
    if size is None:
        raise unknown(iri)
    if choice.format is negotiate.HTML:
        triples = site().graph("graph-start", this=iri)
        labels = labelled(triples)
        rows = [[labels.show(term) for term in (t.subject, t.predicate, t.object)] for t in triples[:_TRIPLES_SHOWN]]
        return answered("graph.html", labels, iri=iri, path=f"/{iri[len(BASE):]}", rows=rows, size=size)
    return rdf(text("graph", this=iri), iri, choice)
