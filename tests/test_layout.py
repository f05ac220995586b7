"""Laying a query out: what it says stays, comments stay, and what is laid out stays as it is."""

from __future__ import annotations

import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.sparql.cursor import merged
from kg.sparql.gallery import parse
from kg.sparql.groups import Query
from kg.sparql.layout import comments, lay_out
from kg.sparql.structure import read

GALLERY = sorted((ROOT / "queries").glob("*.rq"))


def said(text: str) -> list[tuple[str, str]]:
    """The tokens, whatever the case of their letters."""
    return [(token.kind, token.text.upper() if token.kind == "word" else token.text) for token in merged(text)]


def test_a_query_is_laid_out() -> None:
    given = (
        "prefix ckg: <https://example.org/> select ?x (count(*) as ?n) where{?x a ckg:A;ckg:b [ckg:c 5;ckg:d ?e],\"a\"@en."
        "optional{?x ckg:z ?z}{?a ?b ?c}union{?c ?d ?e} filter(?z>3&&not exists{?x ckg:no ?n})values ?x {1 2 3}}group by ?x "
        "order by desc(?n) limit 5"
    )
    assert lay_out(given) == """\
PREFIX ckg: <https://example.org/>
SELECT ?x (count(*) AS ?n) WHERE {
  ?x a ckg:A ;
    ckg:b [ckg:c 5 ; ckg:d ?e ], "a"@en .
  OPTIONAL {
    ?x ckg:z ?z
  }
  {
    ?a ?b ?c
  } UNION {
    ?c ?d ?e
  }
  FILTER(?z>3&&NOT EXISTS {
    ?x ckg:no ?n
  })
  VALUES ?x { 1 2 3 }
}
GROUP BY ?x
ORDER BY DESC(?n)
LIMIT 5
"""


def test_comments_and_empty_lines_stay_where_they_are() -> None:
    assert lay_out("# first\n\n\nselect * { # all\n  ?s ?p ?o . # each\n\n# of these\n?s a ?c }\n# last") == """\
# first

SELECT * {  # all
  ?s ?p ?o .  # each

  # of these
  ?s a ?c
}
# last
"""


@pytest.mark.parametrize("text", ["", "  \n", "select * {", "} } {", '"open', "select ?x { ?x ?p '''a\n  b''' }"])
def test_what_is_no_query_is_laid_out_as_far_as_it_goes(text: str) -> None:
    assert said(lay_out(text)) == said(text)


def shape(query: Query) -> object:
    """What the reader of the structure finds, without places."""
    def without(one: object) -> object:
        if isinstance(one, tuple | list):
            return [without(each) for each in one]
        if isinstance(one, dict):
            return {key: without(value) for key, value in one.items()}
        if hasattr(one, "__dataclass_fields__"):
            return (type(one).__name__, *(without(getattr(one, name)) for name in one.__dataclass_fields__ if name not in ("start", "end")))
        return one

    return without(query)


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_queries_of_the_gallery_say_the_same(file: object) -> None:
    text = parse(file.name, file.read_text("utf-8")).body  # type: ignore[attr-defined]
    once = lay_out(text)
    assert lay_out(once) == once and shape(read(once)) == shape(read(text))
    if not comments(text):
        assert lay_out(" ".join(text.split())).split() == once.split()


PIECES = st.sampled_from(
    "select ASK Where { } ( ) [ ] {| |} <<( )>> . ; , * ? / | ^ = < <= > != && ! - ?s $o a ckg:Claim ex: : <https://a> <b "
    "\"text\" 'open \"\"\" @en ^^ xsd:date 5 1.5 -2 .5 5. true filter optional union minus values bind as graph from prefix "
    "#remark \n \r\n \t not exists group by order limit count \\ _:b é".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30), st.sampled_from([" ", "", "\n"]))
def test_nothing_but_space_and_the_case_of_keywords_changes(pieces: list[str], joined: str) -> None:
    text = joined.join(pieces)
    once = lay_out(text)
    assert said(once) == said(text) and comments(once) == comments(text)
