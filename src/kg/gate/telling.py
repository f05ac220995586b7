"""From what the stages found to what is told: each mistake once, with its place, what was expected and a repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.expected import with_expected
from kg.gate.messages import finding
from kg.gate.order import ordered
from kg.gate.placing import Placer
from kg.gate.repairs import propose, spans_in
from kg.gate.result import Result
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.model import Finding
from kg.reading.document import Document

_UNDEFINED, _RANGE = "Reference-undefined", "Vocabulary-range"


def tell(
    found: Iterable[Finding],
    change: Changed,
    shapes: ShapesGraph,
    documents: Mapping[str, Document],
    read: Callable[[str], str],
) -> tuple[Finding, ...]:
    """The findings in order, with places, repairs and what was expected; ``read`` gives the text of other files."""
    place = Placer(change, documents, read)
    expected = with_expected(map(place, once(found)), shapes, change.known)
    return ordered(propose(expected, change, spans_in(documents)))


def once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that say of the same value what another says better.

    What a name that is not described should have been is of no use; and of a value of the wrong class a shape speaks in
    its own words.
    """
    found = list(findings)
    undefined = {_about(one) for one in found if one.code == _UNDEFINED}
    by_shapes = {_about(one) for one in found if one.shape}
    return [
        one for one in found
        if not (one.shape and one.value and _about(one) in undefined)
        and not (one.code == _RANGE and _about(one) in by_shapes)
    ]


def of_results(results: Iterable[Result], shapes: ShapesGraph, state: State) -> list[Finding]:
    """Results of shapes as findings, each with the statement that it is about if there is one."""
    return [replace(finding(result, shapes), triple=_triple(result, state)) for result in results]


def _about(one: Finding) -> tuple[str, str | None, str | None]:
    return one.focus, one.path, one.value


def _triple(result: Result, state: State) -> ox.Triple | None:
    path = result.path or ""
    if isinstance(result.focus, ox.Literal) or result.value is None or not (path.startswith("<") and path.endswith(">")):
        return None
    try:
        triple = ox.Triple(result.focus, ox.NamedNode(path[1:-1]), result.value)
    except ValueError:
        return None
    return triple if triple in state else None
