"""What the snapshot says of itself, at lasting addresses: VoID, DCAT, prefixes and gallery, as RDF or as a page.

The graphs are those of the snapshot; the server adds what it alone knows: where its endpoint is, and which commit was
built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.catalogue import dcat
from kg.catalogue.saying import DATASET_NODE, SERVICE, Saying
from kg.catalogue.void import EXTENSION
from kg.errors import NotFound
from kg.model import Query
from kg.rdf import BASE, DESCRIPTIONS, PREFIXES
from kg.settings import Settings
from kg.sparql import guard, negotiate
from kg.web import picked
from kg.web.labelled import learn
from kg.web.site import language, page, reader_labels, site
from kg.web.terms import Group, Labels, Shown, Term, groups

#: The address of the description of the data set on any host (VoID, section 7.2; RFC 8615).
WELL_KNOWN = "/.well-known/void"
#: The address of the description of the interface (``kg.web.openapi``).
INTERFACE = "/openapi.json"
_QUERY = "CONSTRUCT { ?s ?p ?o } WHERE { { GRAPH %s { ?s ?p ?o } } UNION { VALUES (?s ?p ?o) { %s } } }"
_TYPE, _VOID = PREFIXES["rdf"] + "type", PREFIXES["void"]
#: What a partition is of.
_OF = frozenset(map(ox.NamedNode, (f"{_VOID}class", f"{_VOID}property", f"{EXTENSION}datatype")))
_PARTITIONS = frozenset(
    map(ox.NamedNode, (f"{_VOID}classPartition", f"{_VOID}propertyPartition", f"{EXTENSION}datatypePartition"))
)

#: A kind of things, each with its name, what is said of it, and the page where that is told.
Section = tuple[str, Sequence[tuple[Shown, Sequence[Group], int]]]
#: Roughly the bytes that things take on a page, one of them and one of its values besides their texts; what is said of a
#: thing stands together.
_PAGE, _THING, _VALUE = 70_000, 500, 80


@dataclass
class _Contents:
    """What the pages show: what the document says of itself, and of everything else, by kind."""

    about: Sequence[Group]
    sections: Sequence[Section]
    last: int


def blueprint() -> Blueprint:
    """The routes of the descriptions, with and without the ending of a file."""
    routes = Blueprint("wellknown", __name__)
    routes.add_url_rule(WELL_KNOWN, "well-known", lambda: document("void"))
    for name in DESCRIPTIONS:
        for rule in (f"/{name}", f"/{name}.<ending>"):
            routes.add_url_rule(rule, f"{name}{len(rule)}", document, defaults={"name": name})
    return routes


def document(name: str, ending: str = "") -> Response:
    """One of the descriptions in the format asked for. Raises NotFound if the snapshot has none, NotAcceptable."""
    if DESCRIPTIONS[name] not in site().graph_sizes():
        raise NotFound("This snapshot does not describe itself.", remedy="Build it again with: kg build --force")
    if ending and ending not in negotiate.ENDINGS:
        raise NotFound(f"There is no format with the ending {ending[:60]!r}.", remedy="Try .ttl or .jsonld.")
    names = [ending] if ending else [one for one in request.args.getlist("format") if one]
    choice = negotiate.choose(request.headers.get("Accept"), names, (*negotiate.GRAPHS, negotiate.HTML))
    if choice.format is negotiate.HTML:
        response = Response(_page(name), mimetype="text/html")
    else:
        response = Response(site().pool.answer(_query(name), choice.format.name), content_type=choice.content_type)
    if request.path == WELL_KNOWN:
        response.headers["Content-Location"] = f"{request.script_root}/{name}"
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def addresses() -> Sequence[str]:
    """Where this server describes the data set: in VoID and in DCAT."""
    return [f"{request.url_root}{name}" for name in ("void", "dcat")]


def service_link(root: str) -> str:
    """The value of a header Link that leads to the description of the interface (RFC 8631, section 4), below the path
    ``root`` of the server."""
    return f'<{root}{INTERFACE}>; rel="service-desc"'


def limits(settings: Settings) -> Mapping[str, float]:
    """The limits of the endpoint, by their names in its description (``kg.sparql.describe.LIMITS``)."""
    query = guard.Limits(length=settings.max_query_length, nesting=settings.max_nesting)
    found = {
        "deadline": settings.deadline,
        "timeout": settings.max_deadline,
        "answer": settings.max_answer,
        "length": query.length,
        "nesting": query.nesting,
        "patterns": query.patterns,
        "clauses": query.clauses,
        "operators": query.operators,
    }
    return {**found, "budget": settings.budget} if settings.budget else found


def _query(name: str) -> Query:
    """The query for a description, with what the server knows."""
    endpoint, known = ox.NamedNode(request.url_root + "sparql"), Saying()
    if name == "void":
        known.say(DATASET_NODE, "void:sparqlEndpoint", endpoint)
    elif name == "dcat":
        known.say(SERVICE, "dcat:endpointURL", endpoint)
        known.say(SERVICE, "dcat:endpointDescription", endpoint)
        snapshot = site().snapshot
        if snapshot.commit and snapshot.clean:
            known.repeat(dcat.committed(snapshot.commit))
    rows = "".join(f"({triple.subject} {triple.predicate} {triple.object})" for triple in known.triples())
    return Query(_QUERY % (ox.NamedNode(DESCRIPTIONS[name]), rows))


def _page(name: str) -> str:
    labels = reader_labels()
    key = f"{name} {language()} {labels.root} {labels.carried}"
    shown = site().once(key, lambda: _contents(site().graph("graph", this=DESCRIPTIONS[name]), BASE + name, labels))
    return page(
        "description.html", labels, name=name, iri=BASE + name, path=f"/{name}", shown=shown,
        part=picked.pages(shown.last, 1),
    )  # fmt: skip


def _contents(triples: Sequence[ox.Triple], iri: str, labels: Labels) -> _Contents:
    """The page of a description. Of partitions within partitions only what they are of is shown."""
    values = (term for triple in triples for term in (triple.predicate, triple.object) if isinstance(term, ox.NamedNode))
    learn(labels, (term for term in values if not term.value.startswith(f"{iri}#")))
    labels.read(triples)
    of = {triple.subject: triple.object for triple in triples if triple.predicate in _OF}
    inner = {triple.object for triple in triples if triple.predicate in _PARTITIONS and triple.subject in of}
    by_subject: dict[str, list[tuple[ox.NamedNode, Term]]] = {}
    for triple in triples:
        if triple.subject not in inner and isinstance(triple.subject, ox.NamedNode):
            value = of[triple.object] if triple.object in inner else triple.object
            by_subject.setdefault(triple.subject.value, []).append((triple.predicate, value))
    about = groups(by_subject.pop(iri, []), labels)
    sections: dict[str, list[tuple[Shown, list[Group]]]] = {}
    for subject, said in sorted(by_subject.items()):
        node = ox.NamedNode(subject)
        # A partition has no name but that of what it is of.
        name = replace(labels.show(node), text=labels.show(of[node]).text) if node in of else labels.show(node)
        sections.setdefault(_kind(said, labels), []).append((name, groups(said, labels)))
    return _paged(about, sorted(sections.items()))


def _paged(about: Sequence[Group], sections: Sequence[tuple[str, Sequence[tuple[Shown, list[Group]]]]]) -> _Contents:
    """The same page by page; the first has a list of all besides."""
    page, taken = 1, _weight(about) + sum(_VALUE + len(name.text) for _, members in sections for name, _ in members)
    found: list[Section] = []
    for kind, members in sections:
        placed = []
        for name, said in members:
            weight = _weight(said)
            if taken and taken + weight > _PAGE:
                page, taken = page + 1, 0
            taken += weight
            placed.append((name, said, page))
        found.append((kind, placed))
    return _Contents(about, found, page)


def _weight(said: Sequence[Group]) -> int:
    values = (value for group in said for value in group.values)
    return _THING + sum(_VALUE + len(value.text) + len(value.href or "") for value in values)


def _kind(said: Sequence[tuple[ox.NamedNode, Term]], labels: Labels) -> str:
    """What to list a subject under: its class, else what it is a partition by."""
    known = [value for predicate, value in said if predicate.value == _TYPE]
    return labels.show((known or [predicate for predicate, _ in said if predicate in _OF] or [said[0][0]])[0]).text
