"""The query engine: the current snapshot in a pyoxigraph store, queried with the dataset the request asks for."""

from __future__ import annotations

import json
import mmap
from collections import OrderedDict
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import binding, querytext
from kg.errors import NO_ANSWER, KgError, QueryError, ServiceError, SnapshotError
from kg.model import Query, Snapshot
from kg.rdf import PREFIXES, shorten
from kg.sparql import federation
from kg.sparql.malformed import malformed
from kg.sparql.stable import goes_through_graphs

Results = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

#: How many merged default graphs are kept for queries to come.
MERGED_KEPT = 4

_EMPTY = ox.Store()
#: How RocksDB begins what it says of a store whose files are not as it left them.
_DAMAGED = ("Corruption", "IO error")


def current(state: Path) -> Path:
    """The folder of the current snapshot. Raises SnapshotError if nothing has been built or it is gone."""
    pointer = state / "current"
    try:
        name = pointer.read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        raise SnapshotError("Nothing has been built yet.", remedy="Run: kg build") from None
    except OSError as error:
        raise SnapshotError(
            f"{pointer} cannot be read ({error.strerror}).", remedy="Let this user read the folder of the snapshots."
        ) from None
    folder = state / "snapshots" / name
    if not (name and folder.is_dir()):
        raise SnapshotError(f"The snapshot {name or '(unnamed)'} is missing.", remedy="Run: kg build")
    return folder


def read_manifest(folder: Path) -> Snapshot:
    """The manifest of a snapshot. Raises SnapshotError if it cannot be read or is damaged."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        return Snapshot(path=str(folder), **manifest)
    except PermissionError as error:
        raise SnapshotError(
            f"The manifest of {folder.name} cannot be read ({error.strerror}).", remedy=f"Let this user read {folder}."
        ) from None
    except (OSError, ValueError, TypeError):
        raise SnapshotError(f"The manifest of {folder.name} is damaged.", remedy="Run: kg build --force") from None


def failed(error: RuntimeError | OSError, snapshot: Snapshot) -> KgError:
    """The error for a query that could not be answered: the store is damaged, or the query is at fault.

    A store on disk is only read as far as a query needs it, so that this may show at its first row or at its last.
    """
    if isinstance(error, PermissionError):
        return SnapshotError(
            f"The store cannot be read ({error.strerror or error}).", remedy=f"Let this user read {snapshot.path}."
        )
    if isinstance(error, OSError) or str(error).startswith(_DAMAGED):
        name = Path(snapshot.path).name
        return SnapshotError(f"The store of {name} is damaged.", remedy="Run: kg build --force")
    return QueryError(f"The query cannot be answered: {error}.")


def unanswered() -> ServiceError:
    """The error for a query that asked another service and got no answer; what the service did, the relay knows."""
    return ServiceError("Another service that the query asks did not answer.", remedy=NO_ANSWER)


class Engine:
    """A store and the snapshot it holds. Querying is safe from several threads."""

    def __init__(self, store: ox.Store, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._store = store
        self._merged: OrderedDict[tuple[tuple[str, ...], tuple[str, ...]], ox.Store] = OrderedDict()

    @classmethod
    def open(cls, state: Path) -> Engine:
        """Load the current snapshot into memory: slow to open, fast to query; for servers. Raises SnapshotError."""
        return cls.load(current(state))

    @classmethod
    def load(cls, folder: Path) -> Engine:
        """Load the snapshot in this folder into memory, whether or not it is the current one. Raises SnapshotError."""
        snapshot = read_manifest(folder)
        store = ox.Store()
        try:
            # Not bulk_load: it would give blank nodes other names in each process, and the rows another order.
            store.bulk_extend(ox.parse(path=str(folder / "dump.nq"), format=ox.RdfFormat.N_QUADS))
        except (OSError, SyntaxError, RuntimeError):
            raise SnapshotError(f"The dump of {folder.name} is damaged.", remedy="Run: kg build --force") from None
        return cls(store, snapshot)

    @classmethod
    def open_read_only(cls, state: Path) -> Engine:
        """Open the current snapshot on disk: fast to open; for one query. Raises SnapshotError."""
        folder = current(state)
        snapshot = read_manifest(folder)
        try:
            return cls(ox.Store.read_only(str(folder / "store")), snapshot)
        except (OSError, RuntimeError) as error:
            raise failed(error, snapshot) from None

    def named(self, word: str) -> str:
        """The prefixed name of the one thing of the graph that has a word as its local name, empty if not just one."""
        for local in dict.fromkeys((word, word.lower())):
            found = {ox.NamedNode(space + local) for space in PREFIXES.values()}
            known = [one for one in found if self._knows(one)]
            if known:
                return shorten(known[0].value) if len(known) == 1 else ""
        return ""

    def _knows(self, iri: ox.NamedNode) -> bool:
        places = ((iri, None, None), (None, iri, None), (None, None, iri))
        return any(next(self._store.quads_for_pattern(*place), None) for place in places)

    def query(self, query: Query) -> Results:
        """Run a query over its dataset (SPARQL 1.1 Protocol, section 2.1.4: the request's wins over the text's).

        A triple that several default graphs share counts once (SPARQL 1.1, section 13.2: the default graph is their
        RDF merge). Raises QueryError with line and column if the query is malformed, or if it and the bindings do
        not fit together.
        """
        text = self._relayed(query)
        if query.bindings or (binding.AS_OF in text and binding.AS_OF in querytext.variables(text)):
            check_syntax(text, query.base)
            text = binding.bind(text, query.bindings)
        default, named = query.default_graphs, query.named_graphs
        if not (default or named):
            clauses = querytext.dataset(text, query.base)
            default, named = clauses.default, clauses.named
        try:
            if not (default or named):
                return self._store.query(text, base_iri=query.base, named_graphs=self._in_order(text))
            store, graphs = self._dataset(default, named)
            return store.query(
                text,
                base_iri=query.base,
                default_graph=graphs,
                named_graphs=[ox.NamedNode(iri) for iri in named],
            )
        except SyntaxError as error:
            raise malformed(federation.inert(query.text), error, query.base, self.named) from None
        except ValueError as error:
            raise QueryError(f"A graph's name cannot be used: {error}.") from None
        except (RuntimeError, OSError) as error:
            raise unanswered() if query.relays else failed(error, self.snapshot) from None

    @staticmethod
    def _relayed(query: Query) -> str:
        """The text that asks the relay, and nobody else. Raises QueryError, with the place in the query as written."""
        if federation.KEYWORD not in query.text.upper():
            return query.text
        if not query.relays:
            federation.clauses(query.text, ())
            return query.text
        check_syntax(query.text, query.base)
        return federation.rewritten(query.text, query.relays)

    @cached_property
    def has_triple_terms(self) -> bool:
        """False if it is known that no triple of the snapshot has a triple as its object (RDF 1.2)."""
        try:
            with (Path(self.snapshot.path) / "dump.nq").open("rb") as file:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ).find(b"<<(") >= 0
        except (OSError, ValueError):
            return True

    @property
    def store(self) -> ox.Store:
        """The store, which nobody may change."""
        return self._store

    def _in_order(self, text: str) -> list[ox.NamedNode] | None:
        """All named graphs, where the engine would go through them in an order of its own; None leaves them to it."""
        return self._graphs if goes_through_graphs(text) else None

    @cached_property
    def _graphs(self) -> list[ox.NamedNode]:
        graphs = (graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))
        return sorted(graphs, key=lambda graph: graph.value)

    def _dataset(self, default: tuple[str, ...], named: tuple[str, ...]) -> tuple[ox.Store, list[ox.NamedNode]]:
        """The store to ask and the graphs that make up its default graph."""
        graphs = [ox.NamedNode(iri) for iri in default]
        if len(set(default)) < 2:
            # No default graph at all is asked for by naming one that cannot exist.
            return self._store, graphs or [ox.NamedNode("urn:kg:no-graph")]
        key = (tuple(sorted(set(default))), tuple(sorted(set(named))))
        store = self._merged.pop(key, None) or self._merge(key)
        self._merged[key] = store
        while len(self._merged) > MERGED_KEPT:
            self._merged.popitem(last=False)
        return store, [MERGED]

    def _merge(self, key: tuple[tuple[str, ...], tuple[str, ...]]) -> ox.Store:
        # pyoxigraph's union of graphs counts a shared triple once per graph; a graph of its own counts it once.
        # Not bulk_extend: it starts threads, for which a worker has not the address space.
        store = ox.Store()
        for iri in key[0]:
            quads = self._store.quads_for_pattern(None, None, None, ox.NamedNode(iri))
            store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, MERGED) for quad in quads)
        for iri in key[1]:
            store.extend(self._store.quads_for_pattern(None, None, None, ox.NamedNode(iri)))
        return store


#: Graph of a scratch store that holds a merged default graph; not among the named graphs a query can see.
MERGED = ox.NamedNode("urn:kg:merged")


def check_syntax(text: str, base: str | None = None) -> None:
    """Raise QueryError with line and column if the text is no SPARQL 1.1 query. No service is asked."""
    try:
        _EMPTY.query(federation.inert(text), base_iri=base)
    except SyntaxError as error:
        raise malformed(federation.inert(text), error, base) from None
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"The query cannot be answered: {error}.") from None
