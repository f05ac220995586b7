"""Is the ledger sound? By itself, beside the graph, and beside what Wikidata says of its items (given as values)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg.linking.ledger import EXACT, SEMAPV, Ledger
from kg.linking.ledger import Mapping as Judgement
from kg.rdf import ID, shorten


@dataclass(frozen=True)
class Fault:
    """What is wrong with a judgement, in both languages with what to do; ``part`` is which part of it: ``subject``,
    ``predicate``, ``object`` or ``judgement``.

    ``instead`` is the judgement that would be right, where there is one: a proposal, and never made by itself.
    """

    code: str
    judgement: Judgement
    part: str
    en: str
    it: str
    severity: str = "violation"
    instead: Judgement | None = None


@dataclass(frozen=True)
class Facts:
    """What Wikidata says of an item that the ledger names.

    ``exists`` is False if it is deleted or never was; ``redirect`` the IRI of the item that it is merged into, if it is;
    ``labels`` its labels by language (``mul`` is for every language), ``aliases`` its other names. ``name``, ``type``
    and ``fact`` say whether its names, its type and at least one independent fact (a date, an office, a relation) agree
    with our entity; None where there is nothing to compare. ``says`` has the same in words.
    """

    exists: bool = True
    redirect: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    aliases: Collection[str] = ()
    name: bool | None = None
    type: bool | None = None
    fact: bool | None = None
    says: tuple[str, ...] = ()


def check(judgements: Iterable[Judgement], parts: Collection[tuple[str, str]] = ()) -> Iterator[Fault]:
    """What is wrong with judgements taken together, without a network: findings ``Link-…``.

    ``parts`` are pairs of entities, a part and its whole. That two entities are exactly one item is ``shared``.
    """
    all_ = list(judgements)
    by_subject: dict[str, list[Judgement]] = defaultdict(list)
    for one in all_:
        by_subject[one.subject].append(one)
        yield from _alone(one)
    for subject in sorted(by_subject):
        yield from _together(by_subject[subject])
    yield from _parted(all_, frozenset(parts))


def compare(ledger: Ledger, facts: Mapping[str, Facts]) -> list[Fault]:
    """What is wrong with the ledger beside what Wikidata says, by the IRI of the item: ``Link-missing``,
    ``Link-redirect``, ``Link-label``, ``Link-type``, ``Link-unproven``.

    An item that has no facts was not asked about, and nothing is said of it. That a redirect was found changes nothing:
    the judgement that would follow it is the fault's ``instead``.
    """
    found: list[Fault] = []
    for one in ledger.mappings:
        known = facts.get(one.object) if one.object else None
        if known is not None:
            found += _beside(one, known)
    return found


def _alone(one: Judgement) -> Iterator[Fault]:
    name = shorten(one.subject)
    if not one.subject.startswith(ID):
        yield Fault(
            "Link-subject", one, "subject", f"{name} is no entity of the project. Link one that it describes.",
            f"{name} non è un’entità del progetto. Collegarne una che esso descrive.",
        )  # fmt: skip
    if not one.author or one.date is None:
        yield Fault(
            "Link-unsigned", one, "judgement",
            f"Nobody says who judged {name}, or when. Write author_id or author_label, and mapping_date.",
            f"Nessuno dice chi ha giudicato {name}, o quando. Scrivere author_id o author_label, e mapping_date.",
        )  # fmt: skip
    if not one.justification.startswith(SEMAPV):
        yield Fault(
            "Link-justification", one, "judgement",
            f"{shorten(one.justification)} is no justification of SEMAPV. Write semapv:ManualMappingCuration if somebody "
            "looked at both.",
            f"{shorten(one.justification)} non è una giustificazione di SEMAPV. Scrivere semapv:ManualMappingCuration "
            "se qualcuno ha guardato entrambi.",
        )  # fmt: skip


def _together(judgements: list[Judgement]) -> Iterator[Fault]:
    """What is wrong among the judgements about one entity."""
    links = [one for one in judgements if one.is_link]
    exact = [one for one in links if one.predicate == EXACT]
    for one in exact[1:]:
        names = shorten(one.subject), shorten(exact[0].object), shorten(one.object)
        yield Fault(
            "Link-items", one, "object",
            "{0} is said to be exactly {1} and exactly {2}. Keep one; of the other say skos:closeMatch, or Not.".format(
                *names
            ),
            "Di {0} si dice che è esattamente {1} ed esattamente {2}. Tenerne uno; dell’altro dire skos:closeMatch, o "
            "Not.".format(*names),
        )  # fmt: skip
    for one in judgements:
        if one.is_none and links:
            names = shorten(one.subject), shorten(links[0].object)
            yield Fault(
                "Link-none", one, "object",
                "It is said that nothing matches {0}, and that it is {1}. Keep one of the two.".format(*names),
                "Si dice che nulla corrisponde a {0}, e che è {1}. Tenere uno dei due.".format(*names),
            )  # fmt: skip


def _parted(judgements: list[Judgement], parts: frozenset[tuple[str, str]]) -> Iterator[Fault]:
    """Entities that share an item with one that they are a part of, unless both are exactly it (which is told apart)."""
    by_item: dict[str, list[Judgement]] = defaultdict(list)
    for one in judgements:
        if one.is_link:
            by_item[one.object].append(one)
    for item in sorted(by_item):
        for one in by_item[item]:
            for other in by_item[item]:
                both_exact = one.predicate == other.predicate == EXACT
                if (one.subject, other.subject) in parts and not both_exact and EXACT in (one.predicate, other.predicate):
                    names = shorten(one.subject), shorten(other.subject), shorten(item)
                    yield Fault(
                        "Link-part", one, "object",
                        "{0} is a part of {1}, and both are linked to {2}. Link the part to an item of its own, or say "
                        "Not.".format(*names),
                        "{0} è una parte di {1}, ed entrambi sono collegati a {2}. Collegare la parte a un elemento "
                        "suo, o dire Not.".format(*names),
                    )  # fmt: skip


def _beside(one: Judgement, known: Facts) -> Iterator[Fault]:
    """What is wrong with one judgement beside what Wikidata says of its item."""
    item = shorten(one.object)
    if not known.exists:
        yield Fault(
            "Link-missing", one, "object", f"Wikidata has no {item}: it is deleted, or never was. Look for the right item.",
            f"Wikidata non ha {item}: è stato cancellato, o non c’è mai stato. Cercare l’elemento giusto.",
        )  # fmt: skip
        return
    if known.redirect:
        yield Fault(
            "Link-redirect", one, "object",
            f"{item} is merged into {shorten(known.redirect)}. Look whether that is the same thing, then link to it.",
            f"{item} è confluito in {shorten(known.redirect)}. Guardare se è la stessa cosa, poi collegare quello.",
            "warning", replace(one, object=known.redirect, line=0),
        )  # fmt: skip
    if one.is_link:
        yield from _drifted(one, known)
        yield from _unproven(one, known)


def _drifted(one: Judgement, known: Facts) -> Iterator[Fault]:
    """That an item is not called any more what it was called when somebody judged."""
    names = {_folded(text) for text in (*known.labels.values(), *known.aliases)}
    if not one.object_label or not names or _folded(one.object_label) in names:
        return
    now = known.labels.get("mul") or known.labels.get("en") or next(iter(known.labels.values()), "")
    item = shorten(one.object)
    yield Fault(
        "Link-label", one, "object",
        f"{item} was “{one.object_label}”, and is “{now}” now. Look whether it is still the same thing.",
        f"{item} era «{one.object_label}», e ora è «{now}». Guardare se è ancora la stessa cosa.", "warning",
        replace(one, object_label=now, line=0) if now else None,
    )  # fmt: skip


def _unproven(one: Judgement, known: Facts) -> Iterator[Fault]:
    """That an item is another kind of thing, or that what would prove it the same does not agree: a number that somebody
    made up is found so, as it hardly names a thing of the same name, type and dates."""
    item, said = shorten(one.object), f" ({'; '.join(known.says)})" if known.says else ""
    name = shorten(one.subject)
    if known.type is False:
        yield Fault(
            "Link-type", one, "object", f"{item} is no such thing as {name}{said}. Look for the right item.",
            f"{item} non è una cosa come {name}{said}. Cercare l’elemento giusto.",
        )  # fmt: skip
        return
    lacks = [
        words for words, value in ((("name", "nome"), known.name), (("type", "tipo"), known.type),
                                   (("one independent fact", "un fatto indipendente"), known.fact)) if not value
    ]  # fmt: skip
    if one.predicate == EXACT and lacks:
        severity = "violation" if known.name is False else "warning"
        en, it = _NOTHING_BESIDE if known.fact is None else ("", "")
        not_en, not_it = (", ".join(words) for words in zip(*lacks, strict=True))
        yield Fault(
            "Link-unproven", one, "object",
            f"That {name} is {item} is not proven: {not_en} not found to agree{said}.{en} "
            "Look at both, and correct the link or mend what is compared.",
            f"Che {name} sia {item} non è provato: non risulta concordare {not_it}{said}.{it} "
            "Guardare entrambi, e correggere il collegamento o ciò che si confronta.", severity,
        )  # fmt: skip


#: What would be a proof, where there is nothing that could be one.
_NOTHING_BESIDE = (
    " Nothing but name and type is there on both sides: it would be proven by an office, a relation to something that "
    "is linked, or a date of ours that Wikidata has, too.",
    " Da entrambe le parti non c’è altro che nome e tipo: lo proverebbe una carica, una relazione con qualcosa di "
    "collegato o una data nostra che anche Wikidata abbia.",
)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
