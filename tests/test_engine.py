"""The engine over a real snapshot: datasets, counting, bindings and errors."""

import errno
import os
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import damage
from kg.engine import Engine, current
from kg.errors import QueryError, SnapshotError
from kg.model import Query

GRAPH = "https://w3id.org/coalition-kg/graph/"
ONE, TWO, STATES = (GRAPH + name for name in ("data/claims/one", "data/claims/two", "data/actors/states"))
SHARED = (
    "<https://w3id.org/coalition-kg/id/actor/freedonia> a <https://w3id.org/coalition-kg/ontology#State>"
)
COUNT = "SELECT (COUNT(*) AS ?n) "


@pytest.fixture(params=["memory", "disk"])
def engine(request: pytest.FixtureRequest, built_state: Path) -> Engine:
    return Engine.open(built_state) if request.param == "memory" else Engine.open_read_only(built_state)


def count(engine: Engine, text: str, **dataset: tuple[str, ...]) -> int:
    return int(next(engine.query(Query(text, **dataset)))["n"].value)


def test_both_stores_hold_what_was_built(engine: Engine) -> None:
    assert count(engine, COUNT + "{ ?s ?p ?o }") == engine.snapshot.counts["default_graph"]
    assert count(engine, COUNT + "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }") == engine.snapshot.counts["quads"]


def test_a_triple_in_two_files_counts_once(engine: Engine) -> None:
    pattern = "{ " + SHARED.replace(" a ", " ?a ") + " }"
    assert count(engine, COUNT + "{ GRAPH ?g " + pattern + " }") == 2
    assert count(engine, COUNT + pattern) == 1
    assert count(engine, COUNT + f"FROM <{STATES}> FROM <{TWO}> " + pattern) == 1
    assert count(engine, COUNT + pattern, default_graphs=(STATES, TWO)) == 1
    assert count(engine, f"PREFIX g: <{GRAPH}data/> " + COUNT + "FROM g:claims\\/two FROM g:actors\\/states " + pattern) == 1


def test_merged_graphs_are_sets_and_hidden(engine: Engine) -> None:
    in_both = {STATES: count(engine, COUNT + f"FROM <{STATES}> {{ ?s ?p ?o }}"), TWO: count(engine, COUNT + f"FROM <{TWO}> {{ ?s ?p ?o }}")}
    merged = COUNT + f"FROM <{STATES}> FROM <{TWO}> FROM NAMED <{ONE}> "
    assert count(engine, merged + "{ ?s ?p ?o }") == sum(in_both.values()) - 1
    graphs = engine.query(Query(merged.replace(COUNT, "SELECT DISTINCT ?g ") + "{ GRAPH ?g { ?s ?p ?o } }"))
    assert [row["g"].value for row in graphs] == [ONE]
    everything = engine.query(Query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))
    assert all(row["g"].value.startswith(GRAPH) for row in everything)


def test_the_dataset_of_the_request_wins_over_that_of_the_text(engine: Engine) -> None:
    text = COUNT + f"FROM <{ONE}> {{ ?s ?p ?o }}"
    assert count(engine, text, default_graphs=(STATES,)) == count(engine, COUNT + f"FROM <{STATES}> {{ ?s ?p ?o }}")
    assert count(engine, text, default_graphs=(GRAPH + "none",)) == 0


def test_naming_only_default_graphs_leaves_no_named_ones_and_the_reverse(engine: Engine) -> None:
    inside = "{ GRAPH ?g { ?s ?p ?o } }"
    assert count(engine, COUNT + f"FROM <{ONE}> " + inside) == 0
    assert count(engine, COUNT + f"FROM <{ONE}> FROM <{TWO}> " + inside) == 0
    assert count(engine, COUNT + inside, default_graphs=(ONE,)) == 0
    assert count(engine, COUNT + "{ ?s ?p ?o }", named_graphs=(ONE,)) == 0
    assert count(engine, COUNT + f"FROM NAMED <{ONE}> {{ ?s ?p ?o }}") == 0
    assert count(engine, COUNT + f"FROM NAMED <{ONE}> " + inside) > 0


def test_links_and_shapes_are_named_graphs_only(engine: Engine) -> None:
    for graph in ("data/links/wikidata", "shapes/ClaimShape"):
        inside = COUNT + f"{{ GRAPH <{GRAPH}{graph}> {{ ?s ?p ?o }} "
        assert count(engine, inside + "}") > 0
        assert count(engine, inside + "?s ?p ?o }") == 0


def test_inferred_triples_are_in_the_default_graph_and_in_their_own(engine: Engine) -> None:
    pattern = "{ ?x a <https://w3id.org/coalition-kg/ontology#Claim> }"
    assert count(engine, COUNT + pattern) == 3
    assert count(engine, COUNT + f"{{ GRAPH <{GRAPH}closure> {pattern} }}") == 3
    assert count(engine, COUNT + f"{{ GRAPH ?g {pattern} }}") == 3


def test_as_of(engine: Engine) -> None:
    text = "SELECT ?c { ?c <https://w3id.org/coalition-kg/ontology#earliest> ?d FILTER(?d <= ?asOf) }"
    found = engine.query(Query(text, bindings={"asOf": "2025-12-31"}))
    assert [row["c"].value for row in found] == ["https://w3id.org/coalition-kg/id/claim/one-1"]
    with pytest.raises(QueryError, match="--as-of"):
        engine.query(Query(text))


def test_kinds_of_results(engine: Engine) -> None:
    assert isinstance(engine.query(Query("ASK {}")), ox.QueryBoolean)
    assert isinstance(engine.query(Query("DESCRIBE <urn:x>")), ox.QueryTriples)
    assert isinstance(engine.query(Query("CONSTRUCT WHERE { ?s ?p ?o }")), ox.QueryTriples)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("SELECT * {\n ?s ckg:holder ?o }", 2, 5, "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>?"),
        ("SELECT * {\n ?s ?p }", 2, 8, "near “}”"),
        ("SELECT * {\n ?s ?p ?o .\n ?s ! }", 3, None, "near"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?y ?z }", 1, 8, "unbound"),
        ("SELECT * { ?s ?p <no spaces> }", 1, None, ""),
        ("SELECT * { ?s ?p ?o", 1, 20, "too early"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 1, None, ""),
        ("", 1, 1, "too early"),
        ("SELECT * FROM g:a { ?s ?p ?o }", 1, 15, "prefix g:"),
        ("SELECT * { ?s ?p ?asOf", 1, 23, "too early"),
    ],
)
def test_a_malformed_query_is_refused_with_its_place(
    engine: Engine, text: str, line: int, column: int | None, said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        engine.query(Query(text))
    assert caught.value.where.line == line and said in str(caught.value)
    if column:
        assert caught.value.where.column == column


def test_a_graph_whose_name_is_no_iri_is_refused(engine: Engine) -> None:
    with pytest.raises(QueryError, match="name"):
        engine.query(Query("ASK {}", default_graphs=("not an iri",)))


def test_nothing_built_yet(state: Path) -> None:
    with pytest.raises(SnapshotError, match="kg build"):
        Engine.open(state)


def test_a_store_whose_files_are_spoilt_is_said_to_be(built_state: Path, tmp_path: Path) -> None:
    state = tmp_path / "copy"
    shutil.copytree(built_state, state)
    damage(current(state) / "store")
    with pytest.raises(SnapshotError, match="damaged.*kg build --force"):
        list(Engine.open_read_only(state).query(Query("SELECT * { ?s ?p ?o }")))


@pytest.mark.parametrize("name", ["current", "manifest.json"])
def test_what_this_user_may_not_read_is_not_said_to_be_damaged(
    built_state: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = Path.read_text

    def refuse(file: Path, *arguments: str) -> str:
        if file.name == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(file, *arguments)

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SnapshotError, match="Permission denied.*Let this user read"):
        Engine.open(built_state)


@pytest.mark.parametrize("part", ["dump.nq", "manifest.json", "store"])
def test_a_damaged_snapshot_is_told_from_none(built_state: Path, tmp_path: Path, part: str) -> None:
    state = tmp_path / "copy"
    shutil.copytree(built_state, state)
    folder = state / "snapshots" / (state / "current").read_text().strip()
    if part == "store":
        shutil.rmtree(folder / part)
    else:
        (folder / part).write_text("{", "utf-8")
    with pytest.raises(SnapshotError, match="kg build --force"):
        (Engine.open_read_only if part == "store" else Engine.open)(state)
