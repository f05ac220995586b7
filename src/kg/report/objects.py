"""A report as a JSON object; ``report.schema.json`` beside this module says what is in it."""

from __future__ import annotations

import json

from kg.model import Finding, Repair
from kg.report.sheet import Sheet


def to_json(sheet: Sheet) -> str:
    """The report as a JSON object, with the texts of both languages."""
    report = sheet.report
    return json.dumps(
        {
            "conforms": report.conforms,
            "engine": report.engine,
            "checked": dict(report.checked),
            "seconds": round(sheet.seconds, 3),
            "findings": [_finding(sheet, finding) for finding in report.findings],
            "fixed": [_finding(sheet, finding) for finding in report.fixed],
            "standing": [_finding(sheet, finding) for finding in report.standing],
            "summary": [dict(sentence) for sentence in report.summary],
        },
        ensure_ascii=False,
        indent=2,
    )


def _finding(sheet: Sheet, finding: Finding) -> dict[str, object]:
    where, triple, quote = finding.where, finding.triple, sheet.quote(finding)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "messages": dict(finding.messages),
        "expected": dict(finding.expected),
        "where": where and {"file": where.origin, "line": where.line, "column": where.column},
        "quote": quote and {"text": quote.text, "start": quote.start, "end": quote.end},
        "triple": triple and {"subject": str(triple.subject), "predicate": str(triple.predicate),
                              "object": str(triple.object)},
        "repair": finding.repair and _repair(finding.repair),
        "component": finding.component,
        "rule": sheet.rule(finding.code),
    }


def _repair(repair: Repair) -> dict[str, object]:
    return {
        "says": dict(repair.says),
        "edits": [
            {"file": edit.path, "start": edit.start, "end": edit.end, "text": edit.text} for edit in repair.edits
        ],
    }
