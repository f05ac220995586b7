"""What git keeps: revisions, the index and what changed, on real repositories of its own for each test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from kg.errors import RevisionError
from kg.model import Change
from kg.revisions import (
    blobs,
    blobs_staged,
    changes_between,
    changes_staged,
    content,
    hooks_folder,
    index,
    split_range,
    tree,
)
from kg.sources import blob

NAME = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture(autouse=True)
def no_git_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests may themselves run in a hook, and the user's configuration is none of theirs."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *NAME, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(root: Path, **files: str | None) -> None:
    """Write files below data/, by name without ending; None removes one."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = root / "data" / f"{name}.ttl"
        file.unlink() if text is None else file.write_text(text, "utf-8")


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Two commits: b changes, c goes, d comes, a stays; and files that are none of ours."""
    root = tmp_path / "checkout"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "main")
    write(root, a="a1", b="b1", c="c1")
    (root / "README.md").write_text("x", "utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    write(root, b="b2", c=None, d="città 𝕏")
    (root / "data" / "notes.txt~").write_text("y", "utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "two")
    return root


BETWEEN = (
    Change("data/b.ttl", b"b1", b"b2"),
    Change("data/c.ttl", b"c1", None),
    Change("data/d.ttl", None, "città 𝕏".encode()),
)


def test_the_files_of_a_revision(history: Path) -> None:
    assert tree(history, "HEAD~1") == {"data/a.ttl": b"a1", "data/b.ttl": b"b1", "data/c.ttl": b"c1"}
    assert tree(history, "main") == index(history)
    assert blobs(history, "HEAD") == {path: blob(text) for path, text in tree(history, "HEAD").items()}
    assert content(history, "HEAD", "data/b.ttl") == b"b2" and content(history, "HEAD", "README.md") == b"x"
    assert content(history, "HEAD", "data/c.ttl") is None is content(history, "HEAD", "data")


def test_changes_between_revisions(history: Path) -> None:
    assert changes_between(history, "HEAD~1", "HEAD") == BETWEEN
    turned = changes_between(history, "HEAD", "HEAD~1")
    assert turned == tuple(Change(one.path, one.after, one.before) for one in BETWEEN)
    assert changes_between(history, "HEAD", "HEAD") == ()


def test_what_is_checked_out_is_not_looked_at(history: Path) -> None:
    write(history, a="elsewhere", b=None)
    assert changes_between(history, "HEAD~1", "HEAD") == BETWEEN and changes_staged(history) == ()


def test_staged_is_what_would_be_committed(history: Path) -> None:
    write(history, a="staged", e="new")
    git(history, "add", ".")
    git(history, "rm", "--quiet", "--cached", "data/d.ttl")
    write(history, a="later", e="later")
    d = "città 𝕏".encode()
    assert changes_staged(history) == (
        Change("data/a.ttl", b"a1", b"staged"),
        Change("data/d.ttl", d, None),
        Change("data/e.ttl", None, b"new"),
    )
    assert blobs_staged(history)["data/e.ttl"] == blob(b"new")


def test_before_the_first_commit_everything_staged_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, a="a1")
    assert changes_staged(tmp_path) == ()
    git(tmp_path, "add", ".")
    assert changes_staged(tmp_path) == (Change("data/a.ttl", None, b"a1"),)


def test_a_repository_in_a_folder_of_a_checkout_has_paths_of_its_own(tmp_path: Path) -> None:
    root = tmp_path / "inner" / "kg"
    root.mkdir(parents=True)
    git(tmp_path, "init", "--quiet")
    write(root, a="a1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "other.ttl").write_text("not ours", "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    write(root, a="a2")
    git(tmp_path, "add", ".")
    assert tree(root, "HEAD") == {"data/a.ttl": b"a1"} and index(root) == {"data/a.ttl": b"a2"}
    assert changes_staged(root) == (Change("data/a.ttl", b"a1", b"a2"),)


def test_a_worktree_has_its_own_index_and_the_hooks_of_all(history: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(history, "worktree", "add", "--quiet", str(linked), "HEAD~1")
    write(linked, a="a2")
    git(linked, "add", ".")
    assert changes_staged(linked) == (Change("data/a.ttl", b"a1", b"a2"),)
    assert changes_staged(history) == ()
    assert hooks_folder(linked).resolve() == hooks_folder(history).resolve() == history / ".git" / "hooks"


def test_in_a_hook_the_places_that_git_names_hold_from_any_folder(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(history, a="a2")
    git(history, "add", ".")
    monkeypatch.chdir(history)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_WORK_TREE", ".")
    assert [change.path for change in changes_staged(history / "data", folders=(".",))] == ["a.ttl"]


def test_ranges(history: Path) -> None:
    git(history, "checkout", "--quiet", "-b", "side", "HEAD~1")
    write(history, e="e1")
    git(history, "add", ".")
    git(history, "commit", "--quiet", "-m", "side")
    assert split_range(history, "main..side") == ("main", "side")
    assert split_range(history, "main..") == ("main", "HEAD")
    base, new = split_range(history, "main...side")
    assert (base, new) == (git(history, "rev-parse", "main~1"), "side")
    assert [change.path for change in changes_between(history, base, new)] == ["data/e.ttl"]


def test_an_unresolved_conflict_is_a_sentence(history: Path) -> None:
    git(history, "checkout", "--quiet", "-b", "side", "HEAD~1")
    write(history, b="other")
    git(history, "commit", "--quiet", "-a", "-m", "side")
    subprocess.run(["git", *NAME, "merge", "main"], cwd=history, capture_output=True, check=False)
    for ask in (changes_staged, index):
        with pytest.raises(RevisionError, match="conflict"):
            ask(history)


def test_links_are_refused(history: Path) -> None:
    (history / "data" / "link.ttl").symlink_to("a.ttl")
    git(history, "add", ".")
    with pytest.raises(RevisionError, match="^data/link.ttl: Links are not followed"):
        changes_staged(history)


@pytest.mark.parametrize("revision", ["nowhere", "", "--help", "-p", "HEAD:README.md", "HEAD~9", "a b", "HEAD\n"])
def test_a_revision_that_does_not_exist_is_a_sentence(history: Path, revision: str) -> None:
    with pytest.raises(RevisionError, match="no revision"):
        tree(history, revision)


def test_no_range_and_no_git(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RevisionError, match="OLD..NEW"):
        split_range(history, "HEAD")
    for ask in (changes_staged, index, lambda root: tree(root, "HEAD"), hooks_folder):
        with pytest.raises(RevisionError, match="not under git"):
            ask(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="not installed"):
        tree(history, "HEAD")


def test_histories_without_a_common_commit(history: Path) -> None:
    git(history, "checkout", "--quiet", "--orphan", "alone")
    git(history, "commit", "--quiet", "-m", "alone")
    with pytest.raises(RevisionError, match="no commit in common"):
        split_range(history, "main...alone")
    assert changes_between(history, "main", "alone") == ()
