"""Content negotiation (RFC 9110, section 12.5): which of the formats on offer the client prefers, by q-value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import NotAcceptable, RequestError


@dataclass(frozen=True)
class Format:
    """A way to write an answer: its short name, media type, file ending and the other media types it answers to."""

    name: str
    media_type: str
    ending: str
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media type and its aliases."""
        return (self.media_type, *self.aliases)


@dataclass(frozen=True)
class Choice:
    """The format chosen and the media type, as the client spelled it, to declare."""

    format: Format
    media_type: str

    @property
    def content_type(self) -> str:
        """Value of the Content-Type header; text formats are UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


JSON = Format("json", "application/sparql-results+json", "srj", ("application/json",))
XML = Format("xml", "application/sparql-results+xml", "srx", ("application/xml", "text/xml"))
CSV = Format("csv", "text/csv", "csv")
TSV = Format("tsv", "text/tab-separated-values", "tsv")
TURTLE = Format("turtle", "text/turtle", "ttl", ("application/x-turtle",), ("ttl", "n3"))
JSON_LD = Format("jsonld", "application/ld+json", "jsonld", ("application/json",), ("json-ld", "json"))
N_TRIPLES = Format("ntriples", "application/n-triples", "nt", ("text/plain",), ("nt", "n-triples"))
RDF_XML = Format("rdfxml", "application/rdf+xml", "rdf", ("application/xml", "text/xml"), ("rdf", "rdf+xml", "xml"))
HTML = Format("html", "text/html", "html", ("application/xhtml+xml",))

#: A q-value (RFC 9110, section 12.4.2), and a few more digits or fewer.
_Q_VALUE = re.compile(r"0(\.[0-9]*)?|1(\.0*)?|\.[0-9]+")

#: What SELECT and ASK, and what CONSTRUCT and DESCRIBE, can be written as; the first is the default.
TABLES = (JSON, XML, CSV, TSV)
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)


def choose(accept: str | None, names: Sequence[str], offered: Sequence[Format]) -> Choice:
    """The format to answer in: the first that ``names`` has, else the best by the header, else the first on offer.

    A name is a short name or a media type. Among formats the client likes equally the order of ``offered`` decides.
    Raises RequestError if there are names but none is of a format of this answer, and NotAcceptable (406) if the
    header admits none of them.
    """
    if names:
        return _named(names, offered)
    if accept is None or not accept.strip():
        return Choice(offered[0], offered[0].media_type)
    ranges = _ranges(accept)
    candidates = [
        (_quality(media_type, ranges), -rank, -spelling, Choice(format, media_type))
        for rank, format in enumerate(offered)
        for spelling, media_type in enumerate(format.media_types)
        # An alias is used only where the client names it.
        if spelling == 0 or media_type in ranges
    ]
    best = max(candidates, key=lambda candidate: candidate[:3])
    if best[0] <= 0:
        raise NotAcceptable(
            f"None of the media types in Accept can be written for this answer: {accept[:200]}.",
            remedy="Ask for one of: " + ", ".join(format.media_type for format in offered) + ".",
        )
    return best[3]


def _named(names: Sequence[str], offered: Sequence[Format]) -> Choice:
    for wanted in (name.strip().lower() for name in names):
        for format in offered:
            if wanted in (format.name, format.ending, *format.names):
                return Choice(format, format.media_type)
        for format in offered:
            if wanted in format.media_types:
                return Choice(format, wanted)
    raise RequestError(
        f"{names[0][:60]!r} is no format of this answer.",
        remedy="Use one of: " + ", ".join(format.name for format in offered) + ".",
    )


def _ranges(accept: str) -> dict[str, float]:
    """Media range → q-value; what is no media range is ignored, parameters other than q as well."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range.count("/") != 1:
            continue
        ranges[media_range] = max(_q_value(parameters), ranges.get(media_range, 0.0))
    return ranges


def _q_value(parameters: Sequence[str]) -> float:
    """The q-value among the parameters of a media range, 1 if there is none.

    One that is malformed or out of bounds counts as none: the client named the range because it wants it.
    """
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q" and _Q_VALUE.fullmatch(value.strip()):
            return float(value)
    return 1.0


def _quality(media_type: str, ranges: dict[str, float]) -> float:
    """The q-value of the most specific range that covers the media type (RFC 9110, section 12.5.1)."""
    for media_range in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if media_range in ranges:
            return ranges[media_range]
    return 0.0


def language(accept: str | None, asked: str | None, offered: Sequence[str]) -> str:
    """The language to write for a reader: ``asked`` if offered, else by Accept-Language, else the first offered."""
    if asked in offered:
        return str(asked)
    best, best_quality = offered[0], 0.0
    for part in (accept or "").split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = _q_value(parameters)
        primary = tag.partition("-")[0]
        if quality > best_quality and primary in offered:
            best, best_quality = primary, quality
    return best
