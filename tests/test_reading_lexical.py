"""Literals that the tools underneath would rewrite or misread are named as they are written."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.edits import apply
from kg.rdf import PREFIXES
from kg.reading.lexical import lexical, of_triples
from kg.reading.turtle import read
from kg.reading.xsd import is_ill_typed

HEAD = f"PREFIX xsd: <{PREFIXES['xsd']}>\n"


def judged(literal: str) -> list[tuple[str, str, str | None]]:
    """Code, severity and repair of each finding on a literal."""
    text = f"{HEAD}<urn:s> <urn:p> {literal} ."
    document = read(text)
    assert document.faults == []
    found = list(lexical(document, "x.ttl"))
    for one in found:
        assert str(one.where) == "x.ttl:2:17" and set(one.messages) == {"en", "it"} and all(one.messages.values())
        assert document.of(one.triple)
    return [(one.code, one.severity, one.repair.edits[0].text if one.repair else None) for one in found]


@pytest.mark.parametrize(
    ("literal", "code", "severity", "repair"),
    [
        ('"none"^^xsd:boolean', "ill-typed", "violation", None),
        ('"True"^^xsd:boolean', "ill-typed", "violation", "true"),
        ('"2025-02-30"^^xsd:date', "ill-typed", "violation", None),
        ('"2025-09-04"^^xsd:dateTime', "ill-typed", "violation", None),
        ('"300"^^xsd:byte', "ill-typed", "violation", None),
        ('" 7"^^xsd:integer', "ill-typed", "violation", "7"),
        ('"x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>', "ill-typed", "violation", None),
        ("007", "rewritten", "warning", "7"),
        ("+1", "rewritten", "warning", "1"),
        ("1.10", "rewritten", "warning", "1.1"),
        ("1.0", "rewritten", "warning", '"1"^^xsd:decimal'),
        ("1.0e0", "rewritten", "warning", '"1"^^xsd:double'),
        ('"1"^^xsd:boolean', "rewritten", "warning", "true"),
        ('"2025-01-01T00:00:00+00:00"^^xsd:dateTime', "rewritten", "warning", '"2025-01-01T00:00:00Z"^^xsd:dateTime'),
        ('"P12M"^^xsd:duration', "rewritten", "warning", '"P1Y"^^xsd:duration'),
        ('"7"^^xsd:nonNegativeInteger', "datatype", "warning", None),
        ("1e400", "value", "violation", None),
        ('"16777217"^^xsd:float', "value", "violation", None),
        ('"x"@EN', "language", "warning", '"x"@en'),
        ("'x'@de-CH", "language", "warning", "'x'@de-ch"),
        ('"x"^^xsd:string', "string", "info", '"x"'),
        ('"e\u0301"@en', "nfc", "info", '"\u00e9"@en'),
        ('"e\\u0301"', "nfc", "info", None),
    ],
)
def test_a_literal_that_would_not_stay_is_named(literal: str, code: str, severity: str, repair: str | None) -> None:
    assert judged(literal) == [("Lexical-" + code, severity, repair)]


@pytest.mark.parametrize(
    "literal",
    [
        "7", "-7", "0", "1.5", "true", '"x"', '"x"@en', '"x"@en-gb', '"2025-02-28"^^xsd:date', '"0.1"^^xsd:float',
        '"2024-02-29"^^xsd:date', '"2025"^^xsd:gYear', '"http://a b"^^xsd:anyURI', '"x"^^<urn:own>', '"INF"^^xsd:double',
        '"2025-01-01T10:00:00+01:00"^^xsd:dateTime', '"YQ=="^^xsd:base64Binary', '"\u00e9"', '"--02-29"^^xsd:gMonthDay',
    ],
)
def test_a_literal_that_stays_is_not(literal: str) -> None:
    assert judged(literal) == []


def test_findings_stand_in_order_and_mend_the_text() -> None:
    text = HEAD + '<urn:s> <urn:p> 007 , "x"@EN ;\n  <urn:q> [ <urn:r> ( 1.10 "y"^^xsd:string ) ] .\n'
    found = list(lexical(read(text), "x.ttl"))
    assert [(one.where.line, one.where.column) for one in found] == [(2, 17), (2, 23), (3, 23), (3, 28)]
    assert [one.focus for one in found] == ["urn:s", "urn:s", "_:", "_:"]
    mended = apply({"x.ttl": text}, [one.repair for one in found])["x.ttl"]
    assert mended == HEAD + '<urn:s> <urn:p> 7 , "x"@en ;\n  <urn:q> [ <urn:r> ( 1.1 "y" ) ] .\n'


def test_a_text_without_a_name_for_the_datatype_gets_its_iri() -> None:
    found = list(lexical(read("<urn:s> <urn:p> 1.0 ."), "x.ttl"))
    assert found[0].repair.edits[0].text == '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def test_triples_without_a_text_are_judged_by_their_terms() -> None:
    number = ox.Literal("007", datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
    found = list(of_triples([ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), number)], "x.jsonld"))
    assert [(one.code, one.repair, str(one.where)) for one in found] == [("Lexical-rewritten", None, "x.jsonld")]


@pytest.mark.parametrize("folder", ["data", "ontology", "shapes"])
def test_the_repository_has_none(folder: str) -> None:
    texts = {path: path.read_text("utf-8") for path in (ROOT / folder).rglob("*.ttl")}
    assert texts
    assert [str(one.where) for path, text in texts.items() for one in lexical(read(text), str(path))] == []


DATATYPES = ("boolean", "integer", "decimal", "double", "float", "date", "dateTime", "time", "gYear", "gYearMonth", "gMonthDay",
             "duration", "byte", "nonNegativeInteger")
FORMS = st.one_of(
    st.from_regex(r"[+-]?0{0,2}[0-9]{1,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"-?[0-9]{4}(-[0-9]{2}){0,2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,2})?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
                  fullmatch=True),
    st.from_regex(r"-?P([0-9]Y)?([0-9]{1,2}M)?([0-9]D)?(T([0-9]H)?([0-9]S)?)?", fullmatch=True),
    st.sampled_from(["true", "false", "1", "0", "INF", "NaN", "", "x"]),
)


@settings(max_examples=300, deadline=None)
@given(FORMS, st.sampled_from(DATATYPES))
def test_what_is_not_named_comes_out_of_the_store_as_it_went_in(form: str, datatype: str) -> None:
    literal = ox.Literal(form, datatype=ox.NamedNode(PREFIXES["xsd"] + datatype))
    quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), literal)
    store = ox.Store()
    store.add(quad)
    if list(store) != [quad]:
        assert judged(f'"{form}"^^xsd:{datatype}')


@settings(max_examples=300, deadline=None)
@given(FORMS, st.sampled_from([name for name in DATATYPES if name not in ("duration", "gYear", "gYearMonth")]))
def test_what_another_library_reads_as_a_value_is_well_typed(form: str, datatype: str) -> None:
    """rdflib takes more for values than there are, so only one direction is compared."""
    theirs = rdflib.Literal(form, datatype=rdflib.URIRef(PREFIXES["xsd"] + datatype), normalize=False)
    if not is_ill_typed(form, PREFIXES["xsd"] + datatype) and datatype in ("boolean", "integer", "decimal", "double"):
        assert theirs.value is not None
        assert theirs.ill_typed is False


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("date", ["2000-02-29", "-0004-02-29", "12025-01-01", "2025-01-01+14:00"], ["1900-02-29", "2025-00-01", "2025-1-1"]),
        ("dateTime", ["2025-01-01T24:00:00"], ["2025-01-01T24:00:01", "2025-01-01T10:00:60", "2025-01-01T10:00:00+15:00"]),
        ("dateTimeStamp", ["2025-01-01T00:00:00Z"], ["2025-01-01T00:00:00"]),
        ("time", ["10:00:00.5", "23:59:59Z"], ["10:00", "25:00:00"]),
        ("gMonthDay", ["--02-29"], ["--02-30", "02-03"]),
        ("duration", ["P1Y2M3DT4H5M6.7S", "-P1D"], ["P", "P1YT", "P1.5D", "1D"]),
        ("dayTimeDuration", ["P1DT1H"], ["P1Y"]),
        ("yearMonthDuration", ["P1Y1M"], ["P1D"]),
        ("integer", ["0", "-00", "9" * 5000], ["1.0", "", "٣"]),
        ("unsignedByte", ["255"], ["256", "-1", "9" * 5000]),
        ("hexBinary", ["0aFF", ""], ["0", "0g"]),
        ("base64Binary", ["", "YQ==", "YWI=", "YWJj"], ["YQ", "YQ=", "Y"]),
        ("language", ["en", "de-CH"], ["e_n", ""]),
        ("token", ["a b"], [" a", "a  b"]),
        ("NCName", ["a1"], ["1a", "a:b"]),
        ("NMTOKEN", ["1a:b"], ["a b"]),
        ("Name", [":a"], ["1"]),
        ("normalizedString", ["a b"], ["a\tb"]),
    ],
)
def test_lexical_spaces(datatype: str, good: list[str], bad: list[str]) -> None:
    iri = PREFIXES["xsd"] + datatype
    assert [form for form in good if is_ill_typed(form, iri)] == []
    assert [form for form in bad if not is_ill_typed(form, iri)] == []
