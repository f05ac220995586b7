"""From the files of the repository to a snapshot: built aside, then switched to in one step.

A state folder holds ``snapshots/<name>/{store,dump.nq,texts.json,manifest.json}``, ``current`` (the name of the one
in use), ``journal.jsonl`` (``kg.journal``) and ``lock``. The lock is held by the kernel, so one that a killed build left
behind stops nobody.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from kg import __version__, snapshots
from kg.catalogue import Circumstances, edition
from kg.engine import current, read_manifest
from kg.errors import BuildError, SnapshotError, StateError
from kg.gallery import read_queries
from kg.model import Corpus, Report, Snapshot
from kg.parsing import named_alike
from kg.rdf import CLOSURE_GRAPH, JUDGED, kind_of
from kg.reasoning import DEFAULT, Clash, closure, version
from kg.reasoning.places import Places
from kg.reasoning.rules import Rule
from kg.reasoning.ruletext import read_rules
from kg.revisions import head
from kg.rulebook import FOLDER as RULES
from kg.rulebook import rule_texts
from kg.settings import Settings
from kg.sources import FOLDERS, blob, is_source, load
from kg.sparql.gallery import GalleryQuery
from kg.storing import default_graph, write
from kg.texts import TEXTS
from kg.texts import write as write_texts

Tell = Callable[[str], None]

_BUILDING = ".building-"
#: The folders of queries that a snapshot depends on as well, and their ending.
_ASKED = (RULES, "queries")
_QUERY = ".rq"


def build(
    root: Path,
    state: Path,
    reasoner: str = DEFAULT,
    *,
    check: Callable[[Corpus], Report] | None = None,
    force: bool = False,
    keep: int = Settings.keep,
    tell: Tell = lambda message: None,
) -> tuple[Snapshot, bool]:
    """Build a snapshot of the repository and switch to it; the second value says whether there was anything to do.

    ``check`` judges the files first; ``force`` builds even if the current snapshot is of these very files; ``keep`` is
    how many before it are kept (``kg.snapshots.keep_only``); ``tell`` is told what is being done. Raises SourceError if
    a file cannot be parsed, BuildError if the files contradict one another or do not conform, StateError if the snapshot
    cannot be written. After an error, or if the process is killed, the snapshot in use is still the one before.
    """
    tell("Reading the files")
    corpus = _named_alike(load(root))
    written = rule_texts(root)
    rules = read_rules(written)
    known = Circumstances(_gallery(root, tell), version=__version__)
    versions = _versions(reasoner, rules, known)
    _refuse_violations(corpus, check, tell)
    try:
        state.mkdir(parents=True, exist_ok=True)
        with _locked(state, tell):
            built = _build(
                corpus, state, lambda: _infer(corpus, root, reasoner, rules),
                lambda: {**_texts(root, corpus), **written}, lambda: _origin(root, corpus), known, versions, force,
                tell,
            )  # fmt: skip
            snapshots.record(state)
            snapshots.keep_only(state, keep)
            return built
    except OSError as error:
        raise StateError(
            f"The snapshot cannot be written to {state} ({error.strerror or error}).", remedy=_remedy(error)
        ) from None


def _remedy(error: OSError) -> str:
    """What to do about a folder that cannot be written to."""
    todo = {
        errno.EACCES: "Let this user write there",
        errno.EPERM: "Let this user write there",
        errno.EEXIST: "Move away the file that is in its place",
        errno.ENOTDIR: "Move away the file that is in its place",
        errno.EISDIR: "Move away the folder that is in the place of a file",
        errno.ENOSPC: "Free space there",
        errno.EDQUOT: "Free space there",
    }.get(error.errno or 0, "Mend that")
    return f"{todo}, or choose another folder with --state."


def _versions(reasoner: str, rules: tuple[Rule, ...], known: Circumstances) -> dict[str, str]:
    """What the same files may make another snapshot by."""
    return {
        "kg": __version__,
        "pyoxigraph": ox.__version__,
        "reasoner": version(reasoner, rules),
        "descriptions": edition(known.gallery),
    }


def snapshot_digest(files: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, over the lines "path digest", sorted."""
    lines = "".join(f"{path} {digest}\n" for path, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _refuse_violations(corpus: Corpus, check: Callable[[Corpus], Report] | None, tell: Tell) -> None:
    if check is None:
        return
    tell("Checking the files against the shapes")
    report = check(corpus)
    if not report.conforms:
        count = sum(finding.severity == "violation" for finding in report.findings)
        counted = "1 violation" if count == 1 else f"{count} violations"
        raise BuildError(f"The files do not conform: {counted}.", remedy="Run kg check to see them.")


@contextmanager
def _locked(state: Path, tell: Tell) -> Iterator[None]:
    with (state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Waiting for another build to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(
    corpus: Corpus,
    state: Path,
    infer: Callable[[], frozenset[ox.Triple]],
    texts: Callable[[], Mapping[str, str]],
    origin: Callable[[], tuple[str | None, bool | None]],
    known: Circumstances,
    versions: Mapping[str, str],
    force: bool,
    tell: Tell,
) -> tuple[Snapshot, bool]:
    files = {source.path: source.digest for source in corpus.sources}
    blobs = {source.path: source.blob for source in corpus.sources}
    digest = snapshot_digest(files)
    previous = _previous(state)
    # Files that say the same in other texts have their lines elsewhere, and patches of the old texts would not apply.
    same = previous and (previous.digest, previous.blobs, previous.versions) == (digest, blobs, versions)
    if previous and same and not force and _whole(previous):
        return previous, False
    inferred = None if force else _known_closure(previous, files, versions)
    if inferred is None:
        tell(f"Drawing conclusions with {versions['reasoner']}")
        inferred = infer()
    (state / snapshots.FOLDER).mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=state / snapshots.FOLDER))
    try:
        tell("Writing the snapshot")
        counts = write(aside, corpus, inferred, replace(known, digest=digest))
        write_texts(aside, texts())
        manifest = _manifest(corpus, digest, counts, versions) | _provenance(aside, *origin())
        (aside / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        folder = snapshots.put(aside, state, digest)
        tell("Switching to it")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    snapshots.switch(state, folder)
    return read_manifest(folder), True


def _manifest(
    corpus: Corpus, digest: str, counts: Mapping[str, int], versions: Mapping[str, str]
) -> dict[str, object]:
    """What a snapshot says of itself: the fields of ``Snapshot`` but its place."""
    return {
        "digest": digest,
        "files": {source.path: source.digest for source in corpus.sources},
        "counts": dict(counts),
        "versions": dict(versions),
        "built": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "blobs": {source.path: source.blob for source in corpus.sources},
        "stamps": {source.path: source.stamp for source in corpus.sources if source.stamp},
    }


def _provenance(folder: Path, commit: str | None, clean: bool | None) -> dict[str, object]:
    """The digest of the dump in a folder, and what it was built from."""
    with (folder / "dump.nq").open("rb") as dump:
        return {"content": hashlib.file_digest(dump, "sha256").hexdigest(), "commit": commit, "clean": clean}


def _origin(root: Path, corpus: Corpus) -> tuple[str | None, bool | None]:
    """The commit that is checked out, and whether all that a snapshot depends on is as it has it; None without git."""
    known = head(root, (*FOLDERS, *_ASKED))
    if known is None:
        return None, None
    commit, files = known
    here = {source.path: source.blob for source in corpus.sources}
    for file in (file for folder in _ASKED for file in (root / folder).rglob("*" + _QUERY)):
        here[file.relative_to(root).as_posix()] = blob(file.read_bytes())
    then = {path: name for path, name in files.items() if path in here or is_source(path) or path.endswith(_QUERY)}
    return commit, here == then


def _named_alike(corpus: Corpus) -> Corpus:
    """The corpus with blank nodes that are named alike whenever the same files are built."""
    return Corpus(tuple(replace(source, triples=named_alike(source.triples, source.path)) for source in corpus.sources))


def _previous(state: Path) -> Snapshot | None:
    """The snapshot in use, or None if there is none or it is damaged."""
    try:
        return read_manifest(current(state))
    except SnapshotError:
        return None


def _whole(snapshot: Snapshot) -> bool:
    folder = Path(snapshot.path)
    return (folder / "dump.nq").is_file() and (folder / TEXTS).is_file() and (folder / "store").is_dir()


def _known_closure(
    previous: Snapshot | None, files: Mapping[str, str], versions: Mapping[str, str]
) -> frozenset[ox.Triple] | None:
    """The closure of the snapshot in use if it was drawn from the same files by the same programme, else None."""
    if previous is None or _reasoned_over(previous.files) != _reasoned_over(files):
        return None
    if any(previous.versions.get(name) != versions[name] for name in versions if name != "descriptions"):
        return None
    try:
        store = ox.Store.read_only(str(Path(previous.path) / "store"))
        quads = list(store.quads_for_pattern(None, None, None, ox.NamedNode(CLOSURE_GRAPH)))
    except (OSError, RuntimeError):
        return None
    # A damaged store may have lost some of it.
    inferred = frozenset(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    return inferred if len(inferred) == previous.counts.get("inferred") else None


def _reasoned_over(files: Mapping[str, str]) -> dict[str, str]:
    return {path: digest for path, digest in files.items() if kind_of(path) in JUDGED}


def _infer(corpus: Corpus, root: Path, reasoner: str, rules: tuple[Rule, ...]) -> frozenset[ox.Triple]:
    found = closure(default_graph(corpus), reasoner, rules)
    if found.clashes:
        places = Places(corpus, lambda path: (root / path).read_text("utf-8"))
        raise BuildError(
            f"The files contradict one another: {'; '.join(_told(clash, places) for clash in found.clashes[:3])}"
            + (f"; and {len(found.clashes) - 3} more." if len(found.clashes) > 3 else "."),
            remedy="Mend the statements or the axiom.",
        )
    return found.inferred


def _told(clash: Clash, places: Places) -> str:
    """A contradiction in words, with the lines at fault."""
    at = dict.fromkeys(str(place) for fault in clash.faults for place in places(fault))
    return f"{clash} ({', '.join(at)})" if at else str(clash)


def _gallery(root: Path, tell: Tell) -> tuple[GalleryQuery, ...]:
    """The queries that the snapshot describes; one that cannot be read is left out, and said."""
    found, errors = read_queries(root)
    for error in errors:
        tell(f"Left out: {error}")
    return tuple(found)


def _texts(root: Path, corpus: Corpus) -> dict[str, str]:
    """The text of each file by its path, as it was parsed. Raises BuildError if one has changed since."""
    found = {}
    for source in corpus.sources:
        try:
            content = (root / source.path).read_bytes()
        except OSError:
            content = b""
        if blob(content) != source.blob:
            raise BuildError(f"{source.path} changed while the snapshot was built.", remedy="Run kg build again.")
        found[source.path] = content.decode("utf-8")
    return found
