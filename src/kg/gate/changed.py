"""What a contribution changes, in the one form that the checks beside the shapes take it in.

A check costs what the contribution costs: it looks at the triples added and removed and asks the states for what is
near them. The whole repository is judged by the same checks, as a change of nothing into everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType

import pyoxigraph as ox

from kg.errors import Where
from kg.gate.hierarchy import A, Hierarchy
from kg.gate.state import State, Subject, Term, difference
from kg.gate.where import ORDER
from kg.model import Corpus, Source
from kg.parsing import placed
from kg.passages import Text
from kg.rdf import COMPUTED, JUDGED, kind_of, path_of
from kg.reading.document import Document

#: How many statements that give a class are looked through for the nodes that have one.
_LOOKED_THROUGH = 200_000
_NOTHING: Mapping[str, Text] = MappingProxyType({})


@dataclass(frozen=True)
class Changed:
    """A change of files, with the states of ontology and data before and after it.

    ``base`` has a named graph for each file before the change, of every kind, and may have more that is no file's
    (the default graph, the closure). ``before`` and ``files`` are the files that differ, by path, as they were and as
    they are: a new one is only in ``files``, a removed one only in ``before``. ``added`` and ``removed`` are triples of
    ontology and data; one that another file states as well is neither. ``texts`` has the texts of files by path, as far
    as they are at hand (those of ``files`` at least); ``sources`` the source texts by their SHA-256. ``lasting`` is a
    hierarchy over the axioms of ``old`` and ``new``, if they have the same, for who keeps one. ``part`` is, for a whole
    that is one side of a change, that change: of two nodes or files in each other's way it tells which one is new.
    """

    base: ox.Store
    old: State
    new: State
    added: frozenset[ox.Triple]
    removed: frozenset[ox.Triple]
    before: Mapping[str, Source]
    files: Mapping[str, Source]
    texts: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Text] = field(default_factory=dict)
    lasting: Hierarchy | None = None
    part: Changed | None = None

    @classmethod
    def of(
        cls,
        base: ox.Store,
        judged: Collection[str],
        before: Iterable[Source],
        after: Iterable[Source],
        texts: Mapping[str, str],
        sources: Mapping[str, Text] = _NOTHING,
    ) -> Changed:
        """The change of the files ``before`` into ``after``; ``judged`` are the base's graphs of ontology and data."""
        was, now = ({source.path: source for source in files} for files in (before, after))
        nothing = {source.graph: () for source in (*was.values(), *now.values())}
        old, new = (
            State(base, judged, nothing | {one.graph: one.triples for one in files.values() if one.kind in JUDGED})
            for files in (was, now)
        )
        differs = (
            triple
            for path in was.keys() | now.keys()
            if kind_of(path) in JUDGED
            for triple in _triples(was, path) ^ _triples(now, path)
        )
        added, removed = difference(old, new, differs)
        return cls(base, old, new, frozenset(added), frozenset(removed), was, now, texts, sources)

    @classmethod
    def whole(
        cls, corpus: Corpus, texts: Mapping[str, str], sources: Mapping[str, Text] = _NOTHING,
        part: Changed | None = None,
    ) -> Changed:  # fmt: skip
        """Every file of a corpus as new."""
        judged = {source.graph: source.triples for source in corpus.of_kind(*JUDGED)}
        nothing, old = ox.Store(), State(ox.Store(), ())
        added = frozenset(triple for triples in judged.values() for triple in triples)
        files = {source.path: source for source in corpus.sources}
        return cls(nothing, old, State(nothing, (), judged), added, frozenset(), {}, files, texts, sources, part=part)

    def reversed(self) -> Changed:
        """The way back: the change of what is after into what was before, whose texts are not at hand."""
        return replace(
            self, old=self.new, new=self.old, added=self.removed, removed=self.added,
            before=self.files, files=self.before, texts={},
        )

    @cached_property
    def known(self) -> Hierarchy:
        """Types and hierarchies as they are after the change."""
        return Hierarchy(self.new, self.lasting)

    @cached_property
    def classed(self) -> tuple[str, ...]:
        """The nodes with a name that ontology and data give a class after the change; of very many, some."""
        typed = islice(self.new.triples(None, A), _LOOKED_THROUGH)
        return tuple({triple.subject.value: None for triple in typed if isinstance(triple.subject, ox.NamedNode)})

    @cached_property
    def is_whole(self) -> bool:
        """True if nothing was there before, so that every statement is one of ``files`` and new."""
        # Not len(): the store would count all that it has.
        return not self.before and next(self.base.quads_for_pattern(None, None, None, None), None) is None

    def new_statements(self) -> Iterator[tuple[Source, tuple[ox.Triple, ...]]]:
        """The files after the change, each with the triples that it did not state before, in its order."""
        for path, source in self.files.items():
            before = _triples(self.before, path)
            yield source, tuple(triple for triple in source.triples if triple not in before)

    def brings(self, predicate: ox.NamedNode) -> frozenset[ox.Triple]:
        """The statements of the files after the change that no file, of whatever kind, made before it."""
        back = self.reversed()
        stated = (one for _, triples in self.new_statements() for one in triples if one.predicate == predicate)
        return frozenset(one for one in stated if next(back.stated(*one), None) is None)

    def stated(
        self, subject: Subject | None = None, predicate: ox.NamedNode | None = None, object_: Term | None = None
    ) -> Iterator[tuple[str, ox.Triple]]:
        """Every statement that fits (None fits all) of the files after the change, of every kind, with its path."""
        for quad in self._own.quads_for_pattern(subject, predicate, object_, None):
            yield self._own_paths[quad.graph_name.value], quad.triple
        for quad in self.base.quads_for_pattern(subject, predicate, object_, None):
            if quad.graph_name not in self._not_of_base and isinstance(quad.graph_name, ox.NamedNode):
                yield path_of(quad.graph_name.value), quad.triple

    def paths(self, subject: Subject) -> frozenset[str]:
        """The files, of every kind, that say something of a node after the change."""
        return frozenset(path for path, _ in self.stated(subject))

    def where(self, node: Term) -> Where | None:
        """File and line at which a node is described, else the file that mentions it: a file that differs before any
        other, data before links, ontology and shapes. None for a node without a name."""
        if not isinstance(node, ox.NamedNode):
            return None
        for stated in (self.stated(node), self.stated(None, None, node)):
            paths = {path for path, _ in stated}
            if paths:
                return self.place(min(paths, key=self._rank), node)
        return None

    def place(self, path: str, node: Term, triple: ox.Triple | None = None) -> Where:
        """The line of a file at which it states a triple, else that at which the block of a node begins or the node is
        mentioned; the file alone if its text is not at hand."""
        document = self.document(path)
        stated = document.of(triple) if triple else None
        span = stated[0].object if stated else document.mention(node)
        first = None if stated or isinstance(node, ox.Literal) else document.first_line(node)
        return Where(path, first or (document.place(span.start)[0] if span else None))

    def document(self, path: str) -> Document:
        """The text of a file after the change, read once; empty if it is not at hand."""
        if path not in self._documents:
            own = self.files[path].triples if path in self.files else ()
            self._documents[path] = placed(self.texts.get(path, ""), path).matched(own)
        return self._documents[path]

    def _rank(self, path: str) -> tuple[bool, int, str]:
        kind = kind_of(path)
        return path not in self.files, ORDER.index(kind) if kind in ORDER else len(ORDER), path

    @cached_property
    def _documents(self) -> dict[str, Document]:
        """By path; filled as it is asked for."""
        return {}

    @cached_property
    def _own(self) -> ox.Store:
        """The files after the change, each in its graph."""
        store = ox.Store()
        for source in self.files.values():
            graph = ox.NamedNode(source.graph)
            store.extend(ox.Quad(*triple, graph) for triple in source.triples)
        return store

    @cached_property
    def _own_paths(self) -> dict[str, str]:
        """The path of each graph of a file that differs, which need not be in Turtle."""
        return {source.graph: path for path, source in self.files.items()}

    @cached_property
    def _not_of_base(self) -> frozenset[ox.NamedNode | ox.DefaultGraph]:
        """Graphs of the base that are no file's, or of files that differ."""
        graphs = {source.graph for files in (self.before, self.files) for source in files.values()}
        return frozenset({ox.DefaultGraph(), *map(ox.NamedNode, graphs | COMPUTED)})


def _triples(files: Mapping[str, Source], path: str) -> frozenset[ox.Triple]:
    return frozenset(files[path].triples) if path in files else frozenset()
