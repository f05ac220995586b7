"""What answers at ``/browse``: items found by words, slips of the pen included, and by facets, with a page of them shown.

The index is built once per snapshot, when it is first asked for, from what the workers answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from kg.browsing.asking import PER_PAGE, SORTS, Answer, Asked, Value, answer, leading, read
from kg.browsing.index import FACETS, LENDING, Index, Material
from kg.linking import match
from kg.linking.names import normalised
from kg.model import LANGUAGES
from kg.rdf import PREFIXES, shorten
from kg.web.gathering import gathered
from kg.web.reconciling import knowledge
from kg.web.showing import shown
from kg.web.site import NEGOTIATED, language, page_response, reader_labels, site
from kg.web.words import words

#: From which score on a name is taken for what is looked for, or shown as what may have been meant; of 100.
_MEANT, _NEAR = 74.0, 35.0
#: Names that are looked at: those a text may be a slip of, and those that it begins.
_CANDIDATES, _BEGUN = 8, 40
#: From how many letters on a text is taken for the beginning of a name.
_BEGINS = 2
#: What values of facets are called that no file of the graph gives a name, by the key of the words.
_NAMES = {PREFIXES["skos"] + "Concept": "browse-concept"}
#: Pages beside this one that the page leads to.
_NEIGHBOURS = 2


@dataclass
class Known:
    """The index of a snapshot and what its values are called: IRI → language → text."""

    index: Index
    labels: Mapping[str, Mapping[str, str]]

    def label(self, iri: str, spoken: str) -> str:
        """What a value is called, in a language or in another, else its short name."""
        found = self.labels.get(iri, {})
        for tag in (spoken, "en", "", *sorted(found)):
            if tag in found:
                return found[tag]
        return shorten(iri).strip("<>")


def results() -> Response:
    """The page of what is looked for. Raises RequestError."""
    here = site()
    here.answer_from(request.args.get("snapshot"))
    spoken = language()
    asked = read(request.args.to_dict(flat=False), PREFIXES)
    known = site().at_length("browse", _built)
    meant = _meant(asked.text, _MEANT)
    found = answer(asked, known.index, meant, spoken)
    labels = reader_labels()
    return page_response(
        "browse.html",
        labels,
        asked=asked,
        found=found,
        results=list(shown(found.items, spoken).values()),
        facets={facet: _named(leading(found.facets[facet], facet), known, spoken) for facet in FACETS},
        values={facet: len(found.facets[facet]) for facet in FACETS},
        chosen=[(facet, value, known.label(value, spoken)) for facet, all_ in asked.chosen.items() for value in all_],
        near=[] if found.total else _proposals(asked, spoken),
        parameters=lambda **changes: _parameters(asked, changes),
        every=known.index.size,
        sorts=SORTS,
        first=(asked.page - 1) * PER_PAGE + 1,
        numbers=_pages(asked.page, found),
        short=shorten,
        vary=NEGOTIATED,
    )


def _built() -> Known:
    """The index of the snapshot that answers this request."""
    texts = [(row["item"], row["text"], row["language"], row["named"] == "true") for row in gathered("browse-texts")]
    classes = [(row["value"], row["text"], row["language"]) for row in gathered("browse-labels")]
    classes += [(value, words(spoken)[key], spoken) for value, key in _NAMES.items() for spoken in LANGUAGES]
    links = dict.fromkeys((*FACETS, *LENDING))
    material = Material(
        texts=texts,
        links=[(row["item"], link, row["value"]) for link in links for row in gathered(f"browse-{link}")],
        dates=[(row["item"], row["earliest"], row["latest"]) for row in gathered("browse-dates")],
        above=[(row["value"], row["above"]) for row in gathered("browse-above")],
        called=[(value, said) for value, said, _ in classes],
    )
    index = Index(material)
    # The orders are made with it, so that who first asks for one need not wait.
    index.by_name(LANGUAGES[0])
    index.between("", "")
    values = {value for facet in FACETS for value in index.facets[facet]}
    labels: dict[str, dict[str, str]] = {}
    for value, said, spoken in (*((item, said, spoken) for item, said, spoken, named in texts if named), *classes):
        if value in values:
            labels.setdefault(value, {}).setdefault(spoken, said)
    return Known(index, labels)


def _meant(looked_for: str, least: float) -> list[str]:
    """The entities that a name means, best first: by any of their names, also misspelt, or by the beginning of one."""
    if not looked_for:
        return []
    known = knowledge()
    found = match.match(match.Asked(name=looked_for, limit=_CANDIDATES), known)
    plain = normalised(looked_for)
    begun = known.names.beginning(plain, _BEGUN) if len(plain) >= _BEGINS else []
    starting = [known.candidates[form.entity] for form in begun if form.kind != "office"]
    good = [one.entity for one in found if one.score >= least]
    return list(dict.fromkeys([*good, *starting]))


def _proposals(asked: Asked, spoken: str) -> list[tuple[str, str]]:
    """What may have been meant where nothing was found: entities of a name that is a little alike."""
    return [(iri, knowledge().label(iri, spoken)) for iri in _meant(asked.text, _NEAR)[:_CANDIDATES]]


def _named(values: Sequence[Value], known: Known, spoken: str) -> list[tuple[Value, str, str]]:
    """The values of a facet with their names in addresses and for readers."""
    return [(value, shorten(value.iri).strip("<>"), known.label(value.iri, spoken)) for value in values]


def _parameters(asked: Asked, changes: Mapping[str, object]) -> list[tuple[str, str]]:
    """The parameters of the same question with some changed: ``without`` drops a value of a facet, None a parameter."""
    facet, dropped = changes.get("without") or ("", "")
    given: dict[str, object] = {
        "q": asked.text, "from": asked.first, "until": asked.last,
        "sort": asked.sort if asked.sort != SORTS[0] else "", "page": "",
    }  # fmt: skip
    given |= {name: value for name, value in changes.items() if name != "without"}
    found = [(name, str(value)) for name, value in given.items() if value]
    found += [
        (name, shorten(value).strip("<>"))
        for name, values in asked.chosen.items()
        for value in values
        if (name, value) != (facet, dropped)
    ]
    return found


def _pages(number: int, found: Answer) -> list[int | None]:
    """The numbers of the pages to lead to, None for those left out between."""
    near = range(number - _NEIGHBOURS, number + _NEIGHBOURS + 1)
    shown = sorted({1, found.pages, *(one for one in near if 1 <= one <= found.pages)})
    every: list[int | None] = []
    for one in shown:
        if every and one - (every[-1] or 0) > 1:
            every.append(None)
        every.append(one)
    return every
