"""Hostile contributions: one sentence, exit 1 or 2, nothing written, run or fetched, and no way around the verdict."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PREFIXES

from kg.errors import RevisionError, SourceError
from kg.files import replace
from kg.reading.lexical import lexical
from kg.reading.turtle import read
from kg.revisions import changes_staged
from kg.sources import load, source_files, strays

Run = Callable[..., subprocess.CompletedProcess[str]]
BAD = PREFIXES + "claim:new-1 a ckg:Position .\n"
OFF = PREFIXES + "ckgsh:ClaimShape sh:deactivated true .\nckgsh:ClaimShape-holder sh:deactivated true .\n"


@pytest.fixture
def kg(run_kg: Run, repository: Path, built_state: Path) -> Run:
    """``kg`` on the tiny repository and its snapshot."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        options = ("--repository", str(repository), "--state", str(built_state))
        return run_kg(*options, *map(str, arguments), cwd=repository)

    return run


@pytest.fixture
def git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Git in the tiny repository, of which all is committed."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-q", "-m", "All")
    return run


def codes(done: subprocess.CompletedProcess[str]) -> set[str]:
    assert done.returncode in (0, 1), done.stderr
    return {one["code"] for one in json.loads(done.stdout)["findings"]}


def refused(done: subprocess.CompletedProcess[str], said: str) -> None:
    """One sentence, and no report."""
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr and "reason that is ours" not in done.stderr


# What is no file of its own


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_what_would_never_end_is_not_read(kg: Run, tmp_path: Path, command: str) -> None:
    pipe, device, huge = (tmp_path / f"{name}.ttl" for name in ("pipe", "device", "huge"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    with huge.open("wb") as stream:
        stream.truncate(1 << 40)
    refused(kg(command, pipe), "no regular file")
    refused(kg(command, device), "no regular file")
    refused(kg(command, huge), "at most")


def test_a_file_is_never_written_through_a_link_beside_it(kg: Run, tmp_path: Path) -> None:
    victim, file = tmp_path / "victim", tmp_path / "x.ttl"
    victim.write_text("mine")
    file.write_text(BAD)
    (tmp_path / "x.ttl.new").symlink_to(victim)
    assert kg("fmt", file).returncode == 0
    assert victim.read_text() == "mine" and "claim:new-1\n    a ckg:Position .\n" in file.read_text()
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["victim", "x.ttl", "x.ttl.new"]


def test_a_link_and_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "x.ttl", tmp_path / "link.ttl"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace(link, b"new", "link.ttl")
    assert link.is_symlink() and file.read_bytes() == b"new" and file.stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_replaced_stays_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "x.ttl"
    folder.mkdir()
    with pytest.raises(SourceError, match="cannot be written"):
        replace(folder, b"new", "x.ttl")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_link_out_of_the_repository_is_not_followed(repository: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("token = 1")
    (repository / "data" / "leak.ttl").symlink_to(secret)
    assert repository / "data" / "leak.ttl" not in source_files(repository)
    with pytest.raises(SourceError, match=r"^data/leak.ttl: The link leads out") as caught:
        load(repository)
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("name", ["a\nb.ttl", 'a "b".ttl', "a<b>.ttl", "a%zz.ttl"])
def test_a_path_that_no_iri_can_have_is_a_sentence(
    kg: Run, git: Run, repository: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text(BAD)
    refused(kg("check", file), "characters that no IRI can have")
    shutil.copy(file, repository / "data" / name)
    assert [str(one.message) for one in strays(repository)] == ["The path has characters that no IRI can have."]
    git("add", "-A")
    with pytest.raises(RevisionError, match="characters that no IRI can have"):
        changes_staged(repository)


def test_a_path_of_other_bytes_is_a_sentence(kg: Run, git: Run, repository: Path) -> None:
    (repository / "data" / os.fsdecode(b"\xff.ttl")).write_text(BAD)
    git("add", "-A")
    refused(kg("check", "--staged"), r"data/\udcff.ttl")


@pytest.mark.parametrize(
    "place",
    ["data/../shapes/x.ttl", "data//x.ttl", "data/./x.ttl", "data/", "data/x.nt", "../data/x.ttl", "data/a b.ttl"],
)
def test_a_place_beside_the_folders_is_none(kg: Run, tmp_path: Path, place: str) -> None:
    file = tmp_path / "x.ttl"
    file.write_text(BAD)
    refused(kg("check", file, "--as", place), "cannot be the place")


def test_no_file_hides_another(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    (tmp_path / "x.nt.ttl").write_text("")
    refused(kg("check", tmp_path / "x.nt", tmp_path / "x.nt.ttl"), "have the same name")


# Git


def test_what_would_not_be_read_is_no_good_contribution(git: Run, repository: Path) -> None:
    data = repository / "data"

    def staged() -> str:
        git("add", "-A")
        with pytest.raises(RevisionError) as caught:
            changes_staged(repository)
        git("reset", "-q", "--hard")
        return str(caught.value)

    (data / "x.TTL").write_text(BAD)
    assert "data/x.TTL: Only files" in staged()
    (data / "there").symlink_to("/etc")
    assert "data/there: Links are not followed" in staged()
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},data/sub")
    with pytest.raises(RevisionError, match=r"data/sub: A submodule"):
        changes_staged(repository)


def test_no_configuration_of_a_repository_runs_anything(kg: Run, git: Run, repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (repository / ".gitattributes").write_text("*.ttl filter=evil diff=evil text eol=crlf\n")
    (repository / "data" / "new.ttl").write_text(BAD)
    git("add", "-A")
    for name in ("core.fsmonitor", "diff.external", "filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv"):
        git("config", name, f"touch '{mark}'; cat")
    assert codes(kg("check", "--staged", "--format", "json")) >= {"ClaimShape-holder"}
    assert kg("check", "--diff", "HEAD..HEAD").returncode == 0
    assert not mark.exists()


def test_shapes_that_change_are_judged_and_accept_nobodys_own_data(kg: Run, git: Run, repository: Path) -> None:
    shapes = repository / "shapes" / "ClaimShape.ttl"
    text = shapes.read_text()

    def staged() -> set[str]:
        git("add", "-A")
        return codes(kg("check", "--staged", "--format", "json"))

    shapes.write_text(text.replace("sh:minCount 1", "sh:mincount 1"))
    assert "ShapesLint-vocabulary" in staged()
    shapes.write_text(text.replace("sh:minCount 1", "sh:minCount 2"))
    assert "ClaimShape-holder" in staged()
    shapes.write_text(text)
    (repository / "shapes" / "off.ttl").write_text(OFF)
    (repository / "data" / "new.ttl").write_text(BAD)
    assert "ClaimShape-holder" in staged()


# What is written in a file


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OFF + "claim:new-1 a ckg:Position .\n", id="deactivated from data"),
        pytest.param(PREFIXES + "ckg:New rdfs:subClassOf ckg:Position . claim:new-1 a ckg:New .\n", id="own subclass"),
        pytest.param(PREFIXES + "claim:new-1 owl:sameAs claim:one-1 ; a ckg:Position .\n", id="second name"),
        pytest.param(PREFIXES + "<https://w3id.org/coalition-kg/id/claim/new-1> a "
                     "<https://w3id.org/coalition-kg/ontology#Posi\\u0074ion> .\n", id="escapes"),
        pytest.param(BAD + "PREFIX ckg: <http://example.org/>\n", id="prefix again"),
        pytest.param(BAD.replace("\n", "\r"), id="line ends"),
        pytest.param(PREFIXES + "@base <https://w3id.org/coalition-kg/id/claim/> .\n"
                     "<new-1> a <../../ontology#Position> .\n", id="base"),
        pytest.param(PREFIXES + "[] a ckg:Position .\n", id="no name"),
    ],
)
def test_no_trick_gets_around_a_shape(kg: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "sly.ttl"
    file.write_bytes(text.encode())
    assert "ClaimShape-holder" in codes(kg("check", file, "--format", "json"))


@pytest.mark.parametrize(
    "type_",
    [
        pytest.param("ckg:\u0420osition", id="another alphabet"),
        pytest.param("<https://w3id.org/coalition-kg/ontology#Posi%74ion>", id="per cent"),
        pytest.param("<HTTPS://W3ID.org/coalition-kg/ontology#Position>", id="capitals"),
        pytest.param("<https://w3id.org/coalition-kg/x/../ontology#Position>", id="steps back"),
        pytest.param("owl:Thing", id="of everything"),
        pytest.param("owl:Class", id="a class"),
    ],
)
def test_no_other_spelling_of_a_class_is_one(kg: Run, tmp_path: Path, type_: str) -> None:
    file = tmp_path / "sly.ttl"
    file.write_text(PREFIXES + f"claim:new-1 a {type_} .\n")
    assert codes(kg("check", file, "--format", "json")) & {"Vocabulary-unknown", "Vocabulary-untyped"}


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x07", "\x85"])
def test_what_nobody_sees_is_told(hidden: str) -> None:
    found = list(lexical(read(f'<urn:a> <urn:b> "Ita{hidden}ly"@en .'), "x.ttl"))
    assert [(one.code, one.severity) for one in found] == [("Lexical-unseen", "violation")]


@pytest.mark.parametrize("text", ["a\tb\nc", "می\u200cخواهم", "👩\u200d🚀", "אב\u200e"])
def test_what_a_script_needs_is_no_fault(text: str) -> None:
    assert not list(lexical(read(f'<urn:a> <urn:b> """{text}"""@en .'), "x.ttl"))


@pytest.mark.parametrize("number", ["1e999999999", "9" * 50_000])
def test_a_number_beyond_all_bounds_in_another_format(kg: Run, tmp_path: Path, number: str) -> None:
    file = tmp_path / "x.jsonld"
    file.write_text(f'{{"@id":"urn:a","urn:p":{number}}}')
    assert "Vocabulary-unknown" in codes(kg("check", file, "--format", "json"))


def test_a_term_of_the_ontology_described_in_data_is_told_the_same_by_the_whole(
    kg: Run, repository: Path, tmp_path: Path
) -> None:
    ontology = repository / "ontology"
    (ontology / "a.ttl").write_text(PREFIXES + "ckg:State rdfs:seeAlso <https://example.org/> .\n")
    file = tmp_path / "x.ttl"
    file.write_text(PREFIXES + "ckg:State rdfs:seeAlso <https://example.org/other> .\n")
    done = kg("check", file, "--prove", "--format", "json")
    assert "Reference-owner" in codes(done)
