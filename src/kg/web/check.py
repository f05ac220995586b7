"""Judging a contribution at ``/check``: RDF in, a report out. Nothing that is sent is kept."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from kg.errors import NotAcceptable, RequestError, UnsupportedMediaType
from kg.gate.base import INCOMING
from kg.reading.formats import ENDINGS, MEDIA_TYPES, format_of
from kg.settings import Settings
from kg.sparql import negotiate
from kg.sparql.negotiate import Format
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
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
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
    """The page at which a contribution is checked. Raises NotAcceptable for a client that wants no page."""
    if negotiate.choose(request.headers.get("Accept"), (), (negotiate.HTML,)).format is not negotiate.HTML:
        raise NotAcceptable("There is only a page here.", remedy="POST the contribution to be judged.")
    return Response(page("check.html", report=None, text="", place=""), mimetype="text/html")


def check() -> Response:
    """The report on what was sent: the body itself, or the field ``contribution`` or the file of a form."""
    request.max_content_length = largest_body(site().settings)
    is_form = request.mimetype in _FORMS
    content, name = _of_form() if is_form else (request.get_data(cache=False), _named(request.mimetype))
    place = _place(name)
    names = [one for one in request.args.getlist("format") if one]
    choice = negotiate.choose(request.headers.get("Accept"), names, OFFERED)
    shown = FRAGMENT if choice.format is negotiate.HTML else choice.format.name
    conforms, report = site().pool.check(place, content, shown, language())
    if choice.format is negotiate.HTML:
        text = content.decode("utf-8", "replace") if is_form else ""
        told = Markup(report.decode("utf-8"))
        response = Response(page("check.html", report=told, text=text, place=_asked_place()), mimetype="text/html")
    else:
        response = Response(report, content_type=choice.content_type)
    response.headers["KG-Conforms"] = str(conforms).lower()
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_form() -> tuple[bytes, str]:
    """The contribution of a form: its file if there is one, else its text; and a name that tells its format."""
    sent: FileStorage | None = request.files.get("file") or request.files.get("contribution")
    if sent and sent.filename:
        found = format_of(sent.filename)
        if found is None:
            raise UnsupportedMediaType(
                "The format of the file is not known.", remedy="Its name ends in .ttl, .trig, .nt, .nq, .jsonld or .rdf."
            )
        return sent.read(), f"contribution.{ENDINGS[found]}"
    text = request.form.get("contribution")
    if text is None:
        raise RequestError("Nothing was sent to be checked.", remedy="Fill in the field “contribution”, or add a file.")
    # Browsers send line ends as in a mail (HTML, section 4.10.22.4).
    return text.replace("\r\n", "\n").encode("utf-8"), "contribution.ttl"


def _named(media_type: str) -> str:
    """A name for a body of this media type. Raises UnsupportedMediaType."""
    found = format_of(media_type) if media_type else "turtle"
    if found is None:
        offered = ", ".join(sorted(set(MEDIA_TYPES.values())))
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
    asked = _asked_place()
    if not asked:
        return INCOMING + name
    if not _PLACE.fullmatch(asked) or not name.endswith(".ttl"):
        raise RequestError(
            f"{asked[:100]!r} is not the path of a Turtle file of data.", remedy="Write it as data/claims/004.ttl."
        )
    return asked
