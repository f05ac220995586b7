"""How a snapshot describes itself: VoID, DCAT, prefixes and gallery, in the store of the real graph and on a server."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from checkout import ROOT
from serving import Answer, Server, serving

import kg
from kg.build import build
from kg.catalogue import Circumstances, descriptions, edition
from kg.engine import Engine, check_syntax
from kg.gallery import read_gallery, read_queries
from kg.gate.changed import Changed
from kg.model import Corpus, Query
from kg.rdf import BASE, CLOSURE_GRAPH, DATASET, DESCRIPTIONS, ID, JUDGED, PREFIXES
from kg.sources import load
from kg.sparql import negotiate
from kg.sparql.gallery import parse
from kg.storing import default_graph

NAMES = "".join(f"PREFIX {prefix}: <{space}> " for prefix, space in sorted(PREFIXES.items())) + (
    "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX ext: <http://ldf.fi/void-ext#> "
)
CASES = ROOT / "tests" / "cases" / "describing"
SAMPLE = 40
TURTLE, HTML = {"Accept": "text/turtle"}, {"Accept": "text/html"}


@pytest.fixture(scope="module")
def real(real_graph: Engine) -> Engine:
    return real_graph


@pytest.fixture(scope="module")
def server(real_state: Path) -> Iterator[Server]:
    with serving(real_state) as running:
        yield running


def ask(engine: Engine, text: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT, as text."""
    return [tuple(getattr(term, "value", "") for term in row) for row in engine.query(Query(NAMES + text))]


def numbers(engine: Engine, text: str) -> list[int]:
    (row,) = ask(engine, text)
    return [int(value) for value in row]


def in_void(text: str) -> str:
    return f"GRAPH graph:void {{ {text} }}"


# --- VoID: what is counted is what SPARQL counts


@pytest.mark.parametrize(
    ("name", "counting"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c FILTER(isIRI(?c)) }"),
        ("entities", f'SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ID}")) }}'),
    ],
)
def test_totals(real: Engine, name: str, counting: str) -> None:
    told = numbers(real, f"SELECT ?n {{ {in_void(f'<{DATASET}> void:{name} ?n')} }}")
    assert told == numbers(real, counting) and told != [0]


def test_every_class_and_property_in_use_has_a_partition(real: Engine) -> None:
    partition = f"<{DATASET}> void:classPartition ?x . ?x void:class ?c ; void:entities ?n"
    told = ask(real, f"SELECT ?c ?n {{ {in_void(partition)} }}")
    used = ask(real, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c")
    assert sorted(told) == sorted(used)
    partition = f"""<{DATASET}> void:propertyPartition ?x . ?x void:property ?p ; void:triples ?t ;
        void:distinctSubjects ?s ; void:distinctObjects ?o"""
    told = ask(real, f"SELECT ?p ?t ?s ?o {{ {in_void(partition)} }}")
    used = ask(
        real,
        "SELECT ?p (COUNT(*) AS ?t) (COUNT(DISTINCT ?a) AS ?s) (COUNT(DISTINCT ?b) AS ?o) { ?a ?p ?b } GROUP BY ?p",
    )
    assert sorted(told) == sorted(used)


def test_a_sample_of_the_partitions_within_partitions(real: Engine) -> None:
    inner = """?c void:class ?class ; void:propertyPartition ?p .
        ?p void:property ?property ; void:triples ?t ; void:distinctSubjects ?s"""
    uses = ask(real, f"SELECT ?class ?property ?t ?s {{ {in_void(inner)} }}")
    to_class = f"{inner} . ?p void:classPartition ?d . ?d void:class ?end ; void:triples ?n"
    to_datatype = f"{inner} . ?p ext:datatypePartition ?d . ?d ext:datatype ?end ; void:triples ?n"
    told = "SELECT ?class ?property ?end ?n"
    ends = {query: ask(real, f"{told} {{ {in_void(query)} }}") for query in (to_class, to_datatype)}
    assert len(uses) > 500 and all(len(found) > 200 for found in ends.values())
    chance = random.Random(0)
    for one, other, triples, subjects in chance.sample(uses, SAMPLE):
        counting = f"SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?a) AS ?s) {{ ?a a <{one}> ; <{other}> ?b }}"
        assert numbers(real, counting) == [int(triples), int(subjects)], (one, other)
    for query, reached in ((to_class, "?b a <{}>"), (to_datatype, "FILTER(DATATYPE(?b) = <{}>)")):
        for one, other, end, count in chance.sample(ends[query], SAMPLE):
            found = numbers(real, f"SELECT (COUNT(*) AS ?t) {{ ?a a <{one}> ; <{other}> ?b . {reached.format(end)} }}")
            assert found == [int(count)], (one, other, end)


def test_every_named_graph_but_the_descriptions_is_told_with_its_size(real: Engine) -> None:
    graphs = f"<{DATASET}> void:subset|dcterms:relation ?g . ?g a void:Dataset ; void:triples ?n"
    told = dict(ask(real, f"SELECT ?g ?n {{ {in_void(graphs)} }}"))
    there = dict(ask(real, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"))
    assert told == {iri: count for iri, count in there.items() if iri not in DESCRIPTIONS.values()}
    subsets = {row[0] for row in ask(real, f"SELECT ?g {{ {in_void(f'<{DATASET}> void:subset ?g')} }}")}
    assert subsets == {CLOSURE_GRAPH, *(source.graph for source in load(ROOT).of_kind(*JUDGED))}


def test_links_are_told_by_what_they_lead_to(real: Engine) -> None:
    told = ask(
        real,
        f"""SELECT ?p ?space ?n {{ {in_void('''?l a void:Linkset ; void:subjectsTarget ?us ; void:objectsTarget ?t ;
            void:linkPredicate ?p ; void:triples ?n . ?us a void:Dataset . ?t void:uriSpace ?space''')} }}""",
    )
    counted = ask(
        real,
        """SELECT ?p (STR(wd:) AS ?space) (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o }
           FILTER NOT EXISTS { GRAPH ?g { ?s a <https://w3id.org/sssom/Mapping> } }
           FILTER(STRSTARTS(STR(?g), CONCAT(STR(graph:), "data/links/")) && STRSTARTS(STR(?o), STR(wd:)))
        } GROUP BY ?p""",
    )
    assert sorted(row for row in told if row[1] == PREFIXES["wd"]) == sorted(counted) and counted


def test_examples_and_ways_in_are_of_the_data_set(real: Engine) -> None:
    examples = ask(real, f"SELECT ?e {{ {in_void(f'<{DATASET}> void:exampleResource ?e')} }}")
    described = ask(real, f"SELECT DISTINCT ?e {{ {in_void(f'<{DATASET}> void:exampleResource ?e')} ?e ?p ?o }}")
    assert sorted(examples) == sorted(described) and len(examples) > 20
    roots = {iri for (iri,) in ask(real, f"SELECT ?e {{ {in_void(f'<{DATASET}> void:rootResource ?e')} }}")}
    assert roots == {iri[: iri.index("/", len(ID)) + 1] for (iri,) in examples}
    spaces = {iri for (iri,) in ask(real, f"SELECT ?v {{ {in_void(f'<{DATASET}> void:vocabulary ?v')} }}")}
    assert {BASE + "ontology", PREFIXES["skos"], PREFIXES["prov"]} <= spaces


# --- prefixes, gallery, DCAT


def test_the_prefixes_are_those_of_the_table(real: Engine) -> None:
    # As the editor of the SIB asks for them, but for the graph.
    told = real.query(Query(NAMES + "SELECT ?p ?n { GRAPH graph:prefixes { [] sh:namespace ?n ; sh:prefix ?p } }"))
    rows = [(row["p"].value, row["n"]) for row in told]
    anyuri = ox.NamedNode(PREFIXES["xsd"] + "anyURI")
    assert sorted(rows) == sorted((prefix, ox.Literal(space, datatype=anyuri)) for prefix, space in PREFIXES.items())
    declaration = f"<{BASE}ontology> sh:declare ?d . ?d a sh:PrefixDeclaration"
    declared = ask(real, f"SELECT ?d {{ GRAPH graph:prefixes {{ {declaration} }} }}")
    assert len(declared) == len(PREFIXES)


def test_every_query_of_the_gallery_is_there_with_its_text(real: Engine) -> None:
    queries, errors = read_gallery(ROOT)
    assert not errors and len(queries) > 50
    found = real.query(Query(NAMES + """SELECT ?q ?kind ?text { GRAPH graph:queries { ?q a sh:SPARQLExecutable , ?kind ;
        sh:select|sh:ask|sh:construct ?text ; schema:target <%ssparql> ; sh:prefixes ?own
        FILTER(?kind != sh:SPARQLExecutable) }
        GRAPH graph:prefixes { ?own sh:declare ?any . ?any sh:prefix "ckg" } }""" % BASE))
    told = {row["q"].value: (row["kind"].value, row["text"].value) for row in found}
    form = {query.name: re.search(r"^(SELECT|ASK|CONSTRUCT)\b", query.body, re.MULTILINE)[1] for query in queries}
    assert told == {
        f"{BASE}queries#{query.name.removesuffix('.rq')}": (
            f"{PREFIXES['sh']}SPARQL{form[query.name].capitalize()}Executable", query.body
        )
        for query in queries
    }  # fmt: skip
    for _, text in told.values():
        check_syntax(text)


def test_what_the_queries_say_is_told_in_both_languages(real: Engine) -> None:
    for key, predicate in (("title", "rdfs:label"), ("description", "rdfs:comment"), ("keywords", "schema:keywords")):
        pattern = f"?q a sh:SPARQLExecutable ; {predicate} ?text"
        told = real.query(Query(NAMES + f"SELECT ?q ?text {{ GRAPH graph:queries {{ {pattern} }} }}"))
        found = {(row["q"].value.rpartition("#")[2], row["text"].language, row["text"].value) for row in told}
        expected = set()
        for query in read_gallery(ROOT)[0]:
            for language, said in getattr(query, key).items():
                words = said if key == "keywords" else (said,)
                expected |= {(query.name.removesuffix(".rq"), language, word) for word in words}
        assert found == expected and {language for _, language, _ in found} == {"en", "it"}


def graph_of(engine: Engine, name: str) -> rdflib.Graph:
    quads = engine.store.quads_for_pattern(None, None, None, ox.NamedNode(DESCRIPTIONS[name]))
    text = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


def test_the_catalogue_keeps_to_the_shapes_of_dcat(real: Engine) -> None:
    shapes = rdflib.Graph().parse(CASES / "dcat.ttl")
    catalogue = graph_of(real, "dcat")
    conforms, _, words = pyshacl.validate(catalogue, shacl_graph=shapes)
    assert conforms, words
    dataset, dcterms = rdflib.URIRef(DATASET), rdflib.Namespace(PREFIXES["dcterms"])
    for missing in (dcterms.title, dcterms.license, rdflib.URIRef(PREFIXES["dcat"] + "distribution")):
        poorer = rdflib.Graph() + catalogue
        poorer.remove((dataset, missing, None))
        assert not pyshacl.validate(poorer, shacl_graph=shapes)[0], missing


def test_licence_version_and_digest_are_those_of_the_project(real: Engine) -> None:
    (row,) = ask(
        real,
        f"""SELECT ?l ?v ?d {{ GRAPH graph:dcat {{ <{DATASET}> dcterms:license ?l ; dcat:version ?v ;
            dcterms:identifier ?d }} }}""",
    )
    licence, version, digest = row
    assert licence in (ROOT / "LICENSE-DATA").read_text("utf-8") and digest == real.snapshot.digest
    assert version == kg.__version__ and f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert ask(real, "SELECT ?v { <" + BASE + "ontology> owl:versionInfo ?v }") == [(version,)]


def test_distributions_are_in_the_formats_that_are_written(real: Engine) -> None:
    found = ask(real, "SELECT ?t { GRAPH graph:dcat { ?d a dcat:Distribution ; dcat:mediaType ?t } }")
    told = {iri for (iri,) in found}
    known = "https://www.iana.org/assignments/media-types/"
    assert told == {known + format.media_type for format in negotiate.GRAPHS}


# --- where descriptions are, and where they are not


def test_descriptions_are_in_graphs_of_their_own_and_nowhere_else(real: Engine) -> None:
    assert real.snapshot.counts["described"] == sum(
        numbers(real, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")[0] for iri in DESCRIPTIONS.values()
    )
    for kind in ("void:Dataset", "dcat:Dataset", "sh:SPARQLExecutable", "sh:PrefixDeclaration"):
        assert ask(real, f"SELECT ?s {{ ?s a {kind} }}") == []
        graphs = ask(real, f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s a {kind} }} }}")
        inside = {*DESCRIPTIONS.values(), BASE + "graph/data/catalogue/dataset", BASE + "graph/shapes/common"}
        assert graphs and {iri for (iri,) in graphs} <= inside
    assert not any(isinstance(term, ox.BlankNode) for name in DESCRIPTIONS.values()
                   for quad in real.store.quads_for_pattern(None, None, None, ox.NamedNode(name))
                   for term in (quad.subject, quad.object))  # fmt: skip


def test_the_same_files_describe_themselves_alike(repository: Path) -> None:
    corpus = load(repository)
    known = Circumstances(tuple(read_queries(repository)[0]), "d" * 64, "1")
    one = descriptions(corpus, sorted(default_graph(corpus), key=str), (), known)
    other = descriptions(corpus, sorted(default_graph(corpus), key=str, reverse=True), (), known)
    assert {iri: set(triples) for iri, triples in one.items()} == {iri: set(triples) for iri, triples in other.items()}
    assert set(one) == set(DESCRIPTIONS.values()) and all(len(set(said)) == len(said) for said in one.values())


def test_a_change_of_the_gallery_alone_is_built_without_drawing_conclusions(repository: Path, state: Path) -> None:
    first, _ = build(repository, state)
    told: list[str] = []
    (repository / "queries" / "02-more.rq").write_text("#+ title@en: More\nASK { ?s ?p ?o }\n", "utf-8")
    second, is_new = build(repository, state, tell=told.append)
    assert is_new and second.digest == first.digest and not any("conclusions" in message for message in told)
    told = ask(Engine.open(state), "SELECT ?l ?t { GRAPH graph:queries { ?q rdfs:label ?l ; sh:ask ?t } }")
    assert told == [("More", "ASK { ?s ?p ?o }\n")]
    assert build(repository, state)[1] is False


def test_a_query_that_nobody_could_send_is_left_out_and_said(repository: Path, state: Path) -> None:
    elsewhere = "SELECT * { SERVICE ?anybody { ?s ?p ?o } }\n"
    (repository / "queries" / "02-bad.rq").write_text(elsewhere, "utf-8")
    (repository / "queries" / "03-no.rq").write_text("# nothing\n", "utf-8")
    told: list[str] = []
    build(repository, state, tell=told.append)
    assert any("02-bad.rq:1:" in message for message in told) and any("03-no.rq" in message for message in told)
    assert len(ask(Engine.open(state), "SELECT ?q { GRAPH graph:queries { ?q a sh:SPARQLExecutable } }")) == 1


def test_each_form_of_query_has_its_class_and_the_day_of_an_example_is_told() -> None:
    texts = {
        "a": "ASK {}", "c": "CONSTRUCT WHERE { ?s ?p ?o }", "d": "DESCRIBE <urn:x>",
        "s": "#+ as-of: 2026-01-06\nSELECT * {}",
    }  # fmt: skip
    gallery = tuple(parse(f"{name}.rq", text) for name, text in texts.items())
    from_corpus = descriptions(Corpus(()), (), (), Circumstances(gallery))[DESCRIPTIONS["queries"]]
    said = {(t.subject.value[-1], t.predicate.value, getattr(t.object, "value", "")) for t in from_corpus}
    for name, predicate in (("a", "ask"), ("c", "construct"), ("s", "select")):
        assert (name, PREFIXES["sh"] + predicate, texts[name].splitlines()[-1] + "\n") in said
    spex = "https://purl.expasy.org/sparql-examples/ontology#"
    assert ("d", spex + "describe", "DESCRIBE <urn:x>\n") in said
    assert ("s", PREFIXES["schema"] + "temporalCoverage", "2026-01-06") in said
    assert edition(gallery) != edition(gallery[1:])


def test_the_gate_takes_no_description_for_a_file(real: Engine) -> None:
    change = Changed.of(real.store, (), (), (), {})
    assert change.paths(ox.NamedNode(DATASET)) == {"data/catalogue/dataset.ttl"}
    assert change.paths(ox.NamedNode(f"{BASE}prefixes#ckg")) == frozenset()
    files = {source.path for source in load(ROOT).sources}
    assert {path for path, _ in change.stated(None, ox.NamedNode(PREFIXES["rdf"] + "type"))} <= files


# --- on a server


def triples(answer: Answer) -> set[ox.Triple]:
    format = ox.RdfFormat.from_media_type(answer.media_type)
    assert answer.status == 200 and format is not None, (answer.status, answer.headers)
    return {quad.triple for quad in ox.parse(answer.body, format=format, base_iri=BASE)}


def in_store(engine: Engine, name: str) -> set[ox.Triple]:
    return {quad.triple for quad in engine.store.quads_for_pattern(None, None, None, ox.NamedNode(DESCRIPTIONS[name]))}


def said(predicate: str, value: str) -> tuple[ox.NamedNode, ox.NamedNode]:
    prefix, local = predicate.split(":")
    return ox.NamedNode(PREFIXES[prefix] + local), ox.NamedNode(value)


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_each_description_is_served_as_it_is_in_the_store(server: Server, real: Engine, name: str) -> None:
    here = f"{server.address}/sparql"
    own = {"void": {said("void:sparqlEndpoint", here)},
           "dcat": {said("dcat:endpointURL", here), said("dcat:endpointDescription", here)}}  # fmt: skip
    answer = server.ask("GET", f"/{name}", TURTLE)
    more = triples(answer) - in_store(real, name)
    assert triples(answer) >= in_store(real, name) and "Accept" in answer.headers["vary"]
    commit = {triple for triple in more if "swh:1:rev:" in str(triple)}
    assert {(triple.predicate, triple.object) for triple in more - commit} == own.get(name, set())


@pytest.mark.parametrize("format", negotiate.GRAPHS, ids=[format.name for format in negotiate.GRAPHS])
def test_a_description_is_served_in_every_format(server: Server, format: negotiate.Format) -> None:
    expected = triples(server.ask("GET", "/dcat", TURTLE))
    for path, headers in (("/dcat", {"Accept": format.media_type}), (f"/dcat.{format.ending}", {})):
        answer = server.ask("GET", path, headers)
        assert answer.media_type == format.media_type and triples(answer) == expected


def test_the_well_known_address_gives_void_or_a_page(server: Server) -> None:
    answer = server.ask("GET", "/.well-known/void")
    assert answer.media_type == "text/turtle" and answer.headers["content-location"] == "/void"
    assert triples(answer) == triples(server.ask("GET", "/void", TURTLE))
    page = server.ask("GET", "/.well-known/void", HTML)
    assert page.media_type == "text/html" and 'id="dataset"' in page.text
    assert server.ask("HEAD", "/.well-known/void").status == 200
    assert server.ask("POST", "/.well-known/void", body=b"").status == 405


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_browsers_get_a_page(server: Server, name: str, language: str) -> None:
    page = server.ask("GET", f"/{name}?lang={language}", HTML)
    assert page.status == 200 and page.media_type == "text/html" and f'lang="{language}"' in page.text
    found = re.findall(r' id="([^"]+)"', page.text)
    assert len(found) == len(set(found)) and f'href="/{name}.ttl"' in page.text
    known = {
        "void": "class.ckg.Position", "dcat": "distribution.turtle", "prefixes": "ckg", "queries": "38-positions-as-of",
    }  # fmt: skip
    assert known[name] in found
    for target in re.findall(rf'href="/{name}#([^"]+)"', page.text):
        assert target in found, target


def test_what_is_not_there_and_not_to_be_had(server: Server) -> None:
    assert server.ask("GET", "/void.exe").status == 404
    assert server.ask("GET", "/void", {"Accept": "image/png"}).status == 406


def test_the_way_to_the_descriptions(server: Server) -> None:
    about = server.ask("GET", "/about?lang=it", HTML).text
    assert all(f'href="/{name}?lang=it"' in about for name in DESCRIPTIONS)
    assert '</void>; rel="describedby"' in server.query("ASK {}").headers["link"]
    found = triples(server.ask("GET", "/sparql", TURTLE))
    told = {triple.object.value for triple in found if triple.predicate.value.endswith("#name")}
    assert told >= set(DESCRIPTIONS.values())


def test_what_the_editor_of_the_sib_asks(server: Server) -> None:
    """Its query for classes, properties and what they lead to, over the graph of the description."""
    query = """PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
        SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype {
          { ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
            OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] } UNION
                       { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] } } }
          UNION { ?ls void:subjectsTarget [ void:class ?subjectClass ] ; void:linkPredicate ?prop ;
                      void:objectsTarget [ void:class ?objectClass ] } }"""
    path = f"/sparql?default-graph-uri={DESCRIPTIONS['void']}"
    answer = server.ask("POST", path, {"Content-Type": "application/sparql-query"}, query.encode())
    rows = [{name: cell["value"] for name, cell in row.items()} for row in answer.json()["results"]["bindings"]]
    own = PREFIXES["ckg"]
    assert {"subjectClass": own + "Position", "prop": own + "holder", "objectClass": own + "State"} in rows
    assert any(row.get("objectDatatype") == PREFIXES["edtf"] + "EDTF" for row in rows)
