"""The web process's side of the owner of the store (``kg.workers.owner``): starting it, ordering workers from it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path

import kg
from kg.errors import SnapshotError, WorkerLost
from kg.model import Snapshot
from kg.workers import wire
from kg.workers.wire import Channel, Limits

#: Seconds for the owner to load a snapshot, for a worker to be forked, and for preparing, before they count as failed.
_START = 600.0
_FORK = 10.0
_PREPARE = 60.0
#: Seconds in which a worker must read what it is sent.
_READ = 30.0
#: How much a slow process yields to others (from 0 to 19, as ``nice``).
_NICE = 15


@dataclass(eq=False)
class Worker:
    """A forked process and the channel to it; of two generations the later has more prepared."""

    process: int
    channel: Channel
    generation: int

    def __post_init__(self) -> None:
        # Once a process is collected its number may be another's; what is open here stays this process's alone (Linux).
        self._handle: int | None = None
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._handle = os.pidfd_open(self.process)
                weakref.finalize(self, os.close, self._handle)

    def slow_down(self) -> None:
        """Let other processes go first. Cannot be undone."""
        with contextlib.suppress(OSError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, 0)
            os.setpriority(os.PRIO_PROCESS, self.process, _NICE)

    def end(self) -> None:
        """End the process, whatever it does, and the channel to it. Its owner has still to be told."""
        self.channel.close()
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            else:
                os.kill(self.process, signal.SIGKILL)


class Keeper:
    """Has an owner for a snapshot, and another if that one ends. Safe to use from several threads."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Start an owner of the snapshot in this folder. Raises SnapshotError."""
        self._folder, self._limits = folder, limits
        # Of one thread several times: a stream that nobody holds any more may end at any moment (``Stream.__del__``).
        self._lock = threading.RLock()
        self._closed = False
        #: True while the owner prepares one kind after the other, which is said from outside: it starts no worker then.
        self.is_preparing = False
        self.generation = 0
        self.snapshot = self._start()

    @property
    def process(self) -> int:
        """The number of the owner's process."""
        return self._owner.pid

    def fork(self, ended: Worker | None = None) -> Worker | None:
        """A new worker, None after ``close``; the owner first collects the one that has ended.

        Raises WorkerLost and SnapshotError.
        """
        with self._lock:
            if self._closed:
                return None
            try:
                return self._order(ended)
            except (wire.Closed, TimeoutError, OSError):
                if self._closed:
                    return None
                # The owner is gone (it may have been killed): the workers it left still answer; start another.
                self._stop()
                self.generation, self.snapshot = 0, self._start()
                if self._closed:
                    self._stop()
                    return None
                try:
                    return self._order(None)
                except (wire.Closed, TimeoutError, OSError):
                    raise WorkerLost("No process could be started for the query.") from None

    def ended(self, worker: Worker) -> None:
        """Have the owner collect a worker that has ended."""
        with self._lock, contextlib.suppress(wire.Closed):
            self._control.send({"end": worker.process})

    def prepare(self, kind: str) -> bool:
        """Have the owner make what requests of a kind need, for workers forked from now on; False if that fails."""
        with self._lock:
            try:
                self._control.send({"prepare": kind})
                self._control.receive(time.monotonic() + _PREPARE)
            except (wire.Closed, TimeoutError):
                return False
            self.generation += 1
            return True

    def close(self) -> None:
        """End the owner. It would end its workers first, but it may be busy preparing: whoever knows them ends them."""
        self._closed = True
        self._stop()

    def _stop(self) -> None:
        self._owner.kill()
        self._owner.wait()
        self._control.close()

    def _start(self) -> Snapshot:
        """Start an owner and wait for it to have the snapshot. Raises SnapshotError."""
        if not self._folder.is_dir():
            raise SnapshotError("The snapshot that was served is gone.", remedy="Start the server again.")
        ours, theirs = socket.socketpair()
        self._control = Channel(ours, _READ)
        arguments = [str(theirs.fileno()), str(self._folder), json.dumps(asdict(self._limits))]
        # -P: a file of the working folder must not stand in for a module.
        command = [sys.executable, "-P", "-m", "kg.workers.owner", *arguments]
        paths = [str(Path(kg.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._owner = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "RUST_BACKTRACE": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        try:
            header, _ = self._control.receive(time.monotonic() + _START)
        except (wire.Closed, TimeoutError):
            self._stop()
            raise SnapshotError("The store could not be loaded.", remedy="Run: kg build --force") from None
        if "error" in header:
            self._stop()
            raise wire.to_error(header)
        return Snapshot(**header["snapshot"])

    def _order(self, ended: Worker | None) -> Worker:
        order: wire.Header = {"fork": True}
        self._control.send(order if ended is None else {"end": ended.process, **order})
        if not self._control.ready(_FORK):
            raise TimeoutError
        message, descriptors, _, _ = socket.recv_fds(self._control.socket, 8, 1)
        if not descriptors:
            raise wire.Closed
        channel = Channel(socket.socket(fileno=descriptors[0]), _READ)
        return Worker(int.from_bytes(message, "big"), channel, self.generation)
