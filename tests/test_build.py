"""Building: what a snapshot holds, and that nothing that goes wrong takes the last good one away."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import PREFIXES, damage
from kg.build import build, snapshot_digest
from kg.engine import Engine, current
from kg.errors import BuildError, SourceError, StateError
from kg.model import Corpus, Finding, Query, Report
from kg.sources import load
from kg.texts import Texts

COUNT = Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")


def triples_served(state: Path) -> int:
    return int(next(Engine.open(state).query(COUNT))["n"].value)


def add(repository: Path, text: str, path: str = "data/more.ttl") -> None:
    (repository / path).write_text(PREFIXES + text, "utf-8")


def test_a_snapshot_holds_the_files_and_what_follows(repository: Path, state: Path) -> None:
    snapshot, is_new = build(repository, state)
    corpus = load(repository)
    asserted = {triple for source in corpus.of_kind("ontology", "data") for triple in source.triples}
    assert is_new and snapshot.counts["asserted"] == len(asserted)
    assert snapshot.counts["default_graph"] == len(asserted) + snapshot.counts["inferred"] == triples_served(state)
    folder = state / "snapshots" / snapshot.digest
    dumped = set(ox.parse(path=str(folder / "dump.nq"), format=ox.RdfFormat.N_QUADS))
    assert dumped == set(ox.Store.read_only(str(folder / "store"))) and len(dumped) == snapshot.counts["quads"]
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["digest"] == snapshot.digest


def test_the_digest_is_over_the_files_alone(repository: Path, state: Path, tmp_path: Path) -> None:
    first, _ = build(repository, state)
    assert first.digest == snapshot_digest({source.path: source.digest for source in load(repository).sources})
    topics = repository / "data" / "topics.ttl"
    topics.write_text(topics.read_text("utf-8").replace("topic:ships a", "\n\ntopic:ships   a"), "utf-8")
    assert build(repository, tmp_path / "other")[0].digest == first.digest
    add(repository, "actor:a a ckg:State .")
    assert build(repository, state)[0].digest != first.digest


def test_nothing_is_built_twice_unless_asked(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    again, is_new = build(repository, state)
    assert (again, is_new) == (first, False)
    forced, is_new = build(repository, state, force=True)
    assert is_new and forced.digest == first.digest and forced.path != first.path
    assert triples_served(state) == first.counts["default_graph"]


def test_texts_that_state_the_same_are_taken_up(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    topics = repository / "data" / "topics.ttl"
    topics.write_bytes(b"# A remark.\r\n" + topics.read_bytes())
    told: list[str] = []
    second, is_new = build(repository, state, tell=told.append)
    # A server notices a snapshot by its folder; what it answers and is cited by is the same.
    assert is_new and second.path != first.path and second.reference == first.reference
    assert Texts(current(state)).by_path["data/topics.ttl"].encode("utf-8") == topics.read_bytes()
    assert not any("conclusions" in one for one in told) and not build(repository, state)[1]


def test_a_snapshot_that_lost_its_dump_is_built_again(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    (Path(first.path) / "dump.nq").unlink()
    assert build(repository, state)[1] and triples_served(state) == first.counts["default_graph"]


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_so_many_snapshots_before_are_kept_and_older_ones_go(repository: Path, state: Path, keep: int) -> None:
    digests = []
    for number in range(4):
        add(repository, f"actor:n{number} a ckg:State .")
        digests.append(build(repository, state, keep=keep)[0].digest)
    assert {folder.name for folder in (state / "snapshots").iterdir()} == set(digests[3 - keep:])


def test_the_closure_is_reused_where_only_other_files_changed(
    repository: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = build(repository, state)
    told: list[str] = []
    add(repository, "actor:freedonia skos:closeMatch <urn:x> .", "data/links/more.ttl")
    second, _ = build(repository, state, tell=told.append)
    assert not any("conclusions" in message for message in told)
    assert second.counts["inferred"] == first.counts["inferred"] > 0
    assert triples_served(state) == first.counts["default_graph"]
    add(repository, "actor:new a ckg:State .")
    third, _ = build(repository, state, tell=told.append)
    assert any("conclusions" in message for message in told)
    assert third.counts["inferred"] == first.counts["inferred"] + 1


def test_a_broken_file_leaves_the_old_snapshot(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    add(repository, "actor:a a ckg:State ;; nope:b .")
    line = PREFIXES.count("\n") + 1
    with pytest.raises(SourceError, match=rf"^data/more\.ttl:{line}:24: "):
        build(repository, state)
    assert current(state).name == first.digest and triples_served(state) == first.counts["default_graph"]


def test_contradictions_are_refused(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    add(repository, "actor:freedonia a ckg:Position .")
    with pytest.raises(BuildError, match="freedonia"):
        build(repository, state)
    assert current(state).name == first.digest


def test_files_that_do_not_conform_are_refused_if_asked(repository: Path, state: Path) -> None:
    finding = Finding("X", "violation", "urn:x", None, None, {"en": "x"})
    checked: list[Corpus] = []

    def check(corpus: Corpus) -> Report:
        checked.append(corpus)
        return Report((finding,), "test")

    with pytest.raises(BuildError, match=r"conform: 1 violation\. Run kg check"):
        build(repository, state, check=check)
    assert len(checked) == 1 and not (state / "current").exists()


def test_a_folder_that_cannot_be_written_is_named(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for state in (tmp_path / "file" / "state", tmp_path / "file"):
        with pytest.raises(StateError, match="Move away the file .* --state"):
            build(repository, state)


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.ENOSPC, "Free space"), (errno.EACCES, "Let this user"), (errno.EROFS, "another folder")]
)
def test_the_remedy_fits_the_reason(
    repository: Path, state: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def refuse(*arguments: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("kg.build.tempfile.mkdtemp", refuse)
    with pytest.raises(StateError, match=remedy) as caught:
        build(repository, state)
    assert caught.value.exit_code == 2


def test_a_damaged_store_does_not_stop_a_build(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    damage(Path(first.path) / "store")
    add(repository, "actor:freedonia <http://www.w3.org/2000/01/rdf-schema#seeAlso> actor:sylvania .", "data/links/x.ttl")
    second, is_new = build(repository, state)
    assert is_new and second.counts["inferred"] == first.counts["inferred"]


STAGES = ["Reading", "Drawing", "Writing", "Switching"]
#: A build that says where it is and then waits to be killed.
STUCK = """
import sys, time
from pathlib import Path
from kg.build import build
def tell(message):
    if message.startswith(sys.argv[3]):
        print(message, flush=True)
        time.sleep(60)
build(Path(sys.argv[1]), Path(sys.argv[2]), tell=tell)
"""


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_build_leaves_the_old_snapshot_and_blocks_nobody(repository: Path, state: Path, stage: str) -> None:
    first, _ = build(repository, state)
    add(repository, "actor:a a ckg:State .")
    environment = {**os.environ, "PYTHONPATH": str(Path(sys.modules["kg"].__file__).parent.parent)}
    command = [sys.executable, "-c", STUCK, str(repository), str(state), stage]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout.readline().startswith(stage)
        process.send_signal(signal.SIGKILL)
    assert current(state).name == first.digest and triples_served(state) == first.counts["default_graph"]
    second, _ = build(repository, state)
    assert triples_served(state) == second.counts["default_graph"] > first.counts["default_graph"]
    assert {folder.name for folder in (state / "snapshots").iterdir()} == {first.digest, second.digest}


def test_builds_killed_at_any_moment_leave_a_whole_snapshot(repository: Path, state: Path) -> None:
    build(repository, state)
    environment = {**os.environ, "PYTHONPATH": str(Path(sys.modules["kg"].__file__).parent.parent)}
    for number in range(8):
        add(repository, f"actor:k{number} a ckg:State .")
        command = [sys.executable, "-c", STUCK, str(repository), str(state), "never"]
        with subprocess.Popen(command, env=environment) as process:
            time.sleep(0.08 * number)
            process.kill()
        engine = Engine.open(state)
        assert int(next(engine.query(COUNT))["n"].value) == engine.snapshot.counts["default_graph"]


def test_two_builds_at_once_both_succeed(repository: Path, state: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(sys.modules["kg"].__file__).parent.parent)}
    other = state.parent / "other"
    shutil.copytree(repository, other)
    add(other, "actor:other a ckg:State .")
    processes = [
        subprocess.Popen([sys.executable, "-c", STUCK, str(root), str(state), "never"], env=environment)
        for root in (repository, other)
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    engine = Engine.open(state)
    assert int(next(engine.query(COUNT))["n"].value) == engine.snapshot.counts["default_graph"]
