"""Work in a process that can be ended: results and errors come back, what hangs, bloats or crashes does not take us along."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from kg.child import Bounds, run
from kg.errors import DeadlineExceeded, KgError, SourceError, Where, WorkerLost

BOUNDS = Bounds(seconds=5, memory=200_000_000)


def test_a_result_comes_back_whatever_its_size() -> None:
    assert run(lambda: "è" * 3_000_000, BOUNDS) == "è" * 3_000_000


def test_an_error_comes_back_with_place_and_remedy() -> None:
    with pytest.raises(SourceError) as caught:
        run(_refuse, BOUNDS)
    assert str(caught.value) == "data/a.ttl:3:1: It is wrong. Mend it."


def _refuse() -> None:
    raise SourceError("It is wrong.", remedy="Mend it.", where=Where("data/a.ttl", 3, 1))


def test_a_fault_of_the_programme_is_a_sentence() -> None:
    with pytest.raises(KgError, match=r"reason that is ours \(ZeroDivisionError: .* by zero\)\. Report it"):
        run(lambda: 1 // 0, BOUNDS)


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda: os.kill(os.getpid(), signal.SIGKILL), id="killed"),
        pytest.param(lambda: bytearray(1_000_000_000), id="memory"),
    ],
)
def test_a_process_that_dies_is_a_sentence(work: Callable[[], object]) -> None:
    with pytest.raises(WorkerLost, match="ended without a result"):
        run(work, BOUNDS)


def test_work_that_hangs_is_ended_and_leaves_no_process(tmp_path: Path) -> None:
    note = tmp_path / "child"

    def hang() -> None:
        note.write_text(str(os.getpid()))
        time.sleep(60)

    with pytest.raises(DeadlineExceeded, match="ended after 0.5 seconds"):
        run(hang, Bounds(seconds=0.5, memory=200_000_000))
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
