"""The library ``sssom`` on the ledger: it reads and validates the table, in which it finds what we find.

Two faults of the library are documented (docs/linking.md): it writes refused candidates as links, and accepts addresses
of pages. The tests hold that it still has them, so that a mended one is noticed, and that nothing here shares them.
``KG_SSSOM`` names a Python that has the library; ``make test`` makes one (tests/sssom/).
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from collections.abc import Mapping as Table
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from checkout import ROOT
from kg.gate.incoming import read
from kg.linking import compiled, sssom
from kg.linking.ledger import EXACT, PREDICATES, Ledger, Mapping
from kg.linking.table import NONE, NOT
from kg.model import Change
from kg.rdf import ID, LEDGER, PREFIXES, graph_iri

PYTHON = os.environ.get("KG_SSSOM", "")
pytestmark = pytest.mark.skipif(
    not Path(PYTHON).is_file(), reason="KG_SSSOM names no Python that has the library sssom (see make test)"
)

WD = PREFIXES["wd"]
#: Runs the library's own programme for each list of arguments, in one process, since it takes seconds to load; and what
#: it reads in tables, with whole IRIs. Writes all as JSON.
SCRIPT = """
import io, json, logging, sys
from click.testing import CliRunner
from sssom.cli import main
from sssom.parsers import parse_sssom_table

def done(arguments):
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    result = CliRunner().invoke(main, arguments)
    logging.getLogger().removeHandler(handler)
    return {"status": result.exit_code, "told": heard.getvalue()}

def rows(path):
    table = parse_sssom_table(path)
    iris = [name for name in table.df if name.endswith("_id") or name == "mapping_justification"]
    found = json.loads(table.df.to_json(orient="records"))
    return [
        {name: table.converter.expand(text) or text if name in iris else text for name, text in row.items() if text}
        for row in found
    ]

asked = json.load(sys.stdin)
answers = {"done": [done(one) for one in asked["run"]], "rows": [rows(one) for one in asked["read"]]}
json.dump(answers, open(asked["answers"], "w", encoding="utf-8"))
"""
#: By its JSON schema; by prefixes that are not declared; by those that are not strict.
KINDS = [word for kind in ("JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat") for word in ("-V", kind)]
WRONG = [
    ("\t0.05\t", "\t1.5\t", "1.5 is greater than the maximum"),
    ("semapv:ManualMappingCuration", "semapv:Guessed", "semapv:Guessed"),
]


def ours(ledger: Ledger) -> list[Table[str, object]]:
    """The rows of a ledger, as the library would tell them."""
    return [{name: value for name, value in _row(one).items() if value not in ("", None)} for one in ledger.mappings]


def _row(one: Mapping) -> dict[str, object]:
    author = "author_id" if "://" in one.author else "author_label"
    return {
        "subject_id": one.subject, "predicate_id": one.predicate, "predicate_modifier": NOT if one.negated else "",
        "object_id": one.object or NONE, "mapping_justification": one.justification, author: one.author,
        "mapping_date": one.date and one.date.isoformat(), "confidence": one.confidence,
        "mapping_cardinality": "1:0" if one.is_none else "", "comment": one.comment,
        "subject_label": one.subject_label, "object_label": one.object_label,
    }  # fmt: skip


def sorted_rows(rows: list[Table[str, object]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def every_kind() -> Ledger:
    """A ledger with every kind of judgement that can be written here."""
    first = Mapping(ID + "actor/a", EXACT, WD + "Q1", author="Ada, née X", date=datetime.date(2026, 1, 2), confidence=1)
    return Ledger(
        {"mapping_set_id": graph_iri(LEDGER), "license": "https://creativecommons.org/licenses/by/4.0/",
         "sssom_version": "1.1", "mapping_set_title": "#1: \"a\" \u2014 'b'", "mapping_set_version": "2026-01-02"},
        {"actor": PREFIXES["actor"], "wd": WD, "orcid": "https://orcid.org/"},
        (
            first,
            replace(first, object=WD + "Q2", negated=True, comment='He said "no", and\\n was another.', confidence=0.05),
            *(replace(first, object=f"{WD}Q1{n}", predicate=one, confidence=None) for n, one in enumerate(PREDICATES)),
            replace(first, subject=ID + "actor/b", object="", author="https://orcid.org/0000-0002-1825-0097"),
            replace(first, subject=ID + "actor/c", subject_label='"C"', object_label="'è", comment="Да; 是 #"),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the library says: of validating the ledger, every kind of judgement, addresses of pages, and what is wrong,
    by name; of the ledger in OWL (``owl``); and the judgements that it reads in the first two (``rows``)."""
    folder = tmp_path_factory.mktemp("sssom")
    kinds, own = sssom.write(every_kind()), (ROOT / LEDGER).read_text("utf-8")
    texts = {"own": own, "kinds": kinds, "pages": own.replace(WD, "https://www.wikidata.org/wiki/")}
    for right, wrong, _ in WRONG:
        assert right in kinds
        texts[wrong] = kinds.replace(right, wrong)
    files = {name: folder / f"{number}.sssom.tsv" for number, name in enumerate(texts)}
    for name, file in files.items():
        file.write_text(texts[name], "utf-8")
    asked = {
        "run": [
            *(["validate", *KINDS, str(file)] for file in files.values()),
            ["convert", "-O", "owl", "-o", str(folder / "owl.ttl"), str(files["own"])],
        ],
        "read": [str(files["own"]), str(files["kinds"])], "answers": str(folder / "answers.json"),
    }  # fmt: skip
    command, given = [PYTHON, "-c", SCRIPT], json.dumps(asked)
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    answers = json.loads((folder / "answers.json").read_text("utf-8"))
    told = dict(zip([*files, "converted"], answers["done"], strict=True))
    return told | {"rows": answers["rows"], "owl": (folder / "owl.ttl").read_text("utf-8")}


def test_the_ledger_and_every_kind_of_judgement_are_valid_to_the_library(library: dict[str, Any]) -> None:
    for name in ("own", "kinds"):
        assert library[name]["status"] == 0, library[name]["told"]


@pytest.mark.parametrize(("wrong", "told"), [(wrong, told) for _, wrong, told in WRONG])
def test_what_is_not_valid_is_found_by_the_library(library: dict[str, Any], wrong: str, told: str) -> None:
    assert library[wrong]["status"] == 1 and told in library[wrong]["told"]


def test_the_library_reads_the_judgements_that_we_read(library: dict[str, Any]) -> None:
    own = sssom.read((ROOT / LEDGER).read_text("utf-8"))
    for rows, ledger in zip(library["rows"], (own, every_kind()), strict=True):
        assert rows and sorted_rows(rows) == sorted_rows(ours(ledger))


def test_the_library_still_writes_a_refused_candidate_as_a_link_and_we_do_not(library: dict[str, Any]) -> None:
    theirs = {quad.triple for quad in ox.parse(library["owl"], format=ox.RdfFormat.TURTLE)}
    ledger = sssom.read((ROOT / LEDGER).read_text("utf-8"))
    stated = compiled.triples(ledger)
    links = {one for one in stated if one.predicate.value in PREDICATES}
    refused = {
        ox.Triple(*map(ox.NamedNode, (one.subject, one.predicate, one.object))) for one in ledger.mappings if one.negated
    }
    assert links and refused and not refused.intersection(stated)
    assert {one for one in theirs if one.predicate.value in PREDICATES} == links | refused, (
        "The library keeps refused candidates apart now: correct docs/linking.md."
    )


def test_the_library_still_accepts_addresses_of_pages_and_we_do_not(library: dict[str, Any]) -> None:
    assert library["pages"]["status"] == 0, "The library refuses addresses of pages now: correct docs/linking.md."
    text = (ROOT / LEDGER).read_text("utf-8").replace(WD, "https://www.wikidata.org/wiki/")
    incoming = read(Change(LEDGER, None, text.encode()))
    assert incoming.is_broken and {one.code for one in incoming.findings} == {"Syntax-ledger-item"}
