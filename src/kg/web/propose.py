"""Proposing at ``/propose``: a form made from the shapes, judged by the gate, and what to do with what it comes to.

Nothing that is sent is kept: each request brings all that is filled in, and the answer has it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request

from kg.errors import Busy, DeadlineExceeded, NotAcceptable, RequestError
from kg.model import Query
from kg.rdf import PREFIXES, shorten
from kg.sparql import negotiate
from kg.web import tokens
from kg.web.security import preflight
from kg.web.showing import chains
from kg.web.site import NEGOTIATED, language, page_response, reader_labels, site, text, to
from kg.web.words import words

_PAGE = "propose"
_METHODS = "GET, HEAD, OPTIONS, POST"
#: Fields of the form that describe nothing.
_OWN = (tokens.FIELD, "do", "part")
#: What a button says that is no change of the form: show it again, judge it, judge it while it is filled in, download it.
_SHOW, _CHECK, _LIVE, _DOWNLOAD = "show", "check", "live", "download"
#: Bytes of a form; a value may be a sentence in each of many fields.
_LARGEST = 400_000
_ROW = re.compile(r"@[a-z]+$")
_PLACE = re.compile(r"^(\d{1,9}) (\d{1,9})$")
_DIGEST = re.compile(r"[0-9a-f]{64}")

Form = Mapping[str, Any]


def blueprint() -> Blueprint:
    """The routes of proposing."""
    routes = Blueprint("propose", __name__)
    routes.add_url_rule("/propose", "propose", propose, methods=["GET", "HEAD"], provide_automatic_options=False)
    routes.add_url_rule("/propose", "send", send, methods=["POST"], provide_automatic_options=False)
    routes.add_url_rule(
        "/propose", "preflight", lambda: preflight(_METHODS), methods=["OPTIONS"], provide_automatic_options=False
    )
    routes.add_url_rule("/propose/choices", "choices", choices)
    routes.add_url_rule("/propose/document", "document", document)
    routes.add_url_rule("/propose/evidence", "evidence", evidence)
    return routes


def propose() -> Response:
    """What can be proposed; with a ``class``, its form; with what to ``correct``, the form filled in with it.

    Raises RequestError, NotAcceptable.
    """
    if negotiate.choose(request.headers.get("Accept"), (), (negotiate.HTML,)).format is not negotiate.HTML:
        raise NotAcceptable("There is only a page here.", remedy="POST Turtle to /check to have it judged.")
    class_, correct = request.args.get("class"), request.args.get("correct")
    if correct:
        form = _asked("form", {"correct": correct, "given": [], "judge": False, "action": ""})
        if not form["node"]:
            return redirect(to("/check", **{"as": form["path"]}), 303)
        return _shown(form, _SHOW)
    if class_ is None:
        sections = site().once(f"propose {language()}", lambda: _asked("kinds", {}))
        return page_response("propose.html", vary=NEGOTIATED, sections=sections)
    empty = {"class": class_, "given": [], "action": "", "judge": False}
    form = site().once(f"propose {language()} {class_[:100]}", lambda: _asked("form", empty))
    return _shown(form, _SHOW)


def send() -> Response:
    """The form with what was sent, changed or judged as the button says; or its Turtle.

    Raises RequestError and TooLarge on what no form sends, ForeignForm.
    """
    request.max_content_length = _LARGEST
    request.max_form_parts = 2_000
    tokens.check_origin()
    class_ = request.args.get("class", "")
    wanted = request.form.get("do", _CHECK)
    given = [pair for pair in request.form.items(multi=True) if pair[0] not in _OWN]
    stale = None
    try:
        tokens.check_token(_PAGE, request.form.get(tokens.FIELD))
    except tokens.StaleForm as error:
        # What was typed is shown again; nothing else is done with it.
        stale, wanted = error, _SHOW
    action = "" if wanted in (_SHOW, _CHECK, _LIVE, _DOWNLOAD) else wanted
    judge = wanted in (_CHECK, _LIVE)
    asked = {"class": class_, "correct": request.args.get("correct"), "given": given, "action": action, "judge": judge}
    form = _asked("form", asked)
    if not form["node"]:
        raise RequestError("There is no such form.", remedy="Begin with the list of what can be proposed.")
    if wanted == _DOWNLOAD:
        return _file(form)
    response = _shown(form, wanted, stale=stale is not None)
    response.status_code = stale.http_status if stale else 200
    return response


def choices() -> Response:
    """What a field may have whose name or label has the words ``q``, as JSON; first those of the document ``beside``.

    Raises RequestError.
    """
    asked = {name: request.args.get(name, "") for name in ("class", "field", "beside")}
    found = _asked("choices", {**asked, "text": request.args.get("q", "")})
    response = Response(json.dumps(found, ensure_ascii=False), content_type="application/json")
    response.headers["Vary"] = "Accept-Language"
    return response


def document() -> Response:
    """The document whose text has this ``sha256``, as JSON; none if no document has. Raises RequestError."""
    digest = request.args.get("sha256", "")
    if not _DIGEST.fullmatch(digest):
        raise RequestError("This is no SHA-256.", remedy="Give its 64 hexadecimal digits of lower case.")
    query = text("propose-document", lang=language()).replace("$sha256", f'"{digest}"')
    found = json.loads(site().pool.answer(Query(query), negotiate.JSON.name))["results"]["bindings"]
    row = {name: cell["value"] for one in found[:1] for name, cell in one.items()}
    iri = row.get("document")
    told = {"document": iri and shorten(iri), "label": row.get("label", "")}
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json")


def evidence() -> Response:
    """The evidence that the graph has of a passage, as JSON: what shares characters with those from ``start`` up to
    ``end`` of the text of a ``source``, the very passage (its ``sha256``, at its place) first. Raises RequestError."""
    prefix, _, local = (name := request.args.get("source", "")).partition(":")
    source = PREFIXES[prefix] + local if prefix in PREFIXES else name.strip("<>")
    start, end = (request.args.get(name, "") for name in ("start", "end"))
    try:
        place = (ox.NamedNode(source).value, *map(int, _PLACE.findall(f"{start} {end}")[0]))
    except (ValueError, IndexError):
        raise RequestError("A passage has a source, a start and an end.", remedy="Give all three.") from None
    rows = site().table("propose-evidence", source=place[0], first=place[1], behind=place[2], lang=language())
    voices = chains((row["step"] for row in rows if "step" in row), language())
    found = [_evidence(row, voices.get(row.get("step", ""), ())) for row in rows]
    marked = (start, end, request.args.get("sha256"))
    for one in found:
        one["same"] = (str(one["start"]), str(one["end"]), one.pop("sha256")) == marked
    response = Response(json.dumps(sorted(found, key=lambda one: not one["same"]), ensure_ascii=False), mimetype="application/json")
    response.headers["Vary"] = "Accept-Language"
    return response


def _evidence(row: Mapping[str, str], voices: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A row of what the graph has of a passage, as the form shows it."""
    numbers = {name: int(row[name]) for name in ("start", "end", "paragraph", "claims") if row.get(name)}
    told = {"name": shorten(row["evidence"]), "address": reader_labels().link(row["evidence"]), "about": row.get("about", "")}
    return {**told, **numbers, "sha256": row.get("sha256"), "voices": [name for _, name in voices]}


def _asked(wanted: str, asked: Mapping[str, object]) -> Any:
    """What a worker answers. Raises Busy if it takes longer than it may although there is nothing to judge: what forms are
    made from is not ready yet, or the server has much to do."""
    pool = site().pool
    try:
        return json.loads(pool.draft(wanted, asked, language()))
    except DeadlineExceeded:
        if asked.get("judge"):
            raise
        pool.prepare_again()
        raise Busy("The form was not ready in time.", remedy="Try again in a few seconds.") from None


def _shown(form: Form, wanted: str, *, stale: bool = False) -> Response:
    """The page of a form; only its changing part where a script asks for that."""
    said = _said(form)
    name = form["iri"].rpartition("/")[2]
    template = "propose-part.html" if request.form.get("part") else "propose-form.html"
    return page_response(
        template,
        vary=NEGOTIATED,
        form=form,
        class_=form["node"]["kind"]["name"],
        correct=form["iri"] if form.get("correct") else None,
        said=said,
        judged=form["judged"],
        pressed=wanted == _CHECK,
        stale=stale,
        token=tokens.token(_PAGE),
        commands=_commands(form, name),
    )


def _said(form: Form) -> dict[str, list[dict[str, Any]]]:
    """What is said of each address: of what was typed first, then by the gate."""
    w = words(language())
    found: dict[str, list[dict[str, Any]]] = {}
    for problem in form["problems"]:
        sentence = w.get(f"propose-problem-{problem['kind']}", w["propose-problem-other"])
        sentence = sentence.replace("{most}", str(problem["most"]))
        address = problem["address"]
        spoken = _ROW.search(address)
        one = {"severity": "violation", "text": f"{spoken[0][1:]}: {sentence}" if spoken else sentence, "missing": False}
        found.setdefault(_ROW.sub("", address), []).append({**one, "near": problem["near"]})
    for address, told in (form["judged"] or {}).get("places", {}).items():
        found.setdefault(address, []).extend(told)
    return found


def _file(form: Form) -> Response:
    """The Turtle as a file to keep."""
    response = Response(form["turtle"], content_type="text/turtle; charset=utf-8")
    name = form["path"].rpartition("/")[2]
    if form.get("correct"):
        response = Response(form["correct"]["patch"], content_type="text/x-diff; charset=utf-8")
        name = f"correct-{form['iri'].rpartition('/')[2]}.patch"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _commands(form: Form, name: str) -> list[str]:
    """What to type in a clone of the repository to propose a file, or the patch of one, that was downloaded."""
    path: str = form["path"]
    file, verb = path.rpartition("/")[2], "correct" if form.get("correct") else "propose"
    take = f"mv ~/Downloads/{file} {path}"
    if form.get("correct"):
        take = f"git apply ~/Downloads/correct-{name}.patch"
    return [
        f"git switch --create {verb}-{name}",
        take,
        f".venv/bin/kg check {path}",
        ".venv/bin/kg diff HEAD",
        f"git add {path}",
        f"git commit --message '{verb.capitalize()} {name}'",
        f"git push --set-upstream origin {verb}-{name}",
    ]
