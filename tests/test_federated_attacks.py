"""What hostile queries, services and neighbours on the machine made of federated queries."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.request import Request, urlopen

import pytest
from service_stand_in import WIKIDATA, StandIn, standing_in
from serving import Answer, Server, serving, write_snapshot

from kg.errors import KgError
from kg.remote.relay import Relay, Ticket
from kg.services import services
from kg.sparql.federation import Clause

pytestmark = pytest.mark.server

FACTS = "<urn:x:s> <urn:x:p> 7 ."
FOREIGN = "https://łódź.example.org/sparql"
#: Names that are short in the query, and long in the question that the service would be asked.
NAMES = " ".join(f"long:n{number}" for number in range(400))
LONG = f"PREFIX long: <https://example.org/{'a' * 1_500}>\n"
TOO_LONG = f"{{ VALUES ?s {{ {NAMES} }} ?s ?p ?o }}"


@pytest.fixture(scope="module")
def one() -> Iterator[StandIn]:
    with standing_in(FACTS) as server:
        yield server


@pytest.fixture(scope="module")
def server(one: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = write_snapshot(tmp_path_factory.mktemp("attack") / "state")
    with serving(state, "--services", f"{one.called()},{one.called(FOREIGN)}", "--budget", "0") as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(one: StandIn) -> None:
    one.requests.clear()


def ask(server: Server, query: str) -> Answer:
    return server.query(query, Accept="application/sparql-results+json")


def is_told(answer: Answer) -> bool:
    """True if an answer for which a service was not asked is an error, or says so."""
    return answer.status in (400, 413, 502, 504) or "failed" in answer.headers.get("kg-services", "")


def test_a_function_that_there_is_not_is_the_query_s_fault(server: Server) -> None:
    query = f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} FILTER(<urn:x:none>(?s)) }}"
    answer = ask(server, query)
    assert answer.status == 400 and "custom function" in answer.text


@pytest.mark.parametrize(
    "form",
    [
        f"SELECT * {{ SERVICE SILENT <{WIKIDATA}> {TOO_LONG} }}",
        f"SELECT ?x {{ VALUES ?x {{ 1 }} FILTER NOT EXISTS {{ SERVICE <{WIKIDATA}> {TOO_LONG} }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{WIKIDATA}> {TOO_LONG} }} }}",
    ],
)
def test_a_question_too_long_to_be_passed_on_is_told(server: Server, one: StandIn, form: str) -> None:
    answer = ask(server, LONG + form)
    assert not one.requests
    assert is_told(answer), f"{answer.status} {answer.headers.get('kg-answer')} {answer.text[:200]}"


@pytest.mark.parametrize("silent", [False, True])
def test_connections_of_a_neighbour_do_not_make_a_service_seem_to_know_nothing(one: StandIn, silent: bool) -> None:
    relay = Relay(services((one.called(),)), "test")
    try:
        with ExitStack() as held, relay.ticket([Clause(WIKIDATA, silent, 0, 0)], 60.0) as ticket:
            while not is_closed(held.enter_context(socket.create_connection(("127.0.0.1", relay.port)))):
                pass
            try:
                asking = urlopen(Request(ticket.addresses[0], b"SELECT * WHERE { ?s ?p ?o }"), timeout=10.0)
                is_answered = held.enter_context(asking).status == 200
            except OSError:
                is_answered = False
            assert is_answered or is_known_to_have_failed(ticket), "the service was not asked, and nobody knows of it"
    finally:
        relay.close()


def is_closed(connection: socket.socket) -> bool:
    """True if the other side has closed a connection: it has no room for more."""
    connection.settimeout(0.05)
    try:
        return not connection.recv(1)
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def is_known_to_have_failed(ticket: Ticket) -> bool:
    try:
        ticket.check()
    except KgError:
        return True
    return any(asked.failure for asked in ticket.asked)


def test_a_service_within_a_named_graph_is_asked_what_stands_in_its_clause(server: Server, one: StandIn) -> None:
    answer = ask(server, f"SELECT * {{ GRAPH ?g {{ ?x ?y ?z . SERVICE <{WIKIDATA}> {{ ?s <urn:x:p> ?o }} }} }} LIMIT 1")
    assert answer.status == 400 or not any("GRAPH" in question for question in one.questions), one.questions


def test_a_service_with_a_name_in_any_letters_is_named_in_the_answer(server: Server) -> None:
    assert ask(server, f"SELECT * {{ SERVICE <{FOREIGN}> {{ ?s ?p ?o }} }}").status == 200
