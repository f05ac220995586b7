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

from kg.child import cap_memory
from kg.engine import Engine
from kg.errors import KgError
from kg.workers import wire
from kg.workers.desk import Desk
from kg.workers.wire import Limits

#: Growth of a worker, in kilobytes, after which it is replaced, so that its memory goes back to the system.
_GROWTH_KILOBYTES = 48 * 1024

#: Seconds after the deadline at which the system ends a worker itself, should nobody else be there to do it.
_GRACE = 2.0


def main() -> int:
    """Serve the web process over the channel whose number is the first argument, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    limits = Limits(**json.loads(sys.argv[3]))
    try:
        engine = Engine.load(Path(sys.argv[2]))
        desk = Desk(engine, limits)
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
                _fork(desk, control, limits, workers)
    except wire.Closed:
        return 0
    finally:
        for worker in tuple(workers):
            _end(worker, workers)


def _snapshot(engine: Engine) -> wire.Header:
    snapshot = engine.snapshot
    plain = {name: dict(getattr(snapshot, name)) for name in ("files", "counts", "versions")}
    return {"path": snapshot.path, "digest": snapshot.digest, "built": snapshot.built, **plain}


def _fork(desk: Desk, control: socket.socket, limits: Limits, workers: set[int]) -> None:
    """Fork a worker and hand the other end of its channel to the web process."""
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        status = 1
        try:
            control.close()
            theirs.close()
            _work(desk, ours, limits)
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


def _work(desk: Desk, channel: socket.socket, limits: Limits) -> None:
    """Answer requests, one at a time, until the channel is closed."""
    cap_memory(limits.memory)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while True:
        try:
            request, content = wire.receive(channel)
        except wire.Closed:
            return
        # The default action ends the process even while the engine runs.
        signal.alarm(math.ceil(limits.deadline + _GRACE))
        header, body = desk.answer(request, content)
        signal.alarm(0)
        growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
        header["spent"] = growth > _GROWTH_KILOBYTES
        try:
            wire.send(channel, header, body)
        except wire.Closed:
            return


if __name__ == "__main__":
    sys.exit(main())
