"""Judging the whole repository, and a contribution by what the whole looks like before and after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError, SourceError, Where
from kg.gate.by_whole import check_by_whole
from kg.gate.contribution import UNREAD, check
from kg.gate.incoming import style
from kg.gate.order import odd, ordered
from kg.gate.whole import check as check_whole
from kg.judging import Asked, Judged, Tell
from kg.judging.contributions import brings_shapes, named, prepared, with_own_shapes
from kg.model import Finding, Report, Source
from kg.rdf import LEDGER
from kg.reading.lexical import lexical, of_triples
from kg.reading.turtle import read
from kg.rulebook import load_rules
from kg.settings import Settings
from kg.sources import TURTLE, load, read_texts
from kg.turtle import serialize

#: What parsers do not give away of literals: capitals in language tags, and that a text is said to be one.
_ONLY_IN_TEXTS = re.compile(r"@[A-Za-z0-9-]*[A-Z]|\^\^\S*string")


def judge(settings: Settings, asked: Asked, tell: Tell = lambda message: None) -> Judged:
    """Judge every file of the repository, or a contribution by the whole before and after it.

    Raises SourceError, RevisionError, SettingError on what cannot be read, ShapesError on shapes that cannot be
    evaluated, and KgError if the two ways of judging a contribution do not agree.
    """
    if asked.is_contribution:
        return _compared(settings, asked, tell)
    root = settings.repository
    sources = {text.sha256: text for text in read_texts(asked.texts)} if asked.texts else {}
    tell("Reading the files")
    corpus = load(root)
    texts = {source.path: _text(root, source.path) for source in corpus.sources}
    tell(f"Judging {len(corpus.sources)} files")
    report = check_whole(corpus, asked.engine, texts, load_rules(root), sources=sources)
    of_texts = [found for source in corpus.sources for found in _of_text(source, texts[source.path])]
    return Judged(replace(report, findings=ordered([*report.findings, *of_texts])), texts)


def _of_text(source: Source, text: str) -> Iterator[Finding]:
    """What is wrong with a file as a text: its literals, and its layout."""
    yield from _literals(source, text)
    if source.path == LEDGER:
        yield from style(text, source, None, None)
    if source.path.endswith(TURTLE) and serialize(source.triples) != text:
        named = not any(isinstance(term, ox.BlankNode) for triple in source.triples for term in triple)
        for found in style(text, source, None, None):
            # kg fmt proves that a layout keeps the graph; where nodes have no names, that is not plain to see.
            yield found if named else replace(found, repair=None)


def _literals(source: Source, text: str) -> Iterable[Finding]:
    """What is wrong with the literals of a file; read with places, which takes its time, only if something is."""
    if source.path == LEDGER:
        return of_triples(source.triples, source.path)
    if _ONLY_IN_TEXTS.search(text) or next(of_triples(source.triples, source.path), None):
        return lexical(read(text), source.path)
    return ()


def _compared(settings: Settings, asked: Asked, tell: Tell) -> Judged:
    proposal, bench = prepared(settings, asked, tell)
    report = check(proposal.contribution, bench)
    if report.engine == UNREAD:
        return named(report, proposal)
    tell("Judging everything before and after it")
    by_whole = check_by_whole(proposal.contribution, bench, asked.engine)
    if brings_shapes(proposal):
        report = with_own_shapes(report, by_whole)
    elif asked.prove:
        report = replace(report, engine=f"{report.engine}; {_proven(report, by_whole)}")
    return named(replace(report, standing=by_whole.standing) if asked.everything else report, proposal)


def _proven(report: Report, by_whole: Report) -> str:
    """That both ways agree, in words. Raises KgError if they do not."""
    for what, one, other in (
        ("brings", report.findings, by_whole.findings), ("mends", report.fixed, by_whole.fixed)
    ):
        differing = odd(one, other)
        if differing:
            raise KgError(
                f"What the contribution {what} is not the same by the whole: {len(differing)} findings differ, the "
                f"first is {differing[0].code} on {differing[0].focus}.",
                remedy="Report it, with the files.",
            )
    return "proven by the whole before and after"


def _text(root: Path, path: str) -> str:
    try:
        return (root / path).read_text("utf-8")
    except OSError as error:
        raise SourceError("The file cannot be read any more.", where=Where(path)) from error
