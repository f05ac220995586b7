"""The page on which queries are written: the form, what its editor is handed, the gallery, and the layout of a query."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, g, request

from kg.errors import QueryError, RequestError
from kg.querytext import place
from kg.rdf import PREFIXES
from kg.sparql import negotiate
from kg.sparql.gallery import GalleryQuery
from kg.sparql.layout import lay_out, too_deep
from kg.sparql.protocol import QueryRequest
from kg.web import answerpage
from kg.web.site import carried, language, page, site, text, to
from kg.web.words import island_words, words

_JSON = negotiate.Format("layout", "application/json", "json")
#: Queries that have a word in common for it to be the name of a group.
_GROUP = 3
#: Where the words that CodeMirror itself shows are among those of the editor.
_PHRASE = "phrase-"
#: What a new tab begins with.
_EMPTY = "SELECT *\nWHERE {\n  ?subject ?property ?value .\n}\nLIMIT 100\n"


def blueprint() -> Blueprint:
    """The route that lays out a query."""
    routes = Blueprint("editing", __name__)
    routes.add_url_rule("/layout", "layout", layout, methods=["POST"])
    return routes


def layout() -> Response:
    """The ``query`` of a form laid out: as JSON, or on the page where it was written. Raises RequestError, QueryError."""
    written, most = request.form.get("query"), site().settings.max_query_length
    if written is None:
        raise RequestError("There is no query to lay out.", remedy="Give query=SELECT …")
    if len(written) > most:
        raise QueryError(
            f"The query has {len(written)} characters; at most {most} are read.", remedy="Shorten its lists of values."
        )
    choice = negotiate.choose(request.headers.get("Accept"), (), (_JSON, negotiate.HTML))
    laid_out = _laid_out(written.replace("\r\n", "\n"))
    if choice.format is negotiate.HTML:
        asked = QueryRequest(laid_out, as_of=request.form.get("as-of") or None, lang=request.args.get("lang"))
        g.asked = asked
        response = form_page(asked)
    else:
        response = Response(json.dumps({"query": laid_out}, ensure_ascii=False), content_type=_JSON.media_type)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _laid_out(written: str) -> str:
    """The query laid out. Raises QueryError if it is deeper than one that is answered may be."""
    most = site().settings.max_nesting
    deep = too_deep(written, most)
    if deep:
        raise QueryError(
            f"The query has more than {most} levels of brackets.", remedy="Split it into several queries.",
            where=place(written, deep.start),
        )  # fmt: skip
    return lay_out(written)


def form_page(asked: QueryRequest, **values: object) -> Response:
    """The page with the form, filled in by the parameter ``draft`` or ``gallery``, or with what was asked.

    ``values`` are what the page needs of an answer. Nothing is run here. Raises QueryError for too long a draft.
    """
    draft, picked = _draft(), _picked(request.args.get("gallery"))
    written = draft or asked.query or (picked.body if picked else text("first", lang=language()))
    day = asked.as_of or (picked.as_of if picked else None) or ""
    title = picked and (picked.title.get(language()) or picked.name)
    here = site()
    shown = {
        "asked": asked, "picked": picked, "gallery": here.gallery, "others": here.services, "draft": draft,
        "written": written.lstrip("\n"), "day": day, "groups": groups(here.gallery, language()),
        "editor": _handed(bool(draft or asked.query or picked), title or ""), "editor_words": editor_words(language()),
        "results": answerpage.handed(),
    }  # fmt: skip
    return Response(page("query.html", **shown, **values), mimetype="text/html")


def _draft() -> str | None:
    """A query that a link brings to be looked at first."""
    draft, most = request.args.get("draft"), site().settings.max_query_length
    if draft and len(draft) > most:
        raise QueryError(f"The draft has {len(draft)} characters; at most {most} are read.", remedy="Send its text instead.")
    return draft or None


def _picked(name: str | None) -> GalleryQuery | None:
    return next((query.asked_in(language()) for query in site().gallery if query.name == name), None)


def _handed(given: bool, name: str) -> Mapping[str, object]:
    """What the editor needs: addresses, all of this server; whether the page brings a query of its own, and its name."""
    kept = carried()
    return {
        "ask": f"{request.script_root}/sparql", "page": f"{request.script_root}/sparql", "layout": to("/layout"),
        "complete": to("/complete", lang=language()), "mistake": to("/mistake", lang=language()), "given": given, "name": name, "empty": _EMPTY, "carried": kept,
        "prefixes": PREFIXES,
        "fields": {key: value for key, value in kept.items() if key == "snapshot"}, "results": answerpage.handed(),
    }  # fmt: skip


def editor_words(spoken: str) -> Mapping[str, object]:
    """The words of the editor, those that CodeMirror shows by what it calls them itself."""
    own, english = island_words("query", spoken), island_words("query", "en")
    phrases = {english[key]: value for key, value in own.items() if key.startswith(_PHRASE)}
    return {**{key: value for key, value in own.items() if not key.startswith(_PHRASE)}, "phrases": phrases}


def groups(queries: Sequence[GalleryQuery], spoken: str) -> list[tuple[str, list[GalleryQuery]]]:
    """The queries of a gallery by the word among their keywords that most others have too, the largest group first; then
    those that share none, and those that ask other services."""
    named = words(spoken)
    count = Counter(word for query in queries if not query.services for word in set(query.keywords.get(spoken, ())))
    found: dict[str, list[GalleryQuery]] = {}
    rest: list[GalleryQuery] = []
    for query in queries:
        best = max(query.keywords.get(spoken, ()), key=lambda word: count[word], default="")
        if not query.services:
            (found.setdefault(best, []) if count[best] >= _GROUP else rest).append(query)
    large = {word: group for word, group in found.items() if len(group) >= _GROUP}
    rest += [query for word, group in found.items() if word not in large for query in group]
    told = [(word[:1].upper() + word[1:], group) for word, group in sorted(large.items(), key=lambda one: -len(one[1]))]
    told += [(named["query-other"], sorted(rest, key=lambda query: query.name))] if rest else []
    others = [query for query in queries if query.services]
    return [*told, (named["query-elsewhere"], others)] if others else told
