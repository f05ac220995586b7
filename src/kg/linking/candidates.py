"""What came of looking for an entity in Wikidata: five outcomes that are never mistaken for one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.linking.items import id_of
from kg.linking.ledger import Ledger
from kg.linking.saying import Texts, decimal, same, say
from kg.linking.scoring import Candidate, contrast
from kg.linking.wanted import Wanted
from kg.model import LANGUAGES

MATCH, AMBIGUOUS, NONE, REFUSED, UNREACHABLE = "match", "ambiguous", "no candidate", "refused earlier", "not reachable"
OUTCOMES = (MATCH, AMBIGUOUS, NONE, REFUSED, UNREACHABLE)
#: The score from which a candidate is one at all, that from which it may be a match, and by how much it must lead.
LIKELY, GOOD, LEAD = 0.5, 0.8, 0.1


@dataclass(frozen=True)
class Outcome:
    """What came of looking for an entity, in words by language (``says``), with the candidates from the best to the worst.

    ``contrast`` is what decides between the best and the one after it. ``refused`` are the numbers of items that
    somebody refused earlier, and that are no candidates.
    """

    entity: str
    label: str
    kind: str
    says: Texts
    candidates: tuple[Candidate, ...] = ()
    contrast: Texts = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def refused(ledger: Ledger, entity: str) -> dict[str, str]:
    """The numbers of the items that were refused for an entity, each with the comment of whoever did."""
    return {id_of(one.object): one.comment for one in ledger.of(entity) if one.negated and one.object}


def judged(ledger: Ledger, entity: str) -> Texts:
    """Why nobody needs to look for an entity, in words by language: it is linked, or judged to have no item. Empty if neither."""
    for one in ledger.of(entity):
        if one.is_none:
            return say("judged-none", author=one.author or say("somebody"))
        if one.is_link:
            return say("linked", number=id_of(one.object))
    return {}


def decide(wanted: Wanted, found: Sequence[Candidate], earlier: Mapping[str, str]) -> Outcome:
    """Which outcome the candidates of an entity make; ``earlier`` are the items that were refused for it."""
    ranked = sorted(found, key=lambda one: (-one.score, len(one.item.id), one.item.id))
    open_ = tuple(one for one in ranked if one.item.id not in earlier)
    out = tuple(one.item.id for one in ranked if one.item.id in earlier)
    decisive = contrast(open_[0], open_[1]) if len(open_) > 1 else {}
    kind, says = _kind(open_, out, earlier)
    return Outcome(wanted.iri, wanted.label(), kind, says, open_, decisive, out)


def unreachable(entity: str, label: str, why: str) -> Outcome:
    """The outcome where the service did not answer, which says nothing about the entity."""
    return Outcome(entity, label, UNREACHABLE, same(why))


def no_item(entity: str, label: str, why: Texts) -> Outcome:
    """The outcome for an entity that was judged earlier to have no item."""
    return Outcome(entity, label, REFUSED, why)


def _kind(ranked: Sequence[Candidate], out: Sequence[str], earlier: Mapping[str, str]) -> tuple[str, Texts]:
    likely = [one for one in ranked if one.score >= LIKELY]
    if not likely:
        if out:
            reason = earlier[out[0]]
            return REFUSED, say("refused", numbers=", ".join(out), why=f" ({reason})" if reason else "")
        return NONE, say("none-good", found=str(len(ranked))) if ranked else say("none")
    best = likely[0]
    if best.score < GOOD:
        return AMBIGUOUS, say("weak", number=best.item.id, score=decimal(best.score), needed=decimal(GOOD))
    if len(likely) > 1 and best.score - likely[1].score < LEAD:
        return AMBIGUOUS, say("too-close", one=best.item.id, other=likely[1].item.id)
    if not best.is_supported:
        return AMBIGUOUS, say("unsupported", number=best.item.id)
    return MATCH, say("match", number=best.item.id)


def told(outcome: Outcome) -> dict[str, object]:
    """An outcome as it is written in JSON, with the evidence of each candidate and, in words by language, what that comes to."""
    return {
        "entity": outcome.entity, "label": outcome.label, "outcome": outcome.kind, "says": outcome.says,
        "contrast": outcome.contrast, "refused": list(outcome.refused),
        "candidates": [_told(one) for one in outcome.candidates],
    }  # fmt: skip


def _told(one: Candidate) -> dict[str, object]:
    return {
        "id": one.item.id, "label": one.item.label("en", "it"),
        "description": {
            language: next((text for tag in (language, *LANGUAGES) if (text := one.item.descriptions.get(tag))), "")
            for language in LANGUAGES
        },
        "score": one.score, "supported": one.is_supported, "contradicted": one.is_contradicted,
        "evidence": [{"about": each.about, "value": each.value, "says": each.says} for each in one.evidence],
    }  # fmt: skip
