"""The data of the suites as a snapshot that ``kg serve`` can serve: every file is a named graph."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.conformance.suites import Case, published
from kg.errors import SettingError

#: The name of the scratch snapshot; its digest is of no files.
DIGEST = "0" * 64
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}


def parse(file: Path, base: str) -> Iterator[ox.Quad]:
    """The quads of a file, with blank nodes that no other file has. Raises SyntaxError."""
    return ox.parse(
        file.read_bytes(), format=FORMATS[file.suffix], base_iri=base, rename_blank_nodes=True
    )


def graph_names(file: Path, base: str) -> tuple[str, ...]:
    """The named graphs within a file of data (TriG, N-Quads), sorted."""
    if file.suffix not in (".trig", ".nq"):
        return ()
    return tuple(sorted({quad.graph_name.value for quad in parse(file, base) if quad.graph_name != ox.DefaultGraph()}))


def quads_of(root: Path, cases: Sequence[Case]) -> list[ox.Quad]:
    """The data of the tests: each file in the graph of its own IRI, what a file has in named graphs under their names.

    Raises SettingError if two files have a graph of the same name, for then one server cannot hold both.
    """
    cases = [case for case in cases if not case.outside]
    wanted = {(file, published(root, file)): None for case in cases for file in case.data}
    wanted |= {(file, name): None for case in cases for name, file in case.named}
    found: list[ox.Quad] = []
    owners: dict[str, Path] = {}
    for file, name in sorted(wanted, key=str):
        for quad in parse(file, published(root, file)):
            within = quad.graph_name != ox.DefaultGraph()
            graph = quad.graph_name if within else ox.NamedNode(name)
            if owners.setdefault(graph.value, file) != file:
                raise SettingError(
                    f"{file.name} and {owners[graph.value].name} both have a graph <{graph.value}>.",
                    remedy="Run their suites one by one, with --suite.",
                )
            found.append(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return found + [quad for case in cases for name, text in case.loaded for quad in _in_graph(name, text)]


def _in_graph(name: str, text: str) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(name) if name else ox.DefaultGraph()
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def write_snapshot(state: Path, quads: Iterable[ox.Quad]) -> Path:
    """Make an empty folder one of snapshots, with a snapshot of these quads as the current one; the folder."""
    folder = state / "snapshots" / DIGEST
    folder.mkdir(parents=True)
    kept = list(quads)
    (folder / "dump.nq").write_bytes(ox.serialize(kept, format=ox.RdfFormat.N_QUADS))
    manifest = {
        "digest": DIGEST,
        "files": {},
        "counts": {"default_graph": sum(quad.graph_name == ox.DefaultGraph() for quad in kept)},
        "versions": {"pyoxigraph": ox.__version__},
        "built": "1970-01-01T00:00:00+00:00",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (state / "current").write_text(DIGEST + os.linesep, "ascii")
    return state
