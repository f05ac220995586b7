"""The gate as a whole: what is judged, what a finding says, and the command ``kg check``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from gate_material import HEADER, MESSAGES, ONTOLOGY, PREFIX_DECLARATIONS, codes, corpus, judge, same, sparql

from kg.cli import run
from kg.cli.fmt import canonical
from kg.errors import ShapesError
from kg.gate import core
from kg.gate.shapes import SH
from kg.gate.whole import check
from kg.report.triples import to_turtle

HOLDER = f"""
ckgsh:ClaimShape a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:property ckgsh:ClaimShape-holder .
ckgsh:ClaimShape-holder a sh:PropertyShape ; sh:path ckg:holder ; sh:class ckg:Actor ; sh:minCount 1 ; {MESSAGES} .
"""
GOOD = "claim:a a ckg:Position ; ckg:holder actor:x . actor:x a ckg:State ."

each_engine = pytest.mark.parametrize("engine", ["fast", "pyshacl"])


@each_engine
def test_good_data_conforms_through_the_class_hierarchy(engine: str) -> None:
    found = judge(GOOD, HOLDER, engine)
    assert found.conforms and not found.findings
    assert found.checked == {"files": 2, "shapes": 2, "constraints": 2, "focus": 1}


@each_engine
def test_a_type_that_only_follows_from_a_range_does_not_satisfy_sh_class(engine: str) -> None:
    planted = "claim:a a ckg:Position ; ckg:holder topic:x . topic:x a skos:Concept ."
    found = judge(planted, HOLDER, engine)
    assert codes(found) == ["ClaimShape-holder"]
    assert not found.conforms


@each_engine
def test_a_class_that_only_follows_from_a_domain_is_no_target(engine: str) -> None:
    assert judge("claim:a ckg:holder topic:x .", HOLDER, engine).checked["focus"] == 0


@each_engine
def test_a_finding_says_what_where_and_how(engine: str) -> None:
    (found,) = judge("\nclaim:a\n    a ckg:Position ;\n    ckg:holder topic:x .", HOLDER, engine).findings
    assert found.code == "ClaimShape-holder"
    assert found.severity == "violation"
    assert found.focus == "https://w3id.org/coalition-kg/id/claim/a"
    assert found.path == "https://w3id.org/coalition-kg/ontology#holder"
    assert found.value == "https://w3id.org/coalition-kg/id/topic/x"
    assert found.messages == {"en": "claim:a: topic:x will not do", "it": "claim:a: topic:x non va"}
    assert str(found.where) == f"data/d.ttl:{HEADER.count(chr(10)) + 4}:16"


@each_engine
def test_severities_and_order(engine: str) -> None:
    shapes = """
    ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:property ckgsh:S-note , ckgsh:S-topic , ckgsh:S-holder .
    ckgsh:S-note sh:path ckg:note ; sh:minCount 1 ; sh:severity sh:Info ; sh:message "n"@en , "n"@it .
    ckgsh:S-topic sh:path ckg:topic ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "t"@en , "t"@it .
    ckgsh:S-holder sh:path ckg:holder ; sh:minCount 1 ; sh:severity sh:Violation ; sh:message "h"@en , "h"@it .
    """
    found = judge("claim:a a ckg:Claim .", shapes, engine)
    assert [finding.code for finding in found.findings] == ["S-holder", "S-topic", "S-note"]
    assert judge("claim:a a ckg:Claim ; ckg:holder actor:x .", shapes, engine).conforms


@each_engine
def test_the_ontology_is_judged_too(engine: str) -> None:
    shapes = f"ckgsh:S a sh:NodeShape ; sh:targetClass owl:Class ; sh:property ckgsh:S-label . " \
             f"ckgsh:S-label sh:path rdfs:label ; sh:minCount 1 ; {MESSAGES} ."
    assert codes(judge(GOOD, shapes, engine)) == ["S-label"] * 6


@each_engine
def test_one_fault_reached_through_two_target_shapes_is_one_finding(engine: str) -> None:
    shapes = HOLDER + "ckgsh:P a sh:NodeShape ; sh:targetClass ckg:Position ; sh:property ckgsh:ClaimShape-holder ."
    assert codes(judge("claim:a a ckg:Position .", shapes, engine)) == ["ClaimShape-holder"]


def test_an_unknown_engine_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="hermit"):
        check(corpus(GOOD, HOLDER), "hermit")


def test_without_the_shacl_package_pyshacl_does_core_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = "claim:a a ckg:Position ; ckg:holder topic:x ."
    by_both = judge(bad, HOLDER)
    monkeypatch.setattr(core, "shacl", None)
    by_one = judge(bad, HOLDER)
    assert same(by_one.findings) == same(by_both.findings)
    assert "pyshacl for Core, as the shacl package is not installed" in by_one.engine


def test_shapes_that_the_fast_engine_refuses_go_to_pyshacl() -> None:
    ahead = f'ckgsh:S a sh:NodeShape ; sh:targetSubjectsOf ckg:note ; sh:property ckgsh:S-n . ' \
            f'ckgsh:S-n sh:path ckg:note ; sh:pattern "^(?=a)" ; {MESSAGES} .'
    found = judge('claim:a ckg:note "b" . claim:b ckg:note "a" .', ahead)
    assert codes(found) == ["S-n"]
    assert "pyshacl for Core" in found.engine and "look-ahead" in found.engine


def test_shapes_that_no_engine_can_read_are_refused_not_passed() -> None:
    looping = f"ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:or ex:l ; {MESSAGES} . " \
              "ex:l rdf:first [ sh:minCount 1 ] ; rdf:rest ex:l ."
    with pytest.raises(ShapesError):
        judge(GOOD, looping)


def test_report_as_turtle_is_a_validation_report() -> None:
    text = to_turtle(judge("claim:a a ckg:Position ; ckg:holder topic:x .", HOLDER))
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    stated = {triple.predicate.value.removeprefix(SH): triple.object for triple in triples}
    assert stated["conforms"].value == "false"
    assert stated["focusNode"].value.endswith("/claim/a")
    assert stated["value"].value.endswith("/topic/x")
    assert stated["sourceShape"].value.endswith("#ClaimShape-holder")
    assert {t.object.language for t in triples if t.predicate.value == SH + "resultMessage"} == {"en", "it"}


def test_one_set_query_serves_all_targets() -> None:
    shapes = f"ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; {MESSAGES} ; " + sparql(
        "SELECT $this ?value WHERE { $this ckg:topic ?value . FILTER NOT EXISTS { $this ckg:holder ?h } }"
    ) + " ."
    data = " ".join(f"claim:c{i} a ckg:Position ; ckg:topic topic:t ." for i in range(5))
    found = judge(data + " claim:c3 ckg:holder actor:x . claim:other ckg:topic topic:t .", shapes)
    assert [f.focus.rpartition("/")[2] for f in found.findings] == ["c0", "c1", "c2", "c4"]
    assert found.engine == "fast: shacl, pyoxigraph"


# The command


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose one claim has a topic for a holder."""
    texts = {
        "ontology/o.ttl": ONTOLOGY + "skos:Concept a owl:Class .",
        "shapes/s.ttl": HOLDER + PREFIX_DECLARATIONS,
        "data/d.ttl": "\nclaim:a a ckg:Position ;\n    ckg:holder topic:x .\ntopic:x a skos:Concept .",
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(laid_out(text), "utf-8")
    return tmp_path


def laid_out(text: str) -> str:
    """Turtle in the canonical layout, of which no finding speaks."""
    return canonical(HEADER + text, "x.ttl")


def line_of(checkout: Path, text: str) -> int:
    """The line of the data at which a text stands."""
    return next(n for n, line in enumerate((checkout / "data" / "d.ttl").read_text("utf-8").split("\n"), 1) if text in line)


def kg(checkout: Path, *arguments: str) -> int:
    return run(["--repository", str(checkout), "check", *arguments])


@each_engine
def test_the_command_names_file_line_severity_message_and_code(
    checkout: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kg(checkout, "--engine", engine) == 1
    finding, *_, summary = capsys.readouterr().out.splitlines()
    line = line_of(checkout, "ckg:holder")
    assert finding == f"data/d.ttl:{line}:16: violation: claim:a: claim:a: topic:x will not do (ClaimShape-holder)"
    assert summary.startswith("Does not conform: 1 violation, 0 warnings, 0 notes; 1 nodes checked against 2 constraints")


def test_the_command_speaks_italian(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kg(checkout, "--lang", "it") == 1
    finding, *_, summary = capsys.readouterr().out.splitlines()
    assert "violazione: claim:a: claim:a: topic:x non va (" in finding
    assert summary.startswith("Non conforme: 1 violazione, 0 avvisi, 0 note;")


def test_exit_status(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = checkout / "data" / "d.ttl"
    data.write_text(laid_out(GOOD), "utf-8")
    assert kg(checkout) == 0
    data.write_text(HEADER + "claim:a a ckg:Position ;;; broken", "utf-8")
    assert kg(checkout) == 2
    assert "data/d.ttl:" in capsys.readouterr().err
    data.write_text(laid_out(GOOD), "utf-8")
    shapes = checkout / "shapes" / "s.ttl"
    shapes.write_text(shapes.read_text("utf-8").replace("sh:severity sh:Violation", "sh:severity sh:Info"), "utf-8")
    data.write_text(laid_out("claim:a a ckg:Position ."), "utf-8")
    assert kg(checkout) == 0
    assert kg(checkout, "--fail-on", "warning") == 0
    assert kg(checkout, "--fail-on", "info") == 1


def test_json(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kg(checkout, "--format", "json") == 1
    body = json.loads(capsys.readouterr().out)
    assert body["conforms"] is False
    assert body["checked"]["focus"] == 1
    (found,) = body["findings"]
    assert (found["where"]["file"], found["where"]["line"]) == ("data/d.ttl", line_of(checkout, "ckg:holder"))
    assert found["messages"]["it"] == "claim:a: topic:x non va"


def test_turtle(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kg(checkout, "--format", "turtle") == 1
    assert len(list(ox.parse(capsys.readouterr().out, format=ox.RdfFormat.TURTLE))) > 5


def test_the_command_works_where_warnings_are_errors(
    checkout: Path, run_kg: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    for engine in ("fast", "pyshacl"):
        done = run_kg("--repository", str(checkout), "check", "--engine", engine)
        assert done.returncode == 1, done.stderr
        assert "ClaimShape-holder" in done.stdout
