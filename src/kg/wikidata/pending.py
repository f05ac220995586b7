"""What was suggested and awaits a judgement: a file in the state folder, so that a review can be broken off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType

from kg.errors import StateError, Where
from kg.files import alone, put
from kg.linking.items import is_id
from kg.rdf import ID
from kg.wikidata.cache import FOLDER

_NAME = "suggested.json"
#: What every suggestion says, what every candidate of it does, and every piece of evidence, with the type of each.
_PARTS = {"entity": str, "label": str, "outcome": str, "says": dict, "contrast": dict, "candidates": list}
_OF_CANDIDATE = {
    "id": str, "label": str, "description": dict, "score": float | int, "supported": bool, "contradicted": bool,
    "evidence": list,
}  # fmt: skip
_OF_EVIDENCE = {"value": float | int, "says": dict}


def load(state: Path) -> dict[str, dict]:
    """What was suggested, by entity; empty if nothing was. Raises StateError if the file is damaged."""
    file = state / FOLDER / _NAME
    try:
        found = json.loads(file.read_text("utf-8"))["suggested"]
        if not all(map(_is_whole, found)):
            raise ValueError("a suggestion lacks a part")
        return {one["entity"]: one for one in found}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StateError(f"The suggestions cannot be read ({error.strerror}).", where=Where(str(file))) from None
    except (ValueError, KeyError, TypeError):
        raise StateError(
            "The suggestions are damaged.", remedy="Remove the file and run kg link suggest again.",
            where=Where(str(file)),
        ) from None  # fmt: skip


def save(state: Path, suggested: Iterable[Mapping[str, object]]) -> None:
    """Keep suggestions in place of those there were for the same entities. Raises StateError."""
    file = state / FOLDER / _NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with alone(file.parent):
            kept = load(state) | {str(one["entity"]): dict(one) for one in suggested}
            put(file, json.dumps({"suggested": list(kept.values())}, ensure_ascii=False, indent=1).encode("utf-8"))
    except OSError as error:
        raise StateError(
            f"The suggestions cannot be kept ({error.strerror}).", remedy="Choose another folder with --state.",
            where=Where(str(file)),
        ) from None  # fmt: skip


def _is_whole(one: Mapping) -> bool:
    """True for a suggestion as ``kg.linking.candidates.told`` makes them."""
    return (
        _has(one, _PARTS)
        and one["entity"].startswith(ID)
        and all(_has(each, _OF_CANDIDATE) and is_id(each["id"]) for each in one["candidates"])
        and all(_has(each, _OF_EVIDENCE) for candidate in one["candidates"] for each in candidate["evidence"])
    )


def _has(thing: object, parts: Mapping[str, type | UnionType]) -> bool:
    return isinstance(thing, dict) and all(isinstance(thing.get(name), kind) for name, kind in parts.items())
