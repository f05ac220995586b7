"""Where a triple is asserted: the files that state it, with graph and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import Where
from kg.model import Corpus, Source
from kg.parsing import placed
from kg.reading.document import Document
from kg.reasoning.proofs import Statement


@dataclass(frozen=True)
class Place:
    """A file that states a triple, the line from 1 (None: not found), and the IRI of the file's graph."""

    path: str
    line: int | None
    graph: str

    @property
    def where(self) -> Where:
        """The place in the text."""
        return Where(self.path, self.line)

    def __str__(self) -> str:
        return str(self.where)


class Places:
    """Finds triples in the files of a corpus; ``read`` gives the text of a file by its path."""

    def __init__(self, corpus: Corpus, read: Callable[[str], str]) -> None:
        self._corpus, self._read = corpus, read
        self._stated: dict[object, list[Source]] = defaultdict(list)
        self._documents: dict[str, Document] = {}
        for source in corpus.sources:
            for subject in {triple.subject for triple in source.triples}:
                self._stated[subject].append(source)

    def __call__(self, statement: Statement) -> tuple[Place, ...]:
        """Where a statement is asserted, in the order of the files; nowhere if it is inferred."""
        subject, predicate, object_ = statement
        if isinstance(subject, ox.Literal):
            return ()
        triple = ox.Triple(subject, predicate, object_)
        return tuple(
            Place(source.path, self._line(source, triple), source.graph)
            for source in self._stated.get(subject, ())
            if triple in source.triples
        )

    def _line(self, source: Source, triple: ox.Triple) -> int | None:
        document = self._document(source)
        stated = document.of(triple)
        return document.place(stated[0].object.start)[0] if stated else document.first_line(triple.subject)

    def _document(self, source: Source) -> Document:
        if source.path not in self._documents:
            self._documents[source.path] = placed(self._read(source.path), source.path).matched(source.triples)
        return self._documents[source.path]
