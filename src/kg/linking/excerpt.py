"""An excerpt of what Wikidata says of linked entities, in the shape in which Wikidata itself writes RDF.

A question that could be asked of Wikidata's own endpoint can be asked of it unchanged (Wikibase, "RDF dump format"). It
is a graph of its own, under Wikidata's licence, and nothing in it is a claim of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import pyoxigraph as ox

from kg.linking.items import ENTITY, EVERY, Item, Statement, Value, is_id
from kg.linking.profile import BEGINS, ENDS, Profile
from kg.rdf import EXCERPTS, PREFIXES, graph_iri

#: The file of the excerpt in the repository, and its graph.
PATH = f"data/{EXCERPTS}/wikidata.ttl"
GRAPH = graph_iri(PATH)
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
LANGUAGES = ("en", "it", EVERY)
_PROP = "http://www.wikidata.org/prop/"
_DATA = "https://www.wikidata.org/wiki/Special:EntityData/"
_FILE = "http://commons.wikimedia.org/wiki/Special:FilePath/"
#: As Wikidata writes it; the prefix table has the same vocabulary with https.
_SCHEMA = "http://schema.org/"
_POINT = ox.NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
_STATEMENT_ID = re.compile(r"[Qq][0-9]+\$[0-9A-Za-z-]+")
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|^`\\]")

Term = ox.NamedNode | ox.Literal


def excerpt(
    items: Sequence[tuple[Item, Sequence[str]]], named: Mapping[str, Item | None], profile: Profile
) -> list[ox.Triple]:
    """The triples of items, each with the properties wanted of it; ``named`` are the items that those lead to.

    Each item comes with its revision and with when it was retrieved.
    """
    found = [*_of_the_whole()]
    led_to: set[str] = set()
    for item, properties in items:
        found += _provenance(item)
        found += _labels(item)
        for property in properties:
            found += _facts(item, property, profile)
        led_to |= values_of(item, properties)
    told = {item.id for item, _ in items}
    for number in sorted(led_to):
        if (other := named.get(number)) and other.id not in told:
            found += _provenance(other)
            found += _labels(other)
    return list(dict.fromkeys(found))


def values_of(item: Item, properties: Sequence[str]) -> set[str]:
    """The numbers of the items that these properties of an item lead to."""
    values = (one.value for one in item.said(*properties) if one.value)
    return {value.text for value in values if value.kind == "wikibase-item" and is_id(value.text)}


def _of_the_whole() -> Iterator[ox.Triple]:
    graph = ox.NamedNode(GRAPH)
    for language, text in (("en", "Excerpt of Wikidata"), ("it", "Estratto di Wikidata")):
        yield ox.Triple(graph, _named("rdfs", "label"), ox.Literal(text, language=language))
    yield ox.Triple(graph, _named("dcterms", "license"), ox.NamedNode(LICENCE))
    yield ox.Triple(graph, _named("dcterms", "source"), ox.NamedNode("https://www.wikidata.org/"))


def _provenance(item: Item) -> Iterator[ox.Triple]:
    page = ox.NamedNode(_DATA + item.id)
    yield ox.Triple(page, ox.NamedNode(_SCHEMA + "about"), ox.NamedNode(item.iri))
    yield ox.Triple(page, ox.NamedNode(_SCHEMA + "version"), _typed(str(item.revision), "integer"))
    yield ox.Triple(page, _named("prov", "generatedAtTime"), _typed(item.retrieved, "dateTime"))
    yield ox.Triple(page, _named("dcterms", "isPartOf"), ox.NamedNode(GRAPH))


def _labels(item: Item) -> Iterator[ox.Triple]:
    for language in LANGUAGES:
        if language in item.labels:
            label = ox.Literal(item.labels[language], language=language)
            yield ox.Triple(ox.NamedNode(item.iri), _named("rdfs", "label"), label)


def _facts(item: Item, property: str, profile: Profile) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(item.iri)
    for one in item.best(property):
        if term := _term(one.value):
            yield ox.Triple(subject, ox.NamedNode(f"{_PROP}direct/{property}"), term)
    for one in item.said(property):
        yield from _dated(subject, one, profile)


def _dated(subject: ox.NamedNode, one: Statement, profile: Profile) -> Iterator[ox.Triple]:
    """A statement that has dates, with them."""
    dates = [
        (property, term)
        for property in (*profile.properties(BEGINS), *profile.properties(ENDS))
        for value in one.qualifiers.get(property, ())
        if (term := _term(value))
    ]
    term = _term(one.value)
    if not (dates and term and _STATEMENT_ID.fullmatch(one.id)):
        return
    node = ox.NamedNode(f"{ENTITY}statement/{one.id.replace('$', '-')}")
    yield ox.Triple(subject, ox.NamedNode(_PROP + one.property), node)
    yield ox.Triple(node, ox.NamedNode(f"{_PROP}statement/{one.property}"), term)
    for property, day in dates:
        yield ox.Triple(node, ox.NamedNode(f"{_PROP}qualifier/{property}"), day)


def _term(value: Value | None) -> Term | None:
    """A value as a term of RDF; None for one that has none here."""
    if value is None:
        return None
    if value.kind == "wikibase-item":
        return ox.NamedNode(ENTITY + value.text) if is_id(value.text) else None
    if value.kind == "commonsMedia":
        return ox.NamedNode(_FILE + quote(value.text))
    if value.kind == "url":
        return ox.NamedNode(value.text) if "://" in value.text and not _FORBIDDEN.search(value.text) else None
    if value.kind == "time":
        return _typed(f"{value.earliest}T00:00:00Z", "dateTime") if value.earliest else None
    if value.kind == "globe-coordinate":
        return ox.Literal(f"Point({value.text})", datatype=_POINT)
    if value.kind == "monolingualtext":
        return ox.Literal(value.text, language=value.language)
    return ox.Literal(value.text) if value.kind in ("string", "external-id") else None


def _named(prefix: str, name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES[prefix] + name)


def _typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=_named("xsd", datatype))
