"""The name that was probably meant by one that nothing has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib import import_module

from kg.errors import NotFound
from kg.rdf import FAMILIES, GRAPH, ID
from kg.web.gathering import gathered
from kg.web.site import site

#: How alike two names must be, in percent.
_ALIKE = 70
#: Names of a family that are known, at most.
KNOWN = 20_000


def unknown(iri: str) -> NotFound:
    """The error for an IRI that the graph has nothing of, with the most alike of those it has, if one is so enough."""
    near = _near(iri)
    remedy = f"Did you mean {near}?" if near else "Start from the home page, or ask the graph."
    return NotFound(f"Nothing in the graph has the name {iri}.", remedy=remedy, proposal=near or "")


def _near(iri: str) -> str | None:
    if iri.startswith(GRAPH):
        return _alike(iri, GRAPH, sorted(site().graph_sizes()))
    family, slash, local = iri.removeprefix(ID).partition("/")
    if not iri.startswith(ID) or not slash:
        return None
    folder = f"{ID}{family}/"
    if f"{family}/" not in FAMILIES.values():
        return _alike(folder, ID, [ID + name for name in FAMILIES.values()])
    return _alike(iri, folder, names(folder)) if local else None


def names(folder: str) -> Sequence[str]:
    """The names of a family or of a part of one, sorted, up to ``KNOWN`` of them. Raises Busy as ``Site.at_length``."""
    families = site().at_length("families", _families)
    family, _, inner = folder.removeprefix(ID).partition("/")
    if not family:
        return sorted(name for members in families.values() for name in members)[:KNOWN]
    members = families.get(family, ())
    return [name for name in members if name.startswith(folder)] if inner else members


def _families() -> Mapping[str, Sequence[str]]:
    """The names of each family."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in gathered("names"):
        name = row["name"]
        family, slash, _ = name.removeprefix(ID).partition("/")
        if slash and name.startswith(ID):
            found[family].append(name)
    return {family: sorted(members)[:KNOWN] for family, members in found.items()}


def _alike(iri: str, folder: str, others: Sequence[str]) -> str | None:
    """The most alike of the names in a folder."""
    known = {other.removeprefix(folder): other for other in others}
    # Loaded here: most servers never compare names.
    found = import_module("kg.gate.alike").nearest(iri.removeprefix(folder), list(known), _ALIKE) if known else None
    return known[found] if found else None
