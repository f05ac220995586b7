"""Judging the whole ledger of links as if all of it were new, by the gate that judges contributions."""

from __future__ import annotations

from dataclasses import replace

from kg import proposals
from kg.errors import SourceError, Where
from kg.gate.contribution import Bench, check
from kg.judging import Judged, Tell
from kg.judging.contributions import named
from kg.model import Change, Contribution
from kg.rdf import LEDGER
from kg.reasoning import DEFAULT, version
from kg.rulebook import load_rules
from kg.settings import Settings


def judge(settings: Settings, tell: Tell = lambda message: None) -> Judged:
    """What is wrong with the ledger, by itself and beside ontology and data. Needs no network.

    Raises SourceError if there is no ledger or another file cannot be read, ShapesError on shapes that cannot be
    evaluated.
    """
    file = settings.repository / LEDGER
    if not file.is_file():
        raise SourceError("There is no ledger of links.", where=Where(LEDGER))
    tell("Reading the files")
    rules = load_rules(settings.repository)
    found = proposals.of_files(settings.repository, settings.state, version(DEFAULT, rules), (file,))
    tell("Judging the ledger")
    changes = tuple(Change(one.path, None, one.after) for one in found.contribution.changes)
    report = check(Contribution(changes, LEDGER), Bench.of(found.base, rules))
    judged = named(report, replace(found, named={LEDGER: LEDGER}))
    # What a contribution would add says nothing here.
    return replace(judged, report=replace(judged.report, checked={"files": 1}, summary=()))
