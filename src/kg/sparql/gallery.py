"""The gallery of queries: what the header lines of a ``.rq`` file say about it.

A header line is ``#+ key@language: value`` or ``#+ key: value``, at the top of the file, before anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.errors import QueryError, SourceError, Where
from kg.sparql.federation import asking, clauses

_LINE = re.compile(r"#\+\s*(?P<key>[a-z-]+)(?:@(?P<language>[a-z]{2}))?:\s*(?P<value>.*\S)?\s*$")
_TEXTS = ("title", "description", "keywords")
_LANGUAGE = re.compile(r"[a-z]{2}")
#: Where a query fixes the language of a text.
_FIXED = r"(\bLANG\(\s*\?\w+\s*\)\s*=\s*)\"{}\""


@dataclass(frozen=True)
class GalleryQuery:
    """A query of the gallery: its name (the file's), text, and what its header says by language.

    ``language`` is that of the texts it asks for, if its header says so: it may be asked in another as well.
    """

    name: str
    text: str
    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_of: str | None = None
    language: str | None = None

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

    def asked_in(self, language: str) -> GalleryQuery:
        """The same query asking for texts in this language, if its header names the one that it fixes; else itself."""
        if self.language in (None, language):
            return self
        text = re.sub(_FIXED.format(self.language), rf'\g<1>"{language}"', self.text)
        text = re.sub(r"(?m)^(#\+\s*language:\s*)[a-z]{2}", rf"\g<1>{language}", text, count=1)
        return replace(self, text=text, language=language)


def parse(name: str, text: str) -> GalleryQuery:
    """Read a query and its header. Raises SourceError with the line if a header line is malformed or repeated."""
    found: dict[str, dict[str, str]] = {key: {} for key in _TEXTS}
    whole: dict[str, str] = {}
    for number, line in enumerate(text.splitlines()[: _header_length(text)], start=1):
        match = _LINE.match(line)
        key = match["key"] if match else None
        value = (match["value"] or "") if match else ""
        if match and _is_of_all(key, value) and not match["language"] and key not in whole:
            whole[key] = value
        elif match and key in found and match["language"] and value and match["language"] not in found[key]:
            found[key][match["language"]] = value
        else:
            raise SourceError(
                f"This header line cannot be read: {line[:80]}",
                remedy="Write “#+ KEY@en: …” (KEY: title, description, keywords), “#+ as-of: DATE” or “#+ language: en”; "
                "each once.",
                where=Where(name, number, 1),
            )
    keywords = {
        language: tuple(word.strip() for word in words.split(",") if word.strip())
        for language, words in found["keywords"].items()
    }
    as_of, language = whole.get("as-of"), whole.get("language")
    return GalleryQuery(name, text, found["title"], found["description"], keywords, as_of, language)


def _is_of_all(key: str, value: str) -> bool:
    """True for a line of the header that is the same in every language, with a value it may have."""
    return bool(value if key == "as-of" else key == "language" and _LANGUAGE.fullmatch(value))


def _header_length(text: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines) if not line.startswith("#+")), len(lines))
