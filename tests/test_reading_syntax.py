"""Every mistake of a text is told once, at its place, in words; nothing that a stranger sends does more harm than that."""

from __future__ import annotations

import pickle
import random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.errors import SourceError
from kg.parsing import parse_turtle
from kg.reading.formats import MEDIA_TYPES, format_of, parse
from kg.reading.syntax import MOST, errors
from kg.reading.words import KINDS, Fault
from reading_material import SEEDS, changed, parsed

SEVEN = """PREFIX ckg: <https://w3id.org/coalition-kg/ontology#>
PREFIX claim: <https://w3id.org/coalition-kg/id/claim/>

claim:one
    a ckg:Position
    ckg:holder actr:italy ;
    ckg:summary "No end ;
    ckg:stance ckg:excludes .
    ckg:topic ckg:troops .

claim:two
    a ckg:Position ;
    ckg:holder <http://example.org/a b> ;
    ckg:flag True ;
    ckg:date .

claim:three a ckg:Position .
"""


def told(text: str, format: str = "turtle") -> list[tuple[int, int, str]]:
    return [(one.where.line, one.where.column, one.kind) for one in errors(text.encode("utf-8"), "x", format)]


def test_seven_mistakes_are_seven_sentences() -> None:
    assert told(SEVEN) == [
        (5, 19, "semicolon"),
        (6, 16, "prefix-near"),
        (7, 17, "open-string"),
        (8, 29, "early-dot"),
        (13, 16, "iri"),
        (14, 14, "did-you-mean"),
        (15, 5, "value"),
    ]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("ex:a ex:b True .", "ex:a ex:b true ."), ("ex:a ex:b FALSE , 1 .", "ex:a ex:b false , 1 ."),
     ("ex:a A ex:C .", "ex:a a ex:C ."), ("ex:a ex:b treu .", None)],
)
def test_a_word_in_the_wrong_letters_can_be_mended(wrong: str, right: str | None) -> None:
    head = "PREFIX ex: <https://example.org/> "
    (found,) = errors((head + wrong).encode(), "x.ttl")
    mended = None
    if found.edit:
        start, end, text = found.edit
        mended = (head + wrong)[:start] + text + (head + wrong)[end:]
    assert mended == (right and head + right)


def test_a_mistake_has_words_in_two_languages_and_its_line_quoted() -> None:
    near = errors(SEVEN.encode(), "data/x.ttl")[1]
    assert str(near) == "data/x.ttl:6:16: The prefix actr: has not been declared. Did you mean actor:?"
    assert near.italian == "Il prefisso actr: non è dichiarato. Si intendeva actor:?"
    assert near.quoted == "    ckg:holder actr:italy ;\n               ^^^^^"
    assert SEVEN[slice(*near.span)] == "actr:"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ex:a ex:b ex:c\nex:d ex:e ex:f .", ["dot"]),
        ("ex:a ex:b ex:c ex:d .", ["comma"]),
        ("ex:a ex:b ex:c ex:d ex:e .", ["semicolon"]),
        ("ex:a ex:b ex:c\n  ex:d ex:e ;\n  ex:f ex:g .", ["semicolon"]),
        ("ex:a ex:b 'x'@en\n  'y'@it .", ["comma"]),
        ("ex:a ex:b ex:c .\n  ex:d ex:e ; ex:f 1 .", ["early-dot"]),
        ("ex:a ex:b ex:c ;\nex:d ex:e ex:f ; ex:f 1 .", ["early-semicolon"]),
        ("ex:a ex:b [ ex:c 1 . ex:d 2 ] .", ["dot-within"]),
        ("ex:a ex:b [ ex:c 1 .\nex:b ex:c 1 .", ["bracket"]),
        ("ex:a ex:b ( 1 , 2 ) .", ["list-mark"]),
        ("ex:a ex:b ( 1 .\nex:b ex:c 1 .", ["bracket"]),
        ("ex:a ex:b 1 ] .", ["closing"]),
        ("ex:a ex:b 1 ; , ex:c .", ["mark"]),
        ("ex:a ex:b 1 , .", ["next-value"]),
        ("ex:a .", ["predicate"]),
        ("ex:a ex:b .", ["value"]),
        ("'x' ex:b 1 .", ["subject-kind"]),
        ("ex:a 'x' 1 .", ["predicate-kind"]),
        ("ex:a [ ex:q 1 ] 1 .", ["predicate-kind"]),
        ("ex:a ex:b maybe .", ["word"]),
        ("ex:a ex:b TRUE .", ["did-you-mean"]),
        ("ex:a ex:b 'one\ntwo'@en ; ex:c 1 .", ["broken-string"]),
        ("ex:a ex:b 'one ;\n ex:c 1 .", ["open-string"]),
        ("ex:a ex:b '''one ;\n ex:c 1 .", ["open-long-string", "dot"]),
        ("ex:a ex:b '\\q' .", ["escape"]),
        ("ex:a ex:b '\\uD800' .", ["escape"]),
        ("ex:a ex:b <http://a b> .", ["iri"]),
        ("ex:a ex:b <http://a .\nex:c ex:d 1 .", ["open-iri"]),
        ("ex:a ex:b <http://a/%zz> .", ["iri"]),
        ("ex:a ex:b <a> .", ["relative"]),
        ("ex:a ex:b 'x'@e .", ["language"]),
        ("ex:a ex:b 'x'^^ .", ["datatype"]),
        ("ex:a ex:b zzz:c , zzz:d .", ["prefix"]),
        ("exx:a ex:b ex:c .", ["prefix-near"]),
        ("skos:a ex:b ex:c .", ["prefix-known"]),
        ("PREFIX x: <urn:x> .\nex:a ex:b ex:c .", ["prefix-dot"]),
        ("@prefix x: <urn:x>\nex:a ex:b ex:c .", ["no-prefix-dot"]),
        ("PREFIX x <urn:x>\nx:a ex:b ex:c .", ["prefix-name"]),
        ("PREFIX x: 'urn:x'\nx:a ex:b ex:c .", ["prefix-iri"]),
        ("@Prefix x: <urn:x> .\nex:a ex:b ex:c .", ["keyword"]),
        ("ex:a ex:b <<( ex:a ex:b ex:c )>> .", ["star"]),
        ("ex:a ex:b 1 ~ .", ["star"]),
        ("ex:a ex:b 'x'@en--ltr .", ["star"]),
        ("ex:g { ex:a ex:b ex:c }", ["graph"]),
        ("ex:a ex:b ex:c/d .", ["character"]),
        ("ex:a ex:b ex:c ..\nex:a ex:b 1 .", ["mark"]),
        ("ex:a ex:b ex:c", ["dot"]),
    ],
)
def test_each_mistake_is_told_for_what_it_is(text: str, kinds: list[str]) -> None:
    found = told("PREFIX ex: <urn:e:>\n" + text)
    assert [kind for _, _, kind in found][: len(kinds)] == kinds
    assert len(found) <= len(kinds) + 1


@pytest.mark.parametrize(
    ("text", "format", "kind"),
    [
        ("<urn:a> <urn:b> <urn:c> . <urn:a> <urn:b> <urn:d> .", "nt", "one-a-line"),
        ("<urn:a> <urn:b>\n<urn:c> .", "nt", "value"),
        ("<urn:a> ex:b <urn:c> .", "nt", "not-here"),
        ("<urn:a> <urn:b> 1 .", "nq", "not-here"),
        ("<urn:a> 'b' <urn:c> .", "nq", "predicate-kind"),
        ("<urn:a> <urn:b> <urn:c>\n<urn:a> <urn:b> <urn:c> .", "nt", "dot"),
        ("PREFIX ex: <urn:> ex:g { ex:a ex:b ex:c ", "trig", "bracket"),
    ],
)
def test_other_formats_have_their_own(text: str, format: str, kind: str) -> None:
    assert told(text, format)[0][2] == kind


def test_a_repair_is_proposed_where_there_is_one() -> None:
    text = "PREFIX ex: <urn:e:> .\nex:a ex:b 'one\ntwo'@en ; ex:c skos:x .\n ex:d 1 , .\n"
    pieces = list(text)
    for error in sorted(errors(text.encode(), "x"), key=lambda one: one.edit, reverse=True):
        start, end, new = error.edit
        pieces[start:end] = [new]
    assert len(parse_turtle("".join(pieces).encode(), "x")) == 3


def test_every_fault_has_its_words() -> None:
    for kind in KINDS:
        for language in ("en", "it"):
            met, remedy = Fault(kind, 0, 1, {"found": "x", "near": "y", "why": "z", "perche": "z"}).said(language)
            assert met.endswith(".") and remedy and "{" not in met + remedy.replace("{|", "")


@pytest.mark.parametrize("piece", ["x ", "a:b ", '"', "<", ". ", "'a\n", "ex:a.", '"""a', "\\", "@a", "_:", "a.", "%41", "<<( ", "] ", "{ "])
def test_what_is_no_turtle_at_all_is_given_up_soon(piece: str) -> None:
    assert 0 < len(errors((piece * 20_000).encode(), "x")) <= MOST + 1
    assert 0 < len(errors("".join(f"p{n}:{piece}" for n in range(2_000)).encode(), "x")) <= MOST + 1


def test_many_faults_are_counted_not_told() -> None:
    found = errors(b"<urn:a> <urn:b> 'x'@e .\n" * (MOST + 20), "x")
    assert len(found) == MOST + 1 and found[-1].message == "There are 20 more."


DEEP = 30_000
CLIQUE = "".join(f"_:n{i} <urn:p> _:n{j} .\n" for i in range(9) for j in range(9) if i != j)
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">{}</rdf:RDF>'
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = f'<!DOCTYPE x [<!ENTITY a0 "a">{BOMB}]>' + XML.format('<e:C><e:p>&a11;</e:p></e:C>')


@pytest.mark.parametrize(
    ("content", "format", "kind"),
    [
        (b"\x00\x01\xff\x00", "turtle", "encoding"),
        (b"\x7fELF\x00\x00", "turtle", "binary"),
        ("<urn:a> <urn:b> 'é' .".encode("utf-16"), "turtle", "encoding"),
        ("<urn:a> <urn:b> 'é' .".encode("latin-1"), "turtle", "encoding"),
        ("\ufeff<urn:a> <urn:b> 'x' .".encode(), "turtle", "byte-order-mark"),
        (b"<urn:a> <urn:b> 'x' .\n" * 500_000, "turtle", "size"),
        (b"<urn:a> <urn:b> " + b"[ <urn:b> " * DEEP + b"]" * DEEP + b".", "turtle", "deep"),
        (b"<urn:a> <urn:b> " + b"( " * DEEP + b")" * DEEP + b".", "trig", "deep"),
        (b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * DEEP + b"1" + b" )>>" * DEEP + b".", "turtle", "deep"),
        (b"<urn:a> <urn:b> " + b"<< <urn:a> <urn:b> " * DEEP + b"1" + b" >>" * DEEP + b".", "trig", "star"),
        (b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * DEEP + b"<urn:c>" + b" )>>" * DEEP + b".", "nt", "deep"),
        (b"<urn:a> <urn:b> 1 " + b"{| <urn:b> 1 " * DEEP + b"|}" * DEEP + b".", "turtle", "star"),
        (CLIQUE.encode(), "turtle", "alike"),
        (CLIQUE.encode(), "nt", "alike"),
        (b"<urn:a>\x0b<urn:b> <urn:c> .", "turtle", "character"),
        ("<urn:a>\u2028<urn:b> <urn:c> .".encode(), "turtle", "character"),
        (b"<html><body>no</body></html>", "turtle", "relative"),
        (b'{"http://a/p":' * DEEP + b"1" + b"}" * DEEP, "jsonld", "deep"),
        (b'{"http://a/p":{"@list":' * 200 + b"[]" + b"}}" * 200, "jsonld", "deep"),
        (b'{"@context": "http://127.0.0.1:9/x", "@id": "urn:a"}', "jsonld", "remote-context"),
        (b'{"@context": {"@import": "file:///etc/passwd", "@version": 1.1}}', "jsonld", "remote-context"),
        (b'{"@id": ', "jsonld", "parser"),
        (b"", "jsonld", "parser"),
        (ENTITIES.encode(), "rdfxml", "entity"),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + XML.format("&f;").encode(), "rdfxml", "entity"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">' + XML.format("").encode(), "rdfxml", "entity"),
        (XML.format("<e:C><e:p>" * DEEP + "</e:p></e:C>" * DEEP).encode(), "rdfxml", "deep"),
        (XML.format("<e:C><e:p>x").encode(), "rdfxml", "element"),
        (XML.format("<e:C/>").encode()[:-12], "rdfxml", "element"),
        (XML.format("<e:C/>").encode("utf-16"), "rdfxml", "encoding"),
        (b"<html><body>no</body></html>", "rdfxml", "parser"),
    ],
)
def test_what_no_parser_should_see_is_a_sentence(content: bytes, format: str, kind: str) -> None:
    found = errors(content, "x", format)
    assert found[0].kind == kind
    assert found[0].message.endswith(".") and found[0].italian


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_an_empty_file_states_nothing(format: str) -> None:
    empty = {"jsonld": b"[]"}.get(format, b"")
    assert parse(empty, "x", format).quads == ()


def test_lists_that_bite_their_tail_and_other_ends_of_line_are_read() -> None:
    ring = "_:a <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:b . _:b <urn:r> _:a .\r<urn:x> <urn:y> 1 .\r"
    parsed_ = parse(ring.encode(), "x.ttl")
    assert len(parsed_.quads) == 3 and parsed_.document.place(parsed_.document.triples[2].object.start) == (2, 17)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("data/x.ttl", "turtle"),
        ("X.TRIG", "trig"),
        ("a/b.nt", "nt"),
        ("b.nq", "nq"),
        ("c.jsonld", "jsonld"),
        ("d.rdf", "rdfxml"),
        ("text/turtle; charset=utf-8", "turtle"),
        ("application/ld+json", "jsonld"),
        ("README", None),
        ("x.pdf", None),
        ("image/png", None),
    ],
)
def test_formats_are_known_by_their_names(name: str, format: str | None) -> None:
    assert format_of(name) == format


def test_a_format_that_is_not_known_is_a_sentence() -> None:
    with pytest.raises(SourceError, match=r"x\.pdf: The format of the file is not known\. Its name ends in"):
        parse(b"", "x.pdf")


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("jsonld", '{"@id": "urn:a", "urn:b": [{"@id": "urn:c"}, {"@value": "d", "@language": "en"}]}'),
        ("rdfxml", XML.format('<e:C rdf:about="urn:a"><e:p xml:lang="en">x</e:p></e:C>')),
    ],
)
def test_formats_without_places_are_read(format: str, text: str) -> None:
    found = parse(text.encode(), "x", format)
    assert len(found.quads) == 2 and found.document is None
    assert {quad.subject for quad in found.quads} == {ox.NamedNode("urn:a")}


def test_no_fault_of_the_middle_of_a_large_file_is_lost() -> None:
    lines = ["<urn:s> <urn:p> 'x' ;" if number in (700, 1_400) else "<urn:s> <urn:p> 'x' ." for number in range(2_000)]
    lines[0] = "<urn:s> <urn:p> nope:x ."
    found = told("\n".join(lines))
    assert [line for line, _, _ in found] == [1, 701, 1_401]


def test_an_error_goes_through_a_pipe() -> None:
    with pytest.raises(SourceError) as caught:
        parse_turtle(SEVEN.encode(), "x")
    again = pickle.loads(pickle.dumps(caught.value))
    assert [str(one) for one in again.errors] == [str(one) for one in caught.value.errors]
    assert again.quoted == caught.value.quoted


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_changed_texts_give_triples_or_sentences(format: str, data: st.DataObject) -> None:
    text = data.draw(changed(SEEDS[format]))
    found = errors(text.encode("utf-8"), "x", format)
    quads = parsed(text, format)
    assert bool(found) == (quads is None) or found[0].kind in ("binary", "byte-order-mark", "star")
    assert all(one.where.origin == "x" and one.message.endswith(".") for one in found)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(MEDIA_TYPES)), st.binary(max_size=60), st.randoms())
def test_any_bytes_give_triples_or_sentences(format: str, noise: bytes, chance: random.Random) -> None:
    seeds = {
        "jsonld": b'{"@context": {"n": "urn:n"}, "@id": "urn:a", "n": ["x", {"@value": "y", "@language": "en"}, 1.5]}',
        "rdfxml": XML.format('<e:C rdf:about="urn:a"><e:p xml:lang="en">x</e:p></e:C>').encode(),
    }
    seed = seeds.get(format) or SEEDS[format].encode()
    at = chance.randrange(len(seed))
    content = seed[:at] + noise + seed[at + chance.randrange(3) :]
    try:
        assert all(isinstance(quad, ox.Quad) for quad in parse(content, "x", format).quads)
    except SourceError as error:
        assert all(one.message.endswith(".") for one in error.errors)
