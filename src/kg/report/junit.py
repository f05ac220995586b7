"""A report as JUnit XML, which CI systems show as tests: a suite for each file, a case for each finding."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from kg.model import Finding
from kg.rdf import shorten
from kg.report.quotes import visible
from kg.report.sheet import Sheet
from kg.report.text import line, sentence, verdict
from kg.report.words import say

SUITES = "kg check"


def to_junit(sheet: Sheet) -> str:
    """The report as JUnit XML; a finding that does not fail is a case that passes. Without findings one case passes."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in sheet.report.findings:
        by_file[finding.where.origin if finding.where else SUITES].append(finding)
    suites = [_suite(sheet, path, findings) for path, findings in sorted(by_file.items())]
    if not suites:
        case = f"    <testcase name={_attribute(verdict(sheet))} classname={_attribute(SUITES)}/>"
        suites = ["\n".join([_head("  <testsuite", SUITES, 1, 0), case, "  </testsuite>"])]
    total, failed = _counts(sheet, list(sheet.report.findings))
    head = _head("<testsuites", SUITES, max(1, total), failed, f' time="{sheet.seconds:.3f}"')
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"])


def _head(tag: str, name: str, tests: int, failures: int, more: str = "") -> str:
    return f'{tag} name={_attribute(name)} tests="{tests}" failures="{failures}" errors="0"{more}>'


def _suite(sheet: Sheet, path: str, findings: list[Finding]) -> str:
    total, failed = _counts(sheet, findings)
    cases = [_case(sheet, path, finding) for finding in findings]
    return "\n".join([_head("  <testsuite", path, total, failed), *cases, "  </testsuite>"])


def _counts(sheet: Sheet, findings: list[Finding]) -> tuple[int, int]:
    return len(findings), sum(map(sheet.fails, findings))


def _case(sheet: Sheet, path: str, finding: Finding) -> str:
    node = "" if finding.focus == "_:" else f" {shorten(finding.focus)}"
    place = f' line="{finding.where.line}"' if finding.where and finding.where.line else ""
    head = f"    <testcase name={_attribute(finding.code + node)} classname={_attribute(path)}" \
           f" file={_attribute(path)}{place}>"
    told = escape(_legal("\n".join(_lines(sheet, finding))))
    if not sheet.fails(finding):
        return f"{head}<system-out>{told}</system-out></testcase>"
    message = _attribute(sentence(finding, sheet.language))
    return f"{head}<failure message={message} type={_attribute(finding.severity)}>{told}</failure></testcase>"


def _lines(sheet: Sheet, finding: Finding) -> list[str]:
    quote = sheet.quote(finding)
    lines = [line(finding, sheet.language), *([visible(quote.text)] if quote else [])]
    for key, words in (("expected", finding.expected), ("repair", finding.repair and finding.repair.says)):
        lines += [f"{say(sheet.language, key)}: {visible(sheet.said(words))}"] if words else []
    return [*lines, *map(visible, sheet.difference(finding)), sheet.rule(finding.code)]


def _attribute(text: str) -> str:
    return quoteattr(_legal(visible(text)))


def _legal(text: str) -> str:
    """A text without the characters that XML 1.0 (section 2.2) does not have."""
    return "".join("\ufffd" if character in "\ufffe\uffff" else character for character in text)
