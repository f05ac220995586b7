"""Batches of questions as the Reconciliation Service API has them (0.2, and the draft of 1.0), read and bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import RequestError, TooLarge
from kg.linking.match import Asked, Condition
from kg.rdf import ID, PREFIXES

Json = dict[str, Any]

#: Questions in a batch, characters of a text, properties of a question and values of one, candidates of an answer.
QUERIES, TEXT, PROPERTIES, VALUES, CANDIDATES = 100, 1_000, 20, 20, 50
#: Values of all questions in a batch.
ALL_VALUES = 1_000
#: Candidates where nothing is said of how many.
SOME = 10
#: Entities and properties of a data extension, and cells of its answer.
IDS, COLUMNS, CELLS = 1_000, 50, 10_000
#: What stands for the day that something is to hold at, as the identifier of a property.
DATE = "date"
_DATES = (DATE, PREFIXES["ckg"] + "time", PREFIXES["dcterms"] + "date")
_DAY = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?(?:T.*)?")
_STRICT = ("any", "should", "all")
_QUANTIFIERS = ("any", "all", "none")


@dataclass(frozen=True)
class Column:
    """A property that a table is extended by; ``content`` is entity, name or id, ``limit`` 0 for all values."""

    property: str
    limit: int = 0
    content: str = "entity"


@dataclass(frozen=True)
class Extension:
    """A data extension: of which entities, as they were named, which properties."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]


def iri_of(identifier: str) -> str:
    """The IRI that an identifier stands for: an IRI, a prefixed name, a path below ``id/``, a term of the ontology."""
    text = identifier.strip()
    if text.startswith(("http://", "https://", "urn:")):
        return text
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return (ID if "/" in text else PREFIXES["ckg"]) + text


def batch(text: str) -> dict[str, Asked]:
    """The questions of a batch of version 0.2, by their names. Raises RequestError, TooLarge."""
    told = _object(parsed(text), "queries")
    _few(told, QUERIES, "questions in a batch", TooLarge)
    found = {name: _question(one, f"queries.{name[:40]}") for name, one in told.items()}
    _bounded(found.values())
    return found


def matching(text: str) -> list[tuple[Asked, str]]:
    """The questions of a batch of the draft of 1.0, each with its language. Raises RequestError, TooLarge."""
    queries = _list(_object(parsed(text), "The body").get("queries"), "queries")
    _few(queries, QUERIES, "questions in a batch", TooLarge)
    found = [_conditioned(one, f"queries[{number}]") for number, one in enumerate(queries)]
    _bounded(question for question, _ in found)
    return found


def _bounded(questions: Iterable[Asked]) -> None:
    """Raise TooLarge if the questions of a batch have more values of properties than are compared."""
    values = [
        one for asked in questions for condition in asked.conditions for one in (*condition.texts, *condition.iris)
    ]
    _few(values, ALL_VALUES, "values of properties in a batch", TooLarge)


def extension(text: str) -> Extension:
    """A data extension query, the same in both versions. Raises RequestError, TooLarge."""
    told = _object(parsed(text), "extend")
    ids = [_text(one, "ids") for one in _list(told.get("ids"), "ids")]
    properties = _list(told.get("properties"), "properties")
    _few(ids, IDS, "identifiers", TooLarge)
    _few(properties, COLUMNS, "properties", TooLarge)
    if len(ids) * len(properties) > CELLS:
        raise TooLarge(
            f"This would fill more than the {CELLS:,} cells of one answer.", remedy="Send fewer rows at once."
        )
    return Extension(tuple(dict.fromkeys(ids)), tuple(_column(one, "properties") for one in properties))


def parsed(text: str) -> Any:
    """A text as JSON (RFC 8259). Raises RequestError."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        told = f" ({error})" if isinstance(error, json.JSONDecodeError) else ""
        raise RequestError(f"What was sent is no JSON{told}.", remedy="Send a JSON object in UTF-8.") from None


def _refuse(name: str) -> None:
    raise ValueError(name)


def _wrong(place: str, expected: str) -> RequestError:
    return RequestError(f"{place} is not {expected}.", remedy="The schemas of the Reconciliation Service API say how.")


def _object(value: Any, place: str) -> Json:
    if not isinstance(value, dict):
        raise _wrong(place, "an object")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(place, "a list")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "a text")
    if len(value) > TEXT:
        raise RequestError(f"{place} has more than {TEXT:,} characters.", remedy="Send a name, not a text.")
    return value


def _cell(value: Any, place: str) -> str:
    """What stands in a cell; nothing for a long text, which is no name, nor a reason to refuse all other cells."""
    return "" if isinstance(value, str) and len(value) > TEXT else _text(value, place)


def _few(
    values: Sequence[Any] | Mapping[str, Any], most: int, what: str, kind: type[RequestError] = RequestError
) -> None:
    if len(values) > most:
        raise kind(f"There are {len(values):,} {what}; at most {most:,} are answered.", remedy="Send fewer at once.")


def _limit(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(place, "a number")
    return int(min(max(value, 0), CANDIDATES)) or SOME


def _only(told: Json, known: Sequence[str], place: str) -> None:
    for name in told:
        if name not in known:
            raise RequestError(f"{place} has {name[:60]!r}, which means nothing.", remedy=f"Use {', '.join(known)}.")


def _question(value: Any, place: str) -> Asked:
    told = _object(value, place)
    _only(told, ("query", "type", "limit", "properties", "type_strict"), place)
    properties = _list(told.get("properties", []), f"{place}.properties")
    if "query" not in told and not properties:
        raise RequestError(f"{place} asks for nothing.", remedy="Give a query, or properties.")
    _few(properties, PROPERTIES, "properties of a question")
    strict = told.get("type_strict", "any")
    if strict not in _STRICT:
        raise _wrong(f"{place}.type_strict", "any, should or all")
    kinds = told.get("type", [])
    listed = [kinds] if isinstance(kinds, str) else _list(kinds, f"{place}.type")
    _few(listed, PROPERTIES, "types")
    types = tuple(iri_of(_text(one, f"{place}.type")) for one in listed if one != "")
    conditions, day = [], None
    for number, one in enumerate(properties):
        where = f"{place}.properties[{number}]"
        found = _object(one, where)
        if "v" not in found:
            raise _wrong(f"{where}.v", "given")
        predicate = iri_of(_text(found.get("pid"), f"{where}.pid"))
        day = _day(predicate, found["v"]) or day
        conditions += _condition(predicate, found["v"], where)
    name = _cell(told.get("query", ""), f"{place}.query")
    limit = _limit(told.get("limit", SOME), f"{place}.limit")
    return Asked(name, (), types, strict, tuple(conditions), day, limit)


def _conditioned(value: Any, place: str) -> tuple[Asked, str]:
    told = _object(value, place)
    _only(told, ("type", "limit", "lang", "dir", "conditions"), place)
    given = _list(told.get("conditions"), f"{place}.conditions")
    if not given:
        raise RequestError(f"{place} asks for nothing.", remedy="Give a condition, such as a name.")
    _few(given, PROPERTIES, "conditions of a question")
    kind, language = _text(told.get("type", ""), f"{place}.type"), _text(told.get("lang", ""), f"{place}.lang")
    _direction(told, place)
    name, iris, conditions, day = "", [], [], None
    for number, one in enumerate(given):
        where = f"{place}.conditions[{number}]"
        found = _object(one, where)
        if "propertyValue" not in found or found.get("matchType") not in ("name", "id", "property"):
            raise RequestError(
                f"{where} lacks matchType or propertyValue.", remedy="Both are needed in each condition."
            )
        texts, ids = _values(found["propertyValue"], where)
        how = _how(found, where)
        _text(found.get("propertyId", ""), f"{where}.propertyId")
        if found["matchType"] == "name":
            name = name or next(iter(texts), "")
        elif found["matchType"] == "id":
            iris += [iri_of(text) for text in (*texts, *ids)]
        elif found.get("propertyId"):
            predicate = iri_of(found["propertyId"])
            day = _day(predicate, found["propertyValue"]) or day
            conditions += _condition(predicate, found["propertyValue"], where, *how)
    limit = _limit(told.get("limit", SOME), f"{place}.limit")
    types = (iri_of(kind),) if kind else ()
    return Asked(name, tuple(iris), types, "any", tuple(conditions), day, limit), language


def _direction(told: Json, place: str) -> None:
    if told.get("dir", "auto") not in ("ltr", "rtl", "auto"):
        raise _wrong(f"{place}.dir", "ltr, rtl or auto")


def _how(told: Json, place: str) -> tuple[str, bool]:
    quantifier, required = told.get("matchQuantifier", "any"), told.get("required", False)
    if quantifier not in _QUANTIFIERS:
        raise _wrong(f"{place}.matchQuantifier", "any, all or none")
    if not isinstance(required, bool):
        raise _wrong(f"{place}.required", "true or false")
    _text(told.get("matchQualifier", ""), f"{place}.matchQualifier")
    return quantifier, required


def _condition(
    predicate: str, value: Any, place: str, quantifier: str = "any", required: bool = False
) -> list[Condition]:
    """A condition on a property; none for the day, nor for a cell that is empty."""
    texts, iris = _values(value, place)
    if _is_date(predicate) or not (texts or iris):
        return []
    return [Condition(predicate, tuple(texts), tuple(map(iri_of, iris)), quantifier, required)]


def _values(value: Any, place: str) -> tuple[list[str], list[str]]:
    """Values as texts, and as identifiers of entities."""
    listed = value if isinstance(value, list) else [value]
    _few(listed, VALUES, "values of a property")
    texts, iris = [], []
    for one in listed:
        if isinstance(one, dict):
            iris.append(_text(one.get("id"), f"{place}: the id of a value"))
            for name in ("name", "lang"):
                _text(one.get(name, ""), f"{place}: the {name} of a value")
            _direction(one, place)
        elif isinstance(one, str | bool | int | float):
            text = _cell(one, place) if isinstance(one, str) else json.dumps(one)
            texts += [text[:TEXT]] if text.strip() else []
        else:
            raise _wrong(place, "a text, a number, a truth value or an entity")
    return texts, iris


def _is_date(predicate: str) -> bool:
    return predicate in _DATES or predicate == iri_of(DATE)


def _day(predicate: str, value: Any) -> tuple[str, str] | None:
    """The first and the last day of a date, a month or a year that is given for the day; None for anything else."""
    found = _DAY.fullmatch(value.strip()) if _is_date(predicate) and isinstance(value, str) else None
    if not found:
        return None
    year, month, day = found.groups()
    return f"{year}-{month or '01'}-{day or '01'}", f"{year}-{month or '12'}-{day or '31'}"


def _column(value: Any, place: str) -> Column:
    told = _object(value, place)
    settings = _object(told.get("settings", {}), f"{place}.settings")
    # A field that was emptied comes as an empty text.
    limit = 0 if settings.get("limit") == "" else settings.get("limit", 0)
    whole = isinstance(limit, str | int | float) and not isinstance(limit, bool)
    # OpenRefine sends what was typed as a text.
    if not whole or not re.fullmatch(r"(0|[1-9][0-9]{0,5})(\.0)?", str(limit)):
        raise _wrong(f"{place}.settings.limit", "a number of values")
    content = settings.get("content", "entity")
    if content not in ("entity", "name", "id"):
        raise _wrong(f"{place}.settings.content", "entity, name or id")
    return Column(_text(told.get("id"), f"{place}.id"), int(float(limit)), content)
