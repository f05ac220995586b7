"""What is suspicious about a query without an answer, told from its terms and what the graph has of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import pyoxigraph as ox

from kg.rdf import PREFIXES, shorten
from kg.sparql.groups import (
    Bind,
    Block,
    Element,
    Filter,
    Group,
    Part,
    Path,
    Query,
    Span,
    SubQuery,
    Term,
    Triple,
    bound,
    parts_of,
    subgroups,
    walk,
)
from kg.sparql.nearby import Nearby, kind_of, shown
from kg.sparql.unknown import A, Note, Unknown, noted

_One = TypeVar("_One")
_NUMBERS = frozenset(
    f"xsd:{name}"
    for name in "integer decimal double float int long short byte nonNegativeInteger positiveInteger".split()
)


class Suspects:
    """Looks at the terms of one query."""

    def __init__(self, query: Query, nearby: Nearby, is_late: Callable[[], bool] = lambda: False) -> None:
        """``is_late`` tells that the time is up; then no more is looked at, and ``is_cut`` is True."""
        self._is_late, self.is_cut = is_late, False
        self._query, self._nearby = query, nearby
        self._unknown = Unknown(nearby)

    def notes(self, default: Iterable[str] = ()) -> list[Note]:
        """What is suspicious, in the order of the text; ``default`` are the graphs that the request names itself."""
        found = [note for iri in default for note in self._graph(None, ox.NamedNode(iri))]
        for term in (*self._query.default, *self._query.named):
            found += self._graph(term, term.value)  # type: ignore[arg-type]
        if self._query.where:
            for triple, graph in self._in_time(triples(self._query.where)):
                # Of what stands in a graph that does not exist only that can be told.
                if self._nearby.exists(graph):
                    found += self._of_triple(triple, graph)
            found += self._names(self._query.where)
            found += self._of_filters(self._query.where)
        found += self._prefixes()
        unique = {(note.code, note.place, note.proposal, *note.said.values()): note for note in found}
        return sorted(unique.values(), key=lambda note: note.place.start if note.place else -1)

    def _in_time(self, several: Iterable[_One]) -> Iterator[_One]:
        for one in several:
            self.is_cut = self.is_cut or self._is_late()
            if self.is_cut:
                return
            yield one

    def _names(self, where: Group) -> Iterator[Note]:
        for element in walk(where):
            if isinstance(element, Part) and element.name and isinstance(element.name.value, ox.NamedNode):
                yield from self._graph(element.name, element.name.value)

    def _graph(self, place: Span | None, iri: ox.NamedNode) -> Iterator[Note]:
        if not self._nearby.has(None, None, None, iri):
            near = self._nearby.graph(iri.value)
            yield noted("graph", place, near, graph=shorten(iri.value))

    def _of_triple(self, triple: Triple, graph: Term | None) -> Iterator[Note]:
        if isinstance(triple.verb, Path) or triple.verb.value is not None:
            for part in parts_of(triple.verb):
                yield from self._unknown.verb(part, graph)
        is_class = isinstance(triple.verb, Term) and triple.verb.value == ox.NamedNode(A)
        if is_class and isinstance(triple.object.value, ox.NamedNode):
            yield from self._unknown.type(triple.object, graph)
        nodes = [triple.subject, *([] if is_class else [triple.object])]
        for node in nodes:
            if isinstance(node.value, ox.NamedNode) and node.end > node.start:
                yield from self._unknown.node(node)
        if isinstance(triple.object.value, ox.Literal):
            yield from self._literal(triple.object, triple.verb)
        yield from self._turned(triple)

    def _turned(self, triple: Triple) -> Iterator[Note]:
        """A triple that the graph has the other way round only."""
        verb, subject, value = triple.verb.value if isinstance(triple.verb, Term) else None, triple.subject, triple.object
        ends = (subject.value, value.value)
        if not isinstance(verb, ox.NamedNode) or not any(isinstance(one, ox.NamedNode) for one in ends):
            return
        if all(one is None or isinstance(one, ox.NamedNode) for one in ends):
            turned = self._nearby.has(ends[1], verb, ends[0]) and not self._nearby.has(ends[0], verb, ends[1])
            if turned and triple.verb.end > triple.verb.start:
                near = f"^{shorten(verb.value)}"
                yield Note("turned", triple.verb, {"term": shorten(verb.value), "near": near}, near)

    def _literal(self, term: Term, verb: Term | Path) -> Iterator[Note]:
        value = term.value
        assert isinstance(value, ox.Literal)
        last = _last(verb)
        predicate = last[0] if last and len(last) == 1 else None
        if self._nearby.has(None, predicate, value):
            return
        others = self._nearby.like(value, predicate)
        translated = self._nearby.translated(value, predicate) if value.language else None
        property_ = shorten(predicate.value) if predicate else "…"
        if translated is not None:
            said = {"value": shown(value), "near": shown(translated), "language": str(value.language)}
            yield Note("translated", term, said, shown(translated))
        elif others:
            near = shown(others[0])
            yield Note(_difference(value, others[0], near), term, {"value": shown(value), "near": near}, near)
        elif predicate and isinstance(verb, Term) and (other := self._nearby.holds_in(value, predicate)):
            near = shorten(other.value)
            yield Note("property-other", verb, {"value": shown(value), "property": property_, "near": near}, near)
        elif predicate and (kinds := self._nearby.kinds(predicate)) and kind_of(value) not in kinds:
            yield Note("kind", term, {"value": shown(value), "property": property_, "kinds": _listed(kinds)})

    def _of_filters(self, where: Group) -> Iterator[Note]:
        for one, seen, everything in self._in_time(filters(where)):
            for name in sorted(one.variables - seen):
                near = self._nearby.alike(name, sorted(seen))
                if name in everything:
                    yield Note("out-of-scope", one, {"name": name})
                else:
                    proposal = f"?{near}" if near else ""
                    yield Note("unbound-near" if near else "unbound", one, {"name": name, "near": proposal}, proposal)
            for comparison in one.comparisons:
                yield from self._compared(one, where, *comparison)

    def _compared(
        self, one: Filter, where: Group, name: str, operator: str, value: ox.Literal | ox.NamedNode
    ) -> Iterator[Note]:
        setting = [_last(triple.verb) for triple, _ in triples(where) if triple.object.name == name]
        known = [verbs for verbs in setting if verbs]
        verbs = known[0] if len(known) == 1 else []
        each = [self._nearby.kinds(verb) for verb in verbs]
        kinds = frozenset().union(*each)
        if not each or not all(each) or operator in ("STR", "DATATYPE"):
            return
        said = {"name": name, "kinds": _listed(kinds), "value": shown(value)}
        said["property"] = ", ".join(shorten(verb.value) for verb in verbs)
        if operator == "LANG":
            if isinstance(value, ox.Literal) and f"@{value.value.lower()}" not in {kind.lower() for kind in kinds}:
                yield Note("language", one, said)
        elif operator != "!=" and not any(_comparable(kind_of(value), kind) for kind in kinds):
            yield Note("compared", one, said)

    def _prefixes(self) -> Iterator[Note]:
        for prefix, (iri, place) in self._query.prefixes.items():
            ours = PREFIXES.get(prefix)
            if ours and ours != iri and any(one.startswith(iri) for one in self._unknown.found):
                line = f"PREFIX {prefix}: <{ours}>"
                yield Note("prefix", place, {"prefix": prefix, "iri": iri, "near": line}, line)


def triples(where: Group, graph: Term | None = None) -> Iterator[tuple[Triple, Term | None]]:
    """The triple patterns that solutions need or may use, with the graph they stand in; none of MINUS and EXISTS."""
    for element in where.elements:
        if isinstance(element, Block):
            yield from ((one, graph) for one in element.triples)
        elif not isinstance(element, Filter | Bind) and not (isinstance(element, Part) and element.kind == "minus"):
            inner = element.name if isinstance(element, Part) and element.kind == "graph" else graph
            for below in subgroups(element):
                yield from triples(below, inner)


def filters(where: Group) -> Iterator[tuple[Filter, frozenset[str], frozenset[str]]]:
    """The filters outside of EXISTS, each with the variables that it sees, and with all that the query binds."""
    everything = bound(where)

    def below(group: Group, outer: frozenset[str]) -> Iterator[tuple[Filter, frozenset[str], frozenset[str]]]:
        seen = bound(group) | outer
        for element in group.elements:
            if isinstance(element, Filter):
                yield element, seen, everything
            elif not isinstance(element, Bind):
                inherits = isinstance(element, Part) and element.kind in ("optional", "lateral")
                for inner in subgroups(element):
                    yield from below(inner, seen if inherits else _nothing(element))

    return below(where, frozenset())


def _nothing(element: Element) -> frozenset[str]:
    """What a group of its own sees of the outside: the graph it is in, and what its own query sets."""
    if isinstance(element, Part) and element.name and element.name.kind == "variable":
        return frozenset({element.name.name})
    if isinstance(element, SubQuery) and element.query.values:
        return frozenset(element.query.values.names)
    return frozenset()


def _last(verb: Term | Path) -> list[ox.NamedNode]:
    """The properties of which the object of a verb is a value; none where that cannot be told."""
    if isinstance(verb, Term):
        return [verb.value] if isinstance(verb.value, ox.NamedNode) else []
    if verb.kind == "alternative":
        found = [_last(part) for part in verb.parts]
        return [one for below in found for one in below] if all(found) else []
    if verb.kind == "sequence" or (verb.kind == "repeated" and verb.marks == "+"):
        return _last(verb.parts[-1])
    return []


def _comparable(one: str, other: str) -> bool:
    """True if values of two kinds can be equal, or stand in an order."""
    if one.startswith("@") or other.startswith("@"):
        return one.lower() == other.lower()
    return one == other or {one, other} <= _NUMBERS


def _difference(value: ox.Literal, other: ox.Literal, written: str) -> str:
    """In what a value of the graph, and as it is written, differs from one that is looked for."""
    if value.value != other.value:
        return "spelt"
    if value.language or other.language:
        return "language-missing" if not value.language else "language-other" if other.language else "language-none"
    return "datatype" if '"' in written else "datatype-plain"


def _listed(kinds: Iterable[str]) -> str:
    listed = sorted(kinds)
    return ", ".join(listed[:6]) + (", …" if len(listed) > 6 else "")
