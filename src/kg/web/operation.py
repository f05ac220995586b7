"""For who runs the server: whether it is alive, whether it answers, and what it has counted."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from kg.model import Query
from kg.sparql import negotiate
from kg.web.metrics import Metrics
from kg.web.site import Site, site

#: The views that say how the server is; they cost nothing and are never refused for having asked too much.
VIEWS = ("operation.alive", "operation.ready", "operation.told")


def blueprint(metrics: Metrics) -> Blueprint:
    """The routes of operation."""
    routes = Blueprint("operation", __name__)
    routes.add_url_rule("/healthz", "alive", alive)
    routes.add_url_rule("/readyz", "ready", ready)
    routes.add_url_rule("/metrics", "told", lambda: told(metrics))
    return routes


def show(metrics: Metrics, site: Site) -> None:
    """Have the metrics tell of the snapshot that is served, of its workers, of the caches, and of other services."""
    if site.relay:
        site.relay.told = metrics.asked
    metrics.show_labelled(
        "kg_snapshot", "The snapshot that is served.", ("digest", "built"),
        lambda: {(site.serving.current.snapshot.digest, site.serving.current.snapshot.built): 1.0},
    )  # fmt: skip
    metrics.show_labelled(
        "kg_workers", "Workers that are free, slow, and requests that wait for one.", ("state",),
        lambda: {(state,): float(count) for state, count in site.serving.current.pool.figures().items()},
    )  # fmt: skip
    for name, cache in (("answers", site.answers), ("replies", site.replies)):
        metrics.show_labelled(
            f"kg_cache_{name}", f"What is kept of {name}, in entries and bytes, and how often one was found or missed.",
            ("figure",), lambda cache=cache: {(figure,): float(value) for figure, value in cache.figures().items()},
        )  # fmt: skip


def alive() -> Response:
    """That the process runs and answers."""
    return _plain("alive\n")


def ready() -> Response:
    """That a worker answers a query over the snapshot. Raises what answering raises: Busy (503) and the like."""
    site().pool.answer(Query("ASK {}"), negotiate.JSON.name)
    return _plain("ready\n")


def told(metrics: Metrics) -> Response:
    """The metrics."""
    response = _plain("")
    response.set_data(metrics.written())
    response.content_type = CONTENT_TYPE_LATEST
    return response


def _plain(text: str) -> Response:
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
