"""The values that flow between the layers: frozen, without methods that touch disk, processes or network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import Where

SEVERITIES = ("info", "warning", "violation")


@dataclass(frozen=True)
class Source:
    """One file of the repository, parsed.

    ``path`` is relative to the repository, with forward slashes; ``kind`` its top folder (``ontology``, ``data``,
    ``shapes``, ``links``, ``catalogue``, ``queries``); ``graph`` the IRI of its named graph; ``triples`` what it
    states; ``digest`` the SHA-256, in hexadecimal, over its RDFC-1.0 canonical N-Quads.
    """

    path: str
    kind: str
    graph: str
    triples: tuple[ox.Triple, ...]
    digest: str


@dataclass(frozen=True)
class Corpus:
    """All files of the repository, sorted by path."""

    sources: tuple[Source, ...]

    def of_kind(self, *kinds: str) -> tuple[Source, ...]:
        """The sources of these kinds, in the order of their paths."""
        return tuple(source for source in self.sources if source.kind in kinds)


@dataclass(frozen=True)
class Snapshot:
    """What a build produced: where it is, the digest over its files, and what it counts."""

    path: str
    digest: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    built: str


@dataclass(frozen=True)
class Finding:
    """One thing to mend: what rule, how grave, on which node, where in which file, and in words by language."""

    code: str
    severity: str
    focus: str
    path: str | None
    value: str | None
    messages: Mapping[str, str]
    where: Where | None = None


@dataclass(frozen=True)
class Report:
    """The outcome of checking; ``findings`` are sorted, so that two runs give the same text."""

    findings: tuple[Finding, ...]
    engine: str
    checked: Mapping[str, int] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """True if no finding is a violation."""
        return not any(finding.severity == "violation" for finding in self.findings)


@dataclass(frozen=True)
class Query:
    """A SPARQL query with its dataset (SPARQL 1.1 Protocol, 2.1.4) and the values bound before it runs.

    ``base`` resolves relative IRIs (RFC 3986, section 5.1.3: where the query was sent to); None resolves none.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    bindings: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
