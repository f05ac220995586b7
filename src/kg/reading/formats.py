"""The formats of RDF: which one a text is in, and what it states with the places of its triples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.parsing import parse_file, placed
from kg.rdf import LEDGER
from kg.reading.decoding import decode
from kg.reading.document import Document
from kg.reading.syntax import quads
from kg.reading.turtle import PLACED, read

_ENDINGS = {
    "ttl": "turtle", "trig": "trig", "nt": "nt", "nq": "nq", "jsonld": "jsonld", "json": "jsonld", "rdf": "rdfxml",
    "owl": "rdfxml", "xml": "rdfxml",
}
_MEDIA_TYPES = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "application/trig": "trig",
    "application/n-triples": "nt", "text/plain": "nt", "application/n-quads": "nq", "application/ld+json": "jsonld",
    "application/json": "jsonld", "application/rdf+xml": "rdfxml", "application/xml": "rdfxml", "text/xml": "rdfxml",
}
#: The formats by name, with the media type of each, and with the ending of its files.
MEDIA_TYPES = {name: media for media, name in reversed(_MEDIA_TYPES.items())}
ENDINGS = {name: ending for ending, name in reversed(_ENDINGS.items())}
#: The format of the ledger of links, which only that file has; its media type, and the ending of its name.
TABLE, TABLE_MEDIA_TYPE, TABLE_ENDING = "sssom", "text/tab-separated-values", ".tsv"


@dataclass(frozen=True)
class Parsed:
    """What a text states; ``document`` has the places, for the formats that are read with them."""

    format: str
    quads: tuple[ox.Quad, ...]
    document: Document | None


def format_of(path_or_media_type: str) -> str | None:
    """The format of a path by its ending, or of a media type (RFC 9110, section 8.3.1); None for another one."""
    name = path_or_media_type.partition(";")[0].strip().lower()
    return _MEDIA_TYPES.get(name) or _ENDINGS.get(name.rpartition(".")[2] if "." in name else "")


def parse(content: bytes, origin: str, format: str | None = None, base: str | None = None) -> Parsed:
    """What a text states, each quad once and in order, with the places of its triples.

    ``format`` is one of MEDIA_TYPES, or None for that of the ending of ``origin``. Raises SourceError with every fault
    of the text in ``errors``.
    """
    return with_places(stated(content, origin, format, base), content, origin, base)


def stated(content: bytes, origin: str, format: str | None = None, base: str | None = None) -> Parsed:
    """The same without the places, which takes a fraction of the time."""
    chosen = _chosen(format, origin)
    if chosen == TABLE:
        return Parsed(TABLE, tuple(ox.Quad(*triple) for triple in parse_file(content, origin)), None)
    return Parsed(chosen, tuple(dict.fromkeys(quads(content, origin, chosen, base))), None)


def with_places(parsed: Parsed, content: bytes, origin: str, base: str | None = None) -> Parsed:
    """What a text was found to state, with the places of its triples if its format is read with them."""
    if parsed.format == TABLE:
        return replace(parsed, document=placed(decode(content, origin), origin))
    if parsed.format not in PLACED:
        return parsed
    document = read(decode(content, origin), parsed.format, base)
    return replace(parsed, document=document.matched(dict.fromkeys(quad.triple for quad in parsed.quads)))


def triples(content: bytes, origin: str) -> tuple[ox.Triple, ...]:
    """The triples of a text in the format of the ending of ``origin``, each once and in order, without their places.

    Raises SourceError as ``parse`` does.
    """
    return tuple(dict.fromkeys(quad.triple for quad in stated(content, origin).quads))


def _chosen(format: str | None, origin: str) -> str:
    chosen = format or (TABLE if origin == LEDGER else format_of(origin))
    if chosen != TABLE and chosen not in MEDIA_TYPES:
        raise SourceError(
            "The format of the file is not known.", remedy=f"Its name ends in one of .{', .'.join(_ENDINGS)}.",
            where=Where(origin), kind="format",
            italian="Il formato del file non è noto. Il nome finisce in uno di ." + ", .".join(_ENDINGS) + ".",
        )
    return chosen
