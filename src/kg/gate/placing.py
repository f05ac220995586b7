"""Where in a text a finding points: at the triple concerned, else at the first statement about its node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kg.errors import Where
from kg.gate.changed import Changed
from kg.gate.messages import plain
from kg.model import Finding
from kg.parsing import placed
from kg.reading.document import Document, Span, Stated


class Placer:
    """Gives findings their places; ``read`` gives the text of a file that is not part of the contribution."""

    def __init__(self, change: Changed, documents: Mapping[str, Document], read: Callable[[str], str]) -> None:
        self._change, self._documents, self._read = change, documents, read
        self._others: dict[str, Document] = {}

    def __call__(self, finding: Finding) -> Finding:
        """The finding with its place; as it is if it already has a column, or speaks of nothing that has a name."""
        if finding.where and finding.where.column is not None:
            return finding
        for path, document in self._documents.items():
            span = _span(document, finding)
            if span:
                return replace(finding, where=Where(path, *document.place(span.start)))
        return replace(finding, where=self._elsewhere(finding) or finding.where)

    def _elsewhere(self, finding: Finding) -> Where | None:
        """The place of a finding in a file that the contribution does not touch."""
        if finding.where:
            paths = {finding.where.origin}
        else:
            try:
                node = ox.NamedNode(finding.focus)
            except ValueError:
                return None
            # What is described nowhere is at least mentioned somewhere.
            paths = self._change.paths(node) or {path for path, _ in self._change.stated(None, None, node)}
        for path in sorted(paths - self._documents.keys()):
            document = self._other(path)
            span = _span(document, finding)
            if span:
                return Where(path, *document.place(span.start))
        return None

    def _other(self, path: str) -> Document:
        if path in self._change.texts:
            return self._change.document(path)
        if path not in self._others:
            self._others[path] = placed(self._read(path), path)
        return self._others[path]


def _span(document: Document, finding: Finding) -> Span | None:
    """The part of a text that a finding is about."""
    if finding.triple is not None:
        for stated in document.of(finding.triple):
            return _at_fault(stated, finding.value)
    try:
        node = ox.NamedNode(finding.focus)
    except ValueError:
        return None
    of_path = [one for one in document.about(node) if one.triple.predicate.value == finding.path]
    for stated in of_path:
        if finding.value in (None, plain(stated.triple.object)):
            return stated.object if finding.value else stated.predicate
    first = document.first(node)
    return first.subject if first else document.mention(node)


def _at_fault(stated: Stated, value: str | None) -> Span:
    """The term of a triple that is the value found; the object if it is none of them."""
    subject, predicate, _ = stated.triple
    if value is not None and value == plain(predicate):
        return stated.predicate
    return stated.subject if value is not None and value == plain(subject) else stated.object
