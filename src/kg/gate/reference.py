"""The reference engine: pySHACL, for everything (SHACL Core and SHACL-SPARQL, without advanced features)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as Answer

from kg.errors import ShapesError
from kg.gate.result import Result
from kg.gate.shapes import Index
from kg.terms import fill, to_ox

#: How deep shapes may name shapes; pySHACL's own 15 is less than a chain of nested shapes may need.
DEPTH = 50


class _Data(rdflib.Graph):
    """A graph that takes queries as read before: pySHACL asks a constraint's query anew for every focus node."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")

    def query(self, query_object: object, *arguments: Any, **options: Any) -> Answer:
        if isinstance(query_object, str):
            # The third argument after the query is rdflib's ``initNs``, the prefixes the query may use.
            names = dict((arguments[2] if len(arguments) > 2 else options.get("initNs")) or {})
            spaces = sorted((str(prefix), str(space)) for prefix, space in names.items())
            query_object = _read(query_object, tuple(spaces))
        return super().query(query_object, *arguments, **options)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _read(text: str, names: tuple[tuple[str, str], ...]) -> Query:
    """A query that may use these prefixes; reading one takes rdflib longer than asking it of a small graph."""
    return prepareQuery(text, initNs=dict(names))


def validate(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> list[Result]:
    """Results of ``shapes`` on ``data``: no inference, no imports, no check of the shapes by SHACL's own shapes.

    Not safe in several threads at once, as rdflib's treatment of literals is a setting of the process.
    Raises ShapesError if pySHACL cannot evaluate the shapes.
    """
    with _literals_as_written():
        try:
            _, report, text = pyshacl.validate(
                _graph(data),
                shacl_graph=_graph(shapes),
                inference="none",
                advanced=False,
                meta_shacl=False,
                do_owl_imports=False,
                max_validation_depth=DEPTH,
            )
        except (ReportableRuntimeError, NotImplementedError) as error:
            raise _refusal(error) from error
        except Exception as error:  # rdflib's SPARQL parser raises pyparsing's own tree of errors
            raise _refusal(error) from error
        if not isinstance(report, rdflib.Graph):
            raise _refusal(report if isinstance(report, Exception) else text)
        return list(_results(report))


def _refusal(error: object) -> ShapesError:
    said = getattr(error, "message", None) or str(error) or type(error).__name__
    return ShapesError(f"pySHACL cannot evaluate the shapes: {' '.join(str(said).split())[:300]}.")


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """pySHACL switches rdflib's rewriting of literals on for the whole process, so put back what was there."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    graph = _Data()
    fill(graph, triples)
    return graph


def _results(report: rdflib.Graph) -> Iterator[Result]:
    paths = Index(ox.Triple(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in report)
    # Nodes of results that are details of others (sh:detail) are no results of the report itself.
    for head in report.subjects(RDF.type, SH.ValidationReport):
        for node in report.objects(head, SH.result):
            value = report.value(node, SH.value)
            path = report.value(node, SH.resultPath)
            constraint = report.value(node, SH.sourceConstraint)
            yield Result(
                focus=to_ox(report.value(node, SH.focusNode)),
                path=None if path is None else paths.path_text(to_ox(path)),
                value=None if value is None else to_ox(value),
                shape=to_ox(report.value(node, SH.sourceShape)),
                severity=str(report.value(node, SH.resultSeverity)),
                component=str(report.value(node, SH.sourceConstraintComponent)),
                constraint=None if constraint is None else to_ox(constraint),
            )
