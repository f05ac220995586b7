"""From a result to a finding: names, plain values and messages by language, their variables filled in."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.gate.result import Result, Term
from kg.gate.shapes import SH, ShapesGraph, local_name
from kg.model import Finding
from kg.rdf import shorten

#: Severities of SHACL (section 2.1.4) and their names in a finding; one of somebody's own counts as a violation.
SEVERITY = {SH + "Info": "info", SH + "Warning": "warning", SH + "Violation": "violation"}
_VARIABLE = re.compile(r"\{[?$](\w+)\}")


def finding(result: Result, shapes: ShapesGraph) -> Finding:
    """The finding that a result amounts to.

    Its code is the local name of the SPARQL constraint if that has one, else of the shape that has the constraint.
    """
    path = result.path
    named = isinstance(result.constraint, ox.NamedNode)
    return Finding(
        code=shapes.name(result.constraint if named else result.shape),
        severity=SEVERITY.get(result.severity, "violation"),
        focus=plain(result.focus),
        path=path[1:-1] if path and path.startswith("<") and path.count("<") == 1 and path.endswith(">") else path,
        value=None if result.value is None else plain(result.value),
        messages=messages(result, shapes),
        component=result.component,
        shape=result.shape.value if isinstance(result.shape, ox.NamedNode) else None,
    )


def plain(term: Term) -> str:
    """An IRI bare, a literal in N-Triples; a blank node is only ``_:``, as its label belongs to the engine."""
    if isinstance(term, ox.BlankNode):
        return "_:"
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def messages(result: Result, shapes: ShapesGraph) -> dict[str, str]:
    """Messages by language: the solution's, else the SPARQL constraint's, else the shape's (SHACL, 5.3.2 and 2.1.5)."""
    values = {"this": result.focus, "value": result.value, **dict(result.bindings)}
    if result.path:
        values["path"] = values["PATH"] = result.path
    own = [term for name, term in result.bindings if name == "message" and isinstance(term, ox.Literal)]
    texts = own or (shapes.messages(result.constraint) if result.constraint else []) or shapes.messages(result.shape)
    if not texts:
        rule = local_name(result.component).removesuffix("ConstraintComponent")
        return {"en": f"The constraint {rule} of {shapes.name(result.shape)} does not hold."}
    return {text.language or "en": _VARIABLE.sub(lambda m: _shown(values, m), text.value) for text in texts}


def _shown(values: dict[str, Term | str | None], match: re.Match[str]) -> str:
    if match[1] not in values:
        return match[0]
    value = values[match[1]]
    if value is None:
        return "–"
    if isinstance(value, ox.NamedNode):
        return shorten(value.value)
    if isinstance(value, str):
        return shorten(value[1:-1]) if re.fullmatch(r"<[^<>]*>", value) else value
    return "_:" if isinstance(value, ox.BlankNode) else value.value
