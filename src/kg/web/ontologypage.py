"""The documentation of the ontology: what its overview and the page of each term tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox
from markupsafe import Markup, escape

from kg.browsing.vocabulary import Box, Term, by_module, family, mentioned, read, tree
from kg.model import Query
from kg.pages.statements import as_triples
from kg.querytext import iri_of, tokens, unescaped
from kg.rdf import GRAPH, ID, PREFIXES, shorten
from kg.sparql import negotiate
from kg.web.site import language, site
from kg.web.terms import Labels

SPACE = PREFIXES["ckg"]
FOLDER = f"{GRAPH}ontology/"
#: Columns of the drawing of classes, and what its measures are in: the width of a column, the height of a row.
COLUMNS, WIDE, HIGH = 3, 380, 30
#: The width of a letter of what stands under a class.
_LETTER = 6
#: Things of the graph that a term is shown with.
_EXAMPLES = 6
_NAME = re.compile(r"(?<![\w\"':/<])(?P<prefix>[A-Za-z][A-Za-z0-9]*):(?P<local>[A-Za-z0-9][A-Za-z0-9_-]*)")


@dataclass(frozen=True)
class Rule:
    """A shape that is about a term, and what it says."""

    shape: str
    message: str
    severity: str


@dataclass(frozen=True)
class Header:
    """What an ontology says of itself, in a language where it can be."""

    title: str = ""
    description: str = ""
    version: str = ""
    licence: str = ""


@dataclass
class Documentation:
    """All that the pages show, in a language. By IRI of a term: its number, rules and queries."""

    modules: Sequence[tuple[str, Sequence[Term]]]
    terms: Mapping[str, Term]
    boxes: Sequence[Box]
    schemes: Sequence[tuple[str, str, Sequence[Mapping[str, str]]]]
    numbers: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    queries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    header: Header = Header()
    labels: Labels = field(default_factory=lambda: Labels(""))

    def around(self, term: Term) -> tuple[Term | None, Term | None]:
        """The terms before and after one in its module."""
        beside = next((all_of for module, all_of in self.modules if module == term.module), ())
        place = [one.iri for one in beside].index(term.iri)
        return beside[place - 1] if place else None, beside[place + 1] if place + 1 < len(beside) else None


def graphs_in(folder: str) -> list[str]:
    """The graphs of the files in a folder, sorted."""
    return sorted(graph for graph in site().graph_sizes() if graph.startswith(folder))


def documentation() -> Documentation:
    """What the pages show of the ontology of the snapshot, in the reader's language."""
    return site().once(f"documentation {language()}", _read)


def _read() -> Documentation:
    here, spoken, graphs = site(), language(), graphs_in(FOLDER)
    triples = here.graph("document", graphs=graphs)
    labels = Labels(spoken)
    labels.take_words()
    modules = {row["term"]: row["file"].removeprefix(FOLDER) for row in here.table("ontology-modules", graphs=graphs)}
    terms = read(triples, SPACE, modules)
    found = Documentation(by_module(terms), terms, tree(terms, COLUMNS), _schemes(spoken, graphs), labels=labels)
    found.header = header(triples, SPACE.rstrip("#"), spoken)
    found.numbers = {row["term"]: int(row["number"]) for row in here.table("ontology-counts")}
    found.rules = _rules(terms, spoken)
    found.queries = mentioned((query.name, named(query.text)) for query in here.gallery)
    labels.read(triples)
    learn(labels, {value for term in terms.values() for _, value in term.having})
    return found


def learn(labels: Labels, things: Iterable[str]) -> None:
    """Have labels take in what these are called; of what is no IRI nothing is asked."""
    named_ones = sorted({iri for iri in things if iri.startswith(("http://", "https://"))})
    if named_ones:
        labels.read(as_triples(site().statements("called", items=named_ones)))


def _schemes(spoken: str, graphs: Sequence[str]) -> list[tuple[str, str, list[Mapping[str, str]]]]:
    found: dict[str, tuple[str, str, list[Mapping[str, str]]]] = {}
    for row in site().table("ontology-schemes", lang=spoken, graphs=graphs):
        title = row.get("title") or shorten(row["scheme"])
        found.setdefault(row["scheme"], (row["scheme"], title, []))[2].append(row)
    return list(found.values())


def _rules(terms: Mapping[str, Term], spoken: str) -> dict[str, list[Rule]]:
    """The shapes that are about each term."""
    found: dict[str, dict[str, Rule]] = {}
    for row in site().table("ontology-shapes", lang=spoken, graphs=graphs_in(f"{GRAPH}shapes/")):
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


def examples(term: Term) -> list[tuple[str, str]]:
    """What of the graph is in a class, or has a property: pairs of what it is said of and the value."""
    node = ox.NamedNode(term.iri)
    pattern = f"?subject a {node} BIND(?subject AS ?value)" if term.kind == "class" else f"?subject {node} ?value"
    query = f"SELECT ?subject ?value {{ {pattern} FILTER(isIRI(?subject)) }} LIMIT {_EXAMPLES}"
    data = site().pool.answer(Query(query), negotiate.TSV.name)
    rows = [[_plain(cell) for cell in line.split("\t")] for line in data.decode("utf-8").splitlines()[1:]]
    return [(subject, value) for subject, value in rows]


def _plain(cell: str) -> str:
    """An IRI without its brackets; a literal as it is written."""
    return cell[1:-1] if cell.startswith("<") else cell


def linked(example: str, labels: Labels) -> Markup:
    """An example in Turtle whose names lead to what they name; some tell of what is made up, which is nowhere."""
    parts: list[Markup] = []
    end = 0
    names = [(match, PREFIXES.get(match["prefix"], "") + match["local"]) for match in _NAME.finditer(example)]
    ours = sorted({iri for _, iri in names if iri.startswith(ID)})
    known = {row["item"] for row in site().table("there", items=ours)} if ours else set()
    for match, iri in names:
        href = labels.link(iri) if iri in known or not iri.startswith(ID) else None
        if href:
            parts += [escape(example[end : match.start()]), Markup('<a href="{}">{}</a>').format(href, match[0])]
            end = match.end()
    return Markup("").join([*parts, escape(example[end:])])


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


def drawn(boxes: Iterable[Box], spoken: str) -> list[Drawn]:
    """The classes of a drawing."""
    found = []
    for box in boxes:
        said = [f"{one.label(spoken)} → {other.label(spoken)}" for one, other in box.relations]
        room = (WIDE - 20 * box.depth - 20) // _LETTER
        x, y = WIDE * box.column + 20 * box.depth + 8, HIGH * box.row + 12
        parent = None if box.parent is None else HIGH * box.parent + 12
        found.append(Drawn(box.term, box.term.label(spoken), box.depth, x, y, parent, _fitting(said, room), ", ".join(said)))
    return found


def height(boxes: Iterable[Box]) -> int:
    """Rows of the longest column of a drawing."""
    return max((box.row + 1 for box in boxes), default=0)


def kin(term: Term, terms: Mapping[str, Term]) -> list[Box]:
    """A class among those above and below it, to be drawn; nothing if it stands alone."""
    found = tree(terms, 1, family(term, terms)) if term.kind == "class" else []
    return found if len(found) > 1 else []


def _fitting(said: Sequence[str], room: int) -> str:
    """As many of these as there is room for, in letters, and a sign that there are more."""
    text = ""
    for one in said:
        longer = f"{text}, {one}" if text else one
        if len(longer) > room:
            return f"{text}, …" if text else f"{one[: room - 1]}…"
        text = longer
    return text
