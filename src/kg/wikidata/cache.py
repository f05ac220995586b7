"""Answers of Wikidata, kept in the state folder: one file each, and never one of a failure."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import StateError
from kg.files import put

#: The folder of the answers, in that of the snapshots.
FOLDER = "wikidata"


@dataclass(frozen=True)
class Kept:
    """An answer, and when it was given, in seconds since 1970."""

    answer: Mapping[str, object]
    at: float

    @property
    def retrieved(self) -> str:
        """When it was given (RFC 3339, in UTC)."""
        return datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Cache:
    """A folder of answers by what was asked."""

    def __init__(self, folder: Path, max_age: float) -> None:
        """``max_age`` is how old, in seconds, an answer may be."""
        self._folder, self._max_age = folder, max_age

    def get(self, key: str) -> Kept | None:
        """The answer, or None if there is none that is young enough and whole."""
        try:
            kept = json.loads(self._file(key).read_text("utf-8"))
            whole = kept["asked"] == key and isinstance(kept["answer"], dict)
            return (
                Kept(kept["answer"], kept["at"]) if whole and 0 <= time.time() - kept["at"] <= self._max_age else None
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, answer: Mapping[str, object]) -> Kept:
        """Keep an answer that was given just now, in one step. Raises StateError if it cannot be written."""
        file, now = self._file(key), time.time()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            put(file, json.dumps({"asked": key, "at": now, "answer": answer}, ensure_ascii=False).encode("utf-8"))
        except OSError as error:
            raise StateError(
                f"An answer of Wikidata cannot be kept in {self._folder} ({error.strerror}).",
                remedy="Let this user write there, or choose another folder with --state.",
            ) from None
        return Kept(answer, now)

    def _file(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode("utf-8")).hexdigest()
        return self._folder / digest[:2] / f"{digest}.json"
