"""The sources: each text with its claims in the order of its paragraphs, and where sources contradict each other.

The texts themselves are not here; what is known of them is where claims rest on them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from kg.errors import NotFound
from kg.passages.bar import ASIDE, CITED, Stretch, share, stretches
from kg.rdf import FAMILIES, ID, shorten
from kg.web import picked
from kg.web.gathering import gathered
from kg.web.showing import Named, chains, rests, shown
from kg.web.site import NEGOTIATED, language, page_response, site

_DOCUMENTS = f"{ID}{FAMILIES['doc']}"
#: Places of claims on a page of a source, contradictions on one page, and texts and further works on one page.
_PLACES, _PAIRS, _TEXTS, _WORKS = 120, 25, 20, 100
#: Stretches that a bar shows; more are too thin to be seen.
_STRETCHES = 2_000
_LONGEST = 200

Row = Mapping[str, str]
#: A chain of voices, how many claims came through it, and how many places of direct speech.
_Through = tuple[Sequence[Named], int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a claim rests on a source."""

    claim: str
    evidence: str
    paragraph: int
    start: int
    end: int
    step: str
    direct: bool


@dataclass(frozen=True)
class _Source:
    """What is kept of a source: what it says of itself, the places of its claims, what is set aside."""

    said: Row
    unstated: Sequence[str]
    places: Sequence[_Place]
    aside: Sequence[Row]
    bar: Sequence[Stretch]
    manner: Sequence[Row]
    claims: int
    contradictions: int

    @property
    def length(self) -> int:
        """Code points of the text, as far as known."""
        return self.bar[-1].end if self.bar else 0


def blueprint() -> Blueprint:
    """The routes of the sources."""
    routes = Blueprint("sourcepages", __name__)
    routes.add_url_rule("/sources", "sources", sources)
    routes.add_url_rule("/sources/contradictions", "contradictions", contradictions)
    routes.add_url_rule("/sources/<name>", "source", source)
    return routes


def sources() -> Response:
    """The texts that the graph is made from, then the works that it cites besides. Raises RequestError, NotFound."""
    here, spoken = site(), language()
    here.answer_from(request.args.get("snapshot"))
    number = picked.number()
    texts, works = here.at_length(f"sources {spoken}", lambda: _listed(spoken))
    part = picked.pages(len(texts), _TEXTS, "texts")
    start = (number - 1) * _WORKS
    some = works[start : start + _WORKS]
    names = shown([row["document"] for row in some], spoken)
    return _answered(
        "sources.html", part=part, texts=texts[max(0, part.first - 1) : part.last],
        works=[(row, names[row["document"]]) for row in some], works_in_all=len(works), start=start, number=number,
        last=max(1, -(-len(works) // _WORKS)), contradictions=len(_pairs(spoken)),
    )  # fmt: skip


def source(name: str) -> Response:
    """A text with its claims, in the order of its paragraphs. Raises NotFound, RequestError."""
    here, spoken = site(), language()
    here.answer_from(request.args.get("snapshot"))
    number = picked.number()
    texts, _ = here.at_length(f"sources {spoken}", lambda: _listed(spoken))
    found = next((one for row, one in texts if local(row["document"]) == name), None)
    if found is None:
        raise NotFound("There is no source of this name.", remedy="Choose one of those at /sources.")
    start = (number - 1) * _PLACES
    some = found.places[start : start + _PLACES]
    if start and not some:
        raise NotFound("This source has fewer pages.", remedy="Leave page out for the first.")
    items = shown(dict.fromkeys(place.claim for place in some), spoken)
    key = f"source voices {found.said['document']} {spoken}"
    voices, through = here.at_length(key, lambda: _voices(found.places, spoken))
    return _answered(
        "source.html", source=found, parts=_parts(found, some, start), items=items, voices=voices, through=through,
        start=start,
        number=number, last=max(1, -(-len(found.places) // _PLACES)), per_page=_PLACES,
        paragraphs=_by_paragraph(found),
    )  # fmt: skip


def contradictions() -> Response:
    """Pairs of claims that contradict each other, side by side, with what each rests on. Raises RequestError."""
    here, spoken = site(), language()
    here.answer_from(request.args.get("snapshot"))
    number, kind, name = picked.number(), request.args.get("kind", "")[:_LONGEST], request.args.get("source", "")[:_LONGEST]
    pairs = _pairs(spoken)
    kinds: dict[str, list[Row]] = {}
    for row in pairs:
        kinds.setdefault(row.get("kind", ""), []).append(row)
    chosen = [row for row in pairs if not kind or local(row.get("kind", "")) == kind]
    if name:
        inside = _about_source(name)
        chosen = [row for row in chosen if row["judgement"] in inside]
    some = chosen[(number - 1) * _PAIRS : number * _PAIRS]
    claims = [row[side] for row in some for side in ("a", "b")]
    return _answered(
        "contradictions.html", pairs=some, items=shown(claims, spoken), rests=rests(claims, spoken), total=len(chosen),
        kinds=[(one, rows[0].get("kindName", ""), len(rows)) for one, rows in kinds.items() if one], kind=kind,
        source=name, number=number, last=max(1, -(-len(chosen) // _PAIRS)), first=(number - 1) * _PAIRS + 1,
    )  # fmt: skip


def local(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rpartition("/")[2]


def _listed(spoken: str) -> tuple[list[tuple[Row, _Source]], list[Row]]:
    """The texts, each with what is kept of it, and the other works with their counts."""
    texts: dict[str, dict[str, str]] = {}
    for row in gathered("source-list", lang=spoken):
        if row["document"].startswith(_DOCUMENTS) and (row["document"] not in texts or row.get("language") == spoken):
            texts[row["document"]] = row
    counts = {row["document"]: row for row in gathered("source-counts")}
    places = site().at_length("source places", _placed)
    said = {name: _by_document(gathered(f"source-{name}", lang=spoken)) for name in ("unstated", "aside", "manner")}
    listed = []
    for iri, row in texts.items():
        rows = {name: each.get(iri, []) for name, each in said.items()}
        listed.append((row, _made(row, rows, places.get(iri, ()), int(counts.get(iri, {}).get("claims", 0)))))
    return listed, [row for iri, row in counts.items() if iri not in texts]


def _placed() -> dict[str, list[_Place]]:
    """Where claims rest on each of the texts, in the order of the text."""
    found: dict[str, list[_Place]] = {}
    for row in gathered("source-places"):
        numbers = (int(row[name] or 0) for name in ("paragraph", "start", "end"))
        place = _Place(row["claim"], row["evidence"], *numbers, row["step"], row["direct"] == "true")
        found.setdefault(row["document"], []).append(place)
    for places in found.values():
        places.sort(key=lambda one: (one.paragraph, one.start, one.end, one.claim))
    return found


def _by_document(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["document"], []).append(row)
    return found


def _made(said: Row, rows: Mapping[str, Sequence[Row]], places: Sequence[_Place], claims: int) -> _Source:
    length = int(said.get("characters") or max((one.end for one in places), default=0))
    aside = rows["aside"]
    bar = stretches(length, ((one.start, one.end) for one in places), ((int(row["start"]), int(row["end"])) for row in aside))
    unstated = [shorten(row["property"]) for row in rows["unstated"]]
    conflicts = len(_about_source(local(said["document"])))
    return _Source(said, unstated, places, aside, bar[:_STRETCHES], rows["manner"], claims, conflicts)


def _voices(places: Sequence[_Place], spoken: str) -> tuple[Mapping[str, Sequence[Named]], Sequence[_Through]]:
    """Who speaks: the chains of voices by step, and each with its claims and, of these, the places of direct speech."""
    through: dict[str, set[str]] = {}
    direct: dict[str, set[str]] = {}
    for one in places:
        through.setdefault(one.step, set()).add(one.claim)
        if one.direct:
            direct.setdefault(one.step, set()).add(one.evidence)
    known = chains((step for step in through if step), spoken)
    rows = [(known.get(step, []), len(claims), len(direct.get(step, ()))) for step, claims in through.items()]
    return known, sorted(rows, key=lambda row: (-row[1], [name for _, name in row[0]]))


def _pairs(spoken: str) -> list[Row]:
    """Every contradiction, those between texts first."""

    def read() -> list[Row]:
        found: dict[str, Row] = {}
        for row in gathered("source-contradictions", lang=spoken):
            found.setdefault(row["judgement"], row)
        return sorted(found.values(), key=lambda row: not row["paragraph"])

    return site().at_length(f"contradictions {spoken}", read)


def _about_source(name: str) -> Collection[str]:
    """The contradictions of which one side rests on a text."""

    def read() -> dict[str, set[str]]:
        of_claim: dict[str, list[str]] = {}
        for row in _pairs(language()):
            for side in ("a", "b"):
                of_claim.setdefault(row[side], []).append(row["judgement"])
        return {
            local(document): {judgement for place in places for judgement in of_claim.get(place.claim, ())}
            for document, places in site().at_length("source places", _placed).items()
        }

    return site().at_length("contradictions by source", read).get(name, ())


def _by_paragraph(found: _Source) -> list[tuple[int, int, list[str], int]]:
    """Each paragraph of a source: its number, its claims, why passages of it are set aside, and on which page it begins."""
    claims: dict[int, set[str]] = {}
    first: dict[int, int] = {}
    for position, one in enumerate(found.places):
        claims.setdefault(one.paragraph, set()).add(one.claim)
        first.setdefault(one.paragraph, position // _PLACES + 1)
    reasons: dict[int, list[str]] = {}
    for row in found.aside:
        reasons.setdefault(int(row["paragraph"]), []).append(row.get("reason", ""))
    last = max(int(found.said.get("paragraphs") or 0), *claims, *reasons, 0)
    # What is set aside stands on the page that goes on beyond it.
    ends = [found.places[start : start + _PLACES][-1].paragraph for start in range(0, len(found.places), _PLACES)]
    pages = {number: first.get(number) or min(bisect_left(ends, number) + 1, max(1, len(ends))) for number in range(1, last + 1)}
    return [(number, len(claims.get(number, ())), reasons.get(number, []), page) for number, page in pages.items()]


def _parts(found: _Source, some: Sequence[_Place], start: int) -> list[tuple[int, list[_Place], list[Row]]]:
    """The paragraphs of a page with their places, and what is set aside in them or in those between."""
    by_number: dict[int, list[_Place]] = {}
    for one in some:
        by_number.setdefault(one.paragraph, []).append(one)
    before = found.places[start - 1].paragraph if start else -1
    goes_on = start + len(some) < len(found.places)
    aside: dict[int, list[Row]] = {}
    for row in found.aside:
        number = int(row["paragraph"])
        if before < number and not (goes_on and number > some[-1].paragraph):
            aside.setdefault(number, []).append(row)
    return [(number, by_number.get(number, []), aside.get(number, [])) for number in sorted({*by_number, *aside})]


def _answered(template: str, **values: object) -> Response:
    return page_response(
        template, vary=NEGOTIATED, local=local, share=share, cited=CITED, aside=ASIDE, **values
    )
