"""The values that flow between the layers: frozen, without methods that touch disk, processes or network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.errors import Where

SEVERITIES = ("info", "warning", "violation")
#: What is said to people is said in each of these languages; the first is that of who asks for no other.
LANGUAGES = ("en", "it")


@dataclass(frozen=True)
class Source:
    """One file of the repository, parsed.

    ``path`` is relative to the repository, with forward slashes; ``kind`` its top folder (``ontology``, ``data``,
    ``shapes``, ``links``, ``catalogue``, ``queries``); ``graph`` the IRI of its named graph; ``triples`` what it
    states; ``digest`` the SHA-256, in hexadecimal, over its RDFC-1.0 canonical N-Quads; ``blob`` the name that git gives
    to its bytes; ``stamp`` tells whether the file has changed since, if it is not empty.
    """

    path: str
    kind: str
    graph: str
    triples: tuple[ox.Triple, ...]
    digest: str
    blob: str = ""
    stamp: str = ""


@dataclass(frozen=True)
class Corpus:
    """All files of the repository, sorted by path."""

    sources: tuple[Source, ...]

    def of_kind(self, *kinds: str) -> tuple[Source, ...]:
        """The sources of these kinds, in the order of their paths."""
        return tuple(source for source in self.sources if source.kind in kinds)


@dataclass(frozen=True)
class Snapshot:
    """What a build produced: where it is, the digest over its files, and what it counts.

    ``files`` has the digest of each file by its path, ``blobs`` the name that git gives to its bytes,
    ``stamps`` what tells whether it has changed since. ``content`` is the SHA-256, in hexadecimal, of the dump, which
    also what was inferred and the programme decide; ``commit`` the one that was checked out, None if there was none, and
    ``clean`` whether the files were those of the commit.
    """

    path: str
    digest: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    built: str
    blobs: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)
    content: str = ""
    commit: str | None = None
    clean: bool | None = None

    @property
    def reference(self) -> str:
        """What names this snapshot and no other, not even one that another version built from the same files."""
        return reference(self.digest, self.content)


def reference(digest: str, content: str) -> str:
    """The name of a snapshot by the digests of its files and of its content."""
    return f"{digest}-{content[:16]}" if content else digest


@dataclass(frozen=True)
class Change:
    """One file that a contribution touches: its path in the repository, its content before (None: it is new) and after
    (None: it is removed)."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True)
class Contribution:
    """What somebody proposes: the files that change, sorted by path; ``origin`` names where it comes from."""

    changes: tuple[Change, ...]
    origin: str = ""


@dataclass(frozen=True)
class Edit:
    """A piece of a file's text to replace: from ``start`` up to ``end``, in code points from 0, by ``text``."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Repair:
    """A way to mend a finding that invents no fact: what is done, in words by language, and as edits of texts."""

    says: Mapping[str, str]
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: what rule, how grave, on which node, where in which file, and in words by language.

    ``triple`` is the statement at fault, if it is one; ``repair`` how to mend it, if there is one way; ``expected`` what
    would do, in words by language; ``meant`` the IRI that was probably meant, and ``rests_on`` the statements that a
    contradiction rests on. Of a validation result (SHACL, 3.6.2) ``component`` is the IRI of the constraint
    component and ``shape`` that of the shape, if it has a name; other findings have neither.
    """

    code: str
    severity: str
    focus: str
    path: str | None
    value: str | None
    messages: Mapping[str, str]
    where: Where | None = None
    triple: ox.Triple | None = None
    repair: Repair | None = None
    expected: Mapping[str, str] = field(default_factory=dict, hash=False)
    component: str | None = None
    shape: str | None = None
    meant: str | None = field(default=None, compare=False)
    rests_on: tuple[ox.Triple, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Report:
    """The outcome of checking; ``findings`` are sorted, so that two runs give the same text.

    Of a contribution they are those that are new because of it, ``fixed`` those that it mends, and ``standing`` those
    that were there before and still are, as far as they are asked for; ``summary`` says in sentences, by language, what
    it changes.
    """

    findings: tuple[Finding, ...]
    engine: str
    checked: Mapping[str, int] = field(default_factory=dict)
    fixed: tuple[Finding, ...] = ()
    standing: tuple[Finding, ...] = ()
    summary: tuple[Mapping[str, str], ...] = ()

    @property
    def conforms(self) -> bool:
        """True if no finding is a violation."""
        return not any(finding.severity == "violation" for finding in self.findings)


@dataclass(frozen=True)
class Query:
    """A SPARQL query with its dataset (SPARQL 1.1 Protocol, 2.1.4) and the values bound before it runs.

    ``base`` resolves relative IRIs (RFC 3986, section 5.1.3: the address of the endpoint); None resolves none.
    ``relays`` are the addresses that its SERVICE clauses ask in place of their services, in the order of the text.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    bindings: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    relays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What became of asking another service: its IRI, the seconds that took, the number of rows it gave, or why it gave
    none. ``silent`` is True if the query said that this is to be passed over."""

    service: str
    seconds: float = 0.0
    rows: int = 0
    failure: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Answer:
    """What a query came to, written in the format asked for.

    ``body`` has all its bytes, or the first of them if ``rest`` gives the pieces that follow: it raises a KgError where
    the answer cannot be finished, and what was sent until then is no answer; whoever does not read it to its end calls
    its ``close``. ``rows`` counts rows or triples, where they were counted; ``truncated`` is True if there were more than
    the client asked for; ``seconds`` is how long the engine worked for it, or for its beginning. ``asked`` are the other
    services that were asked for it.
    """

    body: bytes
    rest: Iterator[bytes] | None = None
    rows: int | None = None
    truncated: bool = False
    seconds: float = 0.0
    asked: tuple[Asked, ...] = ()
