"""A difference as text in English or Italian, as JSON, and as a patch."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.diffing import Difference
from kg.diffing.entities import KINDS, Entity, Property
from kg.errors import SourceError
from kg.turtle import serialize

#: Two values together that stand on one line, in characters.
SHORT = 80
#: The language of a literal at the end of its text, if it has one.
_LANGUAGE = re.compile(r'(?:(?<=")@[\w-]+)?$')
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
WORDS = {
    "en": {
        "same": "The same: the graphs do not differ.",
        "claim": ("claim", "claims"),
        "other": ("other node", "other nodes"),
        "added": ("added", "added"),
        "removed": ("removed", "removed"),
        "changed": ("changed", "changed"),
        "count": "Statements: {added} added, {removed} removed.",
        "claims": "Claims",
        "others": "Other nodes",
    },
    "it": {
        "same": "Uguali: i grafi non differiscono.",
        "claim": ("asserzione", "asserzioni"),
        "other": ("altro nodo", "altri nodi"),
        "added": ("aggiunta", "aggiunte"),
        "removed": ("tolta", "tolte"),
        "changed": ("cambiata", "cambiate"),
        "count": "Enunciati: {added} aggiunti, {removed} tolti.",
        "claims": "Asserzioni",
        "others": "Altri nodi",
    },
}
_MASCULINE = {"added": ("aggiunto", "aggiunti"), "removed": ("tolto", "tolti"), "changed": ("cambiato", "cambiati")}


def to_text(difference: Difference, found: Sequence[Entity], language: str) -> str:
    """The difference for reading: claims first, each with its summary and, where it changed, what from and to."""
    words = WORDS[language]
    if difference.same:
        return words["same"] + "\n"
    lines: list[str] = []
    for claim, heading in ((True, "claims"), (False, "others")):
        part = [one for one in found if one.claim is claim]
        if part:
            lines += [*([""] if lines else []), f"{words[heading]}: {_counted(part, claim, language)}."]
            lines += [line for one in part for line in _entity(one, language)]
    count = words["count"].format(added=len(difference.added), removed=len(difference.removed))
    return "\n".join([*lines, "", count]) + "\n"


def _counted(part: Iterable[Entity], claim: bool, language: str) -> str:
    counts = Counter(one.kind for one in part)
    forms = _MASCULINE if language == "it" and not claim else WORDS[language]
    return ", ".join(f"{counts[kind]} {forms[kind][counts[kind] != 1]}" for kind in KINDS if counts[kind])


def _entity(one: Entity, language: str) -> list[str]:
    kind = said(one.classes, language)
    title = said(one.titles, language)
    head = f"{_MARKS[one.kind]} {one.name}" + (f" ({kind})" if kind else "") + (f": {title}" if title else "")
    return [head] if one.kind != "changed" else [head, *(line for each in one.properties for line in _property(each))]


def _property(each: Property) -> list[str]:
    """One value for another on one line; else each on its own, with a sign."""
    if len(each.removed) == len(each.added) == 1 and len(each.removed[0]) + len(each.added[0]) < SHORT:
        return [f"    {each.name}: {each.removed[0]} → {each.added[0]}"]
    name = f"{each.name}: " if each.name else ""
    values = [("-", value) for value in each.removed] + [("+", value) for value in each.added]
    # The old text and the new one in the same language stand one below the other.
    ordered = sorted(values, key=lambda pair: _LANGUAGE.search(pair[1])[0])  # type: ignore[index]
    return [f"    {name}{sign} {value}" for sign, value in ordered]


def said(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, else in any; on one line."""
    text = texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    return "".join(one if one.isprintable() else " " for one in text)


def to_json(difference: Difference, found: Sequence[Entity]) -> str:
    """The difference as JSON: ``same``, ``entities`` and the statements ``added`` and ``removed``, in Turtle."""
    entities = [
        {
            "iri": one.iri,
            "kind": one.kind,
            "claim": one.claim,
            "class": dict(one.classes),
            "title": dict(one.titles),
            "properties": [
                {"property": each.name, "removed": list(each.removed), "added": list(each.added)}
                for each in one.properties
            ],
        }
        for one in found
    ]
    sides = {"added": difference.added, "removed": difference.removed}
    statements = {side: [" ".join(filter(None, one.key)) for one in all_] for side, all_ in sides.items()}
    return (
        json.dumps({"same": difference.same, "entities": entities, **statements}, ensure_ascii=False, indent=2) + "\n"
    )


def to_patch(difference: Difference) -> str:
    """The difference as SPARQL 1.1 Update (section 3.1): applied to the one graph, it gives the other.

    Raises SourceError if it has a blank node, which no patch can name.
    """
    nameless = next((one for one in (*difference.removed, *difference.added) if one.blank), None)
    if nameless:
        raise SourceError(
            f"A patch cannot name blank nodes, but the difference has one: {nameless.subject} {nameless.predicate}.",
            remedy="Use --format text or json.",
        )
    sides = (("DELETE", difference.removed), ("INSERT", difference.added))
    written = {operation: _written(one.triples for one in side) for operation, side in sides if side}
    declared = sorted({line for prefixes, _ in written.values() for line in prefixes})
    parts = [f"{operation} DATA {{\n{body}}}" for operation, (_, body) in written.items()]
    return "\n".join(declared) + ("\n\n" if declared else "") + " ;\n".join(parts) + ("\n" if parts else "")


def _written(parts: Iterable[Iterable[ox.Triple]]) -> tuple[list[str], str]:
    """The triples in the canonical layout: the lines that declare its prefixes, and the rest."""
    text = serialize(triple for part in parts for triple in part)
    if not text.startswith("PREFIX "):
        return [], text
    head, _, body = text.partition("\n\n")
    return head.split("\n"), body
