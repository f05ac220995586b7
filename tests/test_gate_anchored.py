"""Which SPARQL constraints are anchored in ``$this``."""

from __future__ import annotations

import pytest

from kg.gate.anchored import problems


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this { $this ex:p ?x }",
        "SELECT $this { ?x ex:p $this }",
        "SELECT $this ?value WHERE { $this ex:p ?x . ?y ex:q ?x . ?y ex:r/ex:s* ?value }",
        "SELECT $this { ?y ex:q ?x . $this ex:p ?x }",
        "SELECT $this { $this ex:p ?x ; ex:q ?y , ?z . ?z a ex:C FILTER(?x < ?y && ?x != 4.5) }",
        'SELECT $this { $this ex:p "a. b { }"@en , "3"^^xsd:integer , 4.5 , -7 , true . ?x ex:p $this }',
        "SELECT $this { $this ^ex:p|(ex:q/ex:r)? ?x . # ?free ex:p ?other\n }",
        "SELECT $this { $this ex:p ?x FILTER NOT EXISTS { ?y ex:q ?x . ?y ex:r ?z } }",
        "SELECT $this { $this ex:p ?x FILTER(?x > 1 || EXISTS { ?x ex:q ?y }) }",
        "SELECT $this { { $this ex:p ?x } UNION { $this ex:q ?x } ?x ex:r ?y }",
        "SELECT $this { { $this ex:p ?x } ?x ex:r ?y }",
        "SELECT $this { $this ex:p ?x OPTIONAL { ?x ex:q ?y . ?y ex:r ?z } BIND(STR(?x) AS ?s) }",
        "SELECT $this { $this ex:p ?x { SELECT $this ?n { $this ex:q ?n } } ?n ex:r ?o } ORDER BY ?x",
        "SELECT $this (COUNT(?x) AS ?n) { $this ex:p ?x } GROUP BY $this HAVING(COUNT(?x) > 1)",
        "PREFIX ex: <https://example.org/#> SELECT $this { topic:x ex:q ?y . $this ex:p ?y }",
    ],
)
def test_anchored(query: str) -> None:
    assert problems(query) == ()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT $this { $this ex:p ?x . ?y ex:q ?z }", "“?y ex:q ?z” is not reached from $this"),
        ("SELECT $this { ?y ex:q ?z }", "“?y ex:q ?z” is not reached from $this"),
        ("SELECT $this { $this ex:p ?x . ?y ex:p ?z FILTER(?x = ?z) }", "“?y ex:p ?z” is not reached from $this"),
        ("SELECT $this { $this ex:p ex:c . ?y ex:q ex:c }", "“?y ex:q ex:c” is not reached from $this"),
        ("SELECT $this { $this ?p ?x }", "the predicate of “?this ?p ?x” is not constant"),
        ("SELECT $this { $this !ex:p ?x }", "the predicate of “?this !ex:p ?x” is not constant"),
        ("SELECT $this { $this ex:p ?a OPTIONAL { ?a ex:q ?x } ?x ex:r ?y }", "“?x ex:r ?y” is not reached from $this"),
        ("SELECT $this { $this ex:p ?a FILTER EXISTS { ?a ex:q ?x } ?x ex:r ?y }", "“?x ex:r ?y” is not reached"),
        ("SELECT $this { { $this ex:p ?x } UNION { $this ex:q ?y } ?x ex:r ?z }", "“?x ex:r ?z” is not reached"),
        ("SELECT $this { $this ex:p ?a { SELECT $this { $this ex:q ?x } } ?x ex:r ?y }", "“?x ex:r ?y” is not reached"),
        ("SELECT $this { $this ex:p ?a FILTER NOT EXISTS { ?x ex:q ?y } }", "“?x ex:q ?y” is not reached from $this"),
        ("SELECT $this { $this ex:p ?x GRAPH ?g { ?x ex:q ?y } }", "GRAPH is not allowed"),
        ("SELECT $this { $this ex:p ?x SERVICE <urn:x> { ?x ex:q ?y } }", "SERVICE is not allowed"),
        ("SELECT $this { $this ex:p ?x MINUS { $this ex:q ?x } }", "MINUS is not allowed"),
        ("SELECT $this { $this ex:p ?x VALUES ?x { ex:a } }", "VALUES is not allowed"),
        ("SELECT $this { $this ex:p [ ex:q ?x ] }", "name what it stands for with a variable"),
        ("SELECT $this { $this ex:p ?x", "ends too early"),
        ("ASK { $this ex:p ?x }", "ends too early"),
    ],
)
def test_not_anchored(query: str, reason: str) -> None:
    assert any(reason in problem for problem in problems(query)), problems(query)
