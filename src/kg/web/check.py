"""Judging a contribution at ``/check``: RDF or the ledger of links in, a report out. Nothing that is sent is kept."""

from __future__ import annotations

import json
import re

from flask import Blueprint, Response, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from kg.errors import NotAcceptable, RequestError, UnsupportedMediaType
from kg.gate.base import INCOMING
from kg.rdf import LEDGER, graph_iri
from kg.reading.formats import ENDINGS, MEDIA_TYPES, TABLE_ENDING, TABLE_MEDIA_TYPE, format_of
from kg.settings import Settings
from kg.sparql import negotiate
from kg.sparql.negotiate import Format
from kg.web import tokens
from kg.web.security import preflight
from kg.web.site import language, page, site
from kg.workers.wire import FRAGMENT

JSON = Format("json", "application/json", "json")
SARIF = Format("sarif", "application/sarif+json", "sarif")
TEXT = Format("text", "text/plain", "txt")
JUNIT = Format("junit", "application/xml", "xml", ("text/xml",))
GITHUB = Format("github", "text/x-github-annotations", "txt")
OFFERED = (JSON, negotiate.TURTLE, negotiate.JSON_LD, TEXT, SARIF, JUNIT, GITHUB, negotiate.HTML)
_METHODS = "GET, HEAD, OPTIONS, POST"
_PAGE = "check"
#: Where a contribution may ask to stand: the path of a file of data.
_PLACE = re.compile(r"data/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_.-]+\.ttl")
_OTHER_FIELDS = 20_000


def blueprint() -> Blueprint:
    """The route of the gate."""
    routes = Blueprint("check", __name__)
    routes.add_url_rule("/check", "form", form, methods=["GET", "HEAD"], provide_automatic_options=False)
    routes.add_url_rule("/check", "check", check, methods=["POST"], provide_automatic_options=False)
    routes.add_url_rule(
        "/check", "preflight", lambda: preflight(_METHODS), methods=["OPTIONS"], provide_automatic_options=False
    )
    return routes


def largest_body(settings: Settings) -> int:
    """The largest body of a request that is read, in bytes."""
    return settings.max_contribution + _OTHER_FIELDS


def form() -> Response:
    """The page at which a contribution is checked, with the text of the file that it is to stand for.

    Raises NotAcceptable for a client that wants no page.
    """
    if negotiate.choose(request.headers.get("Accept"), (), (negotiate.HTML,)).format is not negotiate.HTML:
        raise NotAcceptable("There is only a page here.", remedy="POST the contribution to be judged.")
    place = _asked_place()
    if not _PLACE.fullmatch(place):
        return _shown(None, "", place)
    text = json.loads(site().pool.draft("file", {"path": place}, language()))
    return _shown(None, text if len(text.encode("utf-8")) <= site().settings.max_contribution else "", place)


def check() -> Response:
    """The report on what was sent: the body itself, or the field ``contribution`` or the file of a form."""
    request.max_content_length = largest_body(site().settings)
    is_form = request.mimetype in tokens.FORMS
    content, name = _of_form() if is_form else (request.get_data(cache=False), _named(request.mimetype))
    place = _place(name)
    names = [one for one in request.args.getlist("format") if one]
    choice = negotiate.choose(request.headers.get("Accept"), names, OFFERED)
    text = content.decode("utf-8", "replace") if is_form and choice.format is negotiate.HTML else ""
    if is_form and not _is_ours(choice.format is negotiate.HTML):
        return _shown(None, text, _asked_place(), status=tokens.StaleForm.http_status)
    shown = FRAGMENT if choice.format is negotiate.HTML else choice.format.name
    conforms, report = site().pool.check(place, content, shown, language())
    if choice.format is negotiate.HTML:
        response = _shown(Markup(report.decode("utf-8")), text, _asked_place())
    else:
        response = Response(report, content_type=choice.content_type)
    response.headers["KG-Conforms"] = str(conforms).lower()
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_ours(for_a_page: bool) -> bool:
    """False if the page that sent a form was open for too long. Raises ForeignForm, and StaleForm where no page is wanted.

    A programme that sends a form and wants no page needs no token: no browser is led to do that by a page of another
    site without saying so.
    """
    tokens.check_origin()
    if not for_a_page and "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
        return True
    try:
        tokens.check_token(_PAGE, request.form.get(tokens.FIELD))
    except tokens.StaleForm:
        if for_a_page:
            return False
        raise
    return True


def _shown(report: Markup | None, text: str, place: str, status: int = 200) -> Response:
    """The page with a report, if there is one yet; 403 says that what was sent has to be sent again."""
    html = page(
        "check.html", report=report, text=text, place=place, stale=status != 200, token=tokens.token(_PAGE)
    )  # fmt: skip
    return Response(html, status, mimetype="text/html")


def _of_form() -> tuple[bytes, str]:
    """The contribution of a form: its file if there is one, else its text; and a name that tells its format."""
    sent: FileStorage | None = request.files.get("file") or request.files.get("contribution")
    if sent and sent.filename:
        if sent.filename.lower().endswith(TABLE_ENDING):
            return sent.read(), f"contribution{TABLE_ENDING}"
        found = format_of(sent.filename)
        if found is None:
            raise UnsupportedMediaType(
                "The format of the file is not known.",
                remedy="Its name ends in .ttl, .trig, .nt, .nq, .jsonld or .rdf, or that of a ledger of links in .tsv.",
            )
        return sent.read(), f"contribution.{ENDINGS[found]}"
    text = request.form.get("contribution")
    if text is None:
        raise RequestError("Nothing was sent to be checked.", remedy="Fill in the field “contribution”, or add a file.")
    # Browsers send line ends as in a mail (HTML, section 4.10.22.4).
    ending = TABLE_ENDING if _asked_place() == LEDGER else ".ttl"
    return text.replace("\r\n", "\n").encode("utf-8"), f"contribution{ending}"


def _named(media_type: str) -> str:
    """A name for a body of this media type. Raises UnsupportedMediaType."""
    if media_type == TABLE_MEDIA_TYPE:
        return f"contribution{TABLE_ENDING}"
    found = format_of(media_type) if media_type else "turtle"
    if found is None:
        offered = ", ".join(sorted({*MEDIA_TYPES.values(), TABLE_MEDIA_TYPE}))
        raise UnsupportedMediaType(f"{media_type} is no format of RDF that is read here.", remedy=f"Send {offered}.")
    return f"contribution.{ENDINGS[found]}"


def _asked_place() -> str:
    """The place that is asked for, in the address or in a form; empty if none is. Raises RequestError if several are."""
    given = [one.strip() for one in request.values.getlist("as") if one.strip()]
    if len(given) > 1:
        raise RequestError(f"The parameter as is given {len(given)} times.", remedy="Give it once.")
    return given[0] if given else ""


def _place(name: str) -> str:
    """The path at which the contribution is to stand. Raises RequestError on one that no file of data can have."""
    asked, is_table = _asked_place(), name.endswith(TABLE_ENDING)
    if is_table and asked in ("", LEDGER):
        return LEDGER
    if asked == LEDGER:
        raise RequestError(
            "The ledger of links is a table.", remedy=f"Send it as {TABLE_MEDIA_TYPE}, or as a file named {TABLE_ENDING}."
        )
    if is_table:
        raise RequestError(f"{asked[:100]!r} is not the path of the ledger of links.", remedy=f"Write it as {LEDGER}.")
    if not asked:
        return INCOMING + name
    if not _PLACE.fullmatch(asked) or not name.endswith(".ttl") or graph_iri(asked) == graph_iri(LEDGER):
        raise RequestError(
            f"{asked[:100]!r} is not the path of a Turtle file of data.", remedy="Write it as data/claims/004.ttl."
        )
    return asked
