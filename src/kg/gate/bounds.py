"""What is not judged because it would take longer than anybody waits, told at once and in a sentence.

Each limit lies far above what an honest contribution needs: its nodes have names, it changes few axioms, and what it
links in a row is as long as a history. What grows only with the size of a text is bounded by that, and by the deadline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.gate.hierarchy import AXIOMS, OWL
from kg.model import Finding
from kg.rdf import shorten

CODE = "Bounds-"
#: New statements of one file, which is ten times what the claims of a long source need.
MOST_STATED = 20_000
#: Nodes without names, which no data may have at all; statements that change what follows from others; links of one
#: property in a row; findings of the stages that look at names and texts, after which shapes and rules are left out.
MOST_UNNAMED, MOST_AXIOMS, MOST_LINKED, MOST_FAULTS = 500, 500, 300, 1_000
_AXIOMS = AXIOMS | {ox.NamedNode(OWL + name) for name in ("sameAs", "propertyChainAxiom", "disjointWith")}


def exceeded(triples: Iterable[ox.Triple], kind: str) -> Iterator[Finding]:
    """Findings ``Bounds-…`` on what a file of a kind newly states, each of them a reason not to judge it."""
    stated = list(triples)
    if kind == "shapes":
        return
    if len(stated) > MOST_STATED:
        yield _finding(
            "stated", f"The file states {len(stated)} new things; at most {MOST_STATED} are judged at once. Split it.",
            f"Il file afferma {len(stated)} cose nuove; se ne valutano al massimo {MOST_STATED} per volta. Dividerlo.",
        )
        return
    unnamed = {term for triple in stated for term in triple if isinstance(term, ox.BlankNode)}
    if len(unnamed) > MOST_UNNAMED:
        yield _finding(
            "unnamed", f"The file has {len(unnamed)} nodes without names; data may have none. Name each of them.",
            f"Il file ha {len(unnamed)} nodi senza nome; i dati non possono averne. Dare un nome a ciascuno.",
        )
        return
    axioms = sum(triple.predicate in _AXIOMS for triple in stated)
    if axioms > MOST_AXIOMS:
        yield _finding(
            "axioms",
            f"The file states {axioms} axioms and identities; at most {MOST_AXIOMS} are judged at once. Split it.",
            f"Il file enuncia {axioms} assiomi e identità; se ne valutano al massimo {MOST_AXIOMS} per volta. "
            "Dividerlo.",
        )
    for predicate in sorted(_longer(stated), key=str):
        name = shorten(predicate.value)
        yield _finding(
            "linked", f"The file links more than {MOST_LINKED} nodes in a row by {name}. Split it, or mend the links.",
            f"Il file collega più di {MOST_LINKED} nodi di seguito con {name}. Dividerlo, o correggere i collegamenti.",
        )


def faults(count: int) -> Finding:
    """That so much is wrong with names and texts that nothing else was judged."""
    return _finding(
        "faults", f"More than {count} things are wrong with names and texts, so that nothing else was judged. "
        "Mend these first.",
        f"Più di {count} cose non vanno nei nomi e nei testi, perciò non è stato valutato altro. "
        "Correggere prima queste.",
    )


def _longer(triples: list[ox.Triple]) -> list[ox.NamedNode]:
    """The properties that link too many nodes in a row, or in a ring."""
    links: dict[ox.NamedNode, dict[object, set[object]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in triples:
        if not isinstance(value, ox.Literal) and value != subject:
            links[predicate][subject].add(value)
    return [predicate for predicate, out in links.items() if len(out) > MOST_LINKED and _is_deep(out)]


def _is_deep(out: dict[object, set[object]]) -> bool:
    """True if links lead on for more than MOST_LINKED steps: the nodes at the end of all links are taken away in
    rounds, and those that are never at an end lie on a ring or before one."""
    into: dict[object, list[object]] = defaultdict(list)
    left = {node: sum(value in out for value in values) for node, values in out.items()}
    for node, values in out.items():
        for value in values:
            into[value].append(node)
    ends, rounds = [node for node, count in left.items() if not count], 0
    while ends and rounds <= MOST_LINKED:
        rounds, taken, ends = rounds + 1, ends, []
        for node in taken:
            del left[node]
            for before in into[node]:
                left[before] -= 1
                if not left[before]:
                    ends.append(before)
    return rounds > MOST_LINKED or _largest(left, out) > MOST_LINKED


def _largest(left: Iterable[object], out: dict[object, set[object]]) -> int:
    """How many of the nodes that are left lie on one path, as far as going on from each for the first time tells."""
    unseen, largest = set(left), 0
    while unseen:
        node, steps = unseen.pop(), 1
        while following := out.get(node, set()) & unseen:
            node = min(following, key=str)
            unseen.discard(node)
            steps += 1
        largest = max(largest, steps)
    return largest


def _finding(code: str, en: str, it: str) -> Finding:
    return Finding(CODE + code, "violation", "_:", None, None, {"en": en, "it": it})
