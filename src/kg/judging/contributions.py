"""Judging a contribution: files, what is staged, or a range of revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from kg import proposals
from kg.gate.consequences import has_closure
from kg.gate.contribution import UNREAD, Bench, check
from kg.gate.order import ordered, without
from kg.judging import Asked, Judged, Tell
from kg.model import Finding, Report
from kg.proposals import Proposal
from kg.rdf import kind_of
from kg.reasoning import DEFAULT, version
from kg.rulebook import load_rules
from kg.settings import Settings
from kg.sources import read_texts


def judge(settings: Settings, asked: Asked, tell: Tell = lambda message: None) -> Judged:
    """Judge a contribution.

    Raises SourceError, RevisionError, SettingError on what cannot be read, ShapesError on shapes that cannot be
    evaluated.
    """
    proposal, bench = prepared(settings, asked, tell)
    report = check(proposal.contribution, bench)
    if report.engine != UNREAD and brings_shapes(proposal):
        tell("Judging everything by the shapes that change")
        # Loaded when it is needed: the engines for the whole take longer to load than all else takes to judge.
        by_whole = import_module("kg.gate.by_whole").check_by_whole(proposal.contribution, bench)
        report = with_own_shapes(report, by_whole)
    return named(report, proposal)


def brings_shapes(proposal: Proposal) -> bool:
    """True if a contribution changes the shapes themselves."""
    return any(kind_of(change.path) == "shapes" for change in proposal.contribution.changes)


def with_own_shapes(report: Report, by_whole: Report) -> Report:
    """The report on a contribution that changes shapes, with what is wrong with these and what breaks them.

    ``report`` is by the shapes before, so that nobody accepts his own data by a change of the shapes; ``by_whole`` by
    judging everything before and after.
    """
    found = [*report.findings, *without(by_whole.findings, report.findings)]
    mended = [*report.fixed, *without(by_whole.fixed, report.fixed)]
    return replace(report, findings=ordered(found), fixed=ordered(mended))


def prepared(settings: Settings, asked: Asked, tell: Tell) -> tuple[Proposal, Bench]:
    """The contribution that is asked about, and what to judge it with; the same errors."""
    tell("Reading the files")
    rules = load_rules(settings.repository)
    sources = {text.sha256: text for text in read_texts(asked.texts)} if asked.texts else {}
    proposal = _proposed(settings.repository, settings.state, version(DEFAULT, rules), asked)
    known = has_closure(proposal.base.store)
    tell("Judging the contribution" + ("" if known else "; after kg build, this is faster"))
    return proposal, Bench.of(proposal.base, rules, sources)


def _proposed(root: Path, state: Path, reasoner: str, asked: Asked) -> Proposal:
    if asked.staged:
        return proposals.of_staged(root, state, reasoner)
    if asked.diff is not None:
        return proposals.of_range(root, state, reasoner, asked.diff)
    return proposals.of_files(root, state, reasoner, asked.files, asked.place)


def named(report: Report, proposal: Proposal) -> Judged:
    """The report with the files as whoever proposes them names them, and the texts that it speaks of."""
    base = proposal.base
    texts = {change.path: change.after for change in proposal.contribution.changes if change.after is not None}
    for found in (*report.findings, *report.fixed, *report.standing):
        if found.where and found.where.origin not in texts and found.where.origin in base.paths:
            texts[found.where.origin] = base.read(found.where.origin)
    names = proposal.named
    told = replace(
        report,
        findings=tuple(_renamed(found, names) for found in report.findings),
        fixed=tuple(_renamed(found, names) for found in report.fixed),
        standing=tuple(_renamed(found, names) for found in report.standing),
    )
    return Judged(told, {names.get(path, path): text.decode("utf-8", "replace") for path, text in texts.items()})


def _renamed(found: Finding, names: Mapping[str, str]) -> Finding:
    where, repair, says = found.where, found.repair, found.messages
    for path, name in names.items():
        says = {language: text.replace(f"{path}:", f"{name}:") for language, text in says.items()}
    if where and where.origin in names:
        where = replace(where, origin=names[where.origin])
    if repair:
        edits = tuple(replace(edit, path=names.get(edit.path, edit.path)) for edit in repair.edits)
        repair = replace(repair, edits=edits)
    return replace(found, where=where, repair=repair, messages=says)
