"""Dates in words: a day, and the dates of EDTF that the record uses, in English and Italian.

What is not read here stays as EDTF has it, which is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.chronicle.windows import Window

_MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "it": ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre"),
}  # fmt: skip
_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "from": "from {start} on", "until": "until {end}", "between": "{start} to {end}", "~": "about {date}",
        "?": "{date} (uncertain)", "%": "about {date} (uncertain)", "set": "at some time from {start} to {end}",
        "from unknown": "until {end}, beginning unknown", "to unknown": "from {start}, end unknown",
    },
    "it": {
        "from": "{start} in poi", "until": "fino {end}", "between": "{start} {end}", "~": "circa {date}",
        "?": "{date} (incerto)", "%": "circa {date} (incerto)", "set": "in un momento {start} {end}",
        "from unknown": "fino {end}, inizio ignoto", "to unknown": "{start}, fine ignota",
    },
}  # fmt: skip
_QUARTERS = {"en": "{number} quarter of {year}", "it": "{number} trimestre {year}"}
_ORDINALS = {"en": ("first", "second", "third", "fourth"), "it": ("primo", "secondo", "terzo", "quarto")}
_PART = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12][0-9]|3[01]))?)?(?P<mark>[~?%])?")
#: Days of a month whose names begin with a vowel in Italian.
_ELIDED = ("8", "11")
_SET = re.compile(r"\[(?P<start>[^.,\[\]]+)\.\.(?P<end>[^.,\[\]]+)\]")


def day_in_words(day: str, language: str) -> str:
    """A day, a month or a year of ISO 8601 in words, ``4 September 2025``; what is none stays as it is."""
    match = _PART.fullmatch(day)
    if not match:
        return day
    month = match["month"] and _MONTHS[language][int(match["month"]) - 1]
    parts = [match["day"] and _day_of_month(int(match["day"]), language), month, match["year"]]
    said = " ".join(part for part in parts if part)
    return _PHRASES[language][match["mark"]].format(date=said) if match["mark"] else said


def _day_of_month(number: int, language: str) -> str:
    return "1º" if language == "it" and number == 1 else str(number)


def the_day(day: str, language: str) -> str:
    """A day in words as it stands in a sentence: ``4 September 2025``, ``il 4 settembre 2025``, ``l'8 maggio 2025``."""
    said = day_in_words(day, language)
    if language != "it":
        return said
    return f"l'{said}" if said.split()[0] in _ELIDED else f"il {said}"


def edtf_in_words(edtf: str, language: str) -> str:
    """A date of EDTF in words, ``from September 2025 on``; one of another kind as it is written."""
    few = _SET.fullmatch(edtf)
    if few:
        return _spoken("set", few["start"], few["end"], language)
    start, slash, end = edtf.partition("/")
    if not slash:
        return day_in_words(edtf, language)
    if end in ("..", ""):
        return _spoken("from" if end else "to unknown", start, "", language)
    if start in ("..", ""):
        return _spoken("until" if start else "from unknown", "", end, language)
    return _spoken("between", start, end, language)


def _spoken(phrase: str, start: str, end: str, language: str) -> str:
    ends = {
        name: day_in_words(day, language) if language == "en" else _with_article(preposition, day)
        for name, preposition, day in (("start", "da", start), ("end", "a", end))
    }
    return _PHRASES[language][phrase].format(**ends)


def _with_article(preposition: str, day: str) -> str:
    """A date in Italian after *da* or *a*: ``dal 4 settembre 2025``, ``dall'8 maggio``, ``da maggio 2025``, ``dal 2025``."""
    said = day_in_words(day, "it")
    if not said[:1].isdigit():
        return f"{preposition} {said}"
    return f"{preposition}ll'{said}" if said.split()[0] in _ELIDED else f"{preposition}l {said}"


def month_in_short(day: str, language: str) -> str:
    """The month of a day as a table has room for it: ``Sep 25``."""
    return f"{_MONTHS[language][int(day[5:7]) - 1][:3]} {day[2:4]}"


def window_in_words(window: Window, language: str) -> str:
    """A stretch of time: ``2025``, ``third quarter of 2025``, ``September 2025``, ``4 September 2025 – 6 January 2026``."""
    unit, year, month = window.unit, window.first[:4], int(window.first[5:7])
    if unit == "year":
        return year
    if unit == "quarter":
        return _QUARTERS[language].format(number=_ORDINALS[language][(month - 1) // 3], year=year)
    if unit == "month":
        return f"{_MONTHS[language][month - 1]} {year}"
    first, last = day_in_words(window.first, language), day_in_words(window.last, language)
    return first if window.first == window.last else f"{first} – {last}"


def mark_in_words(day: str, unit: str, language: str) -> str:
    """What stands below an axis at the first day of a unit of the calendar: ``2025``, ``Sep 2025``, ``4 Sep``."""
    month = _MONTHS[language][int(day[5:7]) - 1][:3]
    return day[:4] if unit == "year" else f"{int(day[8:])} {month}" if unit == "day" else f"{month} {day[:4]}"
