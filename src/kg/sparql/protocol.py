"""The query operation of the SPARQL 1.1 Protocol (section 2.1): from the parts of an HTTP request to a value."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox

from kg.errors import MethodNotAllowed, RequestError, UnsupportedMediaType
from kg.sparql.guard import READ_ONLY, READ_ONLY_REMEDY

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"

#: Parameters that make no sense twice.
_SINGLE = ("query", "update", "as-of", "lang")
_MOST_PARAMETERS = 1_000


@dataclass(frozen=True)
class QueryRequest:
    """What a client asks of the endpoint; ``query`` is None if it asks for the endpoint itself.

    ``formats`` are names in the order of preference: clients give the same one under several names.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    as_of: str | None = None
    formats: tuple[str, ...] = ()


def parse(method: str, query_string: bytes, content_type: str | None, body: bytes) -> QueryRequest:
    """Read a request (sections 2.1.1 to 2.1.4) from its raw parts, strictly as UTF-8.

    Raises MethodNotAllowed (405), UnsupportedMediaType (415) for a body that is neither a form nor a query in UTF-8,
    and RequestError (400) for bytes that are not UTF-8, parameters given twice, a missing query, updates and graph
    names that are no absolute IRIs.
    """
    if method not in METHODS:
        raise MethodNotAllowed(f"{method} is no operation of this endpoint.", remedy="Use GET or POST.")
    parameters = _parameters(query_string)
    if method == "POST":
        kind = _body_kind(content_type)
        if kind == FORM:
            parameters += _parameters(body)
        else:
            parameters.append(("query", _text(body)))
    return _request(parameters, required=method == "POST")


def _request(parameters: list[tuple[str, str]], *, required: bool) -> QueryRequest:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    for name in _SINGLE:
        if len(values.get(name, ())) > 1:
            raise RequestError(f"The parameter {name} is given {len(values[name])} times.", remedy="Give it once.")
    if "update" in values:
        raise RequestError(READ_ONLY, remedy=READ_ONLY_REMEDY)
    one = {name: given[0] for name, given in values.items()}
    query = one.get("query")
    if query is None and (required or "default-graph-uri" in values or "named-graph-uri" in values):
        raise RequestError("The parameter query is missing.", remedy="Send query=SELECT … or a query as the body.")
    return QueryRequest(
        query=query,
        default_graphs=_graphs(values.get("default-graph-uri", [])),
        named_graphs=_graphs(values.get("named-graph-uri", [])),
        # An empty field of a form is a field left out.
        as_of=one.get("as-of") or None,
        formats=tuple(name for name in values.get("format", []) if name),
    )


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
