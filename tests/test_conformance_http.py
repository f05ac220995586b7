"""The W3C's test suites for SPARQL, asked of one real server over HTTP, against the register of exceptions.

The folder named by ``KG_W3C_TESTS`` holds the suites as ``sparql11/`` and ``sparql12/``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT

from kg.cli import run as run_kg
from kg.conformance import report
from kg.conformance.comparing import difference
from kg.conformance.comparing import expected as wanted_result
from kg.conformance.conducting import connected
from kg.conformance.matching import blanks, same
from kg.conformance.register import Outcome, forgotten, read_register
from kg.conformance.running import run
from kg.conformance.scratch import parse, quads_of
from kg.conformance.serving import Client
from kg.conformance.steps import READING, collect
from kg.conformance.suites import NEGATIVE, Case, published
from kg.conformance.tables import read_answer

pytestmark = [pytest.mark.w3c, pytest.mark.server]

FOLDER = os.environ.get("KG_W3C_TESTS")
SUITES = Path(FOLDER).resolve() if FOLDER and (Path(FOLDER) / "sparql11").is_dir() else None
CASES = collect(SUITES) if SUITES else ()
RUN = [case for case in CASES if not case.outside]
REGISTER = read_register()
PAGE = ROOT / "docs" / "conformance.md"
needs_suites = pytest.mark.skipif(not CASES, reason="KG_W3C_TESTS names no folder with the W3C suites for SPARQL")


def expected(case: Case) -> list[pytest.MarkDecorator]:
    """That a test of the register fails by judgement, and not because the server does."""
    if case.iri not in REGISTER:
        return []
    return [pytest.mark.xfail(reason=REGISTER[case.iri].reason, strict=True, raises=AssertionError)]


def kind_of(case: Case) -> str:
    """The kind of exception that a test is, or an empty string."""
    return REGISTER[case.iri].kind if case.iri in REGISTER else ""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A connection to a server over the data of all suites."""
    with connected(SUITES, RUN, ROOT) as found:
        yield found


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=f"{case.suite}-{case.folder.rpartition('/')[2]}-{case.iri.rpartition('#')[2]}",
            marks=expected(case),
        )
        for case in RUN
    ],
)
def test_w3c(case: Case, client: Client) -> None:
    assert run(case, client, SUITES) == ""


@needs_suites
def test_the_suites_are_whole_and_the_register_is_of_their_tests() -> None:
    counted = Counter(case.suite for case in CASES)
    assert counted == {
        "protocol": 34, "graph-store-protocol": 13, "service-description": 3, "query": 328, "results": 10,
        "sparql12": 269, "update": 157, "federation": 10, "entailment": 70, READING.name: 18,
    }  # fmt: skip
    assert len({case.iri for case in CASES}) == len(CASES)
    assert forgotten(REGISTER, CASES) == []
    assert all(case.outside or case.query or case.exchanges or case.suite == "service-description" for case in CASES)


RESULTS = {
    ".csv": ("text/csv", ox.QueryResultsFormat.CSV),
    ".tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
}


def asked_of_the_engine_alone(case: Case) -> str:
    """What is wrong with the answer of pyoxigraph itself, over a store of this test's data and nothing else."""
    store = ox.Store()
    for name, file in (*((None, file) for file in case.data), *case.named):
        for quad in parse(file, published(SUITES, file)):
            store.add(ox.Quad(*quad.triple, ox.NamedNode(name) if name else ox.DefaultGraph()))
    try:
        found = store.query(case.query.read_bytes().decode("utf-8"), base_iri=case.base)
    except SyntaxError as error:
        return "" if case.kind == NEGATIVE else str(error)
    except RuntimeError as error:
        return str(error)
    if case.kind == NEGATIVE:
        return "it is answered"
    media_type, format = RESULTS.get(case.result.suffix, ("application/sparql-results+json", ox.QueryResultsFormat.JSON))
    answer = read_answer(found.serialize(format=format), media_type, case.base)
    wanted = wanted_result(case.result, published(SUITES, case.result))
    return difference(wanted, answer, by_value=not case.lexical)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.iri.rpartition("/")[2]) for case in RUN if kind_of(case) == "engine"]
)
def test_what_is_called_the_engines_is_the_engines(case: Case) -> None:
    assert asked_of_the_engine_alone(case)


@needs_suites
def test_the_page_has_the_figures_and_every_exception() -> None:
    """What the tests above hold is that just the tests of the register fail."""
    outcomes = [Outcome(case, "fails" if case.iri in REGISTER else "", REGISTER.get(case.iri)) for case in CASES]
    assert report.tables(outcomes) in PAGE.read_text("utf-8"), "run: kg conformance --table FILE, and copy it"


@needs_suites
def test_each_file_of_data_is_the_graph_of_its_name() -> None:
    held: dict[str, list] = {}
    for quad in quads_of(SUITES, RUN):
        held.setdefault(quad.graph_name.value if quad.graph_name != ox.DefaultGraph() else "", []).append(quad.triple)
    for case in RUN:
        for name, file in (*case.named, *((published(SUITES, file), file) for file in case.data)):
            quads = [quad for quad in parse(file, published(SUITES, file)) if quad.graph_name == ox.DefaultGraph()]
            assert same([tuple(one) for one in held.get(name, ())], [tuple(quad.triple) for quad in quads]), name
    assert held.keys() >= {name for case in RUN for name, _ in case.loaded}
    # Blank nodes are shared only by graphs of one file, of which there is one with several.
    graphs_of = Counter(node for triples in held.values() for node in blanks([tuple(one) for one in triples]))
    shared = {node for node, count in graphs_of.items() if count > 1}
    assert shared == blanks([tuple(one) for one in held["http://example/g1"]])


@needs_suites
def test_the_command_runs_a_suite_and_writes_what_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    earl, badge, table = tmp_path / "earl.ttl", tmp_path / "badge.svg", tmp_path / "table.md"
    status = run_kg(
        ["conformance", "--tests", str(SUITES), "--suite", "protocol", "--url", client.address,
         "--earl", str(earl), "--badge", str(badge), "--table", str(table)]
    )  # fmt: skip
    assert capsys.readouterr().out == "SPARQL 1.1 Protocol: 27 of 34 passed, 7 known exceptions\n"
    assert status == 0
    assert earl.read_text("utf-8").count("earl:outcome earl:passed") == 27
    assert "27 of 34" in badge.read_text("utf-8")
    assert "| SPARQL 1.1 Protocol | 34 | 27 | 7 |" in table.read_text("utf-8")


@needs_suites
def test_the_data_can_be_had_for_another_server(tmp_path: Path) -> None:
    file = tmp_path / "data.nq"
    assert run_kg(["conformance", "--tests", str(SUITES), "--suite", "sparql11/bind", "--data", str(file)]) == 0
    quads = list(ox.parse(path=str(file)))
    assert {quad.graph_name.value.rpartition("/")[2] for quad in quads} == {"data.ttl"}


@needs_suites
def test_the_command_fails_where_a_server_does_not_conform(capsys: pytest.CaptureFixture[str], client: Client) -> None:
    # Below this path of the server there is no endpoint.
    arguments = ["--tests", str(SUITES), "--suite", "sparql11/bind", "--url", client.address + "/nowhere"]
    assert run_kg(["conformance", *arguments]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("SPARQL 1.1 Query: 0 of 10 passed\nFAILED http://www.w3.org/2009/sparql/")
    assert printed.count("FAILED") == 10


@needs_suites
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--suite", "nonsense"), "There is no suite nonsense"),
        (("--url", "http://127.0.0.1:9"), "does not answer"),
        (("--badge", "badge.png"), "End it in .svg or .json"),
        (("--tests", "nowhere"), "nowhere is no folder"),
        (("--suite", "sparql11/bind", "--data", "."), "--data"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_kg(["conformance", "--tests", str(SUITES), *arguments]) == 2
    assert said in capsys.readouterr().err
