"""What all descriptions share: a list of triples that is easy to add to, and names for what they describe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.rdf import BASE, DATASET, PREFIXES, shorten

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

A = ox.NamedNode(PREFIXES["rdf"] + "type")
DATASET_NODE = ox.NamedNode(DATASET)
#: The endpoint's lasting name; where it answers is known to the server alone.
SERVICE = ox.NamedNode(BASE + "sparql")
LICENSE = ox.NamedNode(PREFIXES["dcterms"] + "license")


class Saying:
    """Triples, in the order in which they were said, each once."""

    def __init__(self) -> None:
        self._said: dict[ox.Triple, None] = {}

    def say(self, subject: ox.NamedNode, predicate: str | ox.NamedNode, *values: Term | str | int) -> None:
        """Say something of a subject.

        A predicate or value that is text is a prefixed name (``dcterms:title``); a whole number is a literal.
        """
        for value in values:
            shown = ox.Literal(value) if isinstance(value, int) else named(value) if isinstance(value, str) else value
            self._said[ox.Triple(subject, named(predicate), shown)] = None

    def texts(self, subject: ox.NamedNode, predicate: str, texts: Mapping[str, str]) -> None:
        """Say the same in several languages: language → text."""
        self.say(subject, predicate, *(ox.Literal(text, language=tag) for tag, text in sorted(texts.items())))

    def repeat(self, triples: Iterable[ox.Triple]) -> None:
        """Say what was said elsewhere."""
        self._said.update(dict.fromkeys(triples))

    def triples(self) -> list[ox.Triple]:
        """All that was said."""
        return list(self._said)


def named(prefixed: str | ox.NamedNode) -> ox.NamedNode:
    """The IRI of a prefixed name, or of ``a``; an IRI as it is."""
    if isinstance(prefixed, ox.NamedNode):
        return prefixed
    if prefixed == "a":
        return A
    prefix, _, local = prefixed.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def part(iri: str) -> str:
    """A name for an IRI that can be a piece of the fragment of another: ``prefix.local``, or a digest.

    Two IRIs have two names, and none is the beginning of the names of two others once a dot follows it.
    """
    short = shorten(iri)
    if short.startswith("<"):
        return "iri." + hashlib.sha256(iri.encode("utf-8")).hexdigest()[:16]
    return short.replace(":", ".", 1)
