"""The ledger and what is wrong with it: as findings at their cells, and as the report of a day."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping

from kg.errors import Where
from kg.linking import table
from kg.linking.judged import Fault
from kg.linking.ledger import PREDICATES, Ledger
from kg.linking.table import Cells
from kg.model import Edit, Finding, Repair
from kg.rdf import LEDGER, PREFIXES, graph_iri, shorten

FORMS = ("text", "json", "turtle")
_COLUMNS = {"subject": "subject_id", "predicate": "predicate_id", "object": "object_id", "judgement": "subject_id"}
_WORDS = {
    "en": (
        "The ledger of links on {day}: {links} links ({exact} exact, {close} close, {broad} broad, {narrow} narrow), "
        "{refused} candidates refused, {none} entities judged to have no item.",
        "Wikidata was asked about {asked} items.", "Wikidata was not asked; kg link check --online does.",
    ),
    "it": (
        "Il registro dei collegamenti il {day}: {links} collegamenti ({exact} esatti, {close} vicini, {broad} più ampi, "
        "{narrow} più stretti), {refused} candidati rifiutati, {none} entità giudicate senza elemento.",
        "A Wikidata si è chiesto di {asked} elementi.", "A Wikidata non si è chiesto; lo fa kg link check --online.",
    ),
}  # fmt: skip


def counts(ledger: Ledger) -> dict[str, int]:
    """How many links there are, in all and of each predicate, and how many other judgements."""
    links = [one for one in ledger.mappings if one.is_link]
    by_predicate = {
        name: sum(one.predicate == predicate for one in links)
        for name, predicate in zip(("exact", "close", "broad", "narrow"), PREDICATES, strict=True)
    }
    others = {"refused": sum(one.negated for one in ledger.mappings), "none": sum(one.is_none for one in ledger.mappings)}
    return {"links": len(links), **by_predicate, **others}


def findings(faults: Iterable[Fault], text: str) -> Iterator[Finding]:
    """Faults of judgements that were read from a text, each at its cell, with what is proposed as a repair."""
    read = table.read(text, LEDGER)
    cells = {one.pair: (one.line, known) for one, known in zip(read.ledger.mappings, read.cells, strict=True)}
    starts = table.line_starts(text)
    for fault in faults:
        line, known = cells[fault.judgement.pair]
        where = Where(LEDGER, line, known[_COLUMNS[fault.part]][1])
        value = fault.judgement.object if fault.part == "object" and fault.judgement.object else None
        yield Finding(
            fault.code, fault.severity, fault.judgement.subject, None, value, {"en": fault.en, "it": fault.it}, where,
            repair=_repair(fault, known, starts[line - 1]),
        )  # fmt: skip


def dated(
    body: str, form: str, ledger: Ledger, day: datetime.date, asked: int | None = None, language: str = "en"
) -> str:
    """A report in one of the FORMS, with the day, what the ledger has, and about how many items Wikidata was asked (None:
    it was not)."""
    known = counts(ledger)
    if form == "json":
        head = {"date": day.isoformat(), "asked": asked, "ledger": known}
        return json.dumps({**head, **json.loads(body)}, ensure_ascii=False, indent=2)
    if form == "turtle":
        return f"{body}\n{_statements(day)}"
    return f"{_said(known, day, asked, language)}\n{body}"


def _said(known: Mapping[str, int], day: datetime.date, asked: int | None, language: str) -> str:
    whole, was_asked, was_not = _WORDS[language]
    return f"{whole.format(day=day, **known)} {was_not if asked is None else was_asked.format(asked=asked)}"


def _statements(day: datetime.date) -> str:
    """What the report says of itself beside its findings, in Turtle; it is the node that the findings are of."""
    created = f"<{PREFIXES['dcterms']}created> \"{day}\"^^<{PREFIXES['xsd']}date>"
    return f"_:report {created} ;\n\t<{PREFIXES['dcterms']}source> <{graph_iri(LEDGER)}> ."


def _repair(fault: Fault, cells: Cells, start: int) -> Repair | None:
    """The edit that would follow what Wikidata says now, of the item or of its label."""
    old, new = fault.judgement, fault.instead
    if new is None:
        return None
    column, text = ("object_label", new.object_label) if old.object == new.object else ("object_id", shorten(new.object))
    written, at = cells[column]
    if not written or '"' in text + written or "<" in text:
        return None
    says = {"en": f"If it is the same thing, write {text}.", "it": f"Se è la stessa cosa, scrivere {text}."}
    return Repair(says, (Edit(LEDGER, start + at - 1, start + at - 1 + len(written), text),))
