"""What a store has that is like what was asked for: terms of a similar name or label, values written in another way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import chain, islice

import pyoxigraph as ox

from kg.rdf import CLOSURE_GRAPH, DATASET, DESCRIPTIONS, PREFIXES, shorten
from kg.sparql.groups import Term

_DEFAULT = ox.DefaultGraph()
_A = ox.NamedNode(PREFIXES["rdf"] + "type")
_LABELS = [
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("skos", "altLabel"), ("skos", "hiddenLabel"))
]
#: How alike two names must be for one to be offered for the other, in percent.
_ALIKE = 60
#: Values of a property that are looked at, and names of a namespace.
_MOST_VALUES, _MOST_NAMES = 5_000, 20_000
#: Members of a class by which its namespaces are told.
_FIRST = 20


class Nearby:
    """Looks things up in the dataset that a query was asked of, and what is like them."""

    def __init__(self, store: ox.Store, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> None:
        """``default`` and ``named`` are the graphs of the dataset; both empty mean all of the store."""
        self._store = store
        graphs = [ox.NamedNode(iri) for iri in default]
        self._graphs: list[ox.NamedNode | ox.DefaultGraph] = [*graphs] if default or named else [_DEFAULT]
        self._names = frozenset(named) if default or named else None
        self.kinds = cache(self._kinds)
        self._asked = cache(self._found)

    def has(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: ox.NamedNode | ox.Literal | None,
        graph: ox.NamedNode | None = None,
    ) -> bool:
        """True if a triple like this is anywhere in the store, or in the graph."""
        quads = self._store.quads_for_pattern(subject, predicate, value, graph)
        return next(quads, None) is not None

    def exists(self, graph: Term | None) -> bool:
        """True if the store has the graph that a pattern stands in; without GRAPH, any of the default graph."""
        if graph is not None:
            return not isinstance(graph.value, ox.NamedNode) or self.has(None, None, None, graph.value)
        found = [next(self._store.quads_for_pattern(None, None, None, one), None) for one in self._graphs]
        return not found or any(found)

    def names(self, graph: str) -> bool:
        """True if a graph of the store is a named one of the dataset."""
        return self._names is None or graph in self._names

    def uses(self, predicate: ox.NamedNode, graph: Term | None) -> bool:
        """True if the property is used in the default graph of the dataset, or, in a GRAPH, in any named graph."""
        if graph is not None:
            inside = graph.value if isinstance(graph.value, ox.NamedNode) else None
            return any(map(self.names, self._named(predicate, inside)))
        return any(next(self._store.quads_for_pattern(None, predicate, None, one), None) for one in self._graphs)

    def graphs_using(self, predicate: ox.NamedNode) -> list[str]:
        """The named graphs that use a property, sorted."""
        return sorted({graph for graph in self._named(predicate, None) if graph != CLOSURE_GRAPH})

    def _named(self, predicate: ox.NamedNode, graph: ox.NamedNode | None) -> Iterator[str]:
        for quad in islice(self._store.quads_for_pattern(None, predicate, None, graph), _MOST_VALUES):
            if isinstance(quad.graph_name, ox.NamedNode):
                yield quad.graph_name.value

    def verb(self, iri: str, graph: Term | None = None) -> str | None:
        """The property in use, where there is a GRAPH in it, that is called most like this IRI."""
        counted = () if graph else self._counted("property")
        return self._nearest(iri, counted or self._asked(f"SELECT DISTINCT ?x {{ {_within('?s ?x ?o', graph)} }}"))

    def type(self, iri: str, graph: Term | None = None) -> str | None:
        """The class with members, where there is a GRAPH in it, that is called most like this IRI."""
        counted = () if graph else self._counted("class")
        return self._nearest(iri, counted or self._asked(f"SELECT DISTINCT ?x {{ {_within('?s a ?x', graph)} }}"))

    def graph(self, iri: str) -> str | None:
        """The named graph that is called most like this IRI."""
        return self._nearest(iri, self._asked("SELECT DISTINCT ?x { GRAPH ?x { } }"))

    def node(self, iri: str) -> str | None:
        """The node of the same namespace or family that is called most like this IRI."""
        space = _space(iri)
        if not space or any(character in space for character in '"\\\n'):
            return None
        counted = self._counted("class")
        query = f'SELECT DISTINCT ?x {{ ?x a ?c FILTER(STRSTARTS(STR(?x), "{space}")) }}'
        return self._nearest(iri, self._members(space, counted) if counted else self._asked(query))

    def _counted(self, what: str) -> list[str]:
        """The properties or classes in use, as the description of the data set counts them, so that nothing is searched."""
        step = f"<{DATASET}> void:{what}Partition/void:{what} ?x"
        return self._asked(
            f"PREFIX void: <{PREFIXES['void']}> SELECT DISTINCT ?x {{ GRAPH <{DESCRIPTIONS['void']}> {{ {step} }} }}"
        )

    def _members(self, space: str, classes: Iterable[str]) -> list[str]:
        """The nodes of a namespace or family; those of classes of whose first members none is in it are not looked at."""
        found: set[str] = set()
        for iri in classes:
            quads = self._store.quads_for_pattern(None, _A, ox.NamedNode(iri), _DEFAULT)
            first = [quad.subject for quad in islice(quads, _FIRST)]
            if any(isinstance(one, ox.NamedNode) and one.value.startswith(space) for one in first):
                nodes = chain(first, (quad.subject for quad in islice(quads, _MOST_NAMES)))
                found |= {one.value for one in nodes if isinstance(one, ox.NamedNode) and one.value.startswith(space)}
            if len(found) >= _MOST_NAMES:
                break
        return sorted(found)

    def _found(self, query: str) -> list[str]:
        rows = self._store.query(f"{query} LIMIT {_MOST_NAMES}")
        return sorted(row["x"].value for row in rows if isinstance(row["x"], ox.NamedNode))  # type: ignore[union-attr]

    def _nearest(self, iri: str, others: Iterable[str]) -> str | None:
        """The other that is called or abbreviated so, or with the most alike local name, those of the same namespace
        first, or with the most alike label."""
        known = [other for other in others if other != iri]
        space, local = _space(iri), iri[len(_space(iri)):]
        own = {other[len(space):]: other for other in known if _space(other) == space}
        labels = self._labelled(known)
        called = labels.get(_words(local)) or _abbreviated(local, own)
        if called:
            return called
        found = self.alike(local, list(own))
        if found:
            return own[found]
        found = self.alike(_words(local), list(labels))
        if found:
            return labels[found]
        foreign = {other[len(_space(other)):]: other for other in known}
        return foreign.get(local)

    def _labelled(self, iris: list[str]) -> dict[str, str]:
        """IRI by label, in small letters."""
        found: dict[str, str] = {}
        for iri in iris[:_MOST_VALUES]:
            for name in _LABELS:
                for quad in self._store.quads_for_pattern(ox.NamedNode(iri), name, None, _DEFAULT):
                    found.setdefault(quad.object.value.casefold(), iri)  # type: ignore[union-attr]
        return found

    @staticmethod
    def alike(name: str, others: list[str], least: float = _ALIKE) -> str | None:
        """The most alike of other names, if any is so by ``least`` percent."""
        # Loaded here: most servers never compare names.
        return import_module("kg.gate.alike").nearest(name, others, least) if others else None

    def like(self, value: ox.Literal, predicate: ox.NamedNode | None) -> list[ox.Literal]:
        """Values of a property that say the same in another way: language, datatype, capitals, spaces."""
        plain = _plainly(value.value)
        found = {one for one in self._values(predicate) if _plainly(one.value) == plain and one != value}
        return sorted(found, key=lambda one: (one.value != value.value, one.language != value.language, str(one)))

    def holds_in(self, value: ox.Literal, predicate: ox.NamedNode) -> ox.NamedNode | None:
        """Another property of which this is a value; the first by name."""
        quads = self._store.quads_for_pattern(None, None, value, _DEFAULT)
        found = {quad.predicate for quad in islice(quads, _MOST_VALUES)} - {predicate}
        return min(found, key=lambda one: one.value, default=None)

    def translated(self, value: ox.Literal, predicate: ox.NamedNode | None) -> ox.Literal | None:
        """What is so called in another language in the one that the value claims to be in."""
        for other in self.like(value, predicate):
            if other.language and other.language != value.language and other.value == value.value:
                for quad in self._store.quads_for_pattern(None, predicate, other, _DEFAULT):
                    for same in self._store.quads_for_pattern(quad.subject, quad.predicate, None, _DEFAULT):
                        if isinstance(same.object, ox.Literal) and same.object.language == value.language:
                            return same.object
        return None

    def _values(self, predicate: ox.NamedNode | None) -> Iterator[ox.Literal]:
        quads = self._store.quads_for_pattern(None, predicate, None, _DEFAULT)
        for quad in islice(quads, _MOST_NAMES):
            if isinstance(quad.object, ox.Literal):
                yield quad.object

    def _kinds(self, predicate: ox.NamedNode) -> frozenset[str]:
        """The kinds of the values of a property, as ``kind_of`` names them."""
        quads = islice(self._store.quads_for_pattern(None, predicate, None, _DEFAULT), _MOST_VALUES)
        return frozenset(kind_of(quad.object) for quad in quads)


def _within(pattern: str, graph: Term | None) -> str:
    """A pattern in the graph that is named, or in any."""
    if graph is None:
        return pattern
    return f"GRAPH {graph.value if isinstance(graph.value, ox.NamedNode) else '?g'} {{ {pattern} }}"


def kind_of(value: object) -> str:
    """The kind of a value in short: ``@it`` for a text in Italian, the name of its datatype, or ``IRI``."""
    if not isinstance(value, ox.Literal):
        return "IRI"
    return f"@{value.language}" if value.language else shorten(value.datatype.value)


def shown(term: object) -> str:
    """A term as a query writes it, with the prefixes of ours."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if isinstance(term, ox.Literal) and not term.language:
        kind = shorten(term.datatype.value)
        if kind in ("xsd:integer", "xsd:decimal", "xsd:boolean"):
            return term.value
        return str(term) if kind == "xsd:string" else f"{str(term).rpartition('^^')[0]}^^{kind}"
    return str(term)


def _space(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _words(local: str) -> str:
    """A local name as words: ``statedBy`` and ``stated-by`` are ``stated by``."""
    spaced = "".join(f" {one.lower()}" if one.isupper() else one for one in local)
    return spaced.replace("-", " ").replace("_", " ").strip().casefold()


def _abbreviated(local: str, others: Mapping[str, str]) -> str | None:
    """The one of other names of which a short one has the first letters: ``uk`` of ``united-kingdom``."""
    found = [iri for name, iri in others.items() if "".join(word[0] for word in _words(name).split()) == local.casefold()]
    return found[0] if len(found) == 1 and len(local) > 1 else None


def _plainly(text: str) -> str:
    return " ".join(text.split()).casefold()
