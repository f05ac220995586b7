"""A report as text, as JSON and as a SHACL validation report in Turtle."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping

import pyoxigraph as ox

from kg.gate.shapes import RDF, SH
from kg.model import SEVERITIES, Finding, Report
from kg.rdf import PREFIXES, shorten

#: A literal in N-Triples; its text is the first group.
_LITERAL = re.compile(r'"(.*)"(?:\^\^<[^>]*>|@[\w-]+)?$', re.DOTALL)
XSD_BOOLEAN = ox.NamedNode(PREFIXES["xsd"] + "boolean")

#: language → phrases of the summary
WORDS = {
    "en": {
        "ok": "Conforms", "bad": "Does not conform", "violation": ("violation", "violations"),
        "warning": ("warning", "warnings"), "info": ("note", "notes"),
        "checked": "{focus} nodes checked against {constraints} constraints in {seconds:.1f} s ({engine})",
    },
    "it": {
        "ok": "Conforme", "bad": "Non conforme", "violation": ("violazione", "violazioni"),
        "warning": ("avviso", "avvisi"), "info": ("nota", "note"),
        "checked": "{focus} nodi controllati contro {constraints} vincoli in {seconds:.1f} s ({engine})",
    },
}


def message(finding: Finding, language: str) -> str:
    """The message in a language, else in English, else in any."""
    texts = finding.messages
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def line(finding: Finding, language: str) -> str:
    """``file:line: severity: node: message (code)``."""
    place = f"{finding.where}: " if finding.where else ""
    severity = WORDS[language][finding.severity][0]
    node = "" if finding.focus == "_:" else f"{shorten(finding.focus)}: "
    text = message(finding, language)
    value = "" if finding.value in (None, "_:", finding.focus) else _value(finding.value)
    shown = f" [{value}]" if value and value not in text else ""
    return f"{place}{severity}: {node}{text}{shown} ({finding.code})"


def _value(value: str) -> str:
    """A value as a reader writes it: the prefixed name of an IRI, the text of a literal."""
    literal = _LITERAL.match(value)
    return literal[1] if literal else shorten(value)


def summary(report: Report, language: str, seconds: float) -> str:
    """One line: the verdict, how many findings of each severity, and what was checked, in how many seconds."""
    words = WORDS[language]
    counts = Counter(finding.severity for finding in report.findings)
    found = [
        f"{counts[severity]} {words[severity][counts[severity] != 1]}" for severity in reversed(SEVERITIES)
    ]
    checked = words["checked"].format(seconds=seconds, engine=report.engine, **_counts(report.checked))
    return f"{words['ok' if report.conforms else 'bad']}: {', '.join(found)}; {checked}."


def _counts(checked: Mapping[str, int]) -> dict[str, int]:
    return {name: checked.get(name, 0) for name in ("focus", "constraints")}


def to_text(report: Report, language: str, seconds: float) -> str:
    """A line for each finding, then the summary."""
    return "\n".join([*(line(finding, language) for finding in report.findings), summary(report, language, seconds)])


def to_json(report: Report, seconds: float) -> str:
    """The report as a JSON object; ``where`` is null or has ``file`` and ``line``."""
    return json.dumps(
        {
            "conforms": report.conforms,
            "engine": report.engine,
            "checked": dict(report.checked),
            "seconds": round(seconds, 3),
            "findings": [_as_object(finding) for finding in report.findings],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_object(finding: Finding) -> dict[str, object]:
    where = finding.where
    return {
        "code": finding.code,
        "severity": finding.severity,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "messages": dict(finding.messages),
        "where": None if where is None else {"file": where.origin, "line": where.line},
    }


def to_turtle(report: Report) -> str:
    """The report as an ``sh:ValidationReport`` (SHACL, section 3.6).

    A path that is no single predicate and a focus node without a name are left out, as the report cannot name them.
    """
    head = ox.BlankNode("report")
    conforms = ox.Literal(str(not report.findings).lower(), datatype=XSD_BOOLEAN)
    triples = [_triple(head, RDF + "type", _sh("ValidationReport")), _triple(head, SH + "conforms", conforms)]
    for number, finding in enumerate(report.findings):
        node = ox.BlankNode(f"result{number}")
        triples += [_triple(head, SH + "result", node), _triple(node, RDF + "type", _sh("ValidationResult"))]
        triples += [_triple(node, SH + name, term) for name, term in _statements(finding)]
    prefixes = {name: PREFIXES[name] for name in ("ckgsh", "sh", "xsd")}
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes).decode("utf-8")


def _statements(finding: Finding) -> list[tuple[str, ox.NamedNode | ox.Literal]]:
    terms = [("resultSeverity", _sh(finding.severity.capitalize()))]
    terms.append(("sourceShape", ox.NamedNode(PREFIXES["ckgsh"] + finding.code)))
    for name, text in (("focusNode", finding.focus), ("resultPath", finding.path), ("value", finding.value)):
        term = _term(text)
        if term is not None and not (name == "resultPath" and isinstance(term, ox.Literal)):
            terms.append((name, term))
    return terms + [("resultMessage", ox.Literal(text, language=tag)) for tag, text in finding.messages.items()]


def _term(text: str | None) -> ox.NamedNode | ox.Literal | None:
    """A term from how a finding writes it; None for what has no name."""
    if text is None or text == "_:":
        return None
    if text.startswith('"'):
        found = ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.N_TRIPLES)
        return next(iter(found)).object
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)


def _triple(subject: ox.BlankNode, predicate: str, term: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), term)
