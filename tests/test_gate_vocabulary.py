"""Names that do not exist, nodes that nobody describes, and properties used for what they were not made for."""

from __future__ import annotations

import pytest
from gate_material import HEADER, MESSAGES, ONTOLOGY, corpus, same, source

from kg.gate import check
from kg.gate.report import line
from kg.model import Corpus, Finding

#: An ontology that declares what the cases use rightly.
DECLARED = ONTOLOGY + """
skos:Concept a owl:Class .
ckg:Commitment a owl:Class ; rdfs:subClassOf ckg:Claim .
ckg:stance a owl:ObjectProperty ; rdfs:domain ckg:Position ; rdfs:range skos:Concept .
ckg:holds a owl:ObjectProperty ; owl:inverseOf ckg:holder .
ckg:firmHolder a owl:ObjectProperty ; rdfs:subPropertyOf ckg:holder .
ckg:agent a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy ckg:holder ; rdfs:domain ckg:Claim .
ckg:part a owl:ObjectProperty .
stance:opposes a skos:Concept .
"""
GOOD = """
claim:a a ckg:Position ; ckg:holder actor:x ; ckg:stance stance:opposes ; ckg:note "n"@en .
actor:x a ckg:State ; rdfs:label "X" .
"""


def found(data: str, shapes: str = "", ontology: str = DECLARED, engine: str = "fast") -> list[Finding]:
    """The findings on a small corpus, with its texts at hand."""
    texts = {"data/d.ttl": HEADER + data, "ontology/o.ttl": HEADER + ontology, "shapes/s.ttl": HEADER + shapes}
    return list(check(corpus(data, shapes, ontology), engine, texts).findings)


def one(data: str, shapes: str = "", ontology: str = DECLARED) -> Finding:
    """The one finding that there must be; pySHACL's report must have the same."""
    by_fast, by_reference = (found(data, shapes, ontology, engine) for engine in ("fast", "pyshacl"))
    assert same(tuple(by_fast)) == same(tuple(by_reference))
    assert len(by_fast) == 1, [line(finding, "en") for finding in by_fast]
    return by_fast[0]


def test_good_data_gives_no_finding() -> None:
    assert found(GOOD) == []


def test_a_misspelt_property_is_found_at_its_line_with_the_name_meant() -> None:
    finding = one(GOOD + "claim:b\n    a ckg:Position ;\n    ckg:hodler actor:x .\n")
    assert (finding.code, finding.severity) == ("Vocabulary-unknown", "violation")
    assert finding.focus.endswith("claim/b") and finding.path.endswith("#hodler")
    assert finding.messages["en"] == "ckg:hodler is not in the ontology: did you mean ckg:holder?"
    assert "ckg:holder" in finding.messages["it"]
    assert str(finding.where) == f"data/d.ttl:{(HEADER + GOOD).count(chr(10)) + 3}"


@pytest.mark.parametrize(
    ("data", "name", "meant"),
    [
        ("claim:b a ckg:Postion .", "ckg:Postion", "ckg:Position"),
        ("claim:b a ckg:position .", "ckg:position", "ckg:Position"),
        ("claim:b a ckg:Position ; ckg:part ckg:hodler .", "ckg:hodler", "ckg:holder"),
        ("claim:b a ckg:Position ; skos:editorialnote \"n\" .", "skos:editorialnote", "skos:editorialNote"),
        ("claim:b a ckg:Position ; ckg:part dcterms:titel .", "dcterms:titel", "dcterms:title"),
        ("claim:b a ckg:Position ; oa:begin 4 .", "oa:begin", None),
        ("claim:b a ckg:Position ; ckg:note \"4\"^^xsd:integr .", "xsd:integr", "xsd:integer"),
        ("claim:b a ckg:Position ; <https://w3id.org/coalition-kg/ontology/holder> actor:x .", "/ontology/holder", None),
    ],
)  # fmt: skip
def test_terms_that_do_not_exist(data: str, name: str, meant: str | None) -> None:
    finding = one(GOOD + data)
    assert finding.code == "Vocabulary-unknown"
    assert name in finding.messages["en"]
    assert meant is None or f"did you mean {meant}?" in finding.messages["en"]


def test_terms_of_reused_vocabularies_may_be_used() -> None:
    assert found(GOOD + 'claim:b a ckg:Position ; skos:editorialNote "n" ; dcterms:created "d" ; oa:start 4 .') == []


def test_a_misspelt_term_in_an_axiom_is_found() -> None:
    assert one(GOOD, ontology=DECLARED + "ckg:Threat a owl:Class ; rdfs:subClassOf ckg:Positon .").path.endswith("Of")


@pytest.mark.parametrize("data", ["claim:b a ckg:holder , ckg:Position .", "claim:b a ckg:Position ; ckg:Claim actor:x ."])
def test_a_class_is_no_property_and_a_property_no_class(data: str) -> None:
    assert one(GOOD + data).code == "Vocabulary-kind"


def test_a_deprecated_term_is_a_warning_that_says_what_to_use() -> None:
    finding = one(GOOD + "claim:b a ckg:Position ; ckg:agent actor:x .")
    assert (finding.code, finding.severity) == ("Vocabulary-deprecated", "warning")
    assert finding.messages["en"] == "ckg:agent is deprecated. Use ckg:holder instead."


@pytest.mark.parametrize("data", ['claim:b ckg:note "n" .', "claim:b a prov:Entity .", "claim:b a owl:Thing ."])
def test_a_node_needs_a_class_of_the_ontology(data: str) -> None:
    finding = one(GOOD + data)
    assert (finding.code, finding.focus.rpartition("/")[2]) == ("Vocabulary-untyped", "b")


def test_a_link_from_a_node_that_no_file_describes_is_found() -> None:
    whole = corpus(GOOD, "", DECLARED)
    right = source("data/links/w.ttl", "actor:x skos:exactMatch wd:Q1 .")
    wrong = source("data/links/w.ttl", "actor:xx skos:exactMatch wd:Q1 .")
    links = [type(link)(link.path, "links", link.graph, link.triples, link.digest) for link in (right, wrong)]
    assert check(Corpus((*whole.sources, links[0]))).findings == ()
    (finding,) = check(Corpus((*whole.sources, links[1]))).findings
    assert (finding.code, finding.where.origin) == ("Reference-undefined", "data/links/w.ttl")


def test_a_term_of_the_ontology_says_what_it_is() -> None:
    assert one(GOOD, ontology=DECLARED + 'ckg:forgotten rdfs:label "x" .').code == "Vocabulary-untyped"


def test_a_node_that_nobody_describes_is_found_with_the_nearest_of_its_family() -> None:
    finding = one(GOOD + "\nclaim:b\n    a ckg:Position ;\n    ckg:stance stance:oposes .")
    assert (finding.code, finding.severity) == ("Reference-undefined", "violation")
    assert finding.messages["en"] == "Nothing describes stance:oposes: did you mean stance:opposes?"
    assert finding.where.line == (HEADER + GOOD).count("\n") + 4


def test_a_node_of_another_family_is_not_offered() -> None:
    finding = one(GOOD + "claim:b a ckg:Position ; ckg:holder forum:x .")
    assert finding.messages["en"] == "Nothing describes forum:x. Mend its spelling, or declare it."


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:property [ sh:path ckg:stance ; sh:hasValue stance:oposes ]",
        "sh:node ckgsh:Nowhere",
        "sh:sparql [ sh:prefixes ckgsh:prefixes ; "
        'sh:select "SELECT $this WHERE { $this ckg:stance stance:oposes }" ]',
    ],
)
def test_what_a_shape_refers_to_is_there(constraint: str) -> None:
    shapes = f"ckgsh:S a sh:NodeShape ; sh:targetClass ckg:State ; {MESSAGES} ; {constraint} ."
    assert "Reference-undefined" in {finding.code for finding in found(GOOD, shapes)}


def test_a_property_of_another_class_is_found() -> None:
    finding = one(GOOD + "claim:b a ckg:Commitment ; ckg:stance stance:opposes .")
    assert (finding.code, finding.severity) == ("Vocabulary-domain", "violation")
    assert "ckg:Position" in finding.messages["en"] and "ckg:Commitment" in finding.messages["en"]


def test_the_class_hierarchy_counts_for_domains_and_ranges() -> None:
    assert found(GOOD + "claim:b a ckg:FirmPosition ; ckg:stance stance:opposes ; ckg:firmHolder actor:x .") == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("claim:b a ckg:Position ; ckg:holder stance:opposes .", "Vocabulary-range"),
        ("claim:b a ckg:Position ; ckg:stance actor:x .", "Vocabulary-range"),
        ("claim:b a ckg:Position ; ckg:firmHolder claim:a .", "Vocabulary-range"),
        ("stance:opposes ckg:firmHolder actor:x .", "Vocabulary-domain"),
        ("stance:opposes ckg:holds claim:a .", "Vocabulary-domain"),
        ("actor:x ckg:holds actor:x .", "Vocabulary-range"),
        ('claim:b a ckg:Position ; ckg:holder "X" .', "Vocabulary-range"),
        ("claim:b a ckg:Position ; ckg:note actor:x .", "Vocabulary-range"),
    ],
)
def test_ends_of_properties_also_by_those_above_them_and_inverses(data: str, code: str) -> None:
    assert one(GOOD + data).code == code


def test_what_a_shape_says_of_a_value_is_not_said_twice() -> None:
    shapes = f"ckgsh:S a sh:NodeShape ; sh:targetClass ckg:Claim ; sh:property ckgsh:S-holder . " \
             f"ckgsh:S-holder sh:path ckg:holder ; sh:class ckg:Actor ; {MESSAGES} ."
    assert one(GOOD + "claim:b a ckg:Position ; ckg:holder stance:opposes .", shapes).code == "S-holder"


def test_names_can_be_left_out() -> None:
    assert check(corpus("claim:b a ckg:Postion .", "", DECLARED), names=False).findings == ()
