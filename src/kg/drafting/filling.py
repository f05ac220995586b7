"""From what is filled into a form to triples: each value by its field, each new node under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pyoxigraph as ox

from kg.drafting.entries import Described, Entry, joined
from kg.drafting.forms import LANG_STRING, Field, Forms
from kg.drafting.naming import EDTF_TEXT, Namer, first_text, stem_of
from kg.drafting.options import Options, told
from kg.drafting.values import DATE_SPAN, TYPE, date, iri_of, literal
from kg.errors import RequestError, SettingError
from kg.gate.state import State
from kg.rdf import PREFIXES, shorten

_CLASS = ox.NamedNode(PREFIXES["owl"] + "Class")
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value before anything is judged: its address, the kind of fault, what was meant perhaps."""

    address: str
    kind: str
    near: tuple[tuple[str, str], ...] = ()
    most: int | None = None


@dataclass
class Filled:
    """The triples that a form comes to; the address of each node by its IRI, that of the main one first."""

    triples: list[ox.Triple] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def main(self) -> str:
        """The IRI of the main node."""
        return next(iter(self.addresses))

    def iri(self, address: str) -> str:
        """The IRI of the node at an address."""
        return next(iri for iri, at in self.addresses.items() if at == address)


class Filler:
    """Fills forms over a state of the graph. What it keeps depends on nothing that is filled in."""

    def __init__(self, forms: Forms, state: State, options: Options) -> None:
        self._forms, self._state, self._options = forms, state, options
        self._namer = Namer(forms.hierarchy, state)

    def fill(self, root: Described, language: str, kept: Mapping[str, str] = _NONE) -> Filled:
        """The triples, names and faults of what is filled in; ``language`` is that of the labels of what was meant,
        and ``kept`` are the nodes, by local name, that are there already and are described anew.

        Raises RequestError if a class is unknown, or a property is none of the form.
        """
        filled = Filled()
        for address, node in list(root.walk()):
            # Who chose another kind for what is described in place sends what there was to fill in before, too.
            if address:
                names = {one.name for one in self._forms.of(self.class_of(node)).fields.values()}
                node.values = {name: entries for name, entries in node.values.items() if name in names}
        stem, nodes = stem_of(root), dict(root.walk())
        for address, node in nodes.items():
            iri, fault = self._namer.name(node, self.class_of(node), stem, filled.addresses, kept)
            filled.addresses[iri] = address
            filled.problems += [Problem(joined(address, "name"), fault)] if fault else []
            filled.triples.append(ox.Triple(ox.NamedNode(iri), TYPE, ox.NamedNode(self.class_of(node))))
        for iri, address in list(filled.addresses.items()):
            self._fill_node(nodes[address], iri, address, _Told(filled, stem, language))
        return filled

    def class_of(self, node: Described) -> str:
        """The IRI of the class of a node. Raises RequestError if the ontology has none of this name."""
        iri = iri_of(node.class_) or ""
        if not iri or ox.Triple(ox.NamedNode(iri), TYPE, _CLASS) not in self._state:
            raise RequestError(
                f"The ontology has no class {node.class_[:100]!r}.",
                remedy="Begin with the list of what can be proposed.",
            )
        return iri

    def _fill_node(self, node: Described, iri: str, address: str, told_: _Told) -> None:
        fields = {one.name: one for one in self._forms.of(self.class_of(node)).fields.values()}
        subject = ox.NamedNode(iri)
        for property_, entries in node.values.items():
            if property_ not in fields:
                raise RequestError(
                    f"What is of the class {node.class_[:100]} has no {property_}.", remedy="Go back to the form."
                )
            for number, entry in enumerate(entries):
                at = joined(address, f"{property_}.{number}")
                for value in self._values(fields[property_], entry, at, told_):
                    triple = ox.Triple(subject, ox.NamedNode(fields[property_].iri), value)
                    if triple in told_.filled.triples:
                        told_.filled.problems.append(Problem(at, "twice"))
                    else:
                        told_.filled.triples.append(triple)
        if self._is_date(node):
            self._add_days(node, subject, told_.filled)

    def _values(self, one: Field, entry: Entry, at: str, told_: _Told) -> Iterator[ox.NamedNode | ox.Literal]:
        """The terms of a value that is given; its faults go to what is told."""
        if entry.node:
            yield ox.NamedNode(told_.filled.iri(at))
            return
        for language, text in entry.texts.items():
            text = text.strip()
            if text and one.is_literal:
                yield from self._literal(one, text, language, at, told_.filled)
            elif text:
                yield from self._node(one, text, at, told_)

    def _literal(self, one: Field, text: str, language: str, at: str, filled: Filled) -> Iterator[ox.Literal]:
        address = f"{at}@{language}" if language else at
        if one.longest and len(text) > one.longest:
            filled.problems.append(Problem(address, "long", most=one.longest))
            return
        try:
            value = literal(one, text, language)
        except SettingError:
            datatype = (one.datatype or "").replace("#", "/").rpartition("/")[2]
            kind = "language" if one.languages or one.datatype == LANG_STRING else datatype
            filled.problems.append(Problem(address, kind))
            return
        if one.values and value not in one.values:
            filled.problems.append(Problem(address, "listed"))
            return
        yield value

    def _node(self, one: Field, text: str, at: str, told_: _Told) -> Iterator[ox.NamedNode]:
        iri = self._options.meant(one, text) or self._in_form(one, text, told_.filled)
        if iri:
            yield ox.NamedNode(iri)
        elif takes_dates(one) and re.search(r"\d", text) and not iri_of(text):
            yield from self._date(text, at, told_)
        else:
            near = tuple((shorten(each.iri), told(each, told_.language)) for each in self._options.near(one, text))
            told_.filled.problems.append(Problem(at, "unknown", near))

    def _in_form(self, one: Field, text: str, filled: Filled) -> str | None:
        """The IRI of a node that is described in the form itself and fits."""
        iri = iri_of(text)
        stated = [t.object.value for t in filled.triples if t.predicate == TYPE and t.subject.value == iri]
        above = frozenset().union(*map(self._forms.hierarchy.above, stated))
        fits = iri in filled.addresses and all(options & above for options in one.classes) and not one.having
        return iri if fits else None

    def _date(self, text: str, at: str, told_: _Told) -> Iterator[ox.NamedNode]:
        """A date that is given as EDTF: one that is known by its name and says the same, else a new one."""
        try:
            iri, triples = date(text, told_.stem, ())
            if not all(triple in self._state for triple in triples):
                said = [t for t in told_.filled.triples if t.subject == iri]
                taken = {iri.value} if self._state.describes(iri) or (said and not set(said) >= set(triples)) else ()
                iri, triples = date(text, told_.stem, taken)
                told_.filled.triples += [triple for triple in triples if triple not in told_.filled.triples]
                told_.filled.addresses.setdefault(iri.value, at)
        except SettingError:
            told_.filled.problems.append(Problem(at, "EDTF"))
        else:
            yield iri

    def _add_days(self, node: Described, subject: ox.NamedNode, filled: Filled) -> None:
        """The first and the last day of a date that is described in place and does not give them."""
        given = {t.predicate for t in filled.triples if t.subject == subject}
        text = first_text(node, EDTF_TEXT)
        try:
            _, triples = date(text, "", ())
        except SettingError:
            return
        for triple in triples:
            if triple.predicate not in given:
                filled.triples.append(ox.Triple(subject, triple.predicate, triple.object))

    def _is_date(self, node: Described) -> bool:
        return DATE_SPAN in self._forms.hierarchy.above(self.class_of(node))


@dataclass(frozen=True)
class _Told:
    """Where the terms of values go, the stem of new names, and the language of labels."""

    filled: Filled
    stem: str
    language: str


def takes_dates(one: Field) -> bool:
    """True if the values of a field are dates, which can be typed as EDTF."""
    return any(DATE_SPAN in options for options in one.classes)
