"""The owner of the store: one process with one thread that loads the snapshot and forks the workers from it.

The store is shared copy-on-write, so a worker costs milliseconds and little memory. Started by ``kg.workers.Pool``
as a process of its own, since a process with threads cannot be forked safely.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import math
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from kg.engine import Engine
from kg.errors import KgError, QueryError, WorkerLost
from kg.sparql.results import serialise
from kg.workers import wire
from kg.workers.wire import Limits

#: Growth of a worker, in kilobytes, after which it is replaced, so that its memory goes back to the system.
_GROWTH_KILOBYTES = 48 * 1024

#: Seconds after the deadline at which the system ends a worker itself, should nobody else be there to do it.
_GRACE = 2.0

_OUT_OF_MEMORY = "The query needs more memory than a query may have."
_SMALLER = "Ask for less at once: add LIMIT, or patterns that narrow it down."


def main() -> int:
    """Serve the web process over the channel whose number is the first argument, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    limits = Limits(**json.loads(sys.argv[3]))
    try:
        engine = Engine.load(Path(sys.argv[2]))
    except KgError as error:
        with contextlib.suppress(wire.Closed):
            wire.send(control, wire.from_error(error))
        return error.exit_code
    gc.collect()
    gc.freeze()
    workers: set[int] = set()
    try:
        wire.send(control, {"snapshot": _snapshot(engine)})
        while True:
            order, _ = wire.receive(control)
            if "end" in order:
                _end(order["end"], workers)
            if "fork" in order:
                _fork(engine, control, limits, workers)
    except wire.Closed:
        return 0
    finally:
        for worker in tuple(workers):
            _end(worker, workers)


def _snapshot(engine: Engine) -> wire.Header:
    snapshot = engine.snapshot
    plain = {name: dict(getattr(snapshot, name)) for name in ("files", "counts", "versions")}
    return {"path": snapshot.path, "digest": snapshot.digest, "built": snapshot.built, **plain}


def _fork(engine: Engine, control: socket.socket, limits: Limits, workers: set[int]) -> None:
    """Fork a worker and hand the other end of its channel to the web process."""
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        status = 1
        try:
            control.close()
            theirs.close()
            _work(engine, ours, limits)
            status = 0
        finally:
            # Never return into the owner's loop, whatever happens.
            os._exit(status)
    ours.close()
    workers.add(worker)
    message = worker.to_bytes(8, "big")
    descriptor = array.array("i", [theirs.fileno()])
    control.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])
    theirs.close()


def _end(worker: int, workers: set[int]) -> None:
    if worker in workers:
        workers.discard(worker)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


def _work(engine: Engine, channel: socket.socket, limits: Limits) -> None:
    """Answer queries, one at a time, until the channel is closed."""
    _cap_memory(limits.memory)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while True:
        try:
            request, _ = wire.receive(channel)
        except wire.Closed:
            return
        # The default action ends the process even while the engine runs.
        signal.alarm(math.ceil(limits.deadline + _GRACE))
        header, body = _answer(engine, request, limits)
        signal.alarm(0)
        growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
        header["spent"] = growth > _GROWTH_KILOBYTES
        try:
            wire.send(channel, header, body)
        except wire.Closed:
            return


def _answer(engine: Engine, request: wire.Header, limits: Limits) -> tuple[wire.Header, bytes]:
    try:
        results = engine.query(wire.to_query(request["query"]))
        return {}, serialise(results, request["format"], min(limits.answer, request["most"] or limits.answer))
    except KgError as error:
        return wire.from_error(error), b""
    except MemoryError:
        return wire.from_error(QueryError(_OUT_OF_MEMORY, remedy=_SMALLER)), b""
    except Exception as error:
        # The cause is for the log; a stranger learns only that it is our fault.
        print(f"kg: a query failed with {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return wire.from_error(WorkerLost("The query failed for a reason that is ours, not yours.")), b""


def _cap_memory(extra: int) -> None:
    """Cap the address space at what is used now and ``extra`` bytes; without /proc (not Linux) there is no cap."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return
    most = pages * resource.getpagesize() + extra
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    sys.exit(main())
