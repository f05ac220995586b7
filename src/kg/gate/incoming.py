"""A file that a contribution touches, read: what it states, what is wrong with its text, and where things stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.gate import bounds, repairs, reserved
from kg.gate.messages import plain
from kg.model import Change, Edit, Finding, Repair, Source
from kg.parsing import parse_file
from kg.rdf import LEDGER, graph_iri, kind_of, shorten
from kg.reading.comments import layout
from kg.reading.decoding import place
from kg.reading.document import Document
from kg.reading.formats import ENDINGS, stated, triples, with_places
from kg.reading.keys import unstated
from kg.reading.lexical import lexical, of_triples

SYNTAX = "Syntax"
STYLE = "Style-layout"
TURTLE = f".{ENDINGS['turtle']}"
_LAYOUT = {
    "en": "The file is not in the canonical layout from here on. Run kg fmt on it.",
    "it": "Da qui in poi il file non è nell’impaginazione canonica. Eseguire kg fmt su di esso.",
}
#: How many keys of JSON-LD are named that carry no statement.
_KEYS = 10
_NAMED = {
    "en": "A file of the repository has no named graphs of its own. State its triples without them.",
    "it": "Un file del repository non ha grafi con nome propri. Enunciarne le triple senza di essi.",
}


@dataclass(frozen=True)
class Incoming:
    """A file before and after. ``before`` is None if it is new, ``after`` if it is removed or cannot be judged;
    ``document`` is its text with the places of its triples, ``findings`` what is wrong with it as a text."""

    path: str
    before: Source | None = None
    after: Source | None = None
    document: Document | None = None
    text: str | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def is_broken(self) -> bool:
        """True if the file is there and cannot be read, or not be judged."""
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
        parsed = stated(change.after, change.path)
    except SourceError as error:
        found = tuple(_finding(one, change.path) for one in error.errors)
        return Incoming(change.path, before, text=text, findings=found)
    if any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in parsed.quads):
        found = (Finding(f"{SYNTAX}-graph", "violation", "_:", None, None, _NAMED, Where(change.path)),)
        return Incoming(change.path, before, text=text, findings=found)
    after = _source(change.path, dict.fromkeys(quad.triple for quad in parsed.quads))
    known = frozenset(before.triples) if before else frozenset()
    too_much = tuple(bounds.exceeded((one for one in after.triples if one not in known), after.kind))
    if too_much:
        found = tuple(replace(one, where=Where(change.path)) for one in too_much)
        return Incoming(change.path, before, text=text, findings=found)
    document = with_places(parsed, change.after, change.path).document
    found = [one for one in of_text(document, after) if one.triple is None or one.triple not in known]
    if parsed.format == "jsonld":
        found += _of_keys(text, change.path)
    refused = [*_reserved(after, known, document)] if after.kind != "shapes" else []
    if refused:
        return Incoming(change.path, before, text=text, findings=(*found, *refused))
    return Incoming(change.path, before, after, document, text, tuple(found))


def of_layout(file: Incoming, change: Change) -> Iterator[Finding]:
    """That a file which was read is not in the canonical layout; of one with nodes without names it cannot be told."""
    if file.after is None or file.text is None or not (file.path.endswith(TURTLE) or file.path == LEDGER):
        return
    if not any(isinstance(term, ox.BlankNode) for triple in file.after.triples for term in triple):
        yield from style(file.text, file.after, file.document, change.before)


def of_text(document: Document | None, source: Source) -> Iterator[Finding]:
    """Literals that the tools underneath would rewrite or misread, from the text if it is read with places."""
    is_turtle = document is not None and source.path != LEDGER
    return lexical(document, source.path) if is_turtle else of_triples(source.triples, source.path)


def style(text: str, source: Source, document: Document | None, before: bytes | None) -> Iterator[Finding]:
    """That a text in Turtle, or the ledger, is not in the canonical layout, unless it was not in it before either."""
    mend = repairs.layout(source.path, text, _laid_out(text, source.triples, source.path, document))
    if mend is None:
        return
    if before is not None:
        old = before.decode("utf-8", "replace")
        if _laid_out(old, parse_file(before, source.path), source.path) != old:
            return
    where = place(text, mend.edits[0].start, source.path)
    yield Finding(STYLE, "warning", "_:", None, None, _LAYOUT, where, repair=mend)


def _laid_out(text: str, stated: Sequence[ox.Triple], path: str, document: Document | None = None) -> str:
    if path == LEDGER:
        sssom = import_module("kg.linking.sssom")
        return sssom.write(sssom.read(text))
    return layout(text, stated, path, document)


def _reserved(after: Source, known: frozenset[ox.Triple], document: Document | None) -> Iterator[Finding]:
    """Statements that are new and would change what the language itself means."""
    for triple, term in reserved.stated_of(one for one in after.triples if one not in known):
        name = shorten(term.value)
        messages = {
            "en": f"{name} belongs to the language itself, and this would change what it means, and with it what "
            "follows from everything. State it of a term of the project.",
            "it": f"{name} appartiene al linguaggio stesso, e questo ne cambierebbe il significato, e con esso ciò che "
            "segue da ogni cosa. Affermarlo di un termine del progetto.",
        }
        at = next(iter(document.of(triple)), None) if document else None
        span = at and (at.subject if triple.subject == term else at.object)
        where = Where(after.path, *(document.place(span.start) if document and span else ()))
        yield Finding(
            "Vocabulary-reserved", "violation", plain(triple.subject), triple.predicate.value, term.value, messages,
            where, triple,
        )


def _of_keys(text: str, path: str) -> Iterator[Finding]:
    """That keys of JSON-LD carry no statement, at the first of them."""
    keys = unstated(text)
    if not keys:
        return
    told = ", ".join(map(json.dumps, keys[:_KEYS]))
    more = len(keys) - _KEYS
    en, it = (f" and {more} more", f" e altre {more}") if more > 0 else ("", "")
    at = re.search(rf"{re.escape(json.dumps(keys[0], ensure_ascii=False))}\s*:", text)
    messages = {
        "en": f"No context says what these keys mean, so that they state nothing: {told}{en}. Mend their spelling, "
        f"define them in the @context, or set those to null there that are to state nothing.",
        "it": f"Nessun contesto dice che cosa significano queste chiavi, che perciò non affermano nulla: {told}{it}. "
        f"Correggerne la grafia, definirle nel @context, o porvi a null quelle che non devono affermare nulla.",
    }
    where = place(text, at.start(), path) if at else Where(path)
    yield Finding(f"{SYNTAX}-keys", "violation", "_:", None, None, messages, where)


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
