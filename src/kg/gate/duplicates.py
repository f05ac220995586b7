"""Is something there already: an entity under another IRI, or a claim from the same passage?

That two nodes with one name are two things can be said, with ``owl:differentFrom``; then nothing is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice

import pyoxigraph as ox

from kg.gate import repeats
from kg.gate.changed import Changed
from kg.gate.hierarchy import OWL, RDFS, A
from kg.gate.messages import plain
from kg.model import Finding
from kg.rdf import FAMILIES, ID, PREFIXES, shorten

_SKOS = PREFIXES["skos"]
#: Names of things, by which they are compared.
NAMES = tuple(ox.NamedNode(iri) for iri in (RDFS + "label", _SKOS + "prefLabel", _SKOS + "altLabel"))
#: Families of what belongs to one text or one claim: two of them may well be named alike.
_OF_ONE_TEXT = tuple(
    ID + FAMILIES[name] for name in ("claim", "evidence", "step", "passage", "condition", "date", "set")
)
_EXACT = ox.NamedNode(_SKOS + "exactMatch")
_DIFFERENT = ox.NamedNode(OWL + "differentFrom")
#: How alike names must be to be reported, in percent.
_ALIKE = 90
#: How long a name may be to be compared, in characters; and how many names of one node are.
_LONGEST, _NAMES = 200, 50
#: In a larger class, or one with so many new members, only equal names are looked for.
_COMPARED = 2_000

Node = ox.NamedNode


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Duplicate-match``, ``Duplicate-label`` and ``Duplicate-near`` on the entities that a change names, and
    ``Duplicate-claim`` and ``Duplicate-evidence`` on claims and passages.

    Each pair is found once: at the node that is new or changed, or if both are, at the one whose IRI comes second.
    """
    yield from repeats.check(change)
    yield from _matches(change)
    judge = _Entities(change)
    for node in sorted(_named(change), key=str):
        yield from judge.faults(node)


def _matches(change: Changed) -> Iterator[Finding]:
    """Two nodes that are said to be the same thing of another data set."""
    all_ = change.brings(_EXACT)
    new = change.part.brings(_EXACT) if change.part else all_
    for triple in sorted(all_, key=str):
        node, _, thing = triple
        others = {other for _, other in change.stated(None, _EXACT, thing) if other.subject != node}
        for other in sorted(others, key=str):
            if (other in new, str(other.subject)) < (triple in new, str(node)):
                names = (_short(node), _short(other.subject), _short(thing))
                yield _finding(
                    change, "Duplicate-match", "violation", triple,
                    "{0} and {1} are both said to be {2}. Use {1}, or mend the link.".format(*names),
                    "Di {0} e {1} si dice che sono {2}. Usare {1}, o correggere il collegamento.".format(*names),
                )


def _named(change: Changed) -> set[Node]:
    """Entities whose names or classes a change alters, or of which it says that they are two."""
    read = {A, _DIFFERENT, *NAMES}
    touched = [triple for triple in change.added | change.removed if triple.predicate in read]
    nodes = {triple.subject for triple in touched} | {one.object for one in touched if one.predicate == _DIFFERENT}
    return {node for node in nodes if isinstance(node, Node) and is_entity(node.value)}


def is_entity(iri: str) -> bool:
    """True for the IRI of what may be met again in another text: neither a claim nor part of one."""
    return iri.startswith(ID) and not iri.startswith(_OF_ONE_TEXT)


class _Entities:
    """Compares entities by their names, within a family and with those of a class of theirs, above or below it."""

    def __init__(self, change: Changed) -> None:
        self._change = change
        part = change.part or change
        self._named = _named(part)
        self._newcomers = {node for node in self._named if not part.old.describes(node)}
        self._known = change.known
        self._labels = cache(self._find_labels)
        self._members = cache(self._find_members)
        self._folded = cache(lambda node: {(label.language or "", _fold(label.value)) for label in self._labels(node)})

    def faults(self, node: Node) -> Iterator[Finding]:
        """What is there already under the name of a node, or one that is nearly its."""
        equal: set[Node] = set()
        near: set[Node] = set()
        for class_ in {name for own in self._known.stated_types(node.value) for name in self._related(own)}:
            members = self._members(class_)
            if members is None:
                equal.update(islice(self._namesakes(node, class_), _NAMES))
                continue
            for _, text in self._folded(node):
                equal.update(members.get(text, ()))
                near.update(other for name in _near(text, members) for other in members[name])
        for other in sorted(equal | near, key=str):
            if self._is_to_report(other, node):
                yield from self._equal(node, other) if other in equal else self._nearly(node, other)

    def _is_to_report(self, other: Node, node: Node) -> bool:
        family, new = node.value[: node.value.rfind("/") + 1], self._change.new
        if other == node or not other.value.startswith(family) or self._rank(node) < self._rank(other):
            return False
        return ox.Triple(node, _DIFFERENT, other) not in new and ox.Triple(other, _DIFFERENT, node) not in new

    def _rank(self, node: Node) -> tuple[bool, bool, str]:
        """Which of two nodes is the one that is there already: the lower."""
        return node in self._newcomers, node in self._named, node.value

    def _related(self, class_: str) -> frozenset[str]:
        """A class with those above and below it."""
        return self._known.above(class_) | self._known.below(class_)

    def _find_members(self, class_: str) -> dict[str, set[Node]] | None:
        """The nodes of a class by their names, folded; None if there are too many to compare."""
        nodes = list(islice(self._change.new.subjects(A, Node(class_)), _COMPARED + 1))
        if len(nodes) > _COMPARED:
            return None
        found: dict[str, set[Node]] = defaultdict(set)
        for node in nodes:
            for _, text in self._folded(node):
                found[text].add(node)
        return found

    def _namesakes(self, node: Node, class_: str) -> Iterator[Node]:
        """The nodes of a class that have a name of this one, in its or another usual writing."""
        for label in self._labels(node):
            for text in {label.value, label.value.lower(), label.value.capitalize(), label.value.title()}:
                for language in {label.language, "en", "it"} - {None}:
                    for name in NAMES:
                        for other in self._change.new.subjects(name, ox.Literal(text, language=language)):
                            if ox.Triple(other, A, Node(class_)) in self._change.new:
                                yield other

    def _find_labels(self, node: Node) -> tuple[ox.Literal, ...]:
        values = {value for _, name, value in self._change.new.triples(node) if name in NAMES}
        names = (value for value in values if isinstance(value, ox.Literal) and len(value.value) <= _LONGEST)
        return tuple(sorted(names, key=str)[:_NAMES])

    def _equal(self, node: Node, other: Node) -> Iterator[Finding]:
        """That two nodes have a name in common, in whatever languages and letters."""
        theirs = {text for _, text in self._folded(other)}
        label = next(label for label in self._labels(node) if _fold(label.value) in theirs)
        exact = bool(self._known.stated_types(node.value) & self._known.stated_types(other.value))
        names = (_short(other), label.value, _short(node))
        yield _finding(
            self._change, "Duplicate-label", "violation" if exact else "warning", self._naming(node, label),
            "{0} is already named “{1}”. Use it instead of {2}, or say that {2} is owl:differentFrom "
            "it.".format(*names),
            "{0} si chiama già «{1}». Usarlo al posto di {2}, o dire che {2} ne è "
            "owl:differentFrom.".format(*names),
        )

    def _nearly(self, node: Node, other: Node) -> Iterator[Finding]:
        """That the names of two nodes are nearly the same in every language that both are named in."""
        own, theirs = self._folded(node), self._folded(other)
        best = [
            max(_nearness(one, two) for tag, one in own if tag == language for of, two in theirs if of == language)
            for language in sorted({tag for tag, _ in own} & {tag for tag, _ in theirs})
        ]
        if not best or min(best) < _ALIKE:
            return
        label, named = self._labels(node)[0], self._labels(other)[0]
        names = (label.value, _short(other), named.value, int(min(best)), _short(node))
        yield _finding(
            self._change, "Duplicate-near", "warning", self._naming(node, label),
            "“{0}” is nearly the name of {1}, “{2}” ({3} letters in 100 agree). If it is the same, use that; if not, "
            "say that {4} is owl:differentFrom it.".format(*names),
            "«{0}» è quasi il nome di {1}, «{2}» ({3} lettere su 100 coincidono). Se è lo stesso, usare quello; se "
            "no, dire che {4} ne è owl:differentFrom.".format(*names),
        )

    def _naming(self, node: Node, label: ox.Literal) -> ox.Triple:
        new = self._change.new
        return next(triple for name in NAMES for triple in new.triples(node, name, label))


def _near(text: str, names: Collection[str]) -> list[str]:
    """Those of the names that are nearly this one."""
    return import_module("kg.gate.alike").near(text, names, _ALIKE) if names else []


def _nearness(one: str, other: str) -> float:
    """How alike two names are, in percent; 0 if that is below what counts.

    Names of different numbers, dates or sources name different things, however alike they are.
    """
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0
    return import_module("kg.gate.alike").alike(one, other, _ALIKE)


@lru_cache(maxsize=10_000)
def _fold(text: str) -> str:
    """A name without regard to capitals, marks on letters, signs and spaces."""
    bare = (letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", "".join(bare))))


def _short(node: Node) -> str:
    return shorten(node.value)


def _finding(change: Changed, code: str, severity: str, triple: ox.Triple, en: str, it: str) -> Finding:
    subject, predicate, value = triple
    path = next((path for path, _ in change.stated(*triple)), None)
    where = change.place(path, subject) if path else None
    return Finding(
        code, severity, plain(subject), predicate.value, plain(value), {"en": en, "it": it}, where, triple
    )
