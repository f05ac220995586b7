"""Fixtures: a tiny repository of its own for each test, and the command ``kg`` as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kg.build import build
from kg.engine import Engine
from plugins.browser import browser_type_launch_args, pictures

#: Fixtures that change those of a plugin, which a plugin cannot.
__all__ = ["browser_type_launch_args", "pictures"]

PREFIXES = """\
PREFIX actor: <https://w3id.org/coalition-kg/id/actor/>
PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>
PREFIX claim: <https://w3id.org/coalition-kg/id/claim/>
PREFIX ckgsh: <https://w3id.org/coalition-kg/shapes#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX stance: <https://w3id.org/coalition-kg/id/stance/>
PREFIX topic: <https://w3id.org/coalition-kg/id/topic/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

"""

#: A repository as small as one can be that still has every kind of file: path → Turtle without prefixes, or a table.
FILES = {
    "ontology/kg.ttl": """\
<https://w3id.org/coalition-kg/ontology> a owl:Ontology .
ckg:Claim a owl:Class ; rdfs:label "claim"@en , "asserzione"@it .
ckg:Position a owl:Class ; rdfs:label "position"@en , "posizione"@it ; rdfs:subClassOf ckg:Claim .
ckg:Commitment a owl:Class ; rdfs:label "commitment"@en , "impegno"@it ; rdfs:subClassOf ckg:Claim .
ckg:Actor a owl:Class ; rdfs:label "actor"@en , "attore"@it ; owl:disjointWith ckg:Claim .
ckg:State a owl:Class ; rdfs:label "state"@en , "stato"@it ; rdfs:subClassOf ckg:Actor .
ckg:holder a owl:ObjectProperty ; rdfs:label "holder"@en , "titolare"@it ;
    rdfs:domain ckg:Claim ; rdfs:range ckg:Actor .
ckg:topic a owl:ObjectProperty ; rdfs:label "topic"@en , "tema"@it .
ckg:stance a owl:ObjectProperty ; rdfs:label "stance"@en , "orientamento"@it .
ckg:earliest a owl:DatatypeProperty ; rdfs:label "earliest"@en , "non prima di"@it .
""",
    "data/actors/states.ttl": """\
actor:freedonia a ckg:State ; rdfs:label "Freedonia"@en , "Libertonia"@it .
actor:sylvania a ckg:State ; rdfs:label "Sylvania"@en , "Silvania"@it .
""",
    "data/claims/one.ttl": """\
claim:one-1 a ckg:Position ; ckg:holder actor:freedonia ; ckg:topic topic:troops ; ckg:stance stance:supports ;
    ckg:earliest "2025-03-01"^^xsd:date .
claim:one-2 a ckg:Position ; ckg:holder actor:sylvania ; ckg:topic topic:troops ; ckg:stance stance:opposes ;
    ckg:earliest "2026-01-06"^^xsd:date .
""",
    "data/claims/two.ttl": """\
claim:two-1 a ckg:Commitment ; ckg:holder actor:freedonia ; ckg:topic topic:ships .
actor:freedonia a ckg:State .
""",
    "data/topics.ttl": """\
topic:troops a skos:Concept ; skos:prefLabel "troops"@en , "truppe"@it ; skos:broader topic:guarantees .
topic:ships a skos:Concept ; skos:prefLabel "ships"@en , "navi"@it ; skos:broader topic:guarantees .
topic:guarantees a skos:Concept ; skos:prefLabel "guarantees"@en , "garanzie"@it .
""",
    "data/links/wikidata.sssom.tsv": """\
#mapping_set_id: https://w3id.org/coalition-kg/graph/data/links/wikidata
#license: https://creativecommons.org/licenses/by/4.0/
#curie_map:
#  actor: https://w3id.org/coalition-kg/id/actor/
#  wd: http://www.wikidata.org/entity/
subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_label\tmapping_date
actor:freedonia\tskos:exactMatch\twd:Q1\tsemapv:ManualMappingCuration\tsomebody\t2026-01-02
""",
    "shapes/ClaimShape.ttl": """\
ckgsh:ClaimShape a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:property ckgsh:ClaimShape-holder .
ckgsh:ClaimShape-holder a sh:PropertyShape ; sh:path ckg:holder ; sh:minCount 1 ; sh:class ckg:Actor ;
    sh:severity sh:Violation ;
    sh:message "A claim has a holder; name one."@en , "Un'asserzione ha un titolare; indicarlo."@it .
""",
}

QUERY = """\
#+ title@en: Who stands where
#+ title@it: Chi sta dove
#+ description@en: Each holder with topic and stance.
#+ description@it: Ogni titolare con tema e orientamento.
#+ keywords@en: position
#+ keywords@it: posizione
PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>
SELECT ?holder ?stance { ?claim ckg:holder ?holder ; ckg:stance ?stance } ORDER BY ?holder
"""


def write_repository(root: Path) -> Path:
    """Write the tiny repository into a folder and return the folder."""
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if path.endswith(".tsv") else PREFIXES + text, "utf-8")
    (root / "queries").mkdir(exist_ok=True)
    (root / "queries" / "01-positions.rq").write_text(QUERY, "utf-8")
    (root / "pyproject.toml").write_text('[project]\nname = "coalition-kg"\nversion = "0"\n', "utf-8")
    return root


def damage(store: Path) -> None:
    """Spoil the files of a store on disk that hold its data."""
    for file in store.glob("*.sst"):
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 4] + bytes(len(content) // 2) + content[len(content) * 3 // 4 :])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The folder of a tiny repository that may be changed."""
    return write_repository(tmp_path / "repository")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder for snapshots; nothing has been built in it."""
    return tmp_path / "state"


@pytest.fixture(scope="session")
def built_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot of the tiny repository; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    build(write_repository(folder / "repository"), folder / "state")
    return folder / "state"


@pytest.fixture
def engine(built_state: Path) -> Engine:
    """An engine over the tiny repository."""
    return Engine.open(built_state)


@pytest.fixture
def run_kg(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``kg`` with these arguments as a real process, without settings from outside."""
    source = Path(__file__).resolve().parent.parent / "src"

    def run(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        environment = {**clean, "PYTHONPATH": str(source), "HOME": str(tmp_path), **variables}
        command = [sys.executable, "-m", "kg", *arguments]
        return subprocess.run(
            command, cwd=cwd or tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )

    return run
