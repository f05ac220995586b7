"""An answer with what is behind each row (``evidence=1``): as JSON, as CSV, or as a page."""

from __future__ import annotations

import json
from importlib import resources

from flask import Blueprint, Response

from kg.model import Answer
from kg.sparql.negotiate import CSV, Choice, Format
from kg.sparql.protocol import QueryRequest
from kg.web.citing import Citable
from kg.web.site import page, reader_labels
from kg.web.terms import Labels, cell

JSON = Format("json", "application/json", "json")
FORMATS = (JSON, CSV)
_SCHEMA = "evidence.schema.json"


def blueprint() -> Blueprint:
    """The route of the schema of the answer in JSON."""
    routes = Blueprint("evidence", __name__)
    routes.add_url_rule(f"/docs/{_SCHEMA}", "schema", schema)
    return routes


def schema() -> Response:
    """The JSON Schema of an answer with evidence."""
    text = (resources.files(__package__) / _SCHEMA).read_text("utf-8")
    return Response(text, content_type="application/schema+json")


def written_as(choice: Choice) -> str:
    """The name of the format that a worker writes, of which a page is made."""
    return CSV.name if choice.format is CSV else JSON.name


def as_page(answer: Answer, asked: QueryRequest, citable: Citable) -> Response:
    """The answer as a page, each row to be opened for what is behind it, with the files of it and how it is cited."""
    found = json.loads(answer.body)
    labels = reader_labels()
    names = found["head"]["vars"]
    rows = [
        {
            "cells": [(name, cell(row[name], labels)) for name in names if name in row],
            "claims": behind["claims"],
            "entities": behind["entities"],
            "triples": [_shown(one, labels) for one in behind["triples"]],
        }
        for row, behind in zip(found["results"]["bindings"], found["evidence"], strict=True)
    ]
    told = {name: found[name] for name in ("claims", "entities", "sources")}
    told |= {"downloads": [(one.name, one.ending) for one in FORMATS], "citable": citable}
    html = page("evidence.html", labels, asked=asked, rows=rows, truncated=answer.truncated, **told)
    response = Response(html, mimetype="text/html")
    if asked.as_of:
        response.headers["KG-As-Of"] = asked.as_of
    return response


def _shown(one: dict, labels: Labels) -> dict:
    ends = one if "subject" in one else one["path"]
    terms = [cell(ends[part], labels) for part in ("subject", "predicate", "object") if part in ends]
    return {**one, "terms": terms, "path": one.get("path", {}).get("path", "")}
