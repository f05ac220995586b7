"""What the shapes say of themselves, as far as a reader of findings needs it: the rules that are shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.gate.messages import SEVERITY
from kg.gate.shapes import SH, ShapesGraph, Term, local_name
from kg.rdf import shorten

_TARGETS = {
    SH + "targetNode": ("", ""),
    SH + "targetClass": ("each ", "ogni "),
    SH + "targetSubjectsOf": ("what has ", "ciò che ha "),
    SH + "targetObjectsOf": ("what is the value of ", "ciò che è il valore di "),
}


@dataclass(frozen=True)
class Rule:
    """A shape or named SPARQL constraint that can give findings.

    ``code`` is its name, ``owners`` the names of the shapes with targets that it belongs to, ``targets`` says by
    language what these judge, ``path`` is the property or path in the syntax of SPARQL, ``asks`` the constraints as in
    Turtle, and ``messages`` what its findings say, with variables.
    """

    code: str
    severity: str
    owners: tuple[str, ...]
    targets: Mapping[str, str]
    path: str | None
    asks: tuple[str, ...]
    messages: Mapping[str, str]


def of_shapes(shapes: ShapesGraph) -> tuple[Rule, ...]:
    """The rules in a shapes graph, sorted by name. Raises ShapesError on a path that is none."""
    carriers: dict[str, list[tuple[Term, Term, Term]]] = {}
    for root in shapes.roots:
        for shape in shapes.reach([root], shapes.properties):
            for predicate, value in shapes.constraints(shape):
                named = predicate == SH + "sparql" and isinstance(value, ox.NamedNode)
                carriers.setdefault(shapes.name(value if named else shape), []).append((root, shape, value))
    return tuple(_rule(shapes, code, found) for code, found in sorted(carriers.items()))


def _rule(shapes: ShapesGraph, code: str, found: list[tuple[Term, Term, Term]]) -> Rule:
    roots = sorted({root for root, _, _ in found}, key=str)
    _, shape, value = found[0]
    of_query = isinstance(value, ox.NamedNode) and local_name(value.value) == code
    node = value if of_query and shapes.messages(value) else shape
    path = shapes.path(shape)
    return Rule(
        code=code,
        severity=SEVERITY.get(shapes.severity(shape), "violation"),
        owners=tuple(shapes.name(root) for root in roots),
        targets={language: ", ".join(_targets(shapes, roots, at)) for at, language in enumerate(("en", "it"))},
        path=_shown_path(path) if path else None,
        asks=tuple(_asks(shapes, shape, value if of_query else None)),
        messages={text.language or "en": text.value for text in shapes.messages(node)},
    )


def _targets(shapes: ShapesGraph, roots: list[Term], language: int) -> Iterator[str]:
    stated = {target for root in roots for target in shapes.targets(root)}
    for predicate, value in sorted(stated, key=str):
        yield f"{_TARGETS[predicate][language]}`{_shown(value)}`"


def _asks(shapes: ShapesGraph, shape: Term, query: Term | None) -> Iterator[str]:
    """The constraints of a shape as in Turtle; of a rule that is a query only that."""
    for predicate, value in sorted(shapes.constraints(shape), key=str):
        name = "sh:" + predicate.removeprefix(SH)
        is_query = predicate == SH + "sparql"
        if query is not None or is_query:
            if is_query and value == (query or value):
                yield name
        elif name in ("sh:in", "sh:languageIn", "sh:and", "sh:or", "sh:xone"):
            yield f"{name} ( {' '.join(map(_shown, shapes.members(value)))} )"
        else:
            yield f"{name} {_shown(value)}"


def _shown(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return "[…]" if isinstance(term, ox.BlankNode) else _plain(term)


def _plain(literal: ox.Literal) -> str:
    bare = local_name(literal.datatype.value) in ("integer", "boolean", "decimal")
    return literal.value if bare else str(ox.Literal(literal.value, language=literal.language))


def _shown_path(path: str) -> str:
    """A path with prefixed names in place of IRIs."""
    shown, rest = "", path
    while "<" in rest:
        before, _, rest = rest.partition("<")
        iri, _, rest = rest.partition(">")
        shown += before + shorten(iri)
    return shown + rest
