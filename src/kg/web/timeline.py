"""What happened and was said, in time order, and what changed between two days, at ``/timeline``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from flask import Blueprint, Response, request

from kg.chronicle.spans import Span
from kg.chronicle.windows import Ends, Window
from kg.chronicle.words import edtf_in_words, the_day
from kg.errors import RequestError
from kg.rdf import shorten
from kg.web import picked
from kg.web.changed import Chosen, between, dated, labels, tell
from kg.web.record import Record, record
from kg.web.site import language, page_response, site, to
from kg.web.stances import stances
from kg.web.timepicture import Picture, picture
from kg.web.timezoom import Zoom, zoom
from kg.web.told import Told, told

T = TypeVar("T")

#: Items, and changes, on a page.
_ITEMS = 60
#: The groups of what has a date, and those that are shown if none is chosen.
GROUPS = ("event", "position", "promise", "act", "belonging", "view", "report")
_USUAL = ("event", "position", "promise", "act")


@dataclass(frozen=True)
class Entry:
    """Something with a date: an event or a claim."""

    item: str
    group: str
    span: Span

    @property
    def day(self) -> str:
        """The day it stands at in the order of time: the first, or the last where there is no first."""
        return self.span.first or self.span.last or ""


@dataclass(frozen=True)
class Asked:
    """What the form asks for; empty is what it leaves open."""

    start: str
    end: str
    actor: str
    forum: str
    topic: str
    groups: Sequence[str]

    @property
    def parameters(self) -> dict[str, object]:
        """The same as an address has it, but for the groups."""
        short = {name: shorten(iri) if iri else None for name, iri in self.__dict__.items() if name in _CHOICES}
        return {"from": self.start or None, "to": self.end or None, **short}


_CHOICES = ("actor", "forum", "topic")


def blueprint() -> Blueprint:
    """The route of the timeline."""
    routes = Blueprint("timeline", __name__)
    routes.add_url_rule("/timeline", "timeline", timeline)
    return routes


def timeline() -> Response:
    """The timeline. Raises RequestError for what it cannot be made for."""
    site().answer_from(request.args.get("snapshot"))
    known = record()
    asked = _asked(known)
    items = _named(asked)
    every = _usually("timeline all", asked, lambda: _wanted(asked, items))
    look = _zoom(asked, _usually("timeline ends", asked, lambda: Ends.of(one.span for one in every)))
    entries = [one for one in every if look.drawn.meets(one.span)] if look and look.drawn else every
    part = picked.pages(len(entries), _ITEMS)
    shown = entries[part.first - 1 : part.last] if entries else []
    events = [one.item for one in shown if one.group == "event"]
    start, end = _stretch(asked)
    topics = frozenset(known.branch(asked.topic)) if asked.topic else None
    chosen = Chosen(asked.actor, asked.forum, topics, items)
    found = _usually("timeline changes", asked, lambda: between(known, start, end, chosen))
    told_part = picked.pages(len(found), _ITEMS, "changes")
    spoken = language()
    return page_response(
        "timeline.html",
        asked=asked, known=known, stances=stances(), shorten=shorten, groups=GROUPS,
        days=_days(shown), part=part, zoom=look, picture=_picture(entries, asked, look),
        texts=_texts([one for one in shown if one.group != "event"]),
        names=labels(events), kinds=_kinds(events),
        start=the_day(start, spoken), end=the_day(end, spoken), told_part=told_part,
        changes=tell(known, found[max(0, told_part.first - 1) : told_part.last], end),
        undated=site().at_length("timeline undated", _undated),
        in_words=lambda edtf: edtf_in_words(edtf, spoken),
        paged=lambda name, number, part: f"{_address(asked, **{name: number})}#{part}",
    )  # fmt: skip


def _zoom(asked: Asked, ends: Ends) -> Zoom | None:
    """The stretch that is looked at, and those to look at from there; None if there is nothing to look at."""
    whole = ends.whole
    if whole is None:
        return None
    last = asked.end or max(whole.last, asked.start)
    window = Window(asked.start or min(whole.first, last), last)
    return zoom(window, ends, language(), lambda one: _look(asked, one))


def _look(asked: Asked, window: Window | None) -> str:
    """The address of the same choice in another stretch of time; of all of it for None."""
    given = {"from": window.first, "to": window.last} if window else {"from": None, "to": None}
    return _address(asked, **given) + "#drawing"


def _picture(entries: Sequence[Entry], asked: Asked, look: Zoom | None) -> Picture | None:
    if look is None:
        return None
    first: dict[str, int] = {}
    for number, entry in enumerate(entries):
        first.setdefault(entry.span.edtf, number)

    def leads(span: Span) -> str:
        page = first[span.edtf] // _ITEMS + 1
        here = page == picked.number()
        return f"{'' if here else _address(asked, page=page)}#when-{span.edtf}"

    dated = [(one.group, one.span) for one in entries]
    return picture(dated, GROUPS, look.drawn, look.whole, language(), leads, lambda one: _look(asked, one))


def _asked(known: Record) -> Asked:
    start, end = picked.day("from", ""), picked.day("to", "")
    if start and end and start > end:
        raise RequestError("The stretch of time ends before it begins.", remedy="Give the earlier day first.")
    groups = [one for one in dict.fromkeys(request.args.getlist("kind")) if one]
    if set(groups) - set(GROUPS):
        raise RequestError("There is no such kind of item.", remedy=f"Choose among: {', '.join(GROUPS)}.")
    return Asked(
        start, end,
        picked.one_of("actor", known.labels, "actor"), picked.one_of("forum", known.forums, "forum"),
        picked.one_of("topic", known.topics, "topic"), groups or _USUAL,
    )  # fmt: skip


def _address(asked: Asked, **other: object) -> str:
    """The address of the same choice with something other."""
    address = to("/timeline", **{**asked.parameters, **other})
    return address + ("&" if "?" in address else "?") + "&".join(f"kind={group}" for group in asked.groups)


def _entries() -> Sequence[Entry]:
    """Everything that has a date, in the order of time."""
    return site().at_length("timeline", _read)


def _read() -> Sequence[Entry]:
    dates, ask = dated(), site().long_table
    groups = {row["item"]: row["group"] for row in ask("timeline-groups")}
    entries = [
        Entry(row["item"], groups.get(row["item"], GROUPS[-1]), dates[row["time"]])
        for row in ask("timeline")
        if row["time"] in dates
    ]
    return sorted(entries, key=lambda one: (one.day, one.span.last or "9999", GROUPS.index(one.group), one.item))


def _undated() -> int:
    """How many claims have no date."""
    claims = int(site().table("timeline-claims")[0]["number"])
    return claims - len({one.item for one in _entries() if one.group != "event"})


def _named(asked: Asked) -> Collection[str] | None:
    """What the chosen agent, forum and topic leave; None if none is chosen."""
    found: set[str] | None = None
    for name in _CHOICES:
        if iri := getattr(asked, name):
            rows = {row["item"] for row in site().long_table(f"timeline-{name}", this=iri)}
            found = rows if found is None else found & rows
    return found


def _usually(key: str, asked: Asked, make: Callable[[], T]) -> T:
    """What ``make`` gives; kept where the form was left as it comes."""
    as_it_comes = asked == Asked("", "", "", "", "", _USUAL)
    return site().at_length(f"{key} {language()}", make) if as_it_comes else make()


def _wanted(asked: Asked, items: Collection[str] | None) -> Sequence[Entry]:
    """What has a date and is of the chosen kinds and items, at any time."""
    return [one for one in _entries() if one.group in asked.groups and (items is None or one.item in items)]


def _stretch(asked: Asked) -> tuple[str, str]:
    """The days to compare: those given, else the last year of what the record has."""
    known = [one.day for one in _entries() if one.group in _USUAL]
    end = asked.end or (known[-1] if known else "2000-01-01")
    if asked.start:
        return min(asked.start, end), end
    try:
        return (date.fromisoformat(end) - timedelta(days=365)).isoformat(), end
    except OverflowError:
        return end, end


def _days(shown: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """The entries by their dates, as EDTF has them."""
    found: dict[str, list[Entry]] = {}
    for entry in shown:
        found.setdefault(entry.span.edtf, []).append(entry)
    return list(found.items())


def _texts(entries: Sequence[Entry]) -> Mapping[str, Told]:
    return told([entry.item for entry in entries])


def _kinds(events: Sequence[str]) -> Mapping[str, str]:
    """The name of the narrowest class of each event, where it is narrower than that of all."""
    found: dict[str, tuple[int, str]] = {}
    for row in site().table("timeline-kinds", these=events, lang=language()) if events else ():
        found[row["iri"]] = max(found.get(row["iri"], (0, "")), (int(row["depth"]), row["label"]))
    return {event: label for event, (_, label) in found.items()}
