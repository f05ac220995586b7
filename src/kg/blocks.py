"""The line at which a Turtle text begins to speak of each node."""

from __future__ import annotations

import pyoxigraph as ox

from kg.reading.turtle import read


def lines(text: str) -> dict[str, int]:
    """The line, from 1, of the first statement about each IRI in a Turtle text, or of its first mention if it has none."""
    document = read(text)
    found: dict[str, int] = {}
    for term, span in document.mentions.items():
        if isinstance(term, ox.NamedNode):
            found[term.value] = document.first_line(term) or document.place(span.start)[0]
    return found
