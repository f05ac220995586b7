"""A new snapshot is served as soon as it is built, no query is dropped, and older ones are loaded when asked for."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import PATIENCE, Server, command, gone, serving, write_snapshot

from kg import snapshots
from kg.engine import current
from kg.errors import Busy, Gone, NotFound, SnapshotError
from kg.model import Query
from kg.settings import Settings
from kg.web import create_app
from kg.web.serving import Serving
from kg.workers import Limits, Pool


def write_another(state: Path, letter: str, triples: int = 1, **more: object) -> Path:
    """The folder of a snapshot of so many triples, beside the current one; its digest is 64 times this letter."""
    folder = state / "snapshots" / (letter * 64)
    aside = state / "snapshots" / f".{letter}"
    shutil.copytree(next(state.glob("snapshots/[0-9a-f]*")), aside)
    lines = "".join(f"<urn:s> <urn:p> <urn:o{number}> .\n" for number in range(triples))
    (aside / "dump.nq").write_text(lines, "utf-8")
    told = {**json.loads((aside / "manifest.json").read_text("utf-8")), "digest": letter * 64, **more}
    (aside / "manifest.json").write_text(json.dumps(told), "utf-8")
    os.rename(aside, folder)
    return folder


def switch(state: Path, letter: str, triples: int = 1) -> None:
    """Write another snapshot, and make it the current one."""
    snapshots.switch(state, write_another(state, letter, triples))


def eventually(holds: Callable[[], bool]) -> bool:
    """True as soon as it holds; False if it still does not after all patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def pools(state: Path, old: int = 1) -> Iterator[tuple[Serving, list[Pool]]]:
    """What serves the snapshots of a folder, and every pool that it starts."""
    started: list[Pool] = []

    def start(folder: Path, size: int | None) -> Pool:
        started.append(Pool(folder, size or 1, Limits(deadline=20.0)))
        return started[-1]

    one = Serving(start(current(state), None), start, old)
    try:
        yield one, started
    finally:
        one.close()
        for pool in started:
            pool.close()


def count(pool: Pool) -> int:
    return int(pool.answer(Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), "csv").split()[1])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return write_snapshot(tmp_path / "state")


def test_a_request_under_way_is_finished_on_the_snapshot_it_began_with(state: Path) -> None:
    with pools(state) as (serving_, started):
        assert not serving_.take_up()
        begun = serving_.lease()
        before = count(begun.pool)
        switch(state, "a", 3)
        assert serving_.take_up() and not serving_.take_up()
        assert serving_.current.snapshot.digest == "a" * 64 and count(serving_.current.pool) == 3
        assert count(begun.pool) == before != 3
        serving_.release(begun)
        assert eventually(lambda: _closed(started[0])) and count(serving_.current.pool) == 3


def _closed(pool: Pool) -> bool:
    try:
        pool.answer(Query("ASK {}"), "json")
    except Busy:
        return True
    return False


def test_a_broken_snapshot_leaves_the_one_before(state: Path) -> None:
    with pools(state) as (serving_, _):
        before = count(serving_.current.pool)
        switch(state, "a")
        (state / "snapshots" / ("a" * 64) / "dump.nq").write_text("nonsense", "utf-8")
        with pytest.raises(SnapshotError):
            serving_.take_up()
        assert count(serving_.current.pool) == before
        switch(state, "b", 2)
        assert serving_.take_up() and count(serving_.current.pool) == 2


def test_an_older_snapshot_is_loaded_once_for_all_who_ask(state: Path) -> None:
    write_another(state, "a", 3)
    with pools(state) as (serving_, started), ThreadPoolExecutor(8) as threads:

        def ask(number: int) -> int | None:
            try:
                served = serving_.lease("a" * 8)
            except Busy:
                return None
            try:
                return count(served.pool)
            finally:
                serving_.release(served)

        found = list(threads.map(ask, range(8)))
        # Few may wait; the others are told to come back.
        assert 3 in found and set(found) <= {3, None} and len(started) == 2
        assert ask(0) == 3 and len(started) == 2


def test_no_more_older_snapshots_are_loaded_than_may_be(state: Path) -> None:
    for letter in "abc":
        write_another(state, letter, "abc".index(letter) + 2)
    with pools(state, old=1) as (serving_, started):
        first = serving_.lease("a" * 64)
        with pytest.raises(Busy, match="as may be"):
            serving_.lease("b" * 64)
        serving_.release(first)
        second = serving_.lease("b" * 64)
        assert count(second.pool) == 3 and _closed(started[1])
        assert serving_.figures() == {"old": 1, "loading": 0}
        serving_.release(second)


def test_a_removed_snapshot_is_let_go_of(state: Path) -> None:
    folder = write_another(state, "a", 3)
    dropped: list[bool] = []
    with pools(state) as (serving_, started):
        serving_.changed = lambda: dropped.append(True)
        served = serving_.lease("a" * 64)
        snapshots.record(state)
        dropped.clear()
        snapshots.remove(state, "a" * 64)
        with pytest.raises(Gone):
            serving_.lease("a" * 64)
        assert dropped and count(served.pool) == 3
        serving_.release(served)
        assert eventually(lambda: _closed(started[1])) and not folder.exists()
        with pytest.raises(NotFound):
            serving_.lease("f" * 64)


def test_a_damaged_older_snapshot_is_tried_once(state: Path) -> None:
    (write_another(state, "a") / "dump.nq").write_text("nonsense", "utf-8")
    with pools(state) as (serving_, _):
        for _ in range(3):
            with pytest.raises(SnapshotError, match="damaged"):
                serving_.lease("a" * 64)
        # Another folder: what failed may work now.
        (state / "snapshots" / ("a" * 64) / "dump.nq").write_text("", "utf-8")
        write_another(state, "b")
        serving_.release(serving_.lease("a" * 64))


def test_all_that_was_kept_is_dropped_with_its_snapshot(state: Path) -> None:
    app = create_app(Settings(state=state))
    site = app.extensions["kg"]
    try:
        path = f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}&format=csv"
        before, again = (app.test_client().get(path) for _ in range(2))
        assert before.data == again.data and site.replies.figures()["entries"] == 1
        before.close()
        again.close()
        switch(state, "a", 3)
        assert site.serving.take_up()
        assert site.replies.figures()["entries"] == site.answers.figures()["entries"] == 0
        after = app.test_client().get(path)
        assert after.text.split() == ["n", "3"] and after.headers["KG-Snapshot"] == "a" * 64
        assert after.headers["ETag"] != before.headers["ETag"]
    finally:
        site.serving.close()


def answer(server: Server, text: str = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") -> tuple[int, str, str]:
    told = server.ask("GET", f"/sparql?query={quote(text)}&format=csv")
    return told.status, told.headers.get("kg-snapshot", "")[:1], told.text


@pytest.mark.server
def test_no_query_is_dropped_while_snapshots_change(state: Path) -> None:
    found: list[tuple[int, str, str]] = []
    stop = threading.Event()
    with serving(state, "--budget", "0") as server:
        _, _, first = answer(server)
        counts = {"0": first, "a": "n\r\n3\r\n", "b": "n\r\n5\r\n"}

        def ask_on(number: int) -> None:
            while not stop.is_set():
                # Some from those kept, some not.
                text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }" + (f" #{len(found)}" if number % 2 else "")
                found.append(answer(server, text))

        with ThreadPoolExecutor(4) as threads:
            asking = [threads.submit(ask_on, number) for number in range(4)]
            try:
                for letter, triples in (("a", 3), ("b", 5)):
                    switch(state, letter, triples)
                    assert eventually(lambda letter=letter: any(one[1] == letter for one in found))
                    count_ = len(found)
                    assert eventually(lambda count_=count_: len(found) > count_ + 20)
            finally:
                stop.set()
            for one in asking:
                one.result()
        assert {status for status, _, _ in found} == {200}
        # What is said to be of a snapshot is of it.
        assert all(counts[letter] == text for _, letter, text in found)
        assert answer(server)[1] == "b"
        processes = server.descendants()
        assert server.stop() == 0 and gone(processes)


@pytest.mark.server
def test_what_is_said_of_a_broken_snapshot_and_the_signal(state: Path) -> None:
    line, environment = command("--port", "0", "--take-up", "false", state=state)
    process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        server = Server(process, process.stdout.readline().split()[4], "")
        switch(state, "a", 3)
        (state / "snapshots" / ("a" * 64) / "dump.nq").write_text("nonsense", "utf-8")
        process.send_signal(signal.SIGHUP)
        said = process.stderr.readline()
        assert said.startswith(f"kg: the snapshot {'a' * 64} was not taken up: ") and "damaged" in said
        assert answer(server)[:2] == (200, "0")
        switch(state, "b", 5)
        time.sleep(1.5)
        assert answer(server)[:2] == (200, "0")
        process.send_signal(signal.SIGHUP)
        assert eventually(lambda: answer(server)[:2] == (200, "b"))
        assert server.stop() == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


@pytest.mark.server
def test_a_stream_begun_before_is_finished(state: Path) -> None:
    many = "".join(f"<urn:s{number}> <urn:p> \"{'x' * 200}{number}\" .\n" for number in range(60_000))
    folder = current(state)
    (folder / "dump.nq").write_text(many, "utf-8")
    with serving(state, "--budget", "0") as server:
        connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=PATIENCE)
        connection.request("GET", f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&format=csv")
        response = connection.getresponse()
        assert response.getheader("KG-Answer") == "streaming"
        begin = response.read(1_000)
        switch(state, "a", 3)
        assert eventually(lambda: answer(server)[:2] == (200, "a"))
        rest = response.read()
        assert (begin + rest).count(b"\r\n") == 60_001
        connection.close()
