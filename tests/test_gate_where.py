"""Where the block of a subject begins in a Turtle text."""

from __future__ import annotations

from kg.gate.where import lines

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

:thing.with.dots
    a ex:Thing .
'''


def test_a_block_begins_at_column_one() -> None:
    found = lines(TEXT)
    assert found["https://example.org/z"] == 5
    assert found["https://example.org/a"] == 11
    assert found["https://example.org/b"] == 14
    assert found["https://example.org/plain#thing.with.dots"] == 17


def test_what_has_no_block_is_found_where_it_is_mentioned() -> None:
    assert lines(TEXT)["https://example.org/only-mentioned"] == 12


def test_strings_and_comments_name_nothing() -> None:
    found = lines(TEXT)
    assert "https://example.org/c" not in found
    assert "https://example.org/d" not in found


def test_no_text_no_lines() -> None:
    assert lines("") == {}
