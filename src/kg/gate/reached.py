"""Which statements have names whose meaning a change may alter: what is new, and what depends on what has changed.

The same statements are reached on the way back, so that the faults found there are those there were before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import AXIOMS, OWL, A
from kg.rdf import PREFIXES, kind_of, shorten

_DEPENDED_ON = AXIOMS | {A, *(ox.NamedNode(iri) for iri in (OWL + "deprecated", PREFIXES["dcterms"] + "isReplacedBy"))}
_SELECT = ox.NamedNode(PREFIXES["sh"] + "select")


def reached(change: Changed) -> dict[str, list[ox.Triple]]:
    """The statements to judge after a change, by file, each file's in its order or as they are found, each once."""
    found = {path: dict.fromkeys(_around(change, path)) for path in change.files}
    if not change.is_whole:
        for path, triple in _elsewhere(change):
            found.setdefault(path, {})[triple] = None
    return {path: list(triples) for path, triples in found.items()}


def _around(change: Changed, path: str) -> Iterator[ox.Triple]:
    """What a file states of the nodes of which it states something else now."""
    triples = change.files[path].triples
    was = change.before.get(path)
    if was is None:
        yield from triples
        return
    subjects = {triple.subject for triple in frozenset(triples) ^ frozenset(was.triples)}
    yield from (triple for triple in triples if triple.subject in subjects)


def _elsewhere(change: Changed) -> Iterator[tuple[str, ox.Triple]]:
    """Statements that stay, and whose names mean something else or nothing now."""
    changed = change.added | change.removed
    if any(triple.predicate in AXIOMS and _stays_in_use(change, triple.subject) for triple in changed):
        yield from change.stated()
        return
    nodes = _altered(change)
    for node in nodes:
        yield from change.stated(None, None, node)
        yield from change.stated(node)
        yield from change.stated(None, node)
    names = [name for name in map(shorten, (node.value for node in nodes)) if not name.startswith("<")]
    for path, triple in change.stated(None, _SELECT) if names else ():
        if any(name in triple.object.value for name in names):
            yield path, triple


def _altered(change: Changed) -> set[ox.NamedNode]:
    """Nodes that get or lose a class, a description, or are retired; and shapes that come or go."""
    changed = change.added | change.removed
    nodes = {triple.subject for triple in changed if isinstance(triple.subject, ox.NamedNode)}
    depended = {triple.subject for triple in changed if triple.predicate in _DEPENDED_ON}
    described = {node for node in nodes if change.old.describes(node) != change.new.describes(node)}
    shapes = (
        triple.subject
        for path, source in chain(change.files.items(), change.before.items())
        if kind_of(path) == "shapes"
        for triple in source.triples
    )
    return (nodes & depended) | described | {node for node in shapes if isinstance(node, ox.NamedNode)}


def _stays_in_use(change: Changed, term: ox.NamedNode | ox.BlankNode) -> bool:
    """True if a statement that is there before and after has a term as property, class or value."""
    if not isinstance(term, ox.NamedNode):
        return False
    uses = chain(change.new.triples(None, term), change.new.triples(None, None, term))
    return any(triple not in change.added for triple in uses)
