"""SPARQL constraints (SHACL, section 5) as set queries: each runs once over all its focus nodes.

SHACL binds ``$this`` to one focus node and runs the query again for the next. Here the focus nodes stand in a named
graph, ``<urn:kg:focus:N> { <urn:kg:run> <urn:kg:focus> ?this }``, and that pattern is put first into every group
that mentions ``$this``, which has the same solutions: joining with the set of targets binds ``$this`` to each.
``$shapesGraph`` and ``$currentShape`` are bound in the same places. EXISTS needs nothing, as it is evaluated with the
solution outside it already substituted.

Not for set queries, and left to the reference engine: GRAPH (but for ``$shapesGraph``), FROM, LIMIT, OFFSET,
aggregates without GROUP BY ``$this``, ``$currentShape`` on a shape without a name, ``[ … ]`` and ``( … )`` in triple
patterns. Refused, as SHACL refuses them (appendix A): MINUS, SERVICE, VALUES, assigning to a bound variable, a
sub-query that does not project ``$this``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from kg.errors import ShapesError
from kg.gate import paths
from kg.gate.patterns import Unsupported, parse
from kg.gate.result import Result
from kg.gate.shapes import OWL, SH, ShapesGraph, Term
from kg.gate.targets import FOCUS, RUN
from kg.gate.tree import Group

SHAPES_GRAPH = ox.NamedNode("urn:kg:shapes")
COMPONENT = SH + "SPARQLConstraintComponent"
#: Variables that SHACL binds before a query runs (section 5.3.1).
BOUND = frozenset(("this", "shapesGraph", "currentShape"))


@dataclass(frozen=True)
class Constraint:
    """One value of ``sh:sparql`` on a shape."""

    shape: Term
    node: Term


@lru_cache(maxsize=1_000)
def text_of(shapes: ShapesGraph, constraint: Constraint) -> str:
    """The SELECT query with those of its prefixes that it may use, ``$PATH`` replaced (SHACL, 5.2.1 and 5.3.1).

    Raises ShapesError if there is not exactly one ``sh:select``.
    """
    selects = shapes.objects(constraint.node, SH + "select")
    if len(selects) != 1 or not isinstance(selects[0], ox.Literal):
        raise ShapesError(
            f"The SPARQL constraint of {shapes.name(constraint.shape)} has no single sh:select.",
            remedy="Give it exactly one query text.",
        )
    body = selects[0].value
    path = shapes.path(constraint.shape)
    if path is not None:
        body = re.sub(r"[$?]PATH\b", lambda _: path, body)
    # Reading a prefix takes its time whenever the query is read or run.
    return "".join(line for name, line in _prefixes(shapes, constraint.node) if f"{name}:" in body) + body


def _prefixes(shapes: ShapesGraph, node: Term) -> list[tuple[str, str]]:
    """The names and PREFIX lines of ``sh:prefixes``, through the imports of the ontologies named (SHACL, 5.2.1)."""
    pending, seen, lines = shapes.objects(node, SH + "prefixes"), set(), []
    while pending:
        ontology = pending.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        pending += shapes.objects(ontology, OWL + "imports")
        for declaration in shapes.objects(ontology, SH + "declare"):
            prefix = shapes.objects(declaration, SH + "prefix")
            space = shapes.objects(declaration, SH + "namespace")
            if prefix and space:
                lines.append((prefix[0].value, f"PREFIX {prefix[0].value}: <{space[0].value}>\n"))
    return sorted(set(lines))


@lru_cache(maxsize=1_000)
def rewrite(text: str, focus: ox.NamedNode, shape: Term) -> str:
    """The query over all focus nodes in the named graph ``focus``.

    Raises ShapesError on what SHACL refuses, Unsupported on what only the reference engine can do.
    """
    where = parse(text)
    _refuse(where)
    _unsupported(where, shape)
    binding = {
        "this": f"GRAPH {focus} {{ {RUN} {FOCUS} $this }}",
        "shapesGraph": f"VALUES $shapesGraph {{ {SHAPES_GRAPH} }}",
        "currentShape": f"VALUES $currentShape {{ {shape} }}",
    }
    correlated = {id(inner) for g in where.walk() if g.kind == "exists" for inner in g.walk()}
    edits = [] if _counts(where) else list(_rewritten_paths(where, correlated, text))
    for group in where.walk():
        mentioned = [name for name in binding if group.mentions(name) or (group is where and name == "this")]
        if mentioned and id(group) not in correlated:
            edits.append((group.start, group.start, f" {' '.join(binding[name] for name in mentioned)} "))
    pieces, last = [], 0
    for start, end, replacement in sorted(edits):
        pieces += [text[last:start], replacement]
        last = end
    return "".join(pieces) + text[last:]


def _counts(where: Group) -> bool:
    """True if the query counts its solutions, so that finding one twice would matter."""
    return any(group.select.aggregates for group in where.walk() if group.select)


def _rewritten_paths(where: Group, correlated: set[int], text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and replacement of every path that the engine would follow from too many nodes."""
    for group in where.walk():
        for path in dict.fromkeys(pattern.path for pattern in group.patterns):
            written = paths.spelt_out(path, text)
            if written is None and id(group) in correlated:
                written = paths.in_one(path, text)
            if written is not None:
                yield path[0].start, path[-1].start + len(path[-1].text), written


def _refuse(where: Group) -> None:
    """Raise ShapesError on what SHACL refuses (appendix A)."""
    for group in where.walk():
        reason = next((f"{kind.upper()}" for kind in ("minus", "service") if group.kind == kind), "")
        reason = reason or next(iter(sorted(group.words)), "")
        head = group.select.head if group.select else ()
        assigned = {b.text[1:] for a, b in zip(head, head[1:], strict=False) if a.upper == "AS"} | group.bound
        if not reason and assigned & BOUND:
            reason = f"an assignment to ${min(assigned & BOUND)}"
        if not reason and group.select and group is not where and "this" not in group.select.projected:
            reason = "a sub-query that does not project $this"
        if reason:
            raise ShapesError(f"A SPARQL constraint has {reason}, which SHACL refuses (appendix A).")


def _unsupported(where: Group, shape: Term) -> None:
    for group in where.walk():
        if group.kind == "graph" and group.graph.lstrip("$?") != "shapesGraph":
            raise Unsupported("GRAPH")
        if "currentShape" in group.variables and not isinstance(shape, ox.NamedNode):
            raise Unsupported("$currentShape on a shape without a name")
        if group.select is None:
            continue
        if {"LIMIT", "OFFSET"} & {token.upper for token in group.select.tail}:
            raise Unsupported("LIMIT or OFFSET")
        if group.select.aggregates and "this" not in group.select.grouped_by:
            raise Unsupported("an aggregate without GROUP BY $this")


def judge(store: ox.Store, shapes: ShapesGraph, constraint: Constraint, focus: ox.NamedNode) -> Iterator[Result]:
    """The results of a SPARQL constraint on all focus nodes in the named graph ``focus`` of the store.

    Raises ShapesError if the query does not parse or SHACL refuses it, Unsupported if it is no set query.
    """
    text = text_of(shapes, constraint)
    if "shapesGraph" in text:
        store.extend(ox.Quad(*triple, SHAPES_GRAPH) for triple in shapes.triples)
    return run(store, rewrite(text, focus, constraint.shape), constraint, shapes)


def run(store: ox.Store, text: str, constraint: Constraint, shapes: ShapesGraph) -> Iterator[Result]:
    """The results of a rewritten query (SHACL, 5.3.2). Raises ShapesError if it does not parse."""
    path = shapes.path(constraint.shape)
    try:
        solutions = store.query(text)
    except SyntaxError as error:
        raise ShapesError(
            f"The SPARQL constraint of {shapes.name(constraint.shape)} does not parse: {error}.",
            remedy="Mend its sh:select or declare its prefixes.",
        ) from error
    variables = [variable.value for variable in solutions.variables]
    rows = dict.fromkeys(tuple(solution) for solution in solutions)
    for row in rows:
        found = {name: term for name, term in zip(variables, row, strict=True) if term is not None}
        focus = found.pop("this", None)
        if focus is None:
            raise ShapesError(f"The SPARQL constraint of {shapes.name(constraint.shape)} does not project $this.")
        own = found.pop("path", None)
        value = found.pop("value", None)
        yield Result(
            focus=focus,
            path=str(own) if own is not None else path,
            value=focus if value is None and path is None else value,
            shape=constraint.shape,
            severity=shapes.severity(constraint.shape),
            component=COMPONENT,
            constraint=constraint.node,
            bindings=tuple(found.items()),
        )
