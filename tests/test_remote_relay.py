"""The relay: who may ask it, for how long, how often, and that what became of it is kept."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyoxigraph as ox
import pytest
from service_stand_in import WIKIDATA, StandIn, standing_in

from kg.errors import Busy, KgError, ServiceError, ServiceLate
from kg.model import Asked
from kg.remote.relay import AT_ONCE, QUERIES, REQUESTS, Relay, Ticket
from kg.services import services
from kg.sparql.federation import asking, clauses, rewritten

FACTS = "<a:s> <a:p> 1, 2 ."
OTHER = "https://other.example.org/sparql"
QUERY = f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s <a:p> ?o }} }}"
#: Seconds of a query that is not meant to run out of them.
LONG = 60.0


@pytest.fixture
def one() -> Iterator[StandIn]:
    with standing_in(FACTS) as server:
        yield server


@pytest.fixture
def relay(one: StandIn) -> Iterator[Relay]:
    found = Relay(services((one.called(), one.called(OTHER))), "kg-test/1 (test@example.org)")
    yield found
    found.close()


def ask(ticket: Ticket, query: str) -> list[ox.QuerySolution]:
    """The rows that the engine finds for a query, as written, by a ticket."""
    store = ox.Store()
    store.update("INSERT DATA { <a:s> <a:q> 1, 2, 3 }")
    return list(store.query(rewritten(query, ticket.addresses)))  # type: ignore[arg-type]


def ticket(relay: Relay, query: str = QUERY, seconds: float = LONG) -> Ticket:
    return relay.ticket(asking(clauses(query, relay.services)), seconds)


def post(
    relay: Relay, path: str, body: bytes = b"SELECT * WHERE { ?s ?p ?o . }", method: str = "POST"
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", relay.port, timeout=30)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def path_of(ticket: Ticket, number: int = 0) -> str:
    return "/" + ticket.addresses[number].split("/", 3)[3]


@contextmanager
def eventually(what: str) -> Iterator[threading.Event]:
    """A bound against hanging."""
    event = threading.Event()
    yield event
    assert event.wait(30), what


def test_the_engine_gets_the_rows_and_the_ticket_says_who_was_asked(relay: Relay, one: StandIn) -> None:
    told: list[Asked] = []
    relay.told = told.append
    with ticket(relay) as held:
        assert len(ask(held, QUERY)) == 2
        held.check()
    (found,) = held.asked
    assert (found.service, found.rows, found.failure) == (WIKIDATA, 2, "") and told == held.asked
    assert one.questions == ["SELECT * WHERE { ?s <a:p> ?o . }"]


def test_nobody_without_a_ticket_is_answered(relay: Relay, one: StandIn) -> None:
    with ticket(relay) as held:
        good = path_of(held)
        wrong = (good[:-1], good + "0", good[:-1] + "1", good[:-1] + "-1", good + "/", good[:-3] + "/0")
        for path in ("/", "/sparql", *wrong):
            assert post(relay, path)[0] in (400, 404), path
        assert post(relay, good, b"x" * 400_001)[0] == 502
        assert post(relay, good, method="GET")[0] == 501
        assert not one.requests
        assert post(relay, good)[0] == 200
    assert post(relay, good)[0] == 404 and len(one.requests) == 1


def test_tickets_cannot_be_guessed_from_one_another(relay: Relay) -> None:
    with ticket(relay) as first, ticket(relay) as second:
        assert first.secret != second.secret and len(first.secret) >= 32


def test_the_relay_is_reached_at_this_machine_alone(relay: Relay) -> None:
    assert relay._server.server_address[0] == "127.0.0.1"


def test_the_same_question_of_a_query_is_asked_once(relay: Relay, one: StandIn) -> None:
    query = f"SELECT * {{ ?s <a:q> ?o FILTER EXISTS {{ SERVICE <{WIKIDATA}> {{ ?s <a:p> ?o }} }} }}"
    with ticket(relay, query) as held:
        assert len(ask(held, query)) == 2
    assert len(one.requests) == 1 and len(held.asked) == 1


def test_a_query_asks_so_often_and_no_more(relay: Relay, one: StandIn) -> None:
    with ticket(relay) as held:
        statuses = [post(relay, path_of(held), b"ASK {}#%d" % number)[0] for number in range(REQUESTS + 2)]
        with pytest.raises(ServiceError, match="answered yes or no"):
            held.check()
    assert len(one.requests) == REQUESTS and set(statuses) == {502}
    assert "more than" in held.asked[-1].failure


def test_as_many_queries_as_may_ask_others_do(relay: Relay) -> None:
    held = [ticket(relay) for _ in range(QUERIES)]
    with pytest.raises(Busy):
        ticket(relay)
    held[0].close()
    ticket(relay).close()
    for one in held:
        one.close()


def test_a_service_is_asked_by_so_many_at_once_and_the_others_wait(relay: Relay, one: StandIn) -> None:
    one.faults = ["slow"] * AT_ONCE
    held = [ticket(relay) for _ in range(AT_ONCE)]
    threads = [threading.Thread(target=post, args=(relay, path_of(each))) for each in held]
    for thread in threads:
        thread.start()
    while len(one.requests) < AT_ONCE:
        time.sleep(0.01)
    with ticket(relay, seconds=0.4) as late:
        assert post(relay, path_of(late))[0] == 502
        with pytest.raises(ServiceLate, match="asked by others"):
            late.check()
    assert len(one.requests) == AT_ONCE
    other = QUERY.replace(WIKIDATA, OTHER)
    with ticket(relay, other) as free:
        assert len(ask(free, other)) == 2
    for each in held:
        each.close()
    for thread in threads:
        thread.join(30)


@pytest.mark.parametrize(
    ("fault", "kind"), [("html", ServiceError), ("500", ServiceError), ("cut", ServiceError), ("504", ServiceLate)]
)
def test_a_failure_is_an_error_that_names_the_service(
    relay: Relay, one: StandIn, fault: str, kind: type[KgError]
) -> None:
    one.faults = [fault]
    with ticket(relay) as held:
        with pytest.raises(OSError):
            ask(held, QUERY)
        with pytest.raises(kind) as caught:
            held.check()
    assert WIKIDATA in caught.value.message and "says nothing" in caught.value.remedy
    assert caught.value.http_status in (502, 504) and type(caught.value) is kind


@pytest.mark.parametrize("fault", ["html", "500", "cut", "later", "huge", "redirect"])
def test_a_failure_that_is_passed_over_is_kept(relay: Relay, one: StandIn, fault: str) -> None:
    one.faults = [fault]
    query = QUERY.replace("SERVICE", "SERVICE SILENT")
    with ticket(relay, query) as held:
        assert len(ask(held, query)) == 1
        held.check()
    assert held.asked[0].failure and held.asked[0].silent


@pytest.mark.parametrize("fault", ["slow", "drip"])
@pytest.mark.parametrize("word", ["SERVICE", "SERVICE SILENT"])
def test_the_time_of_a_query_ends_what_is_under_way_for_it(relay: Relay, one: StandIn, fault: str, word: str) -> None:
    one.faults, query = [fault], QUERY.replace("SERVICE", word)
    with ticket(relay, query, seconds=0.5) as held:
        if word == "SERVICE":
            with pytest.raises(OSError):
                ask(held, query)
            with pytest.raises(ServiceLate, match="in time"):
                held.check()
        else:
            assert len(ask(held, query)) == 1
            held.check()
    assert held.asked[0].failure == "did not answer in time"


def test_a_query_that_ends_before_leaves_nothing_under_way(relay: Relay, one: StandIn) -> None:
    one.faults = ["slow"]
    held = ticket(relay)
    with eventually("the relay goes on asking") as ended:
        threading.Thread(target=lambda: (post(relay, path_of(held)), ended.set()), daemon=True).start()
        while not one.requests:
            time.sleep(0.01)
        held.close()
    with pytest.raises(KgError):
        held.check()


def test_a_service_that_wants_to_be_left_alone_is(relay: Relay, one: StandIn) -> None:
    one.faults = ["later"]
    for _ in range(2):
        with ticket(relay) as held:
            with pytest.raises(OSError):
                ask(held, QUERY)
            with pytest.raises(ServiceError) as caught:
                held.check()
        assert 0 < caught.value.retry_after <= 7
    assert len(one.requests) == 1
    # The other one is another service, wherever it is.
    other = QUERY.replace(WIKIDATA, OTHER)
    with ticket(relay, other) as held:
        assert len(ask(held, other)) == 2


def test_a_relay_that_is_closed_answers_nobody(one: StandIn) -> None:
    relay = Relay(services((one.called(),)), "kg-test/1")
    held = ticket(relay)
    relay.close()
    with pytest.raises(OSError):
        post(relay, path_of(held))
