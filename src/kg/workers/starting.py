"""A pool of workers as the settings want it."""

from __future__ import annotations

import os
from pathlib import Path

from kg.settings import Settings
from kg.workers.pool import Pool
from kg.workers.wire import Limits

#: Workers for each core: a small query should find one free while others are at longer ones.
_PER_CORE = 2
_LEAST = 4


def start(
    folder: Path, settings: Settings, *, size: int | None = None, prepare: bool = True, relay: int | None = None
) -> Pool:
    """A pool over the snapshot in a folder, of the size that the settings say if none is given. Raises SnapshotError.

    ``prepare`` as in ``Pool``; ``relay`` is the port of the relay (``kg.remote``), if other services may be asked.
    """
    limits = Limits(
        deadline=min(settings.deadline, settings.max_deadline),
        stream=settings.max_answer,
        lasting=settings.max_sending,
        relay=relay,
    )
    usual = max(_PER_CORE * (os.cpu_count() or 1), _LEAST)
    return Pool(folder, size or settings.workers or usual, limits, slow=settings.slow_workers, prepare=prepare)
