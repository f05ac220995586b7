"""What the first reader of a page would wait for, made before anybody asks: after the start, and before a new snapshot is
served.

Each page is asked for once in each language, in this process and in one thread: that reads the record, loads what only some
pages need and compiles their templates, however they are made.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask, g

from kg.model import LANGUAGES
from kg.rdf import FAMILIES, PREFIXES
from kg.web import claimlines, near, ordering
from kg.web.served import Served
from kg.web.serving import Serving

#: The pages that need the whole record, or much that is loaded when it is first needed; those that are read most come first.
PAGES = (
    "/", "/positions", "/browse", "/browse?q=a", "/timeline", "/map", "/sources", "/sources/contradictions", "/sparql",
    "/about", "/ontology", "/propose", *(f"/id/{FAMILIES[family]}" for family in ("claim", "evidence")),
)  # fmt: skip
#: Templates that other pages begin with.
_TEMPLATES = ("entity.html", "entity-claim.html", "source.html", "positions-cell.html", "error.html", "answer.html")
#: Seconds after the start at which it begins: the first requests come first.
_AFTER = 1.0


def begin(app: Flask, serving: Serving) -> None:
    """Warm the current snapshot soon, and from now on each new one before it is served."""

    def prepare(served: Served) -> None:
        warm(app, serving, served)
        # What there is by now stays as long as the snapshot does: to look through all of it for what nobody holds any more
        # takes most of a second of a large graph, which some reader would wait for.
        gc.freeze()

    def next_one(served: Served) -> None:
        # What was made of an earlier snapshot may go from now on.
        gc.unfreeze()
        prepare(served)

    def first() -> None:
        time.sleep(_AFTER)
        prepare(serving.current)

    serving.prepare = next_one
    threading.Thread(target=first, name="warming", daemon=True).start()


def warm(app: Flask, serving: Serving, served: Served) -> None:
    """Have the pages made of a snapshot; what cannot be made its readers will be told."""
    for name in _TEMPLATES:
        app.jinja_env.get_template(name)
    for spoken in LANGUAGES:
        _do(app, serving, served, "/", spoken, claimlines.words_of_terms)
        _do(app, serving, served, "/", spoken, ordering.order)
        for path in PAGES:
            if serving.closed or served.retired:
                return
            _do(app, serving, served, path, spoken, app.dispatch_request)
        _do(app, serving, served, "/", spoken, ordering.make_ready)
        _do(app, serving, served, "/", spoken, claimlines.make_ready)
        _do(app, serving, served, "/", spoken, lambda: near.names(PREFIXES["claim"]))


def _do(
    app: Flask, serving: Serving, served: Served, path: str, spoken: str, made: Callable[[], object]
) -> None:  # fmt: skip
    """Have something made as for a request from this path."""
    headers = {"Accept": "text/html", "Accept-Language": spoken}
    with app.test_request_context(path, headers=headers):
        serving.hold(served)
        g.served, g.making = served, True
        with suppress(Exception):
            made()
