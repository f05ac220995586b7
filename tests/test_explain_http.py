"""``/explain`` over a real server: the proof is that of the snapshot, whatever has become of the files since."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from conftest import PREFIXES, write_repository
from kg.build import build
from kg.engine import Engine, current
from kg.errors import BuildError, NotFound, QueryError
from kg.rdf import BASE, CLOSURE_GRAPH, ID
from kg.pages.facts import Said
from kg.pages.proofs import mentioned, reason
from kg.texts import Texts
from kg.web.words import words
from kg.workers import explainer
from serving import Answer, Server, serving, write_snapshot

Run = Callable[..., subprocess.CompletedProcess[str]]
PROVED = ("claim:one-1", "a", "ckg:Claim")
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
#: An axiom with a list without a name, and an inferred link to a resource that has a page.
CHAIN = "ckg:under a owl:ObjectProperty ; owl:propertyChainAxiom ( ckg:topic skos:broader ) .\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository and, in ``state``, a snapshot of it; not to be changed."""
    one = tmp_path_factory.mktemp("explained")
    root = write_repository(one / "repository")
    (root / "ontology" / "more.ttl").write_text(PREFIXES + CHAIN, "utf-8")
    build(root, one / "state")
    return one


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder / "state", repository=folder / "repository") as one:
        yield one


def asked(subject: str, predicate: str, object_: str, **more: str) -> str:
    return "/explain?" + urlencode({"subject": subject, "predicate": predicate, "object": object_, **more})


def assert_is_problem(answer: Answer, status: int, code: str) -> dict:
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem


@pytest.mark.parametrize(
    ("form", "media_type"), [("text", "text/plain"), ("json", "application/json"), ("turtle", "text/turtle")]
)
def test_the_server_says_what_the_command_says(
    server: Server, folder: Path, run_kg: Run, form: str, media_type: str
) -> None:
    told = run_kg("explain", *PROVED, "--format", form, cwd=folder / "repository").stdout
    by_name = server.ask("GET", asked(*PROVED, format=form), {"Accept": "image/png"})
    by_header = server.ask("GET", asked(*PROVED), {"Accept": media_type})
    for answer in (by_name, by_header):
        assert (answer.status, answer.media_type, answer.text) == (200, media_type, told)
    assert "data/claims/one.ttl" in told


def test_text_is_what_a_command_line_gets(server: Server) -> None:
    assert server.ask("GET", asked(*PROVED), {"Accept": "*/*"}).media_type == "text/plain"


def test_the_words_are_in_the_language_asked_for(server: Server, folder: Path, run_kg: Run) -> None:
    told = run_kg("explain", *PROVED, "--lang", "it", cwd=folder / "repository").stdout
    assert "affermato in data/claims/one.ttl:" in told and "stated" not in told
    assert server.ask("GET", asked(*PROVED, lang="it")).text == told
    assert server.ask("GET", asked(*PROVED), {"Accept-Language": "it"}).text == told


def test_terms_are_read_as_turtle_has_them(server: Server) -> None:
    answers = {
        server.ask("GET", asked(subject, predicate, object_)).text
        for subject in ("<" + ID + "claim/one-1>", "claim:one-1", ID + "claim/one-1")
        for predicate in ("a", "rdf:type")
        for object_ in ("ckg:Claim", BASE + "ontology#Claim")
    }
    assert len(answers) == 1 and next(iter(answers)).startswith("claim:one-1 a ckg:Claim\n")
    stated = server.ask("GET", asked("actor:freedonia", "rdfs:label", '"Freedonia"@en')).text
    assert stated.splitlines()[1].startswith("  stated in data/actors/states.ttl:")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "subject"),
        ("subject=claim:one-1&predicate=a", "object"),
        ("subject=claim:one-1&predicate=a&object=", "object"),
        ("subject=claim:one-1&subject=claim:one-2&predicate=a&object=ckg:Claim", "subject"),
        ("subject=claim:one-1&predicate=a&object=ckg:Claim&format=pdf", "pdf"),
    ],
)
def test_requests_that_name_no_triple_are_refused(server: Server, query: str, told: str) -> None:
    assert told in assert_is_problem(server.ask("GET", f"/explain?{query}"), 400, "request")["detail"]


@pytest.mark.parametrize(
    ("terms", "part", "place"),
    [
        (("nope:x", "a", "ckg:Claim"), "subject", (1, 1)),
        (("claim:one-1", "a", "ckg:A , ckg:B"), "object", (1, 1)),
        (("claim:one-1", "a", "ckg:A ; ckg:topic topic:ships"), "object", (1, 1)),
        (("claim:one-1", "a", "ckg:A . <urn:a> <urn:b> <urn:c>"), "object", (1, 1)),
        (("claim:one-1", '"x"', "ckg:A"), "predicate", (1, 1)),
        (('"x"', "a", "ckg:A"), "subject", (1, 1)),
        (("_:x", "a", "ckg:A"), "subject", (1, 1)),
        (("claim:one-1", "a", "a"), "object", (1, 1)),
        (("claim:one-1", "a", '"\n\\q"'), "object", None),
        (("claim:one-1", "a", "[" * 50_000), "object", None),
    ],
)
def test_terms_that_cannot_be_read_are_named_with_their_place(
    server: Server, terms: tuple[str, str, str], part: str, place: tuple[int, int] | None
) -> None:
    problem = assert_is_problem(server.ask("GET", asked(*terms)), 400, "query")
    assert f"The {part} " in problem["detail"] and "cannot be read" in problem["detail"] and problem["remedy"]
    assert problem["line"] >= 1 and problem["column"] >= 1
    assert place is None or (problem["line"], problem["column"]) == place


def test_what_is_neither_stated_nor_follows_is_not_found(server: Server) -> None:
    for terms in (("claim:one-1", "a", "ckg:Actor"), ("claim:nobody-made", "ckg:holder", "actor:nobody")):
        problem = assert_is_problem(server.ask("GET", asked(*terms)), 404, "not-found")
        assert problem["detail"].endswith("is neither stated nor follows.")
    # Nor is a snapshot that there is not; one that there is goes along with the links.
    assert_is_problem(server.ask("GET", asked(*PROVED, snapshot="deadbeef")), 404, "not-found")
    snapshot = server.ask("GET", asked(*PROVED)).headers["kg-snapshot"]
    assert f"snapshot={snapshot[:16]}" in server.ask("GET", asked(*PROVED, snapshot=snapshot), BROWSER).text
    # What only another kind of file states is nothing that conclusions rest on.
    assert server.ask("GET", asked("actor:freedonia", "skos:exactMatch", "<http://www.wikidata.org/entity/Q1>")).status == 404


def test_methods_and_headers_are_those_of_the_other_addresses(server: Server) -> None:
    answer = server.ask("GET", asked(*PROVED))
    head = server.ask("HEAD", asked(*PROVED))
    assert head.body == b"" and head.headers["content-length"] == str(len(answer.body))
    for one in (answer, head):
        assert one.headers["access-control-allow-origin"] == "*" and one.headers["kg-snapshot"]
        assert {part.strip() for part in one.headers["vary"].split(",")} == {"Accept", "Accept-Language"}
    options = server.ask("OPTIONS", "/explain")
    assert options.status == 204 and options.headers["access-control-allow-methods"] == options.headers["allow"]
    refused = server.ask("POST", "/explain", {"Content-Type": "text/plain"}, b"x")
    assert_is_problem(refused, 405, "method")
    assert set(refused.headers["allow"].split(", ")) == set(options.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_lists_on_the_page_are_written_out(server: Server) -> None:
    page = server.ask("GET", asked("claim:one-1", "ckg:under", "topic:guarantees"), BROWSER).text
    assert re.search(r">topic</a>, then <a [^>]*>wider</a>”, one after the other, make “", page)
    assert "rdf:rest" not in page and "_:" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["is of the kind “", "whatever is of the kind “", "Rule:", "a kind belongs to a wider one", ">claim</a>”"]),
        ("it", ["è del tipo «", "ciò che è del tipo «", "Regola:", "un tipo rientra in uno più ampio", ">asserzione</a>»"]),
    ],
)
def test_the_page_tells_the_proof_in_the_readers_words(server: Server, language: str, told: list[str]) -> None:
    page = server.ask("GET", asked(*PROVED, lang=language), BROWSER).text
    proof = page[page.index('class="proof"') : page.index("<section")]
    assert all(words in proof for words in told)
    # Short names stand small, once, and as titles: no reader has to read them.
    seen = re.sub(r'<code>.*?</code>|title="[^"]*"|href="[^"]*"', "", proof)
    assert "ckg:" not in seen and " lang=" not in seen
    assert 'title="ckg:Claim"' in proof and "<code>claim:one-1 rdf:type ckg:Claim</code>" in proof


def short(iri: str) -> Said:
    """The last part of an IRI as its name."""
    return Said(iri.rpartition("/")[2], "", iri)


def test_of_a_list_each_member_is_told_also_one_without_a_name() -> None:
    owl, ckg = "http://www.w3.org/2002/07/owl#", "https://w3id.org/coalition-kg/ontology#"
    proof = {
        "subject": "<urn:x/C>", "predicate": f"<{owl}intersectionOf>", "object": "_:head",
        "shown": ["<urn:x/C>", "owl:intersectionOf", "( ckg:Actor _:b0 <urn:x/D> … )"],
    }  # fmt: skip
    assert mentioned(proof) == ["urn:x/C", f"{owl}intersectionOf", f"{ckg}Actor", "urn:x/D"]
    *_, members = reason(proof, short, words("en"), "en").sentence
    nameless = words("en")["explain-nameless"]
    assert [one.text for one in members] == ["ontology#Actor", nameless, "D", nameless]


def test_what_is_stated_of_one_thing_is_told_together_with_its_evidence() -> None:
    def stated(subject: str, predicate: str, value: str, line: int) -> dict:
        place = {"file": "data/x.ttl", "line": line, "graph": BASE + "graph/data/x"}
        terms = dict(zip(("subject", "predicate", "object"), (subject, predicate, value), strict=True))
        return {**terms, "shown": [subject, predicate, value], "asserted": [place], "evidence": [ID + "evidence/e"]}

    claim, rdf_type = f"<{ID}claim/one>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    proof = stated(f"<{ID}actor/a>", "<urn:p>", f"<{ID}event/e>", 0)
    proof |= {"rule": "some-rule", "says": "So it is.", "premises": [
        stated("<urn:C>", "<http://www.w3.org/2000/01/rdf-schema#subClassOf>", "<urn:D>", 9),
        stated(claim, rdf_type, "<urn:C>", 7),
        stated(claim, "<urn:when>", '"2026-01-06"^^<http://www.w3.org/2001/XMLSchema#date>', 3),
    ]}  # fmt: skip
    proof["premises"][0]["shown"][1], proof["premises"][1]["shown"][1] = "rdfs:subClassOf", "rdf:type"
    told = reason(proof, short, words("it"), "it")
    assert (told.rule, told.called, told.says) == ("some-rule", "", "So it is.")
    # The facts of the claim come first, then what the vocabulary says.
    of_claim, axiom = told.because
    assert of_claim.subject and of_claim.subject.text == "one"
    assert [place.lines for place in of_claim.places] == [(3, 7)] and of_claim.evidence == (ID + "evidence/e",)
    assert [fact.sentence[-1][0].text for fact in of_claim.because] == ["urn:C", "6 gennaio 2026"]
    said = "".join(one if isinstance(one, str) else one[0].text for one in axiom.sentence)
    assert said == "ciò che è del tipo «urn:C» è anche del tipo «urn:D»"


def test_the_page_speaks_both_languages_and_shows_no_markup_of_others(server: Server) -> None:
    english, italian = (server.ask("GET", asked(*PROVED, lang=one), BROWSER) for one in ("en", "it"))
    assert english.media_type == italian.media_type == "text/html"
    assert "<h1>Why it holds</h1>" in english.text and "<h1>Perché vale</h1>" in italian.text
    for page, line in ((english, "line"), (italian, "riga")):
        assert re.search(rf'<a href="/graph/data/claims/one\?lang=..">data/claims/one.ttl</a>, {line} \d+<', page.text)
    form = server.ask("GET", "/explain?lang=it", BROWSER)
    assert form.status == 200 and 'name="subject"' in form.text
    bad = server.ask("GET", asked("<script>alert(1)</script>", "a", "ckg:Claim"), BROWSER)
    assert (bad.status, bad.media_type) == (400, "text/html") and "<script>" not in bad.text


@pytest.mark.parametrize("path", ["/id/claim/one-1", "/id/topic/guarantees", "/id/actor/freedonia"])
def test_inferred_facts_on_a_page_lead_to_their_proofs_and_no_others_do(server: Server, folder: Path, path: str) -> None:
    page = server.ask("GET", path, BROWSER).text
    links = [html.unescape(link) for link in re.findall(r'href="(/explain\?[^"]*)"', page)]
    this = ox.NamedNode(BASE + path[1:])
    store = ox.Store()
    store.bulk_load(path=str(current(folder / "state") / "dump.nq"), format=ox.RdfFormat.N_QUADS)
    closure = ox.NamedNode(BASE + "graph/closure")
    outgoing = [quad for quad in store.quads_for_pattern(this, None, None, closure) if isinstance(quad.object, ox.NamedNode)]
    proofs = [server.ask("GET", link, {"Accept": "application/json"}) for link in links]
    assert proofs and all(proof.status == 200 for proof in proofs)
    # What is stated is led to as well, to its file and line.
    inferred = [proof.json() for proof in proofs if "rule" in proof.json()]
    found = {(one["predicate"], one["object"]) for one in inferred if one["subject"] == str(this)}
    possible = {(str(quad.predicate), str(quad.object)) for quad in outgoing}
    # Of the classes a page names those that say most; the others are in its Turtle.
    assert possible >= found >= {(predicate, term) for predicate, term in possible if not predicate.endswith("#type>")}


def test_the_proof_is_the_snapshots_when_files_rules_and_snapshot_have_gone(tmp_path: Path) -> None:
    root = write_repository(tmp_path / "repository")
    shutil.copytree(Path(__file__).parents[1] / "rules", root / "rules")
    build(root, tmp_path / "state")
    # They stay with what they have loaded, however long the builds take.
    stays = ("--take-up", "false", "--workers", "1")
    with (
        serving(tmp_path / "state", *stays, repository=root) as one,
        serving(tmp_path / "state", *stays, repository=root) as other,
    ):
        before = one.ask("GET", asked(*PROVED)).text
        served = current(tmp_path / "state")
        for number in range(3):
            file = root / "data" / "claims" / "one.ttl"
            file.write_text(PREFIXES + "\n" * number + f"claim:other-{number} a ckg:Position .\n", "utf-8")
            (root / "rules" / "owl2rl" / "prp-dom.rq").unlink(missing_ok=True)
            build(root, tmp_path / "state", keep=0)
        assert not served.exists()
        # One has read its snapshot before, the other is asked for the first time.
        assert one.ask("GET", asked(*PROVED)).text == other.ask("GET", asked(*PROVED)).text == before
        assert one.ask("GET", asked("claim:other-2", "a", "ckg:Claim")).status == 404


def test_a_file_that_changes_while_the_snapshot_is_built_is_noticed(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(folder / "repository", root)
    before, _ = build(root, tmp_path / "state")

    def tell(message: str) -> None:
        if message.startswith("Drawing"):
            file = root / "data" / "topics.ttl"
            file.write_text(file.read_text("utf-8") + "\n", "utf-8")

    with pytest.raises(BuildError, match="data/topics.ttl changed"):
        build(root, tmp_path / "state", force=True, tell=tell)
    assert current(tmp_path / "state") == Path(before.path)


def test_lists_and_lines_are_those_of_the_command(server: Server, folder: Path, run_kg: Run) -> None:
    words = ("claim:one-1", "ckg:under", "topic:guarantees")
    told = run_kg("explain", *words, cwd=folder / "repository").stdout
    assert server.ask("GET", asked(*words)).text == told and "ontology/more.ttl:" in told


def test_a_snapshot_without_texts_answers_queries_and_says_what_is_missing(tmp_path: Path) -> None:
    with serving(write_snapshot(tmp_path / "state")) as one:
        problem = assert_is_problem(one.ask("GET", asked("claim:one", "a", "ckg:Claim")), 503, "snapshot")
        assert "texts" in problem["detail"] and "kg build" in problem["remedy"]
        assert one.query("ASK { ?s ?p ?o }").status == 200


@pytest.mark.parametrize(("length", "deadline", "codes"), [(2_000, "0.3", {"deadline"}), (4_000, "8", {"query", "memory", "deadline"})])
def test_what_takes_too_long_or_too_much_is_ended_and_the_server_lives(
    folder: Path, tmp_path: Path, length: int, deadline: str, codes: set[str]
) -> None:
    state = tmp_path / "state"
    shutil.copytree(folder / "state", state)
    texts, follows = current(state) / "texts.json", "<urn:x#follows>"
    chain = "".join(f"<urn:x#{number}> {follows} <urn:x#{number + 1}> .\n" for number in range(length))
    written = json.loads(texts.read_text("utf-8"))
    written["data/topics.ttl"] += f"{follows} a owl:TransitiveProperty .\n{chain}"
    texts.write_text(json.dumps(written), "utf-8")
    with serving(state, "--workers", "1", "--deadline", deadline) as one:
        for _ in range(2):
            ended = one.ask("GET", asked("urn:x#0", follows, f"urn:x#{length}"))
            assert ended.media_type == "application/problem+json"
            assert ended.json()["code"] in codes and ended.status >= 400
        assert json.loads(one.query("ASK { ?s ?p ?o }").body)["boolean"] is True


def test_of_a_large_snapshot_only_what_a_proof_may_rest_on_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.open(folder / "state")
    texts = Texts(current(folder / "state"))
    whole = explainer.SnapshotExplainer(engine, texts)
    monkeypatch.setattr(explainer, "_LARGE", 0)
    part = explainer.SnapshotExplainer(engine, texts)
    closure = engine.store.quads_for_pattern(None, None, None, ox.NamedNode(CLOSURE_GRAPH))
    drawn = [quad.triple for quad in closure if all(isinstance(one, ox.NamedNode) for one in quad.triple)]
    for triple in [triple for triple in drawn if triple.subject.value.startswith(ID)][:12]:
        terms = tuple(str(one) for one in triple)
        assert part.answer(terms, "text", "en", 100_000) == whole.answer(terms, "text", "en", 100_000)
    with pytest.raises(NotFound):
        part.answer(("claim:one-1", "a", "ckg:Forum"), "text", "en", 100_000)
    # What would be found in files that are not read is not said to be untrue.
    monkeypatch.setattr(explainer, "_FILES", (0,))
    with pytest.raises(QueryError, match="too many files"):
        explainer.SnapshotExplainer(engine, texts).answer(PROVED, "text", "en", 100_000)
