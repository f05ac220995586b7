"""What the pages share: the pool of workers, the settings, the gallery, and the questions the pages themselves ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Response, current_app, g, has_request_context, render_template, request

from kg.model import Answer, Query, Snapshot
from kg.rdf import BASE
from kg.settings import Settings
from kg.sparql import negotiate
from kg.sparql.gallery import GalleryQuery
from kg.web.caching import Cache
from kg.web.serving import Served, Serving
from kg.web.shortcut import Reply
from kg.web.terms import Labels
from kg.web.words import LANGUAGES, words
from kg.workers import Pool

T = TypeVar("T")

_QUERIES = resources.files("kg.web") / "queries"


@dataclass
class Site:
    """The one object behind the views, kept by the application."""

    serving: Serving
    settings: Settings
    gallery: Sequence[GalleryQuery]
    #: Answers by what decides them, and responses by the requests that they are for.
    answers: Cache[Answer]
    replies: Cache[Reply]

    @property
    def served(self) -> Served:
        """What answers this request, the same from its beginning to its end; outside of one, the current snapshot."""
        if not has_request_context():
            return self.serving.current
        if "served" not in g:
            g.served = self.serving.lease()
        return g.served

    @property
    def pool(self) -> Pool:
        """The workers that answer this request."""
        return self.served.pool

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers this request."""
        return self.served.snapshot

    def answer_from(self, wanted: str | None) -> None:
        """Have this request answered from an older snapshot, if one is wanted. Raises as ``Serving.lease`` does."""
        if wanted:
            chosen = self.serving.lease(wanted)
            self.let_go()
            g.served = chosen

    def let_go(self, response: Response | None = None) -> None:
        """Let go of what answered this request, as soon as the response is sent."""
        served = g.pop("served", None)
        if served and response:
            response.call_on_close(lambda: self.serving.release(served))
        elif served:
            self.serving.release(served)

    def graph(self, name: str, **values: str) -> list[ox.Triple]:
        """The triples of a CONSTRUCT among the pages' own queries."""
        data = self.pool.answer(Query(text(name, **values)), negotiate.N_TRIPLES.name)
        return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]

    def table(self, name: str, **values: str) -> list[dict[str, str]]:
        """The rows of a SELECT among the pages' own queries, as plain text by variable."""
        data = json.loads(self.pool.answer(Query(text(name, **values)), negotiate.JSON.name))
        return [{key: cell["value"] for key, cell in row.items()} for row in data["results"]["bindings"]]

    def kept(self, key: str | None, ask: Callable[[], Answer]) -> Answer:
        """The answer that this key decides, from those kept or by asking; None keeps it from being kept."""
        found, age = self.found(key), self.answers.age
        return found or self.keep(key, ask(), age)

    def found(self, key: str | None) -> Answer | None:
        """The answer kept that this key decides, if there is one."""
        return None if key is None else self.answers.get(key)

    def keep(self, key: str | None, answer: Answer, age: int) -> Answer:
        """Keep an answer, unless it is streamed, is not to be kept (None), or was asked for at an earlier ``age`` of those
        kept; the answer."""
        if key is not None and answer.rest is None:
            self.answers.put(key, answer, len(answer.body), answer.seconds, age)
        return answer

    def drop(self) -> None:
        """Forget what was kept: it is of a snapshot that is not served any more."""
        self.answers.drop()
        self.replies.drop()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once per snapshot and key; two requests at once may both make it."""
        made = self.served.made
        known = made.get(key)
        if known is None:
            known = made[key] = make()
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
    """The language to write in: the parameter ``lang``, also of a form, else Accept-Language, else English."""
    asked = getattr(g, "asked", None)
    wanted = asked.lang if asked else request.args.get("lang")
    return negotiate.language(request.headers.get("Accept-Language"), wanted, LANGUAGES)


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
        snapshot=site().snapshot,
        labels=labels or Labels(spoken, request.script_root),
        **values,
    )
