"""Reading the W3C's test suites (repository ``w3c/rdf-tests``): from manifests to one value per test.

A file of the suites is known by the IRI at which the W3C publishes it, so that nothing depends on where the copy lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from kg.conformance.exchanges import Exchange, read_exchange
from kg.errors import SettingError

#: Where the W3C publishes the suites.
PUBLISHED = "https://w3c.github.io/rdf-tests/sparql/"

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")

EVALUATION, POSITIVE, NEGATIVE, EXCHANGES, DESCRIPTION, OUTSIDE = (
    "evaluation", "positive syntax", "negative syntax", "exchanges", "description", "outside",
)  # fmt: skip
_KINDS = {
    "QueryEvaluationTest": EVALUATION,
    "CSVResultFormatTest": EVALUATION,
    "PositiveSyntaxTest": POSITIVE,
    "PositiveSyntaxTest11": POSITIVE,
    "NegativeSyntaxTest": NEGATIVE,
    "NegativeSyntaxTest11": NEGATIVE,
    "ProtocolTest": EXCHANGES,
    "GraphStoreProtocolTest": EXCHANGES,
    "ServiceDescriptionTest": DESCRIPTION,
    "UpdateEvaluationTest": OUTSIDE,
    "PositiveUpdateSyntaxTest": OUTSIDE,
    "PositiveUpdateSyntaxTest11": OUTSIDE,
    "NegativeUpdateSyntaxTest": OUTSIDE,
    "NegativeUpdateSyntaxTest11": OUTSIDE,
}


@dataclass(frozen=True)
class Suite:
    """A part of the tests that is reported together: its name, title, and the manifests it consists of.

    ``outside`` says why none of its tests is run, if none is; ``untested`` that it could be, and has not been.
    """

    name: str
    title: str
    manifests: tuple[str, ...]
    outside: str = ""
    untested: bool = False


def _folders(version: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{version}/{name}/manifest.ttl" for name in names)


UPDATE = "needs an update, and the server is read-only"
SUITES = (
    Suite("protocol", "SPARQL 1.1 Protocol", _folders("sparql11", "protocol")),
    Suite(
        "graph-store-protocol",
        "SPARQL 1.1 Graph Store HTTP Protocol",
        ("sparql11/graph-store-protocol/manifest-indirect.ttl", "sparql11/graph-store-protocol/manifest-direct.ttl"),
    ),
    Suite("service-description", "SPARQL 1.1 Service Description", _folders("sparql11", "service-description")),
    Suite(
        "query",
        "SPARQL 1.1 Query",
        _folders(
            "sparql11", "aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping",
            "negation", "project-expression", "property-path", "subquery", "syntax-query",
        ),
    ),
    Suite("results", "SPARQL 1.1 Results: CSV, TSV, JSON", _folders("sparql11", "csv-tsv-res", "json-res")),
    Suite(
        "sparql12",
        "SPARQL 1.2 (draft)",
        _folders(
            "sparql12", "grouping", "codepoint-escapes", "syntax-triple-terms-negative", "syntax-triple-terms-positive",
            "eval-triple-terms", "expression", "lang-basedir", "rdf11", "version", "syntax",
        ),
    ),
    Suite(
        "update",
        "SPARQL 1.1 Update",
        _folders(
            "sparql11", "add", "basic-update", "clear", "copy", "delete-data", "delete-insert", "delete-where",
            "delete", "drop", "move", "syntax-update-1", "syntax-update-2", "update-silent",
        ),
        outside=UPDATE,
    ),
    Suite(
        "federation",
        "SPARQL 1.1 Federated Query",
        _folders("sparql11", "syntax-fed", "service"),
        outside="needs SERVICE, which is off unless its operator lists services; four pass where it is on (docs/federation.md)",
    ),
    Suite(
        "entailment",
        "SPARQL 1.1 Entailment Regimes",
        _folders("sparql11", "entailment"),
        outside="needs conclusions drawn while a query runs, and the server draws them when the graph is built",
        untested=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One test: its IRI, its name, its suite and folder, what kind of test it is, and what it needs.

    ``data`` are the files of the default graph, ``named`` the named graphs as pairs of IRI and file, ``loaded`` graphs
    as pairs of IRI (empty: the default graph) and Turtle. ``base`` is the IRI of the file of the query. ``lexical`` says
    that each number must come back as it was written: the suites mark such tests, as an engine may keep only the value
    (``mf:NoCanonicalizationOfNumerics``). ``outside`` says why it is not run, if it is not.
    """

    iri: str
    name: str
    suite: str
    folder: str
    kind: str
    query: Path | None = None
    base: str = ""
    result: Path | None = None
    data: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    lexical: bool = False
    loaded: tuple[tuple[str, str], ...] = ()
    outside: str = ""


def published(root: Path, file: Path) -> str:
    """The IRI at which the W3C publishes a file of the suites."""
    return PUBLISHED + file.relative_to(root).as_posix()


def read_suites(root: Path, names: Sequence[str] = ()) -> tuple[Case, ...]:
    """The tests of the suites or folders of these names, or of all, in the order of the manifests.

    Raises SettingError if the folder lacks a manifest, one cannot be read or has a test of a kind that is not known, or a
    name is that of no suite.
    """
    known = {name for suite in SUITES for name in (suite.name, *map(_folder, suite.manifests))}
    for name in names:
        if name not in known:
            raise SettingError(
                f"There is no suite {name}.", remedy="Use one of: " + ", ".join(suite.name for suite in SUITES) + "."
            )
    return tuple(
        case
        for suite in SUITES
        for manifest in suite.manifests
        if not names or suite.name in names or _folder(manifest) in names
        for case in _read_manifest(root, suite, manifest)
    )


def _folder(manifest: str) -> str:
    return manifest.rpartition("/")[0]


def _read_manifest(root: Path, suite: Suite, manifest: str) -> Iterator[Case]:
    path = root / manifest
    if not path.is_file():
        raise SettingError(f"{root} has no {manifest}.", remedy="Set KG_W3C_TESTS to a copy of the W3C's test suites.")
    try:
        graph = Graph().parse(path, format="turtle", publicID=PUBLISHED + manifest)
        # A manifest consists of the tests in its list, not of all those it describes.
        entries = [entry for listed in graph.objects(None, MF.entries) for entry in Collection(graph, listed)]
        cases = [_read_case(root, suite, _folder(manifest), graph, entry) for entry in entries]
    except (SyntaxError, OSError, UnicodeError, KeyError) as error:
        said = " ".join(str(error).split())[:200]
        raise SettingError(f"{path} cannot be read: {said}.", remedy="Get the W3C's test suites anew.") from None
    yield from cases


def _read_case(root: Path, suite: Suite, folder: str, graph: Graph, entry: Node) -> Case:
    kind = _KINDS[str(graph.value(entry, RDF.type)).rpartition("#")[2]]
    action = graph.value(entry, MF.action)
    outside = suite.outside or (UPDATE if kind == OUTSIDE else "")

    def local(node: Node | None) -> Path | None:
        return root / str(node).removeprefix(PUBLISHED) if node and str(node).startswith(PUBLISHED) else None

    def named(subject: Node | None) -> tuple[tuple[str, Path], ...]:
        labelled = ((graph.value(node, RDFS.label), local(graph.value(node, UT.graph)))
                    for node in graph.objects(subject, UT.graphData))
        plain = ((node, local(node)) for node in graph.objects(subject, QT.graphData))
        return tuple((str(name), file) for name, file in (*labelled, *plain) if file)

    query = None if outside else local(graph.value(action, QT.query)) or local(action)
    requests = graph.value(action, HT.requests)
    return Case(
        iri=str(entry),
        name=str(entry).rpartition("#")[2] or str(entry),
        suite=suite.name,
        folder=folder,
        kind=OUTSIDE if outside else kind,
        query=query,
        base=published(root, query) if query else "",
        result=local(graph.value(entry, MF.result)),
        data=tuple(file for node in graph.objects(action, QT.data) if (file := local(node))),
        # The Protocol's tests name their graphs beside the requests, those of queries within the action.
        named=(*named(action), *named(entry)),
        exchanges=tuple(read_exchange(graph, one) for one in (Collection(graph, requests) if requests else ())),
        lexical=MF.NoCanonicalizationOfNumerics in graph.objects(entry, MF.requires),
        outside=outside,
    )
