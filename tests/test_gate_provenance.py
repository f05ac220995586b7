"""Whether texts that are at hand bear the evidence out, and whether claims are older than their documents."""

from __future__ import annotations

import pytest
from changes import change, codes, is_bilingual, real, whole
from gate_material import ONTOLOGY

from kg.gate.changed import Changed
from kg.gate.provenance import check
from kg.model import Finding
from kg.passages import Text, sha256

CONTENT = "Title.\n\nItaly sends no troops. It sends arms.\n"
TEXT = Text("t.txt", CONTENT, sha256(CONTENT))
AT = CONTENT.index("Italy"), CONTENT.index(" It sends")
DOCUMENT = (
    f'doc:d a ckg:Document ; ckg:sha256 "{TEXT.sha256}" ; ckg:characters {len(CONTENT)} ; ckg:paragraphs 2 . '
    'doc:e a ckg:Document ; dcterms:issued "2025-03-10" . '
    'doc:f a ckg:Document ; dcterms:date date:spring . date:spring ckg:latest "2025-05-31"^^xsd:date . '
    'doc:g a ckg:Document ; dcterms:date "in spring" .'
)
BEFORE = {"ontology/o.ttl": ONTOLOGY, "data/sources/d.ttl": DOCUMENT}


def passage(
    paragraph: object = 2, start: object = AT[0], end: object = AT[1], digest: str = "", document: str = "d"
) -> str:
    """Evidence; by default as the text has it."""
    digest = digest or sha256(CONTENT[AT[0]: AT[1]])
    return (
        f"evidence:e a ckg:PassageEvidence ; ckg:source doc:{document} ; ckg:paragraph {paragraph} ; "
        f"oa:start {start} ; "
        f'oa:end {end} ; ckg:sha256 "{digest}" .'
    )


def found(turtle: str, with_text: bool = True) -> list[Finding]:
    """The findings on a new file."""
    sources = {TEXT.sha256: TEXT} if with_text else {}
    return list(check(change(BEFORE, {**BEFORE, "data/claims/n.ttl": turtle}, sources)))


@pytest.mark.parametrize(
    "turtle",
    [
        passage(start=AT[0] + 1), passage(end=AT[1] - 1), passage(paragraph=1), passage(paragraph=3), passage(end=900),
        passage(digest="0" * 64), passage(start='"19"'), passage(paragraph='"2"'),
    ],
)  # fmt: skip
def test_a_passage_that_the_text_does_not_have(turtle: str) -> None:
    (finding,) = found(turtle)
    assert (finding.code, finding.severity) == ("Provenance-text", "violation")
    assert finding.focus.endswith("evidence/e") and is_bilingual(finding)
    assert finding.where is not None and finding.where.origin == "data/claims/n.ttl"
    assert found(turtle, with_text=False) == []


@pytest.mark.parametrize("turtle", [passage(), passage(document="e", digest="0" * 64), "claim:a a ckg:Position ."])
def test_what_the_text_has_or_is_not_at_hand(turtle: str) -> None:
    assert found(turtle) == []


def test_a_passage_without_a_claim_is_compared_as_well() -> None:
    turtle = passage(end=AT[1] - 1).replace("PassageEvidence", "UncitedPassage")
    assert codes(found(turtle)) == ["Provenance-text"]


def test_the_figures_of_a_document() -> None:
    after = {**BEFORE, "data/sources/d.ttl": DOCUMENT.replace("ckg:paragraphs 2", "ckg:paragraphs 3")}
    (finding,) = check(change(BEFORE, after, {TEXT.sha256: TEXT}))
    assert (finding.code, finding.value) == ("Provenance-text", "3")


def test_a_document_that_becomes_another_text_takes_its_passages_with_it() -> None:
    before = {**BEFORE, "data/claims/n.ttl": passage()}
    other = Text("u.txt", CONTENT.upper(), sha256(CONTENT.upper()))
    after = {**before, "data/sources/d.ttl": DOCUMENT.replace(TEXT.sha256, other.sha256)}
    findings = list(check(change(before, after, {TEXT.sha256: TEXT, other.sha256: other})))
    assert [finding.focus.rpartition("/")[2] for finding in findings] == ["e"]


CLAIM = (
    "claim:a a ckg:Position ; ckg:evidence evidence:e ; ckg:time date:d . evidence:e ckg:source doc:{1} . "
    'date:d a ckg:DateSpan ; ckg:earliest "{0}"^^xsd:date .'
)


@pytest.mark.parametrize(
    ("first", "document", "expected"),
    [
        ("2025-03-11", "e", ["Provenance-later"]),
        ("2025-03-10", "e", []),
        ("2024-01-01", "e", []),
        ("2025-06-01", "f", ["Provenance-later"]),
        ("2025-05-31", "f", []),
        ("2030-01-01", "d", []),
        ("2030-01-01", "g", []),
    ],
)
def test_a_claim_dated_after_its_document(first: str, document: str, expected: list[str]) -> None:
    findings = found(CLAIM.format(first, document))
    assert codes(findings) == expected
    for finding in findings:
        assert finding.severity == "warning" and first in finding.messages["en"] and is_bilingual(finding)


@pytest.mark.parametrize("part", ["claim", "evidence", "date", "document"])
def test_each_part_that_a_change_touches_is_followed_to_the_claim(part: str) -> None:
    early = CLAIM.format("2025-03-01", "e")
    before = {**BEFORE, "data/claims/n.ttl": early}
    if part == "document":
        after = {**before, "data/sources/d.ttl": DOCUMENT.replace("2025-03-10", "2025-02-10")}
    else:
        edit = {"claim": ("ckg:time date:d", "ckg:time date:spring"), "evidence": ("doc:e", "doc:h"),
                "date": ("2025-03-01", "2025-04-01")}[part]  # fmt: skip
        spring = ' date:spring ckg:earliest "2025-05-01"^^xsd:date . doc:h dcterms:issued "2025" , "2024" .'
        before = {**before, "data/claims/s.ttl": spring.replace(', "2024"', "").replace('"2025"', '"2024"')}
        after = {**before, "data/claims/n.ttl": early.replace(*edit)}
    assert codes(check(change(before, after))) == ["Provenance-later"]


def test_this_repository_is_in_order() -> None:
    assert list(check(Changed.whole(real(), {}))) == []


def test_all_of_a_repository() -> None:
    files = {**BEFORE, "data/claims/n.ttl": passage(end=AT[1] - 1)}
    assert codes(check(whole(files, {TEXT.sha256: TEXT}))) == ["Provenance-text"]
