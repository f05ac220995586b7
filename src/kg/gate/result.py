"""A validation result as the engines agree on it (SHACL, section 3.6.2)."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Result:
    """One result: terms as terms, ``path`` in SPARQL syntax, ``severity`` and ``component`` as IRIs.

    ``bindings`` holds the other variables of a SPARQL constraint's solution, and ``constraint`` its node, for messages.
    """

    focus: Term
    path: str | None
    value: Term | None
    shape: Term
    severity: str
    component: str
    constraint: Term | None = None
    bindings: tuple[tuple[str, Term], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """All results of a run, and which engine judged what."""

    results: tuple[Result, ...]
    engine: str
