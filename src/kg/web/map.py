"""Europe by stance or by contribution on a topic as of a day, at ``/map``: drawn by the server, with the same as a table."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from kg.chronicle.marks import Mark, marks, together
from kg.chronicle.spans import Span, bounds
from kg.chronicle.words import day_in_words, edtf_in_words
from kg.errors import RequestError
from kg.rdf import PREFIXES, shorten
from kg.web import assets, picked
from kg.web.record import Record, in_own_language, record, span_of
from kg.web.site import language, page_response, site, to
from kg.web.stances import stances

#: Made when the scripts of the pages are built; without them the page has its table only.
_DRAWING = "map-europe.json"
_VIEWS = ("stance", "contribution")
#: States in a part of the table.
_ROWS = 150
#: How many other topics are offered where there is nothing on one.
_INSTEAD = 6


@dataclass(frozen=True)
class Promise:
    """A commitment of a state: what it would contribute, how far that is settled (``place`` in the order), and when."""

    claim: str
    holder: str
    topic: str
    types: Sequence[str]
    place: int
    strength: str
    certainty: str
    span: Span
    is_conditional: bool
    is_contradicted: bool


@dataclass(frozen=True)
class Standing:
    """What the map and its table say of a state: marks of stances, or promises."""

    iri: str
    label: str
    item: str
    marks: Sequence[Mark] = ()
    promises: Sequence[Promise] = ()
    href: str = ""

    @property
    def strongest(self) -> Promise:
        """The promise that is settled furthest."""
        return max(self.promises, key=lambda promise: promise.place)


def blueprint() -> Blueprint:
    """The routes of the map and of the states on it."""
    routes = Blueprint("map", __name__)
    routes.add_url_rule("/map", "map", europe)
    routes.add_url_rule("/map/states.json", "states", states)
    return routes


def europe() -> Response:
    """The map. Raises RequestError for what it cannot be made for."""
    site().answer_from(request.args.get("snapshot"))
    known, promises = record(), _promises()
    view = request.args.get("by") or _VIEWS[0]
    if view not in _VIEWS:
        raise RequestError("The map is by stance or by contribution.", remedy="Write by=stance or by=contribution.")
    usual = _usual(known, view, promises)
    topic = picked.one_of("topic", known.topics, "topic") or next(iter([*usual, *known.topics]), "")
    days = known.days if view == "stance" else bounds(promise.span for promise in promises)
    day = picked.day("date", days[-1] if days else "0001-01-01")
    topics = known.branch(topic) if request.args.get("narrower") and topic else [topic]
    asked = {"by": view, "topic": topic, "date": day, "narrower": len(topics) > 1 or bool(request.args.get("narrower"))}
    found = _by_stance(known, topics, day, asked) if view == "stance" else _by_promise(promises, topics, day)
    drawing, shown = _drawing(), {one.item: one for one in found}
    items = {country["qid"] for country in drawing["countries"]} if drawing else set()
    part, spoken = picked.pages(len(found), _ROWS), language()
    return page_response(
        "map.html", part=part, listed=found[max(0, part.first - 1) : part.last],
        asked=asked, known=known, stances=stances(), shorten=shorten,
        drawing=drawing, found=found, shown=shown, instead=[one for one in usual if one != topic][:_INSTEAD],
        items=items if drawing else None,
        others=_others(known, topics, day) if view == "stance" else 0,
        strengths=sorted({(one.place, one.strength) for one in promises if one.place}),
        days=[(one, day_in_words(one, spoken)) for one in days],
        today=day_in_words(day, spoken), in_words=lambda edtf: edtf_in_words(edtf, spoken),
    )  # fmt: skip


def states() -> Response:
    """The states of the graph with their items of Wikidata, for scripts that draw the map."""
    site().answer_from(request.args.get("snapshot"))
    rows = [{"iri": iri, "label": label, "qid": item} for iri, (label, item) in _states().items()]
    response = Response(json.dumps(rows, ensure_ascii=False), mimetype="application/json")
    response.headers["Vary"] = "Accept-Language"
    return response


def _drawing() -> Mapping[str, Any] | None:
    """The map as paths, or None where nothing was built."""
    return site().once(_DRAWING, lambda: [_read()])[0]


def _read() -> Mapping[str, Any] | None:
    drawn = assets.content(_DRAWING)
    return json.loads(drawn) if drawn else None


def _states() -> Mapping[str, tuple[str, str]]:
    """The label of each state in the reader's language, and its item of Wikidata as far as it has one."""
    return site().at_length(f"map states {language()}", _ask_states)


def _ask_states() -> Mapping[str, tuple[str, str]]:
    rows = site().long_table("map-states", lang=language())
    names = in_own_language(rows)
    items = {row["iri"]: row.get("item", "").removeprefix(PREFIXES["wd"]) for row in reversed(rows)}
    return {iri: (names.get(iri, iri), item) for iri, item in items.items()}


def _promises() -> Sequence[Promise]:
    return site().at_length(f"map commitments {language()}", _ask_promises)


def _ask_promises() -> Sequence[Promise]:
    """The commitments of states, one for each state and topic that it has."""
    among, ask = _states(), site().long_table
    names = {row["iri"]: row["label"] for row in ask("map-names", lang=language())}
    types: dict[str, list[str]] = defaultdict(list)
    for row in ask("map-types"):
        types[row["claim"]].append(names.get(row["type"], row["type"]))
    found = {}
    for row in ask("map-commitments"):
        if row["holder"] in among:
            strength = row.get("strength", "")
            found[row["claim"], row["holder"], row["topic"]] = Promise(
                row["claim"], row["holder"], row["topic"], sorted(types[row["claim"]]), int(row.get("place", 0)),
                names.get(strength, strength), row.get("certainty", ""), span_of(row), "condition" in row,
                "contradiction" in row,
            )  # fmt: skip
    return list(found.values())


def _usual(known: Record, view: str, promises: Sequence[Promise]) -> list[str]:
    """The topics on which states are recorded, that of most states first."""
    among = _states()
    said = known.cells if view == "stance" else {(one.holder, one.topic) for one in promises}
    counted = Counter(topic for holder, topic in said if holder in among and topic in known.topics)
    return sorted(counted, key=lambda topic: (-counted[topic], topic))


def _by_stance(known: Record, topics: Sequence[str], day: str, asked: Mapping[str, Any]) -> list[Standing]:
    """The states with a position on one of the topics as of the day, stance by stance."""
    found = []
    for iri, (label, item) in _states().items():
        stand = together([known.standing(iri, topic, day) for topic in topics], day)
        if stand.now:
            visible = known.may_be_said({claim for said in stand.now for claim in said.against}, day)
            href = to(
                "/positions/cell", actor=shorten(iri), topic=shorten(asked["topic"]), date=day,
                branch="1" if asked["narrower"] else None,
            )  # fmt: skip
            found.append(Standing(iri, label, item, marks(stand, known.firmness, visible), href=href))
    places = {stance: place for place, stance in enumerate(stances())}
    return sorted(found, key=lambda one: (places.get(one.marks[0].stance, 99), one.label.casefold()))


def _by_promise(promises: Sequence[Promise], topics: Sequence[str], day: str) -> list[Standing]:
    """The states with a commitment on one of the topics that may have been made by the day, the firmest first."""
    made: dict[str, dict[str, Promise]] = {}
    for promise in promises:
        if promise.topic in topics and promise.span.possibly_by(day):
            made.setdefault(promise.holder, {})[promise.claim] = promise
    found = [Standing(iri, *_states()[iri], promises=list(said.values())) for iri, said in made.items()]
    return sorted(found, key=lambda one: (-one.strongest.place, one.label.casefold()))


def _others(known: Record, topics: Sequence[str], day: str) -> int:
    """How many who are no states stand somewhere on one of the topics."""
    among = _states()
    return len({
        holder for holder, topic in known.cells
        if topic in topics and holder not in among and known.standing(holder, topic, day).now
    })  # fmt: skip
