"""Which snapshot answers: the current one, a new one as soon as it is built, an older one while it is kept.

A request holds what it is answered from until its answer is sent. So a pool that is no longer wanted ends with the last
answer that it is at, and no query is dropped.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from kg import snapshots
from kg.engine import current
from kg.errors import Busy, KgError
from kg.snapshots import Kept
from kg.web.served import Served
from kg.workers import Pool

#: Seconds between two looks at which snapshot is the current one.
EVERY = 1.0
#: Requests that may wait for an older snapshot to be loaded, and for how many seconds; others are told to come back.
_WAITING = 2
_PATIENCE = 20.0
#: Processes that answer from an older snapshot.
_OLD_SIZE = 1

Start = Callable[[Path, int | None], Pool]


class Serving:
    """The pools of one server. Safe to use from several threads."""

    def __init__(self, pool: Pool, start: Start, old: int) -> None:
        """``pool`` is that of the current snapshot; ``start`` makes one over a folder, of a size; at most ``old`` older
        snapshots are loaded at once."""
        self._start, self._most_old = start, old
        self._current = Served.of(pool)
        self._folder = Path(self._current.snapshot.path).parent
        self._state = self._folder.parent
        self._old: OrderedDict[str, Served] = OrderedDict()
        self._retired: list[Served] = []
        self._loading: dict[str, Future[Served]] = {}
        self._failed: dict[str, KgError] = {}
        self._found: dict[str, Kept | KgError] = {}
        self._seen: int | None = None
        self._waiting = 0
        self._lock = threading.RLock()
        self._switching = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        #: Called when another snapshot has become the current one, or some may have been removed.
        self.changed: Callable[[], None] = lambda: None
        #: Called with a new snapshot before it becomes the current one.
        self.prepare: Callable[[Served], None] = lambda served: None

    @property
    def current(self) -> Served:
        """What answers where no snapshot is asked for."""
        return self._current

    def look(self) -> None:
        """Take note of snapshots that were built or removed since; costs next to nothing."""
        try:
            seen = self._folder.stat().st_mtime_ns
        except OSError:
            seen = None
        if seen == self._seen:
            return
        with self._lock:
            self._seen = seen
            self._found.clear()
            self._failed.clear()
            for name, served in list(self._old.items()):
                if not Path(served.snapshot.path).is_dir():
                    self._retire(self._old.pop(name))
        self.changed()

    def lease(self, wanted: str | None = None) -> Served:
        """What answers a request, for ``wanted`` (a digest, its beginning, or a reference) or for the current snapshot.
        Whoever has it calls ``release``.

        Raises RequestError, NotFound and Gone as ``kg.snapshots.find`` does, SnapshotError if the snapshot is damaged,
        and Busy if it cannot be loaded in time or too many are at work.
        """
        with self._lock:
            served = self._current
            if wanted is None or wanted == served.snapshot.reference:
                served.leases += 1
                return served
        self.look()
        kept = self._find(wanted)
        with self._lock:
            served = self._current if kept.folder.name == self._current.name else self._old.get(kept.folder.name)
            if served:
                if kept.folder.name in self._old:
                    self._old.move_to_end(kept.folder.name)
                served.leases += 1
                return served
        return self._loaded(kept)

    def hold(self, served: Served) -> None:
        """Keep what is served until it is released once more."""
        with self._lock:
            served.leases += 1

    @property
    def closed(self) -> bool:
        """True if nothing is answered any more."""
        return self._closed

    def release(self, served: Served) -> None:
        """The answer is sent, or given up."""
        with self._lock:
            served.leases -= 1
            if served in self._retired and not served.leases:
                self._retired.remove(served)
                _close(served)

    def take_up(self) -> bool:
        """Switch to the snapshot that is the current one now; False if it is served already. Raises SnapshotError."""
        with self._switching:
            folder = current(self._state)
            if folder.name == self._current.name or self._closed:
                return False
            served = Served.of(self._start(folder, None))
            served.pool.worked = self._current.pool.worked
            self.prepare(served)
            with self._lock:
                before, self._current = self._current, served
                self._retire(before)
                if served.name in self._old:
                    self._retire(self._old.pop(served.name))
                if self._closed:
                    self._retire(served)
        self.changed()
        return True

    def watch(self, follow: bool) -> None:
        """Look for a new snapshot from now on: each second if ``follow`` is set, and whenever ``wake`` is called."""
        threading.Thread(target=self._watch, args=(follow,), name="snapshots", daemon=True).start()

    def wake(self) -> None:
        """Have the watch look now, also at a snapshot that failed before. May be called by the handler of a signal."""
        self._wake.set()

    def close(self) -> None:
        """End all workers. Later answers raise Busy."""
        with self._lock:
            self._closed = True
            open_ = [self._current, *self._old.values(), *self._retired]
        self._wake.set()
        for served in open_:
            served.pool.close()

    def _watch(self, follow: bool) -> None:
        failed = ""
        while not self._closed:
            called = self._wake.wait(EVERY if follow else None)
            self._wake.clear()
            name = snapshots.current_name(self._state)
            if not (called or name != failed):
                continue
            try:
                self.look()
                self.take_up()
                failed = ""
            except Exception as error:
                # Said once of each; the snapshot that was served goes on being served.
                if called or name:
                    failed = name
                    print(f"kg: the snapshot {name or '(none)'} was not taken up: {error}", file=sys.stderr, flush=True)

    def _find(self, wanted: str) -> Kept:
        with self._lock:
            found = self._found.get(wanted)
        if found is None:
            try:
                found = snapshots.find(self._state, wanted)
            except KgError as error:
                found = error
            with self._lock:
                # What strangers ask for is not kept without bound.
                if len(self._found) > 1_000:
                    self._found.clear()
                if snapshots.NAME.fullmatch(wanted):
                    self._found[wanted] = found
        if isinstance(found, KgError):
            # An error that is raised again and again would hold on to every request that it was raised in.
            raise found.with_traceback(None)
        return found

    def _loaded(self, kept: Kept) -> Served:
        """An older snapshot, loaded once for all who ask for it meanwhile."""
        name = kept.folder.name
        with self._lock:
            if name in self._failed:
                raise self._failed[name].with_traceback(None)
            loading = self._loading.get(name)
            if loading is None:
                victim = self._room()
                loading = self._loading[name] = Future()
                threading.Thread(target=self._load, args=(kept, loading, victim), daemon=True).start()
            if self._waiting >= _WAITING:
                raise _loading()
            self._waiting += 1
        try:
            served = loading.result(_PATIENCE)
        except TimeoutError:
            raise _loading() from None
        finally:
            with self._lock:
                self._waiting -= 1
        with self._lock:
            if served.retired:
                raise _loading()
            served.leases += 1
        return served

    def _room(self) -> Served | None:
        """The older snapshot that has to go for another one, if one has. Raises Busy if none can."""
        if len(self._old) + len(self._loading) < self._most_old:
            return None
        name = next((name for name, served in self._old.items() if not served.leases), None)
        if name is None:
            raise Busy("As many older snapshots as may be are being asked.", remedy="Try again in a minute.")
        victim = self._old.pop(name)
        victim.retired = True
        return victim

    def _load(self, kept: Kept, loading: Future[Served], victim: Served | None) -> None:
        if victim:
            victim.pool.close()
        name = kept.folder.name
        try:
            served = Served.of(self._start(kept.folder, _OLD_SIZE))
            served.pool.worked = self._current.pool.worked
        except BaseException as error:
            with self._lock:
                del self._loading[name]
                if isinstance(error, KgError):
                    self._failed[name] = error
            loading.set_exception(error)
            return
        with self._lock:
            del self._loading[name]
            self._old[name] = served
            if self._closed:
                self._retire(self._old.pop(name))
        loading.set_result(served)

    def _retire(self, served: Served) -> None:
        served.retired = True
        if served.leases:
            self._retired.append(served)
        else:
            _close(served)

    def figures(self) -> Mapping[str, int]:
        """How many older snapshots are loaded, and how many are being loaded."""
        with self._lock:
            return {"old": len(self._old), "loading": len(self._loading)}


def _loading() -> Busy:
    return Busy("The snapshot asked for is being loaded.", remedy="Try again in a few seconds.")


def _close(served: Served) -> None:
    # Waiting for processes to end is nothing that an answer should wait for.
    threading.Thread(target=served.pool.close, daemon=True).start()
