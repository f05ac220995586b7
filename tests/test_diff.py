"""``kg diff`` as its users meet it: files, folders, revisions; claims before statements; a patch that applies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import FILES, PREFIXES
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.cli import run
from kg.diffing import compare
from kg.diffing.entities import entities
from kg.diffing.writing import to_patch, to_text
from kg.errors import SourceError
from kg.sources import digest

Run = Callable[..., subprocess.CompletedProcess[str]]
Call = Callable[..., tuple[int, str, str]]
CLAIMS = "data/claims/one.ttl"
SUMMED = FILES[CLAIMS].replace(
    "claim:one-1 a ckg:Position ;",
    'claim:one-1 a ckg:Position ; ckg:summary "Freedonia is for it."@en , "Libertonia è a favore."@it ;',
)
CHANGED = SUMMED.replace("stance:supports", "stance:opposes").split("claim:one-2")[0] + (
    'claim:one-3 a ckg:Position ; ckg:summary "Sylvania waits."@en , "La Silvania attende."@it .\n'
    'topic:ships skos:altLabel "boats"@en .\n'
)


def parsed(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """``kg`` within this process, from a folder: exit status, output and errors."""
    for name in [name for name in os.environ if name.startswith(("KG_", "GIT_"))]:
        monkeypatch.delenv(name)

    def run_in(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        return run([*arguments]), *capsys.readouterr()

    return run_in


@pytest.fixture
def history(repository: Path) -> Path:
    """The tiny repository with two commits, of SUMMED and of CHANGED."""
    git(repository, "init", "--quiet", "--initial-branch", "main")
    for text in (SUMMED, CHANGED):
        (repository / CLAIMS).write_text(PREFIXES + text, "utf-8")
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "-m", "x")
    return repository


def git(root: Path, *arguments: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *names, *arguments], cwd=root, env=clean, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_claims_with_their_summaries_then_the_rest(history: Path, run_kg: Run) -> None:
    done = run_kg("diff", "HEAD~1", "HEAD", cwd=history)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "Claims: 1 added, 1 removed, 1 changed.\n"
        "+ claim:one-3 (position): Sylvania waits.\n"
        "- claim:one-2 (position)\n"
        "~ claim:one-1 (position): Freedonia is for it.\n"
        "    ckg:stance: stance:supports → stance:opposes\n"
        "\n"
        "Other nodes: 1 changed.\n"
        "~ topic:ships (skos:Concept): ships\n"
        '    skos:altLabel: + "boats"@en\n'
        "\n"
        "Statements: 5 added, 6 removed.\n"
    )


def test_in_italian(history: Path, run_kg: Run) -> None:
    out = run_kg("diff", "HEAD~1", "HEAD", "--lang", "it", cwd=history).stdout
    assert "Asserzioni: 1 aggiunta, 1 tolta, 1 cambiata." in out and "(posizione): Libertonia è a favore." in out
    assert "Altri nodi: 1 cambiato." in out and "Enunciati: 5 aggiunti, 6 tolti." in out


def test_json_says_the_same(history: Path, run_kg: Run) -> None:
    told = json.loads(run_kg("diff", "HEAD~1", "--format", "json", cwd=history).stdout)
    assert told["same"] is False and (len(told["added"]), len(told["removed"])) == (5, 6)
    kinds = [(one["iri"].rpartition("/")[2], one["kind"], one["claim"]) for one in told["entities"]]
    assert kinds == [
        ("one-3", "added", True),
        ("one-2", "removed", True),
        ("one-1", "changed", True),
        ("ships", "changed", False),
    ]
    assert told["entities"][2]["title"] == {"en": "Freedonia is for it.", "it": "Libertonia è a favore."}
    stance = {"property": "ckg:stance", "removed": ["stance:supports"], "added": ["stance:opposes"]}
    assert told["entities"][2]["properties"] == [stance]


@pytest.mark.parametrize(
    ("sides", "status"),
    [
        (("HEAD",), 0),
        (("HEAD", "HEAD"), 0),
        (("main~1", "main"), 1),
        (("HEAD~1", CLAIMS), 1),
        (("HEAD", CLAIMS), 0),
        ((CLAIMS, "HEAD~1"), 1),
        ((f"HEAD~1:{CLAIMS}", f"HEAD:{CLAIMS}"), 1),
        (("HEAD~1:data/claims", "HEAD:data/claims/"), 1),
        (("HEAD~1:data/actors", "HEAD:data/actors"), 0),
        ((CLAIMS, CLAIMS), 0),
        (("data/claims", "data/claims"), 0),
        ((".", "HEAD"), 0),
    ],
)
def test_what_can_be_compared(history: Path, sides: tuple[str, ...], status: int, call: Call) -> None:
    code, out, error = call(history, "diff", *sides)
    assert (code, error) == (status, "")
    assert ("The same" in out) is (status == 0)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("nowhere",), "no file or folder nowhere, and no such revision"),
        (("HEAD", "HEAD:data/none.ttl"), "HEAD has nothing at data/none.ttl"),
        (("queries", "HEAD"), "queries: There are no files that end in .ttl"),
        (("queries/01-positions.rq", "HEAD"), "queries/01-positions.rq:"),
        (("--", "--output=x"), "no such revision"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(history: Path, sides: tuple[str, ...], said: str, call: Call) -> None:
    code, out, error = call(history, "diff", *sides)
    assert (code, out) == (2, "") and said in error


def test_without_git_a_revision_is_refused_and_files_are_compared(
    repository: Path, tmp_path: Path, run_kg: Run
) -> None:
    done = run_kg("diff", "HEAD", cwd=repository, GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert done.returncode == 2 and "is not under git" in done.stderr
    assert run_kg("diff", CLAIMS, "data/claims/two.ttl", cwd=repository).returncode == 1


def test_layout_names_of_blank_nodes_and_the_file_of_a_statement_do_not_matter(
    repository: Path, tmp_path: Path, run_kg: Run
) -> None:
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    every = sorted(repository.rglob("*.ttl"))
    text = "\n".join(file.read_text("utf-8") for file in every)
    (repository / "ontology" / "list.ttl").write_text(
        PREFIXES + "topic:x owl:unionOf ( topic:a _:x ) . _:x a topic:y .", "utf-8"
    )
    text += "\n_:other a topic:y .\ntopic:x\n  owl:unionOf ( topic:a _:other ) ."
    (other / "data" / "all.ttl").write_text(text, "utf-8")
    shutil.copytree(repository / "data" / "links", other / "data" / "links")
    done = run_kg("diff", str(repository), str(other), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "The same: the graphs do not differ.\n")


#: Without numbers such as 01, which the store that the patch is tried on would write anew.
VALUES = st.sampled_from(
    ["topic:a", '"x"', '"x"@en', '"PREFIX a: <urn:b>\\n\\nx"', '"è\\n"@it', "1", "true", "<urn:x>"]
)
STATED = st.builds(
    "{} {} {} .".format, st.sampled_from(["topic:a", "<urn:b>"]), st.sampled_from(["rdfs:label", "<urn:p>"]), VALUES
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STATED, max_size=6), st.lists(STATED, max_size=6))
def test_the_patch_makes_the_one_into_the_other(one: list[str], other: list[str]) -> None:
    old, new = (parsed("\n".join(side)) for side in (one, other))
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in old)
    patch = to_patch(compare(old, new))
    if patch:
        store.update(patch)
    assert digest(quad.triple for quad in store) == digest(new)


def test_a_patch_with_a_blank_node_is_refused() -> None:
    with pytest.raises(SourceError, match="cannot name blank nodes"):
        to_patch(compare(parsed("topic:a owl:unionOf ( topic:b ) ."), []))


def test_the_patch_is_printed_as_it_is(history: Path, run_kg: Run) -> None:
    done = run_kg("diff", "HEAD~1", "HEAD", "--format", "turtle-patch", cwd=history)
    assert done.returncode == 1 and "DELETE DATA {\n" in done.stdout and "} ;\nINSERT DATA {\n" in done.stdout


def test_nodes_without_a_name_are_told(repository: Path, tmp_path: Path, call: Call) -> None:
    other = tmp_path / "other.ttl"
    other.write_text(
        PREFIXES + "[] a owl:AllDifferent ; owl:members ( topic:a topic:b ) . _:x owl:sameAs _:x .", "utf-8"
    )
    empty = tmp_path / "empty.ttl"
    empty.write_text("", "utf-8")
    code, out, error = call(repository, "diff", str(empty), str(other))
    assert (code, error) == (1, "")
    assert "    + [ owl:members ( topic:a topic:b ) ; rdf:type owl:AllDifferent ]\n" in out
    assert "Statements: 2 added, 0 removed." in out


@pytest.mark.parametrize("text", ["<<( " * 20_000, "[" * 200_000, "<urn:a> <urn:b> " + "(" * 50_000])
def test_a_text_that_would_break_the_parser_is_a_sentence(
    repository: Path, tmp_path: Path, call: Call, text: str
) -> None:
    (tmp_path / "bomb.ttl").write_text(text, "utf-8")
    code, out, error = call(repository, "diff", str(tmp_path / "bomb.ttl"), "data/topics.ttl")
    assert (code, out) == (2, "") and error.startswith("kg: ") and "Traceback" not in error


def test_a_text_commands_no_terminal() -> None:
    old, new = (
        [],
        parsed('claim:x a ckg:Claim ; ckg:summary "a\\u001B[31m b\\n\\u202Ec"@en ; <urn:p> "\\u001B]0;x\\u0007" .'),
    )
    difference = compare(old, new)
    for language in ("en", "it"):
        text = to_text(difference, entities(difference, old, new), language)
        assert all(one.isprintable() or one == "\n" for one in text), text
