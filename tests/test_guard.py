"""The guard: what it refuses, what it lets through, and that nothing it lets through opens a connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.sparql.guard import Limits, inspect

REMOTE = "<http://127.0.0.1:1/>"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT"),
        ("select * { ?s ?p ?o }", "SELECT"),
        ("BASE <http://x/> PREFIX a: <b> ASK {}", "ASK"),
        ("# SERVICE <x> {}\nCONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ('PREFIX ex: <http://x/>\nDESCRIBE ex:service', "DESCRIBE"),
        ('SELECT ("SERVICE <x> {}" AS ?x) {}', "SELECT"),
        ("SELECT ('''a\nSERVICE <x> {} # ''' AS ?service) {}", "SELECT"),
        ("ASK { ?s <http://example.org/service#this> ?o }", "ASK"),
        ("ASK { VALUES ?s { <http://x/a> <http://x/service#b> } }", "ASK"),
        ("ASK { ?s ?p ?o FILTER(?o < 3 && ?o > 1) }", "ASK"),
        ("ASK { ?s <#me> ?o }", "ASK"),
        ('VERSION "1.2" VERSION \'1.2-basic\' PREFIX a: <b:> ASK { << ?s ?p ?o >> ?q ?z }', "ASK"),
        ("SELECT * { ?s ?p <<( ?a ?b ?c )>> . ?s ?p ?o ~ ?r {| ?q ?z |} }", "SELECT"),
        ('SELECT (LANGDIR("x"@ar--rtl) AS ?d) (TRIPLE(?s, ?p, ?o) AS ?t) { ?s ?p ?o }', "SELECT"),
        ('ASK { ?s <http://a/\\u0041#> """\n?o } SERVICE <http://127.0.0.1:1/> {} """ }', "ASK"),
        ("ASK { VALUES ?v { <http://example/\\u0061\\U0001F47E> } }", "ASK"),
        ('ASK { FILTER("a\\u0022 = SERVICE" = "\\u005C") }', "ASK"),
        ("this is no query", ""),
        ("", ""),
    ],
)
def test_harmless_texts_pass_with_their_form(text: str, form: str) -> None:
    assert inspect(text) == form


@pytest.mark.parametrize(
    "text",
    [
        f"ASK {{ SERVICE {REMOTE} {{}} }}",
        f"ASK {{ service silent {REMOTE} {{}} }}",
        f"ASK {{SERVICESILENT{REMOTE}{{}}}}",
        "PREFIX ex: <http://127.0.0.1:1/> ASK { SERVICEex: {} }",
        f"ASK {{ ?s ?p 1SERVICE{REMOTE}{{}} }}",
        f"ASK {{ ?s ?p trueSERVICE{REMOTE}{{}} }}",
        f"ASK {{ FILTER(1<2)SERVICE#>\n{REMOTE}{{}} }}",
        f'ASK {{ FILTER(1<2)#>"""\nSERVICE {REMOTE} {{}} #"""\n }}',
        f'ASK {{ FILTER(1<#>"""\n2) SERVICE {REMOTE} {{}} #"""\n }}',
        f"ASK {{ FILTER(1<2&&'>'!='\"\"\"')\n SERVICE {REMOTE} {{}} FILTER(1 = 1) #\"\"\"\n }}",
        f"ASK {{ FILTER(1<(2>1)&&1<2&&'>'!='\"\"\"')\n SERVICE {REMOTE} {{}} #\"\"\"\n }}",
        f"ASK {{ ?s ?p ex:a\\' SERVICE {REMOTE} {{}} #'\n }}",
        f"#x\rASK {{ SERVICE {REMOTE} {{}} }}",
        f'ASK {{ ?s <http://a/\\u004#> """\n?o }} SERVICE {REMOTE} {{}} """',
        f'ASK {{ ?s <http://a/\\n#> """\n?o }} SERVICE {REMOTE} {{}} """',
        f'ASK {{ FILTER(1<2#\\u0041>"""\n) SERVICE {REMOTE} {{}} #"""\n }}',
        f'ASK {{ FILTER("a"@en--SERVICE{REMOTE}{{}}) }}',
        f"ASK {{ << ?s ?p ?o ~ ?r >> ?q ?z SERVICE {REMOTE} {{}} }}",
        f"ASK {{ ?s ?p ?o {{| ?q ?z |}} SERVICE {REMOTE} {{}} }}",
        f'VERSION "1.2" ASK {{ SERVICE {REMOTE} {{}} }}',
        f"ASK {{ FILTER EXISTS {{ SERVICE {REMOTE} {{}} }} }}",
        f"ASK {{ SERVICE ?x {{}} VALUES ?x {{ {REMOTE} }} }}",
    ],
)
def test_service_is_refused_however_it_is_hidden(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        inspect(text)
    assert caught.value.where is not None and caught.value.remedy


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <a:a> <a:b> <a:c> }", "PREFIX a: <b:> DELETE WHERE { ?s ?p ?o }", "LOAD <http://x/>", "clear all"],
)
def test_updates_are_refused_as_such(text: str) -> None:
    with pytest.raises(QueryError, match="read-only"):
        inspect(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ASK {" + " " * 100_000 + "}", "characters"),
        ("ASK " + "{" * 129 + "}" * 129, "128 levels"),
        ("ASK { FILTER(" + "(" * 128 + "1" + ")" * 128 + ") }", "128 levels"),
        ("ASK { FILTER(" + "STR(" * 3000 + "1" + ")" * 3000 + ") }", "128 levels"),
        ("ASK { ?s ?p " + "<<( ?s ?p " * 3000 + "1" + " )>>" * 3000 + " }", "more than"),
        ("ASK { {}" + "UNION{}" * 501 + " }", "500 clauses"),
        ("ASK { " + "OPTIONAL{}" * 501 + " }", "500 clauses"),
        ("ASK { " + "FILTER(1)" * 501 + " }", "500 clauses"),
        ("SELECT " + "".join(f"(1 AS ?x{n})" for n in range(501)) + " {}", "500 clauses"),
        ("DESCRIBE " + "<a:b> " * 501, "500 clauses"),
        ("ASK { FILTER(true" + "||true" * 600 + ") }", "operators"),
        ("ASK { FILTER(" + "!" * 1001 + "true) }", "operators"),
        ("ASK { ?s <a:b>" + "/<a:b>" * 65 + " ?o }", "64 triple patterns"),
        ("ASK { " + "?s ?p ?o . " * 65 + " }", "64 triple patterns"),
        ("ASK { ?s ?p 1" + ",1" * 65 + " }", "64 triple patterns"),
        ("ASK { ?s ?p 1" + ";?p 1" * 65 + " }", "64 triple patterns"),
        ("ASK { ?s ?p (" + "1 " * 65 + ") }", "64 triple patterns"),
        ("ASK { [ ?p ?o" + " ; ?p ?o" * 65 + " ] }", "64 triple patterns"),
        ("ASK { " + "{ ?s ?p ?o } " * 65 + " }", "64 triple patterns"),
        ("ASK { " + "GRAPH ?g {} " * 65 + " }", "64 triple patterns"),
        ("ASK { " + "VALUES ?x {1} " * 65 + " }", "64 triple patterns"),
        # An annotation reifies the triple and says something of it: two patterns, for which the planner needs seconds.
        ("ASK { ?s ?p ?o " + "{| ?a ?b |} " * 33 + " }", "64 triple patterns"),
        ("ASK { ?s ?p ?o " + "{| ?a ?b " * 33 + "|} " * 33 + " }", "64 triple patterns"),
        ("ASK { ?s ?p ?o " + "{| ?a ?b ; ?a ?b |} " * 22 + " }", "64 triple patterns"),
        ("ASK { ?s ?p ?o " + "~ ?r " * 65 + " }", "64 triple patterns"),
        ("ASK { " + "<< ?s ?p ?o >> ?q ?z . " * 33 + " }", "64 triple patterns"),
        ("ASK { " + "?r ?q <<( ?s ?p ?o )>> . " * 33 + " }", "64 triple patterns"),
        ("SELECT * {} GROUP BY ?x HAVING" + " (true)" * 2001, "opening brackets"),
    ],
)
def test_what_would_break_the_engine_is_refused_with_a_sentence(text: str, what: str) -> None:
    with pytest.raises(QueryError) as caught:
        inspect(text)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "ASK " + "{" * 128 + "}" * 128,
        "ASK { {}" + "UNION{}" * 500 + " }",
        "ASK { " + "?s ?p ?o . " * 64 + " }",
        "ASK { ?s ?p ?o VALUES (?a ?b) { " + "(1 2) " * 5000 + "} }",
        "ASK { ?s ?p ?o FILTER(?o IN (1" + ",1" * 20_000 + ")) }",
        "ASK { ?s ?p ?o " + "{| ?a ?b |} " * 31 + " }",
        "ASK { " + "<< ?s ?p ?o >> ?q ?z . " * 32 + " }",
        "ASK { " + "?r ?q <<( ?s ?p <<( ?a ?b ?c )>> )>> . " * 20 + " }",
        "ASK { ?s ?p ?o FILTER(?o IN (" + ", ".join(["<<( <a:s> <a:p> 1 )>>"] * 60) + ")) }",
        "CONSTRUCT { " + "?s ?p ?o . " * 60 + "} WHERE { " + "?s ?p ?o . " * 60 + "}",
    ],
)
def test_large_but_bearable_queries_pass(text: str) -> None:
    assert inspect(text)


def test_limits_are_the_callers() -> None:
    with pytest.raises(QueryError, match="more than 2 levels"):
        inspect("ASK { { { } } }", Limits(nesting=2))


def test_the_place_is_in_lines_and_code_points() -> None:
    with pytest.raises(QueryError) as caught:
        inspect('ASK {\n "è𝄞" SERVICE <x> {} }')
    assert (caught.value.where.line, caught.value.where.column) == (2, 7)


class Trap:
    """A listening socket that counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.caught = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.caught += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    one = Trap()
    yield one
    one.close()


def run(text: str) -> None:
    """Run a query as the engine would, whatever comes of it."""
    try:
        result = ox.Store().query(text)
        if not isinstance(result, ox.QueryBoolean):
            list(result)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        pass


def test_the_trap_works(trap: Trap) -> None:
    before = trap.caught
    run(f"ASK {{ SERVICE <http://127.0.0.1:{trap.port}/> {{ ?s ?p ?o }} }}")
    assert trap.caught > before


#: Pieces chosen so that many of their sequences are queries, and that readers may disagree about where tokens end.
PIECES = [
    "SERVICE", "SERVICE SILENT", "service", "@HERE@", "ex:", "ex:a", "{}", "{?s ?p ?o}", "{", "}", "(", ")", "<", ">",
    "<=", "1", "2", "?x", "?s ?p ?o", ".", ";", ",", "FILTER(1<2)", "FILTER(", "BIND(1 AS ?y)", "&&", "||", "!=", "=",
    "'", '"', "'''", '"""', "'a'", '"a"', "\\", "\\'", "#", "\n", "\r", " ", "\t", "<#>", "<a>", "<a#", "<http://a/>",
    "true", "a", "@en", "^^", "[", "]", "EXISTS", "NOT EXISTS", "OPTIONAL", "UNION", "GRAPH ?g", "VALUES ?x", "*", "/",
    "<<(", ")>>", "{|", "|}", "~", "-", "+", "%41", "_:b", "$x", "?", "\u00a0", "\u0301", "\\u0041", "IN", "(1<2)", "#>",
    "<<", ">>", "--ltr", "<http://a/\\u0041#>", "<\\U00000053ERVICE>", "\\u0022", "\\u003E", "\\U0000003C", "VERSION",
]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14), tail=st.sampled_from(["", "{}", "SERVICE @HERE@ {}"]))
def test_nothing_let_through_opens_a_connection(trap: Trap, pieces: list[str], tail: str) -> None:
    here = f"<http://127.0.0.1:{trap.port}/>"
    body = "".join([*pieces, tail]).replace("@HERE@", here)
    text = f"PREFIX ex: {here}\nASK {{ {body} }}"
    try:
        inspect(text)
    except QueryError:
        return
    before = trap.caught
    run(text)
    assert trap.caught == before, text
