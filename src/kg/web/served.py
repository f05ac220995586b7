"""A snapshot that is served: its workers, and what the pages have made of it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.engine import read_manifest
from kg.errors import KgError
from kg.model import Snapshot
from kg.workers import Pool


@dataclass(eq=False)
class Served:
    """A snapshot that is served: its workers, and what the pages have made of it once."""

    pool: Pool
    snapshot: Snapshot
    made: dict[str, object] = field(default_factory=dict)
    #: What is being made (``kg.web.making``), and what guards both.
    making: dict[str, Future[Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: Answers under way, and whether no more are to come.
    leases: int = 0
    retired: bool = False

    @classmethod
    def of(cls, pool: Pool) -> Served:
        """A pool with the whole manifest of its snapshot. Raises SnapshotError, and then ends the pool."""
        try:
            return cls(pool, read_manifest(Path(pool.snapshot.path)))
        except KgError:
            pool.close()
            raise

    @property
    def name(self) -> str:
        """The name of its folder, which no other snapshot ever has."""
        return Path(self.snapshot.path).name
