"""The prefixes of the project as declarations of SHACL (section 5.2.1), which editors of queries read."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kg.catalogue.saying import Saying
from kg.rdf import BASE, PREFIXES

#: Who declares them, for ``sh:prefixes``: SHACL has ontologies declare prefixes.
DECLARING = ox.NamedNode(BASE + "ontology")


def describe() -> Sequence[ox.Triple]:
    """A declaration for each prefix of the project's table."""
    graph = Saying()
    for prefix, space in sorted(PREFIXES.items()):
        declaration = ox.NamedNode(f"{BASE}prefixes#{prefix}")
        graph.say(DECLARING, "sh:declare", declaration)
        graph.say(declaration, "a", "sh:PrefixDeclaration")
        graph.say(declaration, "sh:prefix", ox.Literal(prefix))
        graph.say(declaration, "sh:namespace", ox.Literal(space, datatype=ox.NamedNode(PREFIXES["xsd"] + "anyURI")))
    return graph.triples()
