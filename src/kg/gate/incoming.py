"""A file that a contribution touches, read: what it states, what is wrong with its text alone, and where things stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.gate import repairs
from kg.model import Change, Edit, Finding, Repair, Source
from kg.parsing import parse_turtle
from kg.rdf import graph_iri, kind_of
from kg.reading.comments import layout
from kg.reading.decoding import place
from kg.reading.document import Document
from kg.reading.formats import parse, triples
from kg.reading.lexical import lexical, of_triples

SYNTAX = "Syntax"
STYLE = "Style-layout"
_LAYOUT = {
    "en": "The file is not in the canonical layout from here on. Run kg fmt on it.",
    "it": "Da qui in poi il file non è nell’impaginazione canonica. Eseguire kg fmt su di esso.",
}
_NAMED = {
    "en": "A file of the repository has no named graphs of its own. State its triples without them.",
    "it": "Un file del repository non ha grafi con nome propri. Enunciarne le triple senza di essi.",
}


@dataclass(frozen=True)
class Incoming:
    """A file before and after. ``before`` is None if it is new, ``after`` if it is removed or cannot be read;
    ``document`` is its text with the places of its triples, ``findings`` what is wrong with it as a text."""

    path: str
    before: Source | None = None
    after: Source | None = None
    document: Document | None = None
    text: str | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def is_broken(self) -> bool:
        """True if the file is there and cannot be read."""
        return self.text is not None and self.after is None


def read(change: Change) -> Incoming:
    """Read a file before and after, and judge its text.

    Raises SourceError on what could not be read before it.
    """
    before = None if change.before is None else _source(change.path, triples(change.before, change.path))
    if change.after is None:
        return Incoming(change.path, before)
    text = change.after.decode("utf-8", "replace")
    try:
        parsed = parse(change.after, change.path)
    except SourceError as error:
        found = tuple(_finding(one, change.path) for one in error.errors)
        return Incoming(change.path, before, text=text, findings=found)
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in parsed.quads):
        found = (Finding(f"{SYNTAX}-graph", "violation", "_:", None, None, _NAMED, Where(change.path)),)
        return Incoming(change.path, before, text=text, findings=found)
    after = _source(change.path, dict.fromkeys(quad.triple for quad in parsed.quads))
    known = frozenset(before.triples) if before else frozenset()
    found = [one for one in of_text(parsed.document, after) if one.triple is None or one.triple not in known]
    if parsed.format == "turtle" and not any(isinstance(term, ox.BlankNode) for t in after.triples for term in t):
        found += style(text, after, parsed.document, change.before)
    return Incoming(change.path, before, after, parsed.document, text, tuple(found))


def of_text(document: Document | None, source: Source) -> Iterator[Finding]:
    """Literals that the tools underneath would rewrite or misread, from the text if it is read with places."""
    return lexical(document, source.path) if document else of_triples(source.triples, source.path)


def style(text: str, source: Source, document: Document | None, before: bytes | None) -> Iterator[Finding]:
    """That a Turtle text is not in the canonical layout, unless it was not in it before either."""
    mend = repairs.layout(source.path, text, layout(text, source.triples, source.path, document))
    if mend is None:
        return
    if before is not None:
        old = before.decode("utf-8", "replace")
        if layout(old, parse_turtle(before, source.path), source.path) != old:
            return
    where = place(text, mend.edits[0].start, source.path)
    yield Finding(STYLE, "warning", "_:", None, None, _LAYOUT, where, repair=mend)


def _source(path: str, stated: Iterable[ox.Triple]) -> Source:
    return Source(path, kind_of(path), graph_iri(path), tuple(stated), "")


def _finding(error: SourceError, path: str) -> Finding:
    """What is wrong with a text, as a finding."""
    says = {"en": f"{error.message} {error.remedy}".strip(), "it": error.italian}
    repair = None
    if error.edit:
        mend = {"en": error.remedy, "it": error.italian.rpartition(". ")[2]}
        repair = Repair(mend, (Edit(path, *error.edit),))
    says = {language: text for language, text in says.items() if text}
    code = f"{SYNTAX}-{error.kind}" if error.kind else SYNTAX
    return Finding(code, "violation", "_:", None, None, says, error.where or Where(path), repair=repair)
