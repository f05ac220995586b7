"""Repairs that can be told from what exists: the name that was meant, the term that replaces a retired one, the layout.

A repair is proposed only where there is one way, and it never states what nobody stated.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.names import Names, space_of
from kg.model import Edit, Finding, Repair
from kg.rdf import shorten
from kg.reading.document import Document

Span = tuple[int, int]
#: From a file and a triple to where its subject, predicate and object stand, each time the file states it.
Spans = Callable[[str, ox.Triple], Iterable[Sequence[Span]]]

_MEANT = ("Vocabulary-unknown", "Reference-undefined")
_RETIRED = "Vocabulary-deprecated"
_LETTERS = string.ascii_letters + string.digits + "-_"
_PLAIN = frozenset(_LETTERS)


def propose(findings: Iterable[Finding], change: Changed, spans: Spans) -> tuple[Finding, ...]:
    """The findings, each with a repair where it has none and there is one way to mend it."""
    names = Names(change)
    return tuple(one if one.repair else replace(one, repair=_repair(one, change, names, spans)) for one in findings)


def _repair(finding: Finding, change: Changed, names: Names, spans: Spans) -> Repair | None:
    text = change.texts.get(finding.where.origin) if finding.where else None
    if text is None or not finding.value:
        return None
    better = None
    if finding.code in _MEANT:
        better = meant(finding.value, names, described=finding.code == "Reference-undefined")
    elif finding.code == _RETIRED:
        named = names.replacements(finding.value)
        better = named[0] if len(named) == 1 else None
    return rename(finding, better, text, spans) if better else None


# The name that was meant


def meant(iri: str, names: Names, *, described: bool) -> str | None:
    """The one name that is a single slip away: a letter too many, too few, another or two exchanged, or its capitals.

    With ``described`` a node that is described, else a term that exists. None if there is no such name, or several.
    """
    nearest, space = names.nearest(iri), space_of(iri)
    # A name without a namespace, such as urn:a, is not one that a letter less would leave a name.
    if nearest is None or not space or space_of(nearest) != space:
        return None
    local, near = iri.removeprefix(space), nearest.removeprefix(space)
    others = dict.fromkeys(slips(local))
    if near not in others and near.casefold() != local.casefold():
        return None

    def is_there(name: str) -> bool:
        return names.is_described(name) if described else not names.is_unknown(name) and not names.is_foreign(name)

    found = {near, *(other for other in others if is_there(space + other))}
    return nearest if len(found) == 1 else None


def slips(name: str) -> Iterator[str]:
    """Every name, but this, that one letter more, less, exchanged for another or for its neighbour makes of a name."""
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS if letter != after[0])
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]


def rename(finding: Finding, better: str, text: str, spans: Spans) -> Repair | None:
    """The repair that writes another name where a finding's triple has the value; None if it is not found there."""
    if finding.triple is None or finding.where is None or finding.value is None:
        return None
    path, old = finding.where.origin, finding.value
    edits = set()
    for places in spans(path, finding.triple):
        for term, (start, end) in zip(finding.triple, places, strict=True):
            if isinstance(term, ox.Literal) and term.datatype.value == old:
                start = text.rfind("^^", start, end) + 2
            elif not isinstance(term, ox.NamedNode) or term.value != old:
                continue
            written = _as_written(text[start:end], old, better)
            if written:
                edits.add(Edit(path, start, end, written))
    if not edits:
        return None
    name = shorten(better)
    ordered = tuple(sorted(edits, key=lambda edit: edit.start))
    return Repair({"en": f"Write {name}.", "it": f"Scrivere {name}."}, ordered)


def _as_written(token: str, old: str, new: str) -> str | None:
    """The new name as the old one was written: in brackets, or with the same prefix. None for what is no name."""
    if token.startswith("<"):
        return f"<{new}>"
    prefix, colon, local = token.partition(":")
    if not colon or not old.endswith(local):
        return None
    space = old.removesuffix(local)
    written = new.removeprefix(space)
    plain = new.startswith(space) and set(written) <= _PLAIN and not written.startswith("-")
    return f"{prefix}:{written}" if plain else f"<{new}>"


# The layout


def layout(path: str, text: str, canonical: str) -> Repair | None:
    """The repair that brings a text into its canonical layout, as one edit; None if it is in it."""
    if text == canonical:
        return None
    shortest = min(len(text), len(canonical))
    same = next((at for at in range(shortest) if text[at] != canonical[at]), shortest)
    rest = shortest - same
    ends = next((at for at in range(rest) if text[-1 - at] != canonical[-1 - at]), rest)
    says = {"en": "Bring the file into the canonical layout.", "it": "Portare il file nell’impaginazione canonica."}
    return Repair(says, (Edit(path, same, len(text) - ends, canonical[same:len(canonical) - ends]),))


def spans_in(documents: Mapping[str, Document]) -> Spans:
    """Where triples stand in texts that were read, by path."""

    def find(path: str, triple: ox.Triple) -> Iterator[Sequence[Span]]:
        for stated in documents[path].of(triple) if path in documents else ():
            yield stated.subject, stated.predicate, stated.object

    return find
