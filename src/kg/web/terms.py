"""From triples to what a page shows: terms with labels in the reader's language, grouped by predicate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup, escape

from kg.pages.facts import Said
from kg.rdf import BASE, PREFIXES, shorten
from kg.web.words import graph_name, outer

#: Properties that name things, best first.
LABELS = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("rdfs", "label"),
        ("skos", "prefLabel"),
        ("foaf", "name"),
        ("dcterms", "title"),
        ("schema", "name"),
        ("ckg", "summary"),
    )
)

#: Other names of a thing, which a page shows in one line.
_OTHER = PREFIXES["skos"] + "altLabel"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
#: A predicate and its value.
Pair = tuple[ox.NamedNode, Term]


@dataclass(frozen=True)
class Shown:
    """A term as shown: its text, the link if it has one, and the language or datatype of a literal."""

    text: str
    href: str | None = None
    iri: str | None = None
    language: str | None = None
    datatype: str | None = None


@dataclass
class Labels:
    """Labels found among triples, to be asked for in the reader's language; ``root`` is where the site lives, and
    ``carried`` the query string that its links take along."""

    language: str
    root: str = ""
    carried: str = ""
    _found: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)

    def copied(self, root: str, carried: str) -> Labels:
        """The same labels for links of a page that is asked for in another way; what it takes in is its own."""
        return Labels(self.language, root, carried, {iri: dict(found) for iri, found in self._found.items()})

    def read(self, triples: Iterable[ox.Triple]) -> None:
        """Take in the labels among these triples."""
        ranks = {iri: rank for rank, iri in enumerate(LABELS)}
        for triple in triples:
            rank = ranks.get(triple.predicate.value)
            named = isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal)
            if rank is None or not named:
                continue
            by_language = self._found.setdefault(triple.subject.value, {})
            spoken = triple.object.language or ""
            candidate = (rank, triple.object.value)
            by_language[spoken] = min(candidate, by_language.get(spoken, candidate))

    def take(self, iri: str, text: str, spoken: str | None) -> None:
        """Take in what one IRI is called, in this language if it has one."""
        self._found.setdefault(iri, {})[spoken or ""] = (0, text)

    def take_words(self, graphs: Iterable[str] = ()) -> None:
        """Take in what the pages call terms of other vocabularies, and these named graphs."""
        for iri, name in [*outer(self.language).items(), *((iri, graph_name(iri, self.language)) for iri in graphs)]:
            self.take(iri, name, self.language)

    def of(self, iri: str) -> tuple[str, str | None]:
        """The label of an IRI and its language: the reader's, else without one, English, any; else a short name."""
        found = self._found.get(iri, {})
        for spoken in (self.language, "", "en", *sorted(found)):
            if spoken in found:
                return found[spoken][1], spoken or None
        short = shorten(iri)
        return (short if not short.startswith("<") else iri), None

    def show(self, term: Term) -> Shown:
        """A term as shown on a page."""
        if isinstance(term, ox.NamedNode):
            text, spoken = self.of(term.value)
            return Shown(text, self.link(term.value), term.value, spoken)
        if isinstance(term, ox.Literal):
            datatype = term.datatype.value
            plain = term.language or datatype == PREFIXES["xsd"] + "string"
            return Shown(term.value, language=term.language, datatype=None if plain else shorten(datatype).strip("<>"))
        return Shown("[…]")

    def named(self, said: Said, style: str = "") -> Markup:
        """A name as HTML, linked if there is something to read about it; ``style`` is the class of the link.

        Written here since a page has hundreds of them, and a macro takes ten times as long.
        """
        href = self.link(said.iri) if said.iri else None
        spoken = f' lang="{escape(said.language)}"' if said.language else ""
        if not href:
            return Markup(f"<span{spoken}>{escape(said.text)}</span>")
        of_class = f' class="{escape(style)}"' if style else ""
        return Markup(f'<a href="{escape(href)}"{spoken}{of_class}>{escape(said.text)}</a>')

    def link(self, iri: str) -> str | None:
        """Where to read about an IRI: our page for ours, itself for others; none if it is no web address."""
        if iri.startswith(BASE):
            path, hash, fragment = iri[len(BASE) :].partition("#")
            if path.startswith(("/", "\\")):
                # After our root it would be the address of another site.
                return None
            joined = ("&" if "?" in path else "?") if self.carried else ""
            return f"{self.root}/{path}{joined}{self.carried}{hash}{fragment}"
        return iri if iri.startswith(("http://", "https://")) else None


@dataclass(frozen=True)
class Group:
    """The values of one predicate."""

    predicate: Shown
    values: Sequence[Shown]


def other_names(pairs: Iterable[Pair], language: str) -> tuple[list[tuple[str, list[str]]], list[Pair]]:
    """The other names among predicate and value pairs, and the rest of these.

    A name stands once, with all its languages; those in the reader's language come first.
    """
    found: dict[str, set[str]] = {}
    rest = []
    for predicate, value in pairs:
        if predicate.value == _OTHER and isinstance(value, ox.Literal):
            found.setdefault(value.value, set()).add(value.language or "")
        else:
            rest.append((predicate, value))
    ordered = sorted(found.items(), key=lambda name: (language not in name[1], min(name[1]), name[0].casefold()))
    return [(text, sorted(tags - {""}, key=lambda tag: (tag != language, tag))) for text, tags in ordered], rest


def groups(pairs: Iterable[Pair], labels: Labels) -> list[Group]:
    """Predicate and value pairs, grouped: types first, then by label; the reader's language first among values."""
    found: dict[str, dict[Term, None]] = {}
    for predicate, value in pairs:
        found.setdefault(predicate.value, {})[value] = None
    kind = PREFIXES["rdf"] + "type"
    shown = [
        Group(
            labels.show(ox.NamedNode(predicate)),
            sorted(map(labels.show, values), key=lambda value: (value.language != labels.language, value.text)),
        )
        for predicate, values in sorted(found.items(), key=lambda item: item[0] != kind)
    ]
    return shown[:1] + sorted(shown[1:], key=_by_text) if kind in found else sorted(shown, key=_by_text)


def _by_text(group: Group) -> str:
    return group.predicate.text.casefold()


def bindings(table: Mapping[str, object], labels: Labels) -> tuple[list[str], list[list[Shown | None]]]:
    """Columns and rows of SPARQL results in JSON (SPARQL 1.1 Query Results JSON Format), as shown."""
    columns: list[str] = table["head"]["vars"]  # type: ignore[index]
    rows: list[dict[str, dict[str, Any]]] = table["results"]["bindings"]  # type: ignore[index]
    return columns, [[cell(row.get(column), labels) for column in columns] for row in rows]


def cell(value: dict[str, Any] | None, labels: Labels) -> Shown | None:
    """A term in the JSON of results, as shown; None for none."""
    if value is None:
        return None
    if value["type"] == "uri":
        return labels.show(ox.NamedNode(value["value"]))
    if value["type"] == "literal":
        datatype = value.get("datatype")
        return Shown(value["value"], language=value.get("xml:lang"), datatype=shorten(datatype) if datatype else None)
    if value["type"] == "triple":
        parts = (cell(value["value"][part], labels) for part in ("subject", "predicate", "object"))
        return Shown(f"<<( {' '.join(part.text for part in parts if part)} )>>")
    return Shown("[…]")
