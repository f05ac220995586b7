"""What the script that shows answers reads in them: dates, types, Turtle; against what reads the same elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.engine import Engine
from kg.model import Query
from results_script import run

XSD = "http://www.w3.org/2001/XMLSchema#"
DATES = """
PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>
SELECT DISTINCT ?edtf ?from ?to { ?date ckg:edtf ?edtf OPTIONAL { ?date ckg:earliest ?from } OPTIONAL { ?date ckg:latest ?to } }
"""


def moments(texts: list[str]) -> list[dict | None]:
    return run("dates.js", "return given.map((text) => its.moment(text));", texts)


def day(milliseconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).date().isoformat()


def test_each_date_of_the_graph_is_read_as_the_graph_says(real_graph: Engine) -> None:
    rows = [{v.value: row[v].value for v in rows.variables if row[v]} for rows in [real_graph.query(Query(DATES))] for row in rows]
    assert len(rows) > 20
    for row, found in zip(rows, moments([row["edtf"] for row in rows]), strict=True):
        assert found, row
        if "from" in row and not found["openStart"]:
            assert day(found["from"]) == row["from"], row
        if "to" in row and not found["openEnd"]:
            assert day(found["to"] - 1) == row["to"], row
        assert found["openEnd"] or "to" in row, row


@pytest.mark.parametrize(
    ("text", "first", "last", "more"),
    [
        ("2025", "2025-01-01", "2025-12-31", ""),
        ("2024-02", "2024-02-01", "2024-02-29", ""),
        ("2025-09-04", "2025-09-04", "2025-09-04", ""),
        ("2025-12-31T23:59:00Z", "2025-12-31", "2025-12-31", ""),
        ("2024-12~/..", "2024-12-01", "2024-12-31", "approximate openEnd"),
        ("../2030~", "2030-01-01", "2030-12-31", "approximate openStart"),
        ("[2025-01..2025-03]", "2025-01-01", "2025-03-31", "approximate"),
        ("[2025-01,2025-02,2025-05]", "2025-01-01", "2025-05-31", "approximate"),
        ("{2025-01,2025-02}", "2025-01-01", "2025-02-28", "approximate"),
        ("2025-22", "2025-06-01", "2025-08-31", ""),
        ("2025-33", "2025-01-01", "2025-03-31", ""),
        ("202X", "2020-01-01", "2029-12-31", "approximate"),
        ("2025-01-15/2025-02", "2025-01-15", "2025-02-28", ""),
    ],
)
def test_what_a_date_covers(text: str, first: str, last: str, more: str) -> None:
    [found] = moments([text])
    assert found is not None
    if "T" not in text:
        assert (day(found["from"]), day(found["to"] - 1)) == (first, last)
    assert {name for name, value in found.items() if value is True} == set(more.split())


def test_what_is_no_date() -> None:
    assert moments(["", "yesterday", "12", "2025-99", "2025-01-77", "1/2/3", "x" * 200, "2025-01-01/soon"]) == [None] * 8


def table(*columns: list[dict | None]) -> dict:
    names = [f"c{place}" for place in range(len(columns))]
    rows = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in zip(*columns, strict=True)]
    return {"head": {"vars": names}, "results": {"bindings": rows}}


def literal(value: str, kind: str = "") -> dict:
    return {"type": "literal", "value": value, **({"datatype": XSD + kind} if kind else {})}


SORT = """
const model = its.read(given.table);
const order = (descending) => its.sorted(model.rows, model.columns[0], descending, (iri) => iri, "it").map((row) => row.number);
return [model.columns[0].kind, order(false), order(true)];
"""


@pytest.mark.parametrize(
    ("cells", "kind", "ascending", "descending"),
    [
        ([literal("10", "integer"), None, literal("9", "integer"), literal("1.5e3", "double")], "number", [3, 1, 4, 2], [4, 1, 3, 2]),
        ([literal("2025-03", "gYearMonth"), literal("2024", "gYear"), literal("2025-01-02", "date")], "date", [2, 3, 1], [1, 3, 2]),
        ([literal("zebra"), literal("Èlia"), literal("enzo"), literal("elia 10"), literal("elia 9")], "text", [2, 5, 4, 3, 1], [1, 3, 4, 5, 2]),
        ([literal("2025-03"), literal("[2024-01..2024-02]"), literal("../2020")], "date", [3, 2, 1], [1, 2, 3]),
        ([{"type": "uri", "value": "urn:b"}, {"type": "uri", "value": "urn:a"}], "iri", [2, 1], [1, 2]),
    ],
)
def test_rows_are_sorted_by_type_and_what_is_missing_comes_last(
    cells: list[dict | None], kind: str, ascending: list[int], descending: list[int]
) -> None:
    assert run("model.js", SORT, {"table": table(cells)}) == [kind, ascending, descending]


FILTER = """
const model = its.read(given.table);
return given.wanted.map(([text, columns]) => its.filtered(model.rows, text, columns, (iri) => iri === "urn:it" ? "Italia" : iri).map((row) => row.number));
"""


def test_rows_are_filtered_by_text_and_by_comparison() -> None:
    given = table(
        [{"type": "uri", "value": "urn:it"}, {"type": "uri", "value": "urn:fr"}, None],
        [literal("5", "integer"), literal("12", "integer"), literal("7", "integer")],
        [literal("2025-01-06", "date"), literal("2025-02", "gYearMonth"), literal("perché no")],
    )
    wanted = [
        ["ITALIA", {}], ["urn 12", {}], ["perche", {}], ["", {"1": "> 6"}], ["", {"1": "<=7"}], ["", {"1": "= 12"}],
        ["", {"2": ">= 2025-02"}], ["", {"2": "= 2025-01"}], ["it", {"1": "> 6"}], ["nothing", {}], ["", {}],
    ]  # fmt: skip
    found = run("model.js", FILTER, {"table": given, "wanted": wanted})
    assert found == [[1], [2], [3], [2, 3], [1, 3], [2], [2], [1], [], [], [1, 2, 3]]


TURTLE = """
const all = its.statements(given);
return [[...its.tokens(given)].map((token) => token.text).join(""), its.links(all, its.prefixes(all)), all.length];
"""


@pytest.mark.parametrize("kind", ["Position", "State", "Evidence", "Forum"])
def test_the_links_of_a_graph_are_those_that_a_parser_finds(real_graph: Engine, kind: str) -> None:
    query = f"CONSTRUCT {{ ?s ?p ?o }} {{ {{ SELECT ?s {{ ?s a <https://w3id.org/coalition-kg/ontology#{kind}> }} LIMIT 20 }} ?s ?p ?o }}"
    triples = list(real_graph.query(Query(query)))
    assert triples
    prefixes = {"ckg": "https://w3id.org/coalition-kg/ontology#", "claim": "https://w3id.org/coalition-kg/id/claim/"}
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes).decode("utf-8")
    whole, links, _ = run("turtle.js", TURTLE, text)
    assert whole == text
    expected = {
        (t.subject.value, t.predicate.value, t.object.value) for t in triples if isinstance(t.object, ox.NamedNode)
    }
    assert {tuple(link) for link in links} == expected


def test_turtle_with_all_that_may_be_in_it() -> None:
    text = (
        'PREFIX ex: <http://example.org/>\n@prefix : <urn:x:> .\nex:a.b a ex:C , :d ; ex:p "a . \\" ; # no" , "x"^^ex:type , """two\n"lines" """@en-GB ;\n'
        "  ex:q 1.5e3 , -2 , true , _:b.c , ex:with%20percent , <http://example.org/é> . # a comment: ex:no ex:no ex:no .\n"
        "_:b.c ex:r <<( ex:s ex:p ex:o )>> ; ex:back ex:a.b ."
    )
    whole, links, _ = run("turtle.js", TURTLE, text)
    assert whole == text
    parsed = [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)]
    ends = (ox.NamedNode, ox.BlankNode)
    expected = [triple for triple in parsed if isinstance(triple.object, ends)]
    assert len(links) == len(expected)
    assert ["_:b.c", "http://example.org/back", "http://example.org/a.b"] in links
    assert ["http://example.org/a.b", "http://example.org/q", "http://example.org/with%20percent"] in links


# Points of a picture as a network has them, the most important first; on a grid, so that they may lie upon each other.
POINTS = st.lists(
    st.tuples(*(st.integers(-40, 640).map(lambda n: n - n % 20) for _ in range(2)), st.integers(4, 20), st.integers(20, 140), st.booleans()),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(POINTS, min_size=30, max_size=30))
def test_names_in_a_network_never_meet_and_hide_no_chief_sign(pictures: list[list[tuple]]) -> None:
    """Many pictures at once, since each question to Node.js takes a while."""
    given_points = [
        [
            {"id": str(number), "x": x, "y": y, "half": half, "width": width, "height": 30, "must": must and number % 7 == 0}
            for number, (x, y, half, width, must) in enumerate(points)
        ]
        for points in pictures
    ]
    found = run("../shared/placing.js", "return given.map((points) => [...its.placed(points, 600, 600)]);", given_points)
    for points, named in zip(given_points, found, strict=True):
        order = sorted(points, key=lambda point: not point["must"])
        boxes, known = [box for _, box in named], {point["id"]: point for point in points}
        for number, one in enumerate(boxes):
            for other in boxes[:number]:
                assert one["x2"] <= other["x1"] or other["x2"] <= one["x1"] or one["y2"] <= other["y1"] or other["y2"] <= one["y1"]
        for name, box in named:
            inside = box["x1"] >= 0 and box["y1"] >= 0 and box["x2"] <= 600 and box["y2"] <= 600
            assert inside or known[name]["must"]
            # Of the chief ones no sign is hidden, unless by what must be named.
            for sign in order[:12] if not known[name]["must"] else ():
                beyond = (
                    box["x2"] <= sign["x"] - sign["half"] or box["x1"] >= sign["x"] + sign["half"]
                    or box["y2"] <= sign["y"] - sign["half"] or box["y1"] >= sign["y"] + sign["half"]
                )  # fmt: skip
                assert beyond or sign["id"] == name
        # Whatever must be named comes first, and has a name.
        assert not order[0]["must"] or order[0]["id"] in dict(named)


def test_names_are_broken_at_words_and_say_where_they_are_cut() -> None:
    asked = "return given.map(([text, wide, most]) => its.broken(text, wide, most, (one) => one.length));"
    texts = [["Coalition of the Willing", 14, 2], ["Coalition of the Willing (Ukraine)", 14, 2], ["Donaudampfschiff", 8, 3], ["Italy", 14, 2]]
    assert run("../shared/placing.js", asked, texts) == [
        ["Coalition of", "the Willing"], ["Coalition of", "the Willing…"], ["Donaudam", "pfschiff"], ["Italy"],
    ]  # fmt: skip
