"""What pages about the graph say: dates in words, what is called what, and claims in the order that people read."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.pages.claims import read
from kg.pages.facts import Facts
from kg.pages.sections import mentions, sections
from kg.pages.spans import spoken
from kg.pages.statements import as_triples, stated
from kg.pages.statements import read as read_table
from kg.pages.vocabulary import Vocabulary
from kg.rdf import PREFIXES

HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
ONTOLOGY = """
ckg:Position rdfs:subClassOf ckg:Statement . ckg:Threat rdfs:subClassOf ckg:Position . ckg:Statement rdfs:subClassOf ckg:Claim .
ckg:Commitment rdfs:subClassOf ckg:Statement . ckg:Membership rdfs:subClassOf ckg:Claim .
ckg:member rdfs:subPropertyOf ckg:agent ; rdfs:label "member"@en , "membro"@it .
ckg:agent rdfs:label "agent concerned"@en .
ckg:Position rdfs:label "position"@en . ckg:Commitment rdfs:label "commitment"@en . ckg:Membership rdfs:label "membership"@en .
stance:opposes skos:inScheme scheme:stance ; skos:notation "-" ; skos:prefLabel "opposes"@en , "contrario"@it .
certainty:hedged skos:inScheme scheme:certainty ; skos:prefLabel "hedged"@en .
strength:offered skos:inScheme scheme:strength ; skos:prefLabel "offered"@en .
topic:fish skos:inScheme scheme:topic ; skos:prefLabel "Fish"@en .
topic:boats skos:inScheme scheme:topic ; skos:prefLabel "Boats"@en .
"""
DATA = """
claim:a a ckg:Claim , ckg:Statement , ckg:Position , ckg:Threat ; ckg:summary "A opposes."@en ; ckg:holder actor:a ; ckg:topic topic:fish ;
  ckg:stance stance:opposes ; ckg:certainty certainty:hedged ; ckg:hedge "forse"@it ; ckg:time date:one ; ckg:evidence evidence:e , evidence:d .
date:one ckg:edtf "2025-01/.."^^edtf:EDTF ; ckg:earliest "2025-01-01" ; ckg:wording "da gennaio"@it .
evidence:e ckg:source doc:x ; ckg:paragraph 12 ; oa:start 900 ; oa:end 950 ; ckg:attribution step:two .
evidence:d ckg:source doc:x ; ckg:paragraph 2 ; oa:start 90 ; oa:end 95 .
step:two ckg:attributedTo actor:b ; ckg:passedOnIn step:one . step:one ckg:attributedTo actor:paper ; ckg:passedOnIn step:zero .
step:zero ckg:attributedTo doc:x .
doc:x rdfs:label "The text"@en . actor:a rdfs:label "A"@en . actor:b rdfs:label "B"@en . actor:paper rdfs:label "Paper"@en .
claim:b a ckg:Position ; ckg:summary "B is for boats."@en ; ckg:holder actor:a ; ckg:topic topic:boats .
claim:c a ckg:Commitment ; ckg:summary "C offers."@en ; ckg:holder actor:a ; ckg:strength strength:offered ; ckg:condition condition:one .
condition:one rdfs:label "It rains"@en .
claim:d a ckg:Membership ; ckg:summary "A is a member."@en ; ckg:member actor:a ; ckg:agent actor:a ; ckg:forum forum:f .
claim:e a ckg:Position ; ckg:summary "E of A."@en ; ckg:holder actor:e ; ckg:concerns actor:a ; ckg:topic topic:fish .
claim:j ckg:between claim:a , claim:b ; ckg:summary "They clash."@en .
claim:b ckg:supersedes claim:a .
"""


def parsed(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse((HEAD + text).encode(), format=ox.RdfFormat.TURTLE)]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.read(parsed(ONTOLOGY))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(stated(parsed(DATA)), "en", Facts(stated(parsed(ONTOLOGY)), "en"))


@pytest.mark.parametrize(
    ("edtf", "english", "italian"),
    [
        ("2025-09-04", "4 September 2025", "4 settembre 2025"),
        ("2025-09", "September 2025", "settembre 2025"),
        ("2025", "2025", "2025"),
        ("2025-01-01/2025-01-08", "from 1 January 2025 to 8 January 2025", "dal 1º gennaio 2025 all'8 gennaio 2025"),
        ("2024-12~/..", "from about December 2024, end not stated", "da circa dicembre 2024, fine non indicata"),
        ("../2026-01-06", "until 6 January 2026, beginning not stated", "fino al 6 gennaio 2026, inizio non indicato"),
        ("1973/2020?", "from 1973 to 2020, uncertain", "dal 1973 al 2020, incerto"),
        ("[2025-01..2025-03]", "some time from January 2025 to March 2025", "in un momento da gennaio 2025 a marzo 2025"),
        ("../..", "not dated", "non datato"),
        ("2025-13", "2025-13", "2025-13"),
        ("XXXX-12", "XXXX-12", "XXXX-12"),
    ],
)
def test_a_date_in_words_keeps_what_is_uncertain(edtf: str, english: str, italian: str) -> None:
    assert (spoken(edtf, "en"), spoken(edtf, "it")) == (english, italian)


@given(st.text(max_size=30), st.sampled_from(["en", "it"]))
def test_whatever_stands_for_a_date_is_shown(text: str, language: str) -> None:
    assert isinstance(spoken(text, language), str) and (spoken(text, language) or not text)


@given(st.dates())
def test_a_day_in_words_has_its_day_and_its_year(day: object) -> None:
    said = spoken(str(day), "en").split()
    assert [int(said[0]), said[2]] == [day.day, f"{day.year:04}"]


def test_a_name_is_in_the_readers_language_else_english_else_any() -> None:
    known = parsed('actor:a rdfs:label "A-en"@en , "A-it"@it . actor:b rdfs:label "B-fr"@fr . actor:c ckg:summary "C" ; rdfs:label "C-en"@en .')
    facts = Facts(stated(known), "it")
    names = [facts.name(PREFIXES["actor"] + one) for one in "abcd"]
    assert [(name.text, name.language) for name in names] == [("A-it", ""), ("B-fr", "fr"), ("C", ""), ("actor:d", "")]


_TERMS = st.one_of(
    st.text().map(ox.Literal),
    st.tuples(st.text(), st.sampled_from(["it", "en-gb"])).map(lambda one: ox.Literal(one[0], language=one[1])),
    st.one_of(st.integers(), st.floats(), st.booleans(), st.dates().map(str)).map(ox.Literal),
    st.tuples(st.sampled_from(["5", "+5", "05", "1.", ".5", "1e5", "TRUE", "1"]), st.sampled_from(["integer", "decimal", "double", "boolean"])).map(
        lambda one: ox.Literal(one[0], datatype=ox.NamedNode(PREFIXES["xsd"] + one[1]))
    ),
    st.sampled_from(["a", "é", "%20", "a#b"]).map(lambda one: ox.NamedNode(f"https://example.org/{one}")),
    st.just(ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("\t c\n"))),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), _TERMS)))
def test_a_table_states_what_its_triples_state(rows: list[tuple[str, str, object]]) -> None:
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode("urn:" + s), ox.NamedNode("urn:" + p), value) for s, p, value in rows)
    table = store.query("SELECT ?s ?p ?o { ?s ?p ?o }").serialize(format=ox.QueryResultsFormat.TSV)
    assert set(as_triples(read_table(table))) == {quad.triple for quad in store}
    assert set(read_table(table)) == set(stated(quad.triple for quad in store))


def test_a_claim_tells_who_when_how_firmly_and_on_what(facts: Facts, vocabulary: Vocabulary) -> None:
    line = read(PREFIXES["claim"] + "a", facts, vocabulary)
    assert line.kind == PREFIXES["ckg"] + "Threat" and line.summary.text == "A opposes." and line.stance.text == "opposes"
    assert line.day == "2025-01-01" and line.times[0][1].text == "from January 2025, end not stated"
    assert [(hedge.text, hedge.language) for hedge in line.hedges] == [("forse", "it")]
    assert [(mark.name, mark.value.text) for mark in line.marks] == [("certainty", "hedged")]
    assert [(name.text, [one.text for one in names]) for _, name, names in line.who] == [("ckg:holder", ["A"])]


def test_evidence_comes_in_the_order_of_the_text_with_its_voices(facts: Facts, vocabulary: Vocabulary) -> None:
    first, second = read(PREFIXES["claim"] + "a", facts, vocabulary).evidence
    assert (first.paragraph, first.start, first.voices) == ("2", "90", ())
    assert [voice.text for voice in second.voices] == ["Paper", "B"] and second.source.text == "The text"


def test_what_stands_against_a_claim_and_what_came_later(facts: Facts, vocabulary: Vocabulary) -> None:
    line = read(PREFIXES["claim"] + "a", facts, vocabulary)
    assert [(one.iri, [other.text for other in one.others]) for one in line.against] == [(PREFIXES["claim"] + "j", ["B is for boats."])]
    assert [(name, other.text) for name, other in line.later] == [("supersedes", "B is for boats.")]


def test_an_agent_that_a_narrower_property_names_is_not_repeated(facts: Facts, vocabulary: Vocabulary) -> None:
    line = read(PREFIXES["claim"] + "d", facts, vocabulary)
    assert [name.text for _, name, _ in line.who] == ["member"]


def test_claims_come_by_kind_then_topic_then_date(facts: Facts, vocabulary: Vocabulary) -> None:
    subject = PREFIXES["actor"] + "a"
    lines = [read(PREFIXES["claim"] + one, facts, vocabulary) for one in "edcba"]
    ckg = PREFIXES["ckg"]
    relations = {line.iri: {ckg + "holder"} for line in lines}
    relations[PREFIXES["claim"] + "d"], relations[PREFIXES["claim"] + "e"] = {ckg + "member"}, {ckg + "concerns"}
    found = sections(lines, relations, subject, facts, vocabulary)
    shape = [(one.key, one.own, one.count, [[said.text for said in part.heading] for part in one.parts]) for one in found]
    assert {part.domains for one in found for part in one.parts} == {()}
    assert shape == [
        ("Position", True, 1, [["Boats"]]),
        ("Threat", True, 1, [["Fish"]]),
        ("Commitment", True, 1, [["It rains"]]),
        ("Membership", True, 1, [[]]),
        ("mentioned-Position", False, 1, [["Fish"]]),
    ]


def test_positions_on_a_topic_come_by_who_holds_them(facts: Facts, vocabulary: Vocabulary) -> None:
    subject = PREFIXES["topic"] + "fish"
    line = read(PREFIXES["claim"] + "e", facts, vocabulary)
    (section,) = sections([line], {line.iri: {PREFIXES["ckg"] + "topic"}}, subject, facts, vocabulary)
    assert [[said.iri for said in part.heading] for part in section.parts] == [[PREFIXES["actor"] + "e"]]


def test_what_only_mentions_a_subject(vocabulary: Vocabulary) -> None:
    ckg, actor, topic = PREFIXES["ckg"], PREFIXES["actor"] + "a", PREFIXES["topic"] + "fish"
    assert mentions(actor, {ckg + "concerns"}, vocabulary) and not mentions(actor, {ckg + "member"}, vocabulary)
    assert mentions(topic, {ckg + "underTopic"}, vocabulary)
    assert not mentions(topic, {ckg + "topic", ckg + "underTopic"}, vocabulary)
    assert not mentions(PREFIXES["stance"] + "opposes", {ckg + "stance"}, vocabulary)
