"""The page of the errors: each code with what it means and what to do; the list is ``errors.json`` beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from flask import Blueprint, Response

from kg.web.problems import PAGE
from kg.web.site import page_response


@dataclass(frozen=True)
class ErrorCode:
    """A code of an error, its HTTP status, and by language its title, what it means and what to do."""

    code: str
    status: int
    title: Mapping[str, str]
    text: Mapping[str, str]
    do: Mapping[str, str]


CODES = tuple(ErrorCode(**one) for one in json.loads((resources.files(__package__) / "errors.json").read_text("utf-8")))


def blueprint() -> Blueprint:
    """The route of the page."""
    routes = Blueprint("errors", __name__)
    routes.add_url_rule(PAGE, "errors", errors)
    return routes


def errors() -> Response:
    """All codes, each at the anchor of its name."""
    return page_response("errors.html", codes=CODES)
