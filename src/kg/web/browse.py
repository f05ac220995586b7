"""Browsing and searching, at ``/browse``: all that the graph describes, by words and by facets.

What answers is in ``kg.web.searching``, which is loaded at the first question: many servers never compare names.
"""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Response


def blueprint() -> Blueprint:
    """The route of the page."""
    routes = Blueprint("browse", __name__)
    routes.add_url_rule("/browse", "browse", browse)
    return routes


def browse() -> Response:
    """The page of what is looked for. Raises RequestError."""
    return import_module("kg.web.searching").results()
