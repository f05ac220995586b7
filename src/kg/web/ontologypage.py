"""The documentation of the ontology: each term at its fragment, with what it means, where it is used and in what way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox
from markupsafe import Markup, escape

from kg.browsing.vocabulary import Box, Term, by_module, mentioned, read, tree
from kg.model import Query
from kg.querytext import iri_of, tokens, unescaped
from kg.rdf import GRAPH, PREFIXES, shorten
from kg.sparql import negotiate
from kg.web.site import language, site
from kg.web.terms import Labels

SPACE = PREFIXES["ckg"]
FOLDER = f"{GRAPH}ontology/"
#: Columns of the drawing of classes, and what its measures are in: the width of a column, the height of a row.
COLUMNS, WIDE, HIGH = 3, 380, 30
#: The width of a letter of what stands under a class.
_LETTER = 6
#: Things of the graph that each term is shown with.
_EXAMPLES = 2
_NAME = re.compile(r"(?<![\w\"':/<])(?P<prefix>[A-Za-z][A-Za-z0-9]*):(?P<local>[A-Za-z0-9][A-Za-z0-9_-]*)")


@dataclass(frozen=True)
class Rule:
    """A shape that is about a term, and what it says."""

    shape: str
    message: str
    severity: str


@dataclass
class Documentation:
    """All that the page shows, in a language. By IRI of a term: its number, rules, queries and live examples."""

    modules: Sequence[tuple[str, Sequence[Term]]]
    terms: Mapping[str, Term]
    boxes: Sequence[Box]
    schemes: Sequence[tuple[str, str, Sequence[Mapping[str, str]]]]
    numbers: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    queries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    examples: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """Rows of the longest column of the drawing."""
        return max((box.row + 1 for box in self.boxes), default=0)


def documentation(triples: Sequence[ox.Triple], labels: Labels) -> Documentation:
    """What the page shows of an ontology that consists of these triples; ``labels`` learns what it names."""
    here, spoken = site(), language()
    modules = {row["term"]: row["file"].removeprefix(FOLDER) for row in here.table("ontology-modules")}
    terms = read(triples, SPACE, modules)
    found = Documentation(by_module(terms), terms, tree(terms, COLUMNS), _schemes(spoken))
    found.numbers = {row["term"]: int(row["number"]) for row in here.table("ontology-counts")}
    found.rules = _rules(terms, spoken)
    found.queries = mentioned((query.name, named(query.text)) for query in here.gallery)
    found.examples = _examples(terms)
    labels.read(triples)
    things = {iri for pairs in found.examples.values() for pair in pairs for iri in pair if iri.startswith("http")}
    things |= {value for term in terms.values() for _, value in term.having}
    if things:
        labels.read(here.graph("called", items=sorted(things)))
    return found


def _schemes(spoken: str) -> list[tuple[str, str, list[Mapping[str, str]]]]:
    found: dict[str, tuple[str, str, list[Mapping[str, str]]]] = {}
    for row in site().table("ontology-schemes", lang=spoken):
        title = row.get("title") or shorten(row["scheme"])
        found.setdefault(row["scheme"], (row["scheme"], title, []))[2].append(row)
    return list(found.values())


def _rules(terms: Mapping[str, Term], spoken: str) -> dict[str, list[Rule]]:
    """The shapes that are about each term."""
    found: dict[str, dict[str, Rule]] = {}
    for row in site().table("ontology-shapes", lang=spoken):
        rule = Rule(row["shape"], row.get("message", ""), row.get("severity", "").rpartition("#")[2])
        about = [row["term"]] if "term" in row else named(row.get("query", ""))
        for iri in about:
            if iri in terms:
                found.setdefault(iri, {}).setdefault(rule.shape, rule)
    return {iri: list(rules.values()) for iri, rules in found.items()}


def named(query: str) -> list[str]:
    """The IRIs that a query names, by IRI or by a prefix of the project's table, in their order."""
    found = []
    for token in tokens(query):
        if token.kind == "iri":
            found.append(iri_of(token))
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in PREFIXES and local:
                found.append(PREFIXES[prefix] + unescaped(local))
    return found


def _examples(terms: Mapping[str, Term]) -> dict[str, list[tuple[str, str]]]:
    """What of the graph is in each class, or has each property: pairs of what it is said of and the value."""
    asked = []
    for iri, term in terms.items():
        node = ox.NamedNode(iri)
        pattern = f"?subject a {node} BIND(?subject AS ?value)" if term.kind == "class" else f"?subject {node} ?value"
        asked.append(f"{{ SELECT ({node} AS ?term) ?subject ?value {{ {pattern} FILTER(isIRI(?subject)) }} LIMIT {_EXAMPLES} }}")
    if not asked:
        return {}
    data = site().pool.answer(Query(f"SELECT ?term ?subject ?value {{ {' UNION '.join(asked)} }}"), negotiate.TSV.name)
    found: dict[str, list[tuple[str, str]]] = {}
    for line in data.decode("utf-8").splitlines()[1:]:
        term, subject, value = (_plain(cell) for cell in line.split("\t"))
        found.setdefault(term, []).append((subject, value))
    return found


def _plain(cell: str) -> str:
    """An IRI without its brackets; a literal as it is written."""
    return cell[1:-1] if cell.startswith("<") else cell


def linked(example: str, labels: Labels) -> Markup:
    """An example in Turtle whose names lead to what they name."""
    parts: list[Markup] = []
    end = 0
    for match in _NAME.finditer(example):
        href = labels.link(PREFIXES[match["prefix"]] + match["local"]) if match["prefix"] in PREFIXES else None
        if href:
            parts += [escape(example[end : match.start()]), Markup('<a href="{}">{}</a>').format(href, match[0])]
            end = match.end()
    return Markup("").join([*parts, escape(example[end:])])


def shown(iris: Iterable[str], labels: Labels) -> list[tuple[str, str, str | None]]:
    """Terms as links: IRI, what it is called, and where to read about it."""
    return [(iri, labels.of(iri)[0], labels.link(iri)) for iri in iris]


@dataclass(frozen=True)
class Header:
    """What an ontology says of itself, in a language where it can be."""

    title: str = ""
    description: str = ""
    version: str = ""
    licence: str = ""


_HEADER = {
    PREFIXES["dcterms"] + "title": "title",
    PREFIXES["dcterms"] + "description": "description",
    PREFIXES["owl"] + "versionInfo": "version",
    PREFIXES["dcterms"] + "license": "licence",
}


def header(triples: Iterable[ox.Triple], iri: str, spoken: str) -> Header:
    """What the ontology of this IRI says of itself."""
    found: dict[str, str] = {}
    for triple in triples:
        what = _HEADER.get(triple.predicate.value)
        if what and triple.subject == ox.NamedNode(iri) and isinstance(triple.object, ox.NamedNode | ox.Literal):
            tag = getattr(triple.object, "language", None)
            if tag in (None, spoken):
                found[what] = triple.object.value
    return Header(**found)


@dataclass(frozen=True)
class Drawn:
    """A class of the drawing with its place, in units of the drawing."""

    term: Term
    label: str
    depth: int
    x: int
    y: int
    parent_y: int | None
    relations: str
    all_relations: str


def drawn(doc: Documentation, spoken: str) -> list[Drawn]:
    """The classes of the drawing."""
    found = []
    for box in doc.boxes:
        said = [f"{one.label(spoken)} → {other.label(spoken)}" for one, other in box.relations]
        room = (WIDE - 20 * box.depth - 20) // _LETTER
        x, y = WIDE * box.column + 20 * box.depth + 8, HIGH * box.row + 12
        parent = None if box.parent is None else HIGH * box.parent + 12
        found.append(Drawn(box.term, box.term.label(spoken), box.depth, x, y, parent, _fitting(said, room), ", ".join(said)))
    return found


def _fitting(said: Sequence[str], room: int) -> str:
    """As many of these as there is room for, in letters, and a sign that there are more."""
    text = ""
    for one in said:
        longer = f"{text}, {one}" if text else one
        if len(longer) > room:
            return f"{text}, …" if text else f"{one[: room - 1]}…"
        text = longer
    return text
