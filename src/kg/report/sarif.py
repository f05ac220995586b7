"""A report in the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS Standard)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote as percent_encoded

from kg import __version__
from kg.model import Edit, Finding
from kg.rdf import BASE
from kg.report.codes import find
from kg.report.quotes import LINE_END
from kg.report.sheet import Sheet
from kg.report.text import sentence
from kg.report.words import say

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Name and version of how findings are told apart over time (3.27.17); a change of ``_prints`` needs a new number.
FINGERPRINT = "kgFinding/v1"
_ROOT = "REPOSITORY"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def to_sarif(sheet: Sheet) -> str:
    """The report as a SARIF log with one run.

    A result's fingerprint depends on rule, file, node, property and value and not on lines, so that it stays the same
    when the text around it moves. What was there before is ``unchanged``, if it was asked for; what is mended is not in
    the log.
    """
    report = sheet.report
    findings = [*report.findings, *report.standing]
    codes = sorted({finding.code for finding in findings})
    told = zip(findings, _prints(findings), strict=True)
    run: dict[str, object] = {
        "tool": {"driver": _driver(sheet, codes, findings)},
        "language": sheet.language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder of the repository."}}},
        "results": [_result(sheet, finding, codes, printed) for finding, printed in told],
    }
    if report.standing:
        states = ["new"] * len(report.findings) + ["unchanged"] * len(report.standing)
        run["results"] = [
            {**result, "baselineState": state} for result, state in zip(run["results"], states, strict=True)
        ]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _driver(sheet: Sheet, codes: list[str], findings: Sequence[Finding]) -> dict[str, object]:
    first = {finding.code: finding for finding in reversed(findings)}
    return {
        "name": "coalition-kg",
        "semanticVersion": __version__,
        "informationUri": BASE,
        "rules": [_rule(sheet, first[code]) for code in codes],
    }


def _rule(sheet: Sheet, finding: Finding) -> dict[str, object]:
    """What is said of a rule; that of a shape is told by the message of its first finding."""
    code = finding.code
    known, address = find(code), sheet.rule(code)
    title = sheet.said(known.title if known else finding.messages)
    text = sheet.said(known.text) if known else title
    rule: dict[str, object] = {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} {address}", "markdown": f"{text} [{code}]({address})"},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }
    # helpUri is an absolute URI (3.49.12); the address of the page may be set to a path.
    return {**rule, "helpUri": address} if ":" in address.partition("/")[0] else rule


def _result(sheet: Sheet, finding: Finding, codes: list[str], printed: str) -> dict[str, object]:
    text = sentence(finding, sheet.language)
    if finding.expected:
        text += f" {say(sheet.language, 'expected')}: {sheet.said(finding.expected)}"
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": _locations(sheet, finding),
        "partialFingerprints": {FINGERPRINT: printed},
    }
    fixes = _fixes(sheet, finding)
    return {**result, "fixes": fixes} if fixes else result


def _locations(sheet: Sheet, finding: Finding) -> list[dict[str, object]]:
    where, quote = finding.where, sheet.quote(finding)
    if where is None:
        return []
    place: dict[str, object] = {"artifactLocation": _artifact(where.origin)}
    if quote:
        place["region"] = {
            "startLine": quote.line, "startColumn": quote.start + 1, "endColumn": quote.end + 1,
            "snippet": {"text": quote.text[quote.start:quote.end]},
        }
    elif where.line:
        place["region"] = {"startLine": where.line, **({"startColumn": where.column} if where.column else {})}
    return [{"physicalLocation": place}]


def _artifact(path: str) -> dict[str, object]:
    return {"uri": percent_encoded(path), "uriBaseId": _ROOT}


def _fixes(sheet: Sheet, finding: Finding) -> list[dict[str, object]]:
    """The repair as a fix (3.55), if the texts it edits are at hand."""
    repair = finding.repair
    if repair is None or any(edit.path not in sheet.texts for edit in repair.edits):
        return []
    changes = []
    for path in sorted({edit.path for edit in repair.edits}):
        edits = [_replacement(sheet.texts[path], edit) for edit in repair.edits if edit.path == path]
        changes.append({"artifactLocation": _artifact(path), "replacements": edits})
    return [{"description": {"text": sheet.said(repair.says)}, "artifactChanges": changes}]


def _replacement(text: str, edit: Edit) -> dict[str, object]:
    (line, column), (end_line, end_column) = _place(text, edit.start), _place(text, edit.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _place(text: str, offset: int) -> tuple[int, int]:
    ends = [end.end() for end in LINE_END.finditer(text, 0, offset)]
    return len(ends) + 1, offset - (ends[-1] if ends else 0) + 1


def _prints(findings: Iterable[Finding]) -> list[str]:
    """A fingerprint for each finding; those alike in all else are told apart by their number."""
    seen: Counter[tuple[str, ...]] = Counter()
    prints = []
    for found in findings:
        file = found.where.origin if found.where else ""
        parts = (found.code, file, found.focus, found.path or "", found.value or "")
        seen[parts] += 1
        prints.append(hashlib.sha256("\0".join((*parts, str(seen[parts]))).encode("utf-8", "replace")).hexdigest())
    return prints
