"""What Wikidata says of an item, read from the JSON of its API into values (Wikibase, "JSON data model")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kg.rdf import PREFIXES

ENTITY = PREFIXES["wd"]
#: The language of a name that is the same in every language of Latin script.
EVERY = "mul"
_ID = re.compile(r"Q[1-9][0-9]{0,14}")
_DAY = re.compile(r"\+(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)T")
#: The precisions of a time that say at least the year, the month, the day.
YEAR, MONTH, DAY = 9, 10, 11


@dataclass(frozen=True)
class Value:
    """The value of a statement: its data type (``wikibase-item``, ``time``, ``commonsMedia`` …) and its text.

    Of an item the text is its number, of a time the time with its ``precision``, of a place "longitude latitude".
    """

    kind: str
    text: str
    precision: int = DAY
    language: str = ""

    @property
    def earliest(self) -> str:
        """The first day that a time may mean, as YYYY-MM-DD; empty if it is no time, or one before the year 1."""
        return self._day("01", "01")

    @property
    def latest(self) -> str:
        """The last day that a time may mean; the 31st also of a shorter month, as it is only compared."""
        return self._day("12", "31")

    def _day(self, month: str, day: str) -> str:
        found = _DAY.match(self.text) if self.kind == "time" and self.precision >= YEAR else None
        if not found:
            return ""
        known = found["month"] if self.precision >= MONTH else month
        return f"{found['year']}-{known}-{found['day'] if self.precision >= DAY else day}"


@dataclass(frozen=True)
class Statement:
    """A statement of an item with its qualifiers; ``value`` is None where it says "unknown" or "none"."""

    id: str
    property: str
    value: Value | None
    rank: str = "normal"
    qualifiers: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def qualified(self, properties: tuple[str, ...]) -> tuple[Value, ...]:
        """The values of these qualifiers."""
        return tuple(value for one in properties for value in self.qualifiers.get(one, ()))


@dataclass(frozen=True)
class Item:
    """An item as it was at a revision; ``asked_as`` is another number where it is one that now leads here.

    ``retrieved`` is when Wikidata said so (RFC 3339, in UTC); empty if that is not known.
    """

    id: str
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    revision: int = 0
    asked_as: str = ""
    retrieved: str = ""

    @property
    def iri(self) -> str:
        """The name of the item in RDF."""
        return ENTITY + self.id

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """Every label and alias with its language, labels first."""
        yield from ((text, language) for language, text in self.labels.items())
        yield from ((text, language) for language, texts in self.aliases.items() for text in texts)

    def label(self, *languages: str) -> str:
        """Its label in the first of these languages that has one, else in every language, in English, or its number."""
        return next((self.labels[one] for one in (*languages, EVERY, "en") if one in self.labels), self.id)

    def said(self, *properties: str) -> tuple[Statement, ...]:
        """The statements with one of these properties that are not deprecated."""
        return tuple(one for one in self.statements if one.property in properties and one.rank != "deprecated")

    def best(self, property: str) -> tuple[Statement, ...]:
        """The statements of the best rank, which ``wdt:`` stands for (Wikibase, "RDF dump format", "truthy")."""
        found = self.said(property)
        return tuple(one for one in found if one.rank == "preferred") or found


def is_id(text: str) -> bool:
    """True for the number of an item."""
    return bool(_ID.fullmatch(text))


def id_of(iri: str) -> str:
    """The number in the IRI of an item, empty if it is none."""
    number = iri.removeprefix(ENTITY)
    return number if iri.startswith(ENTITY) and is_id(number) else ""


def read(entity: Mapping[str, object], retrieved: str = "") -> Item:
    """An item from an element of the answer to wbgetentities, which was given at ``retrieved``.

    Raises ValueError if it has not the shape of one.
    """
    try:
        if not is_id(str(entity["id"])):
            raise ValueError(f"{entity['id']!r} is no item")
        statements = [_statement(one) for each in _table(entity, "claims").values() for one in each]
        return Item(
            str(entity["id"]),
            {language: str(one["value"]) for language, one in _table(entity, "labels").items()},
            {tag: tuple(str(one["value"]) for one in each) for tag, each in _table(entity, "aliases").items()},
            {language: str(one["value"]) for language, one in _table(entity, "descriptions").items()},
            tuple(statements), int(entity.get("lastrevid", 0)), str(_table(entity, "redirects").get("from", "")),
            retrieved,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"an item has not the shape that is documented: {error!r}") from None


def _table(entity: Mapping[str, object], name: str) -> Mapping:
    """A table of an entity; PHP writes an empty one as an empty list."""
    return entity.get(name) or {}


def _statement(one: Mapping) -> Statement:
    snak = one["mainsnak"]
    qualifiers = {
        property: tuple(value for each in snaks if (value := _value(each)) is not None)
        for property, snaks in _table(one, "qualifiers").items()
    }
    return Statement(str(one["id"]), str(snak["property"]), _value(snak), str(one.get("rank", "normal")), qualifiers)


def _value(snak: Mapping) -> Value | None:
    if snak.get("snaktype") != "value":
        return None
    value, kind = snak["datavalue"]["value"], str(snak.get("datatype") or snak["datavalue"]["type"])
    if not isinstance(value, dict):
        return Value(kind, str(value))
    if "id" in value:
        return Value(kind, str(value["id"]))
    if "time" in value:
        return Value("time", str(value["time"]), int(value["precision"]))
    if "latitude" in value:
        return Value(kind, f"{float(value['longitude'])!r} {float(value['latitude'])!r}")
    if "amount" in value:
        return Value(kind, str(value["amount"]))
    return Value(kind, str(value["text"]), language=str(value["language"]))
