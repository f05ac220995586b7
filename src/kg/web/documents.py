"""The ontology and the shapes, whose terms are fragments of one address: as pages for readers, as RDF for programmes.

The address has an overview with a place for each term; a page of its own tells the rest of it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup

from kg.browsing.vocabulary import inherited
from kg.rdf import BASE, GRAPH
from kg.sparql import negotiate
from kg.web import ontologypage, shapespage
from kg.web.named import answered, asked, rdf
from kg.web.near import unknown
from kg.web.ontologypage import documentation, graphs_in
from kg.web.site import carried, language, page, reader_labels, site, text, to
from kg.web.terms import Labels

#: Each document, whose terms are fragments, has a folder of graphs that state them.
_DOCUMENTS = ("ontology", "shapes")


def blueprint() -> Blueprint:
    """The routes of the documents, with and without the ending of a file, and of the pages of their terms."""
    routes = Blueprint("documents", __name__)
    for name in _DOCUMENTS:
        routes.add_url_rule(f"/{name}", name, document, defaults={"name": name})
        routes.add_url_rule(f"/{name}.<ending>", f"{name}0", document, defaults={"name": name})
    routes.add_url_rule("/ontology/<version>", "version", document, defaults={"name": "ontology"})
    routes.add_url_rule("/ontology/term/<name>", "term", term)
    routes.add_url_rule("/shapes/shape/<name>", "shape", shape)
    return routes


def document(name: str, ending: str | None = None, version: str | None = None) -> Response:
    """The ontology, or the shapes: a page with an anchor per term, or all their triples.

    The current ``version`` has a name of its own (OWL 2, section 3.1: the version IRI). Raises NotFound, of others too.
    """
    iri, choice = asked(f"{name}/{version}" if version else name if ending is None else f"{name}.{ending}")
    if iri != BASE + name and iri not in site().once(f"versions {name}", lambda: _versions(BASE + name)):
        raise unknown(iri)
    if choice.format is not negotiate.HTML:
        return rdf(text("document", graphs=graphs_in(f"{GRAPH}{name}/")), iri, choice)
    body = _kept(name, _overview if name == "ontology" else _shapes)
    return answered("document.html", reader_labels(), name=name, iri=iri, path=f"/{name}", body=body)


def term(name: str) -> Response:
    """The page of a term of the ontology. Raises NotFound."""
    iri = ontologypage.SPACE + name
    site().answer_from(request.args.get("snapshot"))
    doc = documentation()
    if iri not in doc.terms:
        raise unknown(iri)
    one, labels = doc.terms[iri], _labels(doc.labels)
    live, boxes = ontologypage.examples(one), ontologypage.kin(one, doc.terms)
    ontologypage.learn(labels, [each for pair in live for each in pair])
    before, after = doc.around(one)
    return answered(
        "term.html", labels, iri=iri, path="/ontology", doc=doc, term=one, terms=labels, live=live,
        inherited=inherited(one, doc.terms) if one.kind == "class" else (),
        before=before, after=after, titles={query.name: query.title for query in site().gallery},
        drawn=ontologypage.drawn(boxes, language()), rows=ontologypage.height(boxes),
        wide=ontologypage.WIDE, high=ontologypage.HIGH, columns=2, page_of=page_of,
        linked=ontologypage.linked,
    )  # fmt: skip


def shape(name: str) -> Response:
    """The page of a shape with its rules; that of a rule is its place there. Raises NotFound."""
    site().answer_from(request.args.get("snapshot"))
    found = shapespage.contents()
    if name in found.home:
        return redirect(to(f"/shapes/shape/{found.home[name]}#{name}"), 303)
    if name not in found.shapes:
        raise unknown(shapespage.SPACE + name)
    one = found.shapes[name]
    return answered(
        "shape.html", _labels_of_shapes(), iri=one.iri, path="/shapes", shape=one, turtle=shapespage.turtle(one),
    )  # fmt: skip


def page_of(iri: str) -> str | None:
    """Where to read all about a term: its own page, if it is one of the ontology's."""
    name = iri.removeprefix(ontologypage.SPACE)
    if name != iri and iri in documentation().terms:
        return to(f"/ontology/term/{name}")
    return reader_labels().link(iri)


def _labels(known: Labels) -> Labels:
    fresh = reader_labels()
    return known.copied(fresh.root, fresh.carried)


def _labels_of_shapes() -> Labels:
    fresh = reader_labels()
    labels = shapespage.labels_of(fresh.language, fresh.root, fresh.carried)
    for iri, one in documentation().terms.items():
        labels.take(iri, one.label(fresh.language), fresh.language)
    return labels


def _kept(name: str, make: Callable[[], Markup]) -> Markup:
    """What a page says, as it was made once; made anew where a snapshot is asked for, which can be named in many ways."""
    labels = reader_labels()
    return make() if "snapshot" in carried() else site().once(f"page of {name} {labels.language} {labels.root} {labels.carried}", make)


def _overview() -> Markup:
    """What the page of the ontology says."""
    doc = documentation()
    labels = _labels(doc.labels)
    html = page(
        "ontology-body.html", labels, iri=BASE + "ontology", path="/ontology", doc=doc, terms=labels, about=doc.header,
        classes=sum(one.kind == "class" for one in doc.terms.values()),
        drawn=ontologypage.drawn(doc.boxes, labels.language), rows=ontologypage.height(doc.boxes),
        wide=ontologypage.WIDE, high=ontologypage.HIGH, columns=ontologypage.COLUMNS,
    )  # fmt: skip
    return Markup(html)


def _shapes() -> Markup:
    """What the page of the shapes says."""
    labels = _labels_of_shapes()
    html = page("shapes-body.html", labels, iri=BASE + "shapes", path="/shapes", found=shapespage.contents())
    return Markup(html)


def _versions(iri: str) -> list[str]:
    """What a document says it is the version of that name."""
    return [row["version"] for row in site().table("versions", this=iri)]
