"""A report with what is needed to write it: the texts it speaks of, the language, the pages of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.edits import apply, as_diff
from kg.model import SEVERITIES, Finding, Report
from kg.report.codes import PAGE, anchor
from kg.report.quotes import LINE_END, Quote, quote
from kg.report.words import in_language


@dataclass(frozen=True)
class Sheet:
    """What a report is written from.

    ``texts`` maps the paths of files to their texts, as far as they are at hand; ``seconds`` is how long it took;
    ``language`` is ``en`` or ``it``; a finding of the severity ``fail_on`` or above fails; ``page`` is the address of
    the page of the rules.
    """

    report: Report
    texts: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    language: str = "en"
    fail_on: str = "violation"
    page: str = PAGE
    _lines: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def failed(self) -> bool:
        """True if a finding is as grave as what fails."""
        return any(self.fails(finding) for finding in self.report.findings)

    def fails(self, finding: Finding) -> bool:
        """True if this finding is as grave as what fails."""
        return SEVERITIES.index(finding.severity) >= SEVERITIES.index(self.fail_on)

    def said(self, texts: Mapping[str, str]) -> str:
        """A text in the language of the sheet."""
        return in_language(texts, self.language)

    def rule(self, code: str) -> str:
        """The address of what is said about a rule."""
        return f"{self.page}#{anchor(code)}"

    def quote(self, finding: Finding) -> Quote | None:
        """The line of a finding, if its text is at hand."""
        path = finding.where.origin if finding.where else ""
        if path not in self.texts:
            return None
        if path not in self._lines:
            self._lines[path] = LINE_END.split(self.texts[path])
        return quote(self._lines[path], finding)

    def difference(self, finding: Finding) -> tuple[str, ...]:
        """The lines that its repair takes away (with a minus) and puts in (with a plus); none without a repair."""
        if finding.repair is None:
            return ()
        lines: list[str] = []
        for path, after in sorted(apply(self.texts, [finding.repair]).items()):
            diff = as_diff(self.texts[path], after, path, 0).split("\n")
            lines += [line.rstrip("\r") for line in diff[2:] if line[:1] in ("+", "-")]
        return tuple(lines)
