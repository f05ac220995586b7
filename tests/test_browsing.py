"""The index that browsing asks: sets, words and slips of the pen, facets with their counts, order and pages."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.browsing.asking import FACETS, PER_PAGE, Asked, Value, answer, leading, read
from kg.browsing.index import Index, Material
from kg.browsing.inflection import stem
from kg.browsing.sets import every, holds, packed, within
from kg.browsing.vocabulary import tree
from kg.browsing.vocabulary import read as read_terms
from kg.errors import RequestError
from kg.linking.names import spelling
from kg.passages.bar import ASIDE, CITED, OPEN, share, stretches
from kg.rdf import PREFIXES

numbers = st.sets(st.integers(0, 300))
KINDS, TOPICS, STANCES = ("state", "position", "threat"), ("troops", "ships", "guarantees"), ("for", "against")
#: What is above what.
ABOVE = [("threat", "position"), ("troops", "guarantees"), ("ships", "guarantees")]


@settings(deadline=None)
@given(numbers, numbers)
def test_sets_are_sets(one: set[int], other: set[int]) -> None:
    a, b = packed(one, 301), packed(other, 301)
    order = list(reversed(range(301)))
    assert list(within(a & b, order)) == sorted(one & other, reverse=True)
    assert (a | b).bit_count() == len(one | other)
    assert list(within(every(301) & ~a, range(301))) == [n for n in range(301) if n not in one]
    assert all(holds(a, number) for number in one)


item = st.fixed_dictionaries({
    "kind": st.sampled_from(KINDS), "topic": st.sets(st.sampled_from(TOPICS)), "stance": st.sets(st.sampled_from(STANCES)),
    "day": st.none() | st.dates().map(lambda day: (day.isoformat(), day.isoformat())),
})  # fmt: skip


def indexed(items: list[dict]) -> Index:
    links = []
    for place, one in enumerate(items):
        links.append((f"i{place}", "kind", one["kind"]))
        links += [(f"i{place}", facet, value) for facet in ("topic", "stance") for value in one[facet]]
        if one["kind"] != "state":
            links.append((f"i{place}", "certainty", "plain"))
    texts = [(f"i{place}", f"name number {place}", "en", True) for place in range(len(items))]
    dates = [(f"i{place}", *one["day"]) for place, one in enumerate(items) if one["day"]]
    return Index(Material(texts, links, dates, ABOVE))


def fits(one: dict, chosen: dict[str, tuple[str, ...]]) -> bool:
    """Whether an item has what is chosen, as one would tell by looking at it."""
    above = dict(ABOVE)
    has = {"kind": {one["kind"]}, "topic": set(one["topic"]), "stance": set(one["stance"])}
    for facet in ("kind", "topic"):
        has[facet] |= {above[value] for value in has[facet] if value in above}
    return all(set(values) & has[facet] for facet, values in chosen.items())


choices = st.fixed_dictionaries({}, optional={
    "kind": st.lists(st.sampled_from(KINDS), min_size=1, unique=True).map(tuple),
    "topic": st.lists(st.sampled_from(TOPICS), min_size=1, unique=True).map(tuple),
    "stance": st.lists(st.sampled_from(STANCES), min_size=1, unique=True).map(tuple),
})  # fmt: skip


@settings(deadline=None)
@given(st.lists(item, max_size=40), choices)
def test_facets_count_what_choosing_them_would_leave(items: list[dict], chosen: dict) -> None:
    index = indexed(items)
    found = answer(Asked(chosen=chosen), index)
    assert found.total == sum(fits(one, chosen) for one in items)
    for facet in ("kind", "topic", "stance"):
        others = {name: values for name, values in chosen.items() if name != facet}
        for value in found.facets[facet]:
            assert value.count == sum(fits(one, {**others, facet: (value.iri,)}) for one in items)
            assert value.chosen == (value.iri in chosen.get(facet, ()))
        # What is chosen can be taken back, whatever it leaves.
        assert set(chosen.get(facet, ())) <= {value.iri for value in found.facets[facet]}


def test_of_a_facet_with_many_values_the_first_and_the_chosen_are_shown() -> None:
    values = [Value(f"c{number}", 9 - number, 0, number in (1, 7)) for number in range(9)]
    assert [value.iri for value in leading(values, "condition", 3)] == ["c0", "c1", "c2", "c7"]
    assert leading(values, "condition", 9) == leading(values, "topic", 3) == values


@settings(deadline=None)
@given(st.lists(item, max_size=70), st.sampled_from(["best", "newest", "oldest", "name"]))
def test_the_pages_together_are_all_items_once(items: list[dict], sort: str) -> None:
    index = indexed(items)
    pages = [answer(Asked(sort=sort, page=page), index) for page in range(1, len(items) // PER_PAGE + 3)]
    shown = [iri for page in pages for iri in page.items]
    assert len(shown) == len(set(shown)) == pages[0].total == len(items)
    assert [bool(page.items) for page in pages] == [page <= pages[0].pages and bool(items) for page in range(1, len(pages) + 1)]
    days = [items[int(iri[1:])]["day"] for iri in shown]
    dated = [day[0] for day in days if day]
    if sort in ("newest", "oldest"):
        assert dated == sorted(dated, reverse=sort == "newest") and all(days[: len(dated)])


@settings(deadline=None)
@given(st.lists(item, max_size=30), st.dates(), st.dates())
def test_a_span_of_days_leaves_what_may_fall_into_it(items: list[dict], one: object, other: object) -> None:
    first, last = sorted([str(one), str(other)])
    found = answer(Asked(first=first, last=last), indexed(items))
    assert found.total == sum(bool(each["day"]) and first <= each["day"][0] <= last for each in items)
    assert found.undated == sum(not each["day"] for each in items)


def test_words_are_found_by_their_beginning_in_any_language_and_misspelt() -> None:
    texts = [
        ("a", "Foreign troops in Ukraine", "en", True), ("a", "Truppe straniere in Ucraina", "it", True),
        ("b", "Ships in the Black Sea", "en", True), ("b", "Navi nel Mar Nero", "it", True),
    ]  # fmt: skip
    index = Index(Material(texts, [("a", "kind", "topic"), ("b", "kind", "topic")]))

    def found(text: str) -> list[str]:
        return list(answer(Asked(text=text), index).items)

    assert found("troop") == found("TRUPPE straniere") == found("ukr") == ["a"]
    assert found("walruses") == [] and found("  ") == ["a", "b"]
    misspelt = answer(Asked(text="ukrane"), index)
    assert list(misspelt.items) == ["a"] and misspelt.instead == {"ukrane": ("ukraine",)}
    assert list(answer(Asked(text="nothing of the kind"), index, named=["b"]).items) == ["b"]


def index_of(texts: list[tuple[str, str]], links: list[tuple[str, str, str]] = (), called: list = ()) -> Index:
    named = [(iri, text, "", True) for iri, text in texts]
    return Index(Material(named, [*((iri, "kind", "thing") for iri, _ in texts), *links], called=called))


@pytest.mark.parametrize(("asked", "written", "far"), [
    ("condizione", "condizioni", "coalizione"), ("condizioni", "condizione", "coalizioni"), ("conditions", "condition", "coalitions"),
    ("condition", "conditions", "coalition"), ("impegni", "impegno", "impegnai"), ("impegnato", "impegni", "impegnoso"),
    ("committed", "commitments", "commuted"), ("garanzie", "garanzia", "granzie"), ("countries", "country", "counties"),
    ("banche", "banca", "branche"), ("losses", "loss", "losers"), ("missiles", "missili", "missives"),
])  # fmt: skip
def test_another_form_of_a_word_beats_one_that_is_some_slips_away(asked: str, written: str, far: str) -> None:
    assert stem(spelling(asked)) == stem(spelling(written))
    found = answer(Asked(text=asked), index_of([("far", f"the {far}"), ("form", f"the {written}")]))
    assert list(found.items) == ["form"] and not found.instead and not found.without


def test_a_word_as_it_is_written_comes_before_its_other_forms_and_the_nearest_slip_alone_is_taken() -> None:
    index = index_of([("a", "le condizioni"), ("b", "la condizione"), ("c", "la coalizione"), ("d", "le coalizioni")])
    assert list(answer(Asked(text="condizione"), index).items) == ["b", "a"]
    assert list(answer(Asked(text="condizioni"), index).items) == ["a", "b"]
    slip = answer(Asked(text="coalizionne"), index_of([("c", "coalizione"), ("d", "conlizione")]))
    assert list(slip.items) == ["c"]
    slip = answer(Asked(text="condixione"), index)
    assert list(slip.items) == ["b"] and slip.instead == {"condixione": ("condizione",)}


def test_an_item_is_found_by_what_it_is_linked_to_after_those_that_say_it_themselves() -> None:
    links = [("c1", "kind", "Promise"), ("c1", "who", "it"), ("c2", "kind", "Promise"), ("c2", "who", "fr"), ("c2", "by", "em"),
             ("c1", "topic", "troops"), ("it", "kind", "state"), ("c3", "kind", "Note")]  # fmt: skip
    texts = [("c1", "So many are sent"), ("c2", "They are ready"), ("c3", "A promise by Italy"), ("it", "Italy"), ("it", "Italia"),
             ("fr", "France"), ("em", "Emmanuel Macron"), ("troops", "foreign troops"), ("troops", "truppe straniere")]  # fmt: skip
    index = index_of(texts, links, [("Promise", "promise"), ("Promise", "promessa")])

    def found(text: str) -> list[str]:
        return list(answer(Asked(text=text), index).items)

    assert found("Italy promise") == ["c3", "c1"] and set(found("Italy promises")) == {"c1", "c3"}
    assert found("italia promesse") == found("truppe Italia promessa") == ["c1"]
    assert found("Macron promessa") == found("France promise") == ["c2"]
    assert found("Who has what promise for France?") == ["c2"]
    assert found("promise")[0] == "c3" and set(found("promise")) == {"c1", "c2", "c3"}


def test_words_that_only_ask_count_where_nothing_else_does() -> None:
    index = index_of([("a", "Chi si impegna"), ("b", "Un impegno"), ("c", "Chi tace")])
    found = answer(Asked(text="Chi si è impegnato?"), index)
    assert set(found.items) == {"a", "b"} and not found.without
    assert set(answer(Asked(text="chi"), index).items) == {"a", "c"}


def test_where_nothing_has_all_words_what_has_most_is_shown_and_what_it_lacks_is_said() -> None:
    index = index_of([("a", "red ships sail"), ("b", "red ships"), ("c", "ships sail"), ("d", "sail")])
    found = answer(Asked(text="Red, ships sail walrus"), index)
    assert list(found.items) == ["a"] and found.without == [("walrus",)]
    found = answer(Asked(text="red ships walrus «Zebra»"), index)
    assert set(found.items) == {"a", "b"} and found.without == [("walrus", "Zebra")]
    found = answer(Asked(text="red walrus"), index)
    assert set(found.items) == {"a", "b"} and found.without == [("walrus",)]
    both = answer(Asked(text="quay boat"), index_of([("a", "boat"), ("b", "quay"), ("c", "boat")]))
    # The rarer word first.
    assert list(both.items) == ["b", "a", "c"] and both.without == [("boat",), ("quay",)]
    # What is filtered out is not told of; and where nothing is left, nothing is said to be shown.
    only = answer(Asked(text="quay boat", chosen={"kind": ("x",)}), index_of([("a", "boat"), ("b", "quay")], [("a", "kind", "x")]))
    assert list(only.items) == ["a"] and only.without == [("quay",)]
    none = answer(Asked(text="quai bot", chosen={"kind": ("y",)}), index_of([("a", "boat"), ("b", "quay")]))
    assert none.total == 0 and not none.instead and not none.without
    # A name that is meant answers alone.
    assert list(answer(Asked(text="quay walrus"), index_of([("a", "boat"), ("b", "quay")]), named=["a"]).items) == ["a"]


words_asked = st.lists(st.sampled_from(["alfa", "bravo", "corto", "delta"]), min_size=1, max_size=4, unique=True)


@settings(deadline=None)
@given(st.lists(words_asked, max_size=12), words_asked)
def test_what_is_found_has_as_many_of_the_words_as_anything_has(items: list[list[str]], asked: list[str]) -> None:
    found = answer(Asked(text=" ".join(asked)), index_of([(f"i{n}", " ".join(words)) for n, words in enumerate(items)]))
    having = {f"i{place}": len(set(words) & set(asked)) for place, words in enumerate(items)}
    most = max(having.values(), default=0)
    assert set(found.items) == {iri for iri, number in having.items() if number == most > 0}
    assert len(found.items) == len(set(found.items)) == found.total
    missing = {tuple(word for word in asked if word not in words) for words in items if len(set(words) & set(asked)) == most > 0}
    assert set(found.without) == (missing if most < len(asked) else set())


def test_what_an_address_asks_is_read_or_refused_in_a_sentence() -> None:
    asked = read({"q": [" a "], "kind": ["ckg:State", "ckg:State", ""], "page": ["2"], "from": ["2026-01-06"]}, PREFIXES)
    assert asked == Asked("a", {"kind": (PREFIXES["ckg"] + "State",)}, "2026-01-06", "", "best", 2)
    for wrong in (
        {"page": ["0"]}, {"page": ["x"]}, {"page": ["²"]}, {"from": ["6 January"]}, {"sort": ["up"]}, {"q": ["a" * 301]},
        {"topic": [f"topic:{number}" for number in range(60)]},
    ):  # fmt: skip
        with pytest.raises(RequestError):
            read(wrong, PREFIXES)
    assert set(FACETS) >= {"kind", "topic", "stance", "forum", "source"}


@settings(deadline=None)
@given(st.integers(0, 80), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90))), st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90))))
def test_the_bar_of_a_text_says_of_every_character_what_became_of_it(length: int, cited: list, aside: list) -> None:
    found = stretches(length, cited, aside)
    told = "".join(one.kind[0] * (one.end - one.start) for one in found)

    def within_any(place: int, places: list) -> bool:
        return any(start <= place < end for start, end in places)

    kinds = [CITED if within_any(n, cited) else ASIDE if within_any(n, aside) else OPEN for n in range(length)]
    assert told == "".join(kind[0] for kind in kinds)
    assert all(one.kind != other.kind and one.end == other.start for one, other in zip(found, found[1:], strict=False))
    assert length == 0 or abs(sum(share(found, kind) for kind in (CITED, ASIDE, OPEN)) - 1) < 1e-9


def test_the_tree_of_classes_has_each_once_even_where_they_go_round() -> None:
    text = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in ("ckg", "owl", "rdfs")) + """
        ckg:A a owl:Class . ckg:B a owl:Class ; rdfs:subClassOf ckg:A . ckg:C a owl:Class ; rdfs:subClassOf ckg:A , ckg:B .
        ckg:X a owl:Class ; rdfs:subClassOf ckg:Y . ckg:Y a owl:Class ; rdfs:subClassOf ckg:X .
        ckg:p a owl:ObjectProperty ; rdfs:domain ckg:A ; rdfs:range ckg:B ."""
    terms = read_terms((quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)), PREFIXES["ckg"], {})
    boxes = tree(terms, 2)
    assert sorted(box.term.name for box in boxes) == ["A", "B", "C", "X", "Y"]
    assert len({(box.column, box.row) for box in boxes}) == len(boxes)
    top = next(box for box in boxes if box.term.name == "A")
    assert [(one.name, other.name) for one, other in top.relations] == [("p", "B")]
    assert terms[PREFIXES["ckg"] + "A"].links["below"] == [PREFIXES["ckg"] + "B", PREFIXES["ckg"] + "C"]
