"""From what the stages found to what is told: each with its place, what was expected and a repair."""

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


def tell(
    found: Iterable[Finding],
    change: Changed,
    shapes: ShapesGraph,
    documents: Mapping[str, Document],
    read: Callable[[str], str],
) -> tuple[Finding, ...]:
    """The findings in order, with places, repairs and what was expected; ``read`` gives the text of other files."""
    place = Placer(change, documents, read)
    expected = with_expected(map(place, found), shapes, change.known)
    return ordered(propose(expected, change, spans_in(documents)))


def of_results(results: Iterable[Result], shapes: ShapesGraph, state: State) -> list[Finding]:
    """Results of shapes as findings, each with the statement that it is about if there is one."""
    return [replace(finding(result, shapes), triple=_triple(result, state)) for result in results]


def _triple(result: Result, state: State) -> ox.Triple | None:
    path = result.path or ""
    is_step = path.startswith("<") and path.endswith(">")
    if isinstance(result.focus, ox.Literal) or result.value is None or not is_step:
        return None
    try:
        triple = ox.Triple(result.focus, ox.NamedNode(path[1:-1]), result.value)
    except ValueError:
        return None
    return triple if triple in state else None
