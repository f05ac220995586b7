"""Which texts are values of which datatypes: the lexical spaces of XML Schema 1.1 Part 2 (RDF 1.1 Concepts, 5.1).

White space around a value belongs to no lexical space here, as tools differ in whether they take it off.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping

from kg.rdf import PREFIXES

XSD = PREFIXES["xsd"]
_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR, _MONTH = r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))", r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_YEARS_MONTHS, _SECONDS = r"(?:\d+Y)?(?:\d+M)?", r"(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?"
_NAME_START = r"[^\W\d]"
_BASE64 = r"(?:[A-Za-z0-9+/] ?){4}"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.ASCII if name not in ("Name", "NCName", "NMTOKEN") else 0)
    for name, pattern in {
        "boolean": "true|false|1|0",
        "integer": r"[+-]?\d+",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "double": _FLOAT,
        "float": _FLOAT,
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
        "time": _TIME + _ZONE,
        "gYear": _YEAR + _ZONE,
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
        "gMonth": f"--{_MONTH}{_ZONE}",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
        "gDay": f"---{_DAY}{_ZONE}",
        "duration": rf"-?P(?=.){_YEARS_MONTHS}(?:\d+D)?(?:T(?=.){_SECONDS})?",
        "yearMonthDuration": rf"-?P(?=.){_YEARS_MONTHS}",
        "dayTimeDuration": rf"-?P(?=.)(?:\d+D)?(?:T(?=.){_SECONDS})?",
        "hexBinary": r"(?:[0-9a-fA-F]{2})*",
        "base64Binary": rf"(?:(?:{_BASE64})*(?:{_BASE64[:-3]}{{3}}[A-Za-z0-9+/]|"
                        rf"{_BASE64[:-3]}{{2}}[AEIMQUYcgkosw048] ?=|"
                        rf"{_BASE64[:-3]}[AQgw] ?= ?=))?",
        "normalizedString": r"[^\t\r\n]*",
        "token": r"(?:[^\s]+(?: [^\s]+)*)?",
        "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
        "NMTOKEN": r"[\w.\-:\u00b7]+",
        "Name": rf"(?:{_NAME_START}|:)[\w.\-:\u00b7]*",
        "NCName": rf"{_NAME_START}[\w.\-\u00b7]*",
    }.items()
}
_BOUNDS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
       for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))},
    **{name: (0, 2**bits - 1)
       for name, bits in (("unsignedLong", 64), ("unsignedInt", 32), ("unsignedShort", 16), ("unsignedByte", 8))},
}
#: Longest integer that is compared with bounds; Python converts no longer ones.
_LONGEST = 4000

#: What to write instead, by datatype, in English and Italian.
_EXPECTED: Mapping[str, tuple[str, str]] = {
    "boolean": ("true or false", "true o false"),
    "decimal": ("digits, with a dot for the fraction", "cifre, con il punto per i decimali"),
    "double": ("a number such as 1.5e3", "un numero come 1.5e3"),
    "float": ("a number such as 1.5e3", "un numero come 1.5e3"),
    "date": ("a day that exists, as 2025-09-04", "un giorno che esiste, come 2025-09-04"),
    "dateTime": ("a day with a time, as 2025-09-04T10:30:00, or xsd:date for a day alone",
                 "un giorno con un’ora, come 2025-09-04T10:30:00, o xsd:date per il solo giorno"),
    "dateTimeStamp": ("a day with a time and a zone, as 2025-09-04T10:30:00Z",
                      "un giorno con ora e fuso, come 2025-09-04T10:30:00Z"),
    "time": ("a time with seconds, as 10:30:00", "un’ora con i secondi, come 10:30:00"),
    "gYear": ("a year of four digits, as 2025", "un anno di quattro cifre, come 2025"),
    "gYearMonth": ("year and month, as 2025-09", "anno e mese, come 2025-09"),
    "gMonth": ("a month with two hyphens, as --09", "un mese con due trattini, come --09"),
    "gMonthDay": ("month and day with two hyphens, as --09-04", "mese e giorno con due trattini, come --09-04"),
    "gDay": ("a day with three hyphens, as ---04", "un giorno con tre trattini, come ---04"),
    "duration": ("a duration such as P1Y6M or PT2H", "una durata come P1Y6M o PT2H"),
    "hexBinary": ("pairs of hexadecimal digits", "coppie di cifre esadecimali"),
    "base64Binary": ("text in Base64", "testo in Base64"),
    "langString": ("a text with a language, as \"text\"@en", "un testo con la lingua, come \"testo\"@it"),
}


def is_ill_typed(value: str, datatype: str) -> bool:
    """True if a text is not in the lexical space of a datatype, given by its IRI; False for one not known here."""
    if datatype == PREFIXES["rdf"] + "langString":
        return True
    if not datatype.startswith(XSD):
        return False
    name = datatype[len(XSD) :]
    if name in _BOUNDS:
        return not _is_integer(value, *_BOUNDS[name])
    pattern = _PATTERNS.get(name)
    if pattern is None:
        return False
    found = pattern.fullmatch(value)
    return found is None or name in _CHECKS and not _CHECKS[name](found)


def expected(datatype: str) -> tuple[str, str]:
    """What a value of a datatype looks like, in English and Italian."""
    name = datatype.rpartition("#")[2]
    if name in _BOUNDS:
        return _bounds(*_BOUNDS[name])
    if name.endswith("Duration"):
        name = "duration"
    return _EXPECTED.get(name, (f"a value of xsd:{name}", f"un valore di xsd:{name}"))


def _bounds(lowest: int | None, highest: int | None) -> tuple[str, str]:
    en, it = "a whole number", "un numero intero"
    if lowest is not None:
        en, it = f"{en} from {lowest}", f"{it} da {lowest}"
    if highest is not None:
        en, it = f"{en} up to {highest}", f"{it} fino a {highest}"
    return en, it


def _is_integer(value: str, lowest: int | None, highest: int | None) -> bool:
    if not _PATTERNS["integer"].fullmatch(value):
        return False
    if lowest is None and highest is None:
        return True
    if len(value) > _LONGEST:
        return (highest if value.startswith("-") else lowest) is None
    number = int(value)
    return (lowest is None or lowest <= number) and (highest is None or number <= highest)


def _is_day(found: re.Match[str]) -> bool:
    """True if the month has that day; a month without a year may have 29 days in February."""
    parts = found.groupdict()
    # The calendar repeats every 400 years, and Python's begins with the year 1.
    year = int(parts["year"][-12:].lstrip("-")) % 400 + 400 if parts.get("year") else 400
    if (parts.get("year") or "").startswith("-"):
        year = -int(parts["year"][-12:].lstrip("-")) % 400 + 400
    return int(parts["day"]) <= monthrange(year, int(parts["month"]))[1]


_CHECKS: Mapping[str, Callable[[re.Match[str]], bool]] = {
    name: _is_day for name in ("date", "dateTime", "dateTimeStamp", "gMonthDay")
}
