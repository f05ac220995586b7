"""The journal of a state folder: a line for every snapshot that was ever built there, also when it is long removed.

``journal.jsonl`` is only ever added to, and each line is on disk before a build ends. A line that cannot be read (a
build was killed while it wrote, or somebody edited the file) is passed over, and said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from kg.model import Snapshot, reference

FILE = "journal.jsonl"


@dataclass(frozen=True)
class Entry:
    """A snapshot that was built: what its manifest says of it (``kg.model.Snapshot``), and the name of its folder."""

    name: str
    digest: str
    built: str
    content: str = ""
    commit: str | None = None
    clean: bool | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """What names this snapshot and no other (``kg.model.Snapshot.reference``)."""
        return reference(self.digest, self.content)


_FIELDS = {one.name for one in fields(Entry)}
_WORDS = ("name", "digest", "built", "content")


def entry(snapshot: Snapshot) -> Entry:
    """What the journal keeps of a snapshot."""
    kept = {name: getattr(snapshot, name) for name in _FIELDS - {"name"}}
    return Entry(name=Path(snapshot.path).name, **kept)


def append(state: Path, snapshot: Snapshot) -> None:
    """Add a snapshot, and have the disk keep it. Raises OSError."""
    line = json.dumps(asdict(entry(snapshot)), sort_keys=True).encode("ascii") + b"\n"
    with (state / FILE).open("ab+") as file:
        # After a line that was never finished the next one begins anew.
        if file.tell() and _last_byte(file.fileno(), file.tell()) != b"\n":
            line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(state: Path) -> tuple[list[Entry], list[str]]:
    """The entries, the oldest first, and a sentence for each line that cannot be read; nothing without a journal."""
    try:
        lines = (state / FILE).read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [f"{FILE} cannot be read ({error.strerror})."]
    found: list[Entry] = []
    warnings: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_read_line(line))
            except (ValueError, TypeError):
                warnings.append(f"{FILE}:{number}: the line is damaged and was passed over.")
    return found, warnings


def _read_line(line: bytes) -> Entry:
    """An entry; members that a later version may have added are left out. Raises ValueError, TypeError."""
    members = json.loads(line)
    if not isinstance(members, dict):
        raise TypeError
    found = Entry(**{name: value for name, value in members.items() if name in _FIELDS})
    texts = [getattr(found, name) for name in _WORDS] + ([] if found.commit is None else [found.commit])
    if not all(isinstance(text, str) for text in texts) or not found.digest:
        raise TypeError
    if not isinstance(found.versions, dict) or not isinstance(found.counts, dict):
        raise TypeError
    return found


def _last_byte(descriptor: int, size: int) -> bytes:
    return os.pread(descriptor, 1, size - 1)
