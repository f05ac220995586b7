"""``kg check`` of files, of what is staged and of a range of revisions: what is new blocks, at its line, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PREFIXES

Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = PREFIXES + "claim:new-1 a ckg:Position ; ckg:holder actor:sylvania ; ckg:topic topic:ships .\n"
BAD = PREFIXES + """\
claim:new-1 a ckg:Position ;
    ckg:hodler actor:sylvania ;
    ckg:topic topic:ship .

claim:new-2 a ckg:Position ;
    ckg:topic topic:ships .
"""
#: The line of the first subject behind the prefixes.
FIRST = PREFIXES.count("\n") + 1


@pytest.fixture
def check(run_kg: Run, repository: Path, state: Path) -> Run:
    """``kg check`` on the tiny repository, of which a snapshot has been built."""
    assert run_kg("--repository", str(repository), "--state", str(state), "build").returncode == 0

    def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        options = ("--repository", str(repository), "--state", str(state))
        return run_kg(*options, "check", *map(str, arguments), cwd=cwd or repository)

    return run


@pytest.fixture
def git(repository: Path) -> Callable[..., str]:
    """Git in the tiny repository, of which all is committed."""

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", *who, *arguments], cwd=repository, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-q", "-m", "All")
    return run


def findings(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str, int | None]]:
    """Code, file and line of each finding of a report in JSON."""
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)["findings"]
    return [(one["code"], one["where"]["file"], one["where"]["line"]) for one in told]


def test_a_good_file_is_accepted(check: Run, tmp_path: Path) -> None:
    file = tmp_path / "good.ttl"
    file.write_text(GOOD)
    done = check(file, "--fail-on", "violation")
    assert (done.returncode, done.stderr) == (0, "")
    assert not [one for one in findings(check(file, "--format", "json")) if one[0].startswith(("Claim", "Vocab"))]


def test_mistakes_are_told_at_their_triples(check: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text(BAD)
    done = check(file, "--format", "json")
    assert done.returncode == 1
    found = findings(done)
    name = str(file)
    assert ("Vocabulary-unknown", name, FIRST + 1) in found
    assert ("Reference-undefined", name, FIRST + 2) in found
    assert [one for one in found if one[0] == "ClaimShape-holder"] == [("ClaimShape-holder", name, FIRST + 4)]


def test_all_syntax_errors_are_told(check: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text(PREFIXES + "claim:a a ckg:Position\nclaim:b a ckg:Position .\nclaim:c acto:x ckg:Position .\n")
    found = findings(check(file, "--format", "json"))
    assert [line for _, _, line in found] == sorted(line for _, _, line in found)
    assert len(found) == 2
    assert all(code.startswith("Syntax-") for code, _, _ in found)


def test_what_was_wrong_before_does_not_block(check: Run, repository: Path, run_kg: Run, state: Path, tmp_path: Path) -> None:
    topics = repository / "data" / "topics.ttl"
    topics.write_text(topics.read_text() + "claim:old a ckg:Claim .\n")
    options = ("--repository", str(repository), "--state", str(state))
    assert run_kg(*options, "build").returncode == 0
    file = tmp_path / "good.ttl"
    file.write_text(GOOD)
    assert check(file).returncode == 0
    everything = check(file, "--all", "--format", "json")
    assert everything.returncode == 0
    assert "ClaimShape-holder" in {one["code"] for one in json.loads(everything.stdout)["standing"]}


def test_a_removal_is_told_where_it_hurts(check: Run, repository: Path) -> None:
    states = repository / "data" / "actors" / "states.ttl"
    states.write_text("".join(line for line in states.read_text().splitlines(True) if "actor:sylvania" not in line))
    found = findings(check(states, "--format", "json"))
    one = (repository / "data" / "claims" / "one.ttl").read_text().split("\n")
    line = next(number for number, text in enumerate(one, start=1) if "actor:sylvania" in text)
    assert ("Reference-undefined", "data/claims/one.ttl", line) in found


def test_a_file_of_the_repository_is_judged_by_what_it_changes(check: Run, repository: Path) -> None:
    claims = repository / "data" / "claims" / "one.ttl"
    text = claims.read_text()
    claims.write_text(text.replace("ckg:holder actor:freedonia ; ", "", 1))
    done = check(claims, "--format", "json")
    assert [code for code, _, _ in findings(done)] == ["ClaimShape-holder"]
    claims.write_text(text)
    assert check(claims).returncode == 0


def test_mending_is_told(check: Run, run_kg: Run, repository: Path, state: Path) -> None:
    claims = repository / "data" / "claims" / "one.ttl"
    text = claims.read_text()
    claims.write_text(text.replace("ckg:holder actor:freedonia ; ", "", 1))
    assert run_kg("--repository", str(repository), "--state", str(state), "build").returncode == 0
    claims.write_text(text)
    done = check(claims, "--format", "json")
    assert done.returncode == 0
    assert "ClaimShape-holder" in {one["code"] for one in json.loads(done.stdout)["fixed"]}


@pytest.mark.parametrize("is_old", [False, True], ids=["written just now", "written long ago"])
def test_the_base_is_the_files_where_the_snapshot_is_older(
    run_kg: Run, check: Run, repository: Path, state: Path, tmp_path: Path, is_old: bool
) -> None:
    if is_old:
        for file in repository.rglob("*.ttl"):
            os.utime(file, (1_700_000_000, 1_700_000_000))
        run_kg("--repository", str(repository), "--state", str(state), "build", "--force")
    states = repository / "data" / "actors" / "states.ttl"
    states.write_text(states.read_text() + 'actor:ruritania a ckg:State ; rdfs:label "Ruritania"@en , "Ruritania"@it .\n')
    file = tmp_path / "new.ttl"
    file.write_text(GOOD.replace("actor:sylvania", "actor:ruritania"))
    assert check(file).returncode == 0


def test_without_a_snapshot_it_works_as_well(run_kg: Run, repository: Path, state: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text(BAD)
    done = run_kg("--repository", str(repository), "--state", str(state), "check", str(file), "--format", "json")
    assert ("ClaimShape-holder", str(file), FIRST + 4) in findings(done)
    assert not state.exists()


def test_what_is_staged_is_judged_and_not_what_lies_there(check: Run, git: Callable[..., str], repository: Path) -> None:
    assert check("--staged").returncode == 0
    file = repository / "data" / "claims" / "new.ttl"
    file.write_text(BAD)
    git("add", "data/claims/new.ttl")
    file.write_text(GOOD)
    staged = check("--staged", "--format", "json")
    assert ("Vocabulary-unknown", "data/claims/new.ttl", FIRST + 1) in findings(staged)
    git("add", "data/claims/new.ttl")
    assert check("--staged").returncode == 0


def test_a_range_of_revisions(check: Run, git: Callable[..., str], repository: Path) -> None:
    (repository / "data" / "claims" / "new.ttl").write_text(BAD)
    git("add", "-A")
    git("commit", "-q", "-m", "Bad")
    (repository / "data" / "claims" / "two.ttl").unlink()
    git("add", "-A")
    git("commit", "-q", "-m", "Less")
    assert check("--diff", "HEAD~2..HEAD~1").returncode == 1
    assert check("--diff", "HEAD~1..HEAD").returncode == 0
    unknown = check("--diff", "nowhere..HEAD")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "nowhere" in unknown.stderr and "Traceback" not in unknown.stderr


def test_a_contribution_brings_no_shapes(check: Run, tmp_path: Path) -> None:
    file = tmp_path / "sly.ttl"
    file.write_text(PREFIXES + "ckgsh:ClaimShape sh:deactivated true .\nckgsh:ClaimShape-holder sh:deactivated true .\n"
                    "claim:sly a ckg:Claim .\n")
    assert "ClaimShape-holder" in {code for code, _, _ in findings(check(file, "--format", "json"))}


def test_both_ways_are_compared_on_demand(check: Run, repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text(BAD)
    done = check(file, "--prove")
    assert done.returncode == 1, done.stderr
    assert "proven by the whole before and after" in done.stdout
    states = repository / "data" / "actors" / "states.ttl"
    states.write_text("".join(line for line in states.read_text().splitlines(True) if "actor:sylvania" not in line))
    again = check(states, "--prove")
    assert "proven by the whole before and after" in again.stdout, again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--staged", "--diff", "a..b"), "exclude one another"),
        (("--all",), "are for contributions"),
        (("nowhere.ttl",), "cannot be read"),
        (("a.ttl", "--as", "elsewhere/a.ttl"), "cannot be the place"),
        (("a.ttl", "--as", "data/links/wikidata.ttl"), "cannot be the place"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(check: Run, arguments: tuple[str, ...], said: str) -> None:
    done = check(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_under_another_name_it_stands_in_place_of_a_file(check: Run, repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.ttl"
    copy.write_text((repository / "data" / "claims" / "one.ttl").read_text() + "claim:one-3 a ckg:Claim .\n")
    found = findings(check(copy, "--as", "data/claims/one.ttl", "--format", "json"))
    assert {code for code, _, _ in found} == {"ClaimShape-holder"}
    assert {name for _, name, _ in found} == {str(copy)}


def test_the_layout_of_the_whole_repository_is_judged_as_that_of_a_contribution(
    run_kg: Run, repository: Path, state: Path
) -> None:
    options = ("--repository", str(repository), "--state", str(state))
    (repository / "data" / "claims" / "ours.ttl").write_text(GOOD + "# a comment\n")
    done = run_kg(*options, "check", "--format", "json")
    found = {one[1] for one in findings(done) if one[0] == "Style-layout"}
    assert {"data/claims/ours.ttl", "data/topics.ttl"} <= found
    assert run_kg("fmt", *(str(repository / path) for path in found)).returncode == 0
    assert not [one for one in findings(run_kg(*options, "check", "--format", "json")) if one[0] == "Style-layout"]


@pytest.mark.parametrize(
    ("literal", "code"),
    [('"x"@EN', "Lexical-language"), ("007", "Lexical-rewritten"), ('"x"^^xsd:string', "Lexical-string")],
)
def test_the_whole_repository_is_judged_by_its_texts_too(
    run_kg: Run, repository: Path, state: Path, literal: str, code: str
) -> None:
    topics = repository / "data" / "topics.ttl"
    text = topics.read_text()
    topics.write_text(text + f"topic:ships skos:note {literal} .\n")
    done = run_kg("--repository", str(repository), "--state", str(state), "check", "--format", "json")
    assert (code, "data/topics.ttl", text.count("\n") + 1) in findings(done)
