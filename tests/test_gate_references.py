"""How nodes are named, that all have names, and that each is described in one file."""

from __future__ import annotations

import string

import pyoxigraph as ox
import pytest
from changes import change, codes, is_bilingual, new_by_change, new_by_difference, on_real, real, whole
from gate_material import HEADER, ONTOLOGY
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate.changed import Changed
from kg.gate.policy import slip, slug
from kg.gate.references import check
from kg.model import Finding
from kg.rdf import BASE, FAMILIES, ID, PREFIXES

BEFORE = {
    "ontology/o.ttl": ONTOLOGY,
    "data/actors/a.ttl": 'actor:x a ckg:State ; rdfs:label "X"@en .',
    "data/claims/c.ttl": "claim:a a ckg:Position ; ckg:holder actor:x .",
}


def found(turtle: str, path: str = "data/claims/new.ttl") -> list[Finding]:
    """The findings on a new file."""
    return list(check(change(BEFORE, {**BEFORE, path: turtle})))


def test_a_file_that_keeps_the_rules_gives_no_finding() -> None:
    assert found("claim:b-2 a ckg:Position ; ckg:holder actor:x .") == []


def test_this_repository_keeps_the_rules() -> None:
    assert list(check(Changed.whole(real(), {}))) == []


@pytest.mark.parametrize(
    ("iri", "code", "meant"),
    [
        (ID + "actr/x", "Reference-iri-family", ID + "actor/x"),
        (ID + "doc/x", "Reference-iri-family", ID + "document/x"),
        (ID + "planet/x", "Reference-iri-family", None),
        (ID + "actor/Italy", "Reference-iri-name", ID + "actor/italy"),
        (ID + "actor/new_name", "Reference-iri-name", ID + "actor/new-name"),
        (ID + "actor/new%20name", "Reference-iri-name", ID + "actor/new-name"),
        (ID + "actor/citt\u00e0", "Reference-iri-name", ID + "actor/citta"),
        (ID + "actor/x/y", "Reference-iri-name", ID + "actor/x-y"),
        (ID + "actor/", "Reference-iri-name", None),
        (BASE + "actor/x", "Reference-iri-space", ID + "actor/x"),
        (BASE.replace("https", "http") + "id/actor/x", "Reference-iri-scheme", ID + "actor/x"),
        ("https://w3id.org/coaliton-kg/id/actor/x", "Reference-iri-space", ID + "actor/x"),
        ("https://w3i.org/coalition-kg/id/actor/x", "Reference-iri-space", ID + "actor/x"),
        ("https://www.w3id.org/coalition-kg/id/actor/x", "Reference-iri-space", ID + "actor/x"),
        ("https://www.w3.org/ns/prov#Entity", "Reference-iri-scheme", PREFIXES["prov"] + "Entity"),
        ("http://schema.org/name", "Reference-iri-scheme", PREFIXES["schema"] + "name"),
        ("https://www.wikidata.org/wiki/Q38", "Reference-iri-wikidata", PREFIXES["wd"] + "Q38"),
        ("https://www.wikidata.org/entity/Q38", "Reference-iri-wikidata", PREFIXES["wd"] + "Q38"),
        ("https://m.wikidata.org/wiki/Q38#P31", "Reference-iri-wikidata", PREFIXES["wd"] + "Q38"),
        (PREFIXES["wd"] + "Italy", "Reference-iri-wikidata", None),
        (ID + "actor/italy", None, None),
        (ID + "claim/000-a-1", None, None),
        (BASE + "ontology", None, None),
        (BASE + "ontology/0.1.0", None, None),
        (PREFIXES["wd"] + "Q38", None, None),
        (PREFIXES["skos"] + "broader", None, None),
        ("https://example.org/a_B", None, None),
        ("https://w3id.org/another/x", None, None),
    ],
)
def test_slips_in_iris(iri: str, code: str | None, meant: str | None) -> None:
    fault = slip(iri)
    assert (fault and fault.code, fault and fault.meant) == (code, meant)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(FAMILIES.values())), st.text(string.printable + "àéîõüßč", min_size=1, max_size=20))
def test_what_is_offered_keeps_the_rules(family: str, name: str) -> None:
    fault = slip(ID + family + name)
    assert fault is None or fault.meant is None or slip(fault.meant) is None
    assert slug(slug(name)) == slug(name)


def test_a_slip_is_found_once_in_a_file_at_the_line_of_its_subject() -> None:
    turtle = "claim:b\n    a ckg:Position ;\n    ckg:holder <%sactor/X> ;\n    ckg:topic <%sactor/X> .\n" % (ID, ID)
    (finding,) = found("\n" + turtle)
    assert (finding.code, finding.severity, finding.value) == ("Reference-iri-name", "violation", ID + "actor/X")
    assert str(finding.where) == f"data/claims/new.ttl:{(HEADER + chr(10)).count(chr(10)) + 1}"
    assert finding.triple is not None and is_bilingual(finding)


def test_a_node_that_breaks_the_rules_is_found_where_it_is_described() -> None:
    turtle = f"<{ID}actor/X> a ckg:State . claim:b a ckg:Position ; ckg:holder <{ID}actor/X> ."
    (finding,) = found(turtle)
    assert finding.focus == ID + "actor/X"


def test_a_page_may_be_the_address_of_a_document() -> None:
    assert found("claim:b a ckg:Position ; schema:url <https://www.wikidata.org/wiki/Q38> .") == []
    assert codes(found("claim:b a ckg:Position ; ckg:topic <https://www.wikidata.org/wiki/Q38> .")) == [
        "Reference-iri-wikidata"
    ]


def test_a_link_to_a_page_instead_of_the_thing() -> None:
    (finding,) = found("actor:x skos:exactMatch <https://www.wikidata.org/wiki/Q38> .", "data/links/l.ttl")
    assert finding.code == "Reference-iri-wikidata" and "wd:Q38" in finding.messages["en"]


def test_a_node_of_the_project_in_anothers_namespace() -> None:
    (finding,) = found("ex:Italy a ckg:State .")
    assert finding.code == "Reference-iri-foreign"
    assert "actor:italy" in finding.messages["en"] and "actor:italy" in finding.messages["it"]
    assert found("ex:italy a skos:Concept .") == []


@pytest.mark.parametrize("turtle", ["claim:b a ckg:Position ; ckg:topic [ a ckg:State ] .", "[] a ckg:State ."])
def test_a_blank_node_gets_a_name(turtle: str) -> None:
    (finding,) = found(turtle)
    assert finding.code == "Reference-blank-node"
    assert "actor:" in finding.messages["en"] and is_bilingual(finding)


def test_in_the_ontology_a_blank_node_is_no_fault() -> None:
    assert found("ckg:X a owl:Class ; rdfs:subClassOf [ a owl:Restriction ] .", "ontology/n.ttl") == []


def test_a_node_that_another_file_describes() -> None:
    (finding,) = found('actor:x rdfs:label "Ics"@it .')
    assert (finding.code, finding.severity) == ("Reference-owner", "violation")
    assert "data/actors/a.ttl" in finding.messages["en"] and is_bilingual(finding)
    assert finding.where is not None and finding.where.origin == "data/claims/new.ttl"


def test_the_file_that_had_a_node_first_keeps_it_whatever_its_path() -> None:
    (finding,) = found("claim:a a ckg:Position .", "data/claims/aa.ttl")
    assert "data/claims/c.ttl" in finding.messages["en"]


@pytest.mark.parametrize(
    ("path", "turtle"),
    [
        ("data/links/l.ttl", "actor:x skos:exactMatch wd:Q1 ."),
        ("ontology/n.ttl", "ckg:Position skos:closeMatch prov:Entity ."),
        ("data/actors/b.ttl", "actor:y a ckg:State ."),
    ],
)
def test_what_files_may_share(path: str, turtle: str) -> None:
    assert found(turtle, path) == []


def test_a_term_of_the_ontology_is_described_in_the_ontology() -> None:
    assert codes(found('ckg:Position rdfs:label "p"@en .')) == ["Reference-owner"]


def test_a_node_may_move_from_one_file_to_another() -> None:
    after = {**BEFORE, "data/actors/a.ttl": "", "data/actors/b.ttl": BEFORE["data/actors/a.ttl"]}
    assert list(check(change(BEFORE, after))) == []


def test_two_new_files_that_share_a_node_give_one_finding() -> None:
    after = {**BEFORE, "data/b.ttl": "actor:y a ckg:State .", "data/a.ttl": 'actor:y rdfs:label "Y"@en .'}
    (finding,) = check(change(BEFORE, after))
    assert finding.where is not None and finding.where.origin == "data/a.ttl"


def test_what_was_wrong_before_is_not_found_again() -> None:
    before = {**BEFORE, "data/old.ttl": f"claim:old ckg:topic <{ID}actor/X> . actor:x ckg:note \"n\" ."}
    assert list(check(change(before, {**before, "data/n.ttl": "claim:n a ckg:Position ."}))) == []


def test_a_file_that_shared_a_node_before_may_say_more_of_it() -> None:
    before = {**BEFORE, "data/old.ttl": 'actor:x ckg:note "n" .'}
    assert list(check(change(before, {**before, "data/old.ttl": 'actor:x ckg:note "n" , "m" .'}))) == []


STATEMENTS = [
    "actor:x ckg:note \"1\" .", "actor:y a ckg:State .", "ex:z a ckg:State .", f"<{ID}actor/Y> a ckg:State .",
    f"claim:b ckg:holder <{ID}actor/Y> .", "claim:b ckg:topic actor:y .", "claim:b ckg:topic [] .",
    "claim:a a ckg:Position .", "claim:b a ckg:Position .",
]  # fmt: skip
PATHS = ["data/a.ttl", "data/b.ttl", "data/links/l.ttl"]
FILES = st.dictionaries(st.sampled_from(PATHS), st.lists(st.sampled_from(STATEMENTS), max_size=4).map("\n".join))


@settings(deadline=None, max_examples=60)
@given(FILES, FILES)
def test_a_change_brings_no_more_than_the_difference(before: dict[str, str], after: dict[str, str]) -> None:
    """Who owns a node that several files describe depends on who was first, so of these only the nodes are compared."""
    one, other = ({**BEFORE, **files} for files in (before, after))
    by_change, by_difference = new_by_change(check, one, other), new_by_difference(check, one, other)
    of_names = {key for key in by_difference if key[0] not in ("Reference-owner", "Reference-blank-node")}
    assert {key for key in by_change if key[0] not in ("Reference-owner", "Reference-blank-node")} == of_names


def test_on_the_real_graph() -> None:
    turtle = "claim:new-1 a ckg:Position ; ckg:holder actor:italy ; ckg:topic [] . actor:italy a ckg:State ."
    assert codes(check(on_real("data/claims/new.ttl", turtle))) == ["Reference-blank-node", "Reference-owner"]


def test_all_files_of_a_small_repository() -> None:
    assert codes(check(whole({**BEFORE, "data/b.ttl": "actor:x a ckg:State . ex:y a ckg:State ."}))) == [
        "Reference-iri-foreign", "Reference-owner"
    ]  # fmt: skip
    assert isinstance(next(iter(whole(BEFORE).added)), ox.Triple)
