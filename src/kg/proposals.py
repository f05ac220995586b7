"""Contributions from disk and from git, each with the base that it is judged against.

The base is the snapshot in use if it is of the same files, which is told without parsing them: its manifest names the
bytes of each file as git does. Where files or rules have moved on since it was built, the files themselves are the base.
``reasoner`` is the name and version of who would draw the conclusions now (``kg.reasoning.version``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg import revisions
from kg.engine import current, read_manifest
from kg.errors import SettingError, SnapshotError, SourceError, Where
from kg.files import read as read_file
from kg.files import stamp
from kg.gate.base import INCOMING, Base
from kg.model import Change, Contribution
from kg.rdf import LEDGER, graph_iri
from kg.sources import FOLDERS, MISNAMED, TURTLE, blob, is_nameable, is_source, parse_source, shown, source_files
from kg.texts import Texts

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Proposal:
    """A contribution, its base, and how whoever proposes it names each of its files, by path in the repository."""

    contribution: Contribution
    base: Base
    named: Mapping[str, str]


@dataclass(frozen=True)
class _Built:
    """The snapshot in use: its store, if its conclusions were drawn by the reasoner in question, the name of each file's
    bytes, and the texts; nothing of it if there is none."""

    store: ox.Store | None
    texts: Texts | None
    blobs: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)

    def name(self, file: Path, path: str) -> str:
        """The name of a file's bytes, read only if the file may have changed since. Raises SourceError."""
        known = self.stamps.get(path)
        if known and known == stamp(file):
            return self.blobs[path]
        return blob(read_file(file, path))

    def text(self, path: str) -> bytes | None:
        """The bytes of a file as it was when the snapshot was built; None if it had no such file."""
        if self.texts is None or path not in self.blobs:
            return None
        return self.texts.by_path[path].encode("utf-8")


def of_files(
    root: Path, state: Path, reasoner: str, files: Sequence[Path], place: str | None = None
) -> Proposal:
    """Files as a contribution: in the repository or from elsewhere, which ``place`` may name the path of (one file).

    A file of the repository is compared with how the snapshot in use has it. Raises SourceError on a file that cannot be
    read, SettingError on files that cannot stand together or in the repository.
    """
    paths = _places(root, files, place)
    built = _built(state, reasoner)
    changes = tuple(Change(path, built.text(path), read_file(file, str(file))) for path, file in sorted(paths.items()))
    others = {path: built.name(root / path, path) for path in _paths(root) if path not in paths}
    base = _base(others, lambda path: read_file(root / path, path), built, paths)
    return Proposal(Contribution(changes, ", ".join(map(str, files))), base, {p: str(f) for p, f in paths.items()})


def of_staged(root: Path, state: Path, reasoner: str) -> Proposal:
    """What ``git commit`` would record, against the last commit. Raises RevisionError, SourceError."""
    changes = revisions.changes_staged(root)
    kept = {path: name for path, name in revisions.blobs_staged(root).items() if path not in _touched(changes)}
    return _of_git(root, _built(state, reasoner), changes, kept, "what is staged")


def of_range(root: Path, state: Path, reasoner: str, text: str) -> Proposal:
    """What lies between two revisions written ``A..B`` or ``A...B``. Raises RevisionError, SourceError."""
    old, new = revisions.split_range(root, text)
    changes = revisions.changes_between(root, old, new)
    kept = {path: name for path, name in revisions.blobs(root, old).items() if path not in _touched(changes)}
    return _of_git(root, _built(state, reasoner), changes, kept, text)


def _of_git(
    root: Path, built: _Built, changes: tuple[Change, ...], kept: Mapping[str, str], origin: str
) -> Proposal:
    touched = _touched(changes)
    # All in one go, and only if they are needed.
    contents = cache(lambda: revisions.read_blobs(root, kept.values()))
    base = _base(kept, lambda path: contents()[kept[path]], built, touched)
    return Proposal(Contribution(changes, origin), base, {path: path for path in touched})


def _touched(changes: Sequence[Change]) -> frozenset[str]:
    return frozenset(change.path for change in changes)


def _paths(root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in source_files(root)]


def _places(root: Path, files: Sequence[Path], place: str | None) -> dict[str, Path]:
    """The path in the repository of each file."""
    if place is not None and (len(files) != 1 or not _is_place(place)):
        raise SettingError(
            f"{place!r} cannot be the place of the file.",
            remedy=f"Name one file, and the path of a {TURTLE} file below {'/, '.join(FOLDERS)}/.",
        )
    found: dict[str, Path] = {}
    graphs: dict[str, Path] = {}
    for file in files:
        full = file.resolve()
        inside = full.relative_to(root).as_posix() if full.is_relative_to(root) else ""
        path = place or (inside if inside.startswith(tuple(f"{one}/" for one in FOLDERS)) else INCOMING + file.name)
        if not is_nameable(path):
            raise SourceError(MISNAMED[0], remedy=MISNAMED[1], where=Where(shown(str(file))))
        graph = graph_iri(path)
        if graph in graphs:
            raise SettingError(f"{file} and {graphs[graph]} have the same name.", remedy="Check them one by one.")
        found[path] = graphs[graph] = file
    return found


def _is_place(path: str) -> bool:
    """True for the path of a file that is read, in the repository, without steps back or to where it is."""
    plain = is_source(path) and posixpath.normpath(path) == path
    # No file but the ledger has the graph of the ledger.
    plain = plain and (path == LEDGER or graph_iri(path) != graph_iri(LEDGER))
    return plain and path.startswith(tuple(f"{one}/" for one in FOLDERS)) and is_nameable(path)


def _built(state: Path, reasoner: str) -> _Built:
    try:
        folder = current(state)
        manifest = read_manifest(folder)
        store = ox.Store.read_only(str(folder / "store"))
    except (SnapshotError, OSError, RuntimeError):
        return _Built(None, None)
    fits = manifest.versions.get("reasoner") == reasoner
    return _Built(store if fits else None, Texts(folder), manifest.blobs, manifest.stamps)


def _base(blobs: Mapping[str, str], read: Read, built: _Built, touched: frozenset[str] | Mapping[str, Path]) -> Base:
    """The base that has these files, and those touched as the contribution says; ``read`` gives the bytes of a file."""
    paths = frozenset(blobs)
    if built.store is not None and {path: name for path, name in built.blobs.items() if path not in touched} == blobs:
        return Base(built.store, paths, read)
    return Base(_loaded(paths, read), paths, read)


def _loaded(paths: frozenset[str], read: Read) -> ox.Store:
    """A store in memory with a graph for each file. Raises SourceError, for all files that cannot be parsed."""
    store, errors = ox.Store(), []
    for path in sorted(paths):
        graph = ox.NamedNode(graph_iri(path))
        try:
            store.bulk_extend(ox.Quad(*triple, graph) for triple in parse_source(read(path), path).triples)
        except SourceError as error:
            errors += error.errors
    if errors:
        raise SourceError.of(errors)
    return store
