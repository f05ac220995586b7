"""Answers kept to be given again, exactly: a snapshot never changes, so that an answer from one is right for good.

Which ones stay is decided by what it would cost to do without them: seconds of work per byte, times how often they were
asked for, and the less the longer ago (GreedyDual-Size-Frequency; Cherkasova 1998).
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")

#: Bytes that an entry takes beside its value and its key, roughly.
OVERHEAD = 500
#: The least seconds that an entry counts for: what it takes to answer at all.
_LEAST = 0.001
#: Larger answers than this part of all room are not kept.
_LARGEST_PART = 4


@dataclass
class _Entry(Generic[V]):
    value: V
    size: int
    seconds: float
    uses: int
    worth: float


class Cache(Generic[V]):
    """Values by key within a number of bytes. Safe to use from several threads."""

    def __init__(self, room: int) -> None:
        """``room`` is in bytes; with none nothing is kept."""
        self._room = room
        self._entries: dict[Hashable, _Entry[V]] = {}
        #: What each entry was worth when it was last looked at here, and a number to tell equals apart.
        self._heap: list[tuple[float, int, Hashable, _Entry[V]]] = []
        self._numbers = itertools.count()
        self._inflation = 0.0
        self._bytes = self._hits = self._misses = 0
        self._age = 0
        self._lock = threading.Lock()

    @property
    def age(self) -> int:
        """Changes whenever all is dropped: what was begun before belongs to what is gone."""
        return self._age

    def get(self, key: Hashable) -> V | None:
        """The value kept under a key, None if there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self._misses += 1
                return None
            self._hits += 1
            entry.uses += 1
            entry.worth = self._worth(entry)
            return entry.value

    def put(self, key: Hashable, value: V, size: int, seconds: float, age: int | None = None) -> None:
        """Keep a value of so many bytes that took so many seconds, in place of such as are worth less.

        Nothing is kept if all was dropped since ``age``.
        """
        size += OVERHEAD
        with self._lock:
            if size * _LARGEST_PART > self._room or (age is not None and age != self._age):
                return
            before = self._entries.pop(key, None)
            if before:
                self._bytes -= before.size
            entry = _Entry(value, size, max(seconds, _LEAST), before.uses + 1 if before else 1, 0.0)
            entry.worth = self._worth(entry)
            self._make_room(size)
            self._entries[key] = entry
            self._bytes += size
            heapq.heappush(self._heap, (entry.worth, next(self._numbers), key, entry))
            if len(self._heap) > 2 * len(self._entries):
                # Those that were replaced would be held until their turn came.
                self._heap = [one for one in self._heap if self._entries.get(one[2]) is one[3]]
                heapq.heapify(self._heap)

    def drop(self) -> None:
        """Forget all."""
        with self._lock:
            self._age += 1
            self._entries.clear()
            self._heap.clear()
            self._bytes = 0
            self._inflation = 0.0

    def figures(self) -> Mapping[str, int]:
        """How many entries there are, of how many bytes, and how often one was found and not found."""
        with self._lock:
            return {"entries": len(self._entries), "bytes": self._bytes, "hits": self._hits, "misses": self._misses}

    def _worth(self, entry: _Entry[V]) -> float:
        return self._inflation + entry.uses * entry.seconds / entry.size

    def _make_room(self, size: int) -> None:
        while self._bytes + size > self._room:
            worth, _, key, entry = heapq.heappop(self._heap)
            if self._entries.get(key) is not entry:
                continue
            if entry.worth > worth:
                # It was used since: it goes back to its place.
                heapq.heappush(self._heap, (entry.worth, next(self._numbers), key, entry))
                continue
            del self._entries[key]
            self._bytes -= entry.size
            self._inflation = worth
