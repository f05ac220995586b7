"""A difference as what became of each node: added, removed or changed, with a title and the values that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.diffing import Difference
from kg.gate.hierarchy import EQUIVALENT, SUB_CLASS, A, Hierarchy
from kg.gate.state import State
from kg.rdf import PREFIXES, shorten

#: What says in a sentence or name what a node is, the most telling first.
TITLES = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("ckg", "summary"), ("rdfs", "label"), ("skos", "prefLabel"))
)
CLAIM = PREFIXES["ckg"] + "Claim"
KINDS = ("added", "removed", "changed")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
#: What tells the classes of a node, and those above them.
_OF_CLASSES = frozenset({A, SUB_CLASS, EQUIVALENT[SUB_CLASS]})


@dataclass(frozen=True)
class Property:
    """The values of a property that only the one side has, and those that only the other has, in Turtle."""

    name: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    """What became of a node: ``kind`` is one of ``KINDS``, ``name`` its prefixed name; ``classes`` the labels of its
    own class by language, ``titles`` its summary or label by language, as they are now, or were if it is gone."""

    iri: str
    name: str
    kind: str
    claim: bool
    classes: Mapping[str, str]
    titles: Mapping[str, str]
    properties: tuple[Property, ...]


def entities(
    difference: Difference, old: Iterable[ox.Triple], new: Iterable[ox.Triple], context: Iterable[ox.Triple] = ()
) -> list[Entity]:
    """What became of each node that the difference is about: claims first, then by name.

    ``context`` holds an ontology where the two sides have none: it tells which classes are of claims.
    """
    before, after = _Side(old), _Side(new)
    known = _Side((*context, *before.triples, *after.triples))
    hierarchy = Hierarchy(State(ox.Store(), (), {"": (t for t in known.triples if t.predicate in _OF_CLASSES)}))
    changes: dict[str, dict[str, tuple[list[str], list[str]]]] = defaultdict(lambda: defaultdict(lambda: ([], [])))
    for side, statements in enumerate((difference.removed, difference.added)):
        for statement in statements:
            changes[statement.about][statement.predicate][side].append(statement.value)
    found = []
    for iri, by_property in changes.items():
        own = after if iri in after.subjects else before
        was, now = iri in before.subjects, iri in after.subjects
        found.append(
            Entity(
                iri,
                shorten(iri) if iri else "[]",
                "changed" if was == now else "added" if now else "removed",
                bool(iri) and (CLAIM in hierarchy.types(iri) or own.has(iri, TITLES[0])),
                _class_labels(hierarchy, iri, known) if iri else {},
                own.texts(iri, *TITLES),
                tuple(Property(name, *map(tuple, by_property[name])) for name in sorted(by_property)),
            )
        )
    return sorted(found, key=lambda one: (not one.claim, KINDS.index(one.kind), one.name))


class _Side:
    """The triples of one side, with the texts of its nodes."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = tuple(triples)
        self._texts: dict[tuple[str, object], dict[str, str]] = defaultdict(dict)
        self.subjects = {t.subject.value for t in self.triples if isinstance(t.subject, ox.NamedNode)}
        wanted = set(TITLES)
        for triple in self.triples:
            if triple.predicate in wanted and isinstance(triple.object, ox.Literal):
                self._texts[triple.subject.value, triple.predicate][triple.object.language or ""] = triple.object.value

    def has(self, iri: str, predicate: ox.NamedNode) -> bool:
        return (iri, predicate) in self._texts

    def texts(self, iri: str, *predicates: ox.NamedNode) -> dict[str, str]:
        """The texts of the first of the predicates that the node has, by language."""
        return next((dict(self._texts[iri, one]) for one in predicates if self.has(iri, one)), {})


def _class_labels(hierarchy: Hierarchy, iri: str, known: _Side) -> dict[str, str]:
    """The labels of the node's narrowest class, or its name where it has none."""
    narrow = hierarchy.narrowest(iri)
    if not narrow:
        return {}
    return known.texts(min(narrow), _LABEL) or {"": shorten(min(narrow))}
