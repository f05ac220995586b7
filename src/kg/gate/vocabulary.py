"""Is every name that the files use one that exists, and is it used for what the ontology made it for?

A misspelt property, class or node is no error of RDF: the statement would quietly say nothing, or with a domain or
range make a thing what it is not. Judged is what is asserted, whichever engine judges the shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import OWL, RDF, RDFS, TYPE
from kg.gate.messages import plain
from kg.gate.names import OWN, Names
from kg.gate.policy import slip
from kg.gate.reached import reached
from kg.model import Finding, Source
from kg.querytext import tokens
from kg.rdf import FAMILIES, ID, JUDGED, LEDGER, PREFIXES, graph_iri, kind_of, shorten

_SHAPES, _SELECT, _SKOS = PREFIXES["ckgsh"], PREFIXES["sh"] + "select", PREFIXES["skos"]
_OF_SUBJECTS = ("Vocabulary-untyped", "Reference-undefined")
_OF_NAMES = ("Vocabulary-unknown", "Reference-undefined")
#: Kinds of files that use only terms of which it is known that they exist; a catalogue may use any vocabulary.
_CLOSED = (*JUDGED, "links")
_CLASSES = {OWL + "Class", RDFS + "Class", RDFS + "Datatype"}
_OBJECT, _DATATYPE = OWL + "ObjectProperty", OWL + "DatatypeProperty"
_PROPERTIES = {_OBJECT, _DATATYPE, OWL + "AnnotationProperty", RDF + "Property"}


@dataclass(frozen=True)
class Fault:
    """A name that does not exist or does not fit, in a triple, in both languages."""

    code: str
    triple: ox.Triple
    value: ox.NamedNode | ox.Literal | None
    en: str
    it: str
    severity: str = "violation"
    meant: str | None = None


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Vocabulary-…`` and ``Reference-undefined``, each at the line of its triple if the text is at hand.

    Looked at is what the files newly state and what elsewhere depends on it, of every file but the queries; of the
    shapes only what they refer to, as the linter judges their terms.
    """
    judge = _Judge(change)
    for path, triples in reached(change).items():
        source = Source(path, kind_of(path), graph_iri(path), tuple(triples), "")
        seen: set[Fault] = set()
        for fault in judge.faults(source):
            if fault in seen:
                continue
            seen.add(fault)
            if source.kind != "shapes" and fault.code in _OF_NAMES and slip(fault.value.value):
                continue  # What is wrong with the name itself is said by the references.
            subject, predicate, _ = fault.triple
            # What is wrong with the subject itself is not a matter of the statement that comes first.
            about = None if fault.value in (None, subject) and fault.code in _OF_SUBJECTS else predicate.value
            yield Finding(
                fault.code, fault.severity, plain(subject), about, fault.value and plain(fault.value),
                {"en": fault.en, "it": fault.it}, change.place(path, subject, fault.triple), fault.triple,
                meant=fault.meant,
            )


class _Judge:
    """Judges statements by what all files declare and describe after a change."""

    def __init__(self, change: Changed) -> None:
        self._change = change
        self._names = Names(change)
        self._known = change.known

    def faults(self, source: Source) -> Iterator[Fault]:
        """What is wrong with the names in statements of a file."""
        described: set[str] = set()
        for triple in source.triples:
            yield from self._reference(triple, triple.object)
            if source.path == LEDGER:
                continue  # Its terms are the programme's; whom it speaks of is the value of a triple as well.
            if source.kind == "shapes":
                yield from self._in_shapes(triple)
                continue
            yield from self._terms(triple, foreign=source.kind in _CLOSED)
            yield from self._fit(triple)
            subject = triple.subject
            if isinstance(subject, ox.NamedNode) and subject.value not in described:
                described.add(subject.value)
                yield from self._untyped(triple, subject.value, source.kind)

    # Names that do not exist

    def _terms(self, triple: ox.Triple, foreign: bool) -> Iterator[Fault]:
        predicate, value = triple.predicate, triple.object
        yield from self._term(triple, predicate, _PROPERTIES, foreign)
        if isinstance(value, ox.Literal):
            if self._names.is_unknown(value.datatype.value):
                yield self._unknown(triple, value.datatype)
        elif isinstance(value, ox.NamedNode):
            if predicate.value == TYPE:
                yield from self._term(triple, value, _CLASSES, foreign)
            elif self._names.is_unknown(value.value):
                yield self._unknown(triple, value)
            else:
                yield from self._retired(triple, value)

    def _term(self, triple: ox.Triple, term: ox.NamedNode, kinds: set[str], foreign: bool) -> Iterator[Fault]:
        """A term in the place of a property or class."""
        if self._names.is_unknown(term.value) or (foreign and self._names.is_foreign(term.value)):
            yield self._unknown(triple, term)
        elif term.value.startswith((OWN, ID)) and not kinds & self._known.stated_types(term.value):
            name = shorten(term.value)
            en, it = ("property", "proprietà") if kinds is _PROPERTIES else ("class", "classe")
            yield Fault(
                "Vocabulary-kind", triple, term, f"{name} is used as a {en} and is none. Use a {en} of the ontology.",
                f"{name} è usato come {it} e non lo è. Usare una {it} dell’ontologia.",
            )
        else:
            yield from self._retired(triple, term)

    def _unknown(self, triple: ox.Triple, term: ox.NamedNode) -> Fault:
        name = shorten(term.value)
        own = term.value.startswith(OWN) or self._names.is_foreign(term.value)
        en, it = ("the ontology", "nell’ontologia") if own else ("the vocabulary it is named in", "nel suo vocabolario")
        return Fault(
            "Vocabulary-unknown", triple, term, f"{name} is not in {en}{self._meant(term.value, 'en')}",
            f"{name} non è {it}{self._meant(term.value, 'it')}", meant=self._names.nearest(term.value),
        )

    def _meant(self, iri: str, language: str) -> str:
        """The end of a sentence: the nearest name, else what to do."""
        nearest = self._names.nearest(iri)
        if nearest:
            return f": {'did you mean' if language == 'en' else 'forse'} {shorten(nearest)}?"
        return ". Mend its spelling, or declare it." if language == "en" else ". Correggere la grafia, o dichiararlo."

    def _retired(self, triple: ox.Triple, term: ox.NamedNode) -> Iterator[Fault]:
        subject = getattr(triple.subject, "value", "")
        if not self._names.is_retired(term.value) or self._names.is_retired(subject):
            return
        name, better = shorten(term.value), next(iter(self._names.replacements(term.value)), None)
        en = f"Use {shorten(better)} instead." if better else "The ontology says what to do instead."
        it = f"Usare {shorten(better)}." if better else "L’ontologia dice che cosa usare."
        yield Fault(
            "Vocabulary-deprecated", triple, term, f"{name} is deprecated. {en}", f"{name} è deprecato. {it}", "warning"
        )

    # Nodes that nobody describes, or without a class

    def _reference(self, triple: ox.Triple, node: object) -> Iterator[Fault]:
        if isinstance(node, ox.NamedNode) and node.value.startswith(ID) and not self._names.is_described(node.value):
            yield self._undefined(triple, node)

    def _in_shapes(self, triple: ox.Triple) -> Iterator[Fault]:
        """Shapes that are used and not there, and nodes that a SPARQL constraint names."""
        value = triple.object
        if isinstance(value, ox.NamedNode) and value.value.startswith(_SHAPES) and not self._is_shape(value):
            yield self._undefined(triple, value)
        if triple.predicate.value == _SELECT and isinstance(value, ox.Literal):
            for token in tokens(value.value):
                prefix, _, local = token.text.partition(":")
                if token.kind == "name" and local and prefix in FAMILIES:
                    yield from self._reference(triple, ox.NamedNode(PREFIXES[prefix] + local))

    def _is_shape(self, node: ox.NamedNode) -> bool:
        return any(kind_of(path) == "shapes" for path, _ in self._change.stated(node))

    def _undefined(self, triple: ox.Triple, node: ox.NamedNode) -> Fault:
        name = shorten(node.value)
        return Fault(
            "Reference-undefined", triple, node, f"Nothing describes {name}{self._meant(node.value, 'en')}",
            f"Nulla descrive {name}{self._meant(node.value, 'it')}",
        )

    def _untyped(self, triple: ox.Triple, node: str, kind: str) -> Iterator[Fault]:
        types = self._known.stated_types(node)
        if node.startswith(ID) and not self._names.is_described(node):
            yield self._undefined(triple, ox.NamedNode(node))
            return
        if not (node.startswith((ID, OWN)) or kind == "data") or any(map(self._names.is_unknown, types)):
            return
        if node.startswith(ID):
            fits = any(type_.startswith((OWN, _SKOS)) and self._names.is_declared(type_) for type_ in types)
        else:
            fits = any(map(self._names.is_declared, types)) or (kind == "ontology" and bool(types))
        if not fits:
            name = shorten(node)
            yield Fault(
                "Vocabulary-untyped", triple, None,
                f"{name} is described, but of no class that the ontology declares. Give it one, or mend its name.",
                f"{name} è descritto, ma non è di una classe dell’ontologia. Dargliene una, o correggere il nome.",
            )

    # Domains and ranges

    def _fit(self, triple: ox.Triple) -> Iterator[Fault]:
        subject, predicate, value = triple
        if isinstance(subject, ox.NamedNode):
            for class_ in self._missing(self._known.domains(predicate.value), subject.value):
                yield self._misfit("domain", triple, None, subject, class_)
        if isinstance(value, ox.NamedNode):
            for class_ in self._missing(self._known.ranges(predicate.value), value.value):
                yield self._misfit("range", triple, value, value, class_)
        kinds = self._known.stated_types(predicate.value)
        if isinstance(value, ox.Literal) and _OBJECT in kinds:
            yield self._wrong_kind(triple, value, "a node and not a text", "un nodo e non un testo")
        if isinstance(value, ox.NamedNode) and _DATATYPE in kinds:
            yield self._wrong_kind(triple, value, "a literal and not a node", "un letterale e non un nodo")

    def _missing(self, classes: frozenset[str], node: str) -> list[str]:
        """Those of the classes, as far as they are of the project or of SKOS, that a node with a class is not of."""
        types = self._known.types(node)
        missing = sorted(class_ for class_ in classes - types if class_.startswith((OWN, _SKOS)))
        return missing if missing and any(map(self._names.is_declared, types)) else []

    def _misfit(
        self, end: str, triple: ox.Triple, value: ox.NamedNode | None, node: ox.NamedNode, class_: str
    ) -> Fault:
        types = ", ".join(sorted(map(shorten, self._known.stated_types(node.value))))
        names = f"{shorten(triple.predicate.value)}", shorten(class_), shorten(node.value), types
        en = "Only a {1} has {0}" if end == "domain" else "The value of {0} is a {1}"
        it = "Solo una {1} ha {0}" if end == "domain" else "Il valore di {0} è una {1}"
        return Fault(
            f"Vocabulary-{end}", triple, value, (en + ", and {2} is a {3}. Mend the property, the node or its class."
            ).format(*names), (it + ", e {2} è {3}. Correggere la proprietà, il nodo o la sua classe.").format(*names),
        )

    def _wrong_kind(self, triple: ox.Triple, value: ox.NamedNode | ox.Literal, en: str, it: str) -> Fault:
        name = shorten(triple.predicate.value)
        return Fault("Vocabulary-range", triple, value, f"The value of {name} is {en}. Write it so.",
                     f"Il valore di {name} è {it}. Scriverlo così.")
