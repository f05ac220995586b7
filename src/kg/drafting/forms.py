"""What the shapes ask of a node of a class, property by property: the fields of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.gate.hierarchy import Hierarchy
from kg.gate.shapes import OWL, RDF, RDFS, SH, Node, ShapesGraph
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.rdf import PREFIXES, shorten

LANG_STRING = RDF + "langString"
_TYPE, _LABEL = ox.NamedNode(RDF + "type"), ox.NamedNode(RDFS + "label")
_LITERALS = (PREFIXES["xsd"], PREFIXES["edtf"], LANG_STRING, RDFS + "Literal")
_NOTE = PREFIXES["skos"] + "editorialNote"


@dataclass(frozen=True)
class Field:
    """A property of a form: how many values it has at least and at most, and what they must be.

    A value is a node that is of one class of each of ``classes`` and has each of ``having`` (predicate and value), or,
    if ``datatype`` is set, a literal; in each of ``languages`` if there are any. ``values`` is all that is allowed,
    where that is listed. ``messages`` is what the shape that asks for it says.
    """

    iri: str
    least: int = 0
    most: int | None = None
    classes: tuple[frozenset[str], ...] = ()
    having: tuple[tuple[ox.NamedNode, ox.NamedNode], ...] = ()
    datatype: str | None = None
    languages: tuple[str, ...] = ()
    longest: int | None = None
    values: tuple[object, ...] = ()
    messages: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The prefixed name of the property."""
        return shorten(self.iri)

    @property
    def is_literal(self) -> bool:
        """True if its values are literals, not nodes."""
        return bool(self.datatype or self.languages)


@dataclass(frozen=True)
class Form:
    """The fields of a class by property, those that are required first; and the sets of properties of which a node has
    at least one."""

    class_: str
    fields: Mapping[str, Field]
    one_of: tuple[tuple[str, ...], ...]

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that need a value."""
        return tuple(one for one in self.fields.values() if one.least)


class Forms:
    """The forms of the classes of an ontology, read from shapes and state when they are asked for."""

    def __init__(self, shapes: ShapesGraph, state: State) -> None:
        self._shapes, self._state = shapes, state
        self.hierarchy = Hierarchy(state)
        self._read: dict[str, Form] = {}
        self._used: dict[str, list[Node]] | None = None

    def of(self, class_: str) -> Form:
        """The form of a class: by the shapes that target it, a class above it, or whatever has the property."""
        if class_ not in self._read:
            self._read[class_] = self._form(class_)
        return self._read[class_]

    def _form(self, class_: str) -> Form:
        above = self.hierarchy.above(class_)
        fields: dict[str, Field] = {}
        one_of: list[tuple[str, ...]] = []
        for shape in self._targeting(above):
            for part in self._shapes.properties(shape):
                path = next(iter(self._shapes.objects(part, SH + "path")), None)
                if self._shapes.deactivated(part) or path is None:
                    continue
                if isinstance(path, ox.NamedNode):
                    fields[path.value] = self._merged(fields.get(path.value) or self._field(path.value), part)
                    continue
                for names in self._alternatives(path):
                    one_of += [names] if self._number(part, "minCount") else []
                    for name in names:
                        field = fields.get(name) or self._field(name)
                        fields[name] = replace(self._merged(field, part), least=field.least, most=field.most)
        for name in self._of_domain(above):
            fields.setdefault(name, self._field(name))
        for name, field in list(fields.items()):
            for part in self._on_use(name):
                fields[name] = field = self._merged(field, part)
            if field.most == 0:
                del fields[name]
        order = sorted(fields.values(), key=lambda one: (not one.least, one.is_literal, one.name))
        return Form(class_, {one.iri: one for one in order}, tuple(one_of))

    def labels(self, iri: str) -> dict[str, str]:
        """The labels of a term of the ontology by language."""
        found = self._state.objects(ox.NamedNode(iri), _LABEL)
        return {one.language or "": one.value for one in found if isinstance(one, ox.Literal)}

    def _targeting(self, classes: frozenset[str]) -> Iterator[Node]:
        for root in self._shapes.roots:
            if self._shapes.deactivated(root):
                continue
            targets = self._shapes.targets(root)
            if any(how == SH + "targetClass" and getattr(what, "value", "") in classes for how, what in targets):
                yield root

    def _on_use(self, property_: str) -> list[Node]:
        """The property shapes, on a property, of the shapes that target whatever has it."""
        if self._used is None:
            self._used = {}
            for root in self._shapes.roots:
                on = {what for how, what in self._shapes.targets(root) if how == SH + "targetSubjectsOf"}
                for part in self._shapes.properties(root) if on else ():
                    path = self._shapes.objects(part, SH + "path")
                    if len(path) == 1 and path[0] in on:
                        self._used.setdefault(path[0].value, []).append(part)
        return self._used.get(property_, [])

    def _field(self, property_: str) -> Field:
        """A property as the ontology has it: its label, and the classes or the datatype of its range."""
        ranges = self.hierarchy.ranges(property_)
        literal = next((one for one in sorted(ranges) if one.startswith(_LITERALS)), None)
        is_text = OWL + "DatatypeProperty" in self.hierarchy.stated_types(property_)
        classes = () if literal else tuple(frozenset({one}) for one in sorted(ranges))
        datatype = LANG_STRING if property_ == _NOTE else literal or (PREFIXES["xsd"] + "string" if is_text else None)
        return Field(property_, classes=classes, datatype=datatype, labels=self.labels(property_))

    def _merged(self, field: Field, part: Node) -> Field:
        """A field with what one more property shape asks of it."""
        shapes = self._shapes
        classes = [frozenset({one.value}) for one in shapes.objects(part, SH + "class")]
        for head in shapes.objects(part, SH + "or"):
            options = [shapes.objects(member, SH + "class") for member in shapes.members(head)]
            if all(options):
                classes.append(frozenset(one.value for option in options for one in option))
        having = [
            (path, value)
            for node in shapes.objects(part, SH + "node")
            for inner in shapes.properties(node)
            for path in shapes.objects(inner, SH + "path")
            for value in shapes.objects(inner, SH + "hasValue")
            if isinstance(path, ox.NamedNode)
        ]
        heads = shapes.objects(part, SH + "languageIn")
        # What is said once in each language is said in those in which people are spoken to, if none are listed.
        once = LANGUAGES if any(one.value == "true" for one in shapes.objects(part, SH + "uniqueLang")) else ()
        most = self._number(part, "maxCount")
        least = max(field.least, self._number(part, "minCount") or 0)
        fixed = shapes.objects(part, SH + "hasValue")
        listed = [member for head in shapes.objects(part, SH + "in") for member in shapes.members(head)]
        asks = least > field.least or field.messages is None
        return replace(
            field,
            least=max(least, len(fixed)),
            most=most if field.most is None else field.most if most is None else min(most, field.most),
            classes=(*field.classes, *classes),
            having=(*field.having, *having),
            datatype=next((one.value for one in shapes.objects(part, SH + "datatype")), field.datatype),
            languages=tuple(one.value for head in heads for one in shapes.members(head)) or field.languages or once,
            longest=self._number(part, "maxLength") or field.longest,
            values=tuple(fixed or listed) or field.values,
            messages={one.language or "": one.value for one in shapes.messages(part)} if asks else field.messages,
        )

    def _number(self, part: Node, parameter: str) -> int | None:
        values = self._shapes.objects(part, SH + parameter)
        return int(values[0].value) if values else None

    def _alternatives(self, path: Node) -> Iterator[tuple[str, ...]]:
        for head in self._shapes.objects(path, SH + "alternativePath"):
            members = self._shapes.members(head)
            if all(isinstance(one, ox.NamedNode) for one in members):
                yield tuple(one.value for one in members)

    def _of_domain(self, classes: frozenset[str]) -> list[str]:
        """The properties of the ontology that a node of these classes may have."""
        kinds = (ox.NamedNode(OWL + "ObjectProperty"), ox.NamedNode(OWL + "DatatypeProperty"))
        names = {node.value for kind in kinds for node in self._state.subjects(_TYPE, kind)}
        fitting = (name for name in names if self.hierarchy.domains(name) and self.hierarchy.domains(name) <= classes)
        return sorted({*fitting, _NOTE})
