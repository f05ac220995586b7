"""What errors say, in the language of the reader: the list ``sentences.toml`` has each sentence as the programme says it
in English, with a name in braces for what it is about, and the same in Italian."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kg.model import LANGUAGES

#: Characters of the longest sentence that is looked for: to look for one takes a time of the square of its length.
_LONGEST = 1_000
#: How deep a sentence has others in it.
_DEEPEST = 4
_NAME = re.compile(r"\{([a-z]+)(!?)\}")
#: The members of an error that are sentences.
_SAID = ("title", "detail", "remedy")


@dataclass(frozen=True)
class Sentence:
    """A sentence as a pattern, which of its names stand for sentences themselves, and how another language says it."""

    pattern: re.Pattern[str]
    inner: frozenset[str]
    said: str


def in_language(english: str, language: str, depth: int = 0) -> str | None:
    """A sentence of the programme in another language; None if the list has none such, or it is too long."""
    if language == LANGUAGES[0]:
        return english
    if len(english) > _LONGEST or depth > _DEEPEST:
        return None
    for sentence in _sentences(language):
        match = sentence.pattern.fullmatch(english)
        if match is None:
            continue
        found = match.groupdict()
        said = {name: in_language(found[name], language, depth + 1) for name in sentence.inner}
        if None not in said.values():
            return _NAME.sub(lambda one: str({**found, **said}[one[1]]), sentence.said)
    return None


def told(members: Mapping[str, object], language: str) -> tuple[dict[str, object], str]:
    """The members of a problem body in a language, and the language that they are in: English if not all can be told."""
    said = {name: in_language(str(members[name]), language) for name in _SAID if name in members}
    if None in said.values():
        return dict(members), LANGUAGES[0]
    return {**members, **said}, language


@cache
def _sentences(language: str) -> tuple[Sentence, ...]:
    number = LANGUAGES.index(language)
    groups = tomllib.loads((resources.files(__package__) / "sentences.toml").read_text("utf-8"))
    return tuple(_sentence(both[0], both[number]) for group in groups.values() for both in group)


def _sentence(english: str, said: str) -> Sentence:
    pieces: list[str] = []
    done = 0
    for name in _NAME.finditer(english):
        pieces += [re.escape(english[done : name.start()]), f"(?P<{name[1]}>.*?)"]
        done = name.end()
    pieces.append(re.escape(english[done:]))
    inner = frozenset(name for name, mark in _NAME.findall(english) if mark)
    return Sentence(re.compile("".join(pieces), re.DOTALL), inner, _NAME.sub(r"{\1}", said))
