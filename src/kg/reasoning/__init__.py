"""The closure of the graph: what follows from it by the rules of OWL 2 RL (OWL 2 Profiles, section 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import SettingError
from kg.reasoning import rl
from kg.reasoning.relevance import relevant
from kg.reasoning.trivial import is_trivial
from kg.rdf import PREFIXES

_SAME_AS = ox.NamedNode(PREFIXES["owl"] + "sameAs")


@dataclass(frozen=True)
class Closure:
    """What a reasoner found: the triples that are new and not trivial, and the contradictions, in words, sorted."""

    inferred: frozenset[ox.Triple]
    clashes: tuple[str, ...]


#: From triples to all triples that follow and the contradictions found.
Reasoner = Callable[[Iterable[ox.Triple]], tuple[set[ox.Triple], list[str]]]

REASONERS: Mapping[str, Reasoner] = {"owlrl": rl.expand}
#: Name and version of each reasoner, for the manifest of a snapshot.
VERSIONS: Mapping[str, str] = {"owlrl": rl.VERSION}


def closure(triples: Iterable[ox.Triple], reasoner: str = "owlrl") -> Closure:
    """What follows from the triples and is worth saying (see ``trivial``). Raises SettingError on an unknown reasoner.

    The reasoner sees only what a rule could use (see ``relevance``). If it finds two names for one thing, all that is
    said of one holds of the other (rules eq-rep-s, -p and -o), so it then sees everything.
    """
    if reasoner not in REASONERS:
        raise SettingError(f"There is no reasoner {reasoner!r}.", remedy=f"Choose from: {', '.join(REASONERS)}.")
    expand = REASONERS[reasoner]
    asserted = frozenset(triples)
    found, clashes = expand(relevant(asserted))
    if any(triple.predicate == _SAME_AS and triple.subject != triple.object for triple in found):
        found, clashes = expand(asserted)
    new = frozenset(triple for triple in found if triple not in asserted and not is_trivial(triple))
    return Closure(new, tuple(sorted(clashes)))
