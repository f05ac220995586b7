"""The claims of the graph, each with its kind and the sources it is made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.model import Corpus
from kg.passages import SOURCE, TYPE
from kg.rdf import PREFIXES

CLAIM = PREFIXES["ckg"] + "Claim"
EVIDENCE_OF = PREFIXES["ckg"] + "evidence"
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"


@dataclass(frozen=True)
class Claim:
    """A claim, its most specific class, and the documents its evidence is from, sorted."""

    iri: str
    kind: str
    sources: tuple[str, ...]


def claims(corpus: Corpus) -> list[Claim]:
    """The claims that the data states, sorted by IRI: nodes of a class below ``ckg:Claim``."""
    kinds = _kinds(corpus)
    types: dict[str, set[str]] = defaultdict(set)
    evidence: dict[str, set[str]] = defaultdict(set)
    source: dict[str, set[str]] = defaultdict(set)
    for file in corpus.of_kind("data"):
        for triple in file.triples:
            table = {TYPE: types, EVIDENCE_OF: evidence, SOURCE: source}.get(triple.predicate.value)
            if table is not None:
                table[triple.subject.value].add(getattr(triple.object, "value", ""))
    found = []
    for iri in sorted(types):
        own = types[iri] & kinds.keys()
        if own:
            specific = {kind for kind in own if not any(kind in kinds[other] for other in own - {kind})}
            documents = {document for piece in evidence.get(iri, ()) for document in source.get(piece, ())}
            found.append(Claim(iri, min(specific or own), tuple(sorted(documents))))
    return found


def _kinds(corpus: Corpus) -> dict[str, set[str]]:
    """Each class of claims with all classes above it."""
    above: dict[str, set[str]] = defaultdict(set)
    for file in corpus.of_kind("ontology"):
        for triple in file.triples:
            if triple.predicate.value == _SUBCLASS:
                above[triple.subject.value].add(getattr(triple.object, "value", ""))
    whole = {name: _climb(name, above) for name in (*above, CLAIM)}
    return {name: higher for name, higher in whole.items() if CLAIM in higher or name == CLAIM}


def _climb(start: str, above: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(above.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(above.get(name, ()))
    return found
