"""The home page: what this is, what it counts, a form to ask it, questions to try."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.sparql import negotiate
from kg.web.endpoint import description
from kg.web.site import language, page, site, text
from kg.web.wellknown import service_link


def blueprint() -> Blueprint:
    """The route of the home page."""
    routes = Blueprint("pages", __name__)
    routes.add_url_rule("/", "home", home)
    return routes


def home() -> Response:
    """The way in: a page for readers, the description of the endpoint and its graphs for programmes."""
    here, spoken = site(), language()
    names = [name for name in request.args.getlist("format") if name]
    choice = negotiate.choose(request.headers.get("Accept"), names, (negotiate.HTML, *negotiate.GRAPHS))
    if choice.format is not negotiate.HTML:
        response = description(request.url_root + "sparql", choice)
    else:
        html = page(
            "home.html",
            classes=here.once(f"classes {spoken}", lambda: here.table("classes", lang=spoken)),
            graphs=here.graph_sizes(),
            gallery=here.gallery,
            first=text("first", lang=spoken),
        )
        response = Response(html, mimetype="text/html")
    response.headers.add("Link", service_link(request.script_root))
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
