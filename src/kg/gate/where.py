"""Where a node stands: the file that describes it, and the line at which its block begins.

In the canonical layout the block of a subject begins at column 1 with its prefixed name or IRI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from kg.errors import Where
from kg.model import Corpus

#: Tokens of Turtle (section 6.5) as far as needed to tell names from strings and comments.
_TOKEN = re.compile(
    r"""
    (?P<skip>\#[^\n]* | \"{3}(?:[^"\\]|\\.|\"{1,2}(?!\"))*\"{3} | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
           | \"(?:[^"\\\n]|\\.)*\" | '(?:[^'\\\n]|\\.)*')
  | <(?P<iri>[^\x00-\x20<>"{}|^`]*)>
  | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\.|\.(?=[\w:%\\.\-]))*))
  | (?P<keyword>@?[A-Za-z]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)")

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


def lines(text: str) -> dict[str, int]:
    """The line, from 1, at which the block of each IRI begins in a Turtle text, or its first mention if it has none."""
    prefixes: dict[str, str] = {}
    blocks: dict[str, int] = {}
    mentions: dict[str, int] = {}
    line, counted, before, declaring = 1, 0, "", ""
    for token in _TOKEN.finditer(text):
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if token.lastgroup == "iri" and declaring:
            prefixes[declaring] = token["iri"]
            declaring = ""
        elif token.lastgroup == "name" and before in ("@prefix", "prefix"):
            declaring = token["name"]
        elif token.lastgroup in ("iri", "name"):
            iri = token["iri"] if token.lastgroup == "iri" else _expand(token["name"], prefixes)
            mentions.setdefault(iri, line)
            if token.start() == 0 or text[token.start() - 1] == "\n":
                blocks.setdefault(iri, line)
        before = token.group().lower() if token.lastgroup == "keyword" else ""
    return {**mentions, **blocks}


def _expand(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes.get(prefix + ":", prefix + ":") + _ESCAPED.sub(r"\1", local)
