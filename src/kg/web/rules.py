"""What findings of the gate link to: the rules, by group, and the schema of a report in JSON.

The address in a finding is that of the list of all rules, where each has a line at its fragment; the line leads to the
page of the group, which tells the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from flask import Blueprint, Response, request

from kg.errors import NotFound
from kg.report.codes import CODES, Code, anchor, group
from kg.report.rules import Rule
from kg.web import shapespage
from kg.web.site import language, page_response, reader_labels, site
from kg.web.terms import Labels

_SCHEMA = "report.schema.json"


@dataclass
class Group:
    """Rules that belong together: those of a part of the programme, or of a shape of the snapshot."""

    name: str
    codes: list[Code] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


def blueprint() -> Blueprint:
    """The routes of both."""
    routes = Blueprint("rules", __name__)
    routes.add_url_rule("/docs/findings", "findings", findings)
    routes.add_url_rule("/docs/findings/<name>", "group", of_group)
    routes.add_url_rule(f"/docs/{_SCHEMA}", "schema", schema)
    return routes


def findings() -> Response:
    """The list of the rules: those of the programme, and the shapes of the snapshot."""
    site().answer_from(request.args.get("snapshot"))
    return page_response("findings.html", _labels(), groups=_groups().values(), anchor=anchor, space=shapespage.SPACE)


def of_group(name: str) -> Response:
    """What the rules of a group ask, and what their findings say. Raises NotFound."""
    site().answer_from(request.args.get("snapshot"))
    found = _groups().get(name)
    if found is None:
        raise NotFound("Nothing here has this name.", remedy="Start from the home page, or ask the graph.")
    is_shape = name in shapespage.contents().shapes
    return page_response(
        "findings-group.html", _labels(), group=found, anchor=anchor, space=shapespage.SPACE, is_shape=is_shape
    )


def _groups() -> Mapping[str, Group]:
    """The rules by group, in alphabetical order."""
    return site().once("groups of rules", lambda: _grouped(shapespage.rules()))


def _grouped(rules: Sequence[Rule]) -> Mapping[str, Group]:
    names = sorted({group(code.name) for code in CODES} | {group(rule.code) for rule in rules})
    found = {name: Group(name) for name in names}
    for code in CODES:
        found[group(code.name)].codes.append(code)
    for rule in rules:
        found[group(rule.code)].rules.append(rule)
    return found


def _labels() -> Labels:
    """What the shapes are called."""
    fresh = reader_labels()
    return shapespage.labels_of(language(), fresh.root, fresh.carried)


def schema() -> Response:
    """The JSON Schema of a report in JSON."""
    text = (resources.files("kg.report") / _SCHEMA).read_text("utf-8")
    return Response(text, content_type="application/schema+json")
