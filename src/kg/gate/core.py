"""SHACL Core by the ``shacl`` package, which takes text and gives terms back as N-Triples.

The package gives blank nodes labels of its own. So that results name those of the data and of the shapes, shapes
without a name get one for the call, and the blank nodes of the data are called by name: beside the data stands a
triple from a made IRI to each, and a made shape reports its object as a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import pyoxigraph as ox

from kg.gate.result import Result, Term
from kg.gate.shapes import SH, ShapesGraph
from kg.rdf import PREFIXES

try:
    import shacl
except ImportError:  # no wheel for this platform: the caller turns to the reference engine
    shacl = None

_SHAPE, _NODE = "urn:kg:shape:", "urn:kg:node:"
_CALL = ox.NamedNode("urn:kg:call")
_CALLED = f"<{_CALL.value}:shape> <{SH}targetSubjectsOf> {_CALL} ; <{SH}property> <{_CALL.value}:name> ." \
          f"<{_CALL.value}:name> <{SH}path> {_CALL} ; <{SH}nodeKind> <{SH}Literal> ."


class Refused(Exception):
    """The package is missing, or refuses these shapes; the message says which."""


class Shapes:
    """Shapes ready to judge any number of graphs by."""

    def __init__(self, shapes: Iterable[ox.Triple]) -> None:
        """Raises Refused if the engine cannot judge by them."""
        if shacl is None:
            raise Refused("the shacl package is not installed")
        graph = ShapesGraph(shapes)
        unnamed = [shape for shape in graph.shapes if isinstance(shape, ox.BlankNode)]
        self._unnamed = {ox.NamedNode(_SHAPE + shape.value): shape for shape in unnamed}
        names = {shape: name for name, shape in self._unnamed.items()}
        calling = ox.parse(_CALLED, format=ox.RdfFormat.TURTLE)
        triples = [
            ox.Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object))
            for t in graph.triples
        ]
        try:
            self._shapes = shacl.Shapes.from_text(_text([*triples, *(q.triple for q in calling)]), format="ntriples")
        except ValueError as error:
            raise Refused(" ".join(str(error).split())) from error

    def validate(self, data: Iterable[ox.Triple]) -> list[Result]:
        """Results of the Core constraints on ``data``. Raises Refused if the engine cannot judge."""
        try:
            report = self._shapes.validate_text(_short(_with_calls(data)), format="turtle")
        except ValueError as error:
            raise Refused(" ".join(str(error).split())) from error
        return self._results(report.results)

    def _results(self, found: Sequence[shacl.Result]) -> list[Result]:
        results = [_result(one) for one in found]
        called = {one.value: one.focus for one in results if one.path == str(_CALL)}
        blank = {node: ox.BlankNode(name.value.removeprefix(_NODE)) for node, name in called.items()}
        names = blank | self._unnamed
        return [
            Result(
                focus=names.get(one.focus, one.focus),
                path=one.path,
                value=names.get(one.value, one.value),
                shape=names.get(one.shape, one.shape),
                severity=one.severity,
                component=one.component,
            )
            for one in results
            if one.path != str(_CALL)
        ]


def _with_calls(data: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The data, none of it held, and after it a call by name of each of its blank nodes."""
    blank: set[ox.BlankNode] = set()
    for triple in data:
        if isinstance(triple.subject, ox.BlankNode):
            blank.add(triple.subject)
        if isinstance(triple.object, ox.BlankNode):
            blank.add(triple.object)
        yield triple
    yield from (ox.Triple(ox.NamedNode(_NODE + node.value), _CALL, node) for node in blank)


def _short(triples: Iterable[ox.Triple]) -> str:
    """Triples as text that takes little memory: a fourth of what full names would take."""
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES).decode("utf-8")


def _text(triples: Iterable[ox.Triple]) -> str:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES).decode("utf-8")


def _result(found: shacl.Result) -> Result:
    return Result(
        focus=_term(found.focus_node),
        path=found.path,
        value=None if found.value is None else _term(found.value),
        shape=_term(found.source_shape or found.root_shape),
        severity=found.severity_iri,
        component=found.component_iri,
    )


@lru_cache(maxsize=10_000)
def _term(text: str) -> Term:
    """A term from its N-Triples form, by the parser that knows the escapes."""
    if text.startswith("_:"):
        return ox.BlankNode("b" + "".join(c for c in text[2:] if c.isalnum()))
    line = f"<urn:s> <urn:p> {text} ."
    return next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))).object
