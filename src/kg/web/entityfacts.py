"""What is stated of a resource apart from claims: facts, what points to it, where that stands, and links elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.chronicle.words import day_in_words
from kg.pages import claims
from kg.pages.claims import Line
from kg.pages.facts import Facts, Said
from kg.rdf import CLOSURE_GRAPH, PREFIXES, shorten
from kg.web.site import language, site, to
from kg.web.words import words

_SKOS, _CKG, _OWL, _SSSOM = (PREFIXES[name] for name in ("skos", "ckg", "owl", "sssom"))
#: Links to other records, which have a place of their own.
LINKS = tuple(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))
_BROADER = _SKOS + "broader"
_DAY = ox.NamedNode(PREFIXES["xsd"] + "date")
#: Families whose members only carry claims: what points from there is told by the claims.
_CARRIERS = (PREFIXES["evidence"], PREFIXES["step"])


@dataclass(frozen=True)
class Fact:
    """A property with its values; ``proofs`` has where to read why, for values that nobody stated. ``own`` is what the
    pages call the property, if it is none of the ontology's."""

    property: Said
    values: Sequence[Said]
    proofs: Mapping[str, str]
    own: str = ""


@dataclass(frozen=True)
class Link:
    """A link to another record: how close it is, what it is called there, and how that was judged."""

    iri: str
    label: str
    relation: str
    justification: str
    confidence: str
    comment: str


@dataclass(frozen=True)
class Where:
    """Which files state something of a resource, which triples nobody states, and the links to other records."""

    files: Sequence[str]
    inferred: frozenset[tuple[str, str]]
    links: Sequence[Link]


def facts_of(iri: str, facts: Facts, where: Where, told: Container[str]) -> list[Fact]:
    """What is stated of a resource and told nowhere else on its page, by property."""
    found = []
    said = facts.of(iri)
    ours = {value for predicate, values in said.items() if predicate.startswith(_CKG) for value in values}
    for predicate, values in said.items():
        if predicate in told:
            continue
        shown, proofs = [], {}
        for value in values:
            if isinstance(value, ox.NamedNode):
                drawn = (predicate, value.value) in where.inferred
                if drawn and (value in ours or value in said.get(_BROADER, ())) and not predicate.startswith(_CKG):
                    # What another vocabulary calls the same.
                    continue
                shown.append(_named(facts, value.value))
                if drawn:
                    proofs[value.value] = explanation(iri, predicate, value.value)
            elif isinstance(value, ox.Literal):
                spoken = value.language or ""
                text = day_in_words(value.value, language()) if value.datatype == _DAY else value.value
                shown.append(Said(text, "" if spoken == facts.language else spoken))
        own = [one for one in shown if not one.language or one.iri] or shown
        if own:
            found.append(_fact(facts, predicate, own, proofs))
    return sorted(found, key=lambda fact: (fact.own or fact.property.text).casefold())


def _fact(facts: Facts, predicate: str, values: Sequence[Said], proofs: Mapping[str, str]) -> Fact:
    ordered = sorted(values, key=lambda said: said.text.casefold())
    return Fact(facts.name(predicate), ordered, proofs, words(language()).get(f"entity-p-{shorten(predicate)}", ""))


def _named(facts: Facts, iri: str) -> Said:
    """What something is called; a date by what it says."""
    time = claims.read_time(facts, iri)
    return Said(time.text, "", iri) if time else facts.name(iri)


def incoming_of(iri: str, facts: Facts, lines: Sequence[Line]) -> list[Fact]:
    """What else points to a resource, by property."""
    known = {line.iri for line in lines}
    for values in facts.of(iri).values():
        known.update(value.value for value in values if isinstance(value, ox.NamedNode))
    found: dict[str, list[str]] = defaultdict(list)
    for subject, predicate in facts.pointing(iri):
        if subject not in known and not (lines and subject.startswith(_CARRIERS)):
            found[predicate].append(subject)
    told = [_fact(facts, predicate, [facts.name(one) for one in others], {}) for predicate, others in found.items()]
    # What no word is there for is another vocabulary's name for what is told already.
    spoken = [fact for fact in told if fact.own or fact.property.text != shorten(fact.property.iri)]
    return sorted(spoken, key=lambda fact: (fact.own or fact.property.text).casefold())


def explanation(subject: str, predicate: str, value: str) -> str:
    """The address that tells why a triple holds."""
    return to("/explain", subject=shorten(subject), predicate=shorten(predicate), object=shorten(value))


def where_of(iri: str) -> Where:
    """Where something of a resource is stated, what of it follows, and its links to other records."""
    files, stated, drawn = set(), set(), set()
    judged: dict[str, dict[str, str]] = defaultdict(dict)
    for row in site().table("entity-where", this=iri):
        if "judgement" in row:
            judged[row["judgement"]][row["predicate"]] = row["object"]
            continue
        triple = row["predicate"], row["object"]
        if row["graph"] == CLOSURE_GRAPH:
            drawn.add(triple)
        else:
            stated.add(triple)
            files.add(row["graph"])
    links = [_link(said) for said in judged.values() if _OWL + "annotatedTarget" in said]
    known = {link.iri for link in links if link}
    links += [
        Link(value, shorten(value), predicate.rpartition("#")[2], "", "", "")
        for predicate, value in sorted(stated)
        if predicate in LINKS and value not in known
    ]
    return Where(sorted(files), frozenset(drawn - stated), sorted(filter(None, links), key=lambda link: link.iri))


def _link(said: Mapping[str, str]) -> Link | None:
    """A judged link; None for one that was refused."""
    target = said[_OWL + "annotatedTarget"]
    if _SSSOM + "predicate_modifier" in said or not target.startswith("http"):
        return None
    return Link(
        target,
        said.get(_SSSOM + "object_label", shorten(target)),
        said.get(_OWL + "annotatedProperty", "").rpartition("#")[2],
        said.get(_SSSOM + "mapping_justification", "").rpartition("/")[2],
        said.get(_SSSOM + "confidence", ""),
        said.get(PREFIXES["rdfs"] + "comment", "") or said.get(_SSSOM + "comment", ""),
    )


