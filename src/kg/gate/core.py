"""SHACL Core by the ``shacl`` package, which takes text and gives terms back as N-Triples."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pyoxigraph as ox

from kg.gate.result import Result, Term

try:
    import shacl
except ImportError:  # no wheel for this platform: the caller turns to the reference engine
    shacl = None


class Refused(Exception):
    """The package is missing, or refuses these shapes; the message says which."""


def validate(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> list[Result]:
    """Results of the Core constraints of ``shapes`` on ``data``.

    Labels of blank nodes are those of the engine, not of the data. Raises Refused if the engine cannot judge.
    """
    if shacl is None:
        raise Refused("the shacl package is not installed")
    try:
        report = shacl.Shapes.from_text(_text(shapes), format="ntriples").validate_text(_text(data), format="ntriples")
    except ValueError as error:
        raise Refused(" ".join(str(error).split())) from error
    return [_result(found) for found in report.results]


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
