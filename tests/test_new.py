"""``kg new``: what it writes passes the check of this very repository, and what would not pass is not written."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from click.testing import CliRunner, Result
from kg.cli import kg, run
from kg.drafting.draft import Draft, class_of
from kg.drafting.forms import Forms
from kg.drafting.values import days, free, is_local, local_name, search
from kg.errors import SettingError, SourceError
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.gate.whole import check
from kg.model import Corpus
from kg.passages import sha256
from kg.rdf import PREFIXES
from kg.sources import load, parse_source

CKG = PREFIXES["ckg"]
Call = Callable[..., Result]
COMMON = {
    "evidence": "evidence:004-p4-3",
    "modality": "modality:asserted",
    "certainty": "certainty:plain",
    "summary@en": "A test of the programme.",
    "summary@it": "Una prova del programma.",
}
HELD = {**COMMON, "holder": "actor:author-of-004", "topic": "topic:troops-in-ukraine"}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """This repository."""
    return load(ROOT)


@pytest.fixture(scope="module")
def state(corpus: Corpus) -> State:
    """What its ontology and data state."""
    return State(ox.Store(), (), {"": [t for one in corpus.of_kind("ontology", "data") for t in one.triples]})


@pytest.fixture(scope="module")
def forms(corpus: Corpus, state: State) -> Forms:
    """The forms of its classes."""
    return Forms(ShapesGraph(t for one in corpus.of_kind("shapes") for t in one.triples), state)


@pytest.fixture
def draft(forms: Forms, state: State) -> Callable[[str], Draft]:
    """A draft of a kind."""
    return lambda kind: Draft(forms, state, class_of(kind, forms))


@pytest.fixture
def new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Corpus, draft: Callable[[str], Draft], forms: Forms
) -> Call:
    """``kg new`` on this repository, which is read once for all tests, writing elsewhere; ``given`` are values for
    --set, ``typed`` what is typed."""
    monkeypatch.setattr("kg.cli.new.load", lambda root: corpus)
    monkeypatch.setattr("kg.cli.new._draft", lambda corpus, kind: (draft(kind), forms))
    for name in [name for name in os.environ if name.startswith("KG_")]:
        monkeypatch.delenv(name)

    def call(
        kind: str, given: dict[str, str], *more: str, typed: str | None = None, repository: Path = ROOT
    ) -> Result:
        values = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
        asked = "--no-ask" if typed is None else "--ask"
        output = ("--output", str(tmp_path / "new.ttl"))
        arguments = ["--repository", str(repository), "new", kind, asked, *values, *output, *more]
        return CliRunner().invoke(kg, arguments, input=typed, standalone_mode=False)

    return call


def violations(corpus: Corpus, file: Path) -> list[str]:
    """What the whole check finds in the repository with the file."""
    added = parse_source(file.read_bytes(), "data/claims/new.ttl")
    whole = replace(corpus, sources=tuple(sorted((*corpus.sources, added), key=lambda one: one.path)))
    return [one.code for one in check(whole).findings if one.severity == "violation"]


def test_a_position_with_a_date_passes(new: Call, corpus: Corpus, tmp_path: Path) -> None:
    done = new("position", {**HELD, "stance": "supports", "time": "2025-09/.."})
    assert done.exception is None and "Next: kg check" in done.output
    text = (tmp_path / "new.ttl").read_text("utf-8")
    assert "claim:004-a-test-of-the-programme\n    a ckg:Position ;" in text
    assert "date:004-2025-09-on\n    a ckg:DateSpan ;\n" in text and 'ckg:earliest "2025-09-01"^^xsd:date' in text
    assert violations(corpus, tmp_path / "new.ttl") == []
    assert run(["fmt", "--check", str(tmp_path / "new.ttl")]) == 0


def test_a_claim_with_nodes_of_its_own_passes(new: Call) -> None:
    nodes = {
        "condition:004-test-if a": "Condition",
        "condition:004-test-if conditionType": "conditiontype:other",
        "condition:004-test-if label@en": "If tested",
        "condition:004-test-if label@it": "Se provato",
        "condition:004-test-then a": "ckg:Circumstance",
        "condition:004-test-then rdfs:label@en": "It passes",
        "condition:004-test-then rdfs:label@it": "Passa",
    }
    ends = {"antecedent": "condition:004-test-if", "consequent": "condition:004-test-then"}
    done = new("previsione", {**HELD, **ends, **nodes}, "--name", "004-test")
    assert done.exception is None, done.output


def test_asking_leads_to_a_claim_that_passes(new: Call, tmp_path: Path) -> None:
    """A commitment: choices by number, by search and by name; mistakes are told and asked again; then more values."""
    typed = [
        "plain",
        "1",  # certainty: searched, then by number
        "types of",
        "contribution:monitoring",
        "evidence:004-p4-3",
        "author 004",
        "actor:author-of-004",
        "modality:none",
        "modality:asserted",
        "strength:offered",
        "topic:troops-in-ukraine",
        "We test it.",
        "Lo proviamo.",
        "?",
        "tiem",
        "time",
        "2025-13",
        "2025-09-05",
        "condition",
        "new 004-tested-by-asking",
        "ckg:Condition",
        "If asked",
        "Se chiesto",
        "conditiontype:other",
        "",
        "",
    ]
    done = new("commitment", {}, typed="\n".join(typed) + "\n")
    assert done.exception is None, done.output
    assert "is no EDTF date" in done.output and "Did you mean ckg:time" in done.output
    text = (tmp_path / "new.ttl").read_text("utf-8")
    assert "claim:004-we-test-it\n" in text and "condition:004-tested-by-asking\n    a ckg:Condition ;" in text


def test_a_passage_becomes_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a copy in which a document has a text that everybody has."""
    root, texts = tmp_path / "copy", tmp_path / "texts"
    for folder in ("ontology", "data", "shapes", "rules"):
        shutil.copytree(ROOT / folder, root / folder)
    texts.mkdir()
    content = "Titolo\nUna frase sola di prova.\n"
    (texts / "x.txt").write_text(content, "utf-8")
    (root / "data" / "sources" / "x.ttl").write_text(
        "".join(
            f"PREFIX {name}: <{PREFIXES[name]}>\n"
            for name in ("ckg", "doc", "step", "genre", "rdfs", "actor", "dcterms")
        )
        + f'doc:901 a ckg:Document ; rdfs:label "Test"@en , "Prova"@it ; ckg:characters {len(content)} ;'
        f' ckg:paragraphs 2 ; ckg:genre genre:news-report ; ckg:sha256 "{sha256(content)}" ;'
        ' dcterms:creator actor:author-of-004 ; dcterms:identifier "901" ; dcterms:language "it" .'
        " step:901 a ckg:AttributionStep ; ckg:attributedTo doc:901 ; ckg:stepNumber 1 .",
        "utf-8",
    )
    monkeypatch.chdir(root)
    given = [f"{name}={value}" for name, value in HELD.items() if name != "evidence"] + ["stance=supports"]
    values = [word for one in given for word in ("--set", one)]
    passage = ("--source", "901", "--texts", str(texts), "--passage", "frase sola")
    arguments = ["--repository", str(root), "new", "position", "--no-ask", *values, *passage, "--name", "901-test"]
    done = CliRunner().invoke(kg, arguments, standalone_mode=False)
    written = (root / "data" / "claims" / "901-test.ttl").read_text("utf-8")
    assert done.exception is None and "evidence:901-p2-1\n    a ckg:PassageEvidence ;" in written
    again = CliRunner().invoke(kg, arguments, standalone_mode=False)
    assert "There is such a file already" in str(again.exception)
    again = CliRunner().invoke(kg, [*arguments, "--output", str(tmp_path / "x.ttl")], standalone_mode=False)
    assert isinstance(again.exception, SettingError) and "exists already" in str(again.exception)
    asked = [word for word in arguments if word not in ("--no-ask", "--passage", "frase sola")]
    asked = [*asked, "--ask", "--output", str(tmp_path / "y.ttl")]
    asked[asked.index("901-test")] = "901-other"
    done = CliRunner().invoke(kg, asked, input="frase doppia\nsola di prova\n\n", standalone_mode=False)
    assert done.exception is None and "does not stand in the text" in done.output
    assert "evidence:901-p2-2\n" in (tmp_path / "y.ttl").read_text("utf-8")


def test_what_would_not_pass_is_not_written_and_can_be_taken_up_again(new: Call, tmp_path: Path) -> None:
    done = new("position", {**HELD, "stance": "supports", "modality": "modality:curated"}, "--lang", "it")
    assert done.return_value == 1 and not (tmp_path / "new.ttl").exists()
    assert "Solo i giudizi sono dei curatori" in done.output and "(ClaimShape-curated)" in done.output
    command = next(line for line in done.output.split("\n") if "To go on from here" in line).partition(": ")[2]
    words = shlex.split(command)
    assert words[:3] == ["kg", "new", "position"] and "modality=modality:curated" in words


def test_all_that_lacks_is_told_at_once(new: Call) -> None:
    done = new("count", {"modality": "modality:asserted"})
    assert isinstance(done.exception, SettingError)
    lacking = str(done.exception).partition(" lacks ")[2].partition(". ")[0].split(", ")
    assert lacking == ["ckg:certainty", "ckg:countedSet", "ckg:evidence", "ckg:unit", "ckg:summary", "ckg:value"]
    assert "A count says what is counted" in str(done.exception)


def test_a_file_is_never_overwritten(new: Call, tmp_path: Path) -> None:
    (tmp_path / "new.ttl").write_text("mine", "utf-8")
    done = new("position", {**HELD, "stance": "supports"})
    assert "There is such a file already" in str(done.exception) and (tmp_path / "new.ttl").read_text("utf-8") == "mine"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository without files but the rules; its corpus is read from this one."""
    for folder in ("ontology", "data/incoming", "shapes", "notes"):
        (tmp_path / "copy" / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "rules", tmp_path / "copy" / "rules")
    return tmp_path / "copy"


@pytest.mark.parametrize("place", ["notes/mine.ttl", "data/incoming/mine.ttl", "mine.ttl"])
def test_a_claim_passes_wherever_it_is_written(new: Call, root: Path, place: str) -> None:
    file = root / place
    done = new("position", {**HELD, "stance": "supports"}, "--output", str(file), repository=root)
    assert done.exception is None and file.exists(), done.output
    assert f"Next: kg check {file}" in done.output or "data/" in place and f"git add {file}" in done.output


@pytest.mark.parametrize("place", ["shapes/mine.ttl", "data/links/mine.ttl", "data/incoming/mine.txt"])
def test_a_claim_is_not_written_where_none_belongs(new: Call, root: Path, place: str) -> None:
    done = new("position", {**HELD, "stance": "supports"}, "--output", str(root / place), repository=root)
    assert isinstance(done.exception, SourceError) and not (root / place).exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"holder": "actor:itlay"}, "Did you mean actor:italy"),
        ({"holder": "topic:troops-in-ukraine"}, "nothing that fits it has that name"),
        ({"hodler": "actor:italy"}, "Did you mean ckg:holder"),
        ({"stance": "stance:none"}, "Did you mean"),
        ({"summary": "No language"}, "needs a language"),
        ({"summary@fr": "Une phrase"}, "needs a language"),
        ({"wordedAsConditional": "maybe"}, "It is true or false"),
        ({"time": "2025-02-30"}, "no EDTF date"),
        ({"holder": ""}, "sets nothing"),
        ({"no such node holder": "actor:italy"}, "sets nothing"),
        ({"condition:x label@en": "X"}, "no node of the draft"),
        ({"condition:004-agreements-reached a": "Condition"}, "exists already"),
        ({"condition:Bad_Name a": "Condition"}, "no name for a node"),
        ({"condition:x a": "Conditoin"}, "no class"),
        ({"concerns": "actor:nobody-at-all"}, "nothing that fits"),
    ],
)
def test_what_cannot_be_set_is_a_sentence(new: Call, given: dict[str, str], said: str) -> None:
    done = new("position", given)
    assert isinstance(done.exception, SettingError) and said in str(done.exception), done.exception


def test_a_value_too_many(draft: Callable[[str], Draft]) -> None:
    one = draft("position")
    stance = one.field("stance")
    one.set(stance, "stance:supports")
    with pytest.raises(SettingError, match="has its value already"):
        one.set(stance, "stance:opposes")


def test_every_kind_of_claim_has_a_form_whose_fields_can_be_filled(forms: Forms, state: State) -> None:
    """Each required property has something to choose from, or takes a literal."""
    kinds = [iri for iri in sorted(forms.hierarchy.below(CKG + "Claim")) if iri.startswith(CKG)]
    assert len(kinds) > 20
    for iri in kinds:
        assert class_of(iri.rpartition("#")[2], forms) == iri
        one = Draft(forms, state, iri)
        required = {field.name for field in one.form().required}
        assert {"ckg:certainty", "ckg:evidence", "ckg:modality", "ckg:summary"} <= required
        for field in one.missing():
            assert field.is_literal or one.choices(field), f"{iri}: {field.name}"


def test_a_form_says_what_the_shapes_say(forms: Forms) -> None:
    threat, report = forms.of(CKG + "Threat"), forms.of(CKG + "Count")
    assert threat.fields[CKG + "stance"].values == (ox.NamedNode(PREFIXES["stance"] + "opposes"),)
    assert threat.fields[CKG + "topic"].most == 1 and threat.fields[CKG + "summary"].languages == ("en", "it")
    assert CKG + "holder" not in report.fields
    assert report.one_of == ((CKG + "value", CKG + "minimum", CKG + "maximum"),)
    assert report.fields[CKG + "value"].datatype == PREFIXES["xsd"] + "integer"
    assert "exactly one stance" in (threat.fields[CKG + "stance"].messages or {})["en"]


def test_choices_are_searched_without_case_and_accents(draft: Callable[[str], Draft]) -> None:
    one = draft("position")
    options = one.choices(one.field("holder"))
    assert [found.iri for found in search(options, "ITALIA actor:it")] == [PREFIXES["actor"] + "italy"]
    assert PREFIXES["actor"] + "italy" in [found.iri for found in search(options, "actor:itlay")]
    evidence = search(one.choices(one.field("evidence")), "escluso mandare soldati")
    assert PREFIXES["evidence"] + "004-p4-3" in [found.iri for found in evidence]


@pytest.mark.parametrize(("kind", "said"), [("positon", "Did you mean position"), ("zzz", "There are ")])
def test_a_kind_that_is_none_is_a_sentence(forms: Forms, kind: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        class_of(kind, forms)


def test_names() -> None:
    assert local_name("Perché l'Italia, poi?") == "perche-litalia-poi" and local_name("…") == ""
    assert is_local("004-a-b") and not any(map(is_local, ("A", "a_b", "a--b", "-a", "", "à")))
    assert free("x", ["x", "x-2"]) == "x-3" and free("y", ["x"]) == "y"
    assert days("2025-09") == ("2025-09-01", "2025-09-30") and days("2025/..") == ("2025-01-01", None)
