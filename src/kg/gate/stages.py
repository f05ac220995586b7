"""The stages that judge by triples, apart from the shapes and the rules, in the order in which they look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from kg.gate import dates, duplicates, links, provenance, references, vocabulary
from kg.gate.changed import Changed
from kg.model import Finding

#: A stage of the gate: from a change to what is wrong after it, as far as the change can have caused it.
Stage = Callable[[Changed], Iterable[Finding]]
STAGES: tuple[Stage, ...] = (
    vocabulary.check, references.check, dates.check, duplicates.check, provenance.check, links.check,
)


def run(change: Changed, most: int | None = None) -> list[Finding]:
    """What all of them find, up to ``most`` findings."""
    return list(islice((found for stage in STAGES for found in stage(change)), most))
