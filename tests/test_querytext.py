"""What is told from the text of a query: tokens, variables, dataset clauses, undeclared prefixes, and bindings."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kg.binding import bind
from kg.errors import QueryError
from kg.querytext import Dataset, dataset, iri_of, place, tokens, undeclared_prefix, variables

CKG = "https://w3id.org/coalition-kg/ontology#"


@given(st.text(max_size=60))
def test_tokens_are_the_text_in_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.start >= end and text[token.start : token.start + len(token.text)] == token.text
        end = token.start + len(token.text)


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ('ASK { ?s ?p "a\\"b" }', '"a\\"b"'),
        ("ASK { ?s ?p '''a''b\\'c' ''' }", "'''a''b\\'c' '''"),
        ("ASK { ?s ?p '' }", "''"),
        ("ASK { ?s ?p 'open }\n }", "'open }"),
        ('ASK { ?s ?p """open }\n } ""', '"""open }\n } ""'),
        ("ASK " + "'\\" * 50_000, "'" + "\\'" * 49_999),
    ],
)
def test_strings_end_where_they_are_closed_or_where_they_must(text: str, string: str) -> None:
    assert next(token.text for token in tokens(text) if token.kind == "string") == string


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?a { $b <p> '?c' , \"?d\" . # ?e\n ?f <?g> '''?h'?i''' }", {"a", "b", "f"}),
        ("ASK { ?x <urn:a> ?é }", {"x", "é"}),
        ("ASK { <urn:a> <urn:b> 'it\\'s ?x' }", set()),
    ],
)
def test_variables_stand_outside_strings_comments_and_iris(text: str, names: set[str]) -> None:
    assert variables(text) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", Dataset()),
        ("SELECT * FROM <urn:a> FROM <urn:b> FROM <urn:a> { ?s ?p ?o }", Dataset(("urn:a", "urn:b"))),
        ("PREFIX g: <urn:g/> SELECT * from g:a\nFROM NAMED g:b { ?s ?p ?o }", Dataset(("urn:g/a",), ("urn:g/b",))),
        ("BASE <http://e.org/x/> ASK FROM <y> {}", Dataset(("http://e.org/x/y",))),
        ("CONSTRUCT { ?s ?p 'FROM <urn:a>' } FROM <urn:b> WHERE { ?s ?p ?o } # FROM <urn:c>", Dataset(("urn:b",))),
        ("SELECT ?from { ?from <urn:FROM> <urn:a> }", Dataset()),
        ("PREFIX g: <urn:g/> ASK FROM g:a\\~b {}", Dataset(("urn:g/a~b",))),
        ("SELECT * FROM <http://x/\\u0061\\U0001F47E> {}", Dataset(("http://x/a👾",))),
        ("BASE <http://x/\\u0062/> PREFIX p: <c\\u002F> SELECT * FROM NAMED <d> {}", Dataset((), ("http://x/b/d",))),
    ],
)
def test_dataset_clauses(text: str, expected: Dataset) -> None:
    assert dataset(text) == expected


@pytest.mark.parametrize(
    ("text", "graph"),
    [
        ("SELECT * FROM <graph/x> {}", "http://h.example/graph/x"),
        ("SELECT * FROM <urn:x> {}", "urn:x"),
        ("BASE <http://b.example/c/> SELECT * FROM <x> {}", "http://b.example/c/x"),
        ("BASE <c/> SELECT * FROM <x#> {}", "http://h.example/c/x#"),
        ("PREFIX p: <c#> SELECT * FROM p:y {}", "http://h.example/c#y"),
    ],
)
def test_graphs_of_the_query_are_relative_to_where_it_was_sent(text: str, graph: str) -> None:
    assert dataset(text, "http://h.example/sparql") == Dataset((graph,))


@pytest.mark.parametrize("text", ["<http://x/\\u0061>", "<\\U0001F47E>", '"x"@ar--rtl', "<http://x/\\u0022\\u003E#>"])
def test_escapes_and_directions_do_not_end_a_token(text: str) -> None:
    parts = [token.text for token in tokens(f"VALUES ?x {{ {text} }}")][3:-1]
    assert "".join(parts) == text and len(parts) == (2 if text.startswith('"') else 1)


def test_an_escape_of_no_character_stays() -> None:
    (token,) = tokens("<http://x/\\uD83C\\U00110000\\u0041>")
    assert iri_of(token) == "http://x/\\uD83C\\U00110000A"


def test_an_undeclared_prefix_is_found_with_its_place_and_the_line_to_paste() -> None:
    error = undeclared_prefix("# ckg:no\nSELECT * {\n  ?s 'ckg:no' ; ckg:holder ?o }")
    assert (error.where.line, error.where.column) == (3, 17)
    assert f"PREFIX ckg: <{CKG}>?" in str(error)


def test_a_prefix_not_of_the_table_is_named_too() -> None:
    assert "PREFIX nope: <…>" in str(undeclared_prefix("ASK { nope:a ?p ?o }"))


@pytest.mark.parametrize(
    "text",
    [
        f"PREFIX ckg: <{CKG}> ASK {{ ?s ckg:a _:b }}",
        "PREFIX : <urn:x> ASK { :a :b : }",
        "ASK { ?s ?p ?o . FILTER(?o > 1.5e3 || ?p = <a:b>) }",
    ],
)
def test_declared_prefixes_are_no_error(text: str) -> None:
    assert undeclared_prefix(text) is None


def test_places_count_code_points() -> None:
    where = place("é\n𝕏 x", 4)
    assert (where.line, where.column) == (2, 3)


DATE = "http://www.w3.org/2001/XMLSchema#date"
STORE = ox.Store()
STORE.load(
    f'<urn:a> <urn:d> "2025-01-01"^^<{DATE}> . <urn:b> <urn:d> "2026-01-01"^^<{DATE}> .'.encode(), ox.RdfFormat.TURTLE
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?s { ?s <urn:d> ?d FILTER(?d <= ?asOf) }", [["<urn:a>"]]),
        ("SELECT ?s { ?s <urn:d> ?d FILTER(?d <= $asOf) }", [["<urn:a>"]]),
        ("SELECT ?s { ?s <urn:d> ?x { SELECT ?s { ?s <urn:d> ?d FILTER(?d <= ?asOf) } } }", [["<urn:a>"]]),
        ("SELECT ?s { ?s <urn:d> ?d FILTER NOT EXISTS { ?s <urn:d> ?e FILTER(?e <= ?asOf) } }", [["<urn:b>"]]),
        ("SELECT ?asOf { ?s <urn:d> ?d FILTER(?d > ?asOf) }", [[f'"2025-06-01"^^<{DATE}>']]),
        ("SELECT (STR(?asOf) AS ?t) ?s { ?s <urn:d> ?d FILTER(?d < ?asOf) }", [['"2025-06-01"', "<urn:a>"]]),
        ("SELECT (COUNT(*) AS ?n) { ?s <urn:d> ?d } GROUP BY ?asOf HAVING(MIN(?d) < ?asOf) ORDER BY ?asOf", [["2"]]),
        ("SELECT ?s { ?s <urn:d> ?d } ORDER BY DESC(?d < ?asOf) LIMIT 1", [["<urn:a>"]]),
        ("SELECT ?s { ?s <urn:d> ?d FILTER(STR(?d) != '?asOf' && ?d < ?asOf) # ?asOf\n }", [["<urn:a>"]]),
    ],
)
def test_the_day_is_put_wherever_it_is_read(text: str, expected: list[list[str]]) -> None:
    results = STORE.query(bind(text, {"asOf": "2025-06-01"}))
    names = [variable.value for variable in results.variables]
    rows = [[str(row[name]).replace('^^<http://www.w3.org/2001/XMLSchema#integer>', "").strip('"') if name == "n"
             else str(row[name]) for name in names] for row in results]
    assert rows == expected


def test_a_query_without_the_variable_is_left_alone_if_no_day_is_given() -> None:
    assert bind("ASK { ?s ?p '?asOf' }", {}) == "ASK { ?s ?p '?asOf' }"


@pytest.mark.parametrize(
    ("text", "bindings", "message"),
    [
        ("ASK { FILTER(?asOf > 1) }", {}, "--as-of"),
        ("ASK { ?s ?p '?asOf' }", {"asOf": "2025-06-01"}, "does not use"),
        ("ASK { FILTER(?asOf > 1) }", {"asOf": "2025-02-30"}, "not a day"),
        ("ASK { FILTER(?asOf > 1) }", {"asOf": "20250601"}, "not a day"),
        ("ASK { FILTER(?asOf > 1) }", {"asOf": "2025-W01-1"}, "not a day"),
        ("ASK { FILTER(?asOf > 1) }", {"asOf": "2025-06-01", "x": "1"}, r"\?x"),
        ("ASK { BIND(1 AS ?asOf) }", {"asOf": "2025-06-01"}, "1:17: .*sets"),
        ("ASK { VALUES ?asOf { 1 } }", {"asOf": "2025-06-01"}, "sets"),
    ],
)
def test_what_does_not_fit_together_is_refused(text: str, bindings: dict[str, str], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        bind(text, bindings)
