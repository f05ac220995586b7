"""The ledger of links: what is written is read as the same, every fault has its cell, no refused candidate is a link."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kg.errors import SourceError
from kg.linking import compiled, sssom
from kg.linking.ledger import BY_HAND, EXACT, PREDICATES, SEMAPV, Ledger, Mapping, order
from kg.rdf import ID, LEDGER, PREFIXES

WD, ITALY = PREFIXES["wd"], ID + "actor/italy"
HEADER = {
    "mapping_set_id": "https://w3id.org/coalition-kg/graph/data/links/wikidata",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}
CURIES = {"actor": PREFIXES["actor"], "forum": PREFIXES["forum"], "wd": WD}
REAL = (ROOT / LEDGER).read_text("utf-8")

#: A line of text as somebody might write it, with all that YAML and tables have a use for.
LINES = st.text("aé\"'#:,|- {}[]&*!%@`\\?Ж🙂1", max_size=12).map(str.strip)
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(["italy", "e5", "the-times", "a-b-c", "9"])
ITEMS = st.integers(1, 10**9).map(lambda number: f"{WD}Q{number}")


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    none = draw(st.booleans()) and draw(st.booleans())
    return Mapping(
        subject=ID + draw(st.sampled_from(["actor/", "forum/", "place/"])) + draw(NAMES),
        predicate=draw(st.sampled_from(PREDICATES)),
        object="" if none else draw(ITEMS),
        negated=False if none else draw(st.booleans()),
        justification=draw(st.sampled_from([BY_HAND, SEMAPV + "LexicalMatching"])),
        confidence=draw(st.none() | st.floats(0, 1)),
        author=draw(st.just("https://orcid.org/0000-0002-1825-0097") | LINES.filter(lambda text: "://" not in text)),
        date=draw(st.none() | st.dates()),
        comment=draw(LINES), subject_label=draw(LINES), object_label=draw(LINES),
    )  # fmt: skip


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    one_each = {mapping.pair: mapping for mapping in draw(st.lists(mappings(), max_size=4))}
    extra = {"mapping_set_title": draw(LINES), "mapping_set_version": "2026-01-31", "sssom_version": "1.1"}
    ordered = tuple(sorted(one_each.values(), key=order))
    return Ledger({**HEADER, **{name: text for name, text in extra.items() if text}}, CURIES, ordered)


@SOME
@given(ledgers())
def test_what_is_written_is_read_as_the_same(ledger: Ledger) -> None:
    text = sssom.write(ledger)
    assert sssom.read(text) == ledger
    assert sssom.write(sssom.read(text)) == text


@SOME
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_in_which_judgements_are_held_does_not_matter(ledger: Ledger, random: object) -> None:
    shuffled = list(ledger.mappings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sssom.write(Ledger(ledger.header, ledger.curies, tuple(shuffled))) == sssom.write(ledger)


@SOME
@given(ledgers())
def test_a_refused_candidate_and_one_that_is_not_there_are_never_links(ledger: Ledger) -> None:
    stated = compiled.triples(ledger)
    plain = {(one.subject.value, one.predicate.value, one.object.value) for one in stated if one.predicate.value in PREDICATES}
    assert plain == {(one.subject, one.predicate, one.object) for one in ledger.mappings if one.is_link}
    assert not any(isinstance(term, ox.BlankNode) for triple in stated for term in triple)
    assert all(triple.object != ox.NamedNode(PREFIXES["owl"] + "Axiom") for triple in stated)


@SOME
@given(ledgers())
def test_what_is_compiled_says_all_that_the_judgements_say(ledger: Ledger) -> None:
    assert sorted(compiled.mappings(compiled.triples(ledger)), key=order) == list(ledger.mappings)


@SOME
@given(ledgers())
def test_every_statement_stands_at_the_cells_it_comes_from(ledger: Ledger) -> None:
    text = sssom.write(ledger)
    document = compiled.document(text)
    assert tuple(dict.fromkeys(one.triple for one in document.triples)) == compiled.triples(ledger)
    lines = {one.pair: one.line for one in sssom.read(text).mappings}
    for mapping in ledger.mappings:
        placed = document.about(compiled.node(mapping))
        assert {document.place(one.object.start)[0] for one in placed} == {lines[mapping.pair]}
        (target,) = (one for one in placed if one.triple.predicate == compiled.TARGET)
        cell = text[target.object.start : target.object.end]
        assert cell == (f"wd:{mapping.object.removeprefix(WD)}" if mapping.object else "sssom:NoTermFound")


def test_the_ledger_of_the_repository_is_in_canonical_order() -> None:
    assert sssom.write(sssom.read(REAL)) == REAL


def test_what_the_research_refused_is_kept_and_no_link() -> None:
    ledger = sssom.read(REAL)
    refused = {one.object: one for one in ledger.of(ID + "actor/giorgia-meloni") if one.negated}
    assert "another member" in refused[WD + "Q16575890"].comment
    assert all(one.author and one.date and one.comment for one in ledger.mappings)
    pairs = {(triple.subject.value, triple.object) for triple in compiled.triples(ledger) if triple.predicate.value in PREDICATES}
    assert (ID + "actor/giorgia-meloni", ox.NamedNode(WD + "Q16575890")) not in pairs


# --- one judgement overrules another

CURATED = Mapping(ITALY, EXACT, WD + "Q38", author="a", date=datetime.date(2026, 1, 2))


def test_a_judgement_takes_the_place_of_the_earlier_one_of_the_pair() -> None:
    ledger = Ledger(HEADER, CURIES).with_(CURATED)
    refusing = Mapping(ITALY, EXACT, WD + "Q38", negated=True)
    assert ledger.with_(refusing).of(ITALY) == (refusing,)
    assert ledger.with_(refusing).with_(CURATED) == ledger


def test_that_there_is_none_takes_the_place_of_a_link_and_leaves_what_was_refused() -> None:
    refusing = Mapping(ITALY, EXACT, WD + "Q39", negated=True)
    none = Mapping(ITALY, EXACT, "")
    ledger = Ledger(HEADER, CURIES).with_(refusing).with_(CURATED).with_(none)
    assert ledger.of(ITALY) == (refusing, none)
    assert ledger.with_(CURATED).of(ITALY) == (CURATED, refusing)
    assert ledger.of(ID + "actor/france") == ()


def test_items_are_ordered_by_their_numbers() -> None:
    ledger = Ledger(HEADER, CURIES)
    for number in (10, 9, 100):
        ledger = ledger.with_(Mapping(ITALY, PREDICATES[1], f"{WD}Q{number}"))
    assert [one.object.removeprefix(WD) for one in ledger.mappings] == ["Q9", "Q10", "Q100"]


# --- what cannot be read, each with its cell

COLUMNS = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tmapping_date\tconfidence\tmapping_cardinality\tcomment"
GOOD = {
    "subject": "actor:italy", "predicate": "skos:exactMatch", "modifier": "", "object": "wd:Q38",
    "justification": "semapv:ManualMappingCuration", "date": "2026-01-02", "confidence": "0.9", "cardinality": "",
    "comment": "seen",
}  # fmt: skip
HEAD = "".join(f"#{name}: {text}\n" for name, text in HEADER.items()) + "#curie_map:\n" + "".join(
    f"#  {name}: {text}\n" for name, text in CURIES.items()
)


def table(**cells: str) -> str:
    return f"{HEAD}{COLUMNS}\n" + "\t".join({**GOOD, **cells}.values()) + "\n"


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"object": "https://www.wikidata.org/wiki/Q38"}, "object", "no item of Wikidata"),
        ({"object": "http://www.wikidata.org/entity/P31"}, "object", "no item of Wikidata"),
        ({"object": "wd:Q038"}, "object", "no item of Wikidata"),
        ({"object": "Q38"}, "object", "no IRI"),
        ({"object": ""}, "object", "no IRI"),
        ({"predicate": "owl:sameAs"}, "predicate", "does not link"),
        ({"predicate": "skos:relatedMatch"}, "predicate", "does not link"),
        ({"subject": "actr:italy"}, "subject", "no IRI"),
        ({"modifier": "not"}, "modifier", "Not or nothing"),
        ({"date": "2026-02-30"}, "date", "is no day"),
        ({"date": "20260102"}, "date", "is no day"),
        ({"confidence": "1.5"}, "confidence", "no confidence"),
        ({"confidence": "high"}, "confidence", "no confidence"),
        ({"object": "sssom:NoTermFound"}, "cardinality", "nothing matches"),
        ({"object": "sssom:NoTermFound", "cardinality": "1:0", "modifier": "Not"}, "cardinality", "nothing matches"),
        ({"cardinality": "1:0"}, "cardinality", "nothing matches"),
        ({"comment": " seen"}, "comment", "begins or ends with a space"),
        ({"comment": "a\u2028b"}, "comment", "cannot be seen"),
    ],
)
def test_a_fault_is_told_at_its_cell_with_what_to_do(cells: dict[str, str], column: str, said: str) -> None:
    text = table(**cells)
    (fault,) = sssom.findings(text)
    values = list({**GOOD, **cells}.values())
    at = sum(len(value) + 1 for value in values[: list(GOOD).index(column)]) + 1
    assert (fault.where.line, fault.where.column) == (len(text.splitlines()) if "\u2028" not in text else text.count("\n"), at)
    assert said in str(fault) and fault.remedy and fault.italian
    with pytest.raises(SourceError):
        sssom.read(text)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (lambda text: text.replace("#license: ", "#licence: "), 2, "licence"),
        (lambda text: text.replace("#mapping_set_id: ", "#mapping_set_id "), 2, "YAML"),
        (lambda text: text.replace("http://www.wikidata.org/entity/", "https://www.wikidata.org/wiki/"), 8, "no item"),
        (lambda text: text.replace("#  wd: http://www.wikidata.org/entity/", "#  skos: urn:x"), 6, "prefix skos"),
        (lambda text: text.replace("\tcomment", "\tcoment"), 7, "coment"),
        (lambda text: text.replace("\tcomment", "\tconfidence"), 7, "twice"),
        (lambda text: text.replace("object_id\t", ""), 7, "lacks the column object_id"),
        (lambda text: text.replace("wd:Q38\t", "wd:Q38"), 8, "8 cells"),
        (lambda text: text.replace("\tseen", '\t"seen'), 8, "quotation mark"),
        (lambda text: text + text.splitlines()[-1] + "\n", 9, "judged in line 8"),
    ],
)
def test_faults_of_the_head_the_columns_and_whole_lines(change: Callable[[str], str], line: int, said: str) -> None:
    found = [fault for fault in sssom.findings(change(table())) if said in str(fault)]
    assert found and found[0].where.line == line, sssom.findings(change(table()))


def test_all_faults_are_told_and_reading_goes_on_behind_each() -> None:
    text = table(date="soon", confidence="2") + "\t".join({**GOOD, "object": "wd:38"}.values()) + "\n"
    assert [str(fault.where).rpartition("tsv:")[2].partition(":")[0] for fault in sssom.findings(text)] == ["8", "8", "9"]


@SOME
@given(st.text(max_size=80), st.integers(0, 10**6))
def test_no_text_makes_the_reader_stumble(piece: str, at: int) -> None:
    place = at % len(table())
    text = table()[:place] + piece + table()[place:]
    try:
        assert sssom.read(text) == sssom.read(sssom.write(sssom.read(text)))
    except SourceError as error:
        assert all(one.where.line and one.remedy for one in error.errors)


@pytest.mark.parametrize(
    "mapping",
    [
        Mapping(ITALY, EXACT, WD + "Q38", comment="two\nlines"),
        Mapping(ITALY, EXACT, "https://www.wikidata.org/wiki/Q38"),
        Mapping(ITALY, PREFIXES["owl"] + "sameAs", WD + "Q38"),
        Mapping("", EXACT, WD + "Q38"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(mapping: Mapping) -> None:
    with pytest.raises(SourceError):
        sssom.write(Ledger(HEADER, CURIES, (mapping,)))
