"""What the Reconciliation service answers, at the addresses of ``kg.web.reconcile``.

The index is built once per snapshot, from what the workers answer, and kept in this process. What is asked is bounded
before it is looked at, and the time that a batch takes here is charged to its client as for any other request.
"""

from __future__ import annotations

import json

from flask import Response, request
from markupsafe import Markup

from kg.errors import NotFound, RequestError, UnsupportedMediaType
from kg.linking import asking, extending, reconcile
from kg.linking.entities import Also, Known, known
from kg.sparql import protocol
from kg.web.near import unknown
from kg.web.reconcile import JSON, ROOT
from kg.web.security import FRAMED
from kg.web.site import language, page, site
from kg.web.terms import Labels, Shown
from kg.web.wellknown import INTERFACE

#: Escapes what is put into it.
_ESCAPED = Markup("<p><strong>{}</strong></p><p>{}</p>")
#: Characters of a prefix or an identifier in an address.
_TEXT = asking.TEXT
#: Bytes of a batch.
_BODY = 1_000_000


def service() -> Response:
    """The manifest, or the answer to a batch or a data extension in the parameters (0.2, sections 2, 4 and 7)."""
    if "callback" in request.args:
        raise RequestError(
            "No answer is wrapped into a script here.",
            remedy="Leave callback out: every page may read the answers (CORS).",
        )
    for name in ("queries", "extend"):
        if request.args.get(name):
            return _answered(name, request.args[name])
    version = request.args.get("version") or reconcile.VERSIONS[0]
    if version not in reconcile.VERSIONS:
        raise RequestError(
            f"There is no version {version[:40]!r} here.", remedy=f"Use {' or '.join(reconcile.VERSIONS)}."
        )
    root = request.url_root.rstrip("/")
    return _told(reconcile.manifest(root + ROOT, knowledge(), language(), root + INTERFACE, version))


def batch() -> Response:
    """A batch or a data extension of version 0.2 that is sent as a form (sections 4.1 and 7.2)."""
    if request.mimetype != protocol.FORM:
        raise UnsupportedMediaType(
            "A batch of version 0.2 is a form.",
            remedy="Send it in the field queries; a batch of 1.0 goes to /reconcile/match.",
        )
    # Each says how much of a form is kept, which is all that a batch may have.
    request.max_content_length = request.max_form_memory_size = _BODY
    for name in ("queries", "extend"):
        if request.form.get(name):
            return _answered(name, request.form[name])
    raise RequestError("The form has neither queries nor extend.", remedy="Send one of the two, as JSON.")


def _answered(name: str, text: str) -> Response:
    if name == "queries":
        questions = asking.batch(text)
        return _told(reconcile.results(questions.items(), knowledge(), language()))
    return _told(extending.extended(asking.extension(text), knowledge(), language()))


def match() -> Response:
    """A batch of the draft of 1.0."""
    questions = asking.matching(_body())
    return _told(reconcile.candidates(questions, knowledge(), language()))


def extend() -> Response:
    """A data extension of the draft of 1.0."""
    return _told(extending.extended(asking.extension(_body()), knowledge(), language(), reconcile.VERSIONS[1]))


def propose() -> Response:
    """The properties that entities of a ``type`` have (0.2, section 7.1)."""
    return _told(extending.proposed(_text("type"), _number("limit", 0), knowledge(), language()))


def suggest() -> Response:
    """Entities, properties or types by the beginning of a name (0.2, section 6)."""
    kind = request.path.rpartition("/")[2]
    offset = _number("offset", 0) or _number("cursor", 0)
    found = reconcile.suggestions(kind, _text("prefix"), offset, _number("limit", asking.SOME), knowledge(), language())
    return _told(found)


def preview() -> Response:
    """A small page about an entity, which any site may frame (0.2, section 5). Raises NotFound."""
    identifier, found, spoken = _text("id"), knowledge(), language()
    iri = asking.iri_of(identifier)
    if iri not in found.numbers:
        raise unknown(iri)
    labels = Labels(spoken, request.script_root)
    kinds = [found.label(kind, spoken) for kind in found.kinds(iri)]
    shown = Shown(found.label(iri, spoken), labels.link(iri), iri)
    html = page(
        "preview.html",
        labels,
        shown=shown,
        kinds=kinds,
        also=_also(iri, found, shown.text),
        definition=found.definition(iri, spoken),
        span=[day for day in found.spans.get(iri, ()) if day],
    )
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["Vary"] = "Accept-Language"
    return response


def _also(iri: str, found: Known, label: str) -> list[Shown]:
    """Other names of an entity, each with its language."""
    forms = found.names.forms_of(found.numbers[iri])
    kept = {
        (one.text, one.language)
        for one in forms
        if one.kind in ("label", "alternative", "stands") and one.text != label
    }
    return [Shown(text, language=spoken or None) for text, spoken in sorted(kept)]


def flyout() -> Response:
    """What is shown beside a suggestion: its definition or its type, as a piece of HTML (0.2, section 6.4)."""
    identifier, found, spoken = _text("id"), knowledge(), language()
    iri = asking.iri_of(identifier)
    if not (
        iri in found.numbers or iri in found.used_types or iri in found.used_properties or identifier == asking.DATE
    ):
        raise NotFound(
            f"Nothing here has the identifier {identifier[:100]!r}.", remedy="Choose one that was suggested."
        )
    kinds = ", ".join(found.label(kind, spoken) for kind in found.kinds(iri))
    says = found.definition(iri, spoken) or kinds or found.label(iri, spoken)
    return _told({"id": identifier, "html": str(_ESCAPED.format(found.label(iri, spoken), says))})


def knowledge() -> Known:
    """What the snapshot that answers this request knows, built when it is first asked for."""
    return site().at_length("reconcile", _built)


def _built() -> Known:
    here = site()
    also = (
        Also(row["entity"], row["through"], row["way"], row.get("since", "")[:10], row.get("until", "")[:10])
        for row in here.table("linked-also")
    )
    spans = {row["entity"]: (row.get("since", "")[:10], row.get("until", "")[:10]) for row in here.table("linked-when")}
    return known(here.graph("linked"), also, spans)


def _body() -> str:
    """The body of a request as text. Raises UnsupportedMediaType, RequestError."""
    if not request.is_json:
        raise UnsupportedMediaType("The body is not said to be JSON.", remedy="Send it as application/json.")
    request.max_content_length = _BODY
    try:
        return request.get_data(cache=False).decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError("The body is not in UTF-8.", remedy="Send JSON in UTF-8.") from None


def _text(name: str) -> str:
    """A parameter of the address; empty if it is not given. Raises RequestError."""
    value = request.args.get(name, "")
    if len(value) > _TEXT:
        raise RequestError(f"{name} has more than {_TEXT:,} characters.", remedy="Send a name, not a text.")
    return value


def _number(name: str, default: int) -> int:
    """A whole number from 0 among the parameters. Raises RequestError."""
    value = request.args.get(name, "")
    if not value:
        return default
    if not (value.isascii() and value.isdecimal() and len(value) <= 6):
        raise RequestError(
            f"{name} is no whole number from 0 to 999999.", remedy="Leave it out, or write such a number."
        )
    return int(value)


def _told(value: asking.Json) -> Response:
    response = Response(json.dumps(value), content_type=JSON.media_type)
    response.headers["Vary"] = "Accept-Language"
    return response
