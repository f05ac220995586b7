"""A report as workflow commands of GitHub Actions, which show each finding at its line of a change."""

from __future__ import annotations

from kg.report.sheet import Sheet
from kg.report.text import sentence, verdict
from kg.report.words import say

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
_ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))


def to_annotations(sheet: Sheet) -> str:
    """A command a line for each finding, then the verdict; what a file says cannot be read as a command."""
    commands = []
    for finding in sheet.report.findings:
        quote = sheet.quote(finding)
        where = finding.where
        told = {
            "file": where and where.origin,
            "line": where and where.line,
            "col": quote.start + 1 if quote else where and where.column,
            "endColumn": quote.end if quote and quote.end > quote.start else None,
            "title": finding.code,
        }
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in told.items() if value)
        text = sentence(finding, sheet.language)
        for key, words in (("expected", finding.expected), ("repair", finding.repair and finding.repair.says)):
            text += f"\n{say(sheet.language, key)}: {sheet.said(words)}" if words else ""
        text += f"\n{sheet.rule(finding.code)}"
        commands.append(f"::{_COMMANDS[finding.severity]} {properties}::{_data(text)}")
    return "\n".join([*commands, _data(verdict(sheet))])


def _data(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
