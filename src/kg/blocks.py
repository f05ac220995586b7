"""The blocks of a Turtle file: in the canonical layout each begins at column 1 with the name of its subject."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
