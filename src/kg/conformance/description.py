"""The three tests of the SPARQL 1.1 Service Description, which the suite has in prose only."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from kg.conformance.matching import Row
from kg.conformance.serving import Client, Response
from kg.conformance.tables import GRAPH_FORMATS, Triples, Unreadable, read_answer
from kg.rdf import PREFIXES

SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")

_CLASSES = {
    "Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile",
    "GraphCollection", "Dataset", "Graph", "NamedGraph",
}  # fmt: skip
#: Of SPARQL 1.2 the draft of its Service Description has these two and sd:supportedVersion.
_LANGUAGES = {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "SPARQLQuery", "SPARQLUpdate"}
_FEATURES = {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"}

#: Property → class of its subjects and class of its objects (section 3.4); an empty class is any resource.
_PROPERTIES = {
    "endpoint": ("Service", ""),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "supportedVersion": ("Service", ""),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", ""),
    "inputFormat": ("Service", ""),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", ""),
    "graph": ("NamedGraph", "Graph"),
}
#: Classes whose members must say so: those that the description itself makes. Of others the vocabulary says it.
_TOLD = {"Service", "Dataset", "Graph", "NamedGraph", "GraphCollection"}
_ABOVE = {"Dataset": "GraphCollection"}
_INVERSE_FUNCTIONAL = ("endpoint", "defaultDataset")


def faults(test: str, client: Client, endpoint: str) -> list[str]:
    """What breaks the test of this name, each in words. Raises Broken."""
    answers = {kind: client.send("GET", endpoint, {"Accept": kind}) for kind in ("text/turtle", "application/rdf+xml")}
    if test == "returns-rdf":
        return [fault for kind, answer in answers.items() for fault in _unreadable(answer, kind, client)]
    graph = _read(answers["text/turtle"], client).rows
    address = ox.NamedNode(client.address + endpoint)
    return _endpoint(graph, address) if test == "has-endpoint-triple" else _schema(graph)


def _read(answer: Response, client: Client) -> Triples:
    found = read_answer(answer.body, answer.media_type, client.address)
    if not isinstance(found, Triples):
        raise Unreadable(f"{answer.media_type} is no RDF")
    return found


def _unreadable(answer: Response, kind: str, client: Client) -> list[str]:
    """Section 2: a GET of the endpoint without a query returns RDF, in the form that the client asks for."""
    if answer.status != 200 or answer.media_type != kind or kind not in GRAPH_FORMATS:
        return [f"200 and {kind} are expected, not {answer.status} and {answer.media_type}"]
    return [] if _read(answer, client).rows else [f"the answer in {kind} says nothing"]


def _endpoint(graph: tuple[Row, ...], address: ox.NamedNode) -> list[str]:
    """Section 4: at least one triple with sd:endpoint whose object is the address asked; its subject is a service."""
    services = _said(graph, "endpoint").get(address, set())
    if not services:
        return [f"nothing says sd:endpoint {address}"]
    return [f"{one} is no sd:Service" for one in services if (one, _TYPE, ox.NamedNode(SD + "Service")) not in graph]


def _said(graph: tuple[Row, ...], name: str) -> dict[object, set[object]]:
    """The objects of a property, each with its subjects."""
    found: dict[object, set[object]] = defaultdict(set)
    for subject, predicate, value in graph:
        if predicate == ox.NamedNode(SD + name):
            found[value].add(subject)
    return found


def _schema(graph: tuple[Row, ...]) -> list[str]:
    """Section 3: every term of the vocabulary exists, and stands between members of the classes it is for."""
    types: dict[object, set[str]] = defaultdict(set)
    for subject, predicate, value in graph:
        if predicate == _TYPE and isinstance(value, ox.NamedNode):
            name = value.value.removeprefix(SD)
            types[subject] |= {name, _ABOVE.get(name, name)}
    found = [
        f"sd:{term.value.removeprefix(SD)} is no term of the vocabulary"
        for term in dict.fromkeys(term for row in graph for term in row)
        if isinstance(term, ox.NamedNode) and term.value.startswith(SD)
        and term.value.removeprefix(SD) not in {*_CLASSES, *_LANGUAGES, *_FEATURES, *_PROPERTIES}
    ]
    for subject, predicate, value in graph:
        name = predicate.value.removeprefix(SD) if isinstance(predicate, ox.NamedNode) else ""
        if name in _PROPERTIES:
            found += _misplaced(name, subject, value, types)
    for name in _INVERSE_FUNCTIONAL:
        found += [f"sd:{name} {value} is said of two" for value, of in _said(graph, name).items() if len(of) > 1]
    named = {one for names in _said(graph, "name").values() for one in names}
    return found + [f"{one} has no sd:name" for one in _said(graph, "namedGraph") if one not in named]


def _misplaced(name: str, subject: object, value: object, types: dict[object, set[str]]) -> list[str]:
    domain, range_ = _PROPERTIES[name]
    found = [] if domain in types[subject] else [f"sd:{name} is said of {subject}, which is no sd:{domain}"]
    if isinstance(value, ox.Literal):
        found.append(f"sd:{name} has the literal {value}")
    elif name in ("endpoint", "name") and not isinstance(value, ox.NamedNode):
        found.append(f"sd:{name} of {subject} is no IRI")
    if range_ in _TOLD and range_ not in types[value]:
        found.append(f"sd:{name} has {value}, which is no sd:{range_}")
    for closed, names in (("Language", _LANGUAGES), ("Feature", _FEATURES)):
        if range_ == closed and str(value) not in {f"<{SD}{one}>" for one in names} and closed not in types[value]:
            found.append(f"sd:{name} has {value}, which is no sd:{closed}")
    return found
