"""What findings of the gate link to: the page of the rules, and the schema of a report in JSON."""

from __future__ import annotations

from importlib import resources

from flask import Blueprint, Response

from kg.report.codes import CODES, anchor
from kg.web import shapespage
from kg.web.site import page_response

_SCHEMA = "report.schema.json"


def blueprint() -> Blueprint:
    """The routes of both."""
    routes = Blueprint("rules", __name__)
    routes.add_url_rule("/docs/findings", "findings", findings)
    routes.add_url_rule(f"/docs/{_SCHEMA}", "schema", schema)
    return routes


def findings() -> Response:
    """The page of the rules: those of the programme, and the shapes of the snapshot."""
    return page_response("findings.html", codes=CODES, rules=shapespage.rules(), anchor=anchor)


def schema() -> Response:
    """The JSON Schema of a report in JSON."""
    text = (resources.files("kg.report") / _SCHEMA).read_text("utf-8")
    return Response(text, content_type="application/schema+json")
