"""Small corpora for the tests of the gate, written as Turtle without its prefixes."""

from __future__ import annotations

from collections import Counter

from kg.gate.whole import check
from kg.model import Corpus, Finding, Report, Source
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES, graph_iri
from kg.sources import digest

HEADER = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items()) + "PREFIX ex: <https://example.org/>\n"

ONTOLOGY = """
ckg:Claim a owl:Class .
ckg:Position a owl:Class ; rdfs:subClassOf ckg:Claim .
ckg:FirmPosition a owl:Class ; rdfs:subClassOf ckg:Position .
ckg:Actor a owl:Class .
ckg:State a owl:Class ; rdfs:subClassOf ckg:Actor .
ckg:holder a owl:ObjectProperty ; rdfs:domain ckg:Claim ; rdfs:range ckg:Actor .
ckg:topic a owl:ObjectProperty .
ckg:note a owl:DatatypeProperty .
ckg:DateSpan a owl:Class .
"""

PREFIX_DECLARATIONS = """
ckgsh:prefixes a owl:Ontology ;
    sh:declare [ sh:prefix "ckg" ; sh:namespace "https://w3id.org/coalition-kg/ontology#"^^xsd:anyURI ] .
"""

MESSAGES = 'sh:severity sh:Violation ; sh:message "{$this}: {?value} will not do"@en , "{$this}: {?value} non va"@it'


def source(path: str, turtle: str) -> Source:
    """A file of the repository; its kind is its top folder."""
    triples = tuple(parse_turtle((HEADER + turtle).encode(), path))
    return Source(path, path.split("/")[0], graph_iri(path), triples, digest(triples))


def corpus(data: str, shapes: str, ontology: str = ONTOLOGY) -> Corpus:
    """A corpus of one ontology file, one of data and one of shapes, which may use ``ckgsh:prefixes``."""
    files = {"data/d.ttl": data, "ontology/o.ttl": ontology, "shapes/s.ttl": shapes + PREFIX_DECLARATIONS}
    return Corpus(tuple(source(path, text) for path, text in files.items()))


def judge(data: str, shapes: str, engine: str = "fast", ontology: str = ONTOLOGY) -> Report:
    """The report on such a corpus by its shapes alone, with its texts at hand."""
    texts = {"data/d.ttl": HEADER + data, "ontology/o.ttl": HEADER + ontology}
    texts["shapes/s.ttl"] = HEADER + shapes + PREFIX_DECLARATIONS
    return check(corpus(data, shapes, ontology), engine, texts, names=False)


def sparql(select: str) -> str:
    """A SPARQL constraint."""
    return f'sh:sparql [ sh:prefixes ckgsh:prefixes ; sh:select """{select}""" ]'


def same(findings: tuple[Finding, ...]) -> Counter[tuple[object, ...]]:
    """What two engines must agree on."""
    return Counter((f.focus, f.path, f.value, f.code, f.severity) for f in findings)


def codes(report: Report) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(finding.code for finding in report.findings)
