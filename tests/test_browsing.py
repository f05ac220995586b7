"""The index that browsing asks: sets, words and slips of the pen, facets with their counts, order and pages."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.browsing.asking import FACETS, PER_PAGE, Asked, answer, read
from kg.browsing.index import Index, Material
from kg.browsing.sets import every, holds, packed, within
from kg.browsing.vocabulary import tree
from kg.browsing.vocabulary import read as read_terms
from kg.errors import RequestError
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
    assert found("ships troops") == [] and found("  ") == ["a", "b"]
    misspelt = answer(Asked(text="ukrane"), index)
    assert list(misspelt.items) == ["a"] and misspelt.instead == {"ukrane": ("ukraine",)}
    assert list(answer(Asked(text="nothing of the kind"), index, named=["b"]).items) == ["b"]


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
