"""``kg diff``: how two files, folders or revisions differ in what they state."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import pyoxigraph as ox

from kg.child import Bounds, run
from kg.cli.shell import Progress, settings
from kg.diffing import compare
from kg.diffing.entities import entities
from kg.diffing.writing import to_json, to_patch, to_text
from kg.errors import KgError, RevisionError, SourceError, Where
from kg.parsing import parse_file
from kg.rdf import LEDGER
from kg.revisions import content, tree
from kg.settings import Settings, read
from kg.sources import FOLDERS, TURTLE, source_files

FORMATS = ("text", "json", "turtle-patch")


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: its files by path; ``file`` is its path in the repository if it is one file."""

    files: Mapping[str, bytes]
    file: str | None = None


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How they are told apart."
)
@click.option("--lang", type=click.Choice(["en", "it"]), default="en", show_default=True, help="Language of the text.")
@click.pass_context
def diff(ctx: click.Context, a: str, b: str | None, form: str, lang: str) -> None:
    """Tell how A and B differ in what they state: claims added, removed and changed, then the other nodes.

    Each is a Turtle file, a folder, a revision of git (a commit, branch or tag), or REV:PATH, a file or folder of one.
    Without B, A is compared with the files of the repository as they are; a revision beside a file means that file of
    the revision. The layout of the files and the names of blank nodes do not matter.

    \b
    Exit status: 0 the same, 1 they differ, 2 could not run.

    \b
    Examples:
      kg diff HEAD
      kg diff HEAD~1 data/claims/004.ttl --lang it
      kg diff main my-branch --format json
    """
    chosen = _settings(ctx)
    # What the two sides say may be a stranger's, so that it is read in a process that can be ended.
    text, same = run(
        lambda: _told(chosen.repository, a, b, form, lang), Bounds(chosen.check_deadline, chosen.check_memory)
    )
    click.echo(text, nl=False)
    ctx.exit(0 if same else 1)


def _settings(ctx: click.Context) -> Settings:
    """The settings, without a repository if there is none: two files can be compared anywhere."""
    try:
        return settings(ctx)
    except KgError:
        return read(os.environ)


def _told(root: Path | None, a: str, b: str | None, form: str, lang: str) -> tuple[str, bool]:
    """The difference as it is printed, and whether there is none."""
    with Progress() as progress:
        progress("Reading both sides")
        old, new = _sides(root, a, b)
        progress("Comparing")
        before, after = _triples(old.files, new.files)
        difference = compare(before, after)
        if form == "turtle-patch":
            return to_patch(difference), difference.same
        found = entities(difference, before, after, _ontology(root))
    return to_json(difference, found) if form == "json" else to_text(difference, found, lang), difference.same


def _sides(root: Path | None, a: str, b: str | None) -> tuple[Side, Side]:
    """What is compared. Raises SourceError or RevisionError if an operand is nothing that can be read."""
    old = _on_disk(root, Path(a))
    new = _on_disk(root, Path(b)) if b is not None else Side(_folder(_needed(root, "")))
    old = old or _in_git(_needed(root, a), a, new.file if new and b is not None else None)
    return old, new or _in_git(_needed(root, b or ""), b or "", old.file)


def _needed(root: Path | None, operand: str) -> Path:
    if root is None:
        named = f"There is no file or folder {operand}, and" if operand else "What to compare with is not named, and"
        raise SourceError(f"{named} no repository here.", remedy="Name two files or folders, or change to a checkout.")
    return root


def _on_disk(root: Path | None, place: Path) -> Side | None:
    """A file or folder that exists, or None."""
    if place.is_dir():
        return Side(_folder(place))
    if not place.is_file():
        return None
    inside = root is not None and place.resolve().is_relative_to(root)
    path = place.resolve().relative_to(root).as_posix() if inside and root else None
    return Side({str(place): _read(place, str(place))}, path)


def _folder(folder: Path) -> dict[str, bytes]:
    """The files of a repository that are read, or of any folder."""
    whole = all((folder / name).is_dir() for name in FOLDERS)
    files = source_files(folder) if whole else _turtle(folder)
    if not files:
        raise SourceError(f"There are no files that end in {TURTLE}.", where=Where(str(folder)))
    return {file.relative_to(folder).as_posix(): _read(file, str(file)) for file in files}


def _turtle(folder: Path) -> list[Path]:
    """The Turtle files of any folder, and the ledger of links if it has one where a repository has it."""
    return sorted(file for file in (*folder.rglob(f"*{TURTLE}"), folder / LEDGER) if file.is_file())


def _read(file: Path, origin: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"The file cannot be read ({error.strerror}).", where=Where(origin)) from None


def _in_git(root: Path, operand: str, file: str | None) -> Side:
    """A revision, or what it has at a path. Raises RevisionError."""
    revision, colon, path = operand.partition(":")
    path = path or (file or "")
    try:
        if not path:
            return Side(tree(root, revision))
        single = content(root, revision, path)
        files = {path: single} if single is not None else tree(root, revision, (path.rstrip("/"),))
    except RevisionError as error:
        raise RevisionError(
            f"There is no file or folder {operand}, and no such revision: {error.message}", remedy=error.remedy
        ) from None
    if not files:
        raise RevisionError(f"{revision} has nothing at {path}.", remedy="Name the path as the repository has it.")
    return Side({f"{revision}:{name}": text for name, text in files.items()}, path if single is not None else None)


def _triples(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[list[ox.Triple], list[ox.Triple]]:
    """The triples of both sides. Of files that both have, blank nodes are left out: they cannot differ."""
    same = {path for path in old.keys() & new.keys() if old[path] == new[path]}
    shared = [triple for path in sorted(same) for triple in _parsed(old[path], path, blank=False)]
    before, after = (
        [triple for path in sorted(files.keys() - same) for triple in _parsed(files[path], path)]
        for files in (old, new)
    )
    return shared + before, shared + after


def _parsed(text: bytes, path: str, *, blank: bool = True) -> Iterator[ox.Triple]:
    """The triples of a file, its blank nodes apart from those of the others."""
    own: dict[object, ox.BlankNode] = {}
    for triple in parse_file(text, path):
        ends = [
            own.setdefault(t, ox.BlankNode()) if isinstance(t, ox.BlankNode) else t
            for t in (triple.subject, triple.object)
        ]
        if blank or not any(isinstance(end, ox.BlankNode) for end in ends):
            yield ox.Triple(ends[0], triple.predicate, ends[1])


def _ontology(root: Path | None) -> list[ox.Triple]:
    """What the repository's ontology states, as far as it can be read: it gives the differing nodes their classes."""
    try:
        files = source_files(root) if root else []
        chosen = [file for file in files if root and file.relative_to(root).parts[0] == FOLDERS[0]]
        return [triple for file in chosen for triple in _parsed(_read(file, str(file)), str(file))]
    except KgError:
        return []
