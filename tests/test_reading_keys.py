"""Keys of JSON-LD that state nothing are named, and none that states something: the parser itself is the judge."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.gate.incoming import read
from kg.model import Change
from kg.reading.keys import unstated

CONTEXT = {
    "holder": "https://example.org/holder",
    "label": {"@id": "https://example.org/label", "@container": "@language"},
    "listed": {"@id": "https://example.org/listed", "@container": "@index"},
    "named": {"@id": "https://example.org/named", "@container": "@id"},
    "data": {"@id": "https://example.org/data", "@type": "@json"},
    "inside": {"@id": "https://example.org/inside", "@context": {"inner": "https://example.org/inner"}},
    "Typed": {"@id": "https://example.org/Typed", "@context": {"typed": "https://example.org/typed"}},
    "of": {"@reverse": "https://example.org/of"},
    "meant": "holder",
    "astray": "nowhere",
    "comment": None,
    "id": "@id",
    "nest": "@nest",
}


def named(**pairs: object) -> list[str]:
    """What is named of a node with this context."""
    return unstated(json.dumps({"@context": CONTEXT, "id": "https://example.org/a", **pairs}))


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ({"holder": "x", "https://example.org/p": "y", "comment": "z", "meant": "w"}, []),
        ({"hodler": "x"}, ["hodler"]),
        ({"_:b": "x", "/p": "y", "astray": "z", "@tpye": "holder"}, ["_:b", "/p", "astray", "@tpye"]),
        ({"label": {"en": "x"}, "data": {"any": {"thing": 1}}}, []),
        ({"listed": {"k": "v", "l": {"holder": "x", "hodler": "y"}}}, ["hodler"]),
        ({"named": {"https://example.org/b": {"holder": "x"}}}, []),
        ({"inside": {"inner": "x"}}, []),
        ({"inner": "x"}, ["inner"]),
        ({"@type": "Typed", "typed": "x"}, []),
        ({"typed": "x"}, ["typed"]),
        ({"of": {"id": "https://example.org/b", "odd": 1}}, ["odd"]),
        ({"@reverse": {"holder": {"id": "https://example.org/b"}, "odd": {"id": "https://example.org/b"}}}, ["odd"]),
        ({"nest": {"holder": "x", "odd": "y"}, "@included": [{"odder": "z"}]}, ["odd", "odder"]),
        ({"holder": {"@value": "x", "@language": "en"}}, []),
        ({"holder": [{"@list": [{"odd": 1}]}, {"odd": 2}]}, ["odd"]),
        ({"odd": {"odder": 1}}, ["odd"]),
        ({"holder": {"@context": {"@vocab": "https://example.org/"}, "any": 1}}, []),
        ({"holder": {"@context": None, "holder": 1}}, ["holder"]),
    ],
)
def test_what_is_named(pairs: dict[str, object], found: list[str]) -> None:
    assert named(**pairs) == found


def test_no_json_has_no_keys() -> None:
    assert unstated("{") == unstated("[]") == unstated('"x"') == []


LITERALS = st.sampled_from(["https://example.org/p", "key", "_:b", "/p", "@oops"])
HOLDERS = st.sampled_from(["holder", "inside", "of", "listed", "odd", "@included", "https://example.org/q"])
CONTEXTS = st.sampled_from([None, {}, {"@vocab": "https://example.org/v/"}, {"@vocab": None}, [None, CONTEXT]])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """Nodes within nodes; the keys of literals are all different, and each literal is its own key."""
    number = iter(range(1_000))

    def node(depth: int) -> dict[str, object]:
        found: dict[str, object] = {"@id": f"https://example.org/{next(number)}"}
        context = draw(CONTEXTS) if depth else CONTEXT
        if context is not None:
            found["@context"] = context
        for name in draw(st.lists(LITERALS, max_size=3)):
            key = name if name == "@oops" else f"{name}{next(number)}"
            found[key] = key
        if depth < 3 and draw(st.booleans()):
            holder = draw(HOLDERS)
            key = f"odd{next(number)}" if holder == "odd" else holder
            found[key] = {"k": node(depth + 1)} if holder == "listed" else node(depth + 1)
        return found

    return node(0)


def literals(value: object, lost: list[str], below: bool = False) -> list[tuple[str, bool]]:
    """The keys of the literals of a document, and whether they are lost, by themselves or by what they are in."""
    found = []
    for key, inner in value.items() if isinstance(value, dict) else ():
        if key == inner:
            found.append((key, below or key in lost))
        elif key != "@context":
            found += literals(inner, lost, below or key in lost)
    return found


@settings(max_examples=300)
@given(documents())
def test_what_is_named_states_nothing_and_all_else_does(document: dict[str, object]) -> None:
    text = json.dumps(document)
    stated = ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD)
    there = {quad.object.value for quad in stated if isinstance(quad.object, ox.Literal)}
    for key, is_lost in literals(document, unstated(text)):
        assert is_lost is (key not in there), key


def test_they_are_told_in_one_finding_at_the_first() -> None:
    text = '{"@id": "https://example.org/a",\n "hodler": "x", "stanza": 1}'
    (finding,) = [one for one in read(Change("data/incoming/a.jsonld", None, text.encode())).findings]
    assert (finding.code, finding.severity) == ("Syntax-keys", "violation")
    assert '"hodler", "stanza"' in finding.messages["en"] and '"hodler", "stanza"' in finding.messages["it"]
    assert finding.where and (finding.where.line, finding.where.column) == (2, 2)


def test_of_many_some_are_named() -> None:
    text = json.dumps({f"key{number}": 1 for number in range(50)})
    (finding,) = read(Change("data/incoming/a.jsonld", None, text.encode())).findings
    assert "and 40 more" in finding.messages["en"] and len(finding.messages["en"]) < 500
