"""What git keeps of a repository: the Turtle files of a revision and of the index, and how two of them differ.

Git is asked for objects by name and never for the working files, so that nothing here depends on what is checked out,
and no configuration of a repository (attributes, filters, drivers) runs anything.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from kg.errors import RevisionError, Where
from kg.model import Change
from kg.sources import FOLDERS, MISNAMED, TURTLE, is_nameable, is_source, may_lie_there, shown

SECONDS = 120
#: Configuration that would run a command or open a connection, whatever a repository's own says.
_SAFELY = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
_LINK, _SUBMODULE = "120000", "160000"
#: Variables that git sets for its hooks, relative to the folder in which the hook runs.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
#: An entry of ``git ls-tree`` and of ``git ls-files --stage``: mode, object, path.
_OF_TREE = re.compile(r"(\d+) (?:blob|commit) (\w+)\t(.*)", re.DOTALL)
_OF_INDEX = re.compile(r"(\d+) (\w+) \d\t(.*)", re.DOTALL)
_RANGE = re.compile(r"(?P<old>.*?)(?P<dots>\.{2,3})(?P<new>.*)", re.DOTALL)


def tree(root: Path, revision: str, folders: Sequence[str] = FOLDERS) -> dict[str, bytes]:
    """The Turtle files of a revision below these folders: path inside the repository at ``root`` → content.

    Raises RevisionError if there is no such revision or ``root`` is not under git.
    """
    return _contents(root, blobs(root, revision, folders))


def index(root: Path, folders: Sequence[str] = FOLDERS) -> dict[str, bytes]:
    """The Turtle files of the index, which is what ``git commit`` would record; as ``tree`` gives them."""
    return _contents(root, blobs_staged(root, folders))


def blobs(root: Path, revision: str, folders: Sequence[str] = FOLDERS) -> dict[str, str]:
    """The Turtle files of a revision as ``tree`` has them, each with the name that git gives to its bytes."""
    return _listed(_git(root, "ls-tree", "-r", "-z", resolve(root, revision), "--", *folders), _OF_TREE)


def blobs_staged(root: Path, folders: Sequence[str] = FOLDERS) -> dict[str, str]:
    """The Turtle files of the index, each with the name that git gives to its bytes. Raises RevisionError."""
    _require(root)
    return _listed(_git(root, "ls-files", "--stage", "-z", "--", *folders), _OF_INDEX)


def read_blobs(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The bytes that git has under these names (git-cat-file, “Batch output”). Raises RevisionError."""
    wanted = sorted(set(names))
    output = (
        _git(root, "cat-file", "--batch", given="".join(f"{name}\n" for name in wanted).encode()) if wanted else b""
    )
    found, start = {}, 0
    for name in wanted:
        end = output.index(b"\n", start)
        size = output[start:end].rpartition(b" ")[2]
        if not size.isdigit():
            raise RevisionError(f"Git lacks the object {name}.", remedy="Fetch the whole history, or mend the clone.")
        found[name] = output[end + 1 : end + 1 + int(size)]
        start = end + 1 + int(size) + 1
    return found


def content(root: Path, revision: str, path: str) -> bytes | None:
    """One file of a revision, or None if the revision has no file there. Raises RevisionError."""
    listed = _git(root, "ls-tree", "-z", resolve(root, revision), "--", path)
    return _contents(root, _listed(listed, _OF_TREE, is_wanted=_any)).get(path)


def changes_between(root: Path, old: str, new: str, folders: Sequence[str] = FOLDERS) -> tuple[Change, ...]:
    """The Turtle files that differ between two revisions, sorted by path. Raises RevisionError."""
    sides = resolve(root, old), resolve(root, new)
    listed = _git(root, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--relative", *sides, "--", *folders)
    return _changes(root, listed)


def changes_staged(root: Path, folders: Sequence[str] = FOLDERS) -> tuple[Change, ...]:
    """The Turtle files in the index that differ from the last commit, sorted by path; before the first commit, all.

    Raises RevisionError, also where a conflict is not resolved.
    """
    last = resolve(root, "HEAD") if _has_commit(root) else _git(root, "mktree", given=b"").decode().strip()
    command = ("diff-index", "--cached", "-z", "--raw", "--no-renames", "--relative", last)
    return _changes(root, _git(root, *command, "--", *folders))


def split_range(root: Path, text: str) -> tuple[str, str]:
    """The two revisions of ``A..B``, or, for ``A...B``, B and where the two parted (gitrevisions, “Dotted Range”).

    An end that is left out is ``HEAD``. Raises RevisionError.
    """
    parts = _RANGE.fullmatch(text)
    if parts is None:
        raise RevisionError(f"{text!r} names no two revisions.", remedy="Write them as OLD..NEW, such as HEAD~1..HEAD.")
    old, new = parts["old"] or "HEAD", parts["new"] or "HEAD"
    if parts["dots"] == "..":
        return old, new
    try:
        return _git(root, "merge-base", resolve(root, old), resolve(root, new)).decode().strip(), new
    except RevisionError as error:
        raise RevisionError(
            f"The revisions {old} and {new} have no commit in common here.",
            remedy=error.remedy or "Fetch their whole history (git fetch --unshallow), or write OLD..NEW.",
        ) from None


def resolve(root: Path, revision: str) -> str:
    """The name of the commit or tree that a revision names, in hexadecimal. Raises RevisionError."""
    _require(root)
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^0", may_fail=True)
    except RevisionError:
        raise RevisionError(
            f"Git knows no revision {revision!r} here.",
            remedy="Name a commit, branch or tag; a shallow clone needs its history first (git fetch --unshallow).",
        ) from None
    return (commit or found).decode().strip()


def head(root: Path, folders: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """The commit that is checked out, and the name that git gives to each of its files below these folders, by path.

    None if there is no git, no commit, or nothing of ``root`` in it: then it says nothing of what lies there.
    """
    try:
        commit = resolve(root, "HEAD")
        listed = _listed(_git(root, "ls-tree", "-r", "-z", commit, "--", *folders), _OF_TREE, is_wanted=_any)
    except RevisionError:
        return None
    return (commit, listed) if listed else None


def hooks_folder(root: Path) -> Path:
    """The folder of the hooks of the repository, of a linked worktree as well. Raises RevisionError."""
    _require(root)
    return root / _git(root, "rev-parse", "--git-path", "hooks").decode().rstrip("\n")


def common_folder(root: Path) -> Path:
    """The folder in which git keeps the repository, the same for all its worktrees. Raises RevisionError."""
    _require(root)
    return root / _git(root, "rev-parse", "--git-common-dir").decode().rstrip("\n")


def _require(root: Path) -> None:
    try:
        _git(root, "rev-parse", "--git-dir")
    except RevisionError as error:
        if "not a git repository" not in error.message:
            raise
        remedy = "Change to a checkout that git keeps."
        raise RevisionError(f"{root} is not under git.", remedy=remedy) from None


def _has_commit(root: Path) -> bool:
    _require(root)
    return bool(_git(root, "rev-parse", "--verify", "--quiet", "HEAD", may_fail=True))


def _any(path: str) -> bool:
    """Every file is wanted."""
    return True


def _listed(output: bytes, entry: re.Pattern[str], is_wanted: Callable[[str], bool] = is_source) -> dict[str, str]:
    """Path → object, of a listing in which each entry gives mode, object and path."""
    found: dict[str, str] = {}
    for match in filter(None, map(entry.fullmatch, os.fsdecode(output).split("\0")[:-1])):
        mode, name, path = match.groups()
        if is_wanted(path) and mode != _SUBMODULE:
            if path in found:
                raise _conflict(path)
            found[path] = _file(mode, name, path)
    return found


def _changes(root: Path, output: bytes) -> tuple[Change, ...]:
    """The changes of a raw listing (git-diff, “Raw output format”): what was, what is, and the path, in pairs."""
    fields = os.fsdecode(output).split("\0")[:-1]
    sides: dict[str, tuple[str, str]] = {}
    for what, path in zip(fields[::2], fields[1::2], strict=True):
        old_mode, new_mode, old, new, status = what.lstrip(":").split(" ")
        if new_mode.strip("0"):
            _refuse_stray(new_mode, path)
        if not is_source(path) or _SUBMODULE in (old_mode, new_mode):
            continue
        if status.startswith("U"):
            raise _conflict(path)
        if old != new:
            sides[path] = _file(old_mode, old, path), _file(new_mode, new, path)
    wanted = {name for pair in sides.values() for name in pair if name.strip("0")}
    found = read_blobs(root, wanted)
    return tuple(Change(path, found.get(sides[path][0]), found.get(sides[path][1])) for path in sorted(sides))


def _refuse_stray(mode: str, path: str) -> None:
    """Raise RevisionError on a new entry that would not be read, or not as what it is judged as: to pass over what a
    contribution brings is no judgement of it."""
    reason, remedy = "", ""
    if mode == _SUBMODULE:
        reason, remedy = "A submodule cannot lie here.", "Put the files themselves."
    elif mode == _LINK:
        reason, remedy = "Links are not followed in a revision.", "Put the file itself."
    elif not is_source(path) and not may_lie_there(path):
        reason, remedy = f"Only files whose names end in {TURTLE} are read.", "Write it in Turtle, or move it."
    elif is_source(path) and not is_nameable(path):
        reason, remedy = MISNAMED
    if reason:
        raise RevisionError(reason, remedy=remedy, where=Where(shown(path)))


def _file(mode: str, name: str, path: str) -> str:
    if mode == _LINK:
        raise RevisionError("Links are not followed in a revision.", remedy="Put the file itself.", where=Where(path))
    return name


def _conflict(path: str) -> RevisionError:
    return RevisionError("The index has an unresolved conflict.", remedy="Resolve it, then git add.", where=Where(path))


def author(root: Path) -> str:
    """Who git says would author a commit in this folder: a name; empty if git does not know. Raises RevisionError."""
    return _git(root, "config", "--get", "user.name", may_fail=True).decode("utf-8", "replace").strip()


def _contents(root: Path, named: Mapping[str, str]) -> dict[str, bytes]:
    found = read_blobs(root, named.values())
    return {path: found[named[path]] for path in sorted(named)}


def _git(root: Path, *arguments: str, given: bytes | None = None, may_fail: bool = False) -> bytes:
    """What git prints; nothing if it may fail and does. Raises RevisionError with what git says."""
    command = ["git", *_SAFELY, "--no-replace-objects", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=_environment(),
            input=given if given is not None else b"",
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("Git is not installed here.", remedy="Install git, or compare files and folders.") from None
    except subprocess.TimeoutExpired:
        raise RevisionError(f"Git did not answer within {SECONDS} seconds.") from None
    if done.returncode == 0:
        return done.stdout
    if may_fail:
        return b""
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1].removeprefix("fatal: ")
    raise RevisionError(f"Git could not do it: {said.rstrip('.') or 'no reason given'}.")


def _environment() -> dict[str, str]:
    """The environment for git: messages in English, no locks, and places that hold from any folder."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    for name in _PLACES:
        if environment.get(name):
            environment[name] = os.path.abspath(environment[name])
    return environment
