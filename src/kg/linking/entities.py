"""What can be linked to: the entities of a snapshot with their names, types, values and dates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.linking.names import Form, Names, form, normalised, without_brackets
from kg.rdf import ID, PREFIXES, shorten

TYPE, LABEL, PREFERRED = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel"
_ALTERNATIVE, _CODE = PREFIXES["skos"] + "altLabel", PREFIXES["skos"] + "notation"
_HIDDEN = PREFIXES["skos"] + "hiddenLabel"
_TITLE, _SUMMARY = PREFIXES["dcterms"] + "title", PREFIXES["ckg"] + "summary"
_NAMES = (LABEL, PREFERRED, _TITLE, _SUMMARY)
_IN_SCHEME, _BROADER_CLASS = PREFIXES["skos"] + "inScheme", PREFIXES["rdfs"] + "subClassOf"
_DEFINITION = PREFIXES["skos"] + "definition"
PERSON = PREFIXES["foaf"] + "Person"
#: A text longer than this is not looked for as a value.
_LONGEST_VALUE = 200
_ABBREVIATION = re.compile(r"\(([A-Z][A-Z0-9]{1,9})\)")
_TAIL = re.compile(r"[,:]\s.*$")

Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Also:
    """Something by whose names an entity goes, too: ``way`` is stands or office, which has dates as far as known."""

    entity: str
    through: str
    way: str
    since: str = ""
    until: str = ""


@dataclass
class Known:
    """The entities of a snapshot. Built once; afterwards only read, so that threads may share it.

    An entity, a type or a property is named by its IRI. ``candidates`` are the entities that are looked for, whose
    numbers in ``names`` are their places here. ``spans`` are the days between which something is known to have been.
    """

    labels: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    values: dict[str, dict[str, list[Value]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    types: dict[str, frozenset[str]] = field(default_factory=dict)
    broader: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    candidates: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    spans: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Types and properties of candidates, the most frequent first: IRI → number.
    used_types: dict[str, int] = field(default_factory=dict)
    used_properties: dict[str, int] = field(default_factory=dict)
    #: Numbers of candidates by type, and the labels of types, properties and entities as they are looked for.
    of_type: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    _bearers: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _called: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def having(self, predicate: str, wanted: Iterable[str]) -> set[int]:
        """The candidates that have one of these values: IRIs, texts, or what something is called."""
        found: set[int] = set()
        for one in wanted:
            plain = normalised(one)
            for key in (one, plain, *self._called.get(plain, ())):
                found |= self._bearers.get((predicate, key), set())
        return found

    def label(self, iri: str, language: str) -> str:
        """The label of an IRI in a language, else in English, else in any, else its short name."""
        found = self.labels.get(iri, {})
        for spoken in (language, "en", "", *sorted(found)):
            if spoken in found:
                return found[spoken]
        return shorten(iri).strip("<>")

    def definition(self, iri: str, language: str) -> str:
        """What a type, a property or a concept is defined as, in a language or in any; empty if it is not."""
        found = [one for one in self.values.get(iri, {}).get(_DEFINITION, ()) if isinstance(one, ox.Literal)]
        ranked = sorted(found, key=lambda one: (one.language != language, one.language != "en", one.value))
        return ranked[0].value if ranked else ""

    def kinds(self, entity: str) -> list[str]:
        """The types of an entity that no other of its types is a kind of, best known first."""
        own = [one for one in self.types.get(entity, ()) if one in self.used_types and self.labels.get(one)]
        above = {broad for one in own for broad in self.broader.get(one, ())}
        best = [one for one in own if one not in above] or own
        # Terms of the project's own come first, then the narrower.
        return sorted(best, key=lambda one: (not one.startswith(PREFIXES["ckg"]), self.used_types[one], one))


def known(triples: Iterable[ox.Triple], also: Iterable[Also], spans: Mapping[str, tuple[str, str]]) -> Known:
    """The entities that these triples describe, those among them with a type that is used.

    A candidate is an entity of the project with a type and a label; classes and properties only lend their labels.
    """
    found = Known(spans=dict(spans))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal):
            _take(found, triple.subject.value, triple.predicate.value, triple.object)
    for entity, told in found.values.items():
        schemes = [one.value for one in told.get(_IN_SCHEME, ())]
        kinds = [one.value for one in told.get(TYPE, ())]
        found.types[entity] = frozenset([*kinds, *schemes])
        if entity.startswith(ID) and kinds and any(name in told for name in _NAMES[:3]):
            found.numbers[entity] = len(found.candidates)
            found.candidates.append(entity)
    _count(found)
    found.names = Names.of([*_own_forms(found), *_other_forms(found, also)])
    return found


def _take(found: Known, subject: str, predicate: str, value: Value) -> None:
    if predicate in _NAMES and isinstance(value, ox.Literal):
        found.labels[subject].setdefault(value.language or "", value.value)
    if predicate == _BROADER_CLASS and isinstance(value, ox.NamedNode) and value.value != subject:
        found.broader[subject].add(value.value)
    found.values[subject][predicate].append(value)


def _count(found: Known) -> None:
    """Count which types and properties the candidates have."""
    types: dict[str, int] = defaultdict(int)
    properties: dict[str, int] = defaultdict(int)
    for number, entity in enumerate(found.candidates):
        for kind in found.types[entity]:
            types[kind] += 1
            found.of_type[kind].add(number)
        for predicate, values in found.values[entity].items():
            properties[predicate] += 1
            for value in values:
                _index(found, number, predicate, value)
    found.used_types = dict(sorted(types.items(), key=lambda item: (-item[1], item[0])))
    found.used_properties = dict(sorted(properties.items(), key=lambda item: (-item[1], item[0])))


def _index(found: Known, number: int, predicate: str, value: Value) -> None:
    """Note that a candidate has a value, and what the value is called."""
    if isinstance(value, ox.NamedNode):
        found._bearers[predicate, value.value].add(number)
        for text in found.labels.get(value.value, {}).values():
            found._called[normalised(text)].add(value.value)
    elif len(value.value) <= _LONGEST_VALUE:
        found._bearers[predicate, normalised(value.value)].add(number)


def _own_forms(found: Known) -> Iterable[Form]:
    for number, entity in enumerate(found.candidates):
        told = found.values[entity]
        for predicate, kind in (
            (LABEL, "label"), (PREFERRED, "label"), (_TITLE, "label"), (_ALTERNATIVE, "alternative"),
            (_HIDDEN, "alternative"), (_CODE, "code"),
        ):  # fmt: skip
            for value in told.get(predicate, ()):
                if isinstance(value, ox.Literal):
                    yield from _forms(number, value.value, value.language or "", kind)


def _forms(number: int, text: str, language: str, kind: str) -> Iterable[Form]:
    """A name, and what it is without its brackets and its tail."""
    yield form(number, text, language, kind)
    if kind == "code":
        return
    short = without_brackets(text)
    if short and short != text:
        yield form(number, short, language, "short")
    yield from (form(number, found, language, "alternative") for found in _ABBREVIATION.findall(text))
    head = _TAIL.sub("", short)
    if head and head != short:
        yield form(number, head, language, "head")


def _other_forms(found: Known, also: Iterable[Also]) -> Iterable[Form]:
    """The names of what stands for an entity, and of the offices that it held."""
    for one in dict.fromkeys(also):
        number = found.numbers.get(one.entity)
        if number is None:
            continue
        for predicate in (LABEL, PREFERRED, _ALTERNATIVE):
            for value in found.values.get(one.through, {}).get(predicate, ()):
                if isinstance(value, ox.Literal):
                    yield form(
                        number, value.value, value.language or "", one.way,
                        through=one.through, since=one.since, until=one.until,
                    )  # fmt: skip


def is_among(kinds: Sequence[str], entity: str, found: Known, every: bool) -> bool:
    """True if an entity has one of these types, or ``every`` one of them."""
    own = found.types.get(entity, frozenset())
    return all(one in own for one in kinds) if every else any(one in own for one in kinds)
