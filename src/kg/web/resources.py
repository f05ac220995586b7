"""Every IRI of the graph resolves by its path: as a page for readers, as RDF for programmes."""

from __future__ import annotations

import re
import time
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from kg.errors import NotFound
from kg.model import Answer, Query
from kg.rdf import BASE, GRAPH, PREFIXES, shorten
from kg.sparql import negotiate
from kg.sparql.negotiate import Choice, Format
from kg.sparql.protocol import QueryRequest
from kg.turtle import serialize
from kg.web.citing import Citable
from kg.web.near import unknown
from kg.web.site import language, page, site, text
from kg.web.terms import Group, Labels, Shown, Term, groups, other_names

_ENDINGS: dict[str, Format] = {format.ending: format for format in (*negotiate.GRAPHS, negotiate.HTML)}
_ENDING = re.compile(r"(?P<path>.+)\.(?P<ending>" + "|".join(_ENDINGS) + ")")

#: Documents whose terms are fragments, and the folder of the graphs that state them.
_DOCUMENTS = ("ontology", "shapes")
_TRIPLES_SHOWN = 1_000
#: Members of a family on its page, as many as its query asks for.
_MEMBERS_SHOWN = 1_000
#: N-Triples that are still brought into the canonical layout; for more it takes too long, and nobody reads them.
_LAID_OUT_BYTES = 1_000_000
_MEMBER = PREFIXES["rdfs"] + "member"
#: The name of a family without the slash that belongs to it.
_FAMILY = re.compile(r"id/[A-Za-z0-9\-]+")
#: What an IRI of ours consists of (RFC 3986, unreserved and a few more); nothing else is looked up.
_PATH = re.compile(r"[A-Za-z0-9\-._~/:@!&=+,;%]+")


def blueprint() -> Blueprint:
    """The routes of resources, of the two documents and of the named graphs."""
    routes = Blueprint("resources", __name__)
    routes.add_url_rule("/id/<path:path>", "resource", lambda path: resource(f"id/{path}"))
    routes.add_url_rule("/graph/<path:path>", "graph", lambda path: graph(f"graph/{path}"))
    for name in _DOCUMENTS:
        for rule in (f"/{name}", f"/{name}.<ending>"):
            routes.add_url_rule(rule, f"{name}{len(rule)}", document, defaults={"name": name})
    routes.add_url_rule("/ontology/<version>", "version", document, defaults={"name": "ontology"})
    return routes


def resource(path: str) -> Response:
    """What the graph says of a resource, and what points to it; of a family, its members. Raises NotFound."""
    iri, choice = _asked(path)
    if _FAMILY.fullmatch(path):
        asked = request.query_string.decode("latin-1")
        return redirect(f"{request.script_root}/{path}/" + (f"?{asked}" if asked else ""), 308)
    if iri.endswith("/"):
        return _family(iri, choice)
    if choice.format is negotiate.HTML:
        triples = site().graph("page", this=iri)
        subject = ox.NamedNode(iri)
        outgoing = [(triple.predicate, triple.object) for triple in triples if triple.subject == subject]
        incoming = [(triple.predicate, triple.subject) for triple in triples if triple.object == subject]
        if not (outgoing or incoming):
            raise unknown(iri)
        labels = _labels(triples)
        names, rest = other_names(outgoing, language())
        return _page(
            "resource.html",
            labels,
            iri=iri,
            path=f"/{iri[len(BASE):]}",
            why=_proofs(iri),
            names=names,
            outgoing=groups(rest, labels),
            incoming=groups(incoming, labels),
            evidence=site().table("evidence", this=iri, lang=language()),
            claims=site().table("claims", this=iri, lang=language()),
            files=[row["graph"] for row in site().table("stated", this=iri)],
        )
    return _rdf(text("description", this=iri), iri, choice, single=True)


def _proofs(iri: str) -> dict[str, str]:
    """Where to read why something is so that nobody stated, by predicate and the resource at its other end."""
    found = {}
    for row in site().table("inferred", this=iri):
        triple = {"subject": iri, "object": iri, **row}
        asked = urlencode({name: shorten(term) for name, term in triple.items()})
        other = row.get("object") or row.get("subject")
        found[f"{row['predicate']} {other}"] = f"{request.script_root}/explain?{asked}"
    return found


def _family(iri: str, choice: Choice) -> Response:
    """The resources whose IRIs begin with this one, with their labels. Raises NotFound."""
    if choice.format is not negotiate.HTML:
        return _rdf(text("family", this=iri), iri, choice)
    triples = site().graph("family-start", this=iri)
    if not triples:
        raise unknown(iri)
    labels = _labels(triples)
    found = {triple.object for triple in triples if triple.predicate.value == _MEMBER}
    members = sorted(map(labels.show, found), key=lambda member: (member.text.casefold(), member.iri))
    return _page(
        "family.html", labels, iri=iri, path=f"/{iri[len(BASE):]}",
        members=members, cut=len(members) >= _MEMBERS_SHOWN,
    )  # fmt: skip


def graph(path: str) -> Response:
    """The triples of a named graph. Raises NotFound."""
    iri, choice = _asked(path)
    size = site().graph_sizes().get(iri)
    if size is None:
        raise unknown(iri)
    if choice.format is negotiate.HTML:
        triples = site().graph("graph-start", this=iri)
        labels = _labels(triples)
        rows = [[labels.show(term) for term in (t.subject, t.predicate, t.object)] for t in triples[:_TRIPLES_SHOWN]]
        return _page("graph.html", labels, iri=iri, path=f"/{iri[len(BASE):]}", rows=rows, size=size)
    return _rdf(text("graph", this=iri), iri, choice)


def document(name: str, ending: str | None = None, version: str | None = None) -> Response:
    """The ontology, or the shapes: a page with an anchor per term, or all their triples.

    The current ``version`` has a name of its own (OWL 2, section 3.1: the version IRI). Raises NotFound, of others too.
    """
    iri, choice = _asked(f"{name}/{version}" if version else name if ending is None else f"{name}.{ending}")
    if iri != BASE + name and iri not in site().once(f"versions {name}", lambda: _versions(BASE + name)):
        raise unknown(iri)
    folder = f"{GRAPH}{name}/"
    if choice.format is not negotiate.HTML:
        return _rdf(text("document", folder=folder), iri, choice)
    key = f"{name} {language()} {request.script_root}"
    about, sections = site().once(key, lambda: _contents(BASE + name, folder))
    return _page(
        "document.html", Labels(language(), request.script_root), name=name, iri=iri, path=f"/{name}",
        about=about, sections=sections,
    )


def _versions(iri: str) -> list[str]:
    """What a document says it is the version of that name."""
    return [row["version"] for row in site().table("versions", this=iri)]


def _contents(iri: str, folder: str) -> tuple[list[Group], list[tuple[str, list[tuple[Shown, list[Group]]]]]]:
    """What a document says of itself, and its terms with what it says of them, by kind."""
    triples = site().graph("document", folder=folder)
    labels = _labels(triples)
    by_subject: dict[str, list[tuple[ox.NamedNode, Term]]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(iri):
            by_subject.setdefault(triple.subject.value, []).append((triple.predicate, triple.object))
    about = groups(by_subject.pop(iri, []), labels)
    sections: dict[str, list[tuple[Shown, list[Group]]]] = {}
    for term in sorted(by_subject):
        said = groups(by_subject[term], labels)
        sections.setdefault(said[0].values[0].text, []).append((labels.show(ox.NamedNode(term)), said))
    return about, sorted(sections.items())


def _asked(path: str) -> tuple[str, Choice]:
    """The IRI that a path stands for, and the format to answer in. Raises NotFound, NotAcceptable."""
    match = _ENDING.fullmatch(path)
    names = [_ENDINGS[match["ending"]].name] if match else [name for name in request.args.getlist("format") if name]
    path = match["path"] if match else path
    if not _PATH.fullmatch(path):
        raise NotFound("Nothing in the graph has this name.", remedy="Start from the home page, or ask the graph.")
    site().answer_from(request.args.get("snapshot"))
    offered = (*negotiate.GRAPHS, negotiate.HTML)
    return BASE + path, negotiate.choose(request.headers.get("Accept"), names, offered)


def _labels(triples: list[ox.Triple]) -> Labels:
    labels = Labels(language(), request.script_root)
    labels.read(triples)
    return labels


def _rdf(query: str, iri: str, choice: Choice, single: bool = False) -> Response:
    """The graph a query makes. What is no ``single`` resource is one of few, whose Turtle is kept. Raises NotFound."""
    asked = QueryRequest(query, snapshot=request.args.get("snapshot"))
    citable = Citable(site().snapshot, Query(query), asked, choice, named=iri)
    unchanged = citable.not_modified()
    if unchanged:
        unchanged.headers["Vary"] = "Accept"
        return unchanged
    start = time.monotonic()
    data = site().pool.answer(Query(query), negotiate.N_TRIPLES.name)
    if not data:
        raise unknown(iri)
    if choice.format is negotiate.TURTLE and len(data) <= _LAID_OUT_BYTES:
        data = _laid_out(data) if single else site().once(f"turtle {iri}", lambda: _laid_out(data))
    elif choice.format is not negotiate.N_TRIPLES:
        data = site().pool.answer(Query(query), choice.format.name)
    answer = Answer(data, seconds=time.monotonic() - start)
    response = citable.mark(Response(data, content_type=choice.content_type), answer)
    response.headers["Vary"] = "Accept"
    return response


def _laid_out(data: bytes) -> bytes:
    """N-Triples as Turtle in the canonical layout."""
    quads = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    return serialize(quad.triple for quad in quads).encode("utf-8")


def _page(template: str, labels: Labels, **values: object) -> Response:
    response = Response(page(template, labels, **values), mimetype="text/html")
    if "iri" in values:
        response.headers.add("Link", f'<{values["iri"]}>; rel="cite-as"')
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
