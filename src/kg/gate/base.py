"""What a contribution is judged against, as a value: a store with a named graph for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.model import Source
from kg.rdf import JUDGED, graph_iri, kind_of

#: Where a file from elsewhere is taken to stand in the repository.
INCOMING = "data/incoming/"


@dataclass(frozen=True)
class Base:
    """The files before a contribution: their triples by graph in ``store``, their paths, and how to read their bytes.

    ``read`` raises SourceError or KeyError for bytes that are not at hand, as those of a snapshot.
    """

    store: ox.Store
    paths: frozenset[str]
    read: Callable[[str], bytes]

    def judged(self) -> frozenset[str]:
        """The graphs of ontology and data."""
        return frozenset(graph_iri(path) for path in self.paths if kind_of(path) in JUDGED)

    def triples(self, path: str) -> tuple[ox.Triple, ...]:
        """What a file states; nothing if there is none."""
        graph = ox.NamedNode(graph_iri(path))
        return tuple(quad.triple for quad in self.store.quads_for_pattern(None, None, None, graph))

    def source(self, path: str) -> Source:
        """A file as a value, without its digest."""
        return Source(path, kind_of(path), graph_iri(path), self.triples(path), "")

    def of_kind(self, kind: str) -> Iterator[Source]:
        """The files of a kind, sorted by path."""
        return (self.source(path) for path in sorted(self.paths) if kind_of(path) == kind)
