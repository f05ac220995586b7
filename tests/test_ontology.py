"""The ontology: laid out, documented in two languages, exemplified from the data, used as declared, and able to reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox
import pytest
from checkout import ROOT

from kg import __version__, querytext, reasoning, turtle
from kg.rdf import BASE, PREFIXES, shorten
from kg.rulebook import load_rules

OWN = PREFIXES["ckg"]
ONTOLOGY = ox.NamedNode(BASE + "ontology")
TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
KINDS = {PREFIXES["owl"] + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
DECLARATIONS = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())

MODULES = sorted((ROOT / "ontology").glob("*.ttl"))
CASES = ROOT / "tests" / "cases" / "ontology"
GUIDE = ROOT / "docs" / "ontology.md"

#: Datatypes of OWL 2 RL that the ontology may use (OWL 2 Profiles, section 4.2).
DATATYPES = {PREFIXES["xsd"] + name for name in ("string", "boolean", "integer", "decimal", "dateTime", "anyURI")} | {
    PREFIXES["rdf"] + "langString"
}


def iri(name: str) -> ox.NamedNode:
    """The IRI of a prefixed name, by the one prefix table."""
    prefix, local = name.split(":", 1)
    return ox.NamedNode(PREFIXES[prefix] + local)


def parse(text: str) -> list[ox.Triple]:
    """The triples of a Turtle text that may use every prefix of the table without declaring it."""
    quads = ox.parse((DECLARATIONS + text).encode(), ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


@cache
def module(name: str) -> tuple[ox.Triple, ...]:
    """The triples of one module."""
    return tuple(parse((ROOT / "ontology" / name).read_text(encoding="utf-8")))


@cache
def ontology() -> tuple[ox.Triple, ...]:
    """The triples of all modules."""
    return tuple(triple for path in MODULES for triple in module(path.name))


@cache
def data() -> frozenset[ox.Triple]:
    """What the data and the vocabularies state."""
    paths = [*sorted((ROOT / "data").rglob("*.ttl")), ROOT / "ontology" / "vocabularies.ttl"]
    return frozenset(triple for path in paths for triple in parse(path.read_text(encoding="utf-8")))


@cache
def declared() -> frozenset[ox.NamedNode]:
    """The classes and properties of the project's namespace."""
    return frozenset(
        triple.subject
        for triple in ontology()
        if triple.predicate == TYPE and triple.object.value in KINDS and _own(triple.subject)
    )


def _own(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(OWN)


@cache
def index() -> dict[tuple[object, ox.NamedNode], list[object]]:
    """The objects of every subject and predicate in the ontology."""
    found = defaultdict(list)
    for triple in ontology():
        found[triple.subject, triple.predicate].append(triple.object)
    return found


def values(term: object, predicate: str) -> list[object]:
    """The objects of a term and a predicate in the ontology."""
    return index().get((term, iri(predicate)), [])


def names(terms: Iterable[ox.NamedNode]) -> list[str]:
    """Prefixed names, sorted: what a failing test prints."""
    return sorted(shorten(term.value) for term in terms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_module_is_in_the_canonical_layout(path):
    text = path.read_text(encoding="utf-8")
    assert turtle.serialize(parse(text)) == text


def test_every_term_is_declared_in_one_module_and_as_one_kind():
    places = Counter(
        triple.subject
        for path in MODULES
        for triple in set(module(path.name))
        if triple.predicate == TYPE and triple.object.value in KINDS
    )
    assert names(term for term, count in places.items() if count > 1) == []


def test_every_term_that_the_ontology_mentions_is_declared():
    mentioned = {term for triple in ontology() for term in triple if _own(term)}
    assert names(mentioned - declared()) == []


def test_terms_of_other_vocabularies_are_declared_in_the_alignments_only():
    foreign = {
        (path.name, triple.subject)
        for path in MODULES
        for triple in module(path.name)
        if triple.predicate == TYPE and triple.object.value in KINDS
        if isinstance(triple.subject, ox.NamedNode) and not _own(triple.subject)
    }
    assert {name for name, _ in foreign} == {"alignments.ttl"}


def test_every_term_used_in_data_shapes_and_queries_is_declared():
    used = {term for triple in data() for term in triple if _own(term)}
    for path in (ROOT / "shapes").glob("*.ttl"):
        triples = parse(path.read_text(encoding="utf-8"))
        used |= {term for triple in triples for term in triple if _own(term)}
        for triple in triples:
            if triple.predicate == iri("sh:select"):
                used |= _queried(triple.object.value)
    for path in (ROOT / "queries").rglob("*.rq"):
        used |= _queried(path.read_text(encoding="utf-8"))
    assert names(used - declared() - {ox.NamedNode(OWN)}) == []


def _queried(text: str) -> set[ox.NamedNode]:
    """The project's terms in a query, outside its strings and comments."""
    return {iri(token.text) for token in querytext.tokens(text) if token.kind == "name" and re.match("ckg:.", token.text)}


def test_every_concept_used_in_the_data_is_described():
    described = {triple.subject for triple in data() if triple.predicate == iri("skos:inScheme")}
    vocabularies = {concept.value.rsplit("/", 1)[0] for concept in described}
    used = {
        triple.object
        for triple in data()
        if isinstance(triple.object, ox.NamedNode) and triple.object.value.rsplit("/", 1)[0] in vocabularies
    }
    assert names(used - described) == []


@pytest.mark.parametrize("predicate", ["rdfs:label", "skos:definition"])
def test_every_term_speaks_english_and_italian(predicate):
    texts = {term: values(term, predicate) for term in declared()}
    assert names(t for t, found in texts.items() if sorted(text.language for text in found) != ["en", "it"]) == []
    assert names(t for t, found in texts.items() if any(not text.value.strip() for text in found)) == []


def test_scope_notes_come_in_pairs():
    notes = {term: sorted(note.language for note in values(term, "skos:scopeNote")) for term in declared()}
    assert names(term for term, found in notes.items() if found not in ([], ["en", "it"])) == []


def test_labels_tell_the_terms_of_one_kind_apart():
    kinds = {t.subject: t.object.value for t in ontology() if t.predicate == TYPE and t.object.value in KINDS}
    labels = Counter(
        (kinds[term].endswith("Class"), label.language, label.value)
        for term in declared()
        for label in values(term, "rdfs:label")
    )
    assert [label for label, count in labels.items() if count > 1] == []


def examples() -> list[tuple[ox.NamedNode, str]]:
    """Every example of use with its term."""
    return [(t.subject, t.object.value) for t in ontology() if t.predicate == iri("skos:example")]


def test_every_term_and_every_concept_has_an_example():
    concepts = {triple.subject for triple in ontology() if triple.predicate == iri("skos:inScheme")}
    assert names((declared() | concepts) - {term for term, _ in examples()}) == []


def test_every_example_uses_its_term():
    unused = [shorten(term.value) for term, text in examples() if all(term not in triple for triple in parse(text))]
    assert unused == []


def test_every_example_is_from_the_data_or_a_case_file():
    assert [f"{shorten(term.value)}: {triple}" for term, text in examples() for triple in invented(text)] == []


@pytest.mark.parametrize("example", re.findall(r"```turtle\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))
def test_every_example_of_the_guide_is_from_the_data_or_a_case_file(example):
    assert parse(example) != []
    assert [str(triple) for triple in invented(example)] == []


def test_the_guide_names_only_terms_that_are_declared():
    named = re.findall(r"`ckg:(\w+)`", GUIDE.read_text(encoding="utf-8"))
    assert names({ox.NamedNode(OWN + name) for name in named} - declared()) == []


def test_the_guide_says_with_which_terms_each_row_is_said():
    rows = re.findall(r"^\| (\d+) \|[^|]*\|([^|]*)\|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 29))
    named = {name for _, terms in rows for name in re.findall(r"`(\w+)`", terms)}
    assert names({ox.NamedNode(OWN + name) for name in named} - declared()) == []


@cache
def stated() -> ox.Store:
    """What the data, the vocabularies and the case files state, with the class hierarchy."""
    cases = {triple for path in CASES.glob("*.ttl") for triple in parse(path.read_text(encoding="utf-8"))}
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in data() | cases)
    store.extend(ox.Quad(*triple) for triple in ontology() if triple.predicate == iri("rdfs:subClassOf"))
    return store


def invented(example: str) -> list[ox.Triple]:
    """The triples of an example that are stated nowhere and do not follow from what is."""
    return [t for t in parse(example) if ox.Quad(*t) not in stated() and not follows(stated(), t)]


def follows(store: ox.Store, triple: ox.Triple) -> bool:
    """True if the triple follows by the class hierarchy or by the axioms on its property, read as a property path."""
    nodes = f"VALUES (?s ?o) {{ ({triple.subject} {triple.object}) }}"
    if triple.predicate == TYPE:
        return bool(store.query(f"{DECLARATIONS} ASK {{ {nodes} ?s rdf:type/rdfs:subClassOf* ?o }}"))
    return bool(store.query(f"ASK {{ {nodes} ?s {path_of(triple.predicate)} ?o }}"))


def path_of(term: ox.NamedNode) -> str:
    """The property path that a property stands for: itself, its inverse, its chains and its subproperties."""
    ways = [str(term)]
    ways += [f"^{inverse}" for inverse in values(term, "owl:inverseOf")]
    ways += [path_of(t.subject) for t in ontology() if t.predicate == iri("rdfs:subPropertyOf") and t.object == term]
    ways += ["/".join(path_of(link) for link in members(chain)) for chain in values(term, "owl:propertyChainAxiom")]
    transitive = iri("owl:TransitiveProperty") in values(term, "rdf:type")
    return f"({'|'.join(ways)}){'+' if transitive else ''}"


def members(head: object) -> list[ox.NamedNode]:
    """The members of an RDF list of the ontology."""
    found = []
    while head != iri("rdf:nil"):
        found += values(head, "rdf:first")
        [head] = values(head, "rdf:rest")
    return found


def test_the_version_is_that_of_the_package():
    assert values(ONTOLOGY, "owl:versionIRI") == [ox.NamedNode(f"{ONTOLOGY.value}/{__version__}")]
    assert [text.value for text in values(ONTOLOGY, "owl:versionInfo")] == [__version__]


def test_the_ontology_imports_nothing():
    assert values(ONTOLOGY, "owl:imports") == []


def test_literals_are_of_datatypes_of_owl():
    found = {t.object.datatype.value for t in ontology() if isinstance(t.object, ox.Literal)}
    ranges = {t.object.value for t in ontology() if t.predicate == iri("rdfs:range")}
    found |= {value for value in ranges if value.startswith(PREFIXES["xsd"])}
    assert found <= DATATYPES


def test_no_property_of_things_is_functional():
    functional = {t.subject for t in ontology() if t.predicate == TYPE and t.object == iri("owl:FunctionalProperty")}
    assert names(functional) == []


def test_no_concept_is_broader_than_itself():
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in data())
    circles = store.query(DECLARATIONS + "SELECT ?concept { ?concept skos:broader+ ?concept }")
    assert names(row["concept"] for row in circles) == []


def test_strengths_are_ordered_without_gaps():
    scheme = {t.subject for t in ontology() if t.predicate == iri("skos:inScheme") and t.object == iri("scheme:strength")}
    places = sorted(int(place.value) for concept in scheme for place in values(concept, "ckg:ordinal"))
    assert places == list(range(1, len(scheme) + 1))


# What the ontology entails, and what it must not.


def conclude(text: str) -> reasoning.Closure:
    """What follows from the ontology and a few facts."""
    return reasoning.closure([*ontology(), *parse(text)], rules=load_rules(ROOT))


FACTS = """
claim:a a ckg:Position ; ckg:holder actor:a ; ckg:topic topic:narrow ; ckg:stance stance:excludes ; ckg:domain domain:land ;
    ckg:statedAt event:a ; ckg:evidence evidence:a .
topic:narrow a skos:Concept ; skos:broader topic:wide . topic:wide a skos:Concept ; skos:broader topic:widest .
topic:widest a skos:Concept . event:a a ckg:Meeting ; ckg:meetingOf forum:inner .
forum:inner a ckg:Coalition ; ckg:subgroupOf forum:outer . forum:outer a ckg:Coalition .
claim:b a ckg:OfficeHolding ; ckg:officeHolder actor:b ; ckg:office office:b . actor:b a ckg:Person .
office:b a ckg:Office ; ckg:officeOf actor:a . actor:a a ckg:State .
claim:c a ckg:Membership ; ckg:member actor:a ; ckg:forum forum:inner .
claim:d a ckg:Rationale ; ckg:explains claim:a ; ckg:reasonOf actor:a .
claim:e a ckg:Contradiction ; ckg:between claim:a , claim:f . claim:f a ckg:Threat .
claim:g a ckg:Proposal ; ckg:inspiredBy instrument:a . instrument:a a ckg:Instrument .
evidence:a a ckg:PassageEvidence ; ckg:source doc:a ; ckg:attribution step:b . doc:a a ckg:Document .
step:a a ckg:AttributionStep ; ckg:attributedTo doc:a . step:b a ckg:AttributionStep ; ckg:passedOnIn step:a .
pillar:a a ckg:Pillar ; ckg:partOf declaration:a . declaration:a a ckg:Declaration .
claim:h a ckg:Commitment ; ckg:partOf pillar:a ; ckg:alternativeDomain domain:land , domain:sea .
"""


@pytest.fixture(scope="module")
def concluded() -> reasoning.Closure:
    """What follows from the facts above."""
    return conclude(FACTS)


@pytest.mark.parametrize(
    "expected",
    [
        "claim:a ckg:underTopic topic:narrow , topic:wide , topic:widest .",
        "claim:a ckg:madeInForum forum:inner .",
        "actor:b ckg:hasHeldOffice office:b ; ckg:hasRepresented actor:a .",
        "actor:a ckg:holds claim:a .",
        "claim:a ckg:explainedBy claim:d ; ckg:contradictedIn claim:e .",
        "evidence:a ckg:isEvidenceFor claim:a ; a prov:Entity .",
        "forum:outer ckg:hasSubgroup forum:inner .",
        "step:a ckg:relays step:b ; prov:wasDerivedFrom step:b .",
        "declaration:a ckg:hasPart pillar:a .",
        "claim:c ckg:agent actor:a ; org:member actor:a ; a ckg:Report , ckg:Claim .",
        "claim:f ckg:stance stance:opposes .",
        "claim:e ckg:modality modality:curated .",
    ],
)
def test_it_concludes(concluded, expected):
    assert [str(triple) for triple in parse(expected) if triple not in concluded.inferred] == []


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param("claim:c a ckg:Commitment .", id="membership is no contribution"),
        pytest.param("claim:c ckg:forum forum:outer .", id="a subgroup's member is not made one of the whole"),
        pytest.param("claim:g ckg:adoptedBy instrument:a .", id="being inspired is not being adopted"),
        pytest.param("claim:h ckg:domain domain:land .", id="an alternative is not chosen"),
        pytest.param("claim:a ckg:domain domain:sea .", id="land says nothing on sea"),
        pytest.param("claim:a ckg:holder actor:b .", id="an office holder does not hold the state's position"),
        pytest.param("claim:a ckg:holder forum:inner .", id="a forum does not hold what is said at its meeting"),
        pytest.param("doc:a a prov:Agent .", id="a document is no agent"),
        pytest.param("claim:h ckg:partOf declaration:a .", id="the parts of a declaration are its pillars"),
        pytest.param("claim:a a ckg:Report .", id="a statement is no report"),
    ],
)
def test_it_does_not_conclude(concluded, refused):
    assert not set(parse(refused)) & concluded.inferred


def test_the_facts_do_not_clash(concluded):
    assert concluded.clashes == ()
    assert not [triple for triple in concluded.inferred if triple.predicate == iri("owl:sameAs")]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param("claim:a a ckg:Statement , ckg:Report .", id="branches of Claim"),
        pytest.param("claim:a a ckg:Assertion ; ckg:holder topic:a . topic:a a skos:Concept .", id="topic as holder"),
        pytest.param("actor:a a ckg:UnspecifiedAgent . actor:b a ckg:Person . actor:a owl:sameAs actor:b .", id="guess"),
        pytest.param("claim:a ckg:supersedes claim:b ; ckg:reaffirms claim:b .", id="superseded and reaffirmed"),
        pytest.param("claim:a ckg:supersedes claim:b . claim:b ckg:supersedes claim:a .", id="circle of succession"),
        pytest.param("forum:a ckg:subgroupOf forum:a .", id="subgroup of itself"),
        pytest.param("step:a ckg:passedOnIn step:a .", id="step passed on in itself"),
        pytest.param("claim:a ckg:mention actor:a ; ckg:candidate actor:a .", id="identity with itself"),
    ],
)
def test_it_notices_a_clash(facts):
    assert conclude(facts).clashes != ()
