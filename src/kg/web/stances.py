"""The stances of the graph as pages show them: label, definition, sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.web.site import language, site

#: What stands for a stance that has no sign of its own.
NO_SIGN = "•"


@dataclass(frozen=True)
class Stance:
    """A stance in the reader's language; ``sign`` is its ``skos:notation``."""

    iri: str
    label: str
    sign: str
    definition: str


def stances() -> Mapping[str, Stance]:
    """The stances of the vocabulary by IRI, in its order, in the reader's language."""
    return site().once(f"stances {language()}", _ask)


def _ask() -> Mapping[str, Stance]:
    rows = site().table("stances", lang=language())
    return {
        row["iri"]: Stance(row["iri"], row.get("label", row["iri"]), row.get("sign", NO_SIGN), row.get("definition", ""))
        for row in rows
    }
