"""What another service answered, read strictly: nothing of it reaches the engine but terms that the engine takes.

An answer that the engine could not read would end as an error of ours, or be passed over by SERVICE SILENT without a
word. So it is read here, and written anew.
"""

from __future__ import annotations

import json

import pyoxigraph as ox

#: The media types of SPARQL 1.1 Query Results JSON, as services name it.
MEDIA_TYPES = ("application/sparql-results+json", "application/json")


#: The most columns that are read: no question has more.
_NAMES = 1_000


class Misshapen(ValueError):
    """An answer is not what was asked for: the message says what it is, to follow the name of the service."""


def rewritten(content: bytes) -> tuple[bytes, int]:
    """A table in SPARQL 1.1 Query Results JSON, written anew, and the number of its rows. Raises Misshapen."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Misshapen("answered what is no JSON, or was cut") from None
    if isinstance(found, dict) and "boolean" in found:
        raise Misshapen("answered yes or no where rows were asked for")
    try:
        names = [_name(one) for one in found["head"]["vars"][:_NAMES]]
        rows = [{name: _term(term) for name, term in row.items()} for row in found["results"]["bindings"]]
        if len(set(names)) < len(names) or not set(names) >= set().union(*rows):
            raise ValueError("variables")
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise Misshapen("answered what is no table in SPARQL 1.1 Query Results JSON") from None
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode("ascii"), len(rows)


def _name(text: str) -> str:
    """The name of a variable. Raises ValueError and TypeError."""
    return ox.Variable(text).value


def _term(term: dict[str, str]) -> dict[str, str]:
    """One term, checked by making it. Raises ValueError, TypeError and KeyError."""
    kind, value = term["type"], term["value"]
    if not isinstance(value, str):
        raise TypeError(value)
    if kind == "uri":
        return {"type": "uri", "value": ox.NamedNode(value).value}
    if kind == "bnode":
        return {"type": "bnode", "value": ox.BlankNode(value).value}
    if kind not in ("literal", "typed-literal"):
        raise ValueError(kind)
    written = {"type": "literal", "value": value}
    if "xml:lang" in term:
        return {**written, "xml:lang": ox.Literal(value, language=term["xml:lang"]).language or ""}
    if "datatype" in term:
        return {**written, "datatype": ox.Literal(value, datatype=ox.NamedNode(term["datatype"])).datatype.value}
    return {**written, "value": ox.Literal(value).value}
