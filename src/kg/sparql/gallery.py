"""The gallery of queries: what the header lines of a ``.rq`` file say about it.

A header line is ``#+ key@language: value`` or ``#+ key: value``, at the top of the file, before anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg.errors import QueryError, SourceError, Where
from kg.sparql.federation import asking, clauses

_LINE = re.compile(r"#\+\s*(?P<key>[a-z-]+)(?:@(?P<language>[a-z]{2}))?:\s*(?P<value>.*\S)?\s*$")
_TEXTS = ("title", "description", "keywords")


@dataclass(frozen=True)
class GalleryQuery:
    """A query of the gallery: its name (the file's), text, and what its header says by language."""

    name: str
    text: str
    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_of: str | None = None

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The IRIs of the other services that it asks, each once; none if the text cannot be read."""
        try:
            return tuple(dict.fromkeys(one.service for one in asking(clauses(self.text))))
        except QueryError:
            return ()

    @property
    def body(self) -> str:
        """The text without its header."""
        return "\n".join(self.text.splitlines()[_header_length(self.text) :]).strip() + "\n"


def parse(name: str, text: str) -> GalleryQuery:
    """Read a query and its header. Raises SourceError with the line if a header line is malformed or repeated."""
    found: dict[str, dict[str, str]] = {key: {} for key in _TEXTS}
    as_of: str | None = None
    for number, line in enumerate(text.splitlines()[: _header_length(text)], start=1):
        match = _LINE.match(line)
        key = match["key"] if match else None
        value = (match["value"] or "") if match else ""
        if match and key == "as-of" and not match["language"] and as_of is None and value:
            as_of = value
        elif match and key in found and match["language"] and value and match["language"] not in found[key]:
            found[key][match["language"]] = value
        else:
            raise SourceError(
                f"This header line cannot be read: {line[:80]}",
                remedy="Write “#+ KEY@en: …” (KEY: title, description, keywords) or “#+ as-of: DATE”; each once.",
                where=Where(name, number, 1),
            )
    keywords = {
        language: tuple(word.strip() for word in words.split(",") if word.strip())
        for language, words in found["keywords"].items()
    }
    return GalleryQuery(name, text, found["title"], found["description"], keywords, as_of)


def _header_length(text: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines) if not line.startswith("#+")), len(lines))
