"""The names in a query that the graph does not have, each with the nearest that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.rdf import BASE, PREFIXES, shorten
from kg.sparql.groups import Block, Group, Part, Path, Query, Span, Term, Triple, Values, parts_of, subgroups
from kg.sparql.nearby import Nearby

A = PREFIXES["rdf"] + "type"
_CLASS = frozenset(PREFIXES[prefix] + "Class" for prefix in ("owl", "rdfs"))
#: How alike a name of a vocabulary that is not ours must be to one in use to be taken for a slip, in percent: that the
#: graph does not use all of it is no news.
_SLIP = 80
#: How many names are told of at once.
_MOST = 20


@dataclass(frozen=True)
class Note:
    """Something to look at: a code of ``kg.sparql.whysaid``, its place, what fills its sentence, what to write.

    ``near`` is the IRI that may be meant, where one may be.
    """

    code: str
    place: Span | None
    said: dict[str, str] = field(hash=False, default_factory=dict)
    proposal: str = ""
    near: str = ""


def noted(code: str, place: Span | None, near: str | None = None, **said: str) -> Note:
    """A note of something that is not there, and of what may be meant."""
    proposal = shorten(near) if near else ""
    return Note(code + ("-near" if near else ""), place, {**said, "near": proposal}, proposal, near or "")


class Unknown:
    """Looks terms of a query up; ``found`` has the IRIs of those that are nowhere."""

    def __init__(self, nearby: Nearby) -> None:
        self._nearby = nearby
        self.found: list[str] = []

    def verb(self, term: Term, graph: Term | None) -> Iterator[Note]:
        """What is to be said of a property in a graph, if it is not used there."""
        iri = term.value
        assert isinstance(iri, ox.NamedNode)
        if self._nearby.uses(iri, graph):
            return
        name, nearby = shorten(iri.value), self._nearby
        if graphs := nearby.graphs_using(iri):
            # Around it GRAPH helps only where the dataset has these graphs as named ones.
            reached = [one for one in graphs if graph is None and nearby.names(one)]
            said = {"term": name, "graph": shorten([*reached, *graphs][0])}
            yield Note("elsewhere" if reached else "elsewhere-from", term, said, "GRAPH ?g { … }" if reached else "")
        elif nearby.has(None, ox.NamedNode(A), iri):
            yield Note("class-as-property", term, {"term": name}, f"a {name}")
        elif nearby.has(iri, None, None):
            yield noted("property-unused", term, None, term=name)
        else:
            self.found.append(iri.value)
            yield noted("property-unknown", term, nearby.verb(iri.value, graph), term=name)

    def type(self, term: Term, graph: Term | None) -> Iterator[Note]:
        """What is to be said of a class, if nothing is of it."""
        iri, nearby = term.value, self._nearby
        assert isinstance(iri, ox.NamedNode)
        if nearby.has(None, ox.NamedNode(A), iri):
            return
        name = shorten(iri.value)
        if nearby.has(None, iri, None):
            yield Note("property-as-class", term, {"term": name})
        elif any(nearby.has(iri, ox.NamedNode(A), ox.NamedNode(one)) for one in _CLASS):
            yield Note("class-empty", term, {"term": name})
        elif nearby.has(iri, None, None):
            yield Note("no-class", term, {"term": name})
        else:
            self.found.append(iri.value)
            yield noted("class-unknown", term, nearby.type(iri.value, graph), term=name)

    def node(self, term: Term) -> Iterator[Note]:
        """What is to be said of a node, if it is in no triple."""
        iri, nearby = term.value, self._nearby
        assert isinstance(iri, ox.NamedNode)
        if not (nearby.has(iri, None, None) or nearby.has(None, None, iri) or nearby.has(None, iri, None)):
            self.found.append(iri.value)
            yield noted("node-unknown", term, nearby.node(iri.value), term=shorten(iri.value))


def mistyped(query: Query, nearby: Nearby, is_late: Callable[[], bool] = lambda: False) -> list[Note]:
    """The names in the patterns of a query that the graph has nowhere, in the order of the text.

    Those in our own namespaces, and slips of what the graph uses of others; also in MINUS and EXISTS, which leave nothing
    out when they match nothing. ``is_late`` tells that the time is up.
    """
    unknown, found = Unknown(nearby), dict[Span, Note]()
    for term, look in _names(query.where, None, unknown) if query.where else ():
        if is_late() or len(found) >= _MOST:
            break
        for note in look():
            if note.place and note.code.removesuffix("-near").endswith("-unknown") and _is_slip(term, note):
                found.setdefault(note.place, note)
    return sorted(found.values(), key=lambda note: note.place.start if note.place else 0)


def mistyped_anywhere(
    names: Iterable[tuple[Span, str]], nearby: Nearby, is_late: Callable[[], bool] = lambda: False
) -> list[Note]:
    """As ``mistyped``, for a query of which not more is known than the places of its names, with the IRIs."""
    unknown, found = Unknown(nearby), list[Note]()
    for place, iri in names:
        if is_late() or len(found) >= _MOST:
            break
        try:
            term = Term(place.start, place.end, "iri", value=ox.NamedNode(iri))
        except ValueError:
            continue
        for note in unknown.node(term):
            near = note.near or nearby.verb(iri) or nearby.type(iri)
            told = noted("node-unknown", term, near, term=note.said["term"])
            found += [told] if _is_slip(term, told) else []
    return found


def _is_slip(term: Term, note: Note) -> bool:
    iri = term.value
    assert isinstance(iri, ox.NamedNode)
    if iri.value.startswith(BASE):
        return True
    space = iri.value[: max(iri.value.rfind("#"), iri.value.rfind("/")) + 1]
    if not note.near.startswith(space) or not space:
        return False
    return Nearby.alike(iri.value[len(space) :], [note.near[len(space) :]], _SLIP) is not None


_Looked = tuple[Term, Callable[[], Iterator[Note]]]


def _names(group: Group, graph: Term | None, unknown: Unknown) -> Iterator[_Looked]:
    """The IRIs in the patterns of a group and of all groups in it, each with what looks it up."""
    for element in group.elements:
        if isinstance(element, Block):
            for triple in element.triples:
                yield from _of_triple(triple, graph, unknown)
        elif isinstance(element, Values):
            yield from (_node(one, unknown) for one in element.constants if _is_iri(one))
        inner = element.name if isinstance(element, Part) and element.kind == "graph" else graph
        for below in subgroups(element):
            yield from _names(below, inner, unknown)


def _of_triple(triple: Triple, graph: Term | None, unknown: Unknown) -> Iterator[_Looked]:
    if isinstance(triple.verb, Path) or _is_iri(triple.verb):
        for part in parts_of(triple.verb):
            yield part, lambda part=part: unknown.verb(part, graph)  # type: ignore[misc]
    is_class = isinstance(triple.verb, Term) and triple.verb.value == ox.NamedNode(A)
    if is_class and _is_iri(triple.object):
        yield triple.object, lambda: unknown.type(triple.object, graph)
    for node in (triple.subject, *(() if is_class else (triple.object,))):
        if _is_iri(node):
            yield _node(node, unknown)


def _node(term: Term, unknown: Unknown) -> _Looked:
    return term, lambda: unknown.node(term)


def _is_iri(term: Term | Path) -> bool:
    """True for an IRI that is written in the text."""
    return isinstance(term, Term) and isinstance(term.value, ox.NamedNode) and term.end > term.start
