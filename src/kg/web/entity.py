"""The page of a resource: what it is, what it says and what is said of it, in which words, on what evidence."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from kg.pages import claims
from kg.pages.claims import Line
from kg.pages.facts import NAMES, Facts, Said
from kg.pages.sections import sections
from kg.rdf import BASE, DATASET, PREFIXES
from kg.sparql import negotiate
from kg.turtle import serialize
from kg.web import claimlines
from kg.web.caching import Cache
from kg.web.entityfacts import LINKS, Fact, Where, explanation, facts_of, incoming_of, where_of
from kg.web.listing import Listing, listing
from kg.web.named import answered
from kg.web.near import unknown
from kg.web.site import language, reader_labels, site
from kg.web.terms import other_names
from kg.web.words import words

_RDF, _SKOS, _CKG = (PREFIXES[name] for name in ("rdf", "skos", "ckg"))
_TYPE = _RDF + "type"
_CLAIM, _EVIDENCE = _CKG + "Claim", _CKG + "Evidence"
_DEFINITION, _NOTE = _SKOS + "definition", _SKOS + "editorialNote"
#: What a page says elsewhere than among the facts.
_ELSEWHERE = {*NAMES, *LINKS, _TYPE, _DEFINITION, _NOTE, _SKOS + "altLabel", _SKOS + "hiddenLabel", _SKOS + "notation"}
#: What a line of a claim tells in its own way.
_TOLD = {
    _CKG + name
    for name in (
        "summary", "stance", "topic", "underTopic", "holder", "statedBy", "onBehalfOf", "time", "targetTime", "hedge",
        "condition", "evidence", "contradictedIn", "between",
    )
}  # fmt: skip
#: Room for the pages that are kept of a snapshot, in bytes.
_ROOM = 32_000_000
#: Passages that a page shows of what is no claim.
_PASSAGES = 100
#: What a page says of a passage in its own way.
_OF_PASSAGES = {_CKG + name for name in ("source", "paragraph", "sha256", "attribution", "locator", "directSpeech")}
_OF_PASSAGES |= {PREFIXES["oa"] + "start", PREFIXES["oa"] + "end", PREFIXES["prov"] + "wasAttributedTo"}
#: What a document has that is read paragraph by paragraph, and the view of the page of such a source.
_GENRE = _CKG + "genre"
_SOURCES = "sourcepages.source"
#: Neighbours in the picture and in the list beside it.
NEIGHBOURS = 24
#: How the sides of a contradiction and the judgement of it name each other, which a page tells in its own way.
_SIDES = (_CKG + "between", _CKG + "contradictedIn")
#: Values of a fact that a page begins with, at most.
_KEY_VALUES = 2


@dataclass(frozen=True)
class Neighbour:
    """What is named together with a resource, and in how many claims."""

    name: Said
    family: str
    claims: int


def answer(iri: str) -> Response:
    """The page of a resource. Raises NotFound if the graph has nothing of it, RequestError for a page that is not there
    of its claims.

    It is kept: nothing but the snapshot and the request decides what is on it.
    """
    kept: Cache[Response] = site().once("pages of resources", lambda: Cache(_ROOM))
    key = request.script_root, request.full_path, language()
    known = kept.get(key)
    if known is None:
        start = time.monotonic()
        known = _linked(_made(iri), iri)
        kept.put(key, known, len(known.get_data()), time.monotonic() - start)
    # Headers of its own: what is added to a response on its way out is no part of what is kept.
    return Response(known.get_data(), headers=Headers(known.headers))


def _made(iri: str) -> Response:
    said = site().statements("entity", this=iri)
    facts = claimlines.named_facts(said, iri)
    found = listing(iri)
    if not (said or found.total):
        raise unknown(iri)
    kinds = facts.iris(iri, _TYPE)
    where = where_of(iri)
    lines = claimlines.lines(found.claims)
    shared = _shared(iri, facts, kinds, where, found)
    if _CLAIM in kinds:
        return _claim(iri, facts, where, lines, shared)
    is_passage = _EVIDENCE in kinds
    passages = claimlines.passages_of([iri] if is_passage else facts.iris(iri, _CKG + "evidence")[:_PASSAGES])
    told = facts_of(iri, facts, where, _ELSEWHERE | (_OF_PASSAGES if is_passage else {_CKG + "evidence"}))
    key = _key(told)
    shared["name"] = _title(iri, facts, passages) or shared["name"]
    return answered(
        "entity.html",
        reader_labels(),
        **shared,
        neighbours=_neighbours(lines, iri),
        facts=[fact for fact in told if fact not in key],
        key_facts=key,
        incoming=incoming_of(iri, facts, lines),
        sections=sections(lines, found.relations, iri, facts, claimlines.vocabulary()),
        passages=passages if is_passage else (),
        rests_on=() if is_passage else passages,
        is_concept=iri in claimlines.vocabulary().scheme,
        relations_of=lambda claim: _relations(found.relations[claim]),
    )


def _linked(response: Response, iri: str) -> Response:
    """A page that leads programmes to its other forms, to what it is part of, and to the licence (Signposting)."""
    path = f"{request.script_root}/{iri[len(BASE):]}"
    for format in negotiate.GRAPHS:
        response.headers.add("Link", f'<{path}.{format.ending}>; rel="alternate"; type="{format.media_type}"')
    turtle = negotiate.TURTLE
    response.headers.add("Link", f'<{path}.{turtle.ending}>; rel="describedby"; type="{turtle.media_type}"')
    response.headers.add("Link", f'<{DATASET}>; rel="collection"')
    return response


def _shared(iri: str, facts: Facts, kinds: Sequence[str], where: Where, found: Listing) -> dict[str, object]:
    """What pages of claims and of all else show alike."""
    vocabulary = claimlines.vocabulary()
    kind = vocabulary.narrowest(kinds)
    pairs = ((ox.NamedNode(predicate), value) for predicate, values in facts.of(iri).items() for value in values)
    return {
        "iri": iri,
        "path": f"/{iri[len(BASE):]}",
        "family": iri[: iri.rindex("/") + 1],
        "name": facts.name(iri),
        "kind": _kind(iri, facts, kind),
        "stated_kind": explanation(iri, _TYPE, kind) if kind and (_TYPE, kind) not in where.inferred else "",
        "names": other_names(pairs, language())[0],
        "definitions": facts.texts(iri, _DEFINITION),
        "notes": facts.texts(iri, _NOTE),
        "where": where,
        "listing": found,
        "most_neighbours": NEIGHBOURS,
        "pager": _pager(found),
        "signs": vocabulary.sign,
        "source_page": _source_page(iri, facts),
    }


def _source_page(iri: str, facts: Facts) -> str:
    """The path of the page of a source, which those have that are read as texts: they are of a genre. Empty for others."""
    local = iri.removeprefix(PREFIXES["doc"])
    is_text = local != iri and facts.of(iri).get(_GENRE)
    return f"/sources/{local}" if is_text and _SOURCES in current_app.view_functions else ""


def _title(iri: str, facts: Facts, passages: Sequence[claims.Passage]) -> Said | None:
    """What a page calls what has no name: a date by what it says, a passage by its place, a step by its voice."""
    if any(predicate in facts.of(iri) for predicate in NAMES):
        return None
    time = claims.read_time(facts, iri)
    if time:
        return Said(time.text, "", iri)
    place = next((one for one in passages if one.iri == iri), None)
    if place:
        where = f"{words(language())['paragraph']} {place.paragraph}" if place.paragraph else ""
        where = where or (place.locator.text if place.locator else "")
        return Said(", ".join(filter(None, (place.source.text, where))), place.source.language, iri)
    voice = facts.iri(iri, _CKG + "attributedTo")
    return Said(facts.name(voice).text, facts.name(voice).language, iri) if voice else None


def _kind(iri: str, facts: Facts, kind: str) -> Said | None:
    """What something is, in a word: its narrowest class; of a word of a vocabulary, the vocabulary."""
    scheme = claimlines.vocabulary().scheme.get(iri, "")
    return facts.name(scheme or kind) if scheme or kind else None


def _relations(predicates: Iterable[str]) -> list[str]:
    """By which properties a claim names what a page is about, in words; each of ours that says more than another."""
    own = [predicate for predicate in predicates if predicate.startswith(_CKG) and predicate != _CKG + "underTopic"]
    return sorted(claimlines.words_of_terms().name(predicate).text for predicate in own)


def _claim(iri: str, facts: Facts, where: Where, lines: Sequence[Line], shared: dict[str, object]) -> Response:
    """The page of a claim: it in full, what stands against it, and what others say of it."""
    line = claimlines.lines([iri])[0]
    others = claimlines.lines(one.iri for against in line.against for one in against.others)
    names = claimlines.words_of_terms()
    told = _ELSEWHERE | _TOLD | {_CKG + mark.name for mark in line.marks} | {predicate for predicate, _, _ in line.who}
    return answered(
        "entity-claim.html",
        reader_labels(),
        **shared,
        neighbours=_neighbours([line], iri),
        line=line,
        against={other.iri: other for other in others},
        sides=claimlines.lines(facts.iris(iri, _CKG + "between")),
        facts=facts_of(iri, facts, where, told | claimlines.vocabulary().agents),
        about=_about(lines, shared["listing"]),
        incoming=(),
        turtle=serialize(site().graph("entity-stated", this=iri)),
        term_name=lambda term: names.name(_CKG + term).text,
    )


def _about(lines: Sequence[Line], found: Listing) -> list[tuple[Said, list[Line]]]:
    """The claims that name a claim, by how they do; what contradicts it is told apart."""
    about: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        for relation in sorted(found.relations[line.iri]):
            if relation not in _SIDES:
                about[relation].append(line)
    names = claimlines.words_of_terms()
    return [(names.name(relation), members) for relation, members in sorted(about.items())]


def _key(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that a page begins with: short ones of the ontology that somebody stated."""
    return [
        fact
        for fact in facts
        if fact.property.iri.startswith(_CKG)
        and len(fact.values) <= _KEY_VALUES
        and not fact.proofs
        and all(value.iri for value in fact.values)
    ]


def _neighbours(lines: Sequence[Line], iri: str) -> list[Neighbour]:
    """What the claims of a page name together with its subject, most often first."""
    counted = Counter(one for line in lines for one in line.named if one.iri != iri)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0].text.casefold(), item[0].iri))
    return [Neighbour(name, name.iri[len(BASE) :].split("/")[1], count) for name, count in ranked[:NEIGHBOURS]]


def _pager(found: Listing) -> Mapping[str, int]:
    """The numbers of the pages before and after, where there are such."""
    pages = {"previous": found.number - 1, "next": found.number + 1}
    return {name: number for name, number in pages.items() if 1 <= number <= found.pages}
