"""The command line as its users meet it: a real process, its output, its errors and its exit status."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from conftest import PREFIXES, damage
from hypothesis import given
from hypothesis import strategies as st
from kg.cli import COMMANDS
from kg.cli.table import NARROWEST, display_width, render, show
from kg.engine import current
from kg.passages import sha256

Run = Callable[..., subprocess.CompletedProcess[str]]
CKG = "https://w3id.org/coalition-kg/ontology#"
HOLDERS = f"PREFIX ckg: <{CKG}> SELECT ?holder ?stance {{ ?c ckg:holder ?holder ; ckg:stance ?stance }} ORDER BY ?holder"


def one_sentence(result: subprocess.CompletedProcess[str], status: int) -> str:
    """Assert that the command failed with one line on standard error and no traceback; the line."""
    assert result.returncode == status, result.stderr
    assert result.stderr.startswith("kg: ") and result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def ask(run_kg: Run, built_state: Path) -> Run:
    """``kg query`` over the tiny repository."""
    return lambda *arguments, **more: run_kg(
        "--repository", str(built_state.parent / "repository"), "--state", str(built_state), "query", *arguments, **more
    )


def test_help_names_every_command_and_setting(run_kg: Run) -> None:
    result = run_kg("--help")
    assert result.returncode == 0
    assert all(name in result.stdout for name in (*COMMANDS, "KG_PORT", "Examples", "Exit status"))


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "sources"])
def test_each_command_has_help_with_examples(run_kg: Run, command: str) -> None:
    result = run_kg(command, "--help")
    assert result.returncode == 0 and "Example" in result.stdout and f"kg {command}" in result.stdout


@pytest.mark.parametrize("command", ["list", "verify"])
def test_each_command_on_sources_has_help_with_an_example(run_kg: Run, command: str) -> None:
    assert f"kg sources {command}" in run_kg("sources", command, "--help").stdout


def test_version_names_programme_engine_and_snapshot(run_kg: Run, repository: Path) -> None:
    before = run_kg("--version", cwd=repository).stdout
    assert ox.__version__ in before and "none built yet" in before
    digest = run_kg("build", cwd=repository).stdout.split()[2]
    assert f"snapshot {digest}\n" in run_kg("--version", cwd=repository).stdout


def test_usage_errors(run_kg: Run) -> None:
    for arguments in (("nope",), ("build", "--nope"), ("query",)):
        result = run_kg(*arguments)
        assert result.returncode == 2 and "Usage" in result.stderr and "Traceback" not in result.stderr


def test_build_from_any_folder_of_a_checkout(run_kg: Run, repository: Path) -> None:
    result = run_kg("build", cwd=repository / "data" / "claims")
    assert result.returncode == 0 and "Built snapshot" in result.stdout
    assert "Nothing has changed" in run_kg("build", cwd=repository).stdout
    assert (repository / ".kg" / "current").is_file()


def test_outside_a_checkout_there_is_nothing_to_build(run_kg: Run, tmp_path: Path) -> None:
    # The package alone: where it lies in its checkout, it uses that one.
    shutil.copytree(ROOT / "src" / "kg", tmp_path / "alone" / "kg", ignore=shutil.ignore_patterns("__pycache__"))
    result = run_kg("build", cwd=tmp_path, PYTHONPATH=str(tmp_path / "alone"))
    assert "KG_REPOSITORY" in one_sentence(result, 2)


def test_from_anywhere_the_checkout_around_the_programme_is_used(run_kg: Run, tmp_path: Path) -> None:
    problem = one_sentence(run_kg("--state", str(tmp_path / "state"), "query", "ASK {}", cwd=tmp_path), 2)
    assert "kg build" in problem and "KG_REPOSITORY" not in problem


def test_a_syntax_error_is_a_sentence_with_its_place(run_kg: Run, repository: Path) -> None:
    run_kg("build", cwd=repository)
    (repository / "data" / "topics.ttl").write_text("<urn:a> <urn:b> nope:c .\n", "utf-8")
    assert one_sentence(run_kg("build", cwd=repository), 2).startswith("kg: data/topics.ttl:1:17: ")
    assert run_kg("query", "ASK { ?s a ?c }", cwd=repository).stdout == "true\n"


def test_two_files_at_fault_are_two_lines(run_kg: Run, repository: Path) -> None:
    for name in ("data/topics.ttl", "shapes/ClaimShape.ttl"):
        (repository / name).write_text("nope", "utf-8")
    lines = run_kg("build", cwd=repository).stderr.splitlines()
    assert len(lines) == 2 and lines[0].startswith("kg: data/topics.ttl:1:") and lines[1].startswith("shapes/")


def test_a_contradiction_does_not_hold(run_kg: Run, repository: Path) -> None:
    (repository / "data" / "more.ttl").write_text(PREFIXES + "actor:freedonia a ckg:Claim .", "utf-8")
    assert "freedonia" in one_sentence(run_kg("build", cwd=repository), 1)


def test_a_setting_that_cannot_be_used(run_kg: Run, repository: Path) -> None:
    assert "KG_PORT is 'x'" in one_sentence(run_kg("build", cwd=repository, KG_PORT="x"), 2)


def test_query_before_anything_is_built(run_kg: Run, repository: Path) -> None:
    assert "kg build" in one_sentence(run_kg("query", "ASK {}", cwd=repository), 2)


def test_query_on_a_damaged_store(run_kg: Run, repository: Path, state: Path) -> None:
    run_kg("--state", str(state), "build", cwd=repository)
    damage(current(state) / "store")
    result = run_kg("--state", str(state), "query", "SELECT * { ?s ?p ?o }", cwd=repository)
    assert "kg build --force" in one_sentence(result, 2)
    assert "Built" in run_kg("--state", str(state), "build", "--force", cwd=repository).stdout
    assert run_kg("--state", str(state), "query", "SELECT * { ?s ?p ?o }", cwd=repository).returncode == 0


def test_build_says_whether_the_shapes_judged(run_kg: Run, repository: Path) -> None:
    (repository / "ontology" / "skos.ttl").write_text(
        f"{PREFIXES}skos:Concept a owl:Class . stance:supports a skos:Concept . "
        "stance:opposes a skos:Concept .\n", "utf-8"
    )
    two = repository / "data" / "claims" / "two.ttl"
    two.write_text(two.read_text("utf-8").replace("actor:freedonia a ckg:State .\n", ""), "utf-8")
    assert "Not judged against the shapes; run: kg check" in run_kg("build", cwd=repository).stdout
    judged = run_kg("build", "--check", "--force", cwd=repository)
    assert judged.returncode == 0 and "kg check" not in judged.stdout, judged.stderr


@pytest.mark.parametrize("content", [b"<urn:a> <urn:b>\n '\xe8' .\n", b"\xef\xbb\xbf<urn:a> <urn:b> 'x' .\n"])
def test_check_and_fmt_say_the_same_of_bytes(run_kg: Run, repository: Path, content: bytes) -> None:
    (repository / "data" / "x.ttl").write_bytes(content)
    checked, laid = (one_sentence(run_kg(*command, cwd=repository), 2) for command in (("check",), ("fmt", "data/x.ttl")))
    assert checked == laid and checked.startswith(("kg: data/x.ttl:2:3: ", "kg: data/x.ttl:1:1: "))


def test_fmt_passes_nothing_over(run_kg: Run, repository: Path) -> None:
    (repository / "data" / "a.TTL").write_text("", "utf-8")
    assert "data/a.TTL: Only files whose names end in .ttl" in run_kg("fmt", cwd=repository).stderr


def test_a_state_that_cannot_be_written_could_not_run(run_kg: Run, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    said = one_sentence(run_kg("--state", str(tmp_path / "file"), "build", cwd=repository), 2)
    assert "cannot be written" in said and "Move away the file" in said


def test_query_as_a_table(ask: Run) -> None:
    assert ask(HOLDERS).stdout == (
        "holder           stance\n"
        "───────────────  ───────────────\n"
        "actor:freedonia  stance:supports\n"
        "actor:sylvania   stance:opposes\n"
        "2 rows\n"
    )


def test_query_formats_agree(ask: Run) -> None:
    table = [line.split() for line in ask(HOLDERS).stdout.splitlines()[2:-1]]
    rows = list(csv.DictReader(io.StringIO(ask(HOLDERS, "--format", "csv").stdout)))
    tabs = [line.split("\t") for line in ask(HOLDERS, "--format", "tsv").stdout.splitlines()]
    bindings = json.loads(ask(HOLDERS, "--format", "json").stdout)["results"]["bindings"]
    assert [row["holder"] for row in rows] == [one["holder"]["value"] for one in bindings]
    assert tabs[0] == ["?holder", "?stance"] and [row[0] for row in tabs[1:]] == [f"<{row['holder']}>" for row in rows]
    assert [cells[0].partition(":")[2] for cells in table] == [row["holder"].rsplit("/", 1)[1] for row in rows]


def test_query_that_makes_a_graph(ask: Run) -> None:
    text = ask(f"CONSTRUCT {{ ?s a ?c }} {{ ?s a ?c FILTER(?c = <{CKG}Position>) }}").stdout
    assert len(list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))) == 2
    assert "turtle" in one_sentence(ask("CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"), 2)
    assert "table" in one_sentence(ask("ASK {}", "--format", "turtle"), 2)


def test_query_writes_what_the_endpoint_writes(ask: Run) -> None:
    xml = ask(HOLDERS, "--format", "xml").stdout
    assert len(list(ox.parse_query_results(xml.encode(), format=ox.QueryResultsFormat.XML))) == 2
    sheet = ask("SELECT ('=1+1' AS ?x) {}", "--format", "spreadsheet").stdout
    assert sheet.startswith("\ufeff") and "'=1+1" in sheet
    graph = "CONSTRUCT WHERE { ?s a ?c }"
    expected = {*ox.parse(ask(graph).stdout.encode(), format=ox.RdfFormat.TURTLE)}
    for name, syntax in (
        ("ntriples", ox.RdfFormat.N_TRIPLES), ("jsonld", ox.RdfFormat.JSON_LD), ("rdfxml", ox.RdfFormat.RDF_XML),
        ("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS),
    ):  # fmt: skip
        assert {*ox.parse(ask(graph, "--format", name).stdout.encode(), format=syntax)} == expected, name


def test_query_from_a_file_and_from_standard_input(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "q.rq"
    file.write_text(HOLDERS, "utf-8")
    assert ask(str(file)).stdout == ask(HOLDERS).stdout
    assert "no file" in one_sentence(ask("missing.rq"), 2)


def test_as_of(ask: Run) -> None:
    text = f"PREFIX ckg: <{CKG}> SELECT ?c {{ ?c ckg:earliest ?d FILTER(?d <= ?asOf) }}"
    assert ask(text, "--as-of", "2025-12-31", "--format", "csv").stdout.splitlines()[1:] == [
        "https://w3id.org/coalition-kg/id/claim/one-1"
    ]
    assert "--as-of" in one_sentence(ask(text), 2)
    assert "does not use ?asOf" in one_sentence(ask("ASK {}", "--as-of", "2025-12-31"), 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * { ?s ckg:holder ?o }", "query:1:15: The prefix ckg: is not declared."),
        ("SELECT * { ?s ?p }", "query:1:18: "),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", "query"),
    ],
)
def test_a_query_that_is_refused(ask: Run, text: str, said: str) -> None:
    assert said in one_sentence(ask(text), 2)


def test_fmt_checks_rewrites_and_is_content_afterwards(run_kg: Run, repository: Path) -> None:
    assert run_kg("fmt", "--check", cwd=repository).returncode == 1
    before = (repository / "data" / "topics.ttl").read_text("utf-8")
    assert run_kg("fmt", cwd=repository).returncode == 0
    assert (repository / "data" / "topics.ttl").read_text("utf-8") != before
    after = run_kg("fmt", "--check", cwd=repository)
    assert (after.returncode, after.stdout) == (0, "")
    assert not list(repository.rglob("*.new"))


def test_fmt_keeps_comments_and_refuses_broken_files_but_does_the_rest(run_kg: Run, repository: Path) -> None:
    comment, broken, good = (repository / "data" / name for name in ("a.ttl", "b.ttl", "c.ttl"))
    comment.write_text("<urn:a> <urn:b> 1 .\n # why\n", "utf-8")
    broken.write_text("<urn:a> ", "utf-8")
    good.write_text("<urn:a> <urn:b> 1 .", "utf-8")
    result = run_kg("fmt", *map(str, (comment, broken, good)))
    assert result.returncode == 2 and f"{broken}:1:" in result.stderr
    assert broken.read_text("utf-8") == "<urn:a> "
    text = comment.read_text("utf-8")
    assert text.startswith("<urn:a>\n    <urn:b> 1 .\n") and text.count("# why\n") == 1
    assert good.read_text("utf-8") == "<urn:a>\n    <urn:b> 1 .\n"


CONTENT = "Il governo ha detto di sì. Il ministro tace.\nSeguiteci."


@pytest.fixture
def verified(repository: Path) -> Path:
    """The tiny repository with a document all of whose sentences are accounted for; the text is in texts/."""
    (repository / "texts").mkdir()
    (repository / "texts" / "one.txt").write_text(CONTENT, "utf-8")
    spans = [(1, 0, 26, "PassageEvidence"), (1, 27, 44, "PassageEvidence"), (2, 45, 55, "UncitedPassage")]
    nodes = "".join(
        f'claim:e{start} a ckg:{kind} ; ckg:source topic:one ; ckg:paragraph {paragraph} ; oa:start {start} ;\n'
        f'    oa:end {end} ; ckg:sha256 "{sha256(CONTENT[start:end])}" .\n'
        for paragraph, start, end, kind in spans
    )
    document = (
        f'topic:one a ckg:Document ; ckg:sha256 "{sha256(CONTENT)}" ; '
        f"ckg:characters {len(CONTENT)} ; ckg:paragraphs 2 .\nclaim:one-1 ckg:evidence claim:e0 .\n"
    )
    (repository / "data" / "evidence.ttl").write_text(
        PREFIXES + "PREFIX oa: <http://www.w3.org/ns/oa#>\n" + document + nodes, "utf-8"
    )
    return repository


def test_verify_when_all_agrees(run_kg: Run, verified: Path) -> None:
    result = run_kg("sources", "verify", "--texts", "texts", cwd=verified)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "topic:one: 3 sentences, 2 cited, 1 set aside with a reason, 0 uncovered; 100.0%" in result.stdout
    assert "Passages: 3, of documents with a text: 1; mismatches: 0." in result.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("oa:end 26", "oa:end 25"), "data/evidence.ttl:16: claim:e0: its SHA-256"),
        (("oa:end 26", "oa:end 25"), "Correct oa:start and oa:end"),
        (("oa:end 26", 'oa:end "26"'), "claim:e0: oa:end: the graph has 26, found"),
        (("oa:end 26", 'oa:end "26"'), "without quotation marks"),
        (("ckg:paragraphs 2", "ckg:paragraphs 3"), "topic:one: ckg:paragraphs: the graph has 3, found 2. Write 2."),
        (("claim:e27 a ckg:PassageEvidence", "claim:e27 a ckg:Nothing"), "paragraph 1, 27–44: uncovered (Il … tace)"),
        (('ckg:sha256 "', 'ckg:sha256 "0'), "nothing could be compared"),
    ],
)
def test_verify_reports_what_does_not_agree(run_kg: Run, verified: Path, change: tuple[str, str], said: str) -> None:
    file = verified / "data" / "evidence.ttl"
    text = file.read_text("utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change), "utf-8")
    result = run_kg("sources", "verify", cwd=verified, KG_TEXTS="texts")
    assert result.returncode == 1 and said in result.stdout


def test_verify_reports_copied_words(run_kg: Run, verified: Path) -> None:
    (verified / "docs").mkdir()
    (verified / "docs" / "a.md").write_text("# Nota\n\nil governo ha\ndetto di sì: il ministro tace", "utf-8")
    result = run_kg("sources", "verify", "--texts", "texts", cwd=verified)
    assert result.returncode == 1 and "docs/a.md:3: 9 words in a row are those of one.txt" in result.stdout


def test_verify_without_texts(run_kg: Run, verified: Path) -> None:
    assert "no folder" in one_sentence(run_kg("sources", "verify", "--texts", "nope", cwd=verified), 2)
    said = one_sentence(run_kg("sources", "verify", cwd=verified), 2)
    assert "--texts DIR" in said and "KG_TEXTS" in said


def test_claims_are_listed_by_kind_and_source(run_kg: Run, verified: Path) -> None:
    file = verified / "data" / "claims" / "two.ttl"
    file.write_text(file.read_text("utf-8") + "claim:two-1 ckg:evidence claim:e9 . claim:e9 ckg:source topic:ref .\n", "utf-8")
    kinds, others = run_kg("sources", "list", cwd=verified).stdout.split("\n\n")
    rows = [line.split() for line in kinds.splitlines()]
    assert rows[0] == ["kind", "topic:one", "other", "no", "source", "all"]
    assert rows[2:] == [
        ["ckg:Commitment", "0", "1", "0", "1"],
        ["ckg:Position", "1", "0", "1", "2"],
        ["all", "1", "1", "1", "3"],
    ]
    assert others.splitlines()[2:] == ["topic:ref       1"]


@given(st.lists(st.text("a日e\u0301\u200b🏳 ", max_size=30), min_size=1, max_size=3), st.integers(30, 80))
def test_a_table_is_aligned_and_fits(cells: list[str], width: int) -> None:
    text = render([f"c{number}" for number in range(len(cells))], [cells], width)
    assert all(display_width(line) <= width for line in text.splitlines())
    assert len(cells) * (NARROWEST + 2) <= 30


def test_what_would_command_the_terminal_is_not_written() -> None:
    assert show(ox.Literal("a\x1b[31m\nb")) == "a�[31m b"
    assert show(ox.Literal("è", language="it")) == "è@it"
    assert show(None) == ""
