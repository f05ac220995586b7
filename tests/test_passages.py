"""Passages of texts: places, digests, coverage and copied words, on small texts whose answers are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import PREFIXES
from hypothesis import given
from hypothesis import strategies as st
from kg.model import Corpus
from kg.passages import (
    DOCUMENT,
    EVIDENCE,
    Span,
    Text,
    check_document,
    check_passage,
    match_texts,
    nodes,
    paragraphs,
    sha256,
)
from kg.passages.claims import claims
from kg.passages.coverage import cover, ends_of, sentences
from kg.passages.overlap import TextIndex, units
from kg.sources import load, parse_source

CONTENT = "Tìtolo 𝕏\n\n  \nUna frase. “Un'altra?” Così disse. E poi\nUltima riga."
TEXT = Text("one.txt", CONTENT, sha256(CONTENT))


@given(st.text("a \n.é𝕏"))
def test_paragraphs_are_the_lines_with_something_on_them(content: str) -> None:
    found = paragraphs(content)
    assert [content[span.start : span.end] for span in found] == [line for line in content.split("\n") if line.strip()]
    assert [span.paragraph for span in found] == list(range(1, len(found) + 1))


def pieces(content: str) -> list[str]:
    return [content[span.start : span.end] for span in sentences(content)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Una frase. Un'altra.", ["Una frase.", "Un'altra."]),
        ("Disse: “Andiamo.” Poi tacque.", ["Disse: “Andiamo.”", "Poi tacque."]),
        ("Nel vertice di J. Rossi e dell'art. 5 si parla. Fine", ["Nel vertice di J. Rossi e dell'art. 5 si parla.", "Fine"]),
        ("Costa 3.5 milioni. 35 paesi. E... continua. Perché? Mah!", ["Costa 3.5 milioni.", "35 paesi.", "E... continua.", "Perché?", "Mah!"]),
        ("Titolo\nAltro titolo", ["Titolo", "Altro titolo"]),
        ("— . …\n***", []),
        ("Fine. È così. «Sì.»", ["Fine.", "È così.", "«Sì.»"]),
    ],
)
def test_sentences(content: str, expected: list[str]) -> None:
    assert pieces(content) == expected


@given(st.text("aB .!?”“(\n1é"))
def test_no_letter_is_outside_the_sentences_and_none_in_two(content: str) -> None:
    found = sentences(content)
    held = [position for span in found for position in range(span.start, span.end)]
    assert len(held) == len(set(held))
    assert {position for position, one in enumerate(content) if one.isalnum()} <= set(held)


def corpus(text: str, path: str = "data/x.ttl") -> Corpus:
    prefixes = PREFIXES + "PREFIX oa: <http://www.w3.org/ns/oa#>\nPREFIX doc: <https://w3id.org/coalition-kg/id/document/>\n"
    return Corpus((parse_source((prefixes + text).encode(), path),))


def document(**changes: object) -> Corpus:
    values = {"sha256": f'"{TEXT.sha256}"', "characters": len(CONTENT), "paragraphs": 3, **changes}
    stated = "".join(f" ; ckg:{name} {value}" for name, value in values.items() if value is not None)
    return corpus(f"doc:one a ckg:Document{stated} .")


def passage(**changes: object) -> Corpus:
    start = CONTENT.index("Una")
    end = start + len("Una frase.")
    values = {
        "ckg:source": "doc:one",
        "ckg:paragraph": 2,
        "oa:start": start,
        "oa:end": end,
        "ckg:sha256": f'"{sha256("Una frase.")}"',
        **{name.replace("_", ":"): value for name, value in changes.items()},
    }
    stated = "".join(f" ; {name} {value}" for name, value in values.items() if value is not None)
    return corpus(f"claim:e a ckg:PassageEvidence{stated} .")


def faults_of_document(state: Corpus) -> list[str]:
    found = nodes(state, DOCUMENT)
    matched = match_texts(found, [TEXT])
    return [str(fault) for one in found for fault in check_document(one, matched.get(one.iri))]


def faults_of_passage(state: Corpus) -> list[str]:
    matched = match_texts(nodes(document(), DOCUMENT), [TEXT])
    return [str(fault) for one in nodes(state, EVIDENCE) for fault in check_passage(one, matched)]


def test_what_is_right_has_no_faults() -> None:
    assert faults_of_document(document()) == [] == faults_of_passage(passage())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"characters": 1}, f"ckg:characters: the graph has 1, found {len(CONTENT)}"),
        ({"paragraphs": None}, "ckg:paragraphs: the graph has nothing, found 3"),
        ({"sha256": '"00"'}, "no text with this SHA-256"),
    ],
)
def test_faults_of_documents(changes: dict[str, object], said: str) -> None:
    faults = faults_of_document(document(**changes))
    assert len(faults) == 1 and said in faults[0] and faults[0].startswith("data/x.ttl: ")


def test_a_document_without_a_digest_has_no_text_to_compare() -> None:
    assert faults_of_document(document(sha256=None)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ckg_source": "doc:two"}, "its source"),
        ({"ckg_source": "doc:one , doc:two"}, "its source"),
        ({"ckg_paragraph": 3}, "its place"),
        ({"ckg_paragraph": 4}, "its paragraph: the graph has 4, found 3 paragraphs"),
        ({"ckg_paragraph": 0}, "its paragraph"),
        ({"ckg_paragraph": None}, "ckg:paragraph: the graph has nothing"),
        ({"oa_start": "14 , 15"}, "oa:start: the graph has 14, 15"),
        ({"oa_end": '"99999999999999999999"'}, "oa:end"),
        ({"oa_end": '"26"'}, "Write one number, without quotation marks."),
        ({"oa_end": 13}, "its place"),
        ({"oa_end": 60}, "its place"),
        ({"oa_start": 14}, f"its SHA-256: the graph has {sha256('Una frase.')}, found {sha256('na frase.')}"),
        ({"ckg_sha256": None}, "its SHA-256: the graph has nothing"),
    ],
)
def test_faults_of_passages(changes: dict[str, object], said: str) -> None:
    faults = faults_of_passage(passage(**changes))
    assert len(faults) == 1 and said in faults[0]


def test_coverage() -> None:
    una, ultima = CONTENT.index("Una"), CONTENT.index("Ultima")
    result = cover(CONTENT, [Span(2, una, una + 5)], [Span(2, una, una + 12), Span(3, ultima, ultima + 1)])
    assert (result.sentences, result.cited, result.set_aside) == (6, 1, 2)
    assert [CONTENT[span.start : span.end] for span in result.uncovered] == ["Tìtolo 𝕏", "Così disse.", "E poi"]
    assert ends_of(CONTENT, result.uncovered[1]) == "Così … disse"
    assert result.letters == pytest.approx((len("Unafrase") + len("U")) / sum(one.isalpha() for one in CONTENT))


WORDS = "uno due tre quattro cinque sei sette otto nove dieci undici"


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("a.md", "x " + WORDS, [11]),
        ("a.md", "Uno, due; TRE\nquattro 'cinque' (sei) sette – otto – nove!", [9]),
        ("a.md", "uno due tre quattro cinque sei sette otto", []),
        ("a.md", "uno due tre quattro cinque\n \nsei sette otto nove dieci undici", []),
        ("a.py", WORDS + " " + WORDS, [11, 11]),
        ("a.ttl", f'<urn:a> <urn:b> "{WORDS}" .', [11]),
        ("a.ttl", '<urn:a> <urn:b> "uno due tre quattro cinque" , "sei sette otto nove dieci undici" .', []),
        ("a.ttl", "uno due tre quattro cinque sei sette otto nove", []),
    ],
)
def test_copied_words(file: str, content: str, words: list[int]) -> None:
    index = TextIndex([Text("t.txt", f"Primo paragrafo\n{WORDS}\ndodici tredici", "")])
    found = index.overlaps(file, content)
    assert [overlap.words for overlap in found] == words
    assert all((overlap.text, overlap.paragraph, overlap.first) == ("t.txt", 2, "uno") for overlap in found)


def test_the_line_of_copied_words_is_told() -> None:
    overlap = TextIndex([Text("t.txt", WORDS, "")]).overlaps("a.md", f"x\n\ny\n{WORDS}")[0]
    assert str(overlap).startswith("a.md:4: 11 words in a row are those of t.txt, paragraph 1 (uno … undici)")


def test_words_do_not_run_on_from_one_paragraph_of_a_text_to_the_next() -> None:
    index = TextIndex([Text("t.txt", WORDS.replace(" sei", "\nsei"), "")])
    assert index.overlaps("a.md", WORDS) == []


def test_composed_and_decomposed_letters_are_the_same() -> None:
    words = "perché città più così là giù lì qui sì"
    decomposed = words.replace("é", "e\u0301").replace("à", "a\u0300").replace("ù", "u\u0300").replace("ì", "i\u0300")
    assert len(TextIndex([Text("t.txt", words, "")]).overlaps("a.md", decomposed)) == 1


@given(st.text("a\n "))
def test_units_are_parts_of_the_file(content: str) -> None:
    assert all(content[offset:].startswith(unit) for offset, unit in units("a.md", content))


def test_claims_with_kinds_and_sources(repository: Path) -> None:
    (repository / "data" / "evidence.ttl").write_text(
        PREFIXES + "claim:one-1 ckg:evidence claim:e . claim:e a ckg:PassageEvidence ; ckg:source topic:doc .", "utf-8"
    )
    found = {claim.iri.rsplit("/", 1)[1]: claim for claim in claims(load(repository))}
    assert {name: claim.kind.rsplit("#", 1)[1] for name, claim in found.items()} == {
        "one-1": "Position",
        "one-2": "Position",
        "two-1": "Commitment",
    }
    assert [source.rsplit("/", 1)[1] for source in found["one-1"].sources] == ["doc"]
    assert found["two-1"].sources == ()
