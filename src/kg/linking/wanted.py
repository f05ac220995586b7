"""What the graph says of the entities that are to be found in Wikidata: names, types, dates, offices, relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.linking.names import without_brackets
from kg.linking.profile import FACT, Profile
from kg.rdf import PREFIXES

#: Asks the graph a SPARQL query: the texts of each row, with the language tag of a literal after its last "@".
Ask = Callable[[str], Iterable[Sequence[str]]]

_PROLOGUE = "".join(f"PREFIX {one}: <{PREFIXES[one]}>\n" for one in ("ckg", "rdfs", "skos", "xsd"))
_TYPES = (
    "SELECT DISTINCT ?entity ?type {{ VALUES ?class {{ {classes} }} ?entity a ?class , ?type FILTER isIRI(?type) }}"
)
_NAMES = (
    "SELECT DISTINCT ?entity ?name (LANG(?name) AS ?language) { ?entity rdfs:label|skos:prefLabel|skos:altLabel ?name }"
)
_FACT = "SELECT DISTINCT ?entity ?value {{ ?entity {path} ?value FILTER isIRI(?value) }}"
_HELD = """SELECT DISTINCT ?entity ?office ?first ?last {
  ?holding ckg:officeHolder ?entity ; ckg:office ?office ; ckg:time ?span .
  ?span ckg:earliest ?first ; ckg:latest ?last }"""
_WHEN = (
    """SELECT DISTINCT ?entity ?first ?last { ?entity ckg:time ?span . ?span ckg:earliest ?first ; ckg:latest ?last }"""
)
_ATTESTED = """SELECT ?entity (MIN(?day) AS ?first) (MAX(?day) AS ?last) {
  ?saying ?property ?entity ; ckg:time ?span . ?span ckg:earliest|ckg:latest ?day FILTER isIRI(?entity)
} GROUP BY ?entity"""


@dataclass(frozen=True)
class Held:
    """An office that somebody is attested in: our name of it, its number, and the days from and to, as YYYY-MM-DD."""

    office: str
    number: str
    first: str
    last: str


@dataclass(frozen=True)
class Wanted:
    """An entity of ours. ``names`` are texts with their language; ``types`` its classes with those above them.

    ``facts`` has for a property of Wikidata the numbers of the items that ours leads to and that are linked; ``first``
    and ``last`` are the days of an event, else (``is_dated`` False) the days between which the graph speaks of it.
    """

    iri: str
    names: tuple[tuple[str, str], ...] = ()
    types: frozenset[str] = frozenset()
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    offices: tuple[Held, ...] = ()
    first: str = ""
    last: str = ""
    is_dated: bool = False

    def label(self, language: str = "en") -> str:
        """Its name in a language, else its first one, else its IRI."""
        return next((text for text, tag in self.names if tag == language), self.names[0][0] if self.names else self.iri)

    def searched(self) -> tuple[tuple[str, str], ...]:
        """The texts to search for, each with a language and once, without what is in brackets."""
        found: dict[str, str] = {}
        for text, language in self.names:
            found.setdefault(plain(text), language or "en")
        return tuple(found.items())


def plain(name: str) -> str:
    """A name without what it has in brackets."""
    return without_brackets(name) or name


def read(ask: Ask, profile: Profile, links: Mapping[str, str]) -> dict[str, Wanted]:
    """The entities of the graph that there is a class of Wikidata for, by IRI, sorted.

    ``links`` has the numbers of entities that are linked already: what an entity is related to is compared by them.
    """
    classes = " ".join(f"<{one}>" for one in profile.classes())
    types: dict[str, set[str]] = defaultdict(set)
    for entity, type_ in ask(_PROLOGUE + _TYPES.format(classes=classes)):
        types[entity].add(type_)
    found = {entity: Wanted(entity, types=frozenset(types[entity])) for entity in sorted(types)}
    _names(found, ask)
    _dates(found, ask)
    _relations(found, ask, profile, links)
    return found


def _names(found: dict[str, Wanted], ask: Ask) -> None:
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entity, name, language in ask(_PROLOGUE + _NAMES):
        names[entity].append((name, language))
    for entity, one in found.items():
        # English first: most of what there is to find has a name in it.
        ordered = sorted(names[entity], key=lambda pair: (pair[1] != "en", pair[1], pair[0]))
        found[entity] = replace(one, names=tuple(ordered))


def _dates(found: dict[str, Wanted], ask: Ask) -> None:
    for query, is_dated in ((_ATTESTED, False), (_WHEN, True)):
        for entity, first, last in ask(_PROLOGUE + query):
            if entity in found and first and last:
                found[entity] = replace(found[entity], first=first, last=last, is_dated=is_dated)


def _relations(found: dict[str, Wanted], ask: Ask, profile: Profile, links: Mapping[str, str]) -> None:
    facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in profile.of(FACT):
        for entity, value in ask(_PROLOGUE + _FACT.format(path=row.ours)):
            if value in links:
                facts[entity][row.theirs].add(links[value])
    held: dict[str, list[Held]] = defaultdict(list)
    for entity, office, first, last in ask(_PROLOGUE + _HELD):
        if office in links:
            held[entity].append(Held(office, links[office], first, last))
    for entity, one in found.items():
        known = {property: frozenset(numbers) for property, numbers in facts[entity].items()}
        offices = tuple(sorted(held[entity], key=lambda each: (each.first, each.office)))
        found[entity] = replace(one, facts=known, offices=offices)
