"""A node that the graph has, as a filled-in form; and what the form comes to, put in its place in the node's file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pyoxigraph as ox

from kg.drafting.entries import DEEPEST, MOST_VALUES, Described, Entry, clean
from kg.drafting.forms import LANG_STRING, Field, Forms
from kg.drafting.kinds import Kinds
from kg.drafting.layout import Layout
from kg.drafting.options import Options
from kg.drafting.showing import Showing
from kg.drafting.values import TYPE, literal
from kg.errors import SettingError
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.rdf import ID, shorten
from kg.reading.comments import layout
from kg.reading.document import Document
from kg.reading.turtle import read
from kg.turtle import serialize


@dataclass
class Standing:
    """A node as it stands in a file: as a form is filled in with it, the IRIs of what is described there by their local
    names, and what is said of these that no form shows, which stays as it is."""

    node: Described
    kept: dict[str, str] = field(default_factory=dict)
    carried: list[ox.Triple] = field(default_factory=list)

    @property
    def iris(self) -> frozenset[str]:
        """The nodes that the form describes."""
        return frozenset(self.kept.values())


class Correcting:
    """Fills forms with what is there already."""

    def __init__(
        self, forms: Forms, state: State, options: Options, showing: Showing, layout: Layout, kinds: Kinds
    ) -> None:
        self._forms, self._state, self._options = forms, state, options
        self._showing, self._layout, self._kinds = showing, layout, kinds

    def standing(self, iri: str, triples: Iterable[ox.Triple]) -> Standing | None:
        """A node of a file, which states these triples; None if no form can hold it."""
        about: dict[str, list[ox.Triple]] = {}
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode):
                about.setdefault(triple.subject.value, []).append(triple)
        class_ = self._class_of(about.get(iri, ()))
        if class_ is None or any(isinstance(one.object, ox.BlankNode) for one in about[iri]):
            return None
        standing = Standing(Described(shorten(class_)))
        self._fill(standing.node, iri, class_, about, standing, 0)
        return standing

    def _class_of(self, stated: Sequence[ox.Triple]) -> str | None:
        """The narrowest class of a node that there is a form of."""
        types = [one.object.value for one in stated if one.predicate == TYPE]
        known = sorted(one for one in types if self._kinds.is_offered(one))
        return max(known, key=lambda one: len(self._forms.hierarchy.above(one)), default=None)

    def _fill(
        self, node: Described, iri: str, class_: str, about: dict[str, list[ox.Triple]], standing: Standing, depth: int
    ) -> None:
        node.name = iri.rpartition("/")[2]
        standing.kept[node.name] = iri
        # English before Italian, and in the order of the file else.
        for triple in sorted(about[iri], key=lambda one: getattr(one.object, "language", None) or ""):
            if triple.predicate == TYPE and triple.object.value == class_:
                continue
            one = self._showing.field(class_, shorten(triple.predicate.value))
            entries = node.values.setdefault(one.name, []) if one else []
            inner = self._inner(one, triple, about, standing, depth) if one else None
            if inner:
                described = Described(shorten(inner))
                entries.append(Entry(node=described))
                self._fill(described, triple.object.value, inner, about, standing, depth + 1)
            elif one is None or not self._put(one, triple.object, entries):
                standing.carried.append(triple)

    def _inner(
        self, one: Field, triple: ox.Triple, about: dict[str, list[ox.Triple]], standing: Standing, depth: int
    ) -> str | None:
        """The class of a value that is shown in place: what forms open, of the same file, and only this points to."""
        value = getattr(triple.object, "value", "")
        if one.is_literal or value not in about or not self._layout.of(one.iri).opens or depth >= DEEPEST - 1:
            return None
        others = (other.subject for other in self._state.triples(None, None, triple.object))
        alone = all(other == triple.subject for other in others)
        free = value.startswith(ID) and value.rpartition("/")[2] not in standing.kept
        return self._class_of(about[value]) if alone and free else None

    def _put(self, one: Field, value: object, entries: list[Entry]) -> bool:
        """Write a value into the field as it would be typed; False if it cannot be, or would come out otherwise."""
        if isinstance(value, ox.NamedNode) and not one.is_literal:
            text, language = shorten(value.value), ""
            good = self._options.meant(one, text) == value.value
        elif isinstance(value, ox.Literal) and one.is_literal:
            text, language = value.value, value.language or ""
            good = text == clean(text).strip() and _is(one, value)
        else:
            return False
        room = next((entry for entry in entries if language and not entry.node and language not in entry.texts), None)
        if not good or room is None and len(entries) >= MOST_VALUES:
            return False
        if room is None:
            entries.append(room := Entry())
        room.texts[language] = text
        return True


def _is(one: Field, value: ox.Literal) -> bool:
    """True if a literal comes out of a field as it is, in a language that the field is shown in."""
    spoken = one.languages or (LANGUAGES if one.datatype == LANG_STRING else ())
    if bool(spoken) != bool(value.language) or value.language and value.language not in spoken:
        return False
    try:
        return literal(one, value.value, value.language or "") == value
    except SettingError:
        return False


@dataclass(frozen=True)
class Correction:
    """What a correction comes to: the blocks as they would be, with their comments, those they replace by first and
    last line, and the text of the whole file."""

    blocks: str
    lines: tuple[tuple[int, int], ...]
    text: str


def corrected(document: Document, iris: Iterable[str], triples: Sequence[ox.Triple], path: str) -> Correction:
    """A file in which nodes are described by other triples; in the canonical layout, with its comments.

    Raises SourceError if a comment would be lost.
    """
    replaced = {ox.NamedNode(iri) for iri in iris}
    spans = list(_blocks(document, replaced))
    lines = tuple((document.place(start)[0], document.place(end)[0]) for start, end in spans)
    others = (stated.triple for stated in document.triples if stated.triple.subject not in replaced)
    # A comment stays with what it stood at, also where that is said in another way now.
    text = layout(document.text, [*others, *triples], path, document)
    if document.tokens.comments:
        written, now = read(text), {triple.subject for triple in triples}
        blocks = "\n\n".join(_lines(text, *span) for span in _blocks(written, now)) + "\n"
    else:
        blocks = serialize(triples).partition("\n\n")[2]
    return Correction(blocks, lines, text)


def _lines(text: str, start: int, end: int) -> str:
    """The whole lines of a piece of a text: behind its end a comment may stand."""
    last = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : last if last >= 0 else None]


def _blocks(document: Document, subjects: Container[object]) -> Iterator[tuple[int, int]]:
    """Where the statements about some nodes begin and end, with their full stop."""
    tokens = document.tokens
    for subject, group in groupby(document.triples, key=lambda stated: stated.triple.subject):
        if subject in subjects:
            stated = list(group)
            at = bisect_left(tokens.starts, stated[-1].object.end)
            while tokens.kinds[at] != ".":
                at += 1
            yield stated[0].subject.start, tokens.ends[at]
