"""A real ``kg serve`` over the repository's own graph, started once for all tests that ask it something."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT

#: Seconds for building the graph and starting: a bound against hanging, not a measure of speed.
PATIENCE = 180.0


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: os.PathLike[str]) -> None:
    """Return when the server answers; fail with what it printed if it ends or stays silent."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
    with open(log, encoding="utf-8") as printed:
        pytest.fail(f"kg serve (exit status {process.poll()}) does not answer at {address}: {printed.read()}")


@pytest.fixture(scope="session")
def live_server(real_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server process over this repository, without a slash at the end; ended after the last test."""
    folder = tmp_path_factory.mktemp("live")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment |= {"KG_STATE": str(real_state), "KG_REPOSITORY": str(ROOT), "PYTHONPATH": str(ROOT / "src")}
    log = folder / "log"
    with log.open("wb") as printed:
        command = [sys.executable, "-m", "kg", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=printed, stderr=printed, stdin=subprocess.DEVNULL)
    try:
        wait_until_it_answers(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            pytest.fail("kg serve did not stop within 20 seconds of SIGTERM")
