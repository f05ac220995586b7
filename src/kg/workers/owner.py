"""The owner of the store: one process with one thread that loads the snapshot and forks the workers from it.

The store is shared copy-on-write, so a worker costs milliseconds and little memory. Started by ``kg.workers.Pool``
as a process of its own, since a process with threads cannot be forked safely.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from kg.child import cap_memory
from kg.engine import Engine
from kg.errors import KgError
from kg.remote.confinement import confine
from kg.workers import wire
from kg.workers.desk import Desk
from kg.workers.outbox import Clock, Outbox
from kg.workers.wire import Channel, Limits

#: Growth of a worker, in kilobytes, after which it is replaced, so that its memory goes back to the system.
_GROWTH_KILOBYTES = 24 * 1024

#: Seconds after the deadline at which the system ends a worker itself, should nobody else be there to do it.
_GRACE = 2.0


#: Seconds that the owner may work, and that may pass, to make what requests of a kind need: on a machine that has much to
#: do the work itself is no more.
_PREPARING, _PASSING = 5.0, 20.0


def main() -> int:
    """Serve the web process over the channel whose number is the first argument, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = Channel(socket.socket(fileno=int(sys.argv[1])))
    limits = Limits(**json.loads(sys.argv[3]))
    # Before anything is read that somebody else wrote, and for all workers that are forked.
    confine(limits.relay)
    try:
        engine = Engine.load(Path(sys.argv[2]))
        desk = Desk(engine, limits)
    except KgError as error:
        with contextlib.suppress(wire.Closed):
            control.send(wire.from_error(error))
        return error.exit_code
    workers: set[int] = set()
    try:
        _settle()
        control.send({"snapshot": _snapshot(engine)})
        while True:
            order, _ = control.receive()
            if "end" in order:
                _end(order["end"], workers)
            if "prepare" in order:
                _prepare(desk, order["prepare"])
                _settle()
                control.send({"prepared": order["prepare"]})
            if "fork" in order:
                _fork(desk, control, limits, workers)
    except wire.Closed:
        return 0
    finally:
        for worker in tuple(workers):
            _end(worker, workers)


class _TooLong(Exception):
    """Preparing takes longer than workers may be waited for."""


def _prepare(desk: Desk, kind: str) -> None:
    """Make what requests of a kind need, unless that takes long: nobody gets a worker meanwhile."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise _TooLong

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, _PREPARING), (signal.SIGALRM, signal.ITIMER_REAL, _PASSING))
    for alarm, timer, seconds in timers:
        signal.signal(alarm, stop)
        signal.setitimer(timer, seconds)
    try:
        desk.prepare(kind)
    except (_TooLong, MemoryError):
        # Whoever asks for it has it made by the worker, within its own limits.
        pass
    finally:
        for alarm, _, _ in timers:
            signal.signal(alarm, signal.SIG_IGN)
        for alarm, timer, _ in timers:
            signal.setitimer(timer, 0)
            # Workers are to be ended by them.
            signal.signal(alarm, signal.SIG_DFL)


def _settle() -> None:
    """Spare workers the pages that a collection of garbage would copy."""
    gc.collect()
    gc.freeze()


def _snapshot(engine: Engine) -> wire.Header:
    snapshot = engine.snapshot
    plain = {name: dict(getattr(snapshot, name)) for name in ("files", "counts", "versions")}
    return {"path": snapshot.path, "digest": snapshot.digest, "built": snapshot.built, **plain}


def _fork(desk: Desk, control: Channel, limits: Limits, workers: set[int]) -> None:
    """Fork a worker and hand the other end of its channel to the web process."""
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        status = 1
        try:
            control.close()
            theirs.close()
            _work(desk, Channel(ours), limits)
            status = 0
        finally:
            # Never return into the owner's loop, whatever happens.
            os._exit(status)
    ours.close()
    workers.add(worker)
    message = worker.to_bytes(8, "big")
    descriptor = array.array("i", [theirs.fileno()])
    try:
        control.socket.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])
    except OSError:
        raise wire.Closed from None
    finally:
        theirs.close()


def _end(worker: int, workers: set[int]) -> None:
    if worker in workers:
        workers.discard(worker)
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


def _work(desk: Desk, channel: Channel, limits: Limits) -> None:
    """Answer requests, one at a time, until the channel is closed."""
    cap_memory(limits.memory)
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        while True:
            request, content = channel.receive()
            clock = Clock(request["deadline"], _GRACE)
            outbox = Outbox(channel, clock, limits, request["most"], request.get("streaming", False))
            clock.start()
            header, body = desk.answer(request, content, outbox)
            clock.stop()
            growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
            spent = header.get("spent", False) or growth > _GROWTH_KILOBYTES
            channel.send({**header, "spent": spent, "seconds": clock.spent}, body)
    except wire.Closed:
        return


if __name__ == "__main__":
    sys.exit(main())
