"""The positions of the record, read once per snapshot and language: what the matrix, the timeline and the map count on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.chronicle.spans import Span, bounds
from kg.chronicle.standing import Said, Standing, standing
from kg.web.site import language, site

Cell = tuple[str, str]


@dataclass(frozen=True)
class Topic:
    """A topic of the vocabulary; ``depth`` 0 is one without a broader one, ``top`` the one that its branch begins with."""

    iri: str
    label: str
    depth: int
    top: str


@dataclass(frozen=True)
class Record:
    """Positions by holder and topic, and the names of what they mention in the reader's language.

    ``labels`` names agents, ``kinds`` has the class of each; ``classes`` and ``forums`` name those, ``certainties`` degrees
    of certainty, which ``firmness`` orders; ``topics`` stand branch by branch, each after the one that it narrows.
    """

    cells: Mapping[Cell, Sequence[Said]]
    labels: Mapping[str, str]
    kinds: Mapping[str, str]
    classes: Mapping[str, str]
    forums: Mapping[str, str]
    certainties: Mapping[str, str]
    firmness: Mapping[str, int]
    topics: Mapping[str, Topic]

    @cached_property
    def days(self) -> list[str]:
        """The days on which a position begins or may have ended being taken, in order."""
        return bounds(said.span for cell in self.cells.values() for said in cell)

    @cached_property
    def holders(self) -> list[str]:
        """Those who hold a position, by their names."""
        return sorted({holder for holder, topic in self.cells}, key=self.sorting)

    @cached_property
    def by_claim(self) -> Mapping[str, Said]:
        """Positions by their IRI; of one with several holders, any."""
        return {said.claim: said for cell in self.cells.values() for said in cell}

    def sorting(self, agent: str) -> tuple[str, str]:
        """What agents are sorted by."""
        return self.labels.get(agent, agent).casefold(), agent

    def standing(self, holder: str, topic: str, day: str) -> Standing:
        """Where a holder stands on a topic as of a day."""
        return standing(self.cells.get((holder, topic), ()), day)

    def members_of(self, forum: str, day: str) -> Mapping[str, bool]:
        """Who belongs to a forum on a day, and whether that is dated; an undated membership may or may not hold."""
        found: dict[str, bool] = {}
        for member, span in _memberships(forum):
            if span.holds_on(day) or not span.is_dated:
                found[member] = found.get(member, False) or span.is_dated
        return found

    def days_of(self, forum: str) -> list[str]:
        """The days on which something changes, for the members of a forum if one is named: also when they joined or left,
        as far as that was not before all positions."""
        joined = bounds(span for _, span in _memberships(forum)) if forum else []
        return sorted({*self.days, *(day for day in joined if self.days and day >= self.days[0])})

    def branch(self, topic: str) -> list[str]:
        """A topic and all narrower ones."""
        names = list(self.topics)
        start = names.index(topic)
        depth = self.topics[topic].depth
        end = next((n for n in range(start + 1, len(names)) if self.topics[names[n]].depth <= depth), len(names))
        return names[start:end]

    def may_be_said(self, claims: Iterable[str], day: str) -> frozenset[str]:
        """Those of these claims that may have been made by the day; what is no position is not known to be later."""
        said = self.by_claim
        return frozenset(claim for claim in claims if claim not in said or said[claim].span.possibly_by(day))


def record() -> Record:
    """The record of the snapshot that answers, in the reader's language."""
    return site().at_length(f"record {language()}", _read)


def span_of(row: Mapping[str, str]) -> Span:
    """The date in a row of a query, from its columns edtf, first and last."""
    return Span(row.get("first"), row.get("last"), row.get("edtf", ""))


def in_own_language(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The names in rows of iri, label and own (whether that is in the reader's language), that one best."""
    found: dict[str, tuple[bool, str]] = {}
    for row in rows:
        if "label" in row:
            found[row["iri"]] = max(found.get(row["iri"], (False, "")), (row.get("own") == "true", row["label"]))
    return {iri: label for iri, (_, label) in found.items()}


def _memberships(forum: str) -> Sequence[tuple[str, Span]]:
    """Who belongs to a forum, and when."""

    def ask() -> Sequence[tuple[str, Span]]:
        return [(row["member"], span_of(row)) for row in site().long_table("positions-members", forum=forum)]

    return site().once(f"members {forum}", ask)


def _read() -> Record:
    spoken = language()
    names = site().table("positions-names", lang=spoken)
    by_group: dict[str, dict[str, str]] = defaultdict(dict)
    for row in names:
        if "group" in row:
            by_group[row["group"]][row["iri"]] = row.get("label", row["iri"])
    agents = site().long_table("positions-agents", lang=spoken)
    labels = in_own_language(agents)
    depth = {row["iri"]: (int(row.get("depth", 0)), row["iri"]) for row in names if row.get("group") == "kind"}
    kinds: dict[str, str] = {}
    for row in site().long_table("positions-kinds"):
        # The narrowest has the most above it.
        kinds[row["iri"]] = max(kinds.get(row["iri"], row["class"]), row["class"], key=lambda kind: depth.get(kind, (0, kind)))
    return Record(
        cells=_positions(),
        labels={row["iri"]: labels.get(row["iri"], row["iri"]) for row in agents},
        kinds=kinds,
        classes=by_group["kind"],
        forums=dict(sorted(by_group["forum"].items(), key=lambda item: item[1].casefold())),
        certainties=by_group["certainty"],
        firmness={row["iri"]: int(row["place"]) for row in names if "place" in row},
        topics=_tree(site().table("positions-topics", lang=spoken)),
    )


def _positions() -> Mapping[Cell, Sequence[Said]]:
    gives_up, against = defaultdict(set), defaultdict(set)
    for row in site().long_table("positions-links"):
        for name, found in (("gives_up", gives_up), ("against", against)):
            if name in row:
                found[row["claim"]].add(row[name])
    cells: dict[Cell, list[Said]] = defaultdict(list)
    for row in site().long_table("positions"):
        claim = row["claim"]
        cells[row["holder"], row["topic"]].append(
            Said(
                claim, row["holder"], row["topic"], row["stance"], span_of(row), row.get("certainty", ""),
                frozenset(gives_up[claim]), frozenset(against[claim]),
            )
        )  # fmt: skip
    return dict(cells)


def _tree(rows: Sequence[Mapping[str, str]]) -> Mapping[str, Topic]:
    """The topics branch by branch, each level by its labels."""
    known = {row["iri"]: row for row in rows}
    below: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        broader = row.get("broader", "")
        below[broader if broader in known else ""].append(row)
    found: dict[str, Topic] = {}

    def walk(parent: str, depth: int, top: str) -> None:
        for row in sorted(below[parent], key=lambda row: (row.get("label", "").casefold(), row["iri"])):
            if row["iri"] not in found:
                found[row["iri"]] = Topic(row["iri"], row.get("label", row["iri"]), depth, top or row["iri"])
                walk(row["iri"], depth + 1, top or row["iri"])

    walk("", 0, "")
    return found
