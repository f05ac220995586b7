"""The pool: deadlines, deaths and memory are one query's own misfortune, and nothing is left running."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from serving import gone, write_snapshot

from kg.engine import current
from kg.errors import Busy, DeadlineExceeded, NotAcceptable, QueryError, SnapshotError, WorkerLost
from kg.model import Query
from kg.workers import Limits, Pool

#: Runs for ever, in little memory.
ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(12)) + " }"
#: Overflows the stack of the engine's parser.
DEADLY = "ASK " + "{" * 6_000 + "}" * 6_000
#: Doubles a string thirty-two times.
HUNGRY = (
    'SELECT (STRLEN(?x32) AS ?n) { BIND("aaaaaaaaaa" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(32))
    + " }"
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("workers") / "state")


@pytest.fixture
def pool(state: Path) -> Iterator[Pool]:
    one = Pool(state, size=2, limits=Limits(deadline=1.0))
    yield one
    one.close()


def works(pool: Pool) -> bool:
    return b"true" in pool.answer(Query("ASK { ?s ?p ?o }"), "json")


def children(process: int) -> set[int]:
    return {int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()}


def test_answers_are_bytes_in_the_format_asked_for(pool: Pool) -> None:
    assert pool.snapshot.digest == "0" * 64
    assert pool.answer(Query("SELECT (1 AS ?x) {}"), "csv") == b"x\r\n1\r\n"
    assert b"Freedonia" in pool.answer(Query("CONSTRUCT WHERE { ?s ?p ?o }"), "turtle")


def test_errors_arrive_with_their_class_and_place(pool: Pool) -> None:
    with pytest.raises(QueryError) as caught:
        pool.answer(Query("ASK {\n ?s ?p }"), "json")
    assert caught.value.where.line == 2
    with pytest.raises(NotAcceptable):
        pool.answer(Query("ASK {}"), "turtle")
    assert works(pool)


def test_relative_iris_are_resolved_against_the_base(pool: Pool) -> None:
    query = Query("CONSTRUCT { <s> <p> 1 } {}", base="http://example.org/sparql")
    assert b"<http://example.org/s>" in pool.answer(query, "ntriples")


def test_a_query_past_the_deadline_is_ended_and_the_next_works(pool: Pool) -> None:
    for _ in range(3):
        with pytest.raises(DeadlineExceeded, match="1 seconds"):
            pool.answer(Query(ENDLESS), "json")
    assert works(pool)


@pytest.mark.parametrize("text", [DEADLY, HUNGRY])
def test_a_worker_that_dies_takes_only_its_query_along(state: Path, text: str) -> None:
    pool = Pool(state, size=1, limits=Limits(deadline=60.0))
    try:
        for _ in range(2):
            with pytest.raises((WorkerLost, QueryError)):
                pool.answer(Query(text), "json")
        assert works(pool)
    finally:
        pool.close()


def test_an_answer_too_large_is_refused_whole(state: Path) -> None:
    pool = Pool(state, size=1, limits=Limits(answer=10_000))
    try:
        with pytest.raises(QueryError, match="not sent, not even in part"):
            pool.answer(Query("SELECT * { ?a ?b ?c . ?d ?e ?f }"), "json")
        with pytest.raises(QueryError, match="not sent, not even in part"):
            pool.answer(Query("SELECT * { ?s ?p ?o }"), "json", most=100)
        assert works(pool)
    finally:
        pool.close()


def test_workers_draw_different_random_numbers(pool: Pool) -> None:
    with ThreadPoolExecutor(2) as threads:
        query = Query("SELECT (UUID() AS ?u) {}")
        answers = list(threads.map(lambda _: pool.answer(query, "csv"), range(40)))
    assert len(set(answers)) == 40


def test_a_busy_pool_says_so(state: Path) -> None:
    pool = Pool(state, size=1, limits=Limits(deadline=2.0), wait=0.05)
    try:
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(pool.answer, Query(ENDLESS), "json")
            while not running.done():
                try:
                    pool.answer(Query("ASK {}"), "json")
                except Busy as error:
                    assert error.http_status == 503 and error.remedy
                    break
            else:
                pytest.fail("nobody was told that the pool is busy")
            assert isinstance(running.exception(), DeadlineExceeded)
        assert works(pool)
    finally:
        pool.close()


def test_the_pool_outlives_its_owner(pool: Pool) -> None:
    owner = next(iter(children(os.getpid()) & {pool._owner.pid}))
    os.kill(owner, signal.SIGKILL)
    for _ in range(4):
        # Workers that are still there answer; replacing one starts a new owner.
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        assert works(pool)
    assert pool._owner.pid != owner


def test_a_pool_stays_with_the_snapshot_it_started_with(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    pool = Pool(state, size=1)
    try:
        old = current(state)
        shutil.copytree(old, old.with_name("newer"))
        (state / "current").write_text("newer\n", "ascii")
        os.kill(pool._owner.pid, signal.SIGKILL)
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        assert works(pool) and pool.snapshot.path == str(old)
        shutil.rmtree(old)
        os.kill(pool._owner.pid, signal.SIGKILL)
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        with pytest.raises(SnapshotError, match="gone. Start the server again"):
            works(pool)
    finally:
        pool.close()


def test_a_query_cut_short_by_the_end_of_the_pool_is_told_so(state: Path) -> None:
    pool = Pool(state, size=1, limits=Limits(deadline=60.0))
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(pool.answer, Query(ENDLESS), "json")
        while pool._idle.qsize():
            time.sleep(0.01)
        pool.close()
        error = running.exception()
    assert isinstance(error, Busy) and "stopping" in str(error)


def test_closing_leaves_nothing_running(state: Path) -> None:
    pool = Pool(state, size=3)
    owner = pool._owner.pid
    running = {owner} | children(owner)
    assert len(running) == 4
    pool.close()
    assert gone(running)


def test_without_a_snapshot_there_is_no_pool(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="kg build"):
        Pool(tmp_path)


def test_a_damaged_snapshot_is_said(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    next(state.glob("snapshots/*/dump.nq")).write_text("this is no quad\n", "utf-8")
    with pytest.raises(SnapshotError):
        Pool(state)


def test_a_file_of_the_working_folder_is_not_taken_for_a_module(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    pool = Pool(state, size=1)
    try:
        assert works(pool)
    finally:
        pool.close()
