"""Why a query has no answer, in words: sentences in English and Italian, as text and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.querytext import place
from kg.sparql.dropping import Piece, Reduced
from kg.sparql.empty import MOST_COUNTED, MOST_PARTS, Cause, Found
from kg.sparql.groups import Span
from kg.sparql.unknown import Note
from kg.sparql.whywords import sentence

#: Characters of a part of the query that a sentence quotes.
_QUOTED = 120
#: How many suspicious places are told of.
_MOST_NOTES = 50

#: What tells sentences of one code apart.
_SPECIAL = re.compile(r"-(near|plain|from)$")


class Told:
    """What was found of a query, as JSON; every place is by line and column from 1."""

    def __init__(self, reduced: Reduced, found: Found, notes: list[Note], outcome: dict[str, str]) -> None:
        self._reduced, self._found = reduced, found
        self._pieces = reduced.pieces if found.rows == 0 else ()
        self.outcome, self._notes = outcome, notes

    def as_json(self) -> dict[str, object]:
        """All of it: how many solutions there are, a sentence, and what to look at, to leave out and to try."""
        found = self._found
        told: dict[str, object] = {
            "solutions": None if found.rows is None else min(found.rows, MOST_COUNTED),
            "counted": found.rows is not None and found.rows <= MOST_COUNTED,
            "complete": found.is_complete,
            "says": self.outcome,
            "notes": [self._note(one) for one in self._notes[:_MOST_NOTES]],
            "barren": [self._part(number) | {"says": self._says("barren", number)} for number in found.barren],
            "causes": [self._cause(one) for one in found.causes],
            "omitted": self._omitted(),
        }
        if found.first is not None:
            says = self._says("first", found.first, rows=found.before)
            told["first"] = self._part(found.first) | {"before": found.before, "says": says}
        return told

    def _omitted(self) -> list[dict[str, str]]:
        """What an answer of a bearable size and time leaves out, in sentences."""
        found, unlooked = self._found, len(self._notes) - _MOST_NOTES
        said = [sentence("untried", tried=MOST_PARTS, count=found.untried)] if found.untried else []
        said += [sentence("untold", count=found.untold)] if found.untold else []
        return said + ([sentence("unlooked", told=_MOST_NOTES, count=unlooked)] if unlooked > 0 else [])

    def _note(self, note: Note) -> dict[str, object]:
        told: dict[str, object] = {"code": _SPECIAL.sub("", note.code)}
        if note.place:
            told |= self._place(note.place)
        told["says"] = sentence(note.code, **note.said)
        return told | ({"proposal": note.proposal} if note.proposal else {})

    def _cause(self, cause: Cause) -> dict[str, object]:
        examples = {name: _clipped(value, _QUOTED) for name, value in cause.examples.items()}
        if cause.is_all:
            says = self._says("only", cause.pieces[0])
        elif len(cause.pieces) > 1:
            says = sentence("causes", rows=cause.rows, part="; ".join(map(self._quoted, cause.pieces)))
        else:
            says = self._says("cause", cause.pieces[0], rows=cause.rows)
        if cause.idle:
            idle = sentence("idle", idle="; ".join(self._slice(one) for one in cause.idle))
            says = {language: text + idle[language] for language, text in says.items()}
        if examples:
            values = ", ".join(f"?{name} = {value}" for name, value in examples.items())
            example = sentence("example", values=values)
            says = {language: text + example[language] for language, text in says.items()}
        return {
            "parts": [self._part(number) for number in cause.pieces],
            "solutions": min(cause.rows, MOST_COUNTED),
            "counted": cause.rows <= MOST_COUNTED,
            "says": says,
            "examples": examples,
            "without": cause.without,
        }

    def _part(self, number: int) -> dict[str, object]:
        piece = self._pieces[number]
        return {"kind": piece.kind, **self._place(piece.place), "text": self._slice(piece.place, 10_000)}

    def _place(self, span: Span) -> dict[str, object]:
        where = place(self._reduced.text, span.start)
        return {"line": where.line, "column": where.column}

    def _says(self, code: str, number: int, **values: Any) -> dict[str, str]:
        piece: Piece = self._pieces[number]
        return sentence(code, **self._place(piece.place), part=self._quoted(number), **values)

    def _quoted(self, number: int) -> str:
        return self._slice(self._pieces[number].place)

    def _slice(self, span: Span, most: int = _QUOTED) -> str:
        return _clipped(" ".join(self._reduced.text[span.start : span.end].split()), most)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def lines(told: dict[str, Any], language: str) -> Iterator[str]:
    """The sentences of what was told as JSON, one a line."""
    yield told["says"][language]
    for note in told["notes"]:
        at = {"en": "Line {line}, column {column}: ", "it": "Riga {line}, colonna {column}: "}[language]
        yield (at.format(**note) if "line" in note else "") + note["says"][language]
    for part in ("barren", "causes"):
        yield from (one["says"][language] for one in told[part])
    if "first" in told:
        yield told["first"]["says"][language]
    yield from ending(told, language)


def ending(told: dict[str, Any], language: str) -> Iterator[str]:
    """What is to be said at the end of what was told as JSON, if anything is."""
    yield from (one[language] for one in told["omitted"])
    if not told["complete"]:
        yield sentence("unfinished")[language]
    elif told["solutions"] == 0 and not (told["causes"] or told["barren"]):
        yield sentence("unclear")[language]
