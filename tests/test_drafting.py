"""Forms from the shapes: what is filled in comes to the triples that it says, whatever it is; names, choices, places."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.drafting.correcting import corrected
from kg.drafting.entries import Described, Entry, act, read
from kg.drafting.filling import Filled, Filler
from kg.drafting.findings import placed
from kg.drafting.forms import Field, Forms
from kg.drafting.kinds import Kinds
from kg.drafting.layout import Layout
from kg.drafting.options import MOST, Options
from kg.drafting.showing import Showing, addresses
from kg.edits import as_diff
from kg.engine import Engine, current
from kg.errors import KgError, RequestError
from kg.gate.hierarchy import Hierarchy
from kg.gate.shapes import ShapesGraph
from kg.gate.state import State
from kg.parsing import parse_turtle
from kg.rdf import PREFIXES, shorten
from kg.reading.turtle import read as read_turtle
from kg.sources import load
from kg.texts import Texts
from kg.turtle import serialize
from kg.workers import drafter
from kg.workers.checker import SnapshotChecker

CKG, RDFS, TYPE = PREFIXES["ckg"], PREFIXES["rdfs"], PREFIXES["rdf"] + "type"


class Bench:
    """This repository with what makes forms of it."""

    def __init__(self) -> None:
        corpus = load(ROOT)
        self.triples = [t for one in corpus.of_kind("ontology", "data") for t in one.triples]
        self.state = State(ox.Store(), (), {"": self.triples})
        shapes = ShapesGraph(t for one in corpus.of_kind("shapes") for t in one.triples)
        self.forms = Forms(shapes, self.state)
        self.kinds = Kinds(shapes, self.state, self.forms)
        self.layout = Layout(shapes)
        self.options = Options(self.state, self.forms.hierarchy)
        self.filler = Filler(self.forms, self.state, self.options)
        self.showing = Showing(self.forms, self.layout, self.state, self.options, self.filler, self.kinds)

    def fill(self, class_: str, *fields: tuple[str, str]) -> Filled:
        return self.filler.fill(read(class_, fields), "en")


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


def test_every_claim_of_the_graph_could_have_been_filled_into_its_form(bench: Bench) -> None:
    said: dict[str, list[ox.Triple]] = defaultdict(list)
    for triple in bench.triples:
        said[triple.subject.value].append(triple)
    tried = 0
    for class_ in ("Position", "Commitment", "PassageEvidence", "CitationEvidence", "Participation", "Condition", "DateSpan", "Person"):
        fields = {one.iri: one for one in bench.forms.of(CKG + class_).fields.values()}
        for subject in sorted(bench.forms.hierarchy.members(CKG + class_))[:12]:
            triples = said[subject]
            if any(t.predicate.value not in {TYPE, *fields} for t in triples) or sum(t.predicate.value == TYPE for t in triples) > 1:
                continue
            stated = next(t.object.value for t in triples if t.predicate.value == TYPE)
            node = Described(shorten(stated))
            for t in triples:
                if t.predicate.value == TYPE:
                    continue
                entries = node.values.setdefault(shorten(t.predicate.value), [])
                if isinstance(t.object, ox.Literal) and t.object.language and entries:
                    entries[0].texts[t.object.language] = t.object.value
                elif isinstance(t.object, ox.Literal):
                    entries.append(Entry({t.object.language or "": t.object.value}))
                else:
                    entries.append(Entry({"": shorten(t.object.value)}))
            filled = bench.filler.fill(node, "en")
            assert filled.problems == [], (subject, filled.problems)
            assert {t[1:] for t in map(tuple, filled.triples)} == {t[1:] for t in map(tuple, triples)}, subject
            tried += 1
    assert tried > 50


def test_all_that_a_form_has_can_be_read_from_it(bench: Bench) -> None:
    for section in bench.kinds.sections("it"):
        for kind in section.kinds:
            node = Described(kind.name)
            bench.showing.begin(node)
            shown = bench.showing.node(node, bench.filler.fill(node, "it"), "it")
            for address in addresses(shown):
                if address and address.rpartition(".")[2].isdigit():
                    assert read(kind.name, [(address, "x")]).values


def test_what_is_said_once_in_each_language_has_room_for_each(bench: Bench) -> None:
    shown = json.dumps(bench.showing.node(node := Described("ckg:CitationEvidence"), bench.filler.fill(node, "en"), "en"))
    assert '"name": "ckg:locator"' in shown
    one = bench.showing.field(CKG + "CitationEvidence", "ckg:locator")
    assert one and one.languages == ("en", "it")


def test_who_chooses_another_kind_leaves_the_fields_of_the_kind_before(bench: Bench) -> None:
    at = "ckg:evidence.0/"
    typed = [(at + "a", "ckg:CitationEvidence"), (at + "ckg:paragraph.0", "3"), (at + "ckg:locator.0@it", "p. 3")]
    filled = bench.fill("ckg:Position", *typed, (at + "oa:start.0/a", "ckg:DateSpan"))
    said = {triple.predicate.value for triple in filled.triples}
    assert CKG + "locator" in said and CKG + "paragraph" not in said and filled.problems == []
    assert CKG + "DateSpan" not in {triple.object.value for triple in filled.triples}
    with pytest.raises(RequestError, match="has no ckg:paragraph"):
        bench.fill("ckg:Position", ("ckg:paragraph.0", "3"))


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=8), st.text(max_size=40))
def test_whatever_is_sent_is_read_or_refused(given_: list[tuple[str, str]], action: str) -> None:
    try:
        act(read("ckg:Position", given_), action)
    except KgError as error:
        assert error.remedy


NAMES = st.sampled_from(["ckg:holder.0", "ckg:holder.1", "ckg:time.0", "ckg:summary.0@en", "ckg:hedge.0@it", "ckg:listComplete.0",
                         "ckg:evidence.0", "ckg:topic.0", "name", "skos:editorialNote.0@de"])  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(fields=st.dictionaries(NAMES, st.text(max_size=40) | st.sampled_from(["actor:italy", "Italy", "2025-09", "true"])))
def test_whatever_is_typed_is_a_triple_or_a_problem(bench: Bench, fields: dict[str, str]) -> None:
    filled = bench.fill("ckg:Position", *fields.items())
    typed = {name for name, value in read("ckg:Position", fields.items()).values.items() if any(not one.is_blank for one in value)}
    told = {shorten(t.predicate.value) for t in filled.triples} | {one.address.partition(".")[0] for one in filled.problems}
    assert typed <= told
    assert set(parse_turtle(serialize(filled.triples).encode(), "filled")) == set(filled.triples)


def test_buttons_do_what_they_say() -> None:
    node = read("ckg:Position", [("ckg:holder.3", "a"), ("ckg:holder.7", "b")])
    assert [one.texts[""] for one in node.values["ckg:holder"]] == ["a", "b"]
    assert act(node, "add ckg:holder") == "ckg:holder.2"
    assert act(node, "open ckg:holder.2 ckg:State") == "ckg:holder.2" and node.values["ckg:holder"][2].node.class_ == "ckg:State"
    assert act(node, "add ckg:holder.2/rdfs:label") == "ckg:holder.2/rdfs:label.0"
    act(node, "close ckg:holder.2")
    act(node, "remove ckg:holder.0")
    assert [one.texts.get("") for one in node.values["ckg:holder"]] == ["b", None]
    for action in ("remove ckg:holder.9", "remove x", "open ckg:x.5 ckg:State", "fly", "add ckg:holder.0/ckg:x"):
        with pytest.raises(RequestError):
            act(node, action)


def test_the_layout_orders_and_names_and_constrains_nothing(bench: Bench) -> None:
    evidence = bench.layout.of(CKG + "evidence")
    assert evidence.opens == CKG + "PassageEvidence" and evidence.group.labels["it"]
    assert bench.layout.of(RDFS + "label").names == {"en": "Name", "it": "Nome"}
    assert not bench.layout.has(CKG + "contradictedIn") and bench.layout.of(CKG + "contradictedIn").order > 1_000


def test_names_are_free_and_never_those_of_what_was_there(bench: Bench) -> None:
    fields = [("ckg:evidence.0/a", "ckg:PassageEvidence"), ("ckg:evidence.0/ckg:source.0", "doc:004"),
              ("ckg:evidence.1/a", "ckg:PassageEvidence"), ("ckg:evidence.0/ckg:paragraph.0", "4"),
              ("ckg:evidence.1/ckg:paragraph.0", "4"), ("ckg:summary.0@en", "Italy excludes troops")]  # fmt: skip
    filled = bench.fill("ckg:Position", *fields)
    main, first, second = (iri.rpartition("/")[2] for iri in filled.addresses)
    numbers = [int(one.rpartition("-")[2]) for one in (first, second)]
    assert main == "004-italy-excludes-troops-2" and numbers[1] == numbers[0] + 1 > 5
    assert not any(bench.state.describes(ox.NamedNode(iri)) for iri in filled.addresses)


def test_a_date_that_is_known_is_named_and_another_is_made(bench: Bench) -> None:
    known = bench.fill("ckg:Position", ("ckg:evidence.0", "evidence:004-p4-3"), ("ckg:time.0", "2025-09-04"))
    assert len(known.addresses) == 1 and any(t.object == ox.NamedNode(PREFIXES["date"] + "004-2025-09-04") for t in known.triples)
    made = bench.fill("ckg:Position", ("ckg:time.0", "2031-05"))
    days = {t.object.value for t in made.triples if shorten(t.predicate.value) in ("ckg:earliest", "ckg:latest")}
    assert days == {"2031-05-01", "2031-05-31"}


def test_a_voice_of_its_own_comes_before_the_same_voice_passed_on_by_another(bench: Bench) -> None:
    field = bench.forms.of(CKG + "PassageEvidence").fields[CKG + "attribution"]
    found = [one.iri.rpartition("/")[2] for one in bench.options.search(field, "trump", 9, "004").first]
    assert found.index("004-trump") < found.index("004-macron-trump")
    shown = json.dumps(bench.showing.node(node := Described("ckg:PassageEvidence"), bench.filler.fill(node, "it"), "it"))
    assert 0 < shown.index("step:004-trump") < shown.index("step:004-macron-trump")


def test_what_is_described_in_the_form_may_be_pointed_to(bench: Bench) -> None:
    filled = bench.fill(
        "ckg:Position", ("ckg:holder.0/a", "ckg:State"), ("ckg:holder.0/name", "sylvania"), ("ckg:onBehalfOf.0", "actor:sylvania")
    )
    assert filled.problems == [] and sum(t.object == ox.NamedNode(PREFIXES["actor"] + "sylvania") for t in filled.triples) == 2


def test_findings_come_to_the_nearest_place_that_is_shown(bench: Bench) -> None:
    filled = bench.fill("ckg:Position", ("ckg:time.0", "2031-05"))
    dated = next(iri for iri in filled.addresses if "/date/" in iri)
    base = {"severity": "violation", "value": None, "messages": {"en": "m"}, "expected": {}, "code": "c", "rule": "r", "where": None,
            "component": None}  # fmt: skip
    places = {}
    for focus, path in ((filled.main, CKG + "holder"), (dated, CKG + "edtf"), (filled.main, None), ("urn:x:other", None)):
        report = {"conforms": False, "findings": [{**base, "focus": focus, "path": path}]}
        places[focus, path] = list(placed(report, filled, {"", "ckg:holder", "ckg:time.0"}, "it").places)
    assert list(places.values()) == [["ckg:holder"], ["ckg:time.0"], [""], [""]]


def test_of_a_large_class_few_are_given_and_all_are_counted() -> None:
    states = [ox.NamedNode(f"{PREFIXES['actor']}n{number}") for number in range(5_000)]
    triples = [ox.Triple(one, ox.NamedNode(TYPE), ox.NamedNode(CKG + "State")) for one in states]
    label = ox.NamedNode(RDFS + "label")
    triples += [ox.Triple(one, label, ox.Literal(f"Ståte no {number}", language="en")) for number, one in enumerate(states)]
    state = State(ox.Store(), (), {"": triples})
    field, options = Field(CKG + "holder", classes=(frozenset({CKG + "State"}),)), Options(state, Hierarchy(state))
    found = options.search(field, "STATE 49", 20)
    assert options.count(field) == 5_000 < MOST and len(found.first) == 20
    assert found.count == sum("49" in str(number) for number in range(5_000))
    for text in ("actor:n4999", "state no 4999", "Ståte no 4999 (actor:n4999)"):
        assert options.meant(field, text) == states[4999].value
    assert options.meant(field, "Ståte") is None and options.meant(field, "actor:n5000") is None


@pytest.mark.server
def test_what_is_too_much_to_be_listed_is_asked_of_the_store(real_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.load(current(real_state))
    maker = drafter.SnapshotDrafter(engine, SnapshotChecker(engine, Texts(Path(engine.snapshot.path))))

    def choices(words: str, field: str = "ckg:holder") -> dict:
        asked = {"class": "ckg:Position", "field": field, "text": words}
        return json.loads(maker.answer("choices", json.dumps(asked).encode(), "it"))

    listed = choices("Italia")
    monkeypatch.setattr(drafter, "MOST", 10)
    found = choices("Italia")
    assert {"name": "actor:italy", "label": "Italia"} in found["choices"] and found["more"] is False
    assert {one["name"] for one in found["choices"]} >= {"actor:italy"} <= {one["name"] for one in listed["choices"]}
    assert choices("")["more"] is True and len(choices("")["choices"]) == 20
    assert choices("' \" \\ }")["choices"] == []
    # Evidence has no name but its own.
    assert "evidence:004-p4-3" in [one["name"] for one in choices("004 p4-3", "ckg:evidence")["choices"]]


COMMENTED = f"""# Of this file
PREFIX ckg: <{PREFIXES["ckg"]}>
PREFIX claim: <{PREFIXES["claim"]}>

claim:a a ckg:Position . # stays

# above b
claim:b a ckg:Position ; # its class
    ckg:certainty "plain" ; # sure?
    # read twice
    ckg:stance "for" , # one
        "against" ; # two
    # of what is taken away
    ckg:topic "x" . # the end of b

# above c
claim:c # the subject
    a ckg:Evidence .

claim:d a ckg:Position . # last
"""


def test_a_correction_keeps_the_comments_of_what_it_replaces(tmp_path: Path) -> None:
    document = read_turtle(COMMENTED)
    changed = COMMENTED.replace('"plain"', '"hedged"').replace('"against" ; # two\n    # of what is taken away\n    ckg:topic "x" .', '"against" .')
    about = [PREFIXES["claim"] + "b", PREFIXES["claim"] + "c"]
    triples = [one for one in parse_turtle(changed.encode(), "x") if one.subject.value == about[0]]
    correction = corrected(document, about, triples, "data/x.ttl")
    said = [line.partition("#")[2] for line in COMMENTED.splitlines() if "# " in line]
    assert sorted(line.partition("#")[2] for line in correction.text.splitlines() if "# " in line) == sorted(said)
    assert '    ckg:certainty "hedged" ; # sure?\n' in correction.text and "claim:c" not in correction.text
    assert correction.text.index("# of what is taken away") > correction.text.index("claim:b")
    # Whoever puts the blocks in by hand keeps them, too.
    assert "# sure?" in correction.blocks and "# read twice" in correction.blocks and "PREFIX" not in correction.blocks
    file = tmp_path / "data" / "x.ttl"
    file.parent.mkdir()
    file.write_text(COMMENTED, "utf-8")
    patch = as_diff(COMMENTED, correction.text, "data/x.ttl")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, text=True, check=True, timeout=60)
    assert file.read_text("utf-8") == correction.text
