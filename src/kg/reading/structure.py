"""What a text may not have before a parser sees it: depth and entities that would exhaust or end the process.

The parsers of JSON-LD and RDF/XML go down a text's nesting by the stack of the process, and the latter expands entities
without a bound and takes a file that ends in the middle for a whole one.
"""

from __future__ import annotations

import re

from kg.errors import SourceError, Where
from kg.reading.decoding import place
from kg.turtle import MAX_NESTING, deepest

_JSON = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_XML = re.compile(
    r"""<!--.*?(?:-->|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <\?.*?(?:\?>|\Z)
    | <(?P<declared>!)[^>]* | <(?P<closing>/)[^<>]*+>?
    | <(?P<opening>[^\s<>!?/]++)(?:[^<>"']++ | "[^"]*+" | '[^']*+')*+(?P<end>>?)""",
    re.VERBOSE | re.DOTALL,
)


def broken_structure(text: str, origin: str, format: str) -> list[SourceError]:
    """Why a text is not given to the parser; nothing if it can be."""
    if format == "rdfxml":
        return _xml(text, origin)
    if format == "jsonld":
        return [_deep(origin)] if _json_depth(text) > MAX_NESTING else []
    return [_deep(origin)] if deepest(text) > MAX_NESTING else []


def _deep(origin: str) -> SourceError:
    return SourceError(
        f"Brackets or elements are nested more than {MAX_NESTING} deep.", remedy="Give inner nodes IRIs of their own.",
        where=Where(origin), kind="deep",
        italian=f"Parentesi o elementi sono annidati oltre {MAX_NESTING} livelli. Dare IRI propri ai nodi interni.",
    )


def _json_depth(text: str) -> int:
    depth = most = 0
    for found in _JSON.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        most = max(most, depth)
    return most


def _xml(text: str, origin: str) -> list[SourceError]:
    """A document type, which declares entities, elements nested too deep, or one that nothing closes."""
    opened: list[re.Match[str]] = []
    for found in _XML.finditer(text):
        if found["declared"] and found[0].upper().startswith(("<!DOCTYPE", "<!ENTITY")):
            return [_entity(text, origin, found.start())]
        if found["closing"] and opened:
            opened.pop()
        elif found["opening"] and not found[0].endswith("/>"):
            opened.append(found)
            if len(opened) > MAX_NESTING:
                return [_deep(origin)]
    return [_unclosed(text, origin, opened[-1])] if opened else []


def _entity(text: str, origin: str, offset: int) -> SourceError:
    return SourceError(
        "The file declares a document type or entities, which are not read.",
        remedy="Leave out <!DOCTYPE …>, and write out what its entities stand for.",
        where=place(text, offset, origin), kind="entity",
        italian=(
            "Il file dichiara un tipo di documento o entità, che non vengono letti. "
            "Togliere <!DOCTYPE …> e scrivere per esteso ciò che le entità significano."
        ),
    )


def _unclosed(text: str, origin: str, found: re.Match[str]) -> SourceError:
    name = found["opening"]
    return SourceError(
        f"The element {name} is not closed.", remedy=f"Write </{name}> where it ends.",
        where=place(text, found.start(), origin), kind="element",
        italian=f"L’elemento {name} non è chiuso. Scrivere </{name}> dove finisce.",
    )
