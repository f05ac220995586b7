"""Claims as a page tells them: in words, with date, firmness and the passages that carry them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.chronicle.words import edtf_in_words
from kg.pages.facts import Facts, Said
from kg.rdf import PREFIXES
from kg.web.site import language, site

_NOTE = PREFIXES["skos"] + "editorialNote"


@dataclass(frozen=True)
class Passage:
    """Where a claim stands: the document, its title, and the paragraphs as the data number them."""

    document: str
    title: str
    paragraphs: str


@dataclass(frozen=True)
class Told:
    """A claim in the reader's language. Empty is what it does not have; ``when`` is its date in words."""

    iri: str
    summary: str
    kind: str
    stance: str
    certainty: str
    firmness: str
    hedge: str
    modality: str
    strength: str
    edtf: str
    when: str
    wording: str
    event: str
    event_name: str
    passages: Sequence[Passage]


def told(claims: Sequence[str]) -> Mapping[str, Told]:
    """These claims as a page tells them, by IRI."""
    if not claims:
        return {}
    spoken = language()
    passages: dict[str, list[Passage]] = defaultdict(list)
    for row in site().table("positions-passages", claims=claims, lang=spoken):
        title = row.get("title", row["document"])
        passages[row["claim"]].append(Passage(row["document"], title, row.get("paragraphs", "")))
    kinds = _kinds(claims)
    rows = site().table("positions-told", claims=claims, lang=spoken)
    return {row["claim"]: _told(row, kinds.get(row["claim"], ""), passages[row["claim"]]) for row in rows}


@dataclass(frozen=True)
class Against:
    """A claim that another one contradicts, or seems to: the ``judgement`` that says so, and of which ``kind`` it is in
    words, empty where that is not said."""

    other: str
    judgement: str
    kind: str


def notes(claims: Sequence[str]) -> Mapping[str, Sequence[Said]]:
    """What the curators note on these claims: in the reader's language where they do, else in those that they use."""
    facts = Facts(site().statements("positions-notes", claims=claims) if claims else (), language())
    return {claim: facts.texts(claim, _NOTE) for claim in claims}


def judged(claims: Sequence[str]) -> Mapping[str, Sequence[Against]]:
    """What these claims contradict, or seem to, in the judgement of the curators."""
    found: dict[str, list[Against]] = defaultdict(list)
    for row in site().table("positions-judged", claims=claims, lang=language()) if claims else ():
        found[row["claim"]].append(Against(row["other"], row["judgement"], row.get("kind", "")))
    return found


def _kinds(claims: Sequence[str]) -> Mapping[str, str]:
    """The name of the narrowest class of each claim: the one with the most classes above it."""
    spoken = language()
    classes = site().once(f"claim classes {spoken}", lambda: site().table("positions-classes", lang=spoken))
    known = {row["iri"]: (int(row["depth"]), row.get("label", "")) for row in classes if "iri" in row}
    found: dict[str, tuple[int, str]] = {}
    for row in site().table("positions-types", claims=claims):
        if row["class"] in known:
            found[row["claim"]] = max(found.get(row["claim"], (0, "")), known[row["class"]])
    return {claim: label for claim, (_, label) in found.items()}


def _told(row: Mapping[str, str], kind: str, passages: Sequence[Passage]) -> Told:
    given = {name: row.get(name, "") for name in ("stance", "certainty", "firmness", "hedge", "modality")}
    more = {name: row.get(name, "") for name in ("strength", "edtf", "wording", "event")}
    return Told(
        iri=row["claim"],
        summary=row.get("summary", row["claim"]),
        kind=kind,
        when=edtf_in_words(more["edtf"], language()),
        event_name=row.get("eventName", ""),
        passages=passages,
        **given,
        **more,
    )
