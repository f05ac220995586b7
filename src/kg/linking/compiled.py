"""What the ledger states in RDF: each link as it is used, and every judgement with what is known of it.

A link is a plain SKOS triple. A judgement is a node with a name, after the table's own vocabulary (SSSOM 1.1): a refused
candidate and the judgement that nothing matches are such nodes only, so that no reader takes them for links. The nodes
are no owl:Axiom, which would make of a refused candidate an annotation of the very triple that it denies.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pyoxigraph as ox

from kg.linking import sssom, table
from kg.linking.ledger import EXACT, SSSOM, Ledger, Mapping, decimal
from kg.linking.table import NO_COUNTERPART, NONE, Cells
from kg.rdf import ID, LEDGER, PREFIXES, graph_iri
from kg.reading.document import Document, Span, Stated
from kg.reading.tokens import Tokens

_A = ox.NamedNode(PREFIXES["rdf"] + "type")
_PAV = "http://purl.org/pav/"
MAPPING = ox.NamedNode(SSSOM + "Mapping")
SOURCE, PROPERTY, TARGET = (
    ox.NamedNode(PREFIXES["owl"] + name) for name in ("annotatedSource", "annotatedProperty", "annotatedTarget")
)
_MODIFIER, _NEGATED = ox.NamedNode(SSSOM + "predicate_modifier"), ox.NamedNode(SSSOM + "NegatedPredicate")
_SET = ox.NamedNode(graph_iri(LEDGER))
#: The slots of the header that the set of all judgements is described with.
_OF_SET = {
    "mapping_set_title": PREFIXES["dcterms"] + "title",
    "mapping_set_description": PREFIXES["dcterms"] + "description",
    "mapping_set_version": PREFIXES["owl"] + "versionInfo",
    "license": PREFIXES["dcterms"] + "license",
}

#: A statement with the columns in which its predicate and its object stand.
_Cell = tuple[ox.Triple, str, str]


def node(mapping: Mapping) -> ox.NamedNode:
    """The name of a judgement: after the entity and the item that it is about, so that it stays when it changes."""
    subject = mapping.subject.removeprefix(ID).replace("/", ".") if mapping.subject.startswith(ID) else mapping.subject
    item = mapping.object.removeprefix(PREFIXES["wd"]) or "none"
    return ox.NamedNode(f"{_SET.value}#{quote(subject, safe='.-')}.{quote(item, safe='')}")


def triples(ledger: Ledger) -> tuple[ox.Triple, ...]:
    """All that the ledger states, each once, in its order."""
    found = [*_set(ledger), *(triple for one in ledger.mappings for triple, _, _ in _statements(one))]
    return tuple(dict.fromkeys(found))


def parse(text: str, origin: str) -> list[ox.Triple]:
    """What a table states. Raises SourceError with line and column; ``errors`` has every fault of it."""
    return list(triples(sssom.read(text, origin)))


def document(text: str) -> Document:
    """The table as a document: where each term of each statement stands in it."""
    found = table.read(text, LEDGER)
    starts = table.line_starts(text)
    stated: list[Stated] = []
    for triple in _set(found.ledger):
        stated.append(Stated(triple, None, Span(0, 0), Span(0, 0), Span(0, 0)))
    for mapping, cells in zip(found.ledger.mappings, found.cells, strict=True):
        start = starts[mapping.line - 1]
        for triple, predicate, value in _statements(mapping):
            spans = (_span(cells, column, start) for column in ("subject_id", predicate, value))
            stated.append(Stated(triple, None, *spans))
    return Document(text, stated, found.ledger.curies, [], Tokens([], [], [], []))


def mappings(stated: Iterable[ox.Triple]) -> list[Mapping]:
    """The judgements among statements that ``triples`` gave, with what they say; without those that lack a part."""
    known: dict[ox.NamedNode, dict[ox.NamedNode, ox.NamedNode | ox.Literal]] = {}
    for subject, predicate, value in stated:
        known.setdefault(subject, {})[predicate] = value
    whole = (one for one in known.values() if one.get(_A) == MAPPING and {SOURCE, PROPERTY, TARGET} <= one.keys())
    return [_mapping({predicate.value: value.value for predicate, value in one.items()}) for one in whole]


def _set(ledger: Ledger) -> Iterator[ox.Triple]:
    yield ox.Triple(_SET, _A, ox.NamedNode(SSSOM + "MappingSet"))
    for slot, predicate in _OF_SET.items():
        text = ledger.header.get(slot, "")
        if text:
            yield ox.Triple(_SET, ox.NamedNode(predicate), _iri_or_text(text))


def _statements(mapping: Mapping) -> Iterator[_Cell]:
    """What a judgement states, the link first."""
    subject, predicate = ox.NamedNode(mapping.subject), ox.NamedNode(mapping.predicate)
    if mapping.is_link:
        yield ox.Triple(subject, predicate, ox.NamedNode(mapping.object)), "predicate_id", "object_id"
    one = node(mapping)

    def said(name: str, value: ox.NamedNode | ox.Literal, column: str) -> _Cell:
        return ox.Triple(one, ox.NamedNode(name), value), column, column

    yield said(_A.value, MAPPING, "subject_id")
    yield said(SOURCE.value, subject, "subject_id")
    yield said(PROPERTY.value, predicate, "predicate_id")
    yield said(TARGET.value, ox.NamedNode(mapping.object or NONE), "object_id")
    yield said(SSSOM + "mapping_justification", ox.NamedNode(mapping.justification), "mapping_justification")
    if mapping.negated:
        yield said(_MODIFIER.value, _NEGATED, "predicate_modifier")
    if mapping.is_none:
        yield said(SSSOM + "mapping_cardinality", ox.Literal(NO_COUNTERPART), "mapping_cardinality")
    if mapping.author:
        is_iri = "://" in mapping.author
        name, column = (_PAV + "authoredBy", "author_id") if is_iri else (SSSOM + "author_label", "author_label")
        yield said(name, _iri_or_text(mapping.author), column)
    if mapping.date:
        day = ox.Literal(mapping.date.isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))
        yield said(PREFIXES["dcterms"] + "created", day, "mapping_date")
    if mapping.confidence is not None:
        sure = ox.Literal(decimal(mapping.confidence), datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
        yield said(SSSOM + "confidence", sure, "confidence")
    for name, text in (("subject_label", mapping.subject_label), ("object_label", mapping.object_label)):
        if text:
            yield said(SSSOM + name, ox.Literal(text), name)
    if mapping.comment:
        yield said(PREFIXES["rdfs"] + "comment", ox.Literal(mapping.comment), "comment")


def _mapping(said: dict[str, str]) -> Mapping:
    target, created = said[TARGET.value], said.get(PREFIXES["dcterms"] + "created")
    sure = said.get(SSSOM + "confidence")
    return Mapping(
        said[SOURCE.value], said.get(PROPERTY.value, EXACT), "" if target == NONE else target,
        negated=_MODIFIER.value in said, justification=said.get(SSSOM + "mapping_justification", ""),
        confidence=None if sure is None else float(sure),
        author=said.get(_PAV + "authoredBy") or said.get(SSSOM + "author_label", ""),
        date=datetime.date.fromisoformat(created) if created else None, comment=said.get(PREFIXES["rdfs"] + "comment", ""),
        subject_label=said.get(SSSOM + "subject_label", ""), object_label=said.get(SSSOM + "object_label", ""),
    )  # fmt: skip


def _iri_or_text(text: str) -> ox.NamedNode | ox.Literal:
    try:
        return ox.NamedNode(text) if "://" in text else ox.Literal(text)
    except ValueError:
        return ox.Literal(text)


def _span(cells: Cells, column: str, start: int) -> Span:
    text, at = cells[column]
    return Span(start + at - 1, start + at - 1 + len(text))
