"""The snapshots of a state folder: which are kept, which were removed, and how to get one back.

Kept are the current one, some before it, and those that are pinned: their folder holds a file of that name. What was
removed is known from the journal. Nothing here fails because a snapshot is damaged or half removed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from kg import journal
from kg.engine import current, read_manifest
from kg.errors import Gone, KgError, NotFound, RequestError, SnapshotError, StateError
from kg.journal import Entry
from kg.model import Snapshot

PINNED = "pinned"
FOLDER = "snapshots"
#: The shortest beginning of a digest that may stand for it.
SHORTEST = 8
#: What may name a snapshot: its digest or the beginning of one, and perhaps that of its content.
NAME = re.compile(r"[0-9a-f]{8,64}(-[0-9a-f]{8,64})?")


@dataclass(frozen=True)
class Kept:
    """A snapshot whose folder is there; ``snapshot`` is None if its manifest cannot be read."""

    folder: Path
    snapshot: Snapshot | None
    current: bool = False
    pinned: bool = False


@dataclass(frozen=True)
class Listed:
    """A snapshot that is kept or was removed: what the journal or its manifest says, and what became of it.

    ``status`` has one or more of ``current``, ``pinned``, ``kept``, ``removed`` and ``damaged``.
    """

    entry: Entry
    status: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        """True if it can be asked."""
        return not {"removed", "damaged"} & set(self.status)


def current_name(state: Path) -> str:
    """The name of the folder of the current snapshot; empty if there is none."""
    with contextlib.suppress(SnapshotError):
        return current(state).name
    return ""


def kept(state: Path) -> list[Kept]:
    """The snapshots whose folders are there, the newest first; damaged ones last."""
    found = []
    in_use = current_name(state)
    with contextlib.suppress(OSError):
        for folder in (state / FOLDER).iterdir():
            if not folder.name.startswith(".") and folder.is_dir():
                found.append(Kept(folder, _manifest(folder), folder.name == in_use, (folder / PINNED).exists()))
    return sorted(found, key=lambda one: (one.snapshot.built if one.snapshot else "", one.folder.name), reverse=True)


def listing(state: Path) -> tuple[list[Listed], list[str]]:
    """Every snapshot that is kept or in the journal, the newest first, and what could not be read of the journal."""
    entries, warnings = journal.read(state)
    by_key = {_key(entry): entry for entry in entries}
    found: list[Listed] = []
    for one in kept(state):
        if one.snapshot is None:
            entry = next((e for e in reversed(entries) if e.name == one.folder.name), None)
            entry = entry or Entry(name=one.folder.name, digest=one.folder.name.partition("-")[0], built="")
        else:
            entry = journal.entry(one.snapshot)
        by_key.pop(_key(entry), None)
        found.append(Listed(entry, _status(one)))
    found += [Listed(entry, ("removed",)) for entry in by_key.values()]
    return sorted(found, key=lambda one: one.entry.built, reverse=True), warnings


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry.name, entry.digest, entry.built


def _status(one: Kept) -> tuple[str, ...]:
    words = {"current": one.current, "pinned": one.pinned, "damaged": one.snapshot is None}
    return tuple(word for word, holds in words.items() if holds) or ("kept",)


def find(state: Path, text: str) -> Kept:
    """The snapshot that a digest, the beginning of one, or a reference (``Snapshot.reference``) names.

    Of several builds of the same files the newest that fits. Raises RequestError (400) if several snapshots fit, Gone
    (410) if it was built here and is no longer kept, NotFound (404) if it is unknown.
    """
    if not NAME.fullmatch(text):
        remedy = f"Give its digest, or {SHORTEST} digits of it or more."
        raise NotFound(f"{text[:60]!r} names no snapshot.", remedy=remedy)
    digest, _, content = text.partition("-")
    there = [one for one in kept(state) if one.snapshot is not None]
    fitting = [one for one in there if one.snapshot and _fits(one.snapshot.digest, one.snapshot.content, text)]
    # kept() gives the newest first.
    if len({one.snapshot.digest for one in fitting if one.snapshot}) > 1:
        raise RequestError(f"Several snapshots begin with {digest}.", remedy="Give more of the digest.")
    if fitting:
        return fitting[0]
    entries = [entry for entry in journal.read(state)[0] if _fits(entry.digest, entry.content, text)]
    if entries:
        raise gone(entries[-1])
    others = [one for one in there if one.snapshot and content and _fits(one.snapshot.digest, "", digest)]
    if others:
        raise Gone(
            f"The snapshot {digest} is kept as other versions of the programme built it, and what {text} was is not.",
            remedy=f"Ask with snapshot={digest} to have the answer as it is built now.",
        )
    raise NotFound(
        f"No snapshot {digest} was ever built here.",
        remedy="The programme lists those it has with: kg snapshots. Without a digest, the current one is meant.",
    )


def _fits(digest: str, content: str, text: str) -> bool:
    wanted, _, wanted_content = text.partition("-")
    return digest.startswith(wanted) and content.startswith(wanted_content)


def gone(entry: Entry) -> Gone:
    """The error for a snapshot that is no longer kept, with how to build it again."""
    return Gone(f"The snapshot {entry.digest} is no longer kept{_from(entry)}.", remedy=rebuilding(entry))


def _from(entry: Entry) -> str:
    if entry.commit is None:
        return f"; it was built on {entry.built[:10]}"
    state = "" if entry.clean else " with changes that were not committed"
    return f"; it was built on {entry.built[:10]} from commit {entry.commit}{state}"


def rebuilding(entry: Entry) -> str:
    """How to build a snapshot again, in a sentence."""
    if entry.commit is None:
        return "It is not known from which commit it was built; build it from the files that have this digest."
    versions = "".join(f" {name} {entry.versions[name]}" for name in ("kg", "pyoxigraph") if name in entry.versions)
    by = f" (with{versions})" if versions else ""
    least = "" if entry.clean else "; what was not committed then is missing, so that the digest will be another"
    return f"Build it again: git checkout {entry.commit}; kg build{by}{least}."


def pin(state: Path, text: str, pinned: bool = True) -> Kept:
    """Keep a snapshot for good, or no longer. Raises as ``find`` does, and StateError if that cannot be written."""
    one = find(state, text)
    try:
        if pinned:
            (one.folder / PINNED).touch()
        else:
            (one.folder / PINNED).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(one.folder, error) from None
    return replace(one, pinned=pinned)


def remove(state: Path, text: str) -> Kept:
    """Remove a snapshot. Raises as ``find`` does, and StateError if it is the current one, pinned, or cannot go.

    A damaged one is named by its folder or the beginning of its name.
    """
    damaged = [one for one in kept(state) if one.snapshot is None and len(text) >= SHORTEST]
    one = next((one for one in damaged if one.folder.name.startswith(text)), None) or find(state, text)
    if one.current or one.pinned:
        in_use = ("is the current one", "Build another first.")
        why, remedy = in_use if one.current else ("is pinned", "Unpin it first.")
        raise StateError(f"The snapshot {one.folder.name} {why}.", remedy=remedy)
    try:
        record(state)
        _discard(one.folder)
    except OSError as error:
        raise _unwritable(one.folder, error) from None
    return one


def _unwritable(folder: Path, error: OSError) -> KgError:
    return StateError(f"{folder} cannot be written to ({error.strerror}).", remedy="Let this user write there.")


def record(state: Path) -> None:
    """Write those that are kept and not in the journal into it. Raises OSError."""
    known = {_key(entry) for entry in journal.read(state)[0]}
    for one in reversed(kept(state)):
        if one.snapshot and _key(journal.entry(one.snapshot)) not in known:
            journal.append(state, one.snapshot)


def put(aside: Path, state: Path, digest: str) -> Path:
    """Have the disk keep a folder that was written aside; the folder to rename it to.

    It is called by the digest, with a number if these files were built here before: no name is ever used twice.
    """
    for path in (*aside.rglob("*"), aside):
        _sync(path)
    taken = {entry.name for entry in journal.read(state)[0]}
    names = (digest if number == 1 else f"{digest}-{number}" for number in itertools.count(1))
    folder = state / FOLDER
    return next(folder / name for name in names if name not in taken and not (folder / name).exists())


def switch(state: Path, folder: Path) -> None:
    """Make a snapshot the current one, in one step (POSIX rename)."""
    _sync(folder.parent)
    aside = state / "current.new"
    aside.write_text(folder.name + "\n", "ascii")
    _sync(aside)
    os.replace(aside, state / "current")
    _sync(state)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_only(state: Path, keep: int) -> None:
    """Remove all snapshots but the current one, ``keep`` before it, and those that are pinned, and what builds left.

    Of several older builds that came to the same content one is enough. What cannot be removed stays.
    """
    there = kept(state)
    seen = {one.snapshot.reference for one in there if one.snapshot and (one.current or one.pinned)}
    older = [one for one in there if not (one.current or one.pinned)]
    for place, one in enumerate(older):
        # The one before may still be what a server has loaded.
        if keep > 0 and one.snapshot and (place == 0 or one.snapshot.reference not in seen):
            keep -= 1
            seen.add(one.snapshot.reference)
        else:
            with contextlib.suppress(OSError):
                _discard(one.folder)
    with contextlib.suppress(OSError):
        for left in (state / FOLDER).glob(".*"):
            shutil.rmtree(left, ignore_errors=True)


def _discard(folder: Path) -> None:
    """Remove a folder so that no half of it is ever taken for a snapshot. Raises OSError."""
    aside = folder.with_name(f".removed-{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    os.rename(folder, aside)
    shutil.rmtree(aside, ignore_errors=True)


def _manifest(folder: Path) -> Snapshot | None:
    """The manifest, None if it is damaged or the folder lacks what it takes to answer."""
    with contextlib.suppress(SnapshotError, json.JSONDecodeError):
        snapshot = read_manifest(folder)
        if isinstance(snapshot.digest, str) and isinstance(snapshot.built, str) and (folder / "dump.nq").is_file():
            return snapshot
    return None
