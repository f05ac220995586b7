"""Items as lists of them show them, and what claims rest on, each in a line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.pages.facts import Said
from kg.rdf import shorten
from kg.web.site import site

#: A resource and what it is called.
Named = tuple[str, str]
_LISTS = ("kind", "who", "topic", "stance", "certainty")


@dataclass
class Shown:
    """An item as a list shows it: by what is said of it. ``spoken`` is the language of its name if not the reader's."""

    iri: str
    name: str = ""
    spoken: str | None = None
    about: str = ""
    date: str = ""
    sign: str = ""
    #: The kinds of its contradictions, empty for one of which none is told in the reader's language.
    contradicted: list[str] = field(default_factory=list)
    kind: list[Named] = field(default_factory=list)
    who: list[Named] = field(default_factory=list)
    topic: list[Named] = field(default_factory=list)
    stance: list[Named] = field(default_factory=list)
    certainty: list[Named] = field(default_factory=list)
    #: Documents with their names and the paragraphs.
    sources: list[tuple[str, str, list[int]]] = field(default_factory=list)

    @property
    def is_claim(self) -> bool:
        """True for what says how certain it is, as claims do."""
        return bool(self.certainty)


@dataclass(frozen=True)
class Rest:
    """What a claim rests on: a place of a document, and the voices that it came through, from the document inwards."""

    evidence: str
    document: str
    title: str
    paragraph: int | None
    start: int | None
    end: int | None
    locator: Said | None
    direct: bool
    voices: Sequence[Named]


def shown(items: Collection[str], spoken: str) -> dict[str, Shown]:
    """These items as a list shows them, in a language, by IRI."""
    found = {iri: Shown(iri) for iri in items}
    if not found:
        return {}
    paragraphs: dict[tuple[str, str], set[int]] = {}
    for row in site().table("shown", items=list(found)):
        one, what, said, tag = found[row["item"]], row["what"], row.get("text", ""), row.get("language", "")
        mine = tag in (spoken, "")
        if what == "name" and (mine or not one.name):
            one.name, one.spoken = said, tag if tag and tag != spoken else None
        elif what == "about" and mine:
            one.about = said
        elif what in ("date", "sign"):
            setattr(one, what, said)
        elif what == "contradicted":
            one.contradicted.append(said if mine else "")
        elif what == "paragraph":
            paragraphs.setdefault((one.iri, row["value"]), set()).add(int(said))
        elif what in _LISTS and tag == spoken:
            getattr(one, what).append((row["value"], said))
        elif what == "source" and (mine or row["value"] not in [iri for iri, _, _ in one.sources]):
            one.sources = [each for each in one.sources if each[0] != row["value"]]
            one.sources.append((row["value"], said, []))
    for one in found.values():
        one.name = one.name or shorten(one.iri).strip("<>")
        for source, _, numbers in one.sources:
            numbers.extend(sorted(paragraphs.get((one.iri, source), ())))
    return found


def chains(steps: Iterable[str], spoken: str) -> dict[str, list[Named]]:
    """The voices behind each of these steps of attribution, from the document inwards, with their names."""
    asked = sorted(set(steps))
    found: dict[str, dict[int, Named]] = {}
    for row in site().table("source-chains", items=asked) if asked else []:
        number, tag = int(row["number"]), row.get("language", "")
        known = found.setdefault(row["step"], {})
        if tag in (spoken, "") or number not in known:
            known[number] = (row["voice"], row.get("name") or shorten(row["voice"]))
    return {step: [voice for _, voice in sorted(numbered.items())] for step, numbered in found.items()}


def rests(claims: Collection[str], spoken: str) -> dict[str, list[Rest]]:
    """What each of these claims rests on, in the order of documents and places."""
    rows = site().table("source-evidence", items=sorted(set(claims)), lang=spoken) if claims else []
    voices = chains((row["step"] for row in rows if "step" in row), spoken)
    found: dict[str, dict[str, Rest]] = {}
    for row in rows:
        known = found.setdefault(row["claim"], {})
        if row["evidence"] not in known or row.get("language") == spoken:
            known[row["evidence"]] = _rest(row, voices, spoken)
    ordered = {claim: sorted(each.values(), key=lambda one: (one.document, one.start or 0)) for claim, each in found.items()}
    return ordered


def _rest(row: Mapping[str, str], voices: Mapping[str, Sequence[Named]], spoken: str) -> Rest:
    def number(name: str) -> int | None:
        return int(row[name]) if row.get(name) else None

    tag = row.get("locatorLanguage", "")
    locator = Said(row["locator"], tag if tag != spoken else "") if row.get("locator") else None
    return Rest(
        row["evidence"], row["document"], row.get("title") or shorten(row["document"]), number("paragraph"),
        number("start"), number("end"), locator, row.get("direct") == "true",
        voices.get(row.get("step", ""), ()),
    )  # fmt: skip
