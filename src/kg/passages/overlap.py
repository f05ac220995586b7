"""Runs of words that a file of the repository shares with a source text: the texts are cited, never copied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.passages import Text, paragraphs
from kg.turtle import strings

#: The longest run of words that may be shared, for names, numbers and terms.
ALLOWED = 8

#: Letters and figures, with the marks that combine with them (U+0300 to U+036F).
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True)
class Overlap:
    """A run of words, compared without case and punctuation, in a file and in a paragraph of a text."""

    file: str
    line: int
    text: str
    paragraph: int
    words: int
    first: str
    last: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.words} words in a row are those of {self.text}, "
            f"paragraph {self.paragraph} ({self.first} … {self.last})."
        )


class TextIndex:
    """Every run of ``ALLOWED`` + 1 words within a paragraph of the texts, and where it is."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._paragraphs: list[tuple[str, int, list[str]]] = []
        self._runs: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for text in texts:
            for span in paragraphs(text.content):
                words = [word for word, _ in _words(text.content[span.start : span.end])]
                for start in range(len(words) - ALLOWED):
                    run = tuple(words[start : start + ALLOWED + 1])
                    self._runs.setdefault(run, []).append((len(self._paragraphs), start))
                self._paragraphs.append((text.name, span.paragraph, words))

    def overlaps(self, file: str, content: str) -> list[Overlap]:
        """The runs longer than allowed that a file shares with a text, within one literal or paragraph of the file."""
        found: list[Overlap] = []
        for offset, unit in units(file, content):
            words = list(_words(unit))
            start = 0
            while start < len(words) - ALLOWED:
                places = self._runs.get(tuple(word for word, _ in words[start : start + ALLOWED + 1]))
                if not places:
                    start += 1
                    continue
                length, place = max((self._shared(words[start:], place), place) for place in places)
                name, paragraph, _ = self._paragraphs[place[0]]
                line = content.count("\n", 0, offset + words[start][1]) + 1
                found.append(
                    Overlap(file, line, name, paragraph, length, words[start][0], words[start + length - 1][0])
                )
                start += length
        return found

    def _shared(self, words: Sequence[tuple[str, int]], place: tuple[int, int]) -> int:
        """How many words agree from here on."""
        others = self._paragraphs[place[0]][2][place[1] :]
        pairs = zip((word for word, _ in words), others, strict=False)
        return next((count for count, (one, other) in enumerate(pairs) if one != other), min(len(words), len(others)))


def units(file: str, content: str) -> Iterator[tuple[int, str]]:
    """The parts of a file that are compared, with their offsets: literals in Turtle, else blocks without blank lines."""
    if file.endswith(".ttl"):
        yield from strings(content)
        return
    start = 0
    for match in _BLANK_LINE.finditer(content):
        yield start, content[start : match.start()]
        start = match.end()
    yield start, content[start:]


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The words of a text without case, with their offsets. Letters may be composed or not (Unicode, NFC)."""
    for match in _WORD.finditer(text):
        yield unicodedata.normalize("NFC", match.group()).casefold(), match.start()
