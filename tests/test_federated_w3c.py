"""The W3C's tests of SPARQL 1.1 Federated Query, through the relay, with stand-ins for the services that they name.

The folder named by ``KG_W3C_TESTS`` holds the suite as ``sparql11/service``. What is refused on purpose is listed with
its reason, and must be refused.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pyoxigraph as ox
import pytest
from service_stand_in import standing_in

from kg.conformance.comparing import difference, expected
from kg.conformance.tables import Table
from kg.engine import Engine
from kg.errors import QueryError
from kg.model import Query, Snapshot
from kg.remote.relay import Relay
from kg.services import services
from kg.sparql.federation import asking, clauses
from kg.sparql.guard import inspect

SUITE = Path(os.environ.get("KG_W3C_TESTS", "")) / "sparql11" / "service"
needs_suite = pytest.mark.skipif(
    not (SUITE / "manifest.ttl").is_file(), reason="KG_W3C_TESTS names no folder with the W3C suites for SPARQL"
)
pytestmark = [pytest.mark.w3c, needs_suite]
#: An address at which nobody listens: that of a service which does not exist.
NOBODY = "local+http://127.0.0.1:1/"
#: Query → its result, the data of the default graph, and those of each service.
CASES = {
    "service01": ("service01", "data01", {"http://example.org/sparql": "data01endpoint"}),
    "service02": (
        "service02", "",
        {"http://example1.org/sparql": "data02endpoint1", "http://example2.org/sparql": "data02endpoint2"},
    ),
    "service04a": ("service04", "data04", {"http://example.org/sparql": "data04endpoint"}),
    "service07": ("service07", "data07", {"http://invalid.endpoint.org/sparql": ""}),
}  # fmt: skip
REFUSED = {
    "service03": "asked by the other service",
    "service05": "not in a variable",
    "service06": "asked by the other service",
}


def read(name: str) -> ox.Store:
    """The graph of a file of the suite; none has no triples."""
    store = ox.Store()
    if name:
        store.load(path=str(SUITE / f"{name}.ttl"), format=ox.RdfFormat.TURTLE, base_iri="http://example.org/")
    return store


@pytest.mark.parametrize("name", CASES)
def test_it_is_answered_as_the_suite_expects(name: str) -> None:
    result, data, of_services = CASES[name]
    text = (SUITE / f"{name}.rq").read_text("utf-8")
    with ExitStack() as held:
        entries = []
        for iri, file in of_services.items():
            one = held.enter_context(standing_in())
            one.store = read(file)
            entries.append(one.called(iri) if file else f"{iri}={NOBODY}")
        relay = Relay(services(tuple(entries)), "kg-test/1 (test@example.org)")
        held.callback(relay.close)
        assert inspect(text, services=relay.services) == "SELECT"
        with relay.ticket(asking(clauses(text, relay.services)), 60) as ticket:
            engine = Engine(read(data), Snapshot("", "", {}, {}, {}, ""))
            found = engine.query(Query(text, relays=ticket.addresses))
            assert isinstance(found, ox.QuerySolutions)
            names = tuple(variable.value for variable in found.variables)
            table = Table(names, tuple(tuple(row[name] for name in names) for row in found))
            ticket.check()
    assert not difference(expected(SUITE / f"{result}.srx", "http://example.org/"), table)
    assert any(one.failure for one in ticket.asked) is (name == "service07")


@pytest.mark.parametrize(("name", "why"), REFUSED.items())
def test_what_would_be_asked_of_nobody_listed_is_refused(name: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        inspect((SUITE / f"{name}.rq").read_text("utf-8"), services=["http://example1.org/sparql"])


def test_every_test_of_the_suite_is_run_or_listed() -> None:
    assert {path.stem for path in SUITE.glob("*.rq")} == set(CASES) | set(REFUSED)


def test_the_queries_of_the_syntax_tests_name_services_by_relative_references_and_are_refused_for_that() -> None:
    files = sorted((SUITE.parent / "syntax-fed").glob("*.rq"))
    assert len(files) == 3
    for file in files:
        text = file.read_text("utf-8")
        with pytest.raises(QueryError, match="by itself"):
            inspect(text, services=["http://example.org/g"])
        assert inspect(text.replace("<g>", "<http://example.org/g>"), services=["http://example.org/g"]) == "SELECT"
