"""What takes long to make of a snapshot: made once, by whoever asks first or before anybody does, while others wait a while.

It is made in a thread of its own, so that it is there for the next reader also if the first one gave up waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from flask import current_app, g, request

from kg.errors import Busy
from kg.web.served import Served
from kg.web.serving import Serving

T = TypeVar("T")

#: Seconds that a request waits for what is being made.
PATIENCE = 20.0


def made(serving: Serving, served: Served, key: str, make: Callable[[], T]) -> T:
    """What ``make`` gives, made once per snapshot and key. Raises what ``make`` raises, and Busy if it takes long."""
    with served.lock:
        if key in served.made:
            return served.made[key]  # type: ignore[return-value]
        future = served.making.get(key)
        is_ours = future is None
        if future is None:
            future = served.making[key] = Future()
    if g.get("making"):
        if is_ours:
            _make(served, key, make, future)
        return _result(future)
    if is_ours:
        _begin(serving, served, key, make, future)
    try:
        return _result(future, PATIENCE)
    except TimeoutError:
        raise Busy(
            "The pages about the whole record are being prepared.", remedy="Try again in a few seconds."
        ) from None


def _result(future: Future[T], patience: float | None = None) -> T:
    error = future.exception(patience)
    if error:
        # An error that is raised in several requests would hold on to all of them.
        raise error.with_traceback(None)
    return future.result()


def _make(served: Served, key: str, make: Callable[[], T], future: Future[T]) -> None:
    try:
        found = make()
        served.made[key] = found
        future.set_result(found)
    except BaseException as error:
        future.set_exception(error)
    finally:
        # What failed is tried again by who asks next.
        with served.lock:
            del served.making[key]


def _begin(serving: Serving, served: Served, key: str, make: Callable[[], T], future: Future[T]) -> None:
    """Have a thread make it, in the words of the request that asks."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    environ = dict(request.environ)
    serving.hold(served)

    def run() -> None:
        # When the request ends, it lets go of what it was answered from.
        with app.request_context(environ):
            g.served, g.making = served, True
            _make(served, key, make, future)

    threading.Thread(target=run, name=f"making {key}", daemon=True).start()
