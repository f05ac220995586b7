"""Is the ledger of links sound beside what ontology and data say? Every judgement is a node that a change may bring."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.gate.hierarchy import SUB_PROPERTY
from kg.model import Finding
from kg.rdf import LEDGER, PREFIXES, graph_iri, shorten

#: Properties that lead from a part to its whole, and from a whole to its part.
_OF = frozenset(
    {PREFIXES["dcterms"] + "isPartOf", PREFIXES["org"] + "subOrganizationOf", PREFIXES["schema"] + "containedInPlace"}
)
_HAS = frozenset({PREFIXES["dcterms"] + "hasPart", PREFIXES["org"] + "hasSubOrganization"})

#: How many judgements are told one by one, and in which words: of the entity, the item and the predicate.
_TOLD = 10
_SAYS = {
    "link": {"en": "{0} is linked to {1} by {2}.", "it": "{0} si collega a {1} con {2}."},
    "refused": {"en": "{1} is refused for {0}.", "it": "{1} è rifiutato per {0}."},
    "none": {"en": "{0} is judged to have no item.", "it": "Si giudica che {0} non abbia un elemento."},
    "removed": {"en": "The judgement on {0} and {1} is removed.", "it": "Si toglie il giudizio su {0} e {1}."},
}
#: Both kinds, the properties from part to whole first.
_Parting = tuple[frozenset[ox.NamedNode], frozenset[ox.NamedNode]]


def check(change: Changed) -> Iterator[Finding]:
    """Findings ``Link-…`` on the ledger, if it or what is part of what changes; each at its line and cell."""
    parted = _parting(change)
    if not _concerns(change, parted):
        return
    # Loaded when it is needed: few contributions touch a link.
    compiled, judged = (import_module(f"kg.linking.{name}") for name in ("compiled", "judged"))
    stated = list(_stated(change))
    terms = {"subject": compiled.SOURCE, "predicate": compiled.PROPERTY, "object": compiled.TARGET}
    by_node = {(one.subject, one.predicate): one for one in stated}
    mappings = compiled.mappings(stated)
    linked = {one.subject for one in mappings}
    for fault in judged.check(mappings, _parts(change, parted, linked)):
        node = compiled.node(fault.judgement)
        triple = by_node[node, terms.get(fault.part, compiled.SOURCE)]
        value = None if fault.part == "judgement" else triple.object.value
        yield Finding(
            fault.code, fault.severity, fault.judgement.subject, None, value, {"en": fault.en, "it": fault.it},
            change.place(LEDGER, ox.NamedNode(fault.judgement.subject), triple), triple,
        )


def summary(change: Changed) -> Iterator[dict[str, str]]:
    """What a change does to the ledger, a sentence by language for each judgement, or one with their number if they are
    many."""
    if LEDGER not in change.files and LEDGER not in change.before:
        return
    compiled = import_module("kg.linking.compiled")
    was, now = (
        {one.pair: one for one in compiled.mappings(files[LEDGER].triples if LEDGER in files else ())}
        for files in (change.before, change.files)
    )
    differ = [pair for pair in sorted(was.keys() | now.keys()) if was.get(pair) != now.get(pair)]
    if len(differ) > _TOLD:
        many = len(differ)
        yield {"en": f"{many} judgements on links differ.", "it": f"Cambiano {many} giudizi su collegamenti."}
        return
    for pair in differ:
        one = now.get(pair)
        kind = "removed" if one is None else "none" if one.is_none else "refused" if one.negated else "link"
        names = shorten(pair[0]), shorten(pair[1]) if pair[1] else "", shorten(one.predicate) if one else ""
        yield {language: words.format(*names) for language, words in _SAYS[kind].items()}


def _concerns(change: Changed, parted: _Parting) -> bool:
    """True if a change touches the ledger, or says anew of linked things which is part of which."""
    if LEDGER in change.files or LEDGER in change.before:
        return True
    read = {*parted[0], *parted[1], SUB_PROPERTY}
    return any(one.predicate in read for one in change.added | change.removed)


def _stated(change: Changed) -> Iterator[ox.Triple]:
    """What the ledger states after the change."""
    if LEDGER in change.files:
        yield from change.files[LEDGER].triples
    elif LEDGER not in change.before:
        graph = ox.NamedNode(graph_iri(LEDGER))
        yield from (quad.triple for quad in change.base.quads_for_pattern(None, None, None, graph))


def _parting(change: Changed) -> _Parting:
    """The properties from part to whole, and from whole to part: those known, and what the ontology puts below them."""
    found = []
    for known in (_OF, _HAS):
        reached, ahead = set(known), list(known)
        while ahead:
            for one in change.new.subjects(SUB_PROPERTY, ox.NamedNode(ahead.pop())):
                if isinstance(one, ox.NamedNode) and one.value not in reached:
                    reached.add(one.value)
                    ahead.append(one.value)
        found.append(frozenset(map(ox.NamedNode, reached)))
    return found[0], found[1]


def _parts(change: Changed, parted: _Parting, linked: set[str]) -> set[tuple[str, str]]:
    """Which of the linked entities are stated to be part of which, directly."""
    found = set()
    for subject in linked:
        for triple in change.new.triples(ox.NamedNode(subject)):
            other = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
            if other in linked and triple.predicate in parted[0]:
                found.add((subject, other))
            if other in linked and triple.predicate in parted[1]:
                found.add((other, subject))
    return found
