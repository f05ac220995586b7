"""Explaining the triples of a snapshot in a worker, from nothing but the snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice

import pyoxigraph as ox

from kg.engine import Engine
from kg.errors import NotFound, QueryError
from kg.model import Corpus, Source
from kg.parsing import parse_turtle
from kg.rdf import JUDGED, graph_iri, kind_of
from kg.reasoning.explaining import Explainer, read_triple
from kg.reasoning.proofs import Proof
from kg.reasoning.rules import Rule
from kg.reasoning.telling import denied, meant
from kg.rulebook import rules_among
from kg.texts import Texts


#: From how many stated triples on not all files are read, but those that a triple may rest on: first few of data, then so
#: many, found over so many steps from one node to the next, of each of which so many triples are looked at.
_LARGE = 400_000
_FILES = 3, 12
_STEPS, _LOOKED_AT = 2, 200


class SnapshotExplainer:
    """Explains the triples of an engine's snapshot. Conclusions are drawn at the first question.

    Of a large snapshot they are drawn for each question, from the files that the triple may rest on: what follows from a
    part of the files follows from all, except for what rests on something not being there (rules with a parameter).
    """

    def __init__(self, engine: Engine, texts: Texts) -> None:
        """``texts`` are those of the snapshot."""
        self._engine, self._texts = engine, texts
        self._of_files = lru_cache(2)(self._explainer_of)

    def answer(self, terms: tuple[str, str, str], form: str, language: str, most_bytes: int) -> bytes:
        """The proof of a triple, given by terms as in Turtle, in a form and a language of ``kg.reasoning.telling``.

        Raises QueryError if a term cannot be read, the proof has more than ``most_bytes``, or what it rests on is too far
        apart in a large snapshot; NotFound if the triple is neither stated nor follows, SnapshotError if the snapshot
        lacks the texts it was built from.
        """
        triple = read_triple(*terms)
        explainer, proof = self._proved(triple)
        if proof is None:
            said = meant(explainer.slips(triple), language)
            raise NotFound(
                denied(triple, language), remedy=said or "Check the terms, or ask the graph what it has of them."
            )
        written = explainer.tell(proof, form, language).encode("utf-8")
        if len(written) > most_bytes:
            raise QueryError(
                f"The proof is larger than {most_bytes / 1_000_000:g} MB and was not sent.",
                remedy="Ask for it as text, or explain one of its premises.",
            )
        return written

    def prepare(self) -> None:
        """Draw the conclusions now. Raises SnapshotError if the snapshot lacks the texts it was built from."""
        if not self._is_large:
            _ = self._explainer

    @cached_property
    def _is_large(self) -> bool:
        return self._engine.snapshot.counts.get("asserted", 0) > _LARGE

    def _proved(self, triple: ox.Triple) -> tuple[Explainer, Proof | None]:
        asked = any(rule.parameter and rule.heads[0].predicate == triple.predicate for rule in self._rules)
        if asked or not self._is_large:
            return self._explainer, self._explainer.prove(triple)
        near = self._near(triple)
        for most in _FILES:
            explainer = self._of_files(frozenset(near[:most]))
            proof = explainer.prove(triple)
            # What is nowhere in the snapshot has no proof.
            if proof or not any(self._engine.store.quads_for_pattern(*triple, None)):
                return explainer, proof
        raise QueryError(
            "What this follows from is in too many files to be read for one answer.",
            remedy="Explain one of the statements that it would rest on.",
        )

    def _near(self, triple: ox.Triple) -> list[str]:
        """The files of data that state what a triple may rest on, those that say most of it first."""
        found: dict[object, None] = {}
        nodes = dict.fromkeys(one for one in (triple.subject, triple.object) if isinstance(one, ox.NamedNode))
        for quad in self._engine.store.quads_for_pattern(*triple, None):
            found[quad.graph_name] = None
        seen: dict[ox.NamedNode, None] = {}
        for _ in range(_STEPS):
            following: dict[ox.NamedNode, None] = {}
            for node in nodes:
                for quad in self._looked_at(node):
                    found[quad.graph_name] = None
                    others = (one for one in (quad.subject, quad.object) if isinstance(one, ox.NamedNode))
                    following |= dict.fromkeys(others)
            seen |= nodes
            nodes = {node: None for node in following if node not in seen}
        paths = (self._by_graph.get(graph, "") for graph in found)
        return list(filter(self._is_data, paths))

    def _looked_at(self, node: ox.NamedNode) -> Iterator[ox.Quad]:
        """What is stated of a node, and what names it unless that is much: what many name says little of each of them."""
        for pattern in ((node, None, None, None), (None, None, node, None)):
            quads = list(islice(self._engine.store.quads_for_pattern(*pattern), _LOOKED_AT))
            if pattern[0] or len(quads) < _LOOKED_AT:
                yield from (quad for quad in quads if quad.graph_name in self._by_graph)

    @cached_property
    def _by_graph(self) -> dict[object, str]:
        return {ox.NamedNode(graph_iri(path)): path for path in self._engine.snapshot.files if kind_of(path) in JUDGED}

    @staticmethod
    def _is_data(path: str) -> bool:
        return kind_of(path) == "data"

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return rules_among(self._texts.by_path)

    @cached_property
    def _explainer(self) -> Explainer:
        return self._explainer_of(path for path in self._engine.snapshot.files if self._is_data(path))

    def _explainer_of(self, data: Iterable[str]) -> Explainer:
        """What explains from these files of data, and all that are none."""
        snapshot, texts, chosen = self._engine.snapshot, self._texts.by_path, set(data)
        sources = (
            Source(path, kind_of(path), graph_iri(path), _stated(texts[path], path), digest)
            for path, digest in sorted(snapshot.files.items())
            if kind_of(path) in JUDGED and path in texts and (path in chosen or not self._is_data(path))
        )
        return Explainer(Corpus(tuple(sources)), self._rules, texts.__getitem__)


def _stated(text: str, path: str) -> tuple[ox.Triple, ...]:
    """The triples of a file in the order of its text, by which places are found; the store has them in none."""
    return tuple(dict.fromkeys(parse_turtle(text.encode("utf-8"), path)))
