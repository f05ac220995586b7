"""An ontology as its documentation tells it: terms by module, what each says of itself, the tree of its classes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.rdf import PREFIXES

_OWL, _RDFS, _RDF, _SKOS = (PREFIXES[prefix] for prefix in ("owl", "rdfs", "rdf", "skos"))
_TYPE, _LABEL = _RDF + "type", _RDFS + "label"
#: Kinds of terms, by the class that says so; the first that fits is told.
KINDS: Mapping[str, str] = {
    _OWL + "Class": "class",
    _OWL + "ObjectProperty": "object",
    _OWL + "DatatypeProperty": "datatype",
    _OWL + "AnnotationProperty": "annotation",
}
#: What a property is besides, by the class that says so.
MANNERS: Mapping[str, str] = {
    _OWL + name: name
    for name in (
        "FunctionalProperty", "InverseFunctionalProperty", "TransitiveProperty", "SymmetricProperty",
        "AsymmetricProperty", "ReflexiveProperty", "IrreflexiveProperty",
    )
}  # fmt: skip
#: What is told of a term by the IRIs of others, by the property that says it.
_LINKS: Mapping[str, str] = {
    _RDFS + "subClassOf": "above", _RDFS + "subPropertyOf": "above", _RDFS + "domain": "domain",
    _RDFS + "range": "range", _OWL + "inverseOf": "inverse", _OWL + "disjointWith": "disjoint",
    _OWL + "equivalentClass": "same", _OWL + "equivalentProperty": "same", _RDFS + "seeAlso": "also",
}  # fmt: skip
_TEXTS: Mapping[str, str] = {
    _LABEL: "label", _SKOS + "definition": "definition", _SKOS + "scopeNote": "note", _SKOS + "example": "example",
}  # fmt: skip


@dataclass
class Term:
    """A term: what it is, what it says by language, and the IRIs of others by what they are to it.

    ``texts`` is by what (label, definition, note, example), each text with its language; ``links`` by what they are to
    the term (above, below, domain, range, inverse, disjoint, same, also, domain of, range of).
    """

    iri: str
    kind: str = ""
    module: str = ""
    manners: list[str] = field(default_factory=list)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    #: What values of a property its members are restricted to: property and value.
    having: list[tuple[str, str]] = field(default_factory=list)
    deprecated: bool = False

    @property
    def name(self) -> str:
        """Its fragment."""
        return self.iri.rpartition("#")[2]

    def text(self, what: str, language: str) -> list[tuple[str, str]]:
        """Its texts of a sort in a language, else those without one or in another; each with its language."""
        found = self.texts.get(what, [])
        for wanted in (language, "", "en"):
            chosen = sorted(one for one in found if one[1] == wanted)
            if chosen:
                return chosen
        return sorted(found)

    def label(self, language: str) -> str:
        """What it is called."""
        found = self.text("label", language)
        return found[0][0] if found else self.name


def read(triples: Iterable[ox.Triple], space: str, modules: Mapping[str, str]) -> dict[str, Term]:
    """The terms of a namespace among these triples, by IRI; ``modules`` says in which each is defined."""
    terms: dict[str, Term] = {}
    nodes: dict[str, dict[str, str]] = {}
    waiting: list[tuple[str, str]] = []
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if isinstance(subject, ox.BlankNode) and isinstance(value, ox.NamedNode):
            nodes.setdefault(subject.value, {})[predicate] = value.value
        if not (isinstance(subject, ox.NamedNode) and subject.value.startswith(space)):
            continue
        term = terms.setdefault(subject.value, Term(subject.value, module=modules.get(subject.value, "")))
        if isinstance(value, ox.BlankNode):
            waiting.append((subject.value, value.value))
        else:
            _take(term, predicate, value)
    for iri, node in waiting:
        restricted = nodes.get(node, {})
        if _OWL + "onProperty" in restricted and _OWL + "hasValue" in restricted:
            terms[iri].having.append((restricted[_OWL + "onProperty"], restricted[_OWL + "hasValue"]))
    known = {iri: term for iri, term in terms.items() if term.kind}
    _turn_round(known)
    return known


def _take(term: Term, predicate: str, value: ox.NamedNode | ox.Literal | ox.Triple) -> None:
    if isinstance(value, ox.Literal):
        if predicate in _TEXTS:
            term.texts.setdefault(_TEXTS[predicate], []).append((value.value, value.language or ""))
        elif predicate == _OWL + "deprecated":
            term.deprecated = value.value in ("true", "1")
    elif isinstance(value, ox.NamedNode):
        if predicate == _TYPE:
            term.kind = term.kind or KINDS.get(value.value, "")
            if value.value in MANNERS:
                term.manners.append(MANNERS[value.value])
        elif predicate in _LINKS and value.value != term.iri:
            found = term.links.setdefault(_LINKS[predicate], [])
            if value.value not in found:
                found.append(value.value)


def _turn_round(terms: Mapping[str, Term]) -> None:
    """Tell each term what others say of it, and put what is told in order."""
    back = {"above": "below", "domain": "domain of", "range": "range of", "inverse": "inverse", "disjoint": "disjoint"}
    for iri in sorted(terms):
        for way, other in back.items():
            for target in list(terms[iri].links.get(way, ())):
                found = terms[target].links.setdefault(other, []) if target in terms else [iri]
                if iri not in found:
                    found.append(iri)
    for term in terms.values():
        for found in term.links.values():
            found.sort()


def by_module(terms: Mapping[str, Term]) -> list[tuple[str, list[Term]]]:
    """The terms of each module: classes first, then properties, each by name."""
    order = {kind: place for place, kind in enumerate(KINDS.values())}
    found: dict[str, list[Term]] = {}
    for term in sorted(terms.values(), key=lambda one: (order[one.kind], one.name)):
        found.setdefault(term.module, []).append(term)
    return sorted(found.items())


@dataclass(frozen=True)
class Box:
    """A class in the drawing of the tree: where it stands, below which row of its column, and its main properties."""

    term: Term
    depth: int
    column: int
    row: int
    parent: int | None
    relations: Sequence[tuple[Term, Term]]


def tree(terms: Mapping[str, Term], columns: int, only: Container[str] | None = None) -> list[Box]:
    """The classes below those above them, in columns of about the same length; no class is left out or told twice.

    The properties of a class are those that lead from it to other classes of the ontology. ``only``, if given, has the
    classes to draw.
    """
    every = {iri: term for iri, term in terms.items() if term.kind == "class"}
    classes = every if only is None else {iri: term for iri, term in every.items() if iri in only}
    roots = [one for one in classes.values() if not any(iri in classes for iri in one.links.get("above", ()))]
    seen: set[str] = set()
    grown = [list(_branch(root, classes, 0, seen)) for root in sorted(roots, key=lambda one: one.name)]
    # What stands in a circle has no root.
    grown += [list(_branch(classes[iri], classes, 0, seen)) for iri in sorted(classes) if iri not in seen]
    grown = sorted(filter(None, grown), key=len, reverse=True)
    length = [0] * columns
    boxes = []
    for branch in grown:
        column = length.index(min(length))
        rows: dict[int, int] = {}
        for term, depth in branch:
            row = length[column]
            rows[depth] = row
            parent = rows.get(depth - 1) if depth else None
            boxes.append(Box(term, depth, column, row, parent, _relations(term, terms, every)))
            length[column] += 1
    return boxes


def _branch(term: Term, classes: Mapping[str, Term], depth: int, seen: set[str]) -> Iterator[tuple[Term, int]]:
    """A class and those below it, depth first; without recursion, since files may say anything."""
    waiting = [(term, depth)]
    while waiting:
        one, deep = waiting.pop()
        if one.iri in seen:
            continue
        seen.add(one.iri)
        yield one, deep
        waiting += [(classes[iri], deep + 1) for iri in sorted(one.links.get("below", ()), reverse=True) if iri in classes]


def _relations(term: Term, terms: Mapping[str, Term], classes: Mapping[str, Term]) -> list[tuple[Term, Term]]:
    """The properties that lead from a class to another, with that."""
    own = (terms[iri] for iri in term.links.get("domain of", ()))
    return [(one, classes[iri]) for one in own for iri in one.links.get("range", ()) if iri in classes]


def family(term: Term, terms: Mapping[str, Term]) -> set[str]:
    """A class with all those above it and all below it."""
    return {term.iri, *_all(term, "above", terms), *_all(term, "below", terms)}


def inherited(term: Term, terms: Mapping[str, Term]) -> list[tuple[Term, list[Term]]]:
    """The properties that the members of a class have by it and by each of those above it, the nearest first."""
    found, told = [], set()
    for one in (term, *(terms[iri] for iri in _all(term, "above", terms))):
        own = [terms[iri] for iri in one.links.get("domain of", ()) if iri not in told]
        told.update(each.iri for each in own)
        if own:
            found.append((one, own))
    return found


def _all(term: Term, way: str, terms: Mapping[str, Term]) -> list[str]:
    """What can be reached from a term one way, the nearest first, without itself."""
    found: dict[str, None] = {}
    waiting = [term]
    while waiting:
        for iri in waiting.pop(0).links.get(way, ()):
            if iri in terms and iri not in found and iri != term.iri:
                found[iri] = None
                waiting.append(terms[iri])
    return list(found)


def mentioned(texts: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    """Which of these named texts mention each IRI: IRI → names, in their order."""
    found: dict[str, list[str]] = {}
    for name, iris in texts:
        for iri in dict.fromkeys(iris):
            found.setdefault(iri, []).append(name)
    return found
