"""From the words of a passage to its evidence: where they stand in the text, once and nowhere else.

What is told of a text is places, and words that the asker gave; never more of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import reduce

import pyoxigraph as ox

from kg.errors import PassageError
from kg.passages import (
    END,
    EVIDENCE,
    PARAGRAPH,
    SHA256,
    SOURCE,
    START,
    TYPE,
    UNCITED,
    Node,
    Span,
    paragraphs,
    sha256,
    span_of,
)
from kg.rdf import FAMILIES, ID, PREFIXES

ATTRIBUTION, DIRECT = PREFIXES["ckg"] + "attribution", PREFIXES["ckg"] + "directSpeech"
STEP, ATTRIBUTED = PREFIXES["ckg"] + "AttributionStep", PREFIXES["ckg"] + "attributedTo"
PASSED_ON = PREFIXES["ckg"] + "passedOnIn"
LONGEST = 5_000
_QUOTES = {**dict.fromkeys("‘’‚‛′ʼ`´", "'"), **dict.fromkeys("“”„‟″«»", '"')}
_FILLING = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
#: What was passed over to find a passage, in the order in which it is told.
TOLERATED = {
    "quotes": "the form of quotation marks and apostrophes",
    "spaces": "the number and kind of spaces",
    "letters": "how accented letters are composed",
}


@dataclass(frozen=True)
class Cited:
    """A passage found: where, the SHA-256 of its text, what was passed over to find it, and whether it cuts a word."""

    span: Span
    digest: str
    tolerated: tuple[str, ...] = ()
    cuts: bool = False


def find(content: str, passage: str) -> Cited:
    """The one place of a passage in a text, within one paragraph; offsets in code points.

    Exactly as given first; else whatever the form of quotation marks, spaces and accents is. Raises PassageError if it
    stands nowhere, or more than once.
    """
    words = passage.strip()
    if not any(one.isalnum() for one in words):
        raise PassageError("The passage has no words.", remedy="Give it as it stands in the text, in quotation marks.")
    if len(words) > LONGEST:
        raise PassageError(
            f"The passage has more than {LONGEST} characters.", remedy="Cite a sentence or a part of one."
        )
    lines = paragraphs(content)
    exact = [Span(line.paragraph, at, at + len(words)) for line in lines for at in _all(content, words, line)]
    found = exact or _tolerant(content, words, lines)
    if len(found) > 1:
        places = f"The passage stands {len(found)} times in the text: {_places(found)}."
        raise PassageError(places, remedy="Give a longer one.")
    if not found:
        message, remedy = _nowhere(content, words, lines)
        raise PassageError(message, remedy=remedy)
    span = found[0]
    text = content[span.start : span.end]
    edges = (content[span.start - 1 : span.start + 1] if span.start else "", content[span.end - 1 : span.end + 1])
    cuts = any(len(edge) == 2 and edge.isalnum() for edge in edges)
    return Cited(span, sha256(text), _differing(words, text), cuts)


def _all(content: str, words: str, line: Span) -> list[int]:
    """Every place at which the words begin within a paragraph, also where two overlap."""
    found, at = [], content.find(words, line.start, line.end)
    while at >= 0:
        found.append(at)
        at = content.find(words, at + 1, line.end)
    return found


def _tolerant(content: str, words: str, lines: Iterable[Span]) -> list[Span]:
    """The places of the words whatever the form of quotation marks, spaces and accents."""
    wanted = "".join(one for one, _ in plain(words)).strip()
    found = []
    for line in lines:
        pieces = plain(content[line.start : line.end])
        text, starts = "".join(one for one, _ in pieces), [at for one, at in pieces for _ in one]
        starts.append(line.end - line.start)
        for at in _all(text, wanted, Span(0, 0, len(text))):
            # A letter is found whole: with the marks that the text has apart from it.
            if at and starts[at] == starts[at - 1] or starts[at + len(wanted)] == starts[at + len(wanted) - 1]:
                continue
            start, end = starts[at], starts[at + len(wanted)]
            last = content[line.start + start : line.start + end].rstrip()
            found.append(Span(line.paragraph, line.start + start, line.start + start + len(last)))
    return found


def plain(text: str) -> list[tuple[str, int]]:
    """The text in one form of quotation marks, spaces and letters: each piece, and where it begins in the text."""
    found: list[tuple[str, int]] = []
    for match in re.finditer(r"\s+|.[\u0300-\u036f]*", text, re.DOTALL):
        piece = match.group()
        if piece.isspace():
            if found and found[-1][0] != " ":
                found.append((" ", match.start()))
        elif piece not in _FILLING:
            found.append((unicodedata.normalize("NFC", _QUOTES.get(piece, piece)), match.start()))
    return found


def _differing(words: str, text: str) -> tuple[str, ...]:
    """What has to be passed over for the words given to be those of the text."""
    forms = {
        "quotes": lambda one: "".join(_QUOTES.get(each, each) for each in one),
        "spaces": lambda one: re.sub(r"\s+", " ", "".join(each for each in one if each not in _FILLING)),
        "letters": lambda one: unicodedata.normalize("NFC", one),
    }

    def but(key: str, one: str) -> str:
        return reduce(lambda text, name: forms[name](text), (name for name in forms if name != key), one)

    return tuple(key for key in TOLERATED if but(key, words) != but(key, text))


def _places(spans: Sequence[Span]) -> str:
    told = [f"paragraph {span.paragraph} at {span.start}–{span.end}" for span in spans[:8]]
    return ", ".join(told) + (f" and {len(spans) - 8} more" if len(spans) > 8 else "")


def _nowhere(content: str, words: str, lines: Sequence[Span]) -> tuple[str, str]:
    """That the passage does not stand in the text, with the longest part of it that does: words of the asker's only."""
    asked = [_bare(one) for one in _WORD.findall(words)]
    written = [(match, line.paragraph) for line in lines for match in _WORD.finditer(content, line.start, line.end)]
    matcher = SequenceMatcher(None, [_bare(match.group()) for match, _ in written], asked, autojunk=False)
    best = matcher.find_longest_match()
    if best.size < 2:
        return "The passage does not stand in the text, nor does any part of it.", "Is it of another source?"
    run = written[best.a : best.a + best.size]
    start, end, first, last = run[0][0].start(), run[-1][0].end(), run[0][1], run[-1][1]
    if best.size == len(asked):
        place = f"paragraph {first} at {start}–{end}" if first == last else f"paragraphs {first} to {last}"
        reason = "in another writing" if first == last else "across paragraphs"
        remedy = "Copy it from the text." if first == last else "Cite what stands in each paragraph by itself."
        return f"The words of the passage stand in {place}, but {reason}.", remedy
    told = " ".join(_WORD.findall(words)[best.b : best.b + best.size][:3])
    where = f"paragraph {first}, {start}–{end}"
    return (
        f"The passage does not stand in the text; nearest are {best.size} of its {len(asked)} words, "
        f"from “{told}” on: {where}.",
        "Compare it with the text there.",
    )


def _bare(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def steps_of(document: str, nodes: Iterable[Node]) -> list[Node]:
    """The attribution steps that end in a document, its own step first."""
    by_iri = {node.iri: node for node in nodes if node.is_a(STEP)}

    def root(node: Node) -> str | None:
        seen: set[str] = set()
        while node.one(PASSED_ON) in by_iri and node.iri not in seen:
            seen.add(node.iri)
            node = by_iri[node.one(PASSED_ON) or ""]
        return node.one(ATTRIBUTED)

    found = [node for node in by_iri.values() if root(node) == document]
    return sorted(found, key=lambda node: (PASSED_ON in node.values, node.iri))


def standing(document: str, span: Span, nodes: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """The evidence of exactly this span, and the passages over it that are set aside as carrying no claim."""
    here = [node for node in nodes if node.one(SOURCE) == document and span_of(node)]
    same = [node for node in here if node.is_a(EVIDENCE) and span_of(node) == span]
    return same, [node for node in here if node.is_a(UNCITED) and span.meets(span_of(node) or span)]


def evidence_name(document: str, span: Span, taken: Iterable[str]) -> str:
    """An IRI for new evidence: the document's name, the paragraph, and the next number there."""
    stem = f"{ID}{FAMILIES['evidence']}{document.rpartition('/')[2]}-p{span.paragraph}-"
    numbers = [re.match(r"\d+", iri.removeprefix(stem)) for iri in taken if iri.startswith(stem)]
    return f"{stem}{max((int(match.group()) for match in numbers if match), default=0) + 1}"


def evidence(iri: str, document: str, cited: Cited, step: str, *, direct: bool = False) -> list[ox.Triple]:
    """The triples of the evidence of a passage; ``direct`` marks it as direct speech."""
    span = cited.span
    values: dict[str, object] = {
        TYPE: ox.NamedNode(EVIDENCE),
        ATTRIBUTION: ox.NamedNode(step),
        PARAGRAPH: ox.Literal(span.paragraph),
        SHA256: ox.Literal(cited.digest),
        SOURCE: ox.NamedNode(document),
        START: ox.Literal(span.start),
        END: ox.Literal(span.end),
    }
    if direct:
        values[DIRECT] = ox.Literal(True)
    return [ox.Triple(ox.NamedNode(iri), ox.NamedNode(name), value) for name, value in values.items()]
