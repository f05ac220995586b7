"""``kg link suggest``, ``kg link fetch`` and ``kg link check --online``, against a stand-in for Wikidata."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from kg.engine import Engine
from kg.model import Query
from kg.rdf import PREFIXES
from link_material import ITEMS, JUDGEMENTS, WD, Done, kg, ledger, link, write
from wikidata_stand_in import StandIn, entity, item_value, standing_in, statement

Run = Callable[..., Done]


@pytest.fixture
def service() -> Iterator[StandIn]:
    with standing_in(ITEMS) as one:
        yield one


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("links") / "repository")
    assert kg(root, "build").returncode == 0
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A repository that is built, and that may be changed."""
    return Path(shutil.copytree(built, tmp_path / "repository"))


@pytest.fixture
def ask(root: Path, service: StandIn) -> Run:
    """``kg link …`` in the repository, with the stand-in for Wikidata."""
    return lambda *arguments, **more: kg(root, "link", *arguments, **service.variables(**more))


def outcomes(result: Done) -> dict[str, dict]:
    return {one["entity"].rpartition("/")[2]: one for one in json.loads(result.stdout)}


def test_each_entity_without_a_judgement_is_looked_for(ask: Run, service: StandIn) -> None:
    result = ask("suggest", "--type", "Person", "--format", "json")
    found = outcomes(result)
    assert result.returncode == 0, result.stderr
    assert {name: one["outcome"] for name, one in found.items()} == {
        "giorgia-meloni": "match", "ada-example": "ambiguous", "nobody": "no candidate",
    }  # fmt: skip
    best = found["giorgia-meloni"]["candidates"][0]
    assert best["id"] == "Q451791" and best["supported"] and 0.8 <= best["score"] <= 1
    assert any("held the office Q796897 on 2026-01-06" in each["says"]["en"] for each in best["evidence"])
    assert "Q900000042: it ended in 1900" in found["ada-example"]["contrast"]["en"]
    assert service.most_at_once == 1 and {one.action for one in service.asked} == {
        "wbsearchentities",
        "wbgetentities",
        "sparql",
    }


def test_the_text_says_the_same_in_words(ask: Run) -> None:
    text = ask("suggest", "actor:giorgia-meloni", "actor:nobody").stdout
    assert "match: Q451791" in text and "no candidate: Wikidata answered" in text and "1 match, 1 no candidate" in text
    text = ask("suggest", "actor:giorgia-meloni", "actor:nobody", "--lang", "it").stdout
    assert "corrispondenza: Q451791: nome, tipo e" in text and "1 corrispondenza, 1 nessun candidato" in text
    assert "+ ricopriva la carica Q796897" in text and "punteggio 0," in text and "score" not in text


def test_a_second_run_asks_nothing_again(ask: Run, service: StandIn) -> None:
    first = ask("suggest", "--format", "json").stdout
    before = len(service.asked)
    assert ask("suggest", "--format", "json").stdout == first and len(service.asked) == before


@pytest.mark.parametrize("fault", ["html", "403", "503", "cut", "redirect"])
def test_an_outage_is_said_to_be_one(ask: Run, service: StandIn, fault: str) -> None:
    service.always, service.retry_after = fault, "9"
    result = ask("suggest", "--type", "Person", "--format", "json", KG_WIKIDATA_PATIENCE="0.001")
    found = outcomes(result)
    assert (
        result.returncode == 2 and {one["outcome"] for one in found.values()} == {"not reachable"} and len(found) == 3
    )
    assert "did not answer for 3 of 3" in result.stderr and "no candidate" not in result.stdout
    # Nobody is asked about the second entity where the first had no answer.
    assert len(service.asked) == 1


def test_after_an_outage_it_goes_on_where_it_was(ask: Run, service: StandIn) -> None:
    service.faults, service.always, service.retry_after = ["", "", ""], "503", "9"
    result = ask(
        "suggest", "--type", "Person", "--format", "json", KG_WIKIDATA_PATIENCE="0.001", KG_WIKIDATA_TIMEOUT="20"
    )
    kinds = [one["outcome"] for one in outcomes(result).values()]
    assert result.returncode == 2 and kinds[0] == "ambiguous" and kinds[-1] == "not reachable"
    service.always, before = "", len(service.asked)
    again = ask("suggest", "--type", "Person", "--format", "json")
    assert again.returncode == 0 and "not reachable" not in again.stdout
    asked_again = [one.parameters.get("search") for one in service.asked[before:]]
    assert "Ada Example" not in asked_again and "Giorgia Meloni" in asked_again


def test_nothing_is_asked_without_a_contact(ask: Run, service: StandIn) -> None:
    result = ask("suggest", KG_CONTACT="")
    assert result.returncode == 2 and "KG_CONTACT" in result.stderr and service.asked == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("suggest", "actor:nowhere"), "no entity"),
        (("suggest", "--type", "Nothing"), "Person"),
        (("fetch", "actor:nobody"), "linked"),
    ],
)
def test_what_cannot_be_meant_is_said(ask: Run, service: StandIn, arguments: tuple[str, ...], said: str) -> None:
    result = ask(*arguments)
    assert result.returncode == 2 and said in result.stderr and result.stderr.startswith("kg: ") and service.asked == []


def test_what_was_judged_is_not_looked_for_again(ask: Run, root: Path, service: StandIn) -> None:
    judgements = (
        *JUDGEMENTS, link("actor/nobody", ""), link("actor/ada-example", "Q900000041", negated=True, comment="a namesake"),
        link("actor/ada-example", "Q900000042", negated=True),
    )  # fmt: skip
    write(root, *judgements)
    names = ("actor:nobody", "actor:ada-example", "actor:italy")
    result = ask("suggest", "--format", "json", *names)
    found = outcomes(result)
    assert {name: one["outcome"] for name, one in found.items()} == {
        "nobody": "refused earlier",
        "ada-example": "refused earlier",
    }
    assert "a namesake" in found["ada-example"]["says"]["it"] and "Q38 already" in result.stderr
    assert {one.parameters.get("search") for one in service.asked} <= {"Ada Example", None}


def test_the_excerpt_is_a_graph_of_its_own_that_wikidatas_queries_work_on(ask: Run, root: Path) -> None:
    result = ask("fetch")
    assert result.returncode == 0 and "2 items" in result.stdout, result.stderr
    before = ledger(root)
    assert kg(root, "fmt", "--check", "data/excerpts/wikidata.ttl").returncode == 0
    # The terms are Wikidata's, which the gate leaves alone.
    assert "Conforms: 0 violations, 0 warnings" in kg(root, "check", "data/excerpts/wikidata.ttl").stdout
    assert kg(root, "build").returncode == 0 and ledger(root) == before
    engine = Engine.open(root / ".kg")
    prefixes = "".join(
        f"PREFIX {name}: <http://www.wikidata.org/prop/{path}>\n"
        for name, path in (("wdt", "direct/"), ("p", ""), ("ps", "statement/"), ("pq", "qualifier/"))
    )
    head = (
        prefixes + "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX wd: <http://www.wikidata.org/entity/>\n"
    )
    pattern = """wd:Q38 wdt:P36 ?capital . ?capital rdfs:label ?name . FILTER(LANG(?name) = "it")
        wd:Q38 p:P6 ?term . ?term ps:P6 ?who ; pq:P580 ?since . OPTIONAL { ?term pq:P582 ?until }"""
    rows = list(
        engine.query(
            Query(
                f"{head}SELECT * {{ GRAPH <{PREFIXES['graph']}data/excerpts/wikidata> {{ {pattern} }} }} ORDER BY ?since"
            )
        )
    )
    assert [(row["who"].value, row["since"].value, row["name"].value) for row in rows] == [
        (WD + "Q900000041", "1990-01-01T00:00:00Z", "Roma"), (WD + "Q451791", "2022-10-22T00:00:00Z", "Roma"),
    ]  # fmt: skip
    # Of the best rank only, and no part of the default graph.
    best = list(engine.query(Query(f"{head}SELECT ?who {{ GRAPH ?g {{ wd:Q38 wdt:P6 ?who }} }}")))
    assert [row["who"].value for row in best] == [WD + "Q451791"]
    assert not engine.query(Query(f"{head}ASK {{ wd:Q38 ?p ?o }}"))


def test_the_excerpt_says_which_revision_when_and_under_which_licence(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "excerpt.ttl"
    assert ask("fetch", "actor:italy", "--output", str(file)).returncode == 0
    said = {
        (quad.predicate.value, quad.object.value) for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
    }
    assert ("http://schema.org/version", "4242") in said
    assert any(property.endswith("generatedAtTime") and value.endswith("Z") for property, value in said)
    assert any("publicdomain/zero" in value for _, value in said)
    assert ("http://www.wikidata.org/prop/direct/P625", "Point(12.5 42.5)") in said
    assert (
        "http://www.wikidata.org/prop/direct/P41",
        "http://commons.wikimedia.org/wiki/Special:FilePath/Flag%20of%20Italy.svg",
    ) in said


def test_an_item_that_was_merged_is_left_out_of_the_excerpt(ask: Run, service: StandIn, tmp_path: Path) -> None:
    service.redirects["Q38"] = "Q142"
    result = ask("fetch", "--output", str(tmp_path / "excerpt.ttl"))
    assert (
        result.returncode == 1
        and "leads to Q142 now" in result.stderr
        and "Q38 " not in (tmp_path / "excerpt.ttl").read_text()
    )


def test_an_outage_leaves_the_excerpt_as_it_was(ask: Run, service: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "excerpt.ttl"
    file.write_text("# before\n", "utf-8")
    service.always = "html"
    result = ask("fetch", "--output", str(file), KG_WIKIDATA_PATIENCE="0.001")
    assert result.returncode == 2 and "not reachable" in result.stderr and file.read_text("utf-8") == "# before\n"


@pytest.mark.parametrize("name", ["nowhere/excerpt.ttl", "folder"])
def test_an_excerpt_that_cannot_be_written_leaves_nothing_behind(ask: Run, tmp_path: Path, name: str) -> None:
    there = tmp_path / "there"
    (there / "folder").mkdir(parents=True)
    result = ask("fetch", "--output", str(there / name))
    assert result.returncode == 2 and name in result.stderr and "--output" in result.stderr, result.stderr
    assert list(there.rglob("*")) == [there / "folder"]


def test_every_item_is_checked_online(ask: Run, root: Path, service: StandIn) -> None:
    gone = link("actor/nobody", "Q900000099", subject_label="Nobody Known", object_label="Nobody")
    merged = link("actor/denmark", "Q35", subject_label="Denmark", object_label="Denmark")
    wrong = link("actor/ada-example", "Q145", subject_label="Ada Example", object_label="United Kingdom")
    proven = link("actor/giorgia-meloni", "Q451791", subject_label="Giorgia Meloni", object_label="Giorgia Meloni")
    refused = link(
        "actor/giorgia-meloni", "Q16575890", negated=True, subject_label="Giorgia Meloni", object_label="Marco Meloni"
    )
    service.redirects["Q35"] = "Q756617"
    write(root, *JUDGEMENTS, gone, merged, wrong, proven, refused)
    before = ledger(root)
    result = ask("check", "--online", "--format", "json")
    findings = json.loads(result.stdout)["findings"]
    found = {(one["code"], one["value"].rpartition("/")[2]) for one in findings}
    assert result.returncode == 1, result.stderr
    assert {("Link-missing", "Q900000099"), ("Link-redirect", "Q35"), ("Link-type", "Q145")} <= found
    # Name, type and an office at its date agree.
    assert not any(number in ("Q451791", "Q16575890") for _, number in found)
    # A redirect is a proposal, with what would be written, and nothing is written.
    (redirect,) = (one for one in findings if one["code"] == "Link-redirect")
    assert redirect["severity"] == "warning" and redirect["repair"]["edits"][0]["text"].endswith("Q756617")
    assert ledger(root) == before


def test_a_check_online_without_an_answer_could_not_run(ask: Run, service: StandIn) -> None:
    service.always = "503"
    result = ask("check", "--online", KG_WIKIDATA_PATIENCE="0.001")
    assert result.returncode == 2 and "not reachable" in result.stderr and "Conforms" not in result.stdout


def test_a_label_that_hostile_editors_chose_cannot_command_the_terminal(ask: Run, service: StandIn) -> None:
    evil = entity("Q900000050", {"en": "Nobody Known\x1b[2J"}, [statement("P31", item_value("Q5"))])
    service.entities["Q900000050"] = evil
    assert "\x1b" not in ask("suggest", "actor:nobody").stdout
