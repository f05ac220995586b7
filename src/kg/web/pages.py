"""The home page: what this is, a field to search, the latest that was recorded, questions to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from kg.rdf import PREFIXES
from kg.sparql import negotiate
from kg.sparql.gallery import GalleryQuery
from kg.web.endpoint import description
from kg.web.site import language, page, site
from kg.web.wellknown import service_link

#: Questions of the gallery that the page shows.
_QUESTIONS = 6

Row = dict[str, str]


@dataclass(frozen=True)
class _Shown:
    """What of the graph the page shows, in a language."""

    described: str
    counts: dict[str, int]
    events: list[Row]
    positions: list[Row]
    topics: list[tuple[Row, list[Row]]]


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
        here.answer_from(request.args.get("snapshot"))
        html = page(
            "home.html",
            shown=here.at_length(f"home {spoken}", lambda: _shown(spoken)),
            questions=questions(here.gallery, _QUESTIONS),
            questions_in_all=len(here.gallery),
        )
        response = Response(html, mimetype="text/html")
    response.headers.add("Link", service_link(request.script_root))
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _shown(spoken: str) -> _Shown:
    here = site()
    counts = {row["class"].removeprefix(PREFIXES["ckg"]): int(row["items"]) for row in here.table("home-counts")}
    topics: dict[str, tuple[Row, list[Row]]] = {}
    for row in here.table("home-topics", lang=spoken):
        topics.setdefault(row["topic"], (row, []))[1].append(row)
    events, positions = here.table("home-events", lang=spoken), here.table("home-positions", lang=spoken)
    described = "".join(row["description"] for row in here.table("described", lang=spoken))
    return _Shown(described, counts, events, positions, list(topics.values()))


def questions(gallery: Sequence[GalleryQuery], most: int) -> list[GalleryQuery]:
    """Some questions of the gallery that differ from each other: of each subject the first, those subjects before that
    most questions are about."""
    subjects: dict[str, list[GalleryQuery]] = {}
    for query in gallery:
        subject = next(iter(query.keywords.get("en", ())), query.name)
        subjects.setdefault(subject, []).append(query)
    ordered = sorted(subjects.values(), key=len, reverse=True)
    return [one[0] for one in ordered[:most]]
