"""The client on whose behalf a worker works, as far as it matters: whether it is still there."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

#: Tells whether the client of the request that is answered in this context has gone away. Set by the web server.
has_left: ContextVar[Callable[[], bool]] = ContextVar("has_left", default=lambda: False)
