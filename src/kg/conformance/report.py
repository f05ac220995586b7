"""What is said of a run: the figures of each suite, as EARL, as a page, and as a badge."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pyoxigraph as ox

from kg import __version__
from kg.conformance.register import FAILED, KINDS, PASSED, Excepted, Outcome
from kg.conformance.steps import READING
from kg.conformance.suites import SUITES
from kg.rdf import BASE

_LABEL = "W3C SPARQL over HTTP"
_PREFIXES = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix earl: <http://www.w3.org/ns/earl#> .
"""


@dataclass(frozen=True)
class Row:
    """The figures of one suite: tests, those run, passed, exceptions; ``outside`` says why none was run."""

    title: str
    tests: int
    run: int
    passed: int
    excepted: int
    outside: str


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """The figures of each suite that has outcomes, in the order of the suites."""
    found = []
    for suite in (*SUITES[:2], READING, *SUITES[2:]):
        mine = [outcome for outcome in outcomes if outcome.case.suite == suite.name]
        live = [outcome for outcome in mine if not outcome.case.outside]
        if mine:
            passed = sum(not outcome.fault for outcome in live)
            excepted = sum(bool(outcome.fault and outcome.excepted) for outcome in live)
            outside = "; ".join(dict.fromkeys(one.case.outside for one in mine if one.case.outside))
            found.append(Row(suite.title, len(mine), len(live), passed, excepted, outside))
    return found


def _of_w3c(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those of the W3C's own tests."""
    return [outcome for outcome in outcomes if outcome.case.suite != READING.name]


def earl(outcomes: Sequence[Outcome]) -> str:
    """The outcomes of the W3C's tests in EARL 1.0, as Turtle; the same text for the same outcomes and version."""
    subject = f"<{BASE}>"
    assertor = f"<{BASE}conformance>"
    parts = [
        _PREFIXES,
        f'{subject} a earl:TestSubject , doap:Project ;\n    doap:name "coalition-kg" ;\n'
        f'    dcterms:hasVersion "{__version__}" .\n',
        f'{assertor} a earl:Assertor , earl:Software ;\n    doap:name "kg conformance" ;\n'
        f'    dcterms:hasVersion "{__version__}" .\n',
    ]
    for outcome in _of_w3c(outcomes):
        reason = outcome.case.outside or (outcome.excepted.reason if outcome.excepted else outcome.fault)
        info = f" ; earl:info {ox.Literal(reason)}" if reason and outcome.verdict != PASSED else ""
        parts.append(
            f"[] a earl:Assertion ;\n    earl:assertedBy {assertor} ;\n    earl:subject {subject} ;\n"
            f"    earl:test <{outcome.case.iri}> ;\n    earl:mode earl:automatic ;\n"
            f"    earl:result [ a earl:TestResult ; earl:outcome earl:{outcome.verdict}{info} ] .\n"
        )
    return "\n".join(parts)


def badge_figures(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """What a badge says, and its colour: green if all is as the register says, else red."""
    live = [outcome for outcome in _of_w3c(outcomes) if not outcome.case.outside]
    passed = sum(not outcome.fault for outcome in live)
    wrong = any(outcome.surprising for outcome in outcomes)
    return f"{passed} of {len(live)} tests passed", "#b3261e" if wrong else "#2e6b34"


def badge_json(outcomes: Sequence[Outcome]) -> str:
    """The badge in the JSON that makers of badges read (schemaVersion 1)."""
    message, colour = badge_figures(outcomes)
    return json.dumps({"schemaVersion": 1, "label": _LABEL, "message": message, "color": colour}, indent=1) + "\n"


def badge_svg(outcomes: Sequence[Outcome]) -> str:
    """The badge as an image that stands by itself: two fields, with a text alternative."""
    message, colour = badge_figures(outcomes)
    left, right = (round(6.6 * len(text)) + 14 for text in (_LABEL, message))
    said = escape(f"{_LABEL}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="22" role="img" aria-label="{said}">\n'
        f"<title>{said}</title>\n"
        f'<rect width="{left}" height="22" fill="#3b3b3b"/>\n'
        f'<rect x="{left}" width="{right}" height="22" fill="{colour}"/>\n'
        '<g fill="#ffffff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" text-anchor="middle">\n'
        f'<text x="{left / 2:g}" y="15" textLength="{left - 12}">{escape(_LABEL)}</text>\n'
        f'<text x="{left + right / 2:g}" y="15" textLength="{right - 12}">{escape(message)}</text>\n'
        "</g>\n</svg>\n"
    )


def tables(outcomes: Sequence[Outcome]) -> str:
    """The figures and the exceptions as two tables in Markdown."""
    lines = ["| suite | tests | passed | exceptions | not run |", "|---|---|---|---|---|"]
    for row in rows(outcomes):
        outside = f"{row.tests - row.run}: {row.outside}" if row.outside else ""
        lines.append(f"| {row.title} | {row.tests} | {row.passed} | {row.excepted} | {outside} |")
    excepted = [outcome for outcome in outcomes if outcome.fault and outcome.excepted]
    for kind, meaning in KINDS.items():
        mine = [outcome for outcome in excepted if outcome.excepted and outcome.excepted.kind == kind]
        if mine:
            lines += ["", f"What {meaning}:", "", "| test | reason |", "|---|---|", *map(_line, mine)]
    return "\n".join(lines) + "\n"


def _line(outcome: Outcome) -> str:
    assert isinstance(outcome.excepted, Excepted)
    reason = outcome.excepted.reason.replace("|", "\\|")
    return f"| {outcome.case.folder} {outcome.case.iri.rpartition('#')[2]} | {reason} |"


def told(outcomes: Sequence[Outcome]) -> str:
    """The figures and what is not as the register says, as plain text."""
    lines = [
        f"{row.title}: {row.passed} of {row.run} passed"
        + (f", {row.excepted} known exceptions" if row.excepted else "")
        + (f"; {row.tests - row.run} not run" if row.run < row.tests else "")
        for row in rows(outcomes)
    ]
    lines += [
        f"{'FAILED' if outcome.verdict == FAILED else 'UNEXPECTED'} {outcome.case.iri}\n    {outcome.surprising}"
        for outcome in outcomes
        if outcome.surprising
    ]
    return "\n".join(lines)
