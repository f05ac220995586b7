"""The home page: what this is, what it counts, a form to ask it, questions to try."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.web.site import language, page, site


def blueprint() -> Blueprint:
    """The route of the home page."""
    routes = Blueprint("pages", __name__)
    routes.add_url_rule("/", "home", home)
    return routes


def home() -> Response:
    """The way in."""
    here, spoken = site(), language()
    html = page(
        "home.html",
        classes=here.once(f"classes {spoken}", lambda: here.table("classes", lang=spoken)),
        graphs=here.graph_sizes(),
        gallery=here.gallery,
    )
    response = Response(html, mimetype="text/html")
    response.headers["Vary"] = "Accept-Language"
    return response
