"""A graph of any size, shaped like the one of this repository; the same seed gives the same triples.

    python benchmarks/generate.py --triples 100000 [--seed 1] [--out FILE.nt]
    python benchmarks/generate.py --proportions

The ontology and the controlled vocabularies (topics among them) are the real ones. All else is made, region by region;
a region has as many nodes of each class as the real data (the last region fewer of each). Nothing about the shape is
written down here; it is measured from the real data on every run:

- A made node takes the statements of a real node of its class, drawn at random: which properties go together, how often
  each is repeated, and which terms of the vocabularies are used keep their proportions.
- A statement about another node gets another one of the same class, drawn as often as the real statements with that
  property name it: what much is said about in the real graph is so in a region. One in twenty names a node of an
  earlier region, so that the regions hang together.
- Properties that can lead from a class back to it (from step to step, from claim to claim, from forum to wider forum)
  keep the real structure: depth and branching are the real ones, and there are no cycles.
- No node names another by two properties, so that disjoint properties stay disjoint.

Texts get a number, so that they are as many as in a real graph of that size. Entities grow in step with claims.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from kg.rdf import BASE, ID, PREFIXES, shorten
from kg.sources import load
from measure import ROOT

TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_STRINGS = (PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString")
#: Of the statements that may name a node of an earlier region, the share that does.
ACROSS = 0.05
ATTEMPTS = 8

Node = ox.NamedNode
Key = tuple[str, Node, str]


@dataclass(frozen=True)
class Measured:
    """What the real graph is like.

    ``fixed`` is taken over as it is; ``stated`` gives what the data say of each node that is to be made again, and
    ``kind`` its class; ``named`` lists, for a class, a property and a class of objects, the objects of all statements;
    ``recursive`` are the properties that can lead from a class back to it.
    """

    fixed: tuple[ox.Triple, ...]
    stated: dict[Node, list[tuple[Node, Node | ox.Literal]]]
    kind: dict[Node, str]
    named: dict[Key, list[Node]]
    recursive: frozenset[Node]

    @property
    def size(self) -> int:
        """How many triples a region has, on average."""
        return sum(len(statements) for statements in self.stated.values())


def measure(root: Path = ROOT) -> Measured:
    """Measure the files of the repository."""
    corpus = load(root)
    ontology = _numbered(triple for source in corpus.of_kind("ontology") for triple in source.triples)
    data = list(dict.fromkeys(triple for source in corpus.of_kind("data") for triple in source.triples))
    own = {t.subject: t.object.value for t in data if t.predicate == TYPE and t.object.value.startswith(BASE)}
    stated: dict[Node, list] = {node: [] for node in own}
    fixed = list(dict.fromkeys(ontology))
    for triple in data:
        if triple.subject in own:
            stated[triple.subject].append((triple.predicate, triple.object))
        else:
            fixed.append(triple)
    named: dict[Key, list[Node]] = defaultdict(list)
    ends: dict[Node, tuple[set, set]] = defaultdict(lambda: (set(), set()))
    for triple in data:
        if triple.subject in own and triple.object in own:
            named[own[triple.subject], triple.predicate, own[triple.object]].append(triple.object)
            ends[triple.predicate][0].add(own[triple.subject])
            ends[triple.predicate][1].add(own[triple.object])
    recursive = frozenset(predicate for predicate, (starts, stops) in ends.items() if starts & stops)
    return Measured(tuple(fixed), stated, own, dict(named), recursive)


def _numbered(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples with blank nodes numbered as they come: parsers give them other names each time."""
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def name(term: Node | ox.BlankNode | ox.Literal) -> Node | ox.BlankNode | ox.Literal:
        return names.setdefault(term, ox.BlankNode(f"b{len(names)}")) if isinstance(term, ox.BlankNode) else term

    for triple in triples:
        yield ox.Triple(name(triple.subject), triple.predicate, name(triple.object))


class Region:
    """Some of the real nodes made again under new names; ``share`` (0 to 1) says how many of each class."""

    def __init__(self, measured: Measured, number: int, share: float, chance: random.Random) -> None:
        self._measured, self._number, self._chance = measured, number, chance
        by_kind: dict[str, list[Node]] = defaultdict(list)
        for node, kind in measured.kind.items():
            by_kind[kind].append(node)
        self._templates = by_kind
        self._taken = by_kind if share >= 1 else {
            kind: chance.sample(nodes, max(1, round(share * len(nodes)))) for kind, nodes in by_kind.items()
        }
        self._present = {node for nodes in self._taken.values() for node in nodes}

    def triples(self) -> Iterator[ox.Triple]:
        """The triples of the region, node by node."""
        for kind, nodes in self._taken.items():
            for node in nodes:
                subject = renamed(node, self._number)
                for predicate, object_ in dict.fromkeys(self._statements(node, kind)):
                    yield ox.Triple(subject, predicate, object_)

    def _statements(self, node: Node, kind: str) -> Iterator[tuple[Node, Node | ox.Literal]]:
        measured, used = self._measured, set()
        template = self._chance.choice(self._templates[kind])
        for predicate, object_ in measured.stated[node]:
            if predicate in measured.recursive and object_ in self._present:
                made = renamed(object_, self._number)
                used.add(made)
                yield predicate, made
        for predicate, object_ in measured.stated[template]:
            if isinstance(object_, ox.Literal):
                yield predicate, self._text(object_)
            elif object_ not in measured.kind:
                yield predicate, object_
            elif predicate not in measured.recursive:
                for _ in range(ATTEMPTS):
                    made = self._object(kind, predicate, measured.kind[object_])
                    if made not in used:
                        used.add(made)
                        yield predicate, made
                        break

    def _object(self, kind: str, predicate: Node, wanted: str) -> Node:
        drawn = self._chance.choice(self._measured.named[kind, predicate, wanted])
        if self._number and self._chance.random() < ACROSS:
            return renamed(drawn, self._chance.randrange(self._number))
        if drawn not in self._present:
            drawn = self._chance.choice(self._taken[wanted])
        return renamed(drawn, self._number)

    def _text(self, literal: ox.Literal) -> ox.Literal:
        if literal.datatype.value not in _STRINGS:
            return literal
        return ox.Literal(f"{literal.value} ({self._number})", language=literal.language)


def renamed(node: Node, region: int) -> Node:
    """The name of a node in a region: its family, the number of the region, its own name."""
    family, _, local = node.value.removeprefix(ID).partition("/")
    return Node(f"{ID}{family}/r{region}-{local}")


def generate(size: int, seed: int = 1, measured: Measured | None = None) -> Iterator[ox.Triple]:
    """About ``size`` distinct triples (within some per cent), the real ontology among them.

    Raises ValueError if not even the ontology and the vocabularies have room.
    """
    measured = measured or measure()
    room = size - len(measured.fixed)
    if room <= 0:
        raise ValueError(f"The ontology and the vocabularies alone have {len(measured.fixed)} triples.")
    yield from measured.fixed
    chance = random.Random(seed)
    for number in range(-(-room // measured.size)):
        share = min(1.0, room / measured.size - number)
        yield from Region(measured, number, share, chance).triples()


def real(root: Path = ROOT) -> Iterator[ox.Triple]:
    """The graph of the repository itself: ontology and data."""
    sources = load(root).of_kind("ontology", "data")
    yield from dict.fromkeys(_numbered(triple for source in sources for triple in source.triples))


def proportions(measured: Measured) -> Iterator[str]:
    """What was measured, in Markdown: nodes of each class, and triples for each of them by property."""
    yield f"{len(measured.fixed):,} triples are kept; {measured.size:,} on {len(measured.kind):,} nodes are a region."
    yield ""
    yield "| class | nodes | share | triples a node | properties (mean values a node) |\n|---|--:|--:|--:|---|"
    for kind, count in Counter(measured.kind.values()).most_common():
        used = Counter(
            predicate for node, statements in measured.stated.items() if measured.kind[node] == kind
            for predicate, _ in statements if predicate != TYPE
        )
        means = ", ".join(f"{shorten(each.value)} {number / count:.2g}" for each, number in used.most_common())
        size = (used.total() + count) / count
        yield f"| {shorten(kind)} | {count} | {count / len(measured.kind):.1%} | {size:.1f} | {means} |"
    yield ""
    yield "Recursive: " + ", ".join(sorted(shorten(predicate.value) for predicate in measured.recursive)) + "."


def write(triples: Iterable[ox.Triple], out: Path) -> int:
    """Write the triples as N-Triples; how many they are."""
    count = 0
    with out.open("w", encoding="utf-8") as file:
        for triple in triples:
            file.write(f"{triple} .\n")
            count += 1
    return count


def main() -> None:
    """Write a graph, or tell what the real one is like."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--triples", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--out", type=Path, default=Path("/dev/stdout"))
    arguments.add_argument("--proportions", action="store_true")
    chosen = arguments.parse_args()
    measured = measure()
    if chosen.proportions:
        print("\n".join(proportions(measured)))
        return
    count = write(generate(chosen.triples, chosen.seed, measured), chosen.out)
    print(f"{count:,} triples", file=sys.stderr)


if __name__ == "__main__":
    main()
