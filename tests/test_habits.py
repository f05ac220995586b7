"""What people write who think of another language: a proposal, put in the place that is marked, makes it a query."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import querytext
from kg.engine import check_syntax
from kg.errors import QueryError
from kg.rdf import PREFIXES

PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("ckg", "actor", "xsd"))


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        check_syntax(text)
    return caught.value


def mended(text: str, error: QueryError) -> str:
    """The text with the proposal in the place of what is marked."""
    where = error.where
    assert where and where.line and where.column and where.length is not None
    start = querytext.offset(text, where.line, where.column)
    return f"{text[:start]}{error.proposal}{text[start + where.length:]}"


#: Condition of another language → the condition as the query has it in the end.
CONDITIONS = {
    "?x <> 1": "?x != 1", "?x == 1": "?x = 1", "?x === 1": "?x = 1", "?x ! = 1": "?x != 1",
    "?x > 1 AND ?x < 2": "?x > 1 && ?x < 2", "?x > 1 OR ?x < 2": "?x > 1 || ?x < 2", "?x = 1 & ?x = 2": "?x = 1 && ?x = 2",
    "?x LIKE '%abc%'": "CONTAINS(STR(?x), 'abc')", "?x LIKE 'abc%'": "STRSTARTS(STR(?x), 'abc')",
    "?x LIKE '%abc'": "STRENDS(STR(?x), 'abc')", "?x LIKE 'abc'": "STR(?x) = 'abc'",
    "?x LIKE 'a%b_c'": "REGEX(STR(?x), '^a.*b.c$')", "?x NOT LIKE \"%a%\"": 'CONTAINS(STR(?x), "a")',
    "?x ILIKE '%ABC%'": "CONTAINS(LCASE(STR(?x)), 'abc')", "STR(?x) LIKE '%a{}%'": "CONTAINS(STR(STR(?x)), 'a{}')",
    "?x CONTAINS 'a'": "CONTAINS(STR(?x), 'a')", "?x =~ 'a'": "REGEX(STR(?x), 'a')",
    "?x IS NULL": "!BOUND(?x)", "?x IS NOT NULL": "BOUND(?x)", "?x = NULL": "!BOUND(?x)", "?x IS 'a'": "?x = 'a'",
    "?x BETWEEN 1 AND 2": "(?x >= 1 && ?x <= 2)", "NOT ?x = 1": "!(?x = 1)", "NOT(?x = 1)": "!(?x = 1)",
    "?x IN actor:italy": "?x IN (actor:italy)", "?x IN ('a' 'b')": "?x IN ('a', 'b')", "?x IN {1,2}": "?x IN (1, 2)",
    "x = 1": "?x = 1", "LANG(?x) = en": 'LANG(?x) = "en"', "?x = “a”": '?x = "a"',
    "STRLENGTH(?x) > 3": "STRLEN(?x) > 3", "LENGTH(?x) > 3": "STRLEN(?x) > 3", "SUBSTRING(?x, 1) = 'a'": "SUBSTR(?x, 1) = 'a'",
    "TOLOWER(?x) = 'a'": "LCASE(?x) = 'a'", "STARTSWITH(?x, 'a')": "STRSTARTS(?x, 'a')", "CONTAIN(?x, 'a')": "CONTAINS(?x, 'a')",
    "LANGMATCH(LANG(?x), 'en')": "LANGMATCHES(LANG(?x), 'en')", "ISNULL(?x)": "!BOUND(?x)", "REGEXP(?x, 'a')": "REGEX(?x, 'a')",
    "DATE(?x) = 1": "xsd:date(?x) = 1", "STRLEN ?x > 1": "STRLEN (?x) > 1",
}  # fmt: skip
#: Query of another language → the query, after the prologue.
QUERIES = {
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s DESC": "SELECT ?s { ?s ?p ?o } ORDER BY DESC(?s)",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s DESC, STR(?p) ASC LIMIT 5": "SELECT ?s { ?s ?p ?o } ORDER BY DESC(?s) ASC(STR(?p)) LIMIT 5",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s, ?p": "SELECT ?s { ?s ?p ?o } ORDER BY ?s ?p",
    "SELECT ?s { ?s ?p ?o } ORDER BY DESC ?s": "SELECT ?s { ?s ?p ?o } ORDER BY DESC(?s)",
    "SELECT ?s { ?s ?p ?o } SORT BY ?s": "SELECT ?s { ?s ?p ?o } ORDER BY ?s",
    "SELECT ?s { ?s ?p ?o } LIMIT 5 ORDER BY ?s": "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 5",
    "SELECT ?s { ?s ?p ?o } LIMIT ten": "SELECT ?s { ?s ?p ?o } LIMIT 10",
    "SELECT ?s { ?s ?p ?o } LIMIT '10'": "SELECT ?s { ?s ?p ?o } LIMIT 10",
    "SELECT ?s { ?s ?p ?o } LIMIT 20, 10": "SELECT ?s { ?s ?p ?o } LIMIT 10 OFFSET 20",
    "SELECT ?s { ?s ?p ?o } FETCH FIRST 5 ROWS ONLY": "SELECT ?s { ?s ?p ?o } LIMIT 5",
    "SELECT TOP 5 ?s { ?s ?p ?o }": "SELECT ?s { ?s ?p ?o } LIMIT 5",
    "SELECT COUNT(*) { ?s ?p ?count }": "SELECT (COUNT(*) AS ?count2) { ?s ?p ?count }",
    "SELECT COUNT(*) AS n { ?s ?p ?o }": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*)) { ?s ?p ?o }": "SELECT (COUNT(*) AS ?count) { ?s ?p ?o }",
    "SELECT (COUNT(?o) ?n) { ?s ?p ?o }": "SELECT (COUNT(?o) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT DISTINCT ?s AS ?n) { ?s ?p ?o }": "SELECT (COUNT (DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "SELECT ?s AS ?t { ?s ?p ?o }": "SELECT (?s AS ?t) { ?s ?p ?o }",
    "SELECT DISTINCT(?s) { ?s ?p ?o }": "SELECT DISTINCT?s { ?s ?p ?o }",
    "SELECT DISTINCT (?s, ?p) { ?s ?p ?o }": "SELECT DISTINCT ?s ?p { ?s ?p ?o }",
    "SELECT ?s WHERE ?s ?p ?o . ?o ?q ?r LIMIT 3": "SELECT ?s WHERE { ?s ?p ?o . ?o ?q ?r } LIMIT 3",
    "SELECT ?s { ?s ?p ?o OPTIONAL ?s ckg:topic ?t }": "SELECT ?s { ?s ?p ?o OPTIONAL { ?s ckg:topic ?t } }",
    "SELECT ?s { ?s ?p ?o . MINUS ?s a ckg:Claim . ?s ?q ?r }": "SELECT ?s { ?s ?p ?o . MINUS { ?s a ckg:Claim } . ?s ?q ?r }",
    "SELECT ?s { ?s ?p ?o UNION ?s ?q ?r }": "SELECT ?s { { ?s ?p ?o } UNION { ?s ?q ?r } }",
    "SELECT ?s { {?s ?p ?o} UNION ?s ?q ?r }": "SELECT ?s { {?s ?p ?o} UNION { ?s ?q ?r } }",
    "SELECT ?s { ?s ?p ?x FILTER ?x IN (1, 2) }": "SELECT ?s { ?s ?p ?x FILTER(?x IN (1, 2)) }",
    "SELECT ?s { ?s ?p ?x\nFILTER ?x > 1\n?s ?q ?r }": "SELECT ?s { ?s ?p ?x\nFILTER(?x > 1)\n?s ?q ?r }",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s WHERE COUNT(?o) > 3": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 3)",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING COUNT(?o) > 3": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 3)",
    "SELECT ?s { VALUES ?x (1 2) ?s ?p ?x }": "SELECT ?s { VALUES ?x { 1 2 } ?s ?p ?x }",
    "SELECT ?s { VALUES (?x) { 1, 2 } ?s ?p ?x }": "SELECT ?s { VALUES ?x { 1 2 } ?s ?p ?x }",
    "SELECT ?s { BIND(?x = 3) ?s ?p ?x }": "SELECT ?s { BIND(3 AS ?x) ?s ?p ?x }",
    "SELECT ?s { ?s ?p ?y BIND ?y AS ?x }": "SELECT ?s { ?s ?p ?y BIND (?y AS ?x) }",
    "SELECT ?s FROM claims WHERE { ?s ?p ?o }": "SELECT ?s WHERE { ?s ?p ?o }",
    "SELECT * FROM ckg:Claim": "SELECT * { ?one a ckg:Claim }",
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), CONDITIONS.items())
def test_conditions_of_other_languages(written: str, meant: str) -> None:
    text = f"{PROLOGUE}SELECT * {{ ?s ?p ?x . FILTER({written}) }}"
    error = refused(text)
    assert mended(text, error) == f"{PROLOGUE}SELECT * {{ ?s ?p ?x . FILTER({'!' * ('NOT LIKE' in written)}{meant}) }}"
    check_syntax(mended(text, error))


@pytest.mark.parametrize(("written", "meant"), QUERIES.items())
def test_queries_of_other_languages(written: str, meant: str) -> None:
    error = refused(PROLOGUE + written)
    assert mended(PROLOGUE + written, error) == PROLOGUE + meant and error.remedy.endswith((".", "?"))
    check_syntax(PROLOGUE + meant)


@pytest.mark.parametrize(("call", "said"), [("FOO(?x)", "no function FOO."), ("DATE(?x) = 1", "xsd:date")])
def test_an_unknown_function_is_named_even_if_no_other_is_meant(call: str, said: str) -> None:
    error = refused(f"SELECT * {{ ?s ?p ?x FILTER({call}) }}")
    assert said in error.remedy and not error.proposal and error.where and error.where.column == 28


def test_a_keyword_is_no_variable() -> None:
    error = refused("SELECT * { ?s ?p ?o . UNION }")
    assert "?UNION" not in error.proposal


AROUND = st.sampled_from(["?a ckg:topic ?b .", "OPTIONAL { ?a ?c ?d }", "{ ?s a ckg:Claim } UNION { ?s ?q 1 }", "VALUES ?s { 1 2 }", "FILTER(?a > 1)", "BIND(1 AS ?e)"])
ENDS = st.sampled_from(["", " LIMIT 3", " ORDER BY ?s", " GROUP BY ?s HAVING (COUNT(?o) > 1) LIMIT 2"])


@settings(max_examples=150, deadline=None)
@given(
    condition=st.sampled_from(sorted(CONDITIONS)), before=st.lists(AROUND, max_size=3, unique=True),
    after=st.lists(AROUND, max_size=2, unique=True), line=st.sampled_from([" ", "\n", "\n  "]), end=ENDS,
)  # fmt: skip
def test_a_proposal_in_its_place_is_a_query(condition: str, before: list[str], after: list[str], line: str, end: str) -> None:
    parts = [*before, f"?s ?p ?x . FILTER({condition})", *(one for one in after if "BIND" not in one)]
    text = f"{PROLOGUE}SELECT (SAMPLE(?p) AS ?one) {{{line}{line.join(parts)} }}{end if 'GROUP' in end else ''}"
    check_syntax(mended(text, refused(text)))


SOUP = st.sampled_from(
    "SELECT ASK WHERE { } ( ) [ ] . , ; ?x ?y 1 'a' FILTER ORDER BY DESC LIMIT COUNT * AS LIKE BETWEEN AND NOT IN IS NULL "
    "UNION OPTIONAL VALUES HAVING GROUP FROM TOP FETCH BIND = ! < > <> ~ & “ ” ckg:p a STRLENGTH \n".split(" ")
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(SOUP, max_size=14))
def test_no_text_breaks_it_and_what_is_proposed_for_a_place_helps_there(words: list[str]) -> None:
    text = PROLOGUE + "SELECT * { ?s ?p ?o } " + " ".join(words)
    try:
        check_syntax(text)
    except QueryError as error:
        assert error.message.endswith(".")
        if error.proposal and error.where and error.where.length is not None:
            assert mended(text, error) != text
