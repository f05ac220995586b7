"""Looking for entities of ours in Wikidata, and for what became of the items that are linked."""

from __future__ import annotations

from collections.abc import Mapping

from kg.linking.candidates import Outcome, decide
from kg.linking.items import ENTITY, Item, id_of
from kg.linking.judged import Facts
from kg.linking.ledger import EXACT, Ledger
from kg.linking.profile import Profile
from kg.linking.scoring import ALIKE, UNKNOWN, Candidate, score
from kg.linking.wanted import Wanted
from kg.wikidata.client import Wikidata

#: Names of an entity that are searched for, and items that are looked at closely.
NAMES, LOOKED_AT = 6, 20


def find(wikidata: Wikidata, wanted: Wanted, profile: Profile, earlier: Mapping[str, str]) -> Outcome:
    """Search for an entity by its names and compare what is found; ``earlier`` are the items refused for it.

    Raises ServiceError if Wikidata did not answer all of it: then nothing is known of the entity.
    """
    numbers: dict[str, None] = {}
    for text, language in wanted.searched()[:NAMES]:
        numbers |= dict.fromkeys(wikidata.search(text, language))
    items = wikidata.items(list(numbers)[:LOOKED_AT]) if numbers else {}
    known = {item.id: item for item in items.values() if item}
    roots = profile.roots(wanted.types)
    under = wikidata.types(known, roots)
    return decide(wanted, [score(wanted, item, roots, under[item.id], profile) for item in known.values()], earlier)


def facts(wikidata: Wikidata, ledger: Ledger, wanted: Mapping[str, Wanted], profile: Profile) -> dict[str, Facts]:
    """What Wikidata says of every item that the ledger names, by its IRI, compared with the entity linked to it.

    Raises ServiceError if Wikidata did not answer all of it.
    """
    # The entity that is exactly it, where there is one, else another that is linked, else one that it was refused for.
    judged = sorted(ledger.mappings, key=lambda one: (one.is_link, one.predicate == EXACT))
    ours = {number: one.subject for one in judged if (number := id_of(one.object))}
    items = wikidata.items(ours)
    roots = {number: profile.roots(wanted[entity].types) for number, entity in ours.items() if entity in wanted}
    known = [item.id for item in items.values() if item]
    under = wikidata.types(known, [root for each in roots.values() for root in each])
    found = {}
    for number, item in items.items():
        entity = wanted.get(ours[number])
        compared = score(entity, item, roots[number], under[item.id], profile) if item and entity else None
        found[ENTITY + number] = _facts(item, compared)
    return found


def _facts(item: Item | None, compared: Candidate | None) -> Facts:
    if item is None:
        return Facts(exists=False)
    redirect = item.iri if item.asked_as else ""
    aliases = tuple(text for texts in item.aliases.values() for text in texts)
    if compared is None:
        return Facts(True, redirect, item.labels, aliases)
    beside = [one for one in compared.evidence if one.about not in ("name", "type") and one.value != UNKNOWN]
    type_ = compared.of("type").value
    proven = any(one.is_independent for one in beside)
    refuted = any(one.value < UNKNOWN for one in beside)
    return Facts(
        True, redirect, item.labels, aliases, compared.of("name").value >= ALIKE,
        None if type_ == UNKNOWN else type_ == 1, True if proven else False if refuted else None,
        # A name, which is the same in every language of a report.
        (f"“{item.label('en', 'it')}”",),
    )  # fmt: skip
