"""The data themselves: what the graph must never say, and what every file of it keeps to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT

from kg.engine import Engine
from kg.linking import sssom
from kg.linking.ledger import EXACT
from kg.model import Query
from kg.rdf import LEDGER, PREFIXES, shorten
from kg.turtle import serialize

TURTLE = sorted(path for folder in ("ontology", "data", "shapes") for path in (ROOT / folder).rglob("*.ttl"))
PREFIX_LINES = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
CLAIM_FILES = sorted((ROOT / "data" / "claims").glob("[0-9]*.ttl"))


def ask(engine: Engine, pattern: str) -> bool:
    return bool(engine.query(Query(f"{PREFIX_LINES}ASK {{ {pattern} }}")))


def values(engine: Engine, select: str) -> list[str]:
    """The first column of a query's answer, as prefixed names or lexical forms."""
    solutions = engine.query(Query(PREFIX_LINES + select))
    assert isinstance(solutions, ox.QuerySolutions)
    cells = [solution[0] for solution in solutions]
    return [shorten(cell.value) if isinstance(cell, ox.NamedNode) else cell.value for cell in cells]


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_is_in_the_canonical_layout(path: Path) -> None:
    text = path.read_text("utf-8")
    triples = [quad.triple for quad in ox.parse(text.encode("utf-8"), format=ox.RdfFormat.TURTLE)]
    assert serialize(triples) == text


def test_there_is_one_file_of_claims_for_each_source() -> None:
    assert [path.stem for path in CLAIM_FILES] == ["000", "001", "002", "003", "004"]
    assert [path.stem for path in sorted((ROOT / "data" / "sources").glob("[0-9]*.ttl"))] == ["000", "001", "002", "003", "004"]


def test_no_claim_is_minted_by_inference(real_graph: Engine) -> None:
    """Every claim of the default graph is typed as some kind of claim in a file of the data."""
    minted = """SELECT ?claim WHERE { ?claim a ckg:Claim
        FILTER NOT EXISTS { GRAPH ?file { ?claim a ?kind } FILTER(STRSTARTS(STR(?file), CONCAT(STR(graph:), "data/"))) } }"""
    assert values(real_graph, minted) == []


def test_membership_makes_nobody_a_contributor(real_graph: Engine) -> None:
    """As many commitments, participations and leaderships after inference as the files state."""
    for kind in ("Commitment", "Participation", "Leadership", "Membership", "Signature", "Position"):
        stated = f"""SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {{
            GRAPH ?file {{ ?claim a ?kind }} ?kind rdfs:subClassOf* ckg:{kind}
            FILTER(STRSTARTS(STR(?file), CONCAT(STR(graph:), "data/"))) }}"""
        concluded = f"SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {{ ?claim a ckg:{kind} }}"
        assert values(real_graph, stated) == values(real_graph, concluded), kind


def test_the_united_states_are_no_member_of_the_coalition(real_graph: Engine) -> None:
    assert not ask(
        real_graph,
        """?claim a ckg:Membership ; ckg:member actor:united-states ; ckg:forum ?forum .
           FILTER(?forum IN (forum:coalition-of-the-willing, forum:willing-among-the-willing, forum:european-union))""",
    )


def test_italy_germany_and_poland_are_not_among_the_twenty_six(real_graph: Engine) -> None:
    assert ask(real_graph, "?claim ckg:holder actor:twenty-six-countries-004")
    assert not ask(real_graph, "?claim ckg:group actor:twenty-six-countries-004")


def test_twenty_six_and_thirty_five_are_no_contradiction(real_graph: Engine) -> None:
    assert not ask(real_graph, "?judgement ckg:between claim:004-count-twenty-six")
    assert not ask(real_graph, "?judgement ckg:between claim:002-count-thirty-five-countries")


def test_nothing_is_the_same_as_anything_else(real_graph: Engine) -> None:
    assert not ask(real_graph, "?one owl:sameAs ?other . FILTER(?one != ?other)")


def test_the_names_of_the_plan_stay_apart(real_graph: Engine) -> None:
    names = "initiative:multinational-force initiative:european-mission-000 initiative:peacekeeping-mission-003 initiative:reassurance-forces-004"
    for name in names.split():
        assert ask(real_graph, f"{name} a ckg:Initiative ; ckg:evidence ?evidence"), name


def test_links_are_item_addresses_one_for_each_entity() -> None:
    ledger = sssom.read((ROOT / LEDGER).read_text("utf-8"))
    assert all(re.fullmatch(r"http://www\.wikidata\.org/entity/Q[1-9]\d*", one.object) for one in ledger.mappings if one.object)
    exact = [one for one in ledger.mappings if one.is_link and one.predicate == EXACT]
    assert exact
    for what in (Counter(one.subject for one in exact), Counter(one.object for one in exact)):
        assert max(what.values()) == 1


def test_links_stay_out_of_the_default_graph(real_graph: Engine) -> None:
    assert not ask(real_graph, "?entity skos:exactMatch ?item")
    assert ask(real_graph, "GRAPH <https://w3id.org/coalition-kg/graph/data/links/wikidata> { actor:italy skos:exactMatch wd:Q38 }")


def test_every_passage_without_a_claim_is_listed_with_its_reason(real_graph: Engine) -> None:
    """``docs/curation.md`` and the graph list the same passages."""
    listed = re.findall(r"^\| (passage:\S+) \|", (ROOT / "docs" / "curation.md").read_text("utf-8"), re.MULTILINE)
    stated = values(real_graph, "SELECT ?passage WHERE { ?passage a ckg:UncitedPassage ; ckg:noClaimReason ?reason }")
    assert sorted(listed) == sorted(stated)


def test_every_reference_of_a_claim_is_defined(real_graph: Engine) -> None:
    """Whatever a resource of ours points to, in our own namespace of resources, is described somewhere."""
    dangling = """SELECT DISTINCT ?object WHERE { ?subject ?property ?object .
        FILTER(ISIRI(?object) && STRSTARTS(STR(?object), "https://w3id.org/coalition-kg/id/"))
        FILTER NOT EXISTS { ?object a ?type } }"""
    assert values(real_graph, dangling) == []


def test_what_is_said_in_one_language_is_said_in_the_other(real_graph: Engine) -> None:
    # But for the words of the texts, and for names that are used in a language as they are in none of these.
    quoted = "ckg:hedge , ckg:wording , ckg:literalFigure , skos:altLabel"
    only = f"""SELECT DISTINCT ?s {{ ?s ?p ?text FILTER(LANG(?text) = "%s" && ?p NOT IN ({quoted}))
      FILTER NOT EXISTS {{ ?s ?p ?other FILTER(LANG(?other) = "%s") }} }}"""
    assert values(real_graph, only % ("en", "it")) == values(real_graph, only % ("it", "en")) == []


def test_the_passages_are_those_of_the_texts(real_state: Path) -> None:
    """Spans, digests, coverage and shared words, recomputed from the texts (``KG_TEXTS`` names their folder)."""
    texts = os.environ.get("KG_TEXTS")
    if not texts:
        pytest.skip("the source texts are not here: KG_TEXTS names their folder")
    command = [sys.executable, "-m", "kg", "--state", str(real_state), "sources", "verify", "--texts", texts]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
