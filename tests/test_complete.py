"""Completion: where a cursor stands in a query that is not finished, and what is asked to complete it there."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.rdf import PREFIXES
from kg.sparql import guard
from kg.sparql.complete import ANSWERS, EXISTS, FITS, MOST, searches, undeclared, written
from kg.sparql.completewords import words
from kg.sparql.cursorplace import locate

EX = "https://example.org/"
#: Two claims, one of them incomplete; the cursor of a text is marked by ``|``.
DATA = f"""
PREFIX ex: <{EX}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
ex:c1 a ex:Claim ; ex:holder ex:italy ; ex:stance ex:no ; ex:year 2025 .
ex:c2 a ex:Claim ; ex:holder ex:ukraine ; ex:stance ex:yes .
ex:e1 a ex:Event ; ex:attendee ex:italy , ex:poland ; ex:place ex:paris .
ex:italy a ex:State ; rdfs:label "Italy"@en , "Italia"@it .
ex:ukraine a ex:State ; rdfs:label "Ukraine"@en , "Ucraina"@it .
ex:poland a ex:State ; rdfs:label "Poland"@en .
"""
STORE = ox.Store()
STORE.load(DATA.encode(), format=ox.RdfFormat.TURTLE)


def at(marked: str) -> tuple[str, int]:
    """The text without its mark, and where that was."""
    return marked.replace("|", "", 1), marked.index("|")


def found(marked: str) -> tuple[str, list[str]]:
    """How sure the first search with a result is, and what it finds in short."""
    text, offset = at(f"PREFIX ex: <{EX}> PREFIX rdfs: <{PREFIXES['rdfs']}> {marked}")
    place = locate(text, offset)
    for search in searches(text, place):
        rows = list(STORE.query(search.text))
        if rows:
            return search.level, [written(row["kgHole"], place.prefixes).text for row in rows]  # type: ignore[union-attr]
    return "", []


@pytest.mark.parametrize(
    ("marked", "kind", "typed"),
    [
        ("SEL|", "top", "SEL"),
        ("PREFIX ck|", "prefix", "ck"),
        ("SELECT * { |", "subject", ""),
        ("SELECT * { ?c |", "property", ""),
        ("SELECT * { ?c ckg:ho| }", "property", "ckg:ho"),
        ("SELECT * { ?c a ckg:|Claim }", "class", "ckg:"),
        ("SELECT * { ?c ckg:holder ita| }", "value", "ita"),
        ("SELECT * { ?c ckg:holder ?x , | }", "value", ""),
        ("SELECT * { ?c ckg:holder/| }", "property", ""),
        ("SELECT * { ?c ckg:evidence [ | ] }", "property", ""),
        ("SELECT * { ?c ckg:holder ?x ; | }", "property", ""),
        ("SELECT * { ?c ckg:year 5.0 . ?| }", "variable", "?"),
        ("SELECT * { FILTER(?x > | ) }", "expression", ""),
        ("SELECT * { VALUES ?x { ita| } }", "expression", "ita"),
        ("SELECT * { GRAPH | { } }", "graph", ""),
        ("SELECT * { GRAPH ?g { ?s | } }", "property", ""),
        ("SELECT * { OPTIONAL { ?s ckg:x ?y } | }", "subject", ""),
        ("SELECT * { ?s ckg:says <<( ?a | )>> }", "property", ""),
        ("SELECT * { ?s ckg:says ?o {| | |} }".replace("{| |", "{| \0").replace("|}", "\1"), "property", ""),
        ('SELECT * { ?s ckg:label "Ita|', "", ""),
        ("SELECT * { # a remark|\n }", "", ""),
        ("SELECT * { ?s <https://exa|", "", ""),
    ],
)
def test_where_a_cursor_stands(marked: str, kind: str, typed: str) -> None:
    if "\0" in marked:
        offset = marked.index("\0")
        text = marked.replace("\0", "").replace("\1", "|}")
    else:
        text, offset = at(marked)
    place = locate(text, offset)
    assert (place.kind, place.typed) == (kind, typed)


@pytest.mark.parametrize(
    ("marked", "level", "expected"),
    [
        # Only what the subject has.
        ("SELECT * { ?c a ex:Event ; | }", ANSWERS, {"ex:attendee", "ex:place", "rdf:type"}),
        # Only what the rest of the query leaves.
        ("SELECT * { ?c ex:holder ex:italy ; ex:stance | }", ANSWERS, {"ex:no"}),
        ("SELECT * { ?c ex:stance ?s . FILTER(?s = ex:yes) ?c ex:holder | }", ANSWERS, {"ex:ukraine"}),
        ("SELECT * { ?c ex:holder | . ?c ex:stance ex:yes }", ANSWERS, {"ex:ukraine"}),
        ("SELECT * { ?c ex:holder/| }", ANSWERS, {"rdfs:label", "rdf:type"}),
        ("SELECT * { OPTIONAL { ?c a ex:Claim ; ex:year | } }", ANSWERS, {"2025"}),
        ("SELECT * { ?c a | ; ex:place ?p }", ANSWERS, {"ex:Event"}),
        # By a label, in whatever language.
        ("SELECT * { ?c ex:holder ucra| }", ANSWERS, {"ex:ukraine"}),
        ("SELECT * { ?c ex:holder ex:it| }", ANSWERS, {"ex:italy"}),
        ("SELECT * { FILTER(?x = pol|) }", EXISTS, {"ex:poland"}),
        # What comes behind cannot be read.
        ("SELECT * { ?c a ex:Claim ; ex:stance | FILTER(", ANSWERS, {"ex:no", "ex:yes"}),
        # What stands before cannot be read.
        ("SELECT * { ?x ex:holder . ?c a ex:Event ; ex:attendee | }", FITS, {"ex:italy", "ex:poland"}),
        ("SELECT * { ?c a ex:Nothing ; ex:stance | }", EXISTS, {"ex:no", "ex:yes"}),
        ("ASK { MINUS { ?c ex:holder ex:italy ; ex:stance | } }", FITS, {"ex:no"}),
    ],
)
def test_what_is_offered(marked: str, level: str, expected: set[str]) -> None:
    told, offered = found(marked)
    assert (told, set(offered)) == (level, expected)


def test_what_begins_so_comes_first_and_then_what_is_frequent() -> None:
    assert found("SELECT * { ?s a | }")[1][0] == "ex:State"
    text, offset = at("SELECT * { ?x ?y nd| }")
    (search, *_) = searches(text, locate(text, offset))
    assert "LIMIT " + str(MOST + 1) in search.text


@pytest.mark.parametrize(
    ("term", "declared", "text", "prefix"),
    [
        (ox.NamedNode(PREFIXES["ckg"] + "holder"), {}, "ckg:holder", "ckg"),
        (ox.NamedNode(PREFIXES["ckg"] + "holder"), {"c": PREFIXES["ckg"]}, "c:holder", ""),
        (ox.NamedNode(PREFIXES["ckg"] + "holder"), {"ckg": EX}, f"<{PREFIXES['ckg']}holder>", ""),
        (ox.NamedNode(EX + "a b".replace(" ", "/")), {"e": EX}, f"<{EX}a/b>", ""),
        (ox.Literal('say "so"', language="en"), {}, '"say \\"so\\""@en', ""),
        (ox.Literal(5), {}, "5", ""),
        (ox.Literal("2026-01", datatype=ox.NamedNode(PREFIXES["edtf"] + "EDTF")), {}, '"2026-01"^^edtf:EDTF', "edtf"),
    ],
)
def test_terms_are_written_in_short(term: ox.NamedNode, declared: dict, text: str, prefix: str) -> None:
    assert (written(term, declared).text, written(term, declared).prefix) == (text, prefix)


def test_words_are_those_of_the_place() -> None:
    def offered(marked: str) -> list[str]:
        text, offset = at(marked)
        return [word.text for word in words(locate(text, offset))]

    assert "FILTER NOT EXISTS" in offered("SELECT * { FIL| }")
    assert offered("SELECT ?holder { ?c ckg:holder ?ho| }") == ["?holder"]
    assert "STRSTARTS(" in offered("SELECT * { FILTER(str|) }")
    assert offered("SELECT * { ?s | }") == ["?s", "a"]
    assert offered("PREFIX skos|") == [f"skos: <{PREFIXES['skos']}>"]
    assert offered('SELECT * { ?s ?p "FIL| }') == []


def test_a_prefix_that_is_not_declared_is_found_once() -> None:
    assert undeclared("PREFIX a: <urn:a> SELECT * { ?s a:b b:c , b:d }") == ("b",)


PIECES = st.sampled_from(
    "SELECT ASK CONSTRUCT WHERE { } ( ) [ ] {| |} <<( )>> . ; , * ? / | ^ = < > && ! ?s ?p $o a ckg:Claim ex: : rdfs:label ?asOf "
    "<https://a> <https:// \"text\" \"open 'x' @en ^^xsd:date 5 1.5 -2 true FILTER OPTIONAL UNION MINUS VALUES BIND AS "
    "GRAPH FROM NAMED PREFIX ex: BASE SERVICE NOT EXISTS GROUP BY ORDER LIMIT COUNT(*) #remark \n \\ _:b é 𝔘".split(" ")
)


@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from([" ", ""]), st.integers(-3, 200), st.sampled_from([None, "2026-01-06"]))
def test_whatever_the_text_what_is_asked_is_a_query_that_the_guard_lets_pass(
    pieces: list[str], joined: str, offset: int, day: str | None
) -> None:
    text = joined.join(pieces)
    place = locate(text, offset)
    assert 0 <= place.start <= place.end <= len(text)
    list(words(place))
    for search in searches(text, place, as_of=day):
        assert guard.inspect(search.text) == "SELECT"
        STORE.query(search.text, base_iri="urn:kg:base")


TERMS = [f"ex:{name}" for name in ("c1", "c2", "e1", "italy", "ukraine", "poland", "no", "yes", "Claim", "State", "paris")]
VERBS = ["ex:holder", "ex:stance", "ex:attendee", "ex:place", "a", "rdfs:label"]
SUBJECTS = st.sampled_from(["?a", "?b", "ex:c1", "ex:e1"])
TRIPLES = st.tuples(SUBJECTS, st.sampled_from([*VERBS, "?v"]), st.sampled_from(["?a", "?b", "?c", *TERMS])).map(" ".join)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query that is complete but for one term, at the mark."""
    around = draw(st.lists(TRIPLES, max_size=2))
    hole = draw(st.sampled_from(["?a | ?b", "?a ex:holder |", "?b a |", "| ex:stance ?c", "?a ex:holder/| ?b"]))
    held = draw(st.sampled_from(["{} .", "OPTIONAL {{ {} }}", "{{ {} }} UNION {{ ?a ex:nothing ?z }}", "FILTER(BOUND(?a)) {} ."]))
    pieces = [*(f"{one} ." for one in around), held.format(hole)]
    return f"SELECT * {{ {' '.join(draw(st.permutations(pieces)))} }}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(queries())
def test_each_completion_gives_a_query_that_still_has_an_answer_and_none_is_missing(marked: str) -> None:
    prologue = f"PREFIX ex: <{EX}> PREFIX rdfs: <{PREFIXES['rdfs']}> PREFIX rdf: <{PREFIXES['rdf']}> "
    level, offered = found(marked)
    # Where all that stands around matches nothing, there is no completion that would mend it.
    everywhere = {
        written(term, {"ex": EX, "rdfs": PREFIXES["rdfs"], "rdf": PREFIXES["rdf"]}).text
        for quad in STORE for term in (quad.subject, quad.predicate, quad.object)
    }  # fmt: skip
    works = {term for term in everywhere if _answers(prologue, marked, term)}
    if level == ANSWERS:
        assert works.issuperset(offered)
        if "OPTIONAL" not in marked and "UNION" not in marked:
            assert set(offered) == works
    elif "OPTIONAL" not in marked and "UNION" not in marked:
        assert not works


def _answers(prologue: str, marked: str, term: str) -> bool:
    try:
        return next(iter(STORE.query(prologue + marked.replace("|", term, 1))), None) is not None  # type: ignore[arg-type]
    except SyntaxError:
        return False
