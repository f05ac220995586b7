"""What a shape would have accepted, in words, with the nearest choice."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from gate_material import MESSAGES, ONTOLOGY, judge, source

from kg.gate.expected import with_expected
from kg.gate.hierarchy import Hierarchy
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.rdf import PREFIXES

STANCES = "stance:supports a ckg:Stance . stance:opposes a ckg:Stance . ckg:Stance a owl:Class ."


def expected(constraint: str, data: str, language: str = "en") -> list[str]:
    """What is expected by the findings of a property shape on the stances of claims."""
    shapes = f"ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:property ckgsh:S-p . " \
             f"ckgsh:S-p a sh:PropertyShape ; sh:path ckg:stance ; {constraint} ; {MESSAGES} ."
    triples = source("data/d.ttl", ONTOLOGY + STANCES + data).triples
    base = ox.Store()
    state = State(base, (), {"urn:x": triples})
    graph = ShapesGraph(source("shapes/s.ttl", shapes).triples)
    found = with_expected(judge(STANCES + data, shapes, ontology=ONTOLOGY).findings, graph, Hierarchy(state))
    return [one.expected.get(language, "") for one in found if one.code == "S-p"]


@pytest.mark.parametrize(
    ("constraint", "value", "told"),
    [
        ("sh:minCount 1", None, "at least 1 here"),
        ("sh:minCount 1 ; sh:class ckg:Stance", None, "at least 1 here: stance:opposes, stance:supports"),
        ("sh:class ckg:Stance", "stance:suports", "a ckg:Stance; the nearest is stance:supports"),
        ("sh:class ckg:Stance", "actor:x", "a ckg:Stance: stance:opposes, stance:supports"),
        ("sh:in ( stance:opposes stance:supports )", "stance:oposes",
         "one of stance:opposes, stance:supports; the nearest is stance:opposes"),
        ("sh:in ( doc:000 doc:001 )", "doc:005", "one of doc:000, doc:001"),
        ("sh:datatype xsd:date", '"x"', "a literal of the type xsd:date"),
        ("sh:nodeKind sh:IRI", '"x"', "a node with a name"),
        ("sh:minInclusive 3", "2", "3 or more"),
        ('sh:languageIn ( "en" "it" )', '"x"@fr', "a text in one of these languages: “en”, “it”"),
        ('sh:pattern "^a"', '"b"', "a text that the pattern “^a” fits"),
        ("sh:not [ sh:nodeKind sh:Literal ]", '"b"', ""),
    ],
)
def test_what_is_expected(constraint: str, value: str | None, told: str) -> None:
    statement = f"claim:a a ckg:Claim ; ckg:stance {value} ." if value else "claim:a a ckg:Claim ."
    assert expected(constraint, statement) == [told]


def test_it_is_said_in_italian_too() -> None:
    told = expected("sh:class ckg:Stance", "claim:a a ckg:Claim ; ckg:stance stance:suports .", "it")
    assert told == ["un nodo della classe ckg:Stance; il più vicino è stance:supports"]


def test_members_of_a_class_are_those_of_the_classes_below_it() -> None:
    data = ONTOLOGY + "actor:x a ckg:State . actor:y a ckg:Actor . claim:c a ckg:Claim ."
    known = Hierarchy(State(ox.Store(), (), {"urn:x": source("data/d.ttl", data).triples}))
    found = known.members(PREFIXES["ckg"] + "Actor")
    assert sorted(found) == [PREFIXES["actor"] + "x", PREFIXES["actor"] + "y"]
