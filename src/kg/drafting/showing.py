"""A form as it is shown: its groups and fields, their choices and what is filled in, in plain values for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pyoxigraph as ox

from kg.drafting.entries import DEEPEST, MOST_VALUES, Described, Entry, joined
from kg.drafting.filling import Filled, Filler, takes_dates
from kg.drafting.forms import LANG_STRING, Field, Form, Forms
from kg.drafting.kinds import Kinds
from kg.drafting.layout import Layout
from kg.drafting.options import MOST, Options, belongs, by_name, told
from kg.drafting.values import iri_of
from kg.gate.state import State
from kg.model import LANGUAGES
from kg.passages import END, PARAGRAPH, SHA256, SOURCE, START
from kg.rdf import PREFIXES, shorten

Shown = dict[str, object]

#: So many choices make a list to pick from; more are searched, with up to so many that a browser may complete.
_LISTED, _COMPLETED = 60, 150
_DEFINITION = ox.NamedNode(PREFIXES["skos"] + "definition")
#: A node with all of these is a passage of a text, which can be marked instead of counted.
_PASSAGE = frozenset({PARAGRAPH, SHA256, SOURCE, START, END})
_XSD = PREFIXES["xsd"]
_INPUTS = {_XSD + "integer": "numeric", _XSD + "decimal": "decimal", _XSD + "anyURI": "url"}


class Showing:
    """Shows forms over a state of the graph."""

    def __init__(
        self, forms: Forms, layout: Layout, state: State, options: Options, filler: Filler, kinds: Kinds
    ) -> None:
        self._forms, self._layout, self._state, self._options = forms, layout, state, options
        self._filler, self._kinds = filler, kinds

    def begin(self, node: Described, depth: int = 0) -> None:
        """Open in a new form what usually is described in place."""
        for field in self._fields(self._forms.of(self._filler.class_of(node))):
            opened = self._layout.of(field.iri).opens
            if opened and field.least and field.name not in node.values and depth < DEEPEST - 1:
                inner = Described(shorten(opened))
                node.values[field.name] = [Entry(node=inner)]
                self.begin(inner, depth + 1)

    def node(self, node: Described, filled: Filled, language: str, address: str = "") -> Shown:
        """A node as a part of a form, with those described in it."""
        class_ = self._filler.class_of(node)
        form = self._forms.of(class_)
        groups: dict[tuple[int, str], list[Shown]] = {}
        for field in self._fields(form):
            place = self._layout.of(field.iri)
            key = (place.group.order, told(dict(place.group.labels), language))
            groups.setdefault(key, []).append(self._field(field, node, filled, language, address))
        iri = filled.iri(address)
        return {
            "address": address,
            "kind": asdict(self._kinds.kind(class_, language)),
            "name": node.name,
            "iri": iri,
            "proposed": iri.rpartition("/")[2],
            "passage": form.fields.keys() >= _PASSAGE,
            "groups": [{"label": label, "fields": fields} for (_, label), fields in groups.items()],
            "one_of": [[shorten(name) for name in names] for names in form.one_of],
        }

    def field(self, class_: str, name: str) -> Field | None:
        """The field of a form by the prefixed name of its property."""
        return next((one for one in self._fields(self._forms.of(class_)) if one.name == name), None)

    def _fields(self, form: Form) -> list[Field]:
        """The fields in their order: those that a shape or the layout speaks of. Others follow from what is stated."""
        spoken = [one for one in form.fields.values() if one.messages is not None or self._layout.has(one.iri)]

        def place(one: Field) -> tuple[int, int, str]:
            found = self._layout.of(one.iri)
            return found.group.order, found.order, one.name

        return sorted(spoken, key=place)

    def _field(self, field: Field, node: Described, filled: Filled, language: str, address: str) -> Shown:
        entries = node.values.get(field.name) or [Entry()]
        at = joined(address, field.name)
        place = self._layout.of(field.iri)
        label = told(dict(place.names), language) or told(dict(field.labels or {}), language) or field.name
        about = told(dict(place.about), language) or told(self._texts(field.iri), language)
        most = min(MOST_VALUES, field.most or MOST_VALUES)
        # A text in each language is one value to who writes it.
        languages = self._languages(field)
        most = 1 if field.languages else most
        shown: Shown = {
            "address": at, "name": field.name, "label": label, "about": about,
            "required": bool(field.least), "most": most, "more": len(entries) < most,
            "languages": languages, "longest": field.longest,
            "input": _INPUTS.get(field.datatype or "", "text"),
            "datatype": (field.datatype or "").replace("#", "/").rpartition("/")[2],
            "kinds": self._openable(field, language) if address.count("/") < DEEPEST else [],
            "filled": any(not entry.is_blank for entry in entries),
            "rows": [
                self._row(entry, field, filled, language, f"{at}.{number}") for number, entry in enumerate(entries)
            ],
        }  # fmt: skip
        return shown | self._how(field, languages, language, self._document(node))

    def _document(self, node: Described) -> str:
        """The local name of the document that a node is of; empty where none is chosen."""
        entries = node.values.get(shorten(SOURCE), ())
        typed = next((entry.texts.get("", "").strip() for entry in entries if not entry.node), "")
        one = self.field(self._filler.class_of(node), shorten(SOURCE)) if typed else None
        return (one and self._options.meant(one, typed) or "").rpartition("/")[2]

    def _how(self, field: Field, languages: list[str], language: str, stem: str) -> Shown:
        """How a field is filled in, with its choices: first those that belong to the document with this local name."""
        if languages:
            return {"how": "texts"}
        if field.datatype == _XSD + "boolean":
            return {"how": "flag"}
        if field.is_literal:
            return {"how": "text"}
        if takes_dates(field):
            return {"how": "date", "count": self._options.count(field)}
        count = self._options.count(field)
        listed = self._options.all(field) if 0 < count <= _COMPLETED else ()
        ordered = sorted(listed, key=lambda one: by_name(one, language))
        ordered.sort(key=lambda one: not (stem and belongs(one.iri, stem)))
        choices = [[shorten(one.iri), told(one, language)] for one in ordered]
        how = "select" if 0 < count <= _LISTED else "pick"
        return {"how": how, "count": count if count <= MOST else 0, "choices": choices}

    def _row(self, entry: Entry, field: Field, filled: Filled, language: str, at: str) -> Shown:
        texts = dict(entry.texts)
        if not field.is_literal and not entry.node:
            typed = texts.get("", "").strip()
            iri = self._options.meant(field, typed) if typed else None
            if iri:
                texts[""] = shorten(iri)
                label = self._options.label(iri, language)
                texts["label"] = f"{label} ({shorten(iri)})" if label else shorten(iri)
        inner = self.node(entry.node, filled, language, at) if entry.node else None
        return {"address": at, "texts": texts, "node": inner}

    def _languages(self, field: Field) -> list[str]:
        """The languages of a text: those the shapes list, else all in which people are spoken to; none for others."""
        if field.languages:
            return list(field.languages)
        return list(LANGUAGES) if field.datatype == LANG_STRING else []

    def _openable(self, field: Field, language: str) -> list[list[str]]:
        """Name and label of each class of which a new node can be described in place.

        A vocabulary, whose values belong to a scheme, does not grow by the way.
        """
        if field.is_literal or field.having or field.values or not field.classes:
            return []
        fitting = frozenset.intersection(*(
            frozenset().union(*map(self._forms.hierarchy.below, options)) for options in field.classes
        ))
        kinds = [(class_, told(self._forms.labels(class_), language)) for class_ in fitting if self._can_be(class_)]
        first = self._layout.of(field.iri).opens
        kinds.sort(key=lambda one: (one[0] != first, one[1].casefold()))
        return [[shorten(class_), label] for class_, label in kinds if label]

    def _can_be(self, class_: str) -> bool:
        return iri_of(shorten(class_)) == class_ and self._kinds.is_offered(class_)

    def _texts(self, property_: str) -> dict[str, str]:
        found: Iterator[object] = self._state.objects(ox.NamedNode(property_), _DEFINITION)
        return {one.language or "": one.value for one in found if isinstance(one, ox.Literal)}


def addresses(node: Shown) -> Iterator[str]:
    """The addresses of a node as it is shown: of itself, of its fields and values, and of the nodes in it."""
    yield str(node["address"])
    for group in node["groups"]:
        for field in group["fields"]:
            yield field["address"]
            for row in field["rows"]:
                yield row["address"]
                if row["node"]:
                    yield from addresses(row["node"])
