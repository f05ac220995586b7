"""Names made alike, the index of names, and what two names have in common."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.entities import Also, Known, known
from kg.linking.match import AHEAD, GOOD, Asked, Candidate, match, was_there
from kg.linking.names import normalised, slips, spelling, words_of
from kg.rdf import ID, PREFIXES

CKG, RDFS, FOAF, RDF = (PREFIXES[prefix] for prefix in ("ckg", "rdfs", "foaf", "rdf"))


def entities(*told: tuple[str, str, str], also: tuple[Also, ...] = (), spans: dict | None = None) -> Known:
    """Entities of these names below id/actor/, kinds (full IRIs) and English labels."""
    triples = []
    for name, kind, label in told:
        node = ox.NamedNode(f"{ID}actor/{name}")
        triples.append(ox.Triple(node, ox.NamedNode(RDF + "type"), ox.NamedNode(kind)))
        triples.append(ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal(label, language="en")))
    return known(triples, also, spans or {})


def taken(name: str, among: Known, **more: object) -> str | None:
    found = match(Asked(name, **more), among)
    return found[0].entity.rpartition("/")[2] if found and found[0].match else None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  L'Élysée! ", "l elysee"), ("U.K.", "uk"), ("Łódź", "lodz"), ("STRASSE", "strasse"), ("Straße", "strasse"),
        ("Зеленський", "zelenskyi"), ("Київ", "kyiv"), ("Œuvre", "oeuvre"), ("…", ""), ("Mar-a-Lago", "mar a lago"),
    ],
)  # fmt: skip
def test_a_name_is_made_plain(text: str, plain: str) -> None:
    assert normalised(text) == plain


@pytest.mark.parametrize(
    "others", [("zelensky", "zelenskyy", "zelenskij", "zelenskiy"), ("wladimir", "vladimir"), ("dmitri", "dmitrij")]
)
def test_transliterations_are_spelt_alike(others: tuple[str, ...]) -> None:
    assert len({spelling(one) for one in others}) == 1


@given(st.text(max_size=40))
def test_making_plain_twice_changes_nothing(text: str) -> None:
    plain = normalised(text)
    assert normalised(plain) == plain and all(word for word in words_of(plain))


def test_little_words_count_if_there_are_no_others() -> None:
    assert words_of("the house of the") == ("house",) and words_of("the of") == ("the", "of")


@given(st.permutations("abdegnorstu").map("".join), st.integers(1, 9), st.sampled_from("lmz"))
def test_one_slip_of_the_pen_is_found_wherever_it_is(word: str, place: int, letter: str) -> None:
    among = entities(("one", CKG + "State", word))
    before, after = word[:place], word[place + 1 :]
    swapped = before + word[place + 1] + word[place] + word[place + 2 :]
    for wrong in (before + after, before + letter + word[place:], before + letter + after, swapped):
        assert taken(wrong, among) == "one", wrong


def test_short_words_allow_no_slip_and_long_ones_two() -> None:
    assert [slips("iran", "iraq"), slips("itali", "itli"), slips("volodimir", "volodomir")] == [0, 1, 2]


def test_two_of_one_name_are_left_open_and_a_type_decides() -> None:
    among = entities(("one", CKG + "State", "Georgia"), ("two", CKG + "Place", "Georgia"))
    assert taken("Georgia", among) is None
    assert taken("Georgia", among, types=(CKG + "Place",)) == "two"


PEOPLE = entities(
    ("ada", FOAF + "Person", "Ada King Lovelace"), ("charles", FOAF + "Person", "Charles Babbage"),
    ("henry", FOAF + "Person", "Henry Babbage"), ("house", CKG + "Organisation", "Lovelace Foundation"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lovelace, Ada King", "ada"), ("Mrs King Lovelace", "ada"), ("A. K. Lovelace", "ada"), ("Sir Charles Babbage", "charles"),
        ("Babbage", None), ("C. Babbage", "charles"), ("William Babbage", None), ("Henry Babbage Jr", None), ("Charles", None),
        ("Charles Q. Babbage", "charles"),
    ],
)  # fmt: skip
def test_people_are_known_by_parts_of_their_names(name: str, expected: str | None) -> None:
    assert taken(name, PEOPLE) == expected


def test_who_goes_by_the_name_of_something_else() -> None:
    told = [
        ("state", CKG + "State", "Freedonia"),
        ("seat", CKG + "Metonym", "Duck Palace"),
        ("chair", CKG + "Office", "President of Freedonia"),
        ("rufus", FOAF + "Person", "Rufus Firefly"),
    ]
    held = Also(f"{ID}actor/rufus", f"{ID}actor/chair", "office", "1933-01-01", "1933-12-31")
    among = entities(*told, also=(Also(f"{ID}actor/state", f"{ID}actor/seat", "stands"), held))
    assert taken("Duck Palace", among) == "seat" and taken("Duck Palace", among, types=(CKG + "State",)) == "state"
    person = {"types": (FOAF + "Person",)}
    assert taken("President of Freedonia", among) == "chair"
    assert taken("President of Freedonia", among, day=("1933-05-01", "1933-05-01"), **person) == "rufus"
    assert taken("President of Freedonia", among, day=("1934-05-01", "1934-05-01"), **person) is None
    assert taken("President of Freedonia", among, **person) is None


@pytest.mark.parametrize(
    ("span", "day", "expected"),
    [
        (None, ("2020-01-01", "2020-01-01"), None),
        (("2020-05-01", "2020-05-02"), ("2020-05-02", "2020-05-02"), True),
        (("2020-05-01", "2020-05-02"), ("2020", "2020-12-31"), True),
        (("2020-05-01", "2020-05-02"), ("2020-05-03", "2020-05-03"), False),
        (("2020-05-01", "2020-05-02"), ("2020-04-30", "2020-04-30"), False),
        (("2020-05-01", ""), ("2030-01-01", "2030-01-01"), True),
        (("2020-05-01", ""), ("2020-01-01", "2020-01-01"), None),
        (("2020-05-01", ""), ("2003-01-01", "2003-01-01"), False),
    ],
)
def test_what_lasted_was_there_or_not(span: tuple[str, str], day: tuple[str, str], expected: bool | None) -> None:
    assert was_there(span, day) is expected


WORDS = st.sampled_from("alfa bravo charlie delta echo foxtrot golf hotel".split())
LABELS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=8)


@given(LABELS, st.lists(WORDS, min_size=1, max_size=3).map(" ".join))
def test_whoever_is_taken_is_good_alone_and_first(labels: list[str], asked: str) -> None:
    among = entities(*((str(number), CKG + "State", label) for number, label in enumerate(labels)))
    found: list[Candidate] = match(Asked(asked), among)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True) and all(0 <= one <= 100 for one in scores)
    assert not any(one.match for one in found[1:])
    if found and found[0].match:
        assert scores[0] >= GOOD and (len(scores) == 1 or scores[0] - scores[1] >= AHEAD)
    same = [number for number, label in enumerate(labels) if label == asked]
    if len(same) == 1:
        assert found[0].entity == f"{ID}actor/{same[0]}"
    elif same:
        assert not any(one.match for one in found)
