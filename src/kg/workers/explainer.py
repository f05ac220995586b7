"""Explaining the triples of a snapshot in a worker, from nothing but the snapshot."""

from __future__ import annotations

from functools import cached_property

import pyoxigraph as ox

from kg.engine import Engine
from kg.errors import NotFound, QueryError
from kg.model import Corpus, Source
from kg.parsing import parse_turtle
from kg.rdf import JUDGED, graph_iri, kind_of
from kg.reasoning.explaining import Explainer, read_triple
from kg.reasoning.proofs import Proof
from kg.reasoning.telling import denied, meant
from kg.rulebook import rules_among
from kg.texts import Texts


class SnapshotExplainer:
    """Explains the triples of an engine's snapshot. Conclusions are drawn at the first question."""

    def __init__(self, engine: Engine, texts: Texts) -> None:
        """``texts`` are those of the snapshot."""
        self._engine, self._texts = engine, texts

    def answer(self, terms: tuple[str, str, str], form: str, language: str, most_bytes: int) -> bytes:
        """The proof of a triple, given by terms as in Turtle, in a form and a language of ``kg.reasoning.telling``.

        Raises QueryError if a term cannot be read or the proof has more than ``most_bytes``, NotFound if the triple is
        neither stated nor follows, SnapshotError if the snapshot lacks the texts it was built from.
        """
        triple = read_triple(*terms)
        proof: Proof | None = self._explainer.prove(triple)
        if proof is None:
            said = meant(self._explainer.slips(triple), language)
            raise NotFound(
                denied(triple, language), remedy=said or "Check the terms, or ask the graph what it has of them."
            )
        written = self._explainer.tell(proof, form, language).encode("utf-8")
        if len(written) > most_bytes:
            raise QueryError(
                f"The proof is larger than {most_bytes / 1_000_000:g} MB and was not sent.",
                remedy="Ask for it as text, or explain one of its premises.",
            )
        return written

    def prepare(self) -> None:
        """Draw the conclusions now. Raises SnapshotError if the snapshot lacks the texts it was built from."""
        _ = self._explainer

    @cached_property
    def _explainer(self) -> Explainer:
        snapshot = self._engine.snapshot
        texts = self._texts.by_path
        sources = (
            Source(path, kind_of(path), graph_iri(path), _stated(texts[path], path), digest)
            for path, digest in sorted(snapshot.files.items())
            if kind_of(path) in JUDGED and path in texts
        )
        return Explainer(Corpus(tuple(sources)), rules_among(texts), texts.__getitem__)


def _stated(text: str, path: str) -> tuple[ox.Triple, ...]:
    """The triples of a file in the order of its text, by which places are found; the store has them in none."""
    return tuple(dict.fromkeys(parse_turtle(text.encode("utf-8"), path)))
