"""A repository like this one with many more claims, about the same states, persons, forums and topics.

    python benchmarks/larger.py FOLDER --claims 100000 [--seed 1]

Claims and what carries them (evidence, voices, conditions, dates) are made by ``benchmarks/generate.py``, region by
region, and are about the real entities: what much is said about is a hub. Ten regions share their documents and events,
so that there are more of these, too, and each has more claims than a real one. Dates are spread over 24 years.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from generate import Measured, Region, measure
from kg.rdf import FAMILIES, ID, PREFIXES
from measure import ROOT

#: Families whose real members the claims are about, and those that ten regions share.
SHARED = frozenset(
    FAMILIES[name]
    for name in ("actor", "office", "metonym", "forum", "place", "declaration", "pillar", "initiative", "instrument")
)
BY_TEN = frozenset(FAMILIES[name] for name in ("doc", "event"))
_CLAIM = ID + FAMILIES["claim"]
_NAME = re.compile(rf"{re.escape(ID)}([a-z-]+/)r(\d+)-(.+)")
_DATES = frozenset(PREFIXES["ckg"] + name for name in ("edtf", "earliest", "latest"))
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def claims_of(measured: Measured) -> int:
    """How many claims a region has."""
    return sum(node.value.startswith(_CLAIM) for node in measured.kind)


def region(measured: Measured, number: int, share: float, chance: random.Random) -> Iterator[ox.Triple]:
    """The triples of a region that are about claims and what carries them."""
    by: dict[tuple[ox.NamedNode, ox.NamedNode], ox.NamedNode] = {}
    for triple in Region(measured, number, share, chance).triples():
        family, local = triple.subject.value.removeprefix(ID).split("/", 1)
        if family + "/" in SHARED or (family + "/" in BY_TEN and number % 10):
            continue
        subject, object_ = _named(triple.subject), triple.object
        if isinstance(object_, ox.NamedNode):
            object_ = _named(object_)
            # What two regions call differently may be one: no node names another by two properties, as in a region.
            if by.setdefault((subject, object_), triple.predicate) != triple.predicate:
                continue
        elif triple.predicate.value in _DATES:
            object_ = _earlier(object_, 4 * (number % 6))
        yield ox.Triple(subject, triple.predicate, object_)


def _named(node: ox.NamedNode) -> ox.NamedNode:
    match = _NAME.fullmatch(node.value)
    if match is None:
        return node
    family, number, local = match.groups()
    if family in SHARED:
        return ox.NamedNode(f"{ID}{family}{local}")
    return ox.NamedNode(f"{ID}{family}r{int(number) - int(number) % 10}-{local}") if family in BY_TEN else node


def _earlier(literal: ox.Literal, years: int) -> ox.Literal:
    """A date so many years before, a multiple of four, so that every day stays one."""
    return ox.Literal(_YEAR.sub(lambda year: str(int(year.group()) - years), literal.value), datatype=literal.datatype)


def make(folder: Path, claims: int, seed: int = 1) -> None:
    """Write a repository with about so many claims, the real ones among them."""
    for name in ("ontology", "shapes", "rules", "queries", "data"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    measured, chance = measure(), random.Random(seed)
    each = claims_of(measured)
    made = folder / "data" / "generated"
    made.mkdir(exist_ok=True)
    wanted = max(0.0, claims / each - 1)
    for number in range(int(wanted) + 1):
        share = min(1.0, wanted - number)
        if share * each >= 1:
            lines = dict.fromkeys(f"{triple} .\n" for triple in region(measured, number, share, chance))
            (made / f"r{number}.ttl").write_text("".join(lines), "utf-8")


def main() -> None:
    """Write a repository."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--claims", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    make(chosen.folder, chosen.claims, chosen.seed)


if __name__ == "__main__":
    main()
