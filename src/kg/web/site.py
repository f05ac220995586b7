"""What the pages share: the pool of workers, the settings, the gallery, and the questions the pages themselves ask."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Response, current_app, g, has_request_context, render_template, request

from kg.model import Answer, Query, Snapshot
from kg.pages import statements
from kg.pages.statements import Statement
from kg.rdf import BASE
from kg.settings import Settings
from kg.sparql import negotiate
from kg.sparql.gallery import GalleryQuery
from kg.web import assets
from kg.web.caching import Cache
from kg.web.front import KEPT
from kg.web.making import made
from kg.web.served import Served
from kg.web.serving import Serving
from kg.web.shortcut import Reply
from kg.web.terms import Labels
from kg.web.words import LANGUAGES, island_words, words
from kg.workers import Pool

if TYPE_CHECKING:
    from kg.remote.relay import Relay

T = TypeVar("T")
#: What fills in a parameter of the pages' own queries.
Parameter = str | int | Sequence[str]

_QUERIES = resources.files("kg.web") / "queries"
#: What a page in the language and the form that a reader wants depends on, else than on its address.
NEGOTIATED = "Accept, Accept-Language"
#: What the top of every page leads to: path, word, view.
_PAGES = (
    ("/browse", "nav-browse", "browse.browse"),
    ("/positions", "nav-positions", "positions.positions"),
    ("/timeline", "nav-timeline", "timeline.timeline"),
    ("/map", "nav-map", "map.map"),
    ("/sources", "nav-sources", "sourcepages.sources"),
    ("/sparql", "nav-ask", "endpoint.sparql0"),
    ("/propose", "nav-propose", "propose.propose"),
    ("/ontology", "nav-ontology", "documents.ontology"),
    ("/about", "nav-about", "about.about"),
)


@dataclass
class Site:
    """The one object behind the views, kept by the application."""

    serving: Serving
    settings: Settings
    gallery: Sequence[GalleryQuery]
    #: Answers by what decides them, and responses by the requests that they are for.
    answers: Cache[Answer]
    replies: Cache[Reply]
    #: What asks other services for queries, if that is allowed.
    relay: Relay | None = None

    @property
    def services(self) -> Collection[str]:
        """The IRIs of the other services that a query may ask."""
        return tuple(self.relay.services) if self.relay else ()

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

    def graph(self, name: str, **values: Parameter) -> list[ox.Triple]:
        """The triples of a CONSTRUCT among the pages' own queries."""
        data = self._answered(text(name, **values), negotiate.N_TRIPLES.name)
        return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)]

    def statements(self, name: str, **values: Parameter) -> list[Statement]:
        """What a SELECT of ?s, ?p and ?o among the pages' own queries states of what has an IRI; each once."""
        return statements.read(self.rows(name, **values))

    def rows(self, name: str, **values: Parameter) -> bytes:
        """The same as a table in TSV, for ``kg.pages.statements``."""
        return self._answered(text(name, **values), negotiate.TSV.name)

    def table(self, name: str, **values: Parameter) -> list[dict[str, str]]:
        """The rows of a SELECT among the pages' own queries, as plain text by variable."""
        data = json.loads(self._answered(text(name, **values), negotiate.JSON.name))
        return [{key: cell["value"] for key, cell in row.items()} for row in data["results"]["bindings"]]

    def long_table(self, name: str, **values: Parameter) -> list[dict[str, str]]:
        """The same as ``table`` for very many rows, in half the time; an empty text is as none."""
        data = self._answered(text(name, **values), negotiate.CSV.name).decode("utf-8")
        rows = csv.reader(io.StringIO(data, newline=""))
        names = next(rows)
        return [{key: cell for key, cell in zip(names, row, strict=True) if cell} for row in rows]

    def _answered(self, query: str, format: str) -> bytes:
        """The answer to one of the pages' own queries. What is made once of the whole record is given the longest time
        that a query may ask for, and may be of any size."""
        if has_request_context() and g.get("making"):
            return self.whole(query, format)
        return self.pool.answer(Query(query), format)

    def whole(self, query: str, format: str) -> bytes:
        """The answer to a query of ours, of any size, in the longest time that a query may ask for."""
        answer = self.pool.ask(Query(query), format, deadline=self.settings.max_deadline, streaming=True)
        return b"".join([answer.body, *(answer.rest or ())])

    def kept(self, key: str | None, ask: Callable[[], Answer]) -> Answer:
        """The answer that this key decides, from those kept or by asking; None keeps it from being kept."""
        found, age = self.found(key), self.answers.age
        if found and has_request_context():
            request.environ[KEPT] = True
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

    def at_length(self, key: str, make: Callable[[], T]) -> T:
        """The same as ``once`` for what takes long of a large graph: never made twice. Raises Busy if one would wait too
        long for it."""
        served = self.served
        if not has_request_context():
            return self.once(key, make)
        known = served.made.get(key)
        return made(self.serving, served, key, make) if known is None else known  # type: ignore[return-value]

    def graph_sizes(self) -> dict[str, int]:
        """IRI of each named graph and the number of its triples."""
        return {row["graph"]: int(row["triples"]) for row in self.at_length("graphs", lambda: self.table("graphs"))}


def text(name: str, **values: Parameter) -> str:
    """The text of one of the pages' own queries with its parameters filled in: ``$name`` by an IRI, several of them, a
    language, or a number."""
    query = _query(name)
    for parameter, value in values.items():
        query = query.replace(f"${parameter}", _written(value))
    return query


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text("utf-8")


def _written(value: Parameter) -> str:
    """A parameter as a query has it. An IRI cannot contain what would end it; anything else is no IRI."""
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return " ".join(str(ox.NamedNode(iri)) for iri in value)
    return f'"{value}"' if value in LANGUAGES else str(ox.NamedNode(value))


def site() -> Site:
    """The site of the application that handles this request."""
    return current_app.extensions["kg"]


def language() -> str:
    """The language to write in: the parameter ``lang``, also of a form, else Accept-Language, else English."""
    asked = getattr(g, "asked", None)
    known = getattr(g, "spoken", None)
    # A page asks for it at each of its numbers and links.
    if known is None or known[0] is not asked:
        wanted = asked.lang if asked else request.args.get("lang")
        known = g.spoken = asked, negotiate.language(request.headers.get("Accept-Language"), wanted, LANGUAGES)
    return known[1]


def _in_other_languages() -> dict[str, str]:
    """The query string of this page in each language; without the rest where that came in a body."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return {other: "?" + urlencode([*kept, ("lang", other)]) for other in LANGUAGES}


def carried() -> dict[str, str]:
    """The parameters that a link to another page takes along: the language and the snapshot, where the address says so."""
    asked = getattr(g, "asked", None)
    given = {"lang": asked.lang, "snapshot": asked.snapshot} if asked else request.args
    found = {name: value for name in ("lang", "snapshot") if (value := given.get(name))}
    # What is kept of pages is kept by what their links carry: no stranger should make that as many as there are words.
    if "snapshot" in found:
        found["snapshot"] = site().snapshot.reference
    return {name: value for name, value in found.items() if name != "lang" or value in LANGUAGES}


def to(path: str, **parameters: object) -> str:
    """The address of one of our pages, with its parameters and those that are taken along; None leaves one out."""
    return _address(request.script_root, carried(), path, **parameters)


def _address(root: str, kept: Mapping[str, str], path: str, /, **parameters: object) -> str:
    before, hash, fragment = path.partition("#")
    asked = {name: str(value) for name, value in parameters.items() if value is not None} | kept
    return f"{root}{before}{'?' + urlencode(asked) if asked else ''}{hash}{fragment}"


def reader_labels() -> Labels:
    """No labels yet, for a page in the reader's language, whose links take along what this page was asked with."""
    return Labels(language(), request.script_root, urlencode(carried()))


def page_response(template: str, labels: Labels | None = None, *, vary: str = "Accept-Language", **values: object) -> Response:
    """The response with a page in the reader's language; ``vary`` is what else than its address the page depends on."""
    response = Response(page(template, labels, **values), mimetype="text/html")
    response.headers["Vary"] = vary
    return response


def page(template: str, labels: Labels | None = None, **values: object) -> str:
    """A page in the reader's language."""
    spoken, root, kept = language(), request.script_root, carried()
    return render_template(
        template,
        w=words(spoken),
        lang=spoken,
        languages=_in_other_languages(),
        base=BASE,
        root=root,
        # A page has dozens of addresses, which all take the same along.
        to=partial(_address, root, kept),
        carried=kept,
        here=request.path,
        pages=[(path, name) for path, name, view in _PAGES if view in current_app.view_functions],
        entry=assets.entry,
        island_words=lambda island: island_words(island, spoken),
        snapshot=site().snapshot,
        labels=labels or reader_labels(),
        **values,
    )
