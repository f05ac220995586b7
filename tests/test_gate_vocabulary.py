"""Names that do not exist, nodes that nobody describes, and properties used for what they were not made for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from changes import change, new_by_change, new_by_difference
from checkout import ROOT
from gate_material import HEADER, MESSAGES, ONTOLOGY, PREFIX_DECLARATIONS, corpus, same, source, sparql
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate import vocabulary
from kg.gate.whole import check
from kg.model import Corpus, Finding
from kg.report.text import line

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
    assert finding.where.origin == "data/d.ttl" and finding.where.line == (HEADER + GOOD).count("\n") + 3


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


def test_a_link_by_a_term_that_nobody_declares_is_found() -> None:
    whole = corpus(GOOD, "", DECLARED)

    def linked(statement: str) -> list[tuple[str, str | None]]:
        one = source("data/links/w.ttl", f"actor:x {statement} .")
        links = type(one)(one.path, "links", one.graph, one.triples, one.digest)
        return [(each.code, each.value) for each in check(Corpus((*whole.sources, links))).findings]

    assert linked("ex:sameThingAs wd:Q1") == [("Vocabulary-unknown", "https://example.org/sameThingAs")]
    assert [code for code, _ in linked("skos:exactMach wd:Q1")] == ["Vocabulary-unknown"]
    assert linked("skos:closeMatch wd:Q1") == linked("owl:sameAs wd:Q1") == []


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
    ("written", "meant"),
    [("topic:x-005", None), ("topic:x-05", None), ("topic:x-00", "topic:x-000"), ("topic:xy-000", "topic:x-000")],
)
def test_a_name_that_differs_in_figures_alone_is_not_offered(written: str, meant: str | None) -> None:
    more = "topic:x-000 a skos:Concept . topic:x-001 a skos:Concept . topic:x-004 a skos:Concept ."
    finding = one(GOOD + more + f"claim:b a ckg:Position ; ckg:topic {written} .")
    told = f": did you mean {meant}?" if meant else ". Mend its spelling, or declare it."
    assert finding.messages["en"] == f"Nothing describes {written}{told}"


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
        ("stance:x a skos:Concept ; ckg:firmHolder actor:x .", "Vocabulary-domain"),
        ("stance:x a skos:Concept ; ckg:holds claim:a .", "Vocabulary-domain"),
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


# What a change alone brings

FILES = {"ontology/o.ttl": DECLARED, "data/d.ttl": GOOD, "shapes/s.ttl": PREFIX_DECLARATIONS}


def brought(path: str, turtle: str, before: Mapping[str, str] = FILES) -> list[Finding]:
    """The findings because of a file with this content."""
    return list(vocabulary.check(change(before, {**before, path: turtle})))


def test_a_change_is_judged_by_what_is_there_already() -> None:
    assert brought("data/n.ttl", "claim:n a ckg:Position ; ckg:holder actor:x ; ckg:stance stance:opposes .") == []
    (finding,) = brought("data/n.ttl", "claim:n\n    a ckg:Position ;\n    ckg:hodler actor:x .\n")
    assert finding.messages["en"] == "ckg:hodler is not in the ontology: did you mean ckg:holder?"
    assert str(finding.where) == f"data/n.ttl:{HEADER.count(chr(10)) + 3}"
    assert str(finding.triple).endswith("actor/x>")


def test_a_node_that_goes_is_missed_in_the_files_that_mention_it() -> None:
    before = {**FILES, "data/e.ttl": "claim:e a ckg:Claim ; ckg:part claim:a ."}
    (finding,) = brought("data/d.ttl", "actor:x a ckg:State .", before)
    assert (finding.code, finding.where and finding.where.origin) == ("Reference-undefined", "data/e.ttl")


def test_a_node_that_a_shape_names_is_missed_in_the_shape() -> None:
    query = sparql("SELECT $this WHERE { $this ckg:holder actor:x }")
    shapes = f"ckgsh:S a sh:NodeShape ; {MESSAGES} ; {query} ."
    before = {**FILES, "data/d.ttl": "actor:x a ckg:State .", "shapes/s.ttl": shapes + PREFIX_DECLARATIONS}
    (finding,) = brought("data/d.ttl", "", before)
    assert (finding.code, finding.where and finding.where.origin) == ("Reference-undefined", "shapes/s.ttl")


def test_an_axiom_that_changes_is_felt_by_the_data_that_stay() -> None:
    narrower = DECLARED.replace("ckg:stance a owl:ObjectProperty ; rdfs:domain ckg:Position",
                                "ckg:stance a owl:ObjectProperty ; rdfs:domain ckg:Commitment")  # fmt: skip
    assert [(one.code, one.where and one.where.origin) for one in brought("ontology/o.ttl", narrower)] == [
        ("Vocabulary-domain", "data/d.ttl")
    ]


def test_a_class_that_is_no_longer_below_another_is_felt_by_what_uses_its_members() -> None:
    apart = DECLARED.replace("ckg:State a owl:Class ; rdfs:subClassOf ckg:Actor", "ckg:State a owl:Class")
    (finding,) = brought("ontology/o.ttl", apart)
    assert (finding.code, finding.where and finding.where.origin) == ("Vocabulary-range", "data/d.ttl")


def test_what_was_wrong_before_is_left_alone() -> None:
    before = {**FILES, "data/old.ttl": "claim:old a ckg:Postion ; ckg:hodler actor:nobody ."}
    assert brought("data/n.ttl", "claim:n a ckg:Position .", before) == []


STATEMENTS = [
    "claim:b a ckg:Position ; ckg:holder actor:y .", "actor:y a ckg:State .", "actor:y a ckg:Actor .",
    "claim:b ckg:stance stance:opposes .", "claim:b ckg:stance actor:y .", "claim:c ckg:hodler actor:y .",
    "claim:b a ckg:New ; ckg:fresh actor:y .", "actor:x ckg:holds claim:b .", "claim:b a ckg:Commitment .",
    "claim:b ckg:agent actor:y .", "claim:c ckg:part stance:supports .", 'claim:c ckg:holder "X" .',
    f"ckgsh:S a sh:NodeShape ; {MESSAGES} ; sh:node ckgsh:T .", "ckgsh:T a sh:NodeShape .",
]  # fmt: skip
AXIOMS = [
    "ckg:New a owl:Class ; rdfs:subClassOf ckg:Claim .", "ckg:New rdfs:subClassOf ckg:Actor .",
    "ckg:fresh a owl:ObjectProperty ; rdfs:domain ckg:Position .",
    "ckg:fresh a owl:ObjectProperty ; rdfs:range ckg:Claim .", "ckg:State owl:equivalentClass ckg:Claim .",
    "ckg:part rdfs:subPropertyOf ckg:stance .", "ckg:part owl:deprecated true .",
    "stance:supports a skos:Concept .", "ckg:fresh owl:inverseOf ckg:holder .", "ckg:part a owl:SymmetricProperty .",
    "ckg:part rdfs:domain ckg:Commitment .",
]  # fmt: skip


def some(statements: list[str]) -> st.SearchStrategy[str]:
    """A file of a few of the statements."""
    return st.lists(st.sampled_from(statements), max_size=4).map("\n".join)


REPOSITORIES = st.fixed_dictionaries(
    {"data/d.ttl": some(STATEMENTS[:-2]), "data/e.ttl": some(STATEMENTS[:-2]), "ontology/n.ttl": some(AXIOMS),
     "shapes/s.ttl": some(STATEMENTS[-2:])}
)  # fmt: skip


@settings(deadline=None, max_examples=120)
@given(REPOSITORIES, REPOSITORIES, st.sets(st.sampled_from(["data/d.ttl", "data/e.ttl", "ontology/n.ttl"])))
def test_a_change_brings_what_the_difference_of_all_files_has(
    before: dict[str, str], other: dict[str, str], kept: set[str]
) -> None:
    was = {"ontology/o.ttl": DECLARED, **before}
    after = {**was, **{path: text for path, text in other.items() if path not in kept}}
    assert new_by_change(vocabulary.check, was, after) == new_by_difference(vocabulary.check, was, after)


def test_a_claim_like_others_needs_no_library_of_vocabularies() -> None:
    """In a process of its own, as this one has loaded everything."""
    code = """
import sys
from pathlib import Path
import pyoxigraph as ox
from kg.gate import dates, duplicates, provenance, references, vocabulary
from kg.gate.changed import Changed
from kg.gate.summary import summary
from kg.sources import load, parse_source

corpus = load(Path(sys.argv[1]))
store = ox.Store()
for one in corpus.sources:
    store.extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
new = parse_source(sys.argv[2].encode(), "data/claims/n.ttl")
there = Changed.of(store, [one.graph for one in corpus.of_kind("ontology", "data")], [], [new], {})
for stage in (vocabulary, references, duplicates, dates, provenance):
    assert list(stage.check(there)) == []
assert summary(there)
loaded = {"rdflib", "edtf", "pyshacl", "rapidfuzz"} & sys.modules.keys()
assert not loaded, loaded
"""
    claim = """claim:n a ckg:Position ; ckg:holder actor:italy ; skos:editorialNote "N"@en ; ckg:evidence evidence:n .
        evidence:n a ckg:PassageEvidence ; oa:start 4 . date:n a ckg:DateSpan ; ckg:edtf "2025-03"^^edtf:EDTF ;
        ckg:earliest "2025-03-01"^^xsd:date ; ckg:latest "2025-03-31"^^xsd:date ."""
    command = [sys.executable, "-c", code, str(ROOT), HEADER + claim]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
