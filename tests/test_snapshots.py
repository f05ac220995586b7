"""Which snapshots are kept, that a removed one is still known, and how it is got back."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PREFIXES

from kg import journal, snapshots
from kg.build import build
from kg.engine import current, read_manifest
from kg.errors import Gone, NotFound, RequestError, StateError
from kg.model import Snapshot

Run = Callable[..., subprocess.CompletedProcess[str]]


def git(root: Path, *arguments: str) -> str:
    author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *author, *arguments], cwd=root, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(repository: Path) -> Path:
    """The tiny repository under git, with all committed."""
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "first")
    return repository


def folders(state: Path) -> set[str]:
    return {folder.name for folder in (state / "snapshots").iterdir()}


def status(state: Path) -> dict[str, tuple[str, ...]]:
    return {one.entry.name: one.status for one in snapshots.listing(state)[0]}


def test_what_a_build_came_to_is_the_same_again(repository: Path, state: Path, tmp_path: Path) -> None:
    (repository / "shapes" / "blank.ttl").write_text(
        PREFIXES + "ckgsh:X sh:in ( [ a sh:Shape ] [ a sh:Shape ; sh:in ( 1 2 ) ] ) .", "utf-8"
    )
    first, _ = build(repository, state)
    again, _ = build(repository, state, force=True)
    elsewhere, _ = build(repository, tmp_path / "other")
    assert first.content and first.content == again.content == elsewhere.content
    (repository / "data" / "new.ttl").write_text(PREFIXES + "actor:new a ckg:State .", "utf-8")
    assert first.reference == again.reference != build(repository, state)[0].reference


def test_the_commit_is_known_and_whether_all_was_committed(checkout: Path, state: Path) -> None:
    clean, _ = build(checkout, state)
    assert (clean.commit, clean.clean) == (git(checkout, "rev-parse", "HEAD"), True)
    query = checkout / "queries" / "01-positions.rq"
    query.write_text(query.read_text("utf-8") + "\n", "utf-8")
    built, _ = build(checkout, state, force=True)
    assert (built.commit, built.clean) == (clean.commit, False)
    (checkout / "data" / "new.ttl").write_text("", "utf-8")
    git(checkout, "add", "queries")
    git(checkout, "commit", "--quiet", "--message", "more")
    assert build(checkout, state, force=True)[0].clean is False


def test_outside_a_checkout_there_is_no_commit(repository: Path, state: Path) -> None:
    assert build(repository, state)[0].commit is None
    # A repository around it that knows nothing of it says nothing of it.
    git(repository.parent, "init", "--quiet")
    git(repository.parent, "commit", "--quiet", "--allow-empty", "--message", "other")
    assert build(repository, state, force=True)[0].commit is None


def put(state: Path, letter: str, keep: int = 3, **more: object) -> Snapshot:
    """Put a snapshot there as a build does, and make it the current one; its digest begins with this letter."""
    digest = letter + hashlib.sha256(letter.encode("ascii")).hexdigest()[1:]
    (state / snapshots.FOLDER).mkdir(parents=True, exist_ok=True)
    aside = state / snapshots.FOLDER / ".building"
    aside.mkdir()
    (aside / "dump.nq").write_text("", "utf-8")
    built = f"2026-01-06T00:00:{len(journal.read(state)[0]):02}+00:00"
    manifest = {"digest": digest, "files": {}, "counts": {}, "versions": {"kg": "1"}, "built": built, **more}
    (aside / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    folder = snapshots.put(aside, state, digest)
    aside.rename(folder)
    snapshots.switch(state, folder)
    snapshots.record(state)
    snapshots.keep_only(state, keep)
    return read_manifest(folder)


def test_a_pinned_snapshot_stays_and_a_removed_one_is_known(state: Path) -> None:
    first, second = put(state, "a"), put(state, "b", commit="c0ffee", clean=False)
    snapshots.pin(state, first.digest[:8])
    third = put(state, "c", keep=0)
    assert folders(state) == {first.digest, third.digest}
    assert status(state) == {
        first.digest: ("pinned",), second.digest: ("removed",), third.digest: ("current",),
    }  # fmt: skip
    with pytest.raises(Gone) as caught:
        snapshots.find(state, second.digest[:10])
    assert second.digest in caught.value.message and "commit c0ffee with changes" in caught.value.message
    assert "git checkout c0ffee; kg build" in caught.value.remedy and "not committed" in caught.value.remedy
    snapshots.pin(state, first.digest, pinned=False)
    put(state, "d", keep=0)
    assert first.digest not in folders(state)


def test_one_whose_commit_nobody_knows_is_to_be_built_from_its_files(state: Path) -> None:
    first = put(state, "a")
    put(state, "b", keep=0)
    with pytest.raises(Gone) as caught:
        snapshots.find(state, first.digest)
    assert "not known from which commit" in caught.value.remedy


def test_what_cannot_go_is_not_removed(state: Path) -> None:
    first, second = put(state, "a"), put(state, "b")
    with pytest.raises(StateError, match="current"):
        snapshots.remove(state, second.digest)
    snapshots.pin(state, first.digest)
    with pytest.raises(StateError, match="pinned"):
        snapshots.remove(state, first.digest)
    snapshots.pin(state, first.digest, pinned=False)
    snapshots.remove(state, first.digest)
    assert folders(state) == {second.digest} and status(state)[first.digest] == ("removed",)


def test_a_name_is_never_used_for_another_snapshot(state: Path) -> None:
    first = put(state, "a", content="1" * 64)
    put(state, "b", keep=0)
    again = put(state, "a", content="1" * 64)
    assert again.digest == first.digest and again.path != first.path
    assert snapshots.find(state, first.reference).folder == Path(again.path)


def test_several_builds_of_the_same_content_take_one_place(state: Path) -> None:
    first = put(state, "a", content="1" * 64)
    for _ in range(4):
        last = put(state, "b", keep=2, content="2" * 64)
    names = folders(state)
    # The current one, the one before it, and then the next that is another.
    assert len(names) == 3 and {first.digest, Path(last.path).name} <= names


def test_of_two_builds_of_the_same_files_the_content_tells_which(state: Path) -> None:
    first, second = put(state, "a", content="1" * 64), put(state, "a", content="2" * 64)
    assert first.digest == second.digest
    assert snapshots.find(state, first.digest[:8]).folder == Path(second.path)
    for one in (first, second):
        assert snapshots.find(state, one.reference).folder == Path(one.path)
    snapshots.remove(state, first.reference)
    with pytest.raises(Gone, match="2026-01-06"):
        snapshots.find(state, first.reference)
    with pytest.raises(Gone, match="other versions"):
        snapshots.find(state, f"{first.digest}-{'3' * 16}")


def test_digests_that_name_nothing_or_too_much(state: Path) -> None:
    first = put(state, "a")
    put(state, "b", digest=first.digest[:10] + "0" * 54)
    for unknown in ("0" * 64, first.digest[:7]):
        with pytest.raises(NotFound):
            snapshots.find(state, unknown)
    with pytest.raises(RequestError, match="Several"):
        snapshots.find(state, first.digest[:10])


def test_damage_never_breaks_the_listing(state: Path) -> None:
    first, second = put(state, "a"), put(state, "b")
    (Path(first.path) / "manifest.json").write_text("{", "utf-8")
    (state / "snapshots" / ("f" * 64)).mkdir()
    (state / "snapshots" / "stray").write_text("", "utf-8")
    with (state / journal.FILE).open("a") as file:
        file.write('{"digest": 1}\n[]\n{"half')
    found, warnings = snapshots.listing(state)
    assert {one.entry.name: one.status for one in found} == {
        first.digest: ("damaged",), second.digest: ("current",), "f" * 64: ("damaged",),
    }  # fmt: skip
    assert len(warnings) == 3 and all("passed over" in warning for warning in warnings)
    snapshots.remove(state, first.digest)
    third = put(state, "c")
    assert folders(state) - {"stray"} == {second.digest, third.digest}
    assert [entry.digest for entry in journal.read(state)[0]] == [first.digest, second.digest, third.digest]


def test_without_a_journal_or_a_state_there_is_nothing_to_list(state: Path) -> None:
    assert snapshots.listing(state) == ([], [])
    first = put(state, "a")
    (state / journal.FILE).unlink()
    assert [one.status for one in snapshots.listing(state)[0]] == [("current",)]
    # Before one is removed it is written down.
    put(state, "b", keep=0)
    assert first.digest in {entry.digest for entry in journal.read(state)[0]}


def test_a_line_added_after_half_a_line_can_be_read(state: Path) -> None:
    snapshot = put(state, "a")
    (state / journal.FILE).write_text('{"digest": "half', "ascii")
    journal.append(state, snapshot)
    assert [entry.digest for entry in journal.read(state)[0]] == [snapshot.digest]


def test_the_command_lists_pins_and_removes(repository: Path, state: Path, run_kg: Run) -> None:
    places = ("--repository", str(repository), "--state", str(state))
    assert "kg build" in run_kg(*places, "snapshots").stdout
    assert run_kg(*places, "snapshots", "list").stdout == run_kg(*places, "snapshots").stdout
    assert run_kg(*places, "snapshots", "list", "--json").stdout == "[]\n"
    first, second = put(state, "a", commit="c0ffee", clean=False), put(state, "b")
    assert run_kg(*places, "snapshots", "pin", first.digest[:8].upper()).returncode == 0
    refused = run_kg(*places, "snapshots", "remove", first.digest)
    assert refused.returncode == 2 and "Unpin it first" in refused.stderr and "Traceback" not in refused.stderr
    assert "pinned" in run_kg(*places, "snapshots").stdout
    run_kg(*places, "snapshots", "unpin", first.digest)
    assert run_kg(*places, "snapshots", "remove", first.digest).returncode == 0
    listed = {one["digest"]: one for one in json.loads(run_kg(*places, "snapshots", "--json").stdout)}
    assert listed[second.digest]["status"] == ["current"] and listed[second.digest]["rebuild"] is None
    assert listed[first.digest]["kept"] is False and "git checkout c0ffee" in listed[first.digest]["rebuild"]
    table = run_kg(*places, "snapshots").stdout
    assert "git checkout c0ffee; kg build" in table and "and changes" in table
    assert current(state).name == second.digest
