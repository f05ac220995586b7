"""A tiny repository with people, offices and a ledger of links, for the tests of the commands on links."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import sys
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path

from checkout import ROOT
from conftest import PREFIXES, write_repository
from kg.cli import run
from kg.linking import sssom
from kg.linking.ledger import EXACT, Ledger, Mapping
from kg.rdf import LEDGER
from wikidata_stand_in import day, entity, item_value, point, statement, text

ID = "https://w3id.org/coalition-kg/id/"
WD = "http://www.wikidata.org/entity/"
PROFILE = "data/links/wikidata.profile.tsv"
MORE = (
    "PREFIX office: <https://w3id.org/coalition-kg/id/office/>\nPREFIX date: <https://w3id.org/coalition-kg/id/date/>\n"
    + ("PREFIX forum: <https://w3id.org/coalition-kg/id/forum/>\n")
)
DATA = """
actor:giorgia-meloni a ckg:Person ; rdfs:label "Giorgia Meloni"@en , "Giorgia Meloni"@it .
actor:ada-example a ckg:Person ; rdfs:label "Ada Example"@en , "Ada Example"@it .
actor:nobody a ckg:Person ; rdfs:label "Nobody Known"@en , "Nessuno Noto"@it .
actor:italy a ckg:State ; rdfs:label "Italy"@en , "Italia"@it .
actor:denmark a ckg:State ; rdfs:label "Denmark"@en , "Danimarca"@it .
office:pm a ckg:Office ; rdfs:label "Prime Minister of Italy"@en ; ckg:officeOf actor:italy .
claim:holding a ckg:Position ; ckg:holder actor:italy ; ckg:officeHolder actor:giorgia-meloni ; ckg:office office:pm ;
    ckg:time date:jan .
claim:ada a ckg:Position ; ckg:holder actor:ada-example ; ckg:time date:jan .
date:jan ckg:earliest "2026-01-06"^^xsd:date ; ckg:latest "2026-01-06"^^xsd:date .
"""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


@contextlib.contextmanager
def environment(folder: Path, variables: Table[str, str]) -> Iterator[None]:
    """Work in a folder, with these variables of ``kg`` and no others."""
    before = dict(os.environ)
    try:
        with contextlib.chdir(folder):
            for name in [name for name in os.environ if name.startswith("KG_")]:
                del os.environ[name]
            os.environ.update(variables)
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def kg(root: Path, *arguments: str, typed: str = "", **variables: str) -> Done:
    """Run ``kg`` in this process, in a folder, with what somebody types."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    keyboard, sys.stdin = sys.stdin, io.StringIO(typed)
    try:
        with environment(root, variables), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run(list(arguments))
        for one in (out, err):
            one.flush()
        return Done(status, out.buffer.getvalue().decode("utf-8"), err.buffer.getvalue().decode("utf-8"))
    finally:
        sys.stdin = keyboard


def link(subject: str, number: str, **more: object) -> Mapping:
    """A judgement."""
    given = {"author": "Ada Tester", "date": datetime.date(2026, 11, 1), **more}
    return Mapping(ID + subject, EXACT, WD + number if number else "", **given)


JUDGEMENTS = (
    link("actor/italy", "Q38", subject_label="Italy", object_label="Italy"),
    link("office/pm", "Q796897", subject_label="Prime Minister of Italy", object_label="Prime Minister of Italy"),
)

#: Synthetic items, and synthetic statements about real ones.
MELONI = entity(
    "Q451791", {"mul": "Giorgia Meloni"},
    [statement("P31", item_value("Q5")), statement("P39", item_value("Q796897"), P580=day("2022-10-22"))],
    descriptions={"en": "synthetic description"},
)  # fmt: skip
OLD_ADA = entity(
    "Q900000042", {"en": "Ada Example"}, [statement("P31", item_value("Q5")), statement("P570", day("1900-01-01"))],
)  # fmt: skip
ADA = entity("Q900000041", {"en": "Ada Example"}, [statement("P31", item_value("Q5"))])
ITALY = entity(
    "Q38", {"en": "Italy", "it": "Italia"},
    [
        statement("P31", item_value("Q3624078")), statement("P297", text("IT"), kind="external-id"),
        statement("P36", item_value("Q900000043")), statement("P625", point(42.5, 12.5)),
        statement("P41", text("Flag of Italy.svg"), kind="commonsMedia"),
        statement("P6", item_value("Q451791"), rank="preferred", P580=day("2022-10-22")),
        statement("P6", item_value("Q900000041"), P580=day("1990-01-01"), P582=day("1991-00-00", 9)),
    ],
    revision=4242,
)  # fmt: skip
ROME = entity("Q900000043", {"mul": "Rome", "it": "Roma"})
ITEMS = {one["id"]: one for one in (MELONI, ADA, OLD_ADA, ITALY, ROME)}


def write(root: Path, *judgements: Mapping) -> Path:
    """The repository in a folder, with these judgements in its ledger; the folder."""
    write_repository(root)
    (root / "data/links/wikidata.ttl").unlink(missing_ok=True)
    (root / "data/actors/people.ttl").write_text(PREFIXES + MORE + DATA, "utf-8")
    header = {"mapping_set_id": "https://example.org/links", "license": "https://creativecommons.org/licenses/by/4.0/"}
    curies = {"actor": ID + "actor/", "office": ID + "office/", "wd": WD}
    (root / LEDGER).write_text(sssom.write(Ledger(header, curies, judgements or JUDGEMENTS)), "utf-8")
    (root / PROFILE).write_bytes((ROOT / PROFILE).read_bytes())
    return root


def ledger(root: Path) -> Ledger:
    """The ledger of a repository."""
    return sssom.read((root / LEDGER).read_text("utf-8"))
