"""Does the evidence bear a claim out, as far as shapes cannot tell: do the texts say it, and did the claim come first?

Spans within their documents, chains of attribution and offices at a date are judged by the shapes of ckg:Evidence,
ckg:AttributionStep and ckg:Claim, dates by ``kg.gate.dates``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.dates import span
from kg.gate.state import Subject
from kg.model import Finding
from kg.passages import DOCUMENT, EVIDENCE, SHA256, SOURCE, UNCITED, Mismatch, Node, Text, check_document, check_passage
from kg.rdf import PREFIXES, shorten

_CKG, _DCTERMS = PREFIXES["ckg"], PREFIXES["dcterms"]
_EVIDENCE, _TIME, _TIME_OF = (ox.NamedNode(_CKG + name) for name in ("evidence", "time", "statedAt"))
_SOURCE = ox.NamedNode(_CKG + "source")
_EARLIEST, _LATEST = ox.NamedNode(_CKG + "earliest"), ox.NamedNode(_CKG + "latest")
_PUBLISHED = tuple(ox.NamedNode(_DCTERMS + name) for name in ("issued", "date"))
_CLAIM = _CKG + "Claim"
_PASSAGES = {EVIDENCE, UNCITED}
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Provenance-text`` where a text is at hand and says otherwise, and ``Provenance-later``.

    Looked at are the documents, passages and claims that a change touches, and those that rest on them.
    """
    touched = {one.subject for one in change.added | change.removed if isinstance(one.subject, ox.NamedNode)}
    if change.sources:
        yield from _texts(change, touched)
    for claim in sorted(_claims(change, touched), key=str):
        yield from _later(change, claim)


def _texts(change: Changed, touched: set[ox.NamedNode]) -> Iterator[Finding]:
    """What passages and documents say of their texts and is not so."""
    resting = {node for document in touched for node in change.new.subjects(_SOURCE, document)}
    for node in sorted(touched | resting, key=str):
        types = change.known.stated_types(node.value)
        if DOCUMENT in types:
            text = change.sources.get(_node(change, node).one(SHA256) or "")
            found = check_document(_node(change, node), text) if text else []
        elif types & _PASSAGES:
            text = _text_of(change, node)
            found = check_passage(_node(change, node), {_node(change, node).one(SOURCE) or "": text}) if text else []
        else:
            continue
        yield from (_mismatch(change, node, one) for one in found)


def _text_of(change: Changed, passage: ox.NamedNode) -> Text | None:
    """The text that a passage is from, if it is at hand."""
    digests = (
        digest.value
        for document in change.new.objects(passage, _SOURCE)
        if isinstance(document, ox.NamedNode)
        for digest in change.new.objects(document, ox.NamedNode(SHA256))
    )
    return next((change.sources[digest] for digest in digests if digest in change.sources), None)


def _node(change: Changed, node: ox.NamedNode) -> Node:
    """A node with the values of its properties, as the comparison with the texts takes it."""
    values: dict[str, list[ox.Literal | ox.NamedNode | ox.BlankNode]] = {}
    for _, predicate, value in change.new.triples(node):
        values.setdefault(predicate.value, []).append(value)
    integers = (
        name for name, each in values.items() if all(getattr(one, "datatype", None) == _INTEGER for one in each)
    )
    texts = {name: tuple(one.value for one in each) for name, each in values.items()}
    return Node(node.value, "", texts, frozenset(integers))


def _mismatch(change: Changed, node: ox.NamedNode, one: Mismatch) -> Finding:
    name = shorten(node.value)
    messages = {
        "en": f"{name}: {one.what} is {one.expected} here, and {one.found} by the text. {one.remedy}",
        "it": f"{name} non concorda con il testo: qui {one.expected}, nel testo {one.found}. Correggere qui.",
    }
    return Finding("Provenance-text", "violation", node.value, None, one.expected, messages, change.where(node))


def _claims(change: Changed, touched: set[ox.NamedNode]) -> set[ox.NamedNode]:
    """The claims that a change touches, or whose evidence, date or document it touches."""
    resting = {claim for node in touched for property_ in (_EVIDENCE, _TIME) for claim in _of(change, property_, node)}
    pieces = {piece for node in touched for piece in _of(change, _SOURCE, node)}
    resting |= {claim for piece in pieces for claim in _of(change, _EVIDENCE, piece)}
    return {node for node in touched | resting if _CLAIM in change.known.types(node.value)}


def _of(change: Changed, property_: ox.NamedNode, node: ox.NamedNode) -> Iterator[ox.NamedNode]:
    return (one for one in change.new.subjects(property_, node) if isinstance(one, ox.NamedNode))


def _later(change: Changed, claim: ox.NamedNode) -> Iterator[Finding]:
    """A claim dated after the publication of the document that it is from."""
    new = change.new
    firsts = [day.value for date in new.objects(claim, _TIME) for day in new.objects(date, _EARLIEST)]
    for piece in new.objects(claim, _EVIDENCE) if firsts else ():
        for document in new.objects(piece, _SOURCE):
            day = _published(change, document)
            if day and min(firsts) > day:
                triple = next(new.triples(claim, _TIME))
                names = (shorten(claim.value), min(firsts), shorten(document.value), day)
                yield Finding(
                    "Provenance-later", "warning", claim.value, _TIME.value, triple.object.value,
                    {
                        "en": "{0} is dated {1} at the earliest, and {2}, which it is from, {3} at the latest. Correct "
                        "one of the dates, or use ckg:targetTime for what was to come.".format(*names),
                        "it": "{0} è datata al più presto {1}, e {2}, da cui viene, al più tardi {3}. Correggere una "
                        "delle date, o usare ckg:targetTime per ciò che doveva avvenire.".format(*names),
                    },
                    change.where(claim), triple,
                )


def _published(change: Changed, document: Subject) -> str | None:
    """The last day on which a document can have been published, if it is known."""
    days: list[str] = []
    for property_ in _PUBLISHED:
        for value in change.new.objects(document, property_):
            if isinstance(value, ox.Literal):
                days += _last_day(value.value)
            else:
                days += [day.value for day in change.new.objects(value, _LATEST)]
    return max(days, default=None)


def _last_day(text: str) -> list[str]:
    """The last day that a date names, in a list that is empty if it names none."""
    try:
        last = span(text).last
    except ValueError:
        return []
    return [last] if last else []
