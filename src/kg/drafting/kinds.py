"""What somebody may propose: the classes of the ontology that shapes judge, in the groups that readers think in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.drafting.forms import Forms
from kg.drafting.naming import CLAIM
from kg.drafting.options import told
from kg.drafting.values import TYPE
from kg.gate.shapes import SH, ShapesGraph
from kg.gate.state import State
from kg.rdf import PREFIXES, shorten

_CKG, _DEFINITION = PREFIXES["ckg"], ox.NamedNode(PREFIXES["skos"] + "definition")
_CLASS, _DEPRECATED = ox.NamedNode(PREFIXES["owl"] + "Class"), ox.NamedNode(PREFIXES["owl"] + "deprecated")


@dataclass(frozen=True)
class Kind:
    """A class that can be proposed: its prefixed name, its label and definition, and how many there are."""

    name: str
    label: str
    definition: str
    count: int


@dataclass(frozen=True)
class Section:
    """Kinds below one class; ``about`` is the definition of that class, and what is no kind of claim is ``other``."""

    label: str
    about: str
    kinds: tuple[Kind, ...]
    other: bool


class Kinds:
    """The kinds of things that the shapes of a graph ask something of."""

    def __init__(
        self, shapes: ShapesGraph, state: State, forms: Forms, count: Callable[[str], int] | None = None
    ) -> None:
        """``count`` tells how many nodes are of a class or of one below it, where that takes less than to go through
        them."""
        self._state, self._forms = state, forms
        self._count = count or (lambda class_: len(set(forms.hierarchy.members(class_))))
        self._counts: dict[str, int] = {}
        self._targets = {
            what.value
            for root in shapes.roots
            if not shapes.deactivated(root)
            for how, what in shapes.targets(root)
            if how == SH + "targetClass" and isinstance(what, ox.NamedNode)
        }

    def sections(self, language: str) -> list[Section]:
        """All kinds in their sections: those of claims first, then the larger before the smaller."""
        found: dict[str, list[Kind]] = {}
        for class_ in self._offered:
            found.setdefault(self._head(class_), []).append(self.kind(class_, language))
        alone = [head for head, kinds in found.items() if len(kinds) == 1]
        rest = sorted((kind for head in alone for kind in found.pop(head)), key=lambda one: one.label)
        sections = [
            Section(
                told(self._forms.labels(head), language),
                self._definition(head, language),
                tuple(sorted(kinds, key=lambda one: one.label)),
                CLAIM not in self._forms.hierarchy.above(head),
            )
            for head, kinds in found.items()
        ]
        sections.sort(key=lambda one: (one.other, -sum(kind.count for kind in one.kinds)))
        return [*sections, *([Section("", "", tuple(rest), True)] if rest else [])]

    def kind(self, class_: str, language: str) -> Kind:
        """A class as a kind."""
        label = told(self._forms.labels(class_), language)
        return Kind(shorten(class_), label, self._definition(class_, language), self.count(class_))

    def count(self, class_: str) -> int:
        """How many nodes are of a class or of one below it."""
        if class_ not in self._counts:
            self._counts[class_] = self._count(class_)
        return self._counts[class_]

    def is_offered(self, class_: str) -> bool:
        """True if a class can be proposed."""
        return class_ in self._offered

    @cached_property
    def _offered(self) -> list[str]:
        """The classes of the ontology that a shape judges and that nodes are of directly, by name."""
        stated = (triple.subject for triple in self._state.triples(None, TYPE, _CLASS))
        named = (node.value for node in stated if isinstance(node, ox.NamedNode))
        return sorted(
            class_
            for class_ in named
            if class_.startswith(_CKG)
            and self._forms.hierarchy.above(class_) & self._targets
            and not self._is_abstract(class_)
            and self._state.first(ox.NamedNode(class_), _DEPRECATED) is None
        )

    def _is_abstract(self, class_: str) -> bool:
        """True if there are narrower classes, and nothing is of this one alone."""
        narrower = len(self._forms.hierarchy.below(class_)) > 1
        return narrower and self._state.first(None, TYPE, ox.NamedNode(class_)) is None

    def _head(self, class_: str) -> str:
        """The class that a section is named after: the highest but for that of all claims."""
        hierarchy = self._forms.hierarchy
        above = sorted(one for one in hierarchy.above(class_) if one.startswith(_CKG) and one != CLAIM)
        return min(above, key=lambda one: len(hierarchy.above(one)), default=class_)

    def _definition(self, class_: str, language: str) -> str:
        found = self._state.objects(ox.NamedNode(class_), _DEFINITION)
        return told({one.language or "": one.value for one in found if isinstance(one, ox.Literal)}, language)
