"""What the rules say must not be (OWL 2 Profiles, section 4.3: the rules that conclude false), as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox

from kg.model import Corpus, Finding
from kg.reasoning import Clash, closure
from kg.reasoning.places import Places
from kg.reasoning.proofs import show
from kg.reasoning.rules import Rule

KINDS = ("ontology", "data")
CODE = "Contradiction"


def find(corpus: Corpus, rules: Iterable[Rule], read: Callable[[str], str]) -> Iterator[Finding]:
    """A finding for each contradiction in ontology and data by these rules; ``read`` gives the text of a file."""
    chosen = tuple(rules)
    if not chosen:
        return
    asserted = (triple for source in corpus.of_kind(*KINDS) for triple in source.triples)
    places = Places(corpus, read)
    for clash in closure(asserted, "rl", chosen).clashes:
        yield _finding(clash, places)


def _finding(clash: Clash, places: Places) -> Finding:
    told = ", ".join(show(statement) for statement in clash.premises)
    stated = [place for fault in clash.faults for place in places(fault)]
    at = ", ".join(dict.fromkeys(map(str, stated)))
    # The statement to mend is rather in the data than in the ontology.
    chosen = next((place for place in stated if not place.path.startswith("ontology/")), next(iter(stated), None))
    focus = next((one[0] for one in reversed(clash.premises) if isinstance(one[0], ox.NamedNode)), "_:")
    messages = {
        "en": f"{clash.words} Yet it follows that {told}. It rests on {at}: mend one of these.",
        "it": f"Contraddizione ({clash.rule}): ne segue che {told}. Poggia su {at}: correggere una di queste righe.",
    }
    where = chosen.where if chosen else None
    return Finding(f"{CODE}-{clash.rule}", "violation", str(getattr(focus, "value", focus)), None, None, messages, where)
