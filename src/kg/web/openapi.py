"""What can be asked here, in OpenAPI 3.1 at ``/openapi.json``.

``interface.json`` beside this module declares the operations. Formats, codes of errors, limits and the gallery are
added from where they are declared themselves, so that nothing is said twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from importlib import resources
from typing import Any

from flask import Blueprint, Response, request

from kg import __version__
from kg.reading.formats import MEDIA_TYPES, TABLE_MEDIA_TYPE
from kg.settings import Settings
from kg.sparql import negotiate, protocol
from kg.sparql.complete import LONGEST
from kg.sparql.gallery import GalleryQuery
from kg.sparql.negotiate import Format
from kg.web import check, cite, evidence, explain, reasons, reconcile
from kg.web.errors_page import CODES
from kg.web.problems import PROBLEM
from kg.web.security import preflight
from kg.web.site import site
from kg.web.wellknown import INTERFACE

Json = dict[str, Any]

_DECLARED = "interface.json"
_METHODS = "GET, HEAD, OPTIONS"
_LICENSE = "Apache-2.0 AND CC-BY-4.0"
_SCHEMAS = "#/components/schemas/"
_RQ = ".rq"
_JSON = "application/json"

_OPENAPI = Format("openapi", "application/json", "json")
_SCHEMA = Format("schema", "application/schema+json", "json")
_PLAIN_JSON = Format("json", _JSON, "json")
_PLAIN = Format("plain", "text/plain", "txt")
_QUERY_TEXT = Format("rq", protocol.DIRECT, "rq")
#: What answers consist of, by the word that the declaration has for it → the formats, and the schemas of those in JSON.
_KINDS: Mapping[str, tuple[Sequence[Format], Mapping[Format, str]]] = {
    "tables": (negotiate.TABLES, {negotiate.JSON: "Results"}),
    "graphs": (negotiate.GRAPHS, {negotiate.JSON_LD: "JsonLd"}),
    "html": ((negotiate.HTML,), {}),
    "quads": ((negotiate.N_QUADS,), {}),
    "trig": ((negotiate.TRIG,), {}),
    "table-of-links": ((negotiate.TSV,), {}),
    "evidence": (evidence.FORMATS, {evidence.JSON: "Evidence"}),
    "reasons": (reasons.OFFERED, {reasons.JSON: "WhyEmpty"}),
    "citation": (cite.OFFERED, {cite.CSL: "Citation"}),
    "proof": (explain.OFFERED, {explain.JSON: "Proof"}),
    "report": (check.OFFERED, {check.JSON: "Report", negotiate.JSON_LD: "JsonLd", check.SARIF: "Sarif"}),
    "reconciled": ((reconcile.JSON,), {reconcile.JSON: "Reconciled"}),
    "completions": ((_PLAIN_JSON,), {_PLAIN_JSON: "Completions"}),
    "choices": ((_PLAIN_JSON,), {_PLAIN_JSON: "Choices"}),
    "known-text": ((_PLAIN_JSON,), {_PLAIN_JSON: "KnownText"}),
    "known-evidence": ((_PLAIN_JSON,), {_PLAIN_JSON: "KnownEvidence"}),
    "mistake": ((_PLAIN_JSON,), {_PLAIN_JSON: "Mistake"}),
    "labels": ((_PLAIN_JSON,), {_PLAIN_JSON: "Labels"}),
    "laid-out": ((_PLAIN_JSON,), {_PLAIN_JSON: "LaidOut"}),
    "states": ((_PLAIN_JSON,), {_PLAIN_JSON: "States"}),
    "openapi": ((_OPENAPI,), {_OPENAPI: "OpenAPI"}),
    "schema": ((_SCHEMA,), {_SCHEMA: "JsonSchema"}),
    "plain": ((_PLAIN,), {}),
    "text-of-query": ((_QUERY_TEXT,), {}),
    "problem": ((PROBLEM, negotiate.HTML), {PROBLEM: "Problem"}),
}
#: Headers of every response, and of some by the word that the declaration has for them.
_EVERY = ("X-Request-ID", "KG-Snapshot", "Cache-Control", "Vary")
_HEADERS = {
    "answer": ("KG-Answer", "KG-As-Of", "KG-Services", "ETag", "Last-Modified", "Link", "Server-Timing"),
    "resource": ("ETag", "Last-Modified", "Link"),
}
#: Errors that any request may meet, and the headers that errors of a status have.
_ANYWHERE = (400, 405, 421, 429, 431, 500, 503)
_OF_ERRORS = {405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",), 504: ("KG-Answer",)}


def blueprint() -> Blueprint:
    """The route of the description."""
    routes = Blueprint("openapi", __name__)
    routes.add_url_rule(INTERFACE, "openapi", openapi, methods=["GET", "HEAD"], provide_automatic_options=False)
    routes.add_url_rule(
        INTERFACE, "preflight", lambda: preflight(_METHODS), methods=["OPTIONS"], provide_automatic_options=False
    )
    return routes


def openapi() -> Response:
    """The description of this server, with its address."""
    here = site()
    told = here.once("openapi", lambda: document(here.settings, here.gallery))
    servers = [{"url": request.url_root.rstrip("/")}]
    return Response(json.dumps({**told, "servers": servers}, ensure_ascii=False), content_type=_OPENAPI.media_type)


def document(settings: Settings, gallery: Sequence[GalleryQuery]) -> Json:
    """The description of a server with these limits and this gallery, without its address."""
    declared = json.loads((resources.files(__package__) / _DECLARED).read_text("utf-8"))
    parameters = _parameters(declared, settings)
    parameters["name"]["schema"] = {"type": "string", "enum": [one.name.removesuffix(_RQ) for one in gallery]}
    if not gallery:
        declared["operations"] = [one for one in declared["operations"] if "name" not in one["parameters"]]
    schemas = declared["schemas"] | _inlined("Report", "kg.report", "report.schema.json")
    schemas |= _inlined("Evidence", __package__, "evidence.schema.json")
    schemas["LayoutForm"]["properties"]["query"]["maxLength"] = settings.max_query_length
    schemas["CompletionForm"]["properties"]["query"]["maxLength"] = min(LONGEST, settings.max_query_length)
    schemas["QueryText"]["maxLength"] = settings.max_query_length
    cited = ["query", "format-of-answers", *declared["asking"]]
    schemas |= {"QueryForm": _form([*cited, "explain"], parameters), "CitedForm": _form([*cited, "style"], parameters)}
    paths, answers = {}, {}
    for operation in (*declared["operations"], *_of_gallery(gallery)):
        answers |= _answer(operation)
        for number, path in enumerate(operation["paths"]):
            paths.setdefault(path, {})[operation["method"]] = _operation(operation, number, declared)
    return {
        "openapi": "3.1.1",
        "info": {**declared["info"], "version": __version__, "license": {"name": _LICENSE, "identifier": _LICENSE}},
        "tags": [{"name": name, "description": text} for name, text in declared["tags"].items()],
        "paths": paths,
        "components": {
            "parameters": parameters,
            "headers": declared["headers"],
            "responses": answers | _responses(declared["statuses"]),
            "schemas": schemas,
        },
    }


def _parameters(declared: Json, settings: Settings) -> dict[str, Json]:
    """The parameters by their keys, with what can be asked for and how much."""
    found = {key: {"name": key, "in": "query", **one} for key, one in declared["parameters"].items()}
    for key, kinds in declared["offers"].items():
        formats = [format for kind in kinds for format in _KINDS[kind][0]]
        names = {name for one in formats for name in (one.name, one.ending, *one.names, *one.media_types)}
        found[key]["schema"] = {"type": "string", "enum": sorted(names)}
    found["ending"]["schema"] = {"type": "string", "enum": sorted(negotiate.ENDINGS)}
    files = sorted(one.ending for one in (*negotiate.GRAPHS, negotiate.HTML))
    found["graph-ending"]["schema"] = {"type": "string", "enum": files}
    found["query"]["schema"]["maxLength"] = settings.max_query_length
    found["timeout"]["schema"]["maximum"] = settings.max_deadline
    return found


def _form(keys: Sequence[str], parameters: Mapping[str, Json]) -> Json:
    """The schema of a form with these parameters, of which the first must be there."""
    found = {}
    for one in (parameters[key] for key in keys):
        schema = {"anyOf": [one["schema"], {"const": ""}]} if one.get("allowEmptyValue") else one["schema"]
        found[one["name"]] = {"description": one["description"], **schema}
    return {"type": "object", "required": [parameters[keys[0]]["name"]], "properties": found}


def _inlined(name: str, package: str, file: str) -> dict[str, Json]:
    """A JSON Schema of ours, and each of its definitions, as schemas of the description."""
    text = (resources.files(package) / file).read_text("utf-8")
    schema = json.loads(text.replace('"#/$defs/', f'"{_SCHEMAS}{name}-'))
    parts = schema.pop("$defs")
    whole = {key: value for key, value in schema.items() if not key.startswith("$")}
    return {name: whole, **{f"{name}-{key}": value for key, value in parts.items()}}


def _of_gallery(gallery: Sequence[GalleryQuery]) -> Iterator[Json]:
    """An operation for each query of the gallery: its answer."""
    like = {"method": "get", "tag": "gallery", "headers": "answer", "statuses": "304 400 404 406 410 502 504"}
    for one in gallery:
        stem = one.name.removesuffix(_RQ)
        told = one.description.get("en", "A query of the gallery.")
        day = f" Without as-of it is asked as of {one.as_of}." if one.as_of else ""
        yield like | {
            "paths": [f"/queries/{stem}"],
            "id": f"gallery-{stem}",
            "summary": one.title.get("en", stem),
            "description": f"{told}{day} Its text is at /queries/{one.name}.",
            "parameters": ["format-of-answers", "asking", "explain", "shown", "column", "If-None-Match", "If-Modified-Since"],
            "content": ["tables", "graphs", "evidence", "reasons", "html"],
        }


def _operation(operation: Json, number: int, declared: Json) -> Json:
    """One operation of a declared one, which may be that of several paths."""
    own = operation.get("ids", [operation["id"], operation["id"] + "WithSlash"])
    keys = [key for one in operation["parameters"] for key in (declared["asking"] if one == "asking" else [one])]
    answers = {"200": {"$ref": f"#/components/responses/{name}"} for name in _answer(operation)}
    for status in operation.get("redirects", "").split():
        answers[status] = {"description": "It is elsewhere.", "headers": _references("headers", ["Location", *_EVERY])}
    for status in sorted({*map(str, _ANYWHERE), *operation["statuses"].split()}):
        answers[status] = {"$ref": f"#/components/responses/{status}"}
    told: Json = {
        "operationId": own[number],
        "tags": [operation["tag"]],
        "summary": operation["summaries"][number] if "summaries" in operation else operation["summary"],
        "description": operation["description"],
        "parameters": [{"$ref": f"#/components/parameters/{key}"} for key in keys],
        "responses": answers,
    }
    return told | ({"requestBody": _body(operation["body"])} if "body" in operation else {})


def _answer(operation: Json) -> Json:
    """The response with the answer, by the name that it shares with those of others; none if there is none."""
    if not operation["content"]:
        return {}
    words = operation["headers"].split()
    headers = [*_EVERY, *(name for word in words for name in _HEADERS.get(word, (word,)))]
    answer = {"description": "The answer.", "headers": _references("headers", headers)}
    return {"-".join([*operation["content"], *words]): {**answer, "content": _content(operation["content"])}}


def _body(kind: str) -> Json:
    """What may be sent: a query, one whose answer is to be cited, or a contribution."""
    schemas = {protocol.DIRECT: "QueryText", protocol.FORM: "CitedForm" if kind == "cited" else "QueryForm"}
    if kind == "contribution":
        schemas = {media_type: "Contribution" for media_type in (*MEDIA_TYPES.values(), TABLE_MEDIA_TYPE)}
        schemas |= {negotiate.JSON_LD.media_type: "JsonLd", protocol.FORM: "ContributionForm"}
        schemas["multipart/form-data"] = "ContributionUpload"
    forms = {
        "completion": "CompletionForm", "labels": "LabelsForm", "layout": "LayoutForm", "mistake": "MistakeForm",
        "proposal": "ProposalForm",
    }  # fmt: skip
    schemas = {protocol.FORM: forms[kind]} if kind in forms else schemas
    schemas = {"batch": {protocol.FORM: "ReconcileForm"}, "match": {_JSON: "MatchBatch"}, "extend": {_JSON: "Extension"}}.get(
        kind, schemas
    )
    content = {media_type: {"schema": {"$ref": _SCHEMAS + name}} for media_type, name in schemas.items()}
    # A contribution of nothing is one, too.
    return {"required": kind != "contribution", "content": content}


def _references(part: str, names: Sequence[str]) -> Json:
    return {name: {"$ref": f"#/components/{part}/{name}"} for name in names}


def _content(kinds: Sequence[str]) -> Json:
    """The schemas of answers of these kinds, by media type."""
    found: dict[str, dict[str, None]] = {}
    for formats, schemas in (_KINDS[kind] for kind in kinds):
        for format in formats:
            for media_type in format.media_types:
                found.setdefault(media_type, {})[schemas.get(format, "Text")] = None
    return {media_type: {"schema": _any_of(list(names))} for media_type, names in found.items()}


def _any_of(names: Sequence[str]) -> Json:
    schemas = [{"$ref": _SCHEMAS + name} for name in names]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _responses(statuses: Mapping[str, str]) -> Json:
    """The response of each status that is not the answer; of an error with the codes it may have."""
    found: Json = {}
    for status in sorted({code.status for code in CODES} | {int(status) for status in statuses}):
        codes = [f"{code.title['en']} ({code.code})" for code in CODES if code.status == status]
        text = statuses.get(str(status)) or "; ".join(codes) + "."
        headers = [*_EVERY, *_OF_ERRORS.get(status, ())]
        found[str(status)] = {"description": text, "headers": _references("headers", headers)}
        if status >= HTTPStatus.BAD_REQUEST:
            found[str(status)]["content"] = _content(["problem"])
    marks = ("ETag", "Last-Modified", "Link")
    found[str(int(HTTPStatus.NOT_MODIFIED))]["headers"] |= _references("headers", marks)
    return found
