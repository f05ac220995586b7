"""The web application: the SPARQL endpoint, a page and RDF for every resource of the graph, and the way in."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

from kg.settings import Settings
from kg.sparql.gallery import GalleryQuery
from kg.web import check, endpoint, explain, pages, problems, resources, rules, security
from kg.web.site import Site
from kg.workers import Limits, Pool

#: A form needs up to three bytes for each byte of a query, and a character up to four bytes.
_FORM_BYTES = 12
#: Room in a form for the other fields.
_OTHER_FIELDS = 20_000


def create_app(settings: Settings, engine: Pool | None = None, gallery: Sequence[GalleryQuery] = ()) -> Flask:
    """The application over the current snapshot of ``settings.state``.

    ``engine`` is the pool that answers queries; without one it is started here and lives as long as the process.
    Raises SnapshotError if there is no snapshot, ValueError if neither a pool nor a state folder is given.
    """
    if engine is None:
        if settings.state is None:
            raise ValueError("create_app needs settings.state or a pool of workers")
        engine = Pool(settings.state, settings.workers, Limits(deadline=settings.deadline))
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = largest_body(settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    site = Site(engine, settings, tuple(gallery))
    app.extensions["kg"] = site

    @app.before_request
    def check_host() -> None:
        security.check_host(request, settings.host)

    @app.after_request
    def add(response: Response) -> Response:
        return security.add_headers(response, site.pool.snapshot.digest)

    problems.register(app)
    for part in (check, endpoint, explain, pages, resources, rules):
        app.register_blueprint(part.blueprint())
    return app


def largest_body(settings: Settings) -> int:
    """The largest body of a request that is read, in bytes."""
    return settings.max_query_length * _FORM_BYTES + _OTHER_FIELDS
