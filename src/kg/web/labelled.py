"""What IRIs are called in the reader's language, what they are, and where to read about them: ``/labels``.

Asked for what is on a screen, so that an answer to a query stays what it is, and its table is read with names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.errors import RequestError
from kg.model import Query
from kg.rdf import PREFIXES
from kg.sparql import negotiate
from kg.web.caching import Cache
from kg.web.site import reader_labels, site, text
from kg.web.terms import Labels, Term

#: IRIs that are asked for at once, and the characters that one of them has, at most.
MOST = 250
LONGEST = 2_000
#: Bytes for the labels that are kept of each snapshot.
_ROOM = 8_000_000
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
#: Where in the query the IRIs stand.
_PLACE = "$iris"


@dataclass(frozen=True)
class Label:
    """What an IRI is called, the language of that if it has one, where to read about it, and what it is in words."""

    label: str
    lang: str | None = None
    href: str | None = None
    kind: str | None = None


def blueprint() -> Blueprint:
    """The route of labels."""
    routes = Blueprint("labelled", __name__)
    routes.add_url_rule("/labels", "labels", labels, methods=["GET", "HEAD", "POST"])
    return routes


def labels() -> Response:
    """The labels of the IRIs that the parameters ``iri`` name, of the address or a form, by IRI, as JSON.

    ``lang`` and ``snapshot`` are those of the address, as on a page. Raises RequestError for what is no absolute IRI, and for too many.
    """
    given = request.values.getlist("iri")
    if not given:
        raise RequestError("No IRI is asked for.", remedy="Give iri=https://… once or more often.")
    if len(given) > MOST:
        raise RequestError(f"{len(given)} IRIs are too many at once.", remedy=f"Ask for at most {MOST} at a time.")
    for iri in given:
        if not _is_iri(iri):
            raise RequestError(f"{iri[:100]!r} is no absolute IRI.", remedy="Write it out, as in https://example.org/x.")
    site().answer_from(request.args.get("snapshot"))
    found = {iri: asdict(label) for iri, label in of(given, reader_labels()).items()}
    response = Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")
    response.headers["Vary"] = "Accept-Language"
    return response


def of(iris: Iterable[str], reader: Labels) -> Mapping[str, Label]:
    """What each of these IRIs is called by this reader, ``MOST`` asked for at a time; what is no IRI is left out."""
    kept: Cache[tuple[str, str | None, str | None]] = site().once("labels", lambda: Cache(_ROOM))
    found: dict[str, tuple[str, str | None, str | None]] = {}
    missing = []
    for iri in dict.fromkeys(iris):
        known = kept.get((reader.language, iri))
        if known:
            found[iri] = known
        elif _is_iri(iri):
            missing.append(iri)
    for start in range(0, len(missing), MOST):
        for iri, told in _asked(missing[start : start + MOST], reader.language).items():
            found[iri] = told
            kept.put((reader.language, iri), told, 2 * len(iri) + 4 * len(told[0]), 0.001)
    return {iri: Label(label, spoken, reader.link(iri), kind) for iri, (label, spoken, kind) in found.items()}


def learn(labels: Labels, terms: Iterable[Term]) -> None:
    """Have labels take in what all these are called: by the graph, else by the pages."""
    for iri, said in of((term.value for term in terms if isinstance(term, ox.NamedNode)), labels).items():
        labels.take(iri, said.label, said.lang)
    labels.take_words(site().graph_sizes())


def _asked(iris: list[str], spoken: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Label, its language and kind of each, asked of the workers."""
    query = text("labels").replace(_PLACE, " ".join(str(ox.NamedNode(iri)) for iri in iris))
    data = site().pool.answer(Query(query), negotiate.N_TRIPLES.name)
    triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]
    read = Labels(spoken)
    read.read(triples)
    classes: dict[str, list[str]] = {}
    for triple in triples:
        if triple.predicate == _TYPE and isinstance(triple.subject, ox.NamedNode):
            classes.setdefault(triple.subject.value, []).append(read.of(triple.object.value)[0])
    return {iri: (*read.of(iri), min(classes.get(iri, [""])) or None) for iri in iris}


def _is_iri(text: str) -> bool:
    """True if this is an absolute IRI (RFC 3987) that is not too long to ask for."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return len(text) <= LONGEST
