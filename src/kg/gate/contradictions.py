"""What the rules say must not be (OWL 2 Profiles, section 4.3: the rules that conclude false), as findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator

import pyoxigraph as ox

from kg.gate.changed import Changed
from kg.model import Corpus, Finding, Source
from kg.rdf import JUDGED, graph_iri, kind_of
from kg.reasoning import Clash, closure
from kg.reasoning.places import Place, Places
from kg.reasoning.proofs import Statement, show
from kg.reasoning.rules import Rule

CODE = "Contradiction"


def find(corpus: Corpus, rules: Iterable[Rule], read: Callable[[str], str]) -> Iterator[Finding]:
    """A finding for each contradiction in ontology and data by these rules; ``read`` gives the text of a file."""
    chosen = tuple(rules)
    if not chosen:
        return
    asserted = (triple for source in corpus.of_kind(*JUDGED) for triple in source.triples)
    places = Places(corpus, read)
    for clash in _distinct(closure(asserted, "rl", chosen).clashes):
        yield _finding(clash, places)


def of_change(change: Changed, clashes: Iterable[Clash], read: Callable[[str], str]) -> Iterator[Finding]:
    """A finding for each contradiction that a change brings, at the added statement at fault if there is one.

    ``read`` gives the text of a file by its path, empty if it is not at hand.
    """
    found = _distinct(clashes)
    places = Places(_stating(change, found), read)
    for clash in found:
        yield _finding(clash, places, change.added)


def _distinct(clashes: Iterable[Clash]) -> tuple[Clash, ...]:
    """Contradictions but for those that only name the same statements in another order."""
    found: dict[tuple[str, frozenset[Statement]], Clash] = {}
    for clash in clashes:
        found.setdefault((clash.rule, frozenset(clash.premises)), clash)
    return tuple(found.values())


def _stating(change: Changed, clashes: Iterable[Clash]) -> Corpus:
    """The files that state what is at fault, with that alone."""
    stated: dict[str, dict[ox.Triple, None]] = defaultdict(dict)
    for subject, predicate, object_ in {fault for clash in clashes for fault in clash.faults}:
        for path, triple in change.stated(subject, predicate, object_):
            stated[path][triple] = None
    return Corpus(tuple(
        Source(path, kind_of(path), graph_iri(path), tuple(triples), "") for path, triples in sorted(stated.items())
    ))


def _finding(clash: Clash, places: Places, added: Container[ox.Triple] = ()) -> Finding:
    told = ", ".join(show(statement) for statement in clash.premises)
    stated = [(fault, place) for fault in clash.faults for place in places(fault)]
    at = ", ".join(dict.fromkeys(str(place) for _, place in stated))
    rests = {"en": f" It rests on {at}: mend one of these.", "it": f" Poggia su {at}: correggere una di queste righe."}
    focus = next((one[0] for one in reversed(clash.premises) if isinstance(one[0], ox.NamedNode)), "_:")
    messages = {
        "en": f"{clash.words} Yet it follows that {told}.{rests['en'] if at else ''}",
        "it": f"{clash.italian or clash.words} Eppure ne segue che {told}.{rests['it'] if at else ''}",
    }

    def remoteness(choice: tuple[Statement, Place]) -> tuple[bool, bool]:
        # The statement to mend is rather a new one than an old one, and rather in the data than in the ontology.
        fault, place = choice
        return ox.Triple(*fault) not in added, place.path.startswith("ontology/")

    fault, place = min(stated, key=remoteness, default=(None, None))
    return Finding(
        f"{CODE}-{clash.rule}", "violation", str(getattr(focus, "value", focus)), None, None, messages,
        place and place.where, fault and ox.Triple(*fault), rests_on=tuple(ox.Triple(*one) for one in clash.faults),
    )
