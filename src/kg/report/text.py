"""A report as text: each finding with its line quoted and marked, then what changes, then the verdict."""

from __future__ import annotations

import textwrap
from collections import Counter

from kg.model import SEVERITIES, Finding
from kg.rdf import shorten
from kg.report.quotes import Quote, columns, plain, visible
from kg.report.sheet import Sheet
from kg.report.words import counted, decimal, in_language, say

#: Columns of a quoted line, and lines of a repair that are shown.
WIDTH, SHOWN = 110, 12

#: How the words of a verdict name the engine.
_BY = " ({engine})"
#: Key of the words on what was judged → the counts that they name.
_COUNTS = {"checked": {"focus", "constraints"}, "changed": {"added", "removed", "focus"}}
_RESET = "\x1b[0m"
_STYLES = {
    "violation": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m", "place": "\x1b[1m",
    "faint": "\x1b[2m", "+": "\x1b[32m", "-": "\x1b[31m", "ok": "\x1b[1;32m", "bad": "\x1b[1;31m",
}


def line(finding: Finding, language: str) -> str:
    """``file:line:column: severity: node: message (code)``."""
    place = f"{finding.where}: " if finding.where else ""
    return visible(f"{place}{say(language, finding.severity)}: {sentence(finding, language)} ({finding.code})")


def sentence(finding: Finding, language: str) -> str:
    """The node, the message, and the value found if the message does not name it."""
    node = "" if finding.focus == "_:" else f"{shorten(finding.focus)}: "
    text = in_language(finding.messages, language)
    value = "" if finding.value in (None, "_:", finding.focus) else plain(finding.value)
    shown = f" [{textwrap.shorten(value, WIDTH)}]" if value and value not in text else ""
    return f"{node}{text}{shown}"


def verdict(sheet: Sheet, by: bool = True) -> str:
    """One line: the verdict, how many findings of each severity, and what was checked, in how many seconds.

    ``by`` which engine it says if that is wanted.
    """
    report, language = sheet.report, sheet.language
    counts = Counter(finding.severity for finding in report.findings)
    found = ", ".join(counted(language, severity, counts[severity]) for severity in reversed(SEVERITIES))
    key = next((key for key, named in _COUNTS.items() if named <= report.checked.keys()), "judged")
    seconds = decimal(sheet.seconds, language)
    words = say(language, key) if by else say(language, key).replace(_BY, "")
    checked = words.format_map({**report.checked, "seconds": seconds, "engine": report.engine})
    return f"{say(language, 'ok' if report.conforms else 'bad')}: {found}; {checked}."


def to_text(sheet: Sheet, colour: bool = False) -> str:
    """The report as text, in ANSI colours if asked for; nothing that a file says can steer a terminal."""
    return "\n".join(_Writer(sheet, colour).lines())


class _Writer:
    def __init__(self, sheet: Sheet, colour: bool) -> None:
        self._sheet, self._colour, self._language = sheet, colour, sheet.language

    def lines(self) -> list[str]:
        """Everything, a line each."""
        sheet, report, language = self._sheet, self._sheet.report, self._language
        found = [text for finding in report.findings for text in self._finding(finding)]
        if report.standing:
            found += [self._style("place", say(language, "standing") + ":")]
            found += [f"  {line(finding, language)}" for finding in report.standing]
        if report.fixed:
            found += [self._style("place", say(language, "mended") + ":")]
            found += [self._style("+", f"  {line(finding, language)}") for finding in report.fixed]
        if report.summary:
            found += [self._style("place", say(language, "summary") + ":")]
            found += [f"  {visible(sheet.said(told))}" for told in report.summary]
        key = "ok" if report.conforms else "bad"
        return [*found, self._style(key, verdict(sheet))]

    def _style(self, style: str, text: str) -> str:
        return f"{_STYLES[style]}{text}{_RESET}" if self._colour else text

    def _finding(self, finding: Finding) -> list[str]:
        sheet, language = self._sheet, self._language
        place = self._style("place", visible(f"{finding.where}: ")) if finding.where else ""
        severity = self._style(finding.severity, say(language, finding.severity) + ":")
        told = visible(sentence(finding, language))
        lines = [f"{place}{severity} {told} ({finding.code})"]
        quote = sheet.quote(finding)
        margin = " " * (len(str(quote.line)) + 2) if quote else "  "
        if quote:
            lines += self._quote(quote, finding.severity)
        expected = sheet.said(finding.expected)
        if expected:
            lines.append(f"{margin}{say(language, 'expected')}: {visible(expected)}")
        if finding.repair:
            lines.append(f"{margin}{say(language, 'repair')}: {visible(sheet.said(finding.repair.says))}")
            lines += self._difference(finding, margin)
        return [*lines, margin + self._style("faint", f"{say(language, 'rule')}: {sheet.rule(finding.code)}")]

    def _quote(self, quote: Quote, severity: str) -> list[str]:
        """The line with its number, and below it what is meant, underlined."""
        cut = quote.clipped(WIDTH).shown()
        number = f" {quote.line} "
        mark = self._style(severity, "^" * max(1, columns(cut.text[cut.start:cut.end])))
        bar = self._style("faint", "|")
        below = " " * columns(cut.text[:cut.start])
        return [f"{self._style('faint', number)}{bar} {cut.text}", f"{' ' * len(number)}{bar} {below}{mark}"]

    def _difference(self, finding: Finding, margin: str) -> list[str]:
        lines = self._sheet.difference(finding)
        shown = [self._style(text[0], f"{margin}  {visible(_cut(text))}") for text in lines[:SHOWN]]
        if len(lines) > SHOWN:
            shown.append(self._style("faint", f"{margin}  {counted(self._language, 'hidden', len(lines) - SHOWN)}"))
        return shown


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[:WIDTH] + "…"

