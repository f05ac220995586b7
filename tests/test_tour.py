"""The tour of the gate in README.md: each command is run on a copy of the repository and prints what is shown."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from checkout import ROOT, repository_files
from serving import token_in

TITLE = "## Contribute, and be told what to mend"
SECTION = re.search(rf"^{TITLE}\n(.*?)(?=^## )", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
#: A command of the tour, over several lines where a quotation mark is open, and what is shown below it.
STEP = re.compile(r"^\$ (?P<command>[^'\n]*(?:'[^']*'[^'\n]*)*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.M)
STEPS = [
    (step["command"], step["shown"])
    for block in re.findall(r"^```text\n(.*?)^```$", SECTION.group(1) if SECTION else "", re.M | re.S)
    for step in STEP.finditer(block)
]
TOUR = ROOT / "docs" / "tour"
#: What `kg` says while it is at work, if that takes long.
PROGRESS = re.compile(r"^[A-Z][a-z]+ [\w ]*…\n", re.M)
#: The seven mistakes: code, severity, line.
MISTAKES = {
    ("ClaimShape-summary", "violation", 21),
    ("Reference-undefined", "violation", 26),
    ("Contradiction-prp-irp", "violation", 29),
    ("Vocabulary-unknown", "violation", 35),
    ("DateShape-edtf", "violation", 46),
    ("Lexical-rewritten", "warning", 53),
    ("Duplicate-evidence", "warning", 54),
}
SUMMARIES = re.compile(r"^    ckg:summary\n?.*?;\n", re.M | re.S)


def shell(folder: Path, command: str) -> tuple[int, str]:
    """Exit status of a command line run in a copy of the repository, and all that it prints but for progress."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "GIT_"))}
    kept |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT / "src")}
    kept |= {f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["sh", "-c", f"{command} 2>&1"], cwd=folder, env=kept, capture_output=True, encoding="utf-8", timeout=240
    )
    return done.returncode, PROGRESS.sub("", done.stdout)


@pytest.fixture(scope="module")
def checkout(real_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository under git, built, with the programme where the README has it."""
    folder = tmp_path_factory.mktemp("tour") / "checkout"
    for file in repository_files():
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    shutil.copytree(real_state, folder / ".kg", symlinks=True)
    programme = folder / ".venv" / "bin" / "kg"
    programme.parent.mkdir(parents=True)
    programme.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg "$@"\n', "utf-8")
    programme.chmod(0o755)
    make = "git init --quiet --initial-branch main && git add --all && git commit --quiet -m x"
    assert shell(folder, make) == (0, "")
    return folder


@pytest.fixture(scope="module")
def played(checkout: Path) -> list[tuple[int, str]]:
    """Exit status and output of each command of the tour, run one after the other."""
    return [shell(checkout, command) for command, _ in STEPS]


def as_pattern(shown: str) -> str:
    """A regular expression for what is shown: “…” stands for any text, alone on a line for any number of lines."""
    lines = (None if line == "…" else ".*".join(map(re.escape, line.split("…"))) for line in shown.splitlines())
    return "".join(r"(?:.*\n)*?" if line is None else line + r"\n" for line in lines)


def test_the_tour_has_all_its_steps() -> None:
    assert [command.split()[-1 if command.startswith("cp") else 1] for command, _ in STEPS] == [
        "draft.ttl", "check", "check", "check", "data/claims/004-zelensky-army-central-as-guarantee.ttl", "hook", "add",
        "commit", "build", "query",
    ]


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[f"{n}-{c.split()[1]}" for n, (c, _) in enumerate(STEPS)])
def test_each_command_prints_what_the_readme_shows(number: int, played: list[tuple[int, str]]) -> None:
    (command, shown), (status, printed) = STEPS[number], played[number]
    assert re.fullmatch(as_pattern(shown), printed), f"{command}\n{printed}"
    assert status == (1 if "Does not conform" in shown else 0)


def test_nothing_shown_is_but_left_out() -> None:
    assert sum(line != "…" for _, shown in STEPS for line in shown.splitlines()) >= 30
    assert re.fullmatch(as_pattern("a\n…\nb … d\n"), "a\nx\nb c d\n")
    assert not re.fullmatch(as_pattern("a\n…\nb … d\n"), "a\nx\nb c\n")


Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kg(run_kg: Call, real_state: Path, tmp_path: Path) -> Call:
    """Run ``kg`` on this repository, to which the claim of the tour has not been added, in a folder of its own."""
    return lambda *arguments: run_kg("--repository", str(ROOT), "--state", str(real_state), *arguments, cwd=tmp_path)


def report(kg: Call, *arguments: str) -> dict:
    """What `kg check` says in JSON."""
    done = kg("check", *arguments, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def test_each_of_seven_mistakes_is_reported_once_at_its_line(kg: Call) -> None:
    found = report(kg, str(TOUR / "mistakes.ttl"))["findings"]
    assert len(found) == len(MISTAKES) == 7
    assert {(one["code"], one["severity"], one["where"]["line"]) for one in found} == MISTAKES
    assert all(set(one["messages"]) == {"en", "it"} for one in found)


def test_the_good_contribution_brings_one_claim_and_no_finding(kg: Call) -> None:
    texts = os.environ.get("KG_TEXTS")
    told = report(kg, str(TOUR / "good.ttl"), *(("--texts", texts) if texts else ()))
    assert (told["conforms"], told["findings"], told["fixed"]) == (True, [], [])
    assert sum(one["en"].startswith("New claim, ") for one in told["summary"]) == 1


def mended_by_hand(text: str, good: str) -> str:
    """What somebody who reads the text does to the draft after the repairs."""
    places = (r"ckg:sha256 .*", r"oa:end .*")
    cited = [(re.search(place, text).group(), re.search(place, good).group()) for place in places]
    for old, new in [
        (SUMMARIES.search(text).group(), SUMMARIES.search(good).group()),
        ("explains claim:004-zelensky-army-central-as-guarantee", "explains claim:004-zelensky-centrality-of-army"),
        ("    ckg:time date:004-after-meeting-in-september ;\n", ""),
        (re.search(r"^date:004.*?\.\n\n", text, re.M | re.S).group(), ""),
        *cited,
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def test_repairs_and_four_edits_by_hand_make_the_good_one_of_the_bad(kg: Call, tmp_path: Path) -> None:
    draft, good = tmp_path / "draft.ttl", (TOUR / "good.ttl").read_text("utf-8")
    shutil.copyfile(TOUR / "mistakes.ttl", draft)
    assert "Repairs made: 3" in kg("check", "draft.ttl", "--fix", "--yes").stderr
    draft.write_text(mended_by_hand(draft.read_text("utf-8"), good), "utf-8")
    assert kg("fmt", "draft.ttl").returncode == 0
    assert draft.read_text("utf-8") == good


def test_the_hook_refuses_the_bad_one(checkout: Path, played: list[tuple[int, str]]) -> None:
    refused = "data/claims/mistakes.ttl"
    shutil.copyfile(TOUR / "mistakes.ttl", checkout / refused)
    status, printed = shell(checkout, f"git add {refused} && git commit --quiet --message x")
    assert status == 1 and "Does not conform" in printed
    assert shell(checkout, f"git rm --quiet --force {refused}")[0] == 0


def test_the_good_one_is_in_the_layout_and_not_in_the_data(kg: Call) -> None:
    done = kg("fmt", "--check", str(TOUR / "good.ttl"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (ROOT / "data" / "claims" / "004-zelensky-army-central-as-guarantee.ttl").exists()


def test_the_picture_is_there_and_small() -> None:
    (picture,) = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", SECTION.group(1))
    content = (ROOT / picture).read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) < 200_000


@pytest.mark.server
def test_the_page_says_what_the_picture_shows(live_server: str) -> None:
    with urlopen(Request(f"{live_server}/check", headers={"Accept": "text/html"}), timeout=60) as answer:
        token = token_in(answer.read().decode("utf-8"))
    fields = {"token": token, "contribution": (TOUR / "mistakes.ttl").read_text("utf-8")}
    form = urlencode(fields).encode("ascii")
    request = Request(f"{live_server}/check?lang=en", form, {"Accept": "text/html"})
    with urlopen(request, timeout=60) as answer:
        page = answer.read().decode("utf-8")
    assert "Does not conform: 5 violations, 2 warnings, 0 notes; 33 triples added" in page
    assert [page.count(code) > 0 for code, _, _ in MISTAKES] == [True] * 7
