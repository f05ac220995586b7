"""The W3C test suite for SHACL, through the gate's own stage for shapes.

The folder named by ``KG_W3C_TESTS`` holds the suite as ``shacl/``. Every exception is listed with its reason and must
still fail, so that an engine that has learned is noticed.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import ShapesError
from kg.gate.shapes import RDF, SH, Index, ShapesGraph
from kg.gate.validate import validate

pytestmark = pytest.mark.w3c

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
FOLDER = os.environ.get("KG_W3C_TESTS")
SUITE = Path(FOLDER) / "shacl" if FOLDER else None

#: engine → test → why it fails
EXCEPTIONS = {
    "fast": {},
    "pyshacl": {
        "core/property/uniqueLang-002": "takes 1 for true in sh:uniqueLang; the suite takes only the spelling true",
        "sparql/node/prefixes-001": "does not follow owl:imports from sh:prefixes",
        "sparql/pre-binding/shapesGraph-001": "does not bind $shapesGraph",
    },
}


@dataclass(frozen=True)
class Case:
    name: str
    data: Path
    shapes: Path
    expected: tuple | None


def parse(path: Path) -> list[ox.Triple]:
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=path.resolve().as_uri())
    return [quad.triple for quad in quads]


def local(iri: ox.NamedNode) -> Path:
    return Path(iri.value.removeprefix("file://"))


def only(index: Index, subject: object, predicate: str) -> object:
    return next(iter(index.objects(subject, predicate)), None)


def walk(folder: Path):
    """Every test of the suite; the manifests are not followed, as they leave one out."""
    for path in sorted(folder.rglob("*.ttl")):
        if "sht:Validate" not in path.read_text("utf-8"):
            continue
        index = Index(parse(path))
        for subject in index.subjects():
            if ox.NamedNode(SHT + "Validate") in index.objects(subject, RDF + "type"):
                action = only(index, subject, MF + "action")
                yield Case(
                    name=path.relative_to(folder).with_suffix("").as_posix(),
                    data=local(only(index, action, SHT + "dataGraph")),
                    shapes=local(only(index, action, SHT + "shapesGraph")),
                    expected=expected(index, only(index, subject, MF + "result")),
                )


def expected(index: Index, report: object) -> tuple | None:
    """The results of a report as a sorted tuple, or None where the engine must refuse."""
    if report == ox.NamedNode(SHT + "Failure"):
        return None
    found = []
    for node in index.objects(report, SH + "result"):
        path = only(index, node, SH + "resultPath")
        found.append(
            key(
                only(index, node, SH + "focusNode"),
                None if path is None else index.path_text(path),
                only(index, node, SH + "value"),
                only(index, node, SH + "sourceShape"),
                only(index, node, SH + "resultSeverity").value,
                only(index, node, SH + "sourceConstraintComponent").value,
            )
        )
    return tuple(sorted(found))


def key(focus, path, value, shape, severity, component) -> tuple:
    """A result to compare: blank nodes have no names across engines, and a shape counts only if it has one."""
    def plain(term):
        return "_:" if isinstance(term, ox.BlankNode) else str(term)
    return plain(focus), str(path), plain(value), plain(shape), severity, component


def judge(case: Case, engine: str) -> tuple | None:
    try:
        data = parse(case.data)
        shapes = data if case.shapes == case.data else parse(case.shapes)
        store = ox.Store()
        store.extend(ox.Quad(*triple) for triple in data)
        outcome = validate(data, ShapesGraph(shapes), engine, store)
    except ShapesError:
        return None
    return tuple(sorted(key(r.focus, r.path, r.value, r.shape, r.severity, r.component) for r in outcome.results))


CASES = list(walk(SUITE)) if SUITE and SUITE.is_dir() else []


@pytest.mark.skipif(not CASES, reason="KG_W3C_TESTS names no folder with the W3C suite for SHACL")
def test_the_suite_is_whole():
    assert len(CASES) == 121
    names = Counter(case.name for case in CASES)
    assert max(names.values()) == 1
    for exceptions in EXCEPTIONS.values():
        assert exceptions.keys() <= names.keys()


@pytest.mark.parametrize("engine", ["fast", "pyshacl"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, engine: str, request: pytest.FixtureRequest):
    reason = EXCEPTIONS[engine].get(case.name)
    if reason:
        request.applymarker(pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError))
    assert judge(case, engine) == case.expected
