"""Passages of the texts that the graph was made from: where they are, and whether they still say the same.

Offsets count Unicode code points over the whole text decoded as UTF-8, from 0, the end exclusive. A paragraph is a
line that is not empty; they are numbered from 1.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import Where
from kg.model import Corpus
from kg.rdf import PREFIXES, shorten

_CKG, _OA = PREFIXES["ckg"], PREFIXES["oa"]
_INTEGER = PREFIXES["xsd"] + "integer"
TYPE = PREFIXES["rdf"] + "type"
DOCUMENT = _CKG + "Document"
EVIDENCE, UNCITED = _CKG + "PassageEvidence", _CKG + "UncitedPassage"
SOURCE, PARAGRAPH, SHA256 = _CKG + "source", _CKG + "paragraph", _CKG + "sha256"
CHARACTERS, PARAGRAPHS = _CKG + "characters", _CKG + "paragraphs"
START, END = _OA + "start", _OA + "end"


@dataclass(frozen=True)
class Text:
    """A source text: the name of its file and what it says."""

    name: str
    content: str
    sha256: str


@dataclass(frozen=True)
class Node:
    """A node of the graph with the values of its properties, as text, and the file that states them.

    ``integers`` are the properties whose values are all of the datatype xsd:integer.
    """

    iri: str
    file: str
    values: Mapping[str, tuple[str, ...]]
    integers: frozenset[str] = frozenset()

    def one(self, property_: str) -> str | None:
        """The value of a property if it has exactly one."""
        values = self.values.get(property_, ())
        return values[0] if len(values) == 1 else None

    def number(self, property_: str) -> int | None:
        """The value of a property if it has exactly one and that is an xsd:integer of at most nine digits."""
        value = (self.one(property_) or "") if property_ in self.integers else ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None

    def is_a(self, class_: str) -> bool:
        """True if the class is among the types stated of it."""
        return class_ in self.values.get(TYPE, ())


@dataclass(frozen=True)
class Mismatch:
    """Something the graph says of a text and the text does not bear out, and what to do about it."""

    node: str
    file: str
    what: str
    expected: str
    found: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        return (
            f"{Where(self.file, self.line)}: {shorten(self.node)}: {self.what}: the graph has {self.expected}, "
            f"found {self.found}. {self.remedy}"
        )


@dataclass(frozen=True)
class Span:
    """A part of a text, with the number of its paragraph."""

    paragraph: int
    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """True if the two have a character in common."""
        return self.start < other.end and other.start < self.end


def nodes(corpus: Corpus, *classes: str) -> list[Node]:
    """The nodes that the data states to be of one of these classes, sorted by IRI."""
    found: dict[str, Node] = {}
    for source in corpus.of_kind("data"):
        members = {
            triple.subject.value
            for triple in source.triples
            if triple.predicate.value == TYPE and getattr(triple.object, "value", "") in classes
        }
        values: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for triple in source.triples:
            if triple.subject.value in members:
                values[triple.subject.value][triple.predicate.value].append(triple.object)
        for iri in members:
            texts = {name: tuple(map(_text, each)) for name, each in values[iri].items()}
            integers = frozenset(name for name, each in values[iri].items() if all(map(_is_integer, each)))
            found[iri] = Node(iri, source.path, texts, integers)
    return [found[iri] for iri in sorted(found)]


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _is_integer(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == _INTEGER


def paragraphs(content: str) -> list[Span]:
    """The paragraphs of a text: its lines that hold more than spaces."""
    spans: list[Span] = []
    start = 0
    for line in content.split("\n"):
        if line.strip():
            spans.append(Span(len(spans) + 1, start, start + len(line)))
        start += len(line) + 1
    return spans


def sha256(text: str) -> str:
    """SHA-256, in hexadecimal, of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def match_texts(documents: Iterable[Node], texts: Iterable[Text]) -> dict[str, Text]:
    """The text of each document that has one, found by its digest: document IRI → text."""
    by_digest = {text.sha256: text for text in texts}
    return {
        document.iri: by_digest[document.one(SHA256) or ""]
        for document in documents
        if (document.one(SHA256) or "") in by_digest
    }


def check_document(document: Node, text: Text | None) -> list[Mismatch]:
    """What a document of the graph says of its text and is not so. One without a digest has no text to compare."""
    if SHA256 not in document.values:
        return []
    if text is None:
        digest = document.one(SHA256) or "several digests"
        todo = "Correct ckg:sha256, or put that text into the folder."
        return [Mismatch(document.iri, document.file, "its text", digest, "no text with this SHA-256", todo)]
    counted = {CHARACTERS: len(text.content), PARAGRAPHS: len(paragraphs(text.content))}
    return [
        Mismatch(document.iri, document.file, shorten(name), _all(document, name), str(number), f"Write {number}.")
        for name, number in counted.items()
        if document.number(name) != number
    ]


def check_passage(passage: Node, texts: Mapping[str, Text]) -> list[Mismatch]:
    """What a passage says of its text and is not so; ``texts`` is by document."""

    def mismatch(what: str, expected: str, found: str, remedy: str) -> list[Mismatch]:
        return [Mismatch(passage.iri, passage.file, what, expected, found, remedy)]

    source = passage.one(SOURCE)
    text = texts.get(source or "")
    if text is None:
        todo = "Correct ckg:source, or put the text into the folder."
        return mismatch("its source", _all(passage, SOURCE), "no text of that document", todo)
    span = span_of(passage)
    if span is None:
        wrong = next(name for name in (PARAGRAPH, START, END) if passage.number(name) is None)
        todo = "Write one number, without quotation marks."
        return mismatch(shorten(wrong), _all(passage, wrong), "that one xsd:integer is needed", todo)
    lines = paragraphs(text.content)
    if not 1 <= span.paragraph <= len(lines):
        todo = "Correct ckg:paragraph."
        return mismatch("its paragraph", str(span.paragraph), f"{len(lines)} paragraphs in {text.name}", todo)
    line = lines[span.paragraph - 1]
    if not line.start <= span.start < span.end <= line.end:
        found = f"paragraph {span.paragraph} at {line.start}–{line.end}"
        todo = "Correct oa:start, oa:end or ckg:paragraph."
        return mismatch("its place", f"{span.start}–{span.end}", found, todo)
    digest = sha256(text.content[span.start : span.end])
    if digest == passage.one(SHA256):
        return []
    todo = "Correct oa:start and oa:end; if they are right, write the digest found."
    return mismatch("its SHA-256", _all(passage, SHA256), digest, todo)


def span_of(passage: Node) -> Span | None:
    """Where a passage says it is, or None if it does not say it with one whole number for each."""
    numbers = [passage.number(name) for name in (PARAGRAPH, START, END)]
    return None if None in numbers else Span(*numbers)  # type: ignore[arg-type]


def _all(node: Node, property_: str) -> str:
    return ", ".join(node.values.get(property_, ())) or "nothing"
