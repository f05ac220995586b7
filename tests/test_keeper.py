"""A worker as the web process knows it: nothing is ever done to a process that only has its number."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kg.workers import keeper
from kg.workers.keeper import Worker
from kg.workers.wire import Channel


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def worker_of(number: int) -> Worker:
    ours, theirs = socket.socketpair()
    theirs.close()
    return Worker(number, Channel(ours), 0)


def test_a_worker_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    worker = worker_of(sleeper.pid)
    worker.end()
    assert sleeper.wait() == -signal.SIGKILL
    worker.kill()


def test_the_number_of_a_worker_that_was_collected_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    if not hasattr(os, "pidfd_open"):
        return
    gone = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    worker = worker_of(gone.pid)
    gone.communicate()
    # The system has given the number to another process since.
    worker.process = sleeper.pid
    before = os.getpriority(os.PRIO_PROCESS, sleeper.pid)
    worker.slow_down()
    worker.end()
    assert sleeper.poll() is None and os.getpriority(os.PRIO_PROCESS, sleeper.pid) == before


def test_where_the_system_has_nothing_better_a_worker_is_ended_by_its_number(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(keeper.os, "pidfd_open", raising=False)
    worker_of(sleeper.pid).end()
    assert sleeper.wait() == -signal.SIGKILL


def test_a_worker_leaves_nothing_open(sleeper: subprocess.Popen[bytes]) -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(20):
        worker_of(sleeper.pid).channel.close()
    assert len(os.listdir("/dev/fd")) <= before
