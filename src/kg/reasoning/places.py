"""Where a triple is asserted: the files that state it, with graph and line.

The line is looked for in the canonical layout: below the line at which the subject's block begins, the predicate begins
a line, and the value follows. In another layout it is the line at which the block begins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.blocks import lines
from kg.errors import Where
from kg.model import Corpus, Source
from kg.rdf import PREFIXES, shorten
from kg.reasoning.proofs import Statement

_TYPE = PREFIXES["rdf"] + "type"
_BARE = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "boolean", "double")}


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
        self._texts: dict[str, tuple[list[str], dict[str, int]]] = {}
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
            Place(source.path, self._line(source.path, triple), source.graph)
            for source in self._stated.get(subject, ())
            if triple in source.triples
        )

    def _line(self, path: str, triple: ox.Triple) -> int | None:
        if path not in self._texts:
            text = self._read(path)
            self._texts[path] = text.split("\n"), lines(text)
        text_lines, starts = self._texts[path]
        start = starts.get(getattr(triple.subject, "value", ""))
        return start and _within(text_lines, start, triple)


def _within(text_lines: list[str], start: int, triple: ox.Triple) -> int:
    """The line of a triple in the block of its subject, which begins at the line ``start``."""
    verb = "a" if triple.predicate.value == _TYPE else shorten(triple.predicate.value)
    value = _written(triple.object)
    is_of_verb = False
    for number, line in enumerate(text_lines[start:], start=start + 1):
        if not line.startswith(" "):
            break
        first = line.split(maxsplit=1)[0]
        is_of_verb = first == verb or (is_of_verb and not text_lines[number - 2].endswith(";"))
        if is_of_verb and re.search(rf"(?<!\S){re.escape(value)}(?![\w:/#-])", line):
            return number
    return start


def _written(term: object) -> str:
    """A term as the layout writes it, a literal without language and datatype (and a number without quotes)."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if isinstance(term, ox.Literal):
        bare = term.datatype.value in _BARE
        return term.value if bare else str(ox.Literal(term.value))
    return "["
