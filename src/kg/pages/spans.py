"""Dates as people say them: from EDTF, with all that is uncertain in them said.

What is written is kept where a form has no saying here: nothing is made more certain than it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_DAY = re.compile(r"(?P<year>-?\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?(?P<mark>[?~%]?)")
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "?": "{}, uncertain", "~": "about {}", "%": "about {}, uncertain", "open": "from {}, end not stated",
        "begun": "until {}, beginning not stated", "between": "from {} to {}", "one": "some time from {} to {}",
        "never": "not dated",
    },
    "it": {
        "?": "{}, incerto", "~": "circa {}", "%": "circa {}, incerto", "open": "{}, fine non indicata",
        "begun": "fino {}, inizio non indicato", "between": "{} {}", "one": "in un momento {} {}",
        "never": "non datato",
    },
}  # fmt: skip
#: Days whose names begin with a vowel in Italian.
_ELIDED = re.compile(r"(8|11) ")


def spoken(edtf: str, language: str) -> str:
    """A date in EDTF (levels 0 and 1, and the ranges of level 2) in words; as it is written where these have none."""
    words = _WORDS.get(language, _WORDS["en"])
    if edtf.startswith("[") and edtf.endswith("]") and ".." in edtf and "," not in edtf:
        first, _, last = edtf[1:-1].partition("..")
        return _range(first, last, language, words["one"]) or edtf
    if "/" in edtf:
        first, _, last = edtf.partition("/")
        return _interval(first, last, language) or edtf
    return _one(edtf, language) or edtf


def _interval(first: str, last: str, language: str) -> str:
    words = _WORDS.get(language, _WORDS["en"])
    if not first.strip(".") and not last.strip("."):
        return words["never"]
    if not last.strip("."):
        start = _one(first, language)
        return start and words["open"].format(_after("da", start, language))
    if not first.strip("."):
        end = _one(last, language)
        return end and words["begun"].format(_after("a", end, language))
    return _range(first, last, language, words["between"])


def _range(first: str, last: str, language: str, pattern: str) -> str:
    start, end = _one(first, language), _one(last, language)
    return pattern.format(_after("da", start, language), _after("a", end, language)) if start and end else ""


def _after(preposition: str, date: str, language: str) -> str:
    """A date behind an Italian preposition, with the article that belongs to it; in English the date alone."""
    if language != "it":
        return date
    if not date[0].isdigit():
        return f"{preposition} {date}"
    return f"{preposition}ll'{date}" if _ELIDED.match(date) else f"{preposition}l {date}"


def _one(text: str, language: str) -> str:
    """A day, month or year; empty for what is none."""
    found = _DAY.fullmatch(text)
    if found is None:
        return ""
    parts = [found["year"]]
    if found["month"]:
        if not 1 <= int(found["month"]) <= 12:
            return ""
        parts.insert(0, _MONTHS.get(language, _MONTHS["en"])[int(found["month"]) - 1])
    if found["day"]:
        day = str(int(found["day"]))
        parts.insert(0, "1º" if language == "it" and day == "1" else day)
    plain = " ".join(parts)
    return _WORDS.get(language, _WORDS["en"])[found["mark"]].format(plain) if found["mark"] else plain
