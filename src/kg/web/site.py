"""What the pages share: the pool of workers, the settings, the gallery, and the questions the pages themselves ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import current_app, render_template, request

from kg.model import Query
from kg.rdf import BASE
from kg.settings import Settings
from kg.sparql import negotiate
from kg.sparql.gallery import GalleryQuery
from kg.web.terms import Labels
from kg.web.words import LANGUAGES, words
from kg.workers import Pool

T = TypeVar("T")

_QUERIES = resources.files("kg.web") / "queries"


@dataclass
class Site:
    """The one object behind the views, kept by the application."""

    pool: Pool
    settings: Settings
    gallery: Sequence[GalleryQuery]
    _kept: dict[str, object] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def graph(self, name: str, **values: str) -> list[ox.Triple]:
        """The triples of a CONSTRUCT among the pages' own queries."""
        data = self.pool.answer(Query(text(name, **values)), negotiate.N_TRIPLES.name)
        return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]

    def table(self, name: str, **values: str) -> list[dict[str, str]]:
        """The rows of a SELECT among the pages' own queries, as plain text by variable."""
        data = json.loads(self.pool.answer(Query(text(name, **values)), negotiate.JSON.name))
        return [{key: cell["value"] for key, cell in row.items()} for row in data["results"]["bindings"]]

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once per snapshot and key; two requests at once may both make it."""
        key = f"{self.pool.snapshot.digest} {key}"
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            known = make()
            with self._lock:
                self._kept[key] = known
        return known  # type: ignore[return-value]

    def graph_sizes(self) -> dict[str, int]:
        """IRI of each named graph and the number of its triples."""
        return {row["graph"]: int(row["triples"]) for row in self.once("graphs", lambda: self.table("graphs"))}


def text(name: str, **values: str) -> str:
    """The text of one of the pages' own queries with its parameters filled in: ``$name`` by an IRI or a language."""
    query = (_QUERIES / f"{name}.rq").read_text("utf-8")
    for parameter, value in values.items():
        # An IRI cannot contain what would end it; anything else is no IRI.
        written = f'"{value}"' if value in LANGUAGES else str(ox.NamedNode(value))
        query = query.replace(f"${parameter}", written)
    return query


def site() -> Site:
    """The site of the application that handles this request."""
    return current_app.extensions["kg"]


def language() -> str:
    """The language to write in: ``?lang=``, else Accept-Language, else English."""
    return negotiate.language(request.headers.get("Accept-Language"), request.args.get("lang"), LANGUAGES)


def _in_other_languages() -> dict[str, str]:
    """The query string of this page in each language; without the rest where that came in a body."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return {other: "?" + urlencode([*kept, ("lang", other)]) for other in LANGUAGES}


def page(template: str, labels: Labels | None = None, **values: object) -> str:
    """A page in the reader's language."""
    spoken = language()
    return render_template(
        template,
        w=words(spoken),
        lang=spoken,
        languages=_in_other_languages(),
        base=BASE,
        root=request.script_root,
        snapshot=site().pool.snapshot,
        labels=labels or Labels(spoken, request.script_root),
        **values,
    )
