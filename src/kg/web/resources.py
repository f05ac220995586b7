"""Every IRI of the graph resolves by its path: as a page for readers, as RDF for programmes."""

from __future__ import annotations

import re
from collections.abc import Container

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from kg.rdf import BASE, GRAPH
from kg.sparql import negotiate
from kg.sparql.negotiate import Choice
from kg.web import entity, near, picked
from kg.web.labelled import learn
from kg.web.listing import page_number
from kg.web.named import answered, asked, labelled, rdf
from kg.web.near import unknown
from kg.web.site import reader_labels, site, text
from kg.web.terms import Labels, Shown, Term
from kg.web.words import graph_name

#: Triples on a page of a graph, and of how many a graph is put in order.
_TRIPLES_SHOWN, _ORDERED = 250, 20_000
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
        return _graph_page(iri, size)
    return rdf(text("graph", this=iri), iri, choice)


def _graph_page(iri: str, size: int) -> Response:
    """The triples of a named graph, page by page, with what they name in words."""
    part = picked.pages(size, _TRIPLES_SHOWN)
    name = "graph-start" if size <= _ORDERED else "graph-part"
    triples = site().graph(name, this=iri, most=_TRIPLES_SHOWN, before=part.first - 1)
    labels = reader_labels()
    learn(labels, (term for triple in triples for term in triple))
    here = {triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)}
    rows = [[_in_graph(term, iri, here, labels) for term in triple] for triple in triples]
    return answered(
        "graph.html", labels, iri=iri, path=f"/{iri[len(BASE):]}", rows=rows, part=part,
        graph_name=graph_name(iri, labels.language),
    )  # fmt: skip


def _in_graph(term: Term, graph: str, here: Container[str], labels: Labels) -> Shown:
    """A term as shown among the triples of a graph: what has no page of its own is named by its fragment, and has a place
    on this page if something is said of it ``here``."""
    shown = labels.show(term)
    document, _, fragment = (shown.iri or "").partition("#")
    if not fragment or document not in (graph, BASE + graph.removeprefix(GRAPH)):
        return shown
    return Shown(fragment, f"#{fragment}" if shown.iri in here else None, shown.iri)
