"""Where nodes and triples stand in Turtle texts, whatever their layout."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from kg.blocks import lines
from kg.errors import Where
from kg.gate.where import Locator
from kg.model import Corpus, Source
from kg.parsing import parse_turtle

TEXT = '''PREFIX ex: <https://example.org/>
@prefix : <https://example.org/plain#> .
# ex:a in a comment

ex:z
    ex:knows ex:a , <https://example.org/b> ;
    ex:says """
ex:a is what a text says
ex:c "" so it goes """ , 'ex:d' , "a \\" # ex:d" .

ex:a
    ex:knows ex:only-mentioned .

<https://example.org/b>
    a ex:Thing .

    :thing.with.dots a ex:Thing ; ex:knows [ ex:knows
        ex:z ] , ( ex:a
            ex:b ) .
'''


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode("https://example.org/" + name)


def corpus(**texts: str) -> Corpus:
    files = {f"{name.replace('_', '/')}.ttl": text for name, text in texts.items()}
    return Corpus(
        tuple(
            Source(path, path.split("/")[0], "urn:g", tuple(dict.fromkeys(parse_turtle(text.encode(), path))), "")
            for path, text in files.items()
        )
    )


def test_a_node_stands_where_it_is_first_described() -> None:
    found = lines(TEXT)
    assert found["https://example.org/z"] == 5
    assert found["https://example.org/a"] == 11
    assert found["https://example.org/b"] == 14
    assert found["https://example.org/plain#thing.with.dots"] == 17


def test_what_is_not_described_is_found_where_it_is_mentioned() -> None:
    assert lines(TEXT)["https://example.org/only-mentioned"] == 12


def test_strings_and_comments_name_nothing() -> None:
    found = lines(TEXT)
    assert "https://example.org/c" not in found
    assert "https://example.org/d" not in found


def test_no_text_no_lines() -> None:
    assert lines("") == {}


@pytest.mark.parametrize(
    ("node", "path", "value", "expected"),
    [
        ("z", "knows", None, (6, 5)),
        ("z", "knows", "b", (6, 21)),
        ("z", "says", ox.Literal("ex:d"), (9, 26)),
        ("plain#thing.with.dots", "knows", None, (17, 35)),
        ("z", "absent", None, (5, None)),
        ("a", "knows", "z", (11, None)),
    ],
)
def test_a_finding_points_at_its_triple(node: str, path: str, value: object, expected: tuple[int, int | None]) -> None:
    locate = Locator(corpus(data_x=TEXT), {"data/x.ttl": TEXT})
    value = iri(value) if isinstance(value, str) else value
    assert locate(iri(node), iri(path).value, value) == Where("data/x.ttl", *expected)
    assert locate(iri(node), f"<{iri(path).value}>", value) == Where("data/x.ttl", *expected)


def test_blank_nodes_have_lines_too() -> None:
    files = corpus(shapes_x=TEXT)
    locate = Locator(files, {"shapes/x.ttl": TEXT})
    nodes = dict.fromkeys(t.subject for t in files.sources[0].triples if isinstance(t.subject, ox.BlankNode))
    assert sorted(locate(node).line for node in nodes) == [17, 18, 19]
    assert Locator(files, {})(next(iter(nodes))) is None


def test_of_several_files_the_one_that_has_the_triple_is_named() -> None:
    texts = {"data_a": "<urn:s> <urn:p> 1 .", "ontology_b": "\n<urn:s> <urn:q> 2 .", "shapes_c": "<urn:t> <urn:q> <urn:u> ."}
    locate = Locator(corpus(**texts), {f"{name.replace('_', '/')}.ttl": text for name, text in texts.items()})
    assert locate(ox.NamedNode("urn:s")) == Where("data/a.ttl", 1)
    assert locate(ox.NamedNode("urn:s"), "urn:q") == Where("ontology/b.ttl", 2, 9)
    assert locate(ox.NamedNode("urn:u")) == Where("shapes/c.ttl", 1)
    assert locate(ox.NamedNode("urn:nowhere")) is None and locate(ox.Literal("x")) is None


def test_without_the_text_the_file_is_named() -> None:
    assert Locator(corpus(data_x=TEXT), {})(iri("a")) == Where("data/x.ttl", None)
