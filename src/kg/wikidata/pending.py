"""What was suggested and awaits a judgement: a file in the state folder, so that a review can be broken off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.errors import StateError, Where
from kg.files import put
from kg.wikidata.cache import FOLDER

_NAME = "suggested.json"


def load(state: Path) -> dict[str, dict]:
    """What was suggested, by entity; empty if nothing was. Raises StateError if the file is damaged."""
    file = state / FOLDER / _NAME
    try:
        found = json.loads(file.read_text("utf-8"))
        return {one["entity"]: one for one in found["suggested"]}
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
    kept = load(state) | {str(one["entity"]): dict(one) for one in suggested}
    file = state / FOLDER / _NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, json.dumps({"suggested": list(kept.values())}, ensure_ascii=False, indent=1).encode("utf-8"))
    except OSError as error:
        raise StateError(
            f"The suggestions cannot be kept ({error.strerror}).", remedy="Choose another folder with --state.",
            where=Where(str(file)),
        ) from None  # fmt: skip
