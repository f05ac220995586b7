"""One slip gives one finding, the one that says it best; two slips give two."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from checkout import ROOT
from kg.gate.base import Base
from kg.gate.by_whole import check_by_whole
from kg.gate.contribution import Bench, check
from kg.gate.order import odd
from kg.model import Change, Contribution
from kg.rulebook import load_rules
from kg.sources import load

GOOD = (ROOT / "docs" / "tour" / "good.ttl").read_text("utf-8")
PATH = "data/incoming/good.ttl"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def bench() -> Bench:
    """This repository."""
    store, corpus = ox.Store(), load(ROOT)
    for one in corpus.sources:
        store.bulk_extend(ox.Quad(*triple, ox.NamedNode(one.graph)) for triple in one.triples)
    paths = frozenset(one.path for one in corpus.sources)
    return Bench.of(Base(store, paths, lambda path: (ROOT / path).read_bytes()), load_rules(ROOT))


def contribution(*slips: tuple[str, str]) -> Contribution:
    """The good claim of the tour with some of its statements written otherwise."""
    text = GOOD
    for right, wrong in slips:
        assert right in text
        text = text.replace(right, wrong)
    return Contribution((Change(PATH, None, text.encode()),))


HOLDER, DIRECT, END = "ckg:holder actor:ukraine", "ckg:directSpeech true", "oa:end 2661"
SLIPS = [
    # A value of the wrong class is a fault of the shape, and a contradiction.
    ([(HOLDER, "ckg:holder topic:security-guarantees")], ["StatementShape-holder"]),
    ([("ckg:attribution step:004-zelensky", "ckg:attribution evidence:004-p12-3")], ["EvidenceShape-attribution"]),
    ([("ckg:statedBy actor:volodymyr-zelensky", "ckg:statedBy event:cernobbio-forum-004")], ["ClaimShape-statedBy"]),
    # Of a misspelt property that is required, the right one lacks.
    ([(HOLDER, "ckg:hodler actor:ukraine")], ["Vocabulary-unknown"]),
    ([(END, "oa:ende 2661")], ["Vocabulary-unknown"]),
    ([("ckg:source doc:004", "ckg:sorce doc:004")], ["Vocabulary-unknown"]),
    # But one that lacks beside one that is misspelt for another is a slip of its own.
    ([(f"    {HOLDER} ;\n", ""), ("ckg:topic topic", "ckg:topik topic")], ["StatementShape-holder", "Vocabulary-unknown"]),
    # A literal that is none of its datatype is what the shape does not want, and a contradiction.
    ([(DIRECT, f'ckg:directSpeech "none"^^<{XSD}boolean>')], ["Lexical-ill-typed"]),
    ([(DIRECT, f'ckg:directSpeech "none"^^<{XSD}integer>')], ["EvidenceShape-directSpeech", "Lexical-ill-typed"]),
    ([("ckg:paragraph 12", 'ckg:paragraph "twelve"')], ["PassageEvidenceShape-paragraph"]),
    # What is of no number cannot be compared with one.
    ([(END, 'oa:end "2661"')], ["PassageEvidenceShape-end"]),
    # Nothing rests on what is not there, or not described.
    ([("    ckg:evidence evidence:004-p12-8 ;\n", "")], ["ClaimShape-evidence"]),
    ([("ckg:source doc:004", "ckg:source doc:005")], ["Reference-undefined"]),
    # Two slips in one statement each.
    (
        [(HOLDER, "ckg:hodler actor:ukraine"), ("ckg:statedBy actor:volodymyr-zelensky", "ckg:statedBy doc:004")],
        ["ClaimShape-statedBy", "Vocabulary-unknown"],
    ),
]


@pytest.mark.parametrize(("slips", "codes"), SLIPS)
def test_a_slip_is_told_once(bench: Bench, slips: list[tuple[str, str]], codes: list[str]) -> None:
    found = check(contribution(*slips), bench).findings
    assert sorted(one.code for one in found if one.severity == "violation") == codes


def test_judging_the_whole_before_and_after_tells_the_same(bench: Bench) -> None:
    """The slips that touch different statements, all in one."""
    slips = [
        (HOLDER, "ckg:holder topic:security-guarantees"), (DIRECT, f'ckg:directSpeech "none"^^<{XSD}boolean>'),
        (END, "oa:ende 2661"), ("ckg:source doc:004", "ckg:source doc:005"),
    ]
    proposed = contribution(*slips)
    assert odd(check(proposed, bench).findings, check_by_whole(proposed, bench).findings) == []


def test_a_contradiction_between_statements_that_nobody_else_finds_fault_with_is_told(bench: Bench) -> None:
    text = GOOD + "\nclaim:004-zelensky-army-central-as-guarantee a skos:Concept ."
    found = check(Contribution((Change(PATH, None, text.encode()),)), bench).findings
    assert "Contradiction-cax-dw" in {one.code for one in found}
