"""Does a claim say what another one from the same passage says already, and is a passage cited twice?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import A
from kg.gate.messages import plain
from kg.gate.state import Subject, Term
from kg.model import Finding
from kg.rdf import PREFIXES, shorten

_CKG, _OA = PREFIXES["ckg"], PREFIXES["oa"]
_EVIDENCE, _DIGEST = ox.NamedNode(_CKG + "evidence"), ox.NamedNode(_CKG + "sha256")
_CLAIM, _PASSAGE = _CKG + "Claim", ox.NamedNode(_CKG + "PassageEvidence")
#: What makes a passage: the same in all of these is the same, from the same voice.
_PLACE = tuple(ox.NamedNode(iri) for iri in (_CKG + "source", _OA + "start", _OA + "end"))
_VOICE = ox.NamedNode(_CKG + "attribution")
#: How a claim is held and founded, which makes it no other claim.
_MANNER = {A, _EVIDENCE, *(ox.NamedNode(_CKG + name) for name in ("certainty", "modality"))}

Content = frozenset[tuple[ox.NamedNode, Term]]


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Duplicate-evidence`` and ``Duplicate-claim`` on the passages and claims that a change touches.

    Each pair is found once, at the one that is new or changed, or if both are, at the one whose IRI comes second.
    """
    all_ = _touched(change)
    touched = _touched(change.part) if change.part else all_
    judge = _Judge(change)
    for node in sorted((one for one in all_ if isinstance(one, ox.NamedNode)), key=str):
        others = [*judge.same_passages(node), *judge.same_claims(node)]
        yield from (one for other, one in others if (other in touched, str(other)) < (node in touched, str(node)))


def _touched(change: Changed) -> set[Subject]:
    """What a change says something else of, and the claims that rest on it."""
    touched = {triple.subject for triple in change.added | change.removed}
    return touched | {claim for node in touched for claim in change.new.subjects(_EVIDENCE, node)}


class _Judge:
    """Compares passages and claims as they are after a change."""

    def __init__(self, change: Changed) -> None:
        self._change, self._new = change, change.new
        self._known = change.known
        self._content = cache(self._find_content)

    def same_passages(self, node: ox.NamedNode) -> Iterator[tuple[Subject, Finding]]:
        """Other evidence from the same span of the same document through the same voice."""
        if not self._is_passage(node):
            return
        for other in self._same_span(node) - {node}:
            if self._values(node, (_VOICE,)) == self._values(other, (_VOICE,)):
                digest = min(self._new.triples(node, _DIGEST), key=str)
                yield other, self._finding(
                    "Duplicate-evidence", "warning", digest,
                    f"{_short(other)} is the same passage, from the same voice. Cite that one.",
                    f"{_short(other)} è lo stesso passo, dalla stessa voce. Citare quello.",
                )

    def same_claims(self, node: ox.NamedNode) -> Iterator[tuple[Subject, Finding]]:
        """Other claims of the same class, from the same passage, that say the same or more or less of it."""
        if _CLAIM not in self._known.types(node.value):
            return
        for other, triple in self._beside(node).items():
            if self._known.stated_types(node.value) != self._known.stated_types(other.value):
                continue
            own, theirs = self._content(node), self._content(other)
            if not own or not theirs or not (own <= theirs or theirs <= own):
                continue
            en, it = ("", "") if own == theirs else (", in more or less detail", ", più o meno in dettaglio")
            yield other, self._finding(
                "Duplicate-claim", "violation" if own == theirs else "warning", triple,
                f"{_short(other)}, from the same passage, says the same{en}. Keep one of the two.",
                f"{_short(other)}, dallo stesso passo, dice lo stesso{it}. Tenerne una.",
            )

    def _beside(self, claim: ox.NamedNode) -> dict[ox.NamedNode, ox.Triple]:
        """Other claims from a passage of a claim, each with the triple by which the claim cites it."""
        found: dict[ox.NamedNode, ox.Triple] = {}
        for triple in sorted(self._new.triples(claim, _EVIDENCE), key=str):
            for passage in self._same_span(triple.object):
                for other in self._new.subjects(_EVIDENCE, passage):
                    if isinstance(other, ox.NamedNode) and other != claim:
                        found.setdefault(other, triple)
        return found

    def _is_passage(self, node: ox.NamedNode) -> bool:
        return ox.Triple(node, A, _PASSAGE) in self._new

    def _same_span(self, passage: Term) -> set[Term]:
        """The evidence that is from the same place as this, itself among it; found by the digest of the span."""
        if not isinstance(passage, ox.NamedNode) or not self._is_passage(passage):
            return {passage}
        place = self._values(passage, _PLACE)
        digests = self._new.objects(passage, _DIGEST)
        same = {other for digest in digests for other in self._new.subjects(_DIGEST, digest)}
        return {passage, *(one for one in same if self._is_passage(one) and self._values(one, _PLACE) == place)}

    def _values(self, node: Subject, predicates: Iterable[ox.NamedNode]) -> list[set[Term]]:
        return [set(self._new.objects(node, predicate)) for predicate in predicates]

    def _find_content(self, claim: ox.NamedNode) -> Content:
        """What a claim says: its values but for texts, and how it is held and founded."""
        return frozenset(
            (predicate, value)
            for _, predicate, value in self._new.triples(claim)
            if predicate not in _MANNER and not getattr(value, "language", None)
        )

    def _finding(self, code: str, severity: str, triple: ox.Triple, en: str, it: str) -> Finding:
        subject, predicate, value = triple
        where, messages = self._change.where(subject), {"en": en, "it": it}
        return Finding(code, severity, subject.value, predicate.value, plain(value), messages, where, triple)


def _short(node: Subject) -> str:
    return shorten(node.value)
