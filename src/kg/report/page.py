"""A report as a page that stands alone, and as the part of a page of the site: one template for both.

Everything that a file or message says is escaped; there is no script, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from kg.model import Finding
from kg.report.listing import listing
from kg.report.quotes import visible
from kg.report.sheet import Sheet
from kg.report.text import SHOWN, line, sentence, verdict
from kg.report.words import counted, say, words

_WIDTH = 400
_TEMPLATES = Environment(
    loader=PackageLoader("kg.report", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def to_html(sheet: Sheet, styles: str) -> str:
    """The report as a page with these styles in it."""
    template = _TEMPLATES.get_template("page.html")
    return template.render(lines=(), linked=(), styles=Markup(styles.replace("</", "<\\/")), **_values(sheet))


def fragment(sheet: Sheet, path: str = "") -> Markup:
    """The report as a part of a page that has a heading of the first level and the styles of the site.

    It has the text of the file at ``path``, if one is named, with the lines at fault marked.
    """
    lines = listing(sheet, path) if path else []
    linked = frozenset(number for line in lines for number in line.findings)
    return Markup(_TEMPLATES.get_template("report.html").render(lines=lines, linked=linked, **_values(sheet)))


def _values(sheet: Sheet) -> dict[str, object]:
    report, language = sheet.report, sheet.language
    return {
        "lang": language,
        "w": words(language),
        "conforms": report.conforms,
        "verdict": verdict(sheet, by=False),
        "summary": [visible(sheet.said(told)) for told in report.summary],
        "findings": [_shown(sheet, number, finding) for number, finding in enumerate(report.findings, start=1)],
        "fixed": [line(finding, language) for finding in report.fixed],
        "standing": [line(finding, language) for finding in report.standing],
    }


def _shown(sheet: Sheet, number: int, finding: Finding) -> dict[str, object]:
    """What the template shows of a finding."""
    quote, language, difference = sheet.quote(finding), sheet.language, sheet.difference(finding)
    hidden = len(difference) - SHOWN
    return {
        "number": number,
        "code": finding.code,
        "severity": finding.severity,
        "named": say(language, finding.severity),
        "place": visible(str(finding.where)) if finding.where else "",
        "line": finding.where.line if finding.where else None,
        "sentence": visible(sentence(finding, language)),
        "quote": quote and quote.clipped(_WIDTH).shown(),
        "expected": visible(sheet.said(finding.expected)),
        "repair": visible(sheet.said(finding.repair.says)) if finding.repair else "",
        "difference": [visible(text[:_WIDTH]) for text in difference[:SHOWN]],
        "hidden": counted(language, "hidden", hidden) if hidden > 0 else "",
        "rule": sheet.rule(finding.code),
    }
