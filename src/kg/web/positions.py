"""Who stands where: actors by topics as of a day, at ``/positions``; the claims of a cell, at ``/positions/cell``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from kg.chronicle.marks import Mark, marks, together
from kg.chronicle.standing import Standing, given_up
from kg.chronicle.words import day_in_words, edtf_in_words, month_in_short
from kg.errors import NotFound
from kg.rdf import shorten
from kg.web import picked
from kg.web.record import Record, Topic, record
from kg.web.site import language, page_response, site, to
from kg.web.stances import stances
from kg.web.told import judged, notes, told

#: Actors on a page.
_ROWS = 60
#: Actors of a closed group up to which it is counted who stands where.
_COUNTED = 300
#: Days that the slider moves among; with more of them it moves among the last.
_DAYS = 400


@dataclass(frozen=True)
class Column:
    """A topic of the matrix, or a branch folded into one; ``topics`` has the topics whose positions it shows."""

    topic: Topic
    topics: Sequence[str]
    is_folded: bool


@dataclass(frozen=True)
class Cell:
    """What a cell shows: its marks, and where its claims are."""

    marks: Sequence[Mark]
    href: str
    is_settled: bool


@dataclass(frozen=True)
class Row:
    """An actor with its cells; ``is_dated`` is False for a member of the forum whose membership has no date."""

    actor: str
    label: str
    cells: Sequence[Cell | None]
    is_dated: bool


@dataclass(frozen=True)
class Group:
    """The actors of a kind: how many there are, and the rows of those on the page; closed, it has a ``summary`` instead.

    That has for each column how many of the actors stand where, by stance; None for a group too large to be counted.
    """

    kind: str
    name: str
    size: int
    rows: Sequence[Row]
    is_closed: bool = False
    summary: Sequence[Mapping[str, int]] | None = None


@dataclass(frozen=True)
class Asked:
    """What the form asks for; empty is what it leaves open."""

    day: str
    forum: str
    kind: str
    topic: str
    everybody: bool
    folded: Sequence[str]
    closed: Sequence[str]

    @property
    def parameters(self) -> dict[str, object]:
        """The same as an address has it."""
        short = {name: shorten(iri) if iri else None for name, iri in self.__dict__.items() if name in _CHOICES}
        return {"date": self.day, **short, "everybody": "1" if self.everybody else None}

    def address(self, folded: Sequence[str], closed: Sequence[str], **other: object) -> str:
        """The address of the same choice with these branches folded and these groups closed."""
        given = [("fold", one) for one in folded] + [("close", one) for one in closed]
        more = "".join(f"&{name}={shorten(iri)}" for name, iri in given)
        return f"{to('/positions', **{**self.parameters, **other})}{more}#matrix"


_CHOICES = ("forum", "kind", "topic")


def blueprint() -> Blueprint:
    """The routes of the matrix and of its cells."""
    routes = Blueprint("positions", __name__)
    routes.add_url_rule("/positions", "positions", positions)
    routes.add_url_rule("/positions/cell", "cell", cell)
    return routes


def positions() -> Response:
    """The matrix. Raises RequestError for what it cannot be made for."""
    site().answer_from(request.args.get("snapshot"))
    known = record()
    asked = _asked(known)
    actors = _actors(known, asked)
    opened = [actor for actor in actors if known.kinds.get(actor, "") not in asked.closed]
    part = picked.pages(len(opened), _ROWS)
    columns = _columns(known, asked, actors)
    rows = [_row(known, asked, actor, columns, actors[actor]) for actor in opened[max(0, part.first - 1) : part.last]]
    return page_response(
        "positions.html",
        asked=asked,
        known=known,
        columns=columns,
        branches=_branches(known, columns),
        groups=_groups(known, asked, actors, rows, columns),
        kinds_here=list(dict.fromkeys(known.kinds.get(actor, "") for actor in actors)),
        actors=len(actors),
        part=part,
        days=[(one, day_in_words(one, language())) for one in known.days_of(asked.forum)[-_DAYS:]],
        count=sum(cell is not None for row in rows for cell in row.cells),
        undated=sum(not said.span.is_dated for cell in known.cells.values() for said in cell),
        folding=lambda topic: asked.address(_toggled(asked.folded, topic), asked.closed),
        closing=lambda kind: asked.address(asked.folded, _toggled(asked.closed, kind)),
        with_closed=lambda kinds: asked.address(asked.folded, kinds),
        paged=lambda page: asked.address(asked.folded, asked.closed, page=page),
        **_shared(asked.day),
    )


def cell() -> Response:
    """The claims of an actor on a topic: as of a day, given up before, taken later. Raises RequestError, NotFound."""
    site().answer_from(request.args.get("snapshot"))
    known = record()
    asked = _asked(known)
    actor = picked.one_of("actor", known.labels, "actor")
    if not (actor and asked.topic):
        raise NotFound("A cell needs an actor and a topic.", remedy="Choose one in the matrix at /positions.")
    topics = known.branch(asked.topic) if request.args.get("branch") else [asked.topic]
    stand = together([known.standing(actor, topic, asked.day) for topic in topics], asked.day)
    if not (stand.now or stand.before or stand.after):
        raise NotFound("No position of that actor on that topic is recorded.", remedy="See the matrix at /positions.")
    said = [one.claim for one in (*stand.now, *stand.before, *stand.after)]
    against = sorted(frozenset().union(*(one.against for one in (*stand.now, *stand.before, *stand.after))))
    beside = [row["claim"] for row in site().table("positions-beside", actor=actor, topic=asked.topic)]
    return page_response(
        "positions-cell.html",
        asked=asked, known=known, actor=actor, topics=topics, stand=stand,
        doubted=given_up(stand.now),
        told=told([*dict.fromkeys([*said, *against, *beside])]),
        notes=notes([*dict.fromkeys([*said, *beside])]),
        judged=judged(list(dict.fromkeys(said))),
        beside=[claim for claim in beside if claim not in against],
        back={**asked.parameters, "topic": None},
        **_shared(asked.day),
    )  # fmt: skip


def _shared(day: str) -> dict[str, object]:
    spoken = language()
    return {
        "stances": stances(),
        "shorten": shorten,
        "today": day_in_words(day, spoken),
        "in_words": lambda edtf: edtf_in_words(edtf, spoken),
        "in_short": lambda mark: _in_short(mark, day, spoken),
    }


def _in_short(mark: Mark, day: str, spoken: str) -> str:
    """The month that a mark is known from, as a cell has room for it; empty where it is not dated."""
    known = mark.span.last if mark.span.surely_by(day) else mark.span.first
    return month_in_short(known, spoken) if known else ""


def _asked(known: Record) -> Asked:
    return Asked(
        day=picked.day("date", known.days[-1] if known.days else "0001-01-01"),
        forum=picked.one_of("forum", known.forums, "forum"),
        kind=picked.one_of("kind", known.classes, "kind of actor"),
        topic=picked.one_of("topic", known.topics, "topic"),
        everybody=bool(request.args.get("everybody")),
        folded=picked.some_of("fold", known.topics, "topic"),
        closed=picked.some_of("close", known.classes, "kind of actor"),
    )


def _actors(known: Record, asked: Asked) -> Mapping[str, bool]:
    """Who has a row, kind by kind in the order of names, and whether a date says that it belongs to the forum."""
    if asked.forum:
        found = dict(known.members_of(asked.forum, asked.day))
    else:
        found = dict.fromkeys(known.labels if asked.everybody else known.holders, True)
    if asked.topic or not asked.everybody:
        wanted = set(known.branch(asked.topic)) if asked.topic else set(known.topics)
        holders = {
            holder for (holder, topic), said in known.cells.items()
            if topic in wanted and any(one.span.possibly_by(asked.day) for one in said)
        }  # fmt: skip
        found = {actor: dated for actor, dated in found.items() if asked.everybody or actor in holders}
    kept = [actor for actor in found if not asked.kind or known.kinds.get(actor) == asked.kind]
    sizes = Counter(known.kinds.get(actor, "") for actor in kept)
    kept.sort(key=lambda actor: (-sizes[known.kinds.get(actor, "")], known.kinds.get(actor, ""), known.sorting(actor)))
    return {actor: found[actor] for actor in kept}


def _columns(known: Record, asked: Asked, actors: Mapping[str, bool]) -> list[Column]:
    """The topics on which one of the actors is recorded by the day, in the order of the tree; folded branches as one."""
    said = {
        topic for (holder, topic), cell in known.cells.items()
        if holder in actors and any(one.span.possibly_by(asked.day) for one in cell)
    }  # fmt: skip
    wanted = known.branch(asked.topic) if asked.topic else list(known.topics)
    found: list[Column] = []
    for iri in wanted:
        topic = known.topics[iri]
        if topic.top in asked.folded and not asked.topic:
            branch = [one for one in known.branch(topic.top) if one in said]
            if iri == topic.top and branch:
                found.append(Column(topic, branch, is_folded=True))
        elif iri in said:
            found.append(Column(topic, [iri], is_folded=False))
    return found


def _branches(known: Record, columns: Sequence[Column]) -> list[tuple[Topic, int]]:
    """The branches above the columns, each with how many columns it spans."""
    widths = Counter(column.topic.top for column in columns)
    return [(known.topics[top], width) for top, width in widths.items()]


def _row(known: Record, asked: Asked, actor: str, columns: Sequence[Column], is_dated: bool) -> Row:
    cells = []
    for column in columns:
        if not any((actor, topic) in known.cells for topic in column.topics):
            cells.append(None)
            continue
        stand = together([known.standing(actor, topic, asked.day) for topic in column.topics], asked.day)
        cells.append(_cell(known, asked, actor, column, stand) if stand.now else None)
    return Row(actor, known.labels[actor], cells, is_dated)


def _cell(known: Record, asked: Asked, actor: str, column: Column, stand: Standing) -> Cell:
    against: set[str] = set().union(*(said.against for said in stand.now))
    visible = known.may_be_said(against, asked.day)
    where = {
        **asked.parameters, "actor": shorten(actor), "topic": shorten(column.topic.iri),
        "branch": "1" if column.is_folded else None,
    }  # fmt: skip
    return Cell(marks(stand, known.firmness, visible), to("/positions/cell", **where), stand.is_settled)


def _groups(
    known: Record, asked: Asked, actors: Mapping[str, bool], rows: Sequence[Row], columns: Sequence[Column]
) -> list[Group]:
    """The actors by kind, in their order: the rows of the page, and those groups that are closed."""
    members: dict[str, list[str]] = {}
    for actor in actors:
        members.setdefault(known.kinds.get(actor, ""), []).append(actor)
    shown = {kind: [row for row in rows if known.kinds.get(row.actor, "") == kind] for kind in members}
    found = []
    for kind, those in members.items():
        name, is_closed = known.classes.get(kind, ""), kind in asked.closed
        if is_closed:
            summary = _summary(known, asked, those, columns) if len(those) <= _COUNTED else None
            found.append(Group(kind, name, len(those), (), True, summary))
        elif shown[kind]:
            found.append(Group(kind, name, len(those), shown[kind]))
    return found


def _summary(known: Record, asked: Asked, those: Sequence[str], columns: Sequence[Column]) -> list[Mapping[str, int]]:
    """For each column how many of these actors may stand where as of the day; who may have two stances counts for both."""
    found = []
    places = {stance: place for place, stance in enumerate(stances())}
    for column in columns:
        counts: Counter[str] = Counter()
        for actor in those:
            said = [known.standing(actor, topic, asked.day) for topic in column.topics if (actor, topic) in known.cells]
            counts.update(set(together(said, asked.day).stances) if said else ())
        found.append({stance: counts[stance] for stance in sorted(counts, key=lambda one: (places.get(one, len(places)), one))})
    return found


def _toggled(chosen: Sequence[str], one: str) -> list[str]:
    """Those chosen without one of them, or with it if it is not among them."""
    return [other for other in chosen if other != one] if one in chosen else [*chosen, one]
