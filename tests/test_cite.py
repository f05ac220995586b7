"""``kg cite``: a passage is found once or refused, and nothing of the text is told that the asker did not give."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PREFIXES
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kg.cli import run
from kg.errors import PassageError
from kg.passages import EVIDENCE, check_passage, nodes, paragraphs, sha256
from kg.passages.citing import find
from kg.sources import load, read_texts

Call = Callable[..., tuple[int, str, str]]
TEXT = (
    "Il titolo della prova\n"
    "\n"
    "La «grande» assemblea si riunì a Perù. L’oratore disse: “Si parte  domani”. Poi tacque.\n"
    "Si parte domani, ripeté l'altro. Poi tacque.\n"
)
ELSEWHERE = "Un altro testo.\n"
DATA = """\
<https://w3id.org/coalition-kg/id/document/x> a ckg:Document ; rdfs:label "X"@en ;
    <http://purl.org/dc/terms/identifier> "009" ; ckg:sha256 "{digest}" .
<https://w3id.org/coalition-kg/id/document/book> a ckg:Document .
<https://w3id.org/coalition-kg/id/document/bare> a ckg:Document ; ckg:sha256 "{other}" .
step:x a ckg:AttributionStep ; ckg:attributedTo <https://w3id.org/coalition-kg/id/document/x> ; ckg:stepNumber 1 .
step:x-ada a ckg:AttributionStep ; ckg:attributedTo actor:ada ; ckg:passedOnIn step:x ; ckg:stepNumber 2 .
evidence:x-p2-4 a ckg:PassageEvidence ; ckg:attribution step:x-ada ; ckg:paragraph 2 ;
    ckg:source <https://w3id.org/coalition-kg/id/document/x> ; oa:start {start} ; oa:end {end} ; ckg:sha256 "{cited}" .
passage:x-p1 a ckg:UncitedPassage ; ckg:paragraph 1 ; ckg:source <https://w3id.org/coalition-kg/id/document/x> ;
    oa:start 0 ; oa:end 21 ; ckg:sha256 "{title}" .
"""
MORE = """\
PREFIX evidence: <https://w3id.org/coalition-kg/id/evidence/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX passage: <https://w3id.org/coalition-kg/id/passage/>
PREFIX step: <https://w3id.org/coalition-kg/id/attribution-step/>
"""
ORATOR = "L’oratore disse"


@pytest.fixture
def texts(repository: Path, tmp_path: Path) -> Path:
    """A folder of texts, one of which a document of the repository is made from."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_bytes(TEXT.encode())
    (folder / "two.txt").write_bytes(ELSEWHERE.encode())
    start = TEXT.index(ORATOR)
    data = DATA.format(
        digest=sha256(TEXT),
        other=sha256("nobody has it"),
        start=start,
        end=start + len(ORATOR),
        cited=sha256(ORATOR),
        title=sha256(TEXT[:21]),
    )
    (repository / "data" / "sources.ttl").write_text(MORE + PREFIXES + data, "utf-8")
    return folder


@pytest.fixture
def cite(repository: Path, texts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """``kg cite`` in the tiny repository: exit status, output and errors."""
    for name in [name for name in os.environ if name.startswith("KG_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(repository)
    return lambda *arguments: (run(["cite", *arguments, "--texts", str(texts)]), *capsys.readouterr())


def test_the_evidence_printed_is_that_of_the_passage(cite: Call, repository: Path, texts: Path) -> None:
    status, out, error = cite("009", "La «grande» assemblea", "--attribution", "step:x-ada", "--direct-speech")
    assert status == 0 and "Found in paragraph 2, characters 23 to 44." in error
    assert "evidence:x-p2-5\n    a ckg:PassageEvidence ;\n" in out and "ckg:directSpeech true" in out
    (repository / "data" / "new.ttl").write_text(out, "utf-8")
    corpus = load(repository)
    (written,) = (node for node in nodes(corpus, EVIDENCE) if node.iri.endswith("x-p2-5"))
    assert (
        check_passage(written, {written.one("https://w3id.org/coalition-kg/ontology#source"): read_texts(texts)[0]})
        == []
    )
    assert run(["fmt", "--check", "data/new.ttl"]) == 0


@pytest.mark.parametrize(
    "source", ["009", "x", "doc:x", "https://w3id.org/coalition-kg/id/document/x", "../texts/one.txt"]
)
def test_ways_to_name_a_source(cite: Call, source: str) -> None:
    assert cite(source, "assemblea si")[0] == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("9", "There is no source 9. There are doc:"),
        ("doc:book", "knows no text of doc:book"),
        ("bare", "is the text of bare"),
        ("../texts/two.txt", "No document of the graph has the text"),
    ],
)
def test_a_source_that_is_none_is_a_sentence(cite: Call, source: str, said: str) -> None:
    status, out, error = cite(source, "assemblea")
    assert (status, out) == (2, "") and said in error


def test_evidence_that_exists_is_named(cite: Call) -> None:
    status, out, error = cite("009", ORATOR)
    assert (status, out) == (0, "evidence:x-p2-4\n") and "already, through step:x-ada" in error
    status, out, error = cite("009", ORATOR, "--attribution", "step:x")
    assert (
        "evidence:x-p2-5\n" in out and "evidence:x-p2-4 is evidence of the same passage, attributed otherwise" in error
    )


def test_a_passage_set_aside_is_told(cite: Call) -> None:
    assert "passage:x-p1 sets this passage aside" in cite("009", "titolo della")[2]


def test_a_step_of_another_is_refused(cite: Call) -> None:
    status, _, error = cite("009", "assemblea", "--attribution", "step:x-adda")
    assert status == 2 and "Did you mean step:x-ada" in error


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ("Poi tacque", "stands 2 times in the text: paragraph 2 at 99–109, paragraph 3 at 144–154. Give a longer one."),
        ("si riunì a Lima", "nearest are 3 of its 4 words, from “si riunì a” on: paragraph 2, 45–55."),
        ("Poi tacque. Si parte", "across paragraphs"),
        ("LA «GRANDE» ASSEMBLEA", "stand in paragraph 2 at 23–44, but in another writing"),
        ("tutt'altra cosa", "nor does any part of it"),
        (" … ", "no words"),
        ("x" * 6000, "more than 5000"),
    ],
)
def test_a_passage_that_cannot_be_told_is_refused_with_its_place(cite: Call, passage: str, said: str) -> None:
    status, out, error = cite("009", passage)
    assert (status, out) == (1, "") and said in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("passage", "tolerated"),
    [
        ("L'oratore disse", ("quotes",)),
        ('"Si parte domani"', ("quotes", "spaces")),
        (" La «grande»\n  assemblea ", ("spaces",)),
        ("riunì a Peru\u0300", ("letters",)),
        ("riuni\u0300 a Per", ("letters",)),
        ("La “grande” assemblea si riuni\u0300", ("quotes", "letters")),
        ("La «grande»", ()),
    ],
)
def test_what_is_passed_over_is_said(passage: str, tolerated: tuple[str, ...]) -> None:
    found = find(TEXT, passage)
    assert set(found.tolerated) == set(tolerated)
    assert found.digest == sha256(TEXT[found.span.start : found.span.end])


def test_letter_by_letter_comes_first() -> None:
    assert find(TEXT, "Si parte domani").span.paragraph == 3
    with pytest.raises(PassageError, match="2 times"):
        find(TEXT, "Si  parte\tdomani")


def test_a_cut_word_is_told() -> None:
    assert find(TEXT, "assemble").cuts and find(TEXT, "ssemblea").cuts and not find(TEXT, "assemblea").cuts


ALPHABET = "aab àà'’\"“ \n"


@settings(max_examples=400, deadline=None)
@given(st.text(ALPHABET, max_size=40), st.data())
def test_a_piece_of_a_text_is_found_where_it_is_or_refused_as_standing_twice(text: str, data: st.DataObject) -> None:
    lines = paragraphs(text)
    assume(lines)
    line = data.draw(st.sampled_from(lines))
    start = data.draw(st.integers(line.start, line.end - 1))
    end = data.draw(st.integers(start + 1, line.end))
    words = text[start:end].strip()
    assume(any(one.isalnum() for one in words))
    places = [at for at in range(len(text)) if text.startswith(words, at)]
    try:
        found = find(text, text[start:end])
    except PassageError as error:
        assert len(places) > 1 and f"stands {len(places)} times" in str(error)
    else:
        assert places == [found.span.start] and text[found.span.start : found.span.end] == words
        held = next(one for one in lines if one.paragraph == found.span.paragraph)
        assert held.start <= found.span.start < found.span.end <= held.end and found.tolerated == ()


def bare(text: str) -> str:
    plain = re.sub(r"\s+", " ", re.sub("[“”]", '"', text.replace("’", "'"))).strip()
    return unicodedata.normalize("NFC", plain)


@settings(max_examples=400, deadline=None)
@given(st.text(ALPHABET + "\u0300", max_size=30), st.text(ALPHABET + "\u0300", min_size=1, max_size=6))
def test_what_is_found_has_the_words_that_were_asked_for(text: str, passage: str) -> None:
    try:
        found = find(text, passage)
    except PassageError as error:
        told = re.findall("“(.*?)” on", str(error))
        assert all(part in passage for part in told)
        return
    cited = text[found.span.start : found.span.end]
    assert bare(cited) == bare(passage) and "\n" not in cited and cited == cited.strip()


def test_nothing_of_the_text_is_told_but_what_was_given(cite: Call) -> None:
    given = "La grande assemblea disse poi che domani si parte davvero per Perù"
    _, out, error = cite("009", given)
    told = set(re.findall(r"\w+", error + out)) & set(re.findall(r"\w+", TEXT))
    assert told <= set(re.findall(r"\w+", given)) | {"a", "text"}
