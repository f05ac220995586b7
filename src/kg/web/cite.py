"""How to cite an answer, or a snapshot as a whole, at ``/cite``: as BibTeX, as CSL-JSON or in a sentence."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from kg.cff import read_work
from kg.errors import RequestError
from kg.pages.facts import Facts
from kg.rdf import BASE, shorten
from kg.services import is_loopback
from kg.sparql import citation, negotiate, protocol
from kg.web import answers, endpoint
from kg.web.citing import NEVER, sha256_of
from kg.web.near import unknown
from kg.web.site import NEGOTIATED, language, site

BIBTEX = negotiate.Format("bibtex", "application/x-bibtex", "bib", ("text/x-bibtex",))
CSL = negotiate.Format("csl", "application/vnd.citationstyles.csl+json", "json", ("application/json",))
PLAIN = negotiate.Format("plain", "text/plain", "txt")
OFFERED = (BIBTEX, CSL, PLAIN)

_IRI = re.compile(r"[A-Za-z0-9\-._~/:@!&=+,;%#]+")


def blueprint() -> Blueprint:
    """The route of citations."""
    routes = Blueprint("cite", __name__)
    routes.add_url_rule("/cite", "cite", cite, methods=["GET", "HEAD", "POST"])
    return routes


def cite() -> Response:
    """The citation of the answer to a query, with the parameters of the endpoint; without a query, of the entry of the
    resource that ``iri`` names, if it is there, else of the snapshot.

    ``style`` is ``bibtex``, ``csl`` or ``plain``; without it Accept decides. The SHA-256 is that of the answer in the
    format that ``format`` names. Raises RequestError for a query that has another answer each time, and what asking it raises.
    """
    here = site()
    body = request.get_data(cache=True) if request.method == "POST" else b""
    asked = protocol.parse(request.method, request.query_string, request.headers.get("Content-Type"), body)
    # For the line of the query that an error quotes.
    g.asked = asked
    if asked.explain:
        raise RequestError("Why a query is empty is no answer that can be cited.", remedy="Leave out explain.")
    answers.deadline(asked.timeout, here.settings)
    here.answer_from(asked.snapshot)
    names = [name for name in request.values.getlist("style") if name]
    choice = negotiate.choose(request.headers.get("Accept"), names, OFFERED, "style")
    today = datetime.now(UTC).date().isoformat()
    cited = _entry(today) if asked.query is None else _answer(asked, asked.query, today)
    work = _in_words(read_work(here.settings.repository))
    if choice.format is CSL:
        text = json.dumps([citation.csl(work, cited)], ensure_ascii=False, indent=1) + "\n"
    elif choice.format is PLAIN:
        text = citation.plain(work, cited) + "\n"
    else:
        text = citation.bibtex(work, cited)
    response = Response(text, content_type=choice.content_type)
    response.headers["Vary"] = NEGOTIATED
    # It says on which day it was asked for.
    response.headers["Cache-Control"] = NEVER
    return response


def _entry(today: str) -> citation.Cited:
    """What is cited of a resource, or of the snapshot as a whole. Raises RequestError and NotFound."""
    iris = [iri for iri in request.values.getlist("iri") if iri]
    if not iris:
        return citation.Cited(site().snapshot, today, language=language())
    if len(iris) > 1 or not iris[0].startswith(BASE) or not _IRI.fullmatch(iris[0]):
        raise RequestError("The parameter iri names no resource of this graph.", remedy=f"Give one IRI below {BASE}.")
    statements = site().statements("entity", this=iris[0])
    if not any(subject == iris[0] for subject, _, _ in statements):
        raise unknown(iris[0])
    name = Facts(statements, language()).name(iris[0]).text
    return citation.Cited(
        site().snapshot, today, iris[0], entry=name, places=_places(iris[0]), language=language()
    )  # fmt: skip


def _places(iri: str) -> tuple[citation.Place, ...]:
    """The documents that a claim rests on, each once, with its paragraphs."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in site().table("cite-sources", this=iri, lang=language()):
        found.setdefault(row["document"], []).append(row)

    def each(rows: list[dict[str, str]], name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[name] for row in rows if row.get(name)))

    return tuple(
        citation.Place(
            rows[0].get("title") or shorten(document), ", ".join(each(rows, "publisher")), rows[0].get("issued", ""),
            rows[0].get("address", ""), each(rows, "paragraph"), each(rows, "locator"),
        )
        for document, rows in found.items()
    )  # fmt: skip


def _in_words(work: citation.Work) -> citation.Work:
    """The work, called as the description of the data set calls it in the reader's language."""
    titles: dict[str, dict[str, str]] = {}
    for row in site().table("cite-title"):
        titles.setdefault(row["dataset"], {})[row.get("language", "")] = row["title"]
    own = next((one for one in titles.values() if work.title in one.values()), {})
    return replace(work, title=own.get(language(), work.title))


def _answer(asked: protocol.QueryRequest, text: str, today: str) -> citation.Cited:
    """What is cited of an answer: the query is asked, or was before."""
    run = endpoint.prepared(asked, text, None)
    if run.citable.elsewhere:
        raise RequestError(
            "The answer is not of this graph alone: other services are asked, which may answer otherwise tomorrow.",
            remedy="Cite the query, the snapshot and the day, and keep the answer with them.",
        )
    if not run.citable.stable:
        raise RequestError(
            "This query has another answer each time it is asked, so that its answer cannot be cited.",
            remedy="Leave out NOW, RAND, UUID, STRUUID and BNODE, and blank nodes in the template of a CONSTRUCT.",
        )
    answer = endpoint.asked_for(run)
    address, path = run.citable.address, ""
    if is_loopback(urlsplit(address).hostname or ""):
        # An address of this machine is of use to nobody else.
        address, path = "", address.partition("//")[2].partition("/")[2]
    return citation.Cited(
        run.citable.snapshot, today, address, sha256_of(answer.body, answer.rest), asked.as_of or "",
        path=path and f"/{path}", language=language(),
    )  # fmt: skip
