"""The query operation of the SPARQL 1.1 Protocol (section 2.1): from the parts of an HTTP request to a value.

Besides the Protocol's own parameters there are some of ours, each of which may be given once; an empty field counts as
left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import parse_qsl

import pyoxigraph as ox

from kg.errors import MethodNotAllowed, RequestError, UnsupportedMediaType
from kg.sparql.guard import READ_ONLY, READ_ONLY_REMEDY

METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
#: Methods whose body is the query, or a form with it; QUERY is POST for what is safe and idempotent.
WITH_BODY = ("POST", "QUERY")
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"

#: What a body may be, for the header Accept-Query (HTTP QUERY method, section 3).
ACCEPT_QUERY = f"{DIRECT}, {FORM}"

#: Parameters that make no sense twice, even if one of the two is empty.
_SINGLE = ("query", "update", "lang")
#: The parameter that gives ``?asOf`` its day.
_DAY = "as-of"
_MOST_PARAMETERS = 1_000

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_WHOLE = re.compile(r"[0-9]{1,15}")
#: A SHA-256 in hexadecimal, or the beginning of one that is long enough to mean one snapshot; then that of its content.
_DIGEST = re.compile(r"[0-9a-f]{8,64}(-[0-9a-f]{8,64})?")

T = TypeVar("T")


@dataclass(frozen=True)
class QueryRequest:
    """What a client asks of the endpoint; ``query`` is None if it asks for the endpoint itself.

    ``formats`` are names in the order of preference: clients give the same one under several names. ``as_of`` is the day
    to bind ``?asOf`` to, as given. ``timeout`` is in seconds and ``limit`` in rows or triples, both above 0; None leaves
    them to the server. ``snapshot`` is a digest in small hexadecimal digits, or at least eight of them from its beginning.
    ``evidence`` asks for the claims and passages behind each row, ``explain`` is None or ``empty``: why there is no row.
    ``lang`` is the language that the reader asks for, whether or not there is anything in it.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    as_of: str | None = None
    formats: tuple[str, ...] = ()
    timeout: float | None = None
    limit: int | None = None
    snapshot: str | None = None
    evidence: bool = False
    explain: str | None = None
    lang: str | None = None


def parse(
    method: str, query_string: bytes, content_type: str | None = None, body: bytes = b"", *, query: str | None = None
) -> QueryRequest:
    """Read a request (sections 2.1.1 to 2.1.4, and the HTTP QUERY method) from its raw parts, strictly as UTF-8.

    ``query`` is the one that the address itself stands for; then the request may not bring another.

    Raises MethodNotAllowed (405), UnsupportedMediaType (415) for a body that is neither a form nor a query in UTF-8,
    and RequestError (400) for bytes that are not UTF-8, parameters given twice or that cannot be read, a missing query,
    updates and graph names that are no absolute IRIs.
    """
    if method not in METHODS:
        raise MethodNotAllowed(f"{method} is no operation of this endpoint.", remedy="Use GET or POST.")
    parameters = _parameters(query_string)
    if query is not None:
        if any(name == "query" for name, _ in parameters):
            raise RequestError("This address stands for a query of its own.", remedy="Send yours to /sparql.")
        parameters.append(("query", query))
    if method in WITH_BODY:
        kind = _body_kind(content_type)
        if kind == FORM:
            parameters += _parameters(body)
        else:
            parameters.append(("query", _text(body)))
    return _request(parameters, required=method in WITH_BODY)


@dataclass(frozen=True)
class GraphRequest:
    """A graph to be read: the IRI of a named one, or the default graph, or neither: the list of all.

    ``formats`` are names in the order of preference.
    """

    graph: str | None = None
    default: bool = False
    formats: tuple[str, ...] = ()


def parse_graph(query_string: bytes) -> GraphRequest:
    """Read which graph is asked for (SPARQL 1.1 Graph Store HTTP Protocol, section 4.2).

    Raises RequestError (400) for bytes that are not UTF-8, and for parameters that name no graph, or more than one.
    """
    given = _parameters(query_string)
    graphs = [value for name, value in given if name == "graph"]
    default = sum(name == "default" for name, _ in given)
    if len(graphs) + default > 1:
        raise RequestError("The parameters name more than one graph.", remedy="Give graph=IRI once, or default.")
    others = sorted({name for name, _ in given} - {"default", "format", "graph", "lang", "snapshot"})
    if others and not (graphs or default):
        raise RequestError(f"The parameter {others[0][:60]!r} names no graph.", remedy="Give graph=IRI, or default.")
    _graphs(graphs)
    return GraphRequest(graphs[0] if graphs else None, bool(default), tuple(v for name, v in given if name == "format" and v))


def _request(parameters: list[tuple[str, str]], *, required: bool) -> QueryRequest:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    for name in _SINGLE:
        if len(values.get(name, ())) > 1:
            raise RequestError(f"The parameter {name} is given {len(values[name])} times.", remedy="Give it once.")
    if "update" in values:
        raise RequestError(READ_ONLY, remedy=READ_ONLY_REMEDY)
    for name in values:
        if name != _DAY and name.lower().replace("-", "").replace("_", "") == "asof":
            raise RequestError(f"The parameter {name} is not known.", remedy=f"Write {_DAY}=2026-01-06.")
    one = {name: given[0] for name, given in values.items()}
    query = one.get("query")
    if query is None and (required or "default-graph-uri" in values or "named-graph-uri" in values):
        raise RequestError("The parameter query is missing.", remedy="Send query=SELECT … or a query as the body.")
    return QueryRequest(
        query=query,
        default_graphs=_graphs(values.get("default-graph-uri", [])),
        named_graphs=_graphs(values.get("named-graph-uri", [])),
        as_of=_one(values, _DAY, _to_day, "a day such as 2026-01-06"),
        formats=tuple(name for name in values.get("format", []) if name),
        timeout=_one(values, "timeout", _to_seconds, "a number of seconds above 0, such as 2.5"),
        limit=_one(values, "limit", _to_whole, "a whole number above 0"),
        snapshot=_one(values, "snapshot", _to_digest, "the digest of a snapshot, or its first eight digits or more"),
        evidence=bool(_one(values, "evidence", {"0": False, "1": True}.__getitem__, "1 or 0")),
        explain=_one(values, "explain", {"empty": "empty"}.__getitem__, "the word empty"),
        lang=one.get("lang") or None,
    )


def _one(values: Mapping[str, list[str]], name: str, convert: Callable[[str], T], expected: str) -> T | None:
    """The value of a parameter of ours, None if it is left out. Raises RequestError if it is repeated or unreadable."""
    given = [value for value in values.get(name, ()) if value]
    if len(given) > 1:
        raise RequestError(f"The parameter {name} is given {len(given)} times.", remedy="Give it once.")
    try:
        return convert(given[0]) if given else None
    except (KeyError, ValueError):
        raise RequestError(
            f"The parameter {name} cannot be {given[0][:60]!r}.", remedy=f"Give {expected}, or leave it out."
        ) from None


def _to_day(text: str) -> str:
    """A day as YYYY-MM-DD. Raises ValueError."""
    # Other forms, such as weeks, are read as well, but not by the query that the day is put into.
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(text)
    return text


def _to_seconds(text: str) -> float:
    """Seconds in decimal notation. Raises ValueError for what is none, or is not above 0."""
    seconds = float(text) if _SECONDS.fullmatch(text) else 0.0
    if seconds <= 0:
        raise ValueError(text)
    return seconds


def _to_whole(text: str) -> int:
    """A whole number above 0. Raises ValueError."""
    number = int(text) if _WHOLE.fullmatch(text) else 0
    if number < 1:
        raise ValueError(text)
    return number


def _to_digest(text: str) -> str:
    """A digest, or its beginning, in small letters. Raises ValueError."""
    digest = text.lower()
    if not _DIGEST.fullmatch(digest):
        raise ValueError(text)
    return digest


def _body_kind(content_type: str | None) -> str:
    """The media type of a body the endpoint reads. Raises UnsupportedMediaType."""
    remedy = f"Send {FORM} or {DIRECT}, in UTF-8."
    if not content_type:
        raise UnsupportedMediaType("The body has no Content-Type.", remedy=remedy)
    media_type, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    if media_type == UPDATE:
        raise UnsupportedMediaType(READ_ONLY, remedy=READ_ONLY_REMEDY)
    if media_type not in (FORM, DIRECT):
        raise UnsupportedMediaType(f"A body of {media_type[:100]} is not read.", remedy=remedy)
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"The charset {value[:40]} is not read.", remedy=remedy)
    return media_type


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Decode a form (strictly UTF-8). Raises RequestError."""
    try:
        # Latin-1 maps each byte to the character of its number, so that percent signs alone are decoded here.
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise RequestError(f"There are more than {_MOST_PARAMETERS} parameters.", remedy="Send fewer.") from None
    return [(_text(name.encode("latin-1")), _text(value.encode("latin-1"))) for name, value in pairs]


def _text(data: bytes) -> str:
    """Bytes as UTF-8 text. Raises RequestError with the position of the first byte that is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(f"Byte {error.start + 1} of the text is not UTF-8.", remedy="Send UTF-8.") from None


def _graphs(iris: list[str]) -> tuple[str, ...]:
    """Names of graphs, each once. Raises RequestError if one is no absolute IRI."""
    for iri in iris:
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise RequestError(f"{iri[:200]!r} is no absolute IRI of a graph.", remedy="Give the whole IRI.") from None
    return tuple(dict.fromkeys(iris))
