"""OWL 2 RL by the owlrl package, which chains the rules of the profile over an rdflib graph: slow, and the oracle."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

import pyoxigraph as ox
import rdflib
from owlrl import OWLRL_Semantics
from rdflib.namespace import OWL, RDFS
from rdflib.term import Node

from kg.terms import fill, to_ox

#: Name and version, for the manifest of a snapshot.
VERSION = f"owlrl {version('owlrl')}"
_REFLEXIVE = {OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty, RDFS.subClassOf, RDFS.subPropertyOf}


class _Rules(OWLRL_Semantics):
    """The rules without the conclusions that are true of everything.

    Each conclusion is matched against all rules again, and over half of them would be that a thing is itself. Those
    about literals stay, though RDF 1.1 cannot state them: by an inverse, another may rest on them.
    """

    def store_triple(self, t: tuple[Node, Node, Node]) -> None:
        """Keep a conclusion for the next round."""
        subject, predicate, object_ = t
        if subject == object_ and predicate in _REFLEXIVE:
            return
        super().store_triple(t)


def expand(triples: Iterable[ox.Triple]) -> tuple[set[ox.Triple], list[str]]:
    """The triples and all that follows, without those that RDF 1.1 cannot state, and owlrl's words on contradictions.

    Axiomatic triples are not added: they say nothing of this graph.
    """
    graph = rdflib.Graph()
    fill(graph, triples)
    rules = _Rules(graph, axioms=False, daxioms=False)
    rules.closure()
    found = {
        ox.Triple(to_ox(subject), to_ox(predicate), to_ox(object_))
        for subject, predicate, object_ in graph
        if isinstance(predicate, rdflib.URIRef) and not isinstance(subject, rdflib.Literal)
    }
    # Rule eq-diff1 with eq-ref, which is not run.
    pairs = graph.subject_objects(OWL.differentFrom)
    own = [f"{subject} is said to differ from itself" for subject, object_ in pairs if subject == object_]
    return found, [*rules.error_messages, *own]
