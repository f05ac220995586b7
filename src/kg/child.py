"""Work on what a stranger wrote, in a process of its own that can be ended: it may hang, or take the process with it.

No parser is proof against every text. A child that takes too long, wants too much memory or crashes costs the parent
nothing but a sentence.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kg.errors import DeadlineExceeded, KgError, WorkerLost

T = TypeVar("T")
_PIECE = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """What the work may use: seconds, and bytes of memory beyond what the process has when it begins."""

    seconds: float
    memory: int


def run(work: Callable[[], T], bounds: Bounds) -> T:
    """What ``work`` returns, done in a forked process. Call it while this process has only one thread.

    Raises the KgError that the work raises, DeadlineExceeded if it takes longer than it may, and WorkerLost if its
    process ends without a result, for one because it wants more memory than it may have.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, bounds, reading, writing)
    os.close(writing)
    try:
        data = _received(reading, time.monotonic() + bounds.seconds)
    except TimeoutError:
        raise DeadlineExceeded(
            f"The work was ended after {bounds.seconds:g} seconds.", remedy="Check fewer or smaller files at once."
        ) from None
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not data:
        raise WorkerLost(
            "The process that read the files ended without a result: one of them is too large, or nested too deep.",
            remedy="Check them one by one, or in smaller parts.",
        )
    result = pickle.loads(data)
    if isinstance(result, BaseException):
        raise result
    return result


def _work(work: Callable[[], T], bounds: Bounds, reading: int, writing: int) -> None:
    """In the child: do the work, send its result, end."""
    status = 1
    try:
        os.close(reading)
        # The default action ends the process even while native code runs, should the parent be gone.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(math.ceil(bounds.seconds) + 1)
        cap_memory(bounds.memory)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(_done(work)))
        status = 0
    finally:
        # Never return into the parent's code, whatever happens.
        os._exit(status)


def _done(work: Callable[[], T]) -> T | KgError:
    try:
        return work()
    except KgError as error:
        return error
    except MemoryError:
        raise
    except Exception as error:
        return KgError(
            f"The work failed for a reason that is ours ({type(error).__name__}: {error}).",
            remedy="Report it, with the files.",
        )


def _received(pipe: int, until: float) -> bytes:
    """All that the child writes. Raises TimeoutError if that takes too long."""
    data = bytearray()
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(pipe, _PIECE)
        if not piece:
            return bytes(data)
        data += piece


def cap_memory(extra: int) -> None:
    """Cap the address space at what is used now and ``extra`` bytes; without /proc (not Linux) there is no cap."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return
    most = pages * resource.getpagesize() + extra
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
