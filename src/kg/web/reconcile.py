"""The addresses of the Reconciliation service, ``/reconcile``: version 0.2 in full, and the draft of 1.0 beside it.

What answers is in ``kg.web.reconciling``, which is loaded at the first question: many servers never compare names.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from flask import Blueprint, Response

from kg.sparql import negotiate
from kg.web.security import preflight

ROOT = "/reconcile"
JSON = negotiate.Format("json", "application/json", "json")
_READ, _SEND = ["GET", "HEAD"], ["POST"]
#: Path below the root → the views with their methods: function of ``kg.web.reconciling``.
_VIEWS: dict[str, tuple[tuple[str, list[str]], ...]] = {
    "": (("service", _READ), ("batch", _SEND)),
    "/match": (("match", _SEND),),
    "/extend": (("extend", _SEND),),
    "/extend/propose": (("propose", _READ),),
    "/preview": (("preview", _READ),),
    "/flyout": (("flyout", _READ),),
    "/suggest/entity": (("suggest", _READ),),
    "/suggest/property": (("suggest", _READ),),
    "/suggest/type": (("suggest", _READ),),
}


def blueprint() -> Blueprint:
    """The routes of the service; every address answers pages of other sites, as CORS has it."""
    routes = Blueprint("reconcile", __name__)
    for path, views in _VIEWS.items():
        allowed = ["OPTIONS"]
        for name, methods in views:
            allowed += methods
            own = f"{name}{path.replace('/', '_')}"
            routes.add_url_rule(ROOT + path, own, _view(name), methods=methods, provide_automatic_options=False)
        routes.add_url_rule(
            ROOT + path, f"preflight{path.replace('/', '_')}", _told(", ".join(sorted(allowed))), methods=["OPTIONS"],
            provide_automatic_options=False,
        )  # fmt: skip
    return routes


def _view(name: str) -> Callable[[], Response]:
    return lambda: getattr(import_module("kg.web.reconciling"), name)()


def _told(methods: str) -> Callable[[], Response]:
    return lambda: preflight(methods)
