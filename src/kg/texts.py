"""The texts that a snapshot was built from, in a file of JSON that has one of them in each line."""

from __future__ import annotations

import contextlib
import json
import os
import re
import weakref
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from kg.errors import SnapshotError

#: The file of a snapshot that holds the texts.
TEXTS = "texts.json"
_BEGIN, _BETWEEN, _END = b"{\n", b",\n", b"\n}\n"
#: What stands before a text in its line: a path, as JSON writes it.
_KEY = re.compile(rb'("(?:[^"\\]|\\.)*"): ')
#: Bytes that are read at once to find where the lines begin, and that the beginning of one is looked for in.
_PIECE, _LONGEST_KEY = 1 << 20, 10_000


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the file of texts, by path, into the folder of a snapshot. Raises OSError."""
    with (folder / TEXTS).open("wb") as file:
        file.write(_BEGIN)
        for number, (path, text) in enumerate(texts.items()):
            # A text of JSON has no line feed in it that is not escaped.
            line = f"{json.dumps(path)}: {json.dumps(text, ensure_ascii=False)}".encode()
            file.write((_BETWEEN if number else b"") + line)
        file.write(_END)


class Texts:
    """The texts of the files and rules that a snapshot was built from, by path; each read when it is asked for.

    The file is held open, so that they can still be read when a newer snapshot has taken the place of this one.
    """

    def __init__(self, folder: Path) -> None:
        self._name = folder.name
        with contextlib.suppress(OSError):
            self._file = (folder / TEXTS).open("rb")
            weakref.finalize(self, self._file.close)

    @cached_property
    def by_path(self) -> Mapping[str, str]:
        """The texts. Raises SnapshotError if the snapshot has none or they are damaged, also when one is read."""
        try:
            number = self._file.fileno()
            return _ByPath(self, number, self._name) if os.pread(number, 2, 0) == _BEGIN else _whole(number, self._name)
        except (AttributeError, OSError):
            raise _damaged(self._name) from None


class _ByPath(Mapping[str, str]):
    """The texts of an open file: where each stands is known, what it says is read."""

    def __init__(self, texts: Texts, number: int, name: str) -> None:
        """``texts`` closes the file with this number when nobody holds it any more."""
        self._texts, self._number, self._name = texts, number, name
        # Not read(): processes that were forked from one another share the place in the file.
        self._places = dict(self._found(os.fstat(self._number).st_size))

    def _found(self, size: int) -> Iterator[tuple[str, tuple[int, int]]]:
        """The paths, and where the text of each begins and ends."""
        if os.pread(self._number, len(_END), size - len(_END)) != _END:
            raise _damaged(self._name)
        begin, last = len(_BEGIN), size - len(_END)
        for end in _line_feeds(self._number, begin, last + 1) if last > begin else ():
            key = _KEY.match(os.pread(self._number, min(_LONGEST_KEY, end - begin), begin))
            if key is None:
                raise _damaged(self._name)
            # The comma after all but the last is no part of it.
            yield json.loads(key[1]), (begin + key.end(), end - (end < last))
            begin = end + 1

    def __getitem__(self, path: str) -> str:
        begin, end = self._places[path]
        try:
            text = json.loads(os.pread(self._number, end - begin, begin))
        except (OSError, ValueError):
            text = None
        if not isinstance(text, str):
            raise _damaged(self._name)
        return text

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _line_feeds(number: int, begin: int, end: int) -> Iterator[int]:
    """Where the line feeds of a part of a file are."""
    for start in range(begin, end, _PIECE):
        piece = os.pread(number, min(_PIECE, end - start), start)
        place = piece.find(b"\n")
        while place >= 0:
            yield start + place
            place = piece.find(b"\n", place + 1)


def _whole(number: int, name: str) -> Mapping[str, str]:
    """The texts of a file that has all of them in one line, as snapshots had them before."""
    try:
        texts = json.loads(os.pread(number, os.fstat(number).st_size, 0))
    except ValueError:
        texts = None
    if not isinstance(texts, dict):
        raise _damaged(name)
    return texts


def _damaged(name: str) -> SnapshotError:
    return SnapshotError(f"The texts of {name} are missing or damaged.", remedy="Run: kg build --force")
