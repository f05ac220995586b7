"""The linter of shapes."""

from __future__ import annotations

import pytest
from gate_material import MESSAGES, judge, sparql

TARGET = "ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; "


def linted(shapes: str) -> list[tuple[str, str]]:
    """Code and focus, both by local name, of the linter's findings."""
    found = [f for f in judge("", shapes).findings if f.code.startswith("ShapesLint-") and f.focus != "_:"]
    assert all(finding.severity == "violation" and set(finding.messages) == {"en", "it"} for finding in found)
    assert all(finding.where and finding.where.origin == "shapes/s.ttl" and finding.where.line for finding in found)
    return sorted((finding.code.removeprefix("ShapesLint-"), finding.focus.rpartition("#")[2]) for finding in found)


@pytest.mark.parametrize(
    "shapes",
    [
        TARGET + "sh:property ckgsh:S-h . ckgsh:S-h sh:path ckg:holder ; sh:minCount 1 ; " + MESSAGES + " .",
        TARGET + MESSAGES + " ; sh:or ( [ sh:class ckg:Actor ] [ sh:property [ sh:path ckg:note ; sh:minCount 1 ] ] ) .",
        TARGET + MESSAGES + " ; sh:node ckgsh:N . ckgsh:N a sh:NodeShape ; sh:nodeKind sh:IRI .",
        TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this ckg:note ?n }") + " .",
        TARGET + "sh:severity sh:Info ; sh:sparql [ sh:message \"m\"@en , \"m\"@it ; sh:prefixes ckgsh:prefixes ; "
        "sh:select \"SELECT $this { $this ckg:note ?n }\" ] .",
        TARGET + "sh:property ckgsh:S-h . ckgsh:S-h sh:path [ sh:inversePath ckg:topic ] ; sh:maxCount 1 ; "
        "sh:name \"n\"@en ; sh:order 1 ; sh:group ckgsh:G ; " + MESSAGES + " . ckgsh:G a sh:PropertyGroup .",
    ],
)
def test_good_shapes(shapes: str) -> None:
    assert linted(shapes) == []


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (TARGET + "sh:property ckgsh:S-h . ckgsh:S-h sh:path ckg:holder ; sh:mincount 1 ; sh:maxCount 2 ; " + MESSAGES + " .",
         [("vocabulary", "S-h")]),
        (TARGET + "sh:nodeKind sh:Iri ; " + MESSAGES + " .", [("vocabulary", "S")]),
        (TARGET + "sh:nodeKind sh:IRI ; sh:rule [ a sh:TripleRule ] ; " + MESSAGES + " .",
         [("advanced", "S"), ("advanced", "S")]),
        (TARGET + "sh:nodeKind sh:IRI .", [("message", "S"), ("message", "S"), ("severity", "S")]),
        (TARGET + 'sh:nodeKind sh:IRI ; sh:severity sh:Info ; sh:message "m"@en .', [("message", "S")]),
        (TARGET + 'sh:nodeKind sh:IRI ; sh:severity ex:Bad ; sh:message "m"@en , "m"@it .', [("severity", "S")]),
        (TARGET + "sh:property [ sh:path ckg:holder ; sh:minCount 1 ; " + MESSAGES + " ] .", [("name", "S")]),
        (TARGET + "sh:property ckgsh:S-h . ckgsh:S-h sh:path ckg:hodler ; sh:minCount 1 ; " + MESSAGES + " .",
         [("declared", "S-h")]),
        (TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this ckg:hodler ?n }") + " .", [("declared", "S")]),
        (TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this <https://w3id.org/coalition-kg/ontology#hodler> ?n }")
         + " .", [("declared", "S")]),
        (TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this ckg:note ?n . ?x ckg:note ?y }") + " .",
         [("anchored", "S")]),
        (TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this ckg:note }") + " .", [("syntax", "S")]),
        (TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this nope:note ?n }") + " .", [("syntax", "S")]),
        (TARGET + MESSAGES + ' ; sh:sparql [ sh:ask "ASK {}" ] .', [("syntax", "S")]),
        ("ckgsh:Lost a sh:NodeShape ; sh:nodeKind sh:IRI .", [("idle", "Lost")]),
        ('ckgsh:Q a sh:SPARQLConstraint ; sh:prefixes ckgsh:prefixes ; sh:select "SELECT $this { $this ckg:note ?n }" .',
         [("idle", "Q")]),
        (TARGET + "sh:property ckgsh:S-gone .", [("path", "S")]),
    ],
)
def test_faulty_shapes(shapes: str, expected: list[tuple[str, str]]) -> None:
    assert linted(shapes) == expected


def test_shapes_that_cannot_be_evaluated_are_a_finding_beside_the_linters() -> None:
    found = judge("claim:a a ckg:Claim .", TARGET + MESSAGES + " ; " + sparql("SELECT $this { $this ckg:note }") + " .")
    assert not found.conforms
    assert [finding.code for finding in found.findings] == ["ShapesLint-refused", "ShapesLint-syntax"]
    assert found.checked["focus"] == found.checked["constraints"] == 0
