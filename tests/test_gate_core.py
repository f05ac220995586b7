"""What the fast engine is given arrives as it is: every term comes back in the results."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.gate import core
from kg.rdf import PREFIXES

P = ox.NamedNode("urn:p")
#: A shape that reports every value of the property: none is both of a kind and not.
SHAPES = f"""
@prefix sh: <{PREFIXES["sh"]}> .
<urn:shape> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:property <urn:values> .
<urn:values> sh:path <urn:p> ; sh:not <urn:any> . <urn:any> a sh:NodeShape ; sh:minLength 0 .
<urn:blank> a sh:NodeShape ; sh:targetSubjectsOf <urn:p> ; sh:property <urn:blanks> .
<urn:blanks> sh:path <urn:p> ; sh:nodeKind sh:IRIOrLiteral .
"""
XSD = PREFIXES["xsd"]
LOCALS = st.text(st.sampled_from([*"ab09_-.~/?,;()'!$&*+=@%:", "é", "\u00b7", "\u2040", "\U0001f600"]), max_size=6)
SPACES = st.sampled_from([PREFIXES["ckg"], PREFIXES["claim"], PREFIXES["xsd"], "urn:x:", "https://example.org/a#"])
IRIS = st.builds(str.__add__, SPACES, LOCALS.map(lambda text: text.replace("%", "%41"))).map(ox.NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.text(st.sampled_from("0179+-.eE"), min_size=1, max_size=5) | st.sampled_from(["true", "false", "1", "TRUE"])
TYPES = st.sampled_from(["integer", "decimal", "double", "boolean", "date", "anyURI"])
LITERALS = (
    st.builds(ox.Literal, TEXTS)
    | st.builds(ox.Literal, TEXTS, language=st.sampled_from(["en", "it", "en-gb"]))
    | st.builds(lambda text, name: ox.Literal(text, datatype=ox.NamedNode(XSD + name)), NUMBERS | TEXTS, TYPES)
)
NODES = IRIS | st.sampled_from("ab").map(ox.BlankNode)
TRIPLES = st.lists(st.builds(ox.Triple, NODES, st.just(P), NODES | LITERALS), max_size=6, unique=True)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(TRIPLES)
def test_terms_come_back_as_they_are(triples: list[ox.Triple]) -> None:
    shapes = [quad.triple for quad in ox.parse(SHAPES, format=ox.RdfFormat.TURTLE)]
    found = Counter((one.focus, one.value) for one in core.Shapes(shapes).validate(iter(triples)))
    assert found == Counter((triple.subject, triple.object) for triple in triples)
