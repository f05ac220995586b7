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
from serving import PATIENCE, gone, write_snapshot

from kg.engine import current
from kg.errors import Abandoned, Busy, DeadlineExceeded, NotAcceptable, QueryError, SnapshotError, WorkerLost
from kg.model import Answer, Query
from kg.workers import Limits, Pool
from kg.workers.client import has_left
from kg.workers.wire import PREPARED

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
#: Some hundred thousand bytes.
LARGE = Query("SELECT * { ?a ?b ?c . ?d ?e ?f }")
#: More than a machine of any speed has written at a deadline.
BOTTOMLESS = Query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r . ?s ?t ?u }")
#: Answers that would be held whole are streamed in these tests, so that small ones do.
STREAMED = Limits(deadline=60.0, whole=10_000)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_snapshot(tmp_path_factory.mktemp("workers") / "state")


@pytest.fixture
def pool(state: Path) -> Iterator[Pool]:
    one = Pool(current(state), size=2, limits=Limits(deadline=1.0))
    yield one
    one.close()


def works(pool: Pool) -> bool:
    return b"true" in pool.answer(Query("ASK { ?s ?p ?o }"), "json")


def until(condition: object) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


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
    pool = Pool(current(state), size=1, limits=Limits(deadline=60.0))
    try:
        for _ in range(2):
            with pytest.raises((WorkerLost, QueryError)):
                pool.answer(Query(text), "json")
        assert works(pool)
    finally:
        pool.close()


def test_an_answer_too_large_is_refused_whole(state: Path) -> None:
    pool = Pool(current(state), size=1, limits=Limits(answer=10_000))
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
    pool = Pool(current(state), size=1, limits=Limits(deadline=2.0), wait=0.05)
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
    owner = next(iter(children(os.getpid()) & {pool._keeper.process}))
    os.kill(owner, signal.SIGKILL)
    for _ in range(4):
        # Workers that are still there answer; replacing one starts a new owner.
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        assert works(pool)
    assert pool._keeper.process != owner


def test_a_pool_stays_with_the_snapshot_it_started_with(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    pool = Pool(current(state), size=1)
    try:
        old = current(state)
        shutil.copytree(old, old.with_name("newer"))
        (state / "current").write_text("newer\n", "ascii")
        os.kill(pool._keeper.process, signal.SIGKILL)
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        assert works(pool) and pool.snapshot.path == str(old)
        shutil.rmtree(old)
        os.kill(pool._keeper.process, signal.SIGKILL)
        with pytest.raises((WorkerLost, DeadlineExceeded)):
            pool.answer(Query(DEADLY), "json")
        with pytest.raises(SnapshotError, match="gone. Start the server again"):
            works(pool)
    finally:
        pool.close()


def test_a_query_cut_short_by_the_end_of_the_pool_is_told_so(state: Path) -> None:
    pool = Pool(current(state), size=1, limits=Limits(deadline=60.0))
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(pool.answer, Query(ENDLESS), "json")
        while pool.figures()["free"]:
            time.sleep(0.01)
        pool.close()
        error = running.exception()
    assert isinstance(error, Busy) and "stopping" in str(error)


def test_closing_leaves_nothing_running(state: Path) -> None:
    pool = Pool(current(state), size=3)
    owner = pool._keeper.process
    running = {owner} | children(owner)
    assert len(running) == 4
    pool.close()
    assert gone(running)


def test_without_a_snapshot_there_is_no_pool(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="kg build"):
        Pool(current(tmp_path))


def test_a_damaged_snapshot_is_said(tmp_path: Path) -> None:
    state = write_snapshot(tmp_path / "state")
    next(state.glob("snapshots/*/dump.nq")).write_text("this is no quad\n", "utf-8")
    with pytest.raises(SnapshotError):
        Pool(current(state))


def test_a_file_of_the_working_folder_is_not_taken_for_a_module(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    pool = Pool(current(state), size=1)
    try:
        assert works(pool)
    finally:
        pool.close()


def test_an_answer_tells_what_it_is(pool: Pool) -> None:
    answer = pool.ask(Query("SELECT * { ?s a ?type }"), "json", streaming=True)
    assert answer.rest is None and not answer.truncated and answer.seconds > 0
    assert answer.body == pool.answer(Query("SELECT * { ?s a ?type }"), "json")


@pytest.mark.parametrize("text", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s a ?t }"])
@pytest.mark.parametrize("limit", [1, 3, 10_000])
def test_an_answer_is_cut_at_a_limit_and_says_so(pool: Pool, text: str, limit: int) -> None:
    form = "csv" if text.startswith("SELECT") else "ntriples"
    whole = pool.answer(Query(text), form).splitlines(keepends=True)
    head = int(form == "csv")
    answer = pool.ask(Query(text), form, limit=limit)
    assert answer.body == b"".join(whole[: limit + head])
    assert (answer.rows, answer.truncated) == (min(limit, len(whole) - head), limit < len(whole) - head)


def test_an_answer_of_just_the_limit_is_complete(pool: Pool) -> None:
    assert not pool.ask(Query("SELECT * { VALUES ?x { 1 2 3 } }"), "json", limit=3).truncated
    assert pool.ask(Query("ASK {}"), "json", limit=1).body == pool.answer(Query("ASK {}"), "json")


def large(state: Path, limits: Limits, **lanes: int) -> tuple[Pool, Answer]:
    """A pool of one worker, and a large answer of it of which only the beginning has been read."""
    pool = Pool(current(state), 1, limits, **lanes)
    answer = pool.ask(BOTTOMLESS, "json", streaming=True)
    assert answer.rest is not None and len(answer.body) > limits.whole
    return pool, answer


@pytest.mark.parametrize(("query", "form"), [(LARGE, "json"), (LARGE, "csv"), (LARGE, "xml")])
def test_a_large_answer_comes_in_pieces_that_make_it_up(state: Path, query: Query, form: str) -> None:
    pool = Pool(current(state), 1, STREAMED)
    try:
        answer = pool.ask(query, form, streaming=True)
        assert b"".join([answer.body, *answer.rest]) == pool.answer(query, form)
        assert pool.figures() == {"free": 1, "waiting": 0, "slow": 0}
    finally:
        pool.close()


def test_a_stream_beyond_the_cap_fails(state: Path) -> None:
    pool, answer = large(state, Limits(whole=10_000, stream=1_000_000))
    try:
        with pytest.raises(QueryError, match="larger than 1 MB"):
            list(answer.rest)
        assert works(pool) and pool.figures()["slow"] == 0
    finally:
        pool.close()


def test_a_stream_whose_worker_ends_fails(state: Path) -> None:
    pool = Pool(current(state), 1, STREAMED)
    try:
        before = children(pool._keeper.process)
        answer = pool.ask(BOTTOMLESS, "json", streaming=True)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        with pytest.raises(WorkerLost):
            list(answer.rest)
        assert works(pool)
    finally:
        pool.close()


def test_a_stream_past_the_deadline_fails(state: Path) -> None:
    pool, answer = large(state, Limits(deadline=1.0, whole=10_000))
    try:
        with pytest.raises((DeadlineExceeded, WorkerLost), match="1 seconds"):
            list(answer.rest)
        assert works(pool)
    finally:
        pool.close()


def test_the_time_of_a_slow_reader_is_not_the_engines(state: Path) -> None:
    pool = Pool(current(state), 1, Limits(deadline=2.0, whole=10_000))
    try:
        answer = pool.ask(LARGE, "json", streaming=True)
        pieces = [answer.body]
        time.sleep(3.0)
        assert b"".join([*pieces, *answer.rest]) == pool.answer(LARGE, "json")
    finally:
        pool.close()


def test_a_stream_ends_in_time_however_slowly_it_is_read(state: Path) -> None:
    pool, answer = large(state, Limits(whole=10_000, lasting=0.2))
    try:
        time.sleep(0.3)
        with pytest.raises(DeadlineExceeded, match="not read to its end within 0.2 seconds"):
            list(answer.rest)
        assert pool.figures()["slow"] == 0
    finally:
        pool.close()


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_stream_given_up_leaves_no_process(state: Path, forgotten: bool) -> None:
    pool, answer = large(state, STREAMED)
    try:
        assert len(children(pool._keeper.process)) == 2 and pool.figures()["slow"] == 1
        if not forgotten:
            answer.rest.close()
        del answer
        assert pool.figures() == {"free": 1, "waiting": 0, "slow": 0}
        until(lambda: len(children(pool._keeper.process)) == 1)
    finally:
        pool.close()


def test_closing_breaks_streams_off(state: Path) -> None:
    pool, answer = large(state, STREAMED)
    running = {pool._keeper.process} | children(pool._keeper.process)
    pool.close()
    with pytest.raises(Busy, match="stopping"):
        list(answer.rest)
    assert gone(running)


def test_a_long_query_leaves_the_quick_lane_and_yields(state: Path) -> None:
    pool = Pool(current(state), 1, Limits(deadline=60.0), slow=1)
    try:
        (first,) = children(pool._keeper.process)
        with ThreadPoolExecutor(2) as threads:
            running = threads.submit(pool.answer, Query(ENDLESS), "json")
            # It waits for the one worker, which the long query leaves.
            assert works(pool) and not running.done()
            assert pool.figures()["slow"] == 1
            assert os.getpriority(os.PRIO_PROCESS, first) > os.getpriority(os.PRIO_PROCESS, 0)
            with pytest.raises(Busy, match="So many long queries"):
                pool.answer(Query(ENDLESS), "json")
            assert works(pool) and not running.done()
            os.kill(first, signal.SIGKILL)
            assert isinstance(running.exception(), WorkerLost)
        assert pool.figures() == {"free": 1, "waiting": 0, "slow": 0}
    finally:
        pool.close()


def test_only_so_many_wait(state: Path) -> None:
    pool = Pool(current(state), 1, Limits(deadline=60.0), queue=1, slow=0)
    try:
        with ThreadPoolExecutor(2) as threads:
            running = threads.submit(pool.answer, Query(ENDLESS), "json")
            until(lambda: pool.figures()["free"] == 0)
            waiting = threads.submit(works, pool)
            until(lambda: pool.figures()["waiting"] == 1 or running.done())
            with pytest.raises(Busy, match="Too many requests"):
                works(pool)
            assert waiting.result() and isinstance(running.exception(), Busy)
    finally:
        pool.close()


def test_a_client_that_goes_away_ends_its_query(state: Path) -> None:
    pool = Pool(current(state), 1, Limits(deadline=600.0))
    try:
        token = has_left.set(lambda: True)
        try:
            with pytest.raises(Abandoned):
                pool.answer(Query(ENDLESS), "json")
        finally:
            has_left.reset(token)
        assert works(pool) and pool.figures() == {"free": 1, "waiting": 0, "slow": 0}
    finally:
        pool.close()


def test_the_deadline_of_one_query(pool: Pool) -> None:
    with pytest.raises(DeadlineExceeded, match="0.3 seconds"):
        pool.ask(Query(ENDLESS), "json", deadline=0.3)


def test_what_to_do_depends_on_what_was_asked(pool: Pool) -> None:
    with pytest.raises(DeadlineExceeded, match="LIMIT"):
        pool.answer(Query(ENDLESS), "json")
    with pytest.raises(DeadlineExceeded) as caught:
        pool._run({"check": "data/x.ttl", "format": "json", "language": "en", "most": None, "deadline": 0.0}, b"")
    assert "Split the contribution" in caught.value.remedy and "check" in caught.value.message


def test_work_is_told(state: Path) -> None:
    told: list[tuple[str, float]] = []
    pool = Pool(current(state), 1, STREAMED, worked=lambda kind, seconds: told.append((kind, seconds)))
    try:
        assert works(pool)
        answer = pool.ask(LARGE, "json", streaming=True)
        assert len(told) == 1
        assert list(answer.rest) and len(told) == 2
        assert {kind for kind, _ in told} == {"query"} and all(seconds > 0 for _, seconds in told)
    finally:
        pool.close()


def test_what_checks_need_is_made_before_they_are_asked_for(built_state: Path) -> None:
    pool = Pool(current(built_state), 2, Limits(deadline=60.0), prepare=True)
    try:
        owner = pool._keeper.process
        early = children(owner)
        until(lambda: pool._keeper.generation == len(PREPARED) and not early & children(owner) and pool.figures()["free"] == 2)
        # A process with threads cannot be forked safely.
        assert len(list(Path(f"/proc/{owner}/task").iterdir())) == 1
        assert works(pool) and pool.check("data/claims/new.ttl", b"", "json", "en")[0]
        proof = pool.explain(("actor:freedonia", "a", "ckg:Actor"), "text", "en")
        assert b"Freedonia" in proof or b"freedonia" in proof
    finally:
        pool.close()


def test_no_answer_waits_for_what_is_being_prepared(state: Path) -> None:
    pool = Pool(current(state), 2)
    owner = pool._keeper.process
    early = children(owner)
    try:
        # The workers have less than could be had by now, and the owner takes long with what comes next.
        assert pool._keeper.prepare(PREPARED[0])
        os.kill(owner, signal.SIGSTOP)
        pool.prepare_again()
        until(lambda: pool._keeper.is_preparing)
        with ThreadPoolExecutor(1) as thread:
            try:
                assert thread.submit(works, pool).result(PATIENCE / 2)
            finally:
                os.kill(owner, signal.SIGCONT)
        until(lambda: not pool._keeper.is_preparing and not early & children(owner) and pool.figures()["free"] == 2)
    finally:
        pool.close()


def test_a_snapshot_that_nothing_can_be_prepared_of_answers_queries(state: Path) -> None:
    pool = Pool(current(state), 1, prepare=True)
    try:
        until(lambda: pool._keeper.generation == len(PREPARED))
        assert works(pool)
    finally:
        pool.close()
