"""The canonical layout keeps comments where they belong, and the graph as it is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.cli.fmt import canonical, fmt
from kg.errors import SourceError
from kg.parsing import parse_turtle
from kg.reading.likeness import colours, is_bomb
from kg.reading.tokens import scan
from kg.sources import digest
from kg.turtle import serialize
from reading_material import SEEDS
from test_turtle import TRIPLES

HEAD = "PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>\n"


def comments(text: str) -> Counter[str]:
    return Counter(text[start:end].rstrip() for start, end in scan(text).comments)


def assert_kept(text: str) -> str:
    result = canonical(text, "x")
    assert comments(result) == comments(text)
    assert digest(parse_turtle(result.encode(), "x")) == digest(parse_turtle(text.encode(), "x"))
    assert canonical(result, "x") == result
    return result


def test_each_comment_stays_with_what_it_stood_at() -> None:
    text = f"""# Licence

# Purpose
{HEAD}PREFIX skos: <http://www.w3.org/2004/02/skos/core#> # for notes

# about b
ckg:b a ckg:X ; # an X
   # above the note
   skos:note "two" , # first
       \"\"\"many
lines # no comment\"\"\" ; # many
   ckg:q [ ckg:r 1 ; # one
     ckg:s 2 ] . # end of b

ckg:a # subject
   ckg:p ckg:c , ckg:d # both
   # before the dot
   .
# last
"""
    assert assert_kept(text) == f"""# Licence

# Purpose
# for notes

{HEAD}PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

ckg:a # subject
    # both
    ckg:p ckg:c , ckg:d . # before the dot

# about b
ckg:b
    a ckg:X ; # an X
    # one
    ckg:q [ ckg:r 1 ; ckg:s 2 ] ; # end of b
    # above the note
    skos:note
        \"\"\"many
lines # no comment\"\"\" , # many
        "two" . # first

# last
"""


@pytest.mark.parametrize(
    "text",
    [
        "# only a comment",
        "# one\n\n\n# two\n",
        "",
        "<urn:a> <urn:b> 1 .# tight",
        "# leads\n<urn:a> <urn:b> 1 .",
        "# header\n\n<urn:a> <urn:b> 1 .",
        "<urn:a> # s\n <urn:b> # p\n 1 # o\n . # d\n",
        "<urn:a> <urn:b> 'x # no' , '''#\n#''' . # yes",
        "<urn:a#b> <urn:b> ( # open\n 1 # one\n [ # in\n ] # out\n ) # close\n .",
        "PREFIX x: <urn:x#> # unused\n<urn:a> <urn:b> 1 .",
        "_:a <urn:b> 1 . # a\n_:b <urn:b> 1 . # b\n_:c <urn:b> _:a , _:b . # c\n",
        "[] <urn:b> 1 . # a\n[] <urn:b> 1 . # b\n[ <urn:b> [ # c\n <urn:d> 1 ] ] . # d\n",
        "<urn:a> <urn:b> 1 . # same\n# same\n<urn:a> <urn:b> 1 . # same",
        "<urn:b> <urn:p> 1 . # b\r\n# a\r\n<urn:a> <urn:p> 1 .\r\n",
        "<urn:a> <urn:p> '''x\ny''' , [ <urn:q> '''u\nv''' # in\n ] . # out",
    ],
)
def test_no_comment_is_lost(text: str) -> None:
    assert_kept(text)


@settings(max_examples=120, deadline=None)
@given(st.lists(TRIPLES, max_size=8), st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["\n", "", " "])), max_size=6))
def test_comments_anywhere_between_tokens_are_kept(triples: list[ox.Triple], places: list[tuple[int, str]]) -> None:
    text = serialize(triples)
    ends = [0, *scan(text).ends]
    for number, (place, before) in enumerate(sorted(places, reverse=True)):
        at = ends[place % len(ends)]
        text = f"{text[:at]}{before}# note {number}\n{text[at:]}"
        ends = [0, *scan(text).ends]
    assert_kept(text)


def test_comments_of_a_dense_text_are_kept() -> None:
    seed = SEEDS["turtle"]
    tokens = scan(seed)
    for end in tokens.ends:
        assert_kept(f"{seed[:end]} # here\n{seed[end:]}")


def test_the_command_writes_the_layout_and_keeps_comments(tmp_path: Path) -> None:
    file = tmp_path / "x.ttl"
    file.write_text(HEAD + "ckg:b a ckg:X . # b\n# a\nckg:a a ckg:X .\n", "utf-8")
    assert CliRunner().invoke(fmt, ["--check", str(file)], standalone_mode=False).return_value == 1
    assert CliRunner().invoke(fmt, [str(file)], standalone_mode=False).return_value == 0
    assert file.read_text("utf-8") == HEAD + "\n# a\nckg:a\n    a ckg:X .\n\nckg:b\n    a ckg:X . # b\n"
    assert CliRunner().invoke(fmt, ["--check", str(file)], standalone_mode=False).return_value == 0


def test_a_file_that_cannot_be_parsed_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x.ttl"
    file.write_text("<urn:a> <urn:b> ; # no value", "utf-8")
    with pytest.raises(SourceError, match="has no value"):
        CliRunner().invoke(fmt, [str(file)], standalone_mode=False, catch_exceptions=False)
    assert file.read_text("utf-8") == "<urn:a> <urn:b> ; # no value"


def graph(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def linked(pairs: list[tuple[int, int]]) -> list[ox.Triple]:
    return graph("".join(f"_:n{one} <urn:p> _:n{other} ." for one, other in pairs))


def test_blank_nodes_that_would_keep_the_canonical_names_busy_are_told() -> None:
    assert is_bomb(linked([(i, j) for i in range(9) for j in range(9) if i != j]))
    assert is_bomb(linked([(i, (i + 1) % 400) for i in range(400)]))
    assert is_bomb(linked([(i, j) for i in range(6) for j in range(6, 12)]))


@pytest.mark.parametrize(
    "triples",
    [
        [],
        graph("<urn:a> <urn:p> " + " , ".join(["[ <urn:q> 1 ]"] * 300) + " ."),
        graph("[] <urn:p> " + " , ".join(["[]"] * 50) + " ."),
        graph("<urn:a> <urn:p> ( " + "( 1 2 ) " * 50 + ") ."),
        linked([(i, i + 1) for i in range(500)]),
        linked([(i, j) for i in range(5) for j in range(5) if i != j]),
    ],
)
def test_trees_lists_and_a_few_nodes_are_not(triples: list[ox.Triple]) -> None:
    assert not is_bomb(triples)


def test_like_nodes_have_one_colour_and_others_another() -> None:
    colour = colours(graph("_:a <urn:p> 1 . _:b <urn:p> 1 . _:c <urn:p> 2 . <urn:x> <urn:p> _:d ."))
    assert colour[ox.BlankNode("a")] == colour[ox.BlankNode("b")]
    assert len(set(colour.values())) == 3
