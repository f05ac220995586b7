"""Every fault of a text, at its place and in words.

Whether a text is valid is decided by the parser of the query engine. What is wrong with it is told by our own reader,
which goes on behind each fault; where that finds none, the parser's own words are told.
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.reading.decoding import decode
from kg.reading.document import Document
from kg.reading.likeness import is_bomb
from kg.reading.structure import broken_structure
from kg.reading.turtle import PLACED, read
from kg.reading.words import Fault

#: The formats by their names.
PARSERS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
#: The largest file that is read, in bytes, and how many faults of one are told.
LARGEST, MOST = 10_000_000, 100
#: What only RDF 1.2 has begins with one of these, or with two hyphens in a language tag.
_STARS = ("<<", "{|", "~", "--", "ersion", "ERSION")


def quads(content: bytes, origin: str, format: str = "turtle", base: str | None = None) -> list[ox.Quad]:
    """What a text states. Raises SourceError with every fault of it (``errors``).

    The text is in UTF-8, and may not be larger than LARGEST. Nothing is fetched: no remote context of JSON-LD,
    no external entity of XML.
    """
    text = decode(content, origin, LARGEST)
    faults = broken_structure(text, origin, format)
    if faults:
        raise SourceError.of(faults)
    document = _suspicious(text, format, base)
    if document and document.faults:
        raise SourceError.of(_told(document, origin))
    try:
        found = list(ox.parse(content, format=PARSERS[format], base_iri=base))
    except SyntaxError as error:
        if format not in PLACED:
            raise _by_parser(error, origin) from None
        document = document or read(text, format, base)
        raise SourceError.of(_faults(document, error, origin) or [_by_parser(error, origin, document)]) from None
    except ValueError as error:
        raise SourceError(f"The base {base} is no IRI ({error}).", where=Where(origin)) from None
    _refuse(found, origin)
    return found


def _refuse(found: list[ox.Quad], origin: str) -> None:
    """Raise SourceError on what the parser takes and the project does not."""
    star = next((quad for quad in found if isinstance(quad.object, ox.Triple)), None)
    if star:
        raise SourceError(
            f"{star.object} is not in RDF 1.1.", remedy="Write no triple terms.", where=Where(origin), kind="star",
            italian=f"{star.object} non è in RDF 1.1. Non scrivere termini triple.",
        )
    if is_bomb(quad.triple for quad in found):
        raise SourceError(
            "The file links too many blank nodes that nothing tells apart.", remedy="Give them IRIs of their own.",
            where=Where(origin), kind="alike",
            italian="Il file collega troppi nodi anonimi che nulla distingue. Dare loro IRI propri.",
        )


def errors(content: bytes, origin: str, format: str = "turtle", base: str | None = None) -> list[SourceError]:
    """Every fault of a text, in the order of their places; none if it can be read. See ``quads``."""
    try:
        quads(content, origin, format, base)
    except SourceError as error:
        return list(error.errors)
    return []


def _suspicious(text: str, format: str, base: str | None) -> Document | None:
    """The document, read by us before the parser, if it may have what the parser takes and RDF 1.1 does not."""
    if format not in PLACED or not any(mark in text for mark in _STARS):
        return None
    document = read(text, format, base)
    stars = [fault for fault in document.faults if fault.kind in ("star", "deep")]
    return document if stars else None


def _faults(document: Document, error: SyntaxError, origin: str) -> list[SourceError]:
    """The faults that we find, with the parser's first before them if it has one that we do not see."""
    told = _told(document, origin)
    first = next(iter(document.faults), None)
    if first and error.lineno and error.lineno < document.place(first.start)[0]:
        return [_by_parser(error, origin, document), *told]
    return told


def _told(document: Document, origin: str) -> list[SourceError]:
    """The faults of a document as errors, the first MOST of them."""
    told = [_error(fault, document, origin) for fault in document.faults[:MOST]]
    left = len(document.faults) - MOST
    if left > 0:
        told.append(
            SourceError(
                f"There are {left} more.", remedy="Mend these first.", where=Where(origin), kind="more",
                italian=f"Ce ne sono altri {left}. Correggere prima questi.",
            )
        )
    return told


def _error(fault: Fault, document: Document, origin: str) -> SourceError:
    met, remedy = fault.said("en")
    return SourceError(
        met, remedy=remedy, where=Where(origin, *document.place(fault.start)), kind=fault.kind,
        italian=" ".join(fault.said("it")), quoted=_quoted(document, fault.start, fault.end),
        span=(fault.start, fault.end), edit=fault.edit,
    )


def _quoted(document: Document, start: int, end: int) -> str:
    """The line of an offset, and marks below the spot as far as it lies on that line."""
    number, column = document.place(start)
    line = document.line(number)
    width = max(1, min(end - start, len(line) - column + 1))
    blank = "".join("\t" if one == "\t" else " " for one in line[: column - 1])
    return f"{line}\n{blank}{'^' * width}"


def _by_parser(error: SyntaxError, origin: str, document: Document | None = None) -> SourceError:
    """What the parser says, at its place if it has one."""
    reason = str(error.msg)
    reason = reason.partition(": ")[2] or reason if reason.startswith("Parser error") else reason
    if "LoadDocumentCallback" in reason:
        return SourceError(
            "The file refers to a context elsewhere, and nothing is fetched.",
            remedy="Write the context into the file.", where=Where(origin), kind="remote-context",
            italian="Il file rimanda a un contesto altrove, e nulla viene scaricato. Scrivere il contesto nel file.",
        )
    quoted = ""
    if document and error.lineno and error.offset:
        quoted = f"{document.line(error.lineno)}\n{' ' * (error.offset - 1)}^"
    return SourceError(
        f"The file cannot be parsed: {reason.rstrip('.')}.", where=Where(origin, error.lineno, error.offset),
        kind="parser", italian=f"Il file non si può leggere: {reason.rstrip('.')}.", quoted=quoted,
    )
