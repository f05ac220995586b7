"""The head of an SSSOM table: comment lines that hold YAML (SSSOM 1.1, SSSOM/TSV, "External and embedded metadata")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

import yaml

from kg.rdf import PREFIXES

#: The slots of a mapping set that may stand in the head, in the order in which they are written; the first two have to.
SLOTS = (
    "mapping_set_id", "license", "sssom_version", "mapping_set_version", "mapping_set_title",
    "mapping_set_description", "subject_source", "object_source", "comment",
)  # fmt: skip
REQUIRED = SLOTS[:2]
CURIES = "curie_map"
#: Prefixes that every table has, whether it declares them or not; none may declare them otherwise.
BUILT_IN = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd")}
#: Characters that neither a cell nor the head may have: controls, what ends lines elsewhere, and no characters.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./:#-]*[A-Za-z0-9_/#]")

#: How many characters the head may have, and how deep a value may lie in another: a slot, a map, a value, and more
#: than that. YAML costs the square of its depth to read.
_LONGEST, _DEEPEST = 20_000, 8

#: Takes a fault: English with what to do, Italian, line and column.
Tell = Callable[[str, str, str, int, int], None]


def read(lines: list[str], tell: Tell) -> tuple[dict[str, str], dict[str, str]]:
    """The slots of the head and its prefixes, from its lines without the ``#`` that each begins with."""
    try:
        node = _composed("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (mark.line + 1, mark.column + 2) if mark else (1, 1)
        tell(
            f"The head is no YAML, or too long (over {_LONGEST:,} characters).", "Write one “#slot: value” a line.",
            f"L’intestazione non è YAML, o è troppo lunga (oltre {_LONGEST} caratteri). Scrivere un «#campo: valore» per "
            "riga.", *place,
        )  # fmt: skip
        return {}, {}
    slots: dict[str, str] = {}
    curies: dict[str, str] = {}
    for key, value in _entries(node, tell):
        if key.value == CURIES:
            curies = _curies(value, tell)
        elif key.value not in SLOTS or not isinstance(value, yaml.ScalarNode):
            tell(
                f"The head has no slot {key.value} with such a value.", f"Use {', '.join((*SLOTS, CURIES))}.",
                f"L’intestazione non ha un campo {key.value} con un tale valore. Usare "
                f"{', '.join((*SLOTS, CURIES))}.", *_place(key),
            )  # fmt: skip
        else:
            slots[key.value] = value.value
    for slot in REQUIRED:
        if not slots.get(slot):
            tell(
                f"The head lacks {slot}.", f"Add a line “#{slot}: …”.",
                f"All’intestazione manca {slot}. Aggiungere una riga «#{slot}: …».", 1, 1,
            )  # fmt: skip
    return slots, curies


def write(slots: Mapping[str, str], curies: Mapping[str, str]) -> list[str]:
    """The lines of the head."""
    lines = [f"#{slot}: {_scalar(slots[slot])}" for slot in SLOTS if slot in slots]
    if curies:
        lines.append(f"#{CURIES}:")
        lines += [f"#  {prefix}: {_scalar(space)}" for prefix, space in sorted(curies.items())]
    return lines


def _composed(text: str) -> yaml.Node | None:
    """The YAML of the head, None if it is empty. Raises :class:`yaml.YAMLError` if it is none, too long or too deep."""
    if len(text) > _LONGEST:
        raise yaml.YAMLError
    _refuse_depth(text)
    return yaml.compose(text, Loader=yaml.BaseLoader)


def _refuse_depth(text: str) -> None:
    """Raise :class:`yaml.MarkedYAMLError` where a value lies too deep in others, before all is read."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise yaml.MarkedYAMLError(problem_mark=event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _entries(node: yaml.Node | None, tell: Tell) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    """The entries of a mapping whose keys are plain and differ."""
    if not isinstance(node, yaml.MappingNode):
        place = _place(node) if node else (1, 1)
        tell(
            "Here stand slots with their values.", "Write one “slot: value” a line.",
            "Qui vanno i campi con i loro valori. Scrivere un «campo: valore» per riga.", *place,
        )  # fmt: skip
        return []
    found: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in found or UNPRINTABLE.search(str(value.value)):
            tell(
                "The slot is there twice, or cannot be read.", "Keep one, on one line.",
                "Il campo c’è due volte, o non è leggibile. Tenerne uno, su una riga.", *_place(key),
            )  # fmt: skip
        else:
            found[key.value] = key, value
    return list(found.values())


def _curies(node: yaml.Node, tell: Tell) -> dict[str, str]:
    found = {}
    for key, value in _entries(node, tell):
        space = value.value if isinstance(value, yaml.ScalarNode) else ""
        if not PREFIX.fullmatch(key.value) or "://" not in space or BUILT_IN.get(key.value, space) != space:
            tell(
                f"The prefix {key.value} cannot stand for {space or 'this'}.",
                "Write a prefix of letters and digits, and the beginning of the IRIs that it stands for.",
                f"Il prefisso {key.value} non può stare per {space or 'questo'}. Scrivere un prefisso di lettere e "
                "cifre, e l’inizio degli IRI per cui sta.", *_place(key),
            )  # fmt: skip
        else:
            found[key.value] = space
    return found


def _place(node: yaml.Node) -> tuple[int, int]:
    """Line and column, with the ``#`` counted."""
    return node.start_mark.line + 1, node.start_mark.column + 2


def _scalar(text: str) -> str:
    """A value in YAML; quoted where a reader might take it for a number, a date or more than it is."""
    return text if _PLAIN.fullmatch(text) and "://" in text else json.dumps(text, ensure_ascii=False)
