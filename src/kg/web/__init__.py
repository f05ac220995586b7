"""The web application: the SPARQL endpoint, a page and RDF for every resource of the graph, and the way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from kg.chronicle.words import edtf_in_words, the_day
from kg.engine import current
from kg.report.words import decimal
from kg.settings import Settings
from kg.sparql.gallery import GalleryQuery
from kg.web import (
    about,
    assets,
    browse,
    check,
    cite,
    complete,
    documents,
    dumps,
    editing,
    endpoint,
    errors_page,
    evidence,
    explain,
    gallery,
    graphs,
    history,
    labelled,
    map,
    mistake,
    openapi,
    operation,
    pages,
    positions,
    problems,
    propose,
    reconcile,
    resources,
    rules,
    security,
    sourcepages,
    timeline,
    tokens,
    using,
    validators,
    wellknown,
)
from kg.web.caching import Cache
from kg.web.fairness import FairUse
from kg.web.forwarded import Forwarded
from kg.web.front import FAILED, ROUTE, Front, logger
from kg.web.metrics import Metrics
from kg.web.operation import show
from kg.web.quick import Quick
from kg.web.serving import Serving
from kg.web.shortcut import Shortcut
from kg.web.site import Site, language
from kg.web.words import number
from kg.workers import Pool
from kg.workers.starting import start

if TYPE_CHECKING:
    from kg.remote.relay import Relay

#: The modules whose views are served, besides those of operation.
_PARTS = (
    about, assets, browse, check, cite, complete, documents, dumps, editing, endpoint, errors_page, evidence, explain,
    gallery, graphs, history, labelled, map, mistake, openapi, pages, positions, propose, reconcile, resources, rules,
    sourcepages, timeline, using, wellknown,
)  # fmt: skip
#: A form needs up to three bytes for each byte of a query, and a character up to four bytes.
_FORM_BYTES = 12
#: Room in a form for the other fields.
_OTHER_FIELDS = 20_000


def create_app(
    settings: Settings,
    engine: Pool | None = None,
    queries: Sequence[GalleryQuery] = (),
    relay: Relay | None = None,
) -> Flask:
    """The application over the current snapshot of ``settings.state``.

    ``engine`` is the pool that answers queries; without one it is started here and lives as long as the process.
    ``queries`` are those of the gallery; ``relay`` asks other services, and without one none is asked.
    Raises SnapshotError if there is no snapshot, ValueError if neither a pool nor a state folder is given.
    """
    if engine is None:
        if settings.state is None:
            raise ValueError("create_app needs settings.state or a pool of workers")
        engine = start(current(settings.state), settings, relay=relay.port if relay else None)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = largest_body(settings)
    _write_pages(app)
    metrics = Metrics()
    fair_use = FairUse(settings.budget, free=(*operation.VIEWS, "static", "assets.asset"))

    def worked(kind: str, seconds: float) -> None:
        metrics.worked(kind, seconds)
        fair_use.charge(seconds)

    site = _site(settings, engine, queries, worked, relay)
    app.extensions["kg"] = site
    show(metrics, site)

    _hook(app, site, fair_use)
    problems.register(app)
    for part in _PARTS:
        app.register_blueprint(part.blueprint())
    app.register_blueprint(operation.blueprint(metrics))
    short = Shortcut(Quick(app.wsgi_app, site, fair_use.admit), site.replies, site.serving.look)
    observers = [metrics.ended, fair_use.ended, *([logger(settings.log_queries)] if settings.log == "json" else [])]
    app.wsgi_app = Forwarded(Front(short, observers), settings.trusted_proxies, settings.path_prefix)
    return app


def _write_pages(app: Flask) -> None:
    """Have the templates laid out, and numbers and dates in them written as the reader of a page does."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "number": lambda value: number(value, language()),
        "decimal": lambda value: decimal(value, language()),
        "edtf": lambda value: edtf_in_words(value, language()),
        "the_day": lambda value: the_day(value, language()),
    }


def _hook(app: Flask, site: Site, fair_use: FairUse) -> None:
    """Have done what is done before and after every view."""

    @app.before_request
    def admit() -> None:
        # A view that has several addresses has a number for each.
        request.environ[ROUTE] = (request.endpoint or "").rstrip("0123456789")
        security.check_host(request, site.settings)
        if FAILED not in request.environ:
            fair_use.admit(request.endpoint)

    @app.after_request
    def add(response: Response) -> Response:
        validators.validate(tokens.make_private(security.add_headers(response, site.snapshot.digest)))
        site.let_go(response)
        return response

    @app.teardown_request
    def let_go(error: BaseException | None) -> None:
        site.let_go()


def _site(
    settings: Settings, pool: Pool, queries: Sequence[GalleryQuery], worked: Callable[[str, float], None],
    relay: Relay | None,
) -> Site:  # fmt: skip
    """What the views share, over a pool; ``worked`` is told of all that its workers do, and those of later pools."""
    pool.worked = worked

    def begin(folder: Path, size: int | None) -> Pool:
        begun = start(folder, settings, size=size, prepare=size is None, relay=relay.port if relay else None)
        begun.worked = worked
        return begun

    serving = Serving(pool, begin, settings.old_snapshots)
    # Half of the room for answers, whatever they are asked by, and half for whole responses to the same request.
    site = Site(serving, settings, tuple(queries), Cache(settings.cache // 2), Cache(settings.cache // 2), relay)
    serving.changed = site.drop
    return site


def largest_body(settings: Settings) -> int:
    """The largest body of a request that is read, in bytes."""
    return settings.max_query_length * _FORM_BYTES + _OTHER_FIELDS
