"""The names in a query that the graph does not have, told before it is run, each with what the query would write instead."""

from __future__ import annotations

import json

import pytest
from checkout import ROOT
from kg.engine import Engine
from kg.model import Query
from kg.rdf import PREFIXES
from kg.workers.naming import unknown_names

#: As long as any machine takes.
SECONDS = 600.0
HEAD = "".join(
    f"PREFIX {prefix}: <{PREFIXES[of]}>\n"
    for prefix, of in (("our", "ckg"), ("actor", "actor"), ("rdfs", "rdfs"), ("foaf", "foaf"))
)


def unknown(engine: Engine, text: str, **dataset: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """What is written at each place that is told of, and the proposal."""
    lines = text.split("\n")
    return [
        (lines[one["line"] - 1][one["column"] - 1 :][: one["length"]], one.get("proposal"))
        for one in json.loads(unknown_names(engine, Query(text, **dataset), SECONDS))
    ]


def test_slips_are_found_wherever_patterns_stand(real_graph: Engine) -> None:
    text = f"""{HEAD}SELECT * {{
      ?c a our:Positon ; our:hodler ?who ; rdfs:lable "è" ; foaf:depiction ?d ; <http://example.org/hodler> ?o .
      VALUES ?who {{ actor:itlay actor:italy }}  MINUS {{ ?c our:topci ?t }}
      FILTER NOT EXISTS {{ ?c our:topic/^our:tpoic ?f }} {{ SELECT * {{ OPTIONAL {{ [] our:stnace [] }} }} }}
    }}"""
    assert unknown(real_graph, text) == [
        ("our:Positon", "our:Position"), ("our:hodler", "our:holder"), ("rdfs:lable", "rdfs:label"),
        ("actor:itlay", "actor:italy"), ("our:topci", "our:topic"), ("our:tpoic", "our:topic"), ("our:stnace", "our:stance"),
    ]  # fmt: skip


def test_slips_are_found_in_what_only_newer_queries_have(real_graph: Engine) -> None:
    text = f"""{HEAD}CONSTRUCT {{ ?c our:made "our:hodler" }} FROM <{PREFIXES["ckg"][:-1]}> {{
      ?c a our:Positon ; our:hodler actor:itlay {{| our:topci ?t |}} ; rdfs:lable "è"^^our:text . # our:hodler
      << ?c our:holder ?x >> foaf:depiction ?d GRAPH our:nowhere {{ }} FILTER(our:function(?c))
    }}"""
    assert unknown(real_graph, text) == [
        ("our:Positon", "our:Position"), ("our:hodler", "our:holder"), ("actor:itlay", "actor:italy"),
        ("our:topci", "our:topic"), ("rdfs:lable", "rdfs:label"),
    ]  # fmt: skip
    assert unknown(real_graph, "ASK { << ?a nobody:declared ?b >> ?c ?d }") == []


def test_a_proposal_is_written_as_the_query_may_write_it(real_graph: Engine) -> None:
    # What would have to be declared first is written out.
    assert unknown(real_graph, f"ASK {{ ?c <{PREFIXES['ckg']}hodler> ?who }}") == [
        (f"<{PREFIXES['ckg']}hodler>", f"<{PREFIXES['ckg']}holder>")
    ]
    assert unknown(real_graph, f"{HEAD}ASK {{ ?c our:zzzzzzzzzz 1 }}") == [("our:zzzzzzzzzz", None)]
    (told,) = json.loads(unknown_names(real_graph, Query(f"{HEAD}ASK {{ ?c a our:Positon }}"), SECONDS))
    assert told["says"]["en"] == "The graph knows no class ckg:Positon. Did you mean ckg:Position?"


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?a our:new ?b } { ?a our:holder ?b }",
        "ASK { ?a foaf:depiction ?b }",
    ],
)
def test_what_a_query_makes_what_is_not_read_and_what_is_of_others_is_no_slip(real_graph: Engine, text: str) -> None:
    assert unknown(real_graph, HEAD + text) == []


def test_the_questions_of_the_gallery_have_none(real_graph: Engine) -> None:
    for path in sorted((ROOT / "queries").glob("*.rq")):
        assert unknown(real_graph, path.read_text("utf-8")) == [], path.name
