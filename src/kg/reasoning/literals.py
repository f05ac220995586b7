"""The values of literals (XSD 1.1 Part 2; OWL 2 Profiles, section 4.3, table 8), as far as rules compare them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from kg.rdf import PREFIXES

_XSD, _RDF, _RDFS = PREFIXES["xsd"], PREFIXES["rdf"], PREFIXES["rdfs"]
#: Bounds of the datatypes derived from xsd:integer, both included.
_INTEGERS: Mapping[str, tuple[float, float]] = {
    "integer": (float("-inf"), float("inf")),
    "nonNegativeInteger": (0, float("inf")),
    "positiveInteger": (1, float("inf")),
    "nonPositiveInteger": (float("-inf"), 0),
    "negativeInteger": (float("-inf"), -1),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in
       (("long", 64), ("int", 32), ("short", 16), ("byte", 8))},
    **{name: (0, 2**bits - 1) for name, bits in
       (("unsignedLong", 64), ("unsignedInt", 32), ("unsignedShort", 16), ("unsignedByte", 8))},
}
#: Patterns of the datatypes derived from xsd:string, over values without line breaks and tabs.
_STRINGS = {
    "string": r"[\s\S]*",
    "normalizedString": r"[^\t\r\n]*",
    "token": r"(?:[^\s]+(?: [^\s]+)*)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": r"[\w.\-:]+",
    "Name": r"[^\W\d][\w.\-:]*|:[\w.\-:]*",
    "NCName": r"[^\W\d][\w.\-]*",
}
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_FLOAT = re.compile(r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|INF)|NaN")

#: A value: the space it lies in (spaces share no values), and a key that orders it within.
Value = tuple[str, object]


def value_of(literal: ox.Literal) -> Value | None:
    """The value of a literal; None if its datatype is not known here or it is ill-typed."""
    if literal.language:
        return ("langString", (literal.value, literal.language.lower()))
    datatype = literal.datatype.value
    name = datatype.removeprefix(_XSD)
    if not datatype.startswith(_XSD):
        return None
    reader = _READERS.get("integer" if name in _INTEGERS else "string" if name in _STRINGS else name)
    try:
        value = reader(literal.value) if reader else None
    except (ValueError, InvalidOperation, OverflowError):
        return None
    return value if value is not None and _fits(name, value) else None


def is_value_of(literal: ox.Literal, datatype: str) -> bool | None:
    """True if the literal has a value and the datatype (an IRI) has it too; None if that cannot be told here."""
    if datatype == _RDFS + "Literal":
        return True
    if datatype in (_RDF + "langString", _RDF + "PlainLiteral"):
        is_string = literal.datatype.value == _XSD + "string" and datatype.endswith("PlainLiteral")
        return bool(literal.language) or is_string
    name = datatype.removeprefix(_XSD)
    if not datatype.startswith(_XSD) or name not in _KNOWN:
        return None
    own = literal.datatype.value
    if not literal.language and not (own.startswith(_XSD) and own.removeprefix(_XSD) in _KNOWN):
        return None
    value = value_of(literal)
    return value is not None and _fits(name, value)


def _fits(name: str, value: Value) -> bool:
    space, key = value
    if name in _INTEGERS:
        lowest, highest = _INTEGERS[name]
        return space == "decimal" and key == int(key) and lowest <= key <= highest  # type: ignore[call-overload]
    if name in _STRINGS:
        return space == "string" and re.fullmatch(_STRINGS[name], str(key)) is not None
    if name == "dateTimeStamp":
        return space == "dateTime" and key.tzinfo is not None  # type: ignore[attr-defined]
    return space == name


def _decimal(text: str) -> Value | None:
    return ("decimal", Decimal(text.strip())) if _DECIMAL.fullmatch(text.strip()) else None


def _integer(text: str) -> Value | None:
    return ("decimal", Decimal(text.strip())) if re.fullmatch(r"[+-]?\d+", text.strip()) else None


def _floating(space: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        return (space, float(text.strip())) if _FLOAT.fullmatch(text.strip()) else None

    return read


def _boolean(text: str) -> Value | None:
    values = {"true": True, "1": True, "false": False, "0": False}
    return ("boolean", values[text.strip()]) if text.strip() in values else None


def _date(text: str) -> Value | None:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", text.strip())
    return ("date", date.fromisoformat(found[1])) if found else None


def _date_time(text: str) -> Value | None:
    return ("dateTime", datetime.fromisoformat(text.strip())) if "T" in text else None


_READERS: Mapping[str, Callable[[str], Value | None]] = {
    "decimal": _decimal,
    "integer": _integer,
    "float": _floating("float"),
    "double": _floating("double"),
    "boolean": _boolean,
    "date": _date,
    "dateTime": _date_time,
    "dateTimeStamp": _date_time,
    "string": lambda text: ("string", text),
    "anyURI": lambda text: ("anyURI", text.strip()),
}
_KNOWN = {*_READERS, *_INTEGERS, *_STRINGS}


def holds(operator: str, left: object, right: object) -> bool:
    """True if the condition of a rule holds of two terms; what cannot be told does not hold (SPARQL 1.1, 17.2)."""
    if operator in _FUNCTIONS:
        return _FUNCTIONS[operator](left, right)
    if left == right:
        return operator in ("=", "<=", ">=")
    values = _values(left, right)
    if values is None:
        both_named = not (isinstance(left, ox.Literal) and isinstance(right, ox.Literal))
        return operator == "!=" and both_named
    (space, one), (other_space, other) = values
    if space != other_space:
        return operator == "!="
    try:
        return _COMPARE[operator](one, other)
    except TypeError:
        return False


def _values(left: object, right: object) -> tuple[Value, Value] | None:
    if not (isinstance(left, ox.Literal) and isinstance(right, ox.Literal)):
        return None
    one, other = value_of(left), value_of(right)
    return None if one is None or other is None else (one, other)


def _is_value(left: object, right: object, expected: bool) -> bool:
    known = isinstance(left, ox.Literal) and isinstance(right, ox.NamedNode)
    return known and is_value_of(left, right.value) is expected


_COMPARE: Mapping[str, Callable[[object, object], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,  # type: ignore[operator]
    "<=": lambda one, other: one <= other,  # type: ignore[operator]
    ">": lambda one, other: one > other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other,  # type: ignore[operator]
}
_FUNCTIONS: Mapping[str, Callable[[object, object], bool]] = {
    "isValueOf": lambda left, right: _is_value(left, right, True),
    "isNoValueOf": lambda left, right: _is_value(left, right, False),
    "haveTwoValues": lambda left, right: (values := _values(left, right)) is not None and values[0] != values[1],
}
#: The functions of the ``rule:`` namespace that a filter may call.
FUNCTIONS = frozenset(_FUNCTIONS)
