"""A draft: a new node with what hangs on it, filled in value by value, each checked against its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import pyoxigraph as ox

from kg.drafting.forms import Field, Form, Forms
from kg.drafting.naming import CLAIM, EVIDENCE, SUMMARY, WORDS_OF_A_NAME, family_of
from kg.drafting.values import (
    DATE_SPAN,
    TYPE,
    Choice,
    choices,
    date,
    folded,
    free,
    is_local,
    iri_of,
    labels_of,
    literal,
    local_name,
    node,
)
from kg.errors import SettingError
from kg.gate.state import State
from kg.rdf import ID, shorten

#: Stands for the node that is written until it has its name.
UNNAMED = "urn:x-unnamed"


class Draft:
    """A node of a class that is being written, and the further nodes that it needs."""

    def __init__(self, forms: Forms, state: State, class_: str) -> None:
        self._forms, self._state = forms, state
        self._classes = {UNNAMED: class_}
        self._triples: list[ox.Triple] = []
        self._ready: list[ox.Triple] = []

    def form(self, subject: str = UNNAMED) -> Form:
        """The form of the node, or of a further one. Raises SettingError if that is not declared."""
        if subject not in self._classes:
            raise SettingError(
                f"{shorten(subject)} is no node of the draft.", remedy="Give its class first, with a=CLASS."
            )
        return self._forms.of(self._classes[subject])

    def declare(self, subject: str, class_: str) -> None:
        """Add a further node of a class. Raises SettingError if it exists already or its name is no good."""
        if self._state.describes(ox.NamedNode(subject)):
            raise SettingError(f"{shorten(subject)} exists already.", remedy="Choose another name, or point to it.")
        if not is_local(subject.rpartition("/")[2]) or not subject.startswith(ID):
            raise SettingError(
                f"{shorten(subject)} is no name for a node.", remedy="Write it as family:words-and-hyphens."
            )
        self._classes[subject] = class_

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Take in nodes that are complete, such as evidence."""
        self._ready += triples

    def field(self, text: str, subject: str = UNNAMED) -> Field:
        """The field of a property by its name, with or without prefix. Raises SettingError with the nearest names."""
        fields = self.form(subject).fields
        meant = [one for one in fields.values() if text == one.name or iri_of(text) == one.iri]
        meant = meant or [one for one in fields.values() if text == one.name.partition(":")[2]]
        if len(meant) == 1:
            return meant[0]
        names = {one.name: one for one in fields.values()}
        near = get_close_matches(text if ":" in text else f"ckg:{text}", list(names), 3)
        raise SettingError(
            f"A node of class {shorten(self._classes[subject])} has no {text}.",
            remedy=f"Did you mean {', '.join(near)}?" if near else f"It may have {', '.join(sorted(names))}.",
        )

    def choices(self, field: Field) -> list[Choice]:
        """What exists, or is declared in the draft, and fits a field."""
        own = [
            Choice(iri, self._labels(iri))
            for iri, class_ in self._classes.items()
            if iri != UNNAMED
            and not field.having
            and all(options & self._forms.hierarchy.above(class_) for options in field.classes)
        ]
        ready = [
            Choice(t.subject.value, {})
            for t in self._ready
            if t.predicate == TYPE
            and not field.having
            and all(options & self._forms.hierarchy.above(t.object.value) for options in field.classes)
        ]
        return [*own, *ready, *choices(field, self._state, self._forms.hierarchy)]

    def set(self, field: Field, text: str, language: str = "", subject: str = UNNAMED) -> ox.Triple:
        """Give a field a value, from what is typed. Raises SettingError saying what is expected."""
        if field.most is not None and len(self.values(field, subject)) >= field.most:
            raise SettingError(f"{field.name} has its value already.", remedy=f"It may have {field.most} at most.")
        value = literal(field, text, language) if field.is_literal else self._node(field, text)
        if field.values and value not in field.values:
            raise SettingError(
                f"{field.name} cannot be {text!r}.", remedy=f"It is {', '.join(map(str, field.values))}."
            )
        triple = ox.Triple(ox.NamedNode(subject), ox.NamedNode(field.iri), value)
        languages = [getattr(one, "language", None) for one in self.values(field, subject)]
        if triple in self._triples or field.languages and language in languages:
            raise SettingError(f"{field.name} has that value already.", remedy="Give each value once.")
        self._triples.append(triple)
        return triple

    def _node(self, field: Field, text: str) -> ox.NamedNode:
        """A node that exists, or a new date where an EDTF date is given for one."""
        dates = any(DATE_SPAN in options for options in field.classes)
        if not dates or iri_of(text) or not re.search(r"\d", text):
            return node(field, text, self.choices(field))
        iri, triples = date(text, self.stem(), ())
        taken = {triple.subject.value for triple in self._ready}
        if iri.value in taken or all(triple in self._state for triple in triples):
            return iri
        known = {iri.value} if self._state.describes(iri) else set()
        iri, triples = date(text, self.stem(), known | taken)
        self._ready += triples
        return iri

    def values(self, field: Field, subject: str = UNNAMED) -> list[object]:
        """The values that a field has by now."""
        return [t.object for t in self._triples if (t.subject.value, t.predicate.value) == (subject, field.iri)]

    def missing(self, subject: str = UNNAMED) -> list[Field]:
        """The fields that lack a value, those required first; of several of which one is enough, the first."""
        form = self.form(subject)
        lacking = [one for one in form.required if len(self.values(one, subject)) < one.least]
        for names in form.one_of:
            if not any(t.subject.value == subject and t.predicate.value in names for t in self._triples):
                lacking += [form.fields[name] for name in names if name in form.fields][:1]
        return lacking

    def nodes(self) -> list[str]:
        """The nodes of the draft, the main one first."""
        return list(self._classes)

    def stem(self) -> str:
        """What names of its source begin with: the first part of the name of its evidence, empty if it has none yet."""
        evidence = (
            t.object.value for t in self._triples if t.predicate.value == EVIDENCE and t.subject.value == UNNAMED
        )
        return next(evidence, "").rpartition("/")[2].partition("-")[0]

    def proposed(self) -> str:
        """A name for the node: its source and the first words of its summary, and free."""
        texts = [t.object for t in self._triples if t.predicate.value == SUMMARY and t.subject.value == UNNAMED]
        words = sorted(texts, key=lambda one: one.language or "")[0].value.split() if texts else []
        local = local_name(" ".join([self.stem(), *words[:WORDS_OF_A_NAME]]))
        family = self.family(self._classes[UNNAMED])
        taken = (one.subject.value for one in self._state.triples(None, TYPE))
        return free(family + local, taken).removeprefix(family) if local else ""

    def family(self, class_: str) -> str:
        """The namespace of new nodes of a class: where most of those that exist are, or of a class above it."""
        return family_of(class_, self._forms.hierarchy)

    def _labels(self, iri: str) -> dict[str, str]:
        own = State(ox.Store(), (), {"": self._triples})
        return labels_of(iri, own)

    def finished(self, name: str) -> list[ox.Triple]:
        """All triples, with the node under its name. Raises SettingError if the name is taken or no good."""
        iri = self.family(self._classes[UNNAMED]) + name
        self.declare(iri, self._classes[UNNAMED])
        del self._classes[iri]

        def named(term: object) -> object:
            return ox.NamedNode(iri) if term == ox.NamedNode(UNNAMED) else term

        types = [ox.Triple(ox.NamedNode(one), TYPE, ox.NamedNode(class_)) for one, class_ in self._classes.items()]
        return [
            ox.Triple(named(t.subject), t.predicate, named(t.object)) for t in (*types, *self._triples, *self._ready)
        ]


def class_of(text: str, forms: Forms, below: str = CLAIM) -> str:
    """The class below another that is meant by its name or label. Raises SettingError with the nearest names."""
    names: dict[str, str] = {}
    for iri in sorted(forms.hierarchy.below(below)):
        local = iri.rpartition("#")[2]
        names[re.sub(r"(?<=[a-z])(?=[A-Z])", "-", local).lower()] = iri
    for iri in list(names.values()):
        labels = (folded(label).replace(" ", "-") for label in forms.labels(iri).values())
        names |= {label: iri for label in (*labels, shorten(iri), iri.rpartition("#")[2]) if label not in names}
    wanted = text if text in names else folded(text).replace(" ", "-")
    if wanted in names:
        return names[wanted]
    near: Sequence[str] = get_close_matches(wanted, list(names), 3)
    known = ", ".join(
        sorted(name for name in names if name.islower() and ":" not in name and names[name] != below)[:60]
    )
    raise SettingError(
        f"There is no kind {text!r}.", remedy=f"Did you mean {', '.join(near)}?" if near else f"There are {known}."
    )
