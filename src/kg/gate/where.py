"""Where something stands: the file that describes a node, and in it the triple that a finding is about."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg.errors import Where
from kg.model import Corpus, Source
from kg.parsing import placed
from kg.reading.document import Document, Span

#: Which kind of file is asked first when several describe the same node.
ORDER = ("data", "links", "ontology", "shapes")


class Locator:
    """Finds nodes and triples in the files of a corpus; ``texts`` maps paths to texts, as far as they are at hand."""

    def __init__(self, corpus: Corpus, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._documents: dict[str, Document] = {}
        self._described: dict[object, list[Source]] = {}
        self._mentioned: dict[object, Source] = {}
        rank = {kind: position for position, kind in enumerate(ORDER)}
        for source in sorted(corpus.sources, key=lambda source: (rank.get(source.kind, len(rank)), source.path)):
            for subject in dict.fromkeys(triple.subject for triple in source.triples):
                self._described.setdefault(subject, []).append(source)
            for triple in source.triples:
                if not isinstance(triple.object, ox.Literal):
                    self._mentioned.setdefault(triple.object, source)

    def __call__(self, node: object, path: str | None = None, value: object = None) -> Where | None:
        """File and line of a node: where it is described, else where it is mentioned.

        With ``path`` (the IRI of a predicate) it is the line and column of the triple that has it on this node, and
        with ``value`` of the one that has that value; without such a triple it is the line of the node. None for what
        stands in no file, and for a blank node if the texts are not at hand.
        """
        exact = self._triple(node, path, value) if path else None
        if exact:
            return exact
        source = next(iter(self._described.get(node, ())), None) or self._mentioned.get(node)
        if source is None:
            return None
        document = self._document(source)
        line = document.first_line(node)  # type: ignore[arg-type]
        if line is None and (mention := document.mention(node)):
            line = document.place(mention.start)[0]
        return None if line is None and isinstance(node, ox.BlankNode) else Where(source.path, line)

    def _triple(self, node: object, path: str, value: object) -> Where | None:
        predicate = path.removeprefix("<").removesuffix(">")
        for source in self._described.get(node, ()):
            document = self._document(source)
            for stated in document.about(node):  # type: ignore[arg-type]
                if stated.triple.predicate.value == predicate and value in (None, stated.triple.object):
                    span: Span = stated.predicate if value is None else stated.object
                    return Where(source.path, *document.place(span.start))
        return None

    def _document(self, source: Source) -> Document:
        if source.path not in self._documents:
            self._documents[source.path] = placed(self._texts.get(source.path, ""), source.path).matched(source.triples)
        return self._documents[source.path]
