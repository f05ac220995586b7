"""The SERVICE clauses of a query: which are let through, what is made of them, and that nobody else is ever asked."""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.engine import Engine, check_syntax
from kg.errors import QueryError
from kg.model import Query
from kg.sparql import federation
from kg.sparql.federation import HELPERS, asking, clauses, inert, rewritten
from kg.sparql.guard import inspect

WIKIDATA = "https://query.wikidata.org/sparql"
SERVICES = (WIKIDATA, "https://example.org/sparql")
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
LABEL = "SERVICE <http://wikiba.se/ontology#label> { <a:b> <a:c> 'en' }"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }}", [(WIKIDATA, False)]),
        (f"ASK {{ service silent <{WIKIDATA}>{{}}}}", [(WIKIDATA, True)]),
        (f"ASK {{SERVICE <{WIKIDATA}> {{}}SERVICE <{SERVICES[1]}> {{}}}}", [(WIKIDATA, False), (SERVICES[1], False)]),
        ("PREFIX w: <https://query.wikidata.org/>\nASK { SERVICE w:sparql { ?s ?p ?o } }", [(WIKIDATA, False)]),
        ("PREFIX : <https://query.wikidata.org/sparql>\nASK { SERVICE : { ?s ?p ?o } }", [(WIKIDATA, False)]),
        ("ASK { SERVICE <https://query.wikidata.org/\\u0073parql> {} }", [(WIKIDATA, False)]),
        (f"# SERVICE <x> {{}}\nASK {{ SERVICE\n\t<{WIKIDATA}>\r\n{{ ?s ?p 'SERVICE <x> {{}}' }} }}", [(WIKIDATA, False)]),
        (f"ASK {{ {{ SELECT ?s {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }} LIMIT 3 }} }}", [(WIKIDATA, False)]),
        (f"ASK {{ FILTER EXISTS {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }} }}", [(WIKIDATA, False)]),
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o {LABEL} }} }}", [(WIKIDATA, False)]),
    ],
)
def test_what_is_allowed_is_read(text: str, found: list[tuple[str, bool]]) -> None:
    assert inspect(text, services=SERVICES) == "ASK"
    assert [(one.service, one.silent) for one in asking(clauses(text, SERVICES))] == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ASK { SERVICE ?x { ?s ?p ?o } }", "not in a variable"),
        ("ASK { SERVICE SILENT $x {} VALUES $x { <" + WIKIDATA + "> } }", "not in a variable"),
        ("ASK { SERVICE <http://query.wikidata.org/sparql> {} }", "not among those"),
        ("ASK { SERVICE <https://query.wikidata.org/sparql/> {} }", "not among those"),
        ("ASK { SERVICE <https://QUERY.wikidata.org/sparql> {} }", "not among those"),
        ("ASK { SERVICE <https://query.wikidata.org./sparql> {} }", "not among those"),
        ("ASK { SERVICE <https://query.wikidata.org:443/sparql> {} }", "not among those"),
        ("ASK { SERVICE <https://query.wikidata.org@127.0.0.1/sparql> {} }", "not among those"),
        ("ASK { SERVICE <https://query%2Ewikidata.org/sparql> {} }", "not among those"),
        ("ASK { SERVICE <http://127.0.0.1/> {} }", "not among those"),
        ("ASK { SERVICE <http://[::ffff:127.0.0.1]/> {} }", "not among those"),
        ("ASK { SERVICE <http://2130706433/> {} }", "not among those"),
        ("ASK { SERVICE <http://0x7f.1/> {} }", "not among those"),
        ("ASK { SERVICE <http://0177.0.0.1/> {} }", "not among those"),
        ("ASK { SERVICE <sparql> {} }", "by itself"),
        ("ASK { SERVICE <//query.wikidata.org/sparql> {} }", "by itself"),
        ("BASE <https://query.wikidata.org/> ASK { SERVICE <sparql> {} }", "by itself"),
        ("BASE <https://query.wikidata.org/sparql> ASK { SERVICE <> {} }", "by itself"),
        ("BASE <https://query.wikidata.org/> PREFIX w: <sparql> ASK { SERVICE w: {} }", "by itself"),
        ("ASK { SERVICE w:sparql {} }", "not declared"),
        ("PREFIX w: <https://query.wikidata.org/> PREFIX w: <http://127.0.0.1/> ASK { SERVICE w:sparql {} }", "more than once"),
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ SERVICE <{WIKIDATA}> {{}} }} }}", "asked by the other service"),
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ SERVICE <http://127.0.0.1/> {{}} }} }}", "asked by the other service"),
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ {LABEL.replace('{ <a', '{ SERVICE <x:y> {} <a')} }} }}", "asked by the other service"),
        (f"ASK {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} {LABEL} }}", "a part of Wikidata"),
        (f"ASK {{ SERVICE #x\n<{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ SERVICE <{WIKIDATA}> #\n {{}} }}", "two ways"),
        (f"ASK {{ SERVICE<{WIKIDATA}>{{}} }}", None),
        (f"ASK {{ SERVICESILENT <{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ SERVICE SILENT<{WIKIDATA}>{{}} }}", "two ways"),
        (f"ASK {{ ?s ?p 1SERVICE <{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ ?s ?p true.SERVICE <{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ ?s ?p ex:a.SERVICE <{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ SERVICE\u00a0<{WIKIDATA}> {{}} }}", "two ways"),
        (f"ASK {{ \u017fervice <{WIKIDATA}> {{}} }}", "two ways"),
        (f"PREFIX SERVICE: <{WIKIDATA}> ASK {{ SERVICE SERVICE: {{}} }}", "two ways"),
        (f"ASK {{ SERVICE <{WIKIDATA}> }}", "two ways"),
        ("SERVICE", "two ways"),
        (f"SERVICE <{WIKIDATA}> {{}}", "two ways"),
    ],
)
def test_anything_else_is_refused_with_its_place_and_a_remedy(text: str, why: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        inspect(text, services=SERVICES)
    assert caught.value.where is not None and caught.value.remedy
    assert why is None or why in caught.value.message


@pytest.mark.parametrize("service", ["http://127.0.0.1/", WIKIDATA])
def test_where_nothing_may_be_asked_the_sentence_says_how_to_allow_it(service: str) -> None:
    with pytest.raises(QueryError) as caught:
        inspect(f"ASK {{\n  SERVICE <{service}> {{ ?s ?p ?o }} }}")
    assert (caught.value.where.line, caught.value.where.column) == (2, 3)
    assert "KG_SERVICES" in caught.value.remedy and "refused" in caught.value.message


def test_a_service_that_is_not_listed_is_named_with_those_that_are() -> None:
    with pytest.raises(QueryError, match="example.net.*query.wikidata.org"):
        inspect("ASK { SERVICE <https://example.net/> {} }", services=SERVICES)


def test_only_the_addresses_change_and_the_rest_stays_as_it_was_written() -> None:
    first, second = f"SERVICE w:sparql {{ ?s ?p ?o {LABEL} }}", f"SERVICE SILENT <{WIKIDATA}> {{}}"
    text = f"PREFIX w: <https://query.wikidata.org/>\nASK {{ {first} {second} }}"
    made = rewritten(text, ["http://127.0.0.1:1/a/0", "http://127.0.0.1:1/a/1"])
    assert made == text.replace("SERVICE w:sparql", "SERVICE <http://127.0.0.1:1/a/0>").replace(
        f"<{WIKIDATA}> {{}}", "<http://127.0.0.1:1/a/1> {}"
    )


def test_the_engine_runs_no_query_that_asks_others_by_itself(engine: Engine) -> None:
    with pytest.raises(QueryError, match="SERVICE is refused"):
        engine.query(Query(f"ASK {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }}"))


def test_a_slip_is_told_by_its_place_in_the_query_as_written_and_without_asking_anybody() -> None:
    with pytest.raises(QueryError) as caught:
        check_syntax(f"ASK {{ SERVICE SILENT <{WIKIDATA}> {{ ?s ?p ; }} ")
    assert caught.value.where is not None and caught.value.where.line == 1
    assert "127.0.0.1" not in str(caught.value)


class Trap:
    """A server on loopback that notes the path of each request, and answers with no rows."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.paths: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        body = b'{"head":{"vars":[]},"results":{"bindings":[]}}'
        kind, end = "Content-Type: application/json", "Connection: close\r\n\r\n"
        head = f"HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {len(body)}\r\n{end}"
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.paths.append(connection.recv(65_536).decode("latin-1").split(" ", 2)[1])
                connection.sendall(head.encode("ascii") + body)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    one = Trap()
    yield one
    one.close()


#: Services as a query may name them, each with the IRI; ``@`` stands for the trap.
NAMED = {"<@/one>": "@/one", "<@/two>": "@/two", "t:one": "@/one", "t:two": "@/two"}
ELEMENTS = [
    "?s ?p ?o .", "BIND(1 AS ?x@@)", "FILTER(1 < 2)", "OPTIONAL { ?s ?p ?o }", "{ ?a ?b ?c } UNION { ?d ?e ?f }",
    "# SERVICE <@/never> {}\n", "?s <http://x/#SERVICE> 'SERVICE <@/never> {}' .", "VALUES ?v@@ { <@/never> 1 }",
]  # fmt: skip


def written(text: str, here: str) -> str:
    """A text with the address of the trap in it, in which each variable that is set has a name of its own."""
    numbers = itertools.count()
    return re.sub("@@", lambda _: str(next(numbers)), text).replace("@", here)


@st.composite
def groups(draw: st.DrawFn, depth: int = 0, within: bool = False) -> str:
    """The inside of a group, with SERVICE clauses in it."""
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["element", "service", "group"] if depth < 2 else ["element"]))
        if kind == "element":
            parts.append(draw(st.sampled_from(ELEMENTS)))
        elif kind == "group":
            words = ["", "OPTIONAL ", "MINUS ", "GRAPH ?g ", "FILTER EXISTS ", "FILTER NOT EXISTS "]
            word = draw(st.sampled_from(words))
            parts.append(f"{word}{{ {draw(groups(depth=depth + 1, within=within))} }}")
        else:
            named = f"<{draw(st.sampled_from(sorted(HELPERS)))}>" if within else draw(st.sampled_from(sorted(NAMED)))
            word = draw(st.sampled_from(["SERVICE", "service", "SERVICE SILENT", "Service\tsilent"]))
            gap, inner = draw(st.sampled_from(["", " ", "\n"])), draw(groups(depth=depth + 1, within=True))
            parts.append(f"{word} {named}{gap}{{ {inner} }}")
    return draw(st.sampled_from([" ", "\n"])).join(parts)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(group=groups())
def test_the_engine_opens_what_was_put_in_the_place_of_a_service_and_nothing_else(trap: Trap, group: str) -> None:
    here = f"http://127.0.0.1:{trap.port}"
    text = written(f"PREFIX t: <{here}/>\nSELECT * {{ {group} }}", here)
    services = [f"{here}/one", f"{here}/two"]
    try:
        inspect(text, services=services)
    except QueryError as error:
        assert "more than" in error.message or ("Within GRAPH" in error.message and "GRAPH" in text), text
        return
    found = asking(clauses(text, services))
    assert ox.Store().query(inert(text)) is not None and len(inert(text)) == len(text)
    made = rewritten(text, [f"{here}/relay/{number}" for number in range(len(found))])
    trap.paths.clear()
    store = ox.Store()
    store.update("INSERT DATA { <a:s> <a:p> <a:o> GRAPH <a:g> { <a:s> <a:p> <a:o> } }")
    list(store.query(made))  # type: ignore[arg-type]
    assert set(trap.paths) <= {f"/relay/{number}" for number in range(len(found))}, made


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_the_services_found_are_those_that_the_engine_opens(trap: Trap, data: st.DataObject) -> None:
    """Of a union every branch is evaluated, so that each of its services is opened: by its own name, or the relay's."""
    here = f"http://127.0.0.1:{trap.port}"
    branches = []
    for _ in range(data.draw(st.integers(1, 5))):
        named = data.draw(st.sampled_from(sorted(NAMED)))
        word = data.draw(st.sampled_from(["SERVICE", "service\nSilent"]))
        inner = data.draw(groups(depth=1, within=True))
        branch = [f"{{ {word} {named} {{ {inner} }} }}", "{ ?s ?p 'SERVICE <@/never> {}' }"]
        branches.append(data.draw(st.sampled_from(branch)))
    text = written(f"PREFIX t: <{here}/>\nSELECT * {{ {' UNION '.join(branches)} }}", here)
    found = asking(clauses(text))
    trap.paths.clear()
    list(ox.Store().query(text))  # type: ignore[arg-type]
    assert sorted(trap.paths) == sorted(one.service.removeprefix(here) for one in found)
    trap.paths.clear()
    made = rewritten(text, [f"{here}/relay/{number}" for number in range(len(found))])
    list(ox.Store().query(made))  # type: ignore[arg-type]
    assert sorted(trap.paths) == sorted(f"/relay/{number}" for number in range(len(found)))


def test_an_escaped_keyword_is_none() -> None:
    """Neither our reading nor the engine's takes it for the keyword: SPARQL 1.2 has no escapes outside of terms."""
    for text in ("ASK { \\u0053ERVICE <http://127.0.0.1/> {} }", "ASK { S\\u0045RVICE <http://127.0.0.1/> {} }"):
        assert clauses(text) == ()
        with pytest.raises(QueryError):
            check_syntax(text)


#: Pieces whose sequences readers may disagree about.
PIECES = [
    "SERVICE ", "SERVICE SILENT ", "service", "@HERE@", "@OK@", "ok:a", "{}", "{?s ?p ?o}", "{", "}", "(", ")", "<",
    ">", "1",
    "?x", "?s ?p ?o", ".", ";", "FILTER(1<2)", "FILTER(", "&&", "'", '"', "'''", '"""', "'a'", "\\", "\\'", "#",
    "\n", "\r", " ",
    "\t", "<#>", "<a#", "true", "a", "@en", "[", "]", "EXISTS", "OPTIONAL", "GRAPH ?g", "VALUES ?x", "<<(", ")>>",
    "%41", "_:b",
    "\u00a0", "\\u0041", "IN", "#>", "<http://a/\\u0041#>", "<\\U00000053ERVICE>", "SERVICE @OK@ {",
    "SERVICE @OK@ {}", ":",
]  # fmt: skip


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=12),
    tail=st.sampled_from(["", "{}", "SERVICE @HERE@ {}", "SERVICE @OK@ {}"]),
)
def test_what_is_let_through_asks_the_relay_and_nobody_else(trap: Trap, pieces: list[str], tail: str) -> None:
    here, allowed = f"http://127.0.0.1:{trap.port}/here", f"http://127.0.0.1:{trap.port}/ok"
    body = "".join([*pieces, tail]).replace("@HERE@", f"<{here}>").replace("@OK@", f"<{allowed}>")
    text = f"PREFIX ok: <{allowed}> PREFIX ex: <{here}>\nASK {{ {body} }}"
    try:
        inspect(text, services=[allowed])
        found = asking(clauses(text, [allowed]))
        made = rewritten(text, [f"http://127.0.0.1:{trap.port}/relay/{number}" for number in range(len(found))])
    except QueryError:
        return
    trap.paths.clear()
    try:
        ox.Store().query(made)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        pass
    assert all(path.startswith("/relay/") for path in trap.paths), (text, trap.paths)


def test_a_rewriting_that_would_be_read_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"ASK {{ SERVICE <{WIKIDATA}> {{ }} }}"
    with pytest.raises(ValueError):
        rewritten(text, [])
    # An address that is no IRI would end the clause; it must not pass, whoever made it.
    with pytest.raises(QueryError):
        federation.rewritten(text, ["http://127.0.0.1:1/> {} } # <"])
