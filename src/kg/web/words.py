"""The words of the pages, in English and Italian; what the graph says about itself comes from the graph.

Each file in ``wording/`` has the words of a page: a key, and the text in each language of ``LANGUAGES``. The words of
an island, which its script shows, are in a file named ``island-`` and its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from kg.model import LANGUAGES
from kg.rdf import GRAPH, PREFIXES

_ISLAND = "island-"


@cache
def words(language: str) -> Mapping[str, str]:
    """The words of the pages in this language, by key."""
    found: dict[str, str] = {}
    for name, texts in _files().items():
        if not name.startswith(_ISLAND):
            found |= {key: both[LANGUAGES.index(language)] for key, both in texts.items()}
    return found


@cache
def outer(language: str) -> Mapping[str, str]:
    """What the pages call terms of other vocabularies, by IRI, which they are not told by the graph."""
    found = {}
    for start in ("entity-p-", "explain-name-"):
        for key, said in words(language).items():
            prefix, colon, name = key.removeprefix(start).partition(":")
            if key.startswith(start) and colon:
                found[PREFIXES[prefix] + name] = said
    return found


def graph_name(iri: str, language: str) -> str:
    """What the pages call a named graph: by the folder of its file, with its path there."""
    local = iri.removeprefix(GRAPH)
    first, _, rest = local.partition("/")
    title = words(language).get(f"graphs-of-{rest.partition('/')[0] if first == 'data' else first}")
    return f"{title}: {local}" if title else local


@cache
def island_words(island: str, language: str) -> Mapping[str, str]:
    """The words that an island shows, by key; none if it has none of its own."""
    texts = _files().get(_ISLAND + island, {})
    return {key: both[LANGUAGES.index(language)] for key, both in texts.items()}


def number(value: int | str, language: str) -> str:
    """A number as readers of a language write it: ``1,785`` in English, ``1.785`` in Italian; what is none stays."""
    try:
        grouped = f"{int(value):,}"
    except ValueError:
        return str(value)
    return grouped.replace(",", ".") if language == "it" else grouped


@cache
def _files() -> Mapping[str, Mapping[str, list[str]]]:
    """What each file says."""
    folder = resources.files("kg.web") / "wording"
    files = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in files}
