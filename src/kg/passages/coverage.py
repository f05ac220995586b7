"""How much of a text the graph accounts for: which sentences are cited, and which are set aside with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.passages import Span, paragraphs

#: What may end a sentence, with the marks that close a quotation or a bracket after it. A sentence begins with a
#: capital letter or a figure, after marks that open one.
_END = re.compile(r"[.!?…]+[»”’\"')\]]*(?=\s+[«“‘\"'(\[]*[^\W_a-zß-öø-ÿ])")
#: Words before a full stop that is not the end: initials, and abbreviations that come before a name or a number.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'’])(?:[^\W\d_]|(?i:art|artt|cfr|dott|ecc|es|gen|mr|mrs|on|pag|prof|sig|vol|st|ca|nn))\.$"
)


@dataclass(frozen=True)
class Coverage:
    """What became of the sentences of a text, and the share of its letters that a span of any kind holds."""

    sentences: int
    cited: int
    set_aside: int
    uncovered: tuple[Span, ...]
    letters: float


def sentences(content: str) -> list[Span]:
    """The sentences of a text, none across two paragraphs; pieces without a letter or a figure are not counted."""
    found: list[Span] = []
    for line in paragraphs(content):
        start = line.start
        for end in [*_ends(content, line), line.end]:
            piece = content[start:end]
            inner = piece.strip()
            if any(character.isalnum() for character in inner):
                first = start + piece.index(inner)
                found.append(Span(line.paragraph, first, first + len(inner)))
            start = end
    return found


def _ends(content: str, line: Span) -> list[int]:
    text = content[line.start : line.end]
    return [
        line.start + match.end()
        for match in _END.finditer(text)
        if not _ABBREVIATION.search(text, max(0, match.start() - 12), match.start() + 1)
    ]


def cover(content: str, cited: Iterable[Span], set_aside: Iterable[Span]) -> Coverage:
    """Compare a text with the spans that claims cite and those set aside with a reason; the first count first."""
    cited, set_aside = list(cited), list(set_aside)
    all_ = sentences(content)
    by_claim = {sentence for sentence in all_ if any(sentence.meets(span) for span in cited)}
    by_reason = {sentence for sentence in all_ if any(sentence.meets(span) for span in set_aside)} - by_claim
    held = {position for span in (*cited, *set_aside) for position in range(span.start, min(span.end, len(content)))}
    letters = [position for position, character in enumerate(content) if character.isalpha()]
    return Coverage(
        sentences=len(all_),
        cited=len(by_claim),
        set_aside=len(by_reason),
        uncovered=tuple(sentence for sentence in all_ if sentence not in by_claim | by_reason),
        letters=sum(position in held for position in letters) / len(letters) if letters else 1.0,
    )


def ends_of(content: str, span: Span) -> str:
    """The first and the last word of a span, to find it by, without copying it."""
    words = re.findall(r"\w+", content[span.start : span.end])
    return f"{words[0]} … {words[-1]}" if len(words) > 1 else "".join(words)
