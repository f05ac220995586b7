"""A report as an ``sh:ValidationReport`` (SHACL, section 3.6), in Turtle and JSON-LD.

The results of shapes are its ``sh:result``. What other rules found are no validation results: they are its parts
(``dcterms:hasPart``), of the class above them, with the code as ``dcterms:identifier``. The report conforms if there is
neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kg.model import Finding, Report
from kg.rdf import PREFIXES

RDF, SH, DCTERMS = PREFIXES["rdf"], PREFIXES["sh"], PREFIXES["dcterms"]
Term = ox.NamedNode | ox.BlankNode | ox.Literal

_XSD_BOOLEAN = ox.NamedNode(PREFIXES["xsd"] + "boolean")
_SPARQL = SH + "SPARQLConstraintComponent"
_STEP = re.compile(r"<[^<>]*>|[\^()/|*+?]")
_REPEATED = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}


def to_turtle(report: Report) -> str:
    """The report in Turtle."""
    return _written(report, ox.RdfFormat.TURTLE)


def to_json_ld(report: Report) -> str:
    """The report in JSON-LD."""
    return _written(report, ox.RdfFormat.JSON_LD)


def _written(report: Report, form: ox.RdfFormat) -> str:
    prefixes = {name: PREFIXES[name] for name in ("ckgsh", "dcterms", "sh", "xsd")}
    return ox.serialize(_Graph(report).triples, format=form, prefixes=prefixes).decode("utf-8")


class _Graph:
    """The triples of a report; its blank nodes are numbered, so that two runs give the same."""

    def __init__(self, report: Report) -> None:
        self.triples: list[ox.Triple] = []
        self._made = 0
        head = ox.BlankNode("report")
        self._say(head, RDF + "type", _sh("ValidationReport"))
        self._say(head, SH + "conforms", ox.Literal(str(not report.findings).lower(), datatype=_XSD_BOOLEAN))
        for number, finding in enumerate(report.findings):
            node = ox.BlankNode(f"result{number}")
            self._say(head, SH + "result" if finding.component else DCTERMS + "hasPart", node)
            for predicate, term in self._statements(finding):
                self._say(node, predicate, term)

    def _say(self, subject: ox.BlankNode, predicate: str, term: Term) -> None:
        self.triples.append(ox.Triple(subject, ox.NamedNode(predicate), term))

    def _node(self) -> ox.BlankNode:
        self._made += 1
        return ox.BlankNode(f"node{self._made}")

    def _statements(self, finding: Finding) -> Iterator[tuple[str, Term]]:
        if finding.component:
            yield RDF + "type", _sh("ValidationResult")
            yield SH + "sourceConstraintComponent", ox.NamedNode(finding.component)
            yield from _sources(finding)
        else:
            yield RDF + "type", _sh("AbstractResult")
            yield DCTERMS + "identifier", ox.Literal(finding.code)
        yield SH + "resultSeverity", _sh(finding.severity.capitalize())
        yield SH + "focusNode", _term(finding.focus) or self._node()
        if finding.path is not None:
            yield SH + "resultPath", self._path(finding.path)
        if finding.value is not None:
            yield SH + "value", _term(finding.value) or self._node()
        for language, text in finding.messages.items():
            yield SH + "resultMessage", ox.Literal(text, language=language)

    def _path(self, text: str) -> Term:
        """The node of a path that is written as in SPARQL (SHACL, 2.3.1)."""
        if not text.startswith(("<", "^", "(")):
            return ox.NamedNode(text)
        return self._alternative(_STEP.findall(text))

    def _alternative(self, steps: list[str]) -> Term:
        members = [self._sequence(steps)]
        while steps and steps[0] == "|":
            steps.pop(0)
            members.append(self._sequence(steps))
        return members[0] if len(members) == 1 else self._around("alternativePath", self._list(members))

    def _sequence(self, steps: list[str]) -> Term:
        members = [self._step(steps)]
        while steps and steps[0] == "/":
            steps.pop(0)
            members.append(self._step(steps))
        return members[0] if len(members) == 1 else self._list(members)

    def _step(self, steps: list[str]) -> Term:
        first = steps.pop(0)
        if first == "^":
            return self._around("inversePath", self._step(steps))
        if first == "(":
            node = self._alternative(steps)
            steps.pop(0)
        else:
            node = ox.NamedNode(first[1:-1])
        while steps and steps[0] in _REPEATED:
            node = self._around(_REPEATED[steps.pop(0)], node)
        return node

    def _around(self, name: str, inner: Term) -> ox.BlankNode:
        node = self._node()
        self._say(node, SH + name, inner)
        return node

    def _list(self, members: list[Term]) -> Term:
        rest: Term = ox.NamedNode(RDF + "nil")
        for member in reversed(members):
            node = self._node()
            self._say(node, RDF + "first", member)
            self._say(node, RDF + "rest", rest)
            rest = node
        return rest


def _sources(finding: Finding) -> Iterator[tuple[str, Term]]:
    """The shape of a result and, if the code is that of a SPARQL constraint with a name, the constraint."""
    named = ox.NamedNode(PREFIXES["ckgsh"] + finding.code)
    if finding.shape:
        yield SH + "sourceShape", ox.NamedNode(finding.shape)
    if finding.component == _SPARQL and finding.shape not in (None, named.value):
        yield SH + "sourceConstraint", named


def _term(text: str) -> ox.NamedNode | ox.Literal | None:
    """A term from how a finding writes it; None for what has no name."""
    if text == "_:":
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
