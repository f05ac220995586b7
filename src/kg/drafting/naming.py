"""Names for new nodes, by the rules of the project: readable, free, and in the family where their like are."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from itertools import islice

import pyoxigraph as ox

from kg.drafting.entries import Described
from kg.drafting.values import DATE_SPAN, date, iri_of, is_local, local_name
from kg.errors import SettingError
from kg.gate.hierarchy import Hierarchy
from kg.gate.state import State
from kg.passages import PARAGRAPH, SOURCE
from kg.rdf import FAMILIES, ID, PREFIXES, shorten

CLAIM, SUMMARY, EVIDENCE = (PREFIXES["ckg"] + name for name in ("Claim", "summary", "evidence"))
EDTF_TEXT = "ckg:edtf"
WORDS_OF_A_NAME = 7
_LONGEST = 100
#: The properties whose words a node is named after, the first that has any.
_NAMING = (shorten(SUMMARY), "rdfs:label", "skos:prefLabel", "dcterms:title", "ckg:wording")
_SOURCE, _PARAGRAPH, _EVIDENCE = map(shorten, (SOURCE, PARAGRAPH, EVIDENCE))
#: Numbers of passages that may be missing between two that are taken: a name is never used again.
_GAP = 20
#: Members of a class that are looked at for where they are.
_LOOKED_AT = 2_000
_SPACES = frozenset(ID + path for path in FAMILIES.values())


class Namer:
    """Gives names over a state of the graph."""

    def __init__(self, hierarchy: Hierarchy, state: State) -> None:
        self._hierarchy, self._state = hierarchy, state
        self._families: dict[str, str] = {}

    def name(
        self, node: Described, class_: str, stem: str, others: Container[str], kept: Mapping[str, str]
    ) -> tuple[str, str]:
        """The IRI for a node, and what is wrong with the name that it asks for: ``name``, ``taken`` or nothing.

        ``stem`` is what names of its source begin with; ``others`` are the IRIs of the form so far;
        ``kept`` those, by local name, of nodes that are corrected.
        """
        if class_ not in self._families:
            self._families[class_] = family_of(class_, self._hierarchy)
        family, fault = self._families[class_], ""
        if node.name in kept and kept[node.name] not in others:
            return kept[node.name], ""
        if node.name:
            good = is_local(node.name) and len(node.name) <= _LONGEST
            if good and not self._is_taken(family + node.name, others):
                return family + node.name, ""
            fault = "taken" if good else "name"
        local = self._local(node, class_, stem, others)[:_LONGEST].rstrip("-")
        return self._free(family + local, others), fault

    def _local(self, node: Described, class_: str, stem: str, others: Container[str]) -> str:
        """The words of a name: of evidence its place, of a date its date, else the first words that the node has."""
        above = self._hierarchy.above(class_)
        paragraph, edtf = first_text(node, _PARAGRAPH), first_text(node, EDTF_TEXT)
        if paragraph.isascii() and paragraph.isdigit() and len(paragraph) < 7 and stem:
            return f"{stem}-p{int(paragraph)}-1"
        if DATE_SPAN in above and edtf:
            try:
                return date(edtf, stem, ())[0].value.rpartition("/")[2]
            except SettingError:
                pass
        words = next((text for name in _NAMING for text in texts(node, name)), "").split()
        lead = [stem] if stem and CLAIM in above else []
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", class_.rpartition("#")[2])
        said = local_name(" ".join(words[:WORDS_OF_A_NAME]))
        return local_name(" ".join([*lead, said] if said else [stem, kind]))

    def _free(self, iri: str, others: Container[str]) -> str:
        """The IRI, or the next with a number that is free: of a passage the one after all in its paragraph."""
        passage = re.fullmatch(r"(.*-p\d+-)1", iri)
        if passage:
            number, last = 1, 0
            while number <= last + _GAP:
                last = number if self._is_taken(f"{passage[1]}{number}", others) else last
                number += 1
            return f"{passage[1]}{last + 1}"
        number, found = 2, iri
        while self._is_taken(found, others):
            found, number = f"{iri}-{number}", number + 1
        return found

    def _is_taken(self, iri: str, others: Container[str]) -> bool:
        return iri in others or self._state.describes(ox.NamedNode(iri))


def family_of(class_: str, hierarchy: Hierarchy) -> str:
    """The namespace of new nodes of a class: where most of those that exist are, or of a class above it; of very many a
    part is looked at."""
    for one in sorted(hierarchy.above(class_), key=lambda name: len(hierarchy.above(name)), reverse=True):
        members = islice(hierarchy.members(one), _LOOKED_AT)
        spaces = [space for node in members if (space := node[: node.rfind("/") + 1]) in _SPACES]
        if spaces:
            return max(sorted(set(spaces)), key=spaces.count)
    return ID + FAMILIES["claim"]


def stem_of(root: Described) -> str:
    """What names begin with: the name of the document of the evidence, empty where there is none yet."""
    nodes = [node for _, node in root.walk()]
    for property_, ends in ((_SOURCE, ""), (_EVIDENCE, "-")):
        for text in (text for node in nodes for text in texts(node, property_)):
            named = re.search(r"\(([a-z]+:[\w.-]+)\)\s*$", text)
            local = (iri_of(named[1] if named else text.strip()) or "").rpartition("/")[2]
            if local:
                return local.partition(ends)[0] if ends else local
    return ""


def texts(node: Described, property_: str) -> Iterator[str]:
    """What is typed into a field of a node, English first."""
    for entry in node.values.get(property_, ()):
        yield from (text for _, text in sorted(entry.texts.items()) if text.strip())


def first_text(node: Described, property_: str) -> str:
    """The first of what is typed into a field of a node; empty if nothing is."""
    return next(texts(node, property_), "").strip()
