"""Content negotiation (RFC 9110, section 12.5): which of the formats on offer the client prefers, by q-value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import NotAcceptable, RequestError


@dataclass(frozen=True)
class Format:
    """A way to write an answer: its short name, media type, file ending and the other media types it answers to.

    ``by_name`` is true of a format that is written only for who asks for it by name, ``parameters`` follow the media type
    in the header Content-Type.
    """

    name: str
    media_type: str
    ending: str
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    by_name: bool = False
    parameters: str = ""

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media type and its aliases."""
        return (self.media_type, *self.aliases)


@dataclass(frozen=True)
class Choice:
    """The format chosen and the media type, as the client spelled it, to declare.

    ``version`` is that of RDF and SPARQL to announce, if the client asked for one that covers all that we write.
    """

    format: Format
    media_type: str
    version: str = ""

    @property
    def content_type(self) -> str:
        """Value of the Content-Type header; text formats are UTF-8."""
        charset = "; charset=utf-8" if self.media_type.startswith("text/") else ""
        version = f"; version={self.version}" if self.version else ""
        return self.media_type + charset + self.format.parameters + version


JSON = Format("json", "application/sparql-results+json", "json", ("application/json",), ("srj",))
XML = Format("xml", "application/sparql-results+xml", "xml", ("application/xml", "text/xml"), ("srx",))
CSV = Format("csv", "text/csv", "csv", parameters="; header=present")
TSV = Format("tsv", "text/tab-separated-values", "tsv")
#: CSV for a spreadsheet (``kg.sparql.cells``): not what the specification of CSV results says, so only by name.
SPREADSHEET = Format("spreadsheet", "text/csv", "spreadsheet.csv", by_name=True, parameters="; header=present")
TURTLE = Format("turtle", "text/turtle", "ttl", ("application/x-turtle",), ("ttl", "n3"))
JSON_LD = Format("jsonld", "application/ld+json", "jsonld", ("application/json",), ("json-ld", "json"))
N_TRIPLES = Format("ntriples", "application/n-triples", "nt", ("text/plain",), ("nt", "n-triples"))
RDF_XML = Format("rdfxml", "application/rdf+xml", "rdf", ("application/xml", "text/xml"), ("rdf", "rdf+xml", "xml"))
TRIG = Format("trig", "application/trig", "trig", ("application/x-trig",))
N_QUADS = Format("nquads", "application/n-quads", "nq", ("text/x-nquads",), ("nq", "n-quads"))
HTML = Format("html", "text/html", "html", ("application/xhtml+xml",))

#: A q-value (RFC 9110, section 12.4.2), and a few more digits or fewer.
_Q_VALUE = re.compile(r"0(\.[0-9]*)?|1(\.0*)?|\.[0-9]+")

#: What SELECT and ASK, and what CONSTRUCT and DESCRIBE, can be written as; the first is the default.
TABLES = (JSON, XML, CSV, TSV, SPREADSHEET)
GRAPHS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, TRIG, N_QUADS)

#: What an ASK can be written as: the tables without a header.
ANSWERS = tuple(replace(format, parameters="") for format in TABLES)

#: What may stand behind the dot of a file name to choose the format of an answer; ``choose`` takes it as a name.
ENDINGS = frozenset(one for format in (*TABLES, *GRAPHS, HTML) for one in (format.ending, format.name, *format.names))


#: Names by which a format of any answer can be asked for.
_KNOWN = ENDINGS.union(*(format.media_types for format in (*TABLES, *GRAPHS, HTML)))


def choose(
    accept: str | None, names: Sequence[str], offered: Sequence[Format], parameter: str = "format"
) -> Choice:
    """The format to answer in: the first that ``names`` has, else the best by the header, else the first on offer.

    A name is a short name or a media type. Among formats the client likes equally the order of ``offered`` decides.
    Raises NotAcceptable (406) if the header admits none of them, or if ``format`` names only formats of other answers;
    RequestError if nothing that it names, or the ``parameter`` that it is, is a format.
    """
    if names:
        return _named([name.strip().lower() for name in names], offered, parameter)
    if accept is None or not accept.strip():
        return Choice(offered[0], offered[0].media_type)
    ranges = _ranges(accept)
    candidates = [
        (_quality(media_type, ranges), -rank, -spelling, format, media_type)
        for rank, format in enumerate(offered)
        for spelling, media_type in enumerate(format.media_types)
        # An alias is used only where the client names it.
        if not format.by_name and (spelling == 0 or media_type in ranges)
    ]
    quality, _, _, format, media_type = max(candidates, key=lambda candidate: candidate[:3])
    if quality <= 0:
        raise NotAcceptable(
            f"None of the media types in Accept can be written for this answer: {accept[:200]}.",
            remedy="Ask for one of: " + ", ".join(format.media_type for format in offered if not format.by_name) + ".",
        )
    return Choice(format, media_type, ranges[media_type].version if media_type in ranges else "")


def written_as(form: str) -> tuple[Format, ...]:
    """The formats on offer for the results of a query of this form: SELECT, ASK, CONSTRUCT or DESCRIBE."""
    if form in ("CONSTRUCT", "DESCRIBE"):
        return GRAPHS
    return ANSWERS if form == "ASK" else TABLES


def _named(names: Sequence[str], offered: Sequence[Format], parameter: str) -> Choice:
    for wanted in names:
        for format in offered:
            if wanted in (format.name, format.ending, *format.names):
                return Choice(format, format.media_type)
        for format in offered:
            if wanted in format.media_types:
                return Choice(format, wanted)
    remedy = "Use one of: " + ", ".join(format.name for format in offered) + "."
    if parameter == "format" and any(name in _KNOWN for name in names):
        raise NotAcceptable(f"This answer cannot be written as {names[0][:60]!r}.", remedy=remedy)
    raise RequestError(f"The parameter {parameter} cannot be {names[0][:60]!r}.", remedy=remedy)


@dataclass(frozen=True)
class _Range:
    """What the client says of a media range: how much it likes it, and for which version of RDF and SPARQL."""

    quality: float
    version: str = ""


def _ranges(accept: str) -> dict[str, _Range]:
    """What is said of each media range; what is no media range is ignored, and so is one that nothing of ours matches.

    Of the parameters, ``header`` (of text/csv) tells a table that we do not write, and ``version`` (SPARQL 1.2) is
    repeated if it is ``1.2``; no lower one is, since an answer may be in need of it.
    """
    ranges: dict[str, _Range] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = dict(map(_parameter, parameters))
        if media_range.count("/") != 1 or given.get("header", "present") != "present":
            continue
        version = "1.2" if given.get("version") == "1.2" else ""
        found = _Range(_q_value(parameters), version)
        ranges[media_range] = max(found, ranges.get(media_range, found), key=lambda one: one.quality)
    return ranges


def _parameter(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key.strip(), value.strip(' "')


def _q_value(parameters: Sequence[str]) -> float:
    """The q-value among the parameters of a media range, 1 if there is none.

    One that is malformed or out of bounds counts as none: the client named the range because it wants it.
    """
    for parameter in parameters:
        key, value = _parameter(parameter)
        if key == "q" and _Q_VALUE.fullmatch(value):
            return float(value)
    return 1.0


def _quality(media_type: str, ranges: dict[str, _Range]) -> float:
    """The q-value of the most specific range that covers the media type (RFC 9110, section 12.5.1)."""
    for media_range in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if media_range in ranges:
            return ranges[media_range].quality
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
