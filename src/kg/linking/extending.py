"""Data extension of the Reconciliation Service API: columns for a table, from what the graph says of its entities."""

from __future__ import annotations

import math
import re
from collections import Counter

import pyoxigraph as ox

from kg.errors import TooLarge
from kg.linking.asking import CANDIDATES, Column, Extension, Json, iri_of
from kg.linking.entities import TYPE, Known
from kg.linking.reconcile import id_of
from kg.rdf import ID, PREFIXES

_XSD = PREFIXES["xsd"]
_WHOLE = frozenset(_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger"))
_NUMBER = frozenset(_XSD + name for name in ("decimal", "double", "float"))
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
#: Values of a cell where no limit is given, and of a whole answer.
_MOST, _ALL = 200, 50_000
_PROPOSED = 50


def proposed(kind: str, limit: int, known: Known, language: str) -> Json:
    """The properties that entities of a type have, any type if it is empty, the most frequent first."""
    if kind:
        found: Counter[str] = Counter()
        for number in sorted(known.of_type.get(iri_of(kind), ()))[:10_000]:
            found.update(known.values[known.candidates[number]].keys())
        ranked = [one for one, _ in found.most_common()]
    else:
        ranked = list(known.used_properties)
    told = [{"id": id_of(one), "name": known.label(one, language)} for one in ranked if one != TYPE]
    most = min(limit or _PROPOSED, 4 * CANDIDATES)
    return {"properties": told[:most], "limit": most} | ({"type": kind} if kind else {})


def extended(asked: Extension, known: Known, language: str, version: str = "0.2") -> Json:
    """The answer to a data extension query; the rows by identifier in 0.2, in a list in the draft of 1.0.

    Raises TooLarge if it has more values than are given at once.
    """
    left = _ALL
    cells: dict[str, list[list[Json]]] = {}
    for one in asked.ids:
        cells[one] = [_cell(iri_of(one), column, known, language) for column in asked.columns]
        left -= sum(map(len, cells[one]))
        if left < 0:
            raise TooLarge(f"This would give more than {_ALL:,} values.", remedy="Send fewer rows, or set a limit.")
    names = [column.property for column in asked.columns]
    meta = []
    for place, column in enumerate(asked.columns):
        told: Json = {"id": column.property, "name": known.label(iri_of(column.property), language)}
        kind = _kind([values[place] for values in cells.values()], known)
        meta.append(told | ({"type": {"id": id_of(kind), "name": known.label(kind, language)}} if kind else {}))
    if version == "0.2":
        return {"meta": meta, "rows": {one: dict(zip(names, values, strict=True)) for one, values in cells.items()}}
    rows = [
        {"id": one, "properties": [{"id": name, "values": found} for name, found in zip(names, values, strict=True)]}
        for one, values in cells.items()
    ]
    return {"meta": meta, "rows": rows}


def _cell(entity: str, column: Column, known: Known, language: str) -> list[Json]:
    values = known.values.get(entity, {}).get(iri_of(column.property), []) if entity in known.numbers else []
    spoken = [one for one in values if not isinstance(one, ox.Literal) or one.language in (None, language)]
    told = [_value(one, column, known, language) for one in (spoken or values)]
    unique = {repr(one): one for one in told}
    ordered = sorted(unique.values(), key=lambda one: str(one.get("name", next(iter(one.values())))))
    return ordered[: column.limit or _MOST]


def _value(value: ox.NamedNode | ox.Literal, column: Column, known: Known, language: str) -> Json:
    """A value as the API has it (0.2, section 7.3): an entity, a text, a number or a date."""
    if isinstance(value, ox.NamedNode):
        if column.content == "name":
            return {"str": known.label(value.value, language)}
        if column.content == "id" or not value.value.startswith(ID):
            return {"str": id_of(value.value) if value.value.startswith(ID) else value.value}
        return {"id": id_of(value.value), "name": known.label(value.value, language)}
    text, datatype = value.value, value.datatype.value
    if datatype in _WHOLE and re.fullmatch(r"[+-]?[0-9]{1,15}", text):
        return {"int": int(text)}
    if datatype in _NUMBER and re.fullmatch(r"[+-]?[0-9.eE+-]{1,40}", text):
        return _number(text)
    if datatype == _XSD + "date" and _DATE.fullmatch(text):
        return {"date": f"{text}T00:00:00"}
    return {"str": text}


def _number(text: str) -> Json:
    try:
        number = float(text)
    except ValueError:
        return {"str": text}
    return {"float": number} if math.isfinite(number) else {"str": text}


def _kind(column: list[list[Json]], known: Known) -> str:
    """The type that most entities in a column have; empty if there are none."""
    found = Counter(
        kind for cell in column for one in cell if "id" in one for kind in known.kinds(iri_of(one["id"]))[:1]
    )
    return found.most_common(1)[0][0] if found else ""
