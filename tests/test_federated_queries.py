"""The queries that ask other services: in the gallery as such, and answered by a stand-in as is expected.

The stand-in says what ``cases/queries/federated.ttl`` has, the expected results are beside it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from service_stand_in import WIKIDATA, StandIn, standing_in
from test_queries import EXPECTED, LONGEST, cell

from kg.catalogue.queries import describe
from kg.engine import Engine
from kg.gallery import read_queries
from kg.model import Query
from kg.remote.relay import Relay
from kg.services import WIKIDATA as SERVICES
from kg.services import services
from kg.sparql.federation import asking, clauses
from kg.sparql.gallery import parse

Run = Callable[..., subprocess.CompletedProcess[str]]
FEDERATED = sorted((ROOT / "queries" / "federated").glob("*.rq"))
each_query = pytest.mark.parametrize("path", FEDERATED, ids=lambda path: path.stem)
QUERY = f"SELECT ?o {{ SERVICE <{WIKIDATA}> {{ <urn:s> <urn:p> ?o }} }}"


@pytest.fixture
def one() -> Iterator[StandIn]:
    with standing_in((EXPECTED / "federated.ttl").read_text("utf-8") + "<urn:s> <urn:p> 7 .") as server:
        yield server


def test_there_is_one() -> None:
    assert FEDERATED


@each_query
def test_it_answers_what_is_expected_of_what_the_service_says(path: Path, real_graph: Engine, one: StandIn) -> None:
    query = parse(path.name, path.read_text("utf-8"))
    relay = Relay(services((one.called(),)), "kg-test/1 (test@example.org)")
    try:
        with relay.ticket(asking(clauses(query.text, relay.services)), 60) as ticket:
            found = real_graph.query(Query(query.text, relays=ticket.addresses))
            assert isinstance(found, ox.QuerySolutions)
            header = "\t".join(str(variable) for variable in found.variables)
            rows = [header, *("\t".join(map(cell, row)) for row in found)]
            ticket.check()
    finally:
        relay.close()
    expected = (EXPECTED / "federated" / f"{path.stem}.tsv").read_text("utf-8").splitlines()
    assert rows == expected and len(rows) > 1
    # One question, which is small by itself: nothing of ours is in it, and it is not asked once for each row.
    assert len(one.requests) == 1 and "coalition-kg" not in one.questions[0]


@each_query
def test_it_asks_a_service_of_the_list_that_the_word_stands_for(path: Path) -> None:
    assert set(parse(path.name, path.read_text("utf-8")).services) <= set(SERVICES)


@each_query
def test_it_is_short_and_described_in_both_languages(path: Path) -> None:
    text = path.read_text("utf-8")
    query = parse(path.name, text)
    assert len([line for line in text.splitlines() if not re.match(r"\s*#|PREFIX\b|\s*$", line)]) <= LONGEST
    assert all(set(said) == {"en", "it"} for said in (query.title, query.description, query.keywords))


def test_the_gallery_has_it_and_its_description_says_whom_it_asks() -> None:
    gallery, errors = read_queries(ROOT)
    assert not errors and {path.name for path in FEDERATED} <= {query.name for query in gallery}
    elsewhere = [one for one in describe(gallery) if one.predicate.value.endswith("#federatesWith")]
    assert [one.object for one in elsewhere] == [ox.NamedNode(WIKIDATA)] * len(FEDERATED)


def test_a_query_is_asked_of_a_service_from_the_command_line(run_kg: Run, built_state: Path, one: StandIn) -> None:
    done = run_kg("query", "--services", one.called(), "--format", "csv", QUERY, KG_STATE=str(built_state))
    assert (done.returncode, done.stdout) == (0, "o\n7\n"), done.stderr
    assert one.requests[0].headers["User-Agent"].startswith("coalition-kg/")


@pytest.mark.parametrize("word", ["SERVICE", "SERVICE SILENT"])
def test_a_failure_is_told_at_the_command_line(run_kg: Run, built_state: Path, one: StandIn, word: str) -> None:
    one.faults.append("500")
    done = run_kg("query", QUERY.replace("SERVICE", word), KG_STATE=str(built_state), KG_SERVICES=one.called())
    assert f"<{WIKIDATA}> answered with the status 500" in done.stderr
    assert done.returncode == (2 if word == "SERVICE" else 0) and ("incomplete" in done.stderr) is (word != "SERVICE")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "KG_SERVICES"),
        (("--services", "wikidata"), "KG_CONTACT"),
        (("--services", "https://example.org/"), "not among"),
    ],
)
def test_nobody_is_asked_from_the_command_line_unless_that_is_said(
    run_kg: Run, built_state: Path, options: tuple[str, ...], why: str
) -> None:
    done = run_kg("query", *options, QUERY, KG_STATE=str(built_state))
    assert done.returncode == 2 and why in done.stderr and done.stderr.count("\n") == 1 and not done.stdout


@pytest.mark.parametrize(
    "options", [("http://127.0.0.1/",), ("wikidata",), ("local+http://127.0.0.1:1/", "--host", "0.0.0.0")]
)
def test_a_server_does_not_start_with_a_list_that_cannot_be_used(
    run_kg: Run, built_state: Path, options: tuple[str, ...]
) -> None:
    done = run_kg("serve", "--port", "0", "--services", *options, KG_STATE=str(built_state))
    assert done.returncode == 2 and done.stderr.startswith("kg: ") and done.stderr.count("\n") == 1
