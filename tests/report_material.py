"""A report with a finding of every kind, on a text that tries to be more than text."""

from __future__ import annotations

from kg.errors import Where
from kg.model import Edit, Finding, Repair, Report
from kg.rdf import PREFIXES
from kg.report.sheet import Sheet

PATH = "data/claims/né 004.ttl"
TEXT = """\
PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>

claim:italy
    a ckg:Position ;
    ckg:summary "Italy <b>excludes</b> & ::error::x \x1b[31m \u202e]]>"@en ;
    ckg:hodler actor:italy ;
    ckg:start 007 ;
    ckg:topic topic:troops , topic:nowhere .
"""
FOCUS = PREFIXES["claim"] + "italy"
NASTY = '<script>alert("1")</script> \x1b[2J %0A ::warning:: ]]>\n::error::second line'


def edit(old: str, new: str) -> Edit:
    """The edit that writes something else in the text."""
    start = TEXT.index(old)
    return Edit(PATH, start, start + len(old), new)


def words(en: str, it: str) -> dict[str, str]:
    return {"en": en, "it": it}


UNKNOWN = Finding(
    "Vocabulary-unknown", "violation", FOCUS, PREFIXES["ckg"] + "hodler", PREFIXES["ckg"] + "hodler",
    words("ckg:hodler is not in the ontology: did you mean ckg:holder?", "ckg:hodler non è nell’ontologia."),
    Where(PATH, 6, 5), repair=Repair(words("Write ckg:holder.", "Scrivere ckg:holder."), (edit("hodler", "holder"),)),
)
MISSING = Finding(
    "PositionShape-stance", "violation", FOCUS, PREFIXES["ckg"] + "stance", None,
    words("A position takes exactly one stance.", "Una posizione ha esattamente un orientamento."),
    Where(PATH, 3), expected=words("at least 1 here", "qui almeno 1"),
    component=PREFIXES["sh"] + "MinCountConstraintComponent", shape=PREFIXES["ckgsh"] + "PositionShape-stance",
)
QUERIED = Finding(
    "PositionShape-excludes", "warning", FOCUS, None, '"007"^^<http://www.w3.org/2001/XMLSchema#integer>',
    words(NASTY, NASTY), Where(PATH, 5),
    component=PREFIXES["sh"] + "SPARQLConstraintComponent", shape=PREFIXES["ckgsh"] + "PositionShape",
)
DEEP = Finding(
    "ClaimShape-path", "info", "_:", f"(^<{PREFIXES['ckg']}a>/(<{PREFIXES['ckg']}b>|<{PREFIXES['ckg']}c>))*", "_:",
    words("A path.", "Un percorso."),
    component=PREFIXES["sh"] + "ClassConstraintComponent", shape=PREFIXES["ckgsh"] + "ClaimShape-path",
)
NOWHERE = Finding("ShapesLint-refused", "violation", "_:", None, None, words("Nothing was judged.", "Nulla."), None)

REPORT = Report(
    (UNKNOWN, MISSING, NOWHERE, QUERIED, DEEP), "fast", {"focus": 3, "constraints": 9}, fixed=(MISSING,),
    standing=(QUERIED,), summary=(words("Adds <a> position.", "Aggiunge una posizione."),),
)
EMPTY = Report((), "fast", {"focus": 3, "constraints": 9})


def sheet(report: Report = REPORT, language: str = "en", **options: object) -> Sheet:
    """A sheet with the text at hand."""
    return Sheet(report, {PATH: TEXT}, 0.31, language, **options)
