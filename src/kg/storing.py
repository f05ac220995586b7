"""The files of a snapshot that hold its graphs: a store on disk, for one query, and a dump, for a server to load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg.catalogue import Circumstances, descriptions
from kg.model import Corpus
from kg.rdf import CLOSURE_GRAPH, JUDGED

STORE, DUMP = "store", "dump.nq"


def default_graph(corpus: Corpus, inferred: Iterable[ox.Triple] = ()) -> set[ox.Triple]:
    """What ontology and data state, and what follows from it, each triple once."""
    merged = {triple for source in corpus.of_kind(*JUDGED) for triple in source.triples}
    merged.update(inferred)
    return merged


def write(folder: Path, corpus: Corpus, inferred: frozenset[ox.Triple], known: Circumstances) -> dict[str, int]:
    """Write the default graph, that of the closure, one for each file, and those that describe all this.

    The counts of what was written. Raises OSError.
    """
    merged = default_graph(corpus, inferred)
    described = descriptions(corpus, merged, inferred, known)
    named = {CLOSURE_GRAPH: inferred, **{source.graph: source.triples for source in corpus.sources}, **described}
    store = ox.Store(str(folder / STORE))
    # In one go: each goes through files of its own, which the disk must have before the next begins.
    store.bulk_extend(chain(_quads(merged), *(_quads(triples, iri) for iri, triples in named.items())))
    store.flush()
    store.dump(str(folder / DUMP), format=ox.RdfFormat.N_QUADS)
    return {
        "files": len(corpus.sources),
        "asserted": len(merged) - len(inferred),
        "inferred": len(inferred),
        "default_graph": len(merged),
        "described": sum(map(len, described.values())),
        "quads": len(store),
    }


def _quads(triples: Iterable[ox.Triple], graph: str | None = None) -> Iterator[ox.Quad]:
    """The triples in a named graph, or in the default graph."""
    name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    return (ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples)
