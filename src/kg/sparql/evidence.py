"""What is behind the rows of an answer: the triples that their patterns matched, and where these are stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode, urljoin

import pyoxigraph as ox

from kg.rdf import CLOSURE_GRAPH, PREFIXES, path_of, shorten
from kg.sparql.extending import Pattern, Place
from kg.sparql.routes import Node, Route
from kg.sparql.rows import cell

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
#: What a row binds, by the name of the variable.
Row = Mapping[str, Term]

_CLOSURE = ox.NamedNode(CLOSURE_GRAPH)
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_CLAIM = ox.NamedNode(PREFIXES["ckg"] + "Claim")
_EVIDENCE = ox.NamedNode(PREFIXES["ckg"] + "evidence")


@dataclass(frozen=True)
class Matched:
    """A triple that a pattern matched: the graphs that state it, and whether it was inferred.

    ``along`` is the path that it is a step of, as it is written, and ``of`` the two ends of the path, if it was
    matched by one; ``triple`` is None if no step could be told.
    """

    triple: ox.Triple | None
    stated: tuple[str, ...] = ()
    is_inferred: bool = False
    along: str = ""
    of: tuple[Term, Term] | None = None


class Dataset:
    """The triples of the dataset that a query was asked of (SPARQL 1.1, section 13)."""

    def __init__(self, store: ox.Store, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> None:
        """``default`` and ``named`` are those of the request or the query; both empty mean all of the store."""
        self._store, self._named = store, frozenset(named)
        self._is_whole = not (default or named)
        self._default = tuple(map(ox.NamedNode, default))

    def triples(
        self, subject: Term | None, predicate: Term | None, value: Term | None, graph: ox.NamedNode | None = None
    ) -> Iterator[ox.Triple]:
        """The triples of a named graph, or of the default graph; one may come several times."""
        graphs = [graph] if graph else [ox.DefaultGraph()] if self._is_whole else self._default
        for one in graphs:
            for quad in self._store.quads_for_pattern(subject, predicate, value, one):  # type: ignore[arg-type]
                yield quad.triple

    def stated(self, triple: ox.Triple, graph: ox.NamedNode | None = None) -> tuple[tuple[str, ...], bool]:
        """The graphs of the dataset that state a triple, and whether the conclusions have it.

        If it was matched in the named graph ``graph``, this is the only one.
        """
        if graph is not None:
            return ((graph.value,), False) if graph != _CLOSURE else ((), True)
        quads = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
        if not self._is_whole:
            graphs &= {one.value for one in self._default}
        return tuple(sorted(graphs - {CLOSURE_GRAPH})), CLOSURE_GRAPH in graphs

    @lru_cache(maxsize=20_000)  # noqa: B019 - it lives as long as one answer
    def is_claim(self, term: Term) -> bool:
        """True if the graph has the term as a claim."""
        return isinstance(term, ox.NamedNode) and any(True for _ in self._whole(term, _TYPE, _CLAIM))

    @lru_cache(maxsize=20_000)  # noqa: B019
    def has_evidence(self, term: Term) -> bool:
        """True if the graph says what the term rests on."""
        return isinstance(term, ox.NamedNode) and any(True for _ in self._whole(term, _EVIDENCE, None))

    def _whole(self, subject: Term, predicate: Term, value: Term | None) -> Iterator[ox.Quad]:
        """Quads of the store's own default graph: what a claim rests on does not hang on the dataset asked."""
        return self._store.quads_for_pattern(subject, predicate, value, ox.DefaultGraph())  # type: ignore[arg-type]


class Finder:
    """Finds the triples behind the rows of one extended query (``kg.sparql.extending``)."""

    def __init__(self, patterns: Iterable[Pattern], dataset: Dataset) -> None:
        self._dataset = dataset
        self._patterns = [(one, Route(one.path) if one.path else None) for one in patterns]
        self._routes: dict[tuple[int, Term, Term, Term | None], list[ox.Triple] | None] = {}

    def behind(self, row: Row) -> list[Matched]:
        """The triples that the patterns matched for this row, each once, in the order of the query."""
        found: dict[Matched, None] = {}
        for number, (pattern, route) in enumerate(self._patterns):
            if not all(name in row for name in pattern.applies):
                continue
            subject, value = _filled(pattern.subject, row), _filled(pattern.object, row)
            graph = _filled(pattern.graph, row) if pattern.graph else None
            if subject is None or value is None:
                continue
            if route is None:
                predicate = _filled(pattern.predicate, row)
                if isinstance(predicate, ox.NamedNode) and not isinstance(subject, ox.Literal):
                    found[self._matched(ox.Triple(subject, predicate, value), graph)] = None
            else:
                found |= dict.fromkeys(self._along((number, subject, value, graph), pattern, route))
        return list(found)

    def _matched(
        self, triple: ox.Triple, graph: Term | None, along: str = "", of: tuple[Term, Term] | None = None
    ) -> Matched:
        stated, is_inferred = self._dataset.stated(triple, graph)  # type: ignore[arg-type]
        return Matched(triple, stated, is_inferred, along, of)

    def _along(self, key: tuple[int, Term, Term, Term | None], pattern: Pattern, route: Route) -> list[Matched]:
        """The steps of the ways along a path; one without triples if there is none to be told."""
        _, start, end, graph = key
        if key not in self._routes:

            def look(node: Node, is_forward: bool, predicate: ox.NamedNode | None) -> Iterator[ox.Triple]:
                ends = (node, None) if is_forward else (None, node)
                return self._dataset.triples(ends[0], predicate, ends[1], graph)  # type: ignore[arg-type]

            self._routes[key] = route.ways(start, end, look)  # type: ignore[arg-type]
        steps = self._routes[key]
        if not steps:
            return [Matched(None, along=pattern.written, of=(start, end))]
        return [self._matched(one, graph, pattern.written, (start, end)) for one in steps]


def _filled(place: Place, row: Row) -> Term | None:
    return row.get(place) if isinstance(place, str) else place


def claims_of(row: Iterable[Term | None], matched: Iterable[Matched], dataset: Dataset) -> tuple[list[str], list[str]]:
    """The claims that a row binds or that its matches speak of, and the other subjects that say what they rest on."""
    subjects = [one.triple.subject for one in matched if one.triple]
    terms = dict.fromkeys([*(term for term in row if term is not None), *subjects])
    claims = [term.value for term in terms if dataset.is_claim(term)]
    others = dict.fromkeys(term for term in subjects if not dataset.is_claim(term))
    return claims, [term.value for term in others if dataset.has_evidence(term)]


def told(one: Matched, base: str) -> dict[str, object]:
    """A match as JSON; ``base`` is the address of the endpoint, beside which explanations are."""
    said: dict[str, object] = {}
    triple = one.triple
    if triple is not None:
        said |= {"subject": cell(triple.subject), "predicate": cell(triple.predicate), "object": cell(triple.object)}
        said["stated"] = [{"graph": graph, "file": path_of(graph)} for graph in one.stated]
        if one.is_inferred:
            said["inferred"] = True
            if not any(isinstance(term, ox.BlankNode | ox.Triple) for term in triple):
                said["explain"] = urljoin(base, "explain?" + urlencode(_as_turtle(triple)))
    if one.of:
        said["path"] = {"subject": cell(one.of[0]), "path": one.along, "object": cell(one.of[1])}
    return said


def _as_turtle(triple: ox.Triple) -> dict[str, str]:
    terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
    return {name: shorten(one.value) if isinstance(one, ox.NamedNode) else str(one) for name, one in terms.items()}
