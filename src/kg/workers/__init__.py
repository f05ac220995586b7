"""Queries run in processes that can be killed: a pool of warm workers, each replaced when it runs too long or dies.

The web process never holds the store and never forks: it starts the owner (``kg.workers.owner``), is handed one
channel per worker, and talks to the workers directly.
"""

from kg.workers.pool import Pool
from kg.workers.wire import Limits

__all__ = ["Limits", "Pool"]
