"""Blank nodes that are like each other, before they are given canonical names.

RDFC-1.0 tries the orders of blank nodes that it cannot tell apart otherwise, and takes minutes for eight that are all
linked with each other (RDF Dataset Canonicalization, section 7.1). Trees and chains of them cost nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

#: How many nodes that are like another may be linked densely (with three others or more), and how many in rings.
MOST_DENSE, MOST_RINGED = 7, 50
_ROUNDS = 12


def colours(triples: Iterable[ox.Triple]) -> dict[ox.BlankNode, int]:
    """A number for each blank node: like nodes, as far as a few steps from them tell, have the same."""
    around: dict[ox.BlankNode, list[tuple[bool, str, object]]] = defaultdict(list)
    for subject, predicate, value in triples:
        if isinstance(subject, ox.BlankNode):
            around[subject].append((True, predicate.value, value))
        if isinstance(value, ox.BlankNode):
            around[value].append((False, predicate.value, subject))
    colour: Mapping[object, int] = dict.fromkeys(around, 0)
    kinds = 1
    for _ in range(_ROUNDS if around else 0):
        signs = {
            node: (colour[node], *sorted((out, verb, str(colour.get(other, other))) for out, verb, other in links))
            for node, links in around.items()
        }
        numbers = {sign: number for number, sign in enumerate(sorted(set(signs.values()), key=str))}
        colour = {node: numbers[sign] for node, sign in signs.items()}
        if len(numbers) == kinds:
            break
        kinds = len(numbers)
    return dict(colour)  # type: ignore[arg-type]


def is_bomb(triples: Iterable[ox.Triple]) -> bool:
    """True if naming the blank nodes canonically could take very long."""
    stated = list(triples)
    links: dict[ox.BlankNode, set[ox.BlankNode]] = defaultdict(set)
    for subject, _, value in stated:
        if isinstance(subject, ox.BlankNode) and isinstance(value, ox.BlankNode) and subject != value:
            links[subject].add(value)
            links[value].add(subject)
    _without_trees(links)
    if len(links) <= MOST_DENSE:
        return False
    colour = colours(stated)
    ringed = Counter(colour[node] for node in links)
    dense = sum(len(others) > 2 and ringed[colour[node]] > 1 for node, others in links.items())
    return max(ringed.values()) > MOST_RINGED or dense > MOST_DENSE


def _without_trees(links: dict[ox.BlankNode, set[ox.BlankNode]]) -> None:
    """Take away the nodes that lie in no ring."""
    leaves = [node for node, others in links.items() if len(others) < 2]
    while leaves:
        node = leaves.pop()
        for other in links.pop(node, ()):
            links[other].discard(node)
            if len(links[other]) == 1:
                leaves.append(other)
