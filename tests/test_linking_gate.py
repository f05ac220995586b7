"""The ledger beside the graph and beside Wikidata: what the gate finds at which line, what a day's report says."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import PREFIXES as DECLARED
from kg.gate.changed import Changed
from kg.gate.incoming import read
from kg.gate.stages import run
from kg.gate.summary import summary
from kg.linking import sssom
from kg.linking.dated import FORMS, dated, findings
from kg.linking.judged import Facts, check, compare
from kg.linking.ledger import EXACT, PREDICATES, Ledger, Mapping
from kg.model import Change, Finding, Source
from kg.parsing import parse_file
from kg.rdf import ID, JUDGED, LEDGER, PREFIXES, graph_iri, kind_of
from kg.report.codes import CODES

WD, DAY = PREFIXES["wd"], datetime.date(2026, 1, 2)
CLOSE = PREDICATES[1]
HEADER = {"mapping_set_id": graph_iri(LEDGER), "license": "https://creativecommons.org/licenses/by/4.0/"}
DATA = """
PREFIX dcterms: <http://purl.org/dc/terms/>
ckg:State a owl:Class . ckg:within rdfs:subPropertyOf dcterms:isPartOf .
actor:denmark a ckg:State ; rdfs:label "Denmark"@en . actor:kingdom a ckg:State ; rdfs:label "Kingdom"@en .
actor:jutland a ckg:State ; rdfs:label "Jutland"@en ; ckg:within actor:denmark .
"""


def one(name: str, item: str, **other: object) -> Mapping:
    given = {"predicate": EXACT, "author": "somebody", "date": DAY, "object_label": name.title(), **other}
    return Mapping(subject=f"{ID}actor/{name}", object=WD + item if item else "", **given)  # type: ignore[arg-type]


def ledger(*mappings: Mapping) -> Ledger:
    found = Ledger(HEADER, {"actor": PREFIXES["actor"], "wd": WD})
    for mapping in mappings:
        found = replace(found, mappings=(*found.mappings, mapping))
    return found


def source(path: str, text: str) -> Source:
    return Source(path, kind_of(path), graph_iri(path), tuple(parse_file(text.encode(), path)), "")


def changed(before: dict[str, str], after: dict[str, str]) -> Changed:
    """The change between two sets of files, the first of which is the base."""
    store = ox.Store()
    for path, text in before.items():
        graph = ox.NamedNode(graph_iri(path))
        store.extend(ox.Quad(*triple, graph) for triple in source(path, text).triples)
    differ = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    was, now = ([source(path, files[path]) for path in sorted(differ) if path in files] for files in (before, after))
    judged = {graph_iri(path) for path in before if kind_of(path) in JUDGED}
    return Changed.of(store, judged, was, now, after)


def found(*mappings: Mapping, data: str = DATA) -> list[Finding]:
    """What the stages find in a ledger that is new, beside data that are there."""
    files = {"data/d.ttl": DECLARED + data}
    return run(changed(files, {**files, LEDGER: sssom.write(ledger(*mappings))}))


@pytest.mark.parametrize(
    ("mappings", "code", "line"),
    [
        ([one("denmark", "Q1"), one("denmark", "Q2")], "Link-items", 8),
        ([one("denmark", "Q1"), one("denmark", "")], "Link-none", 8),
        ([one("denmark", "Q1", author="")], "Link-unsigned", 7),
        ([one("denmark", "Q1", date=None)], "Link-unsigned", 7),
        ([one("denmark", "Q1", justification=PREFIXES["skos"] + "x")], "Link-justification", 7),
        ([Mapping(WD + "Q5", EXACT, WD + "Q6", author="a", date=DAY)], "Link-subject", 7),
        ([one("denmark", "Q1"), one("jutland", "Q1", predicate=CLOSE)], "Link-part", 8),
        ([one("denmark", "Q1"), one("kingdom", "Q1")], "Duplicate-match", 8),
        ([one("denmak", "Q1")], "Reference-undefined", 7),
        ([one("denmak", "Q1", negated=True)], "Reference-undefined", 7),
        ([one("denmak", "")], "Reference-undefined", 7),
    ],
)
def test_the_gate_finds_what_is_wrong_at_its_line(mappings: list[Mapping], code: str, line: int) -> None:
    (finding,) = found(*mappings)
    assert finding.code == code and finding.severity == "violation"
    assert finding.where is not None and (finding.where.origin, finding.where.line) == (LEDGER, line)
    assert finding.messages.keys() == {"en", "it"}


@pytest.mark.parametrize(
    "mappings",
    [
        [one("denmark", "Q1"), one("denmark", "Q2", predicate=CLOSE)],
        [one("denmark", "Q1"), one("denmark", "Q2", negated=True)],
        [one("denmark", "Q1"), one("kingdom", "Q1", negated=True)],
        [one("denmark", "Q1"), one("kingdom", "Q1", predicate=CLOSE)],
        [one("denmark", "Q1"), one("jutland", "Q1", negated=True)],
        [one("denmark", "Q2", negated=True), one("denmark", "")],
    ],
)
def test_what_is_sound_is_not_found_fault_with(mappings: list[Mapping]) -> None:
    assert found(*mappings) == []


def test_only_what_a_change_brings_is_new() -> None:
    files = {"data/d.ttl": DECLARED + DATA, LEDGER: sssom.write(ledger(one("denmark", "Q1"), one("denmark", "Q2")))}
    after = {**files, LEDGER: sssom.write(ledger(one("denmark", "Q1"), one("denmark", "Q2"), one("kingdom", "Q3")))}
    change = changed(files, after)
    assert [one.code for one in run(change)] == [one.code for one in run(change.reversed())] == ["Link-items"]


def test_data_that_make_a_linked_thing_part_of_another_are_judged_by_the_ledger() -> None:
    text = sssom.write(ledger(one("denmark", "Q1"), one("kingdom", "Q1", predicate=CLOSE)))
    files = {"data/d.ttl": DECLARED + DATA, LEDGER: text}
    after = {**files, "data/d.ttl": DECLARED + DATA + "actor:kingdom ckg:within actor:denmark .\n"}
    assert "Link-part" in {finding.code for finding in run(changed(files, after))}


def test_an_entity_that_goes_is_missed_in_the_ledger() -> None:
    files = {"data/d.ttl": DECLARED + DATA, LEDGER: sssom.write(ledger(one("kingdom", "Q3", negated=True)))}
    after = {**files, "data/d.ttl": DECLARED + DATA.replace('actor:kingdom a ckg:State ; rdfs:label "Kingdom"@en .', "")}
    assert [finding.code for finding in run(changed(files, after))] == ["Reference-undefined"]


def test_a_table_that_cannot_be_read_is_a_finding_with_its_line_and_no_traceback() -> None:
    text = sssom.write(ledger(one("denmark", "Q1"))).replace("wd:Q1", "https://www.wikidata.org/wiki/Q1")
    incoming = read(Change(LEDGER, None, text.encode()))
    (finding,) = incoming.findings
    assert incoming.is_broken and finding.code == "Syntax-ledger-item" and finding.where.line == 7


def test_a_change_of_the_ledger_is_told_in_sentences() -> None:
    old = sssom.write(ledger(one("denmark", "Q1"), one("kingdom", "Q3")))
    new = sssom.write(ledger(one("denmark", "Q1", negated=True), one("denmark", "Q2"), one("jutland", "")))
    files = {"data/d.ttl": DECLARED + DATA, LEDGER: old}
    assert [sentence["en"] for sentence in summary(changed(files, {**files, LEDGER: new}))] == [
        "wd:Q1 is refused for actor:denmark.",
        "actor:denmark is linked to wd:Q2 by skos:exactMatch.",
        "actor:jutland is judged to have no item.",
        "The judgement on actor:kingdom and wd:Q3 is removed.",
    ]


# --- beside Wikidata

LINK = one("denmark", "Q1")
AGREES = Facts(labels={"en": "Denmark"}, name=True, type=True, fact=True)


def compared(facts: Facts, mapping: Mapping = LINK) -> list[tuple[str, str]]:
    return [(fault.code, fault.severity) for fault in compare(ledger(mapping), {mapping.object: facts})]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (AGREES, []),
        (Facts(exists=False), [("Link-missing", "violation")]),
        (replace(AGREES, redirect=WD + "Q2"), [("Link-redirect", "warning")]),
        (replace(AGREES, labels={"en": "Danmark"}), [("Link-label", "warning")]),
        (replace(AGREES, labels={"mul": "Denmark"}), []),
        (replace(AGREES, labels={"mul": "Danmark"}, aliases=("DENMARK",)), []),
        (replace(AGREES, labels={}), []),
        (replace(AGREES, type=False), [("Link-type", "violation")]),
        (replace(AGREES, name=False), [("Link-unproven", "violation")]),
        (replace(AGREES, fact=None), [("Link-unproven", "warning")]),
        (replace(AGREES, fact=False), [("Link-unproven", "warning")]),
    ],
)
def test_what_wikidata_says_is_compared(facts: Facts, expected: list[tuple[str, str]]) -> None:
    assert compared(facts) == expected


def test_it_is_said_what_would_prove_a_link_of_which_nothing_can_be_compared() -> None:
    def told(fact: bool | None) -> tuple[str, str]:
        (fault,) = compare(ledger(LINK), {LINK.object: replace(AGREES, fact=fact)})
        return fault.en, fault.it

    assert "would be proven by an office" in told(None)[0] and "lo proverebbe una carica" in told(None)[1]
    assert "would be proven" not in told(False)[0] and "one independent fact" in told(False)[0]


def test_a_number_that_somebody_made_up_does_not_pass() -> None:
    """Whatever item a made-up number hits, it has not the name, the type and one more fact in common."""
    for name in (False, None):
        for type_ in (True, False, None):
            assert compared(Facts(labels={"en": "Denmark"}, name=name, type=type_)), (name, type_)


def test_what_only_links_loosely_needs_no_proof_and_what_was_refused_none_at_all() -> None:
    unlike = Facts(labels={"en": "Denmark"}, name=False, fact=False)
    assert compared(unlike, replace(LINK, predicate=CLOSE)) == []
    assert compared(replace(unlike, type=False), replace(LINK, negated=True)) == []
    assert compared(Facts(exists=False), replace(LINK, negated=True)) == [("Link-missing", "violation")]


def test_nothing_is_said_of_an_item_that_was_not_asked_about() -> None:
    assert compare(ledger(LINK, one("kingdom", "")), {}) == []


def test_a_redirect_is_a_proposal_and_changes_nothing() -> None:
    known = ledger(LINK)
    text = sssom.write(known)
    known = sssom.read(text)
    (finding,) = findings(compare(known, {LINK.object: replace(AGREES, redirect=WD + "Q2")}), text)
    (edit,) = finding.repair.edits
    mended = text[: edit.start] + edit.text + text[edit.end :]
    assert sssom.read(text) == known
    assert [mapping.object for mapping in sssom.read(mended).mappings] == [WD + "Q2"]
    assert (finding.where.line, finding.where.column) == (7, text.splitlines()[6].index("wd:Q1") + 1)


def test_every_code_of_a_fault_has_its_page() -> None:
    known = {code.name for code in CODES}
    faults = [*check([one("a", "Q1"), one("a", "Q2"), one("a", ""), one("b", "Q1", author="")]), *compare(
        ledger(LINK), {LINK.object: replace(AGREES, labels={"en": "x"}, name=False)}
    )]  # fmt: skip
    assert faults and {fault.code for fault in faults} <= known


# --- the report of a day


@pytest.mark.parametrize("form", FORMS)
def test_a_report_is_dated_in_every_form(form: str) -> None:
    body = {"text": "Conforms.", "json": "{}", "turtle": "_:report a <urn:x> ."}[form]
    text = dated(body, form, ledger(LINK, one("kingdom", "Q2", negated=True)), DAY)
    assert "2026-01-02" in text
    if form == "json":
        assert json.loads(text)["ledger"] == {"links": 1, "exact": 1, "close": 0, "broad": 0, "narrow": 0, "refused": 1, "none": 0}
    if form == "turtle":
        subjects = {quad.subject for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
        assert len(subjects) == 1


def test_the_command_says_what_is_wrong_and_where(
    repository: Path, state: Path, run_kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    # In one process after the other, as people meet it.
    before = run_kg("--repository", str(repository), "--state", str(state), "link", "check", "--format", "json")
    assert (before.returncode, json.loads(before.stdout)["ledger"]["links"]) == (0, 1), before.stderr
    file = repository / LEDGER
    file.write_text(file.read_text("utf-8").replace("wd:Q1", "wd:Q01"), "utf-8")
    after = run_kg("--repository", str(repository), "--state", str(state), "link", "check")
    assert run_kg("--repository", str(repository), "fmt", str(file)).returncode == 2
    assert after.returncode == 1 and f"{LEDGER}:7:33: violation: " in after.stdout


def test_the_layout_of_the_ledger_is_that_of_kg_fmt(
    repository: Path, run_kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    file = repository / LEDGER
    before = sssom.read(file.read_text("utf-8"))
    assert run_kg("--repository", str(repository), "fmt", str(file)).returncode == 0
    assert sssom.read(file.read_text("utf-8")) == before
    assert file.read_text("utf-8") == sssom.write(before)


def test_a_ledger_that_is_not_laid_out_is_warned_of(
    repository: Path, state: Path, tmp_path: Path, run_kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    def layouts(*arguments: str) -> list[tuple[str, int]]:
        done = run_kg("--repository", str(repository), "--state", str(state), "check", *arguments, "--format", "json")
        found = json.loads(done.stdout)["findings"]
        return [
            (one["where"]["file"], one["where"]["line"]) for one in found
            if one["code"] == "Style-layout" and one["where"]["file"].endswith(".tsv")
        ]  # fmt: skip

    file = repository / LEDGER
    assert layouts() == [(LEDGER, 6)], "The table lacks columns, which is no fault beside."
    laid_out = sssom.write(sssom.read(file.read_text("utf-8")))
    file.write_text(laid_out, "utf-8")
    assert layouts() == []
    proposed = tmp_path / "proposed.tsv"
    proposed.write_text(laid_out + "actor:aaa" + laid_out.splitlines()[-1].removeprefix("actor:freedonia") + "\n", "utf-8")
    assert layouts(str(proposed), "--as", LEDGER) == [(str(proposed), 7)]


def test_a_broken_ledger_is_refused_before_it_is_committed(
    repository: Path, state: Path, run_kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    file = repository / LEDGER
    file.write_text(file.read_text("utf-8").replace("skos:exactMatch", "owl:sameAs"), "utf-8")
    git("add", ".")
    done = run_kg("--repository", str(repository), "--state", str(state), "check", "--staged")
    assert done.returncode == 1 and f"{LEDGER}:7:17: violation: owl:sameAs does not link here." in done.stdout
