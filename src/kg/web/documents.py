"""The ontology and the shapes, whose terms are fragments of one address: as a page for readers, as RDF for programmes."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
from flask import Blueprint, Response
from markupsafe import Markup

from kg.rdf import BASE, GRAPH
from kg.sparql import negotiate
from kg.web import ontologypage
from kg.web.named import answered, asked, labelled, rdf
from kg.web.near import unknown
from kg.web.site import carried, page, reader_labels, site, text
from kg.web.terms import Group, Shown, Term, groups

#: Each document, whose terms are fragments, has a folder of graphs that state them.
_DOCUMENTS = ("ontology", "shapes")


def blueprint() -> Blueprint:
    """The routes of the documents, with and without the ending of a file."""
    routes = Blueprint("documents", __name__)
    for name in _DOCUMENTS:
        routes.add_url_rule(f"/{name}", name, document, defaults={"name": name})
        routes.add_url_rule(f"/{name}.<ending>", f"{name}0", document, defaults={"name": name})
    routes.add_url_rule("/ontology/<version>", "version", document, defaults={"name": "ontology"})
    return routes


def document(name: str, ending: str | None = None, version: str | None = None) -> Response:
    """The ontology, or the shapes: a page with an anchor per term, or all their triples.

    The current ``version`` has a name of its own (OWL 2, section 3.1: the version IRI). Raises NotFound, of others too.
    """
    iri, choice = asked(f"{name}/{version}" if version else name if ending is None else f"{name}.{ending}")
    if iri != BASE + name and iri not in site().once(f"versions {name}", lambda: _versions(BASE + name)):
        raise unknown(iri)
    folder = f"{GRAPH}{name}/"
    if choice.format is not negotiate.HTML:
        return rdf(text("document", graphs=graphs_in(folder)), iri, choice)
    if name == "ontology":
        return _documentation(iri)
    labels = reader_labels()

    def make() -> Markup:
        about, sections = _contents(BASE + name, folder)
        html = page("document-body.html", labels, name=name, iri=BASE + name, path=f"/{name}", about=about, sections=sections)
        return Markup(html)

    body = _kept(name, make)
    return answered("document.html", labels, name=name, iri=iri, path=f"/{name}", body=body)


def _kept(name: str, make: Callable[[], Markup]) -> Markup:
    """What a page says, as it was made once; made anew where a snapshot is asked for, which can be named in many ways."""
    labels = reader_labels()
    return make() if "snapshot" in carried() else site().once(f"page of {name} {labels.language} {labels.root} {labels.carried}", make)


def _documentation(iri: str) -> Response:
    """The page of the ontology. What it says is long, and kept as it is once made."""
    fresh = reader_labels()

    def make() -> Markup:
        labels = reader_labels()
        triples = site().graph("document", graphs=graphs_in(ontologypage.FOLDER))
        doc = ontologypage.documentation(triples, labels)
        html = page(
            "ontology-body.html", labels, iri=BASE + "ontology", path="/ontology", doc=doc, terms=labels,
            about=ontologypage.header(triples, BASE + "ontology", labels.language),
            classes=sum(term.kind == "class" for term in doc.terms.values()),
            titles={query.name: query.title for query in site().gallery},
            drawn=ontologypage.drawn(doc, labels.language), rows=doc.height,
            wide=ontologypage.WIDE, high=ontologypage.HIGH, columns=ontologypage.COLUMNS,
            shown=ontologypage.shown, linked=ontologypage.linked,
        )  # fmt: skip
        return Markup(html)

    body = _kept("documentation", make)
    return answered("ontology.html", fresh, iri=iri, path="/ontology", body=body)


def graphs_in(folder: str) -> list[str]:
    """The graphs of the files in a folder, sorted."""
    return sorted(graph for graph in site().graph_sizes() if graph.startswith(folder))


def _versions(iri: str) -> list[str]:
    """What a document says it is the version of that name."""
    return [row["version"] for row in site().table("versions", this=iri)]


def _contents(iri: str, folder: str) -> tuple[list[Group], list[tuple[str, list[tuple[Shown, list[Group]]]]]]:
    """What a document says of itself, and its terms with what it says of them, by kind."""
    triples = site().graph("document", graphs=graphs_in(folder))
    labels = labelled(triples)
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
