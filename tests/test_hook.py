"""``kg hook``: a commit with a violation is refused by git itself, and nobody's hook is lost. The workflow to copy."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import ROOT
from kg.cli import kg, run

SOURCE = Path(__file__).resolve().parent.parent / "src"
Call = Callable[..., tuple[int, str]]
OTHER = "#!/bin/sh\necho mine\n"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the surroundings: variables of git, the user's configuration, settings; ``kg`` from these sources."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "KG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *names, *arguments], cwd=root, capture_output=True, text=True, timeout=120)


def commit(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    assert git(root, "add", "--all").returncode == 0
    return git(root, "commit", "--quiet", "-m", "x", *options)


@pytest.fixture
def checkout(repository: Path) -> Path:
    """The tiny repository under git, with one commit."""
    git(repository, "init", "--quiet", "--initial-branch", "main")
    assert commit(repository).returncode == 0
    return repository


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """``kg hook`` from a folder: exit status, and what is said."""

    def call(folder: Path, *arguments: str) -> tuple[int, str]:
        monkeypatch.chdir(folder)
        status = run(["hook", *arguments])
        return status, "".join(capsys.readouterr())

    return call


def stub(root: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> Path:
    """Another ``kg``, first on the path, that notes how it was called; the installation the hook knew is gone."""
    folder = root.parent / "stub"
    folder.mkdir(exist_ok=True)
    script = folder / "kg"
    script.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/calls"\nexit {status}\n', "utf-8")
    script.chmod(0o755)
    file = root / ".git" / "hooks" / "pre-commit"
    file.write_text(file.read_text("utf-8").replace(shlex.quote(sys.executable), "/nonexistent/python"), "utf-8")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "calls"


def test_git_refuses_a_commit_with_a_violation_and_lets_a_good_one_pass(checkout: Path, hook: Call) -> None:
    assert hook(checkout, "install")[0] == 0
    file = checkout / "data" / "claims" / "two.ttl"
    good = file.read_text("utf-8")
    file.write_text(good.replace("ckg:holder actor:freedonia ;", ""), "utf-8")
    refused = commit(checkout)
    assert refused.returncode == 1 and "A claim has a holder" in refused.stdout + refused.stderr
    file.write_text(good.replace("topic:ships .", "topic:troops ."), "utf-8")
    passed = commit(checkout)
    assert passed.returncode == 0, passed.stdout + passed.stderr


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_hook_asks_kg_and_obeys(checkout: Path, hook: Call, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    hook(checkout, "install")
    calls = stub(checkout, monkeypatch, status)
    (checkout / "README.md").write_text("x", "utf-8")
    assert commit(checkout).returncode == min(status, 1)
    assert calls.read_text("utf-8") == "check --staged\n"
    (checkout / "README.md").write_text("y", "utf-8")
    assert commit(checkout, "--no-verify").returncode == 0


def test_without_kg_a_commit_is_refused_with_a_sentence(
    checkout: Path, hook: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(checkout, "install")
    (stub(checkout, monkeypatch, 0).parent / "kg").unlink()
    script = checkout / ".git" / "hooks" / "pre-commit"
    done = subprocess.run(["/bin/sh", str(script)], env={"PATH": "/nonexistent"}, capture_output=True, text=True)
    assert done.returncode == 1 and "not installed any more" in done.stderr


def test_another_hook_is_kept(checkout: Path, hook: Call) -> None:
    file = checkout / ".git" / "hooks" / "pre-commit"
    file.parent.mkdir(exist_ok=True)
    file.write_text(OTHER, "utf-8")
    status, said = hook(checkout, "install")
    assert status == 2 and "another pre-commit hook" in said and file.read_text("utf-8") == OTHER
    assert hook(checkout, "uninstall")[0] == 2 and file.read_text("utf-8") == OTHER
    assert hook(checkout, "install", "--force")[0] == 0
    aside = file.with_name("pre-commit.bak")
    assert aside.read_text("utf-8") == OTHER and "kg check --staged" in file.read_text("utf-8")
    assert hook(checkout, "install")[0] == 0 and aside.read_text("utf-8") == OTHER
    assert hook(checkout, "uninstall")[0] == 0
    assert file.read_text("utf-8") == OTHER and not aside.exists()


def test_a_hook_put_aside_before_is_not_lost(checkout: Path, hook: Call) -> None:
    folder = checkout / ".git" / "hooks"
    folder.mkdir(exist_ok=True)
    for name in ("pre-commit", "pre-commit.bak"):
        (folder / name).write_text(OTHER + name, "utf-8")
    status, said = hook(checkout, "install", "--force")
    assert status == 2 and "Move it away first" in said
    assert (folder / "pre-commit.bak").read_text("utf-8") == OTHER + "pre-commit.bak"


def test_install_and_uninstall_twice(checkout: Path, hook: Call) -> None:
    file = checkout / ".git" / "hooks" / "pre-commit"
    assert [hook(checkout / "data", "install")[0] for _ in range(2)] == [0, 0]
    assert os.access(file, os.X_OK)
    assert hook(checkout, "uninstall")[0] == 0 and not file.exists()
    assert hook(checkout, "uninstall") == (0, "There is no pre-commit hook.\n")


def test_in_a_worktree_the_hook_of_the_repository_is_written(checkout: Path, hook: Call, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    assert git(checkout, "worktree", "add", "--quiet", str(linked)).returncode == 0
    assert hook(linked, "install")[0] == 0
    assert (checkout / ".git" / "hooks" / "pre-commit").exists()


def test_a_shared_folder_of_hooks_is_left_alone(checkout: Path, hook: Call, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    git(checkout, "config", "core.hooksPath", str(shared))
    status, said = hook(checkout, "install")
    assert status == 2 and "core.hooksPath" in said and not shared.exists()
    assert hook(checkout, "install", "--force")[0] == 0 and (shared / "pre-commit").exists()


def test_without_git_it_is_a_sentence(repository: Path, hook: Call) -> None:
    for command in ("install", "uninstall"):
        status, said = hook(repository, command)
        assert status == 2 and "not under git" in said


def options_of(words: list[str]) -> None:
    """Fail unless ``kg`` has the subcommand and the options of a command line."""
    name = next(word for word in words if word in kg.list_commands(None))
    command = kg.get_command(None, name)
    known = {option for group in (kg, command) for one in group.params for option in one.opts}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_the_hooks_for_the_framework_call_commands_that_exist() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = re.findall(r"^  entry: kg (.+)$", text, re.M)
    assert len(entries) == text.count("\n- id: ") and "check --staged" in entries
    for entry in entries:
        options_of(shlex.split(entry))


WORKFLOW = (ROOT / "docs" / "ci-workflow.yml").read_text("utf-8")
CODE = "\n".join(line for line in WORKFLOW.split("\n") if not line.lstrip().startswith("#"))


def scripts() -> list[str]:
    """The shell scripts of the workflow."""
    return re.findall(r"^ +run: (?:\||>-)\n((?: {10,}.*\n|\n)+)", CODE, re.M)


def test_the_workflow_cannot_hand_a_stranger_a_token_that_writes() -> None:
    triggers = re.search(r"^on:\n((?: +.*\n)+)", CODE, re.M).group(1)
    assert re.findall(r"^  (\w+):", triggers, re.M) == ["pull_request"]
    assert re.search(r"^permissions: \{\}$", CODE, re.M) and "secrets." not in CODE
    check, comment = CODE.partition("\n  comment:")[::2]
    assert re.findall(r"[\w-]+: write", check) == [] and re.findall(r"[\w-]+: write", comment) == [
        "pull-requests: write"
    ]
    assert "checkout" not in comment and "head.repo.full_name == github.repository" in comment
    assert CODE.count("uses: actions/checkout@") == CODE.count("persist-credentials: false") == 2


def test_the_workflow_runs_commands_that_exist_and_no_words_of_strangers() -> None:
    found = scripts()
    assert len(found) == CODE.count(" run: ") == 3
    assert not any("${{" in script for script in found)
    commands = [
        line.partition("|")[0] for script in found for line in script.split("\n") if " kg " in f" {line.strip()} "
    ]
    assert {"check", "diff"} <= {word for command in commands for word in command.split()}
    for command in commands:
        options_of(shlex.split(command.strip()))
    for script in found:
        done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr


def test_the_workflow_is_laid_out_as_yaml_and_pins_what_it_uses() -> None:
    assert "\t" not in WORKFLOW and WORKFLOW.endswith("\n")
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", used) for used in re.findall(r"uses: (.+)", CODE))
    plain = CODE
    for script in scripts():
        plain = plain.replace(script, "")
    for line in filter(str.strip, plain.split("\n")):
        indent = len(line) - len(line.lstrip())
        assert indent % 2 == 0, line
        assert re.fullmatch(r'(?:- )?(?:[\w-]+:(?: \S.*)?|".*")', line.strip()), line
