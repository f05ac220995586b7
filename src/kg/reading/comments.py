"""The canonical layout of a Turtle text that has comments: each stays with what it stood at.

A comment at the end of a line stays at the end of the line of the term before it, one on a line of its own above the
line of the triple that it stood above; before a subject it stays with that subject. What stands before the first
statement, or among the prefixes, is the header; what follows the last one stays at the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import SourceError, Where
from kg.reading.document import Document, Stated
from kg.reading.likeness import colours
from kg.reading.tokens import scan
from kg.reading.turtle import read
from kg.turtle import serialize

_ROLES = ("subject", "predicate", "object")
#: What belongs to the term before it.
_MARKS = frozenset(".;,])")


@dataclass
class _Lines:
    """The comments of one line of the layout: those above it, and those that would stand at its end."""

    above: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)


def layout(text: str, triples: Iterable[ox.Triple], origin: str, document: Document | None = None) -> str:
    """A Turtle text, which states these triples, in the canonical layout with its comments.

    ``document`` is the text as it was read, for who has read it before. If it states other triples instead, a comment of
    one that is not among these stays with what else is said of the subject, or with what stands next to it.

    Raises SourceError if a comment would be lost or anything else but comments would change; no text is known that does
    that.
    """
    canonical = serialize(triples)
    document = document or read(text)
    if not document.tokens.comments:
        return canonical
    target = read(canonical)
    header, lines, footer = _placed(document, target)
    result = _written(canonical, header, lines, footer)
    _prove(text, canonical, result, origin)
    return result


def _placed(document: Document, target: Document) -> tuple[list[str], dict[int, _Lines], list[str]]:
    """Where each comment goes: to the header, to a line of the layout (from 1), or to the end."""
    header: list[str] = []
    footer: list[str] = []
    lines: dict[int, _Lines] = defaultdict(_Lines)
    anchors = _Anchors(document, target)
    for start, end in document.tokens.comments:
        comment = document.text[start:end].rstrip()
        where = anchors.of(start)
        if where == "header":
            if header and anchors.gap_before(start):
                header.append("")
            header.append(comment)
        elif where == "footer":
            footer.append(comment)
        else:
            line, behind = where
            (lines[line].behind if behind else lines[line].above).append(comment)
    return header, lines, footer


class _Anchors:
    """Finds the line of the layout that a comment belongs to."""

    def __init__(self, document: Document, target: Document) -> None:
        self._document, self._target = document, target
        self._names = _matching(document, target)
        terms = [
            (getattr(stated, role).start, number, role)
            for number, stated in enumerate(document.triples)
            for role in _ROLES
        ]
        # Of terms that begin at the same place the subject of the outermost triple is told first.
        self._terms = sorted(terms, key=lambda term: (term[0], _ROLES.index(term[2])))
        self._starts = [start for start, _, _ in self._terms]

    def of(self, offset: int) -> str | tuple[int, bool]:
        """``header``, ``footer``, or a line of the layout with True for its end and False for above it."""
        tokens = self._document.tokens
        after = bisect_left(tokens.starts, offset)
        before = bisect_left(self._starts, offset) - 1
        shares = after > 0 and not _has_line_end(self._document.text[tokens.ends[after - 1] : offset])
        if before < 0:
            follows = tokens.kinds[after] != "end" and self._starts and tokens.starts[after] == self._starts[0]
            leads = follows and not shares and not self._gap(offset, tokens.starts[after])
            return (self._line(0), False) if leads else "header"
        if shares:
            return self._line_behind(self._behind(before, offset)), True
        if tokens.kinds[after] in _MARKS:
            return self._line_behind(self._behind(before, offset)), True
        return (self._line(before + 1), False) if before + 1 < len(self._terms) else "footer"

    def gap_before(self, offset: int) -> bool:
        """True if a blank line or something else stands between a comment and the one before."""
        before = [end for start, end in self._document.tokens.comments if start < offset]
        return bool(before) and self._gap(before[-1], offset)

    def _gap(self, start: int, end: int) -> bool:
        lines = self._document.text[start:end].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return any(not line.strip() for line in lines[1:-1])

    def _behind(self, before: int, offset: int) -> int:
        """The number of the last term before a comment; one that contains it is not before it."""
        number = before
        while number > 0:
            stated, role = self._document.triples[self._terms[number][1]], self._terms[number][2]
            if role != "object" or getattr(stated, role).end <= offset:
                return number
            number -= 1
        return number

    def _line(self, number: int) -> int:
        """The line at which the layout has a term."""
        return self._found(number, at_end=False)

    def _line_behind(self, number: int) -> int:
        """The line at which the layout ends a term."""
        return self._found(number, at_end=True)

    def _found(self, number: int, at_end: bool) -> int:
        _, which, role = self._terms[number]
        stated = self._document.triples[which]
        found = self._same(stated)
        if role == "subject" and isinstance(found.triple.subject, ox.NamedNode):
            found = self._target.first(found.triple.subject) or found
        span = getattr(found, role)
        whole = at_end and role == "object" and not isinstance(found.triple.object, ox.BlankNode)
        return self._target.place(span.end - 1 if whole else span.start)[0]

    def _same(self, stated: Stated) -> Stated:
        """The triple of the layout that a triple of the text is."""
        subject, predicate, value = stated.triple
        triple = ox.Triple(self._names.get(subject, subject), predicate, self._names.get(value, value))
        found = self._target.of(triple)
        if found:
            return found[0]
        if isinstance(subject, ox.NamedNode):
            return self._near(stated)
        # Blank nodes that nothing tells apart may be matched crosswise; then the first that is alike will do.
        return next((one for one in self._target.triples if one.triple.predicate == predicate), self._target.triples[0])

    def _near(self, stated: Stated) -> Stated:
        """What the layout has in place of a triple that it has not: the same property, or the subject; else, of a subject
        that is gone, the nearest triple before it whose subject is there."""
        about = self._target.about(stated.triple.subject)
        if about:
            return next((one for one in about if one.triple.predicate == stated.triple.predicate), about[0])
        triples = self._document.triples
        for other in reversed(triples[: triples.index(stated)]):
            if there := self._target.about(other.triple.subject):
                return there[-1]
        return self._target.triples[0]


def _matching(document: Document, target: Document) -> dict[object, ox.BlankNode]:
    """Blank nodes of the text and those of the layout that they became, in their order where they are alike."""
    left, right = ([one.triple for one in each.triples] for each in (document, target))
    both = colours([*left, *right])
    by_colour: dict[int, list[ox.BlankNode]] = defaultdict(list)
    for node in _in_order(target):
        by_colour[both[node]].append(node)
    taken: Counter[int] = Counter()
    names: dict[object, ox.BlankNode] = {}
    for node in _in_order(document):
        alike = by_colour[both[node]]
        if taken[both[node]] < len(alike):
            names[node] = alike[taken[both[node]]]
            taken[both[node]] += 1
    return names


def _in_order(document: Document) -> Iterator[ox.BlankNode]:
    """The blank nodes of a document in the order of the text."""
    spans = {term: span for term, span in document.mentions.items() if isinstance(term, ox.BlankNode)}
    return iter(sorted(spans, key=lambda node: (spans[node].start, -spans[node].end)))


def _written(canonical: str, header: list[str], lines: dict[int, _Lines], footer: list[str]) -> str:
    """The layout with comments. A line has one at its end; further ones stand above it."""
    tokens = scan(canonical)
    # Within a text of several lines there is no place for a comment: it moves up to where that text begins.
    inside = _inner_lines(canonical, tokens.starts, tokens.ends)
    result: list[str] = []
    above: dict[int, list[str]] = defaultdict(list)
    behind: dict[int, str] = {}
    for number in sorted(lines):
        top = number
        while top in inside:
            top -= 1
        above[top] += lines[number].above
        last = lines[number].behind
        ends_inside = number + 1 in inside
        above[top] += last if ends_inside else last[:-1]
        if last and not ends_inside:
            behind[number] = last[-1]
    for number, line in enumerate(canonical.split("\n")[:-1], start=1):
        margin = line[: len(line) - len(line.lstrip(" "))]
        result += [margin + comment for comment in above.get(number, ())]
        result.append(f"{line} {behind[number]}" if number in behind else line)
    parts = [*header, *([""] if header and result else []), *result, *([""] if footer and result else []), *footer]
    return "".join(line + "\n" for line in parts)


def _inner_lines(text: str, starts: list[int], ends: list[int]) -> set[int]:
    """The lines, from 1, that begin inside a token."""
    inner: set[int] = set()
    line, done = 1, 0
    for start, end in zip(starts, ends, strict=True):
        line += text.count("\n", done, start)
        within = text.count("\n", start, end)
        inner.update(range(line + 1, line + within + 1))
        line, done = line + within, end
    return inner


def _prove(text: str, canonical: str, result: str, origin: str) -> None:
    """Raise SourceError unless the result has the tokens of the layout and the comments of the text."""
    one, other, given = scan(canonical), scan(result), scan(text)
    same = _tokens(canonical, one.starts, one.ends) == _tokens(result, other.starts, other.ends)
    if not same or _comments(result, other.comments) != _comments(text, given.comments):
        raise SourceError(
            "The file has a # comment for which the layout has no place.", remedy="Say it in a skos:editorialNote.",
            where=Where(origin),
        )


def _tokens(text: str, starts: list[int], ends: list[int]) -> list[str]:
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _comments(text: str, places: list[tuple[int, int]]) -> Counter[str]:
    return Counter(text[start:end].rstrip() for start, end in places)


def _has_line_end(text: str) -> bool:
    return "\n" in text or "\r" in text
