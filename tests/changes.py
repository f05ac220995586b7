"""Changes of small repositories, written as Turtle without its prefixes, for the tests of the gate's own checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

import pyoxigraph as ox
from checkout import ROOT
from gate_material import HEADER, source

from kg.gate.changed import Changed
from kg.model import Corpus, Finding, Source
from kg.passages import Text
from kg.rdf import JUDGED, kind_of
from kg.sources import load

Files = Mapping[str, str]
Check = Callable[[Changed], Iterable[Finding]]


@cache
def file(path: str, turtle: str) -> Source:
    """A file with its kind, in ontology, data, shapes or a folder below data that is a kind of its own."""
    return replace(source(path, turtle), kind=kind_of(path))


def base_of(sources: Iterable[Source]) -> tuple[ox.Store, list[str]]:
    """A store with a graph for each file, and the graphs of ontology and data."""
    store, judged = ox.Store(), []
    for one in sources:
        store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
        judged += [one.graph] if one.kind in JUDGED else []
    return store, judged


def change(before: Files, after: Files, sources: Mapping[str, Text] | None = None) -> Changed:
    """What changes if files ``before`` (by path) become those ``after``; one that stays is in the base only."""
    were = {path: file(path, text) for path, text in before.items()}
    store, judged = base_of(were.values())
    removed = [one for path, one in were.items() if after.get(path) != before[path]]
    added = [file(path, text) for path, text in after.items() if before.get(path) != text]
    texts = {path: HEADER + text for path, text in after.items()}
    return Changed.of(store, judged, removed, added, texts, sources or {})


def whole(files: Files, sources: Mapping[str, Text] | None = None) -> Changed:
    """All files as new."""
    return Changed.whole(Corpus(tuple(file(path, text) for path, text in files.items())),
                         {path: HEADER + text for path, text in files.items()}, sources or {})


@cache
def real() -> Corpus:
    """The files of this repository."""
    return load(ROOT)


@cache
def _real_base() -> tuple[ox.Store, list[str]]:
    return base_of(real().sources)


def on_real(path: str, turtle: str) -> Changed:
    """A new file in this repository."""
    assert all(one.path != path for one in real().sources)
    store, judged = _real_base()
    return Changed.of(store, judged, [], [file(path, turtle)], {path: HEADER + turtle})


def on_real_edited(path: str, edit: Callable[[tuple[ox.Triple, ...]], Iterable[ox.Triple]]) -> Changed:
    """A file of this repository with other triples."""
    store, judged = _real_base()
    was = next(one for one in real().sources if one.path == path)
    return Changed.of(store, judged, [was], [replace(was, triples=tuple(edit(was.triples)))], {})


def codes(findings: Iterable[Finding]) -> list[str]:
    """The codes of findings, sorted."""
    return sorted(finding.code for finding in findings)


def keys(findings: Iterable[Finding]) -> set[tuple[object, ...]]:
    """What makes a finding the same as another, whatever line it stands at."""
    return {
        (one.code, one.severity, one.focus, one.path, one.value, one.where and one.where.origin) for one in findings
    }


def new_by_difference(check: Check, before: Files, after: Files) -> set[tuple[object, ...]]:
    """The findings on all files after a change that those before did not have."""
    return keys(check(whole(after))) - keys(check(whole(before)))


def new_by_change(check: Check, before: Files, after: Files) -> set[tuple[object, ...]]:
    """The same, from the change alone: what is found there, without what is found on the way back."""
    one = change(before, after)
    return keys(check(one)) - keys(check(one.reversed()))


def is_bilingual(finding: Finding) -> bool:
    """True if a finding speaks English and Italian, in one or more whole sentences each."""
    texts = finding.messages
    return set(texts) == {"en", "it"} and all(re.search(r"[.?]$", text) for text in texts.values())
