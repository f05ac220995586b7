"""Where a node stands: the file that describes it, and the line at which its block begins.

In the canonical layout the block of a subject begins at column 1 with its prefixed name or IRI.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg.blocks import lines
from kg.errors import Where
from kg.model import Corpus

#: Which kind of file is asked first when several describe the same node.
ORDER = ("data", "links", "ontology", "shapes")


class Locator:
    """Finds nodes in the files of a corpus; ``texts`` maps paths to texts, as far as the caller has them."""

    def __init__(self, corpus: Corpus, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, dict[str, int]] = {}
        self._described: dict[str, str] = {}
        self._mentioned: dict[str, str] = {}
        rank = {kind: position for position, kind in enumerate(ORDER)}
        for source in sorted(corpus.sources, key=lambda source: (rank.get(source.kind, len(rank)), source.path)):
            for triple in source.triples:
                if isinstance(triple.subject, ox.NamedNode):
                    self._described.setdefault(triple.subject.value, source.path)
                if isinstance(triple.object, ox.NamedNode):
                    self._mentioned.setdefault(triple.object.value, source.path)

    def __call__(self, node: object) -> Where | None:
        """File and line of a node: where it is described, else where it is mentioned; None for what has no name."""
        if not isinstance(node, ox.NamedNode):
            return None
        path = self._described.get(node.value) or self._mentioned.get(node.value)
        if path is None:
            return None
        if path not in self._lines:
            self._lines[path] = lines(self._texts.get(path, ""))
        return Where(path, self._lines[path].get(node.value))
