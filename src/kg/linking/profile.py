"""What of Wikidata answers to what of ours: the table ``data/links/wikidata.profile.tsv``, read into a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import SettingError, Where
from kg.linking.items import is_id
from kg.linking.saying import Texts, same
from kg.model import LANGUAGES
from kg.rdf import PREFIXES

HEAD = ("use", "ours", "wikidata", "meaning", "meaning-it")
#: What a row may be for.
TYPE, FACT, OFFICE, BEGINS, ENDS, AT, FETCH = "type", "fact", "office", "begins", "ends", "at", "fetch"
_USES = (TYPE, FACT, OFFICE, BEGINS, ENDS, AT, FETCH)
_PROPERTY = re.compile(r"P[1-9][0-9]{0,9}")
_STEP = re.compile(r"\^?([a-z]+):([A-Za-z][\w-]*)", re.ASCII)


@dataclass(frozen=True)
class Row:
    """A row of the table, its names written out: a class or a path of ours, and an item or a property of Wikidata."""

    use: str
    ours: str
    theirs: str
    meaning: Texts


@dataclass(frozen=True)
class Profile:
    """The rows of the table."""

    rows: tuple[Row, ...]

    def of(self, use: str) -> tuple[Row, ...]:
        """The rows for a use, in the order of the table."""
        return tuple(row for row in self.rows if row.use == use)

    def properties(self, use: str) -> tuple[str, ...]:
        """The properties of Wikidata that the rows for a use name."""
        return tuple(dict.fromkeys(row.theirs for row in self.of(use)))

    def classes(self) -> tuple[str, ...]:
        """Our classes that there is a class of Wikidata for."""
        return tuple(dict.fromkeys(row.ours for row in self.of(TYPE)))

    def roots(self, types: frozenset[str]) -> tuple[str, ...]:
        """The classes of Wikidata that an entity of these types of ours may be an instance of; none if unknown."""
        return tuple(dict.fromkeys(row.theirs for row in self.of(TYPE) if row.ours in types))

    def meaning(self, *theirs: str) -> Texts:
        """What items or properties of the table are called, by language, after each other."""
        called = [next((row.meaning for row in self.rows if row.theirs == one), same(one)) for one in theirs]
        return {language: ", ".join(one[language] for one in called) for language in LANGUAGES}

    def wanted(self, types: frozenset[str]) -> tuple[str, ...]:
        """The properties that are fetched of an item that is an entity of these types."""
        return tuple(dict.fromkeys(row.theirs for row in self.of(FETCH) if row.ours in types))


def read(text: str, origin: str) -> Profile:
    """The table from its text, which ``origin`` names; lines that begin with # are passed over.

    Raises SettingError with the line of the first row that cannot be used.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    if not lines or tuple(lines[0][1].split("\t")) != HEAD:
        raise SettingError(
            "The table has not the columns that it needs.",
            remedy=f"Begin it with {', '.join(HEAD)}, separated by tabs.",
            where=Where(origin, lines[0][0] if lines else 1),
        )  # fmt: skip
    return Profile(tuple(_row(line.split("\t"), Where(origin, number)) for number, line in lines[1:]))


def _row(cells: list[str], where: Where) -> Row:
    if len(cells) != len(HEAD):
        raise SettingError(f"The row has {len(cells)} cells; {len(HEAD)} are needed.", where=where)
    use, ours, theirs, *meaning = cells
    if use not in _USES:
        raise SettingError(f"There is no use {use!r}.", remedy=f"Write one of {', '.join(_USES)}.", where=where)
    if not (is_id(theirs) if use == TYPE else _PROPERTY.fullmatch(theirs)):
        wanted = "the number of a class, such as Q5" if use == TYPE else "a property, such as P17"
        raise SettingError(f"{theirs!r} cannot stand here.", remedy=f"Write {wanted}.", where=where)
    if use in (TYPE, FACT, FETCH):
        ours = _path(ours, where, longest=9 if use == FACT else 1)
        ours = ours if use == FACT else ours.strip("<>")
    return Row(use, ours, theirs, dict(zip(LANGUAGES, meaning, strict=True)))


def _path(text: str, where: Where, longest: int) -> str:
    """A path of properties with its names written out (SPARQL 1.1, section 9). Raises SettingError."""
    steps = [_STEP.fullmatch(step) for step in text.split("/")]
    if len(steps) > longest or not all(step and step[1] in PREFIXES for step in steps):
        raise SettingError(
            f"{text!r} is no name of ours.", remedy="Write a prefixed name, or a path such as ckg:member/ckg:forum.",
            where=where,
        )  # fmt: skip
    return "/".join(f"{'^' * step[0].startswith('^')}<{PREFIXES[step[1]]}{step[2]}>" for step in steps if step)
