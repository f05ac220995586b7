"""The files of the repository: where they are, and what they say, parsed strictly."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import SettingError, SourceError, Where
from kg.files import read, stamp
from kg.model import Corpus, Source
from kg.parsing import parse_file, refuse_blank_nodes
from kg.passages import Text
from kg.rdf import LEDGER, graph_iri, kind_of
from kg.settings import Settings

DISTRIBUTION = "coalition-kg"
FOLDERS = ("ontology", "data", "shapes")
#: Folders that hold no source of the repository, and those whose name begins with a dot and that do.
MADE_BY_TOOLS = ("__pycache__", "build", "dist", "node_modules", "htmlcov", "target")
CONFIGURATION = (".ci", ".github")
#: The ending of the files that are read, beside the ledger of links; the folder in which other tables may lie, with
#: theirs; and what a table is called that somebody could take for the ledger.
TURTLE = ".ttl"
TABLES = ("data/links/", ".tsv")
_LEDGERS = ".sssom.tsv"
LARGEST_TEXT = 10_000_000
#: What is said of a path that no IRI can have.
MISNAMED = "The path has characters that no IRI can have.", "Use letters, digits and hyphens."
PACKAGED = Path(__file__).parent / "dataset"
#: The checkout that the package itself lies in, where the installation is an editable one.
SURROUNDING = Path(__file__).resolve().parents[2]


def find_repository(start: Path | None = None) -> Path:
    """The checkout that ``start`` (the working folder if None) lies in, else what came with the package: its data set,
    or, of an editable installation, its checkout.

    Raises SettingError if there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _is_checkout(folder):
            return folder
    if _has_folders(PACKAGED):
        return PACKAGED
    if _is_checkout(SURROUNDING):
        return SURROUNDING
    raise SettingError(
        f"{here} is not inside a checkout of {DISTRIBUTION}, and no data set came with this installation.",
        remedy="Change to the checkout, or set KG_REPOSITORY to it.",
    )


def _has_folders(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in FOLDERS)


def _is_checkout(folder: Path) -> bool:
    project = folder / "pyproject.toml"
    if not (_has_folders(folder) and project.is_file()):
        return False
    try:
        return tomllib.loads(project.read_text("utf-8")).get("project", {}).get("name") == DISTRIBUTION
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return False


def locate(settings: Settings, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings with ``repository`` and ``state`` filled in.

    State is ``.kg`` in a checkout; for the data set of an installed package it is a folder of the user's cache
    (XDG Base Directory Specification, ``$XDG_CACHE_HOME``, default ``~/.cache``). Raises SettingError if the
    repository named by the settings lacks the folders of one.
    """
    if settings.repository is None:
        root = find_repository()
    else:
        root = settings.repository.resolve()
        if not _has_folders(root):
            raise SettingError(
                f"{root} has no {', '.join(name + '/' for name in FOLDERS)}.",
                remedy="Set KG_REPOSITORY or --repository to a folder that has them.",
            )
    state = settings.state or (_cache(environment or os.environ) if root == PACKAGED else root / ".kg")
    return replace(settings, repository=root, state=state.resolve())


def _cache(environment: Mapping[str, str]) -> Path:
    cache = environment.get("XDG_CACHE_HOME", "")
    # The specification says that a relative path is invalid and must be ignored.
    return (Path(cache) if Path(cache).is_absolute() else Path.home() / ".cache") / DISTRIBUTION


def is_source(path: str) -> bool:
    """True for the path of a file that is read: one in Turtle, or the ledger of links."""
    return path.endswith(TURTLE) or path == LEDGER


def source_files(root: Path) -> list[Path]:
    """Every file of ontology/, data/ and shapes/ that is read, sorted by its path inside the repository."""
    files = (
        file
        for file in _entries(root)
        if is_source(file.relative_to(root).as_posix()) and file.is_file() and not _leads_out(file, root)
    )
    return sorted(files, key=lambda path: path.relative_to(root).as_posix())


def strays(root: Path) -> list[SourceError]:
    """What lies in ontology/, data/ and shapes/ and would be passed over, each with what to do, sorted by path."""
    found = []
    for entry in sorted(_entries(root)):
        path = entry.relative_to(root).as_posix()
        if not may_lie_there(path):
            reason, remedy = _stray(entry, root)
            if reason:
                found.append(SourceError(reason, remedy=remedy, where=Where(shown(path))))
    return found


def may_lie_there(path: str) -> bool:
    """True for what may lie among the sources without being one: what editors and systems leave, and tables of links."""
    name = path.rpartition("/")[2]
    if name.startswith(".") or name.endswith("~"):
        return True
    return path.startswith(TABLES[0]) and name.endswith(TABLES[1]) and not name.endswith(_LEDGERS)


def is_nameable(path: str) -> bool:
    """True if a file at this path can be a named graph: the path is a piece of an IRI (RFC 3987, section 2.2)."""
    try:
        ox.NamedNode(graph_iri(path))
    except ValueError:
        return False
    return True


def shown(path: str) -> str:
    """A path as it can be printed, whatever bytes it has."""
    return path if path.isprintable() else ascii(path)


def _leads_out(entry: Path, root: Path) -> bool:
    """True for a link to what is not in the repository, be it a secret of whoever judges it."""
    return entry.is_symlink() and not entry.resolve().is_relative_to(root.resolve())


def _stray(entry: Path, root: Path) -> tuple[str, str]:
    """Why an entry cannot be read as Turtle, and what to do; empty if it can, or is a folder to look into."""
    if not entry.exists():
        return "The link leads nowhere.", "Mend or remove it."
    if entry.is_dir():
        if entry.is_symlink():
            return "Links to folders are not followed.", "Put the folder itself here."
        return ("A folder has a name that ends in .ttl.", "Rename it.") if entry.suffix == TURTLE else ("", "")
    if not entry.is_file():
        return "This is no regular file.", "Remove it."
    path = entry.relative_to(root).as_posix()
    if not is_source(path):
        if path.endswith(_LEDGERS):
            return f"Links are kept in {LEDGER}.", "Put the lines there."
        return f"Only files whose names end in {TURTLE} are read.", "Write it in Turtle under such a name, or move it."
    if _leads_out(entry, root):
        return "The link leads out of the repository.", "Put the file itself here."
    if path != LEDGER and graph_iri(path) == graph_iri(LEDGER):
        return f"Links are kept in {LEDGER}.", "Put them there, and remove this file."
    if not is_nameable(path):
        return MISNAMED
    return "", ""


def _entries(root: Path) -> Iterator[Path]:
    """Every file and folder below ontology/, data/ and shapes/. Raises SourceError on a folder that cannot be read."""

    def refuse(error: OSError) -> None:
        where = Where(Path(error.filename or root).relative_to(root).as_posix())
        raise SourceError(f"The folder cannot be read ({error.strerror}).", where=where)

    for folder in FOLDERS:
        for parent, folders, files in os.walk(root / folder, onerror=refuse):
            yield from (Path(parent, name) for name in (*folders, *files))


def load(root: Path, progress: Callable[[int, int], None] | None = None) -> Corpus:
    """Parse every file of the repository; ``progress`` is told (files done, files in all).

    Raises SourceError with file, line and column; if several files are at fault, with one such error for each in
    ``errors``, the first first.
    """
    files = source_files(root)
    sources: list[Source] = []
    errors = strays(root)
    for count, file in enumerate(files, start=1):
        try:
            sources.append(read_source(file, file.relative_to(root).as_posix()))
        except SourceError as error:
            errors.append(error)
        if progress:
            progress(count, len(files))
    if errors:
        raise SourceError.of(errors)
    return Corpus(tuple(sources))


def read_source(file: Path, path: str) -> Source:
    """Parse one file; ``path`` is its path inside the repository. Raises SourceError."""
    # Before its bytes: a file that is written to meanwhile gets another stamp, and is read again.
    stamped = stamp(file)
    return replace(parse_source(read(file, path), path), stamp=stamped)


def parse_source(content: bytes, path: str) -> Source:
    """Parse the bytes of a file as strictly as its format says. Raises SourceError with line and column."""
    kind = kind_of(path)
    triples = tuple(dict.fromkeys(parse_file(content, path)))
    if kind not in ("ontology", "shapes"):
        refuse_blank_nodes(triples, content, path)
    return Source(path, kind, graph_iri(path), triples, digest(triples), blob(content))


def blob(content: bytes) -> str:
    """The name that git gives to a file of this content: SHA-1, in hexadecimal, over a header and the bytes."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def digest(triples: Iterable[ox.Triple]) -> str:
    """SHA-256, in hexadecimal, over the sorted canonical N-Quads of the triples (RDFC-1.0, section 4)."""
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    text = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")
    # Not splitlines(): a literal may hold U+2028 and the like unescaped. The text ends with a line feed.
    lines = sorted(text.split("\n")[:-1])
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("utf-8")).hexdigest()


def read_texts(folder: Path) -> list[Text]:
    """The texts in a folder and those below it: every file in UTF-8, sorted by name.

    Raises SettingError if there is no such folder or nothing in it that is a text.
    """
    if not folder.is_dir():
        raise SettingError(f"There is no folder {folder}.", remedy="Name the folder of the source texts.")
    found = [
        Text(file.relative_to(folder).as_posix(), content, hashlib.sha256(content.encode("utf-8")).hexdigest())
        for file in sorted(folder.rglob("*"))
        if (content := read_text(file)) is not None
    ]
    if not found:
        raise SettingError(f"The folder {folder} holds no texts.", remedy="Name the folder of the source texts.")
    return found


def text_files(root: Path, leave_out: Path) -> Iterator[tuple[str, str]]:
    """Path inside the repository and content of each of its text files, without those made by tools.

    ``leave_out`` is a folder that is skipped: that of the source texts, if it lies inside the repository.
    """
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not (name in MADE_BY_TOOLS or name.endswith(".egg-info"))
            and (not name.startswith(".") or name in CONFIGURATION)
            and Path(parent, name).resolve() != leave_out.resolve()
        )
        for name in sorted(files):
            file = Path(parent, name)
            content = read_text(file)
            if content is not None:
                yield file.relative_to(root).as_posix(), content


def read_text(file: Path) -> str | None:
    """The content of a regular file in UTF-8; None if it is something else, cannot be read, or is over 10 MB."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_TEXT:
            return None
        content = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return None if "\0" in content else content
