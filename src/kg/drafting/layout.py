"""The order and the groups of forms, as the shapes graph gives them without constraining anything (SHACL, 2.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.gate.shapes import RDFS, SH, ShapesGraph, Term

_LAST = 10_000


@dataclass(frozen=True)
class Group:
    """A group of fields (``sh:PropertyGroup``): where it stands, and its labels by language."""

    order: int = _LAST
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a field stands in a form: its group, its order there; its name and what is said of it, by language.

    ``opens`` is the class of the node that is described in place, if one usually is.
    """

    group: Group = Group()
    order: int = _LAST
    names: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    opens: str | None = None


class Layout:
    """The places of properties: those of the property shapes with ``sh:group``."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes
        self._places = {
            path.value: self._place(node)
            for node in shapes.shapes
            if shapes.objects(node, SH + "group")
            for path in shapes.objects(node, SH + "path")
            if isinstance(path, ox.NamedNode)
        }

    def has(self, property_: str) -> bool:
        """True if a place is given to a property."""
        return property_ in self._places

    def of(self, property_: str) -> Place:
        """The place of a property; after all others if none is given."""
        return self._places.get(property_, Place())

    def _place(self, node: Term) -> Place:
        group = self._shapes.objects(node, SH + "group")[0]
        targets = (
            target.value
            for shape in self._shapes.objects(node, RDFS + "seeAlso")
            for target in self._shapes.objects(shape, SH + "targetClass")
        )
        return Place(
            Group(self._order(group), self._texts(group, RDFS + "label")),
            self._order(node),
            self._texts(node, SH + "name"),
            self._texts(node, SH + "description"),
            next(targets, None),
        )

    def _order(self, node: Term) -> int:
        found = self._shapes.objects(node, SH + "order")
        return int(found[0].value) if found else _LAST

    def _texts(self, node: Term, predicate: str) -> dict[str, str]:
        found = self._shapes.objects(node, predicate)
        return {one.language or "": one.value for one in found if isinstance(one, ox.Literal)}
