"""From the files of the repository to a snapshot: built aside, then switched to in one step.

A state folder holds ``snapshots/<name>/{store,dump.nq,texts.json,manifest.json}``, ``current`` (the name of the one
in use) and ``lock``. The lock is held by the kernel, so one that a killed build left behind stops nobody.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from kg import __version__
from kg.engine import TEXTS, current, read_manifest
from kg.errors import BuildError, SnapshotError, StateError
from kg.model import Corpus, Report, Snapshot
from kg.rdf import CLOSURE_GRAPH, JUDGED, kind_of
from kg.reasoning import DEFAULT, Clash, closure, version
from kg.reasoning.places import Places
from kg.reasoning.rules import Rule
from kg.reasoning.ruletext import read_rules
from kg.rulebook import rule_texts
from kg.sources import blob, load

Tell = Callable[[str], None]

_BUILDING = ".building-"


def build(
    root: Path,
    state: Path,
    reasoner: str = DEFAULT,
    *,
    check: Callable[[Corpus], Report] | None = None,
    force: bool = False,
    tell: Tell = lambda message: None,
) -> tuple[Snapshot, bool]:
    """Build a snapshot of the repository and switch to it; the second value says whether there was anything to do.

    ``check`` judges the files first; ``force`` builds even if the current snapshot is of these very files;
    ``tell`` is told what is being done. Raises SourceError if a file cannot be parsed, BuildError if the files
    contradict one another or do not conform, StateError if the snapshot cannot be written. After an error, or if the
    process is killed, the snapshot in use is still the one before.
    """
    tell("Reading the files")
    corpus = load(root)
    written = rule_texts(root)
    rules = read_rules(written)
    versions = {"kg": __version__, "pyoxigraph": ox.__version__, "reasoner": version(reasoner, rules)}
    if check:
        tell("Checking the files against the shapes")
        _refuse_violations(check(corpus))
    try:
        state.mkdir(parents=True, exist_ok=True)
        with _locked(state, tell):
            return _build(
                corpus, state, lambda: _infer(corpus, root, reasoner, rules),
                lambda: {**_texts(root, corpus), **written}, versions, force, tell,
            )  # fmt: skip
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


def snapshot_digest(files: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, over the lines "path digest", sorted."""
    lines = "".join(f"{path} {digest}\n" for path, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def _refuse_violations(report: Report) -> None:
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
    versions: Mapping[str, str],
    force: bool,
    tell: Tell,
) -> tuple[Snapshot, bool]:
    files = {source.path: source.digest for source in corpus.sources}
    digest = snapshot_digest(files)
    previous = _previous(state)
    if previous and not force and previous.digest == digest and previous.versions == versions and _whole(previous):
        return previous, False
    inferred = None if force else _known_closure(previous, files, versions)
    if inferred is None:
        tell(f"Drawing conclusions with {versions['reasoner']}")
        inferred = infer()
    snapshots = state / "snapshots"
    snapshots.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=snapshots))
    try:
        tell("Writing the snapshot")
        counts = _write(aside, corpus, inferred)
        (aside / TEXTS).write_text(json.dumps(texts(), ensure_ascii=False), "utf-8")
        manifest = _manifest(corpus, digest, counts, versions)
        (aside / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        _sync(aside)
        folder = _free_name(snapshots, digest)
        tell("Switching to it")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _switch(state, folder)
    _remove_others(snapshots, {folder.name, Path(previous.path).name if previous else ""})
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
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "blobs": {source.path: source.blob for source in corpus.sources},
        "stamps": {source.path: source.stamp for source in corpus.sources if source.stamp},
    }


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
    if previous is None or previous.versions != versions or _reasoned_over(previous.files) != _reasoned_over(files):
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
    found = closure(_default_graph(corpus, ()), reasoner, rules)
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


def _default_graph(corpus: Corpus, inferred: Iterable[ox.Triple]) -> set[ox.Triple]:
    merged = {triple for source in corpus.of_kind(*JUDGED) for triple in source.triples}
    merged.update(inferred)
    return merged


def _write(folder: Path, corpus: Corpus, inferred: frozenset[ox.Triple]) -> dict[str, int]:
    """Write the store and the dump; the counts of what they hold."""
    merged = _default_graph(corpus, inferred)
    store = ox.Store(str(folder / "store"))
    store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in merged)
    _add_graph(store, CLOSURE_GRAPH, inferred)
    for source in corpus.sources:
        _add_graph(store, source.graph, source.triples)
    store.flush()
    store.dump(str(folder / "dump.nq"), format=ox.RdfFormat.N_QUADS)
    return {
        "files": len(corpus.sources),
        "asserted": len(merged) - len(inferred),
        "inferred": len(inferred),
        "default_graph": len(merged),
        "quads": len(store),
    }


def _add_graph(store: ox.Store, iri: str, triples: Iterable[ox.Triple]) -> None:
    graph = ox.NamedNode(iri)
    store.bulk_extend(ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def _sync(folder: Path) -> None:
    """Have the disk keep every file and folder of this one, so that a switch never precedes what it switches to."""
    for path in (*folder.rglob("*"), folder):
        _sync_one(path)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(snapshots: Path, digest: str) -> Path:
    """The digest, or with a number if these files were built before: a folder in use is never written to."""
    names = (digest if number == 1 else f"{digest}-{number}" for number in itertools.count(1))
    return next(snapshots / name for name in names if not (snapshots / name).exists())


def _switch(state: Path, folder: Path) -> None:
    """Make a snapshot the current one, in one step (POSIX rename)."""
    _sync_one(folder.parent)
    aside = state / "current.new"
    aside.write_text(folder.name + "\n", "ascii")
    _sync_one(aside)
    os.replace(aside, state / "current")
    _sync_one(state)


def _remove_others(snapshots: Path, kept: set[str]) -> None:
    for folder in snapshots.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
