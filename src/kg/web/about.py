"""What the data set is: its counts, licences, how to cite it, its files, and the interface for programmes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from kg.cff import read_work
from kg.errors import SourceError
from kg.sparql import citation
from kg.web import assets
from kg.web.openapi import document
from kg.web.site import NEGOTIATED, language, page_response, site, text

#: What stands for the licences of the scripts among the files of the pages.
_LICENCES = "licences.md"
_GALLERY = "gallery-"


@dataclass(frozen=True)
class Operation:
    """Something that programmes can ask: method and path, what it does, its parameters, and the formats of answers."""

    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Mapping[str, Any]]
    formats: Sequence[str]


def blueprint() -> Blueprint:
    """The route of the page."""
    routes = Blueprint("about", __name__)
    routes.add_url_rule("/about", "about", about)
    return routes


def about() -> Response:
    """The page about the data set."""
    here, spoken = site(), language()
    here.answer_from(request.args.get("snapshot"))
    kinds = here.at_length(f"kinds {spoken}", lambda: here.table("about-kinds", lang=spoken))
    described = here.once(f"described {spoken}", lambda: "".join(row["description"] for row in here.table("described", lang=spoken)))
    work, cited = _work()
    told = here.once("interface", lambda: operations(document(here.settings, here.gallery)))
    return page_response(
        "about.html",
        described=described,
        kinds=kinds,
        work=work,
        bibtex=citation.bibtex(work, cited) if work else "",
        csl=json.dumps([citation.csl(work, cited)], ensure_ascii=False, indent=1) if work else "",
        triples=here.pool.snapshot.counts.get("default_graph", 0),
        graphs=len(here.graph_sizes()),
        rows_of=lambda kind: text("about-kind", kind=kind),
        interface=told,
        licences=_LICENCES if assets.content(_LICENCES) else None,
        vary=NEGOTIATED,
    )


def _work() -> tuple[citation.Work | None, citation.Cited]:
    """What is cited; no work if nothing says how to cite it."""
    cited = citation.Cited(site().snapshot, datetime.now(UTC).date().isoformat())
    try:
        return read_work(site().settings.repository), cited
    except SourceError:
        return None, cited


def operations(told: Mapping[str, Any]) -> list[tuple[str, str, list[Operation]]]:
    """What an OpenAPI description tells, by tag with its words; the queries of the gallery are told elsewhere."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in told["tags"]}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            if not operation["operationId"].startswith(_GALLERY):
                one = Operation(
                    method.upper(), path, operation.get("summary", ""), operation.get("description", ""),
                    [_resolved(told, each) for each in operation.get("parameters", ())], _formats(told, operation),
                )  # fmt: skip
                found[operation["tags"][0]].append(one)
    words = {tag["name"]: tag.get("description", "") for tag in told["tags"]}
    return [(tag, words[tag], each) for tag, each in found.items() if each]


def _resolved(told: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a description, or what it refers to in it."""
    found: Any = told
    for step in part.get("$ref", "").removeprefix("#/").split("/") if "$ref" in part else ():
        found = found[step]
    return found if "$ref" in part else part


def _formats(told: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    answers: Iterable[Mapping[str, Any]] = (
        _resolved(told, answer) for status, answer in operation.get("responses", {}).items() if status == "200"
    )
    return sorted({media for answer in answers for media in answer.get("content", {})})
